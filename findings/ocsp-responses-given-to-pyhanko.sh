#!/usr/bin/env bash
# pyHanko is given a good OCSP response and says that there is no revocation information, because the certificate names no responder.
#
# Long-term signatures carry their OCSP responses, and RFC 6960 §3.1 lets a verifier know a responder by other means than authorityInfoAccess. One would expect
# a response at hand to be looked at, whatever the certificate says. pyhanko-certvalidator 0.33.0 (pyHanko 0.38.0) looks at OCSP only where the certificate has a
# responder's address; a CRL at hand is looked at without a distribution point. So of two certificates that differ in that extension, one passes with its response and
# the other does not, under the rule that revocation data is required. OpenSSL takes the response for both.
# Who archives certificates without authorityInfoAccess adds CRLs.
#
# Needs OpenSSL 3 and Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyhanko-certvalidator==0.33.0 cryptography==50.0.2

venv/bin/python - <<'PYTHON' >seen
import asyncio
from datetime import datetime, timedelta, timezone

from asn1crypto import crl as asn1_crl, ocsp as asn1_ocsp, x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from pyhanko_certvalidator import CertificateValidator, ValidationContext

now = datetime.now(timezone.utc).replace(microsecond=0)
hour, week = timedelta(hours=1), timedelta(days=7)

def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

def certificate(subject, serial, public_key, is_ca, address=None):
    usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
    builder = x509.CertificateBuilder(name("Authority"), name(subject), public_key, serial, now - week, now + week * 50)
    builder = builder.add_extension(x509.BasicConstraints(is_ca, None), True).add_extension(usage, True)
    if address:
        method = x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(address))
        builder = builder.add_extension(x509.AuthorityInformationAccess([method]), False)
    return builder.sign(authority_key, hashes.SHA256())

authority = certificate("Authority", 1, authority_key.public_key(), True)
signers = {
    "names a responder": certificate("Signer", 2, key.public_key(), False, "http://ocsp.invalid/"),
    "names none": certificate("Signer", 3, key.public_key(), False),
}

def response(about):
    builder = ocsp.OCSPResponseBuilder().add_response(about, authority, hashes.SHA1(), ocsp.OCSPCertStatus.GOOD, now - hour, now + week, None, None)
    return builder.responder_id(ocsp.OCSPResponderEncoding.NAME, authority).sign(authority_key, hashes.SHA256()).public_bytes(Encoding.DER)

crl = x509.CertificateRevocationListBuilder(name("Authority"), now - hour, now + week).sign(authority_key, hashes.SHA256())

def said(about, **data):
    load = lambda certificate: asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[load(authority)], revocation_mode="require", allow_fetching=False, **data)
    try:
        asyncio.run(CertificateValidator(load(about), validation_context=context).async_validate_usage({"digital_signature"}))
        return "passes"
    except Exception as error:
        return type(error).__name__

for what, about in signers.items():
    file = what.replace(" ", "-")
    open(f"{file}.pem", "wb").write(about.public_bytes(Encoding.PEM))
    open(f"{file}.ocsp", "wb").write(response(about))
    print(f"pyhanko, a certificate that {what}, OCSP response: {said(about, ocsps=[asn1_ocsp.OCSPResponse.load(response(about))])}")
    crls = [asn1_crl.CertificateList.load(crl.public_bytes(Encoding.DER))]
    print(f"pyhanko, a certificate that {what}, CRL: {said(about, crls=crls)}")
open("authority.pem", "wb").write(authority.public_bytes(Encoding.PEM))
PYTHON
for what in names-a-responder names-none; do
    status=$(openssl ocsp -issuer authority.pem -cert $what.pem -respin $what.ocsp -CAfile authority.pem -no_nonce 2>/dev/null | sed -n 's/.*: \(good\|revoked\)$/\1/p')
    echo "openssl, a certificate that ${what//-/ }: $status" >>seen
done
cat seen
diff - seen <<'EXPECTED'
pyhanko, a certificate that names a responder, OCSP response: passes
pyhanko, a certificate that names a responder, CRL: passes
pyhanko, a certificate that names none, OCSP response: InsufficientRevinfoError
pyhanko, a certificate that names none, CRL: passes
openssl, a certificate that names a responder: good
openssl, a certificate that names none: good
EXPECTED
openssl version
echo 'pyhanko-certvalidator 0.33.0'
echo 'as stated'
