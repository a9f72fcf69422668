//! Evidence in a foreign form beside the sealed proofs of a letter: whether it is about it, and what it adds.

use std::collections::{HashMap, HashSet};
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::fact::Fact;
use super::fold::Folded;
use super::foreign::{ForeignEvent, ForeignEvidence, ForeignStanding};
use super::moments::Milestones;
use super::state::{Move, State};
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, ContentPart, Field, NationalExtension, Party, RegisteredMail, Statement, Ticket};
use crate::finding::Finding;

/// What keeps evidence in a foreign form, whose signature verified, from counting in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ForeignObjection {
    /// Its signer is none of the services in charge of the letter, by the number in the certificate.
    ServiceNotInCharge,
    /// It names another sender than the letter with its ticket.
    SenderDiffers,
    /// It names nobody to whom that letter goes.
    RecipientDiffers,
    /// It is about other content.
    ContentDiffers,
    /// The sealed sending has no digest of an algorithm with which its own could be compared.
    ContentNotComparable,
    /// It has another reference of the sender.
    TokenDiffers,
    /// The parties or the reference of the sealed sending stand behind commitments, so that they cannot be compared.
    NotDisclosed,
    /// The state of the letter by its sealed proofs does not allow the event.
    StateDoesNotAllow,
    /// Its time is later than the opening, so that it does not show that the content lay there before.
    LaterThanOpening,
}

/// What evidence in a foreign form does in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ForeignEffect {
    /// It is a claim: it did not verify, or its time is not proven.
    Claimed,
    /// It verified and does not count ([`ForeignFact::objections`]).
    Objected,
    /// It says what another proof shows already.
    Corroborates,
    /// It is the ground of the state that it entered.
    EntersState,
    /// It shows that the content lay there before it was opened, which no sealed proof shows.
    ClosesGap,
}

/// A piece of evidence in a foreign form with the ticket of the letter, and what it counts for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ForeignFact {
    /// The name of the event.
    pub event: &'static str,
    /// The ticket.
    #[serde(serialize_with = "ticket")]
    pub ticket: Ticket,
    /// The SHA-256 digest of the signed content.
    #[serde(serialize_with = "digest")]
    pub content: Digest,
    /// The subject of the signer's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The time that its timestamp proves: the event was not later. `None` for a claim.
    pub proven_at: Option<DateTime<Utc>>,
    /// The finding that decided the verdict on its signature, for a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// What keeps it from counting.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<ForeignObjection>,
    /// What it does in the case.
    pub effect: ForeignEffect,
}

/// Evidence in foreign forms by the ticket that it names, each group in an order in which that of the files has no part.
pub(super) struct ByTicket<'a>(HashMap<&'a str, Vec<&'a ForeignEvidence>>);

/// Evidence that names the ticket of a letter, compared with its sending.
#[derive(Clone)]
pub(super) struct Compared<'a> {
    evidence: &'a ForeignEvidence,
    /// The index of the recipient that it names, from 1; `None` if it names none of them.
    recipient: Option<usize>,
    objections: Vec<ForeignObjection>,
}

/// What foreign evidence alone comes to, where no sealed sending has its ticket.
pub(super) struct Alone {
    pub(super) facts: Vec<ForeignFact>,
    pub(super) milestones: Milestones,
    /// The state that is proven, back to the submission.
    pub(super) proven: State,
    /// The state by all that verified.
    pub(super) stated: State,
}

impl<'a> ByTicket<'a> {
    pub(super) fn of(foreign: &'a [ForeignEvidence]) -> Self {
        let mut by_ticket: HashMap<&str, Vec<&ForeignEvidence>> = HashMap::new();
        for evidence in foreign {
            by_ticket.entry(evidence.stated.ticket.as_str()).or_default().push(evidence);
        }
        for group in by_ticket.values_mut() {
            // Of several signatures by one service on one content, that of most weight counts.
            group.sort_by_cached_key(|evidence| (content_and_signer(evidence), order(evidence)));
            group.dedup_by_key(|evidence| content_and_signer(evidence));
            group.sort_by_cached_key(|evidence| (order(evidence), content_and_signer(evidence)));
        }
        Self(by_ticket)
    }

    /// The evidence with the ticket of a sending, compared with it.
    pub(super) fn of_sending(&self, sending: &Fact<'_>) -> Vec<Compared<'a>> {
        let compare = |mail| {
            let group = self.0.get(RegisteredMail::ticket(mail).as_str()).into_iter().flatten();
            group.map(move |evidence| compare(evidence, sending.statement(), mail))
        };
        mails(sending).flat_map(compare).collect()
    }

    /// The tickets that no letter has, in their order, each with its evidence.
    pub(super) fn without(&self, of_letters: &HashSet<&str>) -> Vec<(&'a str, &[&'a ForeignEvidence])> {
        let others = self.0.iter().filter(|(ticket, _)| !of_letters.contains(**ticket));
        let mut others: Vec<_> = others.map(|(ticket, group)| (*ticket, group.as_slice())).collect();
        others.sort_unstable_by_key(|(ticket, _)| *ticket);
        others
    }
}

/// The data of the national service about the item of a sending.
fn mails<'a>(sending: &Fact<'a>) -> impl Iterator<Item = &'a RegisteredMail> {
    sending.statement().national_extensions().iter().filter_map(NationalExtension::as_registered_mail)
}

/// The tickets of a sending.
pub(super) fn tickets<'a>(sending: &Fact<'a>) -> impl Iterator<Item = &'a str> {
    mails(sending).map(|mail| mail.ticket().as_str())
}

type ContentAndSigner<'a> = (&'a [u8], Option<&'a str>);

fn content_and_signer(evidence: &ForeignEvidence) -> ContentAndSigner<'_> {
    (evidence.content.as_bytes(), evidence.service.as_deref())
}

/// What is proven comes first, by its time, and of one instant the submission before what follows it.
fn order(evidence: &ForeignEvidence) -> (u8, Option<DateTime<Utc>>, ForeignEvent, String) {
    let event = evidence.stated.event;
    match &evidence.standing {
        ForeignStanding::Proven(time) => (0, Some(*time), event, String::new()),
        ForeignStanding::TimeNotProven => (1, None, event, String::new()),
        ForeignStanding::Claimed(finding) => (2, None, event, format!("{finding:?}")),
    }
}

fn compare<'a>(evidence: &'a ForeignEvidence, sending: &AnyStatement, mail: &RegisteredMail) -> Compared<'a> {
    let stated = &evidence.stated;
    let mut objections = Vec::new();
    let recipients = sending.recipients();
    let recipient = recipients.iter().position(|party| *party.identifier() == stated.recipient).map(|place| place + 1);
    let is_hidden = |party: &Party| party.identifier().is_committed();
    let is_token_hidden = sending.committed_fields().contains(&Field::TOKEN);
    if is_hidden(sending.sender()) || is_token_hidden || (recipient.is_none() && recipients.iter().any(is_hidden)) {
        objections.push(ForeignObjection::NotDisclosed);
    } else {
        if *sending.sender().identifier() != stated.sender {
            objections.push(ForeignObjection::SenderDiffers);
        }
        if recipient.is_none() {
            objections.push(ForeignObjection::RecipientDiffers);
        }
        if mail.token() != stated.token.as_deref() {
            objections.push(ForeignObjection::TokenDiffers);
        }
    }
    objections.extend(compare_content(&stated.digests, sending.parts()));
    Compared { evidence, recipient, objections }
}

/// Compares the document and its annexes with the parts of a sending, in their order.
fn compare_content(stated: &[Digest], parts: &[ContentPart]) -> Option<ForeignObjection> {
    if stated.len() != parts.len() {
        return Some(ForeignObjection::ContentDiffers);
    }
    let same = stated
        .iter()
        .zip(parts)
        .map(|(stated, part)| part.digests().get(stated.algorithm()).map(|sealed| sealed == stated));
    let same: Vec<Option<bool>> = same.collect();
    match same.contains(&Some(false)) {
        true => Some(ForeignObjection::ContentDiffers),
        false if same.contains(&None) => Some(ForeignObjection::ContentNotComparable),
        false => None,
    }
}

impl Compared<'_> {
    /// Tells if it is about this recipient, or about none of the letter's.
    pub(super) fn concerns(&self, recipient: usize) -> bool {
        self.recipient.is_none_or(|named| named == recipient)
    }
}

/// Adds evidence in foreign forms to what the sealed proofs about a recipient come to, in the order of its times.
///
/// It comes after them: it never refuses a sealed statement, and enters a state only from the one that they come to.
pub(super) fn add(folded: &mut Folded<'_>, compared: &[Compared<'_>]) -> Vec<ForeignFact> {
    let mut facts = Vec::with_capacity(compared.len());
    for Compared { evidence, objections, .. } in compared {
        let mut objections = objections.clone();
        if !evidence.is_by(folded.in_charge.iter().map(|fact| &fact.stated.issuer)) {
            objections.push(ForeignObjection::ServiceNotInCharge);
        }
        let effect = match evidence.proven_at() {
            None => ForeignEffect::Claimed,
            Some(_) if !objections.is_empty() => ForeignEffect::Objected,
            Some(time) => take(folded, evidence.stated.event, time).unwrap_or_else(|objection| {
                objections.push(objection);
                ForeignEffect::Objected
            }),
        };
        objections.sort_unstable();
        facts.push(ForeignFact::of(evidence, objections, effect));
    }
    facts
}

fn take(folded: &mut Folded<'_>, event: ForeignEvent, time: DateTime<Utc>) -> Result<ForeignEffect, ForeignObjection> {
    let is_there = match event {
        ForeignEvent::SubmissionAcceptance => folded.milestones.submitted.is_some(),
        ForeignEvent::ContentConsignment => folded.milestones.available.is_some(),
    };
    if is_there {
        return Ok(ForeignEffect::Corroborates);
    }
    match (event, folded.milestones.opened) {
        (ForeignEvent::ContentConsignment, Some(opened)) if folded.availability_not_proven => {
            if time > opened {
                return Err(ForeignObjection::LaterThanOpening);
            }
            folded.availability_not_proven = false;
            folded.milestones.available = Some(time);
            Ok(ForeignEffect::ClosesGap)
        }
        (ForeignEvent::ContentConsignment | ForeignEvent::SubmissionAcceptance, _) => enter(folded, event, time),
    }
}

fn enter(folded: &mut Folded<'_>, event: ForeignEvent, time: DateTime<Utc>) -> Result<ForeignEffect, ForeignObjection> {
    let Move::Enters(state) = folded.state.after(event.event()) else {
        return Err(ForeignObjection::StateDoesNotAllow);
    };
    // The sender asked for acceptance first.
    let terms = folded.in_charge.first().and_then(|sending| sending.statement().terms());
    let needs_acceptance = terms.is_some_and(|terms| terms.consignment_mode().needs_acceptance());
    if state == State::Available && needs_acceptance && folded.milestones.accepted.is_none() {
        return Err(ForeignObjection::StateDoesNotAllow);
    }
    folded.state = state;
    match event {
        ForeignEvent::SubmissionAcceptance => folded.milestones.submitted = Some(time),
        ForeignEvent::ContentConsignment => folded.milestones.available = Some(time),
    }
    Ok(ForeignEffect::EntersState)
}

impl Alone {
    /// Says what evidence with one ticket comes to, which is in its order. It is compared with the first of its submissions
    /// that is proven, or with the first piece that is.
    pub(super) fn of(evidence: &[&ForeignEvidence]) -> Self {
        let proven = || evidence.iter().filter(|evidence| evidence.proven_at().is_some());
        let submission = proven().find(|evidence| evidence.stated.event == ForeignEvent::SubmissionAcceptance);
        let first = submission.or_else(|| proven().next()).copied();
        let mut alone = Self {
            facts: Vec::with_capacity(evidence.len()),
            milestones: Milestones::default(),
            proven: State::Unknown,
            stated: State::Unknown,
        };
        for evidence in evidence {
            let objections = first.map(|first| differences(evidence, first)).unwrap_or_default();
            let effect = match evidence.proven_at() {
                None => ForeignEffect::Claimed,
                Some(_) if !objections.is_empty() => ForeignEffect::Objected,
                Some(time) => alone.take(evidence.stated.event, time),
            };
            alone.facts.push(ForeignFact::of(evidence, objections, effect));
        }
        if submission.is_some() {
            alone.proven = alone.stated;
        }
        alone
    }

    fn take(&mut self, event: ForeignEvent, time: DateTime<Utc>) -> ForeignEffect {
        let (milestone, state) = match event {
            ForeignEvent::SubmissionAcceptance => (&mut self.milestones.submitted, State::Submitted),
            ForeignEvent::ContentConsignment => (&mut self.milestones.available, State::Available),
        };
        if milestone.is_some() {
            return ForeignEffect::Corroborates;
        }
        *milestone = Some(time);
        if self.stated == State::Available {
            // A submission that was timestamped after what followed it.
            return ForeignEffect::Corroborates;
        }
        self.stated = state;
        ForeignEffect::EntersState
    }
}

/// What two pieces of evidence with one ticket say otherwise.
fn differences(evidence: &ForeignEvidence, first: &ForeignEvidence) -> Vec<ForeignObjection> {
    let (stated, of_first) = (&evidence.stated, &first.stated);
    let differing = [
        (evidence != first && !evidence.is_by_signer_of(first), ForeignObjection::ServiceNotInCharge),
        (stated.sender != of_first.sender, ForeignObjection::SenderDiffers),
        (stated.recipient != of_first.recipient, ForeignObjection::RecipientDiffers),
        (stated.digests != of_first.digests, ForeignObjection::ContentDiffers),
        (stated.token != of_first.token, ForeignObjection::TokenDiffers),
    ];
    differing.into_iter().filter(|(differs, _)| *differs).map(|(_, objection)| objection).collect()
}

impl ForeignFact {
    fn of(evidence: &ForeignEvidence, objections: Vec<ForeignObjection>, effect: ForeignEffect) -> Self {
        let finding = match &evidence.standing {
            ForeignStanding::Claimed(finding) => Some(Finding::clone(finding)),
            ForeignStanding::Proven(_) | ForeignStanding::TimeNotProven => None,
        };
        Self {
            event: evidence.stated.event.event().name(),
            ticket: evidence.stated.ticket.clone(),
            content: evidence.content,
            service: evidence.service.clone(),
            proven_at: evidence.proven_at(),
            finding,
            objections,
            effect,
        }
    }
}

impl fmt::Display for ForeignFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service.as_deref().unwrap_or("a service that is not identified");
        match self.proven_at {
            Some(time) => write!(f, "proven   {time:?}  {} by {service}, ticket {}", self.event, self.ticket.as_str())?,
            None => write!(f, "claimed  {} by {service}, ticket {}", self.event, self.ticket.as_str())?,
        }
        if let Some(finding) = &self.finding {
            write!(f, ", {finding}")?;
        }
        self.objections.iter().try_for_each(|objection| write!(f, ", {objection}"))?;
        write!(f, ": {}", self.effect)
    }
}

impl fmt::Display for ForeignEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claimed => "a claim",
            Self::Objected => "does not count",
            Self::Corroborates => "as another proof shows",
            Self::EntersState => "the ground of the state",
            Self::ClosesGap => "shows that the content lay there before it was opened",
        })
    }
}

impl fmt::Display for ForeignObjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServiceNotInCharge => "its signer is not in charge of the letter",
            Self::SenderDiffers => "it names another sender",
            Self::RecipientDiffers => "it names another recipient",
            Self::ContentDiffers => "it is about other content",
            Self::ContentNotComparable => "its digests cannot be compared with those of the sending",
            Self::TokenDiffers => "it has another reference of the sender",
            Self::NotDisclosed => "what it is compared with stands behind commitments",
            Self::StateDoesNotAllow => "the state of the letter does not allow it",
            Self::LaterThanOpening => "it is later than the opening",
        })
    }
}

fn ticket<S: Serializer>(ticket: &Ticket, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(ticket.as_str())
}

fn digest<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}
