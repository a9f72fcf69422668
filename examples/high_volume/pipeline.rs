//! Sealing, timestamping, proving and verifying, a batch at a time.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use recommande::crypto::Signer;
use recommande::evidence::Statement;
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{Batch, BatchLeaves, SealAllError, StampedBatch};
use recommande::{Indication, MessageId, Payload, ProofOfSending, Sealer, Sending, Unstamped, Verifier, VerifyError};

use crate::account::Account;
use crate::arguments::Error;
use crate::bar::Bar;
use crate::meter::{Clock, peak_memory};
use crate::spool::{self, Spool};
use crate::{letters, threads};

/// Proofs that are written as files of their own, with a full report each.
const SAMPLE: usize = 20;

/// Items that are in memory at once, for the time of one step: enough for many threads, whatever the size of the batch.
const AT_ONCE: usize = 1024;

type Seal = Unstamped<ProofOfSending>;

pub struct Service {
    pub signer: Arc<dyn Signer>,
    pub sealer: Sealer,
    pub tsas: TsaPool,
    pub verifier: Verifier,
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
    items: usize,
    batches: usize,
    bar: Bar,
    account: Account,
    writing: Clock,
    sealing: Clock,
    unsealed: usize,
    trips: Clock,
    failed_trips: usize,
    records: Clock,
    verifying: Clock,
    unverified: usize,
    reporting: Clock,
    verdict: Indication,
}

impl Pipeline {
    pub fn new(service: Service, items: usize, keep: bool) -> Result<Self, Error> {
        let account = Account::open(&service.out)?;
        Ok(Self {
            service,
            keep,
            items,
            batches: 0,
            bar: Bar::default(),
            account,
            writing: Clock::default(),
            sealing: Clock::default(),
            unsealed: 0,
            trips: Clock::default(),
            failed_trips: 0,
            records: Clock::default(),
            verifying: Clock::default(),
            unverified: 0,
            reporting: Clock::default(),
            verdict: Indication::TotalPassed,
        })
    }

    /// What the key does with nothing around it, on the threads that seal.
    pub fn raw_rate(&self) -> Result<f64, Error> {
        threads::raw_rate(self.service.signer.as_ref())
    }

    /// The first pass: seals stream out and are stored; of each, only a digest stays in memory.
    ///
    /// `None` when nothing could be sealed.
    pub fn seal(&mut self, numbers: Range<usize>) -> Result<Option<SealedBatch>, Error> {
        self.batches += 1;
        let now = Utc::now();
        let mut seals = Spool::create(self.service.out.join(format!("batch-{:05}.seals", self.batches)))?;
        let mut leaves = BatchLeaves::new();
        let mut rest = numbers;
        while !rest.is_empty() {
            let some: Vec<usize> = rest.by_ref().take(AT_ONCE).collect();
            let letters = self.write(&some, now)?;
            let ids: Vec<MessageId> = letters.iter().map(|letter| letter.message_id().clone()).collect();
            for (id, sealed) in ids.iter().zip(self.seal_some(letters, now)) {
                match sealed {
                    Ok(sealed) => {
                        seals.push(sealed.der())?;
                        leaves.add(&sealed)?;
                    }
                    Err(error) => {
                        self.unsealed += 1;
                        let why = causes(&error.source);
                        self.bar.say(&format!("{}: not sealed: {why}", id.as_str()));
                        self.account.add(id.as_str(), "not-sealed", why)?;
                    }
                }
            }
            self.bar.show("sealing", rest.start, self.items);
        }
        let path = seals.finished()?;
        self.account.flush()?;
        Ok(if leaves.is_empty() { None } else { Some(SealedBatch { path, batch: leaves.close()? }) })
    }

    fn write(&mut self, numbers: &[usize], now: DateTime<Utc>) -> Result<Vec<Sending>, Error> {
        let started = Instant::now();
        let write = |number| letters::sending(number, now).map_err(|error| error.to_string());
        let letters = threads::map(numbers.to_vec(), write).into_iter().collect::<Result<Vec<_>, _>>()?;
        self.writing.add(started.elapsed(), letters.len());
        Ok(letters)
    }

    /// One for each letter, in their order.
    fn seal_some(&mut self, letters: Vec<Sending>, now: DateTime<Utc>) -> Vec<Result<Seal, SealAllError>> {
        let started = Instant::now();
        let sealed = self.service.sealer.seal_all(letters, now);
        #[cfg(feature = "parallel")]
        let sealed = sealed.parallel();
        let sealed: Vec<_> = sealed.collect();
        self.sealing.add(started.elapsed(), sealed.iter().filter(|seal| seal.is_ok()).count());
        sealed
    }

    /// The batches whose seals are stored. Nothing else has to be kept of a batch.
    pub fn stored(&mut self) -> Result<Vec<SealedBatch>, Error> {
        let mut stored = Vec::new();
        self.items = 0;
        for path in spool::waiting(&self.service.out)? {
            let mut leaves = BatchLeaves::new();
            let mut seals = spool::read(&path)?;
            for (number, seal) in seals.by_ref().enumerate() {
                let unreadable = |error| format!("{}: seal {number} (from 0): {}", path.display(), causes(&error));
                leaves.add(&Seal::from_der(&seal?).map_err(unreadable)?)?;
            }
            if seals.is_cut() {
                self.bar.say(&format!("{}: ends within a seal: that letter is not sealed", path.display()));
            }
            self.items += leaves.len();
            if !leaves.is_empty() {
                stored.push(SealedBatch { path, batch: leaves.close()? });
            }
        }
        Ok(stored)
    }

    /// The trip, and the second pass. `Some` when there was no timestamp: the seals wait.
    pub fn finish(&mut self, sealed: SealedBatch) -> Result<Option<SealedBatch>, Error> {
        let started = Instant::now();
        let stamped = sealed.batch.stamp_with(&self.service.tsas);
        self.trips.add(started.elapsed(), 1);
        match stamped {
            Ok(stamped) => self.prove(&sealed, &stamped).map(|()| None),
            Err(error) => {
                self.failed_trips += 1;
                self.bar.say(&format!("{}: no timestamp: {}", sealed.path.display(), causes(&error)));
                Ok(Some(sealed))
            }
        }
    }

    /// The second pass: each proof gets its record, and is verified by itself as anybody would who has nothing else.
    fn prove(&mut self, sealed: &SealedBatch, stamped: &StampedBatch) -> Result<(), Error> {
        let path = sealed.path.with_extension("proofs");
        // One that is there is of a run with --keep, which was stopped in this batch.
        let is_kept = self.keep || path.exists();
        let mut kept = is_kept.then(|| Spool::create(path)).transpose()?;
        let mut seals = spool::read(&sealed.path)?;
        let unverified = self.unverified;
        loop {
            let some = seals.by_ref().take(AT_ONCE).collect::<Result<Vec<_>, _>>()?;
            if some.is_empty() {
                break;
            }
            let some = threads::map(some, |der| Seal::from_der(&der)).into_iter().collect::<Result<Vec<_>, _>>()?;
            let (started, count) = (Instant::now(), some.len());
            let proofs = threads::map(some, |seal| stamped.proof(seal).map_err(Box::new));
            let proofs = proofs.into_iter().collect::<Result<Vec<_>, _>>()?;
            self.records.add(started.elapsed(), count);
            for proof in &proofs {
                kept.as_mut().map_or(Ok(()), |kept| kept.push(proof.der()))?;
            }
            self.verify(proofs)?;
            self.bar.show("proving", self.verifying.count(), self.items);
        }
        kept.map(Spool::finished).transpose()?;
        self.account.flush()?;
        // A seal is let go when its proof holds: with the token of a TSA that is not trusted, another trip is needed.
        if self.unverified == unverified {
            fs::remove_file(&sealed.path)?;
        }
        Ok(())
    }

    /// From their octets, and a sample of them with a full report.
    fn verify(&mut self, proofs: Vec<ProofOfSending>) -> Result<(), Error> {
        let (started, before, now) = (Instant::now(), self.verifying.count(), Utc::now());
        let verifier = &self.service.verifier;
        let verified = threads::map(proofs.iter().collect(), |proof| {
            let proof = ProofOfSending::from_der(proof.der())?;
            Ok(verifier.verify(&proof, Payload::NotAvailable, now).map(|verified| verified.proven_at()))
        });
        let verified = verified.into_iter().collect::<Result<Vec<_>, recommande::seal::DecodeError>>()?;
        self.verifying.add(started.elapsed(), proofs.len());
        let every = self.items.div_ceil(SAMPLE).max(1);
        for (number, (proof, verified)) in proofs.iter().zip(verified).enumerate() {
            let id = proof.stated().message_id().as_str();
            match verified {
                Ok(at) => self.account.add(id, "proven", at.to_rfc3339_opts(SecondsFormat::AutoSi, true))?,
                Err(error) => {
                    self.unverified += 1;
                    let why = causes(&error);
                    self.bar.say(&format!("{id}: the proof does not verify: {why}"));
                    self.account.add(id, "not-verified", why)?;
                    self.judge(match error {
                        VerifyError::Failed(_) => Indication::TotalFailed,
                        VerifyError::Indeterminate(_) => Indication::Indeterminate,
                    });
                }
            }
            if (before + number + 1).is_multiple_of(every) {
                self.report(proof, now)?;
            }
        }
        Ok(())
    }

    fn report(&mut self, proof: &ProofOfSending, now: DateTime<Utc>) -> Result<(), Error> {
        let started = Instant::now();
        let report = self.service.verifier.report(proof, Payload::NotAvailable, now);
        self.reporting.add(started.elapsed(), 1);
        self.judge(report.indication);
        // Beside those of a run that this one goes on with.
        let names = (1_usize..).map(|number| self.service.out.join(format!("sample-{number:02}.p7m")));
        names.into_iter().find(|path| !path.exists()).map_or(Ok(()), |path| fs::write(path, proof.der()))?;
        Ok(())
    }

    fn judge(&mut self, indication: Indication) {
        use Indication::{Indeterminate, TotalFailed, TotalPassed};
        let worst = [TotalFailed, Indeterminate].into_iter().find(|bad| *bad == indication || *bad == self.verdict);
        self.verdict = worst.unwrap_or(TotalPassed);
    }

    /// Passed is what is proven whole.
    pub fn verdict(&mut self, waiting: &[SealedBatch]) -> Indication {
        if self.unsealed > 0 || !waiting.is_empty() {
            self.judge(Indication::Indeterminate);
        }
        self.verdict
    }

    /// Those that wait, by name.
    pub fn account_for(&mut self, waiting: &[SealedBatch]) -> Result<(), Error> {
        for sealed in waiting {
            for seal in spool::read(&sealed.path)? {
                let seal = Seal::from_der(&seal?)?;
                let id = seal.as_artifact().stated().message_id().as_str();
                self.account.add(id, "waiting", sealed.path.display())?;
            }
        }
        self.account.flush()
    }

    pub fn summary(&mut self, raw: f64, taken: Duration, waiting: &[SealedBatch]) -> String {
        self.bar.end();
        let mut out = String::new();
        let mut line = |what: &str, text: String| out += &format!("{what:10} {text}\n");
        if self.writing.count() > 0 {
            let threads = match threads::count() {
                1 => "on 1 thread".to_owned(),
                several => format!("on the same {several} threads"),
            };
            line("letters", self.writing.to_string());
            let sealing = self.sealing;
            let share = sealing.rate() / raw;
            let is_short = sealing.time() < Duration::from_secs(1);
            let how_sure = if is_short { " (a short run: partly by chance)" } else { "" };
            line("sealed", format!("{sealing}, {share:.2} of the {raw:.0}/s of the key alone {threads}{how_sure}"));
        }
        let (trips, failed) = (self.trips, self.failed_trips);
        line("timestamps", format!("{} trips, {failed} without a token: {trips}", trips.count()));
        line("records", self.records.to_string());
        if self.verifying.count() > 0 {
            let (verifying, sample, verdict) = (self.verifying, self.reporting.count(), self.verdict);
            line("verified", format!("{verifying}, {sample} of them with a full report: {verdict}"));
        }
        let mut whole = Clock::default();
        whole.add(taken, self.items);
        line("in all", format!("{whole}, with everything that is stored and read again"));
        if let Some(octets) = peak_memory() {
            line("memory", format!("{:.1} MiB at the peak", octets as f64 / f64::from(1 << 20)));
        }
        let waits: usize = waiting.iter().map(|sealed| sealed.batch.leaf_count()).sum();
        let (items, proven, unsealed) = (self.items, self.verifying.count() - self.unverified, self.unsealed);
        let unverified = match self.unverified {
            0 => String::new(),
            some => format!(", {some} whose proof does not verify"),
        };
        line(
            "items",
            format!("{items}: {proven} with their proof, {waits} waiting, {unsealed} not sealed{unverified}"),
        );
        line("each", format!("in {}", self.account.path().display()));
        for sealed in waiting {
            let count = sealed.batch.leaf_count();
            line("waiting", format!("{count} in {}; --resume takes them up", sealed.path.display()));
        }
        let dir = self.service.out.display();
        if self.reporting.count() > 0 {
            out += &format!(
                "\nOne of them, by itself:\n  cargo run --release --example verify -- {dir}/sample-01.p7m \
                --seal-anchors {dir}/seal-anchors.pem --tsa-anchors {dir}/tsa-anchors.pem --environment Test\n"
            );
        }
        out
    }
}

/// An error with what caused it, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", causes(cause)),
        None => error.to_string(),
    }
}
