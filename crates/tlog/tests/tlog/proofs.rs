//! Does this file show that the entry is in the log?

use recommande_tlog::Hash;
use recommande_tlog::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use recommande_tlog::cosignature::Cosigner;
use recommande_tlog::limits::{MAX_EXTRA, MAX_PROOF_FILE, MAX_PROOF_HASHES};
use recommande_tlog::note::NoteSigner;
use recommande_tlog::policy::{CheckpointVerifyError, LogPolicy, Witness};
use recommande_tlog::proof::{TlogProof, TlogProofError, TlogProofVerifyError};
use recommande_tlog::tree::{InclusionError, MemoryTree, prove_inclusion};

use crate::checkpoints::origin;
use crate::keys::{ed25519, ml_dsa_44, name};
use crate::rfc6962;

const SIZE: u64 = 13;
const INDEX: u64 = 5;

fn leaf(index: u64) -> Hash {
    Hash::leaf(&rfc6962::entries(SIZE)[usize::try_from(index).unwrap()])
}

fn proof_and_policy() -> (TlogProof, LogPolicy) {
    let mut tree = MemoryTree::new();
    for index in 0..SIZE {
        tree.append(leaf(index)).unwrap();
    }
    let log = NoteSigner::new(name("example.com/log"), ed25519(1)).unwrap();
    let witness = Cosigner::new(name("witness.example/w1"), ml_dsa_44(2)).unwrap();
    let checkpoint = Checkpoint::new(origin("example.com/log"), tree.head());
    let signatures =
        vec![log.sign(&checkpoint.to_text()).unwrap(), witness.cosign(&checkpoint, 1_800_000_000).unwrap()];
    let checkpoint = SignedCheckpoint::new(checkpoint, signatures).unwrap();
    let proof = TlogProof::new(INDEX, prove_inclusion(INDEX, SIZE, &tree).unwrap(), checkpoint).unwrap();
    let policy = LogPolicy::new(origin("example.com/log"), [log.verifier_key().clone()])
        .unwrap()
        .with_witnesses(1, [Witness::new([witness.verifier_key().clone()]).unwrap()])
        .unwrap();
    (proof, policy)
}

#[test]
fn a_proof_is_verified_offline() {
    let (proof, policy) = proof_and_policy();
    for proof in [proof.clone(), proof.clone().with_extra(b"seal".to_vec()).unwrap(), proof.with_extra(vec![]).unwrap()]
    {
        let text = proof.to_text();
        let read = TlogProof::parse(text.as_bytes()).unwrap();
        assert_eq!(read, proof);
        assert_eq!(read.to_text(), text);
        let verified = read.verify(&policy, &leaf(INDEX)).unwrap();
        assert_eq!(verified.checkpoint().head().size(), SIZE);
        assert_eq!(verified.witnessed()[0].time, Some(1_800_000_000));
        for other in (0..SIZE).filter(|index| *index != INDEX) {
            let error = TlogProofVerifyError::Inclusion(InclusionError::RootDiffers);
            assert_eq!(read.verify(&policy, &leaf(other)), Err(error));
        }
    }
}

/// Each line, in turn, is flipped, dropped, doubled, swapped with the next, or cut; what is read then is no proof. Only the extra data
/// can be another one, and the note can lose a witness that the policy does not ask for.
#[test]
fn a_changed_proof_does_not_verify() {
    let (proof, policy) = proof_and_policy();
    let text = proof.with_extra(b"unauthenticated".to_vec()).unwrap().to_text();
    let verifies =
        |text: &str| TlogProof::parse(text.as_bytes()).is_ok_and(|proof| proof.verify(&policy, &leaf(INDEX)).is_ok());
    assert!(verifies(&text));
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 3 + 4 + 1 + 3 + 1 + 2);
    for place in 0..lines.len() {
        let with = |line: &str| [&lines[..place], &[line], &lines[place + 1..]].concat().concat();
        let is_extra = place == 1;
        assert_eq!(verifies(&with("")), is_extra, "without line {place}");
        // A signature that is there twice is one.
        assert_eq!(verifies(&with(&lines[place].repeat(2))), place >= 12, "line {place} twice");
        if let Some(next) = lines.get(place + 1) {
            let swap = [&lines[..place], &[next, lines[place]], &lines[place + 2..]].concat().concat();
            assert_eq!(verifies(&swap), place == 12, "line {place} after the next");
        }
        assert!(!verifies(&lines[..place].concat()), "the first {place} lines");
        let line = lines[place].as_bytes();
        let step = if line.len() > 300 { 37 } else { 1 };
        for octet in (0..line.len()).step_by(step) {
            for bit in [0, 1, 2, 5] {
                let mut flip = line.to_vec();
                flip[octet] ^= 1 << bit;
                let Ok(flip) = String::from_utf8(flip) else { continue };
                // Base64 of other extra data is base64.
                let other_extra = is_extra && (6..line.len() - 1).contains(&octet);
                assert!(other_extra || !verifies(&with(&flip)), "bit {bit} of octet {octet} of line {place}");
            }
            let mut short = line.to_vec();
            short.remove(octet);
            let Ok(short) = String::from_utf8(short) else { continue };
            assert!(!verifies(&with(&short)), "line {place} without octet {octet}");
        }
    }
    for more in ["\n", " ", "\0", "index 5\n"] {
        assert!(!verifies(&format!("{text}{more}")));
        assert!(!verifies(&format!("{more}{text}")));
    }
}

#[test]
fn what_is_no_proof_is_said_to_be_none() {
    let (proof, policy) = proof_and_policy();
    let text = proof.to_text();
    let hash = format!("{}\n", proof.hashes()[0]);
    let with = |from: &str, to: &str| {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        changed
    };
    let cases = [
        (String::new(), TlogProofError::Header),
        (with("proof@v1", "proof@v2"), TlogProofError::Header),
        (with("proof@v1\n", "proof@v1\r\n"), TlogProofError::Header),
        (with("c2sp", "\u{feff}c2sp"), TlogProofError::Header),
        (with("index", "extra AA\nindex"), TlogProofError::Extra),
        (with("index", "extra AAB=\nindex"), TlogProofError::Extra),
        (with("index", "extra AAA=\nextra AAA=\nindex"), TlogProofError::Index),
        (with("index", "Index"), TlogProofError::Index),
        (with("index 5", "index"), TlogProofError::Index),
        (with("index 5", "index 05"), TlogProofError::Index),
        (with("index 5", "index -5"), TlogProofError::Index),
        (with("index 5", "index 5 "), TlogProofError::Index),
        (with("index 5", "index 18446744073709551616"), TlogProofError::Index),
        (with(&hash, &format!(" {hash}")), TlogProofError::Hash { line: 1 }),
        (with(&hash, &hash.repeat(MAX_PROOF_HASHES)), TlogProofError::TooManyHashes),
        (with("\n\nexample.com/log\n", "\nexample.com/log\n"), TlogProofError::Hash { line: 5 }),
        (text[..100].to_owned(), TlogProofError::NoCheckpoint),
        (with("\n13\n", "\n013\n"), TlogProofError::Checkpoint(CheckpointError::Size)),
    ];
    for (text, error) in cases {
        assert_eq!(TlogProof::parse(text.as_bytes()).unwrap_err(), error, "{text}");
    }
    assert_eq!(TlogProof::parse(b"c2sp.org/\xff").unwrap_err(), TlogProofError::NotUtf8);
    assert_eq!(TlogProof::parse(&vec![b'a'; MAX_PROOF_FILE + 1]).unwrap_err(), TlogProofError::TooLarge);

    let read = TlogProof::parse(with("index 5", "index 13").as_bytes()).unwrap();
    let error = InclusionError::OutsideOfTree { index: 13, size: 13 };
    assert_eq!(read.verify(&policy, &leaf(5)), Err(TlogProofVerifyError::Inclusion(error)));
    let read = TlogProof::parse(with(&hash, "").as_bytes()).unwrap();
    let error = InclusionError::ProofLength { stated: 3, computed: 4 };
    assert_eq!(read.verify(&policy, &leaf(5)), Err(TlogProofVerifyError::Inclusion(error)));
    let other = LogPolicy::new(origin("example.com/other"), [other_key()]).unwrap();
    let error = CheckpointVerifyError::OtherLog;
    assert_eq!(proof.verify(&other, &leaf(5)), Err(TlogProofVerifyError::Checkpoint(error)));
}

fn other_key() -> recommande_tlog::note::VerifierKey {
    NoteSigner::new(name("example.com/other"), ed25519(8)).unwrap().verifier_key().clone()
}

#[test]
fn a_proof_is_bounded() {
    let (proof, _) = proof_and_policy();
    let largest = proof.clone().with_extra(vec![7; MAX_EXTRA]).unwrap();
    assert_eq!(TlogProof::parse(largest.to_text().as_bytes()), Ok(largest));
    assert_eq!(proof.clone().with_extra(vec![7; MAX_EXTRA + 1]).unwrap_err(), TlogProofError::ExtraTooLarge);
    let hashes = vec![Hash::EMPTY; MAX_PROOF_HASHES + 1];
    let error = TlogProof::new(0, hashes, proof.checkpoint().clone()).unwrap_err();
    assert_eq!(error, TlogProofError::TooManyHashes);
    let shown = format!("{:?}", proof.with_extra(b"secret".to_vec()).unwrap());
    assert!(shown.contains("extra: Some(6)"), "{shown}");
}
