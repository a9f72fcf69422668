// What this library writes, judged by BouncyCastle: the evidence records of test-vectors, and the proofs of a batch.
//
// CP=/usr/share/java/bcprov.jar:/usr/share/java/bcutil.jar:/usr/share/java/bcpkix.jar
// java -cp $CP EvidenceRecords.java test-vectors
//
// What the manifest says passes has to hold here too, and everything else, which is wrong in one way, has to be refused, but for OURS. Ends with 1 when that is not so.

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.tsp.ArchiveTimeStamp;
import org.bouncycastle.asn1.tsp.ArchiveTimeStampChain;
import org.bouncycastle.asn1.tsp.ArchiveTimeStampSequence;
import org.bouncycastle.asn1.tsp.EvidenceRecord;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationStore;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.tsp.ers.ERSByteData;
import org.bouncycastle.tsp.ers.ERSData;
import org.bouncycastle.tsp.ers.ERSDataGroup;
import org.bouncycastle.tsp.ers.ERSEvidenceRecord;
import org.bouncycastle.util.Store;

class EvidenceRecords {
    static final ASN1ObjectIdentifier INTERNAL = new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.2.49");

    /** Refused by this library and not by BouncyCastle, with the reason. */
    static final Map<String, String> OURS = Map.of(
        "record/algorithm-past-its-date", "a policy's",
        "record/renewed-before", "it does not compare the times");

    static Path folder;
    static X509CertificateHolder tsaAnchor;
    static DigestCalculatorProvider digests;
    /** Those in the tokens of the vector. */
    static int crls;

    public static void main(String[] arguments) throws Exception {
        folder = Path.of(arguments[0]);
        digests = new JcaDigestCalculatorProviderBuilder().setProvider(new BouncyCastleProvider()).build();
        var factory = CertificateFactory.getInstance("X.509");
        var anchor = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(read("anchors/tsa.pem")));
        tsaAnchor = new X509CertificateHolder(anchor.getEncoded());
        int good = 0, bad = 0, wrong = 0;
        for (String vector : Files.readString(folder.resolve("manifest.json")).split("(?=\"id\": \")")) {
            String id = member(vector, "id"), file = member(vector, "file");
            boolean ofBatch = id.startsWith("batch/") && !id.startsWith("batch/record-beside");
            // Without an object there is nothing to ask.
            if (!(ofBatch || id.startsWith("record/")) || id.equals("record/no-object")) continue;
            boolean passes = member(vector, "indication").equals("TOTAL-PASSED");
            Date now = Date.from(Instant.parse(member(vector, "now")));
            String refused = null;
            try {
                crls = 0;
                if (ofBatch) proof(read(file), now);
                else record(read(file), objects(vector), now);
                if (id.endsWith("/revocation-in-token") && crls == 0) throw new Exception("no CRL in the token");
            } catch (Exception exception) {
                refused = exception.toString();
            }
            if (passes) good++; else bad++;
            boolean agrees = (passes == (refused == null)) != OURS.containsKey(id);
            if (!agrees) wrong++;
            System.out.printf("%-6s %-40s %s%n", agrees ? "ok" : "WRONG", id, refused == null ? "holds" : refused);
        }
        System.out.printf("%d that hold, %d that do not, %d judged otherwise by BouncyCastle%n", good, bad, wrong);
        if (good < 12 || bad < 15 || wrong > 0) System.exit(1);
    }

    static byte[] read(String file) throws Exception {
        return Files.readAllBytes(folder.resolve(file));
    }

    static String member(String vector, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\": \"([^\"]*)\"").matcher(vector);
        return matcher.find() ? matcher.group(1) : "";
    }

    static List<byte[]> objects(String vector) throws Exception {
        Matcher list = Pattern.compile("\"data\": \\[([^\\]]*)\\]").matcher(vector);
        List<byte[]> objects = new ArrayList<>();
        if (list.find()) {
            Matcher file = Pattern.compile("\"([^\"]+)\"").matcher(list.group(1));
            while (file.find()) objects.add(read(file.group(1)));
        }
        return objects;
    }

    /** The record inside is over the proof without it. */
    static void proof(byte[] der, Date now) throws Exception {
        var signedData = new CMSSignedData(der);
        SignerInformation signer = signedData.getSignerInfos().getSigners().iterator().next();
        verify(signer, signedData.getCertificates());
        AttributeTable unsigned = signer.getUnsignedAttributes();
        AttributeTable without = unsigned.remove(INTERNAL);
        if (without.size() == 0) without = null;
        signer = SignerInformation.replaceUnsignedAttributes(signer, without);
        signedData = CMSSignedData.replaceSigners(signedData, new SignerInformationStore(signer));
        byte[] object = signedData.toASN1Structure().getEncoded("DER");
        for (int index = 0; index < unsigned.getAll(INTERNAL).size(); index++) {
            Attribute attribute = (Attribute) unsigned.getAll(INTERNAL).get(index);
            record(attribute.getAttrValues().getObjectAt(0).toASN1Primitive().getEncoded(), List.of(object), now);
        }
    }

    static void record(byte[] der, List<byte[]> objects, Date now) throws Exception {
        EvidenceRecord record = EvidenceRecord.getInstance(der);
        if (!Arrays.equals(record.getEncoded("DER"), der)) throw new Exception("not DER, or followed by something");
        List<ERSData> each = new ArrayList<>();
        for (byte[] object : objects) each.add(new ERSByteData(object));
        ERSData data = each.size() == 1 ? each.get(0) : new ERSDataGroup(each);
        // BouncyCastle asks the last chain for the object: here each of them is the last one once.
        ArchiveTimeStampChain[] chains = record.getArchiveTimeStampSequence().getArchiveTimeStampChains();
        for (int count = 1; count <= chains.length; count++) {
            var sequence = new ArchiveTimeStampSequence(Arrays.copyOf(chains, count));
            var until = new EvidenceRecord(record.getDigestAlgorithms(), null, null, sequence);
            new ERSEvidenceRecord(until, digests).validatePresent(data, now);
        }
        var whole = new ERSEvidenceRecord(der, digests);
        whole.validatePresent(data, now);
        whole.validate(new JcaSimpleSignerInfoVerifierBuilder().build(whole.getSigningCertificate()));
        for (ArchiveTimeStampChain chain : chains)
            for (ArchiveTimeStamp one : chain.getArchiveTimestamps()) token(new TimeStampToken(one.getTimeStamp()));
    }

    static void token(TimeStampToken token) throws Exception {
        var tsa = (X509CertificateHolder) token.getCertificates().getMatches(token.getSID()).iterator().next();
        token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(tsa));
        crls += token.getCRLs().getMatches(null).size();
        if (!tsa.isSignatureValid(new JcaContentVerifierProviderBuilder().build(tsaAnchor))) throw new Exception("another TSA");
    }

    static void verify(SignerInformation signer, Store<X509CertificateHolder> certificates) throws Exception {
        var certificate = (X509CertificateHolder) certificates.getMatches(signer.getSID()).iterator().next();
        if (!signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate))) throw new Exception("a bad seal");
    }
}
