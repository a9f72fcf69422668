//! The line of a signature.

use core::fmt;

use super::error::{NoteError, SignatureLineFault};
use super::key::{KEY_ID, KeyId};
use super::name::KeyName;
use crate::limits::MAX_SIGNATURES;
use crate::text::{decode_base64, encode_base64};

/// U+2014 and a space.
const DASH: &str = "\u{2014} ";

/// A signature as it stands in a note: who is said to have signed, and the octets. Nobody has verified it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NoteSignature {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

impl NoteSignature {
    /// For a signature that was made here, which is not empty.
    pub(crate) const fn new(name: KeyName, id: KeyId, signature: Vec<u8>) -> Self {
        Self { name, id, signature }
    }

    /// Returns the stated name of the key.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Returns the stated id of the key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Returns the octets after the id. Those of a cosignature begin with its time.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.signature
    }

    /// Writes the line, with its line feed.
    #[must_use]
    pub fn to_line(&self) -> String {
        let octets = [self.id.as_bytes(), self.signature.as_slice()].concat();
        format!("{DASH}{} {}\n", self.name, encode_base64(&octets))
    }

    /// Reads one line without its line feed.
    fn parse(line: &str) -> Result<Self, SignatureLineFault> {
        let line = line.strip_prefix(DASH).ok_or(SignatureLineFault::Dash)?;
        let (name, signature) = line.split_once(' ').ok_or(SignatureLineFault::Base64)?;
        let name = name.parse().map_err(|_| SignatureLineFault::Name)?;
        let octets = decode_base64(signature).ok_or(SignatureLineFault::Base64)?;
        let (id, signature) = octets.split_first_chunk::<KEY_ID>().ok_or(SignatureLineFault::TooShort)?;
        if signature.is_empty() {
            return Err(SignatureLineFault::TooShort);
        }
        Ok(Self { name, id: KeyId::from_bytes(*id), signature: signature.to_vec() })
    }
}

impl fmt::Debug for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NoteSignature({} {}, {} octets)", self.name, self.id, self.signature.len())
    }
}

/// Reads the lines after the blank line of a note, which are also the answer of a witness.
///
/// # Errors
/// `NoSignatures`, `Unterminated`, `TooManySignatures` and `SignatureLine`.
pub(crate) fn parse_lines(lines: &str) -> Result<Vec<NoteSignature>, NoteError> {
    if lines.is_empty() {
        return Err(NoteError::NoSignatures);
    }
    let lines = lines.strip_suffix('\n').ok_or(NoteError::Unterminated)?;
    let mut signatures = Vec::new();
    for (place, line) in lines.split('\n').enumerate() {
        // Before the line is decoded: ten thousand signatures cost no more than a hundred.
        if place >= MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        let fault = |fault| NoteError::SignatureLine { line: place.saturating_add(1), fault };
        signatures.push(NoteSignature::parse(line).map_err(fault)?);
    }
    Ok(signatures)
}
