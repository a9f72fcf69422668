//! Certificates, trust anchors, and certification paths validated AT a time.
//!
//! [`Certificate`] reads what is there, however unusual; [`validate_path`] decides whether it may be relied on. The
//! rules are those of [RFC 5280 §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1), the anchors' limits those of
//! RFC 5937. Revocation is asked about separately: [`revocation::check_revocation`].

mod anchors;
mod certificate;
#[cfg(test)]
mod certificate_tests;
mod chain;
mod describe;
mod extensions;
mod known;
pub mod limits;
#[cfg(test)]
mod made;
mod names;
mod path;
mod pem;
pub mod revocation;
mod usage;

pub use anchors::TrustAnchors;
pub use certificate::{Certificate, CertificateError};
pub(crate) use chain::{Candidates, ChainValidator, Strength, note_valid};
pub(crate) use describe::name as describe_name;
pub use extensions::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, Extension, KeyUsage, PrivateKeyUsagePeriod, QcStatement,
};
pub(crate) use known::KnownCertificates;
pub use path::{
    PathConstraint, PathError, PathNote, PathRequest, PolicyInputs, SearchLimit, SignatureBudget, Unreadable,
    ValidatedPath, validate_path,
};
