//! These tests ask whether a seal or a timestamp that comes too late is said before it costs anything.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration as StdDuration;

use crate::common::{self, Service, has, now, pool, sending};
use chrono::{DateTime, Duration, Utc};
use recommande::seal::batch::WhyNotInBatch;
use recommande::seal::{Batch, ProofOfSending, SealError, TimestampError, Unstamped};
use recommande::testing::TestTsa;
use recommande::verify::{Code, Indication, Payload, Policy};
use rfc3161_client::{Transport, TransportError, TsaPool};

const DAY: i64 = 86_400;

fn after(seconds: i64) -> DateTime<Utc> {
    now() + Duration::seconds(seconds)
}

fn tsa_at(service: &Service, time: DateTime<Utc>) -> TsaPool {
    pool(service.tsa(time).without_accuracy())
}

#[test]
fn an_event_is_sealed_within_a_day() {
    let service = Service::new();
    let sealer = &service.sealer;
    for (seconds, is_sealed) in [(-61, false), (-60, true), (0, true), (DAY, true), (DAY + 1, false), (9 * DAY, false)]
    {
        // A verifier reads whole seconds.
        let at = after(seconds) + Duration::milliseconds(900);
        let sealed = sealer.seal(&sending(), at);
        let in_batch = sealer.seal_all([sending()], at).next().unwrap();
        let prepared = sealer.prepare(&sending(), at);
        assert_eq!([sealed.is_ok(), in_batch.is_ok(), prepared.is_ok()], [is_sealed; 3], "{seconds} s");
        match sealed {
            Ok(sealed) => {
                let proof = sealed.stamp_with(&tsa_at(&service, at.max(now()))).unwrap();
                let report = service.verifier().report(&proof, Payload::NotAvailable, at.max(now()));
                assert_eq!(report.indication, Indication::TotalPassed, "{seconds} s: {report}");
            }
            Err(SealError::EventAfterSigning { event_time, signing_time }) => {
                assert_eq!((event_time, signing_time, seconds < 0), (now(), after(seconds), true));
            }
            Err(SealError::SealedTooLate { event_time, signing_time, maximum_sealing_delay }) => {
                assert_eq!((event_time, signing_time), (now(), after(seconds)));
                assert_eq!((maximum_sealing_delay, seconds > DAY), (86_400, true));
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn a_later_seal_is_made_where_its_verifiers_allow_it() {
    let service = Service::new();
    let sealer = service.sealer.clone().with_maximum_sealing_delay(600);
    assert!(sealer.seal(&sending(), after(600)).is_ok());
    assert!(matches!(sealer.seal(&sending(), after(601)), Err(SealError::SealedTooLate { .. })));
    let at = after(30 * DAY);
    let sealed = sealer.with_maximum_sealing_delay(u32::MAX).seal(&sending(), at).unwrap();
    let proof = sealed.stamp_with(&tsa_at(&service, at)).unwrap();
    let report = service.verifier().report(&proof, Payload::NotAvailable, at);
    assert!(has(&report, Code::SealedTooLate) && report.to_string().contains("maximum_sealing_delay"), "{report}");
    let allowing = Policy { maximum_sealing_delay: u32::MAX, ..Policy::default() };
    assert!(service.verifier().with_policy(allowing).verify(&proof, Payload::NotAvailable, at).is_ok());
}

#[test]
fn a_seal_takes_a_timestamp_within_a_day() {
    let service = Service::new();
    let sealed = service.sealer.seal(&sending(), now() + Duration::milliseconds(900)).unwrap();
    let stored = Unstamped::<ProofOfSending>::from_der(sealed.der()).unwrap();
    let signature = service.sealer.sign_payload(&common::digests(), "text/plain", now()).unwrap();
    for (seconds, is_taken) in [(DAY - 1, true), (DAY, true), (DAY + 1, false), (3 * DAY, false)] {
        let tsa = || tsa_at(&service, after(seconds));
        let proof = sealed.stamp_with(&tsa());
        if let Ok(proof) = &proof {
            let report = service.verifier().report(proof, Payload::NotAvailable, after(seconds));
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        }
        let outcomes = [
            proof.map(drop),
            stored.stamp_with(&tsa()).map(drop),
            signature.stamp_with(&tsa()).map(drop),
            Batch::of([&stored]).unwrap().stamp_with(&tsa()).map(drop),
        ];
        for outcome in outcomes {
            assert_eq!(outcome.is_ok(), is_taken, "{seconds} s: {outcome:?}");
            let Err(error) = outcome else { continue };
            assert_eq!(error.code(), Some(Code::TimestampTooLate));
            assert!(error.to_string().contains("seal again"), "{error}");
        }
    }
    let policy = Policy::default();
    assert_eq!((policy.maximum_timestamp_delay, policy.maximum_sealing_delay), (86_400, 86_400));
}

#[test]
fn a_later_timestamp_is_taken_where_its_verifiers_allow_it() {
    let service = Service::new();
    let stored = || Unstamped::<ProofOfSending>::from_der(service.sealed().der()).unwrap();
    let at = after(30 * DAY);
    assert!(stored().with_maximum_timestamp_delay(60).stamp_with(&tsa_at(&service, after(61))).is_err());
    let proof = stored().with_maximum_timestamp_delay(u32::MAX).stamp_with(&tsa_at(&service, at)).unwrap();
    let report = service.verifier().report(&proof, Payload::NotAvailable, at);
    assert!(has(&report, Code::TimestampTooLate) && report.to_string().contains("maximum_timestamp_delay"), "{report}");
    let allowing = Policy { maximum_timestamp_delay: u32::MAX, ..Policy::default() };
    assert!(service.verifier().with_policy(allowing).verify(&proof, Payload::NotAvailable, at).is_ok());
    // A seal with its timestamp gets another one at any time.
    let stamped = Unstamped::<ProofOfSending>::from_der(service.proof().der()).unwrap();
    assert!(stamped.stamp_with(&tsa_at(&service, at)).is_ok());
    assert!(stamped.with_maximum_timestamp_delay(1).stamp_with(&tsa_at(&service, at)).is_ok());
}

#[test]
fn a_batch_that_waited_too_long_for_some_seals_serves_the_others() {
    let service = Service::new();
    let seal_at = |seconds| service.sealer.seal(&common::sending_of("1"), after(seconds)).unwrap();
    let (early, late) = (seal_at(0), seal_at(3600));
    let stamped = Batch::of([&early, &late]).unwrap().stamp_with(&tsa_at(&service, after(DAY + 1800))).unwrap();
    assert!(stamped.proof(late).is_ok());
    let why = stamped.proof(early.clone()).unwrap_err();
    let WhyNotInBatch::Timestamp(error) = why.why else { panic!("{:?}", why.why) };
    assert!(matches!(*error, TimestampError::TooLate { latest, .. } if latest == after(DAY)), "{error}");
    // The seal is given back, and its owner knows of verifiers that allow more.
    let again = why.unstamped.with_maximum_timestamp_delay(2 * 86_400);
    assert!(Batch::of([&again]).unwrap().stamp_with(&tsa_at(&service, after(DAY + 1800))).is_ok());
}

/// Counts the trips to a TSA.
struct Counted(TestTsa, Arc<AtomicUsize>);

impl Transport for Counted {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(self.0.respond(request))
    }
}

#[test]
fn a_pool_with_a_clock_is_not_asked_when_it_is_too_late() {
    let service = Service::new();
    let (sealed, trips) = (service.sealed(), Arc::new(AtomicUsize::new(0)));
    // The TSA may be behind the pool's clock by its tolerance and a minute of accuracy.
    for (seconds, asked) in [(DAY, true), (DAY + 120, true), (DAY + 121, false), (900 * DAY, false)] {
        let tsa = || {
            let counted = Counted(service.tsa(after(seconds)), Arc::clone(&trips));
            TsaPool::new().with_tsa("counted", counted).with_clock(move || after(seconds), StdDuration::from_secs(60))
        };
        let in_batch = Batch::of([&sealed]).unwrap().stamp_with(&tsa()).map(drop);
        for outcome in [sealed.stamp_with(&tsa()).map(drop), in_batch] {
            assert_eq!(outcome.is_ok(), seconds == DAY, "{outcome:?}");
            let is_told = matches!(outcome, Err(TimestampError::TooLate { .. } | TimestampError::AfterExpiry { .. }));
            assert_eq!(is_told, !asked, "{outcome:?}");
        }
        assert_eq!(trips.swap(0, Ordering::Relaxed), if asked { 2 } else { 0 }, "{seconds} s");
    }
}
