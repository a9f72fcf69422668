//! Sends a registered mail from end to end: a payload is signed, sent and opened, and every proof is verified.
//!
//! Keys and certificates are generated for the run and worthless afterwards; the environment is Test.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/output.rs"]
mod output;
#[path = "common/tsa.rs"]
mod tsa;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use arguments::{Arguments, Error};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use output::print;
use recommande::crypto::KeyKind;
use recommande::evidence::{ActedBy, Assurance, AssuranceLevel, Language, RegisteredMail, Statement, Ticket};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::pki::revocation::RevocationData;
use recommande::seal::{Artifact, PayloadSignature, Proof};
use recommande::testing::{CertificateSpec, TestPki, TestTsa, generate_key};
use recommande::verify::{Context, Outcome, Preceding, SendingContext, Subject};
use recommande::{
    Credentials, Environment, Indication, Issuer, MessageId, Opening, PartDescription, Party, Payload, PayloadDigests,
    Report, Sealer, Sending, TrustAnchors, TsaPool, Verified, Verifier,
};

const USAGE: &str = "\
usage: registered_mail [PAYLOAD] [--out DIR] [--tsa URL [--tsa-anchors PEM]] [--second-seal] [--report]

  PAYLOAD            any file (default: README.md of this repository)
  --out DIR          the folder for the files (default: target/registered-mail)
  --tsa URL          a time-stamp authority behind HTTP (default: one inside of this process)
  --tsa-anchors PEM  its trust anchors (default: target/local-tsa/tsa-anchors.pem, which the example local_tsa writes)
  --second-seal      seal a second time, by ML-DSA-65, in files beside the proofs (.pq.p7s)
  --report           print every check

exit status: 0 everything verified; 1 TOTAL-FAILED; 2 INDETERMINATE, as with a TSA whose anchors are not known; 3 usage, file or network";

const FILES: [&str; 5] =
    ["proof-of-sending.p7m", "proof-of-opening.p7m", "payload.p7s", "seal-anchors.pem", "tsa-anchors.pem"];
/// The files of the second seals, where they are asked for.
const SECOND_SEALS: [&str; 2] = ["proof-of-sending.pq.p7s", "proof-of-opening.pq.p7s"];
const TICKET: &str = "1ZG0000036L3Z";

fn main() -> ExitCode {
    match run() {
        Ok(Indication::TotalPassed) => ExitCode::SUCCESS,
        Ok(Indication::TotalFailed) => ExitCode::from(1),
        Ok(Indication::Indeterminate) => ExitCode::from(2),
        Err(error) => {
            eprintln!("registered_mail: {error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<Indication, Error> {
    let arguments =
        Arguments::read(&["PAYLOAD", "--out", "--tsa", "--tsa-anchors"], &["--second-seal", "--report", "--help"])
            .map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let letter = Letter::read(
        arguments.path("PAYLOAD").unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")),
    )?;
    let service = Service::new(&arguments)?;
    let signature = service.sign(&letter)?;
    let (sent, report) = service.send(&letter, &signature)?;
    let Some(sent) = sent else {
        if service.tsa_anchors.is_none() {
            print("The anchors of this TSA are not known here; give them by --tsa-anchors.\n")?;
        }
        print("Not opened: only a sending that verified can be opened.\n")?;
        return Ok(report.indication);
    };
    let report = service.open(&letter, &sent)?;

    let signed = service.verifier.report_payload_signature(&signature, &letter.digests, Utc::now());
    let second_seals: &[&str] = if service.is_sealed_twice { &SECOND_SEALS } else { &[] };
    print(&format!(
        "Payload signature: {}\n\nWritten to {folder}: {}\n\nReceipts for people, as PDF and HTML in four languages (Rust 1.92):\n  \
         cargo run --release --manifest-path crates/receipt/Cargo.toml -- {folder}\n",
        signed.indication,
        [&FILES[..], second_seals].concat().join(", "),
        folder = service.folder.0.display(),
    ))?;
    Ok(report.indication)
}

/// The file that is sent.
struct Letter {
    path: PathBuf,
    digests: PayloadDigests,
}

impl Letter {
    fn read(path: PathBuf) -> Result<Self, Error> {
        let digests = File::open(&path).and_then(|mut file| PayloadDigests::of_reader(&mut file));
        let digests = digests.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, digests })
    }
}

/// A service has credentials, TSAs and trust anchors. This one also has the folder that receives its files.
struct Service {
    sealer: Sealer,
    tsas: TsaPool,
    tsa_revocation: RevocationData,
    tsa_anchors: Option<String>,
    verifier: Verifier,
    folder: Folder,
    is_sealed_twice: bool,
    is_reported_in_full: bool,
}

impl Service {
    fn new(arguments: &Arguments) -> Result<Self, Error> {
        let pki = TestPki::new(Utc::now())?;
        let remote = arguments.text("--tsa")?;
        let (tsas, tsa_anchors) = match remote {
            Some(url) => (
                TsaPool::new().with_tsa(tsa::name_of(url), tsa::http(url)?),
                anchors_of(arguments.path("--tsa-anchors"))?,
            ),
            None => (TsaPool::new().with_tsa("in-process", TestTsa::new(&pki)), Some(pki.tsa_anchors_pem())),
        };
        // A TSA whose clock is minutes off is said at once, and the next one would be asked.
        let tsas = tsas.with_clock(Utc::now, Duration::from_secs(60));
        // With CRLs from before the first seal to after the last timestamp inside, the proofs are B-LT: they need nothing
        // from anybody later. The revocation data of a TSA behind HTTP is not at hand here.
        let (issued, next) = (Utc::now() - TimeDelta::hours(1), Utc::now() + TimeDelta::days(7));
        let tsa_revocation = if remote.is_some() { RevocationData::new() } else { pki.tsa_revocation(issued, next)? };
        let number = EnterpriseNumber::new("0406798006")?;
        let issuer = Issuer::of("Example Registered Mail", &number, Environment::Test)?;
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer)
            .with_revocation(&pki.seal_revocation(issued, next)?);
        let is_sealed_twice = arguments.has("--second-seal");
        let sealer = if is_sealed_twice { sealer.with_second_seal(second_credentials(&pki)?)? } else { sealer };
        let anchors = tsa_anchors.as_deref().map_or(Ok(TrustAnchors::new()), TrustAnchors::from_pem)?;
        let verifier = Verifier::new(pki.seal_anchors(), anchors, Environment::Test);

        let folder = Folder::new(arguments.path("--out").unwrap_or_else(|| "target/registered-mail".into()))?;
        folder.write("seal-anchors.pem", pki.seal_anchors_pem().as_bytes())?;
        if let Some(pem) = &tsa_anchors {
            folder.write("tsa-anchors.pem", pem.as_bytes())?;
        }
        let is_reported_in_full = arguments.has("--report");
        Ok(Self { sealer, tsas, tsa_revocation, tsa_anchors, verifier, folder, is_sealed_twice, is_reported_in_full })
    }

    /// Signs the payload itself, detached; the signature travels with it.
    fn sign(&self, letter: &Letter) -> Result<PayloadSignature, Error> {
        let signature = self.sealer.sign_payload(&letter.digests, media_type(&letter.path), Utc::now())?;
        let signature = signature.stamp_with(&self.tsas)?.with_revocation(&self.tsa_revocation)?;
        self.folder.write("payload.p7s", signature.der())?;
        Ok(signature)
    }

    /// Accepts the letter for sending. The sending is there if its proof verified.
    fn send(
        &self,
        letter: &Letter,
        signature: &PayloadSignature,
    ) -> Result<(Option<Verified<Sending>>, Report), Error> {
        let name = letter.path.file_name().unwrap_or_default().to_string_lossy();
        let part = PartDescription::new(&name, media_type(&letter.path))?;
        let signature_part = PartDescription::new("payload.p7s", "application/pkcs7-signature")?;
        let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?;
        let recipient = Party::new(Niss::new("85073003328")?);
        let item = RegisteredMail::new(Ticket::new(TICKET)?, "An example", "letter", Language::English)?;
        let id = MessageId::new(TICKET)?;
        let sending = Sending::new(id, sender, recipient, part, letter.digests.clone(), Utc::now())?
            .with_part(signature_part, PayloadDigests::of_bytes(signature.der()))?
            .with_national_extension(item);
        let (proof, second_seals) = self.seal(&sending, ["proof-of-sending.p7m", "proof-of-sending.pq.p7s"])?;
        let context = SendingContext::new(Payload::Digests(&letter.digests)).with_second_seals(&second_seals);
        let report = self.verifier.report(&proof, context, Utc::now());
        self.show(&report)?;
        Ok((self.verifier.verify(&proof, context, Utc::now()).ok(), report))
    }

    /// Attests that the recipient opens the letter.
    fn open(&self, letter: &Letter, sent: &Verified<Sending>) -> Result<Report, Error> {
        let assurance = Assurance::new(AssuranceLevel::Substantial, Utc::now(), "urn:be:fedict:iam:fas:citizen:otp")?;
        let opening = Opening::of(sent, ActedBy::Recipient(1), assurance, Utc::now())?;
        let (proof, second_seals) = self.seal(&opening, ["proof-of-opening.p7m", "proof-of-opening.pq.p7s"])?;
        let context = Context::new(Preceding::Verified(sent), Payload::Digests(&letter.digests));
        let report = self.verifier.report(&proof, context.with_second_seals(&second_seals), Utc::now());
        self.show(&report)?;
        Ok(report)
    }

    /// Seals a statement, once or twice as asked for, with timestamps and revocation data, and writes a file for each.
    fn seal<S: Statement>(&self, statement: &S, names: [&str; 2]) -> Result<(Proof<S>, Vec<Vec<u8>>), Error> {
        let [name, second_name] = names;
        let proof = self.sealer.seal(statement, Utc::now())?.stamp_with(&self.tsas)?;
        let proof = proof.with_revocation(&self.tsa_revocation)?;
        self.folder.write(name, proof.der())?;
        if !self.is_sealed_twice {
            return Ok((proof, Vec::new()));
        }
        // The sealer adds the revocation data about the seal's chain, and the one about the TSA's comes here.
        let second = self.sealer.second_seal(&proof, Utc::now())?.stamp_with(&self.tsas)?;
        let second = second.with_revocation(&self.tsa_revocation)?;
        self.folder.write(second_name, second.der())?;
        Ok((proof, vec![second.der().to_vec()]))
    }

    fn show(&self, report: &Report) -> Result<(), Error> {
        let text = if self.is_reported_in_full { report.to_string() } else { summary(report) };
        Ok(print(&format!("{text}\n"))?)
    }
}

/// Makes a second key, whose certificate is below the same authorities.
fn second_credentials(pki: &TestPki) -> Result<Credentials, Error> {
    let (from, until) = (pki.seal.certificate.not_before(), pki.seal.certificate.not_after());
    let spec = CertificateSpec::seal("Test Second Seal", from, until);
    let key = pki.intermediate.issue(&spec, generate_key(&KeyKind::MlDsa65)?)?;
    let issuers = [&pki.intermediate, &pki.root].map(|key| key.certificate.clone());
    Ok(Credentials::new(key.signer, [vec![key.certificate], issuers.to_vec()].concat())?)
}

/// Sums up a report in twelve lines.
fn summary(report: &Report) -> String {
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let stated = report.statement.as_ref();
    let sealed_by = report.certificates.iter().find(|certificate| certificate.used_for == Subject::SealChain);
    let tsa = report.timestamps.iter().find(|timestamp| timestamp.valid).and_then(|valid| valid.tsa_name.as_deref());
    let count = |outcome: Outcome| report.findings.iter().filter(|finding| finding.outcome == outcome).count();
    let payload = report.findings.iter().find(|finding| finding.subject == Subject::Payload);
    let decided = report
        .decided_by
        .and_then(|by| report.findings.iter().find(|finding| finding.subject == by.subject && finding.code == by.code));
    let until = match (decided, &report.verifiable_until) {
        (Some(finding), _) => ("decided by", finding.to_string()),
        (None, Some(deadline)) => ("holds until", format!("{} ({})", time(deadline.time), deadline.because)),
        (None, None) => ("holds until", "not limited by the policy's dates for algorithms".to_owned()),
    };
    let lines = [
        ("event", stated.map(|stated| format!("{} at {}", stated.event, time(stated.event_time)))),
        ("message", stated.map(|stated| stated.message_id.clone())),
        ("stated by", stated.map(|stated| format!("{} ({})", stated.issuer, stated.environment))),
        ("sealed by", sealed_by.map(|certificate| certificate.subject.clone())),
        ("level", report.level.map(|level| level.to_string())),
        ("proven at", report.proven_at.map(time)),
        ("attested by", tsa.map(str::to_owned)),
        ("payload", payload.map(|finding| finding.code.sentence().to_owned())),
        ("checks", Some(format!("{} passed, {} warnings", count(Outcome::Passed), count(Outcome::Warning)))),
        ("proof id", stated.map(|stated| stated.proof_id.clone())),
        (until.0, Some(until.1)),
    ];
    let lines = lines.map(|(label, value)| format!("  {label:<13}{}\n", value.unwrap_or_else(|| "none".to_owned())));
    let why = report.sub_indication.map(|sub_indication| format!(" / {sub_indication}")).unwrap_or_default();
    format!("{}: {}{why}\n{}", report.artifact, report.indication, lines.concat())
}

/// Reads the anchors of the TSA. They are configuration and never come from the TSA itself.
fn anchors_of(given: Option<PathBuf>) -> Result<Option<String>, Error> {
    let path = given.clone().unwrap_or_else(|| "target/local-tsa/tsa-anchors.pem".into());
    match fs::read_to_string(&path) {
        Ok(pem) => Ok(Some(pem)),
        Err(_) if given.is_none() => Ok(None),
        Err(error) => Err(format!("{}: {error}", path.display()).into()),
    }
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("md") => "text/markdown",
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        Some("xml") => "application/xml",
        _ => "application/octet-stream",
    }
}

/// The folder that receives the files.
struct Folder(PathBuf);

impl Folder {
    /// Removes the files of an earlier run, so that nobody takes them for those of this one.
    fn new(path: PathBuf) -> Result<Self, Error> {
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for name in FILES.iter().chain(&SECOND_SEALS) {
            let _ = fs::remove_file(path.join(name));
        }
        Ok(Self(path))
    }

    fn write(&self, name: &str, octets: &[u8]) -> Result<(), Error> {
        let path = self.0.join(name);
        fs::write(&path, octets).map_err(|error| format!("{}: {error}", path.display()).into())
    }
}
