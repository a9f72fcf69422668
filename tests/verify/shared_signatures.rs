//! Signatures that many artifacts share are verified once, and a good signature makes nothing else good.

use chrono::Duration;
use recommande::crypto::KeyKind;
use recommande::seal::{Artifact, Batch};
use recommande::testing::{CertificateSpec, Forge, generate_key, tlv};
use recommande::verify::{Code, Content, Indication, Policy, Preceding, Report, Verifier};
use recommande::{Environment, ProofOfSending};
use signed_data::tlv::Tag;

use crate::common::{Service, later, now, oid, pool, sending_of};

/// Of the octets of a file, those that are changed: enough to meet every signature, digest and length in it.
const STEP: usize = 5;

fn report(verifier: &Verifier, der: &[u8]) -> Report {
    verifier.report(der, Preceding::NotGiven, later())
}

/// Each file verified after the good ones, and by a verifier that has met nothing: the same report. (That what was
/// changed is refused, other files of tests ask; here most of it is: not the root, of which nobody needs the copy.)
#[track_caller]
fn assert_memory_changes_nothing(verifier: impl Fn() -> Verifier, good: &[ProofOfSending]) {
    let warm = verifier();
    for proof in good.iter().chain(good) {
        let judged_warm = report(&warm, proof.der());
        assert_eq!(judged_warm.indication, Indication::TotalPassed, "{judged_warm}");
        assert_eq!(judged_warm, report(&verifier(), proof.der()));
    }
    let der = good.last().unwrap().der();
    let (mut tried, mut passed) = (0, 0);
    for place in (0..der.len()).step_by(STEP) {
        let mut changed = der.to_vec();
        changed[place] ^= 1;
        let judged_warm = report(&warm, &changed);
        assert_eq!(judged_warm, report(&verifier(), &changed), "octet {place}");
        tried += 1;
        passed += usize::from(judged_warm.indication == Indication::TotalPassed);
    }
    assert!(passed * 8 < tried, "{passed} of {tried} pass");
}

#[test]
fn a_token_that_a_batch_shares() {
    let service = Service::new();
    let sealed: Vec<_> =
        ["1", "2"].map(|message| service.sealer.seal(&sending_of(message), now()).unwrap()).into_iter().collect();
    let stamped = Batch::of(&sealed).unwrap().stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
    let proofs: Vec<_> = sealed.into_iter().map(|seal| stamped.proof(seal).unwrap()).collect();
    assert_memory_changes_nothing(|| service.verifier(), &proofs);
}

#[test]
fn revocation_data_that_proofs_share() {
    let service = Service::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let sealer = service.sealer.clone().with_revocation(&service.pki.seal_revocation(issued, next).unwrap());
    let of_tsa = service.pki.tsa_revocation(issued, next).unwrap();
    let proof = |message| {
        let sealed = sealer.seal(&sending_of(message), now()).unwrap();
        let proof = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
        proof.with_revocation(&of_tsa).unwrap()
    };
    let proofs = [proof("1"), proof("2")];
    assert_memory_changes_nothing(|| service.verifier().with_policy(Policy::strict()), &proofs);
}

/// Impostors of an issuer use up what a file may cost before its CRLs are looked at. A verifier that met the file before is
/// not spared that.
#[test]
fn what_impostors_use_up_is_used_up_again() {
    let service = Service::new();
    let pki = &service.pki;
    // The impostors bear the key identifier of the issuer, which itself has none and is tried last.
    let spec = CertificateSpec::authority("Test Seal CA", now() - Duration::days(1), now() + Duration::days(9));
    let spec = spec.without_key_identifiers();
    let issuer = pki.root.issue(&spec, pki.intermediate.signer.clone()).unwrap();
    let chain = [pki.seal.certificate.clone(), issuer.certificate, pki.root.certificate.clone()];
    let mut forge = Forge::seal(b"content", &pki.seal, &chain, now());
    let crls = pki.seal_revocation(now() - Duration::hours(1), now() + Duration::days(7)).unwrap();
    forge.crls.extend(crls.crls().iter().map(|crl| crl.der().to_vec()));
    let identifier = pki.intermediate.certificate.subject_key_identifier().unwrap();
    let impostor = spec.with_extension(oid::SUBJECT_KEY_IDENTIFIER, tlv(Tag::OCTET_STRING, &[identifier]));
    for _ in 0..254 {
        let key = pki.root.issue(&impostor, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
        forge.certificates.push(key.certificate.der().to_vec());
    }
    forge.sign(&*pki.seal.signer).unwrap();
    let file = forge.to_der();
    let verifier = || Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let report = |verifier: &Verifier| verifier.report_signatures(&file, Content::Attached, later()).reports.remove(0);
    let warm = verifier();
    let first = report(&warm);
    assert!(first.findings.iter().any(|finding| finding.code == Code::RevocationBudgetExhausted), "{first}");
    assert_eq!(report(&warm), first);
    assert_eq!(report(&verifier()), first);
}
