//! These tests ask which certificate is the signer's where several may be, and whether their order matters.

use chrono::{Duration, TimeDelta};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::testing::{CertificateSpec, CertifiedKey, Forge, ForgedTstInfo, TestPki, TestTsa, generate_key, tlv};
use recommande::verify::{Code, Content, Indication, Level, Policy, Report};
use recommande::{Environment, Verifier};
use signed_data::tlv::Tag;

use crate::common::records::record_over;
use crate::common::{later, now, oid};

/// Signatures and tokens without a signed reference pass, so that only the name says whose they are.
fn lenient() -> Policy {
    let mut policy = Policy::default();
    for code in [Code::SigningCertificateReferenceMissing, Code::TimestampSigningCertificateReferenceMissing] {
        assert!(policy.levels.set(code, Level::Warn));
    }
    policy
}

fn verifier(pki: &TestPki) -> Verifier {
    Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test).with_policy(lenient())
}

fn judge(verifier: &Verifier, file: &[u8]) -> Report {
    verifier.report_signatures(file, Content::Attached, later()).reports.remove(0)
}

/// Names the signer by its key identifier and by nothing else.
fn by_key_identifier(forge: &mut Forge, signer: &CertifiedKey) {
    let identifier = signer.certificate.subject_key_identifier().unwrap();
    forge.signers[0].sid = tlv(Tag::context_primitive(0), &[identifier]);
    forge.signers[0].remove(oid::SIGNING_CERTIFICATE_V2);
}

/// The file with its certificates in every order: the forge sorts them, so the SET is written anew.
fn in_every_order(file: &[u8], positions: &[[usize; 2]]) -> Vec<Vec<u8>> {
    use crate::common::der::{CERTIFICATES, Node};
    let file = Node::parse(file);
    let swapped = |[left, right]: &[usize; 2]| {
        file.with(|file| file.at_mut(CERTIFICATES).children_mut().swap(*left, *right)).to_der()
    };
    std::iter::once(file.to_der()).chain(positions.iter().map(swapped)).collect()
}

#[test]
fn of_two_certificates_of_one_key_the_one_that_holds_counts_in_any_order() {
    let pki = TestPki::new(now()).unwrap();
    let expired = CertificateSpec::seal("Test Seal", now() - TimeDelta::days(900), now() - TimeDelta::days(2));
    let old = pki.intermediate.issue(&expired.with_serial(&[7]), pki.seal.signer.clone()).unwrap();
    let stranger = TestPki::new(now()).unwrap();
    let unknown_issuer = CertificateSpec::seal("Test Seal", now() - TimeDelta::days(1), now() + TimeDelta::days(9));
    let unknown = stranger.intermediate.issue(&unknown_issuer, pki.seal.signer.clone()).unwrap();
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    by_key_identifier(&mut forge, &pki.seal);
    forge.certificates.push(old.certificate.der().to_vec());
    forge.certificates.push(unknown.certificate.der().to_vec());
    forge.sign(&*pki.seal.signer).unwrap();
    let verifier = verifier(&pki);
    let reports: Vec<Report> = in_every_order(&forge.to_der(), &[[0, 1], [0, 2], [0, 3], [0, 4], [1, 4], [2, 3]])
        .iter()
        .map(|file| judge(&verifier, file))
        .collect();
    for report in &reports {
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.findings, reports[0].findings);
    }
    // Without the one that holds, the other two do not become one that does.
    forge.certificates.retain(|certificate| certificate != pki.seal.certificate.der());
    for file in in_every_order(&forge.to_der(), &[[0, 1], [1, 2], [2, 3]]) {
        let report = judge(&verifier, &file);
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
    }
}

#[test]
fn a_namesake_with_another_key_does_not_hide_the_signer() {
    let pki = TestPki::new(now()).unwrap();
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    by_key_identifier(&mut forge, &pki.seal);
    let identifier = tlv(Tag::OCTET_STRING, &[pki.seal.certificate.subject_key_identifier().unwrap()]);
    for number in 0..6 {
        let spec = CertificateSpec::seal("Test Seal", now() - TimeDelta::days(1), now() + TimeDelta::days(9));
        let spec = spec.with_serial(&[number + 1]).without_key_identifiers();
        let spec = spec.with_extension(oid::SUBJECT_KEY_IDENTIFIER, identifier.clone());
        let kind = if number % 2 == 0 { KeyKind::EcP256 } else { KeyKind::Ed25519 };
        let key = pki.intermediate.issue(&spec, generate_key(&kind).unwrap()).unwrap();
        forge.certificates.push(key.certificate.der().to_vec());
    }
    forge.sign(&*pki.seal.signer).unwrap();
    let report = judge(&verifier(&pki), &forge.to_der());
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    // Another signature is nobody's.
    forge.signers[0].signature = pki.tsa.signer.sign(b"something else").unwrap();
    let report = judge(&verifier(&pki), &forge.to_der());
    assert!(report.findings.iter().any(|finding| finding.code == Code::SignatureInvalid), "{report}");
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
}

#[test]
fn of_two_certificates_of_a_tsa_the_one_that_holds_counts() {
    let pki = TestPki::new(now()).unwrap();
    let spec = |serial| {
        CertificateSpec::tsa("Test TSA", now() - TimeDelta::days(1), now() + TimeDelta::days(9)).with_serial(&[serial])
    };
    let not_for_stamps = spec(1).without_extension(oid::EXTENDED_KEY_USAGE);
    let expired = spec(2).with_validity(now() - TimeDelta::days(9), now() - TimeDelta::days(1));
    let stranger = TestPki::new(now()).unwrap();
    let key = || pki.tsa.signer.clone();
    let namesakes = [
        pki.tsa_root.issue(&not_for_stamps, key()).unwrap(),
        pki.tsa_root.issue(&expired, key()).unwrap(),
        stranger.tsa_root.issue(&spec(3), key()).unwrap(),
    ];
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    forge.sign(&*pki.seal.signer).unwrap();
    let signature = forge.signers[0].signature.clone();
    let info = ForgedTstInfo::of(&signature, DigestAlgorithm::Sha256, now() + Duration::seconds(2));
    let mut token = Forge::token(&info, &pki.tsa);
    by_key_identifier(&mut token, &pki.tsa);
    token.certificates.extend(namesakes.iter().map(|namesake| namesake.certificate.der().to_vec()));
    token.sign(&*pki.tsa.signer).unwrap();
    let stamped = |token: &Forge| {
        let mut forge = forge.clone();
        forge.signers[0].stamp(&token.to_der());
        judge(&verifier(&pki), &forge.to_der())
    };
    let report = stamped(&token);
    assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(now() + Duration::seconds(2))));
    token.certificates.retain(|certificate| certificate != pki.tsa.certificate.der());
    assert_eq!(stamped(&token).proven_at, None);
}

/// The authority of the right one has ended, and a record over the file shows that its certificate is older.
#[test]
fn of_two_certificates_of_a_tsa_each_is_judged_by_all_that_is_proven() {
    let (pki, stranger) = (TestPki::new(now()).unwrap(), TestPki::new(now()).unwrap());
    let (from, until) = (now() - Duration::days(1), |days| now() + Duration::days(days));
    let key = || generate_key(&KeyKind::EcP256).unwrap();
    let authority = pki.tsa_root.issue(&CertificateSpec::authority("TSA CA", from, until(700)), key()).unwrap();
    let spec = |serial| CertificateSpec::tsa("Lasting TSA", from, until(3000)).with_serial(&[serial]);
    let tsa = authority.issue(&spec(1), key()).unwrap();
    let unknown = stranger.tsa_root.issue(&spec(2), tsa.signer.clone()).unwrap();
    let recorder = pki.tsa_root.issue(&spec(3), key()).unwrap();
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    forge.certificates.push(authority.certificate.der().to_vec());
    forge.sign(&*pki.seal.signer).unwrap();
    let stamped_at = now() + Duration::seconds(2);
    let info = ForgedTstInfo::of(&forge.signers[0].signature, DigestAlgorithm::Sha256, stamped_at);
    let mut token = Forge::token(&info, &tsa);
    by_key_identifier(&mut token, &tsa);
    token.certificates.push(unknown.certificate.der().to_vec());
    token.sign(&*tsa.signer).unwrap();
    forge.signers[0].stamp(&token.to_der());
    let file = forge.to_der();
    let recorded_at = until(600);
    let recorder = TestTsa::new(&pki).with_clock(move || recorded_at).with_key(recorder);
    let record = record_over(&recorder, DigestAlgorithm::Sha256.digest(&file));
    let verifier = verifier(&pki).with_evidence_records([record]);
    let report = verifier.report_signatures(&file, Content::Attached, until(1195)).reports.remove(0);
    assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(stamped_at)), "{report}");
}

/// The chain of each namesake is judged, so their number has a limit, whatever their keys are.
#[test]
fn more_namesakes_of_one_key_than_are_judged_are_told() {
    let pki = TestPki::new(now()).unwrap();
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    by_key_identifier(&mut forge, &pki.seal);
    forge.sign(&*pki.seal.signer).unwrap();
    let verifier = verifier(&pki);
    for number in 1..=40 {
        let spec = CertificateSpec::seal("Test Seal", now() - Duration::days(1), now() + Duration::days(9));
        let namesake = pki.root.issue(&spec.with_serial(&[number]), pki.seal.signer.clone()).unwrap();
        forge.certificates.push(namesake.certificate.der().to_vec());
        if ![15, 16, 40].contains(&number) {
            continue;
        }
        let report = judge(&verifier, &forge.to_der());
        let are_too_many = number > 15;
        let told = |code| report.findings.iter().any(|finding| finding.code == code);
        assert_eq!(told(Code::SigningCertificateCandidatesTooMany), are_too_many, "{number}: {report}");
        let expected = if are_too_many { Indication::Indeterminate } else { Indication::TotalPassed };
        assert_eq!(report.indication, expected, "{number}: {report}");
        assert!(report.findings.iter().all(|finding| finding.code != Code::ChainValid) || !are_too_many);
    }
}
