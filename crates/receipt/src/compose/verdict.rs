//! The verdict, with its date, and how long it holds.

use recommande::verify::{Code, Finding, Outcome, Subject};
use recommande::{Indication, Report};

use super::{Composer, Findings};
use crate::page::{Block, Rows, Section};
use crate::text::Text;
use crate::words;

impl Composer {
    /// Says at the head of the page what the verdict is, and what decided it.
    pub(crate) fn verdict_in_a_sentence(&self, report: &Report) -> Text {
        let words = self.words;
        let date = self.inline(report.verified_at);
        let because = report.decided_by.map(|decided| self.sentence(decided.code)).unwrap_or_default();
        match report.indication {
            Indication::TotalPassed => Text::filled(words.holds, &[date]),
            Indication::Indeterminate => Text::filled(words.undecided, &[date, because]),
            Indication::TotalFailed => Text::filled(words.fails, &[date, because]),
        }
    }

    pub(super) fn verdict(&self, report: &Report) -> Section {
        let verdict = Text::own(self.words.indication(report.indication));
        Section { heading: Text::own(self.words.verdict), blocks: self.verdict_in(report, Some(verdict)) }
    }

    /// Writes a verdict, in words where there are some for what it is about, and its checks.
    pub(super) fn verdict_in(&self, report: &Report, in_words: Option<Text>) -> Vec<Block> {
        let words = self.words;
        let mut rows = Rows::default();
        let technical = match report.sub_indication {
            Some(sub_indication) => format!("{}, {sub_indication}", report.indication),
            None => report.indication.to_string(),
        };
        rows.add_lines(words.verdict, in_words.into_iter().chain([Text::own(technical)]).collect());
        rows.add_lines(words.verified_at, self.moment(report.verified_at));
        let by = Text::foreign(&report.policy).and(Text::own(format!(", {}", report.library)));
        rows.add(words.verified_by, by);
        if let (Indication::TotalPassed, Some(deadline)) = (report.indication, &report.verifiable_until) {
            rows.add_lines(words.holds_until, self.moment(deadline.time));
        }
        rows.add_lines(words.level, report.level.map(|level| Text::own(level.to_string())).into_iter().collect());
        // The certificates of the timestamps are among them, and come first where that of the seal is missing.
        let sealed_by = report.certificates.iter().find(|certificate| certificate.used_for == Subject::SealChain);
        let sealed_by = sealed_by.map(|certificate| Text::foreign(&certificate.subject));
        rows.add_lines(words.sealed_by, sealed_by.into_iter().collect());
        let (header, all) = match self.options.findings {
            Findings::Remarks => (words.findings, false),
            Findings::All => (words.checks, true),
        };
        let told = report.findings.iter().filter(|finding| all || is_told(finding));
        rows.add_lines(header, told.flat_map(|finding| self.finding(finding)).collect());
        rows.into_block().into_iter().collect()
    }

    /// Writes a finding: its outcome and what it means, with what is stated and what was computed.
    pub(crate) fn finding(&self, finding: &Finding) -> Vec<Text> {
        let words = self.words;
        let outcome = Text::own(format!("{}: ", words.outcome(finding.outcome)));
        let mut lines = vec![outcome.and(self.sentence(finding.code)).and(Text::own(format!(" ({})", finding.code)))];
        for (sentence, value) in [(words.stated, &finding.stated), (words.computed, &finding.computed)] {
            lines.extend(value.as_ref().map(|value| Text::filled(sentence, &[self.foreign(value)])));
        }
        lines
    }

    /// Returns the sentence of a code, as a sentence.
    pub(crate) fn sentence(&self, code: Code) -> Text {
        let sentence = words::code(self.options.language, code);
        let mut characters = sentence.chars();
        let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
        Text::own(format!("{first}{}.", characters.as_str()))
    }
}

/// Says whether a reader has to know a finding: what keeps from passing, what warns, what a policy excuses, and what was not compared or
/// judged.
fn is_told(finding: &Finding) -> bool {
    const NOT_JUDGED: [Code; 15] = [
        Code::PayloadNotCompared,
        Code::PayloadSigned,
        Code::RecipientSignatureNotEvaluated,
        Code::RevocationIgnored,
        Code::CountersignatureNotEvaluated,
        Code::OriginalNotGiven,
        Code::CommitmentsNotCompared,
        Code::DelegateWithoutMandate,
        Code::MandateNotCompared,
        Code::IdentityNotDisclosed,
        Code::SubmissionNotGiven,
        Code::SubmissionNotComparedInFull,
        Code::RevokedLater,
        Code::IssuerNotIdentified,
        Code::TimestampCoverageNotEvaluated,
    ];
    match finding.outcome {
        Outcome::Passed => false,
        Outcome::Information => !finding.code.outcome().is_acceptable() || NOT_JUDGED.contains(&finding.code),
        Outcome::Warning | Outcome::Indeterminate | Outcome::Failed => true,
    }
}
