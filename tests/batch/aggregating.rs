//! A batcher that aggregates seals and stamps a batch once, and gives back everything that goes in, once, whatever the
//! signer, the TSA, the sink and the threads do.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier, Mutex};
use std::thread;

use chrono::{DateTime, Duration, Utc};

use crate::common::{Service, digests, issuer, later, letter, niss, now, pool, sending_of};
use crate::line::{Dice, Line, PATIENCE, ms, settings, wait_until};
use recommande::crypto::{PublicKey, SignError, SignatureAlgorithm, Signer};
use recommande::evidence::Statement;
use recommande::seal::batcher::{NotStamped, StampingResult, WhyNotAccepted, WhyNotStamped};
use recommande::seal::{
    AggregateItem, Aggregation, Batcher, BatcherSettings, Credentials, SealError, SealedAggregate, Sealer,
    StampedAggregate, TimestampError,
};
use recommande::testing::TestTsa;
use recommande::verify::{BaselineLevel, Indication, Payload, Policy};
use recommande::{Environment, Party, ProofOfSending, Sending};
use rfc3161_client::{Transport, TransportError, TsaPool};

type Item = AggregateItem<Sending>;
type Outcome = StampingResult<Item>;
type Delivered = (usize, Outcome);
type Aggregating = Batcher<Item, usize>;

/// What the signer of a service does when it is asked.
#[derive(Clone, Copy, Default, PartialEq)]
enum Mood {
    #[default]
    Signs,
    Fails,
    Panics,
    /// Fails one time in four, and panics one time in four.
    Moody,
}

/// A key that counts its signatures, and that may fail.
struct Key {
    signer: Arc<dyn Signer>,
    signatures: AtomicUsize,
    mood: Mutex<Mood>,
    dice: Mutex<Dice>,
}

impl Key {
    fn is(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

impl Signer for Key {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.signer.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.signer.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mood = *self.mood.lock().unwrap();
        let is = |share, of| mood == Mood::Moody && self.dice.lock().unwrap().below(of) < share;
        let mood = if is(1, 4) {
            Mood::Fails
        } else if is(1, 3) {
            Mood::Panics
        } else {
            mood
        };
        match mood {
            Mood::Signs | Mood::Moody => {
                self.signatures.fetch_add(1, Ordering::SeqCst);
                self.signer.sign(message)
            }
            Mood::Fails => Err(SignError::Backend),
            Mood::Panics => panic!("the module of the HSM"),
        }
    }
}

/// A service with a key that counts, a line to its TSA, and the numbers of its batches.
struct House {
    service: Service,
    sealer: Sealer,
    key: Arc<Key>,
    line: Arc<Line>,
    next: Arc<AtomicU64>,
}

impl House {
    fn new() -> Self {
        Self::of(Service::numbered())
    }

    fn of(service: Service) -> Self {
        let signer = service.pki.seal.signer.clone();
        let key = Arc::new(Key {
            signer,
            signatures: AtomicUsize::new(0),
            mood: Mutex::default(),
            dice: Mutex::new(Dice(1)),
        });
        let credentials = Credentials::new(Arc::clone(&key), service.pki.seal_chain()).unwrap();
        key.signatures.store(0, Ordering::SeqCst); // credentials try their key
        let sealer = Sealer::new(credentials, issuer(Environment::Test));
        let line = Line::new(&service);
        Self { service, sealer, key, line, next: Arc::new(AtomicU64::new(17)) }
    }

    fn aggregation(&self) -> Aggregation {
        let next = Arc::clone(&self.next);
        Aggregation::new(self.sealer.clone(), now, move || Ok(next.fetch_add(1, Ordering::SeqCst)))
    }

    /// A batcher whose outcomes can be received.
    fn start(&self, settings: BatcherSettings) -> (Aggregating, Receiver<Delivered>) {
        start(self.aggregation(), self.line.pool(), settings)
    }

    fn items(&self, count: usize) -> Vec<Item> {
        (0..count).map(|number| self.item(&format!("ITEM{number}"))).collect()
    }

    fn item(&self, message: &str) -> Item {
        self.sealer.aggregate_item(sending_of(message), now()).unwrap()
    }

    /// Signatures and trips so far.
    fn cost(&self) -> (usize, usize) {
        (self.key.signatures.load(Ordering::SeqCst), self.line.trips())
    }

    /// Verifies the proof as its recipient has it, and returns the number of its batch.
    fn verified(&self, proof: &ProofOfSending, item: &Item) -> u64 {
        let proof = ProofOfSending::from_der(proof.der()).unwrap();
        let verified = self.service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
        assert_eq!((verified.proven_at(), verified.id()), (now(), item.id()));
        let parts = proof.parts().unwrap();
        assert!(parts.statement() == item.json());
        parts.seal().stated().number()
    }
}

fn start(aggregation: Aggregation, tsas: TsaPool, settings: BatcherSettings) -> (Aggregating, Receiver<Delivered>) {
    let (sender, receiver) = channel();
    let sink = move |tag, outcome| sender.send((tag, outcome)).unwrap();
    (Batcher::start_aggregating(aggregation, tsas, settings, sink).unwrap(), receiver)
}

fn submit(batcher: &Aggregating, items: &[Item]) {
    items.iter().enumerate().for_each(|(tag, item)| batcher.submit(item.clone(), tag).unwrap());
}

/// All outcomes, each of another statement, in the order of their tags.
#[track_caller]
fn by_tag(delivered: impl IntoIterator<Item = Delivered>, count: usize) -> Vec<Outcome> {
    let mut delivered: Vec<Delivered> = delivered.into_iter().collect();
    delivered.sort_by_key(|(tag, _)| *tag);
    assert!(delivered.iter().map(|(tag, _)| *tag).eq(0..count), "each one once");
    let (_, outcomes): (Vec<usize>, Vec<Outcome>) = delivered.into_iter().unzip();
    outcomes
}

fn given_back(outcomes: Vec<Outcome>) -> Vec<NotStamped<Item>> {
    outcomes.into_iter().map(|outcome| outcome.unwrap_err()).collect()
}

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
fn a_statement_of_another_issuer_is_refused_at_once() {
    let house = House::new();
    let (batcher, delivered) = house.start(settings(10, PATIENCE));
    let acceptance = Sealer::new(house.sealer.credentials().clone(), issuer(Environment::Acceptance));
    let foreign = acceptance.aggregate_item(sending_of("FOREIGN"), now()).unwrap();
    let refused = batcher.submit(foreign.clone(), 1).unwrap_err();
    assert!(refused.why == WhyNotAccepted::OtherIssuer && refused.unstamped == foreign);
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
