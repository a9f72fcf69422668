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
use self::out::Out;
use self::text::Text;

/// Standard output, and the report that is archived.
pub struct Outputs {
    form: Box<dyn Form>,
    out: Out,
    report: Option<Archived>,
    /// Why nothing more is written to standard output.
    failed: Option<io::Error>,
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
        Ok(Self { form, out: Out::new(), report, failed: None })
    }

    /// Writes what came of a file. An output that fails does not keep the report from being written, and is told at the end.
    ///
    /// # Errors
    /// The report cannot be written.
    pub fn item(&mut self, item: &Item<'_>) -> Result<(), Error> {
        if self.failed.is_none() {
            self.failed = self.form.item(&mut self.out, item).err();
        }
        self.report.as_mut().map_or(Ok(()), |archived| archived.item(item))
    }

    /// Writes the counts, and gives the report its name.
    ///
    /// # Errors
    /// An output could not be written.
    pub fn end(mut self, totals: &Totals) -> Result<(), Error> {
        self.report.map_or(Ok(()), |archived| archived.end(totals))?;
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        self.form.end(&mut self.out, totals)?;
        Ok(self.out.flush()?)
    }
}
