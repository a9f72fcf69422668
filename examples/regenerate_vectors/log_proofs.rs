//! Proofs of a log beside a proof of sending, and everything that may be wrong with one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use recommande::log::{Entry, EntryKind, EvidenceLog, LogSigner, MemoryStore};
use recommande::recommande_tlog::note::VerifierKey;
use recommande::recommande_tlog::policy::LogPolicy;
use recommande::recommande_tlog::proof::TlogProof;
use recommande::recommande_tlog::witness::WitnessClient;
use recommande::recommande_tlog::{Ed25519PrivateKey, PrivateKey};
use recommande::seal::{Artifact, CheckpointSeal};
use recommande::testing::TestWitness;
use recommande::{Credentials, Sealer};
use serde_json::{Value, json};

use crate::case::{Case, SEALED};
use crate::world::{Result, STAMPED, World, at, replaced, seal_spec, stamp};

const SUBJECT: &str = "log";

const ORIGIN: &str = "log.example/mail";

/// The log signs, its checkpoint is sealed and stamped, and then the witnesses cosign it.
const CHECKPOINT: &str = "2026-03-02T09:16:00Z";
const CHECKPOINT_STAMPED: &str = "2026-03-02T09:16:02Z";
const COSIGNED: &str = "2026-03-02T09:16:05Z";

pub struct LogProofs {
    pub cases: Vec<Case>,
    pub files: Vec<(String, Vec<u8>)>,
}

/// A log with the proof of sending as its entry 2, whose checkpoint has one signature of the log and three cosignatures.
struct Logged<'w> {
    world: &'w World,
    signer: LogSigner,
    file: TlogProof,
}

/// `aggregated` is a proof, and its statement.
pub fn all(world: &World, (aggregated, statement): &(Vec<u8>, Vec<u8>)) -> Result<LogProofs> {
    let logged = Logged::new(world)?;
    let mut files = Vec::new();
    let mut beside = |name: &str, octets: String| {
        files.push((path(name), octets.into_bytes()));
        path(name)
    };
    let good = beside("good", logged.file.to_text());
    let mut cases = vec![
        passed(logged.required(case(
            world,
            "included",
            "The log has the proof, and its checkpoint is witnessed. The seal of that is by a certificate without a number.",
        )))
        .warning(SUBJECT, "log-seal-not-valid")
        .log_proofs(&[&good])
        .also(SUBJECT, "log-time", "passed"),
        case(world, "not-required", "No proof of the log lies beside the proof, and none is required.")
            .policy(logged.policy(json!("report")))
            .also(SUBJECT, "log-not-required", "information"),
        logged.required(case(world, "required", "No proof of the log lies beside the proof.")).indeterminate(
            "SIGNED_DATA_NOT_FOUND",
            SUBJECT,
            "log-demanded",
        ),
        logged
            .required(case(world, "within-the-merge-delay", "The log may still take up the proof."))
            .now("2026-03-03T09:15:06Z")
            .indeterminate("TRY_LATER", SUBJECT, "log-demanded"),
        case(world, "ignored", "The proof of the log is cut off, and nobody asks.")
            .policy(logged.policy(json!("ignore")))
            .log_proofs(&[&beside("cut-off", logged.file.to_text().split_at(200).0.to_owned())]),
        passed(logged.required(case(world, "several", "A proof of the log about another letter was given too.")))
            .warning(SUBJECT, "log-seal-not-valid")
            .log_proofs(&[&good, &beside("of-another-letter", logged.of_another_letter()?)]),
        logged
            .required(case(world, "not-yet", "The log may still take up the proof, and what was given is of another letter."))
            .now("2026-03-03T09:15:06Z")
            .log_proofs(&[&path("of-another-letter")])
            .warning(SUBJECT, "log-not-included")
            .indeterminate("TRY_LATER", SUBJECT, "log-demanded"),
        passed(logged.required(case(world, "sealed", "The seal of the checkpoint holds the number of the issuer.")))
            .log_proofs(&[&beside("sealed", logged.sealed_by(logged.seal_with_number()?)?)])
            .also(SUBJECT, "log-checkpoint-sealed", "passed"),
        case(world, "seal-demanded", "The policy demands a seal of the issuer, and that of the checkpoint has no number.")
            .policy(logged.demanding_seal())
            .log_proofs(&[&good])
            .warning(SUBJECT, "log-seal-not-valid")
            .indeterminate("SIG_CONSTRAINTS_FAILURE", SUBJECT, "log-demanded"),
        case(world, "seal-not-long-term", "The policy demands a seal, and that of the checkpoint holds no revocation data.")
            .policy(logged.demanding_seal())
            .log_proofs(&[&path("sealed")])
            .also(SUBJECT, "log-checkpoint-sealed", "passed")
            .warning(SUBJECT, "log-seal-not-long-term")
            .indeterminate("SIG_CONSTRAINTS_FAILURE", SUBJECT, "log-demanded"),
        logged
            .required(case(world, "extended", "The log and two witnesses have signed a checkpoint with an extension line."))
            .log_proofs(&[&beside("extended", logged.extended()?)])
            .warning(SUBJECT, "log-checkpoint-extended"),
        logged
            .required(case(world, "one-fast-clock", "One of three witnesses states a time after the verification."))
            .log_proofs(&[&beside("one-fast-clock", logged.one_fast_clock()?)])
            .warning(SUBJECT, "log-time-in-the-future"),
    ];
    for (name, why, octets, code) in logged.wrong()? {
        let given = beside(name, octets);
        // By default a seal takes nothing from the place of the proof.
        let policy = match name.starts_with("seal-") {
            true => logged.demanding_seal(),
            false => logged.policy(json!("required")),
        };
        let case = case(world, name, why).policy(policy).log_proofs(&[&given]);
        let case = match code {
            "log-witnesses-too-few" => case.warning(SUBJECT, "log-seal-not-valid"),
            _ => case,
        };
        let sub_indication = sub_indication(code);
        cases.push(case.warning(SUBJECT, code).indeterminate(sub_indication, SUBJECT, "log-demanded"));
    }
    let forked = beside("forked", logged.forked()?);
    cases.push(
        logged
            .required(case(world, "forked", "The log has signed another tree of the same size too."))
            .log_proofs(&[&good, &forked])
            .warning(SUBJECT, "log-forked")
            .warning(SUBJECT, "log-seal-not-valid")
            .indeterminate("SIG_CONSTRAINTS_FAILURE", SUBJECT, "log-demanded"),
    );
    let unsealed = beside("not-sealed", unsealed(&logged.file)?);
    cases.push(
        logged
            .required(case(world, "not-sealed", "The checkpoint has cosignatures, and no seal."))
            .log_proofs(&[&unsealed])
            .also(SUBJECT, "log-checkpoint-not-sealed", "information"),
    );
    let guessable = beside("guessable", logged.of_statement(statement)?);
    let case = crate::aggregated::case(
        "of-7",
        SEALED,
        "The log has the bare statement of an aggregated proof, which commits to nothing.",
        aggregated.clone(),
    );
    let mut case = passed(logged.required(case)).warning(SUBJECT, "log-seal-not-valid").log_proofs(&[&guessable]);
    case.vector.id = "log/guessable".to_owned();
    cases.push(case.warning(SUBJECT, "log-entry-guessable"));
    Ok(LogProofs { cases, files })
}

fn path(name: &str) -> String {
    format!("log/{name}.tlog-proof")
}

/// The usual proof of sending, with something beside it.
fn case(world: &World, name: &str, why: &str) -> Case {
    let mut case = Case::new(&format!("log/{name}"), SEALED, why, world.proof.der().to_vec());
    case.vector.file = "good/sending.p7m".into();
    case
}

fn passed(case: Case) -> Case {
    case.also(SUBJECT, "log-included", "passed").also(SUBJECT, "log-witnessed", "passed")
}

/// What the demand for a log leads to with this fault.
fn sub_indication(code: &str) -> &'static str {
    match code {
        "log-time-before-signing" => "TIMESTAMP_ORDER_FAILURE",
        "log-time-missing" | "log-seal-not-valid" => "NO_POE",
        _ => "SIG_CONSTRAINTS_FAILURE",
    }
}

fn stranger(number: u64) -> Entry {
    Entry::of_file(EntryKind::Proof, &number.to_be_bytes())
}

/// The signature line of somebody, with its last octet changed.
fn flipped(text: &str, name: &str) -> Result<String> {
    let start = text.find(&format!("\u{2014} {name} ")).ok_or("no such signature")?;
    let (before, rest) = text.split_at(start);
    let (line, after) = rest.split_once('\n').ok_or("a line")?;
    // In the middle of the base64: one character is another one.
    let (head, tail) = line.split_at(line.len() - 20);
    let letter = tail.chars().next().ok_or("a character")?;
    let other = if letter == 'A' { 'B' } else { 'A' };
    Ok(format!("{before}{head}{other}{}\n{after}", tail.split_at(1).1))
}

/// The text without the signature lines of these.
fn without(text: &str, names: &[&str]) -> String {
    let is_kept = |line: &&str| names.iter().all(|name| !line.starts_with(&format!("\u{2014} {name} ")));
    text.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

impl<'w> Logged<'w> {
    fn new(world: &'w World) -> Result<Self> {
        let key = Ed25519PrivateKey::from_seed(&[1; 32])?;
        let signer = LogSigner::new(ORIGIN.parse()?, Box::new(key))?;
        let file = published(world, &signer, &entries(world), at(COSIGNED))?;
        Ok(Self { world, signer, file })
    }

    /// A policy that names the log, two of its three witnesses, and the first of them as a source of time.
    fn policy(&self, rule: Value) -> Value {
        let witness = |number: u8| -> Value {
            let key =
                test_witness(&self.signer, number, at(COSIGNED)).map(|witness| witness.verifier_key().to_string());
            json!({"keys": [key.unwrap_or_default()], "time": if number == 1 { "counts" } else { "ignored" }})
        };
        let log = json!({
            "origin": ORIGIN,
            "keys": [self.signer.verifier_key().to_string()],
            "witnesses": [witness(1), witness(2), witness(3)],
            "quorum": 2,
        });
        json!({"log": rule, "logs": [log]})
    }

    /// The same where the checkpoint has to have a valid seal.
    fn demanding_seal(&self) -> Value {
        let mut policy = self.policy(json!("required"));
        policy["checkpoint_seal"] = json!("required");
        policy
    }

    /// A seal over the checkpoint by a certificate with the number of the issuer.
    fn seal_with_number(&self) -> Result<Vec<u8>> {
        let pki = &self.world.pki;
        let spec = seal_spec().with_organization("Example Registered Mail Service", "NTRBE-0406798006");
        let key = pki.intermediate.issue(&spec, pki.seal.signer.clone())?;
        let chain = [&key, &pki.intermediate, &pki.root].map(|key| key.certificate.clone());
        let sealer = Sealer::new(Credentials::new(key.signer, chain.to_vec())?, self.world.sealer.issuer().clone());
        let unstamped = sealer.seal_checkpoint(self.file.checkpoint().checkpoint(), at(CHECKPOINT))?;
        Ok(stamp(pki, unstamped, CHECKPOINT_STAMPED, 32)?.der().to_vec())
    }

    /// A checkpoint of the same tree with an extension line, signed by the log and cosigned by two witnesses, of which no cosigner of
    /// the library cosigns it.
    fn extended(&self) -> Result<String> {
        let text = format!("{}extension\n", self.file.checkpoint().checkpoint().to_text().as_str());
        let line = |key: &VerifierKey, rest: &[u8]| {
            let octets = [key.id().as_bytes().as_slice(), rest].concat();
            format!("\u{2014} {} {}\n", key.name(), STANDARD.encode(octets))
        };
        let by_log = Ed25519PrivateKey::from_seed(&[1; 32])?.sign(text.as_bytes())?;
        let mut lines = line(self.signer.verifier_key(), &by_log);
        let time = u64::try_from(at(COSIGNED).timestamp())?;
        for number in [1, 2] {
            let witness = test_witness(&self.signer, number, at(COSIGNED))?;
            let message = format!("cosignature/v1\ntime {time}\n{text}");
            let signature = Ed25519PrivateKey::from_seed(&[number + 1; 32])?.sign(message.as_bytes())?;
            lines += &line(witness.verifier_key(), &[time.to_be_bytes().as_slice(), &signature].concat());
        }
        let unsealed = unsealed(&self.file)?;
        let (before, _) = unsealed.split_once("\n\n").ok_or("a checkpoint")?;
        Ok(format!("{before}\n\n{text}\n{lines}"))
    }

    /// The line of the second witness with a time after the verification.
    fn one_fast_clock(&self) -> Result<String> {
        let name = "witness.example/2";
        let fast = self.cosigned_at(at("2026-03-03T12:01:01Z"))?;
        let line = fast.lines().find(|line| line.starts_with(&format!("\u{2014} {name} "))).ok_or("a line")?;
        Ok(format!("{}{line}\n", without(&unsealed(&self.file)?, &[name])))
    }

    fn required(&self, case: Case) -> Case {
        case.policy(self.policy(json!("required")))
    }

    /// A log with the bare statement of a batch as its entry 2.
    fn of_statement(&self, statement: &[u8]) -> Result<String> {
        let entry = Entry::of_file(EntryKind::Statement, statement);
        let entries = [stranger(0), stranger(1), entry, stranger(3)];
        Ok(published(self.world, &self.signer, &entries, at(COSIGNED))?.to_text())
    }

    fn of_another_letter(&self) -> Result<String> {
        let mut log = log(&entries(self.world))?;
        Ok(checkpointed(self.world, &self.signer, &mut log, at(COSIGNED))?.prove(3)?.to_text())
    }

    /// A tree of the same size, which somebody else was shown.
    fn forked(&self) -> Result<String> {
        let entries: Vec<Entry> = (20..24).map(stranger).collect();
        Ok(published(self.world, &self.signer, &entries, at(COSIGNED))?.to_text())
    }

    /// The file with other witnesses' times, and without a seal, whose time would count too.
    fn cosigned_at(&self, time: DateTime<Utc>) -> Result<String> {
        let file = published(self.world, &self.signer, &entries(self.world), time)?;
        unsealed(&file)
    }

    fn sealed_by(&self, seal: Vec<u8>) -> Result<String> {
        Ok(self.file.clone().with_extra(seal)?.to_text())
    }

    #[allow(clippy::type_complexity, reason = "a table")]
    fn wrong(&self) -> Result<Vec<(&'static str, &'static str, String, &'static str)>> {
        let text = self.file.to_text();
        let seal = self.world.sealer.seal_checkpoint(self.file.checkpoint().checkpoint(), at(CHECKPOINT))?;
        let of_another = published(self.world, &self.signer, &[stranger(1)], at(COSIGNED))?;
        let (proven, day) = (at(STAMPED), TimeDelta::days(1));
        let only_the_log = without(&text, &["witness.example/1", "witness.example/2", "witness.example/3"]);
        Ok(vec![
            (
                "malformed",
                "A size is written with a leading zero.",
                replaced(&text, "\n4\n", "\n04\n"),
                "log-proof-malformed",
            ),
            (
                "size-zero",
                "A tree of size zero has another root than the empty tree.",
                replaced(&text, "\n4\n", "\n0\n"),
                "log-proof-malformed",
            ),
            (
                "not-included",
                "The index is that of another entry.",
                replaced(&text, "index 2\n", "index 1\n"),
                "log-not-included",
            ),
            (
                "other-log",
                "The checkpoint is of a log that the policy does not name.",
                replaced(&text, "\n\nlog.example/mail\n", "\n\nlog.example/other\n"),
                "log-of-another",
            ),
            (
                "extension-line",
                "An extension line was added, which cosignatures by ML-DSA-44 do not cover.",
                replaced(&text, "=\n\n\u{2014}", "=\nextension\n\n\u{2014}"),
                "log-signature-invalid",
            ),
            ("not-signed", "The signature of the log was left out.", without(&text, &[ORIGIN]), "log-not-signed"),
            ("signature", "The signature of the log is another one.", flipped(&text, ORIGIN)?, "log-signature-invalid"),
            (
                "cosignature",
                "The cosignature of a witness is another one.",
                flipped(&text, "witness.example/2")?,
                "log-cosignature-invalid",
            ),
            (
                "one-witness",
                "One of two witnesses has cosigned.",
                without(&text, &["witness.example/2", "witness.example/3"]),
                "log-witnesses-too-few",
            ),
            ("no-witness", "No witness has cosigned.", only_the_log, "log-witnesses-too-few"),
            (
                "in-the-future",
                "The witnesses state a time after the verification.",
                self.cosigned_at(at("2026-03-03T12:01:01Z"))?,
                "log-time-in-the-future",
            ),
            (
                "before-signing",
                "The witnesses state a time before the seal was made.",
                self.cosigned_at(at("2026-03-02T09:14:04Z"))?,
                "log-time-before-signing",
            ),
            (
                "beyond-the-merge-delay",
                "The witnesses cosigned a day and a second after the timestamp.",
                self.cosigned_at(proven + day + TimeDelta::seconds(1))?,
                "log-beyond-merge-delay",
            ),
            (
                "seal-unreadable",
                "The seal is a proof of sending.",
                self.sealed_by(self.world.proof.der().to_vec())?,
                "log-seal-unreadable",
            ),
            (
                "seal-differs",
                "The seal is over another checkpoint of the log.",
                self.sealed_by(of_another.extra().unwrap_or_default().to_vec())?,
                "log-seal-differs",
            ),
            (
                "seal-not-valid",
                "The seal has no timestamp.",
                self.sealed_by(seal.der().to_vec())?,
                "log-seal-not-valid",
            ),
        ])
    }
}

/// The file without the seal.
fn unsealed(file: &TlogProof) -> Result<String> {
    Ok(TlogProof::new(file.index(), file.hashes().to_vec(), file.checkpoint().clone())?.to_text())
}

fn entries(world: &World) -> [Entry; 4] {
    [stranger(0), stranger(1), Entry::from(world.proof.id()), stranger(3)]
}

fn test_witness(signer: &LogSigner, number: u8, now: DateTime<Utc>) -> Result<TestWitness> {
    let log = LogPolicy::new(ORIGIN.parse()?, [signer.verifier_key().clone()])?;
    Ok(TestWitness::new(&format!("witness.example/{number}"), &[number + 1; 32], log, now)?)
}

fn log(entries: &[Entry]) -> Result<EvidenceLog<MemoryStore>> {
    let mut log = EvidenceLog::open(MemoryStore::default(), ORIGIN.parse()?)?;
    for entry in entries {
        log.append(*entry, at(STAMPED))?;
    }
    log.integrate()?;
    Ok(log)
}

/// Signs, seals, cosigns and publishes what is integrated.
fn checkpointed<'l>(
    world: &World,
    signer: &LogSigner,
    log: &'l mut EvidenceLog<MemoryStore>,
    cosigned: DateTime<Utc>,
) -> Result<&'l EvidenceLog<MemoryStore>> {
    log.begin_checkpoint(signer, at(CHECKPOINT))?;
    log.seal(&world.sealer, at(CHECKPOINT))?;
    let unstamped = log.pending().and_then(|pending| pending.unstamped()).cloned().ok_or("no seal")?;
    let seal: CheckpointSeal = stamp(&world.pki, unstamped, CHECKPOINT_STAMPED, 31)?;
    log.put_seal(seal)?;
    for number in 1..=3 {
        let witness = test_witness(signer, number, cosigned)?;
        log.cosign(&WitnessClient::new(witness.witness()?, &witness))?;
    }
    log.publish(&LogPolicy::new(ORIGIN.parse()?, [signer.verifier_key().clone()])?)?;
    Ok(log)
}

/// The proof of entry 2, or of the only one.
fn published(world: &World, signer: &LogSigner, entries: &[Entry], cosigned: DateTime<Utc>) -> Result<TlogProof> {
    let mut log = log(entries)?;
    let index = if entries.len() > 2 { 2 } else { 0 };
    Ok(checkpointed(world, signer, &mut log, cosigned)?.prove(index)?)
}
