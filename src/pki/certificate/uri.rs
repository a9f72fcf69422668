//! This module brings URIs into the form in which they are compared (RFC 5280 §7.4, RFC 3986 §6.2).

/// The schemes whose default port RFC 5280 §7.4 asks to be recognised.
const DEFAULT_PORTS: [(&[u8], &[u8]); 4] = [(b"http", b"80"), (b"https", b"443"), (b"ftp", b"21"), (b"ldap", b"389")];

/// Returns the comparable form of a URI: scheme and host in lower case, escapes of unreserved characters resolved, dot
/// segments removed, the default port and an empty path of the known schemes left out or filled in. What is no URI with
/// an authority stays as it is, except for its scheme.
pub(super) fn comparable(uri: &[u8]) -> Vec<u8> {
    let Some((scheme, rest)) = split(uri, b":") else { return uri.to_vec() };
    let is_scheme = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-.".contains(octet);
    if scheme.is_empty() || !scheme.iter().all(is_scheme) {
        return uri.to_vec();
    }
    let scheme = scheme.to_ascii_lowercase();
    let Some(rest) = rest.strip_prefix(b"//") else { return [scheme.as_slice(), b":", &unescaped(rest)].concat() };
    let end = rest.iter().position(|octet| b"/?#".contains(octet)).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    let end = rest.iter().position(|octet| b"?#".contains(octet)).unwrap_or(rest.len());
    let (path, rest) = rest.split_at_checked(end).unwrap_or((rest, &[]));
    let port = DEFAULT_PORTS.iter().find(|(name, _)| *name == scheme).map(|(_, port)| *port);
    let mut path = without_dots(&unescaped(path));
    if path.is_empty() && port.is_some() {
        path.push(b'/');
    }
    [scheme.as_slice(), b"://", &comparable_authority(authority, port), &path, &unescaped(rest)].concat()
}

/// Lowers the host, and leaves out an empty port and the default one.
fn comparable_authority(authority: &[u8], default_port: Option<&[u8]>) -> Vec<u8> {
    let at = authority.iter().rposition(|octet| *octet == b'@').map_or(0, |at| at + 1);
    let (user, host) = authority.split_at_checked(at).unwrap_or((&[], authority));
    // The colons of an IPv6 address stand in brackets.
    let colon = host
        .iter()
        .rposition(|octet| *octet == b':')
        .filter(|colon| host.get(*colon..).is_some_and(|port| port.iter().skip(1).all(u8::is_ascii_digit)));
    let (host, port) = host.split_at_checked(colon.unwrap_or(host.len())).unwrap_or((host, &[]));
    let port = port.strip_prefix(b":").filter(|port| !port.is_empty() && Some(*port) != default_port);
    let port = port.map(|port| [b":", port].concat()).unwrap_or_default();
    [unescaped(user), unescaped(host).to_ascii_lowercase(), port].concat()
}

/// Resolves the escapes of unreserved characters, and writes the other escapes in capitals (RFC 3986 §6.2.2).
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let escape = after.first_chunk::<2>().filter(|_| *first == b'%').and_then(hexadecimal);
        rest = match escape {
            Some(octet) if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) => {
                out.push(octet);
                after.get(2..).unwrap_or_default()
            }
            Some(_) => {
                out.push(*first);
                out.extend(after.iter().take(2).map(u8::to_ascii_uppercase));
                after.get(2..).unwrap_or_default()
            }
            None => {
                out.push(*first);
                after
            }
        };
    }
    out
}

fn hexadecimal(digits: &[u8; 2]) -> Option<u8> {
    let text = core::str::from_utf8(digits).ok().filter(|_| digits.iter().all(u8::is_ascii_hexdigit))?;
    u8::from_str_radix(text, 16).ok()
}

/// Removes the segments `.` and `..` (RFC 3986 §5.2.4).
fn without_dots(path: &[u8]) -> Vec<u8> {
    let Some(path) = path.strip_prefix(b"/") else { return path.to_vec() };
    let mut segments: Vec<&[u8]> = Vec::new();
    let mut ends_open = false;
    for segment in path.split(|octet| *octet == b'/') {
        ends_open = matches!(segment, b"." | b"..");
        match segment {
            b"." => {}
            b".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    if ends_open {
        segments.push(b"");
    }
    [b"/", segments.join(&b"/"[..]).as_slice()].concat()
}

fn split<'a>(text: &'a [u8], separator: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(separator.len()).position(|window| window == separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::comparable;

    #[test]
    fn uris_are_equal_as_rfc_5280_has_it() {
        let equal = |left: &str, right: &str| comparable(left.as_bytes()) == comparable(right.as_bytes());
        for (left, right) in [
            ("http://CRL.Example/a", "HTTP://crl.example/a"),
            ("http://crl.example:80/a", "http://crl.example/a"),
            ("http://crl.example:/a", "http://crl.example/a"),
            ("ldap://dir.example:389/cn=A", "ldap://Dir.example/cn=A"),
            ("https://crl.example", "https://crl.example/"),
            ("http://crl.example/%7ea%2fb", "http://crl.example/~a%2Fb"),
            ("http://crl.example/a/./b/../c", "http://crl.example/a/c"),
            ("http://crl.example/a/..", "http://crl.example/"),
            ("http://u@[2001:DB8::1]:80/", "http://u@[2001:db8::1]/"),
            ("URN:example:a", "urn:example:a"),
        ] {
            assert!(equal(left, right), "{left} {right}");
        }
        for (left, right) in [
            ("http://crl.example/a", "http://crl.example/A"),
            ("http://crl.example/a", "https://crl.example/a"),
            ("http://crl.example:8080/a", "http://crl.example/a"),
            ("http://U@crl.example/", "http://u@crl.example/"),
            ("http://crl.example/a%2Fb", "http://crl.example/a/b"),
            ("http://crl.example/?q=A", "http://crl.example/?q=a"),
            ("http://crl.example/a/", "http://crl.example/a"),
            ("http://[2001:db8::1]/", "http://[2001:db8::2]/"),
            ("other://crl.example:80/", "other://crl.example/"),
        ] {
            assert!(!equal(left, right), "{left} {right}");
        }
        // What is no URI is compared by its octets.
        for text in ["", ":", "/A", "no uri", "%", "http://%", "http://crl.example/%4", "http:", "http://", "http://:"]
        {
            assert!(equal(text, text));
        }
        assert!(!equal("CRL.example", "crl.example"));
    }
}
