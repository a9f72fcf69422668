//! A batcher that aggregates gives back everything that goes in, once, whatever the signer, the TSA, the sink and the
//! threads do.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;

use chrono::{DateTime, Duration, Utc};

use crate::common::{Service, digests, letter, niss, now, pool, sending_of};
use crate::house::{Delivered, House, Mood, Outcome, by_tag, given_back, start, submit};
use crate::line::{Dice, PATIENCE, ms, settings};
use recommande::crypto::SignError;
use recommande::evidence::Statement;
use recommande::seal::batcher::{NotStamped, WhyNotStamped};
use recommande::seal::{Aggregation, Batcher, SealError, SealedAggregate, StampedAggregate, TimestampError};
use recommande::testing::TestTsa;
use recommande::verify::Payload;
use recommande::{Party, Sending};
use rfc3161_client::{Transport, TransportError, TsaPool};

#[test]
fn a_tsa_that_is_down_costs_no_second_signature() {
    let house = House::new();
    house.line.cut(true);
    let items = house.items(5);
    let (batcher, delivered) = house.start(settings(5, PATIENCE));
    submit(&batcher, &items);
    let back: Vec<Delivered> = (0..5).map(|_| delivered.recv_timeout(PATIENCE).unwrap()).collect();
    let back = given_back(by_tag(back, 5));
    let batch = Arc::clone(back[0].batch.as_ref().unwrap());
    for (not_stamped, item) in back.iter().zip(&items) {
        assert!(not_stamped.unstamped == *item);
        assert!(matches!(*not_stamped.why, WhyNotStamped::Timestamp(_)));
        assert!(Arc::ptr_eq(not_stamped.batch.as_ref().unwrap(), &batch));
        assert_eq!(not_stamped.to_string(), "the statement was not timestamped");
    }
    house.line.cut(false);
    // The batch that they share can be stamped later, in another process too.
    let (seal, leaves) = (batch.seal().der().to_vec(), batch.leaves().to_vec());
    let stored = SealedAggregate::from_parts(&seal, None, leaves).unwrap();
    let stamped = stored.stamp_with(&house.line.pool()).unwrap();
    for item in &items {
        assert_eq!(house.verified(&stamped.proof(item.clone()).unwrap(), item), 17);
    }
    assert_eq!(house.key.signatures.load(Ordering::SeqCst), 1);
    // Or the statements go into a new batch.
    for (tag, not_stamped) in back.into_iter().enumerate() {
        batcher.submit(not_stamped.unstamped, tag).unwrap();
    }
    batcher.shutdown().unwrap();
    for (outcome, item) in by_tag(delivered, 5).into_iter().zip(&items) {
        assert_eq!(house.verified(&outcome.unwrap(), item), 18);
    }
    assert_eq!(house.key.signatures.load(Ordering::SeqCst), 2);
}

#[test]
fn a_token_that_comes_too_late_for_the_seal_gives_the_statements_back() {
    let house = House::new();
    let items = house.items(3);
    let late = house.service.tsa(now() + Duration::hours(25));
    let (batcher, delivered) = start(house.aggregation(), pool(late), settings(3, PATIENCE));
    submit(&batcher, &items);
    batcher.shutdown().unwrap();
    for (not_stamped, item) in given_back(by_tag(delivered, 3)).into_iter().zip(items) {
        assert!(not_stamped.unstamped == item && not_stamped.batch.is_some());
        assert!(matches!(*not_stamped.why, WhyNotStamped::Timestamp(TimestampError::Tsa(_))), "{not_stamped:?}");
    }
}

#[test]
fn a_signer_that_fails_or_panics_gives_the_statements_back_and_asks_no_tsa() {
    let house = House::new();
    let items = house.items(4);
    let (batcher, delivered) = house.start(settings(4, PATIENCE));
    for mood in [Mood::Fails, Mood::Panics] {
        house.key.is(mood);
        submit(&batcher, &items);
        let back: Vec<Delivered> = (0..4).map(|_| delivered.recv_timeout(PATIENCE).unwrap()).collect();
        let back = given_back(by_tag(back, 4));
        for (not_stamped, item) in back.iter().zip(&items) {
            assert!(not_stamped.unstamped == *item && not_stamped.batch.is_none());
            assert!(Arc::ptr_eq(&not_stamped.why, &back[0].why));
            match *not_stamped.why {
                WhyNotStamped::Seal(SealError::Sign(SignError::Backend)) => assert!(mood == Mood::Fails),
                WhyNotStamped::Panicked => assert!(mood == Mood::Panics),
                ref why => panic!("{why:?}"),
            }
        }
    }
    assert_eq!(house.cost(), (0, 0));
    house.key.is(Mood::Signs);
    submit(&batcher, &items);
    batcher.shutdown().unwrap();
    for (outcome, item) in by_tag(delivered, 4).into_iter().zip(&items) {
        // The numbers of the two batches that were not sealed are left out.
        assert_eq!(house.verified(&outcome.unwrap(), item), 19);
    }
    assert_eq!(house.cost(), (1, 1));
}

#[test]
fn a_certificate_without_the_number_of_the_issuer_gives_the_statements_back() {
    let house = House::of(Service::new());
    let (batcher, delivered) = house.start(settings(2, PATIENCE));
    submit(&batcher, &house.items(2));
    batcher.shutdown().unwrap();
    for not_stamped in given_back(by_tag(delivered, 2)) {
        assert!(matches!(*not_stamped.why, WhyNotStamped::Seal(SealError::IssuerNotInCertificate)), "{not_stamped:?}");
    }
    assert_eq!(house.cost(), (0, 0));
}

#[test]
fn whatever_the_caller_gave_may_fail_or_panic_once_and_the_next_batch_is_well() {
    /// What goes wrong the first time.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Fault {
        ClockPanics,
        NoNumber,
        NumberTooGreat,
        NumbersPanic,
        NotStored,
        StorePanics,
        RevocationPanics,
    }
    let faults = [
        Fault::ClockPanics,
        Fault::NoNumber,
        Fault::NumberTooGreat,
        Fault::NumbersPanic,
        Fault::NotStored,
        Fault::StorePanics,
        Fault::RevocationPanics,
    ];
    for fault in faults {
        let house = House::new();
        let items = house.items(2);
        let is_first = Arc::new(AtomicBool::new(true));
        let goes_wrong = |of: Fault| {
            let is_first = Arc::clone(&is_first);
            move || fault == of && is_first.swap(false, Ordering::SeqCst)
        };
        let clock_panics = goes_wrong(Fault::ClockPanics);
        let clock = move || {
            assert!(!clock_panics(), "the clock");
            now()
        };
        let (none, too_great, panics) =
            (goes_wrong(Fault::NoNumber), goes_wrong(Fault::NumberTooGreat), goes_wrong(Fault::NumbersPanic));
        let numbers = move || {
            assert!(!panics(), "the numbers");
            match (none(), too_great()) {
                (true, _) => Err(io::Error::other("the database")),
                (_, true) => Ok(u64::MAX),
                _ => Ok(17),
            }
        };
        let (not_stored, store_panics) = (goes_wrong(Fault::NotStored), goes_wrong(Fault::StorePanics));
        let store = move |_: &SealedAggregate| {
            assert!(!store_panics(), "the store");
            if not_stored() { Err(io::Error::other("the disk is full")) } else { Ok(()) }
        };
        let revocation_panics = goes_wrong(Fault::RevocationPanics);
        let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
        let data = house.service.pki.tsa_revocation(issued, next).unwrap();
        let settings = settings(2, PATIENCE).with_revocation(move |_| {
            assert!(!revocation_panics(), "the revocation data");
            data.clone()
        });
        let aggregation = Aggregation::new(house.sealer.clone(), clock, numbers).with_store(store);
        let (batcher, delivered) = start(aggregation, house.line.pool(), settings);
        submit(&batcher, &items);
        let back: Vec<Delivered> = (0..2).map(|_| delivered.recv_timeout(PATIENCE).unwrap()).collect();
        let trips_before = house.line.trips();
        for (not_stamped, item) in given_back(by_tag(back, 2)).into_iter().zip(&items) {
            assert!(not_stamped.unstamped == *item);
            let (is_expected, is_sealed) = match fault {
                Fault::ClockPanics | Fault::NumbersPanic => {
                    (matches!(*not_stamped.why, WhyNotStamped::Panicked), false)
                }
                Fault::NoNumber => (matches!(*not_stamped.why, WhyNotStamped::Number(_)), false),
                Fault::NumberTooGreat => (matches!(*not_stamped.why, WhyNotStamped::Aggregate(_)), false),
                Fault::NotStored => (matches!(*not_stamped.why, WhyNotStamped::SealNotStored(_)), true),
                Fault::StorePanics | Fault::RevocationPanics => {
                    (matches!(*not_stamped.why, WhyNotStamped::Panicked), true)
                }
            };
            assert!(is_expected && not_stamped.batch.is_some() == is_sealed, "{fault:?}: {:?}", not_stamped.why);
        }
        assert_eq!(trips_before, usize::from(fault == Fault::RevocationPanics), "{fault:?}");
        submit(&batcher, &items);
        batcher.shutdown().unwrap();
        for (outcome, item) in by_tag(delivered, 2).into_iter().zip(&items) {
            assert_eq!(house.verified(&outcome.unwrap(), item), 17, "{fault:?}");
        }
    }
}

#[test]
fn a_statement_that_cannot_be_sealed_any_more_hurts_no_other() {
    let house = House::new();
    let sealed_at = Arc::new(Mutex::new(now() + Duration::hours(24)));
    let (clock, next) = (Arc::clone(&sealed_at), Arc::clone(&house.next));
    let aggregation = Aggregation::new(
        house.sealer.clone(),
        move || *clock.lock().unwrap(),
        move || Ok(next.fetch_add(1, Ordering::SeqCst)),
    );
    let fresh = |time: DateTime<Utc>| {
        let old = sending_of("FRESH");
        let (id, sender) = (old.message_id().clone(), old.sender().clone());
        Sending::new(id, sender, Party::new(niss()), letter(), digests(), time).unwrap()
    };
    let hour = |hours| now() + Duration::hours(hours);
    // Its event is two hours younger, and a third one's is of tomorrow's clock.
    let younger = house.sealer.aggregate_item(fresh(hour(2)), hour(2)).unwrap();
    let ahead = house.sealer.aggregate_item(fresh(hour(30)), hour(30)).unwrap();
    let items = [house.item("OLD"), younger.clone(), ahead];
    *sealed_at.lock().unwrap() = hour(25);
    let tsas = pool(house.service.tsa(hour(25)));
    let (batcher, delivered) = start(aggregation, tsas, settings(3, PATIENCE));
    submit(&batcher, &items);
    let outcomes: Vec<Delivered> = (0..3).map(|_| delivered.recv_timeout(PATIENCE).unwrap()).collect();
    let mut outcomes = by_tag(outcomes, 3).into_iter();
    let (old, proof, ahead) = (outcomes.next().unwrap(), outcomes.next().unwrap(), outcomes.next().unwrap());
    let (old, ahead) = (old.unwrap_err(), ahead.unwrap_err());
    assert!(matches!(*old.why, WhyNotStamped::Seal(SealError::SealedTooLate { .. })), "{old:?}");
    assert!(matches!(*ahead.why, WhyNotStamped::Seal(SealError::EventAfterSigning { .. })), "{ahead:?}");
    assert!(old.batch.is_none() && ahead.batch.is_none() && old.unstamped == items[0]);
    let proof = proof.unwrap();
    let verified = house.service.verifier().verify(&proof, Payload::NotAvailable, hour(26)).unwrap();
    assert_eq!(verified.id(), younger.id());
    assert_eq!(proof.parts().unwrap().seal().stated().count().get(), 1);
    // Where nothing is left no number, signature or trip is spent.
    let spent = (house.next.load(Ordering::SeqCst), house.key.signatures.load(Ordering::SeqCst));
    batcher.submit(old.unstamped, 0).unwrap();
    batcher.submit(ahead.unstamped, 1).unwrap();
    batcher.shutdown().unwrap();
    let back = given_back(by_tag(delivered, 2));
    assert!(matches!(*back[0].why, WhyNotStamped::Seal(SealError::SealedTooLate { .. })));
    assert!(matches!(*back[1].why, WhyNotStamped::Seal(SealError::EventAfterSigning { .. })));
    assert_eq!(spent, (house.next.load(Ordering::SeqCst), house.key.signatures.load(Ordering::SeqCst)));
}

#[test]
fn a_sink_that_panics_over_one_statement_takes_no_other_along() {
    let house = House::new();
    house.line.hold(true);
    let items = house.items(10);
    let (sender, got) = channel();
    let sink = move |tag: usize, outcome: Outcome| {
        assert!(tag != 2, "the disk is full");
        sender.send((tag, outcome)).unwrap();
    };
    let batcher =
        Batcher::start_aggregating(house.aggregation(), house.line.pool(), settings(4, PATIENCE), sink).unwrap();
    submit(&batcher, &items);
    house.line.hold(false);
    let stopped = batcher.shutdown().unwrap_err();
    assert_eq!(stopped.panic.downcast_ref::<&str>(), Some(&"the disk is full"));
    let all = got.iter().chain(stopped.undelivered);
    let mut tags = BTreeSet::new();
    for (tag, outcome) in all {
        assert!(tags.insert(tag));
        match outcome {
            // The batch that was under way has its proofs, those that waited were not sealed.
            Ok(proof) => assert!(tag < 4 && house.verified(&proof, &items[tag]) == 17),
            Err(back) => {
                assert!(tag >= 4 && back.unstamped == items[tag] && back.batch.is_none());
                assert!(matches!(*back.why, WhyNotStamped::Stopped));
            }
        }
    }
    assert!(tags.into_iter().eq((0..10).filter(|tag| *tag != 2)));
    assert_eq!(house.cost(), (1, 1));
}

#[test]
fn a_transport_that_panics_leaves_the_sealed_batch() {
    struct Panics(TestTsa, AtomicBool);
    impl Transport for Panics {
        fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
            assert!(!self.1.swap(false, Ordering::SeqCst), "the driver gave up");
            self.0.send(request)
        }
    }
    let house = House::new();
    let items = house.items(4);
    let tsas = TsaPool::new().with_tsa("panics", Panics(house.service.tsa(now()), AtomicBool::new(true)));
    let (batcher, delivered) = start(house.aggregation(), tsas, settings(2, PATIENCE));
    submit(&batcher, &items);
    batcher.shutdown().unwrap();
    for (tag, (outcome, item)) in by_tag(delivered, 4).into_iter().zip(&items).enumerate() {
        match outcome {
            Ok(proof) => assert!(tag >= 2 && house.verified(&proof, item) == 18),
            Err(back) => {
                assert!(tag < 2 && matches!(*back.why, WhyNotStamped::Panicked));
                let stamped = back.batch.unwrap().stamp_with(&house.line.pool()).unwrap();
                assert_eq!(house.verified(&stamped.proof(back.unstamped).unwrap(), item), 17);
            }
        }
    }
}

#[test]
fn a_signer_and_a_tsa_that_die_again_and_again_lose_and_double_nothing() {
    for seed in 0..2 {
        let house = House::new();
        let items = house.items(150);
        let (batcher, delivered) = house.start(settings(7, ms(3)).with_queue(20));
        house.key.is(Mood::Moody);
        let is_over = AtomicBool::new(false);
        let mut outcomes = Vec::new();
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut dice = Dice(seed);
                while !is_over.load(Ordering::SeqCst) {
                    house.line.cut(dice.below(2) == 0);
                    thread::sleep(ms(dice.below(12)));
                }
            });
            let submitters: Vec<_> = (0..4)
                .map(|thread| {
                    let (batcher, items) = (&batcher, &items);
                    let own = move || {
                        (thread..150).step_by(4).for_each(|tag| batcher.submit(items[tag].clone(), tag).unwrap())
                    };
                    scope.spawn(own)
                })
                .collect();
            submitters.into_iter().for_each(|submitter| submitter.join().unwrap());
            outcomes.extend((0..150).map(|_| delivered.recv_timeout(PATIENCE).unwrap()));
            is_over.store(true, Ordering::SeqCst);
        });
        house.line.cut(false);
        house.key.is(Mood::Signs);
        let (mut proven, mut sealed, mut back) = (0, 0, 0);
        let mut stamped: BTreeMap<u64, StampedAggregate> = BTreeMap::new();
        for (tag, outcome) in by_tag(outcomes, 150).into_iter().enumerate() {
            match outcome {
                Ok(proof) => {
                    house.verified(&proof, &items[tag]);
                    proven += 1;
                }
                Err(NotStamped { unstamped, batch: Some(batch), .. }) => {
                    let number = batch.seal().as_artifact().stated().number();
                    let stamp = || batch.stamp_with(&house.line.pool()).unwrap();
                    let stamped = stamped.entry(number).or_insert_with(stamp);
                    assert_eq!(house.verified(&stamped.proof(unstamped).unwrap(), &items[tag]), number);
                    sealed += 1;
                }
                Err(NotStamped { unstamped, batch: None, .. }) => {
                    batcher.submit(unstamped, tag).unwrap();
                    back += 1;
                }
            }
        }
        batcher.shutdown().unwrap();
        let again: Vec<Delivered> = delivered.iter().collect();
        assert_eq!(again.len(), back);
        for (tag, outcome) in again {
            house.verified(&outcome.unwrap(), &items[tag]);
        }
        println!("{proven} proven at once, {sealed} stamped later, {back} sealed later");
        assert_eq!(proven + sealed + back, 150);
        assert!(back > 0 && back < 150, "the key fails at times");
    }
}
