//! Replies to a letter, which are letters of their own.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::fact;
use super::judged::Stated;
use crate::evidence::{MessageId, Party, Statement};
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

/// What speaks against a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReplyObjection {
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
    /// It is earlier than the first opening of the letter by its sender, or no opening is proven. A warning.
    BeforeOpening,
}

impl Reply {
    /// Tells if it is a reply to the letter, whatever it warns of.
    pub fn holds(&self) -> bool {
        self.objections.iter().all(|objection| *objection == ReplyObjection::BeforeOpening)
    }
}

/// The replies among sendings that name this one, in the order of their times. `opened` tells when a recipient first opened it.
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
    let mut replies: Vec<Reply> = answers.iter().map(reply).collect();
    replies.sort_by(|one, another| {
        let key = |reply: &Reply| (reply.at, reply.proof.digest().as_bytes().to_vec());
        key(one).cmp(&key(another))
    });
    replies.dedup();
    replies
}

fn objections(
    original: &Stated,
    reply: &Stated,
    opened: &impl Fn(usize) -> Option<DateTime<Utc>>,
) -> Vec<ReplyObjection> {
    let mut objections = Vec::new();
    let (letter, answer) = (&original.statement, &reply.statement);
    let terms = letter.terms();
    if !terms.is_some_and(|terms| terms.is_reply_authorized()) {
        objections.push(ReplyObjection::NotAuthorised);
    }
    let names_letter = answer.in_reply_to().is_some_and(|replies_to| {
        replies_to.message_id() == letter.message_id()
            && replies_to.original().evidence_identifier() == letter.evidence_identifier()
    });
    if !names_letter {
        objections.push(ReplyObjection::AnotherMessage);
    }
    if original.issuer.environment() != reply.issuer.environment() {
        objections.push(ReplyObjection::AnotherEnvironment);
    }
    let is_hidden = |party: &Party| party.identifier().is_committed();
    let parties = [letter.sender(), answer.sender()].into_iter().chain(letter.recipients()).chain(answer.recipients());
    if parties.into_iter().any(is_hidden) {
        objections.push(ReplyObjection::PartiesNotDisclosed);
        return objections;
    }
    // The sender of the reply may have another identifier by now than the recipient had.
    let succession = answer.identifier_succession();
    let replies_by = succession.map_or(answer.sender().identifier(), |succession| succession.previous());
    let of_sender = |recipient: &Party| recipient.identifier() == replies_by;
    match letter.recipients().iter().position(of_sender) {
        None => objections.push(ReplyObjection::SenderIsNoRecipient),
        Some(place) if opened(place + 1).is_none_or(|opened| answer.event_time() < opened) => {
            objections.push(ReplyObjection::BeforeOpening);
        }
        Some(_) => {}
    }
    let goes_to = terms.and_then(|terms| terms.reply_to()).unwrap_or(letter.sender().identifier());
    if !matches!(answer.recipients(), [recipient] if recipient.identifier() == goes_to) {
        objections.push(ReplyObjection::GoesElsewhere);
    }
    objections
}

fn message<S: serde::Serializer>(message: &MessageId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(message.as_str())
}

impl fmt::Display for ReplyObjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAuthorised => "the sender of the letter did not allow replies",
            Self::AnotherMessage => "it names another message",
            Self::SenderIsNoRecipient => "it is by nobody who received the letter",
            Self::GoesElsewhere => "it does not go to the sender of the letter alone",
            Self::PartiesNotDisclosed => "its parties stand behind commitments",
            Self::AnotherEnvironment => "it is of another environment",
            Self::BeforeOpening => "no opening before it is proven",
        })
    }
}
