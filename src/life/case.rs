//! What the proofs of a letter come to, for each of its recipients.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::acting::ActingParty;
use super::charge::InCharge;
use super::conflict::{OfLetter, contrary, equivocation};
use super::contradiction::{Contradiction, Severity};
use super::equivocation::Equivocations;
use super::fact::{self, Fact};
use super::fold::{Folded, fold};
use super::foreign_fact::ForeignFact;
use super::foreign_fold::{Matched, OfSubmission, add};
use super::judged::VerifiableUntil;
use super::limits::MAX_PROOFS;
use super::moments::{Milestones, Moments, moments};
use super::regime::{BeyondReach, Regime};
use super::retention::Retention;
use super::side::{OpenedContent, SideFacts};
use super::state::{ServiceWords, State};
use crate::evidence::Statement;
use crate::finding::{Finding, Outcome};
use crate::seal::ProofId;
use crate::verify::StatementDetails;

/// The verdict on a letter for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "state")]
#[non_exhaustive]
pub enum CaseVerdict {
    /// The state is proven, by a proof and all that it follows back to the sending.
    Proven(State),
    /// The state is stated by sealed proofs, and some that they follow are missing ([`Case::missing`]), or it is not decided
    /// whether the sender signed the submission that was given.
    Incomplete(State),
    /// Proofs contradict each other ([`Case::contradictions`]). The state is what they come to in their order.
    Contradicted(State),
    /// No proof says anything about the letter.
    Nothing,
}

/// A sealed statement about the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StatedFact {
    /// The identifier of the sealed statement.
    #[serde(serialize_with = "fact::id")]
    pub proof: ProofId,
    /// The name of the event.
    pub event: &'static str,
    /// The time of the event, as stated.
    pub at: DateTime<Utc>,
    /// The legal name of the service that states it.
    pub service: String,
    /// The party that acted, where one did: the recipient or a delegate who answered or opened, or who sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acted_by: Option<ActingParty>,
    /// Tells if it verified, with all that it follows.
    pub proven: bool,
    /// Tells if it counts for the letter: its service may state it, and it contradicts nothing that it follows.
    pub counts: bool,
    /// The finding that kept it from verifying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// The reasons of the event, as URIs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// What was found of the signatures of the parties, where their verifiers were given ([`Verifiers`](super::Verifiers)): the
    /// sender's of the submission that the sending names, or the recipient's own of an acceptance.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Finding>,
    /// What it says of the event, such as the period for an answer, or the number of a notification. Texts of
    /// whoever states them, such as a channel or a regime, are among them as they are.
    #[serde(skip_serializing_if = "StatementDetails::is_empty")]
    pub details: StatementDetails,
    /// Until when its proof verifies without a renewal.
    #[serde(skip)]
    pub verifiable_until: VerifiableUntil,
}

/// A thing that the proofs at hand do not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Gap {
    /// The content was opened or handed over, and no proof shows that it lay there.
    AvailabilityNotProven,
    /// The recipient has never opened its box, so that nobody can have been told.
    NeverActivated,
    /// The recipient's own signature of an acceptance was kept and not judged, since its certificate has other anchors
    /// ([`Verifiers::with_verifier_of_recipients`](super::Verifiers::with_verifier_of_recipients)).
    RecipientSignatureNotEvaluated,
    /// The sending names a submission that its sender signed, which was not given
    /// ([`Verifiers::with_submissions`](super::Verifiers::with_submissions)).
    SubmissionNotGiven,
    /// It is not decided whether the sender signed the submission that was given, so that no verdict is proven.
    SubmissionNotVerified,
}

impl Gap {
    /// All gaps, in their order.
    pub const ALL: &'static [Self] = &[
        Self::AvailabilityNotProven,
        Self::NeverActivated,
        Self::RecipientSignatureNotEvaluated,
        Self::SubmissionNotGiven,
        Self::SubmissionNotVerified,
    ];
}

/// A proof that another one follows, and that is not at hand or did not verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The identifier of the sealed statement that is missing, as the other one names it.
    pub proof: String,
    /// The identifier of its evidence.
    pub evidence_identifier: String,
    /// The proofs that name it, in the order of their events.
    #[serde(serialize_with = "fact::ids")]
    pub named_by: Vec<ProofId>,
}

/// What the proofs of a letter come to for one recipient.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Case {
    /// The index of the recipient, from 1.
    pub recipient: usize,
    /// The verdict.
    #[serde(flatten)]
    pub verdict: CaseVerdict,
    /// The state that is proven whatever is missing.
    pub proven: State,
    /// The words of the Belgian service for it.
    pub service: ServiceWords,
    /// The proof that entered the state, and all that it follows, back to the sending. Where evidence in a foreign form entered
    /// it ([`Case::foreign`]), they are the proofs of the state before.
    #[serde(serialize_with = "fact::ids")]
    pub grounds: Vec<ProofId>,
    /// The sealed statements about the letter and this recipient, in the order in which it happened. A further proof never
    /// takes one away.
    pub facts: Vec<StatedFact>,
    /// Evidence in the form of another service with the ticket of the letter, and what it counts for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignFact>,
    /// The number of further pieces that do not count and are not listed, since there are so many
    /// ([`MAX_UNCOUNTED`](super::limits::MAX_UNCOUNTED)).
    #[serde(skip_serializing_if = "is_zero")]
    pub more_foreign: usize,
    /// When the letter reached what, by proofs that verified.
    pub milestones: Milestones,
    /// What happened beside the states, by proofs that verified.
    pub side_facts: SideFacts,
    /// The services that were in charge, one after the other.
    pub in_charge: Vec<InCharge>,
    /// The last instant at which the content is available, if a proof states one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_ends: Option<DateTime<Utc>>,
    /// What the proofs at hand do not show.
    pub gaps: Vec<Gap>,
    /// What they say against each other.
    pub contradictions: Vec<Contradiction>,
    /// The proofs that are named and missing.
    pub missing: Vec<Missing>,
}

/// A letter has more proofs about one recipient than a case is made of. What does not verify does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there are more than {MAX_PROOFS} proofs of this message and recipient {recipient}; no case is made of them")]
pub struct TooManyProofs {
    /// The index of the recipient, from 1.
    pub recipient: usize,
}

impl Case {
    /// Returns the state, whatever the verdict on it.
    pub fn state(&self) -> State {
        match self.verdict {
            CaseVerdict::Proven(state) | CaseVerdict::Incomplete(state) | CaseVerdict::Contradicted(state) => state,
            CaseVerdict::Nothing => State::Unknown,
        }
    }

    /// Tells if a proof shows that the recipient opened content, or that it was handed over.
    pub fn is_read(&self) -> bool {
        self.service.read
    }

    /// Says when the letter was sent and received under a regime, and what it counts as.
    ///
    /// # Errors
    /// [`BeyondReach`], if a day cannot be counted.
    pub fn moments<'a>(&self, regime: &'a Regime, now: DateTime<Utc>) -> Result<Moments<'a>, BeyondReach> {
        moments(regime, &self.milestones, now)
    }

    /// Tells if the content is available no longer. No proof says so: it is computed.
    pub fn has_availability_ended(&self, now: DateTime<Utc>) -> bool {
        self.availability_ends.is_some_and(|end| now > end)
    }

    /// Returns the first instant at which nothing of this recipient's case need be kept any more. What was only attempted counts
    /// too. [`Letter::keeping`](super::Letter::keeping) counts the replies as well.
    ///
    /// What does not count for the letter prolongs nothing: else anybody with a seal could.
    pub fn keep_until(&self, retention: &Retention) -> Option<DateTime<Utc>> {
        retention.keep_dossier_until(self.transactions())
    }

    /// The times of what counts for the letter.
    pub(super) fn transactions(&self) -> impl Iterator<Item = DateTime<Utc>> {
        let foreign = self.foreign.iter().filter(|fact| fact.is_of_letter()).filter_map(|fact| fact.proven_at);
        self.facts.iter().filter(|fact| fact.counts).map(|fact| fact.at).chain(foreign)
    }
}

/// Says what the facts about one recipient come to. The evidence in foreign forms that counts is noted in `matched`.
pub(super) fn of_recipient<'a>(
    recipient: usize,
    facts: &[Fact<'_>],
    foreign: &OfSubmission<'a>,
    of_letter: &[OfLetter<'_>],
    equivocations: &Equivocations,
    matched: &mut Matched<'a>,
) -> Case {
    let counted = || facts.iter().copied().filter(Fact::counts);
    let mut by_proofs = fold(counted().filter(Fact::is_proven));
    let mut folded = counted().any(|fact| !fact.is_proven()).then(|| fold(counted()));
    let of_proven = add(&mut by_proofs, recipient, foreign, matched);
    if let Some(folded) = &mut folded {
        // Its part in the state that is only stated. What is told of it rests on what is proven.
        add(folded, recipient, foreign, &mut Matched::default());
    }
    let stated = folded.as_ref().unwrap_or(&by_proofs);

    let mut contradictions = stated.contradictions.clone();
    let of_recipient = of_letter.iter().filter(|of_letter| of_letter.is_about(recipient));
    contradictions.extend(of_recipient.map(|of_letter| of_letter.contradiction(stated)));
    contradictions.extend(facts.iter().filter_map(|fact| equivocation(fact, equivocations, stated)));
    for contradiction in facts.iter().flat_map(|fact| contrary(fact, stated)) {
        // Between statements it was told already.
        let tells = |told: &Contradiction| {
            told.kind == contradiction.kind && contradiction.proofs.iter().all(|proof| told.proofs.contains(proof))
        };
        if !contradictions.iter().any(tells) {
            contradictions.push(contradiction);
        }
    }
    contradictions.sort_by_cached_key(|contradiction| {
        let proofs = contradiction.proofs.iter().map(|proof| proof.digest().as_bytes().to_vec());
        (contradiction.kind, proofs.collect::<Vec<_>>())
    });
    contradictions.dedup();

    let is_submission_open = counted().any(|fact| fact.submission() == Some(Outcome::Indeterminate));
    let is_contradicted = contradictions.iter().any(|contradiction| contradiction.severity == Severity::Failed);
    let verdict = match stated.state {
        state if is_contradicted => CaseVerdict::Contradicted(state),
        State::Unknown => CaseVerdict::Nothing,
        state if state == by_proofs.state && !is_submission_open => CaseVerdict::Proven(state),
        state => CaseVerdict::Incomplete(state),
    };
    Case {
        recipient,
        verdict,
        proven: by_proofs.state,
        service: ServiceWords::of(by_proofs.state, &by_proofs.side_facts),
        grounds: grounds(if stated.state == by_proofs.state { &by_proofs } else { stated }, facts),
        facts: facts.iter().map(|fact| StatedFact::of(fact, stated)).collect(),
        foreign: of_proven.facts,
        more_foreign: of_proven.more,
        milestones: by_proofs.milestones,
        side_facts: by_proofs.side_facts.clone(),
        in_charge: stated.in_charge.iter().map(InCharge::of).collect(),
        availability_ends: stated.availability_ends,
        gaps: gaps(counted, stated),
        contradictions,
        missing: missing(facts),
    }
}

/// What the facts that count do not show.
fn gaps<'a, F: Iterator<Item = Fact<'a>>>(counted: impl Fn() -> F, folded: &Folded<'_>) -> Vec<Gap> {
    let is_any = |is: &dyn Fn(&Fact<'_>) -> bool| counted().any(|fact| is(&fact));
    let was_never_activated =
        |fact: &Fact<'_>| fact.statement().availability().is_some_and(|it| it.is_never_activated());
    let lacks_submission =
        |fact: &Fact<'_>| fact.statement().submission_digest().is_some() && fact.submission().is_none();
    [
        (Gap::AvailabilityNotProven, folded.availability_not_proven),
        (Gap::NeverActivated, is_any(&was_never_activated)),
        (Gap::RecipientSignatureNotEvaluated, is_any(&|fact| fact.has_unevaluated_signature())),
        (Gap::SubmissionNotGiven, is_any(&lacks_submission)),
        (Gap::SubmissionNotVerified, is_any(&|fact| fact.submission() == Some(Outcome::Indeterminate))),
    ]
    .into_iter()
    .filter_map(|(gap, is_there)| is_there.then_some(gap))
    .collect()
}

/// The proof that entered the state and all that it follows, the latest first.
fn grounds(folded: &Folded<'_>, facts: &[Fact<'_>]) -> Vec<ProofId> {
    let mut grounds: Vec<ProofId> = Vec::new();
    let mut next: Vec<Fact<'_>> = folded.entered_by.into_iter().collect();
    while let Some(fact) = next.pop() {
        if grounds.contains(&fact.id()) {
            continue;
        }
        grounds.push(fact.id());
        let followed = fact.follows().into_iter().flatten();
        next.extend(followed.filter_map(|id| facts.iter().find(|fact| fact.stated.id.digest() == id)));
    }
    grounds
}

/// What facts name and what is not at hand, or does not count itself.
fn missing(facts: &[Fact<'_>]) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Vec::new();
    for fact in facts.iter().filter(|fact| fact.counts() && !fact.is_proven()) {
        let named = [fact.statement().preceding_evidence(), fact.statement().caused_by()].into_iter().flatten();
        for named in named {
            if facts.iter().any(|fact| fact.stated.id.digest() == named.proof_id() && fact.counts()) {
                continue;
            }
            let proof = named.proof_id().to_string();
            match missing.iter_mut().find(|missing| missing.proof == proof) {
                Some(missing) => missing.named_by.push(fact.id()),
                None => missing.push(Missing {
                    proof,
                    evidence_identifier: named.evidence_identifier().to_string(),
                    named_by: vec![fact.id()],
                }),
            }
        }
    }
    missing
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl StatedFact {
    fn of(fact: &Fact<'_>, folded: &Folded<'_>) -> Self {
        Self {
            proof: fact.id(),
            event: fact.event.name(),
            at: fact.at(),
            service: fact.stated.issuer.legal_name().to_owned(),
            acted_by: ActingParty::of(fact.statement()),
            proven: fact.is_proven(),
            counts: folded.heard.iter().any(|heard| std::ptr::eq(heard.stated, fact.stated)),
            finding: fact.standing().finding().cloned(),
            reasons: fact.statement().reasons().iter().map(|reason| reason.code().to_owned()).collect(),
            signatures: fact.signatures().to_vec(),
            details: StatementDetails::of(fact.statement()),
            verifiable_until: fact.verifiable_until(),
        }
    }
}

impl ServiceWords {
    pub(super) fn of(state: State, side_facts: &SideFacts) -> Self {
        Self { status: state.service_status(), read: side_facts.opened != OpenedContent::Nothing }
    }
}

impl fmt::Display for CaseVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proven(state) => write!(f, "PROVEN: {state}"),
            Self::Incomplete(state) => write!(f, "INCOMPLETE: {state}"),
            Self::Contradicted(state) => write!(f, "CONTRADICTED: {state}"),
            Self::Nothing => f.write_str("NOTHING is proven"),
        }
    }
}
