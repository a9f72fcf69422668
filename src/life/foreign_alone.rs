//! Evidence in foreign forms that is about no sealed letter: which pieces are about one letter, and what they come to.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::contradiction::{Contradiction, ContradictionKind};
use super::foreign::{ForeignEvent, ForeignEvidence, SignerName};
use super::foreign_fact::{ForeignEffect, ForeignFact, ForeignObjection, Taken};
use super::foreign_fold::Listed;
use super::foreign_take::note;
use super::limits::MAX_UNCOUNTED;
use super::moments::Milestones;
use super::state::{Move, State};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{Environment, Identifier};

/// The pieces of evidence with one name that are about one letter, and those of the same parties by others.
pub(super) struct Group<'a> {
    /// A proven piece of the letter; `None` where there is none.
    head: Option<&'a ForeignEvidence>,
    /// All pieces of the letter, and of the others those that a case lists.
    evidence: Vec<&'a ForeignEvidence>,
    /// The number of the others that are not here.
    left_out: usize,
}

/// The index of a piece among those of the same parties.
type PieceIndex = usize;

/// The services that are identified by what is proven, in the order of their first pieces.
#[derive(Default)]
struct Services<'a> {
    heads: Vec<&'a ForeignEvidence>,
    /// The service of each name, as an index.
    by_name: HashMap<(Environment, SignerName<'a>), usize>,
}

impl<'a> Services<'a> {
    fn of(proven: impl Iterator<Item = &'a ForeignEvidence>) -> Self {
        let mut services = Self::default();
        for piece in proven {
            let is_present = services.of_piece(piece).next().is_some();
            for name in piece.signer_names().filter(|_| !is_present) {
                services.by_name.insert((piece.environment, name), services.heads.len());
            }
            let is_new = !is_present && piece.signer_names().next().is_some();
            services.heads.extend(is_new.then_some(piece));
        }
        services
    }

    /// The services that a piece is by. Its certificate may hold the numbers of several.
    fn of_piece(&self, piece: &'a ForeignEvidence) -> impl Iterator<Item = usize> {
        piece.signer_names().filter_map(|name| self.by_name.get(&(piece.environment, name)).copied())
    }
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

    /// One group for each service that is identified, and one if there is none. Of the pieces by others, each has those that a case
    /// lists: else the work and the memory would be those of all pieces for each service.
    fn by_service(evidence: Vec<&'a ForeignEvidence>) -> Vec<Self> {
        let proven = || evidence.iter().enumerate().filter(|(_, piece)| piece.proven_at().is_some());
        let services = Services::of(proven().map(|(_, piece)| *piece));
        if services.heads.is_empty() {
            return vec![Self { head: None, evidence, left_out: 0 }];
        }
        let mut own: Vec<BTreeSet<PieceIndex>> = vec![BTreeSet::new(); services.heads.len()];
        for (index, piece) in proven() {
            for service in services.of_piece(piece) {
                own.get_mut(service).into_iter().for_each(|own| _ = own.insert(index));
            }
        }
        let group = |(head, own): (&&'a ForeignEvidence, BTreeSet<PieceIndex>)| {
            let of_others = (0..evidence.len()).filter(|index| !own.contains(index)).take(MAX_UNCOUNTED);
            let shown: BTreeSet<PieceIndex> = own.iter().copied().chain(of_others).collect();
            let left_out = evidence.len().saturating_sub(shown.len());
            let evidence = shown.into_iter().filter_map(|index| evidence.get(index).copied()).collect();
            Self { head: Some(*head), evidence, left_out }
        };
        services.heads.iter().zip(own).map(group).collect()
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
            let objections = match group.head {
                Some(head) => differences(evidence, head),
                // Nobody says by whom it is.
                None => evidence.proven_at().map(|_| ForeignObjection::ServiceNotInCharge).into_iter().collect(),
            };
            let taken = match evidence.proven_at() {
                None => ForeignEffect::Claimed.into(),
                Some(_) if !objections.is_empty() => ForeignEffect::Objected.into(),
                Some(time) => alone.take(evidence, time, &mut content),
            };
            facts.push(ForeignFact::of(evidence, objections, taken));
        }
        alone.listed = Listed::of(facts, group.left_out);
        // What follows a submission is proven with it. A refused submission follows nothing.
        if alone.milestones.submitted.is_some() || alone.stated == State::RefusedAtSubmission {
            alone.proven = alone.stated;
        }
        alone.contradictions.sort_unstable_by_key(|contradiction| contradiction.kind);
        Some(alone)
    }

    /// What a piece of the letter does in it.
    fn take(&mut self, evidence: &ForeignEvidence, time: DateTime<Utc>, content: &mut StatedContent) -> Taken {
        let event = evidence.stated.event;
        let is_other_content = content.differs(evidence);
        if is_other_content {
            self.contradict(ContradictionKind::SplitView);
        }
        if self.is_shown(event) {
            // Of other content it counts for what nothing else shows: else one more piece could take away what is proven.
            return match is_other_content {
                true => Taken::only(ForeignEffect::Objected, ForeignObjection::ContentDiffers),
                false => ForeignEffect::Corroborates.into(),
            };
        }
        if self.has_succeeded(event) {
            if event == ForeignEvent::SubmissionRejection {
                self.contradict(ContradictionKind::AcceptedAndRejected);
            }
            return Taken::only(ForeignEffect::Objected, ForeignObjection::StateDoesNotAllow);
        }
        self.enter(event, time)
    }

    fn contradict(&mut self, kind: ContradictionKind) {
        if !self.contradictions.iter().any(|told| told.kind == kind) {
            self.contradictions.push(Contradiction { kind, severity: kind.severity(), proofs: Vec::new() });
        }
    }

    /// Tells if a piece shows the success of what failed. What does comes before all failures.
    fn has_succeeded(&self, event: ForeignEvent) -> bool {
        let is_there = self.milestones.available.is_some();
        match event {
            ForeignEvent::SubmissionAcceptance | ForeignEvent::ContentConsignment => false,
            ForeignEvent::SubmissionRejection => is_there || self.milestones.submitted.is_some(),
            ForeignEvent::RelayFailure | ForeignEvent::ContentConsignmentFailure => is_there,
        }
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

    fn enter(&mut self, event: ForeignEvent, time: DateTime<Utc>) -> Taken {
        note(&mut self.milestones, event, time);
        let from = match (event, self.stated) {
            // A submission that was timestamped after what followed it.
            (ForeignEvent::SubmissionAcceptance, State::Available) => return ForeignEffect::Corroborates.into(),
            // The submission is missing.
            (
                ForeignEvent::ContentConsignment | ForeignEvent::RelayFailure | ForeignEvent::ContentConsignmentFailure,
                State::Unknown,
            ) => State::Submitted,
            (_, stated) => stated,
        };
        // One failure takes nothing away from another one.
        let Move::Enters(state) = from.after(event.event()) else {
            return Taken::only(ForeignEffect::BesideState, ForeignObjection::StateDoesNotAllow);
        };
        self.stated = state;
        ForeignEffect::EntersState.into()
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::foreign::{ForeignStanding, ForeignStatement, Signer};
    use super::*;
    use crate::evidence::MessageId;

    fn evidence(subject: &str) -> ForeignEvidence {
        let party = |value: &str| Identifier::new(value, "urn:example:parties").unwrap();
        let letter = MessageId::new("1ZG0000036L3Z").unwrap();
        let (sender, recipient) = (party("sender"), party("recipient"));
        let event = ForeignEvent::ContentConsignment;
        ForeignEvidence {
            stated: ForeignStatement::without_content(event, letter, sender, recipient),
            content: DigestAlgorithm::Sha256.digest(subject.as_bytes()),
            standing: ForeignStanding::Proven(DateTime::UNIX_EPOCH),
            environment: Environment::Test,
            clock_skew: TimeDelta::zero(),
            service: Some(subject.to_owned()),
            signer: Signer::Unnumbered,
        }
    }

    #[test]
    fn the_work_does_not_grow_with_the_square_of_the_services() {
        let evidence: Vec<ForeignEvidence> = (0..2_000).map(|number| evidence(&format!("CN={number}"))).collect();
        let groups = Group::all_of(&evidence.iter().collect::<Vec<_>>());
        assert_eq!(groups.len(), evidence.len());
        for group in groups {
            assert_eq!(group.evidence.len(), 1 + MAX_UNCOUNTED);
            assert_eq!(group.left_out, evidence.len() - 1 - MAX_UNCOUNTED);
        }
    }
}
