//! The forms in which a payload carries a signature of its own.

mod form;
mod jws;
mod mail;
mod xml;

pub(crate) use form::SignedForm;
use signed_data::{SignedData, normalize};

impl SignedForm {
    /// Recognises the form of a payload; `None` for what carries no signature, or carries it in another form.
    pub(crate) fn of(payload: &[u8]) -> Option<Self> {
        let forms = [cms, asic, xml::signed, jws::signed, mail::signed, pdf];
        forms.into_iter().find_map(|form| form(payload))
    }
}

fn cms(payload: &[u8]) -> Option<SignedForm> {
    // Nearly all payloads are of other forms, and are told by their first octet: a SEQUENCE.
    let normalized = payload.first().filter(|octet| **octet == 0x30).and_then(|_| normalize(payload).ok())?;
    let signed_data = SignedData::parse(&normalized).ok()?;
    let signers = signed_data.signer_infos.len();
    match (signers, signed_data.encap_content_info.content) {
        // A SignedData without signers carries certificates alone.
        (0, _) => None,
        (_, Some(_)) => Some(SignedForm::Cms { signers }),
        (_, None) => Some(SignedForm::DetachedCms { signers }),
    }
}

/// The octets of a ZIP file up to the lengths of its first name and its extra field, without them: the local file header.
const LENGTHS: usize = 26;

/// ETSI EN 319 162-1 V1.1.1, annex A.1: the first entry is `mimetype`, which is not compressed, so that its content stands behind its
/// name.
fn asic(payload: &[u8]) -> Option<SignedForm> {
    let header = payload.strip_prefix(b"PK\x03\x04")?;
    let lengths = header.get(LENGTHS.checked_sub(4)?..)?;
    let (name_length, lengths) = length(lengths)?;
    let (extra_length, rest) = length(lengths)?;
    let (name, rest) = rest.split_at_checked(name_length)?;
    let media_type = rest.get(extra_length..)?;
    let is_of = |name: &[u8]| media_type.starts_with(name);
    match name {
        b"mimetype" if is_of(b"application/vnd.etsi.asic-s+zip") => Some(SignedForm::AsicSimple),
        b"mimetype" if is_of(b"application/vnd.etsi.asic-e+zip") => Some(SignedForm::AsicExtended),
        _ => None,
    }
}

fn length(octets: &[u8]) -> Option<(usize, &[u8])> {
    let (length, rest) = octets.split_first_chunk()?;
    Some((usize::from(u16::from_le_bytes(*length)), rest))
}

/// The octets within which a PDF begins (ISO 32000-1, annex H, note 13).
const PDF_BEGINS_WITHIN: usize = 1024;

/// ISO 32000-1 §12.8.1: a signature dictionary has a ByteRange, which says what of the file is signed. It is never compressed, because
/// the file is read around it.
fn pdf(payload: &[u8]) -> Option<SignedForm> {
    let begin = payload.get(..PDF_BEGINS_WITHIN).unwrap_or(payload);
    let is_pdf = begin.windows(5).any(|window| window == b"%PDF-");
    (is_pdf && payload.split(|octet| *octet == b'/').any(is_byte_range)).then_some(SignedForm::Pdf)
}

/// Tells if a name, with what follows it up to the next one, is a ByteRange with its array.
fn is_byte_range(name: &[u8]) -> bool {
    let value = name.strip_prefix(b"ByteRange");
    let first = value.and_then(|value| value.iter().find(|octet| !octet.is_ascii_whitespace()));
    first == Some(&b'[')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zip(name: &[u8], extra: &[u8], content: &[u8]) -> Vec<u8> {
        let length = |octets: &[u8]| u16::try_from(octets.len()).unwrap().to_le_bytes();
        [b"PK\x03\x04", &[0; 22][..], &length(name), &length(extra), name, extra, content].concat()
    }

    #[test]
    fn a_form_is_recognised_by_what_holds_the_signature() {
        let pdf = |rest: &str| [b"%PDF-1.7\n", rest.as_bytes()].concat();
        for (payload, form) in [
            (zip(b"mimetype", b"", b"application/vnd.etsi.asic-e+zipPK"), Some(SignedForm::AsicExtended)),
            (zip(b"mimetype", b"xx", b"application/vnd.etsi.asic-s+zipPK"), Some(SignedForm::AsicSimple)),
            (zip(b"mimetype", b"", b"application/epub+zip"), None),
            (zip(b"letter.txt", b"", b"application/vnd.etsi.asic-e+zip"), None),
            (pdf("<< /Type /Sig /Contents <00> /ByteRange [0 10 20 30] >>"), Some(SignedForm::Pdf)),
            (pdf("<</ByteRange\r\n[ 0 10 20 30 ]>>"), Some(SignedForm::Pdf)),
            (pdf("(about the key ByteRange [0 1]) /ByteRanges [0] /ByteRange 7"), None),
            (b"/ByteRange [0 1 2 3]".to_vec(), None),
            (b"plain text".to_vec(), None),
            (Vec::new(), None),
        ] {
            assert_eq!(SignedForm::of(&payload), form, "{}", String::from_utf8_lossy(&payload));
        }
    }

    const DSIG: &str = r#"xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#;
    const XADES: &str = r#"xmlns:xades="http://uri.etsi.org/01903/v1.3.2#""#;

    #[test]
    fn a_signature_in_xml_is_recognised_by_its_elements() {
        let enveloped = |inside: &str| format!("<?xml version='1.0'?>\n<letter>{inside}</letter>");
        for (document, form) in [
            (enveloped(&format!("<ds:Signature {DSIG}><ds:Object/></ds:Signature>")), Some(SignedForm::Xml)),
            (
                enveloped(&format!("<ds:Signature {DSIG}><q:QualifyingProperties {XADES}/></ds:Signature>")),
                Some(SignedForm::Xades),
            ),
            (format!("\u{feff}<a {XADES} {DSIG}><Signature/><p {XADES}/></a>"), Some(SignedForm::Xades)),
            (r#"<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/>"#.to_owned(), Some(SignedForm::Xml)),
            // The element of another vocabulary, and words about signatures.
            (enveloped("<Signature>A. Peeters</Signature>"), None),
            (enveloped(&format!("<!-- <ds:Signature {DSIG}/> -->")), None),
            (enveloped(&format!("<![CDATA[<ds:Signature {DSIG}/>]]>")), None),
            (enveloped(&format!("<ds:SignatureValue {DSIG}/>")), None),
            (enveloped(&format!("&lt;ds:Signature {DSIG}&gt;")), None),
            // An element around the signature declares the namespaces, behind a value that ends no tag.
            (
                format!(
                    "<letter a='1 > 0' {DSIG} xmlns:x=\"http://uri.etsi.org/01903/v1.3.2#\"><ds:Signature/></letter>"
                ),
                Some(SignedForm::Xades),
            ),
            (format!("<!-- <ds:Signature {DSIG}/>"), None),
            (format!("text <ds:Signature {DSIG}/>"), None),
        ] {
            assert_eq!(SignedForm::of(document.as_bytes()), form, "{document}");
        }
    }

    #[test]
    fn a_signature_in_json_is_recognised_in_each_serialization() {
        use base64ct::{Base64UrlUnpadded, Encoding};
        let header = |json: &str| Base64UrlUnpadded::encode_string(json.as_bytes());
        let jades = header(r#"{"alg":"ES256","x5t#S256":"AAAA","sigT":"2026-03-02T09:15:04Z"}"#);
        let newer = header(r#"{"alg":"ES256","iat":1772442904,"x5c":["AAAA"]}"#);
        let plain = header(r#"{"alg":"ES256","x5t#S256":"AAAA"}"#);
        let text = header(r#"{"name":"alg"}"#);
        for (payload, form) in [
            (format!("{jades}.bGV0dGVy.c2ln"), Some(SignedForm::Jades)),
            (format!("{newer}.bGV0dGVy.c2ln"), Some(SignedForm::Jades)),
            (format!("{plain}..c2ln\n"), Some(SignedForm::Jws)),
            (format!("{plain}.bGV0dGVy."), None),
            (format!("{plain}.bGV0dGVy.c2ln.more"), None),
            (format!("{text}.bGV0dGVy.c2ln"), None),
            ("example.of.text".to_owned(), None),
            (
                format!(r#"{{"payload":"bGV0dGVy","signatures":[{{"protected":"{jades}","signature":"c2ln"}}]}}"#),
                Some(SignedForm::Jades),
            ),
            (
                format!(r#" {{ "payload" : "e30" , "protected" : "{plain}", "signature":"c2ln" }} "#),
                Some(SignedForm::Jws),
            ),
            // The names elsewhere than a signature has them, or in a text.
            (format!(r#"{{"a":{{"protected":"{plain}","signature":"c2ln"}}}}"#), None),
            (format!(r#"{{"text":"\"protected\":\"{plain}\",\"signature\":1"}}"#), None),
            (format!(r#"{{"protected":"{plain}"}}"#), None),
            (r#"{"signature":"A. Peeters"}"#.to_owned(), None),
            ("[".repeat(100_000), None),
        ] {
            assert_eq!(SignedForm::of(payload.as_bytes()), form, "{}", payload.get(..200).unwrap_or(&payload));
        }
    }

    #[test]
    fn a_signed_mail_is_recognised_by_its_header() {
        let mail = |content_type: &str| format!("From: a@example.org\r\nContent-Type: {content_type}\r\n\r\n--b\r\n");
        for (payload, is_signed) in [
            (mail("multipart/signed; protocol=\"application/pkcs7-signature\";\r\n\tmicalg=sha-256; boundary=b"), true),
            (mail("MULTIPART/Signed;\r\n boundary=b; Protocol=application/x-pkcs7-signature"), true),
            (mail("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m"), true),
            (mail("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"), false),
            (mail("multipart/signed; protocol=\"application/pgp-signature\"; boundary=b"), false),
            (mail("text/plain; charset=utf-8"), false),
            // The header of a part, and a letter about one.
            (mail("text/plain") + "Content-Type: multipart/signed; protocol=application/pkcs7-signature", false),
            ("Dear reader,\nContent-Type: multipart/signed; protocol=application/pkcs7-signature\n".to_owned(), false),
        ] {
            let form = is_signed.then_some(SignedForm::Mail);
            assert_eq!(SignedForm::of(payload.as_bytes()), form, "{payload}");
        }
    }

    #[test]
    fn what_is_cut_short_has_no_form() {
        let container = zip(b"mimetype", b"", b"application/vnd.etsi.asic-e+zip");
        for length in 0..container.len() {
            assert_eq!(SignedForm::of(&container[..length]), None);
        }
        // Lengths that lead out of the file.
        assert_eq!(SignedForm::of(&[b"PK\x03\x04", &[0xff; 40][..]].concat()), None);
        assert_eq!(SignedForm::of(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
    }
}
