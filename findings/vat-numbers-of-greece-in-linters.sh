#!/usr/bin/env bash
# A Greek or Northern Irish enterprise's VAT number is allowed in a certificate by three rule books, and the two linters that authorities run before they sign refuse it under one of them.
#
# An organizationIdentifier names the country of the register by ISO 3166, so GR and GB. VAT numbers are the exception: EL and XI are the prefixes of directive
# 2006/112/EC, article 215, and the register of the Commission knows no others. EN 319 412-1, the EV guidelines and the S/MIME baseline requirements (ballot SMC06 of
# 2024, which keeps GR in countryName) allow them. One would expect that a certificate that follows the text passes, and that the spelling that no register knows is flagged.
# - pkilint 0.13.3 and zlint 3.7.3 refuse VATEL beside GR, and VATXI beside GB, in S/MIME certificates: they hold that the two countries have to be equal.
#   pkilint's own table of schemes has the exception, and the comparison that comes after it does not.
# - Both pass VATGR and VATGB, under which the register finds nothing.
# - pkilint's ETSI profile of the same certificates takes all four.
# Authorities that lint before they sign issue to one enterprise under one spelling or the other, by the profile. Whoever compares the identifier in a certificate with
# that of a party takes EL and GR as one country for VAT numbers, and XI and GB, and looks up under EL and XI.
#
# Needs Python 3 with venv, and Go 1.25 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pkilint==0.13.3 cryptography==50.0.2

cat >make.py <<'PYTHON'
import datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

authority, holder = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

def name(**attributes):
    return x509.Name([x509.NameAttribute(getattr(NameOID, kind), value) for kind, value in attributes.items()])

def url(path):
    return x509.UniformResourceIdentifier("http://ca.example.com/" + path)

extensions = [
    (x509.KeyUsage(True, True, False, False, False, False, False, False, False), True),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
    (x509.SubjectAlternativeName([x509.RFC822Name("registry@example.com")]), False),
    (x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("2.23.140.1.5.2.3"), None)]), False),
    (x509.CRLDistributionPoints([x509.DistributionPoint([url("ca.crl")], None, None, None)]), False),
    (x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, url("ca.cer"))]), False),
    (x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False),
    (x509.SubjectKeyIdentifier.from_public_key(holder.public_key()), False),
]
issuer = name(COUNTRY_NAME="BE", ORGANIZATION_NAME="Test CA", COMMON_NAME="Test CA")
for country, identifier in (
    ("BE", "NTRBE-0406798006"), ("GR", "VATEL-123456783"), ("GR", "VATGR-123456783"), ("GB", "VATXI-123456782"), ("GB", "VATGB-123456782"),
):
    subject = name(COUNTRY_NAME=country, ORGANIZATION_NAME="Example", ORGANIZATION_IDENTIFIER=identifier, COMMON_NAME="Example")
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(holder.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(datetime.datetime(2026, 6, 1)).not_valid_after(datetime.datetime(2027, 5, 31))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    with open(identifier.split("-")[0] + ".pem", "wb") as file:
        file.write(builder.sign(authority, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
PYTHON
venv/bin/python make.py

cat >go.mod <<'GO'
module finding

go 1.25.0

require (
	github.com/zmap/zcrypto v0.0.0-20260906180147-3ed30b1e9340
	github.com/zmap/zlint/v3 v3.7.3
)
GO
cat >main.go <<'GO'
package main

import (
	"encoding/pem"
	"fmt"
	"os"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

func main() {
	for _, name := range os.Args[1:] {
		text, _ := os.ReadFile(name + ".pem")
		block, _ := pem.Decode(text)
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			panic(err)
		}
		verdict := "passes"
		for finding, result := range zlint.LintCertificate(certificate).Results {
			if result.Status >= lint.Error {
				verdict = finding
			}
		}
		fmt.Printf("%s: zlint %s\n", name, verdict)
	}
}
GO
go mod tidy >/dev/null 2>&1
names='NTRBE VATEL VATGR VATXI VATGB'
lint() {
    venv/bin/"$1" lint -t "$2" -s ERROR "$3.pem" >findings 2>/dev/null && echo passes || sed -n 's/^ *\([a-z0-9_.-]*\) (ERROR).*/\1/p' findings
}
{
    # shellcheck disable=SC2086
    go run . $names
    for name in $names; do
        echo "$name: pkilint, S/MIME: $(lint lint_cabf_smime_cert ORGANIZATION-STRICT "$name")"
        echo "$name: pkilint, ETSI: $(lint lint_etsi_cert NCP-LEGAL-PERSON-CERTIFICATE "$name")"
    done
} | tee seen
diff - seen <<'EXPECTED'
NTRBE: zlint passes
VATEL: zlint e_registration_scheme_id_matches_subject_country
VATGR: zlint passes
VATXI: zlint e_registration_scheme_id_matches_subject_country
VATGB: zlint passes
NTRBE: pkilint, S/MIME: passes
NTRBE: pkilint, ETSI: passes
VATEL: pkilint, S/MIME: cabf.smime.org_identifier_and_country_name_attribute_inconsistent
VATEL: pkilint, ETSI: passes
VATGR: pkilint, S/MIME: passes
VATGR: pkilint, ETSI: passes
VATXI: pkilint, S/MIME: cabf.smime.org_identifier_and_country_name_attribute_inconsistent
VATXI: pkilint, ETSI: passes
VATGB: pkilint, S/MIME: passes
VATGB: pkilint, ETSI: passes
EXPECTED
go version
python3 --version
echo 'pkilint 0.13.3, zlint 3.7.3'
echo 'as stated'
