//! The link of an opening to its sending.

use crate::evidence::{AssuranceLevel, NotOfThisSending, Opening, Statement};
use crate::finding::{Code, Details, Finding, Ledger, Subject};
use crate::verify::settings::Settings;
use crate::verify::verified::Preceding;

/// The link of an opening to its sending: the same sealed statement, message, content and parties, and no opening
/// before the submission. The sending has to be of the verifier's environment, and verified by its anchors, its policy and
/// its revocation data: another verifier may have let it pass.
pub(crate) fn check_link(opening: &Opening, preceding: Preceding<'_>, settings: &Settings, ledger: &mut Ledger<'_>) {
    if opening.assurance().is_some_and(|assurance| assurance.level() == AssuranceLevel::Low) {
        ledger.note(Subject::Statement, Code::OpenedAtLowAssurance);
    }
    let sending = match preceding {
        Preceding::Verified(sending) => sending,
        Preceding::Refused(error) => {
            ledger.note_with(Subject::Link, Code::SendingNotVerified, || match error.finding() {
                Finding { code: code @ Code::Malformed, stated: Some(why), .. } => {
                    Details::computed(format!("{code}: {why}"))
                }
                finding => Details::computed(finding.code),
            });
            return;
        }
        Preceding::NotGiven => {
            ledger.note(Subject::Link, Code::SendingNotGiven);
            return;
        }
    };
    let (of_sending, environment) = (sending.issuer().environment(), settings.environment);
    if of_sending != environment {
        ledger.note_with(Subject::Link, Code::EnvironmentDiffers, || Details::both(of_sending, environment));
        return;
    }
    if let Some(difference) = sending.basis.difference(settings.basis()) {
        ledger.note_with(Subject::Link, Code::SendingVerifiedOtherwise, || Details::computed(difference));
        return;
    }
    let (stated, computed) = (opening.preceding().proof_id(), sending.id());
    if stated != computed.digest() {
        ledger.note_with(Subject::Link, Code::PrecedingEvidenceDiffers, || Details::both(stated, computed));
        return;
    }
    let (event, sent_event) = (opening.event(), sending.statement().event());
    // The table of events says what follows what. An event that it does not have follows nothing.
    if !event.profile().is_some_and(|row| row.follows.contains(&sent_event)) {
        ledger.note_with(Subject::Link, Code::PrecedingEvidenceDiffers, || Details::both(event, sent_event));
        return;
    }
    let sent = sending.disclosed().unwrap_or(sending.statement());
    // What is still a commitment on one side is bound to that proof, or marked as unknown, and cannot be compared.
    if !opening.committed_fields().is_empty() || !sent.committed_fields().is_empty() {
        ledger.note(Subject::Link, Code::CommitmentsNotCompared);
    }
    match opening.check_follows(sending.statement(), sending.disclosed()) {
        Ok(()) => ledger.note_with(Subject::Link, Code::SendingMatches, || Details::computed(computed)),
        Err(difference) => {
            let code = match difference {
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
            };
            ledger.note_with(Subject::Link, code, || Details::stated(difference))
        }
    };
}
