#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod addressee;
mod algorithm;
mod bound_key;
mod content;
mod envelope;
mod error;
mod identify;
mod key_agreement;
mod key_transport;
pub mod limits;
mod oid;
mod open;
mod recipient;
mod sizes;

pub use addressee::{Addressee, SenderOf, Trust};
pub use envelope::Envelope;
pub use error::{AddresseeError, EnvelopeError, OpenError, RecipientError};
pub use open::{open, open_legacy};
pub use recipient::Recipient;
