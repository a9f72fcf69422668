//! The forms of texts that several members share.

use super::error::EvidenceError;
use super::limits::{MAX_IDENTIFIER, MAX_URI};
use crate::text::has_hidden;

/// Checks that a text has 1 to `limit` characters, no control characters, and no characters that a reader does not see or
/// that change the order of others. Those would change how a report prints, and one name would read as another.
pub(super) fn text(what: &'static str, text: &str, limit: usize) -> Result<String, EvidenceError> {
    if text.is_empty() {
        return Err(EvidenceError::Empty(what));
    }
    // A character takes one octet or more, so that the characters need not be counted when the octets fit.
    if text.len() > limit && text.chars().nth(limit).is_some() {
        return Err(EvidenceError::TooLong { what, limit });
    }
    // Most texts are ASCII: whether one octet is no printable ASCII is found without branches.
    let printable = text.bytes().fold(true, |printable, octet| printable & (0x20..0x7f).contains(&octet));
    if !printable && text.chars().any(char::is_control) {
        return Err(EvidenceError::ControlCharacter(what));
    }
    if !printable && has_hidden(text) {
        return Err(EvidenceError::HiddenCharacter(what));
    }
    Ok(text.to_owned())
}

/// Checks that a text is an absolute URI (RFC 3986 §3), without IP literals.
pub(super) fn uri(what: &'static str, input: &str) -> Result<String, EvidenceError> {
    let uri = text(what, input, MAX_URI)?;
    if is_uri(&uri) { Ok(uri) } else { Err(EvidenceError::Uri(what)) }
}

/// The octets that stand for themselves in a URI (RFC 3986 §2.2 and §2.3), but for `#`, `[` and `]`.
const IN_URI: [bool; 256] = {
    let mut octets = [false; 256];
    let mut octet = 0_u8;
    while octet < u8::MAX {
        octets[octet as usize] = octet.is_ascii_alphanumeric()
            || matches!(octet, b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'@' | b'!' | b'$' | b'&' | b'\'')
            || matches!(octet, b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=');
        octet += 1;
    }
    octets
};

fn is_uri(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once(':') else { return false };
    let scheme_fits = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    if !scheme_fits || rest.is_empty() {
        return false;
    }
    let mut octets = rest.bytes();
    let mut fragment = false;
    while let Some(octet) = octets.next() {
        // Nearly all octets stand for themselves.
        if IN_URI.get(usize::from(octet)).copied().unwrap_or_default() {
            continue;
        }
        let fits = match octet {
            b'%' => [octets.next(), octets.next()].iter().all(|hex| hex.is_some_and(|h| h.is_ascii_hexdigit())),
            b'#' => !std::mem::replace(&mut fragment, true),
            _ => false,
        };
        if !fits {
            return false;
        }
    }
    match rest.strip_prefix("//") {
        Some(rest) => is_authority(rest.split(['/', '?', '#']).next().unwrap_or_default()),
        None => true,
    }
}

fn is_authority(authority: &str) -> bool {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let at_signs = authority.bytes().filter(|octet| *octet == b'@').count();
    !name.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && at_signs <= 1
}

/// Checks that a text is `type/subtype`, with parameters in printable ASCII (RFC 2045 §5.1, RFC 6838 §4.2).
pub(crate) fn media_type(input: &str) -> Result<String, EvidenceError> {
    let media_type = text("media type", input, MAX_IDENTIFIER)?;
    let (essence, parameters) = media_type.split_once(';').unwrap_or((&media_type, ""));
    let token = |token: &str| {
        !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let fits = essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
    if fits && parameters.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        Ok(media_type)
    } else {
        Err(EvidenceError::MediaType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris() {
        for good in [
            "urn:oasis:names:tc:SAML:2.0:ac:classes:X509",
            "https://example.org:8443/a?b=%20#c",
            "urn:be:fedict:iam:fas:citizen:otp",
        ] {
            assert!(uri("x", good).is_ok(), "{good}");
        }
        for bad in
            ["urn:", "no scheme", "1a:b", "/path", "a:b c", "a:%2", "a:b#c#d", "http://", "http://a:b/", "a:é", "a:[b]"]
        {
            assert_eq!(uri("x", bad), Err(EvidenceError::Uri("x")), "{bad}");
        }
    }

    #[test]
    fn texts() {
        assert!(text("x", &"é".repeat(25), 25).is_ok());
        assert_eq!(text("x", &"é".repeat(26), 25), Err(EvidenceError::TooLong { what: "x", limit: 25 }));
        assert_eq!(text("x", "", 25), Err(EvidenceError::Empty("x")));
        assert_eq!(text("x", "a\u{85}", 25), Err(EvidenceError::ControlCharacter("x")));
        for hidden in ['\u{202e}', '\u{200b}', '\u{2028}', '\u{feff}', '\u{e000}'] {
            assert_eq!(text("x", &format!("a{hidden}b"), 25), Err(EvidenceError::HiddenCharacter("x")));
        }
        assert!(text("x", "علی\u{200c}رضا", 25).is_ok());
    }

    #[test]
    fn media_types() {
        for good in ["application/pdf", "text/plain; charset=utf-8", "application/vnd.oasis.opendocument.text"] {
            assert!(media_type(good).is_ok(), "{good}");
        }
        for bad in ["pdf", "a/", "/b", "a/b/c", "a b/c", "a/b;é"] {
            assert_eq!(media_type(bad), Err(EvidenceError::MediaType), "{bad}");
        }
    }
}
