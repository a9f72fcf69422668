//! One JSON document: schema/report.schema.json.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use recommande::{Indication, Report};
use serde::Serialize;

use super::{Form, Item};
use crate::judge::Outcome;
use crate::totals::Totals;

/// The name of the form, which changes where a member changes its meaning.
const FORM: &str = "recommande-verify/1";

/// A document that is written while it is judged.
pub struct Json {
    now: DateTime<Utc>,
    has_begun: bool,
}

/// A file in the document.
#[derive(Serialize)]
struct Judged<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indication: Option<Indication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reports: Option<&'a [Report]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nothing: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

impl Json {
    /// Names the time of the verification.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { now, has_begun: false }
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return writeln!(out, ",");
        }
        let (now, version) = (serde_json::to_string(&self.now)?, env!("CARGO_PKG_VERSION"));
        writeln!(out, "{{\"form\":\"{FORM}\",\"version\":\"{version}\",\"verified_at\":{now},\"files\":[")
    }
}

impl Form for Json {
    fn item(&mut self, out: &mut dyn Write, item: &Item<'_>) -> io::Result<()> {
        self.begin(out)?;
        let (reports, nothing, error) = match item.outcome {
            Outcome::Reports(reports) => (Some(reports.as_slice()), None, None),
            Outcome::Nothing(reason) => (None, Some(reason.as_str()), None),
            Outcome::Error(error) => (None, None, Some(error.as_str())),
        };
        let (kind, indication) = (item.kind.map(|kind| kind.name()), item.outcome.indication());
        let judged = Judged { file: item.name, kind, indication, reports, nothing, error };
        Ok(serde_json::to_writer(out, &judged)?)
    }

    fn end(&mut self, out: &mut dyn Write, totals: &Totals) -> io::Result<()> {
        if self.has_begun {
            writeln!(out)?;
        } else {
            self.begin(out)?;
        }
        writeln!(out, "],\"totals\":{},\"status\":{}}}", serde_json::to_string(totals)?, totals.status())
    }
}
