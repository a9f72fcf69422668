#!/usr/bin/env bash
# A CMS signature by ECDSA over P-521, with SHA-512, as OpenSSL makes it. One would expect a program that names nistp521 in its output to verify it.
#
# gpgsm 2.2.40 says "Internal error", because it takes the 521 bits of the curve for the length of a hash, which "must be a multiple of 8 bits". The same program
# verifies P-256 and P-384, and OpenSSL verifies all three. ECDSA hashes as it likes (FIPS 186-5 §6.4.1): a hash that is shorter than
# the order is taken whole.
# Whoever seals for unknown readers takes P-256 or P-384: a longer curve is read by fewer.
#
# Needs OpenSSL 3 and gpgsm 2.2 (Debian 12).
set -euo pipefail
folder=$(mktemp -d)
trap 'gpgconf --homedir "$folder" --kill all 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
chmod 700 .
export GNUPGHOME=$folder

printf 'a letter' >letter
printf 'disable-crl-checks\n' >gpgsm.conf
declare -A said
for curve in P-256:sha256 P-384:sha384 P-521:sha512; do
    IFS=: read -r curve digest <<<"$curve"
    openssl req -x509 -newkey ec -pkeyopt "ec_paramgen_curve:$curve" -nodes -keyout key.pem -out "$curve.pem" -subj "/CN=$curve" -days 30 "-$digest" 2>/dev/null
    openssl cms -sign -nodetach -binary -md "$digest" -signer "$curve.pem" -inkey key.pem -in letter -outform DER -out "$curve.p7m"
    openssl cms -verify -inform DER -in "$curve.p7m" -CAfile "$curve.pem" -purpose any -out /dev/null 2>/dev/null
    # So that nothing but the signature decides.
    printf '%s S relax\n' "$(openssl x509 -in "$curve.pem" -noout -fingerprint -sha1 | sed 's/.*=//')" >>trustlist.txt
    gpgconf --kill all
    said[$curve]=$(gpgsm --batch --verify "$curve.p7m" 2>&1 | grep -oE 'Good signature|multiple of 8 bits|Internal error|Bad signature' | tr '\n' ' ' || true)
    printf 'OpenSSL verifies %s; gpgsm: %s\n' "$curve" "${said[$curve]}"
done
openssl version
gpgsm --version | sed -n 1p

[[ ${said[P-256]} == *'Good signature'* && ${said[P-384]} == *'Good signature'* ]]
[[ ${said[P-521]} == *'Internal error'* && ${said[P-521]} != *'Good signature'* ]]
