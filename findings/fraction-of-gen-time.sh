#!/usr/bin/env bash
# One timestamp token whose genTime has a fraction of a second, in five readers: one refuses it, one drops the fraction, one keeps milliseconds.
#
# RFC 3161 lets a TSA state fractions of a second; RFC 5280 forbids them in certificates. Readers that share one GeneralizedTime for both guess wrong:
# - x509-tsp 0.1.0 (Rust, der 0.7) does not read the TSTInfo at all.
# - rfc3161-client 1.0.9 (Python) gives the second and drops the rest without a word: a time before the one that was attested.
# - pkijs 4.0.0 (JavaScript) gives milliseconds, since that is what a Date holds.
# - asn1crypto 1.5.1 gives all six digits; rfc3161ng 2.1.3 too, as a datetime without a time zone.
# Two tokens within one second may compare as equal, or in the wrong order, by what these say. Whoever orders events by tokens reads genTime as its octets.
#
# Needs OpenSSL 3.0, Python 3 with venv, Node.js with npm, and cargo.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >tsa.cnf <<'CONF'
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = test
[test]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
clock_precision_digits = 6
ess_cert_id_alg = sha256
CONF
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out tsa.pem -days 30 -subj '/CN=Test TSA' -config tsa.cnf \
    -addext extendedKeyUsage=critical,timeStamping 2>/dev/null
printf 'a letter' >letter
openssl ts -query -data letter -sha256 -cert -out request 2>/dev/null
# A token may fall on a time whose last digits are zeros, which DER leaves out.
while
    openssl ts -reply -config tsa.cnf -queryfile request -signer tsa.pem -inkey key.pem -out response 2>/dev/null
    openssl ts -reply -in response -token_out -out token 2>/dev/null
    openssl cms -verify -noverify -inform DER -in token -out info 2>/dev/null
    stated=$(grep -ao '20[0-9]\{12\}[.0-9]*Z' info)
    [ ${#stated} -ne 22 ]
do :; done
echo "stated: ${#stated} characters, six digits of fraction"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check rfc3161-client==1.0.9 asn1crypto==1.5.1 rfc3161ng==2.1.3
npm install --prefix . --silent --no-fund --no-audit pkijs@4.0.0 asn1js@4.0.0 >/dev/null
cargo init -q --vcs none --name reader reader
cat >>reader/Cargo.toml <<'TOML'
x509-tsp = "=0.1.0"
der = "0.7"
TOML
cat >reader/src/main.rs <<'RUST'
use der::Decode;

fn main() {
    let info = std::fs::read("info").expect("TSTInfo");
    match x509_tsp::TstInfo::from_der(&info) {
        Ok(info) => println!("x509-tsp: {:?}", info.gen_time),
        Err(_) => println!("x509-tsp: not read"),
    }
}
RUST

{
    cargo run -q --manifest-path reader/Cargo.toml
    STATED=$stated venv/bin/python - <<'PYTHON'
import os
from datetime import datetime, timezone
import rfc3161_client, rfc3161ng
from asn1crypto import cms, tsp  # tsp teaches cms the type of the content

stated = datetime.strptime(os.environ["STATED"], "%Y%m%d%H%M%S.%fZ").replace(tzinfo=timezone.utc)
token = open("token", "rb").read()
times = {
    "rfc3161-client": rfc3161_client.decode_timestamp_response(open("response", "rb").read()).tst_info.gen_time,
    "asn1crypto": cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed["gen_time"].native,
    "rfc3161ng": rfc3161ng.get_timestamp(token),
}
for name, time in times.items():
    zone = "" if time.tzinfo else ", without a time zone"
    exact = time.replace(tzinfo=timezone.utc) == stated
    second = time.replace(tzinfo=timezone.utc) == stated.replace(microsecond=0)
    print(f"{name}: {'exact' if exact else 'the second alone' if second else 'something else'}{zone}")
PYTHON
    STATED=$stated node -e '
        const asn1js = require("asn1js"), pkijs = require("pkijs");
        const octets = new Uint8Array(require("fs").readFileSync("info")).buffer;
        const time = new pkijs.TSTInfo({ schema: asn1js.fromBER(octets).result }).genTime.toISOString();
        const [, y, mo, d, h, mi, s, milliseconds] = /(....)(..)(..)(..)(..)(..)\.(...)/.exec(process.env.STATED);
        console.log("pkijs:", time === `${y}-${mo}-${d}T${h}:${mi}:${s}.${milliseconds}Z` ? "milliseconds" : time);
    '
} | tee seen
diff - seen <<'EXPECTED'
x509-tsp: not read
rfc3161-client: the second alone
asn1crypto: exact
rfc3161ng: exact, without a time zone
pkijs: milliseconds
EXPECTED
echo 'as stated'
