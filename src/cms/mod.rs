//! Writes and checks CAdES baseline signatures (ETSI EN 319 122-1): signed attributes, SignedData, and the checks of
//! one signer.
//!
//! The checks serve seals and timestamp tokens alike: both are CMS signatures with signed attributes.

#![deny(clippy::wildcard_enum_match_arm)]

mod append;
mod archival;
pub(crate) mod archive;
mod attribute_checks;
mod attributes;
mod in_der;
mod level;
mod listed;
mod seal_attributes;
mod signer;
mod signer_check;
mod signing_certificate;
mod standing;
mod strip;
mod write;

pub(crate) use append::{Appendable, Unappendable};
pub(crate) use archival::{Unarchivable, check_archivable, for_archiving, hash_index, with_archive_timestamp};
pub(crate) use attributes::{
    commitment, commitment_type, lenient_signing_time, media_type, signing_time, single_value, stated_value,
};
pub(crate) use in_der::der_without_attributes;
pub use level::BaselineLevel;
pub(crate) use seal_attributes::SignedAttributes;
pub(crate) use signer::{CheckedSigner, check_prepared, check_signer, embedded_certificates};
pub(crate) use signer_check::{ContentDigest, SignerCheck};
pub(crate) use signing_certificate::signer_name;
pub(crate) use standing::{note_standing, note_standing_leading_to};
#[cfg(test)]
pub(crate) use strip::to_der;
pub(crate) use strip::{Lengths, Pieces, is_der, without_attributes};
pub(crate) use write::{
    EncapsulatedContent, SealTemplate, bare, with_material, with_signature, with_unsigned_attribute,
};
