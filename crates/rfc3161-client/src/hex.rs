//! Octets as text.

/// Octets in hexadecimal digits, for errors and for Debug.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
