//! The values of commitments, as another implementation computes them.

use super::*;
use crate::evidence::EvidenceIdentifier;

const PATH: &str = "/RecipientDetails/0/Identifier/value";
const SSIN: &str = "urn:be:fgov:person:ssin";
const NISS: &str = "85073003328";

fn identifier() -> EvidenceIdentifier {
    "urn:uuid:019cadd4-65c0-7101-8101-010101010101".parse().unwrap()
}

/// The octets 0 to 31.
fn octets() -> Vec<u8> {
    (0..32).collect()
}

fn salt() -> Salt {
    Salt::from_bytes(&octets()).unwrap()
}

#[test]
fn a_commitment_is_the_code_of_its_message() {
    let commitment = Commitment::new(&salt(), identifier(), PATH, SSIN, NISS);
    assert_eq!(commitment.to_string(), "0n8IYH6TKRtr-Bdd3nyTa7n8YokI800MtKpPOBz5KLc");
    let title = Commitment::new(&salt(), identifier(), "/Extensions/2/RegisteredMail/Title", "", "D\u{e9}cision");
    assert_eq!(title.to_string(), "KkMhWNswmDwdkUg_bS4pkIlU7TZW5APBYgiaQmINaPs");
    assert_eq!(Commitment::from_base64(&title.to_string()), Some(title));
}

#[test]
fn a_commitment_opens_to_its_value_alone() {
    let commitment = Commitment::new(&salt(), identifier(), PATH, SSIN, NISS);
    let opens = |salt: &Salt, of, path, scheme, value: &str| commitment.opens_to(salt, of, path, scheme, value);
    assert!(opens(&salt(), identifier(), PATH, SSIN, NISS));
    let elsewhere = EvidenceIdentifier::from_bytes([7; 16]);
    assert!(!opens(&SaltSeed::from_bytes(&octets()).unwrap().salt(PATH), identifier(), PATH, SSIN, NISS));
    assert!(!opens(&salt(), elsewhere, PATH, SSIN, NISS));
    assert!(!opens(&salt(), identifier(), "/SenderDetails/Identifier/value", SSIN, NISS));
    assert!(!opens(&salt(), identifier(), PATH, "urn:example:persons", NISS));
    assert!(!opens(&salt(), identifier(), PATH, SSIN, "79021806501"));
    // The octets that move from one text to the next are other texts.
    assert!(!opens(&salt(), identifier(), PATH, "urn:be:fgov:person:ssin8", "5073003328"));
}

#[test]
fn salts_of_a_seed_differ_by_field_and_by_proof() {
    let seed = SaltSeed::from_bytes(&octets()).unwrap();
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let salt = seed.salt(PATH);
    assert_eq!(hex(salt.as_bytes()), "b094e8d186485da63eec4717027fea84b6ed2dab3dec24249be69edc79890428");
    let of_proof = seed.for_proof(identifier());
    assert_eq!(hex(of_proof.as_bytes()), "ee6aa1fcb6d614229e7d6542676c258460e209a0b0376f1042f84b876ac9ea3b");
    assert_ne!(of_proof.salt(PATH).as_bytes(), salt.as_bytes());
    assert_ne!(Salt::generate().unwrap().as_bytes(), Salt::generate().unwrap().as_bytes());
    assert_ne!(SaltSeed::generate().unwrap().as_bytes(), SaltSeed::generate().unwrap().as_bytes());
}

#[test]
fn a_salt_has_32_octets_in_one_form() {
    let text = salt().to_base64();
    assert_eq!(text.as_str(), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
    assert_eq!(Salt::from_base64(&text).unwrap().as_bytes(), salt().as_bytes());
    for length in [0, 16, 31, 33] {
        assert_eq!(Salt::from_bytes(&vec![7; length]).unwrap_err(), SaltError::Length(length));
        assert_eq!(SaltSeed::from_bytes(&vec![7; length]).unwrap_err(), SaltError::Length(length));
    }
    assert_eq!(Salt::from_base64("AAECAwQFBgcICQoLDA0ODw").unwrap_err(), SaltError::Length(16));
    // Padding, another alphabet, white space, and bits that belong to no octet.
    for altered in [format!("{}=", *text), text.replace('8', "+"), format!("{} ", *text), text.replace("Hh8", "Hh9")] {
        assert_eq!(Salt::from_base64(&altered).unwrap_err(), SaltError::Base64, "{altered}");
        assert_eq!(Commitment::from_base64(&altered), None, "{altered}");
    }
    assert_eq!(Commitment::from_base64("AAECAwQFBgcICQoLDA0ODw"), None);
}

#[test]
fn debug_shows_no_secret() {
    let seed = SaltSeed::from_bytes(&[0xab; 32]).unwrap();
    assert_eq!(format!("{:?} {seed:?}", Salt::from_bytes(&[0xab; 32]).unwrap()), "Salt(***) SaltSeed(***)");
}
