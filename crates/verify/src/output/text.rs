//! For people: a line for each file, and below it what speaks against it.

use std::io::{self, Write};

use super::form::{Form, Item, against, in_one_line, reason, verdict};
use crate::arguments::Arguments;
use crate::case::{ToldClaim, ToldLetter};
use crate::judge::Outcome;
use crate::totals::Totals;
use recommande::Indication;

/// What is written for people.
pub struct Text {
    is_full: bool,
    is_quiet: bool,
}

impl Text {
    /// Takes from the arguments how much is written.
    pub fn new(arguments: &Arguments) -> Self {
        Self { is_full: arguments.full, is_quiet: arguments.quiet }
    }
}

impl Text {
    /// Writes the verdict on each case of a letter and what was asked about it, or everything of the letter.
    fn letter(&self, out: &mut dyn Write, told: &ToldLetter) -> io::Result<()> {
        let ToldLetter { letter, asked } = told;
        let mut text = String::new();
        if self.is_full {
            text = letter.to_string();
        } else {
            for case in &letter.cases {
                text += &match case {
                    Ok(case) => format!("recipient {}: {}\n", case.recipient, case.verdict),
                    Err(error) => format!("{error}\n"),
                };
            }
        }
        asked.iter().for_each(|asked| text += &asked.text);
        text.lines().try_for_each(|line| writeln!(out, "  {}", in_one_line(line)))
    }
}

impl Form for Text {
    fn item(&mut self, out: &mut dyn Write, item: &Item<'_>) -> io::Result<()> {
        let has_passed = item.outcome.indication() == Some(Indication::TotalPassed);
        if self.is_quiet && has_passed && against(item.outcome).is_empty() {
            return Ok(());
        }
        write!(out, "{}: {}", in_one_line(item.name), verdict(item.outcome))?;
        if let Outcome::Reports(_) = item.outcome
            && let Some(report) = item.outcome.worst()
        {
            if let Some(level) = report.level {
                write!(out, " {level}")?;
            }
            if let Some(event) = &report.event {
                write!(out, " {event}")?;
            }
            if let Some(proven_at) = report.proven_at {
                write!(out, " proven at {}", proven_at.format("%Y-%m-%dT%H:%M:%SZ"))?;
            }
        }
        if let Some(reason) = reason(item.outcome) {
            write!(out, " ({})", in_one_line(&reason))?;
        }
        writeln!(out)?;
        match item.outcome {
            Outcome::Reports(_) | Outcome::Bare(..) | Outcome::Error(_) => {}
            Outcome::Parts(parts) => {
                for part in parts {
                    writeln!(out, "  {}: {}", in_one_line(&part.name), part.indication)?;
                }
            }
            Outcome::Letters(told) => told.letters.iter().try_for_each(|letter| self.letter(out, letter))?,
        }
        if self.is_full {
            item.outcome.reports().try_for_each(|report| writeln!(out, "{report}"))?;
            // A letter that is written whole says what speaks against it, and not what is claimed.
            return match item.outcome {
                Outcome::Letters(told) => {
                    let claims = told.claims.iter().map(|ToldClaim { file, claim }| format!("claim {file}: {claim}"));
                    claims.into_iter().try_for_each(|line| writeln!(out, "  {}", in_one_line(&line)))
                }
                Outcome::Reports(_) | Outcome::Parts(_) | Outcome::Bare(..) | Outcome::Error(_) => Ok(()),
            };
        }
        against(item.outcome).iter().try_for_each(|finding| writeln!(out, "  {finding}"))
    }

    fn end(&mut self, out: &mut dyn Write, totals: &Totals) -> io::Result<()> {
        if self.is_quiet && totals.status() == 0 {
            return Ok(());
        }
        let Totals { passed, failed, indeterminate, errors, ignored } = totals;
        write!(out, "{passed} passed, {failed} failed, {indeterminate} indeterminate, {errors} errors")?;
        match ignored {
            0 => writeln!(out),
            ignored => writeln!(out, "; {ignored} other files"),
        }
    }
}
