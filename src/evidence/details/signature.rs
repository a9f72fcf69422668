//! The recipient's own signature of acceptance.

use std::fmt;

use crate::evidence::error::EvidenceError;
use crate::evidence::limits::MAX_RECIPIENT_SIGNATURE;

/// The recipient's own signature of an acceptance (extension RecipientSignature): a detached CAdES signature over the 32
/// octets of the ProofId of the sending. It carries the recipient's commitment, proof of receipt.
///
/// The library keeps it as it was given. The recipient's certificate has other trust anchors than the seal, so that it is
/// judged with the proof where a verifier of recipients is given
/// ([`Context::with_verifier_of_recipients`](crate::verify::Context::with_verifier_of_recipients)).
#[derive(Clone, PartialEq, Eq)]
pub struct RecipientSignature {
    octets: Vec<u8>,
}

impl RecipientSignature {
    /// Takes the octets of a CMS SignedData, 1 octet to 64 KiB.
    ///
    /// # Errors
    /// [`EvidenceError::RecipientSignature`].
    pub fn new(octets: &[u8]) -> Result<Self, EvidenceError> {
        let fits = (1..=MAX_RECIPIENT_SIGNATURE).contains(&octets.len());
        if fits { Ok(Self { octets: octets.to_vec() }) } else { Err(EvidenceError::RecipientSignature) }
    }

    /// Returns the octets, as they were given.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl fmt::Debug for RecipientSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecipientSignature({} octets)", self.octets.len())
    }
}
