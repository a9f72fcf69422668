//! Letters that share the seal of their batch. What is stored of a batch says how far it came, so that a run which is killed at
//! any moment goes on where it was: each letter gets one proof.
//!
//! ```text
//! batch-00001.statements   the statements, a line each; .jsonl when the proof of each was verified
//! batch-00001.leaves       their digests, from which any record is made without the other statements
//! batch-00001.unstamped    the seal before its timestamp; gone when the proofs were verified
//! batch-00001.p7m          the seal with its record
//! batch-00001.records      with --keep: the record of each statement, in their order
//! ```

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;
use recommande::evidence::Statement;
use recommande::seal::{
    AggregateError, AggregateItem, AggregateLeaves, Artifact, BatchSeal, SealError, SealedAggregate, StampedAggregate,
};
use recommande::{MessageId, ProofOfSending, Sending};

use crate::arguments::Error;
use crate::batches::{Batches, check_count};
use crate::pipeline::{AT_ONCE, Service};
use crate::spool::{self, Spool};
use crate::tally::{Tally, Waiting, causes};
use crate::{letters, threads};

type Item = AggregateItem<Sending>;

pub struct Aggregating {
    service: Service,
    keep: bool,
    tally: Tally,
}

/// A batch whose seal is stored. In memory are its digests.
pub struct SealedBatch {
    files: Files,
    /// The number of its statements.
    count: usize,
    state: State,
}

enum State {
    Sealed(Box<SealedAggregate>),
    Stamped(StampedAggregate),
}

/// The files of a batch.
struct Files {
    statements: PathBuf,
    verified: PathBuf,
    leaves: PathBuf,
    unstamped: PathBuf,
    stamped: PathBuf,
    records: PathBuf,
}

impl Files {
    fn of(folder: &Path, number: u64) -> Self {
        let file = |ending: &str| folder.join(format!("batch-{number:05}{ending}"));
        Self {
            statements: file(spool::STATEMENTS),
            verified: file(".jsonl"),
            leaves: file(".leaves"),
            unstamped: file(".unstamped"),
            stamped: file(".p7m"),
            records: file(".records"),
        }
    }
}

/// The statements of a batch that are stored already.
struct TakenUp {
    leaves: AggregateLeaves,
    /// The octets of their lines.
    whole: u64,
    /// The number of the letter that comes after them.
    next: usize,
}

impl Batches for Aggregating {
    type Sealed = SealedBatch;

    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    fn of(&self, number: u64, letters: &Range<usize>) -> Waiting {
        Waiting { path: Files::of(&self.service.out, number).statements, count: letters.len() }
    }

    /// A new batch is filled and sealed. There is none to go on with where all of its proofs were verified, or nothing could be
    /// sealed.
    fn begin(&mut self, number: u64, letters: Range<usize>) -> Result<Option<SealedBatch>, Error> {
        let files = Files::of(&self.service.out, number);
        if files.verified.exists() {
            spool::remove(&files.unstamped)?;
            let seal = BatchSeal::from_der(&read(&files.stamped)?);
            let count = seal.map_err(|error| in_file(&files.stamped, &error))?.stated().count();
            self.tally.before += usize::try_from(count.get())?;
            return Ok(None);
        }
        // Seal and leaves are read together: the reason says which of them it is.
        let damaged =
            |seal: &Path, error: AggregateError| format!("{}, {}", files.leaves.display(), in_file(seal, &error));
        let state = if files.stamped.exists() {
            let stamped = StampedAggregate::from_parts(&read(&files.stamped)?, None, read(&files.leaves)?);
            State::Stamped(stamped.map_err(|error| damaged(&files.stamped, error))?)
        } else if files.unstamped.exists() {
            let sealed = SealedAggregate::from_parts(&read(&files.unstamped)?, None, read(&files.leaves)?);
            State::Sealed(Box::new(sealed.map_err(|error| damaged(&files.unstamped, error))?))
        } else {
            match self.seal(&files, number, letters)? {
                Some(sealed) => State::Sealed(Box::new(sealed)),
                None => return Ok(None),
            }
        };
        let seal = match &state {
            State::Sealed(sealed) => sealed.seal().as_artifact(),
            State::Stamped(stamped) => stamped.seal(),
        };
        let count = usize::try_from(seal.stated().count().get())?;
        Ok(Some(SealedBatch { files, count, state }))
    }

    fn finish(&mut self, sealed: SealedBatch) -> Result<Option<SealedBatch>, Error> {
        let SealedBatch { files, count, state } = sealed;
        let sealed = match state {
            State::Stamped(stamped) => return self.prove(&files, &stamped).map(|()| None),
            State::Sealed(sealed) => sealed,
        };
        let started = Instant::now();
        let stamped = sealed.stamp_with(&self.service.tsas);
        self.tally.trips.add(started.elapsed(), 1);
        match stamped {
            Ok(stamped) => {
                spool::store(&files.stamped, stamped.seal().der())?;
                self.prove(&files, &stamped).map(|()| None)
            }
            Err(error) => {
                self.tally.not_stamped(&files.unstamped, &error);
                Ok(Some(SealedBatch { files, count, state: State::Sealed(sealed) }))
            }
        }
    }

    fn waiting(sealed: &SealedBatch) -> Waiting {
        Waiting { path: sealed.files.statements.clone(), count: sealed.count }
    }

    fn letters(sealed: &SealedBatch) -> Result<Vec<MessageId>, Error> {
        let statements = spool::lines(&sealed.files.statements)?;
        statements.map(|line| Ok(Item::from_json(&line?)?.stated().message_id().clone())).collect()
    }
}

impl Aggregating {
    pub fn new(service: Service, items: usize, keep: bool) -> Result<Self, Error> {
        let tally = Tally::new(Arc::clone(&service.verifier), &service.out, items)?;
        Ok(Self { service, keep, tally })
    }

    /// Stores the statements of a batch, and then its seal. The number of a seal that was made and not stored is used again:
    /// nobody has seen that seal.
    fn seal(&mut self, files: &Files, number: u64, letters: Range<usize>) -> Result<Option<SealedAggregate>, Error> {
        let leaves = self.fill(files, letters)?;
        if leaves.is_empty() {
            return Ok(None);
        }
        let started = Instant::now();
        let sealed = self.service.sealer.seal_aggregate(&leaves.close(number)?, Utc::now())?;
        self.tally.sealing.add(started.elapsed(), 0);
        spool::store(&files.leaves, sealed.leaves())?;
        // From here on no other seal is made.
        spool::store(&files.unstamped, sealed.seal().der())?;
        Ok(Some(sealed))
    }

    /// The first pass: statements stream out and are stored; of each, only a digest stays in memory.
    fn fill(&mut self, files: &Files, letters: Range<usize>) -> Result<AggregateLeaves, Error> {
        let TakenUp { mut leaves, whole, next } = self.stored(files, letters.start)?;
        let mut statements = Spool::resumed(files.statements.clone(), whole)?;
        let (mut rest, now) = (next..letters.end, Utc::now());
        while !rest.is_empty() {
            let some: Vec<usize> = rest.by_ref().take(AT_ONCE).collect();
            let letters = letters::written(some, now, &mut self.tally.writing)?;
            for (id, item) in self.items(letters) {
                match item {
                    Ok(item) => {
                        statements.push_line(item.json())?;
                        leaves.add(&item)?;
                    }
                    Err(error) => self.tally.not_sealed(id.as_str(), &error)?,
                }
            }
            self.tally.bar.show("sealing", rest.start, self.tally.items);
        }
        statements.finished()?;
        self.tally.account.flush()?;
        Ok(leaves)
    }

    /// One for each letter, in their order.
    fn items(&mut self, letters: Vec<Sending>) -> Vec<(MessageId, Result<Item, SealError>)> {
        let (started, now, sealer) = (Instant::now(), Utc::now(), &self.service.sealer);
        let items = threads::map(letters, |letter| {
            let id = letter.message_id().clone();
            (id, sealer.aggregate_item(letter, now))
        });
        self.tally.sealing.add(started.elapsed(), items.iter().filter(|(_, item)| item.is_ok()).count());
        items
    }

    /// What a run that was stopped has stored of a batch: its whole lines.
    fn stored(&self, files: &Files, first: usize) -> Result<TakenUp, Error> {
        let leaves = AggregateLeaves::new(self.service.sealer.issuer());
        let mut taken_up = TakenUp { leaves, whole: 0, next: first };
        if !files.statements.exists() {
            return Ok(taken_up);
        }
        for line in spool::lines(&files.statements)? {
            let line = line?;
            // What a power cut has left of a line is no statement, and that letter is taken in again.
            let Ok(item) = Item::from_json(&line) else { break };
            taken_up.leaves.add(&item)?;
            taken_up.whole += u64::try_from(line.len())? + 1;
            let number = letters::number_of(item.stated().message_id()).ok_or("a letter of another run")?;
            taken_up.next = number + 1;
        }
        Ok(taken_up)
    }

    /// The second pass: each proof is put together of what is stored, and verified by itself.
    fn prove(&mut self, files: &Files, stamped: &StampedAggregate) -> Result<(), Error> {
        // One that is there is of a run with --keep, which was stopped in this batch.
        let is_kept = self.keep || files.records.exists();
        let mut kept = is_kept.then(|| Spool::create(files.records.clone())).transpose()?;
        let (mut lines, mut proven) = (spool::lines(&files.statements)?, 0);
        let unverified = self.tally.unverified();
        loop {
            let some = lines.by_ref().take(AT_ONCE).collect::<Result<Vec<_>, _>>()?;
            if some.is_empty() {
                break;
            }
            let (started, count) = (Instant::now(), some.len());
            let with_record = |statement: Vec<u8>| stamped.record_of(&statement).map(|record| (statement, record));
            let stored = threads::map(some, with_record).into_iter().collect::<Result<Vec<_>, _>>()?;
            self.tally.records.add(started.elapsed(), count);
            for (_, record) in &stored {
                kept.as_mut().map_or(Ok(()), |kept| kept.push(record))?;
            }
            let seal = stamped.seal();
            self.tally.verify(stored, |(statement, record)| ProofOfSending::from_parts(&statement, &record, seal))?;
            proven += count;
        }
        check_count(proven, stamped.leaf_count())?;
        kept.map(Spool::finished).transpose()?;
        self.tally.account.flush()?;
        if self.tally.unverified() > unverified {
            // With the token of a TSA that is not trusted, another trip is needed.
            return spool::remove(&files.stamped);
        }
        spool::rename(&files.statements, &files.verified)?;
        spool::remove(&files.unstamped)
    }
}

fn in_file(path: &Path, error: &dyn std::error::Error) -> String {
    format!("{}: {}", path.display(), causes(error))
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
