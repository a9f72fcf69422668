//! What did the log sign, and who cosigned it?

use recommande_tlog::Hash;
use recommande_tlog::checkpoint::{Checkpoint, CheckpointError, Origin, SignedCheckpoint};
use recommande_tlog::cosignature::{CosignError, Cosigner};
use recommande_tlog::limits::{MAX_CHECKPOINT_TEXT, MAX_ORIGIN, MAX_TREE_SIZE};
use recommande_tlog::note::{
    KeyRing, NoteError, NoteSignature, NoteSigner, NoteText, NoteVerifyError, SignatureFault, SignatureType,
    VerifierKey,
};
use recommande_tlog::policy::{CheckpointVerifyError, LogPolicy, PolicyError, Witness, Witnessed};
use recommande_tlog::tree::{TreeHead, TreeHeadError};
use recommande_tlog::{Ed25519PrivateKey, MlDsa44PrivateKey, PrivateKey};

use crate::keys::{ed25519, ml_dsa_44, name};
use crate::notes::base64;

const TEXT: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
const TIME: u64 = 1_679_315_147;

pub fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

fn text(text: &str) -> NoteText {
    NoteText::new(text).unwrap()
}

pub fn checkpoint() -> Checkpoint {
    Checkpoint::parse(&text(TEXT)).unwrap()
}

fn log() -> NoteSigner<Ed25519PrivateKey> {
    NoteSigner::new(name("example.com/behind-the-sofa"), ed25519(1)).unwrap()
}

fn cosigner<K: PrivateKey>(text: &str, key: K) -> Cosigner<K> {
    Cosigner::new(name(text), key).unwrap()
}

/// The checkpoint with its log's signature and these.
fn signed(more: impl IntoIterator<Item = NoteSignature>) -> SignedCheckpoint {
    let signature = log().sign(&checkpoint().to_text()).unwrap();
    SignedCheckpoint::new(checkpoint(), vec![signature]).unwrap().with_signatures(more).unwrap()
}

/// A line with these octets after the id of the key.
fn line(key: &VerifierKey, octets: &[u8]) -> String {
    format!("\u{2014} {} {}\n", key.name(), base64(&[key.id().as_bytes(), octets].concat()))
}

fn fault(key: &VerifierKey, fault: SignatureFault) -> NoteVerifyError {
    NoteVerifyError::Signature { name: key.name().clone(), id: key.id(), fault }
}

#[test]
fn the_example_of_the_specification_is_read() {
    let checkpoint = checkpoint();
    assert_eq!(checkpoint.origin().as_str(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.head().size(), 20_852_163);
    assert_eq!(checkpoint.to_text().as_str(), TEXT);
    let made = Checkpoint::new(origin("example.com/behind-the-sofa"), *checkpoint.head());
    assert_eq!(made, checkpoint);
}

#[test]
fn what_is_no_checkpoint_is_said_to_be_none() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let parse = |lines: &str| Checkpoint::parse(&text(lines)).map(|checkpoint| checkpoint.to_text().to_string());
    for (lines, error) in [
        ("\n".to_owned(), CheckpointError::Lines),
        ("o\n".to_owned(), CheckpointError::Lines),
        ("o\n1\n".to_owned(), CheckpointError::Lines),
        (format!("o\n{root}\n1\n"), CheckpointError::Size),
        (format!("o\n\n{root}\n"), CheckpointError::Size),
        (format!("o\n01\n{root}\n"), CheckpointError::Size),
        (format!("o\n+1\n{root}\n"), CheckpointError::Size),
        (format!("o\n-1\n{root}\n"), CheckpointError::Size),
        (format!("o\n1 \n{root}\n"), CheckpointError::Size),
        (format!("o\n18446744073709551616\n{root}\n"), CheckpointError::Size),
        (
            format!("o\n{}\n{root}\n", MAX_TREE_SIZE + 1),
            CheckpointError::Head(TreeHeadError::TooLarge { size: MAX_TREE_SIZE + 1 }),
        ),
        (format!("o\n0\n{root}\n"), CheckpointError::Head(TreeHeadError::EmptyTreeRoot)),
        (format!("o\n1\n{}\n", &root[..43]), CheckpointError::Root),
        (format!("o\n1\n {root}\n"), CheckpointError::Root),
        ("o\n1\n\n".to_owned(), CheckpointError::Root),
        (format!("o\n1\n{root}\n\n"), CheckpointError::EmptyExtension),
        (format!("o\n1\n{root}\nextension\n\nextension\n"), CheckpointError::EmptyExtension),
        (format!("o\n1\n{root}\nextension\n\n"), CheckpointError::EmptyExtension),
        (format!("o\n1\n{root}\n{}\n", "a".repeat(MAX_CHECKPOINT_TEXT)), CheckpointError::TooLarge),
    ] {
        assert_eq!(parse(&lines), Err(error), "{lines:?}");
    }
    let of = |origin: &str| format!("{origin}\n1\n{root}\n");
    for origin in [String::new(), "o".repeat(MAX_ORIGIN + 1)] {
        assert!(matches!(parse(&of(&origin)), Err(CheckpointError::Origin(_))), "{origin:?}");
    }
    for lines in [
        of(&"o".repeat(MAX_ORIGIN)),
        of("with spaces + plus"),
        format!("o\n0\n{}\n", Hash::EMPTY),
        format!("o\n{MAX_TREE_SIZE}\n{root}\nextension\nanother one\n"),
    ] {
        assert_eq!(parse(&lines).as_ref(), Ok(&lines));
    }
    let note = format!("{}\n\u{2014} n AAAAAAA=\n", of("o").replace("1\n", "01\n"));
    assert_eq!(SignedCheckpoint::parse(note.as_bytes()), Err(CheckpointError::Size));
    assert_eq!(SignedCheckpoint::parse(b"o\n"), Err(CheckpointError::Note(NoteError::NoSignatures)));
}

#[test]
fn cosignatures_have_their_time() {
    let (one, two) = (cosigner("witness.example/w1", ed25519(2)), cosigner("witness.example/w2", ml_dsa_44(3)));
    assert_eq!(one.verifier_key().signature_type(), SignatureType::Ed25519Cosignature);
    assert_eq!(two.verifier_key().signature_type(), SignatureType::MlDsa44Cosignature);
    let signed = signed([one.cosign(&checkpoint(), TIME).unwrap(), two.cosign(&checkpoint(), TIME + 1).unwrap()]);
    let read = SignedCheckpoint::parse(signed.note().to_text().as_bytes()).unwrap();
    assert_eq!(read, signed);
    let (log, one, two) = (log().verifier_key().clone(), one.verifier_key().clone(), two.verifier_key().clone());
    let ring = KeyRing::new([log.clone(), one.clone(), two.clone()]).unwrap();
    let mut known: Vec<_> =
        read.note().verify(&ring).unwrap().into_iter().map(|known| (known.key, known.time)).collect();
    known.sort();
    let mut expected = vec![(&log, None), (&one, Some(TIME)), (&two, Some(TIME + 1))];
    expected.sort();
    assert_eq!(known, expected);
}

#[test]
fn the_messages_are_those_of_the_specification() {
    let (first, second) = (ed25519(2), ml_dsa_44(3));
    let checkpoint = checkpoint();
    // The octets are put together here by hand, and signed with the bare keys.
    let message = format!("cosignature/v1\ntime 1679315147\n{TEXT}");
    let signature = first.sign(message.as_bytes()).unwrap();
    let made = cosigner("witness.example/w1", ed25519(2)).cosign(&checkpoint, TIME).unwrap();
    assert_eq!(made.as_bytes(), [&TIME.to_be_bytes(), signature.as_slice()].concat());

    let message = [
        b"subtree/v1\n\0".as_slice(),
        b"\x12witness.example/w2",
        b"\0\0\0\0\x64\x18\x50\xcb",
        b"\x1bexample.com/behind-the-sofa",
        b"\0\0\0\0\0\0\0\0",
        b"\0\0\0\0\x01\x3e\x2d\xc3",
        checkpoint.head().root().as_bytes(),
    ]
    .concat();
    let signature = second.sign(&message).unwrap();
    let key = cosigner("witness.example/w2", ml_dsa_44(3)).verifier_key().clone();
    let note = format!("{TEXT}\n{}", line(&key, &[&TIME.to_be_bytes(), signature.as_slice()].concat()));
    let read = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    assert_eq!(read.note().verify(&KeyRing::new([key.clone()]).unwrap()).unwrap()[0].time, Some(TIME));

    // Without a time it says that the tree is consistent, and not that it was the largest.
    let timeless = [&message[..31], &[0; 8], &message[39..]].concat();
    let signature = second.sign(&timeless).unwrap();
    let note = format!("{TEXT}\n{}", line(&key, &[&[0; 8], signature.as_slice()].concat()));
    let read = SignedCheckpoint::parse(note.as_bytes()).unwrap();
    assert_eq!(read.note().verify(&KeyRing::new([key]).unwrap()).unwrap()[0].time, None);
}

/// A cosignature that is moved to another time, checkpoint, key or type is none.
#[test]
fn a_changed_cosignature_does_not_verify() {
    fn attempts<K: PrivateKey>(cosigner: &Cosigner<K>, renamed: &Cosigner<K>, covers_name: bool) {
        let key = cosigner.verifier_key();
        let ring = KeyRing::new([key.clone()]).unwrap();
        let octets = cosigner.cosign(&checkpoint(), TIME).unwrap().as_bytes().to_vec();
        let verify = |text: &str, octets: &[u8]| {
            let note = format!("{text}\n{}", line(key, octets));
            SignedCheckpoint::parse(note.as_bytes()).unwrap().note().verify(&ring).map(|known| known[0].time)
        };
        assert_eq!(verify(TEXT, &octets), Ok(Some(TIME)));
        for place in (0..octets.len()).step_by(7).chain([0, 7, 8, octets.len() - 1]) {
            let mut flip = octets.clone();
            flip[place] ^= 1;
            assert_eq!(verify(TEXT, &flip), Err(fault(key, SignatureFault::Invalid)), "{place}");
        }
        let mut late = octets.clone();
        late[0] ^= 0x80;
        assert_eq!(verify(TEXT, &late), Err(fault(key, SignatureFault::Time)));
        for other in [&octets[1..], &octets[..octets.len() - 1], &octets[8..], &[octets.as_slice(), &[0]].concat()] {
            let length = SignatureFault::Length { stated: other.len(), computed: octets.len() };
            assert_eq!(verify(TEXT, other), Err(fault(key, length)));
        }
        for (from, to) in [("behind-the-sofa", "behind-the-sofb"), ("20852163", "20852164"), ("CsU", "DsU")] {
            let text = TEXT.replace(from, to);
            assert_eq!(verify(&text, &octets), Err(fault(key, SignatureFault::Invalid)), "{to}");
        }
        // The same key under another name.
        let note = format!("{TEXT}\n{}", line(renamed.verifier_key(), &octets));
        let ring = KeyRing::new([renamed.verifier_key().clone()]).unwrap();
        let verified = SignedCheckpoint::parse(note.as_bytes()).unwrap().note().verify(&ring).is_ok();
        assert_eq!(verified, !covers_name);
    }
    attempts(&cosigner("w1", ed25519(2)), &cosigner("w2", ed25519(2)), false);
    attempts(&cosigner("w1", ml_dsa_44(2)), &cosigner("w2", ml_dsa_44(2)), true);

    // A log's signature is no cosignature, nor the other way round, although the key is one.
    let (signer, witness) = (NoteSigner::new(name("w1"), ed25519(2)).unwrap(), cosigner("w1", ed25519(2)));
    let signature = signer.sign(&checkpoint().to_text()).unwrap();
    let octets = [&TIME.to_be_bytes(), signature.as_bytes()].concat();
    let note =
        SignedCheckpoint::parse(format!("{TEXT}\n{}", line(witness.verifier_key(), &octets)).as_bytes()).unwrap();
    let ring = KeyRing::new([witness.verifier_key().clone()]).unwrap();
    assert_eq!(note.note().verify(&ring), Err(fault(witness.verifier_key(), SignatureFault::Invalid)));
}

#[test]
fn extension_lines_are_not_cosigned() {
    let extended = Checkpoint::parse(&text(&format!("{TEXT}extension\n"))).unwrap();
    assert_eq!(extended.extensions().collect::<Vec<_>>(), ["extension"]);
    let (one, two) = (cosigner("w1", ed25519(2)), cosigner("w2", ml_dsa_44(3)));
    assert!(matches!(one.cosign(&extended, TIME), Err(CosignError::Extensions)));
    assert!(matches!(two.cosign(&extended, TIME), Err(CosignError::Extensions)));
    for time in [0, 1 << 63, u64::MAX] {
        assert!(matches!(one.cosign(&checkpoint(), time), Err(CosignError::Time)));
    }
    // Somebody adds a line to what was cosigned: each says that it is not covered, and in its own way.
    for (key, octets, expected) in [
        (one.verifier_key(), one.cosign(&checkpoint(), TIME).unwrap(), SignatureFault::Invalid),
        (two.verifier_key(), two.cosign(&checkpoint(), TIME).unwrap(), SignatureFault::Extensions),
    ] {
        let note = format!("{TEXT}extension\n\n{}", line(key, octets.as_bytes()));
        let ring = KeyRing::new([key.clone()]).unwrap();
        let error = SignedCheckpoint::parse(note.as_bytes()).unwrap().note().verify(&ring).unwrap_err();
        assert_eq!(error, fault(key, expected));
    }
    // The Ed25519 form covers them, where a log has them.
    let message = format!("cosignature/v1\ntime 1679315147\n{TEXT}extension\n");
    let octets = [&TIME.to_be_bytes(), ed25519(2).sign(message.as_bytes()).unwrap().as_slice()].concat();
    let note = format!("{TEXT}extension\n\n{}", line(one.verifier_key(), &octets));
    let ring = KeyRing::new([one.verifier_key().clone()]).unwrap();
    assert!(SignedCheckpoint::parse(note.as_bytes()).unwrap().note().verify(&ring).is_ok());
    // And no cosigner signs anything but checkpoints.
    let note = format!("text\n\n{}", line(one.verifier_key(), &octets));
    let error = recommande_tlog::note::Note::parse(note.as_bytes()).unwrap().verify(&ring).unwrap_err();
    assert_eq!(error, fault(one.verifier_key(), SignatureFault::NotACheckpoint));
}

/// Two witnesses, the second of which has two keys.
struct Witnesses {
    one: Cosigner<Ed25519PrivateKey>,
    two: Cosigner<Ed25519PrivateKey>,
    two_too: Cosigner<MlDsa44PrivateKey>,
}

impl Witnesses {
    fn new() -> Self {
        Self { one: cosigner("w1", ed25519(2)), two: cosigner("w2", ed25519(3)), two_too: cosigner("w2", ml_dsa_44(4)) }
    }

    fn policy(&self, quorum: usize) -> LogPolicy {
        let two = [self.two.verifier_key().clone(), self.two_too.verifier_key().clone()];
        LogPolicy::new(origin("example.com/behind-the-sofa"), [log().verifier_key().clone()])
            .unwrap()
            .with_witnesses(
                quorum,
                [Witness::new([self.one.verifier_key().clone()]).unwrap(), Witness::new(two).unwrap()],
            )
            .unwrap()
    }
}

#[test]
fn a_quorum_counts_witnesses_and_not_keys() {
    let witnesses = Witnesses::new();
    let one = |time| witnesses.one.cosign(&checkpoint(), time).unwrap();
    let two = |time| witnesses.two.cosign(&checkpoint(), time).unwrap();
    let two_too = |time| witnesses.two_too.cosign(&checkpoint(), time).unwrap();
    let few = |stated, quorum| Err(CheckpointVerifyError::TooFewWitnesses { stated, quorum });
    let witnessed = |quorum, more: Vec<NoteSignature>| {
        let verified = witnesses.policy(quorum).verify_checkpoint(&signed(more))?;
        assert_eq!(verified.checkpoint(), &checkpoint());
        Ok(verified.witnessed().to_vec())
    };
    let by = |witness, time| Witnessed { witness, time: Some(time) };
    assert_eq!(witnessed(1, vec![]), few(0, 1));
    assert_eq!(witnessed(1, vec![one(5)]), Ok(vec![by(0, 5)]));
    assert_eq!(witnessed(1, vec![two(5), two_too(4)]), Ok(vec![by(1, 4)]));
    assert_eq!(witnessed(2, vec![two(5), two_too(4)]), few(1, 2));
    assert_eq!(witnessed(2, vec![one(5), one(6), one(7)]), few(1, 2));
    // The order of the lines changes nothing.
    assert_eq!(witnessed(2, vec![two_too(6), one(9), two(7), one(8)]), Ok(vec![by(0, 8), by(1, 6)]));
    assert_eq!(witnessed(2, vec![one(8), two(7), one(9), two_too(6)]), Ok(vec![by(0, 8), by(1, 6)]));
}

#[test]
fn a_checkpoint_of_another_log_is_not_accepted() {
    let witnesses = Witnesses::new();
    let policy = witnesses.policy(1);
    let cosignature = witnesses.one.cosign(&checkpoint(), TIME).unwrap();
    let verify = |signed: &SignedCheckpoint| policy.verify_checkpoint(signed).map(|_| ());
    assert_eq!(verify(&signed([cosignature.clone()])), Ok(()));

    let other = Checkpoint::new(origin("example.com/behind-the-sofb"), *checkpoint().head());
    let signature = log().sign(&other.to_text()).unwrap();
    let other = SignedCheckpoint::new(other, vec![signature]).unwrap();
    assert_eq!(verify(&other), Err(CheckpointVerifyError::OtherLog));

    let unsigned = SignedCheckpoint::new(checkpoint(), vec![cosignature]).unwrap();
    assert_eq!(verify(&unsigned), Err(CheckpointVerifyError::NotSignedByLog));
    let stranger = NoteSigner::new(name("example.com/behind-the-sofa"), ed25519(9)).unwrap();
    let strange = SignedCheckpoint::new(checkpoint(), vec![stranger.sign(&checkpoint().to_text()).unwrap()]).unwrap();
    assert_eq!(verify(&strange), Err(CheckpointVerifyError::NotSignedByLog));
    // The history that a log would rather have.
    let forked = TreeHead::new(20_852_163, Hash::leaf(b"another history")).unwrap();
    let forked = Checkpoint::new(origin("example.com/behind-the-sofa"), forked);
    let signature = log().sign(&forked.to_text()).unwrap();
    let moved = witnesses.one.cosign(&checkpoint(), TIME).unwrap();
    let forked = SignedCheckpoint::new(forked, vec![signature, moved]).unwrap();
    let invalid = SignatureFault::Invalid;
    assert_eq!(verify(&forked), Err(CheckpointVerifyError::Cosignature { witness: 0, fault: invalid }));
    // The log's own signature of another checkpoint, beside a cosignature that is valid.
    let other = log().sign(&other.checkpoint().to_text()).unwrap();
    let moved =
        SignedCheckpoint::new(checkpoint(), vec![other, witnesses.one.cosign(&checkpoint(), TIME).unwrap()]).unwrap();
    assert_eq!(verify(&moved), Err(CheckpointVerifyError::LogSignature { fault: invalid }));
    // Of these only the forked one is the log's, and the line that makes it unacceptable does not hide that.
    assert!(policy.is_signed_by_log(&forked));
    let own = log().sign(&forked.checkpoint().to_text()).unwrap();
    let other = log().sign(&moved.checkpoint().to_text()).unwrap();
    let hidden = SignedCheckpoint::new(forked.checkpoint().clone(), vec![other, own]).unwrap();
    assert_eq!(verify(&hidden), Err(CheckpointVerifyError::LogSignature { fault: invalid }));
    assert!(policy.is_signed_by_log(&hidden));
    for signed in [&moved, &strange, &unsigned] {
        assert!(!policy.is_signed_by_log(signed));
    }
}

/// Of two signatures that are not valid, the same one is told wherever they stand.
#[test]
fn the_order_of_lines_does_not_choose_the_error() {
    let witnesses = Witnesses::new();
    let other = Checkpoint::new(origin("example.com/behind-the-sofa"), TreeHead::EMPTY);
    let one = witnesses.one.cosign(&other, TIME).unwrap();
    let two = witnesses.two_too.cosign(&other, TIME).unwrap();
    let verify =
        |more: [&NoteSignature; 2]| witnesses.policy(1).verify_checkpoint(&signed(more.map(Clone::clone))).unwrap_err();
    assert_eq!(verify([&one, &two]), CheckpointVerifyError::Cosignature { witness: 0, fault: SignatureFault::Invalid });
    assert_eq!(verify([&two, &one]), verify([&one, &two]));
}

#[test]
fn a_policy_that_counts_a_key_twice_is_refused() {
    let key = |text: &str, seed| cosigner(text, ed25519(seed)).verifier_key().clone();
    let witness = |text: &str, seed| Witness::new([key(text, seed)]).unwrap();
    let log_policy = || LogPolicy::new(origin("o"), [log().verifier_key().clone()]).unwrap();
    let refused = |quorum, witnesses: Vec<Witness>| log_policy().with_witnesses(quorum, witnesses).unwrap_err();
    let shared = |name: &str| PolicyError::SharedKey { name: name.parse().unwrap() };
    // Nobody who names witnesses means that none of them has to have seen the tree.
    assert_eq!(refused(0, vec![witness("w1", 2), witness("w2", 3)]), PolicyError::NoQuorum);
    assert!(log_policy().with_witnesses(0, []).is_ok());
    assert_eq!(refused(1, vec![witness("w1", 2), witness("w1", 2)]), shared("w1"));
    // A cosignature by Ed25519 does not name its cosigner.
    assert_eq!(refused(1, vec![witness("w1", 2), witness("w2", 2)]), shared("w1"));
    assert_eq!(refused(1, vec![witness("w1", 1)]), shared("example.com/behind-the-sofa"));
    assert_eq!(refused(3, vec![witness("w1", 2), witness("w2", 3)]), PolicyError::Quorum { stated: 3, witnesses: 2 });
    assert_eq!(refused(1, vec![]), PolicyError::Quorum { stated: 1, witnesses: 0 });
    assert_eq!(refused(1, vec![witness("w1", 2); 65]), PolicyError::TooManyWitnesses);
    assert_eq!(Witness::new([]), Err(PolicyError::NoWitnessKey));
    let error = PolicyError::NotACosigner { name: "example.com/behind-the-sofa".parse().unwrap() };
    assert_eq!(Witness::new([log().verifier_key().clone()]), Err(error));
    assert_eq!(LogPolicy::new(origin("o"), []).unwrap_err(), PolicyError::NoLogKey);
}
