//! What is written of the checks: text for people, or one JSON document by schema/doctor.schema.json.

use std::io::{self, Write as _};

use chrono::{DateTime, Utc};
use recommande::watch::{Upcoming, Urgency};
use serde::Serialize;

use super::arguments::{DoctorArguments, DoctorFormat};
use super::check::{Check, Outcome};
use super::checks::Checked;
use crate::arguments::clock;
use crate::error::Error;
use crate::output::{Out, in_one_line};
use crate::totals::ERROR;

/// The name of the form, which changes where a member changes its meaning.
const FORM: &str = "recommande-doctor/1";

#[derive(Serialize)]
struct Document<'a> {
    form: &'static str,
    version: &'static str,
    checked_at: DateTime<Utc>,
    checks: &'a [Check],
    /// In the order in which to act.
    upcoming: Vec<Told<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    status: u8,
}

#[derive(Serialize)]
struct Told<'a> {
    urgency: Urgency,
    #[serde(flatten)]
    upcoming: &'a Upcoming,
}

/// Writes what was found, and returns the exit status: 1 where something fails, 2 where something has to be done now, and 0 otherwise.
///
/// # Errors
/// The output cannot be written. A reader that closed it has read enough.
pub fn write(arguments: &DoctorArguments, checked: &Checked, now: DateTime<Utc>) -> Result<u8, Error> {
    // A trial takes time, and what it found is no later than its end.
    let now = arguments.now.unwrap_or_else(|| clock().max(now));
    let Checked { checks, upcoming } = checked;
    let upcoming: Vec<Told<'_>> =
        upcoming.iter().map(|upcoming| Told { urgency: upcoming.urgency(now), upcoming }).collect();
    let has_failed = checks.iter().any(|check| check.outcome == Outcome::Failed);
    let worst = upcoming.iter().map(|told| told.urgency).max().unwrap_or(Urgency::Later);
    let status = match worst {
        _ if has_failed => 1,
        Urgency::Past => 1,
        Urgency::Due => 2,
        Urgency::Later => 0,
    };
    let document = Document { form: FORM, version: VERSION, checked_at: now, checks, upcoming, error: None, status };
    let mut out = Out::new();
    match arguments.format {
        DoctorFormat::Json => json(&mut out, &document)?,
        DoctorFormat::Text => text(&mut out, &document, arguments.quiet)?,
    }
    out.flush()?;
    Ok(status)
}

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes a document that says why nothing was checked.
///
/// # Errors
/// The output cannot be written.
pub fn refused(error: &str) -> io::Result<()> {
    let checked_at = clock();
    let (checks, upcoming) = (&[][..], Vec::new());
    let error = Some(error);
    let mut out = Out::new();
    json(&mut out, &Document { form: FORM, version: VERSION, checked_at, checks, upcoming, error, status: ERROR })?;
    out.flush()
}

fn json(out: &mut impl io::Write, document: &Document<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, document)?;
    writeln!(out)
}

fn text(out: &mut impl io::Write, document: &Document<'_>, is_quiet: bool) -> io::Result<()> {
    for Check { what, outcome, because } in document.checks {
        if !(is_quiet && *outcome == Outcome::Passed) {
            writeln!(out, "{:11} {what}: {because}", outcome.name())?;
        }
    }
    // A TSA that gives no timestamp fails already, and its check has said why.
    let was_told = |upcoming: &Upcoming| {
        let failed = document.checks.iter().filter(|check| check.outcome == Outcome::Failed);
        failed.filter_map(Check::as_upcoming).any(|told| told == in_one_line(&upcoming.because))
    };
    for Told { urgency, upcoming } in document.upcoming.iter().filter(|told| !was_told(told.upcoming)) {
        let urgency = match urgency {
            Urgency::Later if is_quiet => continue,
            Urgency::Later => "later",
            Urgency::Due => "now",
            Urgency::Past => "too late",
        };
        writeln!(out, "{urgency:11} {}", in_one_line(&upcoming.to_string()))?;
    }
    Ok(())
}
