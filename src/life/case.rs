//! What the proofs of a letter come to, for each of its recipients.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::contradiction::{Contradiction, ContradictionKind, Severity};
use super::fact::{self, Fact, in_order};
use super::fold::{Folded, fold};
use super::foreign::ForeignEvidence;
use super::foreign_fact::ForeignFact;
use super::foreign_fold::{Alone, ByTicket, Matched, OfSending, add};
use super::judged::{Judged, Service, Standing, Stated, VerifiableUntil};
use super::limits::MAX_PROOFS;
use super::moments::{Milestones, Moments, moments};
use super::regime::{BeyondReach, Regime};
use super::reply::{Reply, replies};
use super::retention::Retention;
use super::state::{ServiceStatus, State};
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Environment, MessageId, StatedPayment, Statement};
use crate::finding::Finding;
use crate::seal::ProofId;

/// The verdict on a letter for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict", content = "state")]
#[non_exhaustive]
pub enum CaseVerdict {
    /// The state is proven, by a proof and all that it follows back to the sending.
    Proven(State),
    /// The state is stated by sealed proofs, and some that they follow are missing ([`Case::missing`]).
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
    /// Tells if it verified, with all that it follows.
    pub proven: bool,
    /// The finding that kept it from verifying.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// The reasons of the event, as URIs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The channel of a notification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The number of a notification: 1 is the first one, and later ones are reminders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<usize>,
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
    /// The recipient's own signature of an acceptance was kept and not judged, since its certificate has other anchors:
    /// [`Context::with_verifier_of_recipients`](crate::verify::Context::with_verifier_of_recipients) judges it with the proof.
    RecipientSignatureNotEvaluated,
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

/// A service that took charge of the letter, and may say from then on what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InCharge {
    /// The legal name of the service.
    pub service: String,
    /// The time from which it was in charge, as stated.
    pub since: DateTime<Utc>,
    /// The proof that it took charge.
    #[serde(serialize_with = "fact::id")]
    pub proof: ProofId,
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

/// A proof that did not verify, or octets that are none: somebody claims this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// The position of the file among those that were given, from 0.
    pub file: usize,
    /// The name of the event that is claimed; `None` for octets that cannot be read as a proof of an event that is known, or
    /// whose statement is not the one that was sealed.
    pub event: Option<&'static str>,
    /// The finding that decided the verdict.
    pub finding: Finding,
}

/// A letter: one message, as one service took charge of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Letter {
    /// The identifier of the message.
    pub message: MessageId,
    /// The environment of its sending, or of what follows it.
    pub environment: Environment,
    /// The case of each recipient, in their order. A case of too many proofs is an error, and the others are judged.
    pub cases: Vec<Result<Case, TooManyProofs>>,
    /// The replies to it among the proofs, in the order of their times. They are letters of their own too.
    pub replies: Vec<Reply>,
}

impl Case {
    /// Says what proofs of letters come to: any proofs of any letters, in any order, good and bad.
    ///
    /// There is one letter for each message and service that took charge of it, in the order of their identifiers; the order of
    /// the proofs has no part in it.
    pub fn of(proofs: &[Judged]) -> Vec<Letter> {
        Self::with_foreign(proofs, &[])
    }

    /// Says what proofs of letters come to beside evidence in the form of another service.
    ///
    /// Such evidence belongs to the letter whose sending verified and has its ticket, and is compared with that sending.
    /// Evidence with a ticket that no letter has, and what is proven and not about the letter that has it, makes a letter of its
    /// own, under the ticket as the message: these come last, in the order of their tickets.
    pub fn with_foreign(proofs: &[Judged], foreign: &[ForeignEvidence]) -> Vec<Letter> {
        let foreign = ByTicket::of(foreign);
        let mut groups: BTreeMap<Key<'_>, Vec<&Judged>> = BTreeMap::new();
        let sendings = Sendings::of(proofs);
        for judged in proofs {
            if let Some(key) = sendings.key(judged) {
                groups.entry(key).or_default().push(judged);
            }
        }
        let answers = answers(proofs);
        let mut matched = Matched::default();
        let letters = groups.values().filter_map(|group| letter(group, &answers, &foreign, &mut matched));
        let mut letters: Vec<Letter> = letters.collect();
        letters.extend(foreign.without(&matched).into_iter().filter_map(|(ticket, group)| of_foreign(ticket, &group)));
        letters
    }

    /// Returns the claims among judged files: what did not verify.
    pub fn claims(proofs: &[Judged]) -> Vec<Claim> {
        let claim = |(file, judged): (usize, &Judged)| match &judged.standing {
            Standing::Claimed(finding) => {
                Some(Claim { file, event: judged.event().map(|event| event.name()), finding: Finding::clone(finding) })
            }
            Standing::Proven | Standing::Unlinked(_) | Standing::Contrary(..) => None,
        };
        proofs.iter().enumerate().filter_map(claim).collect()
    }

    /// Returns the state, whatever the verdict on it.
    pub fn state(&self) -> State {
        match self.verdict {
            CaseVerdict::Proven(state) | CaseVerdict::Incomplete(state) | CaseVerdict::Contradicted(state) => state,
            CaseVerdict::Nothing => State::Unknown,
        }
    }

    /// Returns the word of the Belgian service for the state that is proven.
    pub fn service_status(&self) -> Option<ServiceStatus> {
        self.proven.service_status()
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
    /// too. [`Letter::keeping`] counts the replies as well.
    pub fn keep_until(&self, retention: &Retention) -> Option<DateTime<Utc>> {
        let foreign = self.foreign.iter().filter_map(|fact| fact.proven_at);
        retention.keep_dossier_until(self.facts.iter().map(|fact| fact.at).chain(foreign))
    }
}

/// What makes proofs those of one letter: the message, and the service that took charge of it or the sending that is missing.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    message: &'a str,
    root: Root<'a>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Root<'a> {
    Service(&'a Service),
    Missing(&'a [u8]),
}

impl<'a> Key<'a> {
    fn new(stated: &'a Stated, root: Root<'a>) -> Self {
        Self { message: stated.statement.message_id().as_str(), root }
    }
}

/// The letters that services took charge of, by the identifiers of their sendings.
struct Sendings<'a>(HashMap<&'a Digest, Key<'a>>);

impl<'a> Sendings<'a> {
    /// A claim says nothing: whoever made it must not draw the proofs of a letter to another one.
    fn of(proofs: &'a [Judged]) -> Self {
        let sendings =
            proofs.iter().filter_map(sealed).filter(|stated| stated.statement.preceding_evidence().is_none());
        Self(sendings.map(|stated| (stated.id.digest(), Key::new(stated, Root::Service(&stated.service)))).collect())
    }

    fn key(&self, judged: &'a Judged) -> Option<Key<'a>> {
        let stated = sealed(judged)?;
        Some(match stated.statement.preceding_evidence().map(|sending| sending.proof_id()) {
            None => Key::new(stated, Root::Service(&stated.service)),
            // Also what contradicts the sending, and names another message.
            Some(sending) => match self.0.get(sending) {
                Some(key) => key.clone(),
                None => Key::new(stated, Root::Missing(sending.as_bytes())),
            },
        })
    }
}

/// What a file states whose seal verified.
fn sealed(judged: &Judged) -> Option<&Stated> {
    match judged.standing {
        Standing::Proven | Standing::Unlinked(_) | Standing::Contrary(..) => judged.stated.as_ref(),
        Standing::Claimed(_) => None,
    }
}

/// The sendings that verified and say that they reply, by the identifier of what they reply to.
type Answers<'a> = HashMap<&'a Digest, Vec<&'a Stated>>;

fn answers(proofs: &[Judged]) -> Answers<'_> {
    let mut answers = Answers::new();
    let proven = proofs.iter().filter(|judged| judged.standing == Standing::Proven);
    for stated in proven.filter_map(|judged| judged.stated.as_ref()) {
        if let (AnyStatement::Sending(_), Some(original)) = (&stated.statement, stated.statement.in_reply_to()) {
            answers.entry(original.original().proof_id()).or_default().push(stated);
        }
    }
    answers
}

/// The letter of a group of proofs. The evidence in foreign forms that belongs to it is noted in `matched`.
fn letter<'a>(
    group: &[&'a Judged],
    answers: &Answers<'_>,
    foreign: &ByTicket<'a>,
    matched: &mut Matched<'a>,
) -> Option<Letter> {
    let facts = in_order(group.iter().copied());
    let is_first = |fact: &&Fact<'_>| fact.statement().preceding_evidence().is_none();
    let first = facts.iter().find(is_first).or(facts.first())?.stated;
    let recipients = facts.iter().map(|fact| fact.statement().recipients().len()).max().unwrap_or(0);
    let of_letter = of_letter(&facts);
    let sending = facts.iter().find(|fact| fact.is_sending() && fact.is_proven());
    let foreign = match sending.filter(|_| !foreign.is_empty()) {
        Some(sending) => {
            matched.sending(sending);
            foreign.of_sending(sending)
        }
        None => OfSending::default(),
    };
    let case = |recipient| {
        let facts: Vec<Fact<'_>> = facts.iter().filter(|fact| fact.concerns(recipient)).copied().collect();
        if facts.len() > MAX_PROOFS {
            Err(TooManyProofs { recipient })
        } else {
            Ok(of_recipient(recipient, &facts, &foreign, &of_letter, matched))
        }
    };
    let cases: Vec<Result<Case, TooManyProofs>> = (1..=recipients).map(case).collect();
    let opened = |recipient: usize| {
        let case = cases.get(recipient.checked_sub(1)?)?.as_ref().ok()?;
        case.milestones.opened
    };
    let replies = sending.and_then(|sending| {
        let answers = answers.get(sending.stated.id.digest())?;
        Some(replies(sending.stated, answers, opened))
    });
    let replies = replies.unwrap_or_default();
    let message = first.statement.message_id().clone();
    Some(Letter { message, environment: first.issuer.environment(), cases, replies })
}

/// The letter of evidence in foreign forms alone.
fn of_foreign(ticket: &str, evidence: &[&ForeignEvidence]) -> Option<Letter> {
    let alone = Alone::of(evidence)?;
    let environment = alone.environment;
    let verdict = match (alone.stated, alone.proven) {
        (State::Unknown, _) => CaseVerdict::Nothing,
        (stated, proven) if stated == proven => CaseVerdict::Proven(proven),
        (stated, _) => CaseVerdict::Incomplete(stated),
    };
    let case = Case {
        recipient: 1,
        verdict,
        proven: alone.proven,
        grounds: Vec::new(),
        facts: Vec::new(),
        foreign: alone.listed.facts,
        more_foreign: alone.listed.more,
        milestones: alone.milestones,
        in_charge: Vec::new(),
        availability_ends: None,
        gaps: Vec::new(),
        contradictions: Vec::new(),
        missing: Vec::new(),
    };
    Some(Letter { message: MessageId::new(ticket).ok()?, environment, cases: vec![Ok(case)], replies: Vec::new() })
}

fn of_recipient<'a>(
    recipient: usize,
    facts: &[Fact<'_>],
    foreign: &OfSending<'a>,
    of_letter: &[OfLetter<'_>],
    matched: &mut Matched<'a>,
) -> Case {
    let counted: Vec<Fact<'_>> = facts.iter().filter(|fact| fact.counts()).copied().collect();
    let proven: Vec<Fact<'_>> = counted.iter().filter(|fact| fact.is_proven()).copied().collect();
    let mut by_proofs = fold(&proven);
    let mut folded = (proven.len() != counted.len()).then(|| fold(&counted));
    let of_proven = add(&mut by_proofs, recipient, foreign, matched);
    if let Some(folded) = &mut folded {
        // Its part in the state that is only stated. What is told of it rests on what is proven.
        add(folded, recipient, foreign, &mut Matched::default());
    }
    let stated = folded.as_ref().unwrap_or(&by_proofs);

    let mut contradictions = stated.contradictions.clone();
    let of_recipient = of_letter.iter().filter(|of_letter| of_letter.is_about(recipient));
    contradictions.extend(of_recipient.map(|of_letter| of_letter.contradiction(stated)));
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

    let is_contradicted = contradictions.iter().any(|contradiction| contradiction.severity == Severity::Failed);
    let verdict = match stated.state {
        state if is_contradicted => CaseVerdict::Contradicted(state),
        State::Unknown => CaseVerdict::Nothing,
        state if state == by_proofs.state => CaseVerdict::Proven(state),
        state => CaseVerdict::Incomplete(state),
    };
    let mut gaps = Vec::new();
    if stated.availability_not_proven {
        gaps.push(Gap::AvailabilityNotProven);
    }
    if counted.iter().any(|fact| fact.statement().availability().is_some_and(|stated| stated.is_never_activated())) {
        gaps.push(Gap::NeverActivated);
    }
    if counted.iter().any(|fact| fact.statement().recipient_signature().is_some()) {
        gaps.push(Gap::RecipientSignatureNotEvaluated);
    }
    Case {
        recipient,
        verdict,
        proven: by_proofs.state,
        grounds: grounds(if stated.state == by_proofs.state { &by_proofs } else { stated }, facts),
        facts: facts.iter().map(StatedFact::of).collect(),
        foreign: of_proven.facts,
        more_foreign: of_proven.more,
        milestones: by_proofs.milestones,
        in_charge: stated.in_charge.iter().map(InCharge::of).collect(),
        availability_ends: stated.availability_ends,
        gaps,
        contradictions,
        missing: missing(facts),
    }
}

/// What a statement contradicts that was sealed and does not count.
fn contrary<'a>(fact: &Fact<'a>, folded: &Folded<'_>) -> Vec<Contradiction> {
    let Standing::Contrary(kinds, _) = fact.standing else { return Vec::new() };
    let contradiction = |kind: &ContradictionKind| Contradiction {
        kind: *kind,
        severity: severity(*kind, &fact.stated.service, folded),
        proofs: vec![fact.id()],
    };
    kinds.iter().map(contradiction).collect()
}

/// That of a service which is not in charge says nothing about the letter.
fn severity(kind: ContradictionKind, service: &Service, folded: &Folded<'_>) -> Severity {
    if folded.in_charge.iter().any(|fact| fact.stated.service == *service) {
        kind.severity()
    } else {
        Severity::StatementFailed
    }
}

/// A contradiction between statements about the letter as a whole, or about several recipients, with the service that made the
/// later one.
struct OfLetter<'a> {
    kind: ContradictionKind,
    facts: [Fact<'a>; 2],
}

impl OfLetter<'_> {
    /// Tells if it is about a recipient: one of the statements is, or both are about all of them.
    fn is_about(&self, recipient: usize) -> bool {
        let referred = self.facts.iter().filter_map(|fact| fact.statement().refers_to_recipient());
        let referred: Vec<usize> = referred.collect();
        referred.is_empty() || referred.contains(&recipient)
    }

    fn contradiction(&self, folded: &Folded<'_>) -> Contradiction {
        let [_, later] = &self.facts;
        Contradiction {
            kind: self.kind,
            severity: severity(self.kind, &later.stated.service, folded),
            proofs: self.facts.iter().map(Fact::id).collect(),
        }
    }
}

fn of_letter<'a>(facts: &[Fact<'a>]) -> Vec<OfLetter<'a>> {
    let mut contradictions = Vec::new();
    let mut contradict = |kind: ContradictionKind, earlier: &Fact<'a>, later: &Fact<'a>| {
        contradictions.push(OfLetter { kind, facts: [*earlier, *later] });
    };
    let is_first = |fact: &&Fact<'a>| fact.statement().preceding_evidence().is_none();
    let roots: Vec<&Fact<'a>> = facts.iter().filter(|fact| fact.counts()).filter(is_first).collect();
    if let Some(sending) = roots.iter().find(|root| root.is_sending()) {
        for root in &roots {
            if !root.is_sending() {
                contradict(ContradictionKind::AcceptedAndRejected, sending, root);
            } else if tells_otherwise(sending, root) {
                contradict(ContradictionKind::SplitView, sending, root);
            }
        }
    }
    let mut by_evidence: Vec<&Fact<'a>> = facts.iter().collect();
    by_evidence.sort_by(|earlier, later| {
        let key = |fact: &Fact<'a>| (&fact.stated.service, fact.statement().evidence_identifier());
        key(earlier).cmp(&key(later))
    });
    for pair in by_evidence.windows(2) {
        if let [earlier, later] = pair
            && earlier.is_by_service_of(later)
            && earlier.statement().evidence_identifier() == later.statement().evidence_identifier()
            && earlier.statement() != later.statement()
        {
            contradict(ContradictionKind::Equivocation, earlier, later);
        }
    }
    if let Some(first) = facts.iter().find(is_first).or(facts.first()) {
        for fact in facts.iter().filter(|fact| fact.stated.issuer.environment() != first.stated.issuer.environment()) {
            contradict(ContradictionKind::EnvironmentsMixed, first, fact);
        }
    }
    contradictions
}

/// Tells if two sendings of one message have other parties, other content or other terms. Commitments differ from proof to proof, so that
/// parties behind them are not compared.
fn tells_otherwise(one: &Fact<'_>, another: &Fact<'_>) -> bool {
    let (one, another) = (one.statement(), another.statement());
    let commits = !one.committed_fields().is_empty() || !another.committed_fields().is_empty();
    let digests =
        |statement: &AnyStatement| -> Vec<_> { statement.parts().iter().map(|part| part.digests().clone()).collect() };
    let parties = || {
        one.sender() != another.sender()
            || one.sender_delegate() != another.sender_delegate()
            || one.recipients() != another.recipients()
    };
    let payments_differ = match (one.payment(), another.payment()) {
        // Commitments to one payment differ.
        (Some(StatedPayment::Committed(_)), Some(StatedPayment::Committed(_))) => false,
        (one, another) => one != another,
    };
    one.event() != another.event()
        || digests(one) != digests(another)
        || one.recipients().len() != another.recipients().len()
        || one.terms() != another.terms()
        || one.submission_time() != another.submission_time()
        || payments_differ
        || (!commits && parties())
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
        next.extend(fact.follows().filter_map(|id| facts.iter().find(|fact| fact.id().digest() == id)));
    }
    grounds
}

/// What facts name and what is not at hand, or does not count itself.
fn missing(facts: &[Fact<'_>]) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Vec::new();
    for fact in facts.iter().filter(|fact| fact.counts() && !fact.is_proven()) {
        let named = [fact.statement().preceding_evidence(), fact.statement().caused_by()].into_iter().flatten();
        for named in named {
            if facts.iter().any(|fact| fact.id().digest() == named.proof_id() && fact.counts()) {
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
    fn of(fact: &Fact<'_>) -> Self {
        let notification = fact.statement().notification();
        Self {
            proof: fact.id(),
            event: fact.event.name(),
            at: fact.at(),
            service: fact.stated.issuer.legal_name().to_owned(),
            proven: fact.is_proven(),
            finding: match fact.standing {
                Standing::Unlinked(finding) | Standing::Contrary(_, finding) | Standing::Claimed(finding) => {
                    Some(Finding::clone(finding))
                }
                Standing::Proven => None,
            },
            reasons: fact.statement().reasons().iter().map(|reason| reason.code().to_owned()).collect(),
            channel: notification.map(|notification| notification.channel().to_owned()),
            ordinal: notification.and_then(|notification| notification.ordinal()),
            verifiable_until: fact.verifiable_until,
        }
    }
}

impl InCharge {
    fn of(fact: &Fact<'_>) -> Self {
        Self { service: fact.stated.issuer.legal_name().to_owned(), since: fact.at(), proof: fact.id() }
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
