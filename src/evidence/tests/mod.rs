//! Tests statements through the API: the examples octet for octet, round trips, and refusals.

mod bounds;
mod commitments;
mod events;
mod members;
mod reading;
mod writing;

use base64ct::{Base64, Encoding};
use chrono::{DateTime, Utc};

use super::DecodeStatementErrorKind as Kind;
use super::*;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::identity::{EnterpriseNumber, IdentifierError, Niss, PersonKind};

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

fn digest(algorithm: DigestAlgorithm, base64: &str) -> Digest {
    Digest::new(algorithm, &Base64::decode_vec(base64).unwrap()).unwrap()
}

fn issuer() -> Issuer {
    Issuer::of("Example Registered Mail Service", EnterpriseNumber::new("0406798006").unwrap(), Environment::Test)
        .unwrap()
        .with_policy("https://example.org/policies/registered-mail/1")
        .unwrap()
}

fn assurance(level: AssuranceLevel, time: &str) -> Assurance {
    Assurance::new(level, at(time), "urn:oasis:names:tc:SAML:2.0:ac:classes:X509").unwrap()
}

fn citizen() -> Party {
    Party::new(Niss::new("85.07.30-033.28").unwrap())
}

fn office() -> Party {
    Party::legal_person(EnterpriseNumber::new("0566988259").unwrap(), "Example Sending Office").unwrap()
}

fn letter() -> PartDescription {
    PartDescription::new("letter.pdf", "application/pdf").unwrap()
}

/// Returns the sending of the examples.
fn sending() -> Sending {
    let digests = PayloadDigests::from_digests([
        digest(DigestAlgorithm::Sha256, "8C3Q59LOG0Mx52pzCJXqjoBcFwpim3OFaN1EMfvR6Ys="),
        DigestAlgorithm::Sha512.digest(b""),
    ])
    .unwrap();
    let mail = RegisteredMail::new(Ticket::new("1ZG0000036L3Z").unwrap(), "Decision", "EDER501", Language::French)
        .unwrap()
        .with_token("case-2026-118/3")
        .unwrap()
        .with_application_id("employment:job-attest:werkkaart")
        .unwrap();
    let sender = office().with_assurance(assurance(AssuranceLevel::High, "2026-11-22T09:14:58Z"));
    let id = MessageId::new("1ZG0000036L3Z").unwrap();
    Sending::new(id, sender, citizen(), letter(), digests, at("2026-11-22T09:15:04Z"))
        .unwrap()
        .with_evidence_identifier("urn:uuid:0197f2d4-7c1e-7f3a-9b61-3f7d2a5e8c10".parse().unwrap())
        .with_national_extension(mail)
}

fn mail_of(sending: &Sending) -> RegisteredMail {
    sending.national_extensions().iter().find_map(NationalExtension::as_registered_mail).unwrap().clone()
}

fn proof_id() -> Digest {
    digest(DigestAlgorithm::Sha256, "Y5/G6JbrPF3sXafd8qS/s51b5vdDVHgmZVX2H+5q0t8=")
}

fn opening_of(sending: &Sending, opened_by: ActedBy) -> Result<Opening, EvidenceError> {
    let assurance =
        Assurance::new(AssuranceLevel::Substantial, at("2026-11-24T18:39:57Z"), "urn:be:fedict:iam:fas:citizen:otp")?;
    let preceding = PrecedingEvidence::new(proof_id(), sending.evidence_identifier());
    let opening = Opening::following(sending, &preceding, opened_by, assurance, at("2026-11-24T18:40:31Z"))?;
    Ok(opening.with_evidence_identifier("urn:uuid:0197f2d9-11aa-7c52-8e07-6c1b0f9d4e21".parse()?))
}

fn opening() -> Opening {
    opening_of(&sending(), ActedBy::Recipient(1)).unwrap()
}

/// Returns a sending with every member that a sending can hold.
fn full_sending() -> Sending {
    let delegate =
        Party::natural_person(Identifier::new("x-1", "urn:example:staff").unwrap(), "Peeters", "An \"\\\" Zoë");
    let mail = mail_of(&sending());
    let mail = mail
        .with_download_file_name("décision.pdf")
        .unwrap()
        .with_metadata(Metadata::new("year", ["2026", "2027"]).unwrap())
        .unwrap()
        .with_metadata(Metadata::new("quarter", ["4"]).unwrap())
        .unwrap();
    sending()
        .with_national_extension(mail)
        .with_submission_time(at("2026-11-22T09:15:03.250Z"))
        .unwrap()
        .with_recipient(office().with_assurance(assurance(AssuranceLevel::Low, "2026-11-22T09:00:00.001Z")))
        .unwrap()
        .with_sender_delegate(delegate.unwrap())
        .unwrap()
        .with_recipients_delegate(Party::new(Niss::new("17473003373").unwrap()), &[2, 1])
        .unwrap()
        .with_part(PartDescription::new("annex", "text/plain").unwrap(), PayloadDigests::of_bytes(b"annex"))
        .unwrap()
        .with_part(
            PartDescription::new("signature", "application/pkcs7-signature").unwrap(),
            PayloadDigests::from_digests([DigestAlgorithm::Sha384.digest(b"s")]).unwrap(),
        )
        .unwrap()
        .with_extension(UnknownExtension::new("Carbon", r#"{"grams":3,"note":"\u00e9"}"#).unwrap())
        .unwrap()
}

fn encoded<S: Statement>(statement: &S) -> Vec<u8> {
    Codec::Json.encode(statement, &issuer()).unwrap()
}

fn text<S: Statement>(statement: &S) -> String {
    String::from_utf8(encoded(statement)).unwrap()
}

fn refused<S: Statement>(json: &str) -> (String, Kind) {
    let error = Codec::Json.decode::<S>(json.as_bytes()).unwrap_err();
    (error.path().to_owned(), error.kind().clone())
}

/// Returns the sending of the examples with one text replaced; it must be there.
fn replaced(from: &str, to: &str) -> String {
    let text = text(&sending());
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn neither_debug_nor_errors_show_a_person() {
    let personal = [
        "85073003328",
        "17473003373",
        "0566988259",
        "Sending Office",
        "Peeters",
        "Zoë",
        "letter.pdf",
        "annex",
        "Decision",
        "décision",
        "2027",
        "quarter",
        "case-2026",
        "EDER501",
    ];
    let shown = format!("{:?} {:?}", full_sending(), opening_of(&full_sending(), ActedBy::Recipient(2)).unwrap());
    for text in personal {
        assert!(!shown.contains(text), "{text} in {shown}");
    }
    for from in personal {
        let json = text(&full_sending());
        for json in [
            json.replace(from, &format!("{from}\u{7f}")),
            json.replace(from, &format!("{from}\\q")),
            json.replace(from, "85.07.30-033.29"),
        ] {
            let Err(error) = Codec::Json.decode::<Sending>(json.as_bytes()) else { continue };
            let shown = format!("{error} {error:?}");
            assert!(personal.iter().chain(&["85.07.30"]).all(|text| !shown.contains(text)), "{shown}");
        }
    }
}
