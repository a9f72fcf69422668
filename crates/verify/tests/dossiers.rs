//! A container is judged as a whole, and what lies in it by itself.

mod common;

use std::path::Path;
use std::process::Command;

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use common::{assert_snapshot, bare, folder, json, lines, run};
use recommande::crypto::DigestAlgorithm;
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::Artifact as _;
use recommande::testing::{TestPki, TestTsa};
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending, TsaPool,
};
use recommande_dossier::{DossierBuilder, LetterFiles, MediaType, ProofFiles, ToSign};

const LETTER: &[u8] = b"Dear Sir, this is the letter.\n";

/// Writes the dossier of a letter, beside it the anchors, and returns the command that judges it.
fn dossier(folder: &Path, letter: &'static [u8]) -> Command {
    let now: DateTime<Utc> = Utc::now().trunc_subsecs(0);
    let pki = TestPki::new(now).unwrap();
    let (issued, next) = (now - TimeDelta::hours(1), now + TimeDelta::days(7));
    let issuer = Issuer::of("Test", EnterpriseNumber::new("0406798006").unwrap(), Environment::Test).unwrap();
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
    let sealer = sealer.with_revocation(&pki.seal_revocation(issued, next).unwrap());
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki));
    let of_tsa = pki.tsa_revocation(issued, next).unwrap();
    let sender = Party::legal_person(EnterpriseNumber::new("0566988259").unwrap(), "Office").unwrap();
    let recipient = Party::new(Niss::new("85073003328").unwrap());
    let part = PartDescription::new("letter.txt", "text/plain").unwrap();
    let (id, digests) = (MessageId::new("1ZG0000036L3Z").unwrap(), PayloadDigests::of_bytes(LETTER));
    let sending = Sending::new(id, sender, recipient, part, digests, now).unwrap();
    let proof = sealer.seal(&sending, now).unwrap().stamp_with(&tsas).unwrap().with_revocation(&of_tsa).unwrap();
    let files = DossierBuilder::new()
        .with_letter(LetterFiles::new(MediaType::new("text/plain").unwrap(), letter))
        .with_proof(ProofFiles::from_der(proof.der()).unwrap());
    let to_sign = files.to_sign().unwrap();
    let signature = sealer.sign_payload(&to_sign.digests(), ToSign::MEDIA_TYPE, now).unwrap();
    let signature = signature.stamp_with(&tsas).unwrap().with_revocation(&of_tsa).unwrap();
    let mut octets = Vec::new();
    to_sign.signed(&signature).write(&mut octets).unwrap();
    std::fs::write(folder.join("dossier.asice"), octets).unwrap();
    std::fs::write(folder.join("seal.pem"), pki.seal_anchors_pem()).unwrap();
    std::fs::write(folder.join("tsa.pem"), pki.tsa_anchors_pem()).unwrap();
    let mut command = bare();
    command.arg(folder.join("dossier.asice")).args(["--environment", "Test"]);
    let later = now + TimeDelta::minutes(5);
    command.args(["--now", &later.to_rfc3339()]).arg("--seal-anchors").arg(folder.join("seal.pem"));
    command.arg("--tsa-anchors").arg(folder.join("tsa.pem"));
    command
}

#[test]
fn a_dossier_passes_with_all_that_lies_in_it() {
    let (status, document) = json(&mut dossier(&folder("dossier"), LETTER));
    let file = &document["files"][0];
    assert_eq!((status, &file["kind"]), (0, &"dossier".into()), "{file}");
    let parts: Vec<(&str, &str)> = file["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| (part["name"].as_str().unwrap(), part["indication"].as_str().unwrap()))
        .collect();
    let expected = ["letter-1.txt", "proof-of-sending.p7m", "the signature of the container"];
    let mut names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(names, expected);
    assert!(parts.iter().all(|(_, indication)| *indication == "TOTAL-PASSED"));
    let schema = serde_json::from_str(include_str!("../schema/report.schema.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &document));
}

/// The container holds, and the letter in it is another one than was sent.
#[test]
fn a_letter_that_no_proof_is_about_is_told() {
    let folder = folder("other-letter");
    let (status, out, _) = run(&mut dossier(&folder, b"Another letter.\n"));
    assert!(status != 0 && status != 3, "{out}");
    let letter = out.lines().find(|line| line.contains("letter-1.txt:")).unwrap();
    assert!(letter.ends_with("INDETERMINATE"), "{out}");
    assert!(out.contains("the signature of the container: TOTAL-PASSED"), "{out}");
}

/// What a program reads of a container: the names of its parts, their verdicts, and which members each report has.
#[test]
fn the_json_of_a_dossier_is_as_it_was() {
    let folder = folder("dossier-json");
    std::fs::write(folder.join("letter.txt"), LETTER).unwrap();
    let mut asked = dossier(&folder, LETTER);
    let (_, mut document) = json(asked.arg("--payload").arg(folder.join("letter.txt")));
    let file = &mut document["files"][0];
    file["file"] = "dossier.asice".into();
    for part in file["parts"].as_array_mut().unwrap() {
        // Keys and times are of this run.
        if let Some(report) = part.get_mut("report") {
            *report = report.as_object().unwrap().keys().cloned().collect();
        }
    }
    let mut told = String::new();
    lines("dossier", file, 4, &mut told);
    assert_snapshot("dossier.txt", &told);
}

/// A payload is compared with the letters in the container, whether it is given alone, among others or by its digest.
#[test]
fn a_payload_is_a_letter_of_the_container_or_none() {
    let folder = folder("dossier-payload");
    let asked = dossier(&folder, LETTER);
    std::fs::write(folder.join("letter.txt"), LETTER).unwrap();
    std::fs::write(folder.join("other.txt"), "another letter").unwrap();
    let told = |payloads: &[&str], options: &[&str]| {
        let mut command = bare();
        command.args(asked.get_args()).args(options);
        for name in payloads {
            command.arg("--payload").arg(folder.join(name));
        }
        let (status, document) = json(&mut command);
        let parts = document["files"][0]["parts"].as_array().unwrap();
        let part = parts.iter().find(|part| part["name"] == "the payload that was given");
        let schema = serde_json::from_str(include_str!("../schema/report.schema.json")).unwrap();
        assert!(jsonschema::is_valid(&schema, &document));
        (
            status,
            part.map(|part| part["indication"].as_str().unwrap().to_owned()),
            document["totals"]["errors"].as_u64(),
        )
    };
    let part = |indication: &str| Some(indication.to_owned());
    assert_eq!(told(&[], &[]), (0, None, Some(0)));
    assert_eq!(told(&["letter.txt"], &[]), (0, part("TOTAL-PASSED"), Some(0)));
    assert_eq!(told(&["other.txt"], &[]), (1, part("TOTAL-FAILED"), Some(0)));
    assert_eq!(told(&["other.txt", "letter.txt"], &[]), (3, part("TOTAL-PASSED"), Some(1)));
    let digest = |algorithm: DigestAlgorithm| algorithm.digest(LETTER).to_string();
    let by_digest = |text: &str| told(&[], &["--payload-digest", text]);
    assert_eq!(by_digest(&digest(DigestAlgorithm::Sha256)), (0, part("TOTAL-PASSED"), Some(0)));
    let other = DigestAlgorithm::Sha256.digest(b"another letter").to_string();
    assert_eq!(by_digest(&other), (1, part("TOTAL-FAILED"), Some(0)));
    // Nobody computed this one.
    assert_eq!(by_digest(&digest(DigestAlgorithm::Sha3_256)), (2, part("INDETERMINATE"), Some(0)));
    // The entry of a manifest gives one as well.
    let by_entry = |name: &str| {
        let entry = serde_json::json!({ "file": "dossier.asice", "input": { "payload": name } });
        std::fs::write(folder.join("m.json"), serde_json::json!({ "vectors": [entry] }).to_string()).unwrap();
        let mut command = bare();
        command.arg("--manifest").arg(folder.join("m.json")).args(asked.get_args().skip(1));
        run(&mut command).0
    };
    assert_eq!((by_entry("letter.txt"), by_entry("other.txt")), (0, 1));
}

/// A container that was changed is no container that could not be judged.
#[test]
fn a_changed_container_has_failed() {
    let folder = folder("changed-dossier");
    let mut command = dossier(&folder, LETTER);
    let path = folder.join("dossier.asice");
    let mut octets = std::fs::read(&path).unwrap();
    let place = octets.windows(LETTER.len()).position(|window| window == LETTER).unwrap();
    octets[place] ^= 1;
    std::fs::write(&path, octets).unwrap();
    let (status, document) = json(&mut command);
    let file = &document["files"][0];
    assert_eq!((status, &file["indication"]), (1, &"TOTAL-FAILED".into()));
    assert!(file["reason"].as_str().unwrap().contains("another checksum"), "{file}");
}
