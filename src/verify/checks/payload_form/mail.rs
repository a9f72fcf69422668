//! Signatures of mail: S/MIME.

use super::form::SignedForm;

/// The most octets of a header that are looked at. Mail servers take no more.
const MAX_HEADER: usize = 64 * 1024;

/// Recognises a mail that is signed as a whole, by the field Content-Type of its own header: multipart/signed, or
/// application/pkcs7-mime that says it holds a SignedData ([RFC 8551 §3.5](https://www.rfc-editor.org/rfc/rfc8551#section-3.5)).
pub(super) fn signed(payload: &[u8]) -> Option<SignedForm> {
    let content_type = content_type(payload.get(..MAX_HEADER).unwrap_or(payload))?;
    let (media_type, parameters) = content_type.split_once(';')?;
    // A parameter may be quoted, and a media type may have the prefix of the time before it was registered.
    let is = |name: &str, values: &[&str]| {
        parameters.split(';').filter_map(|parameter| parameter.split_once('=')).any(|(parameter, value)| {
            let value = value.trim().trim_matches('"').to_ascii_lowercase();
            parameter.trim().eq_ignore_ascii_case(name) && values.contains(&value.as_str())
        })
    };
    match media_type.trim().to_ascii_lowercase().as_str() {
        "multipart/signed" => is("protocol", &["application/pkcs7-signature", "application/x-pkcs7-signature"])
            .then_some(SignedForm::Mail),
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            is("smime-type", &["signed-data"]).then_some(SignedForm::Mail)
        }
        _ => None,
    }
}

/// Returns the field Content-Type of the header that the payload begins with, its lines joined
/// ([RFC 5322 §2.2](https://www.rfc-editor.org/rfc/rfc5322#section-2.2)); `None` for what begins with no header.
fn content_type(payload: &[u8]) -> Option<String> {
    let mut found: Option<Vec<u8>> = None;
    for (index, line) in payload.split(|octet| *octet == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let is_continued = line.first().is_some_and(|octet| matches!(octet, b' ' | b'\t'));
        match &mut found {
            Some(value) if is_continued => value.extend_from_slice(line),
            Some(_) => break,
            // A first line that continues nothing, an empty one, and one that is no field end a header.
            None if is_continued && index > 0 => {}
            None => {
                let colon = line.iter().position(|octet| *octet == b':')?;
                let (name, value) = line.split_at_checked(colon)?;
                if name.is_empty() || !name.iter().all(u8::is_ascii_graphic) {
                    return None;
                }
                if name.eq_ignore_ascii_case(b"Content-Type") {
                    found = Some(value.get(1..)?.to_vec());
                }
            }
        }
    }
    String::from_utf8(found?).ok()
}
