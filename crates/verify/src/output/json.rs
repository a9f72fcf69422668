//! One JSON document: schema/report.schema.json.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use recommande::life::{Case, Reply, ReplyLink, TooManyProofs};
use recommande::verify::Finding;
use recommande::{Indication, Report};
use serde::Serialize;
use serde_json::Value;

use super::form::{Form, Item};
use crate::case::{Asked, ToldClaim, ToldLetter};
use crate::judge::{Outcome, Part};
use crate::totals::Totals;

/// How each document begins: with the name of its form, which changes where a member changes its meaning.
pub const BEGIN: &str = "{\"form\":\"recommande-verify/1\"";

/// A document that is written while it is judged.
pub struct Json {
    now: DateTime<Utc>,
    has_begun: bool,
}

/// A file or a letter in the document.
#[derive(Default, Serialize)]
struct Judged<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    indication: Option<Indication>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reports: Option<&'a [Report]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<JudgedPart<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    letters: Option<Vec<JudgedLetter<'a>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<JudgedClaim<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// A file in a container.
#[derive(Serialize)]
struct JudgedPart<'a> {
    name: &'a str,
    indication: Indication,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
}

impl<'a> JudgedPart<'a> {
    fn of(part: &'a Part) -> Self {
        Self { name: &part.name, indication: part.indication, report: part.report.as_ref() }
    }
}

/// A letter.
#[derive(Serialize)]
struct JudgedLetter<'a> {
    message: &'a str,
    environment: &'static str,
    cases: Vec<JudgedCase<'a>>,
    replies: &'a [Reply],
    replies_to: &'a [ReplyLink],
}

/// A case of a letter with what was asked about it, or why there is none.
#[derive(Serialize)]
#[serde(untagged)]
enum JudgedCase<'a> {
    Made {
        case: &'a Case,
        #[serde(skip_serializing_if = "Option::is_none")]
        moments: Option<&'a Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        keeping: Option<&'a Value>,
    },
    NotMade {
        error: String,
    },
}

/// A file that does not verify.
#[derive(Serialize)]
struct JudgedClaim<'a> {
    file: &'a str,
    event: Option<&'static str>,
    finding: &'a Finding,
}

impl<'a> JudgedLetter<'a> {
    fn of(told: &'a ToldLetter) -> Self {
        let ToldLetter { letter, asked } = told;
        let case = |(case, asked): (&'a Result<Case, TooManyProofs>, &'a Asked)| match case {
            Ok(case) => JudgedCase::Made { case, moments: asked.moments.as_ref(), keeping: asked.keeping.as_ref() },
            Err(error) => JudgedCase::NotMade { error: error.to_string() },
        };
        Self {
            message: letter.message.as_str(),
            environment: letter.environment.name(),
            cases: letter.cases.iter().zip(asked).map(case).collect(),
            replies: &letter.replies,
            replies_to: &letter.replies_to,
        }
    }
}

impl<'a> JudgedClaim<'a> {
    fn of(told: &'a ToldClaim) -> Self {
        Self { file: &told.file, event: told.claim.event, finding: &told.claim.finding }
    }
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
        writeln!(out, "{BEGIN},\"version\":\"{version}\",\"verified_at\":{now},\"files\":[")
    }
}

impl Form for Json {
    fn item(&mut self, out: &mut dyn Write, item: &Item<'_>) -> io::Result<()> {
        self.begin(out)?;
        let (kind, indication) = (item.kind, item.outcome.indication());
        let mut judged = Judged { file: item.name, kind, indication, ..Judged::default() };
        match item.outcome {
            Outcome::Reports(reports) => judged.reports = Some(reports),
            Outcome::Parts(parts) => {
                judged.parts = Some(parts.iter().map(JudgedPart::of).collect());
            }
            Outcome::Letters(told) => {
                judged.letters = Some(told.letters.iter().map(JudgedLetter::of).collect());
                judged.claims = told.claims.iter().map(JudgedClaim::of).collect();
            }
            Outcome::Bare(_, reason) => judged.reason = Some(reason),
            Outcome::Error(error) => judged.error = Some(error),
        }
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
