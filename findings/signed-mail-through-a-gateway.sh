#!/usr/bin/env bash
# A gateway for registered mail reads a signed message, adds one line to its outermost header and writes it again. Three of six libraries break the signature with it, each for
# messages of another kind.
#
# RFC 1847 (2.1) has a multipart/signed treated as opaque on its way, and a gateway that adds its own line above touches nothing that is signed. One would expect a
# library to give the part below back as it was read.
# - Python's email (3.11) keeps it where each field has one blank after its colon. A field without one gets one, and so does one whose value starts on the next line, as
#   long file names do. A multipart inside that ends with its last delimiter gets an empty line. A policy that folds nothing (`refold_source="none"`) changes none of this.
# - Apache mime4j 0.8.14 (Java) decodes and encodes again what is in quoted-printable and base64, so that lines of another length are enough. With `setContentDecoding(false)`,
#   which looks like the remedy, its DefaultMessageWriter encodes a second time: base64 of base64, the signature itself among it.
# - enmime 2.3.0 (Go) writes each part anew: the fields in its own order, 8bit as base64. The plainest of messages passes, and so does a test that is made of it.
# - go-message 0.18.2 (Go), Angus Mail 2.0.5 (Java; `MimeMessage.writeTo`) and mailsplit 5.4.30 (JavaScript) give back all of them, octet for octet.
# Whoever adds to signed mail puts the line before the octets that were received, without a library, and compares the rest.
#
# Needs OpenSSL 3, Python 3.11 or later, Go 1.25 or later, a JDK of 17 or later with Maven, and Node.js 20 or later with npm.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache

for jar in org.apache.james:apache-mime4j-core:0.8.14 org.apache.james:apache-mime4j-dom:0.8.14 commons-io:commons-io:2.20.0 \
    org.eclipse.angus:jakarta.mail:2.0.5 org.eclipse.angus:angus-activation:2.0.3 jakarta.activation:jakarta.activation-api:2.1.4; do
    mvn -q dependency:copy -Dartifact="$jar" -DoutputDirectory=jars >/dev/null
done
npm install --prefix . --silent --no-fund --no-audit @zone-eu/mailsplit@5.4.30 >/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -subj /CN=signer -days 3650 2>/dev/null

# `mail.py make` writes the messages, `mail.py check` says which signatures are good of what the libraries wrote. Neither of them goes through a library of mail.
cat >mail.py <<'PYTHON'
import base64, os, subprocess, sys

def part(*lines):
    return "\r\n".join(lines).encode()

text = "Content-Type: text/plain; charset=utf-8"
parts = {
    "plain": part(text, "", "Bonjour"),
    "no blank after a colon": part("Content-Type:text/plain; charset=utf-8", "", "Bonjour"),
    "a value on the next line": part(text, "Content-Disposition:", ' attachment; filename="letter.txt"', "", "Bonjour"),
    "a multipart that ends with its delimiter": part('Content-Type: multipart/mixed; boundary="inner"', "", "--inner", text, "", "Bonjour", "--inner--"),
    "8bit": part(text, "Content-Transfer-Encoding: 8bit", "", "Pay\u00e9"),
    "quoted-printable": part(text, "Content-Transfer-Encoding: quoted-printable", "", "Pay=C3=A9 =", "hier"),
    "base64 in short lines": part("Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64", "", "Qm9u", "am91cg=="),
}
head = part("From: sender@example.org", "To: receiver@example.org", "Subject: A letter", "MIME-Version: 1.0",
            'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="outer"', "", "")
if sys.argv[1] == "make":
    for number, octets in enumerate(parts.values()):
        open("part", "wb").write(octets)
        subprocess.run("openssl cms -sign -binary -in part -signer certificate.pem -inkey key.pem -md sha256 -outform DER -out signature".split(), check=True)
        signature = base64.encodebytes(open("signature", "rb").read()).replace(b"\n", b"\r\n")
        below = part("Content-Type: application/pkcs7-signature; name=smime.p7s", "Content-Transfer-Encoding: base64", "", "")
        open(f"{number}.eml", "wb").write(head + b"--outer\r\n" + octets + b"\r\n--outer\r\n" + below + signature + b"\r\n--outer--\r\n")
else:
    for library in ("email", "email-unfolded", "mime4j", "mime4j-undecoded", "enmime", "go-message", "angus", "mailsplit"):
        broken = []
        for number, name in enumerate(parts):
            written = open(f"{number}.{library}", "rb").read()
            assert b"X-Registered: 1\r\n" in written.split(b"\r\n\r\n")[0] + b"\r\n"
            _, signed, signature = written.split(b"\r\n--outer--")[0].split(b"--outer\r\n")
            open("part", "wb").write(signed.removesuffix(b"\r\n"))
            open("signature", "wb").write(base64.b64decode(signature.split(b"\r\n\r\n")[1]))
            verify = "openssl cms -verify -binary -inform DER -in signature -content part -noverify -out verified".split()
            if subprocess.run(verify, stderr=subprocess.DEVNULL).returncode:
                broken.append(name)
        print(f"{library}: {len(broken)} of {len(parts)} broken" + "".join(f"; {name}" for name in broken if len(broken) < len(parts)))
PYTHON
cat >through.py <<'PYTHON'
import email, email.policy, glob
for file in glob.glob("*.eml"):
    for name, policy in (("email", email.policy.SMTP), ("email-unfolded", email.policy.SMTP.clone(refold_source="none"))):
        message = email.message_from_bytes(open(file, "rb").read(), policy=policy)
        message["X-Registered"] = "1"
        open(file.replace("eml", name), "wb").write(message.as_bytes())
PYTHON
cat >Through.java <<'JAVA'
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.util.Properties;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.message.DefaultMessageWriter;
import org.apache.james.mime4j.stream.RawField;

public class Through {
    public static void main(String[] files) throws Exception {
        for (String file : files) {
            var message = new MimeMessage(Session.getInstance(new Properties()), new FileInputStream(file));
            message.setHeader("X-Registered", "1");
            message.writeTo(new FileOutputStream(file.replace("eml", "angus")));
            for (boolean decoding : new boolean[] {true, false}) {
                var builder = new DefaultMessageBuilder();
                builder.setContentDecoding(decoding);
                var read = builder.parseMessage(new FileInputStream(file));
                read.getHeader().addField(new RawField("X-Registered", "1"));
                new DefaultMessageWriter().writeMessage(read, new FileOutputStream(file.replace("eml", decoding ? "mime4j" : "mime4j-undecoded")));
            }
        }
    }
}
JAVA
cat >through.cjs <<'JAVASCRIPT'
const fs = require("fs"), { Transform } = require("stream"), { pipeline } = require("stream/promises"), { Splitter, Joiner } = require("@zone-eu/mailsplit");
(async () => {
    for (const file of process.argv.slice(2)) {
        const add = new Transform({
            objectMode: true,
            transform(data, encoding, done) {
                if (data.type === "node" && data.root) data.headers.add("X-Registered", "1");
                done(null, data);
            },
        });
        await pipeline(fs.createReadStream(file), new Splitter(), add, new Joiner(), fs.createWriteStream(file.replace("eml", "mailsplit")));
    }
})();
JAVASCRIPT
cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >main.go <<'GO'
package main

import (
	"bytes"
	"os"
	"strings"

	"github.com/emersion/go-message"
	"github.com/jhillyerd/enmime/v2"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	for _, file := range os.Args[1:] {
		octets, err := os.ReadFile(file)
		must(err)
		var written bytes.Buffer
		entity, err := message.Read(bytes.NewReader(octets))
		must(err)
		entity.Header.Set("X-Registered", "1")
		must(entity.WriteTo(&written))
		must(os.WriteFile(strings.Replace(file, "eml", "go-message", 1), written.Bytes(), 0o644))
		written.Reset()
		part, err := enmime.ReadParts(bytes.NewReader(octets))
		must(err)
		part.Header.Set("X-Registered", "1")
		must(part.Encode(&written))
		must(os.WriteFile(strings.Replace(file, "eml", "enmime", 1), written.Bytes(), 0o644))
	}
}
GO
go get github.com/emersion/go-message@v0.18.2 github.com/jhillyerd/enmime/v2@v2.3.0 2>/dev/null
python3 mail.py make
python3 through.py
java -cp 'jars/*' Through.java ./*.eml
node through.cjs ./*.eml
go run . ./*.eml
python3 mail.py check | tee seen
diff - seen <<'EXPECTED'
email: 3 of 7 broken; no blank after a colon; a value on the next line; a multipart that ends with its delimiter
email-unfolded: 3 of 7 broken; no blank after a colon; a value on the next line; a multipart that ends with its delimiter
mime4j: 3 of 7 broken; a multipart that ends with its delimiter; quoted-printable; base64 in short lines
mime4j-undecoded: 7 of 7 broken
enmime: 6 of 7 broken; no blank after a colon; a value on the next line; a multipart that ends with its delimiter; 8bit; quoted-printable; base64 in short lines
go-message: 0 of 7 broken
angus: 0 of 7 broken
mailsplit: 0 of 7 broken
EXPECTED
python3 --version
go version
java -version 2>&1 | head -n 1
echo 'mime4j 0.8.14, Angus Mail 2.0.5, enmime 2.3.0, go-message 0.18.2, mailsplit 5.4.30'
echo 'as stated'
