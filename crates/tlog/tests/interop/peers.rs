//! The programs, and what several tests make.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use recommande_tlog::note::NoteSigner;
use recommande_tlog::tree::MemoryTree;
use recommande_tlog::{Ed25519PrivateKey, Hash};

pub const ORIGIN: &str = "example.com/log";

/// The folder of the programs, or nothing with a word about it.
pub fn folder() -> Option<PathBuf> {
    let folder = env::var_os("RECOMMANDE_TLOG_PEERS").map(PathBuf::from);
    if folder.is_none() {
        println!("SKIPPED: transparency logs in Go: RECOMMANDE_TLOG_PEERS names no folder");
    }
    folder
}

/// What `tlog` prints, which must end well.
pub fn run(folder: &Path, arguments: &[&str], input: Vec<u8>) -> String {
    let mut peer = Command::new(folder.join("tlog"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("tlog is built");
    let mut stdin = peer.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = peer.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "tlog {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// An empty folder of this name, for one test.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}

/// The entries of all logs in these tests.
pub fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

pub fn tree(size: u64) -> MemoryTree {
    let mut tree = MemoryTree::new();
    for index in 0..size {
        tree.append(Hash::leaf(&entry(index))).unwrap();
    }
    tree
}

pub fn log() -> NoteSigner<Ed25519PrivateKey> {
    NoteSigner::new(ORIGIN.parse().unwrap(), Ed25519PrivateKey::from_seed(&[1; 32]).unwrap()).unwrap()
}
