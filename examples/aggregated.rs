//! Seals a batch of letters once, and writes the parts of each proof as a service would store them.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use chrono::Utc;
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{AggregateItem, AggregateLeaves, Artifact, ProofOfSending};
use recommande::testing::{TestPki, TestTsa};
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, Payload, PayloadDigests, Sealer, Sending,
    TsaPool, Verifier,
};

const LETTERS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("target/aggregated"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    // A throwaway PKI and TSA, as in quick_start. The certificate of an aggregated seal holds the number of the issuer.
    let pki = TestPki::new(Utc::now())?.with_organization("My Registered Mail", "NTRBE-0406798006")?;
    let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(&pki));
    let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?;
    let service = EnterpriseNumber::new("0406798006")?;
    let sealer = Sealer::new(credentials, Issuer::of("My Registered Mail", &service, Environment::Test)?);

    // Each statement is stored as it comes (NAME.json). In memory stays its digest.
    let digests = PayloadDigests::of_bytes(b"the letter");
    let mut leaves = AggregateLeaves::new(sealer.issuer());
    for number in 1..=LETTERS {
        let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Office")?;
        let (recipient, part) =
            (Party::new(Niss::new("85073003328")?), PartDescription::new("letter.txt", "text/plain")?);
        let message = MessageId::new(&format!("LETTER{number}"))?;
        let sending = Sending::new(message, sender, recipient, part, digests.clone(), Utc::now())?;
        let item = sealer.aggregate_item(sending, Utc::now())?;
        leaves.add(&item)?;
        fs::write(folder.join(format!("letter-{number}.json")), item.json())?;
    }

    // One signature, and one timestamp. The seal is stored before the TSA is asked, and again with its record.
    let sealed = sealer.seal_aggregate(&leaves.close(1)?, Utc::now())?;
    fs::write(folder.join("seal.p7m"), sealed.seal().der())?;
    let stamped = sealed.stamp_with(&tsas)?;
    fs::write(folder.join("seal.p7m"), stamped.seal().der())?;
    fs::write(folder.join("seal-anchors.pem"), pki.seal_anchors_pem())?;
    fs::write(folder.join("tsa-anchors.pem"), pki.tsa_anchors_pem())?;

    // The record of a statement is made when it is asked for (NAME.ers). One file holds all three parts (NAME.rma).
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let mut out = std::io::stdout();
    for number in 1..=LETTERS {
        let name = |ending| folder.join(format!("letter-{number}.{ending}"));
        let item = AggregateItem::<Sending>::from_json(&fs::read(name("json"))?)?;
        fs::write(name("ers"), stamped.record(&item)?)?;
        let proof = stamped.proof(item)?;
        fs::write(name("rma"), proof.der())?;
        let proof = ProofOfSending::from_der(&fs::read(name("rma"))?)?;
        let verified = verifier.verify(&proof, Payload::Digests(&digests), Utc::now())?;
        writeln!(out, "letter {number}: {}, proven at {}", verified.signature().level(), verified.proven_at())?;
    }
    Ok(())
}
