#!/usr/bin/env bash
# Account numbers for payment data of a registered mail, beside the registry of IBANs: two validators of JavaScript know twelve countries less than it has,
# only one of five looks at national check digits by itself, and one refuses the registry's own Belgian example.
#
# - iban 0.0.14 and validator 13.15.35 refuse every account of Burundi, Djibouti, the Falkland Islands, Honduras, Libya, Mongolia, Nicaragua, Oman, Russia,
#   Somalia, Sudan and Yemen. ibantools 4.5.4, schwifty 2026.10.1 and python-stdnum 2.2 know them.
# - The last two digits of a Belgian account are its first ten modulo 97, and French accounts have a key of two digits. The two digits behind the country
#   are no proof of those: they are computed over whatever follows. iban, validator and schwifty (unless `validate_bban` is set) accept a wrong inner
#   number; ibantools refuses it for both countries, python-stdnum for Belgium and not for France.
# - python-stdnum 2.2 looks a Belgian bank up in a list of its own release, so that the example that the registry prints for Belgium is refused.
# Whoever checks payment data takes the registry as data with its release, checks the national digits, and asks nobody's list of banks.
#
# Only public example numbers and computed ones. Needs Node.js with npm and Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check schwifty==2026.10.1 python-stdnum==2.2
npm install --prefix . --silent --no-fund --no-audit iban@0.0.14 ibantools@4.5.4 validator@13.15.35 >/dev/null

python3 - <<'PYTHON'
import json
def iban(country, account):
    digits = "".join(str(int(character, 36)) for character in account + country + "00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"
accounts = {
    "BI": "10000100010000332045181", "DJ": "00010000000154000100186", "FK": "SC123456789012", "HN": "CABF00000000000250005469",
    "LY": "002048000020100120361", "MN": "1234123456789123", "NI": "BAPR00000013000003558124", "OM": "0180000001299123456",
    "RU": "04452522540817810538091310419", "SD": "29010501234001", "SO": "1000001001000100141", "YE": "CBYE0001018861234567891234",
}
numbers = {f"country {country}": iban(country, account) for country, account in accounts.items()}
numbers["Belgium"] = iban("BE", f"7310000000{7310000000 % 97:02d}")
numbers["Belgium, the registry's example"] = iban("BE", "539007547034")
numbers["Belgium, wrong inside"] = iban("BE", f"7310000000{7310000000 % 97 + 1:02d}")
numbers["France"] = iban("FR", "20041010050500013M02606")
numbers["France, wrong inside"] = iban("FR", "20041010050500013M02607")
json.dump(numbers, open("numbers.json", "w"))
PYTHON

{
    node -e '
        const numbers = require("./numbers.json"), ibantools = require("ibantools");
        const tools = { iban: require("iban").isValid, validator: require("validator").isIBAN, ibantools: ibantools.isValidIBAN };
        for (const [name, number] of Object.entries(numbers))
            for (const [tool, accepts] of Object.entries(tools)) console.log(`${name}: ${tool}: ${accepts(number) ? "accepted" : "refused"}`);
    '
    venv/bin/python -W ignore - <<'PYTHON'
import json
from schwifty import IBAN
from stdnum import iban
tools = {"schwifty": IBAN, "schwifty validate_bban": lambda number: IBAN(number, validate_bban=True), "python-stdnum": iban.validate}
for name, number in json.load(open("numbers.json")).items():
    for tool, read in tools.items():
        try:
            read(number)
            print(f"{name}: {tool}: accepted")
        except Exception:
            print(f"{name}: {tool}: refused")
PYTHON
} | LC_ALL=C sort >seen
grep -v '^country' seen

# Of the twelve countries: how many each tool accepts.
grep '^country' seen | awk -F': ' '{ accepted[$2] += $3 == "accepted" } END { for (tool in accepted) print tool ": " accepted[tool] " of 12" }' |
    LC_ALL=C sort | tee countries
diff countries - <<'SEEN'
iban: 0 of 12
ibantools: 12 of 12
python-stdnum: 12 of 12
schwifty validate_bban: 12 of 12
schwifty: 12 of 12
validator: 0 of 12
SEEN
diff <(grep -v '^country' seen | grep refused) - <<'SEEN'
Belgium, the registry's example: python-stdnum: refused
Belgium, wrong inside: ibantools: refused
Belgium, wrong inside: python-stdnum: refused
Belgium, wrong inside: schwifty validate_bban: refused
France, wrong inside: ibantools: refused
France, wrong inside: schwifty validate_bban: refused
SEEN
echo 'as stated'
