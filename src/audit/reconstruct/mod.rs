//! Trails of several parties, combined with proofs: what happened to each message, and how sure that is.

mod account;
mod answering;
mod authenticate;
mod clock;
mod clock_sections;
mod clocks;
mod collect;
mod compared;
mod conflict;
mod coverage;
mod crowd;
mod debug;
mod differences;
mod embedded;
mod error;
mod estimate_clocks;
mod expected;
mod export;
mod fact;
mod fault;
mod file_of_trail;
mod given;
mod happening;
mod intervals;
mod lowest;
mod missing;
mod missing_reason;
mod observation;
mod offsets;
mod open_file;
mod parts;
mod party;
mod policy;
mod print;
mod proofs;
mod reconstruction;
mod report;
mod seal;
mod sealed_twice;
mod serial;
mod standing;
mod stated;
mod store;
mod summary;
mod take_line;
mod tally;
mod told_clock;
mod trail;

pub use account::{
    Account, ConflictEntry, MissingEntry, NamedProof, NotTakenEntry, RecordSeal, RecordedBy, TimelineEntry,
    UncoveredEntry,
};
pub use clock::{Clock, ClockReference, ClockSection};
pub use conflict::ConflictKind;
pub use error::ReconstructionError;
pub use expected::{EXPECTED_RECORDS, ExpectedRecord, RecordForm, Role};
pub use export::Export;
pub use fact::Fact;
pub use fault::{LaidTo, ManifestMember, TrailFault, TrailFaultKind};
pub use missing_reason::NotCovered;
pub use policy::ReconstructionPolicy;
pub use reconstruction::Reconstruction;
pub use report::{TrailReport, UnusedExport};
pub use standing::{FactStanding, ReconstructionVerdict};
pub use summary::{ClockOfTrail, PartySummary, Summary};
