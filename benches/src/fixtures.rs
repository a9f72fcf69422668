//! The letters that are sealed, as a service knows them.

use chrono::{DateTime, Utc};
use recommande::crypto::KeyKind;
use recommande::evidence::{Language, RegisteredMail, Ticket};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::testing::TestPki;
use recommande::{
    Credentials, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sealer, Sending,
};
use signed_data::SignedData;

/// The kinds of key that seal, with their names.
pub const KINDS: [(&str, KeyKind); 6] = [
    ("RSA-2048", KeyKind::Rsa { bits: 2048 }),
    ("RSA-3072", KeyKind::Rsa { bits: 3072 }),
    ("RSA-4096", KeyKind::Rsa { bits: 4096 }),
    ("P-256", KeyKind::EcP256),
    ("P-384", KeyKind::EcP384),
    ("Ed25519", KeyKind::Ed25519),
];

/// The time at which everything happens.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_338_904, 123_000_000).expect("a time in 2026")
}

/// Makes new keys of this kind, and the certificates of a service and of a TSA.
pub fn pki(kind: &KeyKind) -> TestPki {
    TestPki::of_kind(kind, now()).expect("a throwaway PKI")
}

/// Makes a sealer with the seal key of `pki`.
pub fn sealer(pki: &TestPki) -> Sealer {
    let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).expect("key and chain");
    Sealer::new(credentials, issuer())
}

/// The service that seals.
pub fn issuer() -> Issuer {
    let number = EnterpriseNumber::new("0406798006").expect("an enterprise number");
    Issuer::of("Example Registered Mail Service", &number, Environment::Test).expect("an issuer")
}

/// The digests of the payload.
pub fn digests() -> PayloadDigests {
    PayloadDigests::of_bytes(b"a letter")
}

/// A letter with the data of the national service about it.
pub fn sending() -> Sending {
    letter(0)
}

/// The letter of this number. Letters are alike, and no two are the same.
pub fn letter(number: usize) -> Sending {
    let ticket = "1ZG0000036L3Z";
    let sender = EnterpriseNumber::new("0566988259").expect("an enterprise number");
    let mail = RegisteredMail::new(
        Ticket::new(ticket).expect("a ticket"),
        &format!("Reminder of payment {number}"),
        "letter",
        Language::English,
    )
    .expect("a registered mail");
    Sending::new(
        MessageId::new(ticket).expect("a message identifier"),
        Party::legal_person(sender, "Example Sending Office").expect("a sender"),
        Party::new("85073003328".parse::<Niss>().expect("a number")),
        PartDescription::new("letter.pdf", "application/pdf").expect("a part"),
        PayloadDigests::of_bytes(format!("letter {number}").as_bytes()),
        now(),
    )
    .expect("a sending")
    .with_national_extension(mail)
}

/// The signed attributes of a seal, as SET OF, over which its signature is.
pub fn signed_attributes(seal: &[u8]) -> Vec<u8> {
    let signed_data = SignedData::parse(seal).expect("a SignedData");
    let signer_info = signed_data.signer_infos.first().expect("a SignerInfo");
    signer_info.signed_attributes.as_ref().expect("signed attributes").as_set().to_vec()
}

/// The content of a seal, which is its statement.
pub fn content(seal: &[u8]) -> Vec<u8> {
    let signed_data = SignedData::parse(seal).expect("a SignedData");
    signed_data.encap_content_info.content.expect("attached content").to_vec()
}
