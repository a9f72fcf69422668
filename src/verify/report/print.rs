//! How a report reads for people: what was verified, the verdict and what decided it, what was stated, the timestamps,
//! every check, the certificates.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};

use chrono::SubsecRound;

use super::summaries::MandateSummary;
use super::timestamp::TimestampSummary;
use super::value::{ArtifactKind, CertificateSummary, Report, Signatures, StatementSummary};
use crate::evidence::KnownReason;
use crate::finding::{Aspect, Code, Finding, Indication, Outcome, SubIndication, Subject, decisive};
use crate::text;
use crate::verify::examined::TimestampKind;
use crate::verify::existence::ContentPlace;

/// Columns of a line. Numbers and names that are longer stay whole.
const WIDTH: usize = 110;

/// Where the value of a labelled line begins.
const VALUE: usize = 22;

/// Where the text of a check begins.
const CHECK: usize = 22;

impl Display for ArtifactKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ProofOfSending => "Proof of sending",
            Self::ProofOfOpening => "Proof of opening",
            Self::ProofOfStep => "Proof of a step",
            Self::PayloadSignature => "Payload signature",
            Self::Signature => "Signature",
            Self::Timestamp => "Timestamp",
            Self::EvidenceRecord => "Evidence record",
            Self::SecondSeal => "Second seal",
            Self::CheckpointSeal => "Seal of a checkpoint",
            Self::Submission => "Submission",
            Self::Sealer => "Sealer",
            Self::Unreadable => "File that is no proof",
        })
    }
}

impl Display for Signatures {
    /// Each report, numbered where there are several.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let several = self.reports.len() > 1;
        for (index, report) in self.reports.iter().enumerate() {
            if several {
                let separator = if index == 0 { "" } else { "\n" };
                writeln!(f, "{separator}--- {} of {} ---", index + 1, self.reports.len())?;
            }
            write!(f, "{report}")?;
        }
        Ok(())
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.artifact, self.indication)?;
        if let Some(sub_indication) = self.sub_indication {
            write!(f, " / {sub_indication}")?;
        }
        writeln!(f)?;
        self.write_summary(f)?;
        if !self.timestamps.is_empty() {
            writeln!(f, "\nTimestamps")?;
        }
        for (index, timestamp) in self.timestamps.iter().enumerate() {
            write_timestamp(f, index + 1, timestamp)?;
        }
        self.write_basis(f)?;
        writeln!(f, "\nChecks")?;
        for finding in &self.findings {
            self.write_finding(f, finding)?;
        }
        if !self.certificates.is_empty() {
            writeln!(f, "\nCertificates")?;
        }
        for certificate in &self.certificates {
            self.write_certificate(f, certificate)?;
        }
        for (index, second) in self.second_seals.iter().enumerate() {
            write!(f, "\n--- second seal, {} of {} ---\n{second}", index + 1, self.second_seals.len())?;
        }
        for (index, seal) in self.checkpoint_seals.iter().enumerate() {
            let of = self.checkpoint_seals.len();
            write!(f, "\n--- seal of a checkpoint, {} of {of} ---\n{seal}", index + 1)?;
        }
        Ok(())
    }
}

impl Report {
    fn write_summary(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(finding) = decisive(&self.findings) {
            let decided = format!("{}: {}", self.name_of(finding.subject), finding.code.sentence());
            match &finding.computed {
                // A consequence is shown with its causes, which are found elsewhere.
                Some(causes) if finding.code.aspect() == Aspect::Consequence => {
                    line(f, "decided by", format_args!("{decided} ({causes})"))?;
                }
                Some(_) | None => line(f, "decided by", decided)?,
            }
        }
        if let Some(statement) = &self.statement {
            let is_of_question =
                decisive(&self.findings).is_some_and(|finding| finding.code.aspect() == Aspect::Question);
            if self.indication == Indication::TotalFailed || is_of_question {
                line(f, "the statement", self.standing())?;
            }
            write_statement(f, statement)?;
            let is = |code: Code| self.findings.iter().any(|finding| finding.code == code);
            if is(Code::PayloadNotCompared) {
                line(f, "payload", "not given, so not compared")?;
            } else if is(Code::PayloadMatches) {
                line(f, "payload", "compared: it is one that is stated")?;
            }
        }
        let warnings = self.findings.iter().filter(|finding| finding.outcome == Outcome::Warning).count();
        if warnings > 0 {
            line(f, "warnings", format_args!("{warnings}, among the checks below"))?;
        }
        if let Some(level) = self.level {
            line(f, "level", level)?;
        }
        match self.proven_at {
            Some(time) => line(f, "proven at", text::time(time))?,
            None => line(f, "proven at", "no time is proven")?,
        }
        if let Some(scope) = &self.scope {
            let place = match scope.content {
                ContentPlace::Attached => "attached content",
                ContentPlace::Detached => "detached content",
            };
            let digest = scope.digest.as_deref().unwrap_or("which was not given");
            line(f, "signed", format_args!("{place}, {digest}"))?;
        }
        line(f, "verified at", text::time(self.verified_at.trunc_subsecs(3)))?;
        line(f, "verified by", format_args!("{}, policy {}", self.library, self.policy))?;
        match (&self.verifiable_until, self.indication) {
            (Some(until), Indication::TotalPassed) => {
                line(f, "holds until", format_args!("{} ({})", text::time(until.time), until.because))?;
                line(f, "", until.advice())?;
                match until.timestamps_left {
                    None | Some(0) => Ok(()),
                    Some(left) => line(f, "", format_args!("no more than {left} further timestamps have room")),
                }
            }
            (None, Indication::TotalPassed) => {
                line(f, "holds until", "not limited by the policy's dates for algorithms")
            }
            (Some(_) | None, Indication::Indeterminate | Indication::TotalFailed) => Ok(()),
        }
    }

    /// What a failure means for the statement: another payload or another environment than was asked about, or a
    /// sending that was not opened, leave it as true as it is.
    fn standing(&self) -> String {
        let mut asked = Vec::new();
        let mut is_open = false;
        for finding in self.findings.iter().filter(|finding| !finding.subject.is_timestamp()) {
            let is_of_question = matches!(finding.subject, Subject::Payload | Subject::Link);
            let reason = match finding.outcome {
                Outcome::Failed | Outcome::Indeterminate if finding.code.aspect() == Aspect::Question => {
                    differs_from_question(finding)
                }
                Outcome::Failed => return "unchanged claim; this proof does not establish it".to_owned(),
                Outcome::Indeterminate => {
                    is_open |= !is_of_question;
                    continue;
                }
                Outcome::Passed | Outcome::Information | Outcome::Warning => continue,
            };
            if !asked.contains(&reason) {
                asked.push(reason);
            }
        }
        let asked = asked.join("; ");
        match is_open {
            true => format!("unchanged claim; {asked}; whether seal and statement hold is not decided"),
            false => format!("the seal and the statement hold; {asked}"),
        }
    }

    /// What others made is called a signature, what our form of proof carries is a seal.
    pub(super) fn name_of(&self, subject: Subject) -> String {
        let name = match self.artifact {
            ArtifactKind::Signature | ArtifactKind::PayloadSignature | ArtifactKind::Submission
                if subject == Subject::Seal =>
            {
                "signature"
            }
            ArtifactKind::Signature | ArtifactKind::PayloadSignature | ArtifactKind::Submission
                if subject == Subject::SealChain =>
            {
                "signer chain"
            }
            ArtifactKind::Timestamp if subject == Subject::Token => "timestamp",
            ArtifactKind::ProofOfSending
            | ArtifactKind::ProofOfOpening
            | ArtifactKind::ProofOfStep
            | ArtifactKind::PayloadSignature
            | ArtifactKind::Signature
            | ArtifactKind::Timestamp
            | ArtifactKind::EvidenceRecord
            | ArtifactKind::SecondSeal
            | ArtifactKind::CheckpointSeal
            | ArtifactKind::Submission
            | ArtifactKind::Sealer
            | ArtifactKind::Unreadable => return subject.to_string(),
        };
        name.to_owned()
    }

    fn write_finding(&self, f: &mut Formatter<'_>, finding: &Finding) -> fmt::Result {
        let mark = match finding.outcome {
            Outcome::Passed => "ok",
            Outcome::Information => "info",
            Outcome::Warning => "WARN",
            Outcome::Indeterminate => "OPEN",
            Outcome::Failed => "FAIL",
        };
        f.write_str("  ")?;
        padded(f, mark, 5)?;
        padded(f, &self.name_of(finding.subject), CHECK - 7)?;
        wrapped(f, CHECK, &format!("{} [{}]", finding.code.sentence(), finding.code))?;
        let compares = finding.stated.is_some() && finding.computed.is_some();
        for (label, detail) in [("stated", &finding.stated), ("computed", &finding.computed)] {
            let Some(detail) = detail else { continue };
            // One side alone needs no name.
            let label = if compares { format!("{label:<9} ") } else { String::new() };
            spaces(f, CHECK + 2)?;
            f.write_str(&label)?;
            wrapped(f, CHECK + 2 + label.len(), detail)?;
        }
        Ok(())
    }

    fn write_certificate(&self, f: &mut Formatter<'_>, certificate: &CertificateSummary) -> fmt::Result {
        let CertificateSummary { used_for, subject, issuer, serial, not_before, not_after, key, fingerprint } =
            certificate;
        f.write_str("  ")?;
        padded(f, &self.name_of(*used_for), VALUE - 2)?;
        wrapped(f, VALUE, subject)?;
        let mut detail = |label: &str, value: &dyn Display| {
            spaces(f, VALUE + 2)?;
            padded(f, label, 12)?;
            wrapped(f, VALUE + 14, &value.to_string())
        };
        detail("issued by", issuer)?;
        detail("serial", serial)?;
        detail("valid", &format_args!("{} to {}", text::time(*not_before), text::time(*not_after)))?;
        detail("key", key)?;
        detail("fingerprint", fingerprint)
    }
}

/// How a proof differs from what was asked about it.
fn differs_from_question(finding: &Finding) -> String {
    if finding.code == Code::EnvironmentDiffers {
        let what = if finding.subject == Subject::Link { "the sending" } else { "it" };
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "another environment".to_owned());
        let (stated, expected) = (side(&finding.stated), side(&finding.computed));
        return format!("{what} is of {stated}, and {expected} was asked for");
    }
    if finding.subject == Subject::Payload {
        return "the file that was given is not the letter".to_owned();
    }
    if finding.subject == Subject::Submission {
        return "the submission that was given is not the one that it names".to_owned();
    }
    if finding.subject == Subject::Statement {
        return "the disclosure that was given does not fit it".to_owned();
    }
    "the sending that was given is not the one that it names".to_owned()
}

fn write_mandate(f: &mut Formatter<'_>, mandate: &MandateSummary) -> fmt::Result {
    let (role, application, actions) = (&mandate.role, &mandate.application, mandate.actions.join(", "));
    line(f, "mandate", format_args!("{role} for {application}: {actions}"))?;
    let from = text::time(mandate.valid_from);
    match mandate.valid_until {
        Some(until) => line(f, "", format_args!("from {from} until {}", text::time(until)))?,
        None => line(f, "", format_args!("from {from}"))?,
    }
    line(f, "", format_args!("by {}", mandate.register))
}

fn write_statement(f: &mut Formatter<'_>, statement: &StatementSummary) -> fmt::Result {
    line(f, "event", format_args!("{} at {}", statement.event, text::time(statement.event_time)))?;
    for reason in &statement.reasons {
        line(f, "reason", reason)?;
        if let Some(known) = KnownReason::of_uri(reason) {
            line(f, "", known.sentence())?;
        }
    }
    if let Some(mandate) = &statement.mandate {
        write_mandate(f, mandate)?;
    }
    statement.details.write_lines(f)?;
    line(f, "submitted", text::time(statement.submission_time))?;
    line(f, "message", &statement.message_id)?;
    line(f, "content", statement.content_types.join(", "))?;
    line(f, "issuer", format_args!("{} ({})", statement.issuer, statement.environment))?;
    line(f, "evidence", &statement.evidence_identifier)?;
    line(f, "proof id", &statement.proof_id)
}

fn write_timestamp(f: &mut Formatter<'_>, number: usize, timestamp: &TimestampSummary) -> fmt::Result {
    let TimestampSummary {
        kind,
        valid,
        indication,
        sub_indication,
        imprint,
        gen_time,
        accuracy,
        policy,
        serial,
        tsa_name,
        tsa,
    } = timestamp;
    let verdict = if *valid {
        "valid".to_owned()
    } else if *kind == TimestampKind::NotEvaluated {
        "not evaluated".to_owned()
    } else {
        format!("{}, see the checks", verdict(*indication, *sub_indication))
    };
    writeln!(f, "  {number:<3} {}: {verdict}", coverage(*kind))?;
    if let Some(time) = gen_time {
        let accuracy =
            accuracy.as_ref().map_or_else(|| ", accuracy not stated".to_owned(), |accuracy| format!(" +/- {accuracy}"));
        line(f, "    time", format_args!("{}{accuracy}", text::time(*time)))?;
    }
    let named = if tsa.is_some() { "" } else { "named as " };
    if let Some(name) = tsa_name {
        line(f, "    TSA", format_args!("{named}{name}"))?;
    }
    let details =
        [("    certificate", tsa), ("    TSA policy", policy), ("    serial", serial), ("    imprint", imprint)];
    for (label, value) in details {
        if let Some(value) = value {
            line(f, label, value)?;
        }
    }
    Ok(())
}

/// An indication with its reason.
pub(super) fn verdict(indication: Indication, sub_indication: Option<SubIndication>) -> String {
    match sub_indication {
        Some(sub_indication) => format!("{indication} / {sub_indication}"),
        None => indication.to_string(),
    }
}

fn coverage(kind: TimestampKind) -> &'static str {
    match kind {
        TimestampKind::Content => "content-time-stamp, over the content",
        TimestampKind::Signature => "signature-time-stamp, over the signature",
        TimestampKind::ArchiveV3 => "archive-time-stamp-v3, over content, signature and what its index lists",
        TimestampKind::NotEvaluated => "timestamp of an older form, whose coverage is not evaluated",
        TimestampKind::EvidenceRecord => "evidence record timestamp",
        TimestampKind::Token => "timestamp token",
    }
}

pub(super) fn line(f: &mut Formatter<'_>, label: &str, value: impl Display) -> fmt::Result {
    f.write_str("  ")?;
    padded(f, label, VALUE - 2)?;
    wrapped(f, VALUE, &value.to_string())
}

/// Words on lines of [`WIDTH`] columns, the first of which begins at `indent`, where the others are put.
fn wrapped(f: &mut Formatter<'_>, indent: usize, text: &str) -> fmt::Result {
    let is_plain = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
    if is_plain && indent + text.len() <= WIDTH {
        f.write_str(text)?;
        return f.write_str("\n");
    }
    // A text from an artifact must not rewrite the line it is printed on, nor change the order in which it is read.
    let shown: Cow<'_, str> = match is_plain {
        true => Cow::Borrowed(text),
        false => text.chars().map(|c| if text::is_hidden(c) { '\u{fffd}' } else { c }).collect(),
    };
    // Where the line and the word begin in `shown`. A line is written as a whole, once the word behind it does not fit.
    let (mut line, mut position, mut column) = (0, 0, indent);
    for word in shown.split(' ') {
        let length = if is_plain { word.len() } else { word.chars().count() };
        if position > 0 && column + 1 + length > WIDTH {
            f.write_str(shown.get(line..position - 1).unwrap_or_default())?;
            f.write_str("\n")?;
            spaces(f, indent)?;
            (line, column) = (position, indent);
        } else if position > 0 {
            column += 1;
        }
        column += length;
        position += word.len() + 1;
    }
    f.write_str(shown.get(line..).unwrap_or_default())?;
    f.write_str("\n")
}

/// Writes a text of ASCII, and spaces behind it up to a width.
fn padded(f: &mut Formatter<'_>, text: &str, width: usize) -> fmt::Result {
    f.write_str(text)?;
    spaces(f, width.saturating_sub(text.len()))
}

/// Writes spaces at once, where a format would write them one by one: a report has thousands.
fn spaces(f: &mut Formatter<'_>, count: usize) -> fmt::Result {
    const SPACES: &str = "                                        ";
    match SPACES.get(..count) {
        Some(spaces) => f.write_str(spaces),
        None => write!(f, "{:count$}", ""),
    }
}
