//! Letters: which proofs belong to one, and what they come to.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::case::{Case, CaseVerdict, TooManyProofs, of_recipient};
use super::conflict::of_letter;
use super::equivocation::Equivocations;
use super::fact::{Fact, in_order};
use super::foreign::{ForeignEvidence, LetterName};
use super::foreign_alone::{Alone, Group};
use super::foreign_fold::{ByLetter, Matched, OfSubmission};
use super::judged::{Judged, Service, Standing, Stated, place_of};
use super::limits::MAX_PROOFS;
use super::reply::{Reply, ReplyLink, ReplyObjection, in_order_of_times, replies};
use super::side::SideFacts;
use super::state::{ServiceWords, State};
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Environment, MessageId, Statement};
use crate::finding::Finding;

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
    /// The letter that this one says it replies to: one for each sending that verified, and so mostly one or none.
    pub replies_to: Vec<ReplyLink>,
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
    /// Such evidence belongs to the letter whose sealed submission verified and has the ticket or the message that it names. That
    /// is the sending, or the sealed refusal where there is none, and the evidence is compared with it.
    ///
    /// Evidence with a name that no sealed submission has makes a letter of its own. So does what is proven and not about the letter
    /// that has its name. A refusal by the service that sealed the sending is the exception: it contradicts that, whatever content it
    /// speaks of, if its parties and reference are the same.
    ///
    /// These letters come last, under the name as the message, in the order of their names, tickets first. There is one for each
    /// sender, recipient, reference, service and environment.
    pub fn with_foreign(proofs: &[Judged], foreign: &[ForeignEvidence]) -> Vec<Letter> {
        let foreign = ByLetter::of(foreign);
        let sendings = Sendings::of(proofs);
        let mut keyed: Vec<(Key<'_>, &Judged)> = Vec::with_capacity(proofs.len());
        keyed.extend(proofs.iter().filter_map(|judged| Some((sendings.key(judged)?, judged))));
        keyed.sort_by(|(earlier, _), (later, _)| earlier.cmp(later));
        let groups = || keyed.chunk_by(|(earlier, _), (later, _)| earlier == later);
        let answers = answers(proofs);
        let answered = proofs.iter().filter_map(Judged::id).filter(|id| answers.contains_key(id.digest()));
        let at_hand = answered.map(|id| *id.digest()).collect();
        // Of one letter alone, the letter itself tells.
        let equivocations = match (keyed.first(), keyed.last()) {
            (Some((first, _)), Some((last, _))) if first != last => Equivocations::among(groups().map(proofs_of)),
            _ => Equivocations::default(),
        };
        let mut matched = Matched::default();
        let letters = groups()
            .filter_map(|group| letter(proofs_of(group), &answers, &at_hand, &equivocations, &foreign, &mut matched));
        let mut letters: Vec<Letter> = letters.collect();
        link_replies(&mut letters);
        let left = foreign.without(&matched);
        let of_name = |(name, evidence): (&LetterName, Vec<&ForeignEvidence>)| {
            Group::all_of(&evidence).iter().filter_map(|group| of_foreign(name, group)).collect::<Vec<_>>()
        };
        letters.extend(left.into_iter().flat_map(of_name));
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

/// The proofs of one letter.
fn proofs_of<'a>(group: &[(Key<'_>, &'a Judged)]) -> impl ExactSizeIterator<Item = &'a Judged> {
    group.iter().map(|(_, judged)| *judged)
}

impl<'a> Key<'a> {
    fn new(stated: &'a Stated, root: Root<'a>) -> Self {
        Self { message: stated.statement.message_id().as_str(), root }
    }
}

/// The sendings by which services took charge of letters, in the order of their identifiers.
struct Sendings<'a>(Vec<&'a Stated>);

impl<'a> Sendings<'a> {
    /// A claim says nothing: whoever made it must not draw the proofs of a letter to another one. Neither must a stranger who
    /// sealed the sending of another service again: the holder of the number of its issuer took charge of it.
    fn of(proofs: &'a [Judged]) -> Self {
        let sealed = proofs.iter().filter_map(sealed);
        let mut sendings: Vec<&Stated> =
            sealed.filter(|stated| stated.statement.preceding_evidence().is_none()).collect();
        sendings.sort_by(|stated, of_other| {
            stated.by_identifier(of_other.id.digest()).then_with(|| sealed_by(of_other).cmp(&sealed_by(stated)))
        });
        sendings.dedup_by_key(|stated| stated.id);
        Self(sendings)
    }

    fn key(&self, judged: &'a Judged) -> Option<Key<'a>> {
        let stated = sealed(judged)?;
        Some(match stated.statement.preceding_evidence().map(|sending| sending.proof_id()) {
            None => self.key_of(stated.id.digest())?,
            // Also what contradicts the sending, and names another message.
            Some(sending) => match self.key_of(sending) {
                Some(key) => key,
                None => Key::new(stated, Root::Missing(sending.as_bytes())),
            },
        })
    }

    fn key_of(&self, sending: &Digest) -> Option<Key<'a>> {
        let stated = self.0.get(place_of(&self.0, sending, |stated| stated)?)?;
        Some(Key::new(stated, Root::Service(&stated.service)))
    }
}

/// What the seal of a sending counts for beside others over the same statement.
fn sealed_by(stated: &Stated) -> (bool, Reverse<&Service>) {
    (stated.service.holds_number(), Reverse(&stated.service))
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

/// What speaks against a reply is told of its own letter too.
fn link_replies(letters: &mut [Letter]) {
    let of_reply = |reply: &Reply| (*reply.proof.digest(), reply.objections.clone());
    let objections: HashMap<Digest, Vec<ReplyObjection>> =
        letters.iter().flat_map(|letter| &letter.replies).map(of_reply).collect();
    for link in letters.iter_mut().flat_map(|letter| &mut letter.replies_to) {
        if let Some(judged) = objections.get(link.proof.digest()) {
            link.objections.clone_from(judged);
        }
    }
}

/// The letter of a group of proofs. The evidence in foreign forms that belongs to it is noted in `matched`.
fn letter<'a>(
    group: impl ExactSizeIterator<Item = &'a Judged>,
    answers: &Answers<'_>,
    at_hand: &HashSet<Digest>,
    equivocations: &Equivocations,
    foreign: &ByLetter<'a>,
    matched: &mut Matched<'a>,
) -> Option<Letter> {
    let facts = in_order(group);
    let is_first = |fact: &&Fact<'_>| fact.statement().preceding_evidence().is_none();
    let first = facts.iter().find(is_first).or(facts.first())?.stated;
    let recipients = facts.iter().map(|fact| fact.statement().recipients().len()).max().unwrap_or(0);
    let of_letter = of_letter(&facts);
    let sendings = || facts.iter().filter(|fact| fact.is_sending() && fact.is_proven());
    let foreign = if foreign.is_empty() {
        OfSubmission::default()
    } else {
        let submissions = facts.iter().filter(|fact| fact.is_proven()).filter(is_first);
        let submissions: Vec<&Fact<'_>> = match sendings().next() {
            // More of them than a case is made of make none.
            Some(_) => sendings().take(MAX_PROOFS).collect(),
            None => submissions.take(MAX_PROOFS).collect(),
        };
        submissions.iter().for_each(|submission| matched.submission(submission));
        foreign.of_submissions(&submissions)
    };
    let case = |recipient| {
        let mut about: Vec<Fact<'_>> = Vec::with_capacity(facts.len());
        about.extend(facts.iter().filter(|fact| fact.concerns(recipient)));
        if about.len() > MAX_PROOFS {
            Err(TooManyProofs { recipient })
        } else {
            Ok(of_recipient(recipient, &about, &foreign, &of_letter, equivocations, matched))
        }
    };
    let cases: Vec<Result<Case, TooManyProofs>> = (1..=recipients).map(case).collect();
    let opened = |recipient: usize| {
        let case = cases.get(recipient.checked_sub(1)?)?.as_ref().ok()?;
        case.milestones.opened
    };
    let answered = |sending: &Fact<'_>| {
        let answers = answers.get(sending.stated.id.digest()).map(Vec::as_slice).unwrap_or_default();
        replies(sending.stated, answers, opened)
    };
    let replies = in_order_of_times(sendings().flat_map(answered).collect());
    let replies_to = sendings().filter_map(|sending| ReplyLink::of(sending.stated, at_hand)).collect();
    let message = first.statement.message_id().clone();
    Some(Letter { message, environment: first.issuer.environment(), cases, replies, replies_to })
}

/// The letter of evidence in foreign forms alone.
fn of_foreign(name: &LetterName, group: &Group<'_>) -> Option<Letter> {
    let alone = Alone::of(group)?;
    let environment = alone.environment;
    let verdict = match (alone.stated, alone.proven) {
        (stated, _) if !alone.contradictions.is_empty() => CaseVerdict::Contradicted(stated),
        (State::Unknown, _) => CaseVerdict::Nothing,
        (stated, proven) if stated == proven => CaseVerdict::Proven(proven),
        (stated, _) => CaseVerdict::Incomplete(stated),
    };
    let case = Case {
        recipient: 1,
        verdict,
        proven: alone.proven,
        service: ServiceWords::of(alone.proven, &SideFacts::default()),
        grounds: Vec::new(),
        facts: Vec::new(),
        foreign: alone.listed.facts,
        more_foreign: alone.listed.more,
        milestones: alone.milestones,
        side_facts: SideFacts::default(),
        in_charge: Vec::new(),
        availability_ends: None,
        gaps: Vec::new(),
        contradictions: alone.contradictions,
        missing: Vec::new(),
    };
    Some(Letter {
        message: MessageId::new(name.as_str()).ok()?,
        environment,
        cases: vec![Ok(case)],
        replies: Vec::new(),
        replies_to: Vec::new(),
    })
}
