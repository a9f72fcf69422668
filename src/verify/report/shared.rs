//! What the reports of several signers say alike: evidence records are about the whole file.

use super::value::Report;
use crate::finding::{Finding, Subject};
use crate::verify::existence::ExistingObject;

/// Findings about the tokens of one record that are listed although the first report does not have them.
const MAX_DIFFERING: usize = 8;

impl Report {
    /// Leaves out what the report of the first signer says of the tokens of the same evidence records. A file has as many
    /// reports as signers, and each would say it again.
    ///
    /// The verdict on each record stays, what decided the verdict on the signer, and what keeps one of the tokens from being
    /// valid for this signer alone.
    pub(in crate::verify) fn leaving_out_records_of(mut self, first: &Self) -> Self {
        let Some(from) = self.records.iter().flat_map(|record| &record.timestamps).min().copied() else { return self };
        let of_first = first.records.iter().flat_map(|record| &record.timestamps).min().copied().unwrap_or_default();
        // The tokens of records are numbered after all others.
        let is_of_record = |number: usize| number >= from;
        let is_about_record = |subject| matches!(subject, Subject::Timestamp(number) if is_of_record(number));
        let in_first = |finding: &Finding| match finding.subject {
            Subject::Timestamp(number) => {
                let subject = Subject::Timestamp(number.saturating_sub(from).saturating_add(of_first));
                let mut alike = first.findings.iter().filter(|listed| listed.subject == subject);
                alike.any(|listed| listed.code == finding.code && listed.outcome == finding.outcome)
            }
            Subject::Envelope
            | Subject::Payload
            | Subject::Seal
            | Subject::SealChain
            | Subject::Token
            | Subject::EvidenceRecord(_)
            | Subject::Record
            | Subject::ArchiveTimeStamp(_)
            | Subject::Time
            | Subject::Statement
            | Subject::Link
            | Subject::SecondSeal
            | Subject::Submission
            | Subject::Batch
            | Subject::Log => true,
        };
        let decided = self.decided_by;
        let is_decisive =
            |finding: &Finding| decided.is_some_and(|by| (by.subject, by.code) == (finding.subject, finding.code));
        let mut differing = 0;
        self.findings.retain(|finding| {
            let is_listed = !is_about_record(finding.subject)
                || is_decisive(finding)
                || (!finding.outcome.is_acceptable() && differing < MAX_DIFFERING && !in_first(finding));
            differing += usize::from(is_listed && is_about_record(finding.subject));
            is_listed
        });
        self.findings.shrink_to_fit();
        self.timestamps.truncate(from.saturating_sub(1));
        self.timestamps.shrink_to_fit();
        self.certificates.retain(|certificate| !is_about_record(certificate.used_for));
        self.certificates.shrink_to_fit();
        self.records.iter_mut().for_each(|record| record.timestamps = Vec::new());
        let is_token = |of| matches!(of, ExistingObject::Timestamp(number) if is_of_record(number));
        self.existence.retain(|existence| !is_token(existence.of));
        for summary in &mut self.revocation {
            summary.about.retain(|answer| !is_about_record(answer.used_for));
            summary.about.shrink_to_fit();
        }
        self.revocation.retain(|summary| !summary.about.is_empty());
        self
    }
}
