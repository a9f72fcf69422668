// Evidence records by BouncyCastle, for verify_evidence_record: over each of five objects, and over a group, with renewals.
//
// CP=/usr/share/java/bcprov.jar:/usr/share/java/bcutil.jar:/usr/share/java/bcpkix.jar
// java -cp $CP MakeRecords.java FOLDER
//
// FOLDER gets tsa.pem, object-N.bin and, for each N, object-N.ers, object-N-timestamp.ers and object-N-tree.ers; group.ers is over object-0.bin and object-1.bin.

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.bouncycastle.tsp.ers.ERSArchiveTimeStampGenerator;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;
import org.bouncycastle.tsp.ers.ERSEvidenceRecordGenerator;
import org.bouncycastle.util.CollectionStore;

class MakeRecords {
    static DigestCalculatorProvider digests;
    static TimeStampTokenGenerator tokens;
    static TimeStampRequestGenerator requests;
    static long serial = 1;

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        digests = new JcaDigestCalculatorProviderBuilder().build();
        requests = new TimeStampRequestGenerator();
        requests.setCertReq(true);
        try (var pem = new JcaPEMWriter(Files.newBufferedWriter(folder.resolve("tsa.pem")))) {
            pem.writeObject(authority());
        }
        List<ERSData> objects = new ArrayList<>();
        for (int number = 0; number < 5; number++) {
            byte[] octets = ("object " + number).getBytes();
            Files.write(folder.resolve("object-" + number + ".bin"), octets);
            objects.add(new ERSByteData(octets));
        }
        for (int number = 0; number < objects.size(); number++) {
            ERSData object = objects.get(number);
            ERSEvidenceRecord record = generate(objects, object);
            String name = "object-" + number;
            Files.write(folder.resolve(name + ".ers"), record.getEncoded());
            record = record.renewTimeStamp(respond(record.generateTimeStampRenewalRequest(requests)));
            Files.write(folder.resolve(name + "-timestamp.ers"), record.getEncoded());
            DigestCalculator sha512 = digests.get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha512));
            record = record.renewHash(sha512, object, respond(record.generateHashRenewalRequest(sha512, object, requests)));
            Files.write(folder.resolve(name + "-tree.ers"), record.getEncoded());
        }
        ERSData group = new ERSDataGroup(objects.get(0), objects.get(1));
        ERSEvidenceRecord record = generate(List.of(group, objects.get(2), objects.get(3)), group);
        Files.write(folder.resolve("group.ers"), record.getEncoded());
    }

    static ERSEvidenceRecord generate(List<ERSData> objects, ERSData object) throws Exception {
        var tree = new ERSArchiveTimeStampGenerator(digests.get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256)));
        tree.addAllData(objects);
        TimeStampResponse response = respond(tree.generateTimeStampRequest(requests));
        for (ERSEvidenceRecord record : new ERSEvidenceRecordGenerator(digests).generate(tree.generateArchiveTimeStamps(response)))
            if (record.isContaining(object, new Date())) return record;
        throw new Exception("no record of the object");
    }

    static TimeStampResponse respond(TimeStampRequest request) throws Exception {
        return new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED).generate(request, BigInteger.valueOf(serial++), new Date());
    }

    /** A root, and a TSA below it. */
    static X509CertificateHolder authority() throws Exception {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(256);
        KeyPair root = keys.generateKeyPair(), tsa = keys.generateKeyPair();
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(root.getPrivate());
        X500Name issuer = new X500Name("CN=Root of records"), subject = new X500Name("CN=TSA of records");
        Date from = new Date(System.currentTimeMillis() - 3_600_000), until = new Date(System.currentTimeMillis() + 86_400_000L);
        X509CertificateHolder anchor = new JcaX509v3CertificateBuilder(issuer, BigInteger.ONE, from, until, issuer, root.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
            .build(signer);
        X509CertificateHolder certificate = new JcaX509v3CertificateBuilder(issuer, BigInteger.TWO, from, until, subject, tsa.getPublic())
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
            .addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping))
            .build(signer);
        var infos = new JcaSimpleSignerInfoGeneratorBuilder().build("SHA256withECDSA", tsa.getPrivate(), certificate);
        DigestCalculator sha256 = digests.get(new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256));
        tokens = new TimeStampTokenGenerator(infos, sha256, new ASN1ObjectIdentifier("1.3.6.1.4.1.32473.3161.1"));
        tokens.addCertificates(new CollectionStore<>(List.of(certificate)));
        return anchor;
    }
}
