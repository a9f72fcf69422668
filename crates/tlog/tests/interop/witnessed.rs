//! An unmodified litewitness cosigns our log as it grows, and refuses every rewriting of it.

use std::cell::Cell;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use recommande_tlog::Hash;
use recommande_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use recommande_tlog::note::VerifierKey;
use recommande_tlog::policy::{LogPolicy, Witness};
use recommande_tlog::tree::{MemoryTree, compute_head};
use recommande_tlog::witness::{Answer, AnswerError, Transport, WitnessClient, WitnessError};
use recommande_tlog::{Ed25519PrivateKey, PrivateKey, PublicKey};

use crate::peers::{self, ORIGIN, log, scratch, tree};

/// A process that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// HTTP as a witness on this machine speaks it: one request on a connection.
struct Http {
    port: u16,
    requests: Cell<u32>,
}

impl Transport for Http {
    type Error = std::io::Error;

    fn add_checkpoint(&self, request: &[u8]) -> Result<Answer, Self::Error> {
        self.requests.set(self.requests.get() + 1);
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        write!(
            stream,
            "POST /add-checkpoint HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            request.len()
        )?;
        stream.write_all(request)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|octets| octets == b"\r\n\r\n").expect("a head");
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let header = |line: &str| {
            line.split_once(": ").filter(|(name, _)| *name == "Content-Type").map(|(_, value)| value.to_owned())
        };
        assert!(!head.contains("chunked"), "{head}");
        Ok(Answer { status, content_type: head.lines().find_map(header), body: answer[end + 4..].to_vec() })
    }
}

fn litewitness(folder: &Path, files: &Path) -> (Running, Running, Http) {
    let socket = files.join("agent");
    let mut agent = Command::new(folder.join("tlog")).arg("agent").arg(&socket).stdout(Stdio::piped()).spawn().unwrap();
    let mut fingerprint = String::new();
    BufReader::new(agent.stdout.take().unwrap()).read_line(&mut fingerprint).unwrap();
    let agent = Running(agent);
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let database = files.join("witness.db");
    let witness = Command::new(folder.join("litewitness"))
        .args(["-name", "witness.example/w1", "-key", fingerprint.trim(), "-listen", &format!("127.0.0.1:{port}")])
        .arg("-ssh-agent")
        .arg(&socket)
        .arg("-db")
        .arg(&database)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let witness = Running(witness);
    for _ in 0..300 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    let vkey = log().verifier_key().to_string();
    peers::run(folder, &["know", peers::path(&database), ORIGIN, &vkey], Vec::new());
    (agent, witness, Http { port, requests: Cell::new(0) })
}

fn signed(origin: &str, size: u64, tree: &MemoryTree) -> SignedCheckpoint {
    let checkpoint = Checkpoint::new(origin.parse().unwrap(), compute_head(size, tree).unwrap());
    let signature = log().sign(&checkpoint.to_text()).unwrap();
    SignedCheckpoint::new(checkpoint, vec![signature]).unwrap()
}

#[test]
fn an_unmodified_litewitness_refuses_every_rewriting() {
    let Some(folder) = peers::folder() else { return };
    let files = scratch("litewitness");
    let (_agent, _witness, http) = litewitness(&folder, &files);
    let key = Ed25519PrivateKey::from_seed(&[5; 32]).unwrap();
    let PublicKey::Ed25519(key) = key.public_key() else { panic!() };
    let witness = Witness::new([VerifierKey::ed25519_cosigner("witness.example/w1".parse().unwrap(), *key)]).unwrap();
    let policy = LogPolicy::new(ORIGIN.parse().unwrap(), [log().verifier_key().clone()])
        .unwrap()
        .with_witnesses(1, [witness.clone()])
        .unwrap();
    let client = WitnessClient::new(witness, &http);
    let honest = tree(40);
    let mut known = 0;
    for size in [1, 2, 3, 3, 8, 20] {
        let checkpoint = signed(ORIGIN, size, &honest);
        let requests = http.requests.get();
        let cosignatures = client.cosign(&checkpoint, known, &honest).unwrap();
        assert_eq!(http.requests.get(), requests + 1, "{size}");
        policy.verify_checkpoint(&checkpoint.with_signatures(cosignatures).unwrap()).unwrap();
        known = size;
    }
    // It says what it knows to whoever has forgotten.
    assert_eq!(
        client.cosign(&signed(ORIGIN, 30, &honest), 0, &honest).map(|cosignatures| cosignatures.len()).unwrap(),
        1
    );
    // A leaf changed, one more before the last checkpoint, and one less.
    let changed = |keep: &dyn Fn(u64) -> Vec<Vec<u8>>| {
        let mut tree = MemoryTree::new();
        for entry in (0..40).flat_map(keep) {
            tree.append(Hash::leaf(&entry)).unwrap();
        }
        tree
    };
    let rewritten = [
        changed(&|index| vec![if index == 7 { b"backdated".to_vec() } else { peers::entry(index) }]),
        changed(&|index| {
            if index == 7 { vec![b"backdated".to_vec(), peers::entry(index)] } else { vec![peers::entry(index)] }
        }),
        changed(&|index| if index == 7 { Vec::new() } else { vec![peers::entry(index)] }),
    ];
    for tree in &rewritten {
        for size in [30, 31, 39] {
            let error = client.cosign(&signed(ORIGIN, size, tree), 30, tree).unwrap_err();
            assert!(matches!(error, WitnessError::Answer(AnswerError::Inconsistent)), "{size}: {error}");
        }
    }
    let error = client.cosign(&signed(ORIGIN, 29, &honest), 0, &honest).unwrap_err();
    assert!(matches!(error, WitnessError::Ahead { last: 30, size: 29 }), "{error}");
    let error = client.cosign(&signed("example.com/other", 30, &honest), 0, &honest).unwrap_err();
    assert!(matches!(error, WitnessError::Answer(AnswerError::UnknownLog)), "{error}");
    let unsigned = signed(ORIGIN, 31, &honest).note().to_text().replacen(
        "\u{2014} example.com/log",
        "\u{2014} example.com/else",
        1,
    );
    let error = client.cosign(&SignedCheckpoint::parse(unsigned.as_bytes()).unwrap(), 30, &honest).unwrap_err();
    assert!(matches!(error, WitnessError::Answer(AnswerError::SignatureRefused)), "{error}");
    // It is where it was.
    assert!(client.cosign(&signed(ORIGIN, 40, &honest), 30, &honest).is_ok());
}
