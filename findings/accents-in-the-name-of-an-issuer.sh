#!/usr/bin/env bash
# A certificate names its issuer in other letters than the issuer's certificate does: by RFC 5280 the names are equal, and six readers draw the line in four places.
#
# RFC 5280 §7.1 compares names after the preparation of RFC 4518: case is folded, blanks are joined, NFKC is applied, and PrintableString equals UTF8String. So
# "Autorité" equals "AUTORITÉ", and "é" in one code point equals "é" in two. Authorities have issued under both after a change of software.
# - The path validation of JDK 17 and asn1crypto 1.5.1 follow it.
# - OpenSSL 3 and BouncyCastle 1.87 join blanks, take the kinds of string as equal, and fold case in ASCII alone: an accent ends it.
# - Go and Python's cryptography 50.0.2 compare octets when they look for an issuer, so that the kind of string decides. Yet `==` of two names in cryptography
#   takes the kinds of string as equal, so a lookup by name finds an issuer that its path validation then does not take.
# One chain is complete for one verifier and has no issuer for another, and tests with names in ASCII see a part of it. Whoever issues writes the issuer's octets;
# whoever archives keeps the chain that each of its readers needs.
#
# Needs OpenSSL 3, Python 3 with venv, Go, a JDK of 17 or later, and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache

mvn -q dependency:copy -Dartifact=org.bouncycastle:bcprov-jdk18on:1.87 -DoutputDirectory=. >/dev/null
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2 asn1crypto==1.5.1

cat >make.py <<'PYTHON'
import datetime
import asn1crypto.x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

def name(text, kind=_ASN1Type.UTF8String):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text, _type=kind)])

plain, accent = "Test CA", "Autorit\u00e9 de test"
cases = {
    "same": (plain, plain, _ASN1Type.UTF8String),
    "kind": (plain, plain, _ASN1Type.PrintableString),
    "case": (plain, "TEST  ca", _ASN1Type.UTF8String),
    "accent": (accent, accent.upper(), _ASN1Type.UTF8String),
    "two-code-points": (accent, "Autorite\u0301 de test", _ASN1Type.UTF8String),
}
authority, holder = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
identifier = x509.SubjectKeyIdentifier.from_public_key(authority.public_key())

def certificate(subject, issuer, key, serial, extensions):
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key()).serial_number(serial)
    builder = builder.not_valid_before(datetime.datetime(2026, 1, 1)).not_valid_after(datetime.datetime(2045, 1, 1))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(authority, hashes.SHA256())

signs = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
for case, (subject, issuer, kind) in cases.items():
    anchor = certificate(name(subject), name(subject), authority, 1, [(x509.BasicConstraints(True, None), True), (signs, True), (identifier, False)])
    leaf = certificate(name("holder"), name(issuer, kind), holder, 2, [
        (x509.BasicConstraints(False, None), True), (x509.SubjectAlternativeName([x509.DNSName("holder.example")]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False)])
    for role, made in (("anchor", anchor), ("leaf", leaf)):
        with open(f"{case}-{role}.pem", "wb") as file:
            file.write(made.public_bytes(serialization.Encoding.PEM))
    try:
        verifier = PolicyBuilder().store(Store([anchor])).time(datetime.datetime(2026, 6, 1)).build_server_verifier(x509.DNSName("holder.example"))
        verifier.verify(leaf, [])
        path = "passes"
    except VerificationError:
        path = "no issuer"
    read = [asn1crypto.x509.Name.load(octets.public_bytes()) for octets in (anchor.subject, leaf.issuer)]
    print(f"{case}: cryptography's path {path}, its == {anchor.subject == leaf.issuer}, asn1crypto's == {read[0] == read[1]}")
PYTHON
cat >Verify.java <<'JAVA'
import java.io.FileInputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;

public class Verify {
    public static void main(String[] cases) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (String name : cases) {
            var anchor = (X509Certificate) factory.generateCertificate(new FileInputStream(name + "-anchor.pem"));
            var leaf = (X509Certificate) factory.generateCertificate(new FileInputStream(name + "-leaf.pem"));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            parameters.setRevocationEnabled(false);
            String path = "passes";
            try {
                CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(List.of(leaf)), parameters);
            } catch (CertPathValidatorException exception) {
                path = "no issuer";
            }
            X500Name subject = X500Name.getInstance(anchor.getSubjectX500Principal().getEncoded());
            X500Name issuer = X500Name.getInstance(leaf.getIssuerX500Principal().getEncoded());
            System.out.println(name + ": jdk " + path + ", bouncycastle's equals " + subject.equals(issuer));
        }
    }
}
JAVA
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
	"time"
)

func certificate(path string) *x509.Certificate {
	text, _ := os.ReadFile(path)
	block, _ := pem.Decode(text)
	read, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	return read
}

func main() {
	for _, name := range os.Args[1:] {
		roots := x509.NewCertPool()
		roots.AddCert(certificate(name + "-anchor.pem"))
		options := x509.VerifyOptions{Roots: roots, CurrentTime: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
		path := "passes"
		if _, err := certificate(name + "-leaf.pem").Verify(options); err != nil {
			path = "no issuer"
		}
		fmt.Printf("%s: go %s\n", name, path)
	}
}
GO
cases='same kind case accent two-code-points'
{
    venv/bin/python make.py
    # shellcheck disable=SC2086
    java -cp bcprov-jdk18on-1.87.jar Verify.java $cases
    # shellcheck disable=SC2086
    go run . $cases
    for name in $cases; do
        openssl verify -attime 1780300800 -CAfile "$name-anchor.pem" "$name-leaf.pem" >/dev/null 2>&1 && path=passes || path='no issuer'
        echo "$name: openssl $path"
    done
} | tee seen
diff - seen <<'EXPECTED'
same: cryptography's path passes, its == True, asn1crypto's == True
kind: cryptography's path no issuer, its == True, asn1crypto's == True
case: cryptography's path no issuer, its == False, asn1crypto's == True
accent: cryptography's path no issuer, its == False, asn1crypto's == True
two-code-points: cryptography's path no issuer, its == False, asn1crypto's == True
same: jdk passes, bouncycastle's equals true
kind: jdk passes, bouncycastle's equals true
case: jdk passes, bouncycastle's equals true
accent: jdk passes, bouncycastle's equals false
two-code-points: jdk passes, bouncycastle's equals false
same: go passes
kind: go no issuer
case: go no issuer
accent: go no issuer
two-code-points: go no issuer
same: openssl passes
kind: openssl passes
case: openssl passes
accent: openssl no issuer
two-code-points: openssl no issuer
EXPECTED
openssl version
go version
java -version 2>&1 | head -n 1
echo 'cryptography 50.0.2, asn1crypto 1.5.1, bcprov 1.87'
echo 'as stated'
