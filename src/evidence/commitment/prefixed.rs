//! Texts one after the other, each with its length before it.

use crate::evidence::identifiers::EvidenceIdentifier;

/// The octets of a length.
pub(super) const LENGTH: usize = 4;

/// Appends the length of a text, as four octets, and the text. Texts that are put together in another way then never
/// give the same octets.
pub(super) fn append(octets: &mut Vec<u8>, text: &str) {
    append_length(octets, text);
    octets.extend_from_slice(text.as_bytes());
}

/// Appends the length of a text alone.
pub(super) fn append_length(octets: &mut Vec<u8>, text: &str) {
    // No text of a statement or a disclosure is as long as 4 GiB.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    octets.extend_from_slice(&length.to_be_bytes());
}

/// The octets of the URN of an evidence identifier.
pub(super) const URN: usize = 45;

/// Appends an evidence identifier as its text.
pub(super) fn append_identifier(octets: &mut Vec<u8>, identifier: EvidenceIdentifier) {
    octets.extend_from_slice(&[0, 0, 0, 45]);
    identifier.write(octets);
}
