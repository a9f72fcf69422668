//! A borrowed reader of CMS SignedData (RFC 5652), and a BER normaliser for it.

mod error;
pub mod tlv;

pub use error::{Error, ErrorKind};
