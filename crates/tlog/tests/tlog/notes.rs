//! Who has signed this text?

use recommande_tlog::limits::{MAX_NOTE, MAX_SIGNATURES};
use recommande_tlog::note::{
    KeyRing, KnownSignature, Note, NoteError, NoteSigner, NoteText, NoteVerifyError, SignatureFault,
    SignatureLineFault, VerifierKey,
};

use crate::keys::{colliding, ed25519, ml_dsa_44, name};

/// The example of signed-note and its key.
const EXAMPLE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fn ring(keys: impl IntoIterator<Item = VerifierKey>) -> KeyRing {
    KeyRing::new(keys).unwrap()
}

fn example_ring() -> KeyRing {
    ring([KEY.parse().unwrap()])
}

#[test]
fn the_example_of_the_specification_verifies() {
    let note = Note::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!(note.to_text(), EXAMPLE);
    assert_eq!(note.text().as_str(), "This is an example message.\n");
    let (ring, key) = (example_ring(), KEY.parse().unwrap());
    assert_eq!(note.verify(&ring), Ok(vec![KnownSignature { key: &key, time: None }]));
}

/// Whatever octet changes, is dropped or doubled: no other note verifies.
#[test]
fn a_changed_note_does_not_verify() {
    let ring = example_ring();
    let octets = EXAMPLE.as_bytes();
    let verifies = |octets: &[u8]| Note::parse(octets).is_ok_and(|note| note.verify(&ring).is_ok());
    assert!(verifies(octets));
    for place in 0..octets.len() {
        for bit in 0..8 {
            let mut flip = octets.to_vec();
            flip[place] ^= 1 << bit;
            assert!(!verifies(&flip), "bit {bit} of {place}");
        }
        let (before, after) = octets.split_at(place);
        assert!(!verifies(&[before, &after[1..]].concat()), "without {place}");
        assert!(!verifies(before), "cut at {place}");
        assert!(!verifies(after) || place == 0, "from {place}");
        for octet in *b"\n A=+\xe2" {
            assert!(!verifies(&[before, &[octet], after].concat()), "{octet} before {place}");
        }
    }
    assert!(!verifies(&[octets, b"\n"].concat()));
    assert!(!verifies(&[octets, octets].concat()));
}

/// Reading and writing give the same octets, whatever is read.
#[test]
fn a_note_has_one_form() {
    let notes = [
        EXAMPLE.to_owned(),
        EXAMPLE.replace("This is", "\n\n\u{2014} is"),
        format!("\n{EXAMPLE}"),
        format!("\n\n\n{EXAMPLE}"),
        EXAMPLE.replace("message.\n", "message.\n\n\n"),
        "\n\n\u{2014} n AAAAAAA=\n".to_owned(),
        "a\n\n\n\u{2014} n AAAAAAA=\n\u{2014} n AAAAAAA=\n".to_owned(),
    ];
    for note in notes {
        assert_eq!(Note::parse(note.as_bytes()).unwrap().to_text(), note);
    }
}

#[test]
fn what_is_no_note_is_said_to_be_none() {
    let line = |line, fault| NoteError::SignatureLine { line, fault };
    let cases: [(&[u8], NoteError); 25] = [
        (b"", NoteError::NoSignatures),
        (b"text", NoteError::NoSignatures),
        (b"text\n", NoteError::NoSignatures),
        (b"text\n\n", NoteError::NoSignatures),
        ("text\n\u{2014} n AAAAAAA=\n".as_bytes(), NoteError::NoSignatures),
        ("\n\u{2014} n AAAAAAA=\n".as_bytes(), NoteError::NoSignatures),
        ("text\n\n\u{2014} n AAAAAAA=".as_bytes(), NoteError::Unterminated),
        ("text\n\n\u{2014} n AAAAAAA=\n\n".as_bytes(), NoteError::NoSignatures),
        (b"te\xffxt\n\n", NoteError::NotUtf8 { offset: 2 }),
        (b"text\r\n\n", NoteError::ControlCharacter { offset: 4 }),
        (b"te\txt\n\n", NoteError::ControlCharacter { offset: 2 }),
        (b"te\0xt\n\n", NoteError::ControlCharacter { offset: 2 }),
        ("text\n\n\u{2014} n AAAAAAA=\r\n".as_bytes(), NoteError::ControlCharacter { offset: 20 }),
        (b"text\n\n- n AAAAAAA=\n", line(1, SignatureLineFault::Dash)),
        ("text\n\n\u{2014}n AAAAAAA=\n".as_bytes(), line(1, SignatureLineFault::Dash)),
        ("text\n\n \u{2014} n AAAAAAA=\n".as_bytes(), line(1, SignatureLineFault::Dash)),
        ("text\n\n\u{2014} n AAAAAAA=\n\u{2013} n AAAAAAA=\n".as_bytes(), line(2, SignatureLineFault::Dash)),
        ("text\n\n\u{2014}  AAAAAAA=\n".as_bytes(), line(1, SignatureLineFault::Name)),
        ("text\n\n\u{2014} n+ AAAAAAA=\n".as_bytes(), line(1, SignatureLineFault::Name)),
        ("text\n\n\u{2014} n\u{a0}n AAAAAAA=\n".as_bytes(), line(1, SignatureLineFault::Name)),
        ("text\n\n\u{2014} n\n".as_bytes(), line(1, SignatureLineFault::Base64)),
        ("text\n\n\u{2014} n AAAAAAA\n".as_bytes(), line(1, SignatureLineFault::Base64)),
        ("text\n\n\u{2014} n AAAAAAB=\n".as_bytes(), line(1, SignatureLineFault::Base64)),
        ("text\n\n\u{2014} n AAAAAA==\n".as_bytes(), line(1, SignatureLineFault::TooShort)),
        ("text\n\n\u{2014} n AAAA\n".as_bytes(), line(1, SignatureLineFault::TooShort)),
    ];
    for (octets, error) in cases {
        assert_eq!(Note::parse(octets), Err(error), "{:?}", String::from_utf8_lossy(octets));
    }
}

#[test]
fn a_note_is_bounded() {
    let with = |count: usize| format!("text\n\n{}", "\u{2014} n AAAAAAA=\n".repeat(count));
    assert_eq!(Note::parse(with(MAX_SIGNATURES).as_bytes()).unwrap().signatures().len(), MAX_SIGNATURES);
    for count in [MAX_SIGNATURES + 1, 10_000] {
        assert_eq!(Note::parse(with(count).as_bytes()), Err(NoteError::TooManySignatures));
    }
    let of = |octets: usize| {
        let rest = "\n\n\u{2014} n AAAAAAA=\n";
        format!("{}{rest}", "a".repeat(octets - rest.len()))
    };
    assert_eq!(Note::parse(of(MAX_NOTE).as_bytes()).unwrap().to_text().len(), MAX_NOTE);
    assert_eq!(Note::parse(of(MAX_NOTE + 1).as_bytes()), Err(NoteError::TooLarge));
    let note = Note::parse(of(MAX_NOTE).as_bytes()).unwrap();
    let more = Note::parse(EXAMPLE.as_bytes()).unwrap().signatures().to_vec();
    assert_eq!(note.with_signatures(more), Err(NoteError::TooLarge));
    assert_eq!(NoteText::new(&"a\n".repeat(MAX_NOTE)), Err(NoteError::TooLarge));
    assert_eq!(NoteText::new("text"), Err(NoteError::UnterminatedText));
    assert_eq!(NoteText::new(""), Err(NoteError::UnterminatedText));
    assert_eq!(NoteText::new("te\rxt\n"), Err(NoteError::ControlCharacter { offset: 2 }));
    assert_eq!(Note::new(NoteText::new("text\n").unwrap(), Vec::new()), Err(NoteError::NoSignatures));
}

#[test]
fn a_note_is_verified_with_the_keys_that_are_known() {
    let (ours, theirs) =
        (NoteSigner::new(name("ours"), ed25519(1)).unwrap(), NoteSigner::new(name("theirs"), ed25519(2)).unwrap());
    let text = NoteText::new("text\n\nof several lines\n").unwrap();
    let note = Note::new(text.clone(), vec![theirs.sign(&text).unwrap(), ours.sign(&text).unwrap()]).unwrap();
    assert_eq!(Note::parse(note.to_text().as_bytes()).as_ref(), Ok(&note));

    let both = ring([ours.verifier_key().clone(), theirs.verifier_key().clone()]);
    let known = |key| KnownSignature { key, time: None };
    assert_eq!(note.verify(&both), Ok(vec![known(ours.verifier_key()), known(theirs.verifier_key())]));
    let one = ring([theirs.verifier_key().clone()]);
    assert_eq!(note.verify(&one), Ok(vec![known(theirs.verifier_key())]));
    assert_eq!(note.verify(&example_ring()), Err(NoteVerifyError::NoKnownKey));
    assert_eq!(note.verify(&KeyRing::default()), Err(NoteVerifyError::NoKnownKey));

    // The same key under another name, and another key under the same name, are unknown.
    for key in [NoteSigner::new(name("others"), ed25519(1)), NoteSigner::new(name("ours"), ed25519(3))] {
        let ring = ring([key.unwrap().verifier_key().clone()]);
        assert_eq!(note.verify(&ring), Err(NoteVerifyError::NoKnownKey));
    }
    // A signature over another text.
    let other = NoteText::new("text\n").unwrap();
    let moved = Note::new(other, note.signatures().to_vec()).unwrap();
    let error = |key: &VerifierKey, fault| NoteVerifyError::Signature { name: key.name().clone(), id: key.id(), fault };
    assert_eq!(moved.verify(&one), Err(error(theirs.verifier_key(), SignatureFault::Invalid)));
    assert!(NoteSigner::new(name("ours"), ml_dsa_44(1)).is_err());
}

/// A valid signature does not hide an invalid one of the same key, wherever each stands.
#[test]
fn the_order_of_signatures_does_not_matter() {
    let signer = NoteSigner::new(name("ours"), ed25519(1)).unwrap();
    let (text, other) = (NoteText::new("text\n").unwrap(), NoteText::new("other\n").unwrap());
    let (valid, invalid) = (signer.sign(&text).unwrap(), signer.sign(&other).unwrap());
    let ring = ring([signer.verifier_key().clone()]);
    for signatures in [vec![valid.clone(), invalid.clone()], vec![invalid.clone(), valid.clone()]] {
        let error = Note::new(text.clone(), signatures).unwrap().verify(&ring).unwrap_err();
        let (name, id) = (name("ours"), signer.verifier_key().id());
        assert_eq!(error, NoteVerifyError::Signature { name, id, fault: SignatureFault::Invalid });
    }
    let twice = Note::new(text.clone(), vec![valid.clone(), valid.clone()]).unwrap();
    assert_eq!(twice.verify(&ring).unwrap().len(), 1);
    let same = Note::new(text, vec![valid.clone()]).unwrap();
    assert_eq!(same.clone().with_signatures([valid]), Ok(same));
}

/// A key with the name and id of a known one gets a signature nowhere but into a refusal.
#[test]
fn a_colliding_id_is_of_no_use() {
    let (known, other) = colliding();
    let text = "text\n\n".to_owned();
    let octets = [known.id().as_bytes().as_slice(), &[0; 64]].concat();
    let line = format!("\u{2014} example.com/log {}\n", base64(&octets));
    let note = Note::parse((text + &line).as_bytes()).unwrap();
    for key in [known, other] {
        let error =
            NoteVerifyError::Signature { name: key.name().clone(), id: key.id(), fault: SignatureFault::Invalid };
        assert_eq!(note.verify(&ring([key])), Err(error));
    }
}

#[test]
fn a_signature_of_another_length_is_none() {
    let key: VerifierKey = KEY.parse().unwrap();
    for length in [1, 63, 65, 72, 2428] {
        let octets = [key.id().as_bytes().as_slice(), &vec![7; length]].concat();
        let note = format!("text\n\n\u{2014} example.com/foo {}\n", base64(&octets));
        let fault = SignatureFault::Length { stated: length, computed: 64 };
        let error = NoteVerifyError::Signature { name: key.name().clone(), id: key.id(), fault };
        assert_eq!(Note::parse(note.as_bytes()).unwrap().verify(&example_ring()), Err(error));
    }
}

/// The octets in base64, by hand: the tests bring no decoder of their own.
pub fn base64(octets: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in octets.chunks(3) {
        let group = chunk.iter().chain([0; 2].iter()).take(3).fold(0, |group, octet| group << 8 | u32::from(*octet));
        for (place, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let letter = usize::try_from(group >> shift & 63).unwrap();
            text.push(if place <= chunk.len() { char::from(ALPHABET[letter]) } else { '=' });
        }
    }
    text
}
