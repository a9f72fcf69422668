//! A borrowed reader of CMS SignedData (RFC 5652), and a BER normaliser for it. No cryptography.
//!
//! A signature is checked over the octets that were signed. So nothing here is decoded into types and encoded again:
//! each part is a slice of the input, next to what it says.
//!
//! ```
//! # fn content_type(received: &[u8]) -> Result<String, signed_data::Error> {
//! let definite = signed_data::normalize(received)?; // BER to definite lengths; borrowed when there is nothing to do
//! let signed_data = signed_data::SignedData::parse(&definite)?;
//! for signer_info in &signed_data.signer_infos {
//!     // What was signed, when there are signed attributes.
//!     let _message = signer_info.signed_attributes.as_ref().map(|attributes| attributes.as_set());
//! }
//! # Ok(signed_data.encap_content_info.content_type.to_string())
//! # }
//! # assert!(content_type(&[]).is_err());
//! ```

mod algorithm;
mod attributes;
mod ber;
mod choices;
mod error;
mod format;
pub mod limits;
mod oid_buf;
mod signed_data;
mod signer_identifier;
mod signer_info;
mod time;
pub mod tlv;

pub use algorithm::AlgorithmIdentifier;
pub use attributes::{Attribute, Attributes};
pub use ber::{children, normalize};
pub use choices::{CertificateChoice, RevocationInfoChoice};
pub use error::{Error, ErrorKind};
pub use format::other_format;
pub use oid_buf::OidBuf;
pub use signed_data::{ContentInfo, EncapsulatedContentInfo, SignedData};
pub use signer_identifier::SignerIdentifier;
pub use signer_info::SignerInfo;
pub use time::{Time, TimeCoding, TimeForm};
