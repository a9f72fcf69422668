//! A day of a service that keeps a log of what it seals, and what becomes of an operator who then changes it.
//!
//! `cargo run --example evidence_log [--litewitness FOLDER]`. The folder has the programs that `.ci/full transparency_logs` builds; an
//! unmodified litewitness then is one of the two witnesses. Both are in this process otherwise.

#[path = "../common/arguments.rs"]
mod arguments;
mod attempts;
mod litewitness;
#[path = "../common/output.rs"]
mod output;

use std::path::PathBuf;

use arguments::{Arguments, Error};
use chrono::{DateTime, Utc};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::log::{Auditor, EvidenceLog, LogFolder, LogSigner, ServiceRecord, Store};
use recommande::recommande_tlog::Ed25519PrivateKey;
use recommande::recommande_tlog::policy::{LogPolicy, Witness};
use recommande::recommande_tlog::witness::{Transport, WitnessClient};
use recommande::rfc3161_client::TsaPool;
use recommande::testing::{TestPki, TestTsa, TestWitness};
use recommande::verify::{KnownLog, LogRule};
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, Payload, PayloadDigests, Policy,
    ProofOfSending, Sealer, Sending, Verifier,
};

/// The name of the log.
const ORIGIN: &str = "example.com/log";

/// How many letters are sealed in an hour of this day.
const LETTERS: usize = 20;

/// A witness, and the way to it.
type Reached<'w> = (Witness, &'w dyn Transport<Error = std::io::Error>);

/// A service with its keys, which everybody else knows too.
struct Service<'w> {
    pki: TestPki,
    sealer: Sealer,
    tsas: TsaPool,
    signer: LogSigner,
    witnesses: Vec<Reached<'w>>,
}

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
        Some(programs) => ("litewitness", Box::new(litewitness::start(&programs, folder, &signer)?)),
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
    let audit =
        Auditor::new(&known, &service.verifier()?).audit(log.store(), records.clone(), Utc::now(), |difference| {
            differences.push(difference.to_string());
        })?;
    if !differences.is_empty() {
        return Err(differences.join("\n").into());
    }
    output::print(&format!(
        "The audit explains {} of {} entries, and finds no difference.\n",
        audit.matched, audit.entries
    ))?;
    attempts::all(&service, &log, &records, &published)
}

/// A witness in this process or in another one.
trait Far {
    fn witness(&self) -> Result<Witness, Error>;
    fn transport(&self) -> &dyn Transport<Error = std::io::Error>;
}

impl Far for TestWitness {
    fn witness(&self) -> Result<Witness, Error> {
        Ok(self.witness()?)
    }

    fn transport(&self) -> &dyn Transport<Error = std::io::Error> {
        self
    }
}

impl<'w> Service<'w> {
    fn new(signer: LogSigner, witnesses: Vec<Reached<'w>>, now: DateTime<Utc>) -> Result<Self, Error> {
        let pki = TestPki::new(now)?;
        let issuer =
            Issuer::of("Example Registered Mail", &"0406798006".parse::<EnterpriseNumber>()?, Environment::Test)?;
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
        Ok(Self { pki, sealer, tsas, signer, witnesses })
    }

    fn seal(&self, number: usize, now: DateTime<Utc>) -> Result<ProofOfSending, Error> {
        let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Office")?;
        let recipient = Party::new("85073003328".parse::<Niss>()?);
        let part = PartDescription::new("letter.pdf", "application/pdf")?;
        let digests = PayloadDigests::of_bytes(format!("letter {number}").as_bytes());
        let sending =
            Sending::new(MessageId::new(&format!("LETTER{number:05}"))?, sender, recipient, part, digests, now)?;
        Ok(self.sealer.seal(&sending, now)?.stamp_with(&self.tsas)?)
    }

    /// Whom the readers of the log believe: its key, and both witnesses.
    fn readers(&self) -> Result<LogPolicy, Error> {
        let log = LogPolicy::new(ORIGIN.parse()?, [self.signer.verifier_key().clone()])?;
        Ok(log.with_witnesses(self.witnesses.len(), self.witnesses.iter().map(|(witness, _)| witness.clone()))?)
    }

    fn verifier(&self) -> Result<Verifier, Error> {
        let logs = vec![KnownLog::new(self.readers()?)];
        let policy = Policy { log: LogRule::Required, logs, ..Policy::default() };
        let verifier = Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test);
        Ok(verifier.with_policy(policy))
    }

    /// Signs, seals and stamps the head that is integrated, and gets the cosignatures of both witnesses.
    fn checkpoint<S: Store>(&self, log: &mut EvidenceLog<S>) -> Result<(), Error> {
        self.begin(log)?;
        for (witness, transport) in &self.witnesses {
            log.cosign(&WitnessClient::new(witness.clone(), *transport))?;
        }
        log.publish(&self.readers()?)?;
        Ok(())
    }

    fn begin<S: Store>(&self, log: &mut EvidenceLog<S>) -> Result<(), Error> {
        log.begin_checkpoint(&self.signer, Utc::now())?;
        log.seal(&self.sealer, Utc::now())?;
        Ok(log.stamp(&self.tsas)?)
    }

    fn witnesses(&self) -> &[Reached<'w>] {
        &self.witnesses
    }
}
