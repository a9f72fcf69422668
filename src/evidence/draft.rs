//! Statements on their way to who seals them: what has to hold of a draft before it is sealed, or written for a queue.

use super::codec::Codec;
use super::environment::Environment;
use super::error::{DecodeStatementError, EvidenceError};
use super::issuer::Issuer;
use super::statement::Statement;

/// Checks what could never pass: a mandate or a changed identifier that a later member contradicts, the lack of an acceptance or of
/// a signature that the sending asks for, and a submission for another environment.
pub(crate) fn check_draft<S: Statement>(statement: &S, issuer: Environment) -> Result<(), EvidenceError> {
    let core = statement.core();
    core.check_acts(statement.event(), statement.refers_to_recipient())?;
    core.check_asked(statement.event(), statement.follows())?;
    match core.environment_of_submission() {
        Some(submission) if submission != issuer => Err(EvidenceError::EnvironmentOfSubmission { submission, issuer }),
        Some(_) | None => Ok(()),
    }
}

/// A statement on its way through a queue to who seals it. Every [`Statement`] is one.
pub trait Draft: Statement {
    /// Writes the statement, as `issuer` makes it, for who seals it elsewhere: a queue, an outbox. The octets are those that a
    /// seal holds, except for the announcement of a second seal, and the same statement always gives the same ones. They keep its
    /// evidence identifier, by which two sealers know that they have the same item. They are personal data.
    ///
    /// What a seal asks of a statement is asked here, because some of it is known only where the statement was made: what the
    /// terms of its sending ask for, and for which environment its sender submitted it. One that was read is not asked again, so
    /// that a queue needs the same protection as the key: whoever may write into it has statements sealed.
    ///
    /// # Errors
    /// What could never pass: [`EvidenceError::MemberMissing`] for what the terms of the sending ask for,
    /// [`EvidenceError::EnvironmentOfSubmission`], [`EvidenceError::Mandate`], [`EvidenceError::Succession`];
    /// [`EvidenceError::TooLarge`]; and the errors of a statement that was changed after it was complete.
    ///
    /// ```
    /// # use recommande::evidence::{Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sending};
    /// # use recommande::identity::{EnterpriseNumber, Niss};
    /// use recommande::evidence::{AnyStatement, Draft, Statement};
    ///
    /// # let issuer = Issuer::of("Example Service", &EnterpriseNumber::new("0406.798.006")?, Environment::Test)?;
    /// # let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?;
    /// # let part = PartDescription::new("letter.pdf", "application/pdf")?;
    /// # let digests = PayloadDigests::of_bytes(b"the letter");
    /// # let recipient = Party::new(Niss::new("85.07.30-033.28")?);
    /// # let now = "2026-11-22T09:15:04Z".parse()?;
    /// # let sending = Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, recipient, part, digests, now)?;
    /// let item = sending.to_json(&issuer)?;
    /// // On another machine, of whatever kind the statement is:
    /// let (statement, stated_issuer) = AnyStatement::from_json(&item)?;
    /// assert_eq!(stated_issuer, issuer); // or it is not for this sealer
    /// assert_eq!(statement.evidence_identifier(), sending.evidence_identifier());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn to_json(&self, issuer: &Issuer) -> Result<Vec<u8>, EvidenceError> {
        check_draft(self, issuer.environment())?;
        Codec::Json.encode(self, issuer)
    }

    /// Reads a statement and its issuer in exactly the form in which [`to_json`](Self::to_json) writes them. Nothing of it is
    /// verified, and the issuer is for the caller to compare with that of the sealer.
    ///
    /// # Errors
    /// [`DecodeStatementError`] for everything else: white space, unknown members, another order, more octets than
    /// [`MAX_STATEMENT`](super::limits::MAX_STATEMENT), a statement that breaks a rule, and
    /// [`AnotherEvent`](super::DecodeStatementErrorKind::AnotherEvent) for an event that is not in [`Statement::EVENTS`]. The error
    /// names the place and repeats no value.
    fn from_json(octets: &[u8]) -> Result<(Self, Issuer), DecodeStatementError> {
        Codec::Json.decode(octets)
    }
}

impl<S: Statement> Draft for S {}
