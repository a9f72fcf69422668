//! Is what lies beside a proof, or came with its letter, given to the verifier when the proof is judged?

use std::fs;
use std::io::Cursor;
use std::path::Path;

use chrono::{DateTime, Utc};
use recommande::seal::SignedSubmission;
use recommande::verify::{Code, LogRule, Registers, SecondSealRule};
use recommande::{Environment, Indication, Policy, Report, TrustAnchors, Verifier};
use recommande_dossier::limits::{MAX_DOCUMENT, MAX_LOG_PROOF, MAX_REGISTER_SIGNATURE, MAX_SUBMISSION_SIGNATURE};
use recommande_dossier::{
    Dossier, DossierBuilder, DossierReport, LetterFiles, MediaType, PartKind, PartVerdict, ProofFiles, ReadError,
    Verifiers, WriteError,
};

use crate::common::{LETTER, Service, pdf, read, written};
use crate::forge::{Entry, Zip};

fn vector(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors").join(name)).unwrap()
}

fn anchors(name: &str) -> TrustAnchors {
    TrustAnchors::from_pem(&String::from_utf8(vector(&format!("anchors/{name}.pem"))).unwrap()).unwrap()
}

fn verifier(anchors_of: &str) -> Verifier {
    Verifier::new(anchors(anchors_of), anchors("tsa"), Environment::Test)
}

/// The verifiers of the vectors: of proofs, which trusts the register and the log, and of senders.
fn trusting() -> [Verifier; 2] {
    let manifest: serde_json::Value = serde_json::from_slice(&vector("manifest.json")).unwrap();
    let vectors = manifest["vectors"].as_array().unwrap();
    let logs = &vectors.iter().find(|vector| vector["id"] == "log/included").unwrap()["input"]["policy"]["logs"];
    let policy: Policy = serde_json::from_value(serde_json::json!({ "logs": logs })).unwrap();
    let registers = Registers::of(verifier("register"));
    [verifier("seal").with_policy(policy).with_registers(registers), verifier("submissions")]
}

fn now() -> DateTime<Utc> {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn proof(name: &str) -> ProofFiles<'static> {
    ProofFiles::from_der(&vector(name)).unwrap()
}

fn submission() -> SignedSubmission {
    let [json, signature] = ["json", "p7s"].map(|ending| vector(&format!("submission/letter.submission.{ending}")));
    SignedSubmission::from_parts(&json, &signature).unwrap()
}

/// Proofs with everything that may lie beside them. What answers a letter comes before that letter.
fn files() -> DossierBuilder<'static> {
    let letter = LetterFiles::new(MediaType::new("text/plain").unwrap(), vector("payload/letter.txt"));
    DossierBuilder::new()
        .with_letter(letter)
        .with_proof(proof("good/sending.p7m").with_log_proof(vector("log/good.tlog-proof")))
        .with_proof(proof("submission/sending.p7m").with_submission(submission()))
        .with_proof(proof("reply/disclosed.p7m"))
        .with_proof(
            proof("reply/letter-committed.p7m").with_disclosure(vector("reply/letter-committed.disclosure.json")),
        )
        .with_proof(proof("mandate/sending-to-enterprise.p7m"))
        .with_proof(proof("mandate/provider.p7m"))
        .with_proof(proof("good/committed.p7m").with_disclosure(vector("commitment/sending.disclosure.json")))
        .with_proof(proof("good/committed-opening.p7m").with_disclosure(vector("commitment/opening.disclosure.json")))
        .with_register_extract(b"{}", vector("mandate/old.extract.p7s"))
        .with_register_extract(vector("mandate/register.extract.json"), vector("mandate/register.extract.p7s"))
}

/// A container of these files, which anybody may have signed.
fn container(files: DossierBuilder<'_>) -> Vec<u8> {
    written(Service::new().signed(files))
}

fn verdict(report: &DossierReport, name: &str) -> PartVerdict {
    report.parts.iter().find(|part| part.kind.to_string() == name).unwrap().verdict.clone()
}

fn of_proof(report: &DossierReport, name: &str) -> Report {
    match verdict(report, name) {
        PartVerdict::Proof { report, .. } => *report,
        verdict => panic!("{name}: {verdict:?}"),
    }
}

fn has(report: &Report, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

const SENDING: &str = "proof-of-sending.p7m";
const SUBMITTED: &str = "proof-of-sending-2.p7m";
const REPLY: &str = "proof-of-sending-3.p7m";
const BY_PROVIDER: &str = "proof-of-opening.p7m";

#[test]
fn each_proof_is_judged_with_what_lies_beside_it() {
    let octets = container(files());
    let mut dossier = read(&octets);
    let [proofs, senders] = &trusting();
    let report = dossier.report(Verifiers::new(proofs).with_senders(senders), now()).unwrap();
    for part in &report.parts {
        if let PartVerdict::Proof { report, .. } = &part.verdict {
            assert_eq!(report.indication, Indication::TotalPassed, "{}: {report}", part.kind);
        }
    }
    for (name, code) in [
        (SENDING, Code::LogIncluded),
        (SUBMITTED, Code::SubmissionMatches),
        (REPLY, Code::ReplyMatches),
        (BY_PROVIDER, Code::MandateProven),
        ("proof-of-sending-6.p7m", Code::IdentityDisclosed),
        ("proof-of-opening-2.p7m", Code::IdentityDisclosed),
    ] {
        let report = of_proof(&report, name);
        assert!(has(&report, code), "{name} {code}: {report}");
    }
    for name in [
        "proof-of-sending.tlog-proof",
        "proof-of-sending-2.submission.json",
        "proof-of-sending-2.submission.p7s",
        "proof-of-sending-4.disclosure.json",
        "register-extract-2.json",
        "register-extract-2.p7s",
    ] {
        assert_eq!(verdict(&report, name), PartVerdict::WithItsProof, "{name}");
    }
    let text = String::from_utf8(dossier.octets(PartKind::Readme).unwrap()).unwrap();
    for part in dossier.parts() {
        assert!(text.contains(part.name()), "{}", part.name());
    }
}

#[test]
fn what_nobody_is_trusted_for_proves_nothing() {
    let octets = container(files());
    let report = read(&octets).report(&verifier("seal"), now()).unwrap();
    assert!(has(&of_proof(&report, SENDING), Code::LogOfAnother), "{}", of_proof(&report, SENDING));
    assert!(has(&of_proof(&report, SUBMITTED), Code::SubmissionNotGiven));
    assert!(has(&of_proof(&report, BY_PROVIDER), Code::MandateNotProven));
    assert_eq!(verdict(&report, "proof-of-sending-2.submission.json"), PartVerdict::Untrusted);
    assert_eq!(verdict(&report, "proof-of-sending-2.submission.p7s"), PartVerdict::Untrusted);
    // Whoever seals proofs signs no submissions and keeps no register.
    let proofs = verifier("seal").with_registers(Registers::of(verifier("seal")));
    let report = read(&octets).report(Verifiers::new(&proofs).with_senders(&proofs), now()).unwrap();
    assert_ne!(of_proof(&report, SUBMITTED).indication, Indication::TotalPassed);
    assert!(has(&of_proof(&report, BY_PROVIDER), Code::MandateNotProven));
}

#[test]
fn what_cannot_be_read_beside_a_proof_is_told_and_costs_the_proof_nothing() {
    let [proofs, senders] = &trusting();
    let report = |files: DossierBuilder<'_>| {
        read(&container(files)).report(Verifiers::new(proofs).with_senders(senders), now()).unwrap()
    };
    let unreadable = DossierBuilder::new().with_proof(proof("good/sending.p7m").with_disclosure(&b"{}"[..]));
    let told = report(unreadable);
    assert_eq!(verdict(&told, "proof-of-sending.disclosure.json"), PartVerdict::Unreadable);
    assert_eq!(of_proof(&told, SENDING).indication, Indication::TotalPassed);
    assert_eq!(told.worst(), Indication::TotalFailed);
    // One that is read and is of another proof is in the report on the proof.
    let of_another = vector("commitment/another-person.disclosure.json");
    let told = report(DossierBuilder::new().with_proof(proof("good/committed.p7m").with_disclosure(of_another)));
    assert_eq!(verdict(&told, "proof-of-sending.disclosure.json"), PartVerdict::WithItsProof);
    assert!(has(&of_proof(&told, SENDING), Code::DisclosureDiffers));
    // A submission that is none, and a signature of no octets.
    for (name, octets) in [("submission.json", &b"{}"[..]), ("submission.p7s", b"")] {
        let files = DossierBuilder::new().with_proof(proof("submission/sending.p7m").with_submission(submission()));
        let name = format!("proof-of-sending.{name}");
        let mut zip = Zip::read(&container(files));
        exchange(&mut zip, &name, octets);
        let octets = zip.to_octets();
        let told = read(&octets).report(Verifiers::new(proofs).with_senders(senders), now()).unwrap();
        for name in ["proof-of-sending.submission.json", "proof-of-sending.submission.p7s"] {
            assert_eq!(verdict(&told, name), PartVerdict::Unreadable, "{name}");
        }
        assert!(has(&of_proof(&told, SENDING), Code::SubmissionNotGiven));
        // Nobody looks at it who trusts no sender.
        assert_eq!(verdict(&read(&octets).report(proofs, now()).unwrap(), &name), PartVerdict::Untrusted);
    }
}

/// Exchanges a file and its digest in the manifest, whose signature then holds no longer.
fn exchange(zip: &mut Zip, name: &str, octets: &[u8]) {
    use recommande::crypto::DigestAlgorithm;
    const MANIFEST: &str = "META-INF/ASiCManifest001.xml";
    let base64 = |octets: &[u8]| {
        use base64ct::{Base64, Encoding};
        Base64::encode_string(DigestAlgorithm::Sha256.digest(octets).as_bytes())
    };
    let before = base64(&zip.entry(name).octets);
    zip.entry(name).replace(octets);
    let manifest = String::from_utf8(zip.entry(MANIFEST).octets.clone()).unwrap();
    zip.entry(MANIFEST).replace(manifest.replace(&before, &base64(octets)).as_bytes());
}

#[test]
fn what_lies_beside_a_proof_belongs_to_it_and_is_complete() {
    let zip = Zip::read(&container(files()));
    let refused =
        |zip: &Zip| Dossier::read(Cursor::new(zip.to_octets())).expect_err("a container that deviates was read");
    let without = |name: &str| {
        let mut changed = zip.clone();
        changed.remove(name);
        refused(&changed)
    };
    for (gone, missing) in [
        ("proof-of-sending-2.submission.json", "proof-of-sending-2.submission.json"),
        ("proof-of-sending-2.submission.p7s", "proof-of-sending-2.submission.p7s"),
        ("register-extract-2.p7s", "register-extract-2.p7s"),
    ] {
        assert!(matches!(without(gone), ReadError::Missing { name } if name == missing), "{gone}");
    }
    // A signature without an extract, and an extract without the one before.
    let told = without("register-extract-2.json");
    assert!(matches!(&told, ReadError::Alone { name } if name == "register-extract-2.p7s"), "{told:?}");
    let told = without("register-extract-1.json");
    assert!(matches!(&told, ReadError::Alone { name } if name == "register-extract-1.p7s"), "{told:?}");
    let mut changed = zip.clone();
    ["json", "p7s"].iter().for_each(|ending| changed.remove(&format!("register-extract-1.{ending}")));
    let told = refused(&changed);
    assert!(matches!(&told, ReadError::Numbering { name } if name == "register-extract-2.json"), "{told:?}");
    for ending in ["tlog-proof", "disclosure.json", "submission.json", "submission.p7s"] {
        let (mut changed, name) = (zip.clone(), format!("proof-of-sending-9.{ending}"));
        changed.insert_behind("register-extract-2.p7s", Entry::stored(&name, b"x"));
        sort(&mut changed);
        assert!(matches!(refused(&changed), ReadError::Alone { name: told } if told == name), "{name}");
    }
}

/// Puts the files in the order of their names.
fn sort(zip: &mut Zip) {
    let own = zip.entries.iter().position(|entry| entry.name().starts_with("META-INF/")).unwrap();
    zip.entries[1..own].sort_by_key(Entry::name);
}

#[test]
fn what_is_looked_at_with_each_proof_is_bounded() {
    let mut zip = Zip::read(&container(files()));
    for (name, most) in [
        ("proof-of-sending-4.disclosure.json", MAX_DOCUMENT),
        ("proof-of-sending-2.submission.json", MAX_DOCUMENT),
        ("proof-of-sending-2.submission.p7s", MAX_SUBMISSION_SIGNATURE),
        ("register-extract-1.json", MAX_DOCUMENT),
        ("register-extract-1.p7s", MAX_REGISTER_SIGNATURE),
        ("proof-of-sending.tlog-proof", MAX_LOG_PROOF),
    ] {
        let mut changed = zip.clone();
        changed.entry(name).replace(&vec![0; most as usize + 1]);
        let told = Dossier::read(Cursor::new(changed.to_octets())).unwrap_err();
        assert!(
            matches!(&told, ReadError::TooLarge { name: told, limit } if told == name && *limit == most),
            "{told:?}"
        );
        // One octet less is read.
        let mut changed = zip.clone();
        exchange(&mut changed, name, &vec![0; most as usize]);
        Dossier::read(Cursor::new(changed.to_octets())).unwrap();
    }
    let large = vec![0; MAX_DOCUMENT as usize + 1];
    let files = || DossierBuilder::new().with_letter(LetterFiles::new(pdf(), LETTER));
    let told = files().with_register_extract(large.clone(), &b"x"[..]).to_sign().unwrap_err();
    assert!(matches!(&told, WriteError::TooLarge { name, .. } if name == "register-extract-1.json"), "{told:?}");
    let with_extracts = |count| (0..count).fold(files(), |files, _| files.with_register_extract(&b"{}"[..], &b"x"[..]));
    let octets = container(with_extracts(16));
    assert_eq!(read(&octets).parts().len(), 34);
    assert!(matches!(with_extracts(17).to_sign(), Err(WriteError::TooManyExtracts)));
    for number in 3..=17 {
        for ending in ["json", "p7s"] {
            zip.insert_behind(
                "register-extract-2.p7s",
                Entry::stored(&format!("register-extract-{number}.{ending}"), b"x"),
            );
        }
    }
    sort(&mut zip);
    let told = Dossier::read(Cursor::new(zip.to_octets())).unwrap_err();
    assert!(matches!(told, ReadError::TooManyExtracts), "{told:?}");
    // Nobody submitted an opening.
    let opened = proof("good/committed-opening.p7m").with_submission(submission());
    assert!(matches!(DossierBuilder::new().with_proof(opened).to_sign(), Err(WriteError::SubmissionOfNoSending)));
}

/// What is disclosed of a sending is compared with what follows it, whichever of its copies has the disclosure beside it.
#[test]
fn of_two_copies_of_a_sending_the_disclosed_one_is_followed_in_either_order() {
    let [proofs, _] = &trusting();
    let disclosed = || proof("good/committed.p7m").with_disclosure(vector("commitment/sending.disclosure.json"));
    let opening = || proof("good/committed-opening.p7m").with_disclosure(vector("commitment/opening.disclosure.json"));
    let told = [true, false].map(|is_first| {
        let plain = proof("good/committed.p7m");
        let [first, second] = if is_first { [disclosed(), plain] } else { [plain, disclosed()] };
        let files = DossierBuilder::new().with_proof(first).with_proof(second).with_proof(opening());
        of_proof(&read(&container(files)).report(proofs, now()).unwrap(), BY_PROVIDER)
    });
    assert_eq!(told[0], told[1]);
    assert!(!has(&told[0], Code::CommitmentsNotCompared), "{}", told[0]);
    // Without the disclosure the parties of the two are not compared.
    let files = DossierBuilder::new().with_proof(proof("good/committed.p7m")).with_proof(opening());
    let told = of_proof(&read(&container(files)).report(proofs, now()).unwrap(), BY_PROVIDER);
    assert!(has(&told, Code::CommitmentsNotCompared), "{told}");
}

#[test]
fn what_no_verifier_looks_at_is_not_said_to_be_judged() {
    let [proofs, _] = &trusting();
    // No mandate names the extract, and without trust in registers no mandate is looked up.
    let extract = || (vector("mandate/register.extract.json"), vector("mandate/register.extract.p7s"));
    let (json, signature) = extract();
    let files = || DossierBuilder::new().with_register_extract(json.clone(), signature.clone());
    let unnamed = container(files().with_proof(proof("good/sending.p7m")));
    let named = container(
        files().with_proof(proof("mandate/sending-to-enterprise.p7m")).with_proof(proof("mandate/provider.p7m")),
    );
    let untrusting = verifier("seal");
    for (octets, verifier, expected) in [
        (&unnamed, proofs, PartVerdict::Untrusted),
        (&named, &untrusting, PartVerdict::Untrusted),
        (&named, proofs, PartVerdict::WithItsProof),
    ] {
        let report = read(octets).report(verifier, now()).unwrap();
        for name in ["register-extract-1.json", "register-extract-1.p7s"] {
            assert_eq!(verdict(&report, name), expected, "{name}");
        }
    }
    // A policy that ignores logs and second seals says nothing of what lies there.
    let files = proof("good/sending.p7m").with_log_proof(vector("log/good.tlog-proof")).with_second_seal(&b"x"[..]);
    let octets = container(DossierBuilder::new().with_proof(files));
    let policy = Policy { log: LogRule::Ignore, second_seal: SecondSealRule::Ignore, ..Policy::default() };
    for (policy, expected) in [(policy, PartVerdict::Untrusted), (Policy::default(), PartVerdict::WithItsProof)] {
        let report = read(&octets).report(&verifier("seal").with_policy(policy), now()).unwrap();
        for name in ["proof-of-sending.tlog-proof", "proof-of-sending.pq.p7s"] {
            assert_eq!(verdict(&report, name), expected, "{name}");
        }
    }
}
