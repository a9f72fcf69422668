#!/usr/bin/env bash
# A TSA names its policy under 2.25, the arc for which nobody registers anything. Of one token, a reader in Go refuses everything, one in JavaScript throws when asked for
# the policy, one gives a number with an exponent, and two give a text that no other reader has.
#
# X.667 gives everyone 2.25 followed by a UUID as one number of up to 128 bits. X.660 sets no limit to an arc, OpenSSL writes and reads it, and the policy is a
# mandatory field of RFC 3161.
# - digitorus/timestamp of September 2026 (Go) opens no part of the token, "base 128 integer too large", since encoding/asn1 ends an arc at 31 bits. For the policy of a
#   certificate crypto/x509 has Policies, which has it; PolicyIdentifiers, which most code reads, leaves it out without a word.
# - node-forge 1.4.3 throws where it makes a text of the identifier; so does everything that prints it.
# - jsrsasign 11.1.5 reads "2.25.3.2980073569858662e+38".
# - pkijs 4.0.0 and @peculiar/asn1-tsp 2.6.0 give the groups of seven bits in hex, between braces: a comparison with the policy's text is never true.
# - asn1crypto 1.5.1, rfc3161-client 1.0.9 and cryptography 50.0.2 (Python) give the number.
# Policies, types of evidence and attributes of one's own are named under an enterprise number (free of charge); whoever compares identifiers compares their octets.
#
# Needs OpenSSL 3, Python 3 with venv, Node.js 20 with npm, and Go (1.27.3 is fetched where it is another).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --prefix . --silent --no-audit --no-fund pkijs@4.0.0 asn1js@4.0.0 node-forge@1.4.3 jsrsasign@11.1.5 \
    @peculiar/asn1-tsp@2.6.0 @peculiar/asn1-schema@2.11.1 reflect-metadata@0.2.2 >/dev/null
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check asn1crypto==1.5.1 rfc3161-client==1.0.9 cryptography==50.0.2

export POLICY=2.25.329800735698586629295641978511506172918 # the UUID f81d4fae-7dec-11d0-a765-00a0c91e6bf6
cat >tsa.cnf <<CONFIG
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = test
[test]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = $POLICY
digests = sha256
ess_cert_id_alg = sha256
CONFIG
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out tsa.pem -days 30 -subj '/CN=Test TSA' -config tsa.cnf \
    -addext extendedKeyUsage=critical,timeStamping -addext "certificatePolicies=$POLICY" 2>/dev/null
printf 'a letter' >letter
openssl ts -query -data letter -sha256 -cert -out request 2>/dev/null
openssl ts -reply -config tsa.cnf -queryfile request -signer tsa.pem -inkey key.pem -out response 2>/dev/null
openssl ts -reply -in response -token_out -out token 2>/dev/null
openssl cms -verify -noverify -inform DER -in token -out info 2>/dev/null
openssl ts -verify -data letter -in response -CAfile tsa.pem >/dev/null 2>&1

cat >read.py <<'PYTHON'
import os
import rfc3161_client
from asn1crypto import cms, tsp  # tsp teaches cms the type of the content
from cryptography import x509

content = cms.ContentInfo.load(open("token", "rb").read())["content"]["encap_content_info"]["content"].parsed
certificate = x509.load_pem_x509_certificate(open("tsa.pem", "rb").read())
texts = {
    "asn1crypto": content["policy"].dotted,
    "rfc3161-client": rfc3161_client.decode_timestamp_response(open("response", "rb").read()).tst_info.policy.dotted_string,
    "cryptography": certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value[0].policy_identifier.dotted_string,
}
for reader, text in texts.items():
    print(f"{reader}: {'the policy' if text == os.environ['POLICY'] else text}")
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import "reflect-metadata";
import { readFileSync } from "node:fs";
import { AsnConvert } from "@peculiar/asn1-schema";
import { TSTInfo } from "@peculiar/asn1-tsp";
import forge from "node-forge";
import jsrsasign from "jsrsasign";
import * as pkijs from "pkijs";

const info = readFileSync("info");
const octets = new Uint8Array(info).buffer;
const policy = forge.asn1.fromDer(info.toString("binary")).value[1].value;
const readers = {
  "pkijs": () => pkijs.TSTInfo.fromBER(octets).policy,
  "@peculiar/asn1-tsp": () => AsnConvert.parse(octets, TSTInfo).policy,
  "node-forge": () => forge.asn1.derToOid(policy),
  "jsrsasign": () => jsrsasign.hextooid(Buffer.from(policy, "binary").toString("hex")),
};
for (const [reader, read] of Object.entries(readers)) {
  let text;
  try {
    text = read();
  } catch (error) {
    text = error.message;
  }
  console.log(`${reader}: ${text === process.env.POLICY ? "the policy" : text}`);
}
JAVASCRIPT
cat >go.mod <<'GO'
module finding

go 1.27
GO
cat >main.go <<'GO'
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"

	"github.com/digitorus/timestamp"
)

func main() {
	token, _ := os.ReadFile("token")
	if _, err := timestamp.Parse(token); err != nil {
		fmt.Println("digitorus/timestamp:", err)
	}
	text, _ := os.ReadFile("tsa.pem")
	block, _ := pem.Decode(text)
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		panic(err)
	}
	if len(certificate.Policies) == 1 && certificate.Policies[0].String() == os.Getenv("POLICY") {
		fmt.Println("go Policies: the policy")
	}
	fmt.Println("go PolicyIdentifiers:", len(certificate.PolicyIdentifiers), "policies")
}
GO
export GOMODCACHE=$folder/modules GOCACHE=$folder/cache GOFLAGS=-modcacherw GOTOOLCHAIN=go1.27.3
go get github.com/digitorus/timestamp@v0.0.0-20260914073129-b4b58b92aa51 2>/dev/null
{
    venv/bin/python read.py
    node read.mjs
    go run .
} | tee seen
diff - seen <<'EXPECTED'
asn1crypto: the policy
rfc3161-client: the policy
cryptography: the policy
pkijs: 2.25.{03701d276b4f5e604721273240140c48795776}
@peculiar/asn1-tsp: 2.25.{03701d276b4f5e604721273240140c48795776}
node-forge: OID value too large; max is 53-bits.
jsrsasign: 2.25.3.2980073569858662e+38
digitorus/timestamp: asn1: structure error: base 128 integer too large
go Policies: the policy
go PolicyIdentifiers: 0 policies
EXPECTED
openssl version
go version
echo 'pkijs 4.0.0, @peculiar/asn1-tsp 2.6.0, node-forge 1.4.3, jsrsasign 11.1.5, digitorus/timestamp v0.0.0-20260914073129'
echo 'as stated'
