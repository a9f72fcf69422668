//! Signatures in JSON: JAdES, and others of JWS.

use base64ct::{Base64UrlUnpadded, Encoding};

use super::form::SignedForm;

/// The most octets of a protected header that is looked at. A header with a chain of certificates has some 20 000.
const MAX_HEADER: usize = 256 * 1024;

/// The members that only headers of JAdES have (ETSI TS 119 182-1 V1.2.1, clauses 5.1 and 5.2).
const OF_JADES: [&[u8]; 8] = [b"sigT", b"x5t#o", b"sigX5ts", b"srCms", b"sigPl", b"srAts", b"adoTst", b"sigD"];

/// The time that a newer one claims in the place of sigT, and the certificate beside it or its digest (clause 5.1). Headers of
/// other signatures have the one or the other.
const CLAIMED_TIME: &[u8] = b"iat";
const OF_CERTIFICATE: [&[u8]; 2] = [b"x5t#S256", b"x5c"];

/// Recognises a signature in one of the serializations of [RFC 7515 §7](https://www.rfc-editor.org/rfc/rfc7515#section-7).
pub(super) fn signed(payload: &[u8]) -> Option<SignedForm> {
    match payload.trim_ascii().split_first()? {
        (b'{', _) => in_json(payload.trim_ascii()),
        // The base64url of a brace and a quotation mark.
        (b'e', _) => compact(payload.trim_ascii()),
        _ => None,
    }
}

/// The compact serialization: header, payload and signature between full stops. The payload is empty where it is elsewhere.
fn compact(payload: &[u8]) -> Option<SignedForm> {
    let mut fields = payload.split(|octet| *octet == b'.');
    let (header, content, signature) = (fields.next()?, fields.next()?, fields.next()?);
    let is_text = |field: &[u8]| field.iter().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(octet));
    if fields.next().is_some() || signature.is_empty() || !is_text(content) || !is_text(signature) {
        return None;
    }
    form_of_header(header)
}

/// Returns the form that a protected header shows; `None` for what is no header of a signature.
fn form_of_header(header: &[u8]) -> Option<SignedForm> {
    let header = core::str::from_utf8(header).ok().filter(|header| header.len() <= MAX_HEADER)?;
    let header = Base64UrlUnpadded::decode_vec(header).ok()?;
    let names: Vec<&[u8]> = Members::of(&header).filter(|member| member.depth == 1).map(|member| member.name).collect();
    let has_algorithm = names.contains(&b"alg".as_slice());
    let has_one_of = |members: &[&[u8]]| names.iter().any(|name| members.contains(name));
    let is_of_jades = has_one_of(&OF_JADES) || (names.contains(&CLAIMED_TIME) && has_one_of(&OF_CERTIFICATE));
    has_algorithm.then_some(if is_of_jades { SignedForm::Jades } else { SignedForm::Jws })
}

/// The JSON serializations, general and flattened: a signature with its protected header, in an array or alone. The text is passed
/// once and not parsed; only the names of members and their depth count.
fn in_json(payload: &[u8]) -> Option<SignedForm> {
    let (mut has_array, mut header, mut has_signature) = (false, None, false);
    for Member { depth, name, value } in Members::of(payload) {
        match (depth, name) {
            (1, b"signatures") => has_array = true,
            // In the general form the members stand in an object of the array.
            (1, b"protected") => header = header.or_else(|| form_of_header(value)),
            (3, b"protected") if has_array => header = header.or_else(|| form_of_header(value)),
            (1, b"signature") => has_signature = true,
            (3, b"signature") if has_array => has_signature = true,
            _ => {}
        }
    }
    header.filter(|_| has_signature)
}

/// A member of an object whose value is a string, or is empty where it is none. The depth counts objects and arrays around it.
struct Member<'a> {
    depth: usize,
    name: &'a [u8],
    value: &'a [u8],
}

/// The members of a JSON text, in their order.
struct Members<'a> {
    rest: &'a [u8],
    depth: usize,
}

impl<'a> Members<'a> {
    fn of(text: &'a [u8]) -> Self {
        Self { rest: text, depth: 0 }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    /// Goes on behind the name of the member, so that those of an object in its value come next.
    fn next(&mut self) -> Option<Member<'a>> {
        loop {
            let (octet, after) = self.rest.split_first()?;
            self.rest = after;
            match octet {
                b'{' | b'[' => self.depth = self.depth.saturating_add(1),
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                b'"' => {
                    let (name, after) = string(after)?;
                    self.rest = after;
                    if let Some(value) = after.trim_ascii_start().strip_prefix(b":") {
                        let value = value.trim_ascii_start().strip_prefix(b"\"").and_then(string);
                        let value = value.map_or(b"".as_slice(), |(value, _)| value);
                        return Some(Member { depth: self.depth, name, value });
                    }
                }
                _ => {}
            }
        }
    }
}

/// Returns a string that began before, as it is written, and what follows it.
fn string(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut is_escaped = false;
    let end = octets.iter().position(|octet| {
        let ends = *octet == b'"' && !is_escaped;
        is_escaped = *octet == b'\\' && !is_escaped;
        ends
    })?;
    let (string, rest) = octets.split_at_checked(end)?;
    Some((string, rest.get(1..)?))
}
