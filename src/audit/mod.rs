//! Audit trails: records of what a party did and saw, in lines that anybody can read and nobody can change unseen.
//!
//! A trail is a file of lines. Each line is a [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md)
//! event in JSON, whose data follow a closed schema. Each line has the next number of its source and the SHA-256 of the line
//! before it, so that a line that is changed, left out, doubled or moved shows. The manual's chapter `audit` has the format.
//!
//! A [`Record`] is what happened, and a [`Trail`] gives it its place and makes it durable. [`LineReader`] reads the lines of anybody's trail in constant memory, and says of each how it
//! follows the one before it.

#![deny(clippy::wildcard_enum_match_arm)]

mod action;
mod actor;
mod chain;
mod details;
mod digest;
mod disclosure;
mod end;
mod erase;
mod export;
#[cfg(feature = "fs")]
mod folder;
mod held;
mod kind;
pub mod limits;
mod line;
mod logged;
mod manifest;
mod part;
mod progress;
mod proof;
mod reconstruct;
mod record;
mod record_error;
mod sealed;
mod selection;
mod sequence;
mod sink;
mod source;
mod text;
mod time;
mod trail;
mod trail_error;
mod words;

pub use action::{Action, Outcome, Status};
pub use actor::Actor;
pub use chain::{Chain, Link, Order};
pub use details::Details;
pub use digest::AuditDigest;
pub use disclosure::{ActorDisclosure, export_of_person};
pub use end::TrailEnd;
pub use erase::{EraseError, Erased, Erasure, erase};
pub use export::{ExportError, export};
#[cfg(feature = "fs")]
pub use folder::{Commit, FolderError, OpenedTrail, TrailFolder};
pub use kind::{Kind, Member};
pub use line::{BatchReader, Content, Entry, LeftOut, Line, LineFault, LineReader, UnreadableLine};
pub use manifest::{Manifest, ManifestFault, Persons, SelectionSummary};
pub use part::Part;
pub use proof::ProofReference;
pub use reconstruct::{
    Account, Clock, ClockOfTrail, ClockReference, ClockSection, ConflictEntry, ConflictKind, EXPECTED_RECORDS,
    ExpectedRecord, Export, Fact, FactStanding, LaidTo, ManifestMember, MissingEntry, NamedProof, NotCovered,
    NotTakenEntry, PartySummary, Reconstruction, ReconstructionError, ReconstructionPolicy, ReconstructionVerdict,
    RecordForm, RecordSeal, RecordedBy, Role, Summary, TimelineEntry, TrailFault, TrailFaultKind, TrailReport,
    UncoveredEntry, UnusedExport,
};
pub use record::{Occurrence, Record};
pub use record_error::RecordError;
pub use sealed::{ManifestError, ManifestSealError, VerifiedManifest};
pub use selection::{Selection, Span};
pub use sequence::{LineHash, Sequence};
pub use sink::{Flushed, Sink};
pub use source::Source;
pub use trail::Trail;
pub use trail_error::TrailError;
pub use words::{
    Channel, Classification, ClockState, Consent, DeletionReason, EngineEvent, IdentityFlag, MandateChange, Side,
};
