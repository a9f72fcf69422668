//! A batcher in a service gives back everything that goes in, once, whatever the TSA, the sink and the threads do.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{Service, later, now, pool, sending_of};
use crate::line::{Dice, Line, PATIENCE, ms, settings, wait_until};
use recommande::ProofOfSending;
use recommande::seal::batcher::{NotAccepted, NotStamped, StampingResult, WhyNotAccepted, WhyNotStamped};
use recommande::seal::{BatchError, Batcher, BatcherSettings, Unstamped};
use recommande::testing::{Misbehaviour, TestTsa};
use recommande::verify::{Payload, Policy};
use rfc3161_client::{Transport, TransportError, TsaPool};

type Seal = Unstamped<ProofOfSending>;
type Delivered = (usize, StampingResult<ProofOfSending>);
fn seals(service: &Service, count: usize) -> Vec<Seal> {
    let sendings = (0..count).map(|number| sending_of(&format!("ITEM{number}")));
    service.sealer.seal_all(sendings, now()).collect::<Result<_, _>>().unwrap()
}

/// A batcher whose outcomes can be received.
fn batcher(tsas: TsaPool, settings: BatcherSettings) -> (Batcher<ProofOfSending, usize>, Receiver<Delivered>) {
    let (sender, receiver) = channel();
    let batcher = Batcher::start(tsas, settings, move |tag, outcome| sender.send((tag, outcome)).unwrap()).unwrap();
    (batcher, receiver)
}

#[test]
fn what_goes_in_comes_out_as_proofs() {
    let service = Service::new();
    let line = Line::new(&service);
    let (batcher, delivered) = batcher(line.pool(), settings(10, PATIENCE));
    for (tag, seal) in seals(&service, 25).into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    batcher.shutdown().unwrap();
    let delivered: Vec<Delivered> = delivered.iter().collect();
    assert_eq!(delivered.iter().map(|(tag, _)| *tag).collect::<Vec<_>>(), (0..25).collect::<Vec<_>>());
    for (tag, outcome) in delivered {
        let proof = ProofOfSending::from_der(outcome.unwrap().der()).unwrap();
        let verified = service.verifier().verify(&proof, Payload::NotAvailable, later()).unwrap();
        assert_eq!(proof.stated().message_id_text(), format!("ITEM{tag}"));
        assert_eq!(verified.proven_at(), now());
    }
    // Two full batches, and the rest when it was shut down.
    assert_eq!(line.trips(), 3);
}

trait Text {
    fn message_id_text(&self) -> String;
}

impl Text for recommande::Sending {
    fn message_id_text(&self) -> String {
        recommande::evidence::Statement::message_id(self).as_str().to_owned()
    }
}

#[test]
fn nobody_waits_longer_than_the_age_for_others() {
    let service = Service::new();
    let line = Line::new(&service);
    let (batcher, delivered) = batcher(line.pool(), settings(1000, ms(50)));
    let start = Instant::now();
    for (tag, seal) in seals(&service, 3).into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    for tag in 0..3 {
        let (delivered, outcome) = delivered.recv_timeout(PATIENCE).unwrap();
        assert!(outcome.is_ok() && delivered == tag);
    }
    assert!(start.elapsed() >= ms(50));
    assert!((1..=3).contains(&line.trips()));
    drop(batcher);
    assert!(delivered.recv().is_err());
}

#[test]
fn a_slow_tsa_gets_larger_batches_and_not_more_of_them() {
    let service = Service::new();
    let line = Line::with_latency(&service, ms(100));
    let (batcher, delivered) = batcher(line.pool(), settings(100, Duration::ZERO).with_queue(1000));
    for (tag, seal) in seals(&service, 200).into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    batcher.shutdown().unwrap();
    assert_eq!(delivered.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 200);
    assert!(line.trips() <= 20, "{} trips", line.trips());
}

#[test]
fn a_full_queue_holds_back_whoever_seals() {
    let service = Service::new();
    let line = Line::new(&service);
    line.hold(true);
    let (batcher, delivered) = batcher(line.pool(), settings(2, PATIENCE).with_queue(0));
    let mut seals = seals(&service, 6).into_iter().enumerate();
    let mut next = || seals.next().map(|(tag, seal)| (seal, tag)).unwrap();
    let submit = |(seal, tag)| batcher.submit(seal, tag).unwrap();
    // The first batch is under way, the next one fills; that is all there is room for.
    submit(next());
    submit(next());
    wait_until(|| line.trips() == 1);
    submit(next());
    submit(next());
    assert_eq!(batcher.waiting(), 2);
    let (seal, tag) = next();
    let refused = batcher.try_submit(seal, tag).unwrap_err();
    assert_eq!((refused.why, refused.tag), (WhyNotAccepted::Full, 4));
    assert_eq!(refused.to_string(), "the seal was not taken: the queue is full");
    let is_through = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            batcher.submit(refused.unstamped, refused.tag).unwrap();
            is_through.store(true, Ordering::SeqCst);
        });
        thread::sleep(ms(100));
        assert!(!is_through.load(Ordering::SeqCst), "there was no room");
        line.hold(false);
    });
    let (seal, tag) = next();
    batcher.submit(seal, tag).unwrap();
    batcher.shutdown().unwrap();
    assert_eq!(delivered.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 6);
}

#[test]
fn seals_come_back_from_a_tsa_that_is_down_and_are_submitted_again() {
    let service = Service::new();
    let line = Line::new(&service);
    line.cut(true);
    let (batcher, delivered) = batcher(line.pool(), settings(5, ms(1)));
    let seals = seals(&service, 5);
    let ders: Vec<Vec<u8>> = seals.iter().map(|seal| seal.der().to_vec()).collect();
    for (tag, seal) in seals.into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    let mut back: Vec<(usize, NotStamped<ProofOfSending>)> = Vec::new();
    while back.len() < 5 {
        let (tag, outcome) = delivered.recv_timeout(PATIENCE).unwrap();
        back.push((tag, outcome.unwrap_err()));
    }
    for (tag, not_stamped) in &back {
        assert!(not_stamped.unstamped.der() == ders[*tag]);
        assert!(matches!(*not_stamped.why, WhyNotStamped::Timestamp(_)));
        let text = std::error::Error::source(not_stamped).unwrap().to_string();
        assert_eq!(not_stamped.to_string(), "the seal was not timestamped");
        assert!(text.starts_with("no TSA gave a token; "), "{text}");
    }
    line.cut(false);
    for (tag, not_stamped) in back {
        batcher.submit(not_stamped.unstamped, tag).unwrap();
    }
    batcher.shutdown().unwrap();
    assert_eq!(delivered.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 5);
}

#[test]
fn a_tsa_that_dies_again_and_again_loses_nothing() {
    let service = Service::new();
    for seed in 0..3 {
        let line = Line::with_latency(&service, ms(2));
        let (batcher, delivered) = batcher(line.pool(), settings(7, ms(3)).with_queue(20));
        let count = 300;
        let is_over = AtomicBool::new(false);
        let mut outcomes: BTreeMap<usize, Vec<StampingResult<ProofOfSending>>> = BTreeMap::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut dice = Dice(seed);
                while !is_over.load(Ordering::SeqCst) {
                    line.cut(dice.below(2) == 0);
                    thread::sleep(ms(dice.below(12)));
                }
            });
            let parts: Vec<Vec<(usize, Seal)>> = {
                let mut seals = seals(&service, count).into_iter().enumerate();
                (0..3).map(|_| seals.by_ref().take(count / 3).collect()).collect()
            };
            let submitters = parts.into_iter().map(|part| {
                let batcher = &batcher;
                scope.spawn(move || part.into_iter().for_each(|(tag, seal)| batcher.submit(seal, tag).unwrap()))
            });
            let submitters: Vec<_> = submitters.collect();
            submitters.into_iter().for_each(|submitter| submitter.join().unwrap());
            while outcomes.len() < count {
                let (tag, outcome) = delivered.recv_timeout(PATIENCE).unwrap();
                outcomes.entry(tag).or_default().push(outcome);
            }
            is_over.store(true, Ordering::SeqCst);
        });
        // Each one once; then what came back goes in again.
        assert_eq!(batcher.waiting(), 0);
        line.cut(false);
        let (mut proofs, mut back) = (0, 0);
        for (tag, mut outcomes) in outcomes {
            assert_eq!(outcomes.len(), 1, "item {tag}");
            match outcomes.remove(0) {
                Ok(proof) => {
                    assert_eq!(proof.stated().message_id_text(), format!("ITEM{tag}"));
                    proofs += 1;
                }
                Err(not_stamped) => {
                    back += 1;
                    batcher.submit(not_stamped.unstamped, tag).unwrap();
                }
            }
        }
        println!("{proofs} proofs and {back} seals given back in {} trips", line.trips());
        batcher.shutdown().unwrap();
        let again: Vec<Delivered> = delivered.iter().collect();
        assert_eq!(proofs + again.len(), count);
        again.iter().for_each(|(_, outcome)| drop(service.verified(outcome.as_ref().unwrap())));
    }
}

#[test]
fn a_tsa_that_answers_wrongly_gives_no_proofs() {
    let service = Service::new();
    for misbehaviour in [
        Misbehaviour::WrongImprint,
        Misbehaviour::WrongNonce,
        Misbehaviour::BadSignature,
        Misbehaviour::WrongMessageDigest,
        Misbehaviour::WrongEku,
        Misbehaviour::Rejected,
        Misbehaviour::Garbage,
        Misbehaviour::Unreachable,
    ] {
        let (batcher, delivered) = batcher(pool(service.misbehaving(misbehaviour)), settings(3, PATIENCE));
        for (tag, seal) in seals(&service, 3).into_iter().enumerate() {
            batcher.submit(seal, tag).unwrap();
        }
        batcher.shutdown().unwrap();
        let reasons: Vec<Arc<WhyNotStamped>> = delivered.iter().map(|(_, outcome)| outcome.unwrap_err().why).collect();
        assert_eq!(reasons.len(), 3, "{misbehaviour:?}");
        // One reason, shared.
        assert!(reasons.iter().all(|why| Arc::ptr_eq(why, &reasons[0])));
        assert!(matches!(*reasons[0], WhyNotStamped::Timestamp(_)), "{misbehaviour:?}: {:?}", reasons[0]);
    }
}

#[test]
fn the_answer_for_another_batch_gives_no_proofs() {
    /// Answers with what the request before was answered with.
    struct Late {
        tsa: TestTsa,
        before: Mutex<Option<Vec<u8>>>,
    }
    impl Transport for Late {
        fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
            let answer = self.tsa.send(request)?;
            Ok(self.before.lock().unwrap().replace(answer.clone()).unwrap_or(answer))
        }
    }
    let service = Service::new();
    let tsas = TsaPool::new().with_tsa("late", Late { tsa: service.tsa(now()), before: Mutex::new(None) });
    let (batcher, delivered) = batcher(tsas, settings(2, PATIENCE));
    for (tag, seal) in seals(&service, 6).into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    batcher.shutdown().unwrap();
    for (tag, outcome) in delivered.iter() {
        assert_eq!(outcome.is_ok(), tag < 2, "{tag}");
    }
}

#[test]
fn a_transport_that_panics_takes_nothing_along() {
    struct Panics(TestTsa, AtomicUsize);
    impl Transport for Panics {
        fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
            assert!(self.1.fetch_add(1, Ordering::SeqCst) > 0, "the driver gave up");
            self.0.send(request)
        }
    }
    let service = Service::new();
    let tsas = TsaPool::new().with_tsa("panics", Panics(service.tsa(now()), AtomicUsize::new(0)));
    let (batcher, delivered) = batcher(tsas, settings(2, PATIENCE));
    for (tag, seal) in seals(&service, 4).into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    batcher.shutdown().unwrap();
    let outcomes: Vec<Delivered> = delivered.iter().collect();
    assert_eq!(outcomes.len(), 4);
    for (tag, outcome) in outcomes {
        match outcome {
            Ok(_) => assert!(tag >= 2),
            Err(not_stamped) => assert!(tag < 2 && matches!(*not_stamped.why, WhyNotStamped::Panicked)),
        }
    }
}

#[test]
fn a_shutdown_under_load_delivers_what_was_taken() {
    let service = Service::new();
    let line = Line::with_latency(&service, ms(1));
    let (batcher, delivered) = batcher(line.pool(), settings(8, ms(1)).with_queue(8));
    let pattern = seals(&service, 40);
    let taken: Vec<Vec<usize>> = thread::scope(|scope| {
        let submitters: Vec<_> = (0..4)
            .map(|thread| {
                let (batcher, pattern) = (&batcher, &pattern);
                scope.spawn(move || {
                    let mut taken = Vec::new();
                    for (number, seal) in pattern.iter().cycle().enumerate() {
                        let tag = thread * 1_000_000 + number;
                        match batcher.submit(seal.clone(), tag) {
                            Ok(()) => taken.push(tag),
                            Err(NotAccepted { why: WhyNotAccepted::Closed, tag: given_back, unstamped, .. }) => {
                                assert!(given_back == tag && unstamped == *seal);
                                break;
                            }
                            Err(other) => panic!("{other}"),
                        }
                    }
                    taken
                })
            })
            .collect();
        thread::sleep(ms(60));
        batcher.close();
        submitters.into_iter().map(|submitter| submitter.join().unwrap()).collect()
    });
    batcher.shutdown().unwrap();
    let mut taken: Vec<usize> = taken.concat();
    let mut out: Vec<usize> = delivered.iter().map(|(tag, outcome)| outcome.map(|_| tag).unwrap()).collect();
    taken.sort_unstable();
    out.sort_unstable();
    println!("{} seals in {} trips", out.len(), line.trips());
    assert!(taken == out && out.len() > 8);
}

#[test]
fn dropping_a_batcher_delivers_what_was_taken() {
    let service = Service::new();
    let line = Line::with_latency(&service, ms(10));
    let (batcher, delivered) = batcher(line.pool(), settings(100, PATIENCE));
    for (tag, seal) in seals(&service, 5).into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    drop(batcher);
    assert_eq!(delivered.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 5);
}

/// A sink that panics over its third item, and what it has got before.
fn panicking(service: &Service) -> (Batcher<ProofOfSending, usize>, Receiver<usize>, Arc<Line>) {
    let (sender, receiver) = channel();
    let line = Line::new(service);
    line.hold(true);
    let sink = move |tag, _: StampingResult<ProofOfSending>| {
        assert!(tag != 2, "the disk is full");
        sender.send(tag).unwrap();
    };
    (Batcher::start(line.pool(), settings(4, PATIENCE), sink).unwrap(), receiver, line)
}

#[test]
fn a_sink_that_panics_stops_the_batcher_and_the_rest_is_given_back() {
    let service = Service::new();
    let (batcher, got, line) = panicking(&service);
    let seals = seals(&service, 10);
    for (tag, seal) in seals.iter().enumerate() {
        batcher.submit(seal.clone(), tag).unwrap();
    }
    line.hold(false);
    // Whoever submits learns of it, and what is taken until then is accounted for too.
    let more = (10..).find(|tag| match batcher.submit(seals[0].clone(), *tag) {
        Ok(()) => false,
        Err(NotAccepted { why, .. }) => why == WhyNotAccepted::Closed,
    });
    let stopped = batcher.shutdown().unwrap_err();
    let undelivered = more.unwrap() - 3;
    assert_eq!(stopped.to_string(), format!("the sink panicked; {undelivered} outcomes were not delivered"));
    assert_eq!(stopped.panic.downcast_ref::<&str>(), Some(&"the disk is full"));
    assert_eq!(got.iter().collect::<Vec<_>>(), [0, 1]);
    assert_eq!(stopped.undelivered.len(), undelivered);
    for ((tag, outcome), expected) in stopped.undelivered.into_iter().zip(3..) {
        assert_eq!(tag, expected);
        match outcome {
            // Of the batch that was under way there is the proof already.
            Ok(proof) => assert_eq!((tag, service.verified(&proof).proven_at()), (3, now())),
            Err(not_stamped) => {
                assert!(matches!(*not_stamped.why, WhyNotStamped::Stopped));
                assert!(not_stamped.unstamped == seals[if tag < 10 { tag } else { 0 }]);
            }
        }
    }
}

#[test]
fn a_sink_that_panicked_is_not_forgotten_when_the_batcher_is_dropped() {
    let service = Service::new();
    let (batcher, _got, line) = panicking(&service);
    for (tag, seal) in seals(&service, 4).into_iter().enumerate() {
        batcher.submit(seal, tag).unwrap();
    }
    line.hold(false);
    let panic = catch_unwind(AssertUnwindSafe(|| drop(batcher))).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the disk is full"));
}

#[test]
fn a_sink_may_submit_again_and_never_waits_for_itself() {
    let service = Service::new();
    let line = Line::new(&service);
    line.cut(true);
    let (sender, delivered) = channel();
    let own: Arc<OnceLock<Weak<Batcher<ProofOfSending, usize>>>> = Arc::default();
    let (batcher_of_sink, line_of_sink) = (Arc::clone(&own), Arc::clone(&line));
    let sink = move |tag: usize, outcome: StampingResult<ProofOfSending>| match outcome {
        Ok(proof) => sender.send((tag, Ok(proof))).unwrap(),
        Err(not_stamped) => {
            line_of_sink.cut(false);
            let batcher = batcher_of_sink.get().unwrap().upgrade().unwrap();
            if let Err(refused) = batcher.submit(not_stamped.unstamped, tag) {
                sender.send((tag, Err(refused.why))).unwrap();
            }
        }
    };
    let batcher = Arc::new(Batcher::start(line.pool(), settings(2, ms(1)).with_queue(2), sink).unwrap());
    own.set(Arc::downgrade(&batcher)).unwrap();
    thread::scope(|scope| {
        for (tag, seal) in seals(&service, 8).into_iter().enumerate() {
            let batcher = &batcher;
            scope.spawn(move || batcher.submit(seal, tag).unwrap());
        }
    });
    let mut tags = Vec::new();
    for _ in 0..8 {
        let (tag, outcome) = delivered.recv_timeout(PATIENCE).unwrap();
        assert!(outcome.is_ok() || outcome.is_err_and(|why| why == WhyNotAccepted::Full));
        tags.push(tag);
    }
    tags.sort_unstable();
    assert_eq!(tags, (0..8).collect::<Vec<_>>());
}

#[test]
fn records_of_a_batcher_hold_revocation_data() {
    let service = Service::new();
    let (issued, next) = (now() - chrono::Duration::hours(1), now() + chrono::Duration::days(7));
    let sealer = service.sealer.clone().with_revocation(&service.pki.seal_revocation(issued, next).unwrap());
    let data = service.pki.tsa_revocation(issued, next).unwrap();
    let line = Line::new(&service);
    let (batcher, delivered) = batcher(line.pool(), settings(10, PATIENCE).with_revocation(move |_| data.clone()));
    for tag in 0..3 {
        batcher.submit(sealer.seal(&sending_of("ITEM"), now()).unwrap(), tag).unwrap();
    }
    batcher.shutdown().unwrap();
    let strict = service.verifier().with_policy(Policy::strict());
    for (_, outcome) in delivered.iter() {
        strict.verify(&outcome.unwrap(), Payload::NotAvailable, later()).unwrap();
    }
}

#[test]
fn what_no_batch_takes_is_refused_at_once() {
    let service = Service::new();
    let (batcher, delivered) = batcher(Line::new(&service).pool(), settings(10, PATIENCE));
    let stamped = Seal::from_der(service.proof().der()).unwrap();
    let refused = batcher.submit(stamped, 1).unwrap_err();
    assert_eq!(refused.why, WhyNotAccepted::Batch(BatchError::UnsignedAttributes));
    assert_eq!(format!("{refused:?}"), "NotAccepted { why: Batch(UnsignedAttributes), .. }");
    batcher.close();
    let refused = batcher.submit(service.sealed(), 2).unwrap_err();
    assert_eq!((refused.why, refused.tag), (WhyNotAccepted::Closed, 2));
    assert_eq!(format!("{batcher:?}"), "Batcher { waiting: 0, .. }");
    batcher.shutdown().unwrap();
    assert_eq!(delivered.iter().count(), 0);
}
