import eu.europa.esig.dss.enumerations.Indication;
import eu.europa.esig.dss.enumerations.SubIndication;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.InMemoryDocument;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.simplereport.jaxb.XmlEvidenceRecord;
import eu.europa.esig.dss.simplereport.jaxb.XmlSignatureScope;
import eu.europa.esig.dss.simplereport.jaxb.XmlTimestamp;
import eu.europa.esig.dss.simplereport.jaxb.XmlToken;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CertificateVerifier;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonCertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.revocation.ocsp.ExternalResourcesOCSPSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.bouncycastle.tsp.TimeStampResponse;

/** What EU DSS says of each file, by its default policy and with the dead algorithms that the case names: `Dss CASES`. */
class Dss {
    public static void main(String[] arguments) throws Exception {
        Case.judge(arguments[0], Dss::verdict);
    }

    static String verdict(Case file) throws Exception {
        byte[] octets = file.file();
        if (file.kind().equals("timestamp")) octets = new TimeStampResponse(octets).getTimeStampToken().getEncoded();
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(new InMemoryDocument(octets));
        validator.setCertificateVerifier(verifier(file));
        validator.setValidationTime(file.now());
        List<String> detached = file.kind().endsWith("proof") ? List.of() : new ArrayList<>(file.data());
        if (!file.payload().equals("-") && !file.kind().equals("proof")) detached.add(file.payload());
        if (!detached.isEmpty()) validator.setDetachedContents(documents(detached));
        if (!file.records().isEmpty()) validator.setDetachedEvidenceRecordDocuments(documents(file.records()));
        SimpleReport report = validator.validateDocument(policy(file)).getSimpleReport();
        if (file.kind().equals("container")) return container(octets, report);
        String id = report.getFirstSignatureId();
        if (id == null) id = report.getFirstEvidenceRecordId();
        if (id == null) id = report.getFirstTimestampId();
        String verdict = verdict(report.getIndication(id), report.getSubIndication(id));
        String explanation = report.getSignatureFormat(id) + ": " + texts(report.getAdESValidationErrors(id));
        // A signature that is good now passes whatever becomes of its timestamps and records.
        List<XmlTimestamp> timestamps = new ArrayList<>(report.getSignatureTimestamps(id));
        for (XmlEvidenceRecord record : report.getSignatureEvidenceRecords(id)) {
            String said = verdict(record.getIndication(), record.getSubIndication());
            if (!said.equals("TOTAL-PASSED")) verdict += ", record " + said;
            if (record.getTimestamps() != null) timestamps.addAll(record.getTimestamps().getTimestamp());
        }
        for (XmlTimestamp timestamp : timestamps) {
            String said = verdict(timestamp.getIndication(), timestamp.getSubIndication());
            if (said.equals("TOTAL-PASSED")) continue;
            verdict += ", timestamp " + said;
            explanation += " " + texts(report.getAdESValidationErrors(timestamp.getId()));
        }
        return verdict + "\t" + explanation;
    }

    /** The worst of what is said of a container: each signature, timestamp and record has to pass, to be found, and to be about every file. */
    static String container(byte[] octets, SimpleReport report) throws Exception {
        Set<String> files = new TreeSet<>();
        Set<String> own = new TreeSet<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(octets))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry())
                (entry.getName().startsWith("META-INF/") ? own : files).add(entry.getName());
        }
        files.remove("mimetype");
        List<String> wrong = new ArrayList<>();
        List<XmlEvidenceRecord> records = new ArrayList<>();
        int guards = 0;
        for (String id : report.getSignatureIdList()) {
            guards++;
            records.addAll(report.getSignatureEvidenceRecords(id));
            judge("signature", report, id, report.getSignatureScopes(id), files, wrong);
            for (XmlTimestamp timestamp : report.getSignatureTimestamps(id)) judge("timestamp in it", report, timestamp.getId(), null, files, wrong);
        }
        // Those that are in no signature and no record.
        for (XmlToken token : report.getJaxbModel().getSignatureOrTimestampOrEvidenceRecord()) {
            if (!(token instanceof XmlTimestamp timestamp)) continue;
            guards++;
            records.addAll(report.getTimestampEvidenceRecords(timestamp.getId()));
            judge("timestamp", report, timestamp.getId(), timestamp.getTimestampScope(), files, wrong);
        }
        for (XmlEvidenceRecord record : records) {
            judge("record", report, record.getId(), record.getEvidenceRecordScope(), files, wrong);
            List<XmlTimestamp> timestamps = record.getTimestamps() == null ? List.of() : record.getTimestamps().getTimestamp();
            for (XmlTimestamp timestamp : timestamps) judge("timestamp of it", report, timestamp.getId(), null, files, wrong);
            if (timestamps.isEmpty()) wrong.add("a record without a timestamp");
        }
        if (guards != 1) wrong.add(guards + " signatures and timestamps");
        if (records.size() != (own.contains("META-INF/evidencerecord001.ers") ? 1 : 0)) wrong.add(records.size() + " records");
        return (wrong.isEmpty() ? "TOTAL-PASSED" : String.join(", ", wrong)) + "\t" + files.size() + " files";
    }

    /** What is wrong with one signature, timestamp or record, and the files that it is not about. */
    static void judge(String what, SimpleReport report, String id, List<XmlSignatureScope> scopes, Set<String> files, List<String> wrong) {
        String verdict = verdict(report.getIndication(id), report.getSubIndication(id));
        if (!verdict.equals("TOTAL-PASSED")) wrong.add(what + ": " + verdict + " " + texts(report.getAdESValidationErrors(id)));
        if (scopes == null) return;
        Set<String> left = new TreeSet<>(files);
        for (XmlSignatureScope scope : scopes) left.remove(scope.getName());
        if (!left.isEmpty()) wrong.add(what + " is not about " + left);
    }

    /** The default policy; with a day on which SHA-256 and P-256 die, and die they do although it lies after the update of the table. */
    static InputStream policy(Case file) throws Exception {
        String policy;
        try (InputStream stream = SignedDocumentValidator.class.getResourceAsStream("/policy/constraint.xml")) {
            policy = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (!file.dead().equals("-")) {
            int dates = policy.indexOf("<AlgoExpirationDate");
            String date = " Date=\"" + file.dead() + "\"";
            String table = changed(policy.substring(dates), "LevelAfterUpdate=\"WARN\"", "LevelAfterUpdate=\"FAIL\"");
            table = changed(table, "<Algo>SHA256</Algo>", "<Algo" + date + ">SHA256</Algo>");
            for (String algorithm : List.of("ECDSA", "PLAIN-ECDSA")) {
                String row = " Size=\"256\">" + algorithm + "</Algo>";
                table = changed(table, "<Algo" + row, "<Algo" + date + row + "<Algo Size=\"384\">" + algorithm + "</Algo>");
            }
            policy = policy.substring(0, dates) + table;
        }
        return new ByteArrayInputStream(policy.getBytes(StandardCharsets.UTF_8));
    }

    /** The text with what has to be in it replaced. */
    static String changed(String text, String old, String changed) {
        if (!text.contains(old)) throw new IllegalStateException("no " + old + " in the default policy");
        return text.replace(old, changed);
    }

    /** Timestamps and records are PASSED or FAILED there, and TOTAL-PASSED or TOTAL-FAILED here. */
    static String verdict(Indication indication, SubIndication subIndication) {
        String verdict = indication.name().replace('_', '-').replaceFirst("^(PASSED|FAILED)", "TOTAL-$1");
        return subIndication == null ? verdict : verdict + "/" + subIndication;
    }

    static String texts(List<Message> messages) {
        return messages.stream().map(Message::getValue).collect(Collectors.joining(" "));
    }

    static List<DSSDocument> documents(List<String> files) throws Exception {
        List<DSSDocument> documents = new ArrayList<>();
        for (String file : files) documents.add(new InMemoryDocument(Case.read(file), file));
        return documents;
    }

    static CertificateVerifier verifier(Case file) throws Exception {
        CertificateVerifier verifier = new CommonCertificateVerifier(true);
        CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
        for (String pem : file.anchors())
            for (byte[] anchor : Case.blocks(pem, "CERTIFICATE")) anchors.addCertificate(DSSUtils.loadCertificate(anchor));
        verifier.setTrustedCertSources(anchors);
        CommonCertificateSource extra = new CommonCertificateSource();
        for (byte[] certificate : Case.blocks(file.extraCertificates(), "CERTIFICATE"))
            extra.addCertificate(DSSUtils.loadCertificate(certificate));
        verifier.setAdjunctCertSources(extra);
        verifier.setAIASource(null);
        verifier.setCrlSource(new ExternalResourcesCRLSource(streams(Case.blocks(file.revocationData(), "X509 CRL"))));
        verifier.setOcspSource(new ExternalResourcesOCSPSource(streams(Case.blocks(file.revocationData(), "OCSP RESPONSE"))));
        return verifier;
    }

    static InputStream[] streams(List<byte[]> all) {
        return all.stream().map(ByteArrayInputStream::new).toArray(InputStream[]::new);
    }
}
