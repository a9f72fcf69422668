//! A run: what is collected is judged by several threads, and written in its order.

use std::collections::{HashMap, HashSet};
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::arguments::{Arguments, Format};
use crate::collect::{self, Collected, NOTHING_IN_IT};
use crate::error::Error;
use crate::files;
use crate::judge::{Outcome, judge};
use crate::manifest;
use crate::output::{Item, Outputs};
use crate::question::{Question, Told};
use crate::settings::Sources;
use crate::threads;
use crate::totals::Totals;

/// The name under which it is told that nothing could be judged.
const NAME: &str = "recommande-verify";

/// Judges what the arguments name.
///
/// # Errors
/// What keeps all files from being judged, or the verdicts from being written.
pub fn run(arguments: &Arguments) -> Result<Totals, Error> {
    let sources = Sources::of(arguments);
    let now = arguments.now();
    let mut outputs = Outputs::new(arguments, now)?;
    let collected = match collected(arguments, &sources, now) {
        Ok(collected) => collected,
        // An archived report must not be empty: it says what happened.
        Err(error) => Collected { errors: vec![(NAME.to_owned(), error.to_string())], ..Collected::default() },
    };
    let mut totals = Totals { ignored: collected.ignored.try_into().unwrap_or(u64::MAX), ..Totals::default() };
    let threads = threads::count(arguments);
    let mut letters = HashMap::new();
    let mut progress = Progress::new(collected.questions.len());
    let mut places = 0..;
    for window in collected.questions.chunks(threads::WINDOW) {
        let judged = window.iter().zip(threads::in_order(window, threads, judge));
        for ((question, outcome), place) in judged.zip(places.by_ref()) {
            for (name, outcome) in told(question, outcome, &mut letters) {
                totals.count(&outcome);
                outputs.item(&Item { name: &name, kind: Some(question.kind.name()), outcome: &outcome });
                for companion in collected.companions.get(&place).into_iter().flatten() {
                    let Some(outcome) = companion.told(&outcome) else { continue };
                    totals.count(&outcome);
                    outputs.item(&Item { name: &companion.name, kind: Some(companion.kind()), outcome: &outcome });
                }
            }
        }
        progress.add(window.len());
    }
    for (name, error) in collected.errors {
        let outcome = Outcome::Error(error);
        totals.count(&outcome);
        outputs.item(&Item { name: &name, kind: None, outcome: &outcome });
    }
    outputs.end(&totals)?;
    Ok(totals)
}

/// Writes that arguments are wrong where a program looks for verdicts. People were told.
///
/// # Errors
/// What keeps it from being written.
pub fn refused(arguments: &Arguments, error: &str) -> Result<Totals, Error> {
    let mut outputs = Outputs::new(arguments, arguments.now())?;
    let (outcome, mut totals) = (Outcome::Error(error.to_owned()), Totals::default());
    totals.count(&outcome);
    if arguments.format != Format::Text || arguments.report.is_some() {
        outputs.item(&Item { name: NAME, kind: None, outcome: &outcome });
        outputs.end(&totals)?;
    }
    Ok(totals)
}

fn collected(arguments: &Arguments, sources: &Sources, now: DateTime<Utc>) -> Result<Collected, Error> {
    if arguments.paths.is_empty() && arguments.manifest.is_none() {
        return Err(Error::Usage("name files, folders or a --manifest; --help lists the options".to_owned()));
    }
    if arguments.cases && arguments.paths.is_empty() {
        let error = "--cases judges the letters of files and folders; a manifest lists its own as cases";
        return Err(Error::Usage(error.to_owned()));
    }
    let settings = Arc::new(sources.settings()?);
    let mut collected = collect::collect(arguments, &settings, now)?;
    if let Some(path) = &arguments.manifest {
        let before = collected.questions.len() + collected.errors.len();
        for question in manifest::read(path, sources, now)? {
            match question {
                Ok(question) => collected.questions.push(question),
                Err((name, error)) => collected.errors.push((name, error.to_string())),
            }
        }
        if collected.questions.len() + collected.errors.len() == before {
            collected.errors.push((files::shown(path), NOTHING_IN_IT.to_owned()));
        }
    }
    name_apart(&mut collected);
    Ok(collected)
}

/// What came of a question, under the names by which it is told. Two letters of one message are told apart by a number: so many of each name were
/// told before.
fn told(question: &Question, outcome: Outcome, letters: &mut HashMap<String, usize>) -> Vec<(String, Outcome)> {
    match (question.told, outcome) {
        (Told::OfLetters, Outcome::Letters(told)) => {
            let numbered = |(name, told): (String, _)| {
                let number = letters.entry(name.clone()).or_insert(0);
                *number += 1;
                let name = if *number == 1 { name } else { format!("{name} ({number})") };
                (name, Outcome::Letters(told))
            };
            told.by_letter().map(numbered).collect()
        }
        (Told::OfLetters | Told::Once, outcome) => vec![(question.name.clone(), outcome)],
    }
}

/// Gives each file and each error a name of its own: readers of reports keep one of two cases with the same name.
fn name_apart(collected: &mut Collected) {
    let mut names = HashSet::new();
    // The number that each name had last: of many items with one name none tries the numbers of the others again.
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let of_questions = collected.questions.iter_mut().map(|question| &mut question.name);
    let of_companions = collected.companions.values_mut().flatten().map(|companion| &mut companion.name);
    for name in of_questions.chain(of_companions).chain(collected.errors.iter_mut().map(|(name, _)| name)) {
        if names.insert(name.clone()) {
            continue;
        }
        let stated = name.clone();
        let number = numbers.entry(stated.clone()).or_insert(1);
        while !names.insert(name.clone()) {
            *number += 1;
            *name = format!("{stated} ({number})");
        }
    }
}

/// Tells a person how far a long run is.
struct Progress {
    done: usize,
    all: usize,
    told: Instant,
    has_told: bool,
    is_watched: bool,
}

impl Progress {
    fn new(all: usize) -> Self {
        Self { done: 0, all, told: Instant::now(), has_told: false, is_watched: io::stderr().is_terminal() }
    }

    fn add(&mut self, files: usize) {
        self.done += files;
        let is_last = self.done == self.all && self.has_told;
        if self.is_watched && (is_last || self.told.elapsed() >= Duration::from_secs(1)) {
            (self.told, self.has_told) = (Instant::now(), true);
            let end = if self.done == self.all { "\n" } else { "" };
            // Nobody can be told that the errors cannot be told.
            let _ = write!(io::stderr(), "\r{} of {} files{end}", self.done, self.all);
        }
    }
}
