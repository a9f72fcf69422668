//! Retries, pauses and fail-over, without a network and without sleeping.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rfc3161_client::{AttemptError, ResponseError, RetryPolicy, Transport, TransportError, TsaPool};
use support::{Parts, rejection, request};

/// Gives its answers one after the other, the last one for ever.
struct Script(Mutex<Vec<Answer>>);

type Answer = Box<dyn FnMut() -> Result<Vec<u8>, TransportError> + Send>;

impl Transport for Script {
    fn send(&self, _request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let mut script = self.0.lock().expect("not poisoned");
        let answer = script[0]();
        if script.len() > 1 {
            drop(script.remove(0));
        }
        answer
    }
}

fn fails(error: impl FnMut() -> TransportError + Send + 'static) -> Script {
    let mut error = error;
    Script(Mutex::new(vec![Box::new(move || Err(error()))]))
}

fn answers(response: Vec<u8>) -> Script {
    Script(Mutex::new(vec![Box::new(move || Ok(response.clone()))]))
}

fn pool() -> (TsaPool, Arc<Mutex<Vec<u64>>>) {
    let pauses = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&pauses);
    let sleep = move |pause: Duration| {
        noted.lock().expect("not poisoned").push(u64::try_from(pause.as_millis()).expect("short"))
    };
    (TsaPool::new().with_sleep(sleep), pauses)
}

#[test]
fn a_passing_error_is_retried_after_growing_pauses() {
    let request = request();
    let response = Parts::answering(&request).response();
    let (pool, pauses) = pool();
    let script: Vec<Answer> = vec![
        Box::new(|| Err(TransportError::Status(503))),
        Box::new(|| Err(TransportError::Timeout { during: "connecting" })),
        Box::new(|| Err(TransportError::Connection(std::io::ErrorKind::ConnectionReset))),
        Box::new(move || Ok(response.clone())),
    ];
    let retry =
        RetryPolicy { attempts: 4, first_pause: Duration::from_millis(100), longest_pause: Duration::from_millis(300) };
    let pool = pool.with_tsa("one", Script(Mutex::new(script))).with_retry(retry);
    assert!(pool.timestamp(&request).is_ok());
    assert_eq!(*pauses.lock().expect("not poisoned"), [100, 200, 300]);
}

#[test]
fn other_errors_go_to_the_next_at_once_and_every_answer_is_told() {
    let request = request();
    let mut wrong = Parts::answering(&request);
    wrong.signers = 2;
    let (pool, pauses) = pool();
    let pool = pool
        .with_tsa("forbidden", fails(|| TransportError::Status(403)))
        .with_tsa("rejecting", answers(rejection()))
        .with_tsa("confused", answers(wrong.response()))
        .with_tsa("down", fails(|| TransportError::HostNotFound));
    let error = pool.timestamp(&request).expect_err("nobody gives a token");
    let tsas: Vec<&str> = error.attempts.iter().map(|attempt| attempt.tsa.as_str()).collect();
    assert_eq!(tsas, ["forbidden", "rejecting", "confused", "down", "down", "down"]);
    assert!(matches!(error.attempts[1].error, AttemptError::Response(ResponseError::Rejected(_))));
    assert_eq!(pauses.lock().expect("not poisoned").len(), 2);
    let told = error.to_string();
    for part in [
        "forbidden: HTTP status 403",
        "rejecting: the TSA answered: rejection, badAlg",
        "confused: the token: 2 signers",
        "down: the host",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let pool = pool.with_tsa("good", answers(Parts::answering(&request).response()));
    assert!(pool.timestamp(&request).is_ok());
    assert_eq!(TsaPool::new().timestamp(&request).expect_err("no TSA").to_string(), "no TSA to ask");
    assert!(format!("{pool:?}").contains("rejecting"));
}
