//! Workflow commands of GitHub: an annotation for each file that did not pass, and a table for the summary of the step, the worst first in both.
//!
//! A step shows ten errors and ten warnings, and drops the rest without a word; a summary holds a mebibyte.

use std::env;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use super::form::{Form, Item, against, in_one_line, reason, verdict};
use recommande::Indication;

use crate::kind::Kind;
use crate::totals::Totals;

/// How many annotations of a kind a step shows.
const SHOWN: usize = 10;

/// The octets of a summary that are filled, of the mebibyte that there is.
const SUMMARY: usize = 900 << 10;

/// The annotations and the summary, which are written at the end.
#[derive(Default)]
pub struct Github {
    errors: Listed,
    failures: Listed,
    indeterminate: Listed,
    notices: Vec<String>,
}

/// What is told of the files with one verdict, in their order, as far as a step could show it if there were no worse one.
#[derive(Default)]
struct Listed {
    annotations: Vec<String>,
    rows: Vec<String>,
    /// The octets of the rows.
    octets: usize,
    files: usize,
}

impl Listed {
    /// Lists a file by its annotation and its row, neither of which is made where a step shows it no more.
    fn add(&mut self, annotation: impl FnOnce() -> String, row: impl FnOnce() -> String) {
        self.files += 1;
        if self.annotations.len() < SHOWN {
            self.annotations.push(annotation());
        }
        if self.octets < SUMMARY {
            let row = row();
            self.octets += row.len();
            self.rows.push(row);
        }
    }
}

impl Github {
    /// Begins with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns the table, the worst first, and how many files have no place in it.
    fn table(&self) -> (String, usize) {
        let (mut table, mut rows) = (String::new(), 0);
        let lists = [&self.errors, &self.failures, &self.indeterminate];
        for row in lists.into_iter().flat_map(|list| &list.rows) {
            if table.len() >= SUMMARY {
                break;
            }
            table += row;
            rows += 1;
        }
        (table, lists.into_iter().map(|list| list.files).sum::<usize>() - rows)
    }
}

impl Form for Github {
    fn item(&mut self, _: &mut dyn Write, item: &Item<'_>) -> io::Result<()> {
        let (verdict, mut reason) = (verdict(item.outcome), reason(item.outcome).unwrap_or_default());
        if item.kind == Some(Kind::Case.name()) {
            // The state alone does not say what it lacks.
            against(item.outcome).iter().for_each(|line| reason += &format!("; {line}"));
        }
        let (command, list) = match item.outcome.indication() {
            Some(Indication::TotalPassed) => {
                for finding in against(item.outcome) {
                    if self.notices.len() < SHOWN {
                        self.notices.push(match place(item) {
                            Some(place) => format!("::notice {place}::{}", data(&finding)),
                            None => format!("::notice::{}: {}", data(item.name), data(&finding)),
                        });
                    }
                }
                return Ok(());
            }
            None => ("error", &mut self.errors),
            Some(Indication::TotalFailed) => ("error", &mut self.failures),
            Some(Indication::Indeterminate) => ("warning", &mut self.indeterminate),
        };
        let annotation = || {
            let place = place(item).map(|place| place + ",").unwrap_or_default();
            format!("::{command} {place}title={verdict}::{}: {}", data(item.name), data(&reason))
        };
        list.add(annotation, || format!("| {verdict} | {} | {} |\n", cell(item.name), cell(&reason)));
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, totals: &Totals) -> io::Result<()> {
        let errors = self.errors.annotations.iter().chain(&self.failures.annotations).take(SHOWN);
        for annotation in errors.chain(&self.indeterminate.annotations).chain(&self.notices) {
            writeln!(out, "{annotation}")?;
        }
        let Totals { passed, failed, indeterminate, errors, ignored } = totals;
        let counts = format!(
            "{passed} passed, {failed} failed, {indeterminate} indeterminate, {errors} errors; {ignored} other files"
        );
        writeln!(out, "{counts}")?;
        // A workflow that wants no summary sets the variable to nothing.
        let path = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        let Some(path) = path else { return Ok(()) };
        let path = PathBuf::from(path);
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        let mut summary = OpenOptions::new().append(true).create(true).open(&path).map_err(named)?;
        writeln!(summary, "{counts}\n")?;
        let (table, left_out) = self.table();
        if !table.is_empty() {
            writeln!(summary, "| verdict | file | reason |\n|---|---|---|\n{table}")?;
        }
        if left_out > 0 {
            writeln!(summary, "{left_out} more are in the report.")?;
        }
        Ok(())
    }
}

/// The file at which an annotation is shown. A letter is none.
fn place(item: &Item<'_>) -> Option<String> {
    let is_file = item.kind != Some(Kind::Case.name());
    is_file.then(|| format!("file={}", property(item.name)))
}

/// The data of a command, in one line as for people: a line ends a command, and a log shows what changes how a line looks.
fn data(text: &str) -> String {
    in_one_line(text).replace('%', "%25")
}

/// A property of a command, which ends at a comma or a colon too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A cell of a table, which says where it was cut. What would be markup there is written as a character.
fn cell(text: &str) -> String {
    const LONGEST: usize = 600;
    let (mut cell, line) = (String::new(), in_one_line(text));
    let mut characters = line.chars();
    for character in characters.by_ref().take(LONGEST) {
        match character {
            '&' => cell.push_str("&amp;"),
            '<' => cell.push_str("&lt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '@' | '!' | '~' => {
                let _ = write!(cell, "&#{};", u32::from(character));
            }
            other => cell.push(other),
        }
    }
    if characters.next().is_some() {
        cell.push_str(" …");
    }
    cell
}
