//! What the forms of output have in common: an item, and what is told of it.

use std::io::{self, Write};

use recommande::life::Case;
use recommande::verify::Finding;
use recommande::{Indication, Report};

use crate::case::{self, ToldClaim, ToldLetter};
use crate::finding::{decides, is_of_beside, objects};
use crate::judge::Outcome;
use crate::totals::Totals;

/// How many findings are told of one file, where not all are asked for.
const FINDINGS: usize = 20;

/// A file or a letter that was judged, or could not be.
pub struct Item<'a> {
    pub name: &'a str,
    /// The name of what it is, as the report has it.
    pub kind: Option<&'static str>,
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
        Outcome::Letters(told) => reason_of_letters(told),
        Outcome::Reports(_) => reason_of(outcome.worst()?),
    }
}

/// The cases that are not proven, or what is claimed where there is no letter.
fn reason_of_letters(told: &case::Told) -> Option<String> {
    let is_one = told.letters.len() == 1;
    let cases = told.letters.iter().flat_map(|ToldLetter { letter, .. }| {
        let message = if is_one { String::new() } else { format!("message {}, ", letter.message) };
        let against = letter.cases.iter().filter(|case| case::of_case(case) != Indication::TotalPassed);
        against.map(move |case| match case {
            Ok(case) => format!("{message}recipient {}: {}", case.recipient, case.verdict),
            Err(error) => format!("{message}{error}"),
        })
    });
    let claims = told
        .claims
        .iter()
        .filter(|_| told.letters.is_empty())
        .map(|ToldClaim { file, claim }| format!("{file}: {claim}"));
    let reasons: Vec<String> = cases.chain(claims).take(FINDINGS).collect();
    (!reasons.is_empty()).then(|| reasons.join(", "))
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
    if let Outcome::Letters(told) = outcome {
        return shortened(against_letters(told));
    }
    let has_passed = outcome.indication() == Some(Indication::TotalPassed);
    let speaks =
        |finding: &&Finding| decides(finding) || (objects(finding) && (!has_passed || is_of_beside(finding.subject)));
    let findings = outcome.worst().into_iter().flat_map(|report| &report.findings).filter(speaks);
    shortened(findings.map(Finding::to_string))
}

/// At most [`FINDINGS`] lines, and one that says how many more there are.
fn shortened(mut lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut shown: Vec<String> = lines.by_ref().take(FINDINGS).map(|line| in_one_line(&line)).collect();
    let more = lines.count();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown
}

/// What the proofs of letters say against each other, what is missing, and what is claimed.
fn against_letters(told: &case::Told) -> impl Iterator<Item = String> {
    let cases = told.letters.iter().flat_map(|told| &told.letter.cases);
    let of_cases = cases.flat_map(|case| {
        let is_open = case::of_case(case) != Indication::TotalPassed;
        case.iter().flat_map(move |case| against_case(case).chain(is_open.then(|| open(case)).into_iter().flatten()))
    });
    let replies = told.letters.iter().flat_map(|ToldLetter { letter, .. }| {
        let against = letter.replies.iter().filter(|reply| !reply.holds());
        against.map(|reply| {
            let objections: Vec<String> = reply.objections.iter().map(ToString::to_string).collect();
            format!("reply by message {}: {}", reply.message, objections.join(", "))
        })
    });
    of_cases.chain(replies).chain(told.claims.iter().map(|ToldClaim { file, claim }| format!("claim {file}: {claim}")))
}

fn against_case(case: &Case) -> impl Iterator<Item = String> {
    // Many pairs of proofs may contradict each other in one way, and they stand in this order.
    let mut kinds: Vec<_> = case.contradictions.iter().map(|contradiction| contradiction.kind).collect();
    kinds.dedup();
    let contradictions = kinds.into_iter().map(|kind| format!("contradiction: {kind}: {}", kind.sentence()));
    let missing = case.missing.iter().map(|missing| format!("missing: proof {}", missing.proof));
    contradictions.chain(missing).map(|line| format!("recipient {}: {line}", case.recipient))
}

/// Why a case is not proven: what the proofs do not show, and those that count and are not proven themselves.
fn open(case: &Case) -> impl Iterator<Item = String> {
    let gaps = case.gaps.iter().map(|gap| format!("gap: {gap}"));
    let not_proven = case.facts.iter().filter(|fact| fact.counts && !fact.proven);
    let not_proven = not_proven.map(|fact| match &fact.finding {
        Some(finding) => format!("not proven: {}: {finding}", fact.event),
        // It verified by itself.
        None => format!("not proven: {}: a proof that it follows is not there, or does not verify", fact.event),
    });
    gaps.chain(not_proven).map(|line| format!("recipient {}: {line}", case.recipient))
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
