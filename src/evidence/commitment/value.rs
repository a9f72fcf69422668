//! The commitment itself, as a text that stands in the place of a value.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::prefixed::{LENGTH, URN, append, append_identifier, append_length};
use super::salt::Salt;
use crate::crypto::{hmac_sha256, is_hmac_sha256};
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::text::ascii;

/// The first text of every message, which keeps a commitment from being a code that the salt makes for anything else.
const LABEL: &str = "recommande commitment v1";

/// The number of characters that 32 octets take in base64url without padding.
const CHARACTERS: usize = 43;

/// What a field that was not disclosed begins with. By chance, a commitment does so once in 2^224 times.
const NOT_DISCLOSED: [u8; 28] = [0; 28];

/// A commitment to one value of one field of one statement. Without the salt nothing is learnt of the value, and with it
/// no other value fits.
///
/// It is HMAC-SHA-256 under the salt of `lp("recommande commitment v1") || lp(EvidenceIdentifier) || lp(path) ||
/// lp(scheme) || lp(value)`, where lp is a length of four octets, big-endian, and the text in UTF-8. Identifier and path
/// keep a disclosure from being moved to another proof or field.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Commitment([u8; 32]);

impl Commitment {
    /// Returns what stands in an opening where the sending commits to a value that nobody disclosed: 28 octets of zero and
    /// a number, which keeps two recipients from being the same. No salt and value are known to lead to it, so no
    /// disclosure fits.
    pub(in crate::evidence) fn not_disclosed(number: u32) -> Self {
        let mut octets = [0; 32];
        octets[NOT_DISCLOSED.len()..].copy_from_slice(&number.to_be_bytes());
        Self(octets)
    }

    /// Says whether nobody disclosed the value to the issuer, who then commits to nothing.
    pub fn is_not_disclosed(&self) -> bool {
        self.0.starts_with(&NOT_DISCLOSED)
    }

    /// Commits to a value. `path` is the JSON Pointer of the field, and `scheme` the URI by which the value is to be
    /// read, empty where there is none.
    pub fn new(salt: &Salt, evidence_identifier: EvidenceIdentifier, path: &str, scheme: &str, value: &str) -> Self {
        let before = before_value(evidence_identifier, path, scheme, value);
        Self(hmac_sha256(salt.as_bytes(), [&before, value.as_bytes()]))
    }

    /// Says whether this is the commitment to the value, in constant time.
    pub fn opens_to(
        &self,
        salt: &Salt,
        evidence_identifier: EvidenceIdentifier,
        path: &str,
        scheme: &str,
        value: &str,
    ) -> bool {
        let before = before_value(evidence_identifier, path, scheme, value);
        is_hmac_sha256(salt.as_bytes(), [&before, value.as_bytes()], &self.0)
    }

    /// Returns the 43 characters that a statement holds.
    pub(crate) fn characters(self) -> [u8; CHARACTERS] {
        let mut characters = [0; CHARACTERS];
        // They have just the room that 32 octets take.
        let _ = URL_SAFE_NO_PAD.encode_slice(self.0, &mut characters);
        characters
    }

    /// Reads a commitment as a statement holds it: canonical base64url without padding, 43 characters. Returns `None`
    /// for any other text.
    pub fn from_base64(text: &str) -> Option<Self> {
        // The decoder asks for room for the octets of whole groups of characters.
        let mut octets = [0; 33];
        let length = URL_SAFE_NO_PAD.decode_slice(text, &mut octets).ok()?;
        octets.get(..length)?.try_into().map(Self).ok()
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ascii(&self.characters()))
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commitment({self})")
    }
}

/// Returns the message up to the value. Of the value it has the length alone, so that nothing of it stays behind.
fn before_value(evidence_identifier: EvidenceIdentifier, path: &str, scheme: &str, value: &str) -> Vec<u8> {
    let texts = [LABEL.len(), URN, path.len(), scheme.len()];
    let mut before = Vec::with_capacity(texts.iter().map(|text| LENGTH + text).sum::<usize>() + LENGTH);
    append(&mut before, LABEL);
    append_identifier(&mut before, evidence_identifier);
    append(&mut before, path);
    append(&mut before, scheme);
    append_length(&mut before, value);
    before
}
