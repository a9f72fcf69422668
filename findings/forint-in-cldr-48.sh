#!/usr/bin/env bash
# An amount in forint, shown by JavaScript's Intl and by Babel before and after CLDR 48: within one long-term release the fillér went away.
#
# ECMA-402 takes the number of decimals of a currency from ISO 4217, which has two for HUF, COP and IDR. ICU and Babel take it from CLDR. Up to CLDR 47 the
# two agreed for these three; CLDR 48 has none.
# - Node.js 24.13.0 (CLDR 47) shows 1234.50 HUF with two decimals, Node.js 24.21.0 (CLDR 48) with none. Both are of one long-term line.
# - Babel 2.18.0 gives a precision of 2, Babel 2.19.0 of 0. It writes 1234.50 as 1234, where Node.js writes 1235: they round a half differently.
# - Java 17 and py-moneyed 3.0 keep the 2 of ISO 4217.
# Whoever takes minor units from Intl (`resolvedOptions().maximumFractionDigits`) to turn an amount in cents of a statement into a number is wrong by a
# factor of 100 after an update, and two parties of one registered mail print different sums. Minor units have to come from ISO 4217's own list.
#
# Needs Node.js with npm (two others are installed by it), Python 3 with venv, and a JDK.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >digits.js <<'JS'
const digits = (currency) => new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
const shown = new Intl.NumberFormat("en", { style: "currency", currency: "HUF" }).format(1234.5).replace(/\s/g, " ");
console.log(`Node.js ${process.versions.node}, CLDR ${process.versions.cldr}: HUF ${digits("HUF")} COP ${digits("COP")} IDR ${digits("IDR")}, ${shown}`);
JS
cat >digits.py <<'PYTHON'
import babel
from babel.numbers import format_currency, get_currency_precision
digits = " ".join(f"{currency} {get_currency_precision(currency)}" for currency in ("HUF", "COP", "IDR"))
print(f"Babel {babel.__version__}: {digits}, {format_currency('1234.50', 'HUF', locale='en')}")
PYTHON
cat >Digits.java <<'JAVA'
import java.util.Currency;

class Digits {
    public static void main(String[] currencies) {
        for (String currency : currencies) System.out.println("Java: " + currency + " " + Currency.getInstance(currency).getDefaultFractionDigits());
    }
}
JAVA

{
    for version in 24.13.0 24.21.0; do
        npm install --prefix . --silent --no-fund --no-audit --prefix "node-$version" "node@$version" >/dev/null
        "node-$version/node_modules/.bin/node" digits.js
    done
    for version in 2.18.0 2.19.0; do
        python3 -m venv "babel-$version"
        "babel-$version/bin/pip" install -q --disable-pip-version-check "babel==$version"
        "babel-$version/bin/python" digits.py
    done
    "babel-2.19.0/bin/pip" install -q --disable-pip-version-check py-moneyed==3.0
    "babel-2.19.0/bin/python" -c 'import moneyed; print("py-moneyed: HUF has", moneyed.get_currency("HUF").sub_unit, "parts")'
    java Digits.java HUF COP IDR
} | tee seen

cat >expected <<'SEEN'
Node.js 24.13.0, CLDR 47.0: HUF 2 COP 2 IDR 2, HUF 1,234.50
Node.js 24.21.0, CLDR 48.0: HUF 0 COP 0 IDR 0, HUF 1,235
Babel 2.18.0: HUF 2 COP 2 IDR 2, HUF1,234.50
Babel 2.19.0: HUF 0 COP 0 IDR 0, HUF1,234
py-moneyed: HUF has 100 parts
Java: HUF 2
Java: COP 2
Java: IDR 2
SEEN
diff expected seen
echo 'as stated'
