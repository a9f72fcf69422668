//! Writes what the build of ee40bc8 stores: `released TEST-VECTORS FOLDER`. It stands among the examples of that build, beside its vectors.
//!
//! A seal, a prepared seal and a batch of two, each with the request and the answer that it waits for and the proof that came of it, and `questions.jsonl`: stored questions
//! about vectors, one a line, each with its reports.

#[allow(dead_code)]
#[path = "regenerate_vectors/manifest.rs"]
mod manifest;
#[allow(dead_code)]
#[path = "regenerate_vectors/world.rs"]
mod world;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use recommande::crypto::DigestAlgorithm;
use recommande::evidence_record::digest_algorithms;
use recommande::pki::revocation::RevocationData;
use recommande::rfc3161_client::{Nonce, Transport};
use recommande::seal::{Batch, Prepared, ProofOfSending, Unstamped};
use recommande::testing::TestTsa;
use recommande::verify::{ContentDigests, GivenContent, Octets, Question};
use recommande::{Certificate, Environment, Policy, TrustAnchors, Verifier};
use world::{Result, SIGNED, STAMPED, World, at, clock, sending};

use manifest::{Kind, Manifest, Vector};

fn main() -> Result<()> {
    let folders: Vec<String> = std::env::args().skip(1).collect();
    let [vectors, out] = folders.as_slice() else { return Err("usage: released TEST-VECTORS FOLDER".into()) };
    states(Path::new(out))?;
    questions(Path::new(vectors), Path::new(out))
}

fn states(out: &Path) -> Result<()> {
    let world = World::new()?;
    let write = |name: &str, octets: &[u8]| fs::write(out.join(name), octets);
    let tsa = TestTsa::new(&world.pki).with_clock(clock(STAMPED)).with_serial(71);

    let prepared: Prepared<ProofOfSending> = world.sealer.prepare(&sending(71, world::LETTER)?, at(SIGNED))?;
    let signature = world.pki.seal.signer.sign(prepared.message())?;
    write("prepared.p7m", prepared.der())?;
    write("prepared.signature", &signature)?;
    let seal = prepared.complete(&signature)?;
    write("seal.p7m", seal.der())?;
    let request = seal.timestamp_request(Nonce::from_bytes(&[0x71; 8]))?.to_der();
    let answer = tsa.send(&request)?;
    write("seal.tsq", &request)?;
    write("seal.tsr", &answer)?;
    let request = recommande::rfc3161_client::TimeStampReq::from_der(&request)?;
    write("proof.p7m", seal.attach(&request, &answer)?.der())?;

    let seals = [72, 73].map(|number| world.sealer.seal(&sending(number, world::LETTER).expect("a sending"), at(SIGNED)));
    let [first, second]: [std::result::Result<Unstamped<ProofOfSending>, _>; 2] = seals;
    let seals = [first?, second?];
    let batch = Batch::of(&seals)?;
    let request = batch.timestamp_request(Nonce::from_bytes(&[0x72; 8]));
    let answer = tsa.send(&request.to_der())?;
    write("batch.tsq", &request.to_der())?;
    write("batch.tsr", &answer)?;
    let stamped = batch.attach(&request, &answer)?;
    for (number, seal) in (1..).zip(seals) {
        write(&format!("batch-{number}.seal.p7m"), seal.der())?;
        write(&format!("batch-{number}.proof.p7m"), stamped.proof(seal)?.der())?;
    }
    Ok(())
}

/// Every kind of question about the good vectors, and every eighth of the others.
fn questions(vectors: &Path, out: &Path) -> Result<()> {
    let manifest: Manifest = serde_json::from_slice(&fs::read(vectors.join("manifest.json"))?)?;
    let mut lines = String::new();
    let kept = |(place, vector): &(usize, Vector)| match vector.kind {
        Kind::Proof => place % 8 == 0,
        Kind::PayloadSignature | Kind::Signature | Kind::Timestamp | Kind::EvidenceRecord => place % 4 == 0,
    };
    for (_, vector) in manifest.vectors.into_iter().enumerate().filter(kept) {
        // Evidence records over a proof are no part of a stored question of that build.
        if !vector.input.records.is_empty() {
            continue;
        }
        let Some(question) = question(vectors, &vector)? else { continue };
        let input = verifier(vectors, &vector)?.input(question, at(&vector.input.now));
        let reports = input.verify()?.reports;
        let line = serde_json::json!({ "id": vector.id, "question": input, "reports": reports });
        writeln!(lines, "{line}")?;
    }
    fs::write(out.join("questions.jsonl"), lines)?;
    Ok(())
}

fn verifier(vectors: &Path, vector: &Vector) -> Result<Verifier> {
    let input = &vector.input;
    let text = |file: &String| fs::read_to_string(vectors.join(file));
    let environment = Environment::ALL.into_iter().find(|known| known.name() == input.environment);
    let mut verifier = Verifier::new(
        TrustAnchors::from_pem(&text(&input.seal_anchors)?)?,
        TrustAnchors::from_pem(&text(&input.tsa_anchors)?)?,
        environment.ok_or("an environment")?,
    );
    if let Some(policy) = &input.policy {
        verifier = verifier.with_policy(match policy.as_str() {
            Some(name) => Policy::named(name).ok_or("a policy")?,
            None => serde_json::from_value(policy.clone())?,
        });
    }
    if let Some(file) = &input.extra_certificates {
        verifier = verifier.with_extra_certificates(Certificate::from_pem_chain(&text(file)?)?);
    }
    if let Some(file) = &input.revocation_data {
        verifier = verifier.with_revocation_data(RevocationData::from_bytes(&fs::read(vectors.join(file))?)?);
    }
    Ok(verifier)
}

fn question(vectors: &Path, vector: &Vector) -> Result<Option<Question>> {
    let input = &vector.input;
    let octets = |file: &String| fs::read(vectors.join(file));
    let digests = |octets: &[u8]| {
        ContentDigests::new([DigestAlgorithm::Sha256, DigestAlgorithm::Sha512].map(|by| by.digest(octets)))
    };
    if !input.payload_digests.is_empty() {
        return Ok(None);
    }
    let file = octets(&vector.file)?;
    let payload = input.payload.as_ref().map(octets).transpose()?.map(|octets| digests(&octets));
    Ok(Some(match vector.kind {
        Kind::Proof => {
            let sending = input.sending.as_ref().map(octets).transpose()?.map(Octets);
            Question::Proof { der: Octets(file), payload, sending }
        }
        Kind::PayloadSignature => {
            let Some(payload) = payload else { return Ok(None) };
            Question::PayloadSignature { der: Octets(file), payload }
        }
        Kind::Signature => Question::Signatures { signed_data: Octets(file), content: GivenContent::Attached },
        Kind::Timestamp => {
            let request = input.request.as_ref().map(octets).transpose()?.map(Octets);
            Question::Timestamp { token: Octets(file), data: payload.unwrap_or_default(), request }
        }
        Kind::EvidenceRecord => {
            let by = digest_algorithms(&file);
            let object = |file: &String| octets(file).map(|octets| ContentDigests::new(by.iter().map(|by| by.digest(&octets))));
            let objects = input.data.iter().map(object).collect::<std::io::Result<_>>()?;
            Question::EvidenceRecord { record: Octets(file), objects }
        }
    }))
}
