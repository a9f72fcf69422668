//! An evidence record that the caller gives by itself.

use std::borrow::Cow;
use std::fmt;

use signed_data::{Error, normalize};

use crate::time::record::EvidenceRecord;

/// An evidence record in its own octets, DER or BER.
#[derive(Clone)]
pub(super) struct GivenRecord<'a> {
    received: Cow<'a, [u8]>,
    /// The record with definite lengths, where that differs.
    definite: Result<Option<Vec<u8>>, Error>,
}

impl<'a> GivenRecord<'a> {
    pub(super) fn new(received: impl Into<Cow<'a, [u8]>>) -> Self {
        let received = received.into();
        let definite = match normalize(&received) {
            Ok(Cow::Borrowed(_)) => Ok(None),
            Ok(Cow::Owned(definite)) => Ok(Some(definite)),
            Err(error) => Err(error),
        };
        Self { received, definite }
    }

    /// The octets as they were given.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.received
    }

    pub(super) fn parse(&self) -> Result<EvidenceRecord<'_>, Error> {
        match &self.definite {
            Ok(None) => EvidenceRecord::parse(&self.received),
            Ok(Some(definite)) => EvidenceRecord::parse(definite)?.with_received(&self.received),
            Err(error) => Err(*error),
        }
    }
}

impl fmt::Debug for GivenRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenRecord({} octets)", self.received.len())
    }
}
