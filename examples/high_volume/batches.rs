//! What a run does with letters in batches, of one kind or the other. A batch that cannot be gone on with is counted, and costs the
//! others nothing.

use std::mem;
use std::ops::Range;

use recommande::MessageId;

use crate::arguments::Error;
use crate::plan::Plan;
use crate::tally::{Tally, Waiting};

/// Letters in batches, of one kind or the other.
pub trait Batches {
    /// A batch whose seals are stored.
    type Sealed;

    fn tally(&mut self) -> &mut Tally;

    /// Names what the letters of a batch are stored in before there is a timestamp.
    fn of(&self, number: u64, letters: &Range<usize>) -> Waiting;

    /// Seals a batch, or takes it up where it is. There is none where nothing could be sealed, or nothing is left to do.
    fn begin(&mut self, number: u64, letters: Range<usize>) -> Result<Option<Self::Sealed>, Error>;

    /// Gets the timestamp, and makes and verifies the proofs. It gives back a batch that has no timestamp, and waits.
    fn finish(&mut self, sealed: Self::Sealed) -> Result<Option<Self::Sealed>, Error>;

    /// Tells what a batch waits in.
    fn waiting(sealed: &Self::Sealed) -> Waiting;

    /// Reads the letters of a batch that waits, in their order.
    fn letters(sealed: &Self::Sealed) -> Result<Vec<MessageId>, Error>;
}

/// Makes the first trip with each batch of a plan. Returns what waits.
pub fn begun<B: Batches>(run: &mut B, plan: &Plan) -> Vec<B::Sealed> {
    let mut waiting = Vec::new();
    for (number, letters) in (1..).zip(plan.batches()) {
        let batch = run.of(number, &letters);
        let begun = attempt(run, &batch, |run| match run.begin(number, letters)? {
            Some(sealed) => run.finish(sealed),
            None => Ok(None),
        });
        waiting.extend(begun.flatten());
    }
    waiting
}

/// Makes further trips for what waits: one that failed costs no seal. Returns what still waits.
pub fn finished<B: Batches>(run: &mut B, mut waiting: Vec<B::Sealed>, trips: usize) -> Vec<Waiting> {
    for _ in 0..trips {
        for sealed in mem::take(&mut waiting) {
            let batch = B::waiting(&sealed);
            waiting.extend(attempt(run, &batch, |run| run.finish(sealed)).flatten());
        }
    }
    let mut accounted_for = Vec::new();
    for sealed in waiting {
        let batch = B::waiting(&sealed);
        accounted_for.extend(attempt(run, &batch, |run| account_for(run, &sealed, &batch)).map(|()| batch));
    }
    accounted_for
}

/// Says of each letter of a batch that it waits. All are read before: those of a batch that cannot be read whole do not wait.
fn account_for<B: Batches>(run: &mut B, sealed: &B::Sealed, batch: &Waiting) -> Result<(), Error> {
    let letters = B::letters(sealed)?;
    check_count(letters.len(), batch.count)?;
    let account = &mut run.tally().account;
    for letter in &letters {
        account.add(letter.as_str(), "waiting", batch.path.display())?;
    }
    account.flush()
}

/// Checks that all letters of a batch are stored that were sealed in it.
pub fn check_count(stored: usize, sealed: usize) -> Result<(), Error> {
    match stored == sealed {
        true => Ok(()),
        false => Err(format!("there are {stored} letters, of {sealed} that were sealed").into()),
    }
}

/// Does a step with a batch. Where it fails, the letters that were not judged in it are counted.
fn attempt<B: Batches, T>(run: &mut B, batch: &Waiting, step: impl FnOnce(&mut B) -> Result<T, Error>) -> Option<T> {
    let before = run.tally().judged();
    match step(run) {
        Ok(done) => Some(done),
        Err(error) => {
            let judged = run.tally().judged() - before;
            run.tally().failed(&batch.path, batch.count.saturating_sub(judged), error.as_ref());
            None
        }
    }
}
