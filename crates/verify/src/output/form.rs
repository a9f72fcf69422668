//! What the forms of output have in common: an item, and what is told of it.

use std::io::{self, Write};

use recommande::verify::{self, Finding, Subject};
use recommande::{Indication, Report};

use crate::judge::Outcome;
use crate::kind::Kind;
use crate::totals::Totals;

/// How many findings are told of one file, where not all are asked for.
const FINDINGS: usize = 20;

/// A file that was judged, or could not be.
pub struct Item<'a> {
    pub name: &'a str,
    pub kind: Option<Kind>,
    pub outcome: &'a Outcome,
}

/// Writes items as they come.
pub trait Form {
    /// Writes what came of a file.
    fn item(&mut self, out: &mut dyn Write, item: &Item<'_>) -> io::Result<()>;

    /// Writes the counts.
    fn end(&mut self, out: &mut dyn Write, totals: &Totals) -> io::Result<()>;
}

/// The verdict on an item in the words of the standard, or that there is none.
pub fn verdict(outcome: &Outcome) -> String {
    outcome.indication().map_or_else(|| "ERROR".to_owned(), |indication| indication.to_string())
}

/// The reason for a verdict in one line, if it is not TOTAL-PASSED.
pub fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Error(reason) | Outcome::Bare(_, reason) => Some(reason.clone()),
        Outcome::Parts(parts) => {
            let against = parts.iter().filter(|part| part.indication != Indication::TotalPassed);
            let names: Vec<&str> = against.map(|part| part.name.as_str()).take(FINDINGS).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        Outcome::Reports(_) => reason_of(outcome.worst()?),
    }
}

/// What decided the verdict of a report, if it is not TOTAL-PASSED.
pub fn reason_of(report: &Report) -> Option<String> {
    let decided = report.decided_by.map(|by| format!("{} {}", by.subject, by.code))?;
    Some(match report.sub_indication {
        Some(sub_indication) => format!("{sub_indication}: {decided}"),
        None => decided,
    })
}

/// The findings that speak against a file, at most [`FINDINGS`] of them, and a line that says how many more there are. Of a file that passed
/// these are about what lies beside it: a record, a second seal or the proof of a log that does not hold takes nothing from the verdict, and
/// whoever keeps it has to know.
pub fn against(outcome: &Outcome) -> Vec<String> {
    let has_passed = outcome.indication() == Some(Indication::TotalPassed);
    let speaks = |finding: &&Finding| match finding.outcome {
        verify::Outcome::Failed | verify::Outcome::Indeterminate => true,
        verify::Outcome::Warning => !has_passed || lies_beside(finding.subject),
        verify::Outcome::Passed | verify::Outcome::Information => false,
    };
    let findings = || outcome.worst().into_iter().flat_map(|report| &report.findings).filter(speaks);
    let mut lines: Vec<String> = findings().take(FINDINGS).map(|finding| in_one_line(&finding.to_string())).collect();
    let more = findings().count().saturating_sub(lines.len());
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

fn lies_beside(subject: Subject) -> bool {
    matches!(subject, Subject::EvidenceRecord(_) | Subject::SecondSeal | Subject::Log)
}

/// A text with an escape for each character that would begin another line, is invisible, or changes how the line is shown. The name
/// of a file is anybody's, and would write lines of the report otherwise.
pub fn in_one_line(text: &str) -> String {
    let is_unseen = |character: char| {
        character.is_control()
            || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unseen(character) { line.extend(character.escape_default()) } else { line.push(character) }
    }
    line
}
