//! Writes strings of JSON, of texts without control characters.

/// Appends a string. Only quote and backslash are escaped, since the text holds no control characters.
pub(crate) fn push_string(out: &mut Vec<u8>, text: &str) {
    if !needs_escape(text.as_bytes()) {
        return push_plain(out, text);
    }
    out.push(b'"');
    for &octet in text.as_bytes() {
        if matches!(octet, b'"' | b'\\') {
            out.push(b'\\');
        }
        out.push(octet);
    }
    out.push(b'"');
}

/// Appends a string in which nothing needs an escape, such as a URI.
pub(crate) fn push_plain(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// Blocks of a fixed length are looked through at once, without branches.
fn needs_escape(text: &[u8]) -> bool {
    let special = |any: bool, octet: &u8| any | (*octet == b'"') | (*octet == b'\\');
    let (blocks, rest) = text.as_chunks::<16>();
    blocks.iter().any(|block| block.iter().fold(false, special)) || rest.iter().fold(false, special)
}
