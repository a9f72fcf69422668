#!/usr/bin/env bash
# The path validation of pyca/cryptography refuses every certificate of a time-stamp authority that follows RFC 3161.
#
# RFC 3161 §2.3 wants the extended key usage to be critical. The defaults of cryptography 50.0.2's verifier follow the Web PKI, in which it must not be: the
# error is "Certificate extension has incorrect criticality". A policy that relaxes the extended key usage alone then misses a subjectAltName. What passes is
# ExtensionPolicy.permit_all() for the end entity, which judges no purpose: the caller compares the extended key usage.
#
# Needs Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2

venv/bin/python - <<'PYTHON' | tee seen
from datetime import datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

authority_key = ec.generate_private_key(ec.SECP256R1())

def certificate(subject, key, serial, purpose):
    is_ca = purpose is None
    usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
    builder = x509.CertificateBuilder(name("Authority"), name(subject), key.public_key(), serial, datetime(2026, 1, 1), datetime(2036, 1, 1))
    builder = builder.add_extension(x509.BasicConstraints(is_ca, None), True).add_extension(usage, True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), False)
    if purpose:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), True)
    return builder.sign(authority_key, hashes.SHA256())

authority = certificate("Authority", authority_key, 1, None)
tsa = certificate("TSA", ec.generate_private_key(ec.SECP256R1()), 2, ExtendedKeyUsageOID.TIME_STAMPING)
relaxed = ExtensionPolicy.webpki_defaults_ee().may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, None)
for policy, end_entity in (("defaults", None), ("any criticality", relaxed), ("permit_all", ExtensionPolicy.permit_all())):
    builder = PolicyBuilder().store(Store([authority])).time(datetime(2026, 12, 1))
    if end_entity:
        builder = builder.extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=end_entity)
    try:
        builder.build_client_verifier().verify(tsa, [])
        print(f"{policy}: passes")
    except VerificationError as error:
        print(f"{policy}: {str(error).split(': Certificate ')[-1].split(' (')[0]}")
PYTHON
diff - seen <<'EXPECTED'
defaults: extension has incorrect criticality
any criticality: is missing required extension
permit_all: passes
EXPECTED
echo 'as stated'
