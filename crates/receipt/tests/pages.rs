//! What a reader sees on a page, and what a page never does.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use recommande::verify::{Context, Preceding};
use recommande::{Environment, Payload, ProofOfSending, TrustAnchors, Verifier};
use recommande_receipt::{
    Findings, Fonts, Language, Numbers, Options, Page, Shown, ShownCase, Tone, page_of_case, page_of_following,
    page_of_proof,
};

fn octets(path: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors").join(path)).unwrap()
}

fn anchors(path: &str) -> TrustAnchors {
    TrustAnchors::from_pem(&String::from_utf8(octets(path)).unwrap()).unwrap()
}

fn verifier() -> Verifier {
    Verifier::new(anchors("anchors/seal.pem"), anchors("anchors/tsa.pem"), Environment::Test)
}

fn now() -> DateTime<Utc> {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn shown(path: &str) -> Shown {
    Shown::of(&verifier(), &octets(path), Context::from(Payload::NotAvailable), now()).with_name("proof.p7m")
}

fn page(path: &str, language: Language) -> Page {
    page_of_proof(&shown(path), Options::new(language))
}

#[test]
fn a_sending_is_told_in_each_language() {
    let titles = Language::ALL.map(|language| page("good/sending.p7m", language).title());
    assert_eq!(titles, ["Preuve d’envoi", "Bewijs van verzending", "Nachweis des Versands", "Proof of sending"]);
    let html = page("good/sending.p7m", Language::English).to_html();
    for words in [
        "This page is not the proof",
        "TEST – no legal effect",
        "legal time in Brussels",
        "85.07.30-",
        "What is not proven",
        "openssl cms -verify",
    ] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn what_does_not_hold_says_so_in_the_title() {
    let undecided = Shown::of(
        &Verifier::new(TrustAnchors::default(), TrustAnchors::default(), Environment::Test),
        &octets("good/sending.p7m"),
        Context::from(Payload::NotAvailable),
        now(),
    );
    let page = page_of_proof(&undecided, Options::new(Language::English));
    assert_eq!((page.title().as_str(), page.tone()), ("Not decided: Proof of sending", Tone::Undecided));
    assert!(page.to_html().contains("It is not decided whether what follows is proven"));

    let mut file = octets("good/sending.p7m");
    let place = file.windows(9).position(|octets| octets == b"1ZG000003").unwrap();
    file[place] = b'2';
    let failed = Shown::of(&verifier(), &file, Context::from(Payload::NotAvailable), now());
    let page = page_of_proof(&failed, Options::new(Language::German));
    assert_eq!((page.title().as_str(), page.tone()), ("Ungültig: Nachweis des Versands", Tone::Fails));

    let none = Shown::of(&verifier(), b"no proof", Context::from(Payload::NotAvailable), now());
    let page = page_of_proof(&none, Options::new(Language::Dutch));
    assert_eq!((page.title().as_str(), page.tone()), ("Dit bestand is geen bewijs", Tone::Fails));
    assert!(page.to_pdf(&Fonts::new().unwrap()).is_ok());
}

#[test]
fn the_numbers_of_citizens_are_masked_unless_they_are_asked_for() {
    let options = Options::new(Language::French);
    let of = |options| page_of_proof(&shown("good/sending.p7m"), options).to_html();
    let (masked, full) = (of(options), of(options.with_numbers(Numbers::InFull)));
    assert!(masked.contains("85.07.30-•••.••") && !masked.contains("85.07.30-033.28"));
    assert!(masked.contains("Les numéros de citoyens sont masqués"));
    assert!(full.contains("85.07.30-033.28") && !full.contains("•"));
}

#[test]
fn an_opening_has_the_times_of_its_sending_and_both_files() {
    let sending = octets("good/sending.p7m");
    let proof = ProofOfSending::from_der(&sending).unwrap();
    let verified = verifier().verify(&proof, Payload::NotAvailable, now());
    let preceding = Preceding::from(&verified);
    let opening =
        Shown::of(&verifier(), &octets("good/opening.p7m"), Context::new(preceding, Payload::NotAvailable), now());
    let page = page_of_following(&opening, &shown("good/sending.p7m"), Options::new(Language::English));
    assert_eq!((page.title().as_str(), page.tone()), ("Proof of opening", Tone::Holds));
    let html = page.to_html();
    assert!(html.contains("(of the sending)") && html.contains("download=\"proof-2.p7m\""), "{html}");
}

#[test]
fn a_case_has_its_time_line() {
    let files = ["good/sending.p7m", "event/NotificationForAcceptance.p7m", "event/ConsignmentAcceptance.p7m"];
    let files: Vec<_> = files.map(|path| ("proof.p7m".to_owned(), octets(path))).into();
    let shown = ShownCase::of(&verifier(), &files, now());
    let [case] = shown.as_slice() else { panic!("{} cases", shown.len()) };
    let page = page_of_case(case, Options::new(Language::French));
    assert_eq!((page.title().as_str(), page.tone()), ("Envoi recommandé : accepté", Tone::Holds));
    let html = page.to_html();
    let place = |words: &str| html.find(words).unwrap_or_else(|| panic!("{words}: {html}"));
    assert!(
        place("Preuve d’envoi") < place("Demande d’acceptation")
            && place("Demande d’acceptation") < place("Acceptation par le destinataire")
    );
    assert!(html.contains("download=\"proof-3.p7m\""));
    let command = "cargo run --example case -- FOLDER --seal-anchors seal-anchors.pem --tsa-anchors tsa-anchors.pem \
                   --environment Test --now 2026-05-01T12:00:00Z";
    assert!(place("Comment vérifier") < place(command));
    page.to_pdf(&Fonts::new().unwrap()).unwrap();
}

#[test]
fn one_page_has_one_form() {
    let fonts = Fonts::new().unwrap();
    let of = |fonts: &Fonts| {
        let page = page("good/sending.p7m", Language::Dutch);
        (page.to_html(), page.to_pdf(fonts).unwrap())
    };
    assert!(of(&fonts) == of(&Fonts::new().unwrap()));
}

#[test]
fn a_sending_that_the_proof_does_not_name_is_left_out() {
    let opening = shown("good/opening.p7m");
    for stranger in ["event/sending-to-two.p7m", "event/SubmissionRejection.p7m", "good/opening.p7m"] {
        let html = page_of_following(&opening, &shown(stranger), Options::new(Language::English)).to_html();
        assert!(!html.contains("of the sending") && !html.contains("proof-2.p7m"), "{stranger}");
    }
}

/// A signature that nobody has judged is not passed for a valid one.
#[test]
fn a_signature_in_a_proof_is_valid_only_where_it_was_judged() {
    let file = "event/recipient-signature.p7m";
    let html = page(file, Language::English).to_html();
    assert!(html.contains("this page does not show that it is valid"), "{html}");
    assert!(!html.contains("The recipient signed the acceptance"));
}

/// What nobody judged or compared keeps no page from holding, and is told on it.
#[test]
fn what_was_not_compared_is_told_on_a_page_that_holds() {
    for (file, code) in [
        ("good/sending.p7m", "payload-not-compared"),
        ("good/committed-erased.p7m", "identity-not-disclosed"),
        ("submission/not-given.p7m", "submission-not-given"),
    ] {
        let page = page(file, Language::German);
        assert!(page.to_html().contains(&format!("({code})")), "{file}: {code}");
    }
}

/// The certificates of a timestamp are in the file too, and name nobody who sealed.
#[test]
fn a_seal_without_its_certificate_is_laid_to_nobody() {
    let sealed_by = |file| page(file, Language::English).to_html().contains("Sealed by");
    assert!(sealed_by("good/sending.p7m"));
    assert!(!sealed_by("signature/certificate-missing.p7m"));
}

/// What was committed to is still a number of its kind.
#[test]
fn a_number_that_is_not_disclosed_says_of_what_kind_it_is() {
    let html = page("good/committed-erased.p7m", Language::English).to_html();
    assert!(html.contains("national number (SSIN) sealed without being shown"), "{html}");
    assert!(!html.contains("urn:be:fgov:person:ssin"), "{html}");
}

/// A copy with a broken seal has the identifier of the proof, and stands in no page for it.
#[test]
fn of_two_copies_the_one_that_holds_is_inside() {
    let whole = octets("good/opening.p7m");
    let mut broken = whole.clone();
    *broken.last_mut().unwrap() ^= 1;
    let files = [("850730AAAAA.p7m".to_owned(), broken), ("opening.p7m".to_owned(), whole.clone())];
    let cases = ShownCase::of(&verifier(), &files, now());
    let [shown] = cases.as_slice() else { panic!("{cases:?}") };
    let html = page_of_case(shown, Options::new(Language::French)).to_html();
    assert!(html.contains("opening.p7m") && !html.contains("AAAAA"), "{html}");
}

#[test]
fn each_check_is_on_the_page_that_is_asked_for_all() {
    let options = Options::new(Language::Dutch);
    let shown = shown("good/sending.p7m");
    let (remarks, all) = (page_of_proof(&shown, options), page_of_proof(&shown, options.with_findings(Findings::All)));
    let html = all.to_html();
    for finding in &shown.report().findings {
        assert!(html.contains(&format!("({})", finding.code)), "{}", finding.code);
    }
    assert!(html.contains("(signature-valid)") && !remarks.to_html().contains("(signature-valid)"));
    assert_eq!((remarks.verdict(), remarks.title()), (all.verdict(), all.title()));
}

/// A page is a file that is sent and kept, and there is one of each proof.
#[test]
fn a_page_with_its_files_is_small() {
    let fonts = Fonts::new().unwrap();
    for (path, kilobytes) in [("good/sending.p7m", 50), ("event/ConsignmentRejection.p7m", 60)] {
        for language in Language::ALL {
            let (shown, sending) = (shown(path), shown("good/sending.p7m"));
            let pdf = page_of_following(&shown, &sending, Options::new(language)).to_pdf(&fonts).unwrap();
            assert!(pdf.len() < kilobytes * 1_000, "{path}, {language:?}: {}", pdf.len());
        }
    }
}
