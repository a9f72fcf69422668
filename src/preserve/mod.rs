//! Preservation: proofs are renewed before the certificates or algorithms of their timestamps end, so that they verify
//! for as long as somebody renews them.
//!
//! [`due`] says when a proof has to be renewed, and why. A [`Renewer`] gives single proofs their next timestamp:
//!
//! ```
//! # use chrono::Utc;
//! # use recommande::rfc3161_client::TsaPool;
//! # use recommande::{Verifier, pki::revocation::RevocationData, verify::Content};
//! use recommande::preserve::{Renewer, due};
//! # fn main() {}
//! # fn renewed(file: &[u8], verifier: &Verifier, tsas: &TsaPool, crls: RevocationData) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
//! let now = Utc::now();
//! let due = due(verifier, file, Content::Attached, now)?;
//! if due.is_some_and(|due| due.is_due(now)) {
//!     return Ok(Renewer::new(verifier).with_revocation(crls).renew(file, Content::Attached, tsas, now)?);
//! }
//! # Ok(file.to_vec())
//! # }
//! ```
//!
//! Between the two steps of a renewal everything can be stored, as between those of sealing:
//!
//! ```text
//! file --Renewer::prepare--> Unrenewed --timestamp_request--> (TSA) --Renewer::attach--> file
//! ```

#![deny(clippy::wildcard_enum_match_arm)]

mod aggregated;
mod batch;
mod choice;
mod due;
mod error;
mod extension;
mod gathering;
mod group;
mod judge;
mod layer;
mod leaves;
mod outcome;
mod parts;
mod rehash;
mod renewer;
mod strength;
mod unrenewed;

pub use batch::BatchRenewal;
pub use due::{Due, due, due_in, due_record, in_order};
pub use error::{NotInGroup, NotInRenewal, NotRenewable, RenewalError};
pub use gathering::{GroupLeaves, Rehash, UnstampedGroup};
pub use group::{Group, GroupError, GroupPart, Missing};
pub use rehash::{BatchRehash, UnstampedRehash};
pub use renewer::Renewer;
pub use unrenewed::Unrenewed;
