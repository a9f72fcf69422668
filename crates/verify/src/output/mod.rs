//! What is written of a run, and where.

mod archived;
mod form;
mod github;
mod json;
mod junit;
mod out;
mod text;

use std::io::{self, Write as _};

use chrono::{DateTime, Utc};

use crate::arguments::{Arguments, Format};
use crate::error::Error;
use crate::totals::Totals;

use self::archived::Archived;
use self::form::Form;
pub use self::form::{Item, in_one_line, reason_of};
use self::github::Github;
use self::json::Json;
use self::junit::Junit;
pub use self::out::Out;
use self::text::Text;

/// Standard output, and the report that is archived. What happens to one of them costs the other nothing.
pub struct Outputs {
    form: Box<dyn Form>,
    out: Out,
    report: Option<Archived>,
    /// Why nothing more is written to standard output.
    failed: Option<io::Error>,
    /// Why there is no report any more.
    report_failed: Option<Error>,
}

impl Outputs {
    /// Begins to write. The file of the report is made before anything is judged, so that one that cannot be written is told at once.
    ///
    /// # Errors
    /// The file of the report cannot be written.
    pub fn new(arguments: &Arguments, now: DateTime<Utc>) -> Result<Self, Error> {
        let form: Box<dyn Form> = match arguments.format {
            Format::Text => Box::new(Text::new(arguments)),
            Format::Json => Box::new(Json::new(now)),
            Format::Junit => Box::new(Junit::new(now)),
            Format::Github => Box::new(Github::new()),
        };
        let report = arguments.report.as_deref().map(|path| Archived::begin(path, now)).transpose()?;
        Ok(Self { form, out: Out::new(), report, failed: None, report_failed: None })
    }

    /// Writes what came of a file. An output that fails is told at the end.
    pub fn item(&mut self, item: &Item<'_>) {
        if self.failed.is_none() {
            self.failed = self.form.item(&mut self.out, item).err();
        }
        if let Some(Err(error)) = self.report.as_mut().map(|archived| archived.item(item)) {
            (self.report, self.report_failed) = (None, Some(error));
        }
    }

    /// Writes the counts, and gives the report its name.
    ///
    /// # Errors
    /// An output could not be written. Where neither could, the error is about the report.
    pub fn end(self, totals: &Totals) -> Result<(), Error> {
        let Self { mut form, mut out, report, failed, report_failed } = self;
        let told = failed.map_or_else(|| form.end(&mut out, totals).and_then(|()| out.flush()), Err);
        match report_failed {
            Some(error) => return Err(error),
            None => report.map_or(Ok(()), |archived| archived.end(totals))?,
        }
        Ok(told?)
    }
}
