//! The HTTP transport, against a server that answers one connection after the other with what it is told.
#![cfg(feature = "http")]

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rfc3161_client::{AttemptError, HttpTransport, HttpTransportError, Transport, TransportError, TsaPool};
use support::{Parts, request};

enum Answer {
    Octets(Vec<u8>),
    /// The connection is closed without a word.
    Close,
    /// Nothing comes.
    Hang,
}

fn http(status: &str, content_type: &str, body: &[u8]) -> Answer {
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n", body.len());
    Answer::Octets([head.as_bytes(), b"Connection: close\r\nLocation: http://127.0.0.1:1/\r\n\r\n", body].concat())
}

fn reply(body: &[u8]) -> Answer {
    http("200 OK", "application/timestamp-reply", body)
}

/// The URL of a server, and the requests that it got.
fn serve(answers: Vec<Answer>) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/tsa?key=secret", listener.local_addr().expect("an address"));
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut got = Vec::new();
            let mut octets = [0; 4096];
            while !is_whole(&got) {
                match stream.read(&mut octets) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => got.extend_from_slice(&octets[..count]),
                }
            }
            let _ = sender.send(got);
            match answer {
                Answer::Octets(octets) => drop(stream.write_all(&octets)),
                Answer::Close => {}
                Answer::Hang => std::thread::sleep(Duration::from_secs(2)),
            }
        }
    });
    (url, receiver)
}

/// Whether the head and as many octets as it announces are there; a TLS handshake is not waited for.
fn is_whole(got: &[u8]) -> bool {
    if got.first() == Some(&0x16) {
        return true;
    }
    let Some(end) = got.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&got[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).and_then(|n| n.parse().ok());
    got.len() >= end + 4 + length.unwrap_or(0)
}

fn send(answer: Answer) -> Result<Vec<u8>, TransportError> {
    let (url, _requests) = serve(vec![answer]);
    let transport = HttpTransport::new(&url).expect("a URL");
    transport
        .with_timeouts(Duration::from_millis(500), Duration::from_millis(500))
        .with_response_limit(1000)
        .send(b"request")
}

#[test]
fn a_request_goes_out_and_the_answer_comes_back() {
    let (url, requests) = serve(vec![reply(b"answer")]);
    let transport = HttpTransport::new(&url).and_then(|http| http.with_credentials("user", "pass")).expect("a URL");
    assert_eq!(transport.send(b"request").expect("an answer"), b"answer");
    let got = String::from_utf8(requests.recv().expect("a request")).expect("text");
    let lower = got.to_lowercase();
    assert!(got.starts_with("POST /tsa?key=secret HTTP/1.1\r\n") && got.ends_with("\r\n\r\nrequest"), "{got}");
    assert!(lower.contains("content-type: application/timestamp-query\r\n"), "{got}");
    assert!(got.contains("Basic dXNlcjpwYXNz\r\n"), "{got}");
    // Parameters and case of a media type do not matter.
    assert!(send(http("200 OK", "Application/TimeStamp-Reply; charset=x", b"answer")).is_ok());
}

#[test]
fn what_is_no_answer_is_said() {
    for status in [301, 401, 404, 500, 503] {
        let got = send(http(&format!("{status} x"), "application/timestamp-reply", b"answer"));
        assert!(matches!(got, Err(TransportError::Status(got)) if got == status), "{got:?}");
    }
    // Another 2xx is not an answer either.
    assert!(matches!(send(http("202 x", "application/timestamp-reply", b"a")), Err(TransportError::Status(202))));
    let got = send(http("200 OK", "text/html", b"<html>"));
    assert!(matches!(&got, Err(TransportError::ContentType { stated }) if stated == "text/html"), "{got:?}");
    let got = send(reply(&[0; 1001]));
    assert!(matches!(got, Err(TransportError::TooLarge { limit: 1000 })), "{got:?}");
    assert_eq!(send(reply(&[0; 1000])).expect("just within the limit").len(), 1000);
    let endless =
        [b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n".to_vec(), vec![0; 5000]].concat();
    let got = send(Answer::Octets(endless));
    assert!(matches!(got, Err(TransportError::TooLarge { limit: 1000 })), "{got:?}");
}

#[test]
fn silence_and_broken_connections_are_said() {
    let got = send(Answer::Hang);
    assert!(matches!(got, Err(TransportError::Timeout { .. })), "{got:?}");
    let got = send(Answer::Close).expect_err("no answer");
    assert!(got.is_transient() && !matches!(got, TransportError::Timeout { .. }), "{got:?}");
    let cut = Answer::Octets(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: 100\r\n\r\nanswer".to_vec(),
    );
    let got = send(cut).expect_err("a part of an answer");
    assert!(got.is_transient(), "{got:?}");
    let got = send(Answer::Octets(b"SSH-2.0-x\r\n".to_vec())).expect_err("no HTTP");
    assert!(matches!(got, TransportError::Protocol | TransportError::Connection(_)), "{got:?}");
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let got = HttpTransport::new(&format!("http://{free}/")).expect("a URL").send(b"request");
    assert!(matches!(got, Err(TransportError::Connection(_))), "{got:?}");
}

#[test]
fn an_unencrypted_server_is_no_https_server() {
    let (url, _requests) = serve(vec![reply(b"answer")]);
    let url = url.replace("http:", "https:").replace("127.0.0.1", "localhost");
    let transport = HttpTransport::new(&url).expect("a URL");
    let got = transport.with_timeouts(Duration::from_millis(500), Duration::from_millis(500)).send(b"request");
    assert!(matches!(got, Err(TransportError::Tls { .. })), "{got:?}");
}

#[test]
fn urls_and_credentials() {
    for (url, error) in [
        ("", HttpTransportError::Url),
        ("/path", HttpTransportError::Url),
        ("ftp://tsa.test/", HttpTransportError::Scheme),
        ("http://user:pass@tsa.test/", HttpTransportError::CredentialsInUrl),
        ("https://user@tsa.test/", HttpTransportError::CredentialsInUrl),
    ] {
        assert_eq!(HttpTransport::new(url).err(), Some(error), "{url}");
    }
    let with = |url: &str, user: &str| HttpTransport::new(url).and_then(|http| http.with_credentials(user, "hunter2"));
    assert_eq!(with("http://tsa.test/", "user").err(), Some(HttpTransportError::CredentialsInClear));
    assert_eq!(with("https://tsa.test/", "us:er").err(), Some(HttpTransportError::Credentials));
    let shown = format!("{:?}", with("https://tsa.test/path?key=secret", "someone").expect("credentials over https"));
    assert!(shown.contains("tsa.test") && shown.contains("/path"), "{shown}");
    for hidden in ["hunter2", "someone", "secret", "c29tZW9uZ"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn a_pool_over_http_retries_and_fails_over() {
    let request = request();
    let (busy, busy_got) =
        serve(vec![http("503 x", "text/plain", b""), Answer::Close, http("500 x", "text/plain", b"")]);
    let (good, _) = serve(vec![reply(&Parts::answering(&request).response())]);
    let transport = |url: &str| HttpTransport::new(url).expect("a URL");
    let pool = TsaPool::new().with_tsa("busy", transport(&busy)).with_tsa("good", transport(&good)).with_sleep(|_| {});
    assert!(pool.timestamp(&request).is_ok());
    assert_eq!(busy_got.iter().count(), 3);
    // Both servers are gone now.
    let error = pool.timestamp(&request).expect_err("nobody there");
    assert_eq!(error.attempts.len(), 6);
    assert!(matches!(error.attempts[5].error, AttemptError::Transport(TransportError::Connection(_))), "{error}");
}
