//! Does a court that takes nothing but PDF get the whole dossier, and does its first page say what holds?

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use recommande::evidence::Issuer;
use recommande::identity::EnterpriseNumber;
use recommande::seal::{Credentials, Sealer};
use recommande::testing::{TestPki, TestTsa};
use recommande::{Environment, Indication, TrustAnchors, TsaPool, Verifier};
use recommande_dossier::{
    AnchorsOf, Dossier, DossierBuilder, LetterFiles, MediaType, PartKind, ProofFiles, ToSign, Verifiers,
};
use recommande_receipt::{
    DossierError, Fonts, Language, MOST_OCTETS_OF_COURTS, Options, ShownDossier, Tone, page_of_dossier,
};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors").join(name)
}

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-03-06T12:00:00Z".parse().unwrap()
}

/// Whoever hands in the container, with a key of its own.
struct Lawyer {
    pki: TestPki,
}

impl Lawyer {
    fn new() -> Self {
        Self { pki: TestPki::new(now()).unwrap() }
    }

    fn container(&self, files: DossierBuilder<'_>) -> Vec<u8> {
        let issuer = Issuer::of("Test", EnterpriseNumber::new("0406798006").unwrap(), Environment::Test).unwrap();
        let sealer =
            Sealer::new(Credentials::new(self.pki.seal.signer.clone(), self.pki.seal_chain()).unwrap(), issuer);
        let (files, at) = (files.to_sign().unwrap(), now() - TimeDelta::hours(1));
        let signature = sealer.sign_payload(&files.digests(), ToSign::MEDIA_TYPE, at).unwrap();
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&self.pki).with_clock(move || at));
        let mut octets = Vec::new();
        files.signed(&signature.stamp_with(&tsas).unwrap()).write(&mut octets).unwrap();
        octets
    }

    fn verifier(&self) -> Verifier {
        Verifier::new(self.pki.seal_anchors(), self.pki.tsa_anchors(), Environment::Test)
    }
}

fn of_proofs() -> Verifier {
    let anchors = |name: &str| TrustAnchors::from_pem(&String::from_utf8(vector(name)).unwrap()).unwrap();
    Verifier::new(anchors("anchors/seal.pem"), anchors("anchors/tsa.pem"), Environment::Test)
}

fn files() -> DossierBuilder<'static> {
    let proof = |name: &str| ProofFiles::from_der(&vector(name)).unwrap();
    DossierBuilder::new()
        .with_letter(LetterFiles::new(MediaType::new("text/plain").unwrap(), vector("payload/letter.txt")))
        .with_proof(proof("good/sending.p7m").with_log_proof(vector("log/good.tlog-proof")))
        .with_proof(proof("good/opening.p7m"))
        .with_proof(proof("good/committed.p7m").with_disclosure(vector("commitment/sending.disclosure.json")))
        .with_anchors(AnchorsOf::Seals, String::from_utf8(vector("anchors/seal.pem")).unwrap())
}

fn shown(lawyer: &Lawyer, octets: &[u8], limit: u64) -> Result<ShownDossier, DossierError> {
    let (proofs, container) = (of_proofs(), lawyer.verifier());
    let mut dossier = Dossier::read(Cursor::new(octets)).unwrap();
    ShownDossier::of(&mut dossier, Verifiers::new(&proofs).with_container(&container), now(), limit)
}

#[test]
fn every_file_lies_in_the_document_and_has_its_verdict() {
    let lawyer = Lawyer::new();
    let octets = lawyer.container(files());
    let fonts = Fonts::new().unwrap();
    let shown = shown(&lawyer, &octets, MOST_OCTETS_OF_COURTS).unwrap();
    assert_eq!(shown.worst(), Indication::TotalPassed, "{shown:?}");
    for language in Language::ALL {
        let page = page_of_dossier(&shown, Options::new(language));
        assert_eq!(page.tone(), Tone::Holds);
        assert!(page.across().is_some(), "proofs of the environment Test");
        let html = page.to_html();
        let dossier = Dossier::read(Cursor::new(octets.as_slice())).unwrap();
        let own: Vec<(String, Vec<u8>)> = dossier
            .own_files()
            .iter()
            .map(|(name, _, octets)| (name.rsplit('/').next().unwrap().to_owned(), octets.to_vec()))
            .collect();
        let mut dossier = dossier;
        let kinds: Vec<PartKind> = dossier.parts().iter().map(|part| part.kind()).collect();
        let parts = kinds.into_iter().map(|kind| (kind.to_string(), dossier.octets(kind).unwrap()));
        let all: Vec<(String, Vec<u8>)> = parts.chain(own).collect();
        for (name, octets) in &all {
            let (_, behind) = html.split_once(&format!("download=\"{name}\" href=\"data:")).expect(name);
            let (encoded, _) = behind.split_once(";base64,").unwrap().1.split_once('"').unwrap();
            assert_eq!(&STANDARD.decode(encoded).unwrap(), octets, "{name}");
        }
        // Its numbers are masked, also those that a disclosure gives.
        assert!(!html.replace(['.', ' ', '-'], "").contains("85073003328"), "a number in full");
        let pdf = shown.to_pdf(Options::new(language), &fonts).unwrap();
        assert_eq!(pdf, shown.to_pdf(Options::new(language), &fonts).unwrap(), "other octets");
        for (name, _) in &all {
            let named = format!("/F({name})");
            assert!(pdf.windows(named.len()).any(|window| window == named.as_bytes()), "{name}");
        }
        for relationship in ["/AFRelationship/Source", "/AFRelationship/Data", "/AFRelationship/Supplement"] {
            let holds = |wanted: &str| pdf.windows(wanted.len()).any(|window| window == wanted.as_bytes());
            assert!(holds(relationship), "{relationship}");
        }
    }
    let page = page_of_dossier(&shown, Options::new(Language::English)).to_html();
    for words in [
        "It has the digests of letter 1.",
        "Its digests stand in proofs that hold: proof-of-sending, proof-of-sending-2",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[test]
fn what_does_not_hold_is_in_the_title_and_in_the_list() {
    let lawyer = Lawyer::new();
    let another = LetterFiles::new(MediaType::new("text/plain").unwrap(), &b"another letter"[..]);
    let octets = lawyer.container(files().with_letter(another));
    let page =
        page_of_dossier(&shown(&lawyer, &octets, MOST_OCTETS_OF_COURTS).unwrap(), Options::new(Language::English));
    assert_eq!((page.tone(), page.title().as_str()), (Tone::Undecided, "Not decided: Dossier of a registered letter"));
    assert!(page.to_html().contains("No proof that holds has its digests"));
    let mut broken = vector("good/sending.p7m");
    let place = broken.windows(4).position(|window| window == b"2026").unwrap();
    broken[place] = b'3';
    let files = files().with_proof(ProofFiles::from_der(&broken).unwrap().with_disclosure(&b"{}"[..]));
    let octets = lawyer.container(files);
    let page =
        page_of_dossier(&shown(&lawyer, &octets, MOST_OCTETS_OF_COURTS).unwrap(), Options::new(Language::English));
    assert_eq!((page.tone(), page.title().as_str()), (Tone::Fails, "Not valid: Dossier of a registered letter"));
    assert!(page.to_html().contains("It cannot be read as what its name says."));
    // Who does not trust the signer of the container knows nothing of its list.
    let stranger = Lawyer { pki: TestPki::new(now()).unwrap() };
    let octets = lawyer.container(self::files());
    let shown = shown(&stranger, &octets, MOST_OCTETS_OF_COURTS).unwrap();
    assert_eq!(shown.worst(), Indication::Indeterminate);
    let html = page_of_dossier(&shown, Options::new(Language::English)).to_html();
    // The list says that everything holds, and the sentence points to what does not.
    assert!(html.contains("The section on the dossier as a whole and the list of the files say of what."));
    let (_, container) = html.split_once("<h2>The dossier as a whole</h2>").unwrap();
    let (container, list) = container.split_once("</section>").unwrap();
    let (list, _) = list.split_once("</section>").unwrap();
    assert!(container.contains("It is not decided whether the proof holds") && !list.contains("Examined on"));
}

#[test]
fn a_document_that_no_court_takes_is_refused_by_name() {
    let lawyer = Lawyer::new();
    let octets = lawyer.container(files());
    let refused = shown(&lawyer, &octets, 10_000).unwrap_err();
    assert!(matches!(refused, DossierError::TooLarge { limit: 10_000, octets } if octets > 10_000), "{refused}");
    // The files fit, and the document with its fonts does not.
    let sum = octets.len() as u64;
    let refused = shown(&lawyer, &octets, sum).unwrap().to_pdf(Options::new(Language::German), &Fonts::new().unwrap());
    assert!(matches!(refused, Err(DossierError::TooLarge { limit, octets }) if limit == sum && octets > sum));
}

#[test]
fn many_proofs_have_their_verdicts_and_the_first_ones_their_pages() {
    let lawyer = Lawyer::new();
    let proof = || ProofFiles::from_der(&vector("good/sending.p7m")).unwrap();
    let files = (0..20).fold(DossierBuilder::new(), |files, _| files.with_proof(proof()));
    let octets = lawyer.container(files);
    let html =
        page_of_dossier(&shown(&lawyer, &octets, MOST_OCTETS_OF_COURTS).unwrap(), Options::new(Language::English));
    let html = html.to_html();
    assert!(html.contains("The first 16 proofs are shown in full."));
    assert_eq!(html.matches(" – Parties</h2>").count(), 16);
    assert_eq!(html.matches("download=\"proof-of-sending").count(), 20);
}

/// The command takes a container as it takes a folder, and the anchors in it never.
#[test]
fn the_command_writes_a_document_for_each_language() {
    let lawyer = Lawyer::new();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dossier");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("letter.asice");
    std::fs::write(&file, lawyer.container(files())).unwrap();
    std::fs::write(folder.join("lawyer.pem"), lawyer.pki.seal_anchors_pem()).unwrap();
    std::fs::write(folder.join("lawyer-tsa.pem"), lawyer.pki.tsa_anchors_pem()).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recommande-receipt"));
        command.arg(&file).args(["--now", "2026-03-06T12:00:00Z", "--environment", "Test"]).args(arguments);
        let output = command.current_dir(&folder).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (seals, tsas) = (path("anchors/seal.pem"), path("anchors/tsa.pem"));
    let given = ["--seal-anchors", seals.to_str().unwrap(), "--tsa-anchors", tsas.to_str().unwrap()];
    let of_container = ["--container-anchors", "lawyer.pem", "--container-tsa-anchors", "lawyer-tsa.pem"];
    assert_eq!(run(&[&given[..], &of_container].concat()), (Some(0), String::new()));
    for tag in ["fr", "nl", "de", "en"] {
        assert!(folder.join(format!("receipts/letter.asice.{tag}.pdf")).exists(), "{tag}");
    }
    assert_eq!(run(&given).0, Some(2), "nobody said whom to trust for the container");
    assert_eq!(run(&[]).0, Some(2), "the anchors in a container");
    let (status, told) = run(&["--limit", "1000"]);
    assert!(
        status == Some(3)
            && told.contains("letter.asice: the files, or the document")
            && told.contains("may have 1000: hand in"),
        "{told}"
    );
    // A folder is taken with the containers in it, and what is about containers needs one.
    let in_folder = Command::new(env!("CARGO_BIN_EXE_recommande-receipt"))
        .args([".", "--now", "2026-03-06T12:00:00Z", "--environment", "Test", "--language", "en", "--out", "all"])
        .args([&given[..], &of_container].concat())
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(in_folder.status.code(), Some(0), "{in_folder:?}");
    assert!(folder.join("all/letter.asice.en.pdf").exists());
    let mut of_proof = Command::new(env!("CARGO_BIN_EXE_recommande-receipt"));
    let of_proof = of_proof.arg(path("good/sending.p7m")).args(["--limit", "1"]).output().unwrap();
    let told = String::from_utf8(of_proof.stderr).unwrap();
    assert!(of_proof.status.code() == Some(3) && told.contains("--limit: there is no container"), "{told}");
    let mut cut = std::fs::read(&file).unwrap();
    cut.pop();
    std::fs::write(&file, cut).unwrap();
    let (status, told) = run(&given);
    assert!(status == Some(3) && told.contains("letter.asice: at octet "), "{told}");
}
