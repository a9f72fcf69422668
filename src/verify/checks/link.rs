//! The links of a statement to its sending, and to the step that led to its event.

use crate::evidence::{Event, NotOfThisSending, NotTheCause, PrecedingEvidence, Sending, Statement, Step};
use crate::finding::{Code, Details, Finding, Ledger, Subject};
use crate::verify::settings::Settings;
use crate::verify::verified::{Preceding, Verified};

/// The findings about one of the links.
pub(super) struct Codes {
    pub(super) not_given: Code,
    pub(super) not_verified: Code,
    pub(super) verified_otherwise: Code,
    pub(super) differs: Code,
}

const OF_SENDING: Codes = Codes {
    not_given: Code::SendingNotGiven,
    not_verified: Code::SendingNotVerified,
    verified_otherwise: Code::SendingVerifiedOtherwise,
    differs: Code::PrecedingEvidenceDiffers,
};

const OF_CAUSE: Codes = Codes {
    not_given: Code::CauseNotGiven,
    not_verified: Code::CauseNotVerified,
    verified_otherwise: Code::CauseVerifiedOtherwise,
    differs: Code::CauseDiffers,
};

/// The link to the sending: the same sealed statement, message, content and parties, and no event before the submission.
/// Returns the sending if it is the one that the statement follows.
pub(crate) fn check_sending<'a, S: Statement>(
    statement: &S,
    preceding: Preceding<'a>,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) -> Option<&'a Verified<Sending>> {
    // Evidence of a rejected submission follows no sending.
    let stated = statement.preceding_evidence()?;
    let sending = at_hand(stated, preceding, &OF_SENDING, settings, ledger)?;
    let (event, sent_event) = (statement.event(), sending.statement().event());
    // The table of events says what follows what.
    if !event.profile().follows.contains(&sent_event) {
        ledger.note_with(Subject::Link, Code::PrecedingEvidenceDiffers, || Details::both(event, sent_event));
        return None;
    }
    let sent = sending.disclosed().unwrap_or(sending.statement());
    // What is still a commitment on one side is bound to that proof, or marked as unknown, and cannot be compared.
    if !statement.committed_fields().is_empty() || !sent.committed_fields().is_empty() {
        ledger.note(Subject::Link, Code::CommitmentsNotCompared);
    }
    let skew = settings.policy.clock_skew();
    match statement.core().check_repeats(stated, sending.statement(), sending.disclosed(), skew) {
        Ok(()) => {
            ledger.note_with(Subject::Link, Code::SendingMatches, || Details::computed(sending.id()));
            Some(sending)
        }
        Err(difference) => {
            ledger.note_with(Subject::Link, code_of_difference(difference), || Details::stated(difference));
            None
        }
    }
}

fn code_of_difference(difference: NotOfThisSending) -> Code {
    match difference {
        NotOfThisSending::EvidenceIdentifier => Code::PrecedingEvidenceDiffers,
        NotOfThisSending::Sender
        | NotOfThisSending::Recipients
        | NotOfThisSending::RecipientsDelegates
        | NotOfThisSending::MarkedParty => Code::PartiesDiffer,
        NotOfThisSending::EventTime => Code::OpenedBeforeSubmission,
        NotOfThisSending::MessageId
        | NotOfThisSending::Parts
        | NotOfThisSending::SubmissionTime
        | NotOfThisSending::NationalExtension
        | NotOfThisSending::MarkedName => Code::MessageDiffers,
    }
}

/// The link to the step that led to the event: the same sealed statement, which may have led to it. Returns the step if it
/// is the one that the statement names.
pub(crate) fn check_cause<'a, S: Statement>(
    statement: &S,
    cause: Preceding<'a, Step>,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) -> Option<&'a Verified<Step>> {
    let (stated, follows) = (statement.caused_by()?, statement.follows()?);
    let cause = at_hand(stated, cause, &OF_CAUSE, settings, ledger)?;
    if stated.evidence_identifier() != cause.statement().evidence_identifier() {
        ledger.note(Subject::Link, Code::CauseDiffers);
        return None;
    }
    let (event, skew) = (statement.event(), settings.policy.clock_skew());
    match cause.statement().check_leads_to(event, statement.event_time(), follows, skew) {
        Ok(()) => {
            ledger.note_with(Subject::Link, Code::CauseMatches, || Details::computed(cause.id()));
            Some(cause)
        }
        Err(not) => {
            note_not_the_cause(not, event, cause.statement().event(), ledger);
            None
        }
    }
}

fn note_not_the_cause(not: NotTheCause, event: Event, of_cause: Event, ledger: &mut Ledger<'_>) {
    let code = match not {
        NotTheCause::Event => Code::EventDoesNotFollow,
        NotTheCause::Letter => Code::CauseOfAnotherLetter,
        NotTheCause::Time => Code::EventBeforeCause,
        NotTheCause::Window => Code::ExpiryTooEarly,
    };
    ledger.note_with(Subject::Link, code, || Details::both(event, of_cause));
}

/// What a statement refers to, if it was given and is the sealed statement that is meant. It has to be of the verifier's
/// environment, and verified by its anchors, its policy and its revocation data: another verifier may have let it pass.
pub(super) fn at_hand<'a, S>(
    stated: &PrecedingEvidence,
    given: Preceding<'a, S>,
    codes: &Codes,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) -> Option<&'a Verified<S>> {
    let verified = match given {
        Preceding::Verified(verified) => verified,
        Preceding::Refused(error) => {
            ledger.note_with(Subject::Link, codes.not_verified, || match error.finding() {
                Finding { code: code @ Code::Malformed, stated: Some(why), .. } => {
                    Details::computed(format!("{code}: {why}"))
                }
                finding => Details::computed(finding.code),
            });
            return None;
        }
        Preceding::NotGiven => {
            ledger.note(Subject::Link, codes.not_given);
            return None;
        }
    };
    let (of_verified, environment) = (verified.issuer().environment(), settings.environment);
    if of_verified != environment {
        ledger.note_with(Subject::Link, Code::EnvironmentDiffers, || Details::both(of_verified, environment));
        return None;
    }
    if let Some(difference) = verified.basis.difference(settings.basis()) {
        ledger.note_with(Subject::Link, codes.verified_otherwise, || Details::computed(difference));
        return None;
    }
    let computed = verified.id();
    if stated.proof_id() != computed.digest() {
        ledger.note_with(Subject::Link, codes.differs, || Details::both(stated.proof_id(), computed));
        return None;
    }
    Some(verified)
}
