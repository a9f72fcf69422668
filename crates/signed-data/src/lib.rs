#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod algorithm;
mod attributes;
mod ber;
mod choices;
mod error;
mod format;
mod integer;
pub mod limits;
mod oid;
mod oid_buf;
mod signed_data;
mod signer_identifier;
mod signer_info;
mod time;
pub mod tlv;

pub use algorithm::AlgorithmIdentifier;
pub use attributes::{Attribute, AttributeValues, Attributes};
pub use ber::{children, normalize};
pub use choices::{CertificateChoice, RevocationInfoChoice};
pub use error::{Error, ErrorKind};
pub use format::other_format;
pub use oid_buf::OidBuf;
pub use signed_data::{ContentInfo, EncapsulatedContentInfo, SignedData};
pub use signer_identifier::SignerIdentifier;
pub use signer_info::SignerInfo;
pub use time::{Time, TimeCoding, TimeForm};
