//! These tests compare a payload with its proof and with its own signature.

use crate::common::der::{self, Node};
use crate::common::{LETTER, Service, against, digests, has, later, letter, now, pool, sending};
use recommande::crypto::{Digest, DigestAlgorithm, KeyKind};
use recommande::evidence::{EvidenceError, PartDescription, PayloadDigests, PayloadHasher};
use recommande::seal::{Artifact, DecodeError, PayloadSignature, ProfileViolation, ProofOfSending, SealError};
use recommande::testing::TestPki;
use recommande::verify::{Code, Content, Indication, Payload, Report, SubIndication};

fn only(algorithms: &[DigestAlgorithm], payload: &[u8]) -> PayloadDigests {
    PayloadDigests::from_digests(algorithms.iter().map(|algorithm| algorithm.digest(payload))).unwrap()
}

fn report(service: &Service, proof: &ProofOfSending, payload: &PayloadDigests) -> Report {
    let report = service.verifier().report(proof, Payload::Digests(payload), later());
    let strict = service.verifier().verify(proof, payload, later());
    assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed);
    report
}

fn assert_verdict(report: &Report, indication: Indication, sub: SubIndication, code: Code) {
    assert_eq!((report.indication, report.sub_indication), (indication, Some(sub)), "{report}");
    assert!(has(report, code), "{:?}", against(report));
}

#[test]
fn the_payload_that_was_sent_matches_and_any_other_fails() {
    let service = Service::new();
    let proof = service.proof();
    assert!(has(&report(&service, &proof, &digests()), Code::PayloadMatches));
    let mut others = vec![Vec::new(), b"another letter".to_vec(), [LETTER, b"\n"].concat(), LETTER[1..].to_vec()];
    others.extend((0..LETTER.len()).map(|at| {
        let mut changed = LETTER.to_vec();
        changed[at] ^= 1;
        changed
    }));
    for letter in others {
        let report = report(&service, &proof, &PayloadDigests::of_bytes(&letter));
        assert_verdict(&report, Indication::TotalFailed, SubIndication::HashFailure, Code::PayloadDiffers);
    }
}

#[test]
fn a_payload_that_is_gone_leaves_the_verdict_to_the_statement() {
    let service = Service::new();
    let report = service.report(&service.proof());
    assert_eq!(report.indication, Indication::TotalPassed);
    assert!(has(&report, Code::PayloadNotCompared) && !has(&report, Code::PayloadMatches));
}

#[test]
fn digests_by_other_algorithms_than_stated_decide_nothing() {
    let service = Service::new();
    let proof = service.proof();
    use DigestAlgorithm::{Sha3_256, Sha3_512, Sha256, Sha384, Sha512};
    for algorithms in [&[Sha384][..], &[Sha3_256, Sha3_512]] {
        for payload in [LETTER, b"another letter"] {
            let report = report(&service, &proof, &only(algorithms, payload));
            let sub = SubIndication::SignedDataNotFound;
            assert_verdict(&report, Indication::Indeterminate, sub, Code::PayloadDigestNotStated);
        }
    }
    for algorithms in [&[Sha256][..], &[Sha512], &[Sha384, Sha512]] {
        assert_eq!(report(&service, &proof, &only(algorithms, LETTER)).indication, Indication::TotalPassed);
        assert_eq!(report(&service, &proof, &only(algorithms, b"other")).indication, Indication::TotalFailed);
    }
    // One digest that fits does not outweigh one that does not.
    let mixed = PayloadDigests::from_digests([Sha256.digest(LETTER), Sha512.digest(b"other")]).unwrap();
    assert_eq!(report(&service, &proof, &mixed).indication, Indication::TotalFailed);
    let mixed = PayloadDigests::from_digests([Sha512.digest(b"other"), Sha256.digest(LETTER)]).unwrap();
    assert_eq!(report(&service, &proof, &mixed).indication, Indication::TotalFailed);
}

#[test]
fn digests_from_elsewhere_serve_as_well_as_ones_own() {
    let service = Service::new();
    // Known from the data base of the service, not computed here.
    let stored: Vec<Digest> =
        digests().iter().map(|digest| Digest::new(digest.algorithm(), digest.as_bytes()).unwrap()).collect();
    let stored = PayloadDigests::from_digests(stored).unwrap();
    assert_eq!(report(&service, &service.proof(), &stored).indication, Indication::TotalPassed);
    let mut hasher = PayloadHasher::new();
    LETTER.chunks(3).for_each(|piece| hasher.update(piece));
    assert_eq!(hasher.finish(), digests());
    assert_eq!(PayloadDigests::of_reader(&mut &LETTER[..]).unwrap(), digests());
    // Of the wrong length it is no digest.
    assert_eq!(Digest::new(DigestAlgorithm::Sha256, &[0; 31]), None);
    assert_eq!(Digest::new(DigestAlgorithm::Sha256, &[]), None);
}

#[test]
fn of_several_parts_the_payload_is_one() {
    let service = Service::new();
    let annex = b"the annex";
    let sent = sending()
        .with_part(PartDescription::new("annex.xml", "application/xml").unwrap(), PayloadDigests::of_bytes(annex))
        .unwrap();
    let proof = service.proof_of(&sent);
    for payload in [LETTER, annex] {
        assert_eq!(report(&service, &proof, &PayloadDigests::of_bytes(payload)).indication, Indication::TotalPassed);
    }
    let both = [LETTER, annex].concat();
    assert_eq!(report(&service, &proof, &PayloadDigests::of_bytes(&both)).indication, Indication::TotalFailed);
    // Half of one part and half of the other are neither.
    let mixed =
        PayloadDigests::from_digests([DigestAlgorithm::Sha256.digest(LETTER), DigestAlgorithm::Sha512.digest(annex)]);
    assert_eq!(report(&service, &proof, &mixed.unwrap()).indication, Indication::TotalFailed);
    let again = sent.with_part(letter(), digests());
    assert_eq!(again.unwrap_err(), EvidenceError::Twice("content part's identifier"));
}

#[test]
fn weak_digests_are_not_taken_at_all() {
    let weak = DigestAlgorithm::Sha1.digest(LETTER);
    assert_eq!(PayloadDigests::from_digests([weak]), Err(EvidenceError::WeakDigest));
    assert!(PayloadDigests::from_digests([DigestAlgorithm::Sha224.digest(LETTER)]).is_err());
}

fn signature(service: &Service) -> PayloadSignature {
    let sealed = service.sealer.sign_payload(&digests(), "application/pdf", now()).unwrap();
    sealed.stamp_with(&pool(service.tsa(now()))).unwrap()
}

fn report_signature(service: &Service, signature: &PayloadSignature, payload: &PayloadDigests) -> Report {
    let report = service.verifier().report_payload_signature(signature, payload, later());
    let strict = service.verifier().verify_payload_signature(signature, payload, later());
    assert_eq!(strict.is_ok(), report.indication == Indication::TotalPassed);
    report
}

#[test]
fn a_payload_signature_is_about_its_payload_alone() {
    let service = Service::new();
    let signature = signature(&service);
    let good = report_signature(&service, &signature, &digests());
    assert_eq!((good.indication, good.event), (Indication::TotalPassed, None));
    let report = report_signature(&service, &signature, &PayloadDigests::of_bytes(b"another letter"));
    assert_verdict(&report, Indication::TotalFailed, SubIndication::HashFailure, Code::MessageDigestDiffers);
    // Only the digest under the algorithm of the signature can tell.
    let elsewise = report_signature(&service, &signature, &only(&[DigestAlgorithm::Sha512], LETTER));
    assert_verdict(&elsewise, Indication::Indeterminate, SubIndication::SignedDataNotFound, Code::ContentNotGiven);
}

#[test]
fn a_payload_signature_needs_the_digest_of_its_algorithm() {
    let service = Service::new();
    let error =
        service.sealer.sign_payload(&only(&[DigestAlgorithm::Sha512], LETTER), "text/plain", now()).unwrap_err();
    assert!(matches!(error, SealError::DigestMissing(_)), "{error}");
    let too_long = format!("text/{}", "x".repeat(300));
    for wrong in ["", too_long.as_str()] {
        assert!(matches!(service.sealer.sign_payload(&digests(), wrong, now()), Err(SealError::MediaType)));
    }
    let p384 = Service::with_pki(TestPki::of_kind(&KeyKind::EcP384, now()).unwrap());
    assert!(p384.sealer.sign_payload(&digests(), "text/plain", now()).is_err());
    let sealed = p384.sealer.sign_payload(&only(&[DigestAlgorithm::Sha384], LETTER), "text/plain", now()).unwrap();
    let signature = sealed.stamp_with(&pool(p384.tsa(now()))).unwrap();
    let verdict = report_signature(&p384, &signature, &only(&[DigestAlgorithm::Sha384], LETTER));
    assert_eq!(verdict.indication, Indication::TotalPassed);
}

#[test]
fn a_payload_signature_without_its_token_is_indeterminate() {
    let service = Service::new();
    let signature = signature(&service);
    let without = Node::parse(signature.der()).with(|file| {
        // Detached, so that there is one element less before the SignerInfo's fields.
        file.at_mut(der::SIGNER_INFO).children_mut().pop();
    });
    let without = PayloadSignature::from_der(&without.to_der()).unwrap();
    let report = report_signature(&service, &without, &digests());
    assert_verdict(&report, Indication::Indeterminate, SubIndication::NoPoe, Code::TimestampMissing);
    let sealed = service.sealer.sign_payload(&digests(), "application/pdf", now()).unwrap();
    let report = report_signature(&service, sealed.as_artifact(), &digests());
    assert_verdict(&report, Indication::Indeterminate, SubIndication::NoPoe, Code::TimestampMissing);
}

#[test]
fn a_proof_is_no_payload_signature_and_a_payload_signature_no_proof() {
    let service = Service::new();
    let (proof, signature) = (service.proof(), signature(&service));
    let error = PayloadSignature::from_der(proof.der()).unwrap_err();
    assert_eq!(error, DecodeError::Profile(ProfileViolation::ContentAttached));
    let error = ProofOfSending::from_der(signature.der()).unwrap_err();
    assert_eq!(error, DecodeError::Profile(ProfileViolation::ContentMissing));
    // A proof whose statement was cut out reads as a signature over the statement, and is one over nothing else.
    let detached = Node::parse(proof.der()).with(|file| drop(file.at_mut(&[1, 0, 2]).children_mut().pop()));
    let detached = PayloadSignature::from_der(&detached.to_der()).unwrap();
    assert_eq!(report_signature(&service, &detached, &digests()).indication, Indication::TotalFailed);
}

#[test]
fn a_payload_signature_by_a_stranger_does_not_pass() {
    let (service, stranger) = (Service::new(), Service::new());
    let sealed = stranger.sealer.sign_payload(&digests(), "application/pdf", now()).unwrap();
    let signature = sealed.stamp_with(&pool(service.tsa(now()))).unwrap();
    assert_eq!(report_signature(&service, &signature, &digests()).indication, Indication::Indeterminate);
}

/// The content may be signed, and a sending can carry its signature as a part.
#[test]
fn a_payload_that_is_signed_itself_is_told_and_its_signature_is_judged_by_its_own_door() {
    let service = Service::new();
    let attached = service.proof_of(&sending()).der().to_vec();
    let tsa = service.tsa(now() + chrono::Duration::seconds(2));
    let detached = service.sealer.sign_payload(&digests(), "application/pdf", now()).unwrap();
    let detached = detached.stamp_with(&pool(tsa)).unwrap().der().to_vec();
    let pdf = b"%PDF-1.7\n1 0 obj << /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >> endobj".to_vec();
    let stated = |payload: &[u8]| {
        let part = PartDescription::new("signed", "application/octet-stream").unwrap();
        let proof = service.proof_of(&sending().with_part(part, PayloadDigests::of_bytes(payload)).unwrap());
        let report = service.verifier().report(&proof, Payload::Octets(payload), later());
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(has(&report, Code::PayloadMatches), "{report}");
        service.verifier().verify(&proof, Payload::Octets(payload), later()).unwrap();
        let told = report.findings.into_iter().find(|finding| finding.code == Code::PayloadSigned);
        told.and_then(|finding| finding.stated)
    };
    assert_eq!(stated(&attached).as_deref(), Some("a CMS SignedData around its content, signers: 1"));
    assert_eq!(stated(&detached).as_deref(), Some("a detached CMS SignedData, signers: 1"));
    assert_eq!(stated(&pdf).as_deref(), Some("a PDF with a signature dictionary"));
    let xml = br##"<letter><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#"/></ds:Signature></letter>"##;
    assert_eq!(stated(xml).as_deref(), Some("an XML document with a XAdES signature"));
    let mail = b"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n";
    assert_eq!(stated(mail).as_deref(), Some("a mail with an S/MIME signature"));
    // The header is {"alg":"ES256","sigT":""}.
    let json = br#"{"payload":"","protected":"eyJhbGciOiJFUzI1NiIsInNpZ1QiOiIifQ","signature":"AAAA"}"#;
    assert_eq!(stated(json).as_deref(), Some("a JSON Web Signature of JAdES"));
    assert_eq!(stated(b"an unsigned letter"), None);
    // Of another payload nothing is told but that it is another one.
    let report = service.verifier().report(&service.proof(), Payload::Octets(&attached), later());
    assert_verdict(&report, Indication::TotalFailed, SubIndication::HashFailure, Code::PayloadDiffers);
    assert!(!has(&report, Code::PayloadSigned));
    for (signature, content) in [(&attached, Content::Attached), (&detached, Content::Octets(LETTER))] {
        let signatures = service.verifier().report_signatures(signature, content, later());
        assert_eq!(signatures.worst().map(|report| report.indication), Some(Indication::TotalPassed));
    }
}
