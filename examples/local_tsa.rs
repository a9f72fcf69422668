//! Serves the in-process TSA over HTTP, for `registered_mail --tsa`, OpenSSL and curl. It is a toy: its key is generated
//! at the start and worthless afterwards.
//!
//! ```sh
//! cargo run --example local_tsa &
//! openssl ts -query -data README.md -sha256 -cert -out request.tsq
//! curl -sf -H 'Content-Type: application/timestamp-query' --data-binary @request.tsq -o reply.tsr http://127.0.0.1:3161
//! openssl ts -verify -queryfile request.tsq -in reply.tsr -CAfile target/local-tsa/tsa-anchors.pem
//! ```

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/output.rs"]
mod output;

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arguments::{Arguments, Error};
use output::print;
use recommande::testing::{TestPki, TestTsa};

const USAGE: &str = "\
usage: local_tsa [--listen ADDRESS] [--out DIR]

  --listen ADDRESS  where to listen (default: 127.0.0.1:3161; port 0 takes a free one)
  --out DIR         where its trust anchors go, as tsa-anchors.pem (default: target/local-tsa)

exit status: 3 usage, file or network";

/// The largest head and the largest body of a request, in octets. A time-stamp request has some sixty.
const MAX_HEAD: usize = 8 << 10;
const MAX_BODY: usize = 64 << 10;

/// The number of connections at a time, and the time that each has in all.
const MAX_CONNECTIONS: usize = 64;
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("local_tsa: {error}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<(), Error> {
    let arguments =
        Arguments::read(&["--listen", "--out"], &["--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        print(&format!("{USAGE}\n"))?;
        return Ok(());
    }
    let address = arguments.text("--listen")?.unwrap_or("127.0.0.1:3161");
    let out = arguments.path("--out").unwrap_or_else(|| PathBuf::from("target/local-tsa"));

    let pki = TestPki::new(chrono::Utc::now())?;
    let listener = TcpListener::bind(address).map_err(|error| format!("--listen {address}: {error}"))?;
    let anchors = out.join("tsa-anchors.pem");
    std::fs::create_dir_all(&out)
        .and_then(|()| std::fs::write(&anchors, pki.tsa_anchors_pem()))
        .map_err(|error| format!("{}: {error}", anchors.display()))?;
    print(&format!("http://{}\n", listener.local_addr()?))?;
    print(&format!("trust anchors: {} (and GET /tsa-anchors.pem)\n", anchors.display()))?;

    let service = Arc::new(Service { tsa: TestTsa::new(&pki), anchors: pki.tsa_anchors_pem() });
    for connection in listener.incoming().flatten() {
        let service = Arc::clone(&service);
        // The clones of the Arc count the connections; one is the listener's own.
        if Arc::strong_count(&service) > MAX_CONNECTIONS + 1 {
            continue;
        }
        std::thread::spawn(move || {
            // A client that is gone needs no answer.
            let _ = service.serve(connection);
        });
    }
    Ok(())
}

struct Service {
    tsa: TestTsa,
    anchors: String,
}

struct Reply {
    status: &'static str,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Reply {
    fn refusal(status: &'static str) -> Self {
        Self { status, content_type: "text/plain", body: format!("{status}\n").into_bytes() }
    }
}

impl Service {
    /// Answers one request with one reply ([RFC 3161 §3.4](https://www.rfc-editor.org/rfc/rfc3161#section-3.4)).
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut connection = Connection { stream, until: Instant::now() + PATIENCE };
        connection.stream.set_write_timeout(Some(PATIENCE))?;
        let Reply { status, content_type, body } = self.reply(&mut connection)?;
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nAllow: GET, POST\r\nConnection: close\r\n\r\n",
            body.len()
        );
        connection.stream.write_all(&[head.as_bytes(), &body].concat())?;
        connection.stream.shutdown(Shutdown::Write)?;
        // Closing with octets unread would reset the connection before a refusal is read.
        let mut rest = Vec::new();
        while rest.len() <= MAX_BODY {
            connection.read_more(&mut rest)?;
        }
        Ok(())
    }

    fn reply(&self, connection: &mut Connection) -> io::Result<Reply> {
        let mut read = Vec::new();
        let end = loop {
            match read.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(end) if end <= MAX_HEAD => break end,
                None if read.len() <= MAX_HEAD => connection.read_more(&mut read)?,
                _ => return Ok(Reply::refusal("431 Request Header Fields Too Large")),
            }
        };
        let mut body = read.split_off(end + 4);
        let head = String::from_utf8_lossy(&read).into_owned();
        let mut lines = head.lines();
        let mut request_line = lines.next().unwrap_or_default().split(' ');
        let (method, path) = (request_line.next().unwrap_or_default(), request_line.next().unwrap_or_default());
        let header = |name: &str| {
            let mut headers = lines.clone().filter_map(|line| line.split_once(':'));
            headers.find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        match (method, path) {
            ("POST", _) => {}
            ("GET", "/tsa-anchors.pem") => {
                let body = self.anchors.clone().into_bytes();
                return Ok(Reply { status: "200 OK", content_type: "application/x-pem-file", body });
            }
            _ => return Ok(Reply::refusal("405 Method Not Allowed")),
        }
        let media_type = header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/timestamp-query") {
            return Ok(Reply::refusal("415 Unsupported Media Type"));
        }
        let Some(length) = header("content-length").and_then(|value| value.parse().ok()) else {
            return Ok(Reply::refusal("411 Length Required"));
        };
        if length > MAX_BODY {
            return Ok(Reply::refusal("413 Content Too Large"));
        }
        while body.len() < length {
            connection.read_more(&mut body)?;
        }
        body.truncate(length);
        let body = self.tsa.respond(&body);
        Ok(Reply { status: "200 OK", content_type: "application/timestamp-reply", body })
    }
}

struct Connection {
    stream: TcpStream,
    until: Instant,
}

impl Connection {
    fn read_more(&mut self, read: &mut Vec<u8>) -> io::Result<()> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                read.extend(buffer.iter().take(count));
                Ok(())
            }
        }
    }
}
