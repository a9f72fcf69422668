#!/usr/bin/env bash
# One XML signature over many parts of one document: two verifiers go through the whole document for each Reference, so that four times the parts take sixteen times
# the time.
#
# Evidence is collected in one XML document and signed with a Reference for each piece. One would expect the cost of verification to grow with what is hashed, as it does
# in the JDK. It is the number of references times the size of the document:
# - signxml 5.2.0 (Python, pure) writes the document out and parses it again for each Reference, and looks its Id up by an XPath over all elements. A
#   payload inside the document, in base64, counts each time.
# - xmlsec 1.3.17 (Python over xmlsec1 1.3.9, in C) canonicalizes a part by visiting the whole document. 3200 parts took 17 seconds, where the JDK took a
#   quarter of one; by the same growth 100,000 take hours.
# - The JDK's XMLSignature takes time by the parts; its secure validation, which refuses more than 30 references, has to be off for that.
# One Reference to a list of hashes (ds:Manifest, or a file beside the document) costs one pass; or each piece is a document of its own.
#
# Asserted are ratios of times within one run, for four times the parts: at least eight for signxml and xmlsec, at most six for the JDK.
# Needs Python 3 with venv and a JDK of 17 or later.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check signxml==5.2.0 xmlsec==1.3.17 lxml==6.1.3 cryptography==50.0.2
cat >measure.py <<'PYTHON'
import datetime, time
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import SignatureConfiguration, XMLSigner, XMLVerifier, methods

key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test signer")])
builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
builder = builder.not_valid_before(datetime.datetime(2026, 1, 1)).not_valid_after(datetime.datetime(2045, 1, 1))
builder = builder.add_extension(x509.KeyUsage(True, False, False, False, False, False, False, False, False), True)
pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
with open("signer.pem", "wb") as file:
    file.write(pem)

def signed(parts):
    document = etree.fromstring("<Evidence>" + "".join(f'<Event Id="e{n}"><Number>{n}</Number></Event>' for n in range(parts)) + "</Evidence>")
    signer = XMLSigner(method=methods.enveloped, signature_algorithm="ecdsa-sha256")
    octets = etree.tostring(signer.sign(document, key=key, cert=pem.decode(), reference_uri=[f"#e{n}" for n in range(parts)]))
    with open(f"{parts}.xml", "wb") as file:
        file.write(octets)
    return octets

def by_signxml(octets, parts):
    start = time.process_time()
    XMLVerifier().verify(octets, x509_cert=pem.decode(), expect_config=SignatureConfiguration(expect_references=parts))
    return time.process_time() - start

def by_xmlsec(octets, parts):
    root = etree.fromstring(octets)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_file("signer.pem", xmlsec.constants.KeyDataFormatCertPem)
    start = time.process_time()
    context.verify(xmlsec.tree.find_node(root, "Signature"))
    return time.process_time() - start

few, many = signed(300), signed(1200)
for verifier, verify in (("signxml", by_signxml), ("xmlsec", by_xmlsec)):
    verify(few, 300)
    times = min(verify(few, 300) for _ in range(2)), verify(many, 1200)
    print(f"{verifier:8} 300 references {times[0]:6.3f} s   1200 references {times[1]:6.3f} s   ratio {times[1] / times[0]:.1f}")
    assert times[1] / times[0] >= 8
PYTHON
venv/bin/python measure.py
cat >Measure.java <<'JAVA'
import java.io.File;
import java.io.FileInputStream;
import java.lang.management.ManagementFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class Measure {
    public static void main(String[] arguments) throws Exception {
        PublicKey key = CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream("signer.pem")).getPublicKey();
        for (int n = 0; n < 5; n++) verify(key, 1200);
        double few = Double.MAX_VALUE, many = Double.MAX_VALUE;
        for (int n = 0; n < 5; n++) {
            few = Math.min(few, verify(key, 300));
            many = Math.min(many, verify(key, 1200));
        }
        System.out.printf("jdk      300 references %6.3f s   1200 references %6.3f s   ratio %.1f%n", few, many, many / few);
        if (many / few > 6) throw new AssertionError("more than six times the time");
    }

    static double verify(PublicKey key, int parts) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        Document document = factory.newDocumentBuilder().parse(new File(parts + ".xml"));
        NodeList events = document.getElementsByTagName("Event");
        for (int n = 0; n < events.getLength(); n++) ((Element) events.item(n)).setIdAttribute("Id", true);
        DOMValidateContext context = new DOMValidateContext(key, document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0));
        context.setProperty("org.jcp.xml.dsig.secureValidation", false);
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        if (!XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context).validate(context)) throw new AssertionError("refused");
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
    }
}
JAVA
java Measure.java
java -version 2>&1 | head -n 1
echo 'signxml 5.2.0, xmlsec 1.3.17'
echo 'as stated'
