//! A proof of a log that the caller gives beside a proof.

use std::fmt;

use recommande_tlog::proof::{TlogProof, TlogProofError};

/// The octets of a `.tlog-proof`, and what they say.
pub(super) struct GivenLogProof {
    received: Vec<u8>,
    read: Result<TlogProof, TlogProofError>,
}

impl GivenLogProof {
    pub(super) fn new(received: Vec<u8>) -> Self {
        let read = TlogProof::parse(&received);
        Self { received, read }
    }

    /// The octets as they were given.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.received
    }

    pub(super) fn read(&self) -> Result<&TlogProof, &TlogProofError> {
        self.read.as_ref()
    }
}

impl fmt::Debug for GivenLogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenLogProof({} octets)", self.received.len())
    }
}
