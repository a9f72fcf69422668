//! What came of the letters: counted and measured while it runs, told at the end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use recommande::evidence::Statement;
use recommande::seal::DecodeError;
use recommande::{Indication, Payload, ProofOfSending, Verifier, VerifyError};

use crate::account::Account;
use crate::arguments::Error;
use crate::bar::Bar;
use crate::meter::{Clock, peak_memory};
use crate::{spool, threads};

/// Proofs that are written as files of their own, with a full report each.
const SAMPLE: usize = 20;

pub struct Tally {
    pub items: usize,
    pub bar: Bar,
    pub account: Account,
    pub writing: Clock,
    pub sealing: Clock,
    pub trips: Clock,
    pub failed_trips: usize,
    pub records: Clock,
    /// Letters whose proofs an earlier run verified.
    pub before: usize,
    failed_batches: usize,
    /// Letters of batches that failed, without those whose proofs were judged before that.
    failed: usize,
    verifying: Clock,
    unverified: usize,
    reporting: Clock,
    verdict: Indication,
    verifier: Arc<Verifier>,
    out: PathBuf,
}

/// The file that the letters of one batch wait in, and their number.
pub struct Waiting {
    pub path: PathBuf,
    pub count: usize,
}

impl Tally {
    pub fn new(verifier: Arc<Verifier>, out: &Path, items: usize) -> Result<Self, Error> {
        Ok(Self {
            items,
            bar: Bar::default(),
            account: Account::open(out)?,
            writing: Clock::default(),
            sealing: Clock::default(),
            trips: Clock::default(),
            failed_trips: 0,
            records: Clock::default(),
            before: 0,
            failed_batches: 0,
            failed: 0,
            verifying: Clock::default(),
            unverified: 0,
            reporting: Clock::default(),
            verdict: Indication::TotalPassed,
            verifier,
            out: out.to_owned(),
        })
    }

    /// Notes a letter that was not sealed.
    pub fn not_sealed(&mut self, id: &str, error: &dyn std::error::Error) -> Result<(), Error> {
        let why = causes(error);
        self.bar.say(&format!("{id}: not sealed: {why}"));
        self.account.add(id, "not-sealed", why)?;
        self.account.flush()
    }

    /// Notes a batch that cannot be gone on with, by the file of its letters and the number of those that were not judged before.
    /// The others go on.
    pub fn failed(&mut self, path: &Path, letters: usize, error: &dyn std::error::Error) {
        self.failed_batches += 1;
        self.failed += letters;
        self.bar.say(&format!("{}: cannot be gone on with: {}", path.display(), causes(error)));
    }

    /// The number of proofs that were judged so far.
    pub fn judged(&self) -> usize {
        self.verifying.count()
    }

    /// The letters that are nowhere else: also those that an earlier run could not seal.
    fn unsealed(&self, waiting: &[Waiting]) -> usize {
        let waits: usize = waiting.iter().map(|batch| batch.count).sum();
        self.items.saturating_sub(self.before + self.judged() + waits + self.failed)
    }

    /// Notes a trip to the TSA that gave nothing.
    pub fn not_stamped(&mut self, path: &Path, error: &dyn std::error::Error) {
        self.failed_trips += 1;
        self.bar.say(&format!("{}: no timestamp: {}", path.display(), causes(error)));
    }

    /// The number of proofs that did not verify so far.
    pub fn unverified(&self) -> usize {
        self.unverified
    }

    /// Reads proofs from what is stored and verifies each by itself, and a sample of them with a full report.
    pub fn verify<T: Send>(
        &mut self,
        stored: Vec<T>,
        read: impl Fn(T) -> Result<ProofOfSending, DecodeError> + Send + Sync,
    ) -> Result<(), Error> {
        let (started, before, now) = (Instant::now(), self.verifying.count(), Utc::now());
        let every = self.items.div_ceil(SAMPLE).max(1);
        let is_sample = |number: usize| (before + number + 1).is_multiple_of(every);
        let (count, verifier) = (stored.len(), &self.verifier);
        let verified = threads::map(stored.into_iter().enumerate().collect(), |(number, stored)| {
            let proof = read(stored)?;
            let verified = verifier.verify(&proof, Payload::NotAvailable, now).map(|verified| verified.proven_at());
            Ok((proof.stated().message_id().clone(), verified, is_sample(number).then_some(proof)))
        });
        let verified = verified.into_iter().collect::<Result<Vec<_>, DecodeError>>()?;
        self.verifying.add(started.elapsed(), count);
        for (id, verified, sample) in verified {
            let id = id.as_str();
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
            sample.map_or(Ok(()), |proof| self.report(&proof, now))?;
        }
        self.bar.show("proving", self.before + self.verifying.count(), self.items);
        Ok(())
    }

    fn report(&mut self, proof: &ProofOfSending, now: DateTime<Utc>) -> Result<(), Error> {
        let started = Instant::now();
        let report = self.verifier.report(proof, Payload::NotAvailable, now);
        self.reporting.add(started.elapsed(), 1);
        self.judge(report.indication);
        let ending = ending(proof);
        // Beside those of a run that this one goes on with.
        let names = (1_usize..).map(|number| self.out.join(format!("sample-{number:02}.{ending}")));
        names.into_iter().find(|path| !path.exists()).map_or(Ok(()), |path| spool::store(&path, proof.der()))?;
        Ok(())
    }

    fn judge(&mut self, indication: Indication) {
        use Indication::{Indeterminate, TotalFailed, TotalPassed};
        let worst = [TotalFailed, Indeterminate].into_iter().find(|bad| *bad == indication || *bad == self.verdict);
        self.verdict = worst.unwrap_or(TotalPassed);
    }

    /// Passed is what is proven whole.
    pub fn verdict(&mut self, waiting: &[Waiting]) -> Indication {
        if self.failed_batches > 0 || self.unsealed(waiting) > 0 || !waiting.is_empty() {
            self.judge(Indication::Indeterminate);
        }
        self.verdict
    }

    /// All of it in lines. The keys' own rate is told where each letter has a signature.
    pub fn summary(&mut self, raw: Option<f64>, taken: Duration, waiting: &[Waiting]) -> String {
        self.bar.end();
        let mut out = String::new();
        let mut line = |what: &str, text: String| out += &format!("{what:10} {text}\n");
        if self.writing.count() > 0 {
            line("letters", self.writing.to_string());
            line("sealed", sealed(self.sealing, raw));
        }
        let (trips, failed) = (self.trips, self.failed_trips);
        line("timestamps", format!("{} trips, {failed} without a token: {trips}", trips.count()));
        line("records", self.records.to_string());
        if self.verifying.count() > 0 {
            let (verifying, sample, verdict) = (self.verifying, self.reporting.count(), self.verdict);
            line("verified", format!("{verifying}, {sample} of them with a full report: {verdict}"));
        }
        let mut whole = Clock::default();
        whole.add(taken, self.items - self.before);
        line("in all", format!("{whole}, with everything that is stored and read again"));
        if let Some(octets) = peak_memory() {
            line("memory", format!("{:.1} MiB at the peak", octets as f64 / f64::from(1 << 20)));
        }
        let waits: usize = waiting.iter().map(|batch| batch.count).sum();
        let (items, unsealed) = (self.items, self.unsealed(waiting));
        let proven = self.before + self.verifying.count() - self.unverified;
        let mut unverified = match self.unverified {
            0 => String::new(),
            some => format!(", {some} whose proof does not verify"),
        };
        if self.failed_batches > 0 {
            unverified += &format!(", {} in batches that failed", self.failed);
        }
        line(
            "items",
            format!("{items}: {proven} with their proof, {waits} waiting, {unsealed} not sealed{unverified}"),
        );
        line("each", format!("in {}", self.account.path().display()));
        for Waiting { path, count } in waiting {
            line("waiting", format!("{count} in {}; --resume takes them up", path.display()));
        }
        if let Some(sample) = self.first_sample() {
            let dir = self.out.display();
            out += &format!(
                "\nOne of them, by itself:\n  cargo run --release --example verify -- {dir}/{sample} \
                --seal-anchors {dir}/seal-anchors.pem --tsa-anchors {dir}/tsa-anchors.pem --environment Test\n"
            );
        }
        out
    }

    fn first_sample(&self) -> Option<&'static str> {
        ["sample-01.p7m", "sample-01.rma"].into_iter().find(|name| self.out.join(name).exists())
    }
}

/// The rate of sealing, beside that of the key alone where each letter has a signature.
fn sealed(sealing: Clock, raw: Option<f64>) -> String {
    let Some(raw) = raw else { return sealing.to_string() };
    let threads = match threads::count() {
        1 => "on 1 thread".to_owned(),
        several => format!("on the same {several} threads"),
    };
    let share = sealing.rate() / raw;
    let is_short = sealing.time() < Duration::from_secs(1);
    let how_sure = if is_short { " (a short run: partly by chance)" } else { "" };
    format!("{sealing}, {share:.2} of the {raw:.0}/s of the key alone {threads}{how_sure}")
}

/// The ending of a proof in one file.
fn ending(proof: &ProofOfSending) -> &'static str {
    if proof.parts().is_some() { "rma" } else { "p7m" }
}

/// An error with what caused it, in one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", causes(cause)),
        None => error.to_string(),
    }
}
