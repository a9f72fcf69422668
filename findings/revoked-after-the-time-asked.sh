#!/usr/bin/env bash
# A certificate is validated as of 1 June; its CRL of 20 June says that it was revoked on 10 June. Nobody says "valid".
#
# RFC 5280 §6.3 asks for the status at a time, and ETSI EN 319 102-1 judges revocation against the proven time: on 1 June the certificate was good. One
# would expect the API that takes a date to compare it with revocationDate.
# - The PKIX validator of JDK 17 passes over every CRL that was issued after the date, and ends with UNDETERMINED_REVOCATION_STATUS, whatever the CRL says.
# - BouncyCastle 1.87 takes the CRL, does not compare the dates, and reports REVOKED ("after 2025-06-10").
# - OpenSSL 3 with -attime says of the CRL that it is not yet valid, and of the certificate that it is revoked.
# So all of them need a CRL from around the proven time; a later one, which knows more, does not do.
#
# Needs a JDK of 17 or later, Maven, OpenSSL 3 and Python 3 with venv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2
mvn -q dependency:copy -Dartifact=org.bouncycastle:bcprov-jdk18on:1.87 -DoutputDirectory=. >/dev/null

venv/bin/python - <<'PYTHON'
from datetime import datetime, timezone
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

def day(month, day):
    return datetime(2025, month, day, tzinfo=timezone.utc)

authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
key_identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())

def certificate(file, subject, serial, public_key, is_ca):
    usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
    builder = x509.CertificateBuilder(name("Authority"), name(subject), public_key, serial, day(1, 1), datetime(2034, 1, 1, tzinfo=timezone.utc))
    builder = builder.add_extension(x509.BasicConstraints(is_ca, None), True).add_extension(usage, True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False).add_extension(key_identifier, False)
    open(file, "wb").write(builder.sign(authority_key, hashes.SHA256()).public_bytes(Encoding.PEM))

def crl(file, this_update, next_update, revoked_at=None):
    builder = x509.CertificateRevocationListBuilder(name("Authority"), this_update, next_update)
    builder = builder.add_extension(x509.CRLNumber(5), False).add_extension(key_identifier, False)
    if revoked_at:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder(7, revoked_at).build())
    open(file, "wb").write(builder.sign(authority_key, hashes.SHA256()).public_bytes(Encoding.PEM))

certificate("authority.pem", "Authority", 1, authority_key.public_key(), True)
certificate("signer.pem", "Signer", 7, key.public_key(), False)
crl("around.crl", day(5, 30), day(6, 30))
crl("later.crl", day(6, 20), day(7, 20))
crl("revoked-later.crl", day(6, 20), day(7, 20), day(6, 10))
PYTHON

cat >Validate.java <<'JAVA'
import java.io.FileInputStream;
import java.security.Security;
import java.security.cert.*;
import java.time.Instant;
import java.util.*;

public class Validate {
    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
        CertificateFactory factory = CertificateFactory.getInstance("X.509", "SUN");
        var authority = (X509Certificate) factory.generateCertificate(new FileInputStream("authority.pem"));
        var path = factory.generateCertPath(List.of(factory.generateCertificate(new FileInputStream("signer.pem"))));
        for (String provider : new String[] {"SUN", "BC"}) {
            for (String crl : new String[] {"around", "later", "revoked-later"}) {
                PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
                parameters.setDate(Date.from(Instant.parse("2025-06-01T00:00:00Z")));
                var crls = List.of(factory.generateCRL(new FileInputStream(crl + ".crl")));
                parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
                String result = "valid";
                try {
                    CertPathValidator.getInstance("PKIX", provider).validate(path, parameters);
                } catch (CertPathValidatorException error) {
                    result = error.getReason().toString();
                }
                System.out.println(provider + " " + crl + ": " + result);
            }
        }
    }
}
JAVA

{
    java -cp bcprov-jdk18on-1.87.jar Validate.java
    for crl in around later revoked-later; do
        result=$(openssl verify -CAfile authority.pem -crl_check -CRLfile "$crl.crl" -attime 1748736000 signer.pem 2>&1 || true)
        printf 'openssl %s: %s\n' "$crl" "$(grep -oE 'OK|CRL is not yet valid|certificate revoked' <<<"$result" | paste -sd ,)"
    done
} | tee seen
diff - seen <<'EXPECTED'
SUN around: valid
SUN later: UNDETERMINED_REVOCATION_STATUS
SUN revoked-later: UNDETERMINED_REVOCATION_STATUS
BC around: valid
BC later: valid
BC revoked-later: REVOKED
openssl around: OK
openssl later: CRL is not yet valid
openssl revoked-later: CRL is not yet valid,certificate revoked
EXPECTED
java -version 2>&1 | head -n 1
openssl version
echo 'as stated'
