//! What trails and proofs come to for one message.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::conflict::ConflictKind;
use super::expected::ExpectedRecord;
use super::fact::Fact;
use super::fault::LaidTo;
use super::missing_reason::NotCovered;
use super::serial;
use super::standing::{FactStanding, ReconstructionVerdict};
use crate::audit::{Kind, Outcome, Sequence};
use crate::evidence::Event;
use crate::life::{CaseVerdict, Claim, Letter};
use crate::seal::ProofId;

/// A message as its proofs and the trails of the parties tell of it.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Account {
    /// The identifier of the message. One of a proof that may name a person is neither in the text of the account nor in its JSON.
    #[serde(serialize_with = "serial::message")]
    pub message: Arc<str>,
    /// What the proofs alone come to: the state for each recipient. There are several where several services took charge.
    #[serde(serialize_with = "serial::letters")]
    pub letters: Vec<Letter>,
    /// Proofs that did not verify. The position of the file says nothing here.
    pub claims: Vec<Claim>,
    /// What happened, in the order of its times.
    pub timeline: Vec<TimelineEntry>,
    /// Records that must be there and are not, though the trail covers the time.
    pub missing: Vec<MissingEntry>,
    /// Records of which the trails at hand do not show if they are there.
    pub not_covered: Vec<UncoveredEntry>,
    /// The trails with more records of the message than are taken. The account is never complete then.
    pub not_taken: Vec<NotTakenEntry>,
    /// The verdict.
    pub verdict: ReconstructionVerdict,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TimelineEntry {
    /// What it is about.
    pub fact: Fact,
    /// The event, where a proof or a record names it.
    #[serde(serialize_with = "serial::text_if_any")]
    pub event: Option<Event>,
    /// When it happened: as the proof states, or as the first record says whose clock is not off.
    pub at: DateTime<Utc>,
    /// The time at which its proof is proven to have existed, so that it had happened by then.
    pub proven_by: Option<DateTime<Utc>>,
    /// How sure it is.
    pub standing: FactStanding,
    /// The proof that states it, or that records name for it.
    pub proof: Option<NamedProof>,
    /// The records that count, or all where none does, tell that it was done and not only tried.
    #[serde(skip)]
    pub(super) is_told_done: bool,
    /// The records of it. A proven entry without one is recorded by nobody.
    pub records: Vec<RecordedBy>,
    /// What the records say against each other or against the proof.
    pub conflicts: Vec<ConflictEntry>,
}

/// A proof on a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamedProof {
    /// It is at hand, and its seal holds.
    AtHand(ProofId),
    /// Records name it by this SHA-256, and it is not at hand or did not verify.
    NotAtHand([u8; 32]),
    /// Records name it by this SHA-256, and it is at hand and about another message.
    OfAnotherMessage([u8; 32]),
}

/// A record of something that happened.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedBy {
    /// The URN of the source.
    #[serde(serialize_with = "serial::text")]
    pub source: Arc<str>,
    /// The number of the line.
    #[serde(serialize_with = "serial::sequence")]
    pub sequence: Sequence,
    /// The kind of the record.
    #[serde(serialize_with = "serial::text")]
    pub kind: Kind,
    /// The method and the template of the action.
    #[serde(serialize_with = "serial::text_if_any")]
    pub action: Option<Arc<str>>,
    /// What came of it.
    #[serde(serialize_with = "serial::text_if_any")]
    pub outcome: Option<Outcome>,
    /// When it happened, by the clock of the source.
    pub at: DateTime<Utc>,
    /// When it was recorded, by the same clock.
    pub recorded: DateTime<Utc>,
    /// Who answers for the line.
    pub seal: RecordSeal,
}

/// Who answers for a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RecordSeal {
    /// The party sealed the line.
    Sealed,
    /// The party sealed the line, and another in its place. It attests nothing.
    Contradicted,
    /// Nobody sealed the line.
    Unsealed,
}

/// A conflict on a timeline.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ConflictEntry {
    /// What kind of conflict it is.
    pub kind: ConflictKind,
    /// The URNs of the sources that contradict each other; one where a record contradicts the proof.
    #[serde(serialize_with = "serial::texts")]
    pub between: Vec<Arc<str>>,
    /// To whom it is laid.
    pub laid_to: LaidTo,
}

/// A record that a party must hold and that is not in its trail.
///
/// It blames nobody: the party may have left it out, or others may have invented what it would tell of. The entry of the timeline
/// says what stands behind that.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MissingEntry {
    /// The row of the table.
    pub expected: ExpectedRecord,
    /// The party.
    #[serde(serialize_with = "serial::text")]
    pub party: Arc<str>,
    /// The index of the entry on the timeline.
    pub entry: usize,
}

/// A record of which the trails at hand do not show if the party holds it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UncoveredEntry {
    /// The row of the table.
    pub expected: ExpectedRecord,
    /// The party; `None` where it is not known who has the role.
    #[serde(serialize_with = "serial::text_if_any")]
    pub party: Option<Arc<str>>,
    /// The index of the entry on the timeline.
    pub entry: usize,
    /// Why nobody can tell.
    pub reason: NotCovered,
}

/// A trail with so many records of a message that some are not taken.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotTakenEntry {
    /// The URN of the source.
    #[serde(serialize_with = "serial::text")]
    pub source: Arc<str>,
    /// The number of its records that are not taken: the last ones.
    pub records: u64,
}

impl Account {
    /// Returns the entries that are proven and that nobody recorded.
    pub fn unrecorded(&self) -> impl Iterator<Item = &TimelineEntry> {
        self.timeline.iter().filter(|entry| entry.standing == FactStanding::Proven && entry.records.is_empty())
    }

    /// Returns the entries that are recorded and that no proof at hand proves, though there is a proof of such events: those of which an
    /// event is named, and those told as done of a submission, an availability or an opening where none of that fact is proven.
    pub fn unproven(&self) -> impl Iterator<Item = &TimelineEntry> {
        let is_proven = |entry: &&TimelineEntry| entry.standing == FactStanding::Proven;
        let proven: BTreeSet<Fact> = self.timeline.iter().filter(is_proven).map(|entry| entry.fact).collect();
        self.timeline.iter().filter(|entry| entry.standing != FactStanding::Proven).filter(move |entry| {
            let has_proof = matches!(entry.fact, Fact::Submission | Fact::Available | Fact::Opened);
            let is_open = has_proof && !proven.contains(&entry.fact) && entry.is_told_done;
            entry.event.is_some() || is_open
        })
    }

    /// The verdict by all that was found.
    ///
    /// Where proofs inside of records were not taken, nobody knows if they would contradict something.
    pub(super) fn judge(&self, proofs_not_taken: u64) -> ReconstructionVerdict {
        let cases = || self.letters.iter().flat_map(|letter| &letter.cases);
        let is_contradicted =
            cases().any(|case| case.as_ref().is_ok_and(|case| matches!(case.verdict, CaseVerdict::Contradicted(_))));
        let is_disputed = self.timeline.iter().any(|entry| !entry.conflicts.is_empty());
        if is_contradicted || is_disputed {
            return ReconstructionVerdict::Contradicted;
        }
        let is_proven = cases().next().is_some()
            && cases().all(|case| case.as_ref().is_ok_and(|case| matches!(case.verdict, CaseVerdict::Proven(_))));
        let is_attested = self.timeline.iter().any(|entry| entry.standing >= FactStanding::Attested);
        // What sealed records tell of beyond the proven state has no proof. What nobody sealed changes nothing, or else anybody
        // could take the verdict away.
        let is_unproven = self.unproven().any(|entry| entry.standing != FactStanding::Claimed);
        let is_all_taken = self.not_taken.is_empty() && proofs_not_taken == 0;
        let is_open = !self.missing.is_empty() || !self.not_covered.is_empty() || !is_all_taken;
        let has_gaps = is_open || is_unproven;
        match (is_proven, is_attested) {
            (true, _) if has_gaps => ReconstructionVerdict::ProvenWithGaps,
            (true, _) => ReconstructionVerdict::Complete,
            (false, true) => ReconstructionVerdict::AttestedOnly,
            (false, false) => ReconstructionVerdict::Insufficient,
        }
    }
}
