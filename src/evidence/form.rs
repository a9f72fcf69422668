//! A form, which is a sending with gaps, and what is filled in for each letter of a mailing.

use std::fmt;

use chrono::{DateTime, Utc};

use super::be::{RegisteredMail, Ticket};
use super::codec::json::place::Place;
use super::codec::json::write;
use super::codec::json::writer::Writer;
use super::content::PayloadDigests;
use super::error::EvidenceError;
use super::event::Event;
use super::identifiers::{EvidenceIdentifier, IdentifierSource, MessageId};
use super::issuer::Issuer;
use super::party::Party;
use super::profile::Succession;
use super::sending::Sending;
use super::statement::sealed::Sealed as _;
use super::statement::{Core, Statement as _};
use super::time;

/// What one letter of a form has of its own. All else is that of the form.
///
/// Debug shows no value of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Particulars {
    message_id: MessageId,
    recipient: Party,
    further_recipients: Vec<Party>,
    event_time: DateTime<Utc>,
    submission_time: DateTime<Utc>,
    evidence_identifier: Option<EvidenceIdentifier>,
    digests: Option<PayloadDigests>,
    ticket: Option<Ticket>,
    token: Option<String>,
}

impl Particulars {
    /// States the message, its recipient, and the event at `event_time`, cut to the millisecond, which is the submission time
    /// too. The recipient takes the place of all recipients of the form. The letter gets a fresh evidence identifier.
    ///
    /// # Errors
    /// [`EvidenceError::TimeOutOfRange`].
    pub fn new(message_id: MessageId, recipient: Party, event_time: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let event_time = time::to_millis("event time", event_time)?;
        Ok(Self {
            message_id,
            recipient,
            further_recipients: Vec::new(),
            event_time,
            submission_time: event_time,
            evidence_identifier: None,
            digests: None,
            ticket: None,
            token: None,
        })
    }

    /// Adds a recipient. One that is there twice is told when the letter is filled in.
    #[must_use]
    pub fn with_recipient(mut self, recipient: Party) -> Self {
        self.further_recipients.push(recipient);
        self
    }

    /// States the time of a submission before the event, cut to the millisecond.
    ///
    /// # Errors
    /// [`EvidenceError::TimeOutOfRange`].
    pub fn with_submission_time(mut self, submission_time: DateTime<Utc>) -> Result<Self, EvidenceError> {
        self.submission_time = time::to_millis("submission time", submission_time)?;
        Ok(self)
    }

    /// States the digests of a payload of this letter's own, in the place of those of the first content part.
    #[must_use]
    pub fn with_digests(mut self, digests: PayloadDigests) -> Self {
        self.digests = Some(digests);
        self
    }

    /// States the ticket of the national service. A form with a registered mail needs one for each letter.
    #[must_use]
    pub fn with_ticket(mut self, ticket: Ticket) -> Self {
        self.ticket = Some(ticket);
        self
    }

    /// States the sender's own reference of the registered mail, 1 to 50 characters. Without it the letter has that of the form.
    ///
    /// # Errors
    /// A text that is empty, too long or holds control characters.
    pub fn with_token(mut self, token: &str) -> Result<Self, EvidenceError> {
        self.token = Some(RegisteredMail::checked_token(token)?);
        Ok(self)
    }

    /// States the evidence identifier: for fixed vectors, and for a statement that got its identifier elsewhere.
    #[must_use]
    pub fn with_evidence_identifier(mut self, evidence_identifier: EvidenceIdentifier) -> Self {
        self.evidence_identifier = Some(evidence_identifier);
        self
    }

    pub(crate) fn event_time(&self) -> DateTime<Utc> {
        self.event_time
    }
}

impl fmt::Debug for Particulars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Particulars")
            .field("message_id", &self.message_id)
            .field("recipients", &(1 + self.further_recipients.len()))
            .field("event_time", &self.event_time)
            .finish_non_exhaustive()
    }
}

/// A sending as its issuer states it, with gaps for [`Particulars`].
#[derive(Clone)]
pub(crate) struct SendingForm {
    /// The members of the form, with those of the letter that was filled in last. Where a letter has no digests of its own, they
    /// may be of an earlier one: what is written then is copied from the form.
    core: Core,
    event: Event,
    /// What all letters have alike, and the gaps after each piece of it.
    pieces: Vec<Piece>,
    /// What all letters have alike after the last gap.
    end: Vec<u8>,
    identifiers: IdentifierSource,
    /// The letter that was filled in last.
    writer: Writer,
}

#[derive(Clone)]
struct Piece {
    before: Vec<u8>,
    place: Place,
    /// What the form itself has in this place.
    of_form: Vec<u8>,
}

impl SendingForm {
    /// Makes a form of a sending, whose particulars are to be replaced.
    ///
    /// # Errors
    /// [`EvidenceError::BoundToOneLetter`]; what the sending itself could not be encoded for.
    pub(crate) fn of(sending: &Sending, issuer: &Issuer) -> Result<Self, EvidenceError> {
        let core = sending.core().clone();
        check_free(&core)?;
        let Writer(json, places) = write::statement(&core, sending.event(), None, issuer)?;
        let mut rest = json.as_slice();
        let mut pieces = Vec::new();
        let mut taken = 0;
        for (place, octets) in places.written() {
            // Places are written one after the other, each within the statement.
            let apart = octets.start.checked_sub(taken).and_then(|length| rest.split_at_checked(length));
            let apart = apart.and_then(|(before, rest)| Some((before, rest.split_at_checked(octets.len())?)));
            let (before, (of_form, after)) = apart.ok_or(EvidenceError::NoSuchField)?;
            pieces.push(Piece { before: before.to_vec(), place, of_form: of_form.to_vec() });
            (rest, taken) = (after, octets.end);
        }
        let (end, identifiers) = (rest.to_vec(), IdentifierSource::default());
        Ok(Self { core, event: sending.event(), pieces, end, identifiers, writer: Writer::with_capacity(4096) })
    }

    /// Fills in one letter, and returns its octets: those that a sending of the same members has in JSON. Every check is made
    /// that is made of such a sending, when it is built and when it is sealed.
    ///
    /// # Errors
    /// Those of building and encoding the sending; [`EvidenceError::TicketMissing`] for a registered mail without a ticket of its
    /// own; [`EvidenceError::NoSuchField`] for a ticket or a token where the form has no registered mail.
    pub(crate) fn fill_in(&mut self, particulars: Particulars) -> Result<&[u8], EvidenceError> {
        let Particulars { message_id, recipient, further_recipients, event_time, submission_time, .. } = particulars;
        let Particulars { evidence_identifier, digests, ticket, token, .. } = particulars;
        match (self.pieces.iter().any(|piece| piece.place == Place::Ticket), &ticket, &token) {
            (true, None, _) => return Err(EvidenceError::TicketMissing),
            (false, Some(_), _) | (false, _, Some(_)) => return Err(EvidenceError::NoSuchField),
            (true, Some(_), _) | (false, None, None) => {}
        }
        let core = &mut self.core;
        core.evidence_identifier = match evidence_identifier {
            Some(identifier) => identifier,
            None => self.identifiers.generate(event_time)?,
        };
        (core.event_time, core.submission_time, core.message_id) = (event_time, submission_time, message_id);
        core.recipients.clear();
        core.add_recipient(recipient)?;
        further_recipients.into_iter().try_for_each(|recipient| core.add_recipient(recipient))?;
        let has_digests = digests.is_some();
        if let Some((first, digests)) = core.parts.first_mut().zip(digests) {
            first.digests = digests;
        }
        core.check_times()?;
        core.check_acts(self.event, None)?;
        core.check_commitments(Succession::First)?;
        // All else that the event asks for was asked of the form, and stays as it is.
        core.check_parties(self.event)?;

        let (core, w) = (&self.core, &mut self.writer);
        w.0.clear();
        for Piece { before, place, of_form } in &self.pieces {
            w.octets(before);
            match place {
                Place::EvidenceIdentifier => w.identifier(core.evidence_identifier),
                Place::EventTime => w.time(core.event_time),
                Place::Recipients => w.recipients(core),
                Place::SubmissionTime => w.time(core.submission_time),
                Place::MessageIdentifier => w.string(core.message_id.as_str()),
                Place::Parts if has_digests => w.parts(core),
                Place::FurtherDigests if has_digests => w.further_digests(core),
                Place::Parts | Place::FurtherDigests => w.octets(of_form),
                // The ticket of the form is that of another letter.
                Place::Ticket => w.string(ticket.as_ref().ok_or(EvidenceError::TicketMissing)?.as_str()),
                Place::Token if token.is_some() => w.token(token.as_deref()),
                Place::Token => w.octets(of_form),
            };
        }
        w.octets(&self.end).check_size()?;
        Ok(&w.0)
    }
}

/// Checks that nothing in a form is bound to one letter.
fn check_free(core: &Core) -> Result<(), EvidenceError> {
    let details = core.details();
    let bound = [
        // Commitments are made for one evidence identifier.
        (core.commitments.is_some() || details.committed_for.is_some(), "commitment"),
        (details.submission.is_some(), "submission that its sender signed"),
        (details.in_reply_to.is_some(), "letter that is replied to"),
        // A delegate acts for recipients by their numbers.
        (!core.recipients_delegates.is_empty(), "delegate of a recipient"),
    ];
    bound
        .into_iter()
        .find(|(is_there, _)| *is_there)
        .map_or(Ok(()), |(_, what)| Err(EvidenceError::BoundToOneLetter(what)))
}
