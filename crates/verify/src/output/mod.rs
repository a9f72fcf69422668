//! What is written of a run, and where.

mod github;
mod json;
mod junit;
mod text;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use recommande::Indication;
use recommande::verify::{self, Finding};

use crate::arguments::{Arguments, Format};
use crate::error::Error;
use crate::judge::Outcome;
use crate::kind::Kind;
use crate::totals::Totals;

use self::github::Github;
use self::json::Json;
use self::junit::Junit;
use self::text::Text;

/// How many findings are told of one file, where not all are asked for.
const FINDINGS: usize = 20;

/// A file that was judged, or could not be.
pub struct Item<'a> {
    pub name: &'a str,
    pub kind: Option<Kind>,
    pub outcome: &'a Outcome,
}

/// Writes items as they come.
trait Form {
    fn item(&mut self, out: &mut dyn Write, item: &Item<'_>) -> io::Result<()>;

    fn end(&mut self, out: &mut dyn Write, totals: &Totals) -> io::Result<()>;
}

/// Standard output, and the report that is archived.
pub struct Outputs {
    form: Box<dyn Form>,
    out: Out,
    report: Option<Archived>,
}

/// The report in its file, which has its name when it is whole.
struct Archived {
    form: Json,
    path: PathBuf,
    new: PathBuf,
    file: BufWriter<File>,
}

impl Outputs {
    /// Begins to write. The file of the report is made before anything is judged, so that one that cannot be written is told at once.
    pub fn new(arguments: &Arguments, now: DateTime<Utc>) -> Result<Self, Error> {
        let form: Box<dyn Form> = match arguments.format {
            Format::Text => Box::new(Text::new(arguments)),
            Format::Json => Box::new(Json::new(now)),
            Format::Junit => Box::new(Junit::new(now)),
            Format::Github => Box::new(Github::new()),
        };
        let report = arguments.report.as_ref().map(|path| {
            let mut new = path.as_os_str().to_owned();
            new.push(".new");
            let new = PathBuf::from(new);
            let file = File::create(&new).map_err(Error::of(&new))?;
            Ok::<_, Error>(Archived { form: Json::new(now), path: path.clone(), new, file: BufWriter::new(file) })
        });
        Ok(Self { form, out: Out(Some(BufWriter::new(io::stdout()))), report: report.transpose()? })
    }

    /// Writes what came of a file.
    pub fn item(&mut self, item: &Item<'_>) -> Result<(), Error> {
        self.form.item(&mut self.out, item)?;
        if let Some(archived) = &mut self.report {
            archived.form.item(&mut archived.file, item).map_err(Error::of(&archived.new))?;
        }
        Ok(())
    }

    /// Writes the counts, and gives the report its name.
    pub fn end(mut self, totals: &Totals) -> Result<(), Error> {
        self.form.end(&mut self.out, totals)?;
        self.out.flush()?;
        if let Some(Archived { mut form, path, new, mut file }) = self.report {
            let written = form.end(&mut file, totals).and_then(|()| file.flush());
            written.and_then(|()| fs::rename(&new, &path)).map_err(Error::of(&path))?;
        }
        Ok(())
    }
}

/// Standard output. A reader that closed it (`| head`) has read enough, and the exit status still tells the verdict.
struct Out(Option<BufWriter<io::Stdout>>);

impl Out {
    fn ended(&mut self, result: io::Result<usize>) -> io::Result<Option<usize>> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.0 = None;
                Ok(None)
            }
            other => other.map(Some),
        }
    }
}

impl Write for Out {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let Some(out) = &mut self.0 else { return Ok(octets.len()) };
        let written = out.write(octets);
        Ok(self.ended(written)?.unwrap_or(octets.len()))
    }

    fn flush(&mut self) -> io::Result<()> {
        let Some(out) = &mut self.0 else { return Ok(()) };
        let flushed = out.flush().map(|()| 0);
        self.ended(flushed).map(drop)
    }
}

/// The verdict on an item in the words of the standard, or that there is none.
fn verdict(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Error(_) => "ERROR".to_owned(),
        Outcome::Bare(indication, _) => indication.to_string(),
        Outcome::Reports(_) | Outcome::Parts(_) => match outcome.indication() {
            Some(indication) => indication.to_string(),
            None => "ERROR".to_owned(),
        },
    }
}

/// The reason for a verdict in one line, if it is not TOTAL-PASSED.
fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Error(reason) | Outcome::Bare(_, reason) => Some(reason.clone()),
        Outcome::Parts(parts) => {
            let against = parts.iter().filter(|part| part.indication != Indication::TotalPassed);
            let names: Vec<&str> = against.map(|part| part.name.as_str()).take(FINDINGS).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        Outcome::Reports(_) => {
            let report = outcome.worst()?;
            let decided = report.decided_by.map(|by| format!("{} {}", by.subject, by.code))?;
            Some(match report.sub_indication {
                Some(sub_indication) => format!("{sub_indication}: {decided}"),
                None => decided,
            })
        }
    }
}

/// The findings that speak against a file, at most [`FINDINGS`] of them, and a line that says how many more there are.
fn against(outcome: &Outcome) -> Vec<String> {
    let Some(report) = outcome.worst() else { return Vec::new() };
    let speaks = |finding: &&Finding| match finding.outcome {
        verify::Outcome::Failed | verify::Outcome::Indeterminate | verify::Outcome::Warning => true,
        verify::Outcome::Passed | verify::Outcome::Information => false,
    };
    let mut lines: Vec<String> =
        report.findings.iter().filter(speaks).take(FINDINGS).map(|finding| in_one_line(&finding.to_string())).collect();
    let more = report.findings.iter().filter(speaks).count().saturating_sub(lines.len());
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines
}

/// A text with an escape for each character that would begin another line, is invisible, or changes how the line is shown. The name
/// of a file is anybody's, and would write lines of the report otherwise.
fn in_one_line(text: &str) -> String {
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
