//! This module reads certificates and validates certification paths to trust anchors AT a given time.
//!
//! [`Certificate`] reads any certificate, however unusual, and [`validate_path`] decides if a verifier may rely on it.
//! The rules are those of [RFC 5280 §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1). RFC 5937 defines how the
//! anchors limit a path. [`revocation::check_revocation`] checks the revocation status separately.

mod anchors;
mod certificate;
mod chain;
mod known;
pub mod limits;
#[cfg(test)]
mod made;
mod path;
pub mod revocation;

pub use anchors::TrustAnchors;
pub(crate) use certificate::describe_name;
pub use certificate::{
    AuthorityKeyIdentifier, BasicConstraints, Certificate, CertificateError, ExtendedKeyUsage, Extension, KeyUsage,
    PrivateKeyUsagePeriod, QcStatement,
};
pub(crate) use chain::{Candidates, ChainValidator, Strength, note_valid};
pub(crate) use known::KnownCertificates;
pub use path::{
    PathConstraint, PathError, PathNote, PathRequest, PolicyInputs, SearchLimit, SignatureBudget, Unreadable,
    ValidatedPath, validate_path,
};
