//! This module holds the trust anchors and what a verifier keeps about the paths to them.

mod anchors;
mod chain;
mod known;
mod remembered;
mod standing;
mod strength;

pub use anchors::TrustAnchors;
pub(crate) use chain::{ChainValidator, note_refused, note_valid};
pub(crate) use known::KnownCertificates;
pub(crate) use standing::LocatedStanding;
pub(crate) use strength::Strength;
