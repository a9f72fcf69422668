//! These tests read valid and invalid certificates.

use signed_data::tlv::Tag;

use super::super::{limits, *};
use crate::asn1::{oid, writer};
use crate::crypto::DigestAlgorithm;
use crate::pki::revocation::Crl;
use crate::text::with_sources;

#[test]
fn what_is_no_certificate_is_named() {
    let error = Certificate::from_der(&[]).map(drop);
    assert!(matches!(error, Err(CertificateError::Field { field: "Certificate", .. })));
    let error = Certificate::from_der(&vec![0; limits::MAX_CERTIFICATE + 1]).map(drop);
    assert!(matches!(error, Err(CertificateError::TooLarge { .. })));
    let error = Certificate::from_der(&writer::sequence(&[&writer::sequence(&[&writer::small_integer(1)])]));
    assert!(matches!(error.map(drop), Err(CertificateError::Field { field: "signatureAlgorithm", .. })));
    assert_eq!(Certificate::from_pem_chain("nothing").map(drop), Err(CertificateError::NoCertificate));
    let broken = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----";
    assert!(matches!(Certificate::from_pem_chain(broken), Err(CertificateError::InPem { index: 0, .. })));
    let open = "-----BEGIN CERTIFICATE-----\nMAA=";
    assert_eq!(Certificate::from_pem_chain(open).map(drop), Err(CertificateError::Pem { index: 0 }));
}

/// An error that prints its cause does not return it as well, or a caller that prints the chain of sources tells it twice.
#[test]
fn the_cause_of_an_unreadable_certificate_or_crl_is_told_once() {
    let broken = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----";
    let certificate = Certificate::from_pem_chain(broken).map(drop).unwrap_err();
    let crl = Crl::from_der(&writer::sequence(&[&writer::small_integer(1)])).map(drop).unwrap_err();
    let told = [with_sources(&certificate), with_sources(&crl)];
    for (told, printed) in told.into_iter().zip([certificate.to_string(), crl.to_string()]) {
        assert_eq!(told, printed);
        assert!(told.matches(": ").count() >= 2, "{told}");
    }
}

fn made() -> test_certificates::Made {
    test_certificates::Subject::new("issuer").certifies(&test_certificates::Subject::new("subject"))
}

fn refused(made: test_certificates::Made) -> &'static str {
    match Certificate::from_der(&made.der()) {
        Err(CertificateError::Field { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_stands_in_a_certificate_is_told() {
    let purposes = writer::sequence(&[&writer::oid(oid::TIME_STAMPING), &writer::oid(oid::DATA)]);
    let general_name = writer::tlv(Tag::context_primitive(2), b"a.example");
    let statement = writer::sequence(&[&writer::oid(oid::QTST_STATEMENT)]);
    let detailed = writer::sequence(&[&writer::oid(oid::DATA), &writer::small_integer(3)]);
    let key_identifier = writer::tlv(Tag::context_primitive(0), &[8; 20]);
    let period = writer::sequence(&[&writer::tlv(Tag::context_primitive(1), b"20250101000000Z")]);
    let certificate = made()
        .serial(&[0xff, 0x80])
        .basic_constraints(true, Some(3))
        .key_usage(0b1100_0010)
        .extension(oid::EXTENDED_KEY_USAGE, false, &purposes)
        .extension(oid::SUBJECT_KEY_IDENTIFIER, false, &writer::octet_string(&[7; 20]))
        .extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &writer::sequence(&[&key_identifier]))
        .extension(oid::SUBJECT_ALT_NAME, false, &writer::sequence(&[&general_name]))
        .extension(oid::QC_STATEMENTS, false, &writer::sequence(&[&statement, &detailed]))
        .extension(oid::PRIVATE_KEY_USAGE_PERIOD, false, &period)
        .make();
    assert_eq!(certificate.version(), 3);
    assert!(certificate.serial().is_negative() && certificate.serial().to_string() == "ff80");
    assert_eq!(certificate.issuer(), "CN=issuer");
    assert_eq!(
        (certificate.not_before(), certificate.not_after()),
        (test_certificates::year(2020), test_certificates::year(2030))
    );
    let constraints = certificate.basic_constraints().unwrap();
    assert!(constraints.critical && constraints.ca && constraints.path_len == Some(3));
    let usage = certificate.key_usage().unwrap();
    assert_eq!(usage.names().collect::<Vec<_>>(), ["digitalSignature", "nonRepudiation", "cRLSign"]);
    assert!(usage.crl_sign() && !usage.key_cert_sign() && !usage.only_signatures() && usage.is_critical());
    let purposes = certificate.extended_key_usage().unwrap();
    assert!(!purposes.critical && purposes.contains(oid::TIME_STAMPING) && !purposes.is_only(oid::TIME_STAMPING));
    assert_eq!(certificate.subject_key_identifier(), Some(&[7; 20][..]));
    assert_eq!(certificate.authority_key_identifier().unwrap().key_identifier, Some(&[8; 20][..]));
    assert_eq!(certificate.subject_alt_names().unwrap()[0].raw, general_name);
    let statements = certificate.qc_statements().unwrap();
    assert!(statements[0].id == oid::QTST_STATEMENT && statements[0].info.is_none());
    assert_eq!(statements[1].info.unwrap().value, [3]);
    let period = certificate.private_key_usage_period().unwrap();
    assert!(period.contains(test_certificates::year(2024)) && !period.contains(test_certificates::year(2025)));
    assert_eq!(certificate.digest(DigestAlgorithm::Sha256), certificate.fingerprint());
    assert_eq!(Certificate::from_der(certificate.der()).unwrap(), certificate);
}

#[test]
fn signing_is_allowed_unless_key_usage_says_otherwise() {
    assert!(made().make().may_sign());
    assert!(made().key_usage(0x80).make().may_sign() && made().key_usage(0x40).make().may_sign());
    assert!(!made().key_usage(0x20).make().may_sign() && !made().authority().make().may_sign());
    let (issuer, subject) = (test_certificates::Subject::new("issuer"), test_certificates::Subject::new("subject"));
    let certificate = issuer.certifies(&subject).make();
    assert!(certificate.is_signed_by(issuer.root().public_key()));
    assert!(!certificate.is_signed_by(certificate.public_key()));
    assert!(certificate.read_signature_algorithm().is_ok());
}

#[test]
fn extensions_that_are_not_there_are_none() {
    let mut made = made();
    made.version = 0;
    let certificate = made.make();
    assert_eq!((certificate.version(), certificate.extensions().count()), (1, 0));
    assert!(certificate.key_usage().is_none() && certificate.extended_key_usage().is_none() && !certificate.is_ca());
    assert!(certificate.qc_statements().unwrap().is_empty() && certificate.subject_alt_names().unwrap().is_empty());
    assert_eq!(certificate.duplicate_extension(), None);
}

#[test]
fn a_malformed_extension_is_named_and_its_limit_is_not_taken_for_absent() {
    let empty = writer::sequence(&[]);
    for (oid, value, field) in [
        (oid::KEY_USAGE, &[3, 0][..], "keyUsage"),
        (oid::KEY_USAGE, &[3, 2, 8, 0], "keyUsage"),
        // keyCertSign, in a bit that is said to be unused.
        (oid::KEY_USAGE, &[3, 2, 3, 0x84], "keyUsage"),
        (oid::EXTENDED_KEY_USAGE, &empty, "extKeyUsage"),
        (oid::BASIC_CONSTRAINTS, &[0x30, 3, 2, 1, 0xff], "basicConstraints"),
        (oid::BASIC_CONSTRAINTS, &[0x30, 0, 0], "basicConstraints"),
        (oid::SUBJECT_KEY_IDENTIFIER, &[4, 1], "subjectKeyIdentifier"),
        (oid::AUTHORITY_KEY_IDENTIFIER, &[0x30, 2, 0x81, 0], "authorityKeyIdentifier"),
        (oid::PRIVATE_KEY_USAGE_PERIOD, &[0x30, 2, 0x80, 0], "privateKeyUsagePeriod"),
    ] {
        for critical in [false, true] {
            let certificate = made().extension(oid, critical, value).make();
            let [unreadable] = certificate.unreadable_extensions() else { panic!("{field}") };
            assert_eq!((unreadable.name, unreadable.critical), (field, critical));
            let is_limit = ["keyUsage", "extKeyUsage", "basicConstraints"].contains(&field);
            assert_eq!(certificate.unreadable_limit(), (is_limit || critical).then_some(field));
            if field == "keyUsage" {
                assert!(!certificate.may_sign() && !certificate.may_only_sign() && !certificate.may_sign_crls());
            }
        }
    }
    assert!(made().key_usage(0x80).make().unreadable_extensions().is_empty());
    let broken = made().extension(oid::QC_STATEMENTS, true, &[5]).extension(oid::SUBJECT_ALT_NAME, true, &[5]).make();
    assert!(broken.qc_statements().is_err() && broken.subject_alt_names().is_err());
}

#[test]
fn a_certificate_cut_short_or_continued_is_refused() {
    let der = made().key_usage(0x80).der();
    for length in 0..der.len() {
        assert!(Certificate::from_der(&der[..length]).is_err(), "{length}");
    }
    assert!(Certificate::from_der(&[der.as_slice(), &[0]].concat()).is_err());
    assert_eq!(refused(made().serial(&[])), "serialNumber");
}

#[test]
fn extensions_are_limited() {
    let with = |count: usize| (0..count).fold(made(), |made, _| made.extension(oid::DATA, false, &[]));
    assert!(Certificate::from_der(&with(limits::MAX_EXTENSIONS).der()).is_ok());
    let error = Certificate::from_der(&with(limits::MAX_EXTENSIONS + 1).der()).map(drop);
    assert_eq!(error, Err(CertificateError::TooManyExtensions));
}

#[test]
fn a_name_cannot_rewrite_the_line_it_is_shown_on() {
    let mut made = made();
    made.subject = test_certificates::common_name("a\u{1b}[2K\r\n\u{202e}b");
    assert_eq!(made.make().subject(), "CN=a\u{fffd}[2K\u{fffd}\u{fffd}\u{fffd}b");
    let mut made = self::made();
    made.subject = writer::sequence(&[&[0x31, 0x80]]);
    assert_eq!(made.make().subject(), "(name empty or not readable)");
}

#[test]
fn pem_is_read_in_order_and_other_blocks_are_skipped() {
    let (first, second) = (made().make(), made().serial(&[2]).make());
    let pem = |certificate: &Certificate| {
        let base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(certificate.der());
        format!("text\n-----BEGIN CERTIFICATE-----\r\n{base64}\r\n-----END CERTIFICATE-----\n")
    };
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let text = [pem(&first).as_str(), key, &pem(&second), &pem(&first)].concat();
    let expected = [first.clone(), second.clone(), first.clone()];
    assert_eq!(Certificate::from_pem_chain(&text).unwrap(), expected);
    let anchors = TrustAnchors::from_pem(&text).unwrap();
    assert_eq!(anchors.iter().collect::<Vec<_>>(), [&first, &second]);
    assert!(anchors.contains(&second) && anchors.len() == 2);
}

#[test]
fn pem_is_limited() {
    let read = |text: &str| Certificate::from_pem_chain(text).map(|certificates| certificates.len());
    let mut text = " ".repeat(limits::MAX_PEM);
    assert_eq!(read(&text), Err(CertificateError::NoCertificate));
    text.push(' ');
    assert_eq!(read(&text), Err(CertificateError::PemTooLarge));
    let base64 = <base64ct::Base64 as base64ct::Encoding>::encode_string(made().make().der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    let mut text = pem.repeat(limits::MAX_PEM_CERTIFICATES);
    assert_eq!(read(&text), Ok(limits::MAX_PEM_CERTIFICATES));
    text.push_str(&pem);
    assert_eq!(read(&text), Err(CertificateError::PemTooLarge));
}

/// RFC 9881 §5 names the bits that are not about signatures.
#[test]
fn the_bits_that_are_not_about_signatures() {
    let read = |bits: &[u8]| {
        let certificate = made().extension(oid::KEY_USAGE, true, &writer::tlv(Tag::BIT_STRING, bits)).make();
        certificate.key_usage().unwrap().beyond_signatures()
    };
    assert_eq!(read(&[1, 0b1100_0110]), [""; 0]);
    let others = ["keyEncipherment", "dataEncipherment", "keyAgreement", "encipherOnly", "decipherOnly"];
    assert_eq!(read(&[7, 0b0011_1001, 0x80]), others);
    assert_eq!(read(&[7, 0xff, 0x80]), others);
}
