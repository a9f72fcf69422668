#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod content;
mod error;
mod file;
pub mod limits;
mod message;
mod party;
mod print;
mod stated;
mod xml;

pub use content::{DISPATCH_NAMESPACE, ReceiptContent, judge};
pub use error::{ReadError, WriteError};
pub use file::{FileDescription, FileLanguage, SignedFile};
pub use message::{Receipt, Status, StatusResponse};
pub use party::{Recipient, Sender};
pub use stated::CONTENT_MEDIA_TYPE;
