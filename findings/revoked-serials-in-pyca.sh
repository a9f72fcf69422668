#!/usr/bin/env bash
# Looking up a serial number in a CRL with Python's cryptography reads the list again each time; making one copies it for each entry.
#
# `get_revoked_certificate_by_serial_number` looks like a lookup, and OpenSSL's X509_CRL_get0_by_serial is one: it sorts the entries once. In cryptography
# 50.0.2 each call goes through the entries of the list in turn, and a miss, which is what a valid certificate is, goes through all of them: a CRL of a
# national authority with 500,000 entries takes some 30 ms a question, and an archive of a million proofs asks a million times. `add_revoked_certificate`
# returns a new builder with a copy of all entries so far, so that a list of n entries costs n * n.
# Index the serial numbers once: one pass over the CRL fills a set. Make large lists with something else.
#
# Asserted are ratios of times within one run: eight times the entries, at least four times the time of a lookup, and at least twenty times that of making it.
# Needs Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2
venv/bin/python - <<'PYTHON'
import datetime, time
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

key = ec.generate_private_key(ec.SECP256R1())
issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
then = datetime.datetime(2026, 1, 1)

def measured(entries):
    revoked = [x509.RevokedCertificateBuilder().serial_number(n + 1).revocation_date(then).build() for n in range(entries)]
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(then).next_update(then + datetime.timedelta(days=7))
    start = time.process_time()
    for entry in revoked:
        builder = builder.add_revoked_certificate(entry)
    made = time.process_time() - start
    crl = x509.load_der_x509_crl(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    asked = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(20):
            assert crl.get_revoked_certificate_by_serial_number(entries + 5) is None
        asked.append((time.process_time() - start) / 20)
    return min(asked), made

(few_asked, few_made), (many_asked, many_made) = measured(4_000), measured(32_000)
print(f"a question about  4,000 entries {few_asked * 1e3:7.3f} ms   making the list {few_made:7.3f} s")
print(f"a question about 32,000 entries {many_asked * 1e3:7.3f} ms   making the list {many_made:7.3f} s")
print(f"ratios for eight times the entries: question {many_asked / few_asked:.1f}, making {many_made / few_made:.1f}")
assert many_asked / few_asked >= 4 and many_made / few_made >= 20
PYTHON
echo 'as stated'
