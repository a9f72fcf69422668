#!/usr/bin/env bash
# A CRL for several authorities names the authority where it changes, and not in each entry. Of five readers three give the entries in between no authority, and a lookup by
# serial number answers with the date of another authority's certificate in two.
#
# In an indirect CRL, one issuer lists what others have revoked. RFC 5280 (5.3.3) puts certificateIssuer into an entry, and an entry without it belongs to the authority that was
# named last; before the first name, to the issuer of the CRL. One would expect what is not in an entry to be the issuer of the list, as it is in each other CRL.
# - cryptography 50.0.2 and asn1crypto 1.5.1 (Python) and crypto/x509 of Go give an entry's own extensions. Nothing is carried over, also not in asn1crypto's `issuer_name`.
# - JDK 17 (X509CRLEntry.getCertificateIssuer) and BouncyCastle 1.87 (X509CRLEntryHolder, and its provider's X509CRL) carry it over.
# - A serial number is unique within one authority. `get_revoked_certificate_by_serial_number` of cryptography and getRevokedCertificate of BouncyCastle, asked for a number
#   that three authorities have revoked, answer with the first entry. The JDK answers with that of the CRL's own issuer, or with null, and has getRevokedCertificate(X509Certificate).
# The date decides whether a signature came before the revocation, so that an entry of the wrong authority changes a verdict in both directions. Whoever reads entries goes
# through them in order, keeps the last name, and looks up by authority and number.
#
# Needs Python 3 with venv, Go 1.25 or later, a JDK of 17 or later, and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache

for artifact in bcprov bcpkix bcutil; do
    mvn -q dependency:copy -Dartifact="org.bouncycastle:$artifact-jdk18on:1.87" -DoutputDirectory=jars >/dev/null
done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2 asn1crypto==1.5.1

# Five entries, each revoked on another day of June: 7 of the issuer of the CRL, 8 and 7 of authority A, 8 and 7 of authority B.
cat >make.py <<'PYTHON'
import datetime
from asn1crypto import crl
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

def revoked(serial, day, authority):
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(datetime.datetime(2026, 6, day))
    return builder.add_extension(x509.CertificateIssuer([x509.DirectoryName(name(authority))]), True).build() if authority else builder.build()

builder = x509.CertificateRevocationListBuilder().issuer_name(name("issuer"))
builder = builder.last_update(datetime.datetime(2026, 6, 20)).next_update(datetime.datetime(2045, 1, 1))
point = x509.IssuingDistributionPoint([x509.UniformResourceIdentifier("http://crl.example/all.crl")], None, False, False, None, True, False)
builder = builder.add_extension(point, True).add_extension(x509.CRLNumber(1), False)
for entry in ((7, 1, None), (8, 2, "A"), (7, 3, None), (8, 4, "B"), (7, 5, None)):
    builder = builder.add_revoked_certificate(revoked(*entry))
der = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()).public_bytes(serialization.Encoding.DER)
open("all.crl", "wb").write(der)

read = x509.load_der_x509_crl(der)
for entry in read:
    try:
        issuer = entry.extensions.get_extension_for_class(x509.CertificateIssuer).value.get_values_for_type(x509.DirectoryName)[0].rfc4514_string()
    except x509.ExtensionNotFound:
        issuer = "-"
    print(f"cryptography {entry.revocation_date_utc.day}:{entry.serial_number} {issuer}")
for serial in (7, 8):
    print(f"cryptography's-lookup of {serial} {read.get_revoked_certificate_by_serial_number(serial).revocation_date_utc.day}")
for entry in crl.CertificateList.load(der)["tbs_cert_list"]["revoked_certificates"]:
    issuer = f"CN={entry.issuer_name.native['common_name']}" if entry.issuer_name else "-"
    print(f"asn1crypto {entry['revocation_date'].native.day}:{entry['user_certificate'].native} {issuer}")
PYTHON
cat >Read.java <<'JAVA'
import java.io.FileInputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CRLEntryHolder;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

public class Read {
    static int day(Date date) {
        return date.toInstant().atOffset(ZoneOffset.UTC).getDayOfMonth();
    }

    static void read(String name, CertificateFactory factory) throws Exception {
        var crl = (X509CRL) factory.generateCRL(new FileInputStream("all.crl"));
        crl.getRevokedCertificates().stream().sorted(Comparator.comparing(entry -> entry.getRevocationDate())).forEach(entry -> {
            var issuer = entry.getCertificateIssuer() == null ? "-" : entry.getCertificateIssuer().getName();
            System.out.printf("%s %d:%d %s%n", name, day(entry.getRevocationDate()), entry.getSerialNumber(), issuer);
        });
        for (int serial : new int[] {7, 8}) {
            var entry = crl.getRevokedCertificate(BigInteger.valueOf(serial));
            System.out.printf("%s's-lookup of %d %s%n", name, serial, entry == null ? "null" : "" + day(entry.getRevocationDate()));
        }
    }

    public static void main(String[] arguments) throws Exception {
        read("jdk", CertificateFactory.getInstance("X.509"));
        read("bouncycastle-provider", CertificateFactory.getInstance("X.509", new BouncyCastleProvider()));
        var crl = new X509CRLHolder(Files.readAllBytes(Path.of("all.crl")));
        for (Object element : crl.getRevokedCertificates()) {
            var entry = (X509CRLEntryHolder) element;
            var issuer = X500Name.getInstance(entry.getCertificateIssuer().getNames()[0].getName());
            System.out.printf("bouncycastle %d:%d %s%n", day(entry.getRevocationDate()), entry.getSerialNumber(), issuer);
        }
        for (int serial : new int[] {7, 8}) {
            System.out.printf("bouncycastle's-lookup of %d %d%n", serial, day(crl.getRevokedCertificate(BigInteger.valueOf(serial)).getRevocationDate()));
        }
    }
}
JAVA
cat >go.mod <<'GO'
module finding

go 1.25
GO
cat >main.go <<'GO'
package main

import (
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"os"
)

func main() {
	der, err := os.ReadFile("all.crl")
	if err != nil {
		panic(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		panic(err)
	}
	for _, entry := range list.RevokedCertificateEntries {
		issuer := "-"
		for _, extension := range entry.Extensions {
			if extension.Id.Equal(asn1.ObjectIdentifier{2, 5, 29, 29}) {
				issuer = "CN=" + string(extension.Value[len(extension.Value)-1:]) // The name is the last octet.
			}
		}
		fmt.Printf("go %d:%d %s\n", entry.RevocationTime.Day(), entry.SerialNumber, issuer)
	}
}
GO
{
    venv/bin/python make.py
    go run .
    java -cp 'jars/*' Read.java
} >said
# A line for each reader: day, serial number and authority of the entries; a line for each lookup: number and day.
awk '{ said[$1] = said[$1] " " $2 " " $3 ($4 ? " on " $4 : "") "," } END { for (reader in said) print reader ":" said[reader] }' said | sed 's/,$//' | LC_ALL=C sort | tee seen
diff - seen <<'EXPECTED'
asn1crypto: 1:7 -, 2:8 CN=A, 3:7 -, 4:8 CN=B, 5:7 -
bouncycastle's-lookup: of 7 on 1, of 8 on 2
bouncycastle-provider's-lookup: of 7 on 1, of 8 on 2
bouncycastle-provider: 1:7 -, 2:8 CN=A, 3:7 CN=A, 4:8 CN=B, 5:7 CN=B
bouncycastle: 1:7 CN=issuer, 2:8 CN=A, 3:7 CN=A, 4:8 CN=B, 5:7 CN=B
cryptography's-lookup: of 7 on 1, of 8 on 2
cryptography: 1:7 -, 2:8 CN=A, 3:7 -, 4:8 CN=B, 5:7 -
go: 1:7 -, 2:8 CN=A, 3:7 -, 4:8 CN=B, 5:7 -
jdk's-lookup: of 7 on 1, of 8 on null
jdk: 1:7 -, 2:8 CN=A, 3:7 CN=A, 4:8 CN=B, 5:7 CN=B
EXPECTED
go version
java -version 2>&1 | head -n 1
echo 'cryptography 50.0.2, asn1crypto 1.5.1, bcprov 1.87'
echo 'as stated'
