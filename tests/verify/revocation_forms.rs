//! These tests ask where revocation data may lie in a file by others, and what is said of data that does not count.

use chrono::TimeDelta;
use const_oid::ObjectIdentifier;
use recommande::pki::revocation::{OcspStatus, RevocationData, RevocationDataError, RevocationReason, limits};
use recommande::pki::{Offered, OfferedError};
use recommande::testing::{
    CertificateSpec, Coverage, CrlSpec, DistributionPointSpec, Forge, IssuingPointSpec, OcspAnswerSpec, OcspSpec,
    PointNameSpec, TestPki, attribute, tlv,
};
use recommande::verify::{Code, Content, Report};
use recommande::{Environment, TrustAnchors, Verifier};
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

/// A response that says revoked, in the forms in which files hold it. Beside it lies one that says good.
fn forms(pki: &TestPki, response: &[u8]) -> Vec<Vec<u8>> {
    let good = OcspAnswerSpec::new(&pki.intermediate.certificate, &pki.root.certificate, OcspStatus::Good, later());
    let good = pki.root.answer_ocsp(&OcspSpec::new(later(), good)).unwrap();
    let response_bytes = |response: &[u8]| {
        let basic_type =
            tlv(Tag::OBJECT_IDENTIFIER, &[ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1").as_bytes()]);
        tlv(Tag::SEQUENCE, &[&basic_type, &tlv(Tag::OCTET_STRING, &[&basic(response)])])
    };
    let bytes = response_bytes(response);
    vec![
        response.to_vec(),
        basic(response),
        tlv(Tag::OCTET_STRING, &[response]),
        bytes.clone(),
        tlv(Tag::SEQUENCE, &[&good, response]),
        tlv(Tag::SEQUENCE, &[&basic(&good), &basic(response)]),
        tlv(Tag::SEQUENCE, &[&response_bytes(&good), &bytes]),
        tlv(Tag::SET, &[&good, response]),
        tlv(Tag::SET, &[&basic(response)]),
        tlv(Tag::SET, &[&tlv(Tag::OCTET_STRING, &[response])]),
    ]
}

/// What cannot be read is set aside with its reason, and is not told as data in another form, which is used.
#[test]
fn what_is_not_used_does_not_look_like_what_is_used() {
    let pki = TestPki::new(now()).unwrap();
    let crl = pki.intermediate.issue_crl(&CrlSpec::new(now(), later() + chrono::TimeDelta::days(1))).unwrap();
    let typed = |name: &str, info: &[u8]| {
        let oid = tlv(Tag::OBJECT_IDENTIFIER, &[ObjectIdentifier::new_unwrap(name).as_bytes()]);
        tlv(Tag::context(1), &[&oid, info])
    };
    let response = answer(&pki);
    let octets = tlv(Tag::OCTET_STRING, &[&basic(&response)[..40]]);
    let basic_type = tlv(Tag::OBJECT_IDENTIFIER, &[ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1").as_bytes()]);
    let cut = tlv(Tag::SEQUENCE, &[&basic_type, &octets]);
    for name in ["1.3.6.1.5.5.7.16.2", "1.2.3.4"] {
        let report = judge(&pki, |forge| forge.crls.push(typed(name, &cut)));
        assert!(has(&report, Code::RevocationDataSetAside), "{name}: {report}");
        assert!(!has(&report, Code::RevocationDataFormOther), "{name}: {report}");
    }
    // In a list both are told: what was used, and that there is more.
    let mixed = tlv(Tag::SEQUENCE, &[&response, &tlv(Tag::NULL, &[])]);
    let report = judge(&pki, |forge| forge.crls.push(typed("1.2.3.4", &mixed)));
    for code in [Code::RevokedNoPoe, Code::RevocationDataFormOther, Code::RevocationDataSetAside] {
        assert!(has(&report, code), "{code}: {report}");
    }
    // CRLs in a list are seen as well.
    let report = judge(&pki, |forge| forge.crls.push(typed("1.2.3.4", &tlv(Tag::SEQUENCE, &[&crl]))));
    assert!(has(&report, Code::NotRevoked) && has(&report, Code::RevocationDataFormOther), "{report}");
}

#[test]
fn a_revocation_is_seen_under_any_identifier() {
    let pki = TestPki::new(now()).unwrap();
    let (response, identifier) = (answer(&pki), |text| ObjectIdentifier::new_unwrap(text));
    let forms = forms(&pki, &response);
    for (number, form) in forms.iter().enumerate() {
        for name in ["1.3.6.1.5.5.7.16.2", "1.3.6.1.5.5.7.48.1.1", "1.3.6.1.5.5.7.48.1", "1.2.3.4"] {
            let oid = tlv(Tag::OBJECT_IDENTIFIER, &[identifier(name).as_bytes()]);
            let report = judge(&pki, |forge| forge.crls.push(tlv(Tag::context(1), &[&oid, form])));
            assert!(has(&report, Code::RevokedNoPoe), "{name} {number}: {report}");
            let is_of_rfc_5940 = number == 0 && name == "1.3.6.1.5.5.7.16.2";
            assert_eq!(has(&report, Code::RevocationDataFormOther), !is_of_rfc_5940, "{name} {number}: {report}");
            // In otherRevVals of revocation-values.
            let other_rev_vals = tlv(Tag::context(2), &[&tlv(Tag::SEQUENCE, &[&oid, form])]);
            let values = attribute(oid::REVOCATION_VALUES, &[&tlv(Tag::SEQUENCE, &[&other_rev_vals])]);
            let report = judge(&pki, |forge| forge.signers[0].unsigned_attributes.push(values));
            assert!(has(&report, Code::RevokedNoPoe), "{name} {number}: {report}");
        }
    }
    // In the place of a CRL, and of a response among revocation-values.
    for (number, form) in forms.iter().enumerate() {
        let ocsp_values = tlv(Tag::context(1), &[&tlv(Tag::SEQUENCE, &[form])]);
        let values = attribute(oid::REVOCATION_VALUES, &[&tlv(Tag::SEQUENCE, &[&ocsp_values])]);
        let report = judge(&pki, |forge| forge.signers[0].unsigned_attributes.push(values));
        assert!(has(&report, Code::RevokedNoPoe), "{number}: {report}");
        if form[0] == Tag::SEQUENCE.0 {
            let report = judge(&pki, |forge| forge.crls.push(form.clone()));
            assert!(
                has(&report, Code::RevokedNoPoe) && has(&report, Code::RevocationDataFormOther),
                "{number}: {report}"
            );
        }
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

/// A distribution point and the CRL's own name for it are compared as RFC 5280 §7.4 has it: scheme and host in any case, and
/// the path as it is.
#[test]
fn a_crl_is_of_the_distribution_point_whatever_the_case_of_its_host_is() {
    let pki = TestPki::new(now()).unwrap();
    let uri = |text: &str| Some(PointNameSpec::Uri(text.into()));
    let point = DistributionPointSpec { name: uri("http://CRL.Example/Seal.crl"), ..DistributionPointSpec::default() };
    let (from, until) = (now() - chrono::TimeDelta::days(1), now() + chrono::TimeDelta::days(300));
    let spec = CertificateSpec::seal("Test Seal", from, until).with_distribution_points(&[point]);
    let seal = pki.intermediate.issue(&spec, pki.seal.signer.clone()).unwrap();
    for (name, covers) in [
        ("http://CRL.Example/Seal.crl", true),
        ("http://crl.example/Seal.crl", true),
        ("HTTP://crl.EXAMPLE:80/Seal.crl", true),
        ("http://crl.example/seal.crl", false),
        ("http://crl.example.org/Seal.crl", false),
        ("ldap://crl.example/Seal.crl", false),
        ("http://crl.example:8080/Seal.crl", false),
    ] {
        let point = IssuingPointSpec { name: uri(name), ..IssuingPointSpec::default() };
        let spec = CrlSpec::new(later(), later() + chrono::TimeDelta::days(1)).with_issuing_distribution_point(&point);
        let mut forge = Forge::seal(b"content", &seal, &pki.seal_chain(), now());
        forge.certificates.push(seal.certificate.der().to_vec());
        forge.crls.push(pki.intermediate.issue_crl(&spec).unwrap());
        forge.sign(&*seal.signer).unwrap();
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let report = verifier.report_signatures(&forge.to_der(), Content::Attached, later()).reports.remove(0);
        assert_eq!(has(&report, Code::NotRevoked), covers, "{name}: {report}");
        assert_eq!(has(&report, Code::RevocationDataSetAside), !covers, "{name}: {report}");
    }
}

/// What is larger than any CRL may be is refused by that limit, and not as something else.
#[test]
fn a_crl_above_the_limit_is_refused_by_the_limit() {
    let pki = TestPki::new(now()).unwrap();
    let crl = pki.intermediate.issue_crl(&CrlSpec::new(now(), later())).unwrap();
    assert_eq!(RevocationData::from_bytes(&crl).unwrap().crls().len(), 1);
    let limit = RevocationDataError::TooMany { what: "octets of a CRL", limit: limits::MAX_CRL };
    let refused = |octets: &[u8]| RevocationData::from_bytes(octets).unwrap_err();
    // Its length says as much as there is, and more than there may be.
    let sized = |octets: usize| {
        let filler = vec![0; octets - crl.len() - 64];
        tlv(Tag::SEQUENCE, &[&crl, &tlv(Tag::OCTET_STRING, &[&filler])])
    };
    let mut padded = crl.clone();
    padded.resize(limits::MAX_CRL + 1, 0);
    for too_large in [padded, sized(limits::MAX_CRL + 128)] {
        assert_eq!(refused(&too_large), limit);
        assert!(limit.to_string().contains("67108864 octets of a CRL"), "{limit}");
    }
    assert_ne!(refused(&sized(limits::MAX_CRL)), limit);
}

/// One in DER or base64, or any number in PEM; what is none of it is refused, and says why it is neither.
#[test]
fn what_is_offered_is_read_in_any_form() {
    let pki = TestPki::new(now()).unwrap();
    let data = pki.seal_revocation(now() - TimeDelta::hours(1), now() + TimeDelta::days(7)).unwrap();
    let (certificate, crl) = (pki.seal.certificate.der(), data.crls()[0].der());
    let pem = |label: &str, der: &[u8]| pem_rfc7468::encode_string(label, pem_rfc7468::LineEnding::LF, der).unwrap();
    let base64 = |der: &[u8]| <base64ct::Base64 as base64ct::Encoding>::encode_string(der).into_bytes();
    let both =
        format!("0406798006, of the service\n{}{}", pem("CERTIFICATE", certificate), pem("X509 CRL", crl)).into_bytes();
    let files: [(Vec<u8>, usize, usize); 6] = [
        (certificate.to_vec(), 1, 0),
        (crl.to_vec(), 0, 1),
        (base64(certificate), 1, 0),
        (base64(crl), 0, 1),
        (format!("0406798006\n{}", pem("X509 CRL", crl)).into_bytes(), 0, 1),
        (both, 1, 1),
    ];
    let mut all = Offered::default();
    for (octets, certificates, crls) in &files {
        let mut offered = Offered::default();
        offered.add(octets).unwrap();
        assert_eq!((offered.certificates.len(), offered.revocation.crls().len()), (*certificates, *crls));
        all.add(octets).unwrap();
    }
    // A list that is there already is not there twice.
    assert_eq!((all.certificates.len(), all.revocation.crls().len()), (3, 1));
    for octets in [b"a letter".as_slice(), b"", b"\xff\xff", &[0x30, 0x03, 0x02, 0x01, 0x01]] {
        assert!(matches!(Offered::default().add(octets), Err(OfferedError::Neither { .. })), "{octets:?}");
    }
    let damaged = pem("CERTIFICATE", &certificate[..20]);
    assert!(matches!(Offered::default().add(damaged.as_bytes()), Err(OfferedError::Certificate(_))));
    let damaged = pem("X509 CRL", &crl[..20]);
    assert!(matches!(Offered::default().add(damaged.as_bytes()), Err(OfferedError::Revocation(_))));
}

#[test]
fn anchors_are_read_in_pem_or_der() {
    let certificate = TestPki::new(now()).unwrap().root.certificate.clone();
    let pem = pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, certificate.der()).unwrap();
    for octets in [certificate.der(), pem.as_bytes(), format!("0406798006\n{pem}{pem}").as_bytes()] {
        assert_eq!(TrustAnchors::from_bytes(octets).unwrap(), [certificate.clone()].into_iter().collect());
    }
    for octets in [b"a letter".as_slice(), b"", b"\xff", b"0", &certificate.der()[..100]] {
        assert!(TrustAnchors::from_bytes(octets).is_err(), "{octets:?}");
    }
}
