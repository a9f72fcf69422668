//! Replies to a letter, which are letters of their own.

use std::collections::HashSet;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::fact;
use super::judged::Stated;
use crate::crypto::Digest;
use crate::evidence::{ComparedReply, MessageId, ReplyFault, Statement, compare_reply, level_below};
use crate::seal::ProofId;

/// A sending that says it replies to the letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reply {
    /// The identifier of its message.
    #[serde(serialize_with = "message")]
    pub message: MessageId,
    /// The identifier of its sealed sending, which verified.
    #[serde(serialize_with = "fact::id")]
    pub proof: ProofId,
    /// The time at which it was submitted, as stated.
    pub at: DateTime<Utc>,
    /// What speaks against its being a reply. It is one if there is nothing.
    pub objections: Vec<ReplyObjection>,
}

/// The letter that a sending says it replies to: the other end of a [`Reply`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReplyLink {
    /// The identifier of the message that it names.
    #[serde(serialize_with = "message")]
    pub message: MessageId,
    /// The identifier of the sealed sending of that message, as it names it.
    pub original: String,
    /// The identifier of the sealed sending that replies.
    #[serde(serialize_with = "fact::id")]
    pub proof: ProofId,
    /// What speaks against its being a reply. It is one if there is nothing.
    pub objections: Vec<ReplyObjection>,
}

/// What speaks against a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReplyObjection {
    /// The sending of the letter that it names is not among the proofs.
    OriginalNotGiven,
    /// The sending of the letter that it names did not verify.
    OriginalNotVerified,
    /// The sender of the letter did not allow replies.
    NotAuthorised,
    /// It names another message than that of the letter, or other evidence than that of its sending.
    AnotherMessage,
    /// It is by somebody who is no recipient of the letter.
    SenderIsNoRecipient,
    /// It does not go to the sender of the letter alone, or to whom the sender named for replies.
    GoesElsewhere,
    /// Whom it is by or goes to stands behind a commitment, so that it cannot be compared.
    PartiesNotDisclosed,
    /// It is of another environment.
    AnotherEnvironment,
    /// It is by a delegate who was authenticated at a lower level than the letter requires.
    AssuranceTooLow,
    /// It is earlier than the letter, by more than the clocks of two services may be apart.
    BeforeLetter,
    /// It is earlier than the first opening of the letter by its sender, or no opening is proven. A warning.
    BeforeOpening,
}

impl Reply {
    /// Tells if it is a reply to the letter, whatever it warns of.
    pub fn holds(&self) -> bool {
        hold(&self.objections)
    }
}

impl ReplyLink {
    /// Tells if the sending is a reply to the letter that it names, whatever is warned of.
    pub fn holds(&self) -> bool {
        hold(&self.objections)
    }

    /// The link of a sending that verified, of which the letter that it names is not judged yet. `at_hand` are the
    /// identifiers of the proofs that replies name.
    pub(super) fn of(reply: &Stated, at_hand: &HashSet<Digest>) -> Option<Self> {
        let named = reply.statement.in_reply_to()?;
        let original = named.original().proof_id();
        let objection = match at_hand.contains(original) {
            true => ReplyObjection::OriginalNotVerified,
            false => ReplyObjection::OriginalNotGiven,
        };
        Some(Self {
            message: named.message_id().clone(),
            original: original.to_string(),
            proof: reply.id,
            objections: vec![objection],
        })
    }
}

fn hold(objections: &[ReplyObjection]) -> bool {
    objections.iter().all(|objection| *objection == ReplyObjection::BeforeOpening)
}

/// The replies among sendings that name this one. `opened` tells when a recipient first opened it.
pub(super) fn replies(
    original: &Stated,
    answers: &[&Stated],
    opened: impl Fn(usize) -> Option<DateTime<Utc>>,
) -> Vec<Reply> {
    let reply = |stated: &&Stated| Reply {
        message: stated.statement.message_id().clone(),
        proof: stated.id,
        at: stated.statement.event_time(),
        objections: objections(original, stated, &opened),
    };
    answers.iter().map(reply).collect()
}

/// The replies in the order of their times, each once.
pub(super) fn in_order_of_times(mut replies: Vec<Reply>) -> Vec<Reply> {
    replies.sort_by_cached_key(|reply| (reply.at, reply.proof.digest().as_bytes().to_vec()));
    replies.dedup();
    replies
}

fn objections(
    original: &Stated,
    reply: &Stated,
    opened: impl Fn(usize) -> Option<DateTime<Utc>>,
) -> Vec<ReplyObjection> {
    let (letter, answer) = (original.shown(), reply.shown());
    let ComparedReply { faults, recipient } = compare_reply(answer, letter);
    let mut objections: Vec<ReplyObjection> = faults.into_iter().map(ReplyObjection::from).collect();
    if original.issuer.environment() != reply.issuer.environment() {
        objections.push(ReplyObjection::AnotherEnvironment);
    }
    if level_below(answer, letter).is_some() {
        objections.push(ReplyObjection::AssuranceTooLow);
    }
    if letter.event_time().signed_duration_since(answer.event_time()) > reply.clock_skew {
        objections.push(ReplyObjection::BeforeLetter);
    }
    if recipient.is_some_and(|recipient| opened(recipient).is_none_or(|opened| answer.event_time() < opened)) {
        objections.push(ReplyObjection::BeforeOpening);
    }
    objections.sort_unstable();
    objections
}

impl From<ReplyFault> for ReplyObjection {
    fn from(fault: ReplyFault) -> Self {
        match fault {
            ReplyFault::NotAuthorised => Self::NotAuthorised,
            ReplyFault::AnotherMessage => Self::AnotherMessage,
            ReplyFault::SenderIsNoRecipient => Self::SenderIsNoRecipient,
            ReplyFault::GoesElsewhere => Self::GoesElsewhere,
            ReplyFault::PartiesNotDisclosed => Self::PartiesNotDisclosed,
            ReplyFault::BeforeLetter => Self::BeforeLetter,
        }
    }
}

fn message<S: serde::Serializer>(message: &MessageId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(message.as_str())
}

impl fmt::Display for ReplyObjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OriginalNotGiven => "the proof of sending of the letter is not at hand",
            Self::OriginalNotVerified => "the proof of sending of the letter did not verify",
            Self::NotAuthorised => "the sender of the letter did not allow replies",
            Self::AnotherMessage => "it names another message",
            Self::SenderIsNoRecipient => "it is by nobody who received the letter",
            Self::GoesElsewhere => "it does not go to the sender of the letter alone",
            Self::PartiesNotDisclosed => "its parties stand behind commitments",
            Self::AnotherEnvironment => "it is of another environment",
            Self::AssuranceTooLow => "it is by a delegate who was authenticated at too low a level",
            Self::BeforeLetter => "it is earlier than the letter",
            Self::BeforeOpening => "no opening before it is proven",
        })
    }
}
