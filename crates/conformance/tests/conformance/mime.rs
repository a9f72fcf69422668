//! As much of MIME as S/MIME needs (RFC 2045, RFC 2046 §5.1, RFC 8551 §3), and other wrappings of a CMS.

use base64ct::{Base64, Encoding as _};

/// What a mail holds.
pub enum Mail {
    /// multipart/signed: the first part as it is signed, with CRLF at the end of lines, and the second, decoded.
    Signed { content: Vec<u8>, signature: Vec<u8> },
    /// application/pkcs7-mime, decoded.
    Opaque(Vec<u8>),
    /// Its media type.
    Other(String),
}

pub fn read(mail: &[u8]) -> Mail {
    let part = Part::read(mail);
    let media_type = part.media_type();
    match media_type.as_str() {
        "multipart/signed" => part.signed().unwrap_or(Mail::Other(media_type)),
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => Mail::Opaque(part.decoded()),
        _ => Mail::Other(media_type),
    }
}

/// The CMS in DER or BER, PEM or bare base64.
pub fn armour(octets: &[u8]) -> Option<Vec<u8>> {
    if octets.first() == Some(&0x30) {
        return Some(octets.to_vec());
    }
    let text = core::str::from_utf8(octets).ok()?;
    match text.split_once("-----BEGIN ") {
        Some((_, rest)) => {
            let body = rest.split_once("-----")?.1.split_once("-----END ")?.0;
            base64(body.as_bytes())
        }
        None => base64(octets),
    }
}

fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = text.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
    Base64::decode_vec(core::str::from_utf8(&text).ok()?).ok()
}

/// Header fields and body of a message or of one part.
struct Part<'a> {
    /// Names in lower case; folded lines are joined.
    fields: Vec<(String, String)>,
    body: &'a [u8],
}

impl<'a> Part<'a> {
    fn read(octets: &'a [u8]) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut rest = octets;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            rest = after;
            let text = String::from_utf8_lossy(line);
            match (text.trim_end().is_empty(), text.starts_with([' ', '\t']), text.split_once(':')) {
                (true, ..) => break,
                (_, true, _) => {
                    if let Some((_, value)) = fields.last_mut() {
                        value.push_str(&text);
                    }
                }
                (_, _, Some((name, value))) => fields.push((name.trim().to_lowercase(), value.to_owned())),
                (_, _, None) => {}
            }
        }
        Self { fields, body: rest }
    }

    fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    fn media_type(&self) -> String {
        let value = self.field("content-type");
        value.split(';').next().unwrap_or_default().trim().to_lowercase()
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let parameters = self.field("content-type").split(';').skip(1);
        let mut parameters = parameters.filter_map(|parameter| parameter.split_once('='));
        let (_, value) = parameters.find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?;
        Some(value.trim().trim_matches('"').to_owned())
    }

    fn decoded(&self) -> Vec<u8> {
        match self.field("content-transfer-encoding").trim().to_lowercase().as_str() {
            "base64" => base64(self.body).unwrap_or_default(),
            _ => self.body.to_vec(),
        }
    }

    fn signed(&self) -> Option<Mail> {
        let parts = parts(self.body, &self.parameter("boundary")?);
        let [content, signature] = parts.as_slice() else { return None };
        Some(Mail::Signed { content: with_crlf(content), signature: Part::read(signature).decoded() })
    }
}

/// The parts between the delimiters. The line break before a delimiter belongs to it.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let (mut begin, mut at) = (None, 0);
    while at < body.len() {
        let (line, rest) = split_line(&body[at..]);
        let next = body.len() - rest.len();
        let delimiter = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
        if let Some(after) = delimiter.map(<[u8]>::trim_ascii).filter(|after| after.is_empty() || *after == b"--") {
            if let Some(begin) = begin {
                parts.push(without_line_break(&body[begin..at]));
            }
            begin = after.is_empty().then_some(next);
        }
        at = next;
    }
    parts
}

/// A line without its end, and what follows.
fn split_line(octets: &[u8]) -> (&[u8], &[u8]) {
    let end = octets.iter().position(|octet| *octet == b'\n').map_or(octets.len(), |at| at + 1);
    let (line, rest) = octets.split_at(end);
    (without_line_break(line), rest)
}

fn without_line_break(octets: &[u8]) -> &[u8] {
    let octets = octets.strip_suffix(b"\n").unwrap_or(octets);
    octets.strip_suffix(b"\r").unwrap_or(octets)
}

/// The canonical form of text: what is signed.
fn with_crlf(octets: &[u8]) -> Vec<u8> {
    let mut canonical = Vec::with_capacity(octets.len());
    for (index, octet) in octets.iter().enumerate() {
        if *octet == b'\n' && index.checked_sub(1).and_then(|before| octets.get(before)) != Some(&b'\r') {
            canonical.push(b'\r');
        }
        canonical.push(*octet);
    }
    canonical
}
