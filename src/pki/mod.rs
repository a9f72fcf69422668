//! This module reads certificates and validates certification paths to trust anchors AT a given time.
//!
//! [`Certificate`] reads any certificate, however unusual, and [`validate_path`] decides if a verifier may rely on it.
//! The rules are those of [RFC 5280 §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1). RFC 5937 defines how the
//! anchors limit a path. [`revocation::check_revocation`] checks the revocation status separately.

#![deny(clippy::wildcard_enum_match_arm)]

mod certificate;
pub mod limits;
mod offered;
mod path;
pub mod revocation;
#[cfg(test)]
mod test_certificates;
mod trust;

pub use certificate::{
    AuthorityKeyIdentifier, BasicConstraints, Certificate, CertificateError, ExtendedKeyUsage, Extension, KeyUsage,
    PrivateKeyUsagePeriod, QcStatement, UnreadableExtension,
};
pub(crate) use certificate::{IssuerName, describe_name};
pub use offered::{Offered, OfferedError};
pub(crate) use path::{CertificatePool, SearchWork, search_path};
pub use path::{
    PathConstraint, PathError, PathNote, PathRequest, PolicyInputs, SearchLimit, Unreadable, ValidatedPath,
    ValidationBudget, validate_path,
};
pub use trust::TrustAnchors;
pub(crate) use trust::{ChainValidator, KnownCertificates, LocatedStanding, Strength, note_refused, note_valid};
