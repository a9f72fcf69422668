//! Letters by the thousand: each gets its own seal, each batch one timestamp, each proof its own evidence record.
//!
//! Keys and certificates are made for this one run and trusted by nobody; the environment is Test.

#[path = "../common/arguments.rs"]
mod arguments;
mod letters;
mod meter;
mod spool;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arguments::{Arguments, Error};
use chrono::{DateTime, Utc};
use meter::{Bar, Clock, peak_memory, raw_rate};
use recommande::crypto::KeyKind;
use recommande::rfc3161_client::{RetryPolicy, Transport, TransportError, TsaPool};
use recommande::seal::{Batch, BatchLeaves, StampedBatch};
use recommande::testing::{TestPki, TestTsa};
use recommande::{
    Credentials, EnterpriseNumber, Environment, Indication, Issuer, Payload, ProofOfSending, Sealer, Signer,
    TrustAnchors, Unstamped, Verifier, VerifyError,
};
use spool::Spool;

const USAGE: &str = "\
usage: high_volume [--items N] [--batch N] [--key KIND] [--tsa URL [--tsa-anchors PEM]] [--tsa-latency MS] [--trips N]
                   [--out DIR] [--keep] [--resume]

  --items N          letters (default: 10000)
  --batch N          letters per timestamp (default: 5000)
  --key KIND         p-256, p-384, ed25519, rsa-2048, rsa-3072 or rsa-4096 (default: p-256)
  --tsa URL          a time-stamp authority behind HTTP (default: one inside of this process)
  --tsa-anchors PEM  its trust anchors (default: target/local-tsa/tsa-anchors.pem, which the example local_tsa writes)
  --tsa-latency MS   how long a trip takes at the least (default: 100)
  --trips N          trips for a batch whose TSA does not answer (default: 3)
  --out DIR          where seals wait for their timestamp, and a sample of the proofs goes (default: target/high-volume)
  --keep             writes all proofs there, one file per batch: DER, one after the other
  --resume           seals nothing: the seals of an earlier run that wait in DIR get their timestamp

exit status: 0 all are sealed, timestamped and verified; 1 a proof is TOTAL-FAILED; 2 some wait for a timestamp (their seals are kept) or are
INDETERMINATE; 3 usage or file error";

/// Proofs that are written as files of their own, with a full report each.
const SAMPLE: usize = 20;

fn main() -> ExitCode {
    match run() {
        Ok(Indication::TotalPassed) => ExitCode::SUCCESS,
        Ok(Indication::TotalFailed) => ExitCode::from(1),
        Ok(Indication::Indeterminate) => ExitCode::from(2),
        Err(error) => {
            eprintln!("high_volume: {error}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<Indication, Error> {
    let options = ["--items", "--batch", "--key", "--tsa", "--tsa-anchors", "--tsa-latency", "--trips", "--out"];
    let arguments =
        Arguments::read(&options, &["--keep", "--resume", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        println!("{USAGE}");
        return Ok(Indication::TotalPassed);
    }
    let items = number(&arguments, "--items", 10_000)?;
    let size = number(&arguments, "--batch", 5_000)?.max(1);
    let trips = number(&arguments, "--trips", 3)?.max(1);
    let mut pipeline = Pipeline::new(&arguments, items)?;
    let raw_before = raw_rate(pipeline.signer.as_ref())?;
    let mut waiting = Vec::new();
    if arguments.has("--resume") {
        waiting = pipeline.stored()?;
    } else {
        for first in (0..items).step_by(size) {
            let sealed = pipeline.seal(first..items.min(first + size))?;
            waiting.extend(sealed.map(|sealed| pipeline.finish(sealed)).transpose()?.flatten());
        }
    }
    // A trip that failed costs no seal: it is made again, as the first one is for seals that were stored.
    let done = usize::from(!arguments.has("--resume"));
    for _ in done..trips {
        let later = std::mem::take(&mut waiting);
        for sealed in later {
            waiting.extend(pipeline.finish(sealed)?);
        }
    }
    let raw = (raw_before + raw_rate(pipeline.signer.as_ref())?) / 2.0;
    pipeline.print(raw, &waiting);
    let is_complete = waiting.is_empty() && pipeline.unsealed == 0;
    Ok(if is_complete { pipeline.verdict } else { worse(pipeline.verdict, Indication::Indeterminate) })
}

/// A batch whose seals are stored in a file. In memory is its tree.
struct SealedBatch {
    path: PathBuf,
    batch: Batch,
}

struct Pipeline {
    signer: Arc<dyn Signer>,
    sealer: Sealer,
    tsas: TsaPool,
    verifier: Verifier,
    out: PathBuf,
    keep: bool,
    items: usize,
    batches: usize,
    bar: Bar,
    writing: Clock,
    sealing: Clock,
    unsealed: usize,
    trips: Clock,
    failed_trips: usize,
    records: Clock,
    verifying: Clock,
    reporting: Clock,
    verdict: Indication,
}

impl Pipeline {
    fn new(arguments: &Arguments, items: usize) -> Result<Self, Error> {
        let out = arguments.path("--out").unwrap_or_else(|| "target/high-volume".into());
        fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
        let seal_anchors_pem = out.join("seal-anchors.pem");
        let pki = TestPki::of_kind(&key(arguments.text("--key")?)?, Utc::now())?;
        let latency = Duration::from_millis(u64::try_from(number(arguments, "--tsa-latency", 100)?)?);
        let (name, transport, tsa_anchors): (_, Box<dyn Transport>, _) = match arguments.text("--tsa")? {
            Some(url) => {
                let given = arguments.path("--tsa-anchors");
                (
                    url,
                    Box::new(http(url)?),
                    anchors_of(&given.unwrap_or_else(|| "target/local-tsa/tsa-anchors.pem".into()))?,
                )
            }
            None => ("in-process", Box::new(TestTsa::new(&pki)), pki.tsa_anchors()),
        };
        // Another trip is made when the other batches have had theirs.
        let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
        let service = EnterpriseNumber::new("0406798006")?;
        let issuer = Issuer::of_enterprise("Example Registered Mail", &service, Environment::Test)?;
        if !arguments.has("--resume") {
            spool::clear(&out)?;
            fs::write(&seal_anchors_pem, pki.seal_anchors_pem())?;
        }
        if arguments.text("--tsa")?.is_none() {
            fs::write(out.join("tsa-anchors.pem"), pki.tsa_anchors_pem())?;
        }
        Ok(Self {
            sealer: Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer),
            signer: pki.seal.signer.clone(),
            tsas: TsaPool::new().with_tsa(name, Distant { transport, latency }).with_retry(once),
            verifier: Verifier::new(anchors_of(&seal_anchors_pem)?, tsa_anchors, Environment::Test),
            out,
            keep: arguments.has("--keep"),
            items,
            batches: 0,
            bar: Bar::default(),
            writing: Clock::default(),
            sealing: Clock::default(),
            unsealed: 0,
            trips: Clock::default(),
            failed_trips: 0,
            records: Clock::default(),
            verifying: Clock::default(),
            reporting: Clock::default(),
            verdict: Indication::TotalPassed,
        })
    }

    /// The first pass: seals stream out and are stored; of each, only a digest stays in memory.
    ///
    /// `None` when nothing could be sealed.
    fn seal(&mut self, numbers: Range<usize>) -> Result<Option<SealedBatch>, Error> {
        self.batches += 1;
        let (first, now) = (numbers.start, Utc::now());
        let mut seals = Spool::create(self.out.join(format!("batch-{:05}.seals", self.batches)))?;
        let mut leaves = BatchLeaves::new();
        let (mut storing, mut unwritten) = (Duration::ZERO, None);
        let writing = self.writing.time();
        let letters = numbers.map_while(|number| {
            let started = Instant::now();
            let letter = letters::sending(number, now);
            self.writing.add(started.elapsed(), 1);
            letter.map_err(|error| unwritten = Some(error)).ok()
        });
        let started = Instant::now();
        for sealed in self.sealer.seal_all(letters, now) {
            let sealed = match sealed {
                Ok(sealed) => sealed,
                Err(error) => {
                    self.unsealed += 1;
                    self.bar.say(&format!("letter {}: {}", first + error.index, causes(&error.source)));
                    continue;
                }
            };
            let sealed_at = Instant::now();
            seals.push(sealed.der())?;
            storing += sealed_at.elapsed();
            leaves.add(&sealed)?;
            self.bar.show("sealing", first + leaves.len(), self.items);
        }
        let taken = started.elapsed();
        if let Some(error) = unwritten {
            return Err(error);
        }
        self.sealing.add(taken - storing - (self.writing.time() - writing), leaves.len());
        let path = seals.finished()?;
        Ok(if leaves.is_empty() { None } else { Some(SealedBatch { path, batch: leaves.close()? }) })
    }

    /// The batches whose seals are stored. Nothing else has to be kept of a batch.
    fn stored(&mut self) -> Result<Vec<SealedBatch>, Error> {
        let mut stored = Vec::new();
        self.items = 0;
        for path in spool::waiting(&self.out)? {
            let mut leaves = BatchLeaves::new();
            for seal in spool::read(&path)? {
                let of_file = |error: Error| format!("{}: {error}", path.display());
                let seal = Unstamped::<ProofOfSending>::from_der(&seal.map_err(of_file)?);
                leaves.add(&seal.map_err(|error| of_file(error.into()))?)?;
            }
            if leaves.is_empty() {
                self.bar.say(&format!("{}: the run was stopped before it wrote a whole seal", path.display()));
                continue;
            }
            self.items += leaves.len();
            stored.push(SealedBatch { path, batch: leaves.close()? });
        }
        Ok(stored)
    }

    /// The trip, and the second pass. `Some` when there was no timestamp: the seals wait.
    fn finish(&mut self, sealed: SealedBatch) -> Result<Option<SealedBatch>, Error> {
        let started = Instant::now();
        let stamped = sealed.batch.stamp_with(&self.tsas);
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
        let mut kept = self.keep.then(|| Spool::create(sealed.path.with_extension("proofs"))).transpose()?;
        for seal in spool::read(&sealed.path)? {
            let seal: Unstamped<ProofOfSending> = Unstamped::from_der(&seal?)?;
            let started = Instant::now();
            let proof = stamped.proof(seal)?;
            self.records.add(started.elapsed(), 1);
            let now = Utc::now();
            self.verify(proof.der(), now)?;
            if self.verifying.count().is_multiple_of(self.items.div_ceil(SAMPLE).max(1)) {
                self.report(&proof, now)?;
            }
            if let Some(kept) = &mut kept {
                kept.push(proof.der())?;
            }
            self.bar.show("proving", self.verifying.count(), self.items);
        }
        if let Some(kept) = kept {
            kept.finished()?;
        }
        fs::remove_file(&sealed.path)?;
        Ok(())
    }

    fn verify(&mut self, der: &[u8], now: DateTime<Utc>) -> Result<(), Error> {
        let started = Instant::now();
        let verified = self.verifier.verify(&ProofOfSending::from_der(der)?, Payload::NotAvailable, now);
        self.verifying.add(started.elapsed(), 1);
        if let Err(error) = verified {
            let indication = match error {
                VerifyError::Failed(_) => Indication::TotalFailed,
                VerifyError::Indeterminate(_) => Indication::Indeterminate,
            };
            self.verdict = worse(self.verdict, indication);
            self.bar.say(&format!("a proof does not verify: {}", causes(&error)));
        }
        Ok(())
    }

    fn report(&mut self, proof: &ProofOfSending, now: DateTime<Utc>) -> Result<(), Error> {
        let started = Instant::now();
        let report = self.verifier.report(proof, Payload::NotAvailable, now);
        self.reporting.add(started.elapsed(), 1);
        self.verdict = worse(self.verdict, report.indication);
        fs::write(self.out.join(format!("sample-{:02}.p7m", self.reporting.count())), proof.der())?;
        Ok(())
    }

    fn print(&mut self, raw: f64, waiting: &[SealedBatch]) {
        self.bar.end();
        if self.writing.count() > 0 {
            let share = self.sealing.rate() / raw;
            println!("letters    {}", self.writing);
            println!("sealed     {}, {share:.2} of the {raw:.0}/s of the key alone", self.sealing);
        }
        println!("timestamps {} trips, {} without a token: {}", self.trips.count(), self.failed_trips, self.trips);
        println!("records    {}", self.records);
        if self.verifying.count() > 0 {
            let sample = self.reporting.count();
            println!("verified   {}, {sample} of them with a full report: {}", self.verifying, self.verdict);
        }
        if let Some(octets) = peak_memory() {
            println!("memory     {:.1} MiB at the peak", octets as f64 / f64::from(1 << 20));
        }
        let waits: usize = waiting.iter().map(|sealed| sealed.batch.leaf_count()).sum();
        let (proven, unsealed) = (self.verifying.count(), self.unsealed);
        println!("items      {}: {proven} with their proof, {waits} waiting, {unsealed} not sealed", self.items);
        for sealed in waiting {
            println!("waiting    {} in {}; --resume takes them up", sealed.batch.leaf_count(), sealed.path.display());
        }
        let out = self.out.display();
        if self.reporting.count() > 0 {
            println!(
                "\nOne of them, by itself:\n  cargo run --release --example verify -- {out}/sample-01.p7m \
                --seal-anchors {out}/seal-anchors.pem --tsa-anchors {out}/tsa-anchors.pem --environment Test"
            );
        }
    }
}

/// A TSA that is some milliseconds away.
struct Distant {
    transport: Box<dyn Transport>,
    latency: Duration,
}

impl Transport for Distant {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let started = Instant::now();
        let answer = self.transport.send(request);
        std::thread::sleep(self.latency.saturating_sub(started.elapsed()));
        answer
    }
}

fn number(arguments: &Arguments, option: &str, default: usize) -> Result<usize, Error> {
    match arguments.text(option)? {
        Some(text) => text.replace('_', "").parse().map_err(|_| format!("{option}: not a number: {text}").into()),
        None => Ok(default),
    }
}

fn key(name: Option<&str>) -> Result<KeyKind, Error> {
    Ok(match name.unwrap_or("p-256") {
        "p-256" => KeyKind::EcP256,
        "p-384" => KeyKind::EcP384,
        "ed25519" => KeyKind::Ed25519,
        "rsa-2048" => KeyKind::Rsa { bits: 2048 },
        "rsa-3072" => KeyKind::Rsa { bits: 3072 },
        "rsa-4096" => KeyKind::Rsa { bits: 4096 },
        other => return Err(format!("--key: {other} is none of those that are offered\n\n{USAGE}").into()),
    })
}

#[cfg(feature = "http")]
fn http(url: &str) -> Result<impl Transport + 'static, Error> {
    recommande::rfc3161_client::HttpTransport::new(url).map_err(|error| format!("--tsa: {error}").into())
}

#[cfg(not(feature = "http"))]
fn http(_: &str) -> Result<Box<dyn Transport>, Error> {
    Err("--tsa: this was built without the feature `http`".into())
}

fn anchors_of(path: &Path) -> Result<TrustAnchors, Error> {
    let pem = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    TrustAnchors::from_pem(&pem).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn worse(one: Indication, other: Indication) -> Indication {
    use Indication::{Indeterminate, TotalFailed, TotalPassed};
    [TotalFailed, Indeterminate].into_iter().find(|bad| *bad == one || *bad == other).unwrap_or(TotalPassed)
}

/// An error with what caused it, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", causes(cause)),
        None => error.to_string(),
    }
}
