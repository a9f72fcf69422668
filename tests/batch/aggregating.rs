//! A batcher that aggregates answers everybody by one signature and one trip for each batch.

use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use chrono::Duration;

use crate::aggregated::second_credentials;
use crate::common::{issuer, later, now, sending_of};
use crate::house::{Delivered, House, Outcome, by_tag, start, submit};
use crate::line::{PATIENCE, ms, settings, wait_until};
use recommande::Environment;
use recommande::seal::batcher::WhyNotAccepted;
use recommande::seal::{Aggregation, Batcher, SealedAggregate, Sealer};
use recommande::verify::{BaselineLevel, Indication, Payload, Policy};

#[test]
fn many_threads_share_one_signature_and_one_trip_and_each_gets_its_own_answer() {
    let house = House::new();
    let items = house.items(400);
    // The batcher sends each answer to whoever waits for it, and nobody else.
    let sink = |answer: Sender<Outcome>, outcome| answer.send(outcome).unwrap();
    let batcher =
        Batcher::start_aggregating(house.aggregation(), house.line.pool(), settings(100, PATIENCE), sink).unwrap();
    let begin = Barrier::new(8);
    let numbers: Vec<Vec<u64>> = thread::scope(|scope| {
        let callers: Vec<_> = items
            .chunks(50)
            .map(|own| {
                let (batcher, house, begin) = (&batcher, &house, &begin);
                scope.spawn(move || {
                    begin.wait();
                    let submitted = own.iter().map(|item| {
                        let (answer, answered) = channel();
                        batcher.submit(item.clone(), answer).unwrap();
                        (item, answered)
                    });
                    let submitted: Vec<_> = submitted.collect();
                    // The batcher is not closed: four full batches answer everybody.
                    let answers = submitted.into_iter().map(|(item, answered)| {
                        let proof = answered.recv_timeout(PATIENCE).unwrap().unwrap();
                        assert!(answered.recv().is_err(), "one answer");
                        house.verified(&proof, item)
                    });
                    answers.collect()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert_eq!(house.cost(), (4, 4));
    let numbers = numbers.concat();
    for number in 17..21 {
        assert_eq!(numbers.iter().filter(|stated| **stated == number).count(), 100, "{number}");
    }
    batcher.shutdown().unwrap();
    assert_eq!(house.cost(), (4, 4), "an empty batch costs nothing");
}

#[test]
fn a_batch_of_one_or_of_a_hundred_is_closed_by_its_number_by_its_age_or_at_the_end() {
    for count in [1, 2, 3, 100] {
        for (settings, is_shut_down) in
            [(settings(count, PATIENCE), false), (settings(1000, ms(400)), false), (settings(1000, PATIENCE), true)]
        {
            let house = House::new();
            let items = house.items(count);
            let (batcher, delivered) = house.start(settings);
            submit(&batcher, &items);
            let receive = || delivered.recv_timeout(PATIENCE).unwrap();
            let delivered: Vec<Delivered> = if is_shut_down {
                batcher.shutdown().unwrap();
                delivered.iter().collect()
            } else {
                (0..count).map(|_| receive()).collect()
            };
            // In the order of submission.
            assert!(delivered.iter().map(|(tag, _)| *tag).eq(0..count));
            for ((_, outcome), item) in delivered.into_iter().zip(&items) {
                let proof = outcome.unwrap();
                house.verified(&proof, item);
                let report = house.service.verifier().report(&proof, Payload::NotAvailable, later());
                assert_eq!(
                    (report.indication, report.level),
                    (Indication::TotalPassed, Some(BaselineLevel::Aggregated))
                );
            }
            let (signatures, trips) = house.cost();
            assert!(signatures == trips && (1..=count).contains(&trips), "{signatures} signatures, {trips} trips");
        }
    }
}

#[test]
fn a_statement_that_is_submitted_twice_is_answered_twice() {
    let house = House::new();
    let item = house.item("TWICE");
    let (batcher, delivered) = house.start(settings(3, PATIENCE));
    submit(&batcher, &[item.clone(), house.item("ONCE"), item.clone()]);
    batcher.shutdown().unwrap();
    let mut proofs = by_tag(delivered, 3).into_iter().map(|outcome| outcome.unwrap());
    let (first, second, third) = (proofs.next().unwrap(), proofs.next().unwrap(), proofs.next().unwrap());
    assert!(first.der() == third.der() && first.der() != second.der());
    assert_eq!(first.parts().unwrap().seal().stated().count().get(), 2);
}

#[test]
fn a_tsa_that_hangs_holds_back_whoever_submits_and_then_everybody_is_answered() {
    let house = House::new();
    house.line.hold(true);
    let items = house.items(6);
    let (batcher, delivered) = house.start(settings(2, PATIENCE).with_queue(0));
    let next = |tag: usize| (items[tag].clone(), tag);
    let submit = |(item, tag)| batcher.submit(item, tag).unwrap();
    (0..2).for_each(|tag| submit(next(tag)));
    wait_until(|| house.line.trips() == 1);
    (2..4).for_each(|tag| submit(next(tag)));
    assert_eq!((batcher.waiting(), house.cost()), (2, (1, 1)));
    let refused = batcher.try_submit(items[4].clone(), 4).unwrap_err();
    assert_eq!((refused.why, refused.tag), (WhyNotAccepted::Full, 4));
    assert_eq!(refused.to_string(), "the statement was not taken: the queue is full");
    assert!(refused.unstamped == items[4]);
    thread::scope(|scope| {
        scope.spawn(|| (4..6).for_each(|tag| submit(next(tag))));
        house.line.hold(false);
    });
    batcher.shutdown().unwrap();
    for (outcome, item) in by_tag(delivered, 6).into_iter().zip(&items) {
        house.verified(&outcome.unwrap(), item);
    }
    assert_eq!(house.cost(), (3, 3));
}

#[test]
fn an_orderly_end_with_a_full_queue_answers_everybody() {
    let house = House::new();
    house.line.hold(true);
    let items = house.items(7);
    let (batcher, delivered) = house.start(settings(3, PATIENCE).with_queue(4));
    submit(&batcher, &items[..3]);
    wait_until(|| house.line.trips() == 1);
    (3..7).for_each(|tag| batcher.submit(items[tag].clone(), tag).unwrap());
    assert!(batcher.try_submit(house.item("FULL"), 7).is_err_and(|refused| refused.why == WhyNotAccepted::Full));
    batcher.close();
    assert!(batcher.try_submit(house.item("CLOSED"), 7).is_err_and(|refused| refused.why == WhyNotAccepted::Closed));
    assert_eq!(batcher.waiting(), 4);
    house.line.hold(false);
    batcher.shutdown().unwrap();
    for (outcome, item) in by_tag(delivered, 7).into_iter().zip(&items) {
        house.verified(&outcome.unwrap(), item);
    }
    assert_eq!(house.cost(), (3, 3));
}

#[test]
fn a_statement_of_another_issuer_is_refused_at_once() {
    let house = House::new();
    let (batcher, delivered) = house.start(settings(10, PATIENCE));
    let acceptance = Sealer::new(house.sealer.credentials().clone(), issuer(Environment::Acceptance));
    let foreign = acceptance.aggregate_item(sending_of("FOREIGN"), now()).unwrap();
    let refused = batcher.submit(foreign.clone(), 1).unwrap_err();
    assert!(refused.why == WhyNotAccepted::OtherIssuer && refused.unstamped == foreign);
    // It would keep all others of its batch from their seal.
    let announcing = house.sealer.clone().with_second_seal(second_credentials(&house.service)).unwrap();
    let announced = announcing.aggregate_item(sending_of("ANNOUNCED"), now()).unwrap();
    let refused = batcher.submit(announced, 1).unwrap_err();
    assert_eq!(refused.why, WhyNotAccepted::NoSecondSeal);
    batcher.close();
    let refused = batcher.submit(house.item("LATE"), 2).unwrap_err();
    assert_eq!((refused.why, refused.tag), (WhyNotAccepted::Closed, 2));
    batcher.shutdown().unwrap();
    assert_eq!((delivered.iter().count(), house.cost()), (0, (0, 0)));
}

#[test]
fn a_seal_is_stored_before_the_tsa_is_asked_and_gives_the_proofs_after_a_crash() {
    let house = House::new();
    let (stored, line) = (Arc::new(Mutex::new(Vec::new())), Arc::clone(&house.line));
    let store = Arc::clone(&stored);
    let aggregation = house.aggregation().with_store(move |sealed| {
        let parts = (sealed.seal().der().to_vec(), sealed.leaves().to_vec());
        store.lock().unwrap().push((parts, line.trips()));
        Ok(())
    });
    let items = house.items(6);
    let (batcher, delivered) = start(aggregation, house.line.pool(), settings(3, PATIENCE));
    submit(&batcher, &items);
    batcher.shutdown().unwrap();
    for (outcome, item) in by_tag(delivered, 6).into_iter().zip(&items) {
        house.verified(&outcome.unwrap(), item);
    }
    let stored = stored.lock().unwrap();
    let trips: Vec<usize> = stored.iter().map(|(_, trips)| *trips).collect();
    assert_eq!(trips, [0, 1]);
    for (((seal, leaves), _), items) in stored.iter().zip(items.chunks(3)) {
        let sealed = SealedAggregate::from_parts(seal, None, leaves.clone()).unwrap();
        let stamped = sealed.stamp_with(&house.line.pool()).unwrap();
        for item in items {
            house.verified(&stamped.proof(item.clone()).unwrap(), item);
        }
    }
    assert_eq!(house.key.signatures.load(Ordering::SeqCst), 2);
}

#[test]
fn revocation_data_goes_into_the_token_of_the_batch() {
    let house = House::new();
    let (issued, next) = (now() - Duration::hours(1), now() + Duration::days(7));
    let sealer = house.sealer.clone().with_revocation(&house.service.pki.seal_revocation(issued, next).unwrap());
    let data = house.service.pki.tsa_revocation(issued, next).unwrap();
    let aggregation = Aggregation::new(sealer, now, || Ok(1));
    let (batcher, delivered) =
        start(aggregation, house.line.pool(), settings(10, PATIENCE).with_revocation(move |_| data.clone()));
    submit(&batcher, &house.items(3));
    batcher.shutdown().unwrap();
    let strict = house.service.verifier().with_policy(Policy::strict());
    for outcome in by_tag(delivered, 3) {
        strict.verify(&outcome.unwrap(), Payload::NotAvailable, later()).unwrap();
    }
}

#[test]
fn a_batcher_that_is_dropped_seals_and_answers_what_was_taken() {
    let house = House::new();
    let items = house.items(5);
    let (batcher, delivered) = house.start(settings(100, PATIENCE));
    submit(&batcher, &items);
    drop(batcher);
    for (outcome, item) in by_tag(delivered, 5).into_iter().zip(&items) {
        house.verified(&outcome.unwrap(), item);
    }
    assert_eq!(house.cost(), (1, 1));
}
