//! JUnit XML: a test case for each file. TOTAL-FAILED is a failure, INDETERMINATE and what could not be judged are errors.
//!
//! GitLab shows the name of the class as the suite, drops a case whose class and name are those of another one, and has shown the
//! text of an element and not its message: both are written. No reader changes the status of a job: that is the exit status's.

use std::fmt;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use recommande::Indication;

use super::form::{Form, Item, against, reason, verdict};
use crate::totals::Totals;

/// A document that is written while it is judged.
pub struct Junit {
    now: DateTime<Utc>,
    has_begun: bool,
}

impl Junit {
    /// Names the time of the verification.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self { now, has_begun: false }
    }

    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        if std::mem::replace(&mut self.has_begun, true) {
            return Ok(());
        }
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"recommande-verify\">")?;
        let now = self.now.format("%Y-%m-%dT%H:%M:%S");
        writeln!(out, "<testsuite name=\"recommande-verify\" timestamp=\"{now}\">")
    }
}

impl Form for Junit {
    fn item(&mut self, out: &mut dyn Write, item: &Item<'_>) -> io::Result<()> {
        self.begin(out)?;
        let class = item.kind.unwrap_or("not-judged");
        write!(out, "<testcase classname=\"recommande.{class}\" name=\"{}\"", Escaped(item.name))?;
        let element = match item.outcome.indication() {
            Some(Indication::TotalPassed) => {
                let against = against(item.outcome).join("\n");
                return match against.as_str() {
                    "" => writeln!(out, "/>"),
                    against => writeln!(out, "><system-out>{}</system-out></testcase>", Escaped(against)),
                };
            }
            Some(Indication::TotalFailed) => "failure",
            Some(Indication::Indeterminate) | None => "error",
        };
        let (verdict, reason) = (verdict(item.outcome), reason(item.outcome).unwrap_or_default());
        write!(out, "><{element} type=\"{verdict}\" message=\"{}\">", Escaped(&reason))?;
        write!(out, "{verdict} {}", Escaped(&reason))?;
        for finding in against(item.outcome) {
            write!(out, "\n{}", Escaped(&finding))?;
        }
        writeln!(out, "</{element}></testcase>")
    }

    fn end(&mut self, out: &mut dyn Write, _: &Totals) -> io::Result<()> {
        self.begin(out)?;
        writeln!(out, "</testsuite>\n</testsuites>")
    }
}

/// A text in XML 1.0, in an element or in an attribute. What cannot stand there in any form is written as `U+` and its number.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&apos;"),
            '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(character)),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => write!(f, "U+{:04X}", u32::from(character)),
            other => write!(f, "{other}"),
        })
    }
}
