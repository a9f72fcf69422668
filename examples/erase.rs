//! Seals a letter with commitments, verifies the proof with its disclosure, erases one field and then all, and verifies again.
//!
//! `cargo run --example erase [-- FOLDER]` leaves the letter, its proof and the anchors in the folder, so that the example
//! `verify` can be tried on a proof whose persons are erased. The disclosure is there until its last step. The PKI and the
//! TSA are thrown away; they hold no trust.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/output.rs"]
mod output;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::Utc;
use recommande::evidence::{Committed, Disclosure, Field, Language, RegisteredMail, Salts, Statement, Ticket};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::testing::{TestPki, TestTsa};
use recommande::verify::SendingContext;
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, ProofOfSending, Sealer,
    Sending, TsaPool, Verifier,
};

const USAGE: &str = "\
usage: erase [FOLDER]

  FOLDER  the folder for the files (default: target/erase)

exit status: 0 the proof verified after each erasure, 3 usage or file error";

const LETTER: &[u8] = b"the letter";

type Result<T> = std::result::Result<T, Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("erase: {error}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<()> {
    let arguments = Arguments::read(&["FOLDER"], &["--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        return Ok(output::print(&format!("{USAGE}\n"))?);
    }
    let folder = arguments.path("FOLDER").unwrap_or_else(|| PathBuf::from("target/erase"));
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    erase(&folder)
}

/// Seals a letter with commitments into the folder, erases one field and then all, and verifies after each step.
fn erase(folder: &Path) -> Result<()> {
    let pki = TestPki::new(Utc::now())?;
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let digests = PayloadDigests::of_bytes(LETTER);
    let (proof_file, disclosure_file) = (folder.join("letter.p7m"), folder.join("letter.disclosure.json"));

    // Everything that names somebody becomes a commitment. Values and salts lie beside the proof, and nowhere else.
    let sending = sending(&digests)?;
    let (statement, disclosure) = Committed::of(&sending, &Field::personal(&sending), Salts::Random)?.into_parts();
    let proof = sealed(&pki, &statement)?;
    // The disclosure comes first: a proof whose values are lost is of no use to the sender.
    replace(&disclosure_file, disclosure.to_json().as_bytes())?;
    replace(&proof_file, proof.der())?;
    std::fs::write(folder.join("letter.txt"), LETTER)?;
    std::fs::write(folder.join("seal-anchors.pem"), pki.seal_anchors_pem())?;
    std::fs::write(folder.join("tsa-anchors.pem"), pki.tsa_anchors_pem())?;
    judge("with its disclosure", &verifier, &proof_file, &disclosure_file, &digests)?;

    // One person is erased: the disclosure is replaced by one without any of the recipient's fields.
    let paths = disclosure.fields().iter().map(|entry| entry.path().to_owned());
    let paths: Vec<_> = paths.filter(|path| path.starts_with("/RecipientDetails/0/")).collect();
    let mut rest = Some(disclosure);
    for path in &paths {
        rest = rest.map(|rest| rest.without(path)).transpose()?.flatten();
    }
    match rest {
        Some(rest) => replace(&disclosure_file, rest.to_json().as_bytes())?,
        None => std::fs::remove_file(&disclosure_file)?,
    }
    judge("after the recipient was erased", &verifier, &proof_file, &disclosure_file, &digests)?;

    // All is erased: the disclosure is deleted, here and in every copy of it.
    std::fs::remove_file(&disclosure_file)?;
    judge("after all was erased", &verifier, &proof_file, &disclosure_file, &digests)
}

/// Writes a file in one step, so that who is stopped meanwhile has the old one or the new one.
fn replace(file: &Path, octets: &[u8]) -> Result<()> {
    let new = file.with_extension("new");
    std::fs::write(&new, octets)?;
    Ok(std::fs::rename(new, file)?)
}

fn sending(digests: &PayloadDigests) -> Result<Sending> {
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Office")?;
    let recipient = Party::new(Niss::new("85073003328")?);
    let part = PartDescription::new("letter.txt", "text/plain")?;
    let mail = RegisteredMail::new(Ticket::new("1ZG0000036L3Z")?, "Building permit", "permit", Language::English)?;
    let sending = Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, recipient, part, digests.clone(), Utc::now())?;
    Ok(sending.with_national_extension(mail))
}

fn sealed(pki: &TestPki, statement: &Sending) -> Result<ProofOfSending> {
    let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(pki));
    let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?;
    let service = EnterpriseNumber::new("0406798006")?;
    let sealer = Sealer::new(credentials, Issuer::of("My Registered Mail", &service, Environment::Test)?);
    Ok(recommande::send(&sealer, &tsas, statement, Utc::now())?)
}

/// Verifies the file with what is left of its disclosure, and says who the recipient is.
fn judge(when: &str, verifier: &Verifier, proof: &Path, disclosure: &Path, digests: &PayloadDigests) -> Result<()> {
    let proof = ProofOfSending::from_der(&std::fs::read(proof)?)?;
    let disclosure = match disclosure.exists() {
        true => Some(Disclosure::from_json(&std::fs::read(disclosure)?)?),
        false => None,
    };
    let context = disclosure.iter().fold(SendingContext::new(digests), SendingContext::with_disclosure);
    let report = verifier.report(&proof, context, Utc::now());
    let verified = verifier.verify(&proof, context, Utc::now())?;
    let statement = verified.disclosed().unwrap_or(verified.statement());
    let recipient = statement.recipients().first().ok_or("a statement has a recipient")?.identifier();
    let recipient = if recipient.is_committed() { "nobody can say" } else { recipient.value() };
    output::print(&format!("{when}: {}; the recipient: {recipient}\n", report.indication))?;
    Ok(())
}
