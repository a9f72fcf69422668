//! What the reader takes, what it refuses, and the place that it names.

use const_oid::ObjectIdentifier;
use signed_data::{
    CertificateChoice, ContentInfo, Error, ErrorKind, RevocationInfoChoice, SignedData, SignerIdentifier, limits,
    normalize,
};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let octets = contents.len().to_be_bytes();
    let length: Vec<u8> = match contents.len() {
        0..=0x7f => vec![octets[7]],
        _ => [&[0x84][..], &octets[4..]].concat(),
    };
    [&[tag][..], &length, &contents].concat()
}

fn oid(dotted: &str) -> Vec<u8> {
    tlv(0x06, &[ObjectIdentifier::new_unwrap(dotted).as_bytes()])
}

/// The parts of a SignedData, each a whole element or empty.
struct Parts {
    outer_type: Vec<u8>,
    version: Vec<u8>,
    digests: Vec<u8>,
    content: Vec<u8>,
    certificates: Vec<u8>,
    crls: Vec<u8>,
    signers: Vec<u8>,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            outer_type: oid("1.2.840.113549.1.7.2"),
            version: vec![2, 1, 1],
            digests: tlv(0x31, &[&algorithm()]),
            content: content(&tlv(0x04, &[b"payload"])),
            certificates: Vec::new(),
            crls: Vec::new(),
            signers: tlv(0x31, &[&signer(&sid(), &signed_attributes())]),
        }
    }
}

impl Parts {
    fn der(&self) -> Vec<u8> {
        let Self { outer_type, version, digests, content, certificates, crls, signers } = self;
        let signed_data = tlv(0x30, &[version, digests, content, certificates, crls, signers]);
        tlv(0x30, &[outer_type, &tlv(0xa0, &[&signed_data])])
    }

    fn error(&self) -> Error {
        SignedData::parse(&self.der()).expect_err("not to be read")
    }
}

fn algorithm() -> Vec<u8> {
    tlv(0x30, &[&oid("2.16.840.1.101.3.4.2.1"), &[5, 0]])
}

fn content(inner: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&oid("1.2.840.113549.1.7.1"), &tlv(0xa0, &[inner])])
}

fn sid() -> Vec<u8> {
    tlv(0x30, &[&tlv(0x30, &[]), &[2, 1, 0x80]])
}

fn attribute(dotted: &str, values: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[&oid(dotted), &tlv(0x31, values)])
}

fn signed_attributes() -> Vec<u8> {
    let content_type = attribute("1.2.840.113549.1.9.3", &[&oid("1.2.840.113549.1.7.1")]);
    // In DER order: the shorter one first.
    tlv(0xa0, &[&attribute("1.2.840.113549.1.9.4", &[&[4, 2, 1, 2]]), &content_type])
}

fn signer(sid: &[u8], signed_attributes: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[2, 1, 1], sid, &algorithm(), signed_attributes, &algorithm(), &[4, 3, 9, 9, 9]])
}

#[test]
fn everything_is_there_as_received() {
    let der = Parts::default().der();
    let read = SignedData::parse(&der).expect("a SignedData");
    assert_eq!(read.raw, der);
    assert_eq!(read.encap_content_info.content_type, DATA);
    assert_eq!(read.encap_content_info.content, Some(&b"payload"[..]));
    let [signer] = read.signer_infos.as_slice() else { panic!("one signer") };
    assert_eq!((signer.signature, signer.signature_raw), (&[9, 9, 9][..], &[4, 3, 9, 9, 9][..]));
    assert!(signer.digest_algorithm.has_no_parameters() && signer.unsigned_attributes.is_none());
    let SignerIdentifier::IssuerAndSerialNumber { issuer, serial } = &signer.sid else { panic!("issuer and serial") };
    assert!(serial.is_negative() && *issuer == [0x30, 0]);
    let attributes = signer.signed_attributes.as_ref().expect("signed attributes");
    assert_eq!(attributes.raw(), signed_attributes());
    assert_eq!(attributes.as_set(), [&[0x31][..], &signed_attributes()[1..]].concat());
    assert!(attributes.is_der_set() && attributes.as_set() == attributes.as_sorted_set());
    let digest: Vec<_> = attributes.find(MESSAGE_DIGEST).collect();
    assert_eq!((digest.len(), digest[0].values[0].value), (1, &[1, 2][..]));
    // Neither payload nor signature is shown.
    assert!(!format!("{read:?}").contains("112, 97, 121"), "{read:?}");
}

#[test]
fn attributes_out_of_order_are_hashed_as_sent() {
    let a = attribute("1.2.840.113549.1.9.3", &[&[5, 0]]);
    let b = attribute("1.2.840.113549.1.9.4", &[&[5, 0]]);
    let read = |attributes: &[u8], check: fn(&signed_data::Attributes<'_>)| {
        let parts = Parts { signers: tlv(0x31, &[&signer(&sid(), attributes)]), ..Parts::default() };
        let der = parts.der();
        let read = SignedData::parse(&der).expect("a SignedData");
        check(read.signer_infos[0].signed_attributes.as_ref().expect("signed attributes"));
    };
    read(&tlv(0xa0, &[&b, &a]), |attributes| {
        assert!(!attributes.is_der_set() && attributes.as_set() != attributes.as_sorted_set());
        assert_eq!(attributes.as_set().len(), attributes.as_sorted_set().len());
    });
    // Values out of order, and a length that is longer than necessary.
    let values = attribute("1.2.840.113549.1.9.3", &[&[5, 0], &[4, 0]]);
    read(&tlv(0xa0, &[&values]), |attributes| assert!(!attributes.is_der_set()));
    let long = [&[0x30, 0x81, a[1]][..], &a[2..]].concat();
    read(&tlv(0xa0, &[&long]), |attributes| assert!(!attributes.is_der_set() && attributes.len() == 1));
    read(&tlv(0xa0, &[]), |attributes| assert!(attributes.is_der_set() && attributes.is_empty()));
    read(&tlv(0xa0, &[&a, &a]), |attributes| assert_eq!(attributes.iter().count(), 2));
}

#[test]
fn unusual_but_unambiguous_forms_are_read() {
    let attribute_certificate = tlv(0xa2, &[&[5, 0]]);
    let other_certificate = tlv(0xa3, &[&oid("1.2.3"), &[5, 0]]);
    let other_revocation = tlv(0xa1, &[&oid("1.2.4"), &[5, 0]]);
    let key_identifier = tlv(0x80, &[b"key"]);
    let parts = Parts {
        version: vec![2, 1, 77],
        digests: tlv(0x31, &[]),
        certificates: tlv(0xa0, &[&attribute_certificate, &tlv(0x30, &[]), &other_certificate, &[0xa0, 0], &[0xa1, 0]]),
        crls: tlv(0xa1, &[&other_revocation, &tlv(0x30, &[])]),
        signers: tlv(0x31, &[&signer(&key_identifier, &[])]),
        ..Parts::default()
    };
    let der = parts.der();
    let read = SignedData::parse(&der).expect("a SignedData");
    assert_eq!((read.version.to_u64(), read.digest_algorithms.len()), (Some(77), 0));
    assert_eq!(read.certificates[0], CertificateChoice::AttributeCertificateV2(&attribute_certificate));
    assert_eq!(read.certificates[1].certificate(), Some(&[0x30, 0][..]));
    assert!(
        matches!(read.certificates[2], CertificateChoice::Other { format, raw } if format.to_string() == "1.2.3" && raw == other_certificate)
    );
    assert!(matches!(read.certificates[3], CertificateChoice::ExtendedCertificate(_)));
    assert!(matches!(read.certificates[4], CertificateChoice::AttributeCertificateV1(_)));
    assert!(matches!(read.crls[0], RevocationInfoChoice::Other { info: [5, 0], .. }));
    assert_eq!(read.crls[1], RevocationInfoChoice::Crl(&[0x30, 0]));
    assert_eq!(read.signer_infos[0].sid, SignerIdentifier::SubjectKeyIdentifier(b"key"));
    assert!(read.signer_infos[0].signed_attributes.is_none());

    // Detached; and PKCS#7 with content that is no OCTET STRING: its contents octets are what is hashed.
    let parts = Parts { content: tlv(0x30, &[&oid("1.2.840.113549.1.7.1")]), ..Parts::default() };
    assert!(SignedData::parse(&parts.der()).is_ok_and(|read| read.encap_content_info.content.is_none()));
    let parts = Parts { content: content(&tlv(0x30, &[&[5, 0]])), ..Parts::default() };
    let der = parts.der();
    let info = SignedData::parse(&der).expect("a SignedData").encap_content_info;
    assert!(info.content == Some(&[5, 0]) && !info.is_octet_string());
}

#[test]
fn errors_name_the_place() {
    let defaults = Parts::default;
    let place = |parts: Parts| parts.error().what;
    assert_eq!(place(Parts { version: vec![], ..defaults() }), "SignedData.version");
    assert_eq!(place(Parts { digests: vec![], ..defaults() }), "SignedData.digestAlgorithms");
    assert_eq!(place(Parts { digests: tlv(0x31, &[&[0x30, 0]]), ..defaults() }), "SignedData.digestAlgorithms");
    assert_eq!(place(Parts { content: vec![], ..defaults() }), "SignedData.encapContentInfo");
    assert_eq!(place(Parts { content: content(&[]), ..defaults() }), "EncapsulatedContentInfo.eContent");
    // A constructed OCTET STRING that was not normalised is refused, not taken for its segments with their headers.
    assert_eq!(place(Parts { content: content(&[0x24, 2, 4, 0]), ..defaults() }), "EncapsulatedContentInfo.eContent");
    assert_eq!(place(Parts { certificates: tlv(0xa0, &[&[4, 0]]), ..defaults() }), "SignedData.certificates");
    assert_eq!(place(Parts { crls: tlv(0xa1, &[&[4, 0]]), ..defaults() }), "SignedData.crls");
    assert_eq!(place(Parts { signers: vec![], ..defaults() }), "SignedData.signerInfos");
    let signers = |signer: Vec<u8>| Parts { signers: tlv(0x31, &[&signer]), ..defaults() };
    assert_eq!(place(signers(signer(&[5, 0], &[]))), "SignerInfo.sid");
    assert_eq!(place(signers(signer(&sid(), &[0xa0, 2, 5, 0]))), "SignerInfo.signedAttrs");
    assert_eq!(place(signers(signer(&sid(), &[0xa1, 0]))), "SignerInfo.signatureAlgorithm");
    assert_eq!(place(signers(tlv(0x30, &[]))), "SignerInfo.version");

    let trailing = [Parts::default().der(), vec![0]].concat();
    assert_eq!(SignedData::parse(&trailing).map(|_| ()).map_err(|error| error.kind), Err(ErrorKind::TrailingData));
}

#[test]
fn other_content_types_are_named() {
    let parts = Parts { outer_type: oid("1.2.840.113549.1.7.3"), ..Parts::default() };
    assert_eq!(parts.error().kind, ErrorKind::UnexpectedType("SignedData"));
    let der = parts.der();
    let content_info = ContentInfo::parse(&der).expect("a ContentInfo");
    assert_eq!(content_info.type_name(), Some("envelopedData"));
    assert_eq!(content_info.content_type.to_string(), "1.2.840.113549.1.7.3");
}

#[test]
fn numbers_are_limited() {
    let limit = |parts: Parts| match parts.error().kind {
        ErrorKind::Limit { what, limit } => (what, limit),
        other => panic!("{other}"),
    };
    let many = |element: &[u8], count: usize| vec![element; count].concat();
    let over = limits::MAX_ELEMENTS + 1;
    let certificates = tlv(0xa0, &[&many(&[0x30, 0], over)]);
    assert_eq!(limit(Parts { certificates, ..Parts::default() }), ("certificates", limits::MAX_ELEMENTS));
    let attributes = tlv(0xa0, &[&many(&attribute("1.2.3", &[]), over)]);
    let signers = tlv(0x31, &[&signer(&sid(), &attributes)]);
    assert_eq!(limit(Parts { signers, ..Parts::default() }), ("attributes", limits::MAX_ELEMENTS));
    // Each SET within its limit, all together not.
    let of_values = |value: &[u8], count: usize| {
        let full = attribute("1.2.3", &[&many(value, limits::MAX_ELEMENTS)]);
        let attributes = tlv(0xa0, &[&many(&full, count)]);
        Parts { signers: tlv(0x31, &[&signer(&sid(), &attributes)]), ..Parts::default() }
    };
    let total = |limit| ("elements of a SignedData", limit);
    let large = tlv(0x04, &[&[0; 40]]);
    assert!(SignedData::parse(&of_values(&large, 15).der()).is_ok());
    assert_eq!(limit(of_values(&large, 17)), total(limits::MAX_TOTAL_ELEMENTS));
    // A small input has fewer.
    let small = of_values(&[5, 0], 3);
    let limit_of_small = limits::MAX_ELEMENTS_OF_SMALL + small.der().len() / limits::OCTETS_OF_ELEMENT;
    assert!(SignedData::parse(&of_values(&[5, 0], 1).der()).is_ok());
    assert_eq!(limit(small), total(limit_of_small));
}

#[test]
fn damage_is_survived() {
    let der = Parts { certificates: tlv(0xa0, &[&tlv(0x30, &[&[5, 0]])]), ..Parts::default() }.der();
    for at in 0..der.len() {
        assert!(SignedData::parse(&der[..at]).is_err());
        for value in 0..=255 {
            let mut damaged = der.clone();
            damaged[at] = value;
            if let Ok(definite) = normalize(&damaged) {
                let _ = SignedData::parse(&definite);
            }
            let _ = SignedData::parse(&damaged);
        }
    }
}
