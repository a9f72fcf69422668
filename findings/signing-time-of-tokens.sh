#!/usr/bin/env bash
# A timestamp token whose signing-time attribute is some minutes off genTime: BouncyCastle 1.86 opens it, 1.87 does not.
#
# RFC 3161 gives the time in genTime and does not speak of the attribute signing-time, which many TSAs write from another clock; archives hold such tokens.
# One would expect a new release to open what the last one opened. From 1.87 on the constructor of TimeStampToken throws a TSPValidationException unless the two
# are within 60 seconds, widened by the accuracy that the token states. Everything that is built on it refuses such a token before its signature is looked at.
# The system property org.bouncycastle.tsp.allow_inconsistent_signing_time is the way back. An archive is read through with 1.87 before it is relied on there.
#
# Needs a JDK of 17 or later and Maven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

for version in 1.86 1.87; do
    for artifact in bcprov bcutil bcpkix; do
        mvn -q dependency:copy -Dartifact=org.bouncycastle:$artifact-jdk18on:$version -DoutputDirectory=$version >/dev/null
    done
done

cat >Tokens.java <<'JAVA'
import java.math.BigInteger;
import java.nio.file.*;
import java.security.*;
import java.time.Instant;
import java.util.*;
import org.bouncycastle.asn1.*;
import org.bouncycastle.asn1.cms.*;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.*;
import org.bouncycastle.cms.*;
import org.bouncycastle.cms.jcajce.*;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.*;
import org.bouncycastle.tsp.*;

public class Tokens {
    static final Instant GEN_TIME = Instant.parse("2026-11-28T12:00:00Z");
    static final int[] SECONDS = {0, 60, 61, 300, -60, -61};

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("write")) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            KeyPair key = generator.generateKeyPair();
            ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate());
            X509CertificateHolder certificate = certificate(key, signer);
            for (int seconds : SECONDS) Files.write(Path.of(seconds + ".tok"), token(signer, certificate, seconds, 0));
            Files.write(Path.of("accuracy.tok"), token(signer, certificate, 61, 2));
            return;
        }
        for (int seconds : SECONDS) System.out.println(arguments[1] + ", " + seconds + " s: " + opens(seconds + ".tok"));
        System.out.println(arguments[1] + ", 61 s, accuracy 2 s: " + opens("accuracy.tok"));
    }

    static String opens(String file) throws Exception {
        try {
            CMSSignedData signedData = new CMSSignedData(Files.readAllBytes(Path.of(file)));
            TimeStampToken token = new TimeStampToken(signedData);
            var tsa = (X509CertificateHolder) token.getCertificates().getMatches(token.getSID()).iterator().next();
            token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(tsa));
            return "validates";
        } catch (TSPException exception) {
            return exception.getMessage();
        }
    }

    static X509CertificateHolder certificate(KeyPair key, ContentSigner signer) throws Exception {
        X500Name name = new X500Name("CN=TSA");
        var builder = new JcaX509v3CertificateBuilder(name, BigInteger.ONE, Date.from(GEN_TIME.minusSeconds(86400)), Date.from(GEN_TIME.plusSeconds(86400)), name, key.getPublic());
        builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
        return builder.build(signer);
    }

    /** A token by hand, so that the writer does not matter: BouncyCastle's own generator takes genTime for both. */
    static byte[] token(ContentSigner signer, X509CertificateHolder certificate, int seconds, int accuracy) throws Exception {
        var digests = new JcaDigestCalculatorProviderBuilder().build();
        var attributes = new ASN1EncodableVector();
        attributes.add(new Attribute(CMSAttributes.signingTime, new DERSet(new Time(Date.from(GEN_TIME.plusSeconds(seconds))))));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        var named = new org.bouncycastle.asn1.ess.SigningCertificateV2(new org.bouncycastle.asn1.ess.ESSCertIDv2(hash));
        attributes.add(new Attribute(org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(named)));
        var infos = new SignerInfoGeneratorBuilder(digests).setSignedAttributeGenerator(new DefaultSignedAttributeTableGenerator(new AttributeTable(attributes)));
        var imprint = new org.bouncycastle.asn1.tsp.MessageImprint(new AlgorithmIdentifier(org.bouncycastle.asn1.nist.NISTObjectIdentifiers.id_sha256), new byte[32]);
        var info = new org.bouncycastle.asn1.tsp.TSTInfo(
            new ASN1ObjectIdentifier("1.2.3.4.1"), imprint, new ASN1Integer(1), new ASN1GeneralizedTime(Date.from(GEN_TIME)),
            accuracy == 0 ? null : new org.bouncycastle.asn1.tsp.Accuracy(new ASN1Integer(accuracy), null, null), null, null, null, null);
        var generator = new CMSSignedDataGenerator();
        generator.addCertificate(certificate);
        generator.addSignerInfoGenerator(infos.build(signer, certificate));
        var content = new CMSProcessableByteArray(org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers.id_ct_TSTInfo, info.getEncoded("DER"));
        return generator.generate(content, true).getEncoded();
    }
}
JAVA
for version in 1.86 1.87; do
    javac -cp "$version/*" -d "classes-$version" -Xlint:-options Tokens.java 2>&1 | grep -v Note: || true
done
java -cp '1.86/*:classes-1.86' Tokens write
{
    java -cp '1.86/*:classes-1.86' Tokens read 1.86
    java -cp '1.87/*:classes-1.87' Tokens read 1.87
    java -Dorg.bouncycastle.tsp.allow_inconsistent_signing_time=true -cp '1.87/*:classes-1.87' Tokens read '1.87 with the property'
} | tee seen
diff - seen <<'EXPECTED'
1.86, 0 s: validates
1.86, 60 s: validates
1.86, 61 s: validates
1.86, 300 s: validates
1.86, -60 s: validates
1.86, -61 s: validates
1.86, 61 s, accuracy 2 s: validates
1.87, 0 s: validates
1.87, 60 s: validates
1.87, 61 s: signing-time attribute does not agree with genTime.
1.87, 300 s: signing-time attribute does not agree with genTime.
1.87, -60 s: validates
1.87, -61 s: signing-time attribute does not agree with genTime.
1.87, 61 s, accuracy 2 s: validates
1.87 with the property, 0 s: validates
1.87 with the property, 60 s: validates
1.87 with the property, 61 s: validates
1.87 with the property, 300 s: validates
1.87 with the property, -60 s: validates
1.87 with the property, -61 s: validates
1.87 with the property, 61 s, accuracy 2 s: validates
EXPECTED
echo 'as stated'
