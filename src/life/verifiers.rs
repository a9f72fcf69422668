//! The verifiers that letters are judged by, and what they find of the signatures of the parties.

use chrono::{DateTime, Utc};

use crate::evidence::{Disclosure, Sending, Statement};
use crate::finding::{Code, Finding, Outcome, Subject};
use crate::seal::{ProofOfSending, SignedSubmission};
use crate::verify::{Payload, Report, SendingContext, Verifier};

/// The verifiers that letters are judged by: that of seals, and those of what senders and recipients signed themselves, whose
/// certificates have other anchors.
///
/// A [`Verifier`] converts into it. It then judges the seals, and the signatures of the parties are kept and not evaluated.
#[derive(Clone, Copy, Debug)]
pub struct Verifiers<'a> {
    seals: &'a Verifier,
    of_files: &'a [Option<Verifier>],
    recipients: Option<&'a Verifier>,
    submissions: Option<(&'a [SignedSubmission], &'a Verifier)>,
    disclosures: &'a [Disclosure],
    second_seals: &'a [Vec<Vec<u8>>],
}

impl<'a> Verifiers<'a> {
    /// Judges seals by this verifier.
    pub fn new(seals: &'a Verifier) -> Self {
        Self { seals, of_files: &[], recipients: None, submissions: None, disclosures: &[], second_seals: &[] }
    }

    /// Gives the verifier of the recipients' own signatures of acceptances, see
    /// [`Context::with_verifier_of_recipients`](crate::verify::Context::with_verifier_of_recipients). An acceptance whose signature does not
    /// hold does not count.
    #[must_use]
    pub fn with_verifier_of_recipients(mut self, recipients: &'a Verifier) -> Self {
        self.recipients = Some(recipients);
        self
    }

    /// Gives the submissions that lie beside sendings, and the verifier of the senders' signatures, see
    /// [`SendingContext::with_submission`](crate::verify::SendingContext::with_submission).
    ///
    /// A submission is that of the sending which states its digest. Its order among the others has no part in anything.
    #[must_use]
    pub fn with_submissions(mut self, submissions: &'a [SignedSubmission], senders: &'a Verifier) -> Self {
        self.submissions = Some((submissions, senders));
        self
    }

    /// Gives disclosures of what sendings commit to, so that the parties of a reply are compared with those of its letter.
    ///
    /// A disclosure is that of the sending whose evidence identifier it has. One that does not fit discloses nothing, and none
    /// has a part in what a proof counts for. Their order has no part in anything.
    #[must_use]
    pub fn with_disclosures(mut self, disclosures: &'a [Disclosure]) -> Self {
        self.disclosures = disclosures;
        self
    }

    /// Gives what lies beside each file as its second seal, in the order of the files: mostly one, or none. The files that are not
    /// listed have none. Without it nothing is proven under a policy that demands second seals
    /// ([`SecondSealRule`](crate::verify::SecondSealRule)).
    #[must_use]
    pub fn with_second_seals(mut self, second_seals: &'a [Vec<Vec<u8>>]) -> Self {
        self.second_seals = second_seals;
        self
    }

    /// Gives some files a verifier of their own, in the order of the files: that of seals with the evidence records and the proofs of logs
    /// which lie beside the file ([`Verifier::also_with_evidence_records`], [`Verifier::also_with_log_proofs`]). The files that are not listed
    /// are judged by that of seals, and a reconstruction judges all files by it.
    #[must_use]
    pub fn with_verifiers_of_files(mut self, verifiers: &'a [Option<Verifier>]) -> Self {
        self.of_files = verifiers;
        self
    }

    /// Judges the seals of all files by another verifier, and all else as before.
    pub(crate) fn with_seals_judged_by(mut self, seals: &'a Verifier) -> Self {
        (self.seals, self.of_files) = (seals, &[]);
        self
    }

    /// The verifier of the seal of the file at this place.
    pub(super) fn of_seal_of(&self, file: usize) -> &'a Verifier {
        self.of_files.get(file).and_then(Option::as_ref).unwrap_or(self.seals)
    }

    /// What lies beside the file at this place as its second seal.
    pub(crate) fn second_seals_of(&self, file: usize) -> &'a [Vec<u8>] {
        self.second_seals.get(file).map(Vec::as_slice).unwrap_or_default()
    }

    /// The sending with the values of the disclosure that fits, and of several of that which gives the most.
    pub(super) fn disclosed(&self, sending: &Sending) -> Option<Sending> {
        let is_of_sending = |disclosure: &&Disclosure| {
            !sending.committed_fields().is_empty() && disclosure.evidence_identifier() == sending.evidence_identifier()
        };
        let fitting = self.disclosures.iter().filter(is_of_sending).filter_map(|disclosure| {
            let revealed = disclosure.reveal(sending).ok()?;
            Some((disclosure.fields().len(), disclosure.to_json(), revealed))
        });
        let most = fitting.max_by(|(fields, json, _), (more, other, _)| (fields, json).cmp(&(more, other)));
        most.map(|(_, _, revealed)| revealed)
    }

    pub(crate) fn of_seals(&self) -> &'a Verifier {
        self.seals
    }

    pub(super) fn of_recipients(&self) -> Option<&'a Verifier> {
        self.recipients
    }

    /// What a sending is verified with, and what was found of its submission. The seal holds whatever its sender signed, so that a
    /// submission which does not fit is told beside it.
    pub(super) fn submission_of(
        &self,
        seals: &Verifier,
        sending: &ProofOfSending,
        now: DateTime<Utc>,
    ) -> (SendingContext<'a>, Vec<Finding>) {
        let alone = SendingContext::new(Payload::NotAvailable);
        let (Some(stated), Some((submissions, senders))) = (sending.stated().submission_digest(), self.submissions)
        else {
            return (alone, Vec::new());
        };
        let is_named = |signed: &&SignedSubmission| stated.algorithm().digest(signed.signature()) == *stated;
        let mut told: Option<Told<'a>> = None;
        for signed in submissions.iter().filter(is_named) {
            let context = alone.with_submission(signed, senders);
            let findings = of_subject(&seals.report(sending, context, now), Subject::Submission);
            let judged = Told { worst: worst(&findings), signed, context, findings };
            // One signature can lie beside several files, and its own is the one that it fits.
            if told.as_ref().is_none_or(|told| judged.weight() < told.weight()) {
                told = Some(judged);
            }
        }
        match told {
            Some(Told { worst, context, findings, .. }) if worst.is_acceptable() => (context, findings),
            Some(Told { findings, .. }) => (alone, findings),
            None => (alone, Vec::new()),
        }
    }
}

impl<'a> From<&'a Verifier> for Verifiers<'a> {
    fn from(seals: &'a Verifier) -> Self {
        Self::new(seals)
    }
}

/// A submission that a sending names, and what was found of it.
struct Told<'a> {
    worst: Outcome,
    signed: &'a SignedSubmission,
    context: SendingContext<'a>,
    findings: Vec<Finding>,
}

impl<'a> Told<'a> {
    /// What fails weighs more than what is not decided: whoever lays another text beside a signature must not make an accusation
    /// of a question.
    fn weight(&self) -> (Outcome, &'a [u8]) {
        (self.worst, self.signed.submission().json())
    }
}

/// What a report says of a subject.
fn of_subject(report: &Report, subject: Subject) -> Vec<Finding> {
    report.findings.iter().filter(|finding| finding.subject == subject).cloned().collect()
}

/// The worst outcome of findings.
fn worst(findings: &[Finding]) -> Outcome {
    findings.iter().map(|finding| finding.outcome).max().unwrap_or(Outcome::Passed)
}

/// The codes of what was found of the recipient's own signature.
const OF_RECIPIENT: [Code; 9] = [
    Code::RecipientSignatureValid,
    Code::RecipientSignatureInvalid,
    Code::RecipientSignatureOfAnotherSending,
    Code::RecipientSignatureUnreadable,
    Code::RecipientSignatureNotVerified,
    Code::RecipientSignatureWithoutReceipt,
    Code::RecipientInCertificate,
    Code::RecipientNotInCertificate,
    Code::RecipientNotIdentified,
];

/// What a report says of the recipient's own signature that was evaluated.
pub(super) fn recipient_signature(report: &Report) -> Vec<Finding> {
    let findings = report.findings.iter().filter(|finding| OF_RECIPIENT.contains(&finding.code));
    findings.cloned().collect()
}
