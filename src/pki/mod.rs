//! Certificates, trust anchors, and certification paths validated AT a time.

mod anchors;
mod certificate;
#[cfg(test)]
mod corpus;
mod describe;
mod extensions;
pub mod limits;
mod names;
mod pem;

pub use anchors::TrustAnchors;
pub use certificate::{Certificate, CertificateError};
pub use extensions::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, Extension, KeyUsage, PrivateKeyUsagePeriod, QcStatement,
};
