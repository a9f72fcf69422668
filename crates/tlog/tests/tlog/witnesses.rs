//! Does the witness cosign, and what does it refuse?

use std::cell::{Cell, RefCell};

use recommande_tlog::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use recommande_tlog::cosignature::Cosigner;
use recommande_tlog::limits::{MAX_ANSWER, MAX_PROOF_HASHES, MAX_REQUEST};
use recommande_tlog::note::{NoteError, NoteSigner, NoteVerifyError, SignatureFault};
use recommande_tlog::policy::{LogPolicy, Witness};
use recommande_tlog::tree::{
    MemoryTree, NotStored, ProveError, TreeHead, TreeHeadError, compute_head, prove_consistency,
};
use recommande_tlog::witness::{
    AddCheckpoint, AddCheckpointError, Answer, AnswerError, LogRecord, Refusal, Transport, WitnessClient, WitnessError,
    monitoring_path,
};
use recommande_tlog::{Ed25519PrivateKey, Hash, PrivateKey};

use crate::checkpoints::origin;
use crate::keys::{ed25519, ml_dsa_44, name};

const ORIGIN: &str = "example.com/log";
const TIME: u64 = 1_800_000_000;

fn log() -> NoteSigner<Ed25519PrivateKey> {
    NoteSigner::new(name(ORIGIN), ed25519(1)).unwrap()
}

fn log_policy() -> LogPolicy {
    LogPolicy::new(origin(ORIGIN), [log().verifier_key().clone()]).unwrap()
}

fn tree(size: u64) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for entry in 0..size {
        tree.append(Hash::leaf(&entry.to_be_bytes())).unwrap();
    }
    tree
}

fn sign(head: TreeHead) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(origin(ORIGIN), head);
    let signature = log().sign(&checkpoint.to_text()).unwrap();
    SignedCheckpoint::new(checkpoint, vec![signature]).unwrap()
}

fn signed(size: u64, tree: &MemoryTree) -> SignedCheckpoint {
    sign(compute_head(size, tree).unwrap())
}

/// A witness in this process.
struct Server<K> {
    record: RefCell<LogRecord>,
    cosigner: Cosigner<K>,
    requests: Cell<u32>,
}

impl<K: PrivateKey> Server<K> {
    fn new(key: K) -> Self {
        Self {
            record: RefCell::new(LogRecord::new(log_policy(), TreeHead::EMPTY)),
            cosigner: Cosigner::new(name("witness.example/w1"), key).unwrap(),
            requests: Cell::new(0),
        }
    }

    fn witness(&self) -> Witness {
        Witness::new([self.cosigner.verifier_key().clone()]).unwrap()
    }

    fn client(&self) -> WitnessClient<&Self> {
        WitnessClient::new(self.witness(), self)
    }
}

impl<K: PrivateKey> Transport for Server<K> {
    type Error = String;

    fn add_checkpoint(&self, request: &[u8]) -> Result<Answer, String> {
        self.requests.set(self.requests.get() + 1);
        match self.record.borrow_mut().add_checkpoint(request) {
            Ok(checkpoint) => {
                let line = self.cosigner.cosign(&checkpoint, TIME).unwrap().to_line();
                Ok(Answer { status: 200, content_type: None, body: line.into_bytes() })
            }
            Err(refusal) => Ok(refusal.to_answer()),
        }
    }
}

#[test]
fn a_witness_cosigns_a_log_that_grows() {
    fn grow<K: PrivateKey>(server: &Server<K>) {
        let (client, tree) = (server.client(), tree(130));
        let policy = log_policy().with_witnesses(1, [server.witness()]).unwrap();
        let mut known = 0;
        for size in [0, 1, 2, 3, 3, 7, 8, 64, 65, 130] {
            let checkpoint = signed(size, &tree);
            let requests = server.requests.get();
            let cosignatures = client.cosign(&checkpoint, known, &tree).unwrap();
            assert_eq!(server.requests.get(), requests + 1, "{size}");
            let cosigned = checkpoint.with_signatures(cosignatures).unwrap();
            let verified = policy.verify_checkpoint(&cosigned).unwrap();
            assert_eq!(verified.witnessed()[0].time, Some(TIME));
            known = size;
        }
    }
    grow(&Server::new(ed25519(2)));
    grow(&Server::new(ml_dsa_44(2)));
}

#[test]
fn a_client_learns_what_the_witness_knows() {
    let (server, tree) = (Server::new(ed25519(2)), tree(20));
    let client = server.client();
    client.cosign(&signed(5, &tree), 0, &tree).unwrap();
    // It has forgotten what the witness knows, or believes too much.
    client.cosign(&signed(9, &tree), 0, &tree).unwrap();
    client.cosign(&signed(12, &tree), 11, &tree).unwrap();
    assert_eq!(server.requests.get(), 5);
    let error = client.cosign(&signed(11, &tree), 0, &tree).unwrap_err();
    assert_eq!(error, WitnessError::Ahead { last: 12, size: 11 });
    let error = client.cosign(&signed(11, &tree), 12, &tree).unwrap_err();
    assert_eq!(error, WitnessError::Prove(ProveError::OrderOfSizes { old: 12, new: 11 }));
}

/// What an operator tries who wants to change what was logged.
#[test]
fn a_witness_refuses_every_rewriting() {
    let (server, honest) = (Server::new(ed25519(2)), tree(20));
    let client = server.client();
    client.cosign(&signed(10, &honest), 0, &honest).unwrap();
    let rewritten = |changed: u64| {
        let mut tree = MemoryTree::new();
        for entry in 0..20_u64 {
            let entry = if entry == changed { b"backdated".to_vec() } else { entry.to_be_bytes().to_vec() };
            tree.append(Hash::leaf(&entry)).unwrap();
        }
        tree
    };
    let inconsistent = Err(WitnessError::Answer(AnswerError::Inconsistent));
    for changed in 0..10 {
        let tree = rewritten(changed);
        for size in [10, 11, 20] {
            assert_eq!(client.cosign(&signed(size, &tree), 10, &tree), inconsistent, "{changed} at {size}");
        }
    }
    // A rollback.
    let error = client.cosign(&signed(9, &honest), 0, &honest).unwrap_err();
    assert_eq!(error, WitnessError::Ahead { last: 10, size: 9 });
    // What comes after the last checkpoint is the log's to decide.
    let tree = rewritten(10);
    assert!(client.cosign(&signed(11, &tree), 10, &tree).is_ok());
    assert_eq!(client.cosign(&signed(12, &honest), 11, &honest), inconsistent);
    assert_eq!(server.record.borrow().latest().size(), 11);
}

#[test]
fn a_refusal_has_its_status() {
    let tree = tree(20);
    let mut record = LogRecord::new(log_policy(), TreeHead::EMPTY);
    let mut add = |request: &str| record.add_checkpoint(request.as_bytes()).map(|checkpoint| checkpoint.head().size());
    let request = |old, proof: Vec<Hash>, signed: &SignedCheckpoint| {
        AddCheckpoint::new(old, proof, signed.clone()).unwrap().to_text()
    };
    assert_eq!(add(&request(0, vec![Hash::EMPTY], &signed(5, &tree))), Err(Refusal::Inconsistent));
    assert_eq!(add(&request(0, vec![], &signed(5, &tree))), Ok(5));
    assert_eq!(add(&request(0, vec![], &signed(6, &tree))), Err(Refusal::Conflict { size: 5 }));
    let proof = prove_consistency(5, 9, &tree).unwrap();
    assert_eq!(add(&request(5, proof[1..].to_vec(), &signed(9, &tree))), Err(Refusal::Inconsistent));
    assert_eq!(add(&request(5, vec![], &signed(5, &tree))), Ok(5));
    let unsigned = request(5, proof.clone(), &signed(9, &tree))
        .replace("\u{2014} example.com/log ", "\u{2014} example.com/other ");
    assert_eq!(add(&unsigned), Err(Refusal::Signature));
    let forged = request(5, proof.clone(), &signed(9, &tree)).replace("\n9\n", "\n8\n");
    assert_eq!(add(&forged), Err(Refusal::Signature));
    let other = request(5, proof, &signed(9, &tree)).replace("\n\nexample.com/log\n", "\n\nexample.com/other\n");
    assert_eq!(add(&other), Err(Refusal::UnknownLog));
    let empty =
        request(0, vec![], &sign(TreeHead::EMPTY)).replace(&Hash::EMPTY.to_string(), &Hash::leaf(b"").to_string());
    assert_eq!(add(&empty), Err(Refusal::Inconsistent));
    assert_eq!(add(""), Err(Refusal::Malformed(AddCheckpointError::OldSize)));

    for (refusal, status, body) in [
        (Refusal::Malformed(AddCheckpointError::OldSize), 400, None),
        (Refusal::Signature, 403, None),
        (Refusal::UnknownLog, 404, None),
        (Refusal::Conflict { size: 5 }, 409, Some("5\n")),
        (Refusal::Inconsistent, 422, None),
    ] {
        let answer = refusal.to_answer();
        assert_eq!(answer.status, status);
        assert!(body.is_none_or(|body| answer.body == body.as_bytes()));
    }
}

#[test]
fn a_request_has_one_form() {
    let tree = tree(20);
    let proof = prove_consistency(5, 20, &tree).unwrap();
    let request = AddCheckpoint::new(5, proof.clone(), signed(20, &tree)).unwrap();
    let text = request.to_text();
    assert_eq!(AddCheckpoint::parse(text.as_bytes()).as_ref(), Ok(&request));
    let hash = format!("{}\n", proof[0]);
    for (from, to, error) in [
        ("old 5\n", "", AddCheckpointError::OldSize),
        ("old 5\n", "old  5\n", AddCheckpointError::OldSize),
        ("old 5\n", "old 05\n", AddCheckpointError::OldSize),
        ("old 5\n", "old -5\n", AddCheckpointError::OldSize),
        ("old 5\n", "Old 5\n", AddCheckpointError::OldSize),
        ("old 5\n", "old 5\r\n", AddCheckpointError::OldSize),
        ("old 5\n", "old 21\n", AddCheckpointError::OldSizeAbove { old: 21, size: 20 }),
        (hash.as_str(), &format!("{hash} "), AddCheckpointError::Hash { line: 2 }),
        (hash.as_str(), &hash.repeat(MAX_PROOF_HASHES), AddCheckpointError::TooManyHashes),
        ("\n\nexample.com/log\n", "\nexample.com/log\n", AddCheckpointError::Hash { line: proof.len() + 1 }),
        ("\n20\n", "\n020\n", AddCheckpointError::Checkpoint(CheckpointError::Size)),
        ("\n20\n", "\n0\n", AddCheckpointError::Checkpoint(CheckpointError::Head(TreeHeadError::EmptyTreeRoot))),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert_eq!(AddCheckpoint::parse(changed.as_bytes()), Err(error), "{changed}");
    }
    for place in 0..text.len() {
        assert!(AddCheckpoint::parse(&text.as_bytes()[..place]).is_err(), "{place}");
    }
    assert_eq!(AddCheckpoint::parse(b"old 5\n"), Err(AddCheckpointError::NoCheckpoint));
    assert_eq!(AddCheckpoint::parse(b"old \xff\n"), Err(AddCheckpointError::NotUtf8));
    assert_eq!(AddCheckpoint::parse(&vec![b'o'; MAX_REQUEST + 1]), Err(AddCheckpointError::TooLarge));
    let hashes = vec![Hash::EMPTY; MAX_PROOF_HASHES + 1];
    assert_eq!(AddCheckpoint::new(5, hashes, signed(20, &tree)), Err(AddCheckpointError::TooManyHashes));
}

#[test]
fn a_witness_shows_what_it_cosigned() {
    // printf abc | sha256sum, FIPS 180-2 appendix B.1.
    let path = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/checkpoint";
    assert_eq!(monitoring_path(&origin("abc")), path);
}

/// A witness that gives these answers, one after the other, and then fails.
struct Scripted(RefCell<Vec<Answer>>);

impl Transport for Scripted {
    type Error = &'static str;

    fn add_checkpoint(&self, _request: &[u8]) -> Result<Answer, Self::Error> {
        self.0.borrow_mut().pop().ok_or("no answer")
    }
}

fn answer(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Answer {
    Answer { status, content_type: Some(content_type.to_owned()), body: body.as_ref().to_vec() }
}

fn conflict(size: u64) -> Answer {
    answer(409, "text/x.tlog.size", format!("{size}\n"))
}

#[test]
fn what_a_witness_answers_is_not_believed() {
    let tree = tree(20);
    let checkpoint = signed(20, &tree);
    let own = Cosigner::new(name("w"), ed25519(2)).unwrap();
    let own_too = Cosigner::new(name("w"), ml_dsa_44(3)).unwrap();
    let witness = Witness::new([own.verifier_key().clone(), own_too.verifier_key().clone()]).unwrap();
    let stranger = Cosigner::new(name("w"), ed25519(4)).unwrap();
    let line = own.cosign(checkpoint.checkpoint(), TIME).unwrap().to_line();
    let line_too = own_too.cosign(checkpoint.checkpoint(), TIME).unwrap().to_line();
    let strange = stranger.cosign(checkpoint.checkpoint(), TIME).unwrap().to_line();
    let other = own.cosign(signed(19, &tree).checkpoint(), TIME).unwrap().to_line();

    let read = |answer: Answer| {
        let cosignatures = answer.cosignatures(&checkpoint, &witness)?;
        Ok::<String, AnswerError>(cosignatures.iter().map(|cosignature| cosignature.to_line()).collect())
    };
    let ok = |body: &str| read(answer(200, "text/plain", body));
    assert_eq!(ok(&line), Ok(line.clone()));
    let mut both = [own.verifier_key(), own_too.verifier_key()].map(|key| key.id().as_bytes().to_vec());
    both.sort_unstable();
    let is_first = both[0] == own.verifier_key().id().as_bytes();
    let lines = if is_first { format!("{line}{line_too}") } else { format!("{line_too}{line}") };
    assert_eq!(ok(&format!("{line}{strange}{line_too}")), Ok(lines));
    // A witness that states many times does not fill the note, and the order of its lines does not choose one of them.
    let times = (0..100).map(|more| own.cosign(checkpoint.checkpoint(), TIME + more).unwrap().to_line());
    assert_eq!(ok(&times.clone().collect::<String>()), Ok(line.clone()));
    assert_eq!(ok(&times.rev().collect::<String>()), Ok(line.clone()));
    let invalid = |key: &recommande_tlog::note::VerifierKey| {
        let (name, id, fault) = (key.name().clone(), key.id(), SignatureFault::Invalid);
        Err(AnswerError::Cosignature(NoteVerifyError::Signature { name, id, fault }))
    };
    assert_eq!(ok(&other), invalid(own.verifier_key()));
    assert_eq!(ok(&format!("{line}{other}")), invalid(own.verifier_key()));
    assert_eq!(ok(&strange), Err(AnswerError::Cosignature(NoteVerifyError::NoKnownKey)));
    assert_eq!(ok(""), Err(AnswerError::Lines(NoteError::NoSignatures)));
    assert_eq!(ok(line.trim_end()), Err(AnswerError::Lines(NoteError::Unterminated)));
    assert!(matches!(ok(&format!("\n{line}")), Err(AnswerError::Lines(NoteError::SignatureLine { line: 1, .. }))));
    assert!(matches!(ok(&format!("{line}\n")), Err(AnswerError::Lines(NoteError::SignatureLine { line: 2, .. }))));
    assert_eq!(ok(&line.repeat(1000)), Err(AnswerError::Lines(NoteError::TooManySignatures)));
    assert_eq!(ok(&"\u{2014}".repeat(MAX_ANSWER)), Err(AnswerError::TooLarge));
    assert_eq!(read(answer(200, "text/plain", b"\xff")), Err(AnswerError::NotUtf8));

    for (status, error) in [
        (400, AnswerError::RequestRefused),
        (403, AnswerError::SignatureRefused),
        (404, AnswerError::UnknownLog),
        (409, AnswerError::ConflictWithoutSize),
        (422, AnswerError::Inconsistent),
        (201, AnswerError::Status(201)),
        (302, AnswerError::Status(302)),
        (500, AnswerError::Status(500)),
    ] {
        assert_eq!(error.is_transient(), status == 500);
        assert_eq!(read(answer(status, "text/plain", &line)), Err(error));
    }
    assert_eq!(read(conflict(7)), Err(AnswerError::Conflict { size: 7 }));
    let size = AnswerError::Conflict { size: 7 };
    assert_eq!(read(answer(409, "Text/X.tlog.size; charset=utf-8", "7\n")), Err(size));
    for (content_type, body) in [
        ("text/x.tlog.size", "7"),
        ("text/x.tlog.size", "07\n"),
        ("text/x.tlog.size", "7\n\n"),
        ("text/x.tlog.size", " 7\n"),
        ("text/x.tlog.size", "\u{663}\n"),
        ("text/x.tlog.size", ""),
        ("text/html", "7\n"),
    ] {
        assert_eq!(
            read(answer(409, content_type, body)),
            Err(AnswerError::ConflictWithoutSize),
            "{content_type} {body:?}"
        );
    }
    let without_type = Answer { status: 409, content_type: None, body: b"7\n".to_vec() };
    assert_eq!(read(without_type), Err(AnswerError::ConflictWithoutSize));
}

/// A cosignature by ML-DSA-44 without a time is good for a subtree, and not for this.
#[test]
fn a_cosignature_has_a_time() {
    let tree = tree(3);
    let checkpoint = signed(3, &tree);
    let key = ml_dsa_44(3);
    let cosigner = Cosigner::new(name("w"), ml_dsa_44(3)).unwrap();
    let message = [
        b"subtree/v1\n\0\x01w".as_slice(),
        &[0; 8],
        b"\x0fexample.com/log",
        &[0; 8],
        &3_u64.to_be_bytes(),
        checkpoint.checkpoint().head().root().as_bytes(),
    ]
    .concat();
    let id = cosigner.verifier_key().id();
    let octets = [id.as_bytes().as_slice(), &[0; 8], &key.sign(&message).unwrap()].concat();
    let line = format!("\u{2014} w {}\n", crate::notes::base64(&octets));
    let witness = Witness::new([cosigner.verifier_key().clone()]).unwrap();
    let error = answer(200, "text/plain", line).cosignatures(&checkpoint, &witness).unwrap_err();
    assert_eq!(error, AnswerError::NoTime);
}

#[test]
fn a_witness_is_not_asked_for_ever() {
    let tree = tree(20);
    let witness = Witness::new([Cosigner::new(name("w"), ed25519(2)).unwrap().verifier_key().clone()]).unwrap();
    let cosign = |answers: Vec<Answer>| {
        let client = WitnessClient::new(witness.clone(), Scripted(RefCell::new(answers)));
        let error: WitnessError<&str, NotStored> = client.cosign(&signed(20, &tree), 0, &tree).unwrap_err();
        error
    };
    let many = (1..=10).map(conflict).collect();
    assert_eq!(cosign(many), WitnessError::Answer(AnswerError::Conflict { size: 8 }));
    assert_eq!(cosign(vec![conflict(0)]), WitnessError::Contradiction { last: 0 });
    assert_eq!(cosign(vec![conflict(5), conflict(5)]), WitnessError::Contradiction { last: 5 });
    assert_eq!(cosign(vec![conflict(u64::MAX)]), WitnessError::Ahead { last: u64::MAX, size: 20 });
    assert_eq!(cosign(vec![]), WitnessError::Transport("no answer"));
    assert_eq!(cosign(vec![conflict(5)]), WitnessError::Transport("no answer"));
}
