#!/usr/bin/env bash
# A letter is enveloped to one RSA certificate in four ways, and none of the four is opened by all of five libraries: the padding of the key divides two of them, and authenticated encryption divides the rest.
#
# CMS has one way to say each thing, so one would expect that AES, RSA and a certificate suffice, and that AES-GCM is the safe choice in 2026.
# - AES-256-CBC with RSAES-PKCS1-v1_5, what most tools write unasked, is opened by all but PKI.js 4.0.0, whose WebCrypto has no such decryption.
# - AES-256-CBC with RSAES-OAEP is opened by all but Python's cryptography 50.0.2, which unwraps keys by PKCS #1 v1.5 alone.
# - AES-256-GCM belongs into AuthEnvelopedData (RFC 5083, RFC 5084), another content type. OpenSSL 3 and BouncyCastle 1.87 open it, and the three others have no such type.
# - Go's pkcs7 0.2.3 has an AES-256-GCM of its own: in EnvelopedData, whose reader learns nothing of a tag, and with the parameters as a SEQUENCE that is
#   not marked as constructed, so that OpenSSL and BouncyCastle stop at it. It opens what it wrote, and nobody else does; it does not open the standard's form.
# Whoever hands letters over encrypted asks what the receiver opens, and keeps two forms: AuthEnvelopedData, and EnvelopedData with OAEP or, for Python, without.
#
# Needs OpenSSL 3, Python 3 with venv, Node 20.19 or later, Go 1.25 or later, a JDK of 17 or later, and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache

for artifact in bcprov bcpkix bcutil; do
    mvn -q dependency:copy -Dartifact=org.bouncycastle:$artifact-jdk18on:1.87 -DoutputDirectory=. >/dev/null
done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2
npm install --prefix . --silent pkijs@4.0.0 asn1js@4.0.0 >/dev/null

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -subj /CN=receiver -days 30 2>/dev/null
printf letter >letter
seal() {
    openssl cms -encrypt -binary -in letter -outform DER -out "$1.der" "-aes-256-$2" -recip certificate.pem "${@:3}"
}
oaep='-keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256'
seal cbc-pkcs1 cbc
# shellcheck disable=SC2086
seal cbc-oaep cbc $oaep
# shellcheck disable=SC2086
seal gcm-oaep gcm $oaep

cat >go.mod <<'GO'
module finding

go 1.25

require github.com/smallstep/pkcs7 v0.2.3
GO
cat >main.go <<'GO'
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/smallstep/pkcs7"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func der(path string) []byte {
	block, _ := pem.Decode(must(os.ReadFile(path)))
	return block.Bytes
}

func main() {
	certificate := must(x509.ParseCertificate(der("certificate.pem")))
	key := must(x509.ParsePKCS8PrivateKey(der("key.pem")))
	pkcs7.ContentEncryptionAlgorithm = pkcs7.EncryptionAlgorithmAES256GCM
	sealed := must(pkcs7.Encrypt([]byte("letter"), []*x509.Certificate{certificate}))
	must(0, os.WriteFile("gcm-of-go.der", sealed, 0o600))
	for _, name := range os.Args[1:] {
		opened := "no"
		if envelope, err := pkcs7.Parse(must(os.ReadFile(name + ".der"))); err == nil {
			if content, err := envelope.Decrypt(certificate, key); err == nil {
				opened = string(content)
			}
		}
		fmt.Printf("%s: go %s\n", name, opened)
	}
}
GO
cat >open.py <<'PYTHON'
import sys
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7

certificate = x509.load_pem_x509_certificate(open("certificate.pem", "rb").read())
key = load_pem_private_key(open("key.pem", "rb").read(), None)
for name in sys.argv[1:]:
    try:
        opened = pkcs7.pkcs7_decrypt_der(open(name + ".der", "rb").read(), certificate, key, []).decode()
    except (ValueError, UnsupportedAlgorithm):
        opened = "no"
    print(f"{name}: cryptography {opened}")
PYTHON
cat >open.mjs <<'JAVASCRIPT'
import fs from "node:fs";
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import * as pkijs from "pkijs";

pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: webcrypto }));
const recipientCertificate = pkijs.Certificate.fromBER(new X509Certificate(fs.readFileSync("certificate.pem")).raw);
const recipientPrivateKey = createPrivateKey(fs.readFileSync("key.pem")).export({ type: "pkcs8", format: "der" });
for (const name of process.argv.slice(2)) {
  let opened = "no";
  try {
    const info = pkijs.ContentInfo.fromBER(fs.readFileSync(`${name}.der`));
    if (info.contentType === pkijs.id_ContentType_EnvelopedData) {
      const envelope = new pkijs.EnvelopedData({ schema: info.content });
      opened = Buffer.from(await envelope.decrypt(0, { recipientCertificate, recipientPrivateKey })).toString();
    }
  } catch {
    opened = "no";
  }
  console.log(`${name}: pkijs ${opened}`);
}
JAVASCRIPT
cat >Open.java <<'JAVA'
import java.io.FileReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

public class Open {
    public static void main(String[] names) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        var read = (PrivateKeyInfo) new PEMParser(new FileReader("key.pem")).readObject();
        var recipient = new JceKeyTransEnvelopedRecipient(new JcaPEMKeyConverter().getPrivateKey(read)).setProvider("BC");
        for (String name : names) {
            String opened = "no";
            try {
                byte[] file = Files.readAllBytes(Path.of(name + ".der"));
                boolean authenticated = ContentInfo.getInstance(file).getContentType().equals(CMSObjectIdentifiers.authEnvelopedData);
                var recipients = authenticated ? new CMSAuthEnvelopedData(file).getRecipientInfos() : new CMSEnvelopedData(file).getRecipientInfos();
                opened = new String(recipients.getRecipients().iterator().next().getContent(recipient));
            } catch (Exception exception) {
                opened = "no";
            }
            System.out.println(name + ": bouncycastle " + opened);
        }
    }
}
JAVA
go mod tidy >/dev/null 2>&1
names='cbc-pkcs1 cbc-oaep gcm-oaep gcm-of-go'
# shellcheck disable=SC2086
{
    go run . $names
    venv/bin/python open.py $names
    node open.mjs $names
    java -cp 'bcprov-jdk18on-1.87.jar:bcpkix-jdk18on-1.87.jar:bcutil-jdk18on-1.87.jar' Open.java $names
    for name in $names; do
        opened=$(openssl cms -decrypt -inform DER -in "$name.der" -inkey key.pem -recip certificate.pem 2>/dev/null) || opened=no
        echo "$name: openssl $opened"
    done
} | tee seen
diff - seen <<'EXPECTED'
cbc-pkcs1: go letter
cbc-oaep: go letter
gcm-oaep: go no
gcm-of-go: go letter
cbc-pkcs1: cryptography letter
cbc-oaep: cryptography no
gcm-oaep: cryptography no
gcm-of-go: cryptography no
cbc-pkcs1: pkijs no
cbc-oaep: pkijs letter
gcm-oaep: pkijs no
gcm-of-go: pkijs no
cbc-pkcs1: bouncycastle letter
cbc-oaep: bouncycastle letter
gcm-oaep: bouncycastle letter
gcm-of-go: bouncycastle no
cbc-pkcs1: openssl letter
cbc-oaep: openssl letter
gcm-oaep: openssl letter
gcm-of-go: openssl no
EXPECTED
openssl version
go version
node --version
java -version 2>&1 | head -n 1
echo 'pkcs7 0.2.3, cryptography 50.0.2, pkijs 4.0.0, bcpkix 1.87'
echo 'as stated'
