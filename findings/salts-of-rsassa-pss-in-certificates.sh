#!/usr/bin/env bash
# Certificates signed by RSASSA-PSS with another salt than one of the hash's length: RFC 4055's own default, or what OpenSSL 3.0 takes unasked. Three verifiers know no such
# algorithm, and two call a good signature wrong.
#
# RFC 4055 (3.1) recommends a salt as long as the hash, has 20 octets as the default of the field, and lets the length be another for each signature. The mask may be made by
# another hash than the message's. Authorities for qualified certificates use PSS, and a verifier finds all of it in the parameters beside the signature.
# - OpenSSL 3, Node.js and the JDK verify every one of them.
# - Go's crypto/x509 takes a salt of the hash's length and one hash for both. Anything else it reads as an unknown algorithm, "algorithm unimplemented" when a signature is
#   verified, and the chain ends with "unknown authority". rustls-webpki 0.103.17 has the same limits.
# - cryptography 50.0.2 (Python) verifies all of them with `verify_directly_issued_by`, and its path validation forbids the algorithm of the same certificates.
# - pkijs 4.0.0 passes over the hash of the mask: where it is another it says that the signature is wrong. node-forge 1.4.3 says so of a signature without a salt, throws
#   at the longest salt ("Leftmost octets not zero as expected") and does not read a mask by SHA-1.
# An authority in OpenSSL 3.0 that asks for PSS and for nothing else makes the longest salt, 222 octets for a key of 2048 bits; by its changes, 3.1 takes the length of the hash. Whoever
# issues states rsa_pss_saltlen:digest and no other hash for the mask; whoever finds a chain without an authority looks at the salt.
#
# Needs OpenSSL 3, Python 3 with venv, Node.js 20 or later with npm, Go 1.25 or later, a JDK of 17 or later, and Rust 1.85 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache CARGO_TARGET_DIR=$folder/target

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2
npm install --prefix . --silent --no-fund --no-audit pkijs@4.0.0 node-forge@1.4.3 >/dev/null

openssl genrsa -out authority.key 2048 2>/dev/null
openssl genrsa -out signer.key 2048 2>/dev/null
openssl req -x509 -new -key authority.key -sha256 -subj /CN=authority -days 3650 -addext keyUsage=critical,keyCertSign -out authority.pem 2>/dev/null
openssl req -new -key signer.key -subj /CN=signer -out signer.csr 2>/dev/null
printf 'subjectAltName=DNS:signer.example\nbasicConstraints=critical,CA:FALSE\nauthorityKeyIdentifier=keyid\n' >extensions
issue() {
    name=$1
    shift
    openssl x509 -req -in signer.csr -CA authority.pem -CAkey authority.key -out "$name.pem" -days 3000 -sha256 -set_serial 5 -extfile extensions \
        -sigopt rsa_padding_mode:pss "$@" 2>/dev/null
    openssl x509 -in "$name.pem" -outform DER -out "$name.der"
}
issue unasked
issue salt-32 -sigopt rsa_pss_saltlen:32
issue salt-20 -sigopt rsa_pss_saltlen:20
issue salt-0 -sigopt rsa_pss_saltlen:0
issue salt-222 -sigopt rsa_pss_saltlen:222
issue mask-by-sha1 -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha1
openssl x509 -in authority.pem -outform DER -out authority.der
cases='salt-32 salt-20 salt-0 salt-222 mask-by-sha1'

cat >verify.py <<'PYTHON'
import sys
from cryptography import x509
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError
authority = x509.load_pem_x509_certificate(open("authority.pem", "rb").read())
policies = {"ca_policy": ExtensionPolicy.webpki_defaults_ca(), "ee_policy": ExtensionPolicy.permit_all()}
for name in sys.argv[1:]:
    certificate = x509.load_pem_x509_certificate(open(f"{name}.pem", "rb").read())
    certificate.verify_directly_issued_by(authority)
    print(f"cryptography {name} good")
    try:
        PolicyBuilder().store(Store([authority])).extension_policies(**policies).build_client_verifier().verify(certificate, [])
        print(f"cryptography-path {name} good")
    except VerificationError as error:
        assert "Forbidden signature algorithm" in str(error)
        print(f"cryptography-path {name} unknown")
PYTHON
cat >verify.mjs <<'JAVASCRIPT'
import crypto from "crypto";
import fs from "fs";
import forge from "node-forge";
import * as pkijs from "pkijs";
pkijs.setEngine("node", new pkijs.CryptoEngine({ name: "node", crypto: crypto.webcrypto }));
const pem = (name) => fs.readFileSync(`${name}.pem`, "utf8"), of_pkijs = (name) => pkijs.Certificate.fromBER(Uint8Array.from(fs.readFileSync(`${name}.der`)).buffer);
const say = (tool, name, said) => console.log(tool, name, said === true ? "good" : said === false ? "wrong" : said);
for (const name of process.argv.slice(2)) {
    say("node", name, new crypto.X509Certificate(pem(name)).verify(new crypto.X509Certificate(pem("authority")).publicKey));
    say("pkijs", name, await of_pkijs(name).verify(of_pkijs("authority")));
    try {
        say("node-forge", name, forge.pki.certificateFromPem(pem("authority")).verify(forge.pki.certificateFromPem(pem(name))));
    } catch {
        say("node-forge", name, "throws");
    }
}
JAVASCRIPT
cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >main.go <<'GO'
package main

import (
	"crypto/x509"
	"fmt"
	"os"
)

func read(name string) *x509.Certificate {
	der, err := os.ReadFile(name + ".der")
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return certificate
}

func main() {
	authority := read("authority")
	roots := x509.NewCertPool()
	roots.AddCert(authority)
	for _, name := range os.Args[1:] {
		said := "good"
		_, path := read(name).Verify(x509.VerifyOptions{Roots: roots})
		if err := read(name).CheckSignatureFrom(authority); err == x509.ErrUnsupportedAlgorithm {
			said = "unknown"
		} else if err != nil {
			said = "wrong"
		}
		if _, unknown := path.(x509.UnknownAuthorityError); unknown != (said != "good") {
			panic(path)
		}
		fmt.Println("go", name, said)
	}
}
GO
cat >Verify.java <<'JAVA'
import java.io.FileInputStream;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

public class Verify {
    public static void main(String[] names) throws Exception {
        var factory = CertificateFactory.getInstance("X.509");
        var parameters = new PKIXParameters(Set.of(new TrustAnchor((X509Certificate) factory.generateCertificate(new FileInputStream("authority.pem")), null)));
        parameters.setRevocationEnabled(false);
        for (String name : names) {
            var certificate = factory.generateCertificate(new FileInputStream(name + ".pem"));
            CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(List.of(certificate)), parameters);
            System.out.println("jdk " + name + " good");
        }
    }
}
JAVA
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[dependencies]
rustls-pki-types = "=1.14.0"
rustls-webpki = { version = "=0.103.17", default-features = false, features = ["ring", "std"] }
TOML
cat >src/main.rs <<'RUST'
use std::time::SystemTime;
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};

fn main() {
    let authority = CertificateDer::from(std::fs::read("authority.der").unwrap());
    let anchors = [anchor_from_trusted_cert(&authority).unwrap()];
    let now = UnixTime::since_unix_epoch(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap());
    for name in std::env::args().skip(1) {
        let der = CertificateDer::from(std::fs::read(format!("{name}.der")).unwrap());
        let certificate = EndEntityCert::try_from(&der).unwrap();
        let said = match certificate.verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, &[], now, KeyUsage::client_auth(), None, None) {
            Ok(_) => "good",
            Err(Error::UnsupportedSignatureAlgorithmContext(_)) => "unknown",
            Err(error) => panic!("{error:?}"),
        };
        println!("rustls-webpki {name} {said}");
    }
}
RUST
cargo build --quiet
# shellcheck disable=SC2086
{
    for name in $cases; do
        openssl verify -CAfile authority.pem "$name.pem" >/dev/null && echo "openssl $name good"
    done
    venv/bin/python verify.py $cases
    node verify.mjs $cases
    go run . $cases
    java Verify.java $cases
    "$CARGO_TARGET_DIR/debug/finding" $cases
} >said
awk '{ said[$1] = said[$1] " " $2 " " $3 "," } END { for (tool in said) print tool ":" said[tool] }' said | sed 's/,$//' | LC_ALL=C sort | tee seen
diff - seen <<'EXPECTED'
cryptography-path: salt-32 good, salt-20 unknown, salt-0 unknown, salt-222 unknown, mask-by-sha1 unknown
cryptography: salt-32 good, salt-20 good, salt-0 good, salt-222 good, mask-by-sha1 good
go: salt-32 good, salt-20 unknown, salt-0 unknown, salt-222 unknown, mask-by-sha1 unknown
jdk: salt-32 good, salt-20 good, salt-0 good, salt-222 good, mask-by-sha1 good
node-forge: salt-32 good, salt-20 good, salt-0 wrong, salt-222 throws, mask-by-sha1 throws
node: salt-32 good, salt-20 good, salt-0 good, salt-222 good, mask-by-sha1 good
openssl: salt-32 good, salt-20 good, salt-0 good, salt-222 good, mask-by-sha1 good
pkijs: salt-32 good, salt-20 good, salt-0 good, salt-222 good, mask-by-sha1 wrong
rustls-webpki: salt-32 good, salt-20 unknown, salt-0 unknown, salt-222 unknown, mask-by-sha1 unknown
EXPECTED
# The salt that this release takes unasked: 0xDE is 222, of OpenSSL 3.0; 0x20 is that of the hash.
unasked=$(openssl x509 -in unasked.pem -noout -text | grep -m 1 -o 'Salt Length: 0x[0-9A-F]*')
echo "$(openssl version | cut -d ' ' -f 1,2) unasked: $unasked"
case $(openssl version) in
'OpenSSL 3.0.'*) [ "$unasked" = 'Salt Length: 0xDE' ] ;;
esac
go version
java -version 2>&1 | head -n 1
echo "Node.js $(node --version), cryptography 50.0.2, pkijs 4.0.0, node-forge 1.4.3, rustls-webpki 0.103.17"
echo 'as stated'
