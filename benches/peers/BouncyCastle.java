// The same CMS job by BouncyCastle, beside its own raw operations: see bouncycastle.sh.

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

final class BouncyCastle {
    private static final int ROUNDS = 50;
    private static final int TURNS = 5;
    private static final String ALGORITHM = "SHA256withRSA";
    private static final Date FROM = new Date(System.currentTimeMillis() - 86_400_000L);
    private static final Date UNTIL = new Date(System.currentTimeMillis() + 86_400_000L);

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        for (int bits : new int[] {2048, 3072}) {
            job(bits);
        }
    }

    private static void job(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "BC");
        generator.initialize(bits);
        KeyPair root = generator.generateKeyPair();
        KeyPair intermediate = generator.generateKeyPair();
        KeyPair seal = generator.generateKeyPair();
        X509Certificate certificate = certificate("Seal", seal, "Seal CA", intermediate.getPrivate());
        List<X509Certificate> chain = List.of(
                certificate,
                certificate("Seal CA", intermediate, "Root", root.getPrivate()),
                certificate("Root", root, "Root", root.getPrivate()));

        // As long as the statement, and as its signed attributes.
        byte[] content = new byte[1634];
        Arrays.fill(content, (byte) 'a');
        byte[] message = new byte[330];

        // Everything that can be made once is made once.
        ContentSigner signer = new JcaContentSignerBuilder(ALGORITHM).setProvider("BC").build(seal.getPrivate());
        var signerInfo = new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
                .build(signer, certificate);
        var certificates = new JcaCertStore(chain);
        Callable<byte[]> sign = () -> {
            CMSSignedDataGenerator signedData = new CMSSignedDataGenerator();
            signedData.addSignerInfoGenerator(signerInfo);
            signedData.addCertificates(certificates);
            return signedData.generate(new CMSProcessableByteArray(content), true).getEncoded("DER");
        };
        Signature signature = Signature.getInstance(ALGORITHM, "BC");
        Callable<byte[]> rawSign = () -> {
            signature.initSign(seal.getPrivate());
            signature.update(message);
            return signature.sign();
        };
        compare("generate RSA-" + bits, "raw signature", sign, rawSign);

        byte[] file = sign.call();
        var verifier = new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate);
        Callable<Boolean> verify = () -> {
            SignerInformation one = new CMSSignedData(file).getSignerInfos().iterator().next();
            return check(one.verify(verifier));
        };
        byte[] raw = rawSign.call();
        Callable<Boolean> rawVerify = () -> {
            signature.initVerify(certificate);
            signature.update(message);
            return check(signature.verify(raw));
        };
        compare("verify, no chain RSA-" + bits, "raw verification", verify, rawVerify);
    }

    private static X509Certificate certificate(String subject, KeyPair key, String issuer, PrivateKey issuerKey) throws Exception {
        X509CertificateHolder holder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer), BigInteger.valueOf(System.nanoTime()), FROM, UNTIL, new X500Name("CN=" + subject), key.getPublic())
                .build(new JcaContentSignerBuilder(ALGORITHM).setProvider("BC").build(issuerKey));
        return new JcaX509CertificateConverter().setProvider("BC").getCertificate(holder);
    }

    private static boolean check(boolean verified) {
        if (!verified) {
            throw new IllegalStateException("it does not verify");
        }
        return true;
    }

    /** Both in turns; a round's ratio is that of the medians of its turns, and the median of the rounds is printed. */
    private static void compare(String what, String limit, Callable<?> theirs, Callable<?> raw) throws Exception {
        long start = System.nanoTime();
        int warm = 0;
        // For the compiler.
        while (System.nanoTime() - start < 4_000_000_000L) {
            theirs.call();
            raw.call();
            warm++;
        }
        int times = Math.max(1, warm / 1000);
        double[] ratios = new double[ROUNDS], perSecond = new double[ROUNDS], limits = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            double[] ofTheirs = new double[TURNS], ofRaw = new double[TURNS];
            for (int turn = 0; turn < TURNS; turn++) {
                ofTheirs[turn] = timed(times, theirs);
                ofRaw[turn] = timed(times, raw);
            }
            perSecond[round] = 1 / median(ofTheirs);
            limits[round] = 1 / median(ofRaw);
            ratios[round] = perSecond[round] / limits[round];
        }
        System.out.printf(Locale.ROOT, "RATIO BouncyCastle %-26s %9.0f/s   %-20s %9.0f/s   ratio %.3f%n",
                what, median(perSecond), limit, median(limits), median(ratios));
    }

    private static double timed(int times, Callable<?> operation) throws Exception {
        long start = System.nanoTime();
        for (int i = 0; i < times; i++) {
            operation.call();
        }
        return (System.nanoTime() - start) / 1e9 / times;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }
}
