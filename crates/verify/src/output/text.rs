//! For people: a line for each file, and below it what speaks against it.

use std::io::{self, Write};

use super::form::{Form, Item, against, in_one_line, reason, verdict};
use crate::arguments::Arguments;
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
        }
        if self.is_full {
            return item.outcome.reports().try_for_each(|report| writeln!(out, "{report}"));
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
