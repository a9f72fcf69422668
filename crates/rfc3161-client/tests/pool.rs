//! Retries, pauses and fail-over, without a network and without sleeping.

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rfc3161_client::{Attempt, AttemptError, ResponseError, RetryPolicy, Transport, TransportError, TsaPool};
use support::{Parts, refusal, rejection, request};

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
        .with_tsa("misspelt", fails(|| TransportError::HostNotFound))
        .with_tsa("down", fails(|| TransportError::Connection(std::io::ErrorKind::ConnectionRefused)));
    let error = pool.timestamp(&request).expect_err("nobody gives a token");
    let tsas: Vec<&str> = error.attempts.iter().map(|attempt| attempt.tsa.as_str()).collect();
    assert_eq!(tsas, ["forbidden", "rejecting", "confused", "misspelt", "down", "down", "down"]);
    assert!(matches!(error.attempts[1].error, AttemptError::Response(ResponseError::Rejected(_))));
    assert_eq!(pauses.lock().expect("not poisoned").len(), 2);
    let told = error.to_string();
    for part in [
        "forbidden: HTTP status 403",
        "rejecting: the TSA answered: rejection, badAlg",
        "confused: the token: 2 signers",
        "misspelt: the host is not found",
        "down: connection",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let pool = pool.with_tsa("good", answers(Parts::answering(&request).response()));
    assert!(pool.timestamp(&request).is_ok());
    assert_eq!(TsaPool::new().timestamp(&request).expect_err("no TSA").to_string(), "no TSA to ask");
    assert!(format!("{pool:?}").contains("rejecting"));
}

#[test]
fn a_tsa_that_rejects_for_now_is_asked_again() {
    let request = request();
    let response = Parts::answering(&request).response();
    // timeNotAvailable, addInfoNotAvailable, systemFailure, and the status waiting.
    for refusal in [refusal(2, Some(14)), refusal(2, Some(17)), refusal(2, Some(25)), refusal(3, None)] {
        let (pool, pauses) = pool();
        let (first, second, response) = (refusal.clone(), refusal, response.clone());
        let script: Vec<Answer> = vec![
            Box::new(move || Ok(first.clone())),
            Box::new(move || Ok(second.clone())),
            Box::new(move || Ok(response.clone())),
        ];
        assert!(pool.with_tsa("one", Script(Mutex::new(script))).timestamp(&request).is_ok());
        assert_eq!(*pauses.lock().expect("not poisoned"), [500, 1000]);
    }
    // For good: badAlg, badRequest, badDataFormat, unacceptedPolicy, a bit of another RFC, no reason at all, a revocation.
    let finals = [Some(0), Some(2), Some(5), Some(15), Some(16), Some(20), None].map(|reason| refusal(2, reason));
    for refusal in finals.into_iter().chain([rejection(), refusal(4, Some(14)), refusal(5, None)]) {
        let (pool, pauses) = pool();
        let error = pool.with_tsa("one", answers(refusal)).timestamp(&request).expect_err("no token");
        assert_eq!((error.attempts.len(), pauses.lock().expect("not poisoned").len()), (1, 0), "{error}");
    }
    // It never ends, and the asking does.
    let (pool, pauses) = pool();
    let error = pool.with_tsa("one", answers(refusal(2, Some(14)))).timestamp(&request).expect_err("no token");
    assert_eq!((error.attempts.len(), pauses.lock().expect("not poisoned").len()), (3, 2));
    assert!(error.to_string().contains("rejection, timeNotAvailable"), "{error}");
}

#[test]
fn a_busy_server_is_asked_in_its_time_and_within_the_budget() {
    let request = request();
    let response = Parts::answering(&request).response();
    let busy = |seconds: u64| move || TransportError::Busy { status: 503, retry_after: Duration::from_secs(seconds) };
    let (pool_of_test, pauses) = pool();
    let (first, second) = (busy(7), busy(0));
    let script: Vec<Answer> =
        vec![Box::new(move || Err(first())), Box::new(move || Err(second())), Box::new(move || Ok(response.clone()))];
    assert!(pool_of_test.with_tsa("one", Script(Mutex::new(script))).timestamp(&request).is_ok());
    assert_eq!(*pauses.lock().expect("not poisoned"), [7000, 1000]);
    // Longer than anybody waits: the next TSA is asked at once.
    for (seconds, budget, expected) in
        [(31, 30, 0), (30, 30, 1), (16, 30, 1), (u64::MAX, 3600, 0), (10, 9, 0), (10, 20, 2)]
    {
        let (pool, pauses) = pool();
        let pool = pool
            .with_pauses_of_at_most(Duration::from_secs(budget))
            .with_tsa("busy", fails(busy(seconds)))
            .with_tsa("good", answers(Parts::answering(&request).response()));
        assert!(pool.timestamp(&request).is_ok());
        assert_eq!(pauses.lock().expect("not poisoned").len(), expected, "{seconds} s of {budget} s");
    }
}

#[test]
fn a_clock_that_is_minutes_off_is_said_and_the_next_tsa_asked() {
    let request = request();
    let gen_time = "2014-03-31T06:31:09.591Z".parse::<chrono::DateTime<chrono::Utc>>().expect("a time");
    let off = |seconds: i64| {
        let (pool, _) = pool();
        pool.with_clock(move || gen_time + chrono::TimeDelta::seconds(seconds), Duration::from_secs(60))
            .with_tsa("first", answers(Parts::answering(&request).response()))
            .timestamp(&request)
    };
    for seconds in [0, 60, -60] {
        assert!(off(seconds).is_ok(), "{seconds}");
    }
    for seconds in [62, -62, 120, -120, 1_000_000_000] {
        let error = off(seconds).expect_err("another time");
        assert!(matches!(error.attempts.as_slice(), [Attempt { error: AttemptError::Clock { .. }, .. }]), "{error}");
        assert!(error.to_string().contains("2014-03-31T06:31:09.591Z"), "{error}");
    }
    // A trip that takes its time: genTime lies within it.
    let times = Mutex::new(vec![gen_time + chrono::TimeDelta::minutes(5), gen_time - chrono::TimeDelta::minutes(5)]);
    let (pool, _) = pool();
    let pool = pool.with_clock(move || times.lock().expect("not poisoned").pop().expect("a time"), Duration::ZERO);
    assert!(pool.with_tsa("slow", answers(Parts::answering(&request).response())).timestamp(&request).is_ok());
}

#[test]
fn a_clock_tolerates_as_much_as_it_is_told() {
    let request = request();
    // It states an accuracy of half a second.
    let response = Parts::answering(&request).response();
    let longest = chrono::TimeDelta::MAX.to_std().expect("a duration");
    for tolerance in [Duration::MAX, longest, longest - Duration::from_millis(1), longest - Duration::from_secs(60)] {
        let (pool, _) = pool();
        let pool = pool.with_clock(|| chrono::DateTime::UNIX_EPOCH, tolerance);
        assert!(pool.with_tsa("old", answers(response.clone())).timestamp(&request).is_ok(), "{tolerance:?}");
    }
}

/// An error with a cause, which it does not tell itself.
#[derive(Debug, thiserror::Error)]
#[error("it is stale")]
struct Stale(#[source] std::fmt::Error);

#[test]
fn the_cause_of_a_refusal_is_told_once() {
    let request = request();
    let (pool, _) = pool();
    let pool = pool
        .with_tsa("stale", answers(Parts::answering(&request).response()))
        .with_tsa("down", fails(|| TransportError::other(Stale(std::fmt::Error))));
    let error = pool.timestamp_with::<()>(&request, |_| Err(Stale(std::fmt::Error).into())).expect_err("refused");
    let cause = std::fmt::Error;
    let told = error.to_string();
    assert!(told.contains(&format!("; stale: the token was refused: it is stale: {cause}; ")), "{told}");
    // Asked three times with the same answer, it is told once.
    assert!(told.ends_with(&format!("; down: it is stale: {cause} (3 times)")), "{told}");
    let mut chain = std::iter::successors(Some(&error.attempts[0].error as &dyn std::error::Error), |e| e.source());
    assert_eq!(chain.by_ref().filter(|error| error.to_string().contains("it is stale")).count(), 1);
}

#[test]
fn the_longest_wait_counts_every_attempt_and_every_pause() {
    let (trip, silent) = (Duration::from_secs(4), || fails(|| TransportError::Timeout { during: "waiting" }));
    let request = request();
    for (attempts, most, pauses) in [(1, 5, 0), (3, 5, 5), (3, 30, 30), (0, 30, 0)] {
        let (pool, paused) = pool();
        let retry = RetryPolicy { attempts, ..RetryPolicy::default() };
        let pool = pool.with_retry(retry).with_pauses_of_at_most(Duration::from_secs(most));
        assert_eq!(pool.longest_wait(trip), Duration::ZERO);
        let pool = pool.with_tsa("first", silent()).with_tsa("second", silent());
        let for_each = trip * attempts.max(1) + Duration::from_secs(pauses);
        assert_eq!(pool.longest_wait(trip), for_each * 2);
        let trips = pool.timestamp(&request).expect_err("silence").attempts.len();
        let paused = Duration::from_millis(paused.lock().expect("not poisoned").iter().sum());
        assert!(trip * u32::try_from(trips).expect("few") + paused <= pool.longest_wait(trip));
        assert_eq!(trips, 2 * attempts.max(1) as usize);
    }
}

#[test]
fn the_earliest_time_of_a_token_is_that_of_the_clock_less_what_is_tolerated() {
    let now = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
    assert_eq!(TsaPool::new().earliest_gen_time(), None);
    let pool = TsaPool::new().with_clock(move || now, Duration::from_secs(60));
    assert_eq!(pool.earliest_gen_time(), Some(now - chrono::TimeDelta::minutes(2)));
    assert_eq!(TsaPool::new().with_clock(move || now, Duration::MAX).earliest_gen_time(), None);
}

/// A transport that notes each time that it is asked.
struct Noted<T>(T, &'static str, Arc<Mutex<Vec<&'static str>>>);

impl<T: Transport> Transport for Noted<T> {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.2.lock().expect("not poisoned").push(self.1);
        self.0.send(request)
    }
}

/// A pool whose TSAs are asked once each, rest for this long, and whose names are noted when they are asked.
fn resting(
    rest: Duration,
    tsas: impl IntoIterator<Item = (&'static str, Script)>,
) -> (TsaPool, Arc<Mutex<Vec<&'static str>>>) {
    let (pool, asked) = (pool().0, Arc::new(Mutex::new(Vec::new())));
    let pool = pool.with_retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() }).with_rest(rest);
    let pool = tsas
        .into_iter()
        .fold(pool, |pool, (name, script)| pool.with_tsa(name, Noted(script, name, Arc::clone(&asked))));
    (pool, asked)
}

const HOUR: Duration = Duration::from_secs(3600);

/// The TSAs that a request asked.
fn asked_by(pool: &TsaPool, asked: &Mutex<Vec<&'static str>>) -> Vec<&'static str> {
    asked.lock().expect("not poisoned").clear();
    let _ = pool.timestamp(&request());
    asked.lock().expect("not poisoned").clone()
}

fn silent() -> Script {
    fails(|| TransportError::Timeout { during: "the trip" })
}

#[test]
fn a_tsa_that_was_silent_costs_the_next_requests_nothing_while_it_rests() {
    let good = || answers(Parts::answering(&request()).response());
    for (rest, again) in [(HOUR, vec!["good"]), (Duration::MAX, vec!["good"]), (Duration::ZERO, vec!["down", "good"])] {
        let (pool, asked) = resting(rest, [("down", silent()), ("good", good())]);
        assert_eq!(asked_by(&pool, &asked), ["down", "good"]);
        for _ in 0..4 {
            assert_eq!(asked_by(&pool, &asked), again, "{rest:?}");
        }
    }
}

#[test]
fn a_rest_ends() {
    let good = answers(Parts::answering(&request()).response());
    let (pool, asked) = resting(Duration::from_millis(1), [("down", silent()), ("good", good)]);
    for _ in 0..5 {
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(asked_by(&pool, &asked), ["down", "good"]);
    }
}

/// Fails once, and then answers.
fn back_again() -> Script {
    let response = Parts::answering(&request()).response();
    Script(Mutex::new(vec![Box::new(|| Err(TransportError::Status(500))), Box::new(move || Ok(response.clone()))]))
}

#[test]
fn a_tsa_that_rests_is_asked_when_no_other_one_answers_and_is_in_its_place_again_when_it_does() {
    let (pool, asked) = resting(HOUR, [("down", silent()), ("back again", back_again())]);
    assert_eq!(asked_by(&pool, &asked), ["down", "back again"]);
    // Both rest, in the order of the list.
    assert_eq!(asked_by(&pool, &asked), ["down", "back again"]);
    // The second answered, so that the first alone rests.
    assert_eq!(asked_by(&pool, &asked), ["back again"]);
    assert_eq!(asked_by(&pool, &asked), ["back again"]);
}

#[test]
fn a_tsa_that_fails_leads_to_one_that_rests() {
    // The second answers once, while the first rests, and then no more.
    let response = Parts::answering(&request()).response();
    let once: Vec<Answer> = vec![Box::new(move || Ok(response.clone())), Box::new(|| Err(TransportError::Status(503)))];
    let (pool, asked) = resting(HOUR, [("back again", back_again()), ("once", Script(Mutex::new(once)))]);
    assert_eq!(asked_by(&pool, &asked), ["back again", "once"]);
    assert_eq!(asked_by(&pool, &asked), ["once", "back again"]);
    assert_eq!(asked_by(&pool, &asked), ["back again"], "it answered, and is the first again");
}

#[test]
fn a_refusal_for_good_is_no_reason_to_rest() {
    let forbidden = fails(|| TransportError::Status(403));
    let (pool, asked) = resting(HOUR, [("down", silent()), ("forbidden", forbidden)]);
    assert_eq!(asked_by(&pool, &asked), ["down", "forbidden"]);
    assert_eq!(asked_by(&pool, &asked), ["forbidden", "down"]);
}
