//! A registered mail from end to end: a payload is signed, sent and opened, and all of it is verified.
//!
//! Keys and certificates are made for this one run and trusted by nobody; the environment is Test.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/output.rs"]
mod output;
#[path = "common/payload.rs"]
mod payload;
#[path = "common/tsa.rs"]
mod tsa;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::{SubsecRound, TimeDelta, Utc};
use output::print;
use recommande::evidence::{Assurance, AssuranceLevel, Language, OpenedBy, RegisteredMail, Ticket};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::pki::revocation::RevocationData;
use recommande::rfc3161_client::TsaPool;
use recommande::seal::Artifact;
use recommande::testing::{TestPki, TestTsa};
use recommande::verify::Preceding;
use recommande::{
    Credentials, Environment, Indication, Issuer, MessageId, Opening, PartDescription, Party, Payload, PayloadDigests,
    Sealer, Sending, TrustAnchors, Verifier,
};

const USAGE: &str = "\
usage: registered_mail [PAYLOAD] [--out DIR] [--tsa URL [--tsa-anchors PEM]]

  PAYLOAD            any file (default: README.md of this repository)
  --out DIR          where the files go (default: target/registered-mail)
  --tsa URL          a time-stamp authority behind HTTP (default: one inside of this process)
  --tsa-anchors PEM  its trust anchors (default: target/local-tsa/tsa-anchors.pem, which the example local_tsa writes)

exit status: 0 everything verified; 1 TOTAL-FAILED; 2 INDETERMINATE, as with a TSA whose anchors are not known; 3 usage, file or network";

const FILES: [&str; 5] =
    ["proof-of-sending.p7m", "proof-of-opening.p7m", "payload.p7s", "seal-anchors.pem", "tsa-anchors.pem"];
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
    let arguments = Arguments::read(&["PAYLOAD", "--out", "--tsa", "--tsa-anchors"], &["--help"])
        .map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let payload = arguments.path("PAYLOAD").unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
    let out = arguments.path("--out").unwrap_or_else(|| "target/registered-mail".into());
    let digests = payload::digests(&payload)?;

    // What a service has: credentials, a TSA, anchors.
    let pki = TestPki::new(Utc::now())?;
    let (tsas, tsa_anchors) = match arguments.text("--tsa")? {
        Some(url) => {
            (TsaPool::new().with_tsa(tsa::name_of(url), tsa::http(url)?), anchors_of(arguments.path("--tsa-anchors"))?)
        }
        None => (TsaPool::new().with_tsa("in-process", TestTsa::new(&pki)), Some(pki.tsa_anchors_pem())),
    };
    let issuer =
        Issuer::of_enterprise("Example Registered Mail", &EnterpriseNumber::new("0406798006")?, Environment::Test)?;
    // CRLs from before the first seal to after the last timestamp: with them inside, the proofs are B-LT and need
    // nothing from anybody later.
    let (issued, next) = (Utc::now() - TimeDelta::hours(1), Utc::now() + TimeDelta::days(7));
    let tsa_revocation = match arguments.text("--tsa")? {
        Some(_) => RevocationData::new(),
        None => pki.tsa_revocation(issued, next)?,
    };
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer)
        .with_revocation(&pki.seal_revocation(issued, next)?);
    let anchors = tsa_anchors.as_deref().map_or(Ok(TrustAnchors::new()), TrustAnchors::from_pem)?;
    let verifier = Verifier::new(pki.seal_anchors(), anchors, Environment::Test);

    let folder = Folder::new(out)?;
    folder.write("seal-anchors.pem", pki.seal_anchors_pem().as_bytes())?;
    if let Some(pem) = &tsa_anchors {
        folder.write("tsa-anchors.pem", pem.as_bytes())?;
    }

    // The payload itself is signed, detached; the signature travels with it.
    let signature = sealer.sign_payload(&digests, media_type(&payload), Utc::now())?.stamp_with(&tsas)?;
    let signature = signature.with_revocation(&tsa_revocation)?;
    folder.write("payload.p7s", signature.der())?;

    // Accepted for sending.
    let name = payload.file_name().unwrap_or_default().to_string_lossy();
    let part = PartDescription::new(&name, media_type(&payload))?;
    let signature_part = PartDescription::new("payload.p7s", "application/pkcs7-signature")?;
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?;
    let recipient = Party::new(Niss::new("85073003328")?);
    let item = RegisteredMail::new(Ticket::new(TICKET)?, "An example", "letter", Language::English)?;
    let sending =
        Sending::new(MessageId::new(TICKET)?, sender, recipient, part, digests.clone(), Utc::now().trunc_subsecs(0))?
            .with_part(signature_part, PayloadDigests::of_bytes(signature.der()))?
            .with_registered_mail(item);
    let proof_of_sending = sealer.seal(&sending, Utc::now())?.stamp_with(&tsas)?.with_revocation(&tsa_revocation)?;
    folder.write("proof-of-sending.p7m", proof_of_sending.der())?;
    let report = verifier.report(&proof_of_sending, Payload::Digests(&digests), Utc::now());
    print(&format!("{report}\n"))?;
    let sent = report.indication;
    let Ok(sending) = verifier.verify(&proof_of_sending, Payload::Digests(&digests), Utc::now()) else {
        // Only a sending that verified can be opened.
        if tsa_anchors.is_none() {
            print("The anchors of this TSA are not known here; give them by --tsa-anchors.\n")?;
        }
        print(&format!("Not opened: the proof of sending is {sent}. It is written, and so is payload.p7s.\n"))?;
        return Ok(report.indication);
    };

    // Opened by the recipient.
    let opened_at = Utc::now().trunc_subsecs(0);
    let assurance = Assurance::new(AssuranceLevel::Substantial, opened_at, "urn:be:fedict:iam:fas:citizen:otp")?;
    let opening = Opening::of(&sending, OpenedBy::Recipient(1), assurance, opened_at)?;
    let proof_of_opening = sealer.seal(&opening, Utc::now())?.stamp_with(&tsas)?.with_revocation(&tsa_revocation)?;
    folder.write("proof-of-opening.p7m", proof_of_opening.der())?;
    let report = verifier.report_opening(
        &proof_of_opening,
        Preceding::Verified(&sending),
        Payload::Digests(&digests),
        Utc::now(),
    );
    print(&format!("{report}\n"))?;
    let signed = verifier.report_payload_signature(&signature, &digests, Utc::now()).indication;
    print(&format!("proof-of-sending.p7m  {sent}\n"))?;
    print(&format!("proof-of-opening.p7m  {}\n", report.indication))?;
    print(&format!("payload.p7s           {signed}\n\n"))?;
    // The revocation data of a TSA behind HTTP is not at hand here.
    folder.print_commands(&payload, if tsa_revocation.is_empty() { "" } else { " --policy strict" })?;
    Ok(report.indication)
}

/// The anchors of a TSA are configuration: never taken from what the TSA itself sends.
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

/// Where the files go.
struct Folder(PathBuf);

impl Folder {
    /// Without the files of an earlier run, which nobody must take for those of this one.
    fn new(path: PathBuf) -> Result<Self, Error> {
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        for name in FILES {
            let _ = fs::remove_file(path.join(name));
        }
        Ok(Self(path))
    }

    fn write(&self, name: &str, octets: &[u8]) -> Result<(), Error> {
        let path = self.0.join(name);
        fs::write(&path, octets).map_err(|error| format!("{}: {error}", path.display()).into())
    }

    fn print_commands(&self, payload: &Path, policy: &str) -> std::io::Result<()> {
        let here = std::env::current_dir().unwrap_or_default();
        let payload = payload.strip_prefix(here).unwrap_or(payload);
        let (dir, payload) = (quoted(&self.0), quoted(payload));
        let anchors = format!(
            "--seal-anchors {dir}/seal-anchors.pem --tsa-anchors {dir}/tsa-anchors.pem --environment Test{policy}"
        );
        print(&format!("Written to {dir}: {}\n\nCheck them with openssl:\n", FILES.join(", ")))?;
        for name in ["proof-of-sending.p7m", "proof-of-opening.p7m"] {
            print(&format!(
                "  openssl cms -verify -cades -inform DER -in {dir}/{name} -CAfile {dir}/seal-anchors.pem\n"
            ))?;
        }
        print(&format!(
            "  openssl cms -verify -cades -binary -inform DER -in {dir}/payload.p7s -content {payload} \
             -CAfile {dir}/seal-anchors.pem -out /dev/null\n"
        ))?;
        print("\nand completely, with timestamps and rules:\n")?;
        for proof in ["proof-of-sending.p7m", "payload.p7s"] {
            print(&format!("  cargo run --release --example verify -- {dir}/{proof} --payload {payload} {anchors}\n"))?;
        }
        print(&format!(
            "  cargo run --release --example verify -- {dir}/proof-of-opening.p7m --sending {dir}/proof-of-sending.p7m \
             --payload {payload} {anchors}\n"
        ))
    }
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c)) && !path.starts_with('-');
    if plain { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
