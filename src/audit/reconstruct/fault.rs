//! What is wrong with a trail, and whether the party answers for it.

use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

use super::lowest::Lowest;
use crate::audit::limits::{MAX_FAULTS, MAX_SOURCES};
use crate::audit::{LineFault, ManifestFault, Sequence};

/// Something that is wrong with a trail.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrailFault {
    /// What is wrong.
    pub kind: TrailFaultKind,
    /// Who answers for it.
    pub laid_to: LaidTo,
    /// The name of the export that it is in, if that has one. What several exports show together has none.
    pub export: Option<Arc<str>>,
}

/// Who answers for a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LaidTo {
    /// Nobody: what is not sealed could be anybody's, and lines may be lost or changed on their way.
    Nobody,
    /// The party of the trail: what it sealed contradicts itself or a proof of its own.
    Party,
}

/// A way in which a trail is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrailFaultKind {
    /// The file could not be read to its end.
    ReadFailed(std::io::ErrorKind),
    /// The manifest cannot be read.
    ManifestUnreadable(ManifestFault),
    /// The seal of the manifest did not verify, or is not that of the party. The sentence says why.
    SealNotVerified(String),
    /// The manifest is sealed, and is not about these lines.
    ManifestDiffers(ManifestMember),
    /// Lines between two others are not there.
    Gap {
        /// The first that is not there.
        from: Sequence,
        /// The last that is not there.
        to: Sequence,
    },
    /// A manifest was sealed over lines behind the last one, and they are not there.
    TailNotGiven {
        /// The first that is not there.
        from: Sequence,
        /// The last that is not there.
        to: Sequence,
    },
    /// A line is not the one that the next line was written behind.
    Altered {
        /// The line that was changed.
        at: Sequence,
    },
    /// A line cannot be read.
    Unreadable {
        /// The number of the line in the file, from 1.
        line: u64,
        /// Why it cannot be read.
        fault: LineFault,
    },
    /// A line stands in one file twice.
    Doubled {
        /// The line.
        at: Sequence,
    },
    /// A line stands behind one of a higher number.
    OutOfOrder {
        /// The line.
        at: Sequence,
    },
    /// The party sealed lines, and the lines before them in another export, and nothing that is sealed says which line the first of
    /// these was written behind: it is left out, and its manifest does not name the line before. All lines before it could have been
    /// chained anew since.
    SeamOpen {
        /// The first line behind the seam.
        at: Sequence,
    },
    /// There are different lines of one number, each of which the party sealed.
    TwoHistories {
        /// The first number.
        at: Sequence,
    },
    /// There are different lines of one number, of which the party sealed one at most.
    Copies {
        /// The first number.
        at: Sequence,
    },
    /// Lines of another source stand in the file.
    Interleaved {
        /// The number of the first such line in the file, from 1.
        line: u64,
    },
    /// Lines are of another environment, and not used.
    OtherEnvironment,
    /// A line was recorded earlier than the one before it, and no record says that the clock was set.
    ClockWentBack {
        /// The line.
        at: Sequence,
    },
    /// A record was written later after what it tells of than the delay of the policy, by one clock.
    RecordedLate {
        /// The line.
        at: Sequence,
    },
    /// A record was written after the seal over it was there, so that the clock was ahead.
    RecordedBehindSeal {
        /// The line.
        at: Sequence,
    },
    /// A record holds octets that are no proof.
    NoProof {
        /// The line.
        at: Sequence,
    },
    /// No line says whose trail it is, and no manifest that verified.
    NoSource,
    /// There are more sources than are combined. Those with a sealed manifest come first, and of the others none is used then.
    TooManySources,
}

/// A member of a manifest that differs from the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ManifestMember {
    /// The source.
    Source,
    /// The digest of the export.
    Digest,
    /// The first or the last line.
    Span,
    /// The number of lines, or of those that are left out.
    Count,
    /// The earliest or the latest time of recording.
    Times,
}

impl TrailFaultKind {
    /// Returns the stable name, which programs match.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReadFailed(_) => "read-failed",
            Self::ManifestUnreadable(_) => "manifest-unreadable",
            Self::SealNotVerified(_) => "seal-not-verified",
            Self::ManifestDiffers(_) => "manifest-differs",
            Self::Gap { .. } => "gap",
            Self::TailNotGiven { .. } => "tail-not-given",
            Self::Altered { .. } => "altered",
            Self::SeamOpen { .. } => "seam-open",
            Self::Unreadable { .. } => "unreadable",
            Self::Doubled { .. } => "doubled",
            Self::OutOfOrder { .. } => "out-of-order",
            Self::TwoHistories { .. } => "two-histories",
            Self::Copies { .. } => "copies-differ",
            Self::Interleaved { .. } => "interleaved",
            Self::OtherEnvironment => "other-environment",
            Self::ClockWentBack { .. } => "clock-went-back",
            Self::RecordedLate { .. } => "recorded-late",
            Self::RecordedBehindSeal { .. } => "recorded-behind-seal",
            Self::NoProof { .. } => "no-proof",
            Self::NoSource => "no-source",
            Self::TooManySources => "too-many-sources",
        }
    }

    /// The line that the fault is about, by which faults are listed.
    fn place(&self) -> u64 {
        match self {
            Self::Gap { from: at, .. }
            | Self::TailNotGiven { from: at, .. }
            | Self::Altered { at }
            | Self::SeamOpen { at }
            | Self::Doubled { at }
            | Self::OutOfOrder { at }
            | Self::TwoHistories { at }
            | Self::Copies { at }
            | Self::ClockWentBack { at }
            | Self::RecordedLate { at }
            | Self::RecordedBehindSeal { at }
            | Self::NoProof { at } => at.get(),
            Self::Unreadable { line, .. } | Self::Interleaved { line } => *line,
            Self::ReadFailed(_)
            | Self::ManifestUnreadable(_)
            | Self::SealNotVerified(_)
            | Self::ManifestDiffers(_)
            | Self::OtherEnvironment
            | Self::NoSource
            | Self::TooManySources => 0,
        }
    }
}

impl fmt::Display for TrailFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReadFailed(kind) => write!(f, "the file could not be read to its end: {kind}"),
            Self::ManifestUnreadable(fault) => write!(f, "the manifest cannot be read: {fault}"),
            Self::SealNotVerified(why) => write!(f, "the seal of the manifest did not verify: {why}"),
            Self::ManifestDiffers(member) => write!(f, "the manifest is sealed and not about these lines: {member}"),
            Self::Gap { from, to } => write!(f, "lines {} to {} are not there", from.get(), to.get()),
            Self::TailNotGiven { from, to } => {
                write!(f, "lines {} to {} were sealed and are not there", from.get(), to.get())
            }
            Self::Altered { at } => write!(f, "line {} is not the one that the next was written behind", at.get()),
            Self::SeamOpen { at } => {
                write!(f, "nothing that is sealed says which line was written before line {}", at.get())
            }
            Self::Unreadable { line, fault } => write!(f, "line {line} of the file: {fault}"),
            Self::Doubled { at } => write!(f, "line {} stands there twice", at.get()),
            Self::OutOfOrder { at } => write!(f, "line {} stands behind a later one", at.get()),
            Self::TwoHistories { at } => write!(f, "two different lines {} are sealed", at.get()),
            Self::Copies { at } => {
                write!(f, "line {} differs between copies, of which one at most is sealed", at.get())
            }
            Self::Interleaved { line } => write!(f, "line {line} of the file is of another source"),
            Self::OtherEnvironment => f.write_str("lines are of another environment, and not used"),
            Self::ClockWentBack { at } => {
                write!(f, "line {} was recorded before the one before it, and no record tells of the clock", at.get())
            }
            Self::RecordedLate { at } => {
                write!(f, "line {} was recorded long after the time of what it tells", at.get())
            }
            Self::RecordedBehindSeal { at } => {
                write!(f, "line {} is of a time after that at which the seal over it was there", at.get())
            }
            Self::NoProof { at } => write!(f, "line {} holds octets that are no proof", at.get()),
            Self::NoSource => f.write_str("no line says whose trail it is, and no manifest that verified"),
            Self::TooManySources => write!(f, "there are more than {MAX_SOURCES} sources, and sealed ones come first"),
        }
    }
}

impl fmt::Display for ManifestMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "it is of another source",
            Self::Digest => "the octets of the lines differ",
            Self::Span => "the first or the last line differs",
            Self::Count => "the number of lines differs, or that of the lines that are left out",
            Self::Times => "a line was recorded at another time than from the first to the last that it states",
        })
    }
}

/// What faults are listed by: what the party answers for comes first, then by place and by kind.
type Key = (Reverse<LaidTo>, u64, &'static str, String, Option<Arc<str>>);

/// Faults, of which so many are kept as people read; the others are counted. That the party answers for one is never lost.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    listed: Lowest<Key, TrailFault>,
    /// The name of the export that is read.
    export: Option<Arc<str>>,
    pub(super) is_party_at_fault: bool,
}

impl Default for Faults {
    fn default() -> Self {
        Self { listed: Lowest::up_to(MAX_FAULTS), export: None, is_party_at_fault: false }
    }
}

impl Faults {
    /// Those of an export.
    pub(super) fn of_export(export: Option<Arc<str>>) -> Self {
        Self { export, ..Self::default() }
    }

    /// Notes a fault. To whom it is laid is known by then: a list that is full would lose what is laid to somebody later.
    pub(super) fn note(&mut self, kind: TrailFaultKind, laid_to: LaidTo) {
        self.is_party_at_fault |= laid_to == LaidTo::Party;
        let export = self.export.clone();
        let key = (Reverse(laid_to), kind.place(), kind.name(), kind.to_string(), export.clone());
        self.listed.take(key, TrailFault { kind, laid_to, export }, 1);
    }

    pub(super) fn extend(&mut self, faults: Faults) {
        self.is_party_at_fault |= faults.is_party_at_fault;
        self.listed.extend(faults.listed);
    }

    /// Returns the faults that are listed, in their order, and the number of the others.
    pub(super) fn finish(self) -> (Vec<TrailFault>, u64) {
        self.listed.finish()
    }
}
