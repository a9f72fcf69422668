//! These tests check each limit at its bound and one beyond.

use const_oid::ObjectIdentifier;
use signed_data::ErrorKind;
use signed_data::tlv::Reader;

use super::*;

fn too_many<T>(what: &'static str, limit: usize) -> Result<T, RevocationDataError> {
    Err(RevocationDataError::TooMany { what, limit })
}

/// Pads a CRL or BasicOCSPResponse to this many octets by a long signature, which is not genuine.
fn padded(genuine: &[u8], length: usize) -> Vec<u8> {
    let mut fields = Reader::new(genuine, "signed").expect(Tag::SEQUENCE).unwrap().reader("signed");
    let (tbs, algorithm) = (fields.any().unwrap().raw, fields.any().unwrap().raw);
    let header = |contents: usize| writer::len(contents) - contents;
    let before = tbs.len() + algorithm.len();
    let contents = length - header(length);
    let bits = contents - before;
    let signature = writer::tlv(Tag::BIT_STRING, &vec![0; bits - header(bits)]);
    let whole = writer::sequence(&[tbs, algorithm, &signature]);
    assert_eq!(whole.len(), length);
    whole
}

fn crl_of(world: &World, number: u64, length: usize) -> Vec<u8> {
    padded(&world.crl(&CrlSpec::new(day(0), day(7)).with_number(number)), length)
}

fn basic(world: &World) -> Vec<u8> {
    let response = world.ocsp(&world.pki.intermediate, world.answer(OcspStatus::Good));
    // OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] SEQUENCE { OID, OCTET STRING } }
    let mut fields = Reader::new(&response, "OCSPResponse").expect(Tag::SEQUENCE).unwrap().reader("OCSPResponse");
    fields.any().unwrap();
    let bytes = fields.expect(Tag::context(0)).unwrap().reader("responseBytes").expect(Tag::SEQUENCE).unwrap();
    let mut bytes = bytes.reader("ResponseBytes");
    bytes.oid().unwrap();
    bytes.octet_string().unwrap().to_vec()
}

#[test]
fn octets() {
    let world = World::new();
    // Two of the largest fill a store.
    let mut data = RevocationData::new();
    assert_eq!(limits::MAX_TOTAL, 2 * limits::MAX_CRL);
    for number in 1..=2 {
        data.add_der(&crl_of(&world, number, limits::MAX_CRL)).unwrap();
    }
    let total = too_many("octets of revocation data", limits::MAX_TOTAL);
    assert_eq!(data.add_der(&world.crl(&fresh())), total);
    assert_eq!(data.add_der(&basic(&world)), total);
    drop(data);
    let beyond = vec![0; limits::MAX_CRL + 1];
    assert_eq!(Crl::from_der(&beyond).map(drop), too_many("octets of a CRL", limits::MAX_CRL));
    let mut octets = vec![0; limits::MAX_TOTAL + 1];
    octets[0] = 0x30;
    assert_eq!(RevocationData::from_bytes(&octets).map(drop), total);
    octets.pop();
    assert_eq!(RevocationData::from_bytes(&octets).map(drop), too_many("octets of a CRL", limits::MAX_CRL));
    octets.truncate(limits::MAX_CRL);
    assert_eq!(RevocationData::from_bytes(&octets).map(drop), Err(RevocationDataError::Unrecognised));

    let limit = limits::MAX_OCSP_RESPONSE;
    assert!(OcspResponse::from_der(&padded(&basic(&world), limit)).is_ok());
    let beyond = OcspResponse::from_der(&padded(&basic(&world), limit + 1)).map(drop);
    assert_eq!(beyond, too_many("octets of an OCSP response", limit));
}

#[test]
fn responses_in_a_store() {
    let basic = basic(&World::new());
    let mut data = RevocationData::new();
    for more in 0..limits::MAX_OCSP_RESPONSES {
        data.add_der(&padded(&basic, 2000 + more)).unwrap();
    }
    assert_eq!(data.ocsp_responses().len(), limits::MAX_OCSP_RESPONSES);
    assert_eq!(data.add_der(&padded(&basic, 2000)), Ok(()), "it is there already");
    assert_eq!(data.add_der(&basic), too_many("OCSP responses", limits::MAX_OCSP_RESPONSES));
}

#[test]
fn answers_and_certificates_in_a_response() {
    let world = World::new();
    let read = |answers: usize, certificates: usize| {
        let mut spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good));
        spec.answers = vec![world.answer(OcspStatus::Good); answers];
        let spec = spec.with_certificates(vec![world.target.clone(); certificates]);
        let response = OcspResponse::from_der(&world.pki.intermediate.answer_ocsp(&spec).unwrap())?;
        Ok((response.responses().count(), response.certificates().len()))
    };
    let (answers, certificates) = (limits::MAX_SINGLE_RESPONSES, limits::MAX_RESPONSE_CERTIFICATES);
    assert_eq!(read(answers, certificates), Ok((answers, certificates)));
    assert_eq!(read(answers + 1, 1), too_many("answers in an OCSP response", answers));
    assert_eq!(read(1, certificates + 1), too_many("certificates of an OCSP response", certificates));
}

type Read<'a> = &'a dyn Fn(usize) -> Result<(), RevocationDataError>;

#[test]
fn extensions() {
    let world = World::new();
    let numbered = |number: usize| ObjectIdentifier::new(&format!("1.2.3.{number}")).unwrap();
    let null = || writer::tlv(Tag::NULL, &[]);
    let limit = limits::MAX_EXTENSIONS;
    // A list has authorityKeyIdentifier besides.
    let list = |count: usize| {
        let spec = CrlSpec::new(day(0), day(7));
        let spec = (1..count).fold(spec, |spec, number| spec.with_extension(numbered(number), null()));
        Crl::from_der(&world.crl(&spec)).map(drop)
    };
    let entry = |count: usize| {
        let entry = world.revoked(day(-1));
        let entry = (0..count).fold(entry, |entry, number| entry.with_critical_extension(numbered(number), null()));
        Crl::from_der(&world.crl(&fresh().with_revoked(&entry))).map(drop)
    };
    let response = |count: usize| {
        let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good));
        let spec = (0..count).fold(spec, |spec, number| spec.with_critical_extension(numbered(number), null()));
        OcspResponse::from_der(&world.pki.intermediate.answer_ocsp(&spec).unwrap()).map(drop)
    };
    let cases: [(&str, Read<'_>); 3] =
        [("crlExtensions", &list), ("revokedCertificates", &entry), ("responseExtensions", &response)];
    for (name, read) in cases {
        assert_eq!(read(limit), Ok(()), "{name}");
        let Err(RevocationDataError::Crl { field, error } | RevocationDataError::Ocsp { field, error }) =
            read(limit + 1)
        else {
            panic!("{name}")
        };
        assert_eq!((field, error.kind), (name, ErrorKind::Limit { what: "extensions", limit }));
    }
}

#[test]
fn distribution_points() {
    // A CRL of the last point alone.
    let name = |number: usize| Some(PointNameSpec::Uri(format!("http://crl.example/{number}")));
    let ask = |count: usize| {
        let point = |number| DistributionPointSpec { name: name(number), ..DistributionPointSpec::default() };
        let points: Vec<_> = (1..=count).map(point).collect();
        let world = World::of(&seal_spec().with_distribution_points(&points));
        let only = IssuingPointSpec { name: name(count), ..IssuingPointSpec::default() };
        world.ask(&[&world.crl(&fresh().with_issuing_distribution_point(&only))])
    };
    assert_eq!(ask(limits::MAX_DISTRIBUTION_POINTS), GOOD);
    assert_ne!(ask(limits::MAX_DISTRIBUTION_POINTS + 1), GOOD);
}

/// The genuine responder is one of many with its name, the others having different keys.
#[test]
fn signers_tried() {
    let world = World::new();
    let genuine = world.responder(&responder_spec());
    let ask = |impostors: usize| {
        let impostors: Vec<_> = (0..impostors).map(|_| world.responder(&responder_spec()).certificate).collect();
        let spec = OcspSpec::new(day(0), world.answer(OcspStatus::Good)).with_certificates(impostors);
        let mut data = RevocationData::new();
        data.add_der(&genuine.answer_ocsp(&spec).unwrap()).unwrap();
        let (path, candidates) = (world.path(), [genuine.certificate.clone()]);
        let request = RevocationRequest::new(&path, &data, &candidates, &world.anchors, now());
        check_revocation(&request).swap_remove(0).status
    };
    assert_eq!(ask(limits::MAX_SIGNERS_TRIED - 1), GOOD);
    let refused = RevocationStatus::NotAuthenticated(NotAuthenticated::SignatureInvalid);
    assert_eq!(ask(limits::MAX_SIGNERS_TRIED), refused);
}

#[test]
fn reasons_listed() {
    let world = World::new();
    let unknown = ObjectIdentifier::new_unwrap("1.2.3.4");
    let mut data = RevocationData::new();
    data.add_der(&world.crl(&fresh())).unwrap();
    for count in 1..=limits::MAX_SET_ASIDE + 1 {
        let number = 100 + u64::try_from(count).unwrap();
        let spec = CrlSpec::new(day(0), day(7)).with_number(number);
        data.add_der(&world.crl(&spec.with_critical_extension(unknown, writer::tlv(Tag::NULL, &[])))).unwrap();
        if count < limits::MAX_SET_ASIDE {
            continue;
        }
        let path = world.path();
        let request = RevocationRequest::new(&path, &data, &[], &world.anchors, now());
        let status = check_revocation(&request).swap_remove(0);
        assert_eq!((status.status, status.set_aside.len()), (GOOD, limits::MAX_SET_ASIDE), "{count}");
    }
}
