//! Defines detached signatures over the payload itself.

use std::fmt;

use super::envelope::OpenEnvelope;
use super::error::{DecodeError, ProfileViolation};
use super::unstamped::{Internal, sealed};
use super::{Artifact, Envelope};

/// A detached CAdES signature over a payload (`.p7s`), which is made from the digest of the payload.
#[derive(Clone, PartialEq, Eq)]
pub struct PayloadSignature(Envelope);

impl PayloadSignature {
    pub(super) fn sealed(envelope: Envelope) -> Self {
        Self(envelope)
    }
}

impl sealed::Sealed for PayloadSignature {}

impl Artifact for PayloadSignature {
    fn from_envelope(envelope: Envelope, _: Internal) -> Result<Self, DecodeError> {
        check_detached(&envelope.open()?)?;
        Ok(Self(envelope))
    }

    fn envelope(&self, _: Internal) -> &Envelope {
        &self.0
    }

    fn with_envelope(self, envelope: Envelope, _: Internal) -> Self {
        Self(envelope)
    }
}

/// Checks that the content is not inside (RFC 5652 §5.2). A payload in the file could be another one than the caller's.
pub(super) fn check_detached(open: &OpenEnvelope<'_>) -> Result<(), DecodeError> {
    match open.content {
        None => Ok(()),
        Some(_) => Err(ProfileViolation::ContentAttached.into()),
    }
}

impl fmt::Debug for PayloadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PayloadSignature({} octets)", self.der().len())
    }
}
