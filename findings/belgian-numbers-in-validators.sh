#!/usr/bin/env bash
# Validators of Belgian numbers, beside the numbers that Belgium issues: some refuse valid ones, one accepts everything of the right length.
#
# An enterprise number has ten digits; the last two are 97 less the others modulo 97. Since the numbers with a leading 0 ran out, new ones start with 1.
# A national number starts with the date of birth. Where that is unknown the month is 00, and when the 998 serials of a day ran out the day was counted
# on, beyond 31 too. A person who is not in the register has a number of the same form with 20 (sex unknown) or 40 added to the month.
# - jsvat 2.5.4 refuses every enterprise number that starts with 1.
# - validator 13.15.35 looks at no check digits in isVAT, and isTaxID with "fr-BE" refuses national numbers whose day was counted on, and all with 20 or 40.
# - jsvat-next 3.0.4 and stdnum 1.12.0 (JavaScript) and python-stdnum 2.2 agree with the registers, but python-stdnum has a module of its own (be.bis) for
#   months with 20 or 40: be.nn refuses them.
# Whoever checks addressees with the first two refuses registered mail to real companies and persons, or takes wrong numbers into statements.
#
# The numbers are computed here, not taken from anybody. Needs Node.js with npm and Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check python-stdnum==2.2
npm install --prefix . --silent --no-fund --no-audit jsvat@2.5.4 jsvat-next@3.0.4 validator@13.15.35 stdnum@1.12.0 >/dev/null

python3 - <<'PYTHON'
import json
def checked(digits):
    return digits + f"{97 - int(digits) % 97:02d}"
numbers = {
    "enterprise, leading 0": checked("02000001"),
    "enterprise, leading 1": checked("10000000"),
    "enterprise, wrong check digits": "1000000022",
    "person": checked("850130001"),
    "person without a date of birth": checked("400000001"),
    "the same, day 35": checked("400035123"),
    "person with 20 added": checked("852130001"),
    "person with 40 added": checked("854130001"),
}
json.dump(numbers, open("numbers.json", "w"))
PYTHON

{
    node -e '
        const numbers = require("./numbers.json"), validator = require("validator"), jsvat = require("jsvat"), next = require("jsvat-next");
        const be = require("stdnum").stdnum.BE;
        const of_enterprises = {
            "validator isVAT": (n) => validator.isVAT("BE" + n, "BE"), "jsvat": (n) => jsvat.checkVAT("BE" + n, [jsvat.belgium]).isValid,
            "jsvat-next": (n) => next.checkVAT("BE" + n, [next.belgium]).isValid, "stdnum vat": (n) => be.vat.validate(n).isValid,
        };
        const of_persons = { "validator isTaxID": (n) => validator.isTaxID(n, "fr-BE"), "stdnum insz": (n) => be.insz.validate(n).isValid };
        for (const [name, number] of Object.entries(numbers))
            for (const [tool, accepts] of Object.entries(name.startsWith("enterprise") ? of_enterprises : of_persons))
                console.log(`${tool}: ${name}: ${accepts(number) ? "accepted" : "refused"}`);
    '
    venv/bin/python - <<'PYTHON'
import json
from stdnum.be import bis, nn, vat
for name, number in json.load(open("numbers.json")).items():
    for module in (vat,) if name.startswith("enterprise") else (nn, bis):
        print(f"python-{module.__name__}: {name}: {'accepted' if module.is_valid(number) else 'refused'}")
PYTHON
} | tee seen
diff - seen <<'EXPECTED'
validator isVAT: enterprise, leading 0: accepted
jsvat: enterprise, leading 0: accepted
jsvat-next: enterprise, leading 0: accepted
stdnum vat: enterprise, leading 0: accepted
validator isVAT: enterprise, leading 1: accepted
jsvat: enterprise, leading 1: refused
jsvat-next: enterprise, leading 1: accepted
stdnum vat: enterprise, leading 1: accepted
validator isVAT: enterprise, wrong check digits: accepted
jsvat: enterprise, wrong check digits: refused
jsvat-next: enterprise, wrong check digits: refused
stdnum vat: enterprise, wrong check digits: refused
validator isTaxID: person: accepted
stdnum insz: person: accepted
validator isTaxID: person without a date of birth: accepted
stdnum insz: person without a date of birth: accepted
validator isTaxID: the same, day 35: refused
stdnum insz: the same, day 35: accepted
validator isTaxID: person with 20 added: refused
stdnum insz: person with 20 added: accepted
validator isTaxID: person with 40 added: refused
stdnum insz: person with 40 added: accepted
python-stdnum.be.vat: enterprise, leading 0: accepted
python-stdnum.be.vat: enterprise, leading 1: accepted
python-stdnum.be.vat: enterprise, wrong check digits: refused
python-stdnum.be.nn: person: accepted
python-stdnum.be.bis: person: refused
python-stdnum.be.nn: person without a date of birth: accepted
python-stdnum.be.bis: person without a date of birth: refused
python-stdnum.be.nn: the same, day 35: accepted
python-stdnum.be.bis: the same, day 35: refused
python-stdnum.be.nn: person with 20 added: refused
python-stdnum.be.bis: person with 20 added: accepted
python-stdnum.be.nn: person with 40 added: refused
python-stdnum.be.bis: person with 40 added: accepted
EXPECTED
echo 'as stated'
