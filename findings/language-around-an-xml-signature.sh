#!/usr/bin/env bash
# A document that states its language on its root, xml:lang, is signed with inclusive canonicalization: libraries fall into two camps, and neither verifies what the other signs.
#
# An enveloped signature lies inside the root, and its SignedInfo is what is signed. Canonical XML 1.0 (clause 2.4) and 1.1 give the top element of a subset the attributes
# xml:lang and xml:space of its ancestors, so that the canonical SignedInfo begins with xml:lang. One would expect that each library does it, as each handles namespaces.
# - The JDK and xmlsec 1.3.17 (Python over xmlsec1 1.3.9, in C) do.
# - signxml 5.2.0 (Python), xml-crypto 6.3.2 (JavaScript) and goxmldsig 1.6.1 (Go) leave the attribute out, when they sign and when they verify. Each verifies the
#   signatures of the three, and for the JDK and xmlsec these are wrong. In the other direction it is the same.
# - Without xml:lang, and with exclusive canonicalization, where nothing is inherited, all five agree. signxml signs inclusively (1.1) where nothing else is asked for.
# The message is that of a forged value, the digests of the document are right, and a test of a library with itself passes, as does one with a neighbour of its camp. Whoever
# signs takes exclusive canonicalization, for SignedInfo and for each Reference to a part; whoever gets such a signature that is wrong tries it without the attribute before
# speaking of forgery.
#
# Needs a JDK of 17 or later, Go 1.24 or later, Python 3 with venv, Node.js 20 or later with npm, and OpenSSL 3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export GOCACHE=$folder/cache

python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check signxml==5.2.0 xmlsec==1.3.17 lxml==6.1.3
npm install --prefix . --silent --no-fund --no-audit xml-crypto@6.3.2 @xmldom/xmldom@0.8.11 >/dev/null
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -subj /CN=signer -days 3650 2>/dev/null
openssl pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der

printf '<letter xmlns="urn:example:letter"><text>Bonjour</text></letter>' >plain.xml
printf '<letter xmlns="urn:example:letter" xml:lang="fr"><text>Bonjour</text></letter>' >lang.xml

# Each program signs plain.xml and lang.xml, into DOCUMENT-METHOD-LIBRARY.xml, or says what it makes of the files that it is given.
cat >Sign.java <<'JAVA'
import java.io.File;
import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;

public class Sign {
    public static void main(String[] files) throws Exception {
        var builders = DocumentBuilderFactory.newInstance();
        builders.setNamespaceAware(true);
        var factory = XMLSignatureFactory.getInstance("DOM");
        var certificate = (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new FileInputStream("certificate.pem"));
        for (String file : files) {
            var document = builders.newDocumentBuilder().parse(new File(file));
            var signature = document.getElementsByTagNameNS(XMLSignature.XMLNS, "Signature").item(0);
            var context = new DOMValidateContext(certificate.getPublicKey(), signature);
            System.out.println(file + " jdk " + (factory.unmarshalXMLSignature(context).validate(context) ? "valid" : "invalid"));
        }
        if (files.length > 0) return;
        var key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(Path.of("key.der"))));
        for (String name : List.of("plain", "lang")) {
            for (String method : List.of("inclusive", "exclusive")) {
                var document = builders.newDocumentBuilder().parse(new File(name + ".xml"));
                var uri = method.equals("inclusive") ? CanonicalizationMethod.INCLUSIVE : CanonicalizationMethod.EXCLUSIVE;
                var reference = factory.newReference("", factory.newDigestMethod(DigestMethod.SHA256, null), List.of(
                    factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null), factory.newTransform(uri, (TransformParameterSpec) null)), null, null);
                var info = factory.newSignedInfo(factory.newCanonicalizationMethod(uri, (C14NMethodParameterSpec) null),
                    factory.newSignatureMethod("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", null), List.of(reference));
                var keys = factory.getKeyInfoFactory();
                var context = new DOMSignContext(key, document.getDocumentElement());
                context.setDefaultNamespacePrefix("ds");
                factory.newXMLSignature(info, keys.newKeyInfo(List.of(keys.newX509Data(List.of(certificate))))).sign(context);
                TransformerFactory.newInstance().newTransformer().transform(new DOMSource(document), new StreamResult(new File(name + "-" + method + "-jdk.xml")));
            }
        }
    }
}
JAVA
cat >sign.py <<'PYTHON'
import sys
import xmlsec
from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner, XMLVerifier
from signxml.exceptions import InvalidSignature

key, certificate = open("key.pem", "rb").read(), open("certificate.pem", "rb").read()
for file in sys.argv[1:]:
    try:
        XMLVerifier().verify(open(file, "rb").read(), x509_cert=certificate.decode())
        print(file, "signxml valid")
    except InvalidSignature:
        print(file, "signxml invalid")
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.KeyFormat.CERT_PEM)
    try:
        context.verify(xmlsec.tree.find_node(etree.parse(file).getroot(), "Signature"))
        print(file, "xmlsec valid")
    except xmlsec.VerificationError:
        print(file, "xmlsec invalid")
methods = {
    "inclusive": (CanonicalizationMethod.CANONICAL_XML_1_0, xmlsec.Transform.C14N),
    "exclusive": (CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0, xmlsec.Transform.EXCL_C14N),
}
for name in ("plain", "lang") if len(sys.argv) == 1 else ():
    for method, (of_signxml, of_xmlsec) in methods.items():
        signed = XMLSigner(c14n_algorithm=of_signxml).sign(etree.parse(f"{name}.xml").getroot(), key=key, cert=certificate.decode())
        open(f"{name}-{method}-signxml.xml", "wb").write(etree.tostring(signed))
        root = etree.parse(f"{name}.xml").getroot()
        signature = xmlsec.template.create(root, of_xmlsec, xmlsec.Transform.RSA_SHA256, ns="ds")
        root.append(signature)
        reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri="")
        xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
        xmlsec.template.add_transform(reference, of_xmlsec)
        xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(key, xmlsec.KeyFormat.PEM)
        context.key.load_cert_from_memory(certificate, xmlsec.KeyFormat.PEM)
        context.sign(signature)
        open(f"{name}-{method}-xmlsec.xml", "wb").write(etree.tostring(root))
PYTHON
cat >sign.cjs <<'JAVASCRIPT'
const fs = require("fs"), { SignedXml } = require("xml-crypto"), { DOMParser } = require("@xmldom/xmldom");
const methods = { inclusive: "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", exclusive: "http://www.w3.org/2001/10/xml-exc-c14n#" };
const enveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature", sha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
const publicCert = fs.readFileSync("certificate.pem", "utf8"), privateKey = fs.readFileSync("key.pem", "utf8"), files = process.argv.slice(2);
for (const file of files) {
    const text = fs.readFileSync(file, "utf8"), verifier = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
    const of = "http://www.w3.org/2000/09/xmldsig#";
    verifier.loadSignature(new DOMParser().parseFromString(text, "text/xml").getElementsByTagNameNS(of, "Signature")[0]);
    let said = "invalid";
    try {
        if (verifier.checkSignature(text)) said = "valid";
    } catch (error) {
        if (!error.message.startsWith("invalid signature: the signature value")) throw error;
    }
    console.log(file, "xml-crypto", said);
}
for (const name of files.length ? [] : ["plain", "lang"])
    for (const [method, uri] of Object.entries(methods)) {
        const signer = new SignedXml({ privateKey, publicCert, signatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", canonicalizationAlgorithm: uri });
        signer.addReference({ xpath: "/*", isEmptyUri: true, digestAlgorithm: sha256, transforms: [enveloped, uri] });
        signer.computeSignature(fs.readFileSync(`${name}.xml`, "utf8"), { prefix: "ds" });
        fs.writeFileSync(`${name}-${method}-xml-crypto.xml`, signer.getSignedXml());
    }
JAVASCRIPT
cat >go.mod <<'GO'
module finding

go 1.24
GO
cat >main.go <<'GO'
package main

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

type keys struct {
	key         *rsa.PrivateKey
	certificate []byte
}

func (keys keys) GetKeyPair() (*rsa.PrivateKey, []byte, error) { return keys.key, keys.certificate, nil }

func main() {
	pair, err := tls.LoadX509KeyPair("certificate.pem", "key.pem")
	if err != nil {
		panic(err)
	}
	certificate, _ := x509.ParseCertificate(pair.Certificate[0])
	for _, file := range os.Args[1:] {
		document := etree.NewDocument()
		if err := document.ReadFromFile(file); err != nil {
			panic(err)
		}
		said := "valid"
		store := &dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{certificate}}
		if _, err := dsig.NewDefaultValidationContext(store).Validate(document.Root()); err == rsa.ErrVerification {
			said = "invalid"
		} else if err != nil {
			panic(err)
		}
		fmt.Println(file, "goxmldsig", said)
	}
	if len(os.Args) > 1 {
		return
	}
	methods := map[string]dsig.Canonicalizer{"inclusive": dsig.MakeC14N10RecCanonicalizer(), "exclusive": dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")}
	for _, name := range []string{"plain", "lang"} {
		for method, canonicalizer := range methods {
			document := etree.NewDocument()
			if err := document.ReadFromFile(name + ".xml"); err != nil {
				panic(err)
			}
			context := dsig.NewDefaultSigningContext(keys{pair.PrivateKey.(*rsa.PrivateKey), pair.Certificate[0]})
			context.Canonicalizer = canonicalizer
			signed, err := context.SignEnveloped(document.Root())
			if err != nil {
				panic(err)
			}
			written := etree.NewDocument()
			written.SetRoot(signed)
			if err := written.WriteToFile(name + "-" + method + "-goxmldsig.xml"); err != nil {
				panic(err)
			}
		}
	}
}
GO
go get github.com/russellhaering/goxmldsig@v1.6.1 github.com/beevik/etree@v1.7.0 2>/dev/null
go build -o sign-go .

java Sign.java
venv/bin/python sign.py
node sign.cjs
./sign-go
files=$(echo {plain,lang}-{inclusive,exclusive}-*.xml)
# shellcheck disable=SC2086
{
    java Sign.java $files
    venv/bin/python sign.py $files
    node sign.cjs $files
    ./sign-go $files
} | sed -E 's/^([a-z]+)-([a-z]+)-([a-z-]+)\.xml/\1 \2 \3/' | sort >said
# What all five make of the signatures of all five, by document and method, and then the one that divides them.
awk '{ all[$1 " " $2]++; valid[$1 " " $2] += $5 == "valid" } END { for (kind in all) print kind ": " valid[kind] " of " all[kind] " valid" }' said | sort | tee seen
awk '$1 " " $2 == "lang inclusive" && $5 == "valid" { readers[$3] = readers[$3] " " $4 } END { for (signer in readers) print "by " signer ":" readers[signer] }' said | sort | tee -a seen
diff - seen <<'EXPECTED'
lang exclusive: 25 of 25 valid
lang inclusive: 13 of 25 valid
plain exclusive: 25 of 25 valid
plain inclusive: 25 of 25 valid
by goxmldsig: goxmldsig signxml xml-crypto
by jdk: jdk xmlsec
by signxml: goxmldsig signxml xml-crypto
by xml-crypto: goxmldsig signxml xml-crypto
by xmlsec: jdk xmlsec
EXPECTED
go version
java -version 2>&1 | head -n 1
echo 'signxml 5.2.0, xmlsec 1.3.17, xml-crypto 6.3.2, goxmldsig 1.6.1'
echo 'as stated'
