//! Seals letters by the thousand: each gets its own seal, each batch one timestamp, each proof its own evidence record. With
//! `--aggregated` a batch has one seal too. With the feature `parallel`, all threads seal.
//!
//! Keys and certificates are generated for the run and worthless afterwards; the environment is Test.

#[path = "../common/arguments.rs"]
mod arguments;
#[path = "../common/bar.rs"]
mod bar;
#[path = "../common/output.rs"]
mod output;
#[path = "../common/tsa.rs"]
mod tsa;

mod account;
mod aggregated;
mod batches;
mod letters;
#[path = "../common/lock.rs"]
mod lock;
mod meter;
mod pipeline;
mod plan;
mod spool;
mod tally;
mod threads;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aggregated::Aggregating;
use arguments::{Arguments, Error};
use batches::{Batches, begun, finished};
use chrono::Utc;
use output::print;
use pipeline::{Pipeline, Service};
use plan::Plan;
use recommande::crypto::KeyKind;
use recommande::identity::EnterpriseNumber;
use recommande::rfc3161_client::{RetryPolicy, Transport, TransportError, TsaPool};
use recommande::testing::{TestPki, TestTsa};
use recommande::{Credentials, Environment, Indication, Issuer, Sealer, TrustAnchors, Verifier};
use tally::{Tally, Waiting};

const USAGE: &str = "\
usage: high_volume [--items N] [--batch N] [--key KIND] [--tsa URL [--tsa-anchors PEM]] [--tsa-latency MS] [--trips N]
                   [--out DIR] [--aggregated] [--keep] [--resume]

  --items N          letters (default: 10000)
  --batch N          letters per timestamp (default: 5000)
  --key KIND         p-256, p-384, p-521, ed25519, rsa-2048, rsa-3072 or rsa-4096 (default: p-256)
  --tsa URL          a time-stamp authority behind HTTP (default: one inside of this process)
  --tsa-anchors PEM  its trust anchors (default: target/local-tsa/tsa-anchors.pem, which the example local_tsa writes)
  --tsa-latency MS   how long a trip takes at the least (default: 100)
  --trips N          trips for a batch whose TSA does not answer (default: 3)
  --out DIR          where seals wait for their timestamp, and a sample of the proofs goes (default: target/high-volume)
  --aggregated       one seal for each batch, and not for each letter: statements, seal and digests of each batch stay in DIR
  --keep             writes all proofs that it makes there, one file per batch: DER, one after the other; with --aggregated
                     all records
  --resume           goes on with an earlier run that was stopped in DIR. Its seals that wait get their timestamp, and nothing is
                     sealed; with --aggregated the letters of that run that were not sealed yet are sealed too

DIR/items.tsv says what became of each letter: `proven`, `not-verified`, `waiting` or `not-sealed`, and when, where or why.

exit status: 0 all are sealed, timestamped and verified; 1 a proof is TOTAL-FAILED; 2 some were not sealed, wait for a timestamp (their seals are
kept), are in a batch that cannot be gone on with (it stays as it is) or are INDETERMINATE; 3 usage or file error";

fn main() -> ExitCode {
    match run() {
        Ok(Indication::TotalPassed) => ExitCode::SUCCESS,
        Ok(Indication::TotalFailed) => ExitCode::from(1),
        Ok(Indication::Indeterminate) => ExitCode::from(2),
        Err(error) => {
            bar::tell(&format!("high_volume: {error}\n"));
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<Indication, Error> {
    let options = ["--items", "--batch", "--key", "--tsa", "--tsa-anchors", "--tsa-latency", "--trips", "--out"];
    let arguments = Arguments::read(&options, &["--aggregated", "--keep", "--resume", "--help"])
        .map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let plan =
        Plan { items: number(&arguments, "--items", 10_000)?, size: number(&arguments, "--batch", 5_000)?.max(1) };
    let out = arguments.path("--out").unwrap_or_else(|| "target/high-volume".into());
    fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let _lock = lock::Lock::of(&out, "high_volume", "wait for its end, or give another --out")?;
    spool::remove_unfinished(&out)?;
    let trips = number(&arguments, "--trips", 3)?.max(1);
    let stored = Plan::stored(&out)?.filter(|_| arguments.has("--resume"));
    match arguments.has("--aggregated") {
        true => aggregated(&arguments, out, (plan, stored), trips),
        false if stored.is_some() => Err(format!("{}: there is a run with --aggregated", out.display()).into()),
        false => sealed_singly(&arguments, out, plan, trips),
    }
}

/// Each letter has a seal.
fn sealed_singly(arguments: &Arguments, out: PathBuf, plan: Plan, trips: usize) -> Result<Indication, Error> {
    let mut pipeline = Pipeline::new(service(arguments, out)?, plan.items, arguments.has("--keep"))?;
    let raw_before = pipeline.raw_rate()?;
    let started = Instant::now();
    // Seals that were stored have had no trip yet.
    let (waiting, trips) = match arguments.has("--resume") {
        true => (pipeline.stored()?, trips),
        false => (begun(&mut pipeline, &plan), trips - 1),
    };
    let waiting = finished(&mut pipeline, waiting, trips);
    let taken = started.elapsed();
    let raw = (raw_before + pipeline.raw_rate()?) / 2.0;
    ended(pipeline.tally(), Some(raw), taken, &waiting)
}

/// Each batch has a seal.
fn aggregated(
    arguments: &Arguments,
    out: PathBuf,
    (given, stored): (Plan, Option<Plan>),
    trips: usize,
) -> Result<Indication, Error> {
    if let Some(path) = spool::waiting(&out, spool::SEALS)?.first().filter(|_| arguments.has("--resume")) {
        return Err(format!("{}: a run without --aggregated was stopped there", path.display()).into());
    }
    let service = service(arguments, out.clone())?;
    let plan = stored.unwrap_or(given);
    if stored.is_none() {
        plan.store(&out)?;
    }
    let mut aggregating = Aggregating::new(service, plan.items, arguments.has("--keep"))?;
    let started = Instant::now();
    let waiting = begun(&mut aggregating, &plan);
    let waiting = finished(&mut aggregating, waiting, trips - 1);
    ended(aggregating.tally(), None, started.elapsed(), &waiting)
}

fn ended(tally: &mut Tally, raw: Option<f64>, taken: Duration, waiting: &[Waiting]) -> Result<Indication, Error> {
    print(&tally.summary(raw, taken, waiting))?;
    Ok(tally.verdict(waiting))
}

/// Who seals, who attests the time and who verifies, made for this run.
fn service(arguments: &Arguments, out: PathBuf) -> Result<Service, Error> {
    // The certificate of a seal that letters share holds the number of the issuer.
    let pki = TestPki::of_kind(&key(arguments.text("--key")?)?, Utc::now())?
        .with_organization("Example Registered Mail", "NTRBE-0406798006")?;
    let latency = Duration::from_millis(u64::try_from(number(arguments, "--tsa-latency", 100)?)?);
    let (name, transport, tsa_anchors): (_, Box<dyn Transport>, _) = match arguments.text("--tsa")? {
        Some(url) => {
            let given = arguments.path("--tsa-anchors");
            let anchors = match given {
                Some(path) => text_of(&path)?,
                // Anchors are configuration: never taken from what the TSA itself sends.
                None => fs::read_to_string("target/local-tsa/tsa-anchors.pem")
                    .map_err(|_| "the anchors of this TSA are not known here; give them by --tsa-anchors")?,
            };
            (tsa::name_of(url), Box::new(tsa::http(url)?), anchors)
        }
        None => ("in-process".to_owned(), Box::new(TestTsa::new(&pki)), pki.tsa_anchors_pem()),
    };
    // Another trip is made when the other batches have had theirs.
    let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let (seal_anchors_pem, tsa_anchors_pem) = (out.join("seal-anchors.pem"), out.join("tsa-anchors.pem"));
    if arguments.has("--resume") {
        // Beside those of before: there may be proofs of that time.
        add_anchors(&seal_anchors_pem, &pki.seal_anchors_pem())?;
        add_anchors(&tsa_anchors_pem, &tsa_anchors)?;
    } else {
        spool::clear(&out)?;
        spool::store(&seal_anchors_pem, pki.seal_anchors_pem().as_bytes())?;
        spool::store(&tsa_anchors_pem, tsa_anchors.as_bytes())?;
    }
    let issuer = Issuer::of("Example Registered Mail", &EnterpriseNumber::new("0406798006")?, Environment::Test)?;
    let verifier = Verifier::new(anchors_of(&seal_anchors_pem)?, anchors_of(&tsa_anchors_pem)?, Environment::Test);
    Ok(Service {
        sealer: Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer),
        signer: pki.seal.signer.clone(),
        tsas: TsaPool::new()
            .with_tsa(name, Distant { transport, latency })
            .with_retry(once)
            .with_clock(Utc::now, Duration::from_secs(60)),
        verifier: Arc::new(verifier),
        out,
    })
}

fn add_anchors(path: &Path, anchors: &str) -> Result<(), Error> {
    let before = match fs::read_to_string(path) {
        Ok(before) => before,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{}: {error}", path.display()).into()),
    };
    if before.contains(anchors.trim()) {
        return Ok(());
    }
    spool::store(path, (before + anchors).as_bytes())
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
        "p-521" => KeyKind::EcP521,
        "ed25519" => KeyKind::Ed25519,
        "rsa-2048" => KeyKind::Rsa { bits: 2048 },
        "rsa-3072" => KeyKind::Rsa { bits: 3072 },
        "rsa-4096" => KeyKind::Rsa { bits: 4096 },
        kind => return Err(format!("--key: {kind} is none of those that are offered\n\n{USAGE}").into()),
    })
}

fn text_of(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn anchors_of(path: &Path) -> Result<TrustAnchors, Error> {
    TrustAnchors::from_pem(&text_of(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}
