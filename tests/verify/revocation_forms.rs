//! These tests ask where revocation data may lie in a file by others, and what is said of data that does not count.

use const_oid::ObjectIdentifier;
use recommande::pki::revocation::{OcspStatus, RevocationReason};
use recommande::testing::{
    Coverage, CrlSpec, Forge, IssuingPointSpec, OcspAnswerSpec, OcspSpec, TestPki, attribute, tlv,
};
use recommande::verify::{Code, Content, Report};
use recommande::{Environment, Verifier};
use signed_data::tlv::{Reader, Tag};

use crate::common::{later, now, oid};

fn judge(pki: &TestPki, change: impl FnOnce(&mut Forge)) -> Report {
    let mut forge = Forge::seal(b"content", &pki.seal, &pki.seal_chain(), now());
    forge.sign(&*pki.seal.signer).unwrap();
    change(&mut forge);
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    verifier.report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0)
}

fn has(report: &Report, code: Code) -> bool {
    report.findings.iter().any(|finding| finding.code == code)
}

fn answer(pki: &TestPki) -> Vec<u8> {
    let status = OcspStatus::Revoked { date: now(), reason: Some(RevocationReason::Superseded) };
    let answer = OcspAnswerSpec::new(&pki.seal.certificate, &pki.intermediate.certificate, status, later());
    pki.intermediate.answer_ocsp(&OcspSpec::new(later(), answer)).unwrap()
}

fn basic(response: &[u8]) -> Vec<u8> {
    let read = |octets| Reader::new(octets, "OCSPResponse").any().unwrap().reader("OCSPResponse");
    let mut response = read(response);
    response.any().unwrap();
    let mut bytes = read(response.any().unwrap().value);
    bytes.any().unwrap();
    bytes.octet_string().unwrap().to_vec()
}

#[test]
fn a_revocation_is_seen_under_any_identifier() {
    let pki = TestPki::new(now()).unwrap();
    let (response, identifier) = (answer(&pki), |text| ObjectIdentifier::new_unwrap(text));
    let forms = [response.clone(), basic(&response), tlv(Tag::OCTET_STRING, &[&response])];
    for (number, form) in forms.iter().enumerate() {
        for name in ["1.3.6.1.5.5.7.16.2", "1.3.6.1.5.5.7.48.1.1", "1.3.6.1.5.5.7.48.1", "1.2.3.4"] {
            let oid = tlv(Tag::OBJECT_IDENTIFIER, &[identifier(name).as_bytes()]);
            let report = judge(&pki, |forge| forge.crls.push(tlv(Tag::context(1), &[&oid, form])));
            assert!(has(&report, Code::RevokedNoPoe), "{name} {number}: {report}");
            let is_of_rfc_5940 = number == 0 && name == "1.3.6.1.5.5.7.16.2";
            assert_eq!(has(&report, Code::RevocationDataFormOther), !is_of_rfc_5940, "{name} {number}: {report}");
            // In otherRevVals of revocation-values.
            let other = tlv(Tag::context(2), &[&tlv(Tag::SEQUENCE, &[&oid, form])]);
            let values = attribute(oid::REVOCATION_VALUES, &[&tlv(Tag::SEQUENCE, &[&other])]);
            let report = judge(&pki, |forge| forge.signers[0].unsigned_attributes.push(values));
            assert!(has(&report, Code::RevokedNoPoe), "{name} {number}: {report}");
        }
    }
    // In the place of a CRL.
    for form in &forms[..2] {
        let report = judge(&pki, |forge| forge.crls.push(form.clone()));
        assert!(has(&report, Code::RevokedNoPoe) && has(&report, Code::RevocationDataFormOther), "{report}");
    }
    // What is neither is set aside by its identifier.
    let oid = tlv(Tag::OBJECT_IDENTIFIER, &[identifier("1.2.3.4").as_bytes()]);
    let report = judge(&pki, |forge| forge.crls.push(tlv(Tag::context(1), &[&oid, &tlv(Tag::NULL, &[])])));
    assert!(has(&report, Code::RevocationDataSetAside) && !has(&report, Code::RevocationDataFormOther), "{report}");
}

#[test]
fn a_crl_that_does_not_cover_the_certificate_is_named() {
    let pki = TestPki::new(now()).unwrap();
    let scope = IssuingPointSpec { coverage: Coverage::CaCerts, ..IssuingPointSpec::default() };
    let spec = CrlSpec::new(now(), later()).with_issuing_distribution_point(&scope);
    let crl = pki.intermediate.issue_crl(&spec).unwrap();
    let report = judge(&pki, |forge| forge.crls.push(crl));
    let named = report.findings.iter().find(|finding| finding.code == Code::RevocationDataSetAside).expect("named");
    let text = named.computed.clone().unwrap();
    for part in ["CN=Test Seal CA", "2026-11-22T09:15:04Z", "authorities only"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(has(&report, Code::RevocationNotChecked), "{report}");
}

#[test]
fn a_crl_that_breaks_a_rule_is_used_with_a_warning() {
    let pki = TestPki::new(now()).unwrap();
    let plain = CrlSpec::new(now(), later() + chrono::TimeDelta::days(1));
    let judged = |spec: &CrlSpec| {
        let crl = pki.intermediate.issue_crl(spec).unwrap();
        let report = judge(&pki, |forge| forge.crls.push(crl));
        assert!(has(&report, Code::NotRevoked), "{report}");
        has(&report, Code::CrlNotConformant)
    };
    assert!(!judged(&plain) && judged(&plain.without_version()));
}
