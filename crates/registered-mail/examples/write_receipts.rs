//! Plays a letter of a service that still writes receipts: its sealed proofs, and the same as RegisteredMail has them.
//!
//! Keys, certificates and the TSA are generated for the run and worthless afterwards.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound, Utc};
use recommande::evidence::{Language, RegisteredMail, Statement, Step, StepEvent, Ticket};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{Artifact, PayloadSignature, Proof};
use recommande::testing::{TestPki, TestTsa};
use recommande::verify::Payload;
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending, TsaPool,
    Verifier,
};
use recommande_registered_mail::{CONTENT_MEDIA_TYPE, Receipt, ReceiptContent, StatusResponse};

const USAGE: &str = "usage: write_receipts [--out DIR]";
const LETTER: &[u8] = b"a registered letter";

struct Service {
    sealer: Sealer,
    tsas: TsaPool,
    now: DateTime<Utc>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let out = match std::env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => PathBuf::from("target/receipts"),
        [option, out] if option == "--out" => PathBuf::from(out),
        _ => return Err(USAGE.into()),
    };
    std::fs::create_dir_all(&out)?;
    let now = Utc::now().trunc_subsecs(3);
    let pki = TestPki::new(now)?;
    let issuer = Issuer::of("Example Registered Mail", &EnterpriseNumber::new("0406798006")?, Environment::Test)?;
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
    let service = Service { sealer, tsas: TsaPool::new().with_tsa("test", TestTsa::new(&pki)), now };
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);

    // What the service seals, and verifies before it says so in another form.
    let proof = service.sealed(&sending(now)?)?;
    let sent = verifier.verify(&proof, Payload::NotAvailable, Utc::now())?;
    let consigned = service.sealed(&Step::of(&sent, 1, StepEvent::ContentConsignment, now)?)?;
    let lies_there = verifier.verify(&consigned, &sent, Utc::now())?;
    std::fs::write(out.join("proof-of-sending.p7m"), proof.der())?;

    let content = ReceiptContent::of_sending(&sent, 1, None)?;
    let signature = service.signed(&content)?;
    write(&out, "receipt.xml", &content, &signature)?;
    let receipt = Receipt::of(&content, &signature, "cid:receipt@example.org")?;
    std::fs::write(out.join("send-document-response.message"), receipt.to_xml())?;

    let content = ReceiptContent::of_consignment(&sent, &lies_there, None)?;
    let signature = service.signed(&content)?;
    write(&out, "dispatch.xml", &content, &signature)?;
    let response = StatusResponse::sent(&content, &signature, "cid:dispatch@example.org")?;
    std::fs::write(out.join("get-status-response.message"), response.to_xml())?;

    std::fs::write(out.join("seal-anchors.pem"), pki.seal_anchors_pem())?;
    std::fs::write(out.join("tsa-anchors.pem"), pki.tsa_anchors_pem())?;
    let done = format!("wrote the proof of sending, a receipt and a proof of dispatch to {}\n", out.display());
    match std::io::stdout().write_all(done.as_bytes()) {
        // A reader that closed it (`| head`) has read enough.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

impl Service {
    fn sealed<S: Statement>(&self, statement: &S) -> Result<Proof<S>, Box<dyn Error>> {
        Ok(self.sealer.seal(statement, self.now)?.stamp_with(&self.tsas)?)
    }

    fn signed(&self, content: &ReceiptContent) -> Result<PayloadSignature, Box<dyn Error>> {
        let digests = PayloadDigests::of_bytes(&content.to_xml());
        Ok(self.sealer.sign_payload(&digests, CONTENT_MEDIA_TYPE, self.now)?.stamp_with(&self.tsas)?)
    }
}

/// Writes content and its detached signature, each as a file.
fn write(out: &Path, name: &str, content: &ReceiptContent, signature: &PayloadSignature) -> Result<(), Box<dyn Error>> {
    std::fs::write(out.join(name), content.to_xml())?;
    std::fs::write(out.join(format!("{name}.p7s")), signature.der())?;
    Ok(())
}

fn sending(now: DateTime<Utc>) -> Result<Sending, Box<dyn Error>> {
    let mail = RegisteredMail::new(Ticket::new("1ZG0000036L3Z")?, "A letter", "EDER501", Language::French)?;
    let mail = mail.with_token("file 2026/7")?.with_application_id("letters")?;
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Office")?;
    let recipient = Party::new(Niss::new("85073003328")?);
    let part = PartDescription::new("letter.pdf", "application/pdf")?;
    let digests = PayloadDigests::of_bytes(LETTER);
    let sending = Sending::new(MessageId::new("message 7")?, sender, recipient, part, digests, now)?;
    Ok(sending.with_national_extension(mail))
}
