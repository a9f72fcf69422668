//! Notes, proofs, requests, answers, keys, paths and bundles of transparency logs.

use std::sync::LazyLock;

use recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use recommande_tlog::cosignature::Cosigner;
use recommande_tlog::note::{Note, NoteSigner, VerifierKey};
use recommande_tlog::policy::{LogPolicy, Witness};
use recommande_tlog::proof::TlogProof;
use recommande_tlog::tile::{Bundle, Tile, encode_bundle, parse_bundle};
use recommande_tlog::tree::{MemoryTree, TreeHead, compute_head, prove_consistency, prove_inclusion};
use recommande_tlog::witness::{AddCheckpoint, Answer, AnswerError, LogRecord};
use recommande_tlog::{Ed25519PrivateKey, Hash, MlDsa44PrivateKey};

const ENTRIES: u64 = 13;
const INDEX: u64 = 5;
const OLD: u64 = 6;

/// A log that signed one checkpoint, and two witnesses that cosigned it. The clients below know no other.
struct Log {
    signed: SignedCheckpoint,
    old: TreeHead,
    proof: TlogProof,
    request: AddCheckpoint,
    witness: Witness,
    unwitnessed: LogPolicy,
    policy: LogPolicy,
    leaves: Vec<Hash>,
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let mut tree = MemoryTree::new();
    let leaves: Vec<Hash> = (0..ENTRIES).map(|index| Hash::leaf(&index.to_be_bytes())).collect();
    leaves.iter().for_each(|leaf| tree.append(*leaf).expect("room"));
    let key = |seed| Ed25519PrivateKey::from_seed(&[seed; 32]).expect("a key");
    let log = NoteSigner::new("example.com/log".parse().expect("a name"), key(1)).expect("Ed25519");
    let one = Cosigner::new("witness.example/w1".parse().expect("a name"), key(2)).expect("a name");
    let two = MlDsa44PrivateKey::from_seed(&[3; 32]).expect("a key");
    let two = Cosigner::new("witness.example/w1".parse().expect("a name"), two).expect("a name");
    let checkpoint = Checkpoint::new("example.com/log".parse().expect("an origin"), tree.head());
    let signature = log.sign(&checkpoint.to_text()).expect("signed");
    let cosignatures = [one.cosign(&checkpoint, 1_800_000_000), two.cosign(&checkpoint, 1_800_000_001)];
    let signed = SignedCheckpoint::new(checkpoint, vec![signature]).expect("a note");
    let signed =
        signed.with_signatures(cosignatures.map(|cosignature| cosignature.expect("cosigned"))).expect("a note");
    let witness = Witness::new([one.verifier_key().clone(), two.verifier_key().clone()]).expect("keys");
    let unwitnessed =
        LogPolicy::new(signed.checkpoint().origin().clone(), [log.verifier_key().clone()]).expect("a key");
    let hashes = prove_inclusion(INDEX, ENTRIES, &tree).expect("proven");
    let consistency = prove_consistency(OLD, ENTRIES, &tree).expect("proven");
    Log {
        old: compute_head(OLD, &tree).expect("a head"),
        proof: TlogProof::new(INDEX, hashes, signed.clone()).expect("a proof"),
        request: AddCheckpoint::new(OLD, consistency, signed.clone()).expect("a request"),
        policy: unwitnessed.clone().with_witnesses(1, [witness.clone()]).expect("a policy"),
        signed,
        witness,
        unwitnessed,
        leaves,
    }
});

/// What was read is written the same. Nothing verifies but the one checkpoint that the log signed, with its entries.
pub fn transparency(input: &[u8]) {
    let log = &*LOG;
    if let Ok(note) = Note::parse(input) {
        assert!(note.to_text().as_bytes() == input, "another form of a note");
    }
    if let Ok(signed) = SignedCheckpoint::parse(input) {
        assert!(signed.checkpoint().to_text() == *signed.note().text(), "another form of a checkpoint");
        if log.policy.verify_checkpoint(&signed).is_ok() {
            assert!(signed.note().text() == log.signed.note().text(), "a checkpoint that was not signed");
        }
    }
    match TlogProof::parse(input) {
        Ok(proof) => {
            assert!(proof.to_text().as_bytes() == input, "another form of a proof");
            for (index, leaf) in (0..).zip(&log.leaves) {
                if proof.verify(&log.policy, leaf).is_ok() {
                    assert!(proof.index() == index, "another index");
                    assert!(proof.checkpoint().note().text() == log.signed.note().text());
                }
            }
        }
        Err(error) => drop((error.to_string(), format!("{error:?}"))),
    }
    request(input, log);
    let answer = Answer { status: 200, content_type: None, body: input.to_vec() };
    if let Ok(cosignatures) = answer.cosignatures(&log.signed, &log.witness) {
        let made = log.signed.note().signatures();
        assert!(cosignatures.iter().all(|cosignature| made.contains(cosignature)), "a cosignature that was not made");
    }
    let answer = Answer { status: 409, content_type: Some("text/x.tlog.size".to_owned()), body: input.to_vec() };
    match answer.cosignatures(&log.signed, &log.witness) {
        Err(AnswerError::Conflict { size }) => assert!(input == format!("{size}\n").as_bytes(), "another size"),
        Err(AnswerError::ConflictWithoutSize) => {}
        other => panic!("a conflict is none: {other:?}"),
    }
    if let Ok(text) = core::str::from_utf8(input) {
        let written = [
            text.parse::<VerifierKey>().map(|key| key.to_string()).ok(),
            text.parse::<Tile>().map(|tile| tile.to_string()).ok(),
            text.parse::<Bundle>().map(|bundle| bundle.to_string()).ok(),
        ];
        let mut written = written.into_iter().flatten();
        assert!(written.next().is_none_or(|written| written == text) && written.next().is_none(), "another form");
    }
    if let Some((width, octets)) = input.split_first()
        && let Some(bundle) = Bundle::new(0, u16::from(*width) + 1)
        && let Ok(entries) = parse_bundle(&bundle, octets)
    {
        assert!(encode_bundle(&entries).is_ok_and(|encoded| encoded == octets), "another form of a bundle");
    }
}

/// A witness that saw the older tree cosigns nothing but the one checkpoint.
fn request(input: &[u8], log: &Log) {
    if let Ok(request) = AddCheckpoint::parse(input) {
        assert!(request.to_text().as_bytes() == input, "another form of a request");
    }
    let mut record = LogRecord::new(log.unwitnessed.clone(), log.old);
    match record.add_checkpoint(input) {
        Ok(checkpoint) => {
            assert!(checkpoint == *log.signed.checkpoint(), "a checkpoint that was not signed");
            assert!(record.latest() == checkpoint.head());
        }
        Err(refusal) => {
            assert!(record.latest() == &log.old);
            assert!(refusal.to_answer().status >= 400);
        }
    }
}

/// Each kind of input once, well-formed.
pub fn seeds() -> Vec<Vec<u8>> {
    let log = &*LOG;
    let line = |signature: &recommande_tlog::note::NoteSignature| signature.to_line();
    let mut seeds: Vec<Vec<u8>> = vec![
        log.signed.note().to_text().into(),
        log.proof.to_text().into(),
        log.proof.clone().with_extra(b"extra".to_vec()).expect("extra").to_text().into(),
        log.request.to_text().into(),
        log.signed.note().signatures().iter().map(line).collect::<String>().into(),
        b"20\n".to_vec(),
        b"tile/0/x001/234.p/5".to_vec(),
        b"tile/entries/x001/234".to_vec(),
        [&[2], encode_bundle(&["", "one", "three"]).expect("a bundle").as_slice()].concat(),
    ];
    seeds.extend(log.witness.keys().iter().map(|key| key.to_string().into_bytes()));
    seeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_log_signed_verifies() {
        let log = &*LOG;
        assert!(log.proof.verify(&log.policy, &log.leaves[5]).is_ok());
        let mut record = LogRecord::new(log.unwitnessed.clone(), log.old);
        assert!(record.add_checkpoint(log.request.to_text().as_bytes()).is_ok());
    }
}
