//! Renews the proofs in a folder that are due, each with its next timestamp, and those of a batch with one for all.

#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/bar.rs"]
mod bar;
#[path = "../common/files.rs"]
mod files;
mod folder;
#[path = "../common/output.rs"]
mod output;
mod shared;
#[path = "../common/tsa.rs"]
mod tsa;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use bar::Bar;
use chrono::{DateTime, SubsecRound, Utc};
use folder::{Item, Stored};
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::{BatchRehash, BatchRenewal, Due, Renewer, in_order};
use recommande::verify::RenewalKind;
use recommande::{Environment, TsaPool, Verifier};
use shared::Renewals;

const USAGE: &str = "\
usage: renew FOLDER --tsa URL --seal-anchors PEM --tsa-anchors PEM [--due-before DATE] [--to ALG] [--dry-run]
             [--policy NAME|FILE] [--extra FILE]... [--now RFC3339]

  FOLDER              the proofs (.p7m), each renewed in its place; where NAME.p7m.ers is there, an evidence record over
                      NAME.p7m, that is renewed instead. Symbolic links and what is no file are refused, by name
  --tsa URL           the time-stamp authority
  --seal-anchors PEM  the certificates under which seals are trusted, of all times
  --tsa-anchors PEM   the certificates under which timestamps are trusted, of all times
  --due-before DATE   renews what ends before this day, as 2031-12-31 (default: what is due, 90 or 365 days before its end)
  --to ALG            renews what has no timestamp by this digest algorithm yet, as sha512
  --dry-run           tells what would be renewed, and changes nothing
  --policy NAME|FILE  default, strict, conformance, historic, or a policy as a JSON file
  --extra FILE        certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. What a proof rests on is put into it
  --now RFC3339       renews as at this time (default: the clock)

A renewed file keeps its mode and its owner. Second seals (.pq.p7s) are not renewed by this; the last line counts them.
The files of a batch share one timestamp. It can be stopped at any moment, and run again: what is renewed is no longer due.

exit status: 0 everything that is due was renewed, 1 something was not, 3 usage or file error";

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            bar::tell(&format!("renew: {error}\n"));
            ExitCode::from(3)
        }
    }
}

/// What is renewed, and how.
struct Task {
    verifier: Verifier,
    tsas: TsaPool,
    algorithm: Option<DigestAlgorithm>,
    before: Option<DateTime<Utc>>,
    /// The time as at which everything is done, instead of the clock's.
    fixed: Option<DateTime<Utc>>,
}

impl Task {
    /// A run may take days, in which the tokens get later times.
    fn now(&self) -> DateTime<Utc> {
        self.fixed.unwrap_or_else(|| Utc::now().trunc_subsecs(3))
    }

    fn renewer(&self) -> Renewer<'_> {
        let renewer = Renewer::new(&self.verifier);
        match self.algorithm {
            Some(algorithm) => renewer.with_algorithm(algorithm),
            None => renewer,
        }
    }
}

/// Returns the number of proofs that should have been renewed and were not.
fn run() -> Result<usize, Error> {
    const OPTIONS: [&str; 9] =
        ["FOLDER", "--tsa", "--seal-anchors", "--tsa-anchors", "--due-before", "--to", "--policy", "--extra", "--now"];
    let arguments =
        Arguments::read(&OPTIONS, &["--dry-run", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        output::print(&format!("{USAGE}\n"))?;
        return Ok(0);
    }
    let folder = arguments.path("FOLDER").ok_or_else(|| format!("FOLDER is needed\n\n{USAGE}"))?;
    let task = task(&arguments)?;
    let mut bar = Bar::default();
    let is_dry = arguments.has("--dry-run");
    let mut failed = Failed::default();
    let mut renewals = if is_dry {
        Renewals::default()
    } else {
        Renewals::of(&folder, |path, error| failed.tell(&mut bar, path, &error))?
    };
    let repeated = repeat_pending(&task, &mut renewals, folder::items(&folder)?, (&mut bar, &mut failed))?;
    let due = find(&task, folder::items(&folder)?, &mut bar, &mut failed)?;
    if is_dry {
        bar.end();
        for (item, due) in due {
            output::print(&format!("due      {} by {}: {}\n", item.name(), day(&due), due.because))?;
        }
        print_second_seals(&folder)?;
        return Ok(failed.count());
    }
    let (total, not_renewed) = (repeated + due.len(), renew(&task, &mut renewals, due, &mut bar)?);
    let trips = renewals.trips();
    renewals.finish(&folder, |path, error| failed.tell(&mut bar, path, &error))?;
    bar.end();
    output::print(&format!("renewed  {} of {total}, with {trips} timestamps\n", total - not_renewed))?;
    print_second_seals(&folder)?;
    Ok(failed.count() + not_renewed)
}

/// What failed before anything was renewed, or after all was. Each is told once.
#[derive(Default)]
struct Failed(BTreeSet<PathBuf>);

impl Failed {
    fn tell(&mut self, bar: &mut Bar, path: &Path, error: &Error) {
        if self.0.insert(path.to_owned()) {
            tell_failed(bar, &folder::name(path), error);
        }
    }

    fn count(&self) -> usize {
        self.0.len()
    }
}

/// One line, whatever the names of files hold.
fn tell_failed(bar: &mut Bar, name: &str, error: &Error) {
    bar.say(&format!("failed   {name}: {}", folder::escaped(&error.to_string())));
}

/// Returns how many these are.
fn tell_all_failed(bar: &mut Bar, items: &[Item], error: &Error) -> usize {
    items.iter().for_each(|item| tell_failed(bar, &item.name(), error));
    items.len()
}

/// Says that second seals are left as they are, where there are some.
fn print_second_seals(folder: &Path) -> Result<(), Error> {
    let count = folder::second_seals(folder)?;
    if count > 0 {
        output::print(&format!("left     {count} second seals (.pq.p7s), which are not renewed by this\n"))?;
    }
    Ok(())
}

/// Repeats the renewals that a run which was stopped has begun, before anything is judged: their timestamp is in time, even
/// where the deadline of the other files has passed since. Returns how many were repeated.
fn repeat_pending(
    task: &Task,
    renewals: &mut Renewals,
    items: Vec<Item>,
    (bar, failed): (&mut Bar, &mut Failed),
) -> Result<usize, Error> {
    let (renewer, mut repeated) = (task.renewer(), 0);
    let items = if renewals.is_empty() { Vec::new() } else { items };
    let total = items.len();
    for (done, item) in items.into_iter().enumerate() {
        bar.show("repeating", done, total);
        // What cannot be read or repeated is told when it is judged.
        let Ok(stored) = item.read() else { continue };
        if let Some(Ok(renewed)) = renewals.repeat(&stored, &renewer, task.now()) {
            match folder::replace(item.renewed(), &renewed) {
                Ok(()) => repeated += 1,
                Err(error) => failed.tell(bar, item.renewed(), &error),
            }
        }
    }
    Ok(repeated)
}

fn task(arguments: &Arguments) -> Result<Task, Error> {
    let needed = |name: &str| arguments.path(name).ok_or_else(|| format!("{name} is needed\n\n{USAGE}"));
    let [seal_anchors, tsa_anchors] = ["--seal-anchors", "--tsa-anchors"].map(needed);
    let anchors = (files::anchors(&seal_anchors?)?, files::anchors(&tsa_anchors?)?);
    // The environment of a statement does not matter to its preservation.
    let verifier = files::configured(Verifier::new(anchors.0, anchors.1, Environment::Production), arguments)?;
    let url = arguments.text("--tsa")?.ok_or_else(|| format!("--tsa is needed\n\n{USAGE}"))?;
    let algorithm = arguments
        .text("--to")?
        .map(|name| DigestAlgorithm::from_name(name).ok_or_else(|| Error::from("--to: not a known digest algorithm")));
    let before = arguments.text("--due-before")?.map(|date| {
        let date: chrono::NaiveDate = date.parse().map_err(|_| "--due-before: not a day such as 2031-12-31")?;
        Ok::<_, Error>(date.and_time(chrono::NaiveTime::MIN).and_utc())
    });
    let fixed = match arguments.text("--now")? {
        Some(_) => Some(files::time(arguments, "--now")?),
        None => None,
    };
    Ok(Task {
        verifier,
        tsas: TsaPool::new().with_tsa(tsa::name_of(url), tsa::http(url)?),
        algorithm: algorithm.transpose()?,
        before: before.transpose()?,
        fixed,
    })
}

/// Finds what is to be renewed, in the order of the deadlines, and tells what cannot be.
fn find(task: &Task, mut items: Vec<Item>, bar: &mut Bar, failed: &mut Failed) -> Result<Vec<(Item, Due)>, Error> {
    let mut due = Vec::new();
    // What failed already would be told to be late.
    items.retain(|item| !failed.0.contains(item.renewed()));
    let total = items.len();
    for (done, item) in items.into_iter().enumerate() {
        bar.show("looking", done, total);
        match wanted(task, &item) {
            Ok(Some(deadline)) => due.push((item, deadline)),
            Ok(None) => {}
            Err(error) => failed.tell(bar, item.renewed(), &error),
        }
    }
    bar.show("looking", total, total);
    Ok(in_order(due).collect())
}

/// Returns the deadline of what is to be renewed.
fn wanted(task: &Task, item: &Item) -> Result<Option<Due>, Error> {
    let (stored, now) = (item.read()?, task.now());
    let due = stored.due(&task.verifier, now)?;
    if let Some(algorithm) = task.algorithm.filter(|algorithm| !stored.is_by(*algorithm, &task.verifier, now)) {
        let never = || Due {
            renew_by: DateTime::<Utc>::MAX_UTC,
            because: format!("not by {algorithm}"),
            kind: RenewalKind::HashTree,
        };
        return Ok(Some(due.unwrap_or_else(never)));
    }
    Ok(due.filter(|due| match task.before {
        Some(before) => due.renew_by < before,
        None => due.is_due(now),
    }))
}

/// Renews everything that is due: one after the other, and batches that get a new hash tree after that. Returns the number
/// of those that were not renewed.
fn renew(task: &Task, renewals: &mut Renewals, due: Vec<(Item, Due)>, bar: &mut Bar) -> Result<usize, Error> {
    let (total, mut failed) = (due.len(), 0);
    let mut batches: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for (done, (item, due)) in due.into_iter().enumerate() {
        bar.show("renewing", done, total);
        let is_rehashed = task.algorithm.is_some() || due.kind == RenewalKind::HashTree;
        let batch = item.read().ok().filter(|_| is_rehashed).and_then(|item| item.batch(&task.verifier, task.now()));
        match batch {
            Some(batch) => batches.entry(batch).or_default().push(item),
            None => failed += usize::from(!renew_item(task, renewals, &item, bar)),
        }
    }
    for items in batches.into_values() {
        failed += rehash(task, renewals, &items, bar)?;
    }
    bar.show("renewing", total, total);
    Ok(failed)
}

/// Renews one item, by the renewal of its batch where there is one. Returns false when it failed, which is told.
fn renew_item(task: &Task, renewals: &mut Renewals, item: &Item, bar: &mut Bar) -> bool {
    let renewer = task.renewer();
    let stored = folder::check_replaceable(item.renewed()).and_then(|()| item.read());
    let renewed = stored.and_then(|stored| match renewals.repeat(&stored, &renewer, task.now()) {
        Some(renewed) => Ok(renewed?),
        None => renewals.renew(item, &stored, (&renewer, &task.tsas), task.now()),
    });
    let written = renewed.and_then(|renewed| folder::replace(item.renewed(), &renewed));
    if let Err(error) = &written {
        tell_failed(bar, &item.name(), error);
    }
    written.is_ok()
}

/// Gives the items of a batch a new hash tree with one timestamp. Returns the number of those that were not renewed.
fn rehash(task: &Task, renewals: &mut Renewals, items: &[Item], bar: &mut Bar) -> Result<usize, Error> {
    let (renewer, now) = (task.renewer(), task.now());
    // What cannot be prepared cannot be renewed, and says why when its turn comes.
    let prepares = |item: &Item| item.read().is_ok_and(|stored| stored.prepare(&renewer, now).is_ok());
    let first = items.iter().find(|item| prepares(item));
    let stamped = first.map(|first| first.read().and_then(|stored| stamp(task, &renewer, stored, items, bar)));
    if let (Some(first), Some(stamped)) = (first, stamped) {
        match stamped {
            Ok(Some((stored, renewal))) => {
                let after = stored.repeat(&renewal, &renewer, task.now())?;
                if let Err(error) = renewals.keep((first, items), &stored, &after, renewal) {
                    return Ok(tell_all_failed(bar, items, &error));
                }
            }
            // Its algorithm is the one of its record already.
            Ok(None) => {}
            Err(error) => return Ok(tell_all_failed(bar, items, &error)),
        }
    }
    let mut failed = 0;
    for (done, item) in items.iter().enumerate() {
        bar.show("renewing", done, items.len());
        failed += usize::from(!renew_item(task, renewals, item, bar));
    }
    Ok(failed)
}

/// Reads the items of a batch into a new hash tree, and stamps it. Returns `None` where they need no new tree.
fn stamp(
    task: &Task,
    renewer: &Renewer<'_>,
    first: Stored,
    items: &[Item],
    bar: &mut Bar,
) -> Result<Option<(Stored, BatchRenewal)>, Error> {
    let Ok(mut rehash) = BatchRehash::of(first.octets(), first.prepare(renewer, task.now())?) else { return Ok(None) };
    for (done, item) in items.iter().enumerate() {
        bar.show("hashing", done, items.len());
        // What is not in the tree gets a renewal of its own, or says why it gets none.
        let _ = item.read().map(|stored| stored.add_to(&mut rehash));
    }
    let renewal = rehash.close()?.stamp_with(renewer, &task.tsas, task.now())?;
    Ok(Some((first, renewal)))
}

fn day(due: &Due) -> String {
    due.renew_by.format("%Y-%m-%d").to_string()
}
