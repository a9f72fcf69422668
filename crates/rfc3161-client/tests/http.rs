//! The HTTP transport, against a server that answers one connection after the other with what it is told.
#![cfg(feature = "http")]

mod support;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rfc3161_client::{AttemptError, HttpAnswer, HttpTransport, HttpTransportError, Transport, TransportError, TsaPool};
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

fn octets(answer: Answer) -> Vec<u8> {
    match answer {
        Answer::Octets(octets) => octets,
        Answer::Close | Answer::Hang => Vec::new(),
    }
}

/// The URL of a proxy, and the requests that it got. It answers CONNECT with a status and is the TSA itself afterwards.
fn serve_tunnel(status: &str, answer: &[u8]) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, receiver) = channel();
    let answers = [format!("HTTP/1.1 {status}\r\n\r\n").into_bytes(), answer.to_vec()];
    std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else { return };
        for answer in answers.iter().filter(|answer| !answer.is_empty()) {
            let _ = sender.send(receive(&mut stream));
            drop(stream.write_all(answer));
        }
    });
    (url, receiver)
}

/// The URL of a server, and the requests that it got.
fn serve(answers: Vec<Answer>) -> (String, Receiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/tsa?key=secret", listener.local_addr().expect("an address"));
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let _ = sender.send(receive(&mut stream));
            match answer {
                Answer::Octets(octets) => drop(stream.write_all(&octets)),
                Answer::Close => {}
                Answer::Hang => std::thread::sleep(Duration::from_secs(2)),
            }
        }
    });
    (url, receiver)
}

fn receive(stream: &mut TcpStream) -> Vec<u8> {
    let mut got = Vec::new();
    let mut octets = [0; 4096];
    while !is_whole(&got) {
        match stream.read(&mut octets) {
            Ok(0) | Err(_) => break,
            Ok(count) => got.extend_from_slice(&octets[..count]),
        }
    }
    got
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
    assert_eq!(lower.matches("\r\naccept: application/timestamp-reply, ").count(), 1, "{got}");
    assert!(got.contains("Basic dXNlcjpwYXNz\r\n"), "{got}");
    // Parameters and case of a media type do not matter.
    assert!(send(http("200 OK", "Application/TimeStamp-Reply; charset=x", b"answer")).is_ok());
}

#[test]
fn a_post_of_another_protocol_has_no_media_type_and_any_status() {
    let (url, requests) = serve(vec![http("409 Conflict", "text/x.tlog.size", b"12\n")]);
    let answer = HttpTransport::new(&url).expect("a URL").post(b"old 3\n").expect("an answer");
    let stated = Some("text/x.tlog.size".to_owned());
    assert_eq!(answer, HttpAnswer { status: 409, content_type: stated, body: b"12\n".to_vec() });
    let got = String::from_utf8(requests.recv().expect("a request")).expect("text").to_lowercase();
    assert!(!got.contains("timestamp") && !got.contains("content-type"), "{got}");
}

#[test]
fn what_is_no_answer_is_said() {
    for status in [301, 401, 404, 500, 503] {
        let got = send(http(&format!("{status} x"), "application/timestamp-reply", b"answer"));
        assert!(matches!(got, Err(TransportError::Status(got)) if got == status), "{got:?}");
    }
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

/// RFC 3161 §3.4 names no status, and two media types.
#[test]
fn every_2xx_with_a_body_and_both_media_types_are_answers() {
    for status in [200, 201, 202, 203, 299] {
        for media_type in
            ["application/timestamp-reply", "application/timestamp-response", "Application/Timestamp-Response; a=b"]
        {
            let got = send(http(&format!("{status} x"), media_type, b"answer"));
            assert_eq!(got.expect("an answer"), b"answer", "{status} {media_type}");
        }
    }
    for status in [200, 201, 202] {
        let got = send(http(&format!("{status} x"), "application/timestamp-reply", b"")).expect_err("nothing");
        assert!(matches!(got, TransportError::Empty(got) if got == status) && !got.is_transient(), "{got:?}");
    }
    let got = send(Answer::Octets(b"HTTP/1.1 204 x\r\nConnection: close\r\n\r\n".to_vec()));
    assert!(matches!(got, Err(TransportError::Empty(204))), "{got:?}");
    for media_type in ["application/timestamp-query", "application/timestamp", "application/timestamp-replyx", ""] {
        let got = send(http("201 x", media_type, b"answer"));
        assert!(matches!(&got, Err(TransportError::ContentType { stated }) if stated == media_type), "{got:?}");
    }
}

#[test]
fn a_server_that_is_busy_says_until_when() {
    let busy = |status: &str, headers: &str| {
        let head = format!("HTTP/1.1 {status} x\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n");
        send(Answer::Octets(head.into_bytes())).expect_err("no answer")
    };
    for status in ["429", "503"] {
        let got = busy(status, "Retry-After: 7\r\n");
        assert_eq!(got.retry_after(), Some(Duration::from_secs(7)), "{got:?}");
        assert!(got.is_transient() && got.to_string().contains(status) && got.to_string().contains("7 s"), "{got}");
        let dates = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:51:37 GMT\r\n";
        assert_eq!(busy(status, dates).retry_after(), Some(Duration::from_secs(120)));
        let unread = busy(status, "Retry-After: soon\r\n");
        assert!(matches!(unread, TransportError::Status(_)) && unread.is_transient(), "{unread:?}");
    }
    // Another status is no promise.
    assert!(matches!(busy("403", "Retry-After: 7\r\n"), TransportError::Status(403)));
}

#[test]
fn a_host_that_is_not_there_is_said_at_once() {
    let transport = HttpTransport::new("http://tsa.invalid/").expect("a URL");
    let pool = TsaPool::new().with_tsa("misspelt", transport).with_sleep(|_| panic!("nothing to wait for"));
    let error = pool.timestamp(&request()).expect_err("nobody there");
    match &error.attempts[0].error {
        AttemptError::Transport(TransportError::HostNotFound) => assert_eq!(error.attempts.len(), 1),
        // A machine without a server of names cannot know.
        AttemptError::Transport(TransportError::Lookup { .. }) => {}
        other => panic!("{other:?}"),
    }
    assert!(!error.to_string().contains("uncategorized"), "{error}");
}

#[test]
fn own_headers_go_out_and_are_never_shown() {
    let (url, requests) = serve(vec![reply(b"answer")]);
    let transport = HttpTransport::new(&url)
        .and_then(|http| http.with_header("X-Api-Key", "first"))
        .and_then(|http| http.with_header("x-api-key", "hunter2"))
        .and_then(|http| http.with_header("Authorization", "Bearer swordfish"))
        .and_then(|http| http.with_header("User-Agent", "letters/1"))
        .expect("headers");
    let shown = format!("{transport:?}");
    assert!(shown.contains("x-api-key") && !shown.contains("hunter2") && !shown.contains("swordfish"), "{shown}");
    assert!(transport.send(b"request").is_ok());
    let got = String::from_utf8(requests.recv().expect("a request")).expect("text").to_lowercase();
    for line in ["x-api-key: hunter2\r\n", "authorization: bearer swordfish\r\n", "user-agent: letters/1\r\n"] {
        assert_eq!(got.matches(line).count(), 1, "{got}");
    }
    assert!(!got.contains("first"), "{got}");
    let with =
        |url: &str, name: &str, value: &str| HttpTransport::new(url).and_then(|http| http.with_header(name, value));
    for (name, value) in [
        ("", "x"),
        ("a b", "x"),
        ("A:", "x"),
        ("X-A", "x\r\nHost: elsewhere"),
        ("X-A", "\u{7f}"),
        ("content-type", "text/plain"),
        ("Content-Length", "1"),
        ("Host", "elsewhere"),
        ("Transfer-Encoding", "chunked"),
    ] {
        assert_eq!(with("https://tsa.test/", name, value).err(), Some(HttpTransportError::Header), "{name}: {value}");
    }
    assert_eq!(with("http://tsa.test/", "Authorization", "x").err(), Some(HttpTransportError::CredentialsInClear));
    assert!(with("http://tsa.test/", "X-Request-Id", "1").is_ok());
}

#[test]
fn a_proxy_is_asked_for_a_tunnel_and_looks_up_the_host() {
    // The proxy and the TSA are one server here: the tunnel's first answer, then the TSA's.
    let (proxy, requests) = serve_tunnel("200 Connection established", &octets(reply(b"answer")));
    let transport = HttpTransport::new("http://tsa.invalid/tsa?key=secret")
        .and_then(|http| http.with_authenticated_proxy(&proxy, "user", "hunter2"))
        .expect("a proxy");
    assert!(!format!("{transport:?}").contains("hunter2"));
    assert_eq!(transport.send(b"request").expect("an answer"), b"answer");
    let tunnel = String::from_utf8(requests.recv().expect("CONNECT")).expect("text");
    assert!(tunnel.starts_with("CONNECT tsa.invalid:80 HTTP/1.1\r\n"), "{tunnel}");
    assert!(tunnel.contains("Proxy-Authorization: Basic dXNlcjpodW50ZXIy\r\n"), "{tunnel}");
    let inside = String::from_utf8(requests.recv().expect("the request")).expect("text");
    assert!(inside.starts_with("POST /tsa?key=secret HTTP/1.1\r\n") && inside.ends_with("request"), "{inside}");
    assert!(!inside.contains("dXNlcjpodW50ZXIy"), "{inside}");

    let through = |status: &str| {
        let (proxy, _requests) = serve_tunnel(status, b"");
        let transport = HttpTransport::new("https://tsa.invalid/").and_then(|http| http.with_proxy(&proxy));
        transport.expect("a proxy").send(b"request").expect_err("no tunnel")
    };
    let denied = through("407 Proxy Authentication Required");
    assert!(matches!(denied, TransportError::ProxyStatus(407)) && !denied.is_transient(), "{denied:?}");
    let broken = through("502 Bad Gateway");
    assert!(matches!(broken, TransportError::ProxyStatus(502)) && broken.is_transient(), "{broken:?}");
    let lost = HttpTransport::new("https://tsa.test/").and_then(|http| http.with_proxy("http://proxy.invalid:3128"));
    let lost = lost.expect("a proxy").send(b"request").expect_err("no proxy");
    assert!(matches!(lost, TransportError::Proxy { .. }), "{lost:?}");

    let with = |url: &str| HttpTransport::new("https://tsa.test/").and_then(|http| http.with_proxy(url)).err();
    for url in ["", "proxy:3128", "socks5://proxy:1080", "http://proxy/path", "http://", "http://proxy:99999"] {
        assert_eq!(with(url), Some(HttpTransportError::ProxyUrl), "{url}");
    }
    assert_eq!(with("http://user:hunter2@proxy:3128"), Some(HttpTransportError::CredentialsInUrl));
    assert_eq!(with("https://proxy:3128/"), None);
}

#[test]
fn credentials_do_not_travel_unencrypted_to_a_proxy() {
    type Set = fn(HttpTransport) -> Result<HttpTransport, HttpTransportError>;
    let secrets: [Set; 3] = [
        |http| http.with_credentials("user", "hunter2"),
        |http| http.with_header("Authorization", "Bearer hunter2"),
        |http| http.with_header("Cookie", "key=hunter2"),
    ];
    let proxies: [Set; 3] = [
        |http| http.with_proxy("http://proxy.test:3128"),
        |http| http.with_proxy("https://proxy.test:3128"),
        |http| http.with_authenticated_proxy("http://proxy.test:3128", "user", "swordfish"),
    ];
    for secret in secrets {
        for proxy in proxies {
            for url in ["http://localhost/tsa", "http://127.0.0.1:8080/", "http://[::1]/"] {
                let new = || HttpTransport::new(url);
                let refused = Some(HttpTransportError::CredentialsInClear);
                assert_eq!(new().and_then(secret).and_then(proxy).err(), refused, "{url}");
                assert_eq!(new().and_then(proxy).and_then(secret).err(), refused, "{url}");
                assert_eq!((new().and_then(secret).err(), new().and_then(proxy).err()), (None, None), "{url}");
                let with_number = new().and_then(|http| http.with_header("X-Request-Id", "1"));
                assert_eq!(with_number.and_then(proxy).err(), None, "{url}");
            }
            let new = || HttpTransport::new("https://tsa.test/");
            assert_eq!(new().and_then(secret).and_then(proxy).err(), None);
            assert_eq!(new().and_then(proxy).and_then(secret).err(), None);
        }
    }
}

#[test]
fn the_certificate_of_a_client_is_checked_when_it_is_given() {
    let with = |url: &str, chain: &str, key: &str| {
        HttpTransport::new(url).and_then(|http| http.with_client_certificate(chain, key)).err()
    };
    let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    let (certificate, key) = (block("CERTIFICATE"), block("PRIVATE KEY"));
    let https = "https://tsa.test/";
    assert_eq!(with("http://127.0.0.1/", &certificate, &key), Some(HttpTransportError::CredentialsInClear));
    assert_eq!(with(https, "", &key), Some(HttpTransportError::ClientCertificate));
    assert_eq!(with(https, &key, &key), Some(HttpTransportError::ClientCertificate));
    assert_eq!(with(https, &certificate, ""), Some(HttpTransportError::ClientKey));
    assert_eq!(with(https, &certificate, &block("ENCRYPTED PRIVATE KEY")), Some(HttpTransportError::ClientKey));
    assert_eq!(with(https, &certificate, &key), Some(HttpTransportError::ClientKey));
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
    assert!(matches!(got, TransportError::Protocol { .. } | TransportError::Connection(_)), "{got:?}");
    let twice = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".to_vec();
    let got = send(Answer::Octets(twice)).expect_err("two lengths").to_string();
    assert!(got.starts_with("not valid HTTP: ") && got.contains("length"), "{got}");
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
        ("http://tsa.test:99999/", HttpTransportError::Url),
        ("http://:80/", HttpTransportError::Url),
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
