#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod error;
mod judging;
mod layout;
pub mod limits;
mod manifest;
mod media_type;
mod name;
mod origin;
mod ranges;
mod reading;
mod readme;
mod renewing;
mod report;
mod signable;
mod source;
mod writing;
mod zip;

pub use builder::{DossierBuilder, LetterFiles, ProofFiles};
pub use error::{ManifestFault, ReadError, RenewError, StampError, WriteError, ZipFault};
pub use judging::Verifiers;
pub use layout::Protection;
pub use media_type::{MediaType, NotAMediaType};
pub use name::{AnchorsOf, PartKind, ProofForm, ProofKind, ProofNumber, ReceiptForm};
pub use ranges::{Kept, RangeReader};
pub use reading::{Dossier, Part};
pub use report::{DossierReport, PartReport, PartVerdict};
pub use source::Source;
pub use writing::{ToSign, ToStamp, Writable};
