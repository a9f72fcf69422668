//! Verification: one engine for the strict verdict and for the full report.
//!
//! What a verdict rests on, in this order: the shape of the file, the payload's digests (if given), the signed
//! attributes, the seal's signature, the timestamps with their chains at genTime, the seal's chain at the proven time,
//! revocation, the dates of algorithms, the statement's own rules, and the link of an opening to its sending.
//!
//! What is not authenticated, and what taking it out of a proof does to a verdict, is listed in the [crate
//! documentation](crate#what-is-authenticated).

#![deny(clippy::wildcard_enum_match_arm)]

mod answer;
mod checks;
mod content;
mod doors;
mod embedded;
mod examine;
mod examined;
mod existence;
mod file;
mod given_log_proof;
mod given_record;
mod known_batches;
mod known_log;
pub mod limits;
mod lone_record;
mod material;
mod octets;
mod opening;
mod order;
mod policy;
mod policy_json;
mod profile;
mod registers;
mod report;
mod revocation_forms;
mod rules;
mod settings;
mod signature;
mod skipped;
mod step;
mod submission;
mod time;
mod verified;

pub use answer::RevocationPlace;
pub use content::{Content, ContentDigests};
pub use doors::{
    ExtractInput, GivenContent, GivenOriginal, GivenParties, GivenProof, GivenSubmission, Question, RegistersInput,
    ReplayError, StoredVerifier, TsaTrial, Verifiable, VerificationInput, Verifier,
};
pub(crate) use doors::{LinkedStatement, code_of_issuer};
pub use examined::TimestampKind;
pub use existence::{ContentPlace, ExistenceSummary, ExistingObject, SignatureScope};
pub use known_log::{KnownLog, NoSuchWitness};
pub use octets::Octets;
pub use policy::Policy;
pub use policy_json::PolicyError;
pub use report::details::{
    AuthenticationSummary, AvailabilitySummary, EvidenceReference, NotificationSummary, PaymentSummary, ReplySummary,
    StatementDetails, SuccessionSummary, TermsSummary, WindowSummary,
};
pub use report::summaries::{
    CountersignatureSummary, MandateSummary, RecordSummary, RevocationAnswer, RevocationKind, RevocationSummary,
};
pub use report::timestamp::TimestampSummary;
pub use report::until::{Deadline, RenewalKind};
pub use report::value::{ArtifactKind, CertificateSummary, DecidedBy, Report, Signatures, StatementSummary};
pub use rules::{
    CheckpointSealRule, LogRule, PastValidation, RevocationRule, RevocationSignerValidity, SecondSealRule,
    TimestampValidity, TsaFreshness, TsaRevocation,
};
pub use settings::Registers;
pub use submission::VerifiedSubmission;
pub use verified::{Context, Payload, Preceding, SendingContext, Verified, VerifiedSignature, VerifyError};

pub use crate::cms::BaselineLevel;
pub use crate::finding::{Code, Finding, Indication, Level, Levels, Outcome, SubIndication, Subject};
pub use crate::pki::revocation::RevocationConflict;
