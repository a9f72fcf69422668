//! Letters with a seal each: sealing, timestamping, proving and verifying, a batch at a time.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use recommande::crypto::Signer;
use recommande::evidence::Statement;
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{Batch, BatchLeaves, SealAllError, StampedBatch};
use recommande::{MessageId, ProofOfSending, Sealer, Sending, Unstamped, Verifier};

use crate::arguments::Error;
use crate::batches::{Batches, check_count};
use crate::spool::{self, Spool};
use crate::tally::{Tally, Waiting, causes};
use crate::{letters, threads};

/// Items that are in memory at once, for the time of one step: enough for many threads, whatever the size of the batch.
pub const AT_ONCE: usize = 1024;

type Seal = Unstamped<ProofOfSending>;

pub struct Service {
    pub signer: Arc<dyn Signer>,
    pub sealer: Sealer,
    pub tsas: TsaPool,
    pub verifier: Arc<Verifier>,
    pub out: PathBuf,
}

/// A batch whose seals are stored in a file. In memory is its tree.
pub struct SealedBatch {
    path: PathBuf,
    batch: Batch,
}

pub struct Pipeline {
    service: Service,
    keep: bool,
    tally: Tally,
}

impl Batches for Pipeline {
    type Sealed = SealedBatch;

    fn tally(&mut self) -> &mut Tally {
        &mut self.tally
    }

    fn of(&self, number: u64, letters: &Range<usize>) -> Waiting {
        let path = self.service.out.join(format!("batch-{number:05}{}", spool::SEALS));
        Waiting { path, count: letters.len() }
    }

    /// The first pass: seals stream out and are stored; of each, only a digest stays in memory.
    fn begin(&mut self, number: u64, letters: Range<usize>) -> Result<Option<SealedBatch>, Error> {
        let now = Utc::now();
        let mut seals = Spool::create(self.of(number, &letters).path)?;
        let mut leaves = BatchLeaves::new();
        let mut rest = letters;
        while !rest.is_empty() {
            let some: Vec<usize> = rest.by_ref().take(AT_ONCE).collect();
            let letters = letters::written(some, now, &mut self.tally.writing)?;
            let ids: Vec<MessageId> = letters.iter().map(|letter| letter.message_id().clone()).collect();
            for (id, sealed) in ids.iter().zip(self.seal_some(letters, now)) {
                match sealed {
                    Ok(sealed) => {
                        seals.push(sealed.der())?;
                        leaves.add(&sealed)?;
                    }
                    Err(error) => self.tally.not_sealed(id.as_str(), &error.source)?,
                }
            }
            self.tally.bar.show("sealing", rest.start, self.tally.items);
        }
        let path = seals.finished()?;
        self.tally.account.flush()?;
        Ok(if leaves.is_empty() { None } else { Some(SealedBatch { path, batch: leaves.close()? }) })
    }

    /// The trip, and the second pass. `Some` when there was no timestamp: the seals wait.
    fn finish(&mut self, sealed: SealedBatch) -> Result<Option<SealedBatch>, Error> {
        let started = Instant::now();
        let stamped = sealed.batch.stamp_with(&self.service.tsas);
        self.tally.trips.add(started.elapsed(), 1);
        match stamped {
            Ok(stamped) => self.prove(&sealed, &stamped).map(|()| None),
            Err(error) => {
                self.tally.not_stamped(&sealed.path, &error);
                Ok(Some(sealed))
            }
        }
    }

    fn waiting(sealed: &SealedBatch) -> Waiting {
        Waiting { path: sealed.path.clone(), count: sealed.batch.leaf_count() }
    }

    fn letters(sealed: &SealedBatch) -> Result<Vec<MessageId>, Error> {
        let seals = spool::read(&sealed.path)?;
        seals.map(|seal| Ok(Seal::from_der(&seal?)?.as_artifact().stated().message_id().clone())).collect()
    }
}

impl Pipeline {
    pub fn new(service: Service, items: usize, keep: bool) -> Result<Self, Error> {
        let tally = Tally::new(Arc::clone(&service.verifier), &service.out, items)?;
        Ok(Self { service, keep, tally })
    }

    /// What the key does with nothing around it, on the threads that seal.
    pub fn raw_rate(&self) -> Result<f64, Error> {
        threads::raw_rate(self.service.signer.as_ref())
    }

    /// One for each letter, in their order.
    fn seal_some(&mut self, letters: Vec<Sending>, now: DateTime<Utc>) -> Vec<Result<Seal, SealAllError>> {
        let started = Instant::now();
        let sealed = self.service.sealer.seal_all(letters, now);
        #[cfg(feature = "parallel")]
        let sealed = sealed.parallel();
        let sealed: Vec<_> = sealed.collect();
        self.tally.sealing.add(started.elapsed(), sealed.iter().filter(|seal| seal.is_ok()).count());
        sealed
    }

    /// The batches whose seals are stored. Nothing else has to be kept of a batch.
    pub fn stored(&mut self) -> Result<Vec<SealedBatch>, Error> {
        let mut stored = Vec::new();
        self.tally.items = 0;
        for path in spool::waiting(&self.service.out, spool::SEALS)? {
            match self.stored_in(&path) {
                Ok(batch) => {
                    self.tally.items += batch.as_ref().map_or(0, |sealed| sealed.batch.leaf_count());
                    stored.extend(batch);
                }
                Err(error) => {
                    // A file that is not empty has one letter at the least.
                    let seals = spool::read(&path).map_or(0, |seals| seals.take_while(Result::is_ok).count()).max(1);
                    self.tally.items += seals;
                    self.tally.failed(&path, seals, error.as_ref());
                }
            }
        }
        Ok(stored)
    }

    fn stored_in(&mut self, path: &Path) -> Result<Option<SealedBatch>, Error> {
        let mut leaves = BatchLeaves::new();
        let mut seals = spool::read(path)?;
        for (number, seal) in seals.by_ref().enumerate() {
            let unreadable = |error| format!("seal {number} (from 0): {}", causes(&error));
            leaves.add(&Seal::from_der(&seal?).map_err(unreadable)?)?;
        }
        if seals.is_cut() {
            let cut = format!("{}: ends within a seal: that letter is not sealed", path.display());
            self.tally.bar.say(&cut);
        }
        Ok(if leaves.is_empty() { None } else { Some(SealedBatch { path: path.to_owned(), batch: leaves.close()? }) })
    }

    /// The second pass: each proof gets its record, and is verified by itself as anybody would who has nothing else.
    fn prove(&mut self, sealed: &SealedBatch, stamped: &StampedBatch) -> Result<(), Error> {
        let path = sealed.path.with_extension("proofs");
        // One that is there is of a run with --keep, which was stopped in this batch.
        let is_kept = self.keep || path.exists();
        let mut kept = is_kept.then(|| Spool::create(path)).transpose()?;
        let (mut seals, mut proven) = (spool::read(&sealed.path)?, 0);
        let unverified = self.tally.unverified();
        loop {
            let some = seals.by_ref().take(AT_ONCE).collect::<Result<Vec<_>, _>>()?;
            if some.is_empty() {
                break;
            }
            let some = threads::map(some, |der| Seal::from_der(&der)).into_iter().collect::<Result<Vec<_>, _>>()?;
            let (started, count) = (Instant::now(), some.len());
            let proofs = threads::map(some, |seal| stamped.proof(seal).map_err(Box::new));
            let proofs = proofs.into_iter().collect::<Result<Vec<_>, _>>()?;
            self.tally.records.add(started.elapsed(), count);
            for proof in &proofs {
                kept.as_mut().map_or(Ok(()), |kept| kept.push(proof.der()))?;
            }
            self.tally.verify(proofs, |proof| ProofOfSending::from_der(proof.der()))?;
            proven += count;
        }
        check_count(proven, stamped.leaf_count())?;
        kept.map(Spool::finished).transpose()?;
        self.tally.account.flush()?;
        // A seal is let go when its proof holds: with the token of a TSA that is not trusted, another trip is needed.
        if self.tally.unverified() == unverified {
            fs::remove_file(&sealed.path)?;
        }
        Ok(())
    }
}
