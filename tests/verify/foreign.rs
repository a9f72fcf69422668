//! These tests verify signatures made by others, and what their makers try with content.

use crate::common::oid;
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::seal::ProofOfSending;
use recommande::testing::{CertificateSpec, Forge, TestPki, tlv};
use recommande::verify::{Code, Content, ContentDigests, Indication, Level, Payload, Policy, Report, SubIndication};
use recommande::{Environment, TrustAnchors, Verifier};
use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampResp};
use signed_data::tlv::Tag;

use crate::common::der::{self, Node};
use crate::common::records::stamp_with;
use crate::common::{Service, later, now};

fn verifier(service: &Service) -> Verifier {
    Verifier::new(service.pki.seal_anchors(), service.pki.tsa_anchors(), Environment::Test)
}

fn has(report: &Report, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

#[test]
fn attached_content_must_be_the_content_that_is_given() {
    let service = Service::new();
    let proof = service.proof();
    let parsed = signed_data::SignedData::parse(proof.der()).unwrap();
    let content = parsed.encap_content_info.content.unwrap();
    let report =
        |content: Content<'_>| verifier(&service).report_signatures(proof.der(), content, later()).reports.remove(0);
    assert_eq!(report(Content::Attached).indication, Indication::TotalPassed);
    assert_eq!(report(Content::Octets(content)).indication, Indication::TotalPassed);
    let of_another_content = report(Content::Octets(b"another content"));
    assert!(
        of_another_content.indication == Indication::TotalFailed
            && has(&of_another_content, Code::AttachedContentDiffers),
        "{of_another_content}"
    );
    // The signature is over what is given, and something else stands in the file.
    let mut forged = proof.der().to_vec();
    let at = forged.windows(content.len()).position(|window| window == content).unwrap();
    forged[at + 20] ^= 1;
    let report = verifier(&service).report_signatures(&forged, Content::Octets(content), later()).reports.remove(0);
    assert!(report.indication == Indication::TotalFailed && has(&report, Code::AttachedContentDiffers), "{report}");
    let nothing = ContentDigests::new([]);
    let report =
        verifier(&service).report_signatures(proof.der(), Content::Digests(&nothing), later()).reports.remove(0);
    assert_ne!(report.indication, Indication::TotalPassed, "{report}");
}

#[test]
fn signed_attributes_in_the_place_of_content_are_no_content() {
    let service = Service::new();
    let proof = service.proof();
    let parsed = signed_data::SignedData::parse(proof.der()).unwrap();
    let signer = &parsed.signer_infos[0];
    let attributes = signer.signed_attributes.as_ref().unwrap().as_set();
    let oid = |oid: const_oid::ObjectIdentifier| tlv(Tag::OBJECT_IDENTIFIER, &[oid.as_bytes()]);
    let signer_info = tlv(
        Tag::SEQUENCE,
        &[
            signer.version_raw,
            signer.sid_raw,
            signer.digest_algorithm.raw,
            signer.signature_algorithm.raw,
            signer.signature_raw,
        ],
    );
    let content = tlv(Tag::context(0), &[&tlv(Tag::OCTET_STRING, &[&attributes])]);
    let signed_data = tlv(
        Tag::SEQUENCE,
        &[
            &tlv(Tag::INTEGER, &[&[1]]),
            &tlv(Tag::SET, &[signer.digest_algorithm.raw]),
            &tlv(Tag::SEQUENCE, &[&oid(oid::DATA), &content]),
            parsed.certificates_raw.unwrap().raw,
            &tlv(Tag::SET, &[&signer_info]),
        ],
    );
    let file = tlv(Tag::SEQUENCE, &[&oid(oid::SIGNED_DATA), &tlv(Tag::context(0), &[&signed_data])]);
    let lenient = verifier(&service).with_policy(Policy::conformance());
    let report = lenient.report_signatures(&file, Content::Attached, later()).reports.remove(0);
    assert!(has(&report, Code::SignatureValid) && has(&report, Code::ContentIsSignedAttributes), "{report}");
    assert_eq!(report.indication, Indication::TotalFailed, "{report}");
}

/// A signature that is stamped now, over a timestamp of its content at another time.
fn over_content_timestamp(service: &Service, content_time: DateTime<Utc>) -> Vec<u8> {
    let content = b"content";
    let token = |data: &[u8], nonce: u8, time| {
        let digest = DigestAlgorithm::Sha256.digest(data);
        let request = TimeStampReq::new(MessageImprint::new(oid::SHA256, digest.as_bytes()))
            .with_nonce(Nonce::from_bytes(&[nonce; 8]));
        let response = service.tsa(time).respond(&request.to_der());
        TimeStampResp::from_bytes(&response).unwrap().token.unwrap().to_definite().to_vec()
    };
    let mut forge = Forge::seal(content, &service.pki.seal, &service.pki.seal_chain(), now());
    forge.signers[0].set(oid::CONTENT_TIME_STAMP, &[&token(content, 7, content_time)]);
    forge.sign(&*service.pki.seal.signer).unwrap();
    let stamp = token(&forge.signers[0].signature, 9, now());
    forge.signers[0].stamp(&stamp);
    forge.to_der()
}

#[test]
fn content_is_not_proven_after_its_signature() {
    let service = Service::new();
    for (content_time, in_order) in [(now() - Duration::minutes(1), true), (now() + Duration::minutes(1), false)] {
        let signature = over_content_timestamp(&service, content_time);
        let report = verifier(&service).report_signatures(&signature, Content::Attached, later()).reports.remove(0);
        assert_eq!(has(&report, Code::ContentTimestampAfterSigning), !in_order, "{report}");
        assert_eq!(report.indication == Indication::TotalPassed, in_order, "{report}");
    }
}

/// A certificate that ends after the content was stamped may have signed in time, and one that had ended before cannot. Whose
/// certificate it is has to be known first.
#[test]
fn a_content_timestamp_after_the_end_of_the_certificate_fails_the_signature() {
    use Indication::{Indeterminate, TotalFailed, TotalPassed};
    let content_time = now() - Duration::minutes(1);
    let cases = [
        (content_time - Duration::seconds(1), TotalFailed, Some(SubIndication::Expired)),
        (content_time, Indeterminate, Some(SubIndication::OutOfBoundsNoPoe)),
        (now(), TotalPassed, None),
    ];
    for (end, indication, sub_indication) in cases {
        let mut pki = TestPki::new(now()).unwrap();
        let spec = CertificateSpec::seal("Test Seal", now() - Duration::days(1), end);
        pki.seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
        let service = Service::with_pki(pki);
        let signature = over_content_timestamp(&service, content_time);
        let report = verifier(&service).report_signatures(&signature, Content::Attached, later()).reports.remove(0);
        assert_eq!((report.indication, report.sub_indication), (indication, sub_indication), "{report}");
        assert_eq!(has(&report, Code::SignedAfterExpiry), indication == TotalFailed, "{report}");
        let strange = Verifier::new(TrustAnchors::new(), service.pki.tsa_anchors(), Environment::Test);
        let report = strange.report_signatures(&signature, Content::Attached, later()).reports.remove(0);
        assert_eq!(report.sub_indication, Some(SubIndication::NoCertificateChainFound), "{report}");
    }
}

/// A signature without a timestamp exists when it is verified, and was made before.
#[test]
fn a_signature_of_the_future_is_told_by_a_warning_when_no_time_is_proven() {
    let service = Service::new();
    for (ahead, is_told) in [(-1, false), (60, false), (61, true), (86_400, true)] {
        let signing_time = later() + Duration::seconds(ahead);
        let mut forge = Forge::seal(b"content", &service.pki.seal, &service.pki.seal_chain(), signing_time);
        forge.sign(&*service.pki.seal.signer).unwrap();
        let verifier = verifier(&service);
        let report = verifier.report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0);
        assert_eq!(has(&report, Code::SigningTimeAhead), is_told, "{ahead}: {report}");
        assert_eq!(report.indication, Indication::TotalPassed, "{ahead}: {report}");
    }
}

/// A claimed signing time after the proven one is a fast clock, however fast: ETSI EN 319 102-1 V1.4.1, clause 5.5.4 (4)(e),
/// orders timestamps among themselves. Our own proofs are stricter, since seal and request are made by one clock.
#[test]
fn a_claimed_time_ahead_of_the_proven_one_is_a_warning_in_signatures_by_others() {
    let service = Service::new();
    let stamped = now() + Duration::seconds(2);
    for (ahead, is_ahead) in [
        (Duration::zero(), false),
        (Duration::seconds(61), false),
        (Duration::seconds(62), true),
        (Duration::minutes(3), true),
        (Duration::days(3), true),
        (Duration::days(90), true),
    ] {
        let mut forge = Forge::seal(b"content", &service.pki.seal, &service.pki.seal_chain(), stamped + ahead);
        forge.sign(&*service.pki.seal.signer).unwrap();
        let digest = DigestAlgorithm::Sha256.digest(&forge.signers[0].signature);
        forge.signers[0].stamp(stamp_with(&service.tsa(stamped), digest).as_bytes());
        let judge = |policy: Policy| {
            let verifier = verifier(&service).with_policy(policy);
            verifier.report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0)
        };
        let report = judge(Policy::default());
        assert_eq!(report.indication, Indication::TotalPassed, "{ahead}: {report}");
        assert_eq!(report.proven_at, Some(stamped), "{ahead}: {report}");
        assert_eq!(has(&report, Code::SigningTimeAhead), is_ahead, "{ahead}: {report}");
        assert_eq!(has(&report, Code::SigningTimeInOrder), !is_ahead, "{ahead}: {report}");
        let mut policy = Policy::default();
        assert!(policy.levels.set(Code::SigningTimeAhead, Level::Fail));
        let raised = judge(policy);
        let sub_indication = is_ahead.then_some(SubIndication::TimestampOrderFailure);
        assert_eq!(raised.sub_indication, sub_indication, "{ahead}: {raised}");
    }
    // One file of ours, as a proof and as a signature by anybody.
    let sealed = Node::parse(service.sealed().der());
    let digest = DigestAlgorithm::Sha256.digest(&sealed.at(der::SIGNER_INFO).children()[5].contents());
    let token = Node::parse(stamp_with(&service.tsa(now() - Duration::minutes(3)), digest).as_bytes());
    let file = sealed.with_unsigned(der::attribute(oid::SIGNATURE_TIME_STAMP, vec![token])).to_der();
    let proof = ProofOfSending::from_der(&file).unwrap();
    let own = service.verifier().report(&proof, Payload::NotAvailable, later());
    assert_eq!(own.sub_indication, Some(SubIndication::TimestampOrderFailure), "{own}");
    assert!(has(&own, Code::SigningTimeAfterTimestamp) && !has(&own, Code::SigningTimeAhead), "{own}");
    let foreign = service.verifier().report_signatures(&file, Content::Attached, later()).reports.remove(0);
    assert_eq!(foreign.indication, Indication::TotalPassed, "{foreign}");
    assert!(has(&foreign, Code::SigningTimeAhead), "{foreign}");
}
