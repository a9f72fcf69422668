//! What the statement says of its second seal.

use super::Sealed;
use const_oid::ObjectIdentifier;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    Codec, DecodeStatementErrorKind as Kind, EvidenceError, Sending, Statement, UnknownExtension,
};

/// The algorithm and the certificate, as people and programs read them in the statement.
#[test]
fn the_statement_shows_what_is_announced() {
    let sealed = Sealed::new();
    let announced = sealed.proof.stated().announced_seal().unwrap();
    assert_eq!(announced.algorithm(), ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18"));
    let digest = DigestAlgorithm::Sha512.digest(sealed.key.certificate.der());
    assert_eq!(*announced.certificate_digest(), digest);
    let parsed = signed_data::SignedData::parse(sealed.proof.der()).unwrap();
    let statement: serde_json::Value = serde_json::from_slice(parsed.encap_content_info.content.unwrap()).unwrap();
    let extension = statement["Extensions"].as_array().unwrap().last().unwrap();
    assert_eq!(extension["isCritical"], false);
    assert_eq!(extension["SecondSeal"]["Algorithm"], "urn:oid:2.16.840.1.101.3.4.3.18");
    let method = &extension["SecondSeal"]["CertificateDigest"]["DigestMethod"]["Algorithm"];
    assert_eq!(method, "http://www.w3.org/2001/04/xmlenc#sha512");
}

/// What is announced is read in one form, and before anybody else's extensions.
#[test]
fn an_announcement_is_read_in_one_form() {
    let sealed = Sealed::new();
    let parsed = signed_data::SignedData::parse(sealed.proof.der()).unwrap();
    let json = std::str::from_utf8(parsed.encap_content_info.content.unwrap()).unwrap();
    let read = |from: &str, to: &str| {
        assert!(json.contains(from), "{from}");
        let changed = json.replacen(from, to, 1);
        Codec::Json.decode::<Sending>(changed.as_bytes()).map_err(|error| error.kind().clone())
    };
    assert!(read("\"SecondSeal\"", "\"SecondSeal\"").is_ok());
    let oid = "urn:oid:2.16.840.1.101.3.4.3.18";
    for identifier in
        ["ML-DSA-65", "2.16.840.1.101.3.4.3.18", "urn:oid:2.16.840.1.101.3.4.3.018", "urn:oid:9", "urn:oid:"]
    {
        assert_eq!(read(oid, identifier).unwrap_err(), Kind::AnnouncedAlgorithm, "{identifier}");
    }
    assert!(read(oid, "urn:oid:2.16.840.1.101.3.4.3.27").is_ok(), "an algorithm that nobody offers");
    let extension = "{\"isCritical\":false,\"SecondSeal\"";
    assert_eq!(read(extension, "{\"isCritical\":true,\"SecondSeal\"").unwrap_err(), Kind::WrongCriticality);
    let sha_1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    let after = &json[json.find("CertificateDigest").unwrap()..];
    let weak = after.replacen("http://www.w3.org/2001/04/xmlenc#sha512", sha_1, 1);
    assert_eq!(read(after, &weak).unwrap_err(), Kind::Refused(EvidenceError::WeakDigest));
    assert_eq!(read("\"CertificateDigest\":{", "\"Certificate\":{").unwrap_err(), Kind::UnknownMember);
    let own = format!("{{\"isCritical\":false,\"Own\":{{}}}},{extension}");
    assert_eq!(read(extension, &own).unwrap_err(), Kind::ExtensionOutOfOrder);
    let tail = &json[json.find(extension).unwrap()..];
    let twice = format!("{},{tail}", tail.strip_suffix("]}").unwrap());
    assert_eq!(read(tail, &twice).unwrap_err(), Kind::DuplicateExtension);
    assert_eq!(UnknownExtension::new("SecondSeal", "{}").unwrap_err(), EvidenceError::ExtensionName);
}
