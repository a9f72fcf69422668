//! Verification: one engine for the strict verdict and for the full report.
//!
//! What a verdict rests on, in this order: the shape of the file, the payload's digests (if given), the signed
//! attributes, the seal's signature, the timestamps with their chains at genTime, the seal's chain at the proven time,
//! revocation, the dates of algorithms, the statement's own rules, and the link of an opening to its sending.
//!
//! What is not authenticated, and what taking it out of a proof does to a verdict, is listed in the [crate
//! documentation](crate#what-is-authenticated).

mod archive;
mod case;
mod engine;
mod evidence_records;
mod foreign;
mod held;
mod input;
mod issuer;
mod left_out;
mod level;
pub mod limits;
mod opening;
mod policy;
mod print;
mod report;
mod revocation;
mod statement;
mod timestamps;
mod verified;
mod verifier;

pub use crate::cms::BaselineLevel;
pub use crate::finding::{Code, Finding, Indication, Level, Levels, Outcome, SubIndication, Subject};
pub use foreign::{Content, ContentDigests, Signatures};
pub use input::{GivenContent, Octets, Question, ReplayError, VerificationInput};
pub use opening::Preceding;
pub use policy::{Policy, RevocationRule};
pub use report::{ArtifactKind, CertificateSummary, Deadline, DecidedBy, Report, StatementSummary, TimestampSummary};
pub use timestamps::TimestampKind;
pub use verified::{Payload, Verified, VerifiedSignature, VerifyError};
pub use verifier::Verifier;
