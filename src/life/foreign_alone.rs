//! Evidence in foreign forms that is about no sealed letter: which pieces are about one letter, and what they come to.

use std::collections::HashMap;
use std::rc::Rc;

use chrono::{DateTime, Utc};

use super::contradiction::{Contradiction, ContradictionKind};
use super::foreign::{ForeignEvent, ForeignEvidence};
use super::foreign_fact::{ForeignEffect, ForeignFact, ForeignObjection};
use super::foreign_fold::{Listed, note};
use super::moments::Milestones;
use super::state::{Move, State};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{Environment, Identifier};

/// The pieces of evidence with one name that are about one letter, and those of the same parties by others.
pub(super) struct Group<'a> {
    /// A proven piece of the letter; `None` where there is none.
    head: Option<&'a ForeignEvidence>,
    evidence: Rc<[&'a ForeignEvidence]>,
}

/// What foreign evidence comes to, where it is about no sealed submission.
pub(super) struct Alone {
    pub(super) listed: Listed,
    pub(super) milestones: Milestones,
    /// The environment of what the others are compared with.
    pub(super) environment: Environment,
    /// The state that is proven, back to the submission.
    pub(super) proven: State,
    /// The state by all that verified.
    pub(super) stated: State,
    /// What the pieces say against each other.
    pub(super) contradictions: Vec<Contradiction>,
}

impl<'a> Group<'a> {
    /// Parts the evidence with one name, which is in its order, into letters.
    ///
    /// A letter has one sender, recipient and reference, one service and one environment, as far as that is proven. Else one more piece,
    /// about another recipient of the message or by another service, could take away what is proven of this one. Claims are no letter of
    /// their own beside what is proven.
    pub(super) fn all_of(evidence: &[&'a ForeignEvidence]) -> Vec<Self> {
        type Parties<'e> = (&'e Identifier, &'e Identifier, Option<&'e str>);
        let mut by_parties: Vec<Vec<&'a ForeignEvidence>> = Vec::new();
        let mut places: HashMap<Parties<'_>, usize> = HashMap::new();
        for evidence in evidence {
            let stated = &evidence.stated;
            let parties = (&stated.sender, &stated.recipient, stated.token.as_deref());
            let is_claim = evidence.proven_at().is_none() && !by_parties.is_empty();
            let place = places.get(&parties).copied().or(is_claim.then_some(0));
            match place.and_then(|place| by_parties.get_mut(place)) {
                Some(group) => group.push(evidence),
                None => {
                    places.insert(parties, by_parties.len());
                    by_parties.push(vec![evidence]);
                }
            }
        }
        by_parties.into_iter().flat_map(Self::by_service).collect()
    }

    /// One group for each service that is identified, and one if there is none. All pieces stand in each.
    fn by_service(evidence: Vec<&'a ForeignEvidence>) -> Vec<Self> {
        let mut heads: Vec<&'a ForeignEvidence> = Vec::new();
        for piece in evidence.iter().filter(|piece| piece.proven_at().is_some()) {
            let is_identified = piece.is_by_signer_of(piece);
            if is_identified && !heads.iter().any(|head| differences(piece, head).is_empty()) {
                heads.push(piece);
            }
        }
        let evidence: Rc<[&'a ForeignEvidence]> = evidence.into();
        if heads.is_empty() {
            return vec![Self { head: None, evidence }];
        }
        heads.into_iter().map(|head| Self { head: Some(head), evidence: Rc::clone(&evidence) }).collect()
    }
}

impl Alone {
    /// Says what a group comes to. It has at least one piece.
    pub(super) fn of(group: &Group<'_>) -> Option<Self> {
        let mut alone = Self {
            listed: Listed { facts: Vec::new(), more: 0 },
            milestones: Milestones::default(),
            environment: group.head.or(group.evidence.first().copied())?.environment,
            proven: State::Unknown,
            stated: State::Unknown,
            contradictions: Vec::new(),
        };
        let mut facts = Vec::with_capacity(group.evidence.len());
        let mut content = StatedContent::default();
        for evidence in group.evidence.iter() {
            let mut objections = match group.head {
                Some(head) => differences(evidence, head),
                // Nobody says by whom it is.
                None => evidence.proven_at().map(|_| ForeignObjection::ServiceNotInCharge).into_iter().collect(),
            };
            let effect = match evidence.proven_at() {
                None => ForeignEffect::Claimed,
                Some(_) if !objections.is_empty() => ForeignEffect::Objected,
                Some(time) => alone.effect(evidence, time, &mut content).unwrap_or_else(|objection| {
                    objections.push(objection);
                    ForeignEffect::Objected
                }),
            };
            objections.sort_unstable();
            facts.push(ForeignFact::of(evidence, objections, effect));
        }
        alone.listed = Listed::of(facts, 0);
        // What follows a submission is proven with it. A refused submission follows nothing.
        if alone.milestones.submitted.is_some() || alone.stated == State::RefusedAtSubmission {
            alone.proven = alone.stated;
        }
        alone.contradictions.sort_unstable_by_key(|contradiction| contradiction.kind);
        Some(alone)
    }

    /// What a piece of the letter does in it.
    fn effect(
        &mut self,
        evidence: &ForeignEvidence,
        time: DateTime<Utc>,
        content: &mut StatedContent,
    ) -> Result<ForeignEffect, ForeignObjection> {
        let event = evidence.stated.event;
        let is_other_content = content.differs(evidence);
        if is_other_content {
            self.contradict(ContradictionKind::SplitView);
        }
        if self.is_shown(event) {
            // Of other content it counts for what nothing else shows: else one more piece could take away what is proven.
            return if is_other_content {
                Err(ForeignObjection::ContentDiffers)
            } else {
                Ok(ForeignEffect::Corroborates)
            };
        }
        let is_refusal = event == ForeignEvent::SubmissionRejection;
        self.take(event, time).inspect_err(|_| {
            if is_refusal && self.shows_acceptance() {
                self.contradict(ContradictionKind::AcceptedAndRejected);
            }
        })
    }

    fn contradict(&mut self, kind: ContradictionKind) {
        if !self.contradictions.iter().any(|told| told.kind == kind) {
            self.contradictions.push(Contradiction { kind, severity: kind.severity(), proofs: Vec::new() });
        }
    }

    /// Tells if anything shows that the submission was accepted. What does comes before all refusals.
    fn shows_acceptance(&self) -> bool {
        self.milestones.submitted.is_some() || self.milestones.available.is_some()
    }

    /// Tells if another piece shows the event already.
    fn is_shown(&self, event: ForeignEvent) -> bool {
        match event {
            ForeignEvent::SubmissionAcceptance => self.milestones.submitted.is_some(),
            ForeignEvent::ContentConsignment => self.milestones.available.is_some(),
            ForeignEvent::SubmissionRejection
            | ForeignEvent::RelayFailure
            | ForeignEvent::ContentConsignmentFailure => Some(self.stated) == State::entered_by(event.event()),
        }
    }

    fn take(&mut self, event: ForeignEvent, time: DateTime<Utc>) -> Result<ForeignEffect, ForeignObjection> {
        let from = match (event, self.stated) {
            // A submission that was timestamped after what followed it.
            (ForeignEvent::SubmissionAcceptance, State::Available) => {
                note(&mut self.milestones, event, time);
                return Ok(ForeignEffect::Corroborates);
            }
            // The submission is missing.
            (
                ForeignEvent::ContentConsignment | ForeignEvent::RelayFailure | ForeignEvent::ContentConsignmentFailure,
                State::Unknown,
            ) => State::Submitted,
            (_, stated) => stated,
        };
        let Move::Enters(state) = from.after(event.event()) else {
            return Err(ForeignObjection::StateDoesNotAllow);
        };
        note(&mut self.milestones, event, time);
        self.stated = state;
        Ok(ForeignEffect::EntersState)
    }
}

/// What two pieces of evidence with one name say otherwise.
fn differences(evidence: &ForeignEvidence, head: &ForeignEvidence) -> Vec<ForeignObjection> {
    let (stated, of_head) = (&evidence.stated, &head.stated);
    let differing = [
        (!evidence.is_by_signer_of(head), ForeignObjection::ServiceNotInCharge),
        (evidence.environment != head.environment, ForeignObjection::AnotherEnvironment),
        (stated.sender != of_head.sender, ForeignObjection::SenderDiffers),
        (stated.recipient != of_head.recipient, ForeignObjection::RecipientDiffers),
        (stated.token != of_head.token, ForeignObjection::TokenDiffers),
    ];
    differing.into_iter().filter(|(differs, _)| *differs).map(|(_, objection)| objection).collect()
}

/// What the pieces of a letter state of its content.
#[derive(Default)]
struct StatedContent {
    /// The number of parts.
    parts: Option<usize>,
    /// The digests of each part, the first of each algorithm.
    digests: HashMap<(usize, DigestAlgorithm), Digest>,
}

impl StatedContent {
    /// Tells if a piece is about other content than one before it. What says nothing of the content contradicts none, and neither do
    /// digests of two algorithms.
    fn differs(&mut self, evidence: &ForeignEvidence) -> bool {
        let stated = &evidence.stated.digests;
        if stated.is_empty() {
            return false;
        }
        let mut differs = *self.parts.get_or_insert(stated.len()) != stated.len();
        for (part, digest) in stated.iter().enumerate() {
            differs |= self.digests.entry((part, digest.algorithm())).or_insert(*digest) != digest;
        }
        differs
    }
}
