#!/usr/bin/env bash
# OpenSSL takes a certificate for expired in the last second of its validity.
#
# RFC 5280 §4.1.2.5 counts the time from notBefore through notAfter, inclusive, so a certificate that ends at 12:00:00 is valid at 12:00:00. `openssl verify` and
# everything else on X509_verify_cert refuse it from 12:00:00 on, because X509_cmp_time says "earlier" of two times that are equal. The first second counts.
# A signature with a timestamp of that second is valid for one verifier and expired for another. Who stamps close to the end of a certificate, as batches
# at midnight do, leaves a second; who compares verifiers does not take this one for a fault of the other.
#
# Needs OpenSSL 3 (seen with 3.0.19).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat >ca.cnf <<'CONFIGURATION'
[req]
distinguished_name = name
prompt = no
[name]
CN = Authority
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ca]
default_ca = authority_ca
[authority_ca]
database = database
new_certs_dir = .
serial = serial
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
CONFIGURATION
touch database
echo 01 >serial
openssl req -x509 -newkey rsa:2048 -nodes -config ca.cnf -extensions authority -days 36500 -keyout authority.key -out authority.pem 2>/dev/null
openssl req -newkey rsa:2048 -nodes -config ca.cnf -subj /CN=Seal -keyout seal.key -out seal.csr 2>/dev/null
first=$(($(date +%s) + 86400))
last=$((first + 86400))
asn1() { date -u -d "@$1" +%Y%m%d%H%M%SZ; }
openssl ca -batch -config ca.cnf -cert authority.pem -keyfile authority.key -startdate "$(asn1 "$first")" -enddate "$(asn1 "$last")" -in seal.csr -out seal.pem 2>/dev/null
openssl version
openssl x509 -in seal.pem -noout -dates

verdict() {
    if openssl verify -CAfile authority.pem -attime "$1" seal.pem >out 2>&1; then echo valid; else grep -oE 'error [0-9]+' out | head -n 1; fi
}
status=0
expect() {
    local got
    got=$(verdict "$2")
    printf '%-28s %s\n' "$1" "$got"
    [[ $got == "$3" ]] || status=1
}
expect 'a second before notBefore' $((first - 1)) 'error 9'
expect 'notBefore' "$first" valid
expect 'a second before notAfter' $((last - 1)) valid
expect 'notAfter' "$last" 'error 10'
exit "$status"
