//! Renews the proofs in a folder that are due and their second seals, each with its next timestamp, and those of a batch with one for all.

#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/bar.rs"]
mod bar;
#[path = "../common/decoded.rs"]
mod decoded;
#[path = "../common/files.rs"]
mod files;
mod folder;
#[path = "../common/lock.rs"]
mod lock;
#[path = "../common/offered.rs"]
mod offered;
#[path = "../common/output.rs"]
mod output;
mod shared;
mod task;
mod trips;
#[path = "../common/tsa.rs"]
mod tsa;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use bar::Bar;
use chrono::{DateTime, Utc};
use folder::{Deadline, Item, Stored};
use lock::Lock;
use recommande::preserve::{BatchRehash, BatchRenewal, Due, RenewalError, Renewer};
use recommande::verify::RenewalKind;
use shared::Renewals;
use task::{Task, USAGE};
use trips::{Trips, is_of_item};

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

/// So many items of a batch are tried as the first of its new hash tree. What fails all of them is likely to fail the rest.
const MAX_FIRSTS: usize = 4;

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
    let task = Task::of(&arguments)?;
    let is_dry = arguments.has("--dry-run");
    // What another run is writing would be taken for what a run has left that was stopped.
    let lock = (!is_dry).then(|| Lock::of(&folder, "renew", "wait for its end"));
    let _lock = lock.transpose()?;
    let mut screen = Screen::default();
    let renewals =
        if is_dry { Renewals::default() } else { Renewals::of(&folder, |path, error| screen.fail(path, &error))? };
    let repeated = repeat_pending(&task, &renewals, folder::items(&folder)?, &mut screen)?;
    let due = find(&task, folder::items(&folder)?, &mut screen);
    if is_dry {
        screen.bar.end();
        for item in due {
            // The reasons of all of them would take more memory than their names.
            match wanted(&task, &item) {
                Ok(Some(due)) => {
                    output::print(&format!("due      {} by {}: {}\n", item.name(), day(&due), due.because))?;
                }
                Ok(None) => {}
                Err(error) => screen.fail(&item.renewed(), &error),
            }
        }
        return Ok(screen.failed.len());
    }
    let total = repeated + due.len();
    let mut run = Run { task: &task, renewals, trips: Trips::default(), bar: &mut screen.bar };
    let not_renewed = run.renew(due);
    let Run { renewals, trips, .. } = run;
    renewals.finish(&folder, |path, error| screen.fail(path, &error))?;
    screen.bar.end();
    output::print(&format!("renewed  {} of {total}, with {} timestamps\n", total - not_renewed, trips.kept()))?;
    for name in trips.dropped() {
        output::print(&format!("dropped  a timestamp that was taken for {name}\n"))?;
    }
    Ok(screen.failed.len() + not_renewed)
}

/// The bar, and what failed before anything was renewed, or after all was.
#[derive(Default)]
struct Screen {
    bar: Bar,
    failed: BTreeSet<PathBuf>,
}

impl Screen {
    /// Tells each failure once.
    fn fail(&mut self, path: &Path, error: &Error) {
        if self.failed.insert(path.to_owned()) {
            tell_failed(&mut self.bar, &folder::name(path), error);
        }
    }
}

/// One line, whatever the names of files hold.
fn tell_failed(bar: &mut Bar, name: &str, error: &Error) {
    bar.say(&format!("failed   {name}: {}", output::in_one_line(&error.to_string())));
}

/// Returns how many these are.
fn tell_all_failed(bar: &mut Bar, items: &[Item], error: &Error) -> usize {
    items.iter().for_each(|item| tell_failed(bar, &item.name(), error));
    items.len()
}

/// Repeats the renewals that a run which was stopped has begun, before anything is judged: their timestamp is in time, even
/// where the deadline of the other files has passed since. Returns how many were repeated.
fn repeat_pending(task: &Task, renewals: &Renewals, items: Vec<Item>, screen: &mut Screen) -> Result<usize, Error> {
    let (renewer, mut repeated) = (task.renewer(), 0);
    let items = if renewals.is_empty() { Vec::new() } else { items };
    let total = items.len();
    for (done, item) in items.into_iter().enumerate() {
        screen.bar.show("repeating", done, total);
        // What cannot be read or repeated is told when it is judged.
        let Ok(stored) = item.read() else { continue };
        if let Some(Ok(renewed)) = renewals.repeat(&stored, &renewer, task.now()) {
            match folder::replace(&item.renewed(), &renewed) {
                Ok(()) => repeated += 1,
                Err(error) => screen.fail(&item.renewed(), &error),
            }
        }
    }
    Ok(repeated)
}

/// Finds what is to be renewed, in the order of the deadlines, and tells what cannot be.
fn find(task: &Task, mut items: Vec<Item>, screen: &mut Screen) -> Vec<Item> {
    // What failed already would be told to be late.
    items.retain(|item| !screen.failed.contains(&item.renewed()));
    let (mut done, total) = (0, items.len());
    items.retain_mut(|item| {
        screen.bar.show("looking", done, total);
        done += 1;
        let due = wanted(task, item).unwrap_or_else(|error| {
            screen.fail(&item.renewed(), &error);
            None
        });
        let is_by_tree = |due: &Due| due.kind == RenewalKind::HashTree;
        item.deadline = due.map(|due| Deadline { renew_by: due.renew_by, is_by_tree: is_by_tree(&due) });
        item.deadline.is_some()
    });
    screen.bar.show("looking", total, total);
    folder::in_order(&mut items);
    items
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
            timestamps_left: None,
            seal_revocation_missing: None,
        };
        return Ok(Some(due.unwrap_or_else(never)));
    }
    Ok(due.filter(|due| match task.before {
        Some(before) => due.renew_by < before,
        None => due.is_due(now),
    }))
}

/// A run that renews what is due.
struct Run<'r> {
    task: &'r Task,
    renewals: Renewals,
    trips: Trips,
    bar: &'r mut Bar,
}

impl Run<'_> {
    /// Renews everything that is due: one after the other, and batches that get a new hash tree after that. Returns the number
    /// of those that were not renewed.
    fn renew(&mut self, due: Vec<Item>) -> usize {
        let (task, total, mut failed) = (self.task, due.len(), 0);
        let mut batches: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        for (done, item) in due.into_iter().enumerate() {
            self.bar.show("renewing", done, total);
            let is_rehashed = task.algorithm.is_some() || item.deadline.is_some_and(|deadline| deadline.is_by_tree);
            let batch =
                item.read().ok().filter(|_| is_rehashed).and_then(|item| item.batch(&task.verifier, task.now()));
            match batch {
                Some(batch) => batches.entry(batch).or_default().push(item),
                None => failed += usize::from(!self.renew_item(&item)),
            }
        }
        for items in batches.into_values() {
            failed += self.rehash(&items);
        }
        self.bar.show("renewing", total, total);
        failed
    }

    /// Renews one item, by the renewal of its batch where there is one. Returns false when it failed, which is told.
    fn renew_item(&mut self, item: &Item) -> bool {
        let renewer = self.task.renewer();
        let stored = folder::check_replaceable(&item.renewed()).and_then(|()| item.read());
        let written = stored.and_then(|stored| match self.renewals.repeat(&stored, &renewer, self.task.now()) {
            Some(renewed) => folder::replace(&item.renewed(), &renewed?),
            None => self.renew_first(item, &stored, &renewer),
        });
        if let Err(error) = &written {
            tell_failed(self.bar, &item.name(), error);
        }
        written.is_ok()
    }

    /// Renews an item with a timestamp of its own, which others of its batch share.
    fn renew_first(&mut self, item: &Item, stored: &Stored, renewer: &Renewer<'_>) -> Result<(), Error> {
        let task = self.task;
        let prepared = stored.prepare(renewer, task.now())?;
        let ask = || renewer.stamp_with(&prepared, &task.tsas, task.now());
        let renewed = self.trips.ask(task, (item, stored), prepared.algorithm(), ask)?;
        self.trips.keep();
        let is_kept = self.renewals.share(item, stored, &renewed).inspect_err(|_| self.trips.drop_kept(item))?;
        let whole = self.whole(stored, renewed, renewer);
        let written = whole.and_then(|renewed| folder::replace(&item.renewed(), &renewed));
        if written.is_err() && !is_kept {
            self.trips.drop_kept(item);
        }
        written
    }

    /// The whole file, where its seal is renewed: the record of the statement gets the same timestamp.
    fn whole(&self, stored: &Stored, renewed: Vec<u8>, renewer: &Renewer<'_>) -> Result<Vec<u8>, Error> {
        if !stored.is_shared() {
            return Ok(renewed);
        }
        let repeated = self.renewals.repeat(stored, renewer, self.task.now());
        Ok(repeated.ok_or("its record has another timestamp than its seal")??)
    }

    /// Gives the items of a batch a new hash tree with one timestamp. Returns the number of those that were not renewed.
    fn rehash(&mut self, items: &[Item]) -> usize {
        if let Err(error) = self.rehash_by_first(items) {
            return tell_all_failed(self.bar, items, &error);
        }
        let mut failed = 0;
        for (done, item) in items.iter().enumerate() {
            self.bar.show("renewing", done, items.len());
            failed += usize::from(!self.renew_item(item));
        }
        failed
    }

    /// Stamps the new hash tree of a batch, which is verified by its first item: by the next one where that fails for a reason
    /// of its own, which it tells when its turn comes. The error is what fails them all.
    fn rehash_by_first(&mut self, items: &[Item]) -> Result<(), Error> {
        let (task, renewer, mut tried) = (self.task, self.task.renewer(), 0);
        for first in items {
            // What cannot be read or prepared cannot be renewed, and says why when its turn comes.
            let Ok(stored) = first.read() else { continue };
            let Ok(prepared) = stored.prepare(&renewer, task.now()) else { continue };
            tried += 1;
            // Where there is no tree its algorithm is the one of its record already.
            let Ok(rehash) = BatchRehash::of(stored.stamped(), prepared) else { return Ok(()) };
            let (algorithm, bar) = (rehash.algorithm(), &mut *self.bar);
            let stamped = self.trips.ask(task, (first, &stored), algorithm, || {
                let renewal = stamp(task, &renewer, rehash, items, bar)?;
                Ok((stored.stamped_by(&renewal)?, renewal))
            });
            match stamped {
                Ok((after, renewal)) => {
                    self.trips.keep();
                    let kept = self.renewals.keep(first, items, &stored, &after, renewal);
                    return kept.inspect_err(|_| self.trips.drop_kept(first));
                }
                Err(error) if error.downcast_ref().is_some_and(is_of_item) && tried < MAX_FIRSTS => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Reads the items of a batch into a new hash tree, and stamps it.
///
/// The leaves are not stored before the timestamp is there: a run that is killed until then begins the tree again. To find what
/// is due, the next run reads and verifies each file anyway, which takes longer than to hash it. A service that knows by itself
/// what is due stores `BatchRehash::leaves` as it goes and takes them up with `BatchRehash::resumed`, and the tree that waits for its
/// timestamp with `UnstampedRehash::from_leaves`.
fn stamp(
    task: &Task,
    renewer: &Renewer<'_>,
    mut rehash: BatchRehash<'_>,
    items: &[Item],
    bar: &mut Bar,
) -> Result<BatchRenewal, RenewalError> {
    for (done, item) in items.iter().enumerate() {
        bar.show("hashing", done, items.len());
        // What is not in the tree gets a renewal of its own, or says why it gets none.
        let _ = item.read().map(|stored| stored.add_to(&mut rehash));
    }
    rehash.close()?.stamp_with(renewer, &task.tsas, task.now())
}

fn day(due: &Due) -> String {
    due.renew_by.format("%Y-%m-%d").to_string()
}
