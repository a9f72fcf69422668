//! The manifests of a container (ETSI EN 319 162-1 V1.1.1, annex A.4): each names files with their digests, and the signature, timestamp or
//! evidence record that is about them.
//!
//! ```text
//! <ASiCManifest xmlns="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
//! <SigReference URI="META-INF/signature001.p7s" MimeType="application/x-pkcs7-signature"/>
//! <DataObjectReference URI="letter-1.pdf" MimeType="application/pdf"><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue>..</ds:DigestValue></DataObjectReference>
//! </ASiCManifest>
//! ```
//!
//! A manifest is read in the one form in which it is written, octet for octet but for its values. So there is nothing in it that
//! another reader of XML would take for something else.

use base64ct::{Base64, Encoding};
use recommande::crypto::{Digest, DigestAlgorithm};

/// What is wrong with a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestFault {
    /// The manifest is not written as it is here.
    #[error("it is not written in the form that is read")]
    Form,
    /// The signature, timestamp or record is another one than the container has.
    #[error("it is about another signature, timestamp or record")]
    Reference,
    /// A digest is by an algorithm that is not offered, or by another one than the first.
    #[error("a digest is by an algorithm that is not offered, or by another one than the first")]
    Algorithm,
    /// A digest is not in base64, or not of the length of its algorithm.
    #[error("a digest is not in base64, or not as long as its algorithm has it")]
    Digest,
    /// The names are not in ascending order, each once.
    #[error("the names are not in ascending order, each once")]
    Order,
    /// A name is that of no file in the container.
    #[error("no file has this name")]
    NoSuchFile,
    /// The media type of a file is another one than its name says.
    #[error("the media type is not the one of such a file")]
    MediaType,
}

/// A fault and its place.
pub(crate) type At = (usize, ManifestFault);

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <ASiCManifest xmlns=\"http://uri.etsi.org/02918/v1.2.1#\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">\n\
    <SigReference URI=\"";
const MIME_TYPE: &str = "\" MimeType=\"";
const SIG_REFERENCE_END: &str = "\"/>\n";
const REFERENCE: &str = "<DataObjectReference URI=\"";
const METHOD: &str = "\"><ds:DigestMethod Algorithm=\"";
const VALUE: &str = "\"/><ds:DigestValue>";
const REFERENCE_END: &str = "</ds:DigestValue></DataObjectReference>\n";
const TAIL: &str = "</ASiCManifest>\n";

/// A file that a manifest names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) digest: Digest,
}

/// Says if manifests have digests by this algorithm.
pub(crate) fn is_offered(algorithm: DigestAlgorithm) -> bool {
    matches!(algorithm, DigestAlgorithm::Sha256 | DigestAlgorithm::Sha384 | DigestAlgorithm::Sha512)
}

/// Writes a manifest about files in the order of their names. Names and media types need no escapes.
pub(crate) fn write(guard: &str, guard_type: &str, references: &[Reference]) -> Vec<u8> {
    let mut out = [HEAD, guard, MIME_TYPE, guard_type, SIG_REFERENCE_END].concat();
    for Reference { name, media_type, digest } in references {
        let algorithm = digest.algorithm().uri().unwrap_or_default();
        let value = Base64::encode_string(digest.as_bytes());
        let parts = [REFERENCE, name, MIME_TYPE, media_type, METHOD, algorithm, VALUE, &value, REFERENCE_END];
        out.push_str(&parts.concat());
    }
    out.push_str(TAIL);
    out.into_bytes()
}

/// Reads a manifest that is about this signature, timestamp or record.
pub(crate) fn read(octets: &[u8], guard: &str, guard_type: &str) -> Result<Vec<Reference>, At> {
    let text = str::from_utf8(octets).map_err(|error| (error.valid_up_to(), ManifestFault::Form))?;
    let mut text = Text { text, at: 0 };
    text.expect(HEAD)?;
    let (at, stated) = (text.at, text.until(MIME_TYPE)?);
    let stated_type = text.until(SIG_REFERENCE_END)?;
    if (stated, stated_type) != (guard, guard_type) {
        return Err((at, ManifestFault::Reference));
    }
    let mut references: Vec<Reference> = Vec::new();
    while text.follows(REFERENCE) {
        let at = text.at;
        let reference = text.reference()?;
        if let Some(before) = references.last() {
            if before.name >= reference.name {
                return Err((at, ManifestFault::Order));
            }
            if before.digest.algorithm() != reference.digest.algorithm() {
                return Err((at, ManifestFault::Algorithm));
            }
        }
        references.push(reference);
    }
    text.expect(TAIL)?;
    match text.text.len() == text.at && !references.is_empty() {
        true => Ok(references),
        false => Err((text.at, ManifestFault::Form)),
    }
}

/// A text and the place up to which it was read.
struct Text<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Text<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn follows(&self, expected: &str) -> bool {
        self.rest().starts_with(expected)
    }

    fn expect(&mut self, expected: &str) -> Result<(), At> {
        let alike = self.rest().bytes().zip(expected.bytes()).take_while(|(stated, written)| stated == written).count();
        self.at += alike;
        if alike == expected.len() { Ok(()) } else { Err((self.at, ManifestFault::Form)) }
    }

    /// Takes a value that ends with what follows it. It holds nothing that XML would read as markup or a reference.
    fn until(&mut self, end: &str) -> Result<&'a str, At> {
        let value = self.rest().split(['"', '<', '&', '>']).next().unwrap_or_default();
        let at = self.at;
        self.at += value.len();
        // White space and what is not ASCII would be normalised by some.
        if !value.bytes().all(|octet| octet.is_ascii_graphic()) {
            return Err((at, ManifestFault::Form));
        }
        self.expect(end)?;
        Ok(value)
    }

    fn reference(&mut self) -> Result<Reference, At> {
        self.expect(REFERENCE)?;
        let name = self.until(MIME_TYPE)?.to_owned();
        let media_type = self.until(METHOD)?.to_owned();
        let at = self.at;
        let algorithm = DigestAlgorithm::from_uri(self.until(VALUE)?).filter(|algorithm| is_offered(*algorithm));
        let algorithm = algorithm.ok_or((at, ManifestFault::Algorithm))?;
        let at = self.at;
        let value = Base64::decode_vec(self.until(REFERENCE_END)?).map_err(|_| (at, ManifestFault::Digest))?;
        let digest = Digest::new(algorithm, &value).ok_or((at, ManifestFault::Digest))?;
        Ok(Reference { name, media_type, digest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references() -> Vec<Reference> {
        ["README.txt", "letter-1.pdf"]
            .map(|name| Reference {
                name: name.to_owned(),
                media_type: "text/plain".to_owned(),
                digest: DigestAlgorithm::Sha256.digest(name.as_bytes()),
            })
            .to_vec()
    }

    #[test]
    fn what_is_written_is_read() {
        let written = write("META-INF/signature001.p7s", "a/b", &references());
        assert_eq!(read(&written, "META-INF/signature001.p7s", "a/b"), Ok(references()));
    }

    #[test]
    fn every_changed_octet_is_a_fault_or_another_value() {
        let written = write("META-INF/signature001.p7s", "a/b", &references());
        for place in 0..written.len() {
            for octet in [b'"', b'<', b'&', b' ', b'A', 0, 0xff, written[place] ^ 1] {
                let mut changed = written.clone();
                changed[place] = octet;
                let read = read(&changed, "META-INF/signature001.p7s", "a/b");
                assert!(changed == written || read != Ok(references()), "octet {place}");
            }
            assert!(read(&written[..place], "META-INF/signature001.p7s", "a/b").is_err());
        }
    }

    #[test]
    fn each_fault_has_its_name_and_place() {
        let guard = "META-INF/signature001.p7s";
        let good = String::from_utf8(write(guard, "a/b", &references())).unwrap();
        let place = |text: &str| good.find(text).unwrap();
        let fault = |changed: &str| read(changed.as_bytes(), guard, "a/b").unwrap_err();
        assert_eq!(
            read(good.as_bytes(), "META-INF/timestamp001.tst", "a/b"),
            Err((place(guard), ManifestFault::Reference))
        );
        let first = place(METHOD) + METHOD.len();
        assert_eq!(fault(&good.replacen("xmlenc#sha256", "xmldsig-more#sha224", 1)), (first, ManifestFault::Algorithm));
        let sha512 = write(
            guard,
            "a/b",
            &[references()[0].clone(), {
                Reference { digest: DigestAlgorithm::Sha512.digest(b""), ..references()[1].clone() }
            }],
        );
        let second = place("<DataObjectReference URI=\"letter-1.pdf");
        assert_eq!(read(&sha512, guard, "a/b"), Err((second, ManifestFault::Algorithm)));
        let mut turned = references();
        turned.reverse();
        let turned = write(guard, "a/b", &turned);
        assert_eq!(read(&turned, guard, "a/b").unwrap_err().1, ManifestFault::Order);
        let value = place("<ds:DigestValue>") + "<ds:DigestValue>".len();
        let mut short = good.clone();
        short.replace_range(value..value + 4, "");
        assert_eq!(fault(&short), (value, ManifestFault::Digest));
        assert_eq!(fault(&format!("{good} ")), (good.len(), ManifestFault::Form));
        assert_eq!(fault(&good.replace("letter-1.pdf", "letter-1&#46;pdf")).1, ManifestFault::Form);
    }
}
