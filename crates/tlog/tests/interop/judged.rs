//! torchwood and this crate judge proofs alike, whatever is changed in them.

use std::fs;

use recommande_tlog::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use recommande_tlog::cosignature::Cosigner;
use recommande_tlog::note::{NoteError, NoteSignature, SignatureLineFault, VerifierKey};
use recommande_tlog::policy::{LogPolicy, Witness};
use recommande_tlog::proof::{TlogProof, TlogProofError, TlogProofVerifyError};
use recommande_tlog::tree::prove_inclusion;
use recommande_tlog::{Ed25519PrivateKey, Hash, MlDsa44PrivateKey};

use crate::peers::{self, ORIGIN, entry, log, scratch, tree};

const TIME: u64 = 1_790_000_000;

/// Our proof of entry 5 of 13 with two witnesses, and the keys of the log and both.
fn proof(signature: NoteSignature, checkpoint: Checkpoint) -> (TlogProof, [VerifierKey; 2]) {
    let one =
        Cosigner::new("witness.example/w1".parse().unwrap(), Ed25519PrivateKey::from_seed(&[3; 32]).unwrap()).unwrap();
    let two =
        Cosigner::new("witness.example/w2".parse().unwrap(), MlDsa44PrivateKey::from_seed(&[4; 32]).unwrap()).unwrap();
    let signatures = vec![signature, one.cosign(&checkpoint, TIME).unwrap(), two.cosign(&checkpoint, TIME).unwrap()];
    let hashes = prove_inclusion(5, 13, &tree(13)).unwrap();
    let proof = TlogProof::new(5, hashes, SignedCheckpoint::new(checkpoint, signatures).unwrap()).unwrap();
    (proof.with_extra(b"extra".to_vec()).unwrap(), [one.verifier_key().clone(), two.verifier_key().clone()])
}

/// The text with each octet changed, dropped and doubled, and each line dropped, doubled and swapped with the next; of long lines only
/// some octets.
fn mutations(text: &str) -> Vec<Vec<u8>> {
    let mut mutations = vec![text.as_bytes().to_vec()];
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut start = 0;
    for (place, line) in lines.iter().enumerate() {
        let (before, after) = (&text.as_bytes()[..start], &text.as_bytes()[start + line.len()..]);
        let mut with = |line: &[u8]| mutations.push([before, line, after].concat());
        with(b"");
        with(line.repeat(2).as_bytes());
        if let Some(next) = lines.get(place + 1) {
            mutations.push([before, next.as_bytes(), line.as_bytes(), &after[next.len()..]].concat());
        }
        let line = line.as_bytes();
        let mut with = |line: &[u8]| mutations.push([before, line, after].concat());
        let step = if line.len() > 200 { line.len() / 40 } else { 1 };
        for octet in (0..line.len()).step_by(step).chain(line.len().saturating_sub(6)..line.len()) {
            for bit in 0..8 {
                let mut flip = line.to_vec();
                flip[octet] ^= 1 << bit;
                with(&flip);
            }
            with(&[&line[..octet], &line[octet + 1..]].concat());
            for more in b"\n\r 0+A=" {
                with(&[&line[..octet], &[*more], &line[octet..]].concat());
            }
        }
        start += line.len();
    }
    mutations
}

type Verdict = Result<Result<(), TlogProofVerifyError>, TlogProofError>;

fn judge(file: &[u8], policy: &LogPolicy, leaf: &Hash) -> Verdict {
    TlogProof::parse(file).map(|proof| proof.verify(policy, leaf).map(|_| ()))
}

/// Where torchwood accepts what we do not: base64 with line breaks or bits after the last octet, a sign or leading zeros before the index.
/// None of them changes what is proven; each would be a second text of one proof.
fn is_second_text(error: &TlogProofError) -> bool {
    matches!(
        error,
        TlogProofError::Index
            | TlogProofError::Extra
            | TlogProofError::Hash { .. }
            | TlogProofError::Checkpoint(
                CheckpointError::Root
                    | CheckpointError::Note(NoteError::SignatureLine { fault: SignatureLineFault::Base64, .. })
            )
    )
}

#[test]
fn torchwood_judges_proofs_as_we_do() {
    let Some(folder) = peers::folder() else { return };
    let written = scratch("judged");
    let checkpoint = || Checkpoint::new(ORIGIN.parse().unwrap(), tree(13).head());
    let post_quantum = Cosigner::new(ORIGIN.parse().unwrap(), MlDsa44PrivateKey::from_seed(&[2; 32]).unwrap()).unwrap();
    let logs = [
        (log().verifier_key().clone(), log().sign(&checkpoint().to_text()).unwrap()),
        (post_quantum.verifier_key().clone(), post_quantum.cosign(&checkpoint(), TIME).unwrap()),
    ];
    for (log_key, signature) in logs {
        let (proof, [one, two]) = proof(signature, checkpoint());
        let text = format!("log {log_key}\nwitness w1 {one}\nwitness w2 {two}\ngroup all 2 w1 w2\nquorum all\n");
        let file = written.join("policy");
        fs::write(&file, text).unwrap();
        let witnesses = [one, two].map(|key| Witness::new([key]).unwrap());
        let policy = LogPolicy::new(ORIGIN.parse().unwrap(), [log_key]).unwrap().with_witnesses(2, witnesses).unwrap();
        let leaf = Hash::leaf(&entry(5));

        let mutations = mutations(&proof.to_text());
        let framed = |file: &Vec<u8>| [&u32::try_from(file.len()).unwrap().to_be_bytes(), file.as_slice()].concat();
        let input: Vec<u8> = mutations.iter().flat_map(framed).collect();
        let verdicts = peers::run(&folder, &["judge", peers::path(&file), &leaf.to_string()], input);
        let verdicts: Vec<&str> = verdicts.lines().collect();
        assert_eq!(verdicts.len(), mutations.len());
        assert_eq!(verdicts[0], "yes");
        let (mut accepted, mut second_texts) = (0, 0);
        for (file, verdict) in mutations.iter().zip(verdicts) {
            let shown = || String::from_utf8_lossy(file).into_owned();
            match (judge(file, &policy, &leaf), verdict) {
                (Ok(Ok(())), "yes") => accepted += 1,
                (Ok(Ok(())), error) => panic!("torchwood refuses what we accept: {error}\n{}", shown()),
                (Err(error), "yes") if is_second_text(&error) => second_texts += 1,
                (refused, "yes") => panic!("torchwood accepts what we refuse: {refused:?}\n{}", shown()),
                (Ok(Err(_)) | Err(_), _) => {}
            }
        }
        println!("{} proofs: {accepted} accepted by both, {second_texts} by torchwood alone", mutations.len());
        assert!(mutations.len() > 5000);
    }
}
