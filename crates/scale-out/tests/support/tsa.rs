//! A TSA over HTTP that can be away, and counts what it gave.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use recommande::testing::{TestPki, TestTsa};

#[derive(Clone)]
pub struct Tsa(Arc<State>);

struct State {
    tsa: TestTsa,
    url: String,
    latency: Duration,
    is_away: AtomicBool,
    /// By the number in the path of the address: whoever asks has one of its own.
    given: Mutex<BTreeMap<usize, u64>>,
}

impl Tsa {
    /// Each of its timestamps has a time of its own.
    pub fn start(pki: &TestPki, latency: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (is_away, given) = (AtomicBool::new(false), Mutex::default());
        let tsa = TestTsa::new(pki).with_fraction_digits(6);
        let tsa = Self(Arc::new(State { tsa, url, latency, is_away, given }));
        let serving = tsa.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let serving = serving.clone();
                // A client that was killed needs no answer.
                std::thread::spawn(move || serving.answer(connection));
            }
        });
        tsa
    }

    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// Answers nobody, or everybody again.
    pub fn go(&self, away: Away) {
        self.0.is_away.store(away == Away::Yes, Ordering::SeqCst);
    }

    /// The timestamps that were given to who asked at the address with this number.
    pub fn given_to(&self, number: usize) -> u64 {
        self.0.given.lock().unwrap().get(&number).copied().unwrap_or_default()
    }

    fn answer(&self, mut connection: TcpStream) -> Option<()> {
        if self.0.is_away.load(Ordering::SeqCst) {
            return None;
        }
        connection.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
        let mut octets = Vec::new();
        let (head, length, number) = loop {
            let mut more = [0; 4096];
            let read = connection.read(&mut more).ok().filter(|read| *read > 0)?;
            octets.extend_from_slice(&more[..read]);
            if let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&octets[..end]).to_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())?;
                let number = head.strip_prefix("post /")?.split(' ').next()?.parse().ok()?;
                break (end + 4, length, number);
            }
        };
        let mut body = octets.split_off(head);
        let have = body.len();
        body.resize(usize::max(length, have), 0);
        connection.read_exact(&mut body[have..]).ok()?;
        std::thread::sleep(self.0.latency);
        let response = self.0.tsa.respond(&body);
        *self.0.given.lock().unwrap().entry(number).or_default() += 1;
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            response.len()
        );
        connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&response)).ok()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Away {
    Yes,
    No,
}
