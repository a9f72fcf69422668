//! An unmodified litewitness on this machine.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use recommande::log::LogSigner;
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
    port: u16,
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
    let mut address = String::new();
    write!(address, "127.0.0.1:{port}")?;
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
    Ok(Litewitness { port, _witness: witness, _agent: agent })
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

/// HTTP as a witness on this machine speaks it: one request on a connection. A service takes its HTTP client, with TLS.
impl Transport for Litewitness {
    type Error = io::Error;

    fn add_checkpoint(&self, request: &[u8]) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let length = request.len();
        write!(
            stream,
            "POST /add-checkpoint HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )?;
        stream.write_all(request)?;
        let mut answer = Vec::new();
        stream.take(1 << 20).read_to_end(&mut answer)?;
        let malformed = || io::Error::from(io::ErrorKind::InvalidData);
        let end = answer.windows(4).position(|octets| octets == b"\r\n\r\n").ok_or_else(malformed)?;
        let (head, body) = answer.split_at(end);
        let head = String::from_utf8_lossy(head);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(malformed)?;
        let content_type = head.lines().filter_map(|line| line.split_once(": "));
        let mut content_type = content_type
            .filter(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.to_owned());
        let content_type = content_type.next_back();
        Ok(Answer { status, content_type, body: body.get(4..).unwrap_or_default().to_vec() })
    }
}
