//! Keys and their text.

use recommande_tlog::note::{AmbiguousKey, KeyName, KeyRing, NoteSigner, VerifierKey, VerifierKeyError};
use recommande_tlog::{Ed25519PrivateKey, MlDsa44PrivateKey, PrivateKey, PublicKey};

pub fn name(text: &str) -> KeyName {
    text.parse().unwrap()
}

pub fn ed25519(seed: u8) -> Ed25519PrivateKey {
    Ed25519PrivateKey::from_seed(&[seed; 32]).unwrap()
}

pub fn ml_dsa_44(seed: u8) -> MlDsa44PrivateKey {
    MlDsa44PrivateKey::from_seed(&[seed; 32]).unwrap()
}

fn ed25519_octets(seed: u8) -> [u8; 32] {
    match ed25519(seed).public_key() {
        PublicKey::Ed25519(key) => *key,
        other => panic!("{other:?}"),
    }
}

fn ml_dsa_44_octets(seed: u8) -> Box<[u8; 1312]> {
    match ml_dsa_44(seed).public_key() {
        PublicKey::MlDsa44(key) => key.clone(),
        other => panic!("{other:?}"),
    }
}

/// The example of signed-note.
const EXAMPLE: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

#[test]
fn a_verifier_key_has_one_text() {
    let keys = [
        VerifierKey::ed25519(name("example.com/log"), ed25519_octets(1)),
        VerifierKey::ed25519_cosigner(name("example.com/log"), ed25519_octets(1)),
        VerifierKey::ml_dsa_44_cosigner(name("example.com/log"), ml_dsa_44_octets(1)).unwrap(),
    ];
    for key in &keys {
        assert_eq!(key.to_string().parse().as_ref(), Ok(key));
    }
    // One key with two types has two ids.
    assert_ne!(keys[0].id(), keys[1].id());
    assert_eq!(EXAMPLE.parse::<VerifierKey>().unwrap().to_string(), EXAMPLE);
}

#[test]
fn a_verifier_key_that_is_changed_is_none() {
    let parse = |text: &str| text.parse::<VerifierKey>();
    for place in 0..EXAMPLE.len() {
        for octet in [b'+', b'A', b'a', b'0', b'/', b'=', b' ', b'\n'] {
            let mut changed = EXAMPLE.as_bytes().to_vec();
            if changed[place] != octet {
                changed[place] = octet;
                let changed = String::from_utf8(changed).unwrap();
                assert!(parse(&changed).is_err(), "{changed}");
            }
        }
        let mut shorter = EXAMPLE.to_owned();
        shorter.remove(place);
        assert!(parse(&shorter).is_err(), "{shorter}");
        assert!(parse(&EXAMPLE[..place]).is_err());
    }
    for (text, error) in [
        ("", VerifierKeyError::Parts),
        ("example.com/foo+530d903a", VerifierKeyError::Parts),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::Name),
        ("example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::Name),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::Id),
        ("example.com/foo+530d903+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::Id),
        ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::IdDiffers),
        ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::IdDiffers),
        ("example.com/foo+530d903a+", VerifierKeyError::Base64),
        ("example.com/foo+530d903a+Aeky", VerifierKeyError::KeyLength),
        ("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::UnknownType(2)),
        ("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VerifierKeyError::KeyLength),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
    assert_eq!(parse(&format!("{EXAMPLE}{}", "A".repeat(5000))), Err(VerifierKeyError::TooLarge));
}

#[test]
fn a_name_has_no_space_and_no_plus() {
    for text in ["", " ", "a b", "a+b", "a\n", "a\u{a0}b", "a\u{2003}b", "a\u{85}", "a\u{3000}", "a\u{0}", "a\u{1b}[m"]
    {
        assert!(text.parse::<KeyName>().is_err(), "{text:?}");
    }
    for text in ["a", "example.com/log", "oid/1.2.3", "é", "—"] {
        assert_eq!(text.parse::<KeyName>().unwrap().as_str(), text);
    }
    let long = name(&"n".repeat(256));
    let error = VerifierKey::ml_dsa_44_cosigner(long.clone(), ml_dsa_44_octets(1)).unwrap_err();
    assert_eq!(error, VerifierKeyError::NameTooLong);
    assert!(VerifierKey::ml_dsa_44_cosigner(name(&"n".repeat(255)), ml_dsa_44_octets(1)).is_ok());
    assert_eq!(VerifierKey::ed25519(long.clone(), ed25519_octets(1)).name(), &long);
}

#[test]
fn two_keys_with_one_name_and_id_are_refused() {
    let key = |octets: [u8; 32]| VerifierKey::ed25519(name("example.com/log"), octets);
    assert_eq!(KeyRing::new([key([1; 32]), key([1; 32])]).unwrap().keys().count(), 1);
    assert_eq!(KeyRing::new([key([1; 32]), key([2; 32])]).unwrap().keys().count(), 2);
    let (first, second) = colliding();
    assert_eq!(first.id(), second.id());
    let error = AmbiguousKey { name: name("example.com/log"), id: first.id() };
    assert_eq!(KeyRing::new([first, second]).unwrap_err(), error);
}

/// Two keys with one id, found by counting: some hundred thousand suffice for 32 bits.
pub fn colliding() -> (VerifierKey, VerifierKey) {
    colliding_of(|octets| VerifierKey::ed25519(name("example.com/log"), octets))
}

fn colliding_of(key_of: impl Fn([u8; 32]) -> VerifierKey) -> (VerifierKey, VerifierKey) {
    let mut ids = std::collections::HashMap::new();
    for count in 0_u64.. {
        let mut octets = [0; 32];
        octets[..8].copy_from_slice(&count.to_be_bytes());
        let key = key_of(octets);
        if let Some(before) = ids.insert(key.id(), octets) {
            return (key_of(before), key);
        }
    }
    unreachable!()
}

#[test]
fn a_witness_whose_keys_nobody_tells_apart_is_refused() {
    use recommande_tlog::policy::{PolicyError, Witness};
    let (first, second) = colliding_of(|octets| VerifierKey::ed25519_cosigner(name("witness.example/w1"), octets));
    let error = AmbiguousKey { name: name("witness.example/w1"), id: first.id() };
    assert_eq!(Witness::new([first, second]), Err(PolicyError::AmbiguousKey(error)));
}

#[test]
fn a_key_is_not_shown() {
    let key = ed25519(1);
    assert_eq!(format!("{key:?}"), "Ed25519PrivateKey");
    let signer = NoteSigner::new(name("example.com/log"), key).unwrap();
    let shown = format!("{signer:?} {:?}", ml_dsa_44(1));
    assert!(shown.contains("example.com/log") && !shown.contains("private_key") && shown.len() < 300, "{shown}");
}
