//! Letters with evidence in the form of another service beside their sealed proofs.

use std::collections::BTreeMap;

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Identifier, Statement};
use recommande::seal::Artifact;
use recommande::testing::CertificateSpec;
use recommande::{Credentials, Environment, PayloadDigests, Sealer};

use super::plain::{SENDING, letter};
use crate::manifest::{EvidenceFile, EvidenceParty, ExpectedPiece, ForeignLetterVector, LetterVector};
use crate::steps::AVAILABLE;
use crate::world::{LETTER, Result, SUBMITTED, World, at, derived, sealer, stamp, valid_from, valid_until};

const RECEIVED: &str = "2026-03-02T10:00:00Z";
const TICKET: &str = "1ZG0000036L3Z";

/// The letters, and the evidence beside their proofs.
pub struct ForeignLetters {
    pub files: Vec<(String, Vec<u8>)>,
    pub vectors: Vec<ForeignLetterVector>,
}

/// What one letter comes to: its pieces, and the times of what it reached.
type Told<'a> = (Vec<ExpectedPiece>, &'a [(&'a str, &'a str)]);

pub fn all(world: &World) -> Result<ForeignLetters> {
    let mut made = Made { world, files: Vec::new() };
    let receipt = made.evidence("receipt", "SubmissionAcceptance", RECEIVED, &world.sealer)?;
    let dispatch = made.evidence("dispatch", "ContentConsignment", AVAILABLE, &world.sealer)?;
    let of_another = made.evidence("dispatch-by-another-service", "ContentConsignment", AVAILABLE, &another(world)?)?;
    let [silent, refused] = ["event/RelayFailure", "event/RelayRejection"];
    let (submitted, available) = (("submitted", SUBMITTED), ("available", AVAILABLE));
    let enters = || dispatch.does("enters-state", &[]);
    let delivered =
        "The service signed a receipt, and that the content lies there, in another form than its sealed sending.";
    let contradicted = "The service sealed that the next one gave no answer, and signed that the content lies there.";
    let by_stranger = "A service that never took charge refused to relay, which takes no delivery away.";
    let elsewhere = "A service that is not in charge signed that the content lies there: it has a letter of its own.";
    let vectors = vec![
        letter("foreign-delivered", delivered, &[SENDING]).proven("available").beside(
            &[&receipt, &dispatch],
            &[(vec![receipt.does("corroborates", &[]), enters()], &[available, submitted])],
        ),
        letter("foreign-contradicted", contradicted, &[SENDING, silent])
            .contradicted("relay-failed")
            .by("event-out-of-order", "failed", &[silent])
            .beside(
                &[&dispatch],
                &[(vec![dispatch.does("beside-state", &["state-does-not-allow"])], &[available, submitted])],
            ),
        letter("foreign-and-stranger", by_stranger, &[SENDING, refused])
            .proven("available")
            .beside(&[&dispatch], &[(vec![enters()], &[available, submitted])]),
        letter("foreign-by-another-service", elsewhere, &[SENDING])
            .proven("submitted")
            .another_letter(TICKET)
            .case("incomplete", Some("available"), "unknown")
            .beside(
                &[&of_another],
                &[
                    (vec![of_another.does("objected", &["service-not-in-charge"])], &[submitted]),
                    (vec![of_another.does("enters-state", &[])], &[available]),
                ],
            ),
    ];
    Ok(ForeignLetters { files: made.files, vectors })
}

impl LetterVector {
    /// Gives this evidence beside the proofs. What each letter comes to is that of its only case.
    fn beside(self, evidence: &[&EvidenceFile], told: &[Told<'_>]) -> ForeignLetterVector {
        let milestones = |(_, reached): &Told<'_>| -> BTreeMap<String, String> {
            reached.iter().map(|(name, time)| ((*name).into(), (*time).into())).collect()
        };
        ForeignLetterVector {
            id: self.id,
            why: self.why,
            input: self.input,
            evidence: evidence.iter().copied().cloned().collect(),
            expected: self.expected,
            pieces: told.iter().map(|(pieces, _)| pieces.clone()).collect(),
            milestones: told.iter().map(milestones).collect(),
        }
    }
}

/// A service under the same anchors, with a certificate and a name of its own.
fn another(world: &World) -> Result<Sealer> {
    let spec = CertificateSpec::seal("Another Seal", valid_from(), valid_until());
    let key = world.pki.intermediate.issue(&spec, derived("another service with receipts")?)?;
    let mut chain = world.pki.seal_chain();
    chain.first_mut().ok_or("no certificate")?.clone_from(&key.certificate);
    let issuer = sealer(&world.pki, Environment::Test)?.issuer().clone();
    Ok(Sealer::new(Credentials::new(key.signer, chain)?, issuer))
}

struct Made<'w> {
    world: &'w World,
    files: Vec<(String, Vec<u8>)>,
}

impl Made<'_> {
    /// Stores signed content that states an event, with the detached signature over it.
    fn evidence(&mut self, name: &str, event: &str, time: &str, sealer: &Sealer) -> Result<EvidenceFile> {
        let content = format!("{event} of the letter with ticket {TICKET}\n");
        let signature = sealer.sign_payload(&PayloadDigests::of_bytes(content.as_bytes()), "text/plain", at(time))?;
        let signature = stamp(&self.world.pki, signature, time, 1)?;
        let [file, of_signature] = ["txt", "p7s"].map(|ending| format!("case/{name}.{ending}"));
        self.files.push((file.clone(), content.into_bytes()));
        self.files.push((of_signature.clone(), signature.der().to_vec()));
        let document = format!("SHA-256:{}", hex(DigestAlgorithm::Sha256.digest(LETTER).as_bytes()));
        let party = |identifier: &Identifier| EvidenceParty {
            value: identifier.value().into(),
            scheme: identifier.scheme().into(),
        };
        let sending = &self.world.sending;
        let recipient = sending.recipients().first().ok_or("no recipient")?;
        Ok(EvidenceFile {
            file,
            signature: of_signature,
            proven_at: time.into(),
            event: event.into(),
            ticket: TICKET.into(),
            sender: party(sending.sender().identifier()),
            recipient: party(recipient.identifier()),
            document,
        })
    }
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

impl EvidenceFile {
    fn does(&self, effect: &str, objections: &[&str]) -> ExpectedPiece {
        let objections = objections.iter().map(|objection| (*objection).into()).collect();
        ExpectedPiece {
            event: self.event.clone(),
            proven_at: self.proven_at.clone(),
            effect: effect.into(),
            objections,
        }
    }
}
