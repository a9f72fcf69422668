//! A worker as a process: start as many as you like, on as many machines as you like. It ends in order at SIGTERM, and at SIGKILL
//! nothing is lost.
//!
//! ```sh
//! cargo run --release --example worker -- --create --postgres 'host=/var/run/postgresql dbname=mail'
//! cargo run --release --example worker -- --postgres 'host=/var/run/postgresql dbname=mail' \
//!     --key seal-key.pem --chain seal-chain.pem --issuer-name 'Example Registered Mail' --issuer-number 0406798006 \
//!     --environment Test --tsa https://tsa.example.org/
//! ```

#[path = "../../../examples/common/arguments.rs"]
mod arguments;

use std::fs;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arguments::{Arguments, Error};
use chrono::Utc;
use recommande::crypto::SigningKey;
use recommande::identity::EnterpriseNumber;
use recommande::rfc3161_client::{HttpTransport, RetryPolicy};
use recommande::{Certificate, Credentials, Environment, Issuer, Sealer, TsaPool};
use recommande_scale_out::nats::{JetStream, StreamSettings};
use recommande_scale_out::postgres::{self, Database, PostgresStore, PostgresWork};
use recommande_scale_out::{Counters, Ended, FolderStore, Progress, Seals, Settings, Stop, Store, Work, Worker};

const USAGE: &str = "\
usage: worker --postgres CONNECTION [--nats URL] --create
       worker --postgres CONNECTION [--nats URL] [--folder DIR] --key KEY.pem --chain CHAIN.pem --issuer-name NAME --issuer-number NUMBER
              [--issuer-policy URI...] --environment NAME --tsa URL... [--aggregated] [--batch N] [--pause MS] [--ack-wait MS] [--drain]

  --postgres CONNECTION  where items and proofs are, as libpq writes it
  --nats URL             items come from a stream of JetStream there
  --create               makes the tables, and with --nats the stream ITEMS with one replica, 1 GiB, and its consumer
  --folder DIR           proofs are there
  --key KEY.pem          the key of the seal (PKCS#8)
  --chain CHAIN.pem      its certificate, and those of its issuers
  --issuer-name NAME     the service
  --issuer-number NUMBER its enterprise number
  --issuer-policy URI    a policy under which it issues evidence; may be repeated, in the order that the items have
  --environment NAME     Production, Acceptance, Integration or Test
  --tsa URL              a time-stamp authority; may be repeated, and the next one is asked where one gives no timestamp
  --aggregated           one seal for each batch
  --batch N              items of a batch at the most (default: 1000)
  --ack-wait MS          how long JetStream waits for an acknowledgement (default: 60000; where the stream is made)
  --pause MS             first pause after a TSA that is away (default: 30000)
  --drain                ends when the queue has nothing to hand out

exit status: 0 ended when it was asked to, and with --drain: the queue is empty; with --drain 1: some items were rejected here, also where
items are left, 2: the queue still has items, or it was asked to end before; 3 usage or a file";

fn main() -> ExitCode {
    match run() {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<u8, Error> {
    let options = [
        "--postgres",
        "--folder",
        "--key",
        "--chain",
        "--issuer-name",
        "--issuer-number",
        "--issuer-policy...",
        "--environment",
        "--tsa...",
        "--batch",
        "--pause",
        "--nats",
        "--ack-wait",
    ];
    let arguments = Arguments::read(&options, &["--create", "--aggregated", "--drain", "--help"])
        .map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        println!("{USAGE}");
        return Ok(0);
    }
    let database = Database::new(needed(&arguments, "--postgres")?)?;
    if arguments.has("--create") {
        postgres::create_tables(&database)?;
        if let Some(mut stream) = jetstream(&arguments)? {
            stream.create()?;
        }
        return Ok(0);
    }
    let settings = settings(&arguments)?;
    let folder = arguments.path("--folder").map(FolderStore::open).transpose()?;
    match (jetstream(&arguments)?, folder) {
        (Some(items), Some(proofs)) => work_on(&arguments, items, proofs, settings),
        (Some(items), None) => work_on(&arguments, items, PostgresStore::new(&database), settings),
        (None, Some(proofs)) => work_on(&arguments, PostgresWork::new(&database), proofs, settings),
        (None, None) => {
            // Both in one database: the proofs are stored when their items go.
            let (items, proofs) = postgres::both(&database);
            work_on(&arguments, items, proofs, settings)
        }
    }
}

fn jetstream(arguments: &Arguments) -> Result<Option<JetStream>, Error> {
    let Some(server) = arguments.text("--nats")? else { return Ok(None) };
    let mut stream = StreamSettings::default();
    if let Some(wait) = arguments.text("--ack-wait")? {
        stream = stream.with_ack_wait(Duration::from_millis(wait.parse()?));
    }
    Ok(Some(JetStream::new(server, stream)?))
}

fn needed<'a>(arguments: &'a Arguments, name: &str) -> Result<&'a str, Error> {
    arguments.text(name)?.ok_or_else(|| format!("{name} is missing\n\n{USAGE}").into())
}

fn settings(arguments: &Arguments) -> Result<Settings, Error> {
    let read = |name| -> Result<String, Error> {
        let path = needed(arguments, name)?;
        fs::read_to_string(path).map_err(|error| format!("{path}: {error}").into())
    };
    let number: EnterpriseNumber = needed(arguments, "--issuer-number")?.parse()?;
    let environment: Environment = needed(arguments, "--environment")?.parse()?;
    let mut issuer = Issuer::of(needed(arguments, "--issuer-name")?, &number, environment)?;
    for policy in arguments.paths("--issuer-policy...") {
        issuer = issuer.with_policy(policy.to_str().ok_or("--issuer-policy: not a URI")?)?;
    }
    let credentials =
        Credentials::new(SigningKey::from_pem(&read("--key")?)?, Certificate::from_pem_chain(&read("--chain")?)?)?;
    // The worker tries again by itself, and whoever is free goes on with the seals.
    let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let mut tsas = TsaPool::new().with_retry(once).with_rest(Duration::from_secs(30));
    for (number, url) in arguments.paths("--tsa...").enumerate() {
        let transport = HttpTransport::new(url.to_str().ok_or("--tsa: not an address")?)?;
        let transport = transport.with_timeouts(Duration::from_secs(2), Duration::from_secs(5));
        tsas = tsas.with_tsa(format!("TSA {}", number + 1), transport);
    }
    if !arguments.has("--tsa...") {
        return Err(format!("--tsa is missing\n\n{USAGE}").into());
    }
    let mut settings = Settings::new(Sealer::new(credentials, issuer), tsas, Utc::now);
    if arguments.has("--aggregated") {
        settings = settings.with_seals(Seals::Aggregated);
    }
    if let Some(most) = arguments.text("--batch")? {
        settings = settings.with_batches(most.parse::<NonZeroUsize>()?, Duration::from_millis(200));
    }
    if let Some(pause) = arguments.text("--pause")? {
        let pause = Duration::from_millis(pause.parse()?);
        settings = settings.with_timestamp_pauses(pause, pause.max(Duration::from_secs(300)));
        settings = settings.with_engine_pauses(pause.min(Duration::from_millis(100)), Duration::from_secs(1));
    }
    Ok(settings)
}

fn work_on<W: Work, S: Store>(arguments: &Arguments, work: W, store: S, settings: Settings) -> Result<u8, Error> {
    let stop = Stop::new();
    let asked = stop.clone();
    let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT])?;
    std::thread::spawn(move || signals.forever().for_each(|_| asked.stop()));
    // The counters do not have an item whose rejection the store has and whose batch could not be settled. It may come back as done.
    let has_rejected = Arc::new(AtomicBool::new(false));
    let rejects = Arc::clone(&has_rejected);
    let mut worker = Worker::new(work, store, settings).with_progress(move |progress, counters| {
        if matches!(progress, Progress::Rejected(_)) {
            rejects.store(true, Ordering::Relaxed);
        }
        tell(progress, counters);
    });
    let status = if arguments.has("--drain") {
        let ended = worker.drain(&stop);
        if let Ended::Left(items) = ended {
            eprintln!("{items} items are left in the queue");
        }
        match ended {
            Ended::Empty | Ended::Left(_) | Ended::Asked if has_rejected.load(Ordering::Relaxed) => 1,
            Ended::Empty => 0,
            Ended::Left(_) | Ended::Asked => 2,
        }
    } else {
        worker.run(&stop);
        0
    };
    println!("{:?}", worker.counters());
    Ok(status)
}

/// A line for each thing that somebody may want to know.
fn tell(progress: &Progress<'_>, counters: &Counters) {
    let line = match progress {
        Progress::Settled { items, took } => format!("{items} items in {took:.1?}"),
        Progress::Rejected(rejection) => format!("rejected {}: {}", rejection.item(), rejection.reason),
        Progress::OthersAlone { items, differ_in, after } => {
            let parts: Vec<String> = differ_in.iter().map(ToString::to_string).collect();
            let parts = parts.join(", ");
            format!(
                "{items} items of an issuer with other {parts} than --issuer-name, --issuer-number, --issuer-policy and --environment say, and none of this one; again in {after:?}"
            )
        }
        Progress::NoTimestamp { why, after } => format!("no timestamp, again in {after:?}: {}", causes(*why)),
        Progress::EventAhead { item, ahead, after } => {
            format!("the event of {item} is {ahead:.0?} ahead of the clock here; again in {after:?}")
        }
        Progress::StoreDamaged { key, after } => format!("look at {key} in the store; again in {after:?}"),
        Progress::NotSealed { why, after } => format!("nothing sealed, again in {after:?}: {}", causes(*why)),
        Progress::EngineFailed { error, after } => format!("again in {after:?}: {error}"),
        _ => return,
    };
    let Counters { proven, trips, trips_for_time, .. } = counters;
    let line = format!("{line} ({proven} proven, {trips} timestamps, {trips_for_time} for the time)\n");
    // Nobody may be reading.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", causes(cause)),
        None => error.to_string(),
    }
}
