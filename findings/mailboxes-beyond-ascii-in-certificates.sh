#!/usr/bin/env bash
# A certificate for a mailbox whose name has a letter outside of ASCII: asked for the address as its owner writes it, OpenSSL finds the certificate that RFC 9598 forbids, and
# not the one that it asks for. Go does not accept the certificate where the subject is empty.
#
# RFC 8398 brought SmtpUTF8Mailbox for such names, with the host in Unicode (U-labels). RFC 9598 of 2024 replaced it and turned that round: the host has A-labels, "xn--".
# - OpenSSL 3 (`-verify_email`) and Node.js (`checkEmail`) compare the characters and convert nothing. jürgen@bücher.example is found in a certificate by RFC 8398, and
#   one by RFC 9598 has to be asked for jürgen@xn--bcher-kva.example. pkilint 0.13.3 calls the host of the first an error, and has nothing to say of the second's.
# - With an empty subject the name is in a critical extension, by RFC 5280. Go's crypto/x509 knows no name of this kind, and Verify says "unhandled critical extension";
#   OpenSSL, Java and cryptography 50.0.2 accept it. Go lists no address of any of the certificates, and cryptography and Java give octets of DER.
# - `openssl x509 -email` prints none of them. asn1crypto 1.5.1 gives the host of a name in ASCII with U-labels, and that of the new kind as it stands: two spellings of
#   one host in two certificates of one house.
# Whoever looks for an addressee converts hosts to A-labels on both sides and leaves the name before the @ as it is. Whoever issues does not leave the subject empty.
#
# Needs OpenSSL 3, Node.js 20 or later, Python 3 with venv, Go 1.25 or later, and a JDK of 17 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache LC_ALL=C.UTF-8

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pkilint==0.13.3 cryptography==50.0.2 asn1crypto==1.5.1

# FORMAT:UTF8, since OpenSSL takes the text for Latin-1 without it and encodes it twice.
cat >names.cnf <<'CONFIG'
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[ascii]
subjectAltName = email:juergen@xn--bcher-kva.example
[rfc8398]
subjectAltName = @unicode
[rfc9598]
subjectAltName = @labels
[empty]
subjectAltName = critical, @labels
[unicode]
otherName = 1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8String:jürgen@bücher.example
[labels]
otherName = 1.3.6.1.5.5.7.8.9;FORMAT:UTF8,UTF8String:jürgen@xn--bcher-kva.example
CONFIG
key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config names.cnf)
openssl req -x509 "${key[@]}" -keyout authority.key -out authority.pem -subj /CN=authority -days 30 -extensions authority 2>/dev/null
for name in ascii rfc8398 rfc9598 empty; do
    subject=/CN=$name
    [ $name != empty ] || subject=/
    openssl req -new "${key[@]}" -keyout $name.key -out $name.csr -subj $subject 2>/dev/null
    openssl x509 -req -in $name.csr -CA authority.pem -CAkey authority.key -set_serial 5 -days 20 -extfile names.cnf -extensions $name -out $name.pem 2>/dev/null
done

cat >find.mjs <<'JAVASCRIPT'
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
for (const name of ["ascii", "rfc8398", "rfc9598", "empty"]) {
  const certificate = new X509Certificate(readFileSync(`${name}.pem`));
  for (const address of process.argv.slice(2)) {
    if (certificate.checkEmail(address)) console.log(`node ${name}: found by ${address}`);
  }
}
JAVASCRIPT

cat >read.py <<'PYTHON'
from asn1crypto import pem as asn1_pem, x509 as asn1_x509
from cryptography import x509
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store

def octets(name):
    with open(f"{name}.pem", "rb") as file:
        return file.read()

store = Store([x509.load_pem_x509_certificate(octets("authority"))])
for name in ("ascii", "rfc8398", "rfc9598", "empty"):
    verifier = PolicyBuilder().store(store).extension_policies(
        ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()).build_client_verifier()
    subject, = verifier.verify(x509.load_pem_x509_certificate(octets(name)), []).subjects
    print(f"cryptography {name}: accepted, {type(subject.value).__name__}")
    given, = asn1_x509.Certificate.load(asn1_pem.unarmor(octets(name))[2]).subject_alt_name_value.native
    print(f"asn1crypto {name}: {given if isinstance(given, str) else given['value']}")
PYTHON

cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >main.go <<'GO'
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

func read(name string) *x509.Certificate {
	text, err := os.ReadFile(name + ".pem")
	if err != nil {
		panic(err)
	}
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	return certificate
}

func main() {
	roots := x509.NewCertPool()
	roots.AddCert(read("authority"))
	for _, name := range []string{"ascii", "rfc8398", "rfc9598", "empty"} {
		certificate := read(name)
		said := "accepted"
		if _, err := certificate.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
			said = err.Error()
		}
		fmt.Printf("go %s: %s, %v\n", name, said, certificate.EmailAddresses)
	}
}
GO

cat >Read.java <<'JAVA'
import java.io.FileInputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

public class Read {
    public static void main(String[] arguments) throws Exception {
        var parameters = new PKIXParameters(Set.of(new TrustAnchor(read("authority"), null)));
        parameters.setRevocationEnabled(false);
        for (String name : new String[] {"ascii", "rfc8398", "rfc9598", "empty"}) {
            var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(read(name)));
            CertPathValidator.getInstance("PKIX").validate(path, parameters);
            Object given = read(name).getSubjectAlternativeNames().iterator().next().get(1);
            System.out.println("java " + name + ": accepted, " + given.getClass().getSimpleName());
        }
    }

    static X509Certificate read(String name) throws Exception {
        try (var file = new FileInputStream(name + ".pem")) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(file);
        }
    }
}
JAVA

addresses=(juergen@bücher.example juergen@xn--bcher-kva.example jürgen@bücher.example jürgen@xn--bcher-kva.example)
{
    for name in ascii rfc8398 rfc9598 empty; do
        for address in "${addresses[@]}"; do
            if openssl verify -CAfile authority.pem -verify_email "$address" $name.pem >/dev/null 2>&1; then
                echo "openssl $name: accepted, found by $address"
            fi
        done
        printed=$(openssl x509 -in $name.pem -noout -email)
        echo "openssl x509 -email $name: ${printed:-none}"
        linted=$(venv/bin/lint_pkix_cert lint $name.pem || true)
        case $linted in
        *'smtp_utf8_mailbox_domain_part_invalid_syntax (ERROR)'*) echo "pkilint $name: error in the host" ;;
        *'(INFO)'*) echo "pkilint $name: no error in the host" ;;
        esac
    done
    node find.mjs "${addresses[@]}"
    venv/bin/python read.py
    go run .
    java Read.java
} | tee seen
diff - seen <<'EXPECTED'
openssl ascii: accepted, found by juergen@xn--bcher-kva.example
openssl x509 -email ascii: juergen@xn--bcher-kva.example
pkilint ascii: no error in the host
openssl rfc8398: accepted, found by jürgen@bücher.example
openssl x509 -email rfc8398: none
pkilint rfc8398: error in the host
openssl rfc9598: accepted, found by jürgen@xn--bcher-kva.example
openssl x509 -email rfc9598: none
pkilint rfc9598: no error in the host
openssl empty: accepted, found by jürgen@xn--bcher-kva.example
openssl x509 -email empty: none
pkilint empty: no error in the host
node ascii: found by juergen@xn--bcher-kva.example
node rfc8398: found by jürgen@bücher.example
node rfc9598: found by jürgen@xn--bcher-kva.example
node empty: found by jürgen@xn--bcher-kva.example
cryptography ascii: accepted, str
asn1crypto ascii: juergen@bücher.example
cryptography rfc8398: accepted, bytes
asn1crypto rfc8398: jürgen@bücher.example
cryptography rfc9598: accepted, bytes
asn1crypto rfc9598: jürgen@xn--bcher-kva.example
cryptography empty: accepted, bytes
asn1crypto empty: jürgen@xn--bcher-kva.example
go ascii: accepted, [juergen@xn--bcher-kva.example]
go rfc8398: accepted, []
go rfc9598: accepted, []
go empty: x509: unhandled critical extension, []
java ascii: accepted, String
java rfc8398: accepted, byte[]
java rfc9598: accepted, byte[]
java empty: accepted, byte[]
EXPECTED
openssl version
node --version
go version
java -version 2>&1 | head -n 1
echo 'pkilint 0.13.3, cryptography 50.0.2, asn1crypto 1.5.1'
echo 'as stated'
