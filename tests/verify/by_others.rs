//! These tests ask what the verifier makes of files by others that depart from a standard, and how it says so.

use chrono::Duration;
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::testing::{
    AttributeOrder, CertificateSpec, CertifiedKey, Forge, ForgedTstInfo, TestPki, attribute, signing_certificate, tlv,
};
use recommande::verify::{Code, Content, ContentDigests, Indication, Report, SubIndication};
use recommande::{Certificate, Environment, TrustAnchors, Verifier};
use rfc3161_client::{MessageImprint, TimeStampReq};
use signed_data::tlv::Tag;

use crate::common::{later, now, oid};

fn verifier(pki: &TestPki) -> Verifier {
    Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test)
}

fn forge(pki: &TestPki) -> Forge {
    Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now())
}

fn judge(pki: &TestPki, forge: &Forge) -> Report {
    verifier(pki).report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0)
}

fn judged(pki: &TestPki, change: impl FnOnce(&mut Forge)) -> Report {
    let mut forge = forge(pki);
    change(&mut forge);
    forge.sign(&*pki.seal.signer).unwrap();
    judge(pki, &forge)
}

fn text(report: &Report, code: Code) -> Option<String> {
    let finding = report.findings.iter().find(|finding| finding.code == code)?;
    Some([&finding.stated, &finding.computed].into_iter().flatten().cloned().collect::<Vec<_>>().join("; "))
}

fn has(report: &Report, code: Code) -> bool {
    text(report, code).is_some()
}

/// The seal's certificate with one extension added.
fn seal_with(pki: &TestPki, oid: const_oid::ObjectIdentifier, value: &[u8]) -> CertifiedKey {
    let spec = CertificateSpec::seal("Test Seal", now() - Duration::days(1), now() + Duration::days(9));
    pki.intermediate.issue(&spec.with_extension(oid, value.to_vec()), pki.seal.signer.clone()).unwrap()
}

fn sealed_by(pki: &TestPki, key: &CertifiedKey) -> Report {
    let chain = [key.certificate.clone(), pki.intermediate.certificate.clone()];
    let mut forge = Forge::seal(b"content", key, &chain, now());
    forge.sign(&*key.signer).unwrap();
    judge(pki, &forge)
}

#[test]
fn a_certificate_with_a_malformed_extension_is_there() {
    let pki = TestPki::new(now()).unwrap();
    let harmless = sealed_by(&pki, &seal_with(&pki, oid::PRIVATE_KEY_USAGE_PERIOD, &[0x30, 2, 0x80, 0]));
    assert_eq!(harmless.indication, Indication::TotalPassed, "{harmless}");
    assert!(text(&harmless, Code::CertificateExtensionUnreadable).unwrap().starts_with("privateKeyUsagePeriod"));
    let limit = sealed_by(&pki, &seal_with(&pki, oid::EXTENDED_KEY_USAGE, &[0x30, 0]));
    assert!(has(&limit, Code::SigningCertificateFound) && has(&limit, Code::ChainConstraint), "{limit}");
    assert!(text(&limit, Code::CertificateExtensionUnreadable).unwrap().starts_with("extKeyUsage"));
    assert_eq!(limit.indication, Indication::Indeterminate, "{limit}");
}

/// A certificate whose notAfter says something else, signed by nobody.
fn with_not_after(certificate: &Certificate, time: &str) -> Vec<u8> {
    let stated = certificate.not_after().format("%y%m%d%H%M%SZ").to_string();
    let der = certificate.der();
    let at = der.windows(stated.len()).position(|window| window == stated.as_bytes()).unwrap();
    let mut node = crate::common::der::Node::parse(der);
    let place = crate::common::der::places(der)[at].clone();
    *node.at_mut(&place).octets_mut() = time.as_bytes().to_vec();
    node.to_der()
}

#[test]
fn a_certificate_that_cannot_be_read_is_said_to_be_there() {
    let pki = TestPki::new(now()).unwrap();
    for time in ["281121091504+0100", "281121091504", "2811210915", "281321091504Z", ""] {
        let unreadable = with_not_after(&pki.seal.certificate, time);
        let report = judged(&pki, |forge| forge.certificates[0] = unreadable.clone());
        assert!(text(&report, Code::SigningCertificateUnreadable).unwrap().contains("notAfter"), "{time}: {report}");
        assert!(
            has(&report, Code::CertificateUnreadable) && !has(&report, Code::SigningCertificateNotFound),
            "{report}"
        );
        // Beside the one that is meant, it is only named.
        let report = judged(&pki, |forge| forge.certificates.push(unreadable));
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert!(text(&report, Code::CertificateUnreadable).unwrap().contains("notAfter"), "{report}");
    }
}

#[test]
fn an_anchors_file_names_the_certificate_that_it_cannot_take() {
    let pki = TestPki::new(now()).unwrap();
    let pem = |der: &[u8]| pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, der).unwrap();
    let malformed = seal_with(&pki, oid::EXTENDED_KEY_USAGE, &[0x30, 0]);
    let readable = [pki.root.certificate.der(), malformed.certificate.der()].map(pem).concat();
    assert_eq!(TrustAnchors::from_pem(&readable).unwrap().len(), 2);
    let unreadable = pem(&with_not_after(&pki.seal.certificate, "281121091504+0100"));
    let error = TrustAnchors::from_pem(&[readable, unreadable].concat()).unwrap_err().to_string();
    assert!(error.contains("certificate number 3") && error.contains("notAfter"), "{error}");
}

#[test]
fn a_signing_time_with_an_offset_is_read_in_files_by_others() {
    let pki = TestPki::new(now()).unwrap();
    let signed_at = |tag: Tag, time: &str| {
        let time = tlv(tag, &[time.as_bytes()]);
        judged(&pki, |forge| forge.signers[0].set(oid::SIGNING_TIME, &[&time]))
    };
    let stated = |report: &Report| text(report, Code::SigningTimeStated);
    let expected = || Some("2026-11-22T09:15:04Z".to_owned());
    for (tag, time) in [
        (Tag::UTC_TIME, "261122101504+0100"),
        (Tag::GENERALIZED_TIME, "20261122101504+01"),
        (Tag::UTC_TIME, "261122034504-0530"),
        (Tag::UTC_TIME, "261122091504"),
        (Tag::GENERALIZED_TIME, "20261122091504.0Z"),
        (Tag::GENERALIZED_TIME, "20261122091504Z"),
        (Tag::GENERALIZED_TIME, "20261122101504+0100"),
    ] {
        let report = signed_at(tag, time);
        assert_eq!((report.indication, stated(&report)), (Indication::TotalPassed, expected()), "{time} {report}");
        assert!(has(&report, Code::SigningTimeCoding), "{time}");
    }
    let plain = signed_at(Tag::UTC_TIME, "261122091504Z");
    assert!(!has(&plain, Code::SigningTimeCoding) && stated(&plain) == expected());
    for time in [
        "261122091504+1",
        "261122091504+2400",
        "261122091504+0060",
        "261122091504+01000",
        "261122091504+-100",
        "x",
        "",
        "+0100",
    ] {
        let report = signed_at(Tag::UTC_TIME, time);
        // It counts as absent (ETSI EN 319 102-1 V1.4.1, clause 5.2.8.4.1).
        assert!(has(&report, Code::SignedAttributeUnreadable), "{time}: {report}");
        assert!(has(&report, Code::SigningTimeMissing) && stated(&report).is_none(), "{time}: {report}");
        let verdict = (report.indication, report.sub_indication);
        assert_eq!(verdict, (Indication::Indeterminate, Some(SubIndication::SigConstraintsFailure)), "{report}");
    }
}

/// RFC 5652 §5.4 signs the DER of the attributes. Others sign them as they send them, or send them in another order.
#[test]
fn the_order_of_signed_attributes_is_a_warning_and_no_more() {
    let pki = TestPki::new(now()).unwrap();
    let reversed = |order, is_changed: bool| {
        let mut forge = forge(&pki);
        forge.signers[0].attributes.sort();
        forge.signers[0].attributes.reverse();
        forge.signers[0].order = order;
        forge.sign(&*pki.seal.signer).unwrap();
        if is_changed {
            forge.signers[0].remove(oid::SIGNING_TIME);
        }
        judge(&pki, &forge)
    };
    assert!(judged(&pki, |_| {}).findings.iter().all(|finding| !ORDERS.contains(&finding.code)));
    for order in [AttributeOrder::AsListed, AttributeOrder::SignedInDer] {
        let report = reversed(order, false);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.findings.iter().filter(|finding| ORDERS.contains(&finding.code)).count(), 1, "{report}");
        let changed = reversed(order, true);
        assert_eq!(changed.indication, Indication::TotalFailed, "{changed}");
    }
}

/// What is said of them.
const ORDERS: [Code; 2] = [Code::SignatureValidOverSortedAttributes, Code::SignedAttributesNotDer];

#[test]
fn countersignatures_are_named_even_when_they_are_broken() {
    let pki = TestPki::new(now()).unwrap();
    assert!(!has(&judged(&pki, |_| {}), Code::CountersignatureNotEvaluated));
    let signature_of_another = forge(&pki);
    let signed_data = crate::common::der::Node::parse(&signature_of_another.to_der());
    let signer_info = signed_data.at(crate::common::der::SIGNER_INFO).to_der();
    let report = judged(&pki, |forge| {
        let broken = tlv(Tag::SEQUENCE, &[&[4, 0]]);
        let values = [signer_info.as_slice(), &broken];
        forge.signers[0].unsigned_attributes.push(attribute(oid::COUNTERSIGNATURE, &values));
    });
    assert!(text(&report, Code::CountersignatureNotEvaluated).unwrap().contains("CN=Test Seal CA"), "{report}");
    assert!(has(&report, Code::CountersignatureUnreadable), "{report}");
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

#[test]
fn countersignatures_are_all_counted_and_the_first_of_each_kind_are_named() {
    let pki = TestPki::new(now()).unwrap();
    let signed_data = crate::common::der::Node::parse(&forge(&pki).to_der());
    let signer_info = signed_data.at(crate::common::der::SIGNER_INFO).to_der();
    let broken = tlv(Tag::SEQUENCE, &[&[4, 0]]);
    for (readable, unreadable, more) in [(8, 8, 0), (9, 0, 1), (12, 20, 16)] {
        let report = judged(&pki, |forge| {
            let readable = std::iter::repeat_n(signer_info.as_slice(), readable);
            let values: Vec<&[u8]> = readable.chain(std::iter::repeat_n(broken.as_slice(), unreadable)).collect();
            forge.signers[0].unsigned_attributes.push(attribute(oid::COUNTERSIGNATURE, &values));
        });
        let listed = report.countersignatures.len();
        assert_eq!((listed, report.more_countersignatures), (readable + unreadable - more, more), "{report}");
        assert_eq!(report.to_string().contains(&format!("and {more} more")), more > 0, "{report}");
    }
}

#[test]
fn an_ed25519_signature_over_sha_256_attributes_warns() {
    let pki = TestPki::of_kind(&KeyKind::Ed25519, now()).unwrap();
    assert!(!has(&judged(&pki, |_| {}), Code::EddsaDigestOther));
    let report = judged(&pki, |forge| {
        let algorithm = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[oid::SHA256.as_bytes()])]);
        let digest = DigestAlgorithm::Sha256.digest(b"content");
        let signer = &mut forge.signers[0];
        signer.digest_algorithm = algorithm;
        signer.remove(oid::CMS_ALGORITHM_PROTECTION);
        signer.set(oid::MESSAGE_DIGEST, &[&tlv(Tag::OCTET_STRING, &[digest.as_bytes()])]);
        let reference = signing_certificate(&pki.seal.certificate, DigestAlgorithm::Sha256);
        signer.set(oid::SIGNING_CERTIFICATE_V2, &[&reference]);
    });
    assert!(has(&report, Code::EddsaDigestOther) && has(&report, Code::SignatureValid), "{report}");
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
}

#[test]
fn a_token_that_names_its_signer_in_another_form_answers_the_request() {
    use crate::common::der::{Body, Node};
    fn printable(node: &mut Node) {
        if node.tag == 0x0c {
            node.tag = 0x13;
        }
        if let Body::Children(children) = &mut node.body {
            children.iter_mut().for_each(printable);
        }
    }
    let pki = TestPki::new(now()).unwrap();
    let digest = DigestAlgorithm::Sha256.digest(b"content");
    let request = TimeStampReq::new(MessageImprint::new(oid::SHA256, digest.as_bytes()));
    let mut token = Forge::token(&ForgedTstInfo::of(b"content", DigestAlgorithm::Sha256, now()), &pki.tsa);
    token.certificates.push(pki.tsa_root.certificate.der().to_vec());
    let mut sid = Node::parse(&token.signers[0].sid);
    printable(&mut sid);
    token.signers[0].sid = sid.to_der();
    token.sign(&*pki.tsa.signer).unwrap();
    let data = ContentDigests::new([digest]);
    let report = verifier(&pki).report_timestamp(&token.to_der(), &data, Some(&request), later());
    assert!(report.indication == Indication::TotalPassed && has(&report, Code::RequestAnswered), "{report}");
    // With none of its number it is not there.
    token.certificates.remove(0);
    let report = verifier(&pki).report_timestamp(&token.to_der(), &data, Some(&request), later());
    assert!(has(&report, Code::RequestNotAnswered), "{report}");
}
