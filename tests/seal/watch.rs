//! These tests ask what a service is told of what ends and fails, and when.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use crate::common::evidence_log::{Logging, stranger};
use crate::common::{self, Service, now, pool, sending_of};
use chrono::{DateTime, Duration, TimeDelta, Utc};
use recommande::crypto::{AlgorithmPolicy, KeyKind};
use recommande::preserve::due;
use recommande::seal::{Batcher, BatcherSettings, Credentials, ProofOfSending, Sealer, Unstamped};
use recommande::testing::{CertificateSpec, TestTsa, generate_key};
use recommande::verify::{Content, Policy};
use recommande::watch::{self, Concern, Upcoming, Urgency};
use recommande::{Environment, Verifier};
use rfc3161_client::{RetryPolicy, Transport, TransportError, TsaPool};

const DAY: Duration = Duration::days(1);

fn concerns(list: &[Upcoming]) -> Vec<Concern> {
    list.iter().map(|upcoming| upcoming.concern).collect()
}

/// The sealer of a service by a certificate that ends then.
fn ending(service: &Service, not_after: DateTime<Utc>) -> Sealer {
    let spec = CertificateSpec::seal("A Seal", now() - DAY, not_after);
    let key = service.pki.intermediate.issue(&spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let mut chain = service.pki.seal_chain();
    chain[0] = key.certificate;
    Sealer::new(Credentials::new(key.signer, chain).unwrap(), common::issuer(Environment::Test))
}

#[test]
fn the_end_of_a_certificate_is_told_sixty_days_before() {
    let service = Service::new();
    let end = now() + DAY * 100;
    let list = watch::sealer(&service.verifier().report_sealer(&ending(&service, end), now()));
    let [certificate] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!((certificate.concern, certificate.by), (Concern::Seals, end));
    assert_eq!(certificate.act_from, certificate.by - DAY * 60);
    assert!(certificate.because.contains("A Seal"), "{certificate}");
    for (days, urgency) in [(0, Urgency::Later), (39, Urgency::Later), (40, Urgency::Due), (100, Urgency::Past)] {
        assert_eq!(certificate.urgency(now() + DAY * days), urgency, "{days} days");
    }
    assert!(Urgency::Later < Urgency::Due && Urgency::Due < Urgency::Past);
}

#[test]
fn the_end_of_an_algorithm_and_of_revocation_data_is_told() {
    let service = Service::new();
    let sealer = service.sealer.clone();
    let date = (now() + DAY * 30).date_naive();
    let mut algorithms = serde_json::to_value(AlgorithmPolicy::default()).unwrap();
    for row in algorithms["keys"].as_array_mut().unwrap() {
        row["past_from"] = serde_json::to_value(date).unwrap();
    }
    let algorithms = serde_json::from_value(algorithms).unwrap();
    let policed = service.verifier().with_policy(Policy { algorithms, ..Policy::default() });
    let list = watch::sealer(&policed.report_sealer(&sealer, now()));
    assert_eq!(concerns(&list), [Concern::Seals]);
    assert_eq!((list[0].by.date_naive(), list[0].urgency(now())), (date, Urgency::Due), "{}", list[0]);

    let data = service.pki.seal_revocation(now() - DAY, now() + DAY * 7).unwrap();
    let list = watch::sealer(&service.verifier().report_sealer(&sealer.with_revocation(&data), now()));
    let crls: Vec<_> = list.iter().filter(|upcoming| upcoming.concern == Concern::RevocationData).collect();
    assert!(!crls.is_empty());
    for crl in crls {
        assert_eq!((crl.by, crl.act_from), (now() + DAY * 7, now() + DAY * 5), "{crl}");
    }
}

#[test]
fn a_sealer_whose_seals_would_not_pass_fails_already() {
    let (service, stranger) = (Service::new(), Service::new());
    let list = watch::sealer(&stranger.verifier().report_sealer(&service.sealer, now()));
    assert_eq!(concerns(&list), [Concern::Seals]);
    assert_eq!((list[0].by, list[0].urgency(now())), (now(), Urgency::Past));
    assert!(list[0].because.contains("chain-"), "{}", list[0]);
}

struct Down;

impl Transport for Down {
    fn send(&self, _request: &[u8]) -> Result<Vec<u8>, TransportError> {
        Err(TransportError::Timeout { during: "waiting" })
    }
}

/// A TSA that answers when it is asked again.
struct Twice(TestTsa, AtomicBool);

impl Transport for Twice {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.1.swap(false, Ordering::Relaxed) { Down.send(request) } else { self.0.send(request) }
    }
}

/// What is told of one TSA.
fn told_of(verifier: &Verifier, tsa: impl Transport + 'static, clock: Option<fn() -> DateTime<Utc>>) -> Vec<Upcoming> {
    let pool = TsaPool::new().with_tsa("first", tsa);
    let pool = pool.with_retry(RetryPolicy { attempts: 1, ..RetryPolicy::default() });
    let pool = match clock {
        Some(clock) => pool.with_clock(clock, std::time::Duration::from_secs(5)),
        None => pool,
    };
    let trials = verifier.report_tsas(&pool, now).unwrap();
    watch::tsas(&trials, now())
}

#[test]
fn a_tsa_is_told_by_its_end_its_silence_and_its_clock() {
    let (service, stranger) = (Service::new(), Service::new());
    let verifier = service.verifier();

    let good = told_of(&verifier, service.tsa(now()), None);
    assert_eq!(concerns(&good), [Concern::Tsa]);
    assert_eq!(good[0].by, service.pki.tsa_chain()[0].not_after(), "{}", good[0]);
    assert_eq!(good[0].urgency(now()), Urgency::Later);

    let down = told_of(&verifier, Down, None);
    assert_eq!((concerns(&down), down[0].urgency(now())), (vec![Concern::Tsa], Urgency::Past));
    assert_eq!(down[0].because, "first: timeout while waiting");
    let another_anchor = told_of(&verifier, stranger.tsa(now()), None);
    assert_eq!((concerns(&another_anchor), another_anchor[0].urgency(now())), (vec![Concern::Tsa], Urgency::Past));

    // No verifier ever notices that a TSA is behind, or that the clock here is ahead.
    let behind = told_of(&verifier, service.tsa(now() - Duration::seconds(61)), None);
    assert_eq!(concerns(&behind), [Concern::Tsa, Concern::Clock]);
    assert_eq!(behind[1].because, "first: its clock is 61 s behind the one here");
    let ahead = told_of(&verifier, service.tsa(now() + Duration::minutes(10)), None);
    assert_eq!(concerns(&ahead), [Concern::Tsa, Concern::Clock]);
    assert_eq!(ahead[1].because, "first: its clock is 600 s ahead of the one here");
    let within = told_of(&verifier, service.tsa(now() - Duration::seconds(60)), None);
    assert_eq!(concerns(&within), [Concern::Tsa]);
    // A list that is made an hour after the trial tells nothing else.
    let trials = verifier.report_tsas(&TsaPool::new().with_tsa("first", service.tsa(now())), now).unwrap();
    assert_eq!(concerns(&watch::tsas(&trials, now() + Duration::hours(1))), [Concern::Tsa]);
    let by_pool = told_of(&verifier, service.tsa(now() + Duration::minutes(10)), Some(now));
    assert_eq!(concerns(&by_pool), [Concern::Clock]);
}

#[test]
fn a_tsa_that_answers_when_it_is_asked_again_does_not_fail() {
    let service = Service::new();
    let again = Twice(service.tsa(now()), AtomicBool::new(true));
    let retry = RetryPolicy { attempts: 2, first_pause: std::time::Duration::ZERO, ..RetryPolicy::default() };
    let pool = TsaPool::new().with_tsa("first", again).with_tsa("second", Down).with_retry(retry);
    let trials = service.verifier().report_tsas(&pool, now).unwrap();
    let of: Vec<_> = trials.iter().map(|trial| (trial.tsa.as_str(), trial.outcome.is_ok())).collect();
    assert_eq!(of.len(), 4, "{of:?}");
    let list = watch::tsas(&trials, now());
    assert_eq!(concerns(&list), [Concern::Tsa, Concern::Tsa], "{list:?}");
    assert_ne!(list[0].urgency(now()), Urgency::Past, "{}", list[0]);
    assert!(list[1].urgency(now()) == Urgency::Past && list[1].because.starts_with("second: "), "{}", list[1]);
}

/// A list is looked at by a clock that was read before the trials were over, and beside what has been due for weeks.
#[test]
fn what_fails_already_comes_first_and_is_past_at_any_time() {
    let service = Service::new();
    let dead = told_of(&service.verifier(), Down, None).remove(0);
    assert_eq!(dead.urgency(now() - Duration::hours(1)), Urgency::Past);
    assert!(dead.to_string().contains("(seen "), "{dead}");
    let due = watch::sealer(&service.verifier().report_sealer(&ending(&service, now() + DAY * 20), now())).remove(0);
    assert_eq!(due.urgency(now()), Urgency::Due);
    assert_eq!(watch::in_order([due.clone(), dead.clone()]), [dead, due.clone()]);
    // One that somebody sets to be acted upon at its very end does not fail yet.
    let mut at_its_end = due;
    at_its_end.act_from = at_its_end.by;
    assert_eq!(at_its_end.urgency(now()), Urgency::Later);
    assert!(!at_its_end.to_string().contains("seen"), "{at_its_end}");
}

#[test]
fn an_anchor_that_is_an_intermediate_does_not_end_the_seals() {
    let service = Service::new();
    let intermediate = service.pki.intermediate.certificate.clone();
    let end = intermediate.not_after() - DAY;
    let sealer = ending(&service, end);
    let verifier =
        Verifier::new([intermediate.clone()].into_iter().collect(), service.pki.tsa_anchors(), Environment::Test);
    let list = watch::sealer(&verifier.report_sealer(&sealer, now()));
    assert_eq!(list[0].by, end, "{}", list[0]);
    // One that outlives its anchor is no shorter for that: an anchor counts for as long as it is one.
    let beyond = ending(&service, intermediate.not_after() + DAY * 100);
    let by_root = watch::sealer(&service.verifier().report_sealer(&beyond, now()));
    assert_eq!(by_root[0].by, intermediate.not_after(), "{}", by_root[0]);
    let by_anchor = watch::sealer(&verifier.report_sealer(&beyond, now()));
    assert_eq!(by_anchor[0].by, intermediate.not_after() + DAY * 100, "{}", by_anchor[0]);
}

#[test]
fn a_seal_without_a_timestamp_is_told_until_it_is_too_late() {
    let service = Service::new();
    let sealed = service.sealed();
    let upcoming = watch::unstamped(&sealed).unwrap();
    assert_eq!((upcoming.concern, upcoming.by), (Concern::UnstampedSeal, now() + DAY));
    assert_eq!(upcoming.act_from, now() + Duration::hours(12));
    // The same is told of a stored one, and the end of the certificate may come first.
    let stored = Unstamped::<ProofOfSending>::from_der(sealed.der()).unwrap();
    assert_eq!(watch::unstamped(&stored), Some(upcoming));
    let end = now() + Duration::hours(2);
    let short = ending(&service, end).seal(&sending_of("1"), now()).unwrap();
    assert_eq!(watch::unstamped(&short).unwrap().by, end);
    let longer = sealed.with_maximum_timestamp_delay(200_000);
    assert_eq!(longer.stamp_by(), Some(now() + Duration::seconds(200_000)));
    // At that time it is stamped, and a second later it is not.
    let at = |time| pool(service.tsa(time).without_accuracy());
    assert!(service.sealed().stamp_with(&at(now() + DAY)).is_ok());
    assert!(service.sealed().stamp_with(&at(now() + DAY + Duration::seconds(1))).is_err());
    let stamped = Unstamped::<ProofOfSending>::from_der(service.proof().der()).unwrap();
    assert_eq!(watch::unstamped(&stamped), None);
}

#[test]
fn renewals_come_in_the_order_in_which_to_act() {
    let service = Service::new();
    let due = due(&service.verifier(), service.proof().der(), Content::Attached, now()).unwrap().unwrap();
    let renewal = watch::renewal(&due);
    assert_eq!((renewal.concern, renewal.by, renewal.act_from), (Concern::Renewal, due.renew_by, due.renew_from()));
    let seal = watch::unstamped(&service.sealed()).unwrap();
    assert_eq!(watch::in_order([renewal.clone(), seal.clone()]), [seal.clone(), renewal.clone()]);
    assert_eq!(watch::in_order([seal.clone(), renewal.clone()]), [seal.clone(), renewal]);
    let json = serde_json::to_value(&seal).unwrap();
    assert_eq!((&json["concern"], &json["because"]), (&"unstamped-seal".into(), &"a seal has no timestamp".into()));
    assert!(json["by"].is_string() && json["act_from"].is_string(), "{json}");
}

/// A TSA that answers when it is let.
struct Held(TestTsa, Mutex<Receiver<()>>);

impl Transport for Held {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.1.lock().unwrap().recv().map_err(TransportError::other)?;
        self.0.send(request)
    }
}

#[test]
fn the_backlog_counts_the_batch_that_no_tsa_stamps() {
    let service = Service::new();
    let (let_go, held) = channel();
    let settings = BatcherSettings::new(2.try_into().unwrap(), std::time::Duration::from_secs(3600));
    let proofs = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&proofs);
    let tsas = TsaPool::new().with_tsa("held", Held(service.tsa(now()), Mutex::new(held)));
    let batcher = Batcher::start(tsas, settings, move |_: u8, outcome: Result<ProofOfSending, _>| {
        assert!(outcome.is_ok());
        *counted.lock().unwrap() += 1;
    });
    let batcher = batcher.unwrap();
    assert_eq!(batcher.backlog().oldest, None);
    assert_eq!(watch::backlog(&batcher.backlog(), TimeDelta::minutes(5), now()), None);
    for number in 0..3 {
        batcher.submit(service.sealer.seal(&sending_of(&number.to_string()), now()).unwrap(), number).unwrap();
    }
    while batcher.backlog().in_work == 0 {
        std::thread::yield_now();
    }
    let backlog = batcher.backlog();
    assert_eq!((backlog.waiting, backlog.in_work), (1, 2));
    let upcoming = watch::backlog(&backlog, TimeDelta::minutes(5), now()).unwrap();
    let begun = now() - TimeDelta::from_std(backlog.oldest.unwrap()).unwrap();
    assert_eq!((upcoming.concern, upcoming.by), (Concern::Backlog, begun + TimeDelta::minutes(5)));
    assert_eq!(upcoming.act_from, upcoming.by - TimeDelta::minutes(5) / 2);
    assert!(upcoming.because.starts_with("3 seals"), "{upcoming}");
    let_go.send(()).unwrap();
    let_go.send(()).unwrap();
    batcher.shutdown().unwrap();
    assert_eq!(*proofs.lock().unwrap(), 3);
}

#[test]
fn a_queue_between_machines_is_watched_by_its_oldest_item() {
    assert_eq!(watch::queue(0, None, TimeDelta::minutes(5)), None);
    let upcoming = watch::queue(7, Some(now()), TimeDelta::minutes(5)).unwrap();
    assert_eq!((upcoming.concern, upcoming.by), (Concern::Backlog, now() + TimeDelta::minutes(5)));
    assert_eq!(upcoming.act_from, upcoming.by - TimeDelta::minutes(5) / 2);
    assert_eq!(upcoming.because, "7 items of the queue wait for a proof");
}

#[test]
fn a_log_that_publishes_no_checkpoint_is_told_before_the_merge_delay_is_over() {
    let logging = Logging::new();
    let policy = Policy { merge_delay: 3600, ..Policy::default() };
    let mut log = logging.log([]);
    assert_eq!(watch::log(&log, now(), &policy), None);
    log.append(stranger(1), now()).unwrap();
    assert_eq!(log.waiting_since(), Some(now()));
    for _ in 0..2 {
        let upcoming = watch::log(&log, now(), &policy).unwrap();
        assert_eq!((upcoming.concern, upcoming.by), (Concern::Log, now() + Duration::hours(1)));
        assert_eq!(upcoming.act_from, now() + Duration::minutes(30));
        assert_eq!(upcoming.because, "entries are in no checkpoint");
        log.integrate().unwrap();
    }
    log.begin_checkpoint(&crate::common::evidence_log::signer(1), now()).unwrap();
    assert!(watch::log(&log, now(), &policy).unwrap().because.contains("no timestamp"));

    let mut log = logging.log([stranger(1)]);
    logging.checkpoint(&mut log);
    // The seal of the checkpoint waits for others, and asks for none by itself.
    assert_eq!((log.waiting(), watch::log(&log, now(), &policy)), (1, None));
    // The checkpoint is a day old, and the next entry has its own time.
    let later = now() + DAY;
    log.append(stranger(2), later).unwrap();
    let upcoming = watch::log(&log, later, &policy).unwrap();
    assert_eq!((upcoming.by, upcoming.urgency(later)), (later + Duration::hours(1), Urgency::Later));
}
