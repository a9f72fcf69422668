//! What evidence of an event tells beside the message and its parties: reasons, the services at a border, and the
//! extensions of one event or another.

mod delivery;
mod mandate;
mod payment;
mod service;
mod signature;
mod submission;
mod succession;
mod terms;

pub use delivery::{Availability, Notification, Window};
pub use mandate::{
    LinkRole, Mandate, MandateAction, MandateLink, MandateRole, MandateScope, RegisterReference, RegisterStatement,
};
pub use payment::{Currency, Payment, StatedPayment};
pub use service::ExternalService;
pub use signature::RecipientSignature;
pub(super) use submission::StatedSubmission;
pub use succession::IdentifierSuccession;
pub use terms::{ConsignmentMode, InReplyTo, Terms};

use super::error::EvidenceError;
use super::extension::PrecedingEvidence;
use super::identifiers::EvidenceIdentifier;
use super::limits::MAX_REASONS;
use super::profile::{EventProfile, Member, Presence};
use super::reason::Reason;

/// The members that evidence of some events has and of others not. Those are boxed that take much place and that few have: a letter
/// is folded out of the details of each of its statements, which the caches of the core do not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
pub struct Details {
    pub(super) reasons: Vec<Reason>,
    pub(super) external_service: Option<ExternalService>,
    pub(super) forwarded_to: Option<String>,
    pub(super) terms: Option<Box<Terms>>,
    pub(super) window: Option<Window>,
    pub(super) availability: Option<Availability>,
    pub(super) notification: Option<Notification>,
    pub(super) in_reply_to: Option<Box<InReplyTo>>,
    pub(super) payment: Option<Box<StatedPayment>>,
    /// The evidence identifier that the commitment to the payment, or to the address of the notification, was made for.
    pub(super) committed_for: Option<EvidenceIdentifier>,
    pub(super) mandate: Option<Box<Mandate>>,
    pub(super) cause: Option<PrecedingEvidence>,
    pub(super) recipient_signature: Option<RecipientSignature>,
    /// The numbers, from 1, of the parts.
    pub(super) opened_parts: Vec<usize>,
    pub(super) succession: Option<Box<IdentifierSuccession>>,
    /// The submission that the sender signed.
    pub(super) submission: Option<Box<StatedSubmission>>,
}

impl Default for Details {
    fn default() -> Self {
        Self::NONE
    }
}

impl Details {
    /// The details of evidence that has none.
    pub(super) const NONE: Self = Self {
        reasons: Vec::new(),
        external_service: None,
        forwarded_to: None,
        terms: None,
        window: None,
        availability: None,
        notification: None,
        in_reply_to: None,
        payment: None,
        committed_for: None,
        mandate: None,
        cause: None,
        recipient_signature: None,
        opened_parts: Vec::new(),
        succession: None,
        submission: None,
    };

    /// Adds a reason, and refuses a second one of the same code.
    pub(super) fn add_reason(&mut self, reason: Reason) -> Result<(), EvidenceError> {
        if self.reasons.iter().any(|present| present.code() == reason.code()) {
            return Err(EvidenceError::Twice("reason"));
        }
        if self.reasons.len() >= MAX_REASONS {
            return Err(EvidenceError::TooMany { what: "reasons", limit: MAX_REASONS });
        }
        self.reasons.push(reason);
        Ok(())
    }

    /// Tells if a member is there. Those that all evidence has are none of these details.
    pub(super) fn has(&self, member: Member) -> bool {
        match member {
            Member::EventReasons => !self.reasons.is_empty(),
            Member::ExternalErdsDetails => self.external_service.is_some(),
            Member::ForwardedToExternalSystem => self.forwarded_to.is_some(),
            Member::Terms => self.terms.is_some(),
            Member::Window => self.window.is_some(),
            Member::Availability => self.availability.is_some(),
            Member::Notification => self.notification.is_some(),
            Member::InReplyTo => self.in_reply_to.is_some(),
            Member::Payment => self.payment.is_some(),
            Member::Mandate => self.mandate.is_some(),
            Member::CausedBy => self.cause.is_some(),
            Member::RecipientSignature => self.recipient_signature.is_some(),
            Member::OpenedParts => !self.opened_parts.is_empty(),
            Member::IdentifierSucceeds => self.succession.is_some(),
            Member::Submission => self.submission.is_some(),
            Member::Version
            | Member::EvidenceIdentifier
            | Member::ErdsEventId
            | Member::EventTime
            | Member::EvidenceIssuerPolicyId
            | Member::EvidenceIssuerDetails
            | Member::SenderDetails
            | Member::SenderDelegateDetails
            | Member::RecipientDetails
            | Member::RecipientsDelegateDetails
            | Member::SubmissionTime
            | Member::EvidenceRefersToRecipient
            | Member::MessageIdentifier
            | Member::UserContentInfo
            | Member::Extensions => false,
        }
    }

    /// Checks that what the row of the event requires is there, and what it forbids is not, and the rules of each.
    pub(super) fn check(&self, row: &EventProfile, parts: usize) -> Result<(), EvidenceError> {
        for member in MEMBERS.iter().chain(Member::EXTENSIONS).copied() {
            match (row.presence(member), self.has(member)) {
                (Presence::Required, false) => return Err(EvidenceError::MemberMissing(member.name())),
                (Presence::Forbidden, true) => return Err(EvidenceError::MemberForbidden(member.name())),
                (Presence::Required, true) | (Presence::Forbidden, false) | (Presence::Optional, _) => {}
            }
        }
        self.terms.iter().try_for_each(|terms| terms.check())?;
        self.mandate.iter().try_for_each(|mandate| mandate.check())?;
        self.check_opened_parts(parts)
    }

    /// Checks that the numbers of the parts that were opened are in order and that the main part, the first one, is among
    /// them.
    fn check_opened_parts(&self, parts: usize) -> Result<(), EvidenceError> {
        let opened = &self.opened_parts;
        let in_order = opened.is_sorted_by(|earlier, later| earlier < later);
        let fit = opened.first().is_none_or(|first| *first == 1) && opened.last().is_none_or(|last| *last <= parts);
        if in_order && fit { Ok(()) } else { Err(EvidenceError::OpenedParts) }
    }
}

/// The details that are no extensions.
const MEMBERS: &[Member] = &[Member::EventReasons, Member::ExternalErdsDetails, Member::ForwardedToExternalSystem];
