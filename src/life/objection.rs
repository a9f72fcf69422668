//! What the findings about a proof object to: the proof itself, what it follows, or what it says.

use super::contradiction::ContradictionKind;
use super::judged::Standing;
use crate::finding::{Code, Finding, Outcome};
use crate::verify::Report;

/// What a proof counts for whose verdict rests on what precedes it, or on what it says beside that.
pub(super) fn standing_by(report: &Report, decisive: &Finding) -> Standing {
    let finding = Box::new(decisive.clone());
    let mut contradictions = Vec::new();
    // The findings about a timestamp decide nothing about the proof, and anybody can add one.
    for finding_of_report in report.findings.iter().filter(|finding| !finding.subject.is_timestamp()) {
        match finding_of_report.outcome {
            Outcome::Failed | Outcome::Indeterminate => {}
            Outcome::Passed | Outcome::Information | Outcome::Warning => continue,
        }
        match Objection::of(finding_of_report.code) {
            Objection::Link => {}
            Objection::Contradiction(kind) => contradictions.push(kind),
            Objection::Seal => return Standing::Claimed(finding),
        }
    }
    contradictions.dedup();
    if contradictions.is_empty() { Standing::Unlinked(finding) } else { Standing::Contrary(contradictions, finding) }
}

/// What a finding objects to.
pub(super) enum Objection {
    /// What the proof follows is not at hand, or did not verify.
    Link,
    /// What it says beside what it follows.
    Contradiction(ContradictionKind),
    /// The proof itself.
    Seal,
}

/// The codes that say that what a proof follows, or what shows its mandate or the recipient's own signature, is not at hand or
/// did not verify.
const LINKS: [Code; 13] = [
    Code::OriginalNotGiven,
    Code::SendingNotGiven,
    Code::SendingNotVerified,
    Code::CauseNotGiven,
    Code::CauseNotVerified,
    Code::MandateNotProven,
    Code::RegisterExtractOld,
    Code::SubmissionNotGiven,
    Code::RecipientSignatureNotEvaluated,
    Code::RecipientSignatureNotVerified,
    Code::RecipientSignatureWithoutReceipt,
    Code::RecipientNotInCertificate,
    Code::RecipientNotIdentified,
];

/// The codes that say that a statement contradicts what it follows. Some are warnings, and a policy may make them more.
const CONTRADICTIONS: [(Code, ContradictionKind); 35] = [
    (Code::MessageDiffers, ContradictionKind::SplitView),
    (Code::PartiesDiffer, ContradictionKind::SplitView),
    (Code::PrecedingEvidenceDiffers, ContradictionKind::SplitView),
    (Code::OpenedBeforeSubmission, ContradictionKind::EventBeforeCause),
    (Code::ExpiryTooEarly, ContradictionKind::ExpiryTooEarly),
    (Code::AnsweredTooLate, ContradictionKind::AnsweredTooLate),
    (Code::AnsweredBeforePeriod, ContradictionKind::AnsweredBeforePeriod),
    (Code::AnswerPeriodDiffers, ContradictionKind::AnswerPeriodDiffers),
    (Code::AnswerNotAskedFor, ContradictionKind::AnswerNotAskedFor),
    (Code::AcceptanceMissing, ContradictionKind::AcceptanceMissing),
    (Code::RecipientSignatureMissing, ContradictionKind::RecipientSignatureMissing),
    (Code::RecipientSignatureInvalid, ContradictionKind::RecipientSignatureInvalid),
    (Code::RecipientSignatureOfAnotherSending, ContradictionKind::RecipientSignatureInvalid),
    (Code::RecipientSignatureUnreadable, ContradictionKind::RecipientSignatureInvalid),
    (Code::EventBeforeCause, ContradictionKind::EventBeforeCause),
    (Code::EventDoesNotFollow, ContradictionKind::EventOutOfOrder),
    (Code::AssuranceBelowTerms, ContradictionKind::AssuranceBelowTerms),
    (Code::AssuranceTooLow, ContradictionKind::AssuranceBelowTerms),
    (Code::DelegateStandsForPrincipal, ContradictionKind::MandateInvalid),
    (Code::NobodyActed, ContradictionKind::MandateInvalid),
    (Code::OutsiderAsManager, ContradictionKind::MandateInvalid),
    (Code::ProviderIsPrincipal, ContradictionKind::MandateInvalid),
    (Code::ChainNotOfRole, ContradictionKind::MandateInvalid),
    (Code::MandateNotInForce, ContradictionKind::MandateInvalid),
    (Code::ActionNotGranted, ContradictionKind::MandateInvalid),
    (Code::TooManyProviders, ContradictionKind::MandateInvalid),
    (Code::ManagerCount, ContradictionKind::MandateInvalid),
    (Code::RecipientDiffers, ContradictionKind::RecipientDiffers),
    (Code::IdentifierSucceededLater, ContradictionKind::RecipientDiffers),
    (Code::OpenedAfterAvailability, ContradictionKind::OpenedAfterAvailability),
    (Code::RelayedBySameService, ContradictionKind::RelayedBySameService),
    (Code::ReasonContradictsEvent, ContradictionKind::ReasonContradictsEvent),
    (Code::EnvironmentDiffers, ContradictionKind::EnvironmentsMixed),
    (Code::CauseOfAnotherLetter, ContradictionKind::CauseOfAnotherLetter),
    (Code::CauseDiffers, ContradictionKind::CauseOfAnotherLetter),
];

impl Objection {
    /// What is in neither list is about the proof itself, so that a code that comes later proves nothing.
    pub(super) fn of(code: Code) -> Self {
        let contradiction = CONTRADICTIONS.iter().find(|(of, _)| *of == code).map(|(_, kind)| *kind);
        match contradiction {
            Some(kind) => Self::Contradiction(kind),
            None if LINKS.contains(&code) => Self::Link,
            None => Self::Seal,
        }
    }
}
