#!/usr/bin/env bash
# Since October 2025 JOSE and COSE have two names for Ed25519. A signature under either, and a key as WebCrypto exports it or without its "alg", make four combinations.
# Eleven libraries of JOSE agree on one of them: the deprecated name, with the key from which the name was taken out.
#
# RFC 9864 registers "Ed25519" (-19 in COSE) and deprecates "EdDSA" (-8). One would expect that a reader of this year takes both, since the octets of a signature are the
# same, and that a key's "alg" is a hint.
# - WebCrypto, here of Node.js 20.20 and 24.21, writes "alg": "Ed25519" into the JWK of a key, unasked.
# - PyJWT 2.15.1 does not load such a key at all. joserfc 1.8.0 and jose 6.2.18 (JavaScript) load it, and refuse a signature by "EdDSA" with it.
# - A signature by "Ed25519" is refused by PyJWT, Authlib 1.9.10, fast-jwt 6.3.6, go-jose 4.1.9, golang-jwt 5.3.1 and jose4j 0.9.6, on which the JAdES of EU DSS 6.4 is
#   built. go-jose says "error in cryptographic primitive", as of a signature that is wrong.
# - jwcrypto 1.6.1, jwx 3.4.0 and Nimbus 10.10 read everything. Of COSE, cwt 3.3.0 reads both numbers; pycose 1.1.0 and go-cose 1.3.0 read -8 alone, which go-cose has
#   under the names EdDSA and Ed25519.
# Whoever signs for unknown readers stays with the deprecated name, publishes the key without "alg", and takes both names when reading.
#
# Needs Node.js 20.20 or later with npm (another is installed by it), Python 3 with venv, Go 1.26 or later, a JDK of 17 or later, and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache GOPATH=$folder/go

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check 'pyjwt[crypto]==2.15.1' authlib==1.9.10 joserfc==1.8.0 jwcrypto==1.6.1 cwt==3.3.0 pycose==1.1.0
npm install --prefix . --silent --no-fund --no-audit jose@6.2.18 fast-jwt@6.3.6 node@24.21.0 >/dev/null
for artifact in com.nimbusds:nimbus-jose-jwt:10.10 com.google.crypto.tink:tink:1.18.0 org.bitbucket.b_c:jose4j:0.9.6 org.slf4j:slf4j-api:2.0.17 org.slf4j:slf4j-nop:2.0.17; do
    mvn -q dependency:copy -Dartifact=$artifact -DoutputDirectory=jars >/dev/null
done

cat >make.mjs <<'JAVASCRIPT'
import { writeFileSync } from "node:fs";

const { subtle } = globalThis.crypto;
const pair = await subtle.generateKey("Ed25519", true, ["sign", "verify"]);
const sign = async (octets) => Buffer.from(await subtle.sign("Ed25519", pair.privateKey, octets));
const exported = await subtle.exportKey("jwk", pair.publicKey);
console.log(`Node.js ${process.versions.node} exports a key with alg ${exported.alg}`);

const encode = (text) => Buffer.from(text).toString("base64url");
const tokens = {};
for (const alg of ["EdDSA", "Ed25519"]) {
  const input = `${encode(JSON.stringify({ alg }))}.${encode('{"iss":"a"}')}`;
  tokens[alg] = `${input}.${(await sign(Buffer.from(input))).toString("base64url")}`;
}

// COSE_Sign1 of the payload "letter" with { 1: number } as its protected header.
const messages = {};
for (const [number, header] of [["-8", "a10127"], ["-19", "a10132"]]) {
  const body = `43${header}`;
  const input = Buffer.concat([Buffer.from([0x84, 0x6a]), Buffer.from("Signature1"), Buffer.from(`${body}40466c6574746572`, "hex")]);
  messages[number] = `d284${body}a0466c65747465725840${(await sign(input)).toString("hex")}`;
}
writeFileSync("given.json", JSON.stringify({ keys: { bare: { kty: "OKP", crv: "Ed25519", x: exported.x }, exported }, tokens, messages }));
JAVASCRIPT

cat >read.py <<'PYTHON'
import base64, json, warnings
warnings.simplefilter("ignore")
import cwt, jwt
from authlib.jose import JsonWebSignature, OKPKey as AuthlibKey
from joserfc import jws as joserfc_jws
from joserfc.jwk import OKPKey as JoserfcKey
from jwcrypto import jwk as jwcrypto_jwk, jws as jwcrypto_jws
from pycose.keys import OKPKey as PycoseKey
from pycose.messages import CoseMessage

with open("given.json") as file:
    given = json.load(file)
x = given["keys"]["bare"]["x"]
public = base64.urlsafe_b64decode(x + "=" * (-len(x) % 4))

def read_pyjwt(token, key, alg):
    jwt.decode(token, jwt.PyJWK(key), algorithms=[alg])

def read_authlib(token, key, alg):
    JsonWebSignature([alg]).deserialize_compact(token, AuthlibKey.import_key(key))

def read_joserfc(token, key, alg):
    joserfc_jws.deserialize_compact(token, JoserfcKey.import_key(key), algorithms=[alg])

def read_jwcrypto(token, key, alg):
    jwcrypto_jws.JWS().deserialize(token, jwcrypto_jwk.JWK(**key))

def read_pycose(message):
    decoded = CoseMessage.decode(message)
    decoded.key = PycoseKey(crv="ED25519", x=public)
    assert decoded.verify_signature()

def read_cwt(message):
    cwt.COSE.new().decode(message, cwt.COSEKey.new({1: 1, 3: -8, -1: 6, -2: public}))

def say(name, read, *arguments):
    try:
        read(*arguments)
        return "reads"
    except Exception:
        return "refuses"

for read in (read_pyjwt, read_authlib, read_joserfc, read_jwcrypto):
    for kind, key in given["keys"].items():
        for alg, token in given["tokens"].items():
            print(read.__name__[5:], kind, alg, say(read.__name__, read, token, key, alg))
for read in (read_pycose, read_cwt):
    for number, message in given["messages"].items():
        print(read.__name__[5:], number, say(read.__name__, read, bytes.fromhex(message)))
PYTHON

cat >read.mjs <<'JAVASCRIPT'
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createVerifier } from "fast-jwt";
import { compactVerify } from "jose";

const given = JSON.parse(readFileSync("given.json"));
const readers = {
  jose: (token, key) => compactVerify(token, key),
  "fast-jwt": (token, key, alg) => {
    const pem = createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" });
    return createVerifier({ key: pem, algorithms: [alg] })(token);
  },
};
for (const [name, read] of Object.entries(readers)) {
  for (const [kind, key] of Object.entries(given.keys)) {
    for (const [alg, token] of Object.entries(given.tokens)) {
      let said = "reads";
      try {
        await read(token, key, alg);
      } catch {
        said = "refuses";
      }
      console.log(name, kind, alg, said);
    }
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
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/veraison/go-cose"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func say(name string, err error) {
	if err == nil {
		fmt.Println(name, "reads")
	} else {
		fmt.Println(name, "refuses:", err)
	}
}

func main() {
	var given struct {
		Keys             map[string]json.RawMessage
		Tokens, Messages map[string]string
	}
	if err := json.Unmarshal(must(os.ReadFile("given.json")), &given); err != nil {
		panic(err)
	}
	var public ed25519.PublicKey
	for _, kind := range []string{"bare", "exported"} {
		for _, alg := range []string{"EdDSA", "Ed25519"} {
			token, name := given.Tokens[alg], kind+" "+alg

			var key jose.JSONWebKey
			if err := key.UnmarshalJSON(given.Keys[kind]); err != nil {
				panic(err)
			}
			public = key.Key.(ed25519.PublicKey)
			parsed, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(alg)})
			if err == nil {
				_, err = parsed.Verify(key)
			}
			say("go-jose "+name, err)

			_, err = jwt.NewParser(jwt.WithValidMethods([]string{alg})).Parse(token, func(*jwt.Token) (any, error) { return public, nil })
			say("golang-jwt "+name, err)

			algorithm, _ := jwa.LookupSignatureAlgorithm(alg)
			_, err = jws.Verify([]byte(token), jws.WithKey(algorithm, must(jwk.ParseKey(given.Keys[kind]))))
			say("jwx "+name, err)
		}
	}
	fmt.Println("go-cose AlgorithmEd25519 is", int64(cose.AlgorithmEd25519))
	for _, number := range []int64{-8, -19} {
		var message cose.Sign1Message
		name := fmt.Sprint(number)
		err := message.UnmarshalCBOR(must(hex.DecodeString(given.Messages[name])))
		if err == nil {
			var verifier cose.Verifier
			if verifier, err = cose.NewVerifier(cose.Algorithm(number), public); err == nil {
				err = message.Verify(nil, verifier)
			}
		}
		say("go-cose "+name, err)
	}
}
GO
go get github.com/go-jose/go-jose/v4@v4.1.9 github.com/golang-jwt/jwt/v5@v5.3.1 github.com/lestrrat-go/jwx/v3@v3.4.0 github.com/veraison/go-cose@v1.3.0 2>/dev/null
go mod tidy >/dev/null 2>&1

cat >Read.java <<'JAVA'
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.JsonWebSignature;

public class Read {
    interface Reader {
        boolean read(String token) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        var given = JSONObjectUtils.parse(Files.readString(Path.of("given.json")));
        for (String kind : new String[] {"bare", "exported"}) {
            var key = JSONObjectUtils.getJSONObject(JSONObjectUtils.getJSONObject(given, "keys"), kind);
            for (String alg : new String[] {"EdDSA", "Ed25519"}) {
                String token = (String) JSONObjectUtils.getJSONObject(given, "tokens").get(alg);
                say("nimbus " + kind + " " + alg, token, text -> JWSObject.parse(text).verify(new Ed25519Verifier(OctetKeyPair.parse(key))));
                say("jose4j " + kind + " " + alg, token, text -> {
                    var signature = new JsonWebSignature();
                    signature.setCompactSerialization(text);
                    signature.setKey(JsonWebKey.Factory.newJwk(key).getKey());
                    return signature.verifySignature();
                });
            }
        }
    }

    static void say(String name, String token, Reader reader) {
        boolean read = false;
        try {
            read = reader.read(token);
        } catch (Exception exception) {
            // It refuses.
        }
        System.out.println(name + (read ? " reads" : " refuses"));
    }
}
JAVA

node make.mjs | tee exported
node_modules/node/bin/node make.mjs | tee -a exported
[ "$(grep -c 'exports a key with alg Ed25519$' exported)" = 2 ]
{
    venv/bin/python read.py 2>/dev/null
    node read.mjs
    go run .
    java -cp 'jars/*' Read.java
} | LC_ALL=C sort | tee seen
diff - seen <<'EXPECTED'
authlib bare Ed25519 refuses
authlib bare EdDSA reads
authlib exported Ed25519 refuses
authlib exported EdDSA reads
cwt -19 reads
cwt -8 reads
fast-jwt bare Ed25519 refuses
fast-jwt bare EdDSA reads
fast-jwt exported Ed25519 refuses
fast-jwt exported EdDSA reads
go-cose -19 refuses: can't create new Verifier for Algorithm(-19): unknown algorithm: algorithm not supported
go-cose -8 reads
go-cose AlgorithmEd25519 is -8
go-jose bare Ed25519 refuses: go-jose/go-jose: error in cryptographic primitive
go-jose bare EdDSA reads
go-jose exported Ed25519 refuses: go-jose/go-jose: error in cryptographic primitive
go-jose exported EdDSA reads
golang-jwt bare Ed25519 refuses: token is unverifiable: signing method (alg) is unavailable
golang-jwt bare EdDSA reads
golang-jwt exported Ed25519 refuses: token is unverifiable: signing method (alg) is unavailable
golang-jwt exported EdDSA reads
jose bare Ed25519 reads
jose bare EdDSA reads
jose exported Ed25519 reads
jose exported EdDSA refuses
jose4j bare Ed25519 refuses
jose4j bare EdDSA reads
jose4j exported Ed25519 refuses
jose4j exported EdDSA reads
joserfc bare Ed25519 reads
joserfc bare EdDSA reads
joserfc exported Ed25519 reads
joserfc exported EdDSA refuses
jwcrypto bare Ed25519 reads
jwcrypto bare EdDSA reads
jwcrypto exported Ed25519 reads
jwcrypto exported EdDSA reads
jwx bare Ed25519 reads
jwx bare EdDSA reads
jwx exported Ed25519 reads
jwx exported EdDSA reads
nimbus bare Ed25519 reads
nimbus bare EdDSA reads
nimbus exported Ed25519 reads
nimbus exported EdDSA reads
pycose -19 refuses
pycose -8 reads
pyjwt bare Ed25519 refuses
pyjwt bare EdDSA reads
pyjwt exported Ed25519 refuses
pyjwt exported EdDSA refuses
EXPECTED
python3 --version
go version
java -version 2>&1 | head -n 1
echo 'as stated'
