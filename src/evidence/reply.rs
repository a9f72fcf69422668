//! What makes a sending a reply to another one.

use super::details::InReplyTo;
use super::error::EvidenceError;
use super::party::{AssuranceLevel, Party};
use super::reply_fault::ReplyFault;
use super::sending::Sending;
use super::statement::{Core, Statement};

/// A sending that was held against the letter that it names as the one it replies to.
pub(crate) struct ComparedReply {
    /// What speaks against its being a reply.
    pub(crate) faults: Vec<ReplyFault>,
    /// The index, from 1, of the recipient of the letter who replies.
    pub(crate) recipient: Option<usize>,
}

/// Holds a sending against a letter: that allows replies, and the reply names it, is by one of its recipients, and goes to its
/// sender alone, or to whom that named.
pub(crate) fn compare_reply(reply: &impl Statement, letter: &impl Statement) -> ComparedReply {
    reply.core().compare_reply(letter.core())
}

/// Returns the level at which the delegate was authenticated who replies by a mandate, and the higher one that the letter requires.
pub(crate) fn level_below(reply: &impl Statement, letter: &impl Statement) -> Option<(AssuranceLevel, AssuranceLevel)> {
    let delegate = reply.mandate().and_then(|_| reply.core().sender_delegate.as_ref())?;
    letter.terms()?.level_above(delegate.assurance())
}

impl Core {
    fn compare_reply(&self, letter: &Self) -> ComparedReply {
        let terms = letter.details().terms.as_deref();
        let names_letter = self.details().in_reply_to.as_deref().is_some_and(|in_reply_to| {
            *in_reply_to.message_id() == letter.message_id
                && in_reply_to.original().evidence_identifier() == letter.evidence_identifier
        });
        let own = [
            (terms.is_some_and(|terms| terms.is_reply_authorized()), ReplyFault::NotAuthorised),
            (names_letter, ReplyFault::AnotherMessage),
        ];
        let mut faults: Vec<ReplyFault> = own.into_iter().filter(|(holds, _)| !holds).map(|(_, fault)| fault).collect();
        let is_hidden = |party: &Party| party.identifier().is_committed();
        let succession = self.details().succession.as_deref();
        let senders = [&letter.sender, &self.sender].into_iter().chain(terms.and_then(|terms| terms.reply_to.as_ref()));
        let compared = senders.chain(&letter.recipients).chain(&self.recipients);
        if compared.chain(succession.map(|succession| &succession.previous)).any(is_hidden) {
            faults.push(ReplyFault::PartiesNotDisclosed);
            return ComparedReply { faults, recipient: None };
        }
        let recipient = self.recipient_that_replies(letter);
        if recipient.is_none() {
            faults.push(ReplyFault::SenderIsNoRecipient);
        }
        let goes_to = terms.and_then(|terms| terms.reply_to()).unwrap_or(letter.sender.identifier());
        if !matches!(self.recipients.as_slice(), [recipient] if recipient.identifier() == goes_to) {
            faults.push(ReplyFault::GoesElsewhere);
        }
        ComparedReply { faults, recipient }
    }

    /// The sender of the reply may have another identifier by now than the recipient had.
    fn recipient_that_replies(&self, letter: &Self) -> Option<usize> {
        let succession = self.details().succession.as_deref();
        let replies_by = succession.map_or(self.sender.identifier(), |succession| succession.previous());
        let place = letter.recipients.iter().position(|recipient| recipient.identifier() == replies_by)?;
        place.checked_add(1)
    }
}

impl Sending {
    /// States the letter that the sending replies to (extension InReplyTo). `letter` has the values of its disclosure.
    pub(crate) fn in_reply(self, in_reply_to: InReplyTo, letter: &Self) -> Result<Self, EvidenceError> {
        let reply = self.with_in_reply_to(in_reply_to.asked_by(letter.terms()));
        if let Some(fault) = compare_reply(&reply, letter).faults.into_iter().next() {
            return Err(fault.into());
        }
        if reply.event_time() < letter.event_time() {
            return Err(ReplyFault::BeforeLetter.into());
        }
        Ok(reply)
    }
}
