# One text in NFC is another one in another runtime: the normal form is stable for old letters alone, and Unicode 16 brought twenty new ones that are composed.
#
# A name is brought into NFC before it is hashed, compared or committed to. Unicode promises that a normal form never changes, so one would expect that any library will do.
# The promise holds for a text whose characters are all assigned in both versions. From 14.0 to 18.0 one version, 16.0 of September 2024, has new letters that compose: of
# the scripts Todhri, Tulu-Tigalari, Kirat Rai and Gurung Khema, whose vowels O and AU are three signs in one. A table of before leaves the parts, and calls that NFC.
# - golang.org/x/text 0.41.0 has both tables and takes one by the compiler: with Go 1.26.8 the parts stay, with Go 1.27.3 they are composed. The module is
#   the same version in both programs, so that no pin of it holds the result.
# - JDK 17 leaves the parts, JDK 25 composes. Python 3.13 leaves them: unicodedata2 15.1.0 and 18.0.0 are its module with that table and the newest.
# - Node.js 20.20.2, a release of 2026 on a line of 2023, composes (Unicode 17). unorm 1.6.0, the substitute on npm, leaves the parts.
# So a hash over NFC is bound to a version of Unicode. Whoever seals such a text seals its octets and never normalises again to verify; whoever compares names
# states the version, or refuses what is not assigned in the oldest one that has to agree.
#
# Needs Go 1.21 or later (two releases are fetched where it is another), Python 3 with venv, and Node.js with npm. A JDK is tried where there is one.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"

npm install --prefix . --silent --no-audit --no-fund unorm@1.6.0 >/dev/null
for release in 15.1.0 18.0.0; do
    python3 -m venv "python-$release"
    "python-$release/bin/pip" install -q --disable-pip-version-check "unicodedata2==$release"
done

# Gurung Khema, vowel sign O, in its parts; and its composed form.
parts='0001611e 0001611e 0001611f'
composed='00016126'

cat >go.mod <<'GO'
module finding

go 1.21

require golang.org/x/text v0.41.0
GO
cat >main.go <<'GO'
package main

import (
	"fmt"

	"golang.org/x/text/unicode/norm"
)

func main() {
	text := "\U0001611E\U0001611E\U0001611F"
	for _, letter := range norm.NFC.String(text) {
		fmt.Printf("%08x ", letter)
	}
	fmt.Println(norm.NFC.IsNormalString(text), norm.Version)
}
GO
cat >nfc.py <<'PYTHON'
import unicodedata2
text = "\U0001611E\U0001611E\U0001611F"
form = unicodedata2.normalize("NFC", text)
print(*(f"{ord(letter):08x}" for letter in form), form == text, unicodedata2.unidata_version)
PYTHON
cat >nfc.js <<'JAVASCRIPT'
const text = "\u{1611E}\u{1611E}\u{1611F}";
const show = (form) => [...form].map((letter) => letter.codePointAt(0).toString(16).padStart(8, "0")).join(" ");
console.log("Node.js, Unicode " + process.versions.unicode + ":", show(text.normalize("NFC")));
console.log("unorm 1.6.0:", show(require("unorm").nfc(text)));
JAVASCRIPT
cat >Nfc.java <<'JAVA'
import java.text.Normalizer;

public class Nfc {
    public static void main(String[] arguments) {
        String form = Normalizer.normalize("\uD818\uDD1E\uD818\uDD1E\uD818\uDD1F", Normalizer.Form.NFC);
        form.codePoints().forEach(letter -> System.out.printf("%08x ", letter));
    }
}
JAVA

for release in 1.26.8 1.27.3; do
    GOTOOLCHAIN="go$release" GOFLAGS=-mod=mod GOPATH="$folder/go" go run . >"go-$release"
    echo "x/text 0.41.0 with Go $release: $(cat "go-$release")"
done
for release in 15.1.0 18.0.0; do
    "python-$release/bin/python" nfc.py >"unicodedata-$release"
    echo "unicodedata2 $release: $(cat "unicodedata-$release")"
done
node nfc.js | tee javascript
if command -v java >/dev/null; then
    echo "JDK $(java -version 2>&1 | sed -n '1s/[^"]*"\([^"]*\)".*/\1/p'): $(java Nfc.java)"
fi

# With the older table the parts are in normal form, with the newer one they are not, although the module is the same.
[ "$(cat go-1.26.8)" = "$parts true 15.0.0" ]
[ "$(cat go-1.27.3)" = "$composed false 17.0.0" ]
[ "$(cat unicodedata-15.1.0)" = "$parts True 15.1.0" ]
[ "$(cat unicodedata-18.0.0)" = "$composed False 18.0.0" ]
grep -q "^unorm 1.6.0: $parts\$" javascript
