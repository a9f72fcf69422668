import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Security;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.jcajce.interfaces.MLDSAPrivateKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.CollectionStore;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Signatures, certificates and keys by ML-DSA and SLH-DSA, `PostQuantum FOLDER`, for the test made_by_others: FOLDER gets a folder for each algorithm, with
 * certificate.pem, signed.p7m over attached content and, of ML-DSA, the private key as seed.key and both.key (RFC 9881).
 */
class PostQuantum {
    static final List<String> ALGORITHMS = List.of(
        "ML-DSA-44", "ML-DSA-65", "ML-DSA-87", "SLH-DSA-SHA2-192F", "SLH-DSA-SHA2-256F", "SLH-DSA-SHAKE-192F", "SLH-DSA-SHAKE-256F");

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        for (String algorithm : ALGORITHMS) make(algorithm, Files.createDirectories(Path.of(arguments[0], algorithm)));
    }

    static void make(String algorithm, Path folder) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance(algorithm, "BC").generateKeyPair();
        ContentSigner signer = new JcaContentSignerBuilder(algorithm).setProvider("BC").build(pair.getPrivate());
        X509CertificateHolder certificate = certificate(algorithm, pair, signer);
        pem(folder.resolve("certificate.pem"), "CERTIFICATE", certificate.getEncoded());
        CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
        generator.addSignerInfoGenerator(
            new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build()).build(signer, certificate));
        generator.addCertificates(new CollectionStore<>(List.of(certificate)));
        byte[] content = ("signed by " + algorithm).toLowerCase(Locale.ROOT).getBytes("US-ASCII");
        Files.write(folder.resolve("signed.p7m"), generator.generate(new CMSProcessableByteArray(content), true).getEncoded("DER"));
        if (pair.getPrivate() instanceof MLDSAPrivateKey key) {
            pem(folder.resolve("seed.key"), "PRIVATE KEY", ((PrivateKey) key.getPrivateKey(true)).getEncoded());
            pem(folder.resolve("both.key"), "PRIVATE KEY", key.getEncoded());
        }
    }

    static X509CertificateHolder certificate(String algorithm, KeyPair pair, ContentSigner signer) throws Exception {
        X500Name name = new X500Name("CN=" + algorithm);
        long now = System.currentTimeMillis();
        Date from = new Date(now - 3_600_000), until = new Date(now + 86_400_000);
        var builder = new JcaX509v3CertificateBuilder(name, BigInteger.valueOf(now), from, until, name, pair.getPublic());
        builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.nonRepudiation));
        return builder.build(signer);
    }

    static void pem(Path file, String label, byte[] der) throws Exception {
        try (var pem = new PemWriter(Files.newBufferedWriter(file))) {
            pem.writeObject(new PemObject(label, der));
        }
    }
}
