//! These tests ask a witness behind HTTP for its cosignatures.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::common::evidence_log::{Logging, cosigned_at, stranger};
use crate::common::pool;
use recommande::log::{CosignatureError, EvidenceLog, HttpWitness, MemoryStore};
use recommande::recommande_tlog::limits::MAX_ANSWER;
use recommande::recommande_tlog::witness::{Answer, AnswerError, Transport, WitnessClient, WitnessError};
use recommande::rfc3161_client::{HttpTransport, HttpTransportError, TransportError};

/// Starts a server that answers each request by its first line and its body. Returns the submission prefix.
fn serve<F: FnMut(&str, &[u8]) -> Answer + Send + 'static>(mut answer: F) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/w1", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            exchange(stream.unwrap(), &mut answer);
        }
    });
    url
}

fn exchange(mut stream: TcpStream, answer: &mut impl FnMut(&str, &[u8]) -> Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    reader.read_line(&mut head).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if let Some(stated) = line.strip_prefix("content-length: ") {
            length = stated.parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let Answer { status, content_type, body } = answer(head.trim(), &body);
    let content_type = content_type.map(|stated| format!("Content-Type: {stated}\r\n")).unwrap_or_default();
    let length = body.len();
    // A client that has read enough closes the connection.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} x\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n{content_type}Content-Length: {length}\r\n\r\n"
    );
    let _ = stream.write_all(&body);
}

/// A log with a checkpoint under way that is sealed, signed and not yet cosigned.
fn under_way(logging: &Logging, log: &mut EvidenceLog<MemoryStore>) {
    log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    log.seal(&logging.service.sealer, cosigned_at()).unwrap();
    log.stamp(&pool(logging.service.tsa(cosigned_at()))).unwrap();
}

#[test]
fn a_witness_behind_http_cosigns_and_its_conflict_is_answered() {
    let mut logging = Logging::new();
    let mut log = logging.log((0..5).map(stranger));
    logging.checkpoint(&mut log);
    log.append(stranger(5), cosigned_at()).unwrap();
    log.integrate().unwrap();
    under_way(&logging, &mut log);
    let witness = logging.witnesses.remove(0);
    let known = witness.witness().unwrap();
    let conflicts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&conflicts);
    let url = serve(move |head, body| {
        assert_eq!(head, "POST /w1/add-checkpoint HTTP/1.1");
        let answer = witness.add_checkpoint(body).unwrap();
        counted.fetch_add(usize::from(answer.status == 409), Ordering::SeqCst);
        answer
    });
    // The slash at the end is part of some prefixes. A log that is opened does not know what the witness cosigned last.
    let mut log = logging.open(log.into_store());
    log.cosign(&WitnessClient::new(known.clone(), HttpWitness::new(&format!("{url}/")).unwrap())).unwrap();
    let note = log.pending().unwrap().note().note();
    assert!(note.verify(known.ring()).is_ok());
    assert_eq!(conflicts.load(Ordering::SeqCst), 1);
}

#[test]
fn what_a_server_answers_instead_is_named() {
    let logging = Logging::new();
    let mut log = logging.log([stranger(0)]);
    under_way(&logging, &mut log);
    let known = logging.witnesses[0].witness().unwrap();
    let mut asked = |status, body: Vec<u8>| {
        let url = serve(move |_, _| Answer { status, content_type: None, body: body.clone() });
        let error = log.cosign(&WitnessClient::new(known.clone(), HttpWitness::new(&url).unwrap())).unwrap_err();
        match error {
            CosignatureError::Witness(error) => error,
            error => panic!("{error}"),
        }
    };
    for (status, named) in [
        (301, AnswerError::Status(301)),
        (404, AnswerError::UnknownLog),
        (409, AnswerError::ConflictWithoutSize),
        (503, AnswerError::Status(503)),
    ] {
        let error = asked(status, b"<html>".to_vec());
        assert!(matches!(&error, WitnessError::Answer(answer) if *answer == named), "{error}");
    }
    let error = asked(200, vec![b'a'; MAX_ANSWER + 1]);
    assert!(matches!(error, WitnessError::Transport(TransportError::TooLarge { limit: MAX_ANSWER })), "{error}");
    let error = asked(200, vec![b'a'; MAX_ANSWER]);
    assert!(matches!(error, WitnessError::Answer(AnswerError::Lines(_))), "{error}");
    let gone = HttpWitness::new("http://127.0.0.1:1").unwrap().add_checkpoint(b"old 0\n");
    assert!(matches!(gone, Err(TransportError::Connection(_))), "{gone:?}");
}

#[test]
fn a_prefix_is_a_url_without_a_query() {
    for (prefix, named) in [
        ("https://witness.example/w1?key=1", HttpTransportError::Url),
        ("https://witness.example/#w1", HttpTransportError::Url),
        ("witness.example/w1", HttpTransportError::Url),
        ("ftp://witness.example/w1", HttpTransportError::Scheme),
        ("https://user:secret@witness.example", HttpTransportError::CredentialsInUrl),
    ] {
        assert_eq!(HttpWitness::new(prefix).unwrap_err(), named, "{prefix}");
    }
    let set_up = HttpTransport::new("https://witness.example/w1/add-checkpoint").unwrap();
    let shown = format!("{:?}", HttpWitness::over(set_up.with_header("X-Key", "secret").unwrap()));
    assert!(shown.contains("witness.example") && !shown.contains("secret"), "{shown}");
}
