//! This module reads certificates, their extensions and their names.

mod chain;
mod der;
mod describe;
mod error;
mod extensions;
mod general_name;
mod identify;
mod names;
mod pem;
mod read;
mod string_value;
#[cfg(test)]
mod tests;
mod uri;
mod usage;
mod x509;

pub(crate) use describe::name as describe_name;
pub use error::CertificateError;
pub use extensions::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, Extension, KeyUsage, PrivateKeyUsagePeriod, QcStatement,
};
pub(super) use general_name::ComparableGeneralName;
pub(crate) use identify::IssuerName;
pub(super) use names::{ComparableName, Position, PreparedName, texts};
pub use read::UnreadableExtension;
pub(super) use read::{Part, range_within};
pub use x509::Certificate;
