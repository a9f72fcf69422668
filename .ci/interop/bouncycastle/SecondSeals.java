import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Security;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.asn1.cms.SignerInfo;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jcajce.interfaces.MLDSAPrivateKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.CollectionStore;

/**
 * Second seals both ways. The bare seal is made of the proof here as well, by what the manual says of it.
 *
 * `SecondSeals vectors FOLDER`: what the manifest says is valid has to hold here too, and all else has to be refused, but for OURS.
 * `SecondSeals verify PROOF SECOND`: ends with 1 where the second seal does not hold.
 * `SecondSeals key FOLDER ALGORITHM`: writes certificate.pem and seed.key.
 * `SecondSeals seal FOLDER`: writes second.pq.p7s over the bare seal of proof.p7m, by that key.
 */
class SecondSeals {
    /** Refused by this library and not here, with the reason. */
    static final Map<String, String> OURS = Map.of(
        "second-seal/by-first-key", "the keys of both seals are not compared",
        "second-seal/expired", "no path is validated",
        "second-seal/after-its-timestamp", "no times are compared",
        "second-seal/before-the-event", "no times are compared",
        "second-seal/in-the-future", "no times are compared");

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Path path = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "vectors" -> vectors(path);
            case "verify" -> verify(Files.readAllBytes(path), Files.readAllBytes(Path.of(arguments[2])));
            case "key" -> key(path, arguments[2]);
            case "seal" -> seal(path);
            default -> throw new Exception("no such command");
        }
    }

    static void vectors(Path folder) throws Exception {
        int good = 0, bad = 0, wrong = 0;
        for (String vector : Files.readString(folder.resolve("manifest.json")).split("(?=\"id\": \")")) {
            String id = member(vector, "id"), refused = null;
            List<String> seconds = list(vector, "second_seals");
            if (!id.startsWith("second-seal/") || seconds.isEmpty()) continue;
            try {
                byte[] proof = Files.readAllBytes(folder.resolve(member(vector, "file")));
                for (String second : seconds) verify(proof, Files.readAllBytes(folder.resolve(second)));
            } catch (Exception exception) {
                refused = exception.toString();
            }
            boolean isValid = vector.contains("\"second-seal-valid\"");
            if (isValid) good++; else bad++;
            boolean agrees = (isValid == (refused == null)) != OURS.containsKey(id);
            if (!agrees) wrong++;
            System.out.printf("%-6s %-40s %s%n", agrees ? "ok" : "WRONG", id, refused == null ? "holds" : refused);
        }
        System.out.printf("%d that hold, %d that do not, %d judged otherwise by BouncyCastle%n", good, bad, wrong);
        if (good < 4 || bad < 12 || wrong > 0) System.exit(1);
    }

    static String member(String vector, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\": \"([^\"]*)\"").matcher(vector);
        return matcher.find() ? matcher.group(1) : "";
    }

    static List<String> list(String vector, String name) {
        Matcher list = Pattern.compile("\"" + name + "\": \\[([^\\]]*)\\]").matcher(vector);
        List<String> members = new ArrayList<>();
        if (list.find()) {
            Matcher member = Pattern.compile("\"([^\"]+)\"").matcher(list.group(1));
            while (member.find()) members.add(member.group(1));
        }
        return members;
    }

    /** The SignedData with one signer and without certificates, CRLs and unsigned attributes. */
    static byte[] bare(byte[] proof) throws Exception {
        SignedData whole = SignedData.getInstance(ContentInfo.getInstance(proof).getContent());
        SignerInfo signer = SignerInfo.getInstance(whole.getSignerInfos().getObjectAt(0));
        SignerInfo without = new SignerInfo(
            signer.getSID(), signer.getDigestAlgorithm(), signer.getAuthenticatedAttributes(), signer.getDigestEncryptionAlgorithm(),
            signer.getEncryptedDigest(), (ASN1Set) null);
        SignedData bare =
            new SignedData(new DERSet(signer.getDigestAlgorithm()), whole.getEncapContentInfo(), null, null, new DERSet(without));
        return new ContentInfo(CMSObjectIdentifiers.signedData, bare).getEncoded("DER");
    }

    /** The second seal verifies over the bare seal, by the algorithm and the certificate that the statement announces. */
    static void verify(byte[] proof, byte[] second) throws Exception {
        SignedData first = SignedData.getInstance(ContentInfo.getInstance(proof).getContent());
        byte[] json = ASN1OctetString.getInstance(first.getEncapContentInfo().getContent()).getOctets();
        Matcher announced = Pattern.compile("\"SecondSeal\":\\{\"Algorithm\":\"urn:oid:([0-9.]+)\".*?\"DigestValue\":\"([^\"]+)\"")
            .matcher(new String(json, StandardCharsets.UTF_8));
        if (!announced.find()) throw new Exception("the statement announces no second seal");
        CMSSignedData signedData = new CMSSignedData(new CMSProcessableByteArray(bare(proof)), second);
        if (signedData.getSignerInfos().size() != 1) throw new Exception("not one signer");
        SignerInformation signer = signedData.getSignerInfos().getSigners().iterator().next();
        var named = signedData.getCertificates().getMatches(signer.getSID());
        if (named.isEmpty()) throw new Exception("the certificate is not there");
        X509CertificateHolder certificate = (X509CertificateHolder) named.iterator().next();
        byte[] digest = MessageDigest.getInstance("SHA-512").digest(certificate.getEncoded());
        if (!Base64.getEncoder().encodeToString(digest).equals(announced.group(2))) throw new Exception("another certificate");
        if (!signer.getEncryptionAlgOID().equals(announced.group(1))) throw new Exception("another algorithm");
        if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate))) throw new Exception("a bad signature");
    }

    static void key(Path folder, String algorithm) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance(algorithm, "BC").generateKeyPair();
        ContentSigner signer = new JcaContentSignerBuilder(algorithm).setProvider("BC").build(pair.getPrivate());
        PostQuantum.pem(folder.resolve("certificate.pem"), "CERTIFICATE", PostQuantum.certificate(algorithm, pair, signer).getEncoded());
        PrivateKey seed = ((MLDSAPrivateKey) pair.getPrivate()).getPrivateKey(true);
        PostQuantum.pem(folder.resolve("seed.key"), "PRIVATE KEY", seed.getEncoded());
    }

    static void seal(Path folder) throws Exception {
        var certificate = new X509CertificateHolder(Case.blocks(folder.resolve("certificate.pem").toString(), "CERTIFICATE").get(0));
        byte[] encoded = Case.blocks(folder.resolve("seed.key").toString(), "PRIVATE KEY").get(0);
        PrivateKey key = KeyFactory.getInstance("ML-DSA", "BC").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        // BouncyCastle names no signing certificate by itself (ESS signing-certificate-v2, by SHA-256).
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        var reference = new SigningCertificateV2(new ESSCertIDv2(digest));
        var attributes = new AttributeTable(new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(reference)));
        var signer = new JcaContentSignerBuilder(((MLDSAPrivateKey) key).getAlgorithm()).setProvider("BC").build(key);
        var generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
            new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
                .setSignedAttributeGenerator(new DefaultSignedAttributeTableGenerator(attributes))
                .build(signer, certificate));
        generator.addCertificates(new CollectionStore<>(List.of(certificate)));
        byte[] bare = bare(Files.readAllBytes(folder.resolve("proof.p7m")));
        byte[] second = generator.generate(new CMSProcessableByteArray(bare), false).getEncoded("DER");
        Files.write(folder.resolve("second.pq.p7s"), second);
    }
}
