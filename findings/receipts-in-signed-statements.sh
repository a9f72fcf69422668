#!/usr/bin/env bash
# A transparency service puts its receipt into a signed statement: one library writes the statement without it and says nothing. Two refuse good statements before that,
# for a time that is a float.
#
# In SCITT (RFC 9943) a statement is a COSE_Sign1. A receipt (RFC 9942) goes into its unprotected header, label 394, where the signature does not reach. The protected
# header is a byte string that is signed as it is, and RFC 9052 does not ask for the shortest form of it.
# - go-cose 1.3.0 keeps the octets of both headers when it reads, and writes those. What was put into Headers.Unprotected of a statement that was read is not in what it
#   writes, without an error, until Headers.RawUnprotected is set to nil. pycose 1.1.0 (`encode(sign=False)`), @auth0/cose 1.0.2 and scitt-cose 0.5.0 write the receipt.
# - The claims of a statement have a time of issue, which may be a float. cose-js 0.9.0 makes the protected header anew for the verification, with an integer where the
#   float is a whole number, and says that the signature is wrong.
# - scitt-cose refuses what is not in the shortest form, its own statements too. It writes a float in 64 bits, and each 128th second of `float(int(time()))` fits into 32:
#   one statement in 128 is signed by it and not verified. It refuses a map of indefinite length, and so does go-cose.
# - pycose 1.1.0 does all this with cbor2 5. With cbor2 6.3.0, which pip installs for it, it decodes no message.
# Whoever signs writes the header in the shortest form and times as integers. Whoever adds a receipt reads the written statement again and looks for it.
#
# Needs Python 3 with venv, Node.js 20 or later with npm, and Go 1.26 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache GOPATH=$folder/go

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pycose==1.1.0 scitt-cose==0.5.0 cryptography==50.0.2 cbor2==5.9.0
npm install --prefix . --silent --no-fund --no-audit cose-js@0.9.0 @auth0/cose@1.0.2 >/dev/null

cat >make.py <<'PYTHON'
import json
import cbor2
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

key = ec.generate_private_key(ec.SECP256R1())
public = key.public_key()

def statement(protected):
    signed = cbor2.dumps(["Signature1", protected, b"", b"statement"])
    r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, b"statement", r.to_bytes(32, "big") + s.to_bytes(32, "big")])).hex()

ALG, CLAIMS, ISSUED = 1, 15, 6
statements = {
    "integer": statement(cbor2.dumps({ALG: -7, CLAIMS: {ISSUED: 1760000000}})),
    "other order": statement(cbor2.dumps({CLAIMS: {ISSUED: 1760000000}, ALG: -7})),
    "float": statement(cbor2.dumps({ALG: -7, CLAIMS: {ISSUED: 1760000001.0}})),
    "float that is shorter": statement(cbor2.dumps({ALG: -7, CLAIMS: {ISSUED: 1760000000.0}})),
    "indefinite length": statement(b"\xbf\x01\x26\xff"),
}
numbers = public.public_numbers()
pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
with open("given.json", "w") as file:
    json.dump({"x": f"{numbers.x:064x}", "y": f"{numbers.y:064x}", "pem": pem, "private": private, "statements": statements}, file)
PYTHON
venv/bin/python make.py

python3 -m venv newest
newest/bin/pip install -q --disable-pip-version-check pycose==1.1.0 cbor2==6.3.0
cat >decode.py <<'PYTHON'
import json
from pycose.messages import CoseMessage

with open("given.json") as file:
    statements = json.load(file)["statements"]
for kind, octets in statements.items():
    try:
        CoseMessage.decode(bytes.fromhex(octets))
        print(f"pycose with cbor2 6 {kind}: decoded")
    except TypeError as error:
        print(f"pycose with cbor2 6 {kind}: {error}")
PYTHON

cat >read.py <<'PYTHON'
import json
import cbor2, scitt_cose
from pycose.keys import EC2Key
from pycose.messages import CoseMessage

with open("given.json") as file:
    given = json.load(file)
RECEIPTS = 394

def read(octets):
    message = CoseMessage.decode(octets)
    message.key = EC2Key(crv="P_256", x=bytes.fromhex(given["x"]), y=bytes.fromhex(given["y"]))
    assert message.verify_signature()
    return message

def with_receipt(octets):
    """What another reader finds in a written statement."""
    read(octets)
    return "has the receipt" if RECEIPTS in cbor2.loads(octets).value[1] else "has no receipt"

def pycose(octets):
    message = read(octets)
    message.uhdr[RECEIPTS] = [b"receipt"]
    return message.encode(sign=False)

def scitt(octets):
    scitt_cose.verify_sign1(octets, public_key_pem=given["pem"])
    return scitt_cose.attach_receipts(octets, [b"receipt"])

def say(name, kind, call):
    try:
        print(f"{name} {kind}: {call()}")
    except Exception as error:
        print(f"{name} {kind}: {str(error).partition(' (')[0]}")

for kind, octets in given["statements"].items():
    for name, attach in (("pycose", pycose), ("scitt-cose", scitt)):
        say(name, kind, lambda: with_receipt(attach(bytes.fromhex(octets))))
for line in open("written"):
    name, kind, octets = line.rstrip("\n").split("\t")
    print(f"{name} {kind}: {with_receipt(bytes.fromhex(octets)) if octets.startswith('d2') else octets}")

def sign_and_verify(issued):
    signed = scitt_cose.sign_sign1(b"statement", alg="ES256", private_key_pem=given["private"], protected={15: {6: issued}})
    try:
        scitt_cose.verify_sign1(signed, public_key_pem=given["pem"])
        return 0
    except scitt_cose.CoseError:
        return 1

print("scitt-cose refuses of its own:", sum(sign_and_verify(float(1760000000 + second)) for second in range(1024)), "of 1024")
PYTHON

cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { Sign1 } from "@auth0/cose";
import cose from "cose-js";

const given = JSON.parse(readFileSync("given.json"));
const [x, y] = [given.x, given.y].map((number) => Buffer.from(number, "hex"));
const jwk = { kty: "EC", crv: "P-256", x: x.toString("base64url"), y: y.toString("base64url") };
const key = await webcrypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]);
const readers = {
  "cose-js": async (octets) => `reads ${await cose.sign.verify(octets, { key: { x, y } })}`,
  "@auth0/cose": async (octets) => {
    const statement = Sign1.decode(new Uint8Array(octets));
    await statement.verify(key);
    statement.unprotectedHeaders.set(394, [Buffer.from("receipt")]);
    return Buffer.from(statement.encode()).toString("hex");
  },
};
for (const [kind, octets] of Object.entries(given.statements)) {
  for (const [name, read] of Object.entries(readers)) {
    const said = await read(Buffer.from(octets, "hex")).catch((error) => error.message);
    console.log(`${name}\t${kind}\t${said}`);
  }
}
JAVASCRIPT

cat >go.mod <<'GO'
module finding

go 1.26
GO
cat >main.go <<'GO'
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	_ "crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"os"

	"github.com/veraison/go-cose"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	var given struct {
		X, Y       string
		Statements map[string]string
	}
	if err := json.Unmarshal(must(os.ReadFile("given.json")), &given); err != nil {
		panic(err)
	}
	x, y := new(big.Int).SetBytes(must(hex.DecodeString(given.X))), new(big.Int).SetBytes(must(hex.DecodeString(given.Y)))
	verifier := must(cose.NewVerifier(cose.AlgorithmES256, &ecdsa.PublicKey{Curve: elliptic.P256(), X: x, Y: y}))
	for kind, octets := range given.Statements {
		for _, name := range []string{"go-cose", "go-cose with nil"} {
			var statement cose.Sign1Message
			err := statement.UnmarshalCBOR(must(hex.DecodeString(octets)))
			if err == nil {
				err = statement.Verify(nil, verifier)
			}
			if err != nil {
				fmt.Printf("%s\t%s\t%v\n", name, kind, err)
				continue
			}
			statement.Headers.Unprotected[int64(394)] = []any{[]byte("receipt")}
			if name == "go-cose with nil" {
				statement.Headers.RawUnprotected = nil
			}
			fmt.Printf("%s\t%s\t%x\n", name, kind, must(statement.MarshalCBOR()))
		}
	}
}
GO
go get github.com/veraison/go-cose@v1.3.0 2>/dev/null
go mod tidy >/dev/null 2>&1

{
    node read.mjs
    go run .
} >written
{
    newest/bin/python decode.py
    venv/bin/python read.py
} | LC_ALL=C sort | tee seen
diff - seen <<'EXPECTED'
@auth0/cose float that is shorter: has the receipt
@auth0/cose float: has the receipt
@auth0/cose indefinite length: has the receipt
@auth0/cose integer: has the receipt
@auth0/cose other order: has the receipt
cose-js float that is shorter: Signature missmatch
cose-js float: Signature missmatch
cose-js indefinite length: Signature missmatch
cose-js integer: reads statement
cose-js other order: reads statement
go-cose float that is shorter: has no receipt
go-cose float: has no receipt
go-cose indefinite length: cbor: invalid protected header: cbor: indefinite-length map isn't allowed
go-cose integer: has no receipt
go-cose other order: has no receipt
go-cose with nil float that is shorter: has the receipt
go-cose with nil float: has the receipt
go-cose with nil indefinite length: cbor: invalid protected header: cbor: indefinite-length map isn't allowed
go-cose with nil integer: has the receipt
go-cose with nil other order: has the receipt
pycose float that is shorter: has the receipt
pycose float: has the receipt
pycose indefinite length: has the receipt
pycose integer: has the receipt
pycose other order: has the receipt
pycose with cbor2 6 float that is shorter: Bytes cannot be decoded as COSE message
pycose with cbor2 6 float: Bytes cannot be decoded as COSE message
pycose with cbor2 6 indefinite length: Bytes cannot be decoded as COSE message
pycose with cbor2 6 integer: Bytes cannot be decoded as COSE message
pycose with cbor2 6 other order: Bytes cannot be decoded as COSE message
scitt-cose float that is shorter: non-deterministic the protected header
scitt-cose float: has the receipt
scitt-cose indefinite length: non-deterministic the protected header
scitt-cose integer: has the receipt
scitt-cose other order: has the receipt
scitt-cose refuses of its own: 8 of 1024
EXPECTED
python3 --version
node --version
go version
echo 'pycose 1.1.0 with cbor2 5.9.0 and 6.3.0, scitt-cose 0.5.0, cose-js 0.9.0, @auth0/cose 1.0.2, go-cose 1.3.0'
echo 'as stated'
