//! A day of a service that keeps a log of what it seals, and what becomes of an operator who then changes it.
//!
//! `cargo run --example evidence_log [--litewitness FOLDER]`. The folder has the programs that `.ci/full transparency_logs` builds; an
//! unmodified litewitness then is one of the two witnesses. Both are in this process otherwise.

#[path = "../common/arguments.rs"]
mod arguments;
mod attempts;
#[cfg(feature = "http")]
mod litewitness;
#[path = "../common/output.rs"]
mod output;
mod service;

use std::path::PathBuf;

use arguments::{Arguments, Error};
use chrono::Utc;
use recommande::Payload;
use recommande::log::{Auditor, EvidenceLog, LogFolder, LogSigner, ServiceRecord};
use recommande::recommande_tlog::Ed25519PrivateKey;
use recommande::recommande_tlog::policy::LogPolicy;
use recommande::testing::TestWitness;
use recommande::verify::KnownLog;
use service::{Far, ORIGIN, Reached, Service};

/// How many letters are sealed in an hour of this day.
const LETTERS: usize = 20;

fn main() -> Result<(), Error> {
    let arguments = Arguments::read(&["--litewitness"], &["--help"])?;
    if arguments.has("--help") {
        return Ok(output::print("usage: evidence_log [--litewitness FOLDER]\n")?);
    }
    let folder = std::env::temp_dir().join(format!("evidence-log-{}", std::process::id()));
    let day = run(&folder, arguments.path("--litewitness"));
    std::fs::remove_dir_all(&folder)?;
    day
}

fn run(folder: &PathBuf, programs: Option<PathBuf>) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    let now = Utc::now();
    let signer = LogSigner::new(ORIGIN.parse()?, Box::new(Ed25519PrivateKey::from_seed(&[1; 32])?))?;
    let readers = LogPolicy::new(ORIGIN.parse()?, [signer.verifier_key().clone()])?;
    let near = TestWitness::new("witness.example/near", &[2; 32], readers.clone(), now)?;
    let (name, far): (_, Box<dyn Far>) = match programs {
        #[cfg(feature = "http")]
        Some(programs) => ("litewitness", Box::new(litewitness::start(&programs, folder, &signer)?)),
        #[cfg(not(feature = "http"))]
        Some(_) => return Err("litewitness is reached over HTTP: the feature `http`".into()),
        None => (
            "another witness in this process",
            Box::new(TestWitness::new("witness.example/far", &[3; 32], readers, now)?),
        ),
    };
    let witnesses: Vec<Reached<'_>> = vec![(near.witness()?, &near), (far.witness()?, far.transport())];
    let service = Service::new(signer, witnesses, now)?;
    output::print(&format!("The witnesses are one in this process, and {name}.\n"))?;

    let mut log = EvidenceLog::open(LogFolder::open(folder.join("log"))?, ORIGIN.parse()?)?;
    let (mut records, mut proofs) = (Vec::new(), Vec::new());
    for hour in 0..24 {
        for letter in 0..LETTERS {
            let now = Utc::now();
            let proof = service.seal(hour * LETTERS + letter, now)?;
            let index = log.append(proof.id(), now)?;
            records.push(ServiceRecord { entry: proof.id().into(), at: now });
            proofs.push((proof, index));
        }
        log.integrate()?;
        if hour % 6 == 5 {
            service.checkpoint(&mut log)?;
        }
    }
    let published = log.published().ok_or("no checkpoint")?.clone();
    let size = published.checkpoint().head().size();
    output::print(&format!(
        "{} letters were sealed, and the last of 4 checkpoints has {size} entries.\n",
        proofs.len()
    ))?;

    let (proof, index) = proofs.get(LETTERS).ok_or("no letter")?;
    let file = log.prove(*index)?.to_text().into_bytes();
    let verifier = service.verifier()?.with_log_proofs([file]);
    verifier.verify(proof, Payload::NotAvailable, Utc::now())?;
    output::print("A letter of this morning is in the log, for whoever requires that.\n")?;
    let mut differences = Vec::new();
    let known = KnownLog::new(service.readers()?);
    let audit = Auditor::new(&known, service.issuer(), &service.verifier()?).audit(
        log.store(),
        records.clone(),
        Utc::now(),
        |difference| {
            differences.push(difference.to_string());
        },
    )?;
    if !differences.is_empty() {
        return Err(differences.join("\n").into());
    }
    output::print(&format!(
        "The audit explains {} of {} entries, and finds no difference.\n",
        audit.matched, audit.entries
    ))?;
    attempts::all(&service, &log, &records, &published)
}
