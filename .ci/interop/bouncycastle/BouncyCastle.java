import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;
import org.bouncycastle.util.Store;

/**
 * What BouncyCastle says of each file, `BouncyCastle CASES`: the signature of the seal, and each token by TimeStampToken.validate. It validates no path here.
 * Evidence records are judged by EvidenceRecords.java.
 */
class BouncyCastle {
    static final List<ASN1ObjectIdentifier> TOKENS = List.of(
        PKCSObjectIdentifiers.id_aa_signatureTimeStampToken,
        PKCSObjectIdentifiers.id_aa_ets_archiveTimestamp,
        new ASN1ObjectIdentifier("1.2.840.113549.1.9.16.2.48"), // archive-time-stamp-v2
        new ASN1ObjectIdentifier("0.4.0.1733.2.4"), // archive-time-stamp-v3
        PKCSObjectIdentifiers.id_aa_ets_contentTimestamp);

    public static void main(String[] arguments) throws Exception {
        Security.addProvider(new BouncyCastleProvider());
        Case.judge(arguments[0], BouncyCastle::verdict);
    }

    static String verdict(Case file) throws Exception {
        return switch (file.kind()) {
            case "timestamp" -> token(new TimeStampResponse(file.file()).getTimeStampToken(), file);
            default -> signature(file);
        };
    }

    static String signature(Case file) throws Exception {
        CMSSignedData signedData = file.kind().equals("payload-signature")
            ? new CMSSignedData(new CMSProcessableByteArray(Case.read(file.payload())), file.file())
            : new CMSSignedData(file.file());
        SignerInformation signer = signedData.getSignerInfos().getSigners().iterator().next();
        for (SignerInformationVerifier verifier : by(signer.getSID()::match, signedData.getCertificates(), file))
            if (!signer.verify(verifier)) return "refuses\tthe seal";
        int tokens = 0, crls = signedData.getCRLs().getMatches(null).size();
        List<ASN1Encodable> values = tokens(signer.getUnsignedAttributes());
        values.addAll(tokens(signer.getSignedAttributes()));
        for (ASN1Encodable value : values) {
            TimeStampToken token = new TimeStampToken(ContentInfo.getInstance(value));
            String said = token(token, file);
            if (!said.startsWith("passes")) return said;
            crls += token.getCRLs().getMatches(null).size();
            tokens++;
        }
        return "passes\t" + tokens + " tokens, " + crls + " CRLs";
    }

    static List<ASN1Encodable> tokens(AttributeTable attributes) {
        List<ASN1Encodable> tokens = new ArrayList<>();
        if (attributes == null) return tokens;
        for (ASN1ObjectIdentifier type : TOKENS)
            for (int index = 0; index < attributes.getAll(type).size(); index++)
                ((Attribute) attributes.getAll(type).get(index)).getAttrValues().forEach(tokens::add);
        return tokens;
    }

    static String token(TimeStampToken token, Case file) throws Exception {
        TSPException refused = null;
        for (SignerInformationVerifier verifier : by(token.getSID()::match, token.getCertificates(), file))
            try {
                token.validate(verifier);
                return "passes\tgenTime " + token.getTimeStampInfo().getGenTime().toInstant();
            } catch (TSPException exception) {
                // Another certificate may have the same issuer and serial number.
                refused = exception;
            }
        throw refused;
    }

    interface Names {
        boolean match(X509CertificateHolder certificate);
    }

    /** The certificates that the signer names, from the file or from elsewhere. */
    static List<SignerInformationVerifier> by(Names names, Store<X509CertificateHolder> certificates, Case file) throws Exception {
        List<X509CertificateHolder> all = new ArrayList<>(certificates.getMatches(null));
        for (byte[] der : Case.blocks(file.extraCertificates(), "CERTIFICATE")) all.add(new X509CertificateHolder(der));
        List<SignerInformationVerifier> named = new ArrayList<>();
        for (X509CertificateHolder certificate : all)
            if (names.match(certificate)) {
                X509Certificate converted = new JcaX509CertificateConverter().getCertificate(certificate);
                named.add(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(converted));
            }
        if (named.isEmpty()) throw new Exception("the certificate is not there");
        return named;
    }
}
