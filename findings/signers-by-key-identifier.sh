#!/usr/bin/env bash
# A CMS signature names its signer by subjectKeyIdentifier, and the certificate is in it. Whether pkijs finds the signer depends on how its authority computed
# the identifier.
#
# RFC 5652 §5.3 compares the identifier with the certificate's extension, and RFC 5280 §4.2.1.2 leaves it to the authority how that is made; RFC 7093 gives
# methods with SHA-256. One would expect a reader to compare octets. pkijs 4.0.0 computes the SHA-1 of the public key instead: with an identifier made in any other
# way it says "Unable to find signer certificate" of a file that OpenSSL 3 and BouncyCastle 1.87 verify. The identifiers of OpenSSL's own `hash` are that SHA-1, so
# a test made with OpenSSL passes and the authority's files do not.
# Whoever names signers by key identifier for unknown readers takes one that is the SHA-1 of the key, or issuer and serial number.
#
# Needs OpenSSL 3, Node.js 20 with npm, a JDK of 17 or later, and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --prefix . --silent --no-audit --no-fund pkijs@4.0.0 asn1js@4.0.0 >/dev/null
mvn -q dependency:copy -Dartifact=org.bouncycastle:bcpkix-jdk18on:1.87 -DoutputDirectory=. >/dev/null
mvn -q dependency:copy -Dartifact=org.bouncycastle:bcprov-jdk18on:1.87 -DoutputDirectory=. >/dev/null
mvn -q dependency:copy -Dartifact=org.bouncycastle:bcutil-jdk18on:1.87 -DoutputDirectory=. >/dev/null

printf 'a letter' >letter
# As OpenSSL makes it, and the leftmost 160 bits of a SHA-256 (RFC 7093 §2, method 1).
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
bits=$(openssl pkey -in key.pem -pubout -outform DER | tail -c 65 | openssl dgst -sha256 -r | cut -c 1-40)
printf '[req]\ndistinguished_name = name\n[name]\n' >req.cnf
sign() {
    openssl req -x509 -new -key key.pem -config req.cnf -subj "/CN=$1" -days 30 -addext "subjectKeyIdentifier=$2" -out "$1.pem" 2>/dev/null
    openssl cms -sign -nodetach -binary -keyid -md sha256 -signer "$1.pem" -inkey key.pem -in letter -outform DER -out "$1.p7m"
}
sign sha-1 hash
sign sha-256 "$bits"

cat >verify.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import * as pkijs from "pkijs";
for (const name of ["sha-1", "sha-256"]) {
  const file = readFileSync(`${name}.p7m`);
  const contentInfo = pkijs.ContentInfo.fromBER(file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength));
  const signedData = new pkijs.SignedData({ schema: contentInfo.content });
  const said = await signedData.verify({ signer: 0 }).catch((error) => error.message);
  console.log(`pkijs ${name}: ${said === true ? "verifies" : said}`);
}
JAVASCRIPT
cat >Verify.java <<'JAVA'
import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;

public class Verify {
    public static void main(String[] arguments) throws Exception {
        for (String name : new String[] {"sha-1", "sha-256"}) {
            CMSSignedData signedData = new CMSSignedData(Files.readAllBytes(Path.of(name + ".p7m")));
            SignerInformation signer = signedData.getSignerInfos().getSigners().iterator().next();
            var certificate = (X509CertificateHolder) signedData.getCertificates().getMatches(signer.getSID()).iterator().next();
            boolean good = signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate));
            System.out.println("bouncycastle " + name + ": " + (good ? "verifies" : "refuses"));
        }
    }
}
JAVA
{
    for name in sha-1 sha-256; do
        openssl cms -verify -inform DER -in "$name.p7m" -CAfile "$name.pem" -purpose any -out /dev/null 2>/dev/null && echo "openssl $name: verifies"
    done
    java -cp 'bcpkix-jdk18on-1.87.jar:bcprov-jdk18on-1.87.jar:bcutil-jdk18on-1.87.jar' Verify.java 2>/dev/null
    node verify.mjs
} | tee seen
diff - seen <<'EXPECTED'
openssl sha-1: verifies
openssl sha-256: verifies
bouncycastle sha-1: verifies
bouncycastle sha-256: verifies
pkijs sha-1: verifies
pkijs sha-256: Unable to find signer certificate
EXPECTED
openssl version
echo 'pkijs 4.0.0, bcpkix 1.87'
echo 'as stated'
