//! An unmodified litewitness on this machine.

use std::io::{self, BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use recommande::log::{HttpWitness, LogSigner};
use recommande::recommande_tlog::note::VerifierKey;
use recommande::recommande_tlog::policy::Witness;
use recommande::recommande_tlog::witness::{Answer, Transport};
use recommande::recommande_tlog::{Ed25519PrivateKey, PrivateKey as _, PublicKey};

use crate::arguments::Error;
use crate::service::{Far, ORIGIN};

const NAME: &str = "witness.example/w1";

/// A process that ends with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A litewitness, the agent with its key, and where it listens.
pub struct Litewitness {
    way: HttpWitness,
    _witness: Running,
    _agent: Running,
}

/// Starts the programs, and makes the log known to the witness.
pub fn start(programs: &Path, files: &Path, signer: &LogSigner) -> Result<Litewitness, Error> {
    let (socket, database) = (files.join("agent"), files.join("witness.db"));
    let mut agent =
        Command::new(programs.join("tlog")).arg("agent").arg(&socket).stdout(Stdio::piped()).spawn().map(Running)?;
    let mut fingerprint = String::new();
    BufReader::new(agent.0.stdout.take().ok_or("no output")?).read_line(&mut fingerprint)?;
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let witness = Command::new(programs.join("litewitness"))
        .args(["-name", NAME, "-key", fingerprint.trim(), "-listen", &address])
        .arg("-ssh-agent")
        .arg(&socket)
        .arg("-db")
        .arg(&database)
        .stderr(Stdio::null())
        .spawn()
        .map(Running)?;
    for _ in 0..300 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    let known = Command::new(programs.join("tlog"))
        .arg("know")
        .arg(&database)
        .args([ORIGIN, &signer.verifier_key().to_string()])
        .status()?;
    if !known.success() {
        return Err("the log is not made known to litewitness".into());
    }
    Ok(Litewitness { way: HttpWitness::new(&format!("http://{address}"))?, _witness: witness, _agent: agent })
}

impl Far for Litewitness {
    fn witness(&self) -> Result<Witness, Error> {
        // The agent of the tests has this key.
        let key = Ed25519PrivateKey::from_seed(&[5; 32])?;
        let PublicKey::Ed25519(key) = key.public_key() else { return Err("another kind of key".into()) };
        Ok(Witness::new([VerifierKey::ed25519_cosigner(NAME.parse()?, *key)])?)
    }

    fn transport(&self) -> &dyn Transport<Error = io::Error> {
        self
    }
}

impl Transport for Litewitness {
    type Error = io::Error;

    fn add_checkpoint(&self, request: &[u8]) -> io::Result<Answer> {
        self.way.add_checkpoint(request).map_err(io::Error::other)
    }
}
