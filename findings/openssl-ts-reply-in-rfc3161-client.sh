#!/usr/bin/env bash
# A valid response of `openssl ts -reply` is refused by the Python package rfc3161-client where the token carries a chain.
#
# RFC 5652 asks for DER in signed attributes alone; `certificates` is a SET OF in which OpenSSL puts the signer first. rfc3161-client 1.0.9
# parses the whole response as DER, so a set that is not sorted is an error ("InvalidSetOrdering"), and so is every indefinite length. So whether
# the responses of a TSA open depends on the length of its certificate: with one that is shorter than its authority's they do, with a longer one they do not.
#
# Needs OpenSSL 3 and Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check rfc3161-client==1.0.9

cat >tsa.cnf <<'CONFIGURATION'
[req]
distinguished_name = name
prompt = no
[name]
CN = Authority
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamping]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
serial = serial
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
ess_cert_id_alg = sha256
CONFIGURATION
openssl req -x509 -newkey rsa:2048 -nodes -config tsa.cnf -extensions authority -keyout authority.key -subj '/CN=An authority with a name of some fifty characters or so' -out authority.pem 2>/dev/null
# DER sorts a set by its octets, of which the length comes early: one TSA has a certificate shorter than its authority's, the other a longer one.
issue() {
    openssl req -newkey rsa:2048 -nodes -config tsa.cnf -subj "/CN=$2" -keyout "$1.key" -out "$1.csr" 2>/dev/null
    openssl x509 -req -in "$1.csr" -CA authority.pem -CAkey authority.key -set_serial 2 -extfile tsa.cnf -extensions stamping -out "$1.pem" 2>/dev/null
}
issue short TSA
issue long 'A time-stamp authority with a name of some fifty characters/O=and an organisation'
echo 01 >serial
echo letter >letter.txt
openssl ts -query -data letter.txt -sha256 -cert -out request.tsq 2>/dev/null
reply() {
    openssl ts -reply -config tsa.cnf -section tsa -queryfile request.tsq -signer "$2.pem" -inkey "$2.key" "${@:3}" -out "$1.tsr" 2>/dev/null
}
reply alone long
reply short-chain short -chain authority.pem
reply long-chain long -chain authority.pem

{
    for response in alone short-chain long-chain; do
        printf 'openssl %s: %s\n' "$response" "$(openssl ts -verify -queryfile request.tsq -in "$response.tsr" -CAfile authority.pem 2>&1 | grep -o 'Verification: OK')"
    done
    venv/bin/python - <<'PYTHON'
import re
from rfc3161_client import decode_timestamp_response
for response in ("alone", "short-chain", "long-chain"):
    try:
        decode_timestamp_response(open(f"{response}.tsr", "rb").read())
        print(f"rfc3161-client {response}: opened")
    except ValueError as error:
        print(f"rfc3161-client {response}: {re.search('Invalid[A-Za-z]+', str(error)).group()}")
PYTHON
} | tee seen
diff - seen <<'EXPECTED'
openssl alone: Verification: OK
openssl short-chain: Verification: OK
openssl long-chain: Verification: OK
rfc3161-client alone: opened
rfc3161-client short-chain: opened
rfc3161-client long-chain: InvalidSetOrdering
EXPECTED
openssl version
echo 'as stated'
