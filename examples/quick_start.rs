//! Sends a letter, opens it, and verifies both proofs. Copy this file to start.

use std::io::Write;

use chrono::Utc;
use recommande::evidence::{ActedBy, Assurance, AssuranceLevel};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::testing::{TestPki, TestTsa};
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, Payload, PayloadDigests, Sealer, Sending,
    TsaPool, Verifier,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A throwaway PKI and TSA. A service has a key, certificates, a TSA and trust anchors of its own instead.
    let pki = TestPki::new(Utc::now())?;
    let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(&pki));
    let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?;
    let service = EnterpriseNumber::new("0406798006")?;
    let sealer = Sealer::new(credentials, Issuer::of("My Registered Mail", &service, Environment::Test)?);
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);

    // The service accepts a letter for sending. The proof is a file: proof.der().
    let digests = PayloadDigests::of_reader(&mut &b"the letter"[..])?;
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Office")?;
    let recipient = Party::new(Niss::new("85073003328")?);
    let part = PartDescription::new("letter.txt", "text/plain")?;
    let message = MessageId::new("1ZG0000036L3Z")?;
    let sending = Sending::new(message, sender, recipient, part, digests.clone(), Utc::now())?;
    let proof = recommande::send(&sealer, &tsas, &sending, Utc::now())?;

    // The recipient opens it. Only a sending that verified can be opened.
    let sent = verifier.verify(&proof, Payload::Digests(&digests), Utc::now())?;
    let mut out = std::io::stdout();
    writeln!(out, "sent: proven at {}", sent.proven_at())?;
    let assurance = Assurance::new(AssuranceLevel::Substantial, Utc::now(), "urn:be:fedict:iam:fas:citizen:otp")?;
    let opening = recommande::opened(&sealer, &tsas, &sent, ActedBy::Recipient(1), assurance, Utc::now())?;

    // Anybody who has the files and the anchors verifies them, years later. The report holds every check.
    let payload = Payload::Digests(&digests);
    writeln!(out, "{}", recommande::verify(&verifier, opening.der(), Some(&proof), payload, Utc::now()))?;
    Ok(())
}
