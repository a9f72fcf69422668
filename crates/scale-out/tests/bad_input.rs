//! What a worker does with what is wrong: an item, the TSA, the key, the clock, the store, the queue. Nothing is lost, and what
//! happened is told by name.

mod support;

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use recommande::evidence::{IdentityAttribute, Statement as _};
use recommande::identity::EnterpriseNumber;
use recommande::testing::{Misbehaviour, TestTsa};
use recommande::verify::Payload;
use recommande::{Environment, Issuer, ProofOfSending, Sealer, Sending, TsaPool};
use recommande_scale_out::{
    Counters, Ended, EngineError, Fault, FolderStore, Item, Key, Progress, Reason, SealDigest, Seals, Settings, Stop,
    Store, Stored, Taken, Verdict, Work, Worker,
};
use support::Folder;
use support::letters::{Service, sending};

/// A queue in memory. What is to come later comes at once, when it is asked to.
#[derive(Clone, Default)]
struct Queue(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    items: Vec<Vec<u8>>,
    later: Vec<(Vec<u8>, Duration)>,
    is_away: bool,
}

impl Queue {
    fn of(items: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let state = State { items: items.into_iter().collect(), ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// How long each item that waits is to wait, in whole milliseconds.
    fn waits(&self) -> Vec<u128> {
        self.0.lock().unwrap().later.iter().map(|(_, after)| after.as_millis()).collect()
    }

    fn wake(&self) {
        let mut state = self.0.lock().unwrap();
        let later = std::mem::take(&mut state.later);
        state.items.extend(later.into_iter().map(|(item, _)| item));
    }
}

impl Work for Queue {
    type Ticket = Vec<u8>;

    fn next(&mut self, most: NonZeroUsize, _: Duration) -> Result<Vec<Taken<Vec<u8>>>, EngineError> {
        let mut state = self.0.lock().unwrap();
        if state.is_away {
            return Err(EngineError::new("the queue", "for items", Fault::Unreachable));
        }
        let count = most.get().min(state.items.len());
        Ok(state.items.drain(..count).map(|octets| Taken { ticket: octets.clone(), octets }).collect())
    }

    fn settle(&mut self, settled: Vec<(Vec<u8>, Verdict)>) -> Result<(), EngineError> {
        let mut state = self.0.lock().unwrap();
        for (item, verdict) in settled {
            if let Verdict::Later(after) = verdict {
                state.later.push((item, after));
            }
        }
        Ok(())
    }

    fn oldest(&mut self) -> Result<Option<DateTime<Utc>>, EngineError> {
        Ok(None)
    }

    fn waiting(&mut self) -> Result<u64, EngineError> {
        let state = self.0.lock().unwrap();
        Ok((state.items.len() + state.later.len()) as u64)
    }

    fn release(&mut self, tickets: Vec<Vec<u8>>) {
        self.0.lock().unwrap().items.extend(tickets);
    }
}

/// A service with a store in a folder, a queue in memory, and a clock that is set.
struct Bench {
    service: Service,
    folder: Folder,
    queue: Queue,
    /// How far this machine's clock is ahead, in seconds.
    ahead: Arc<AtomicI64>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    fn new(name: &str, items: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let (service, folder) = (Service::new(), Folder::new(name));
        let (ahead, told) = (Arc::default(), Arc::default());
        Self { service, folder, queue: Queue::of(items), ahead, told }
    }

    fn item(&self, sending: &Sending) -> Vec<u8> {
        self.service.item(sending).octets().to_vec()
    }

    fn add(&self, item: Vec<u8>) {
        self.queue.0.lock().unwrap().items.push(item);
    }

    fn now(&self) -> impl Fn() -> DateTime<Utc> + Send + Sync + 'static {
        let ahead = Arc::clone(&self.ahead);
        move || Utc::now() + TimeDelta::seconds(ahead.load(Ordering::SeqCst))
    }

    fn store(&self) -> FolderStore {
        FolderStore::open(self.folder.0.join("proofs")).unwrap()
    }

    fn tsa(&self) -> TestTsa {
        TestTsa::new(&self.service.pki).with_clock(self.now())
    }

    fn pool(tsa: TestTsa) -> TsaPool {
        TsaPool::new().with_tsa("test", tsa).with_sleep(|_| {})
    }

    fn settings(&self, tsa: TestTsa) -> Settings {
        Settings::new(self.service.sealer(), Self::pool(tsa), self.now())
    }

    fn drained(&self, settings: Settings) -> Counters {
        self.drained_into(self.store(), settings)
    }

    fn drained_into(&self, store: impl Store, settings: Settings) -> Counters {
        let told = Arc::clone(&self.told);
        let mut worker = Worker::new(self.queue.clone(), store, settings).with_progress(move |progress, _| {
            let name = match progress {
                Progress::Rejected(rejection) => rejection.reason.name().to_owned(),
                Progress::OthersAlone { items, differ_in, .. } => format!("others-alone {items} {differ_in:?}"),
                Progress::NoTimestamp { .. } => "no-timestamp".to_owned(),
                Progress::NotSealed { .. } => "not-sealed".to_owned(),
                Progress::EventAhead { item, .. } => format!("ahead {item}"),
                Progress::StoreDamaged { .. } => "store-damaged".to_owned(),
                Progress::EngineFailed { error, .. } => format!("{:?}", error.fault()),
                _ => return,
            };
            told.lock().unwrap().push(name);
        });
        let ended = worker.drain(&Stop::new());
        let counters = worker.counters();
        // It says what is left, so that nobody takes a queue that waits for one that is empty.
        assert_eq!(ended, if counters.later == 0 { Ended::Empty } else { Ended::Left(counters.later) });
        assert_eq!(counters.taken, counters.proven + counters.proven_before + counters.rejected + counters.later);
        counters
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    fn proof(&self, sending: &Sending) -> Option<ProofOfSending> {
        let proof = self.store().proof(&Key::Item(sending.evidence_identifier())).unwrap()?;
        let proof = ProofOfSending::from_der(&proof).unwrap();
        self.service.verifier().verify(&proof, Payload::NotAvailable, (self.now())()).unwrap();
        Some(proof)
    }
}

#[test]
fn another_statement_under_a_used_identifier_is_rejected_and_kept() {
    for seals in [Seals::Single, Seals::Aggregated] {
        let bench = Bench::new("duplicate", []);
        let first = sending(1, Utc::now());
        let second = sending(2, Utc::now()).with_evidence_identifier(first.evidence_identifier());
        let (first_item, second_item) = (bench.item(&first), bench.item(&second));
        // Both in one batch: the first one is sealed, and the store then decides about the other.
        [&first_item, &second_item, &first_item].into_iter().for_each(|item| bench.add(item.clone()));
        let counters = bench.drained(bench.settings(bench.tsa()).with_seals(seals));
        assert_eq!((counters.proven, counters.proven_before, counters.later), (1, 1, 1));
        bench.queue.wake();
        let counters = bench.drained(bench.settings(bench.tsa()).with_seals(seals));
        assert_eq!((counters.rejected, bench.told()), (1, vec![Reason::DuplicateIdentifier.name().to_owned()]));
        assert_eq!(bench.proof(&first).unwrap().stated(), &first);
        // The letter is not gone.
        let kept = bench.folder.0.join("proofs/rejected").join(SealDigest::of(&second_item).to_string());
        assert!(std::fs::read(kept).unwrap().ends_with(&second_item));
    }
}

#[test]
fn without_a_tsa_seals_wait_and_any_worker_goes_on_with_them() {
    for seals in [Seals::Single, Seals::Aggregated] {
        let letters: Vec<Sending> = (0..5).map(|number| sending(number, Utc::now())).collect();
        let bench = Bench::new("away", []);
        letters.iter().for_each(|letter| bench.add(bench.item(letter)));
        let away = bench.tsa().with_misbehaviour(Misbehaviour::Unreachable);
        let counters = bench.drained(bench.settings(away).with_seals(seals));
        assert_eq!((counters.sealed, counters.later, counters.failed_trips), (5, 5, 1));
        assert_eq!(bench.queue.waits(), [30_000; 5]);
        bench.queue.wake();
        // Another worker makes the other kind of new seals, and none anew.
        let counters = bench.drained(bench.settings(bench.tsa()));
        assert_eq!((counters.sealed, counters.resumed, counters.proven, counters.trips), (0, 5, 5, 1));
        assert!(letters.iter().all(|letter| bench.proof(letter).is_some()));
    }
}

/// Nobody waits for five minutes because of an outage of seconds.
#[test]
fn all_batches_of_one_outage_wait_alike_and_those_of_a_longer_one_wait_longer() {
    let bench = Bench::new("outage", []);
    (0..6).for_each(|number| bench.add(bench.item(&sending(number, Utc::now()))));
    let away = bench.tsa().with_misbehaviour(Misbehaviour::Unreachable);
    let settings = bench.settings(away).with_batches(NonZeroUsize::new(2).unwrap(), Duration::ZERO);
    let pause = Duration::from_secs(5);
    let mut worker = Worker::new(bench.queue.clone(), bench.store(), settings.with_timestamp_pauses(pause, 3 * pause));
    while worker.once().unwrap() > 0 {}
    assert_eq!(bench.queue.waits(), [5000; 6]);
    std::thread::sleep(pause);
    bench.queue.wake();
    assert_eq!(worker.once().unwrap(), 2);
    assert_eq!(bench.queue.waits(), [10_000; 2]);
}

#[test]
fn a_seal_that_is_too_old_for_a_timestamp_is_made_anew() {
    for seals in [Seals::Single, Seals::Aggregated] {
        // The sealer may seal late, and a seal takes its first timestamp within a day.
        let bench = Bench::new("too-old", []);
        let letter = sending(1, Utc::now());
        bench.add(bench.item(&letter));
        let late = |bench: &Bench, tsa| {
            let sealer = bench.service.sealer().with_maximum_sealing_delay(10 * 86_400);
            Settings::new(sealer, Bench::pool(tsa), bench.now()).with_seals(seals)
        };
        bench.drained(late(&bench, bench.tsa().with_misbehaviour(Misbehaviour::Unreachable)));
        bench.ahead.store(2 * 86_400, Ordering::SeqCst);
        bench.queue.wake();
        let counters = bench.drained(late(&bench, bench.tsa()));
        assert_eq!((counters.sealed, counters.sealed_again, counters.proven), (0, 1, 1), "{seals:?}");
        // A worker that may not seal so late rejects it by name, and keeps it.
        let letter = sending(2, Utc::now());
        bench.add(bench.item(&letter));
        let counters = bench.drained(bench.settings(bench.tsa()).with_seals(seals));
        assert_eq!((counters.rejected, bench.told().last().unwrap().as_str()), (1, "sealed-too-late"));
    }
}

#[test]
fn a_clock_that_is_behind_rejects_nothing() {
    // The TSA is two days ahead: its token is too late for each seal, and the seal is new.
    let bench = Bench::new("clock", []);
    let letter = sending(1, Utc::now());
    bench.add(bench.item(&letter));
    let two_days_ahead = TestTsa::new(&bench.service.pki).with_clock(|| Utc::now() + TimeDelta::days(2));
    let counters = bench.drained(bench.settings(two_days_ahead));
    assert_eq!((counters.later, counters.rejected, bench.told()), (1, 0, vec!["no-timestamp".to_owned()]));
    // This machine is a year behind: the event is in its future.
    bench.queue.wake();
    bench.ahead.store(-365 * 86_400, Ordering::SeqCst);
    let other = sending(2, Utc::now());
    bench.add(bench.item(&other));
    let counters = bench.drained(bench.settings(bench.tsa().with_misbehaviour(Misbehaviour::Unreachable)));
    assert_eq!((counters.later, counters.rejected), (2, 0));
    // It is two hours behind, where one is allowed. By a TSA whose time is right, the event is not ahead.
    bench.queue.wake();
    bench.told();
    bench.ahead.store(-2 * 3600, Ordering::SeqCst);
    let settings = bench.settings(TestTsa::new(&bench.service.pki));
    let counters = bench.drained(settings.with_longest_ahead(Duration::from_secs(3600)));
    assert_eq!((counters.later, counters.proven, counters.rejected), (1, 1, 0));
    assert_eq!(bench.told(), [ahead(&bench, &other)]);
    bench.ahead.store(0, Ordering::SeqCst);
    bench.queue.wake();
    assert_eq!(bench.drained(bench.settings(bench.tsa())).proven, 1);
}

/// What is told of an item whose event is ahead.
fn ahead(bench: &Bench, sending: &Sending) -> String {
    format!("ahead {}", SealDigest::of(&bench.item(sending)))
}

/// It would come back every five minutes until the year 2099, and nobody would know.
#[test]
fn an_item_of_a_far_future_is_rejected_by_name_and_one_that_comes_soon_waits() {
    for (seals, with_others) in
        [Seals::Single, Seals::Aggregated].into_iter().flat_map(|seals| [(seals, true), (seals, false)])
    {
        let bench = Bench::new("future", []);
        let far = sending(1, "2099-01-01T00:00:00Z".parse().unwrap());
        let soon = sending(2, Utc::now() + TimeDelta::hours(2));
        bench.add(bench.item(&far));
        bench.add(bench.item(&soon));
        if with_others {
            bench.add(bench.item(&sending(3, Utc::now())));
        }
        // No TSA tells the time: the clock here may be wrong.
        let away = bench.tsa().with_misbehaviour(Misbehaviour::Unreachable);
        let counters = bench.drained(bench.settings(away).with_seals(seals));
        assert_eq!((counters.rejected, counters.failed_trips), (0, 1));
        let told = bench.told();
        assert!(told.contains(&ahead(&bench, &far)) && told.contains(&ahead(&bench, &soon)), "{told:?}");
        bench.queue.wake();
        let counters = bench.drained(bench.settings(bench.tsa()).with_seals(seals));
        // One timestamp, with others or without, tells the time.
        assert_eq!((counters.rejected, counters.later, counters.trips), (1, 1, 1), "{seals:?}");
        let mut told = bench.told();
        told.sort();
        assert_eq!(told, [ahead(&bench, &soon), "event-in-future".to_owned()]);
        assert_eq!(bench.queue.waits(), [300_000]);
        // Its time comes.
        bench.ahead.store(3 * 3600, Ordering::SeqCst);
        bench.queue.wake();
        assert_eq!(bench.drained(bench.settings(bench.tsa()).with_seals(seals)).proven, 1);
        let kept = bench.folder.0.join("proofs/rejected").join(SealDigest::of(&bench.item(&far)).to_string());
        assert!(std::fs::read(kept).unwrap().starts_with(b"event-in-future "));
    }
}

/// A machine that was paused for three days goes on with the clocks that it had, before anybody sets them.
#[test]
fn a_worker_that_was_frozen_asks_for_the_time_again() {
    for seals in [Seals::Single, Seals::Aggregated] {
        let bench = Bench::new("frozen", []);
        bench.add(bench.item(&sending(1, Utc::now())));
        let settings = Settings::new(bench.service.sealer(), Bench::pool(bench.tsa()), Utc::now);
        let mut worker = Worker::new(bench.queue.clone(), bench.store(), settings.with_seals(seals));
        assert_eq!((worker.once().unwrap(), worker.counters().proven), (1, 1));
        // Only the TSA knows that two days ago somebody sent another letter.
        bench.ahead.store(3 * 86_400, Ordering::SeqCst);
        bench.add(bench.item(&sending(2, Utc::now() + TimeDelta::days(2))));
        assert_eq!(worker.once().unwrap(), 1);
        let counters = worker.counters();
        assert_eq!((counters.rejected, counters.later, counters.trips_for_time), (0, 1, 1));
    }
}

#[test]
fn a_certificate_that_ended_rejects_nothing() {
    let bench = Bench::new("certificate", []);
    let letter = sending(1, Utc::now());
    bench.ahead.store(3 * 365 * 86_400, Ordering::SeqCst);
    for _ in 0..3 {
        bench.add(bench.item(&letter));
    }
    let sealer = bench.service.sealer().with_maximum_sealing_delay(u32::MAX);
    let counters = bench.drained(Settings::new(sealer, Bench::pool(bench.tsa()), bench.now()));
    assert_eq!((counters.later, bench.told()), (3, vec!["not-sealed".to_owned()]));
}

#[test]
fn what_no_retry_mends_is_rejected_for_each_reason_and_kept() {
    let bench = Bench::new("poison", []);
    let first = sending(0, Utc::now());
    let poison: Vec<(Vec<u8>, &str)> = (0..support::letters::KINDS_OF_POISON)
        .map(|number| support::letters::poison(&bench.service, &first, number))
        .collect();
    let reached: BTreeSet<&str> = poison.iter().map(|(_, reason)| *reason).collect();
    assert_eq!(reached, Reason::ALL.iter().map(|reason| reason.name()).collect());
    bench.add(bench.item(&first));
    assert_eq!(bench.drained(bench.settings(bench.tsa())).proven, 1);
    poison.iter().for_each(|(item, _)| bench.add(item.clone()));
    let counters = bench.drained(bench.settings(bench.tsa()));
    // The trip is for the time, before what is of the year 2099 is rejected.
    assert_eq!((counters.rejected, counters.trips), (8, 1));
    for (item, reason) in &poison {
        let kept = bench.folder.0.join("proofs/rejected").join(SealDigest::of(item).to_string());
        let kept = std::fs::read(kept).unwrap();
        assert!(kept.starts_with(reason.as_bytes()) && kept.ends_with(item), "{reason}");
    }
    // No value of a person is in what is told.
    let rejection = recommande_scale_out::Rejection {
        octets: bench.item(&first),
        evidence_identifier: None,
        reason: Reason::Statement,
    };
    assert!(!format!("{rejection:?}").contains("85073003328"));
    assert!(!format!("{:?}", Item::from_octets(bench.item(&first)).unwrap()).contains("85073003328"));
}

/// Somebody mistypes the name, the number or the environment at the start of a worker.
#[test]
fn a_worker_that_was_set_up_for_another_issuer_does_not_empty_the_queue() {
    let service = Service::new();
    let bench = Bench::new("others", []);
    let letters: Vec<Sending> = (0..3).map(|number| sending(number, Utc::now())).collect();
    letters.iter().for_each(|letter| bench.add(bench.item(letter)));
    let number: EnterpriseNumber = support::letters::NUMBER.parse().unwrap();
    let of = |name, environment| Issuer::of(name, &number, environment).unwrap();
    let own = || of(support::letters::NAME, Environment::Test);
    for (other, part) in [
        (of("Example Registerd Mail", Environment::Test), "Name"),
        (of(support::letters::NAME, Environment::Production), "Environment"),
        // Somebody forgot the policy of the producer, or mistook it for another.
        (own().with_policy("https://mail.example.org/policy").unwrap(), "Policies"),
        (
            own().with_attribute(IdentityAttribute::new("urn:example:street", ["Main Street 1"]).unwrap()).unwrap(),
            "Attributes",
        ),
    ] {
        let sealer = Sealer::new(service.sealer().credentials().clone(), other);
        let counters = bench.drained(Settings::new(sealer, Bench::pool(bench.tsa()), bench.now()));
        assert_eq!((counters.later, counters.rejected, counters.sealed), (3, 0, 0));
        assert_eq!(bench.told(), [format!("others-alone 3 {{{part}}}")]);
        assert_eq!(bench.queue.waits(), [30_000; 3]);
        bench.queue.wake();
    }
    // Nobody looked for ten pauses.
    let alone = Bench::new("others-alone", [support::letters::poison(&service, &letters[0], 2).0]);
    let pause = Duration::from_millis(1);
    let mut worker = Worker::new(
        alone.queue.clone(),
        alone.store(),
        alone.settings(alone.tsa()).with_timestamp_pauses(pause, pause),
    );
    assert_eq!(worker.once().unwrap(), 1);
    std::thread::sleep(pause * 11);
    alone.queue.wake();
    assert_eq!(worker.once().unwrap(), 1);
    assert_eq!((worker.counters().later, worker.counters().rejected), (1, 1));
    // The right one rejects what others state when it knows that its own is there.
    bench.add(support::letters::poison(&bench.service, &letters[0], 2).0);
    let counters = bench.drained(bench.settings(bench.tsa()));
    assert_eq!((counters.proven, counters.rejected), (3, 1));
    assert_eq!(bench.told(), ["other-issuer"]);
}

/// A store that fails once, at the call of this number: before it does what it is asked, or when it has done it.
struct Failing {
    store: FolderStore,
    calls: u64,
    fails_at: u64,
    is_done: bool,
}

impl Failing {
    fn call<T>(&mut self, ask: impl FnOnce(&mut FolderStore) -> Result<T, EngineError>) -> Result<T, EngineError> {
        let fails = self.calls == self.fails_at;
        self.calls += 1;
        let full = EngineError::new("the store", "to store", Fault::Full);
        if fails && !self.is_done {
            return Err(full);
        }
        let done = ask(&mut self.store)?;
        if fails { Err(full) } else { Ok(done) }
    }
}

impl Store for Failing {
    fn get(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, EngineError> {
        self.call(|store| store.get(keys))
    }

    fn insert_if_absent(
        &mut self,
        seals: &[(Key, Vec<u8>)],
    ) -> Result<Vec<recommande_scale_out::Inserted>, EngineError> {
        self.call(|store| store.insert_if_absent(seals))
    }

    fn replace(
        &mut self,
        seals: &[(Key, SealDigest, Vec<u8>)],
    ) -> Result<Vec<recommande_scale_out::Inserted>, EngineError> {
        self.call(|store| store.replace(seals))
    }

    fn complete(
        &mut self,
        proofs: Vec<recommande_scale_out::Proven>,
    ) -> Result<Vec<recommande_scale_out::Completed>, EngineError> {
        self.call(|store| store.complete(proofs))
    }

    fn reject(&mut self, rejections: &[recommande_scale_out::Rejection]) -> Result<(), EngineError> {
        self.call(|store| store.reject(rejections))
    }

    fn rejected(&mut self, items: &[SealDigest]) -> Result<Vec<bool>, EngineError> {
        self.call(|store| store.rejected(items))
    }

    fn batch_number(&mut self) -> Result<u64, EngineError> {
        self.call(FolderStore::batch_number)
    }
}

#[test]
fn a_store_that_fails_at_any_call_loses_nothing() {
    let pause = Duration::from_millis(1);
    // Single: get, insert, complete, reject. Aggregated: get, the number, insert of the batch and of the places, complete of both, reject.
    let calls = [(Seals::Single, 4), (Seals::Aggregated, 7)];
    for (seals, calls) in calls {
        for (fails_at, is_done) in (0..calls).flat_map(|call| [(call, false), (call, true)]) {
            let bench = Bench::new("failing", [b"poison".to_vec()]);
            let letters: Vec<Sending> = (0..3).map(|number| sending(number, Utc::now())).collect();
            letters.iter().for_each(|letter| bench.add(bench.item(letter)));
            let store = Failing { store: bench.store(), calls: 0, fails_at, is_done };
            let mut worker = Worker::new(bench.queue.clone(), store, bench.settings(bench.tsa()).with_seals(seals));
            let mut failures = 0;
            // What is given back is taken again.
            loop {
                match worker.once() {
                    Ok(0) => break,
                    Ok(_) => {}
                    Err(error) => {
                        failures += 1;
                        assert_eq!((error.fault(), error.to_string().is_empty()), (Fault::Full, false));
                        std::thread::sleep(pause);
                    }
                }
            }
            let counters = worker.counters();
            assert_eq!((failures, counters.engine_failures, counters.rejected), (1, 1, 1), "{seals:?}, at {fails_at}");
            assert_eq!(counters.proven + counters.proven_before, 3, "{seals:?}, at {fails_at}");
            let store = bench.store();
            let is_there = |letter: &Sending| store.proof(&Key::Item(letter.evidence_identifier())).unwrap().is_some();
            assert!(letters.iter().all(is_there), "{seals:?}, at {fails_at}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_stops_no_other_item() {
    let bench = Bench::new("damaged", []);
    let letters: Vec<Sending> = (0..2).map(|number| sending(number, Utc::now())).collect();
    letters.iter().for_each(|letter| bench.add(bench.item(letter)));
    let key = Key::Item(letters[0].evidence_identifier());
    bench.store().insert_if_absent(&[(key, b"no seal".to_vec())]).unwrap();
    let counters = bench.drained(bench.settings(bench.tsa()));
    assert_eq!((counters.proven, counters.later, counters.rejected), (1, 1, 0));
    assert_eq!(bench.told(), ["store-damaged"]);
}

#[test]
fn a_queue_that_is_away_is_named_and_asked_again() {
    let bench = Bench::new("queue", []);
    bench.queue.0.lock().unwrap().is_away = true;
    let (stop, asked) = (Stop::new(), Arc::new(AtomicU64::new(0)));
    let (handle, count, told) = (stop.clone(), Arc::clone(&asked), Arc::clone(&bench.told));
    let settings = bench.settings(bench.tsa()).with_engine_pauses(Duration::from_millis(1), Duration::from_millis(4));
    let mut worker = Worker::new(bench.queue.clone(), bench.store(), settings).with_progress(move |progress, _| {
        if let Progress::EngineFailed { error, after } = progress {
            told.lock().unwrap().push(format!("{error}: {}", after.as_millis()));
        }
        if count.fetch_add(1, Ordering::SeqCst) == 4 {
            handle.stop();
        }
    });
    worker.run(&stop);
    let pauses = bench.told();
    assert_eq!(pauses.len(), 5);
    assert_eq!(pauses[0], "the queue was asked for items and cannot be reached: 1");
    assert_eq!(pauses[4], "the queue was asked for items and cannot be reached: 4");
    assert_eq!(worker.counters().engine_failures, 5);
}

#[test]
fn two_workers_on_one_folder_make_one_proof_of_each_item() {
    let bench = Bench::new("two", []);
    let letters: Vec<Sending> = (0..40).map(|number| sending(number, Utc::now())).collect();
    let items: Vec<Vec<u8>> = letters.iter().map(|letter| bench.item(letter)).collect();
    let counters: Vec<Counters> = std::thread::scope(|scope| {
        let work = |seals| {
            let (queue, store) = (Queue::of(items.clone()), bench.store());
            let batch = NonZeroUsize::new(5).unwrap();
            let settings = bench.settings(bench.tsa()).with_seals(seals).with_batches(batch, Duration::ZERO);
            scope.spawn(move || {
                let mut worker = Worker::new(queue, store, settings);
                worker.drain(&Stop::new());
                worker.counters()
            })
        };
        let workers = [work(Seals::Single), work(Seals::Aggregated), work(Seals::Single)];
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let sum = |of: fn(&Counters) -> u64| counters.iter().map(of).sum::<u64>();
    assert_eq!((sum(|counters| counters.proven), sum(|counters| counters.proven_before)), (40, 80));
    assert!(letters.iter().all(|letter| bench.proof(letter).is_some()));
}

/// The disk is small in a namespace of its own, in which the test below runs.
#[test]
fn a_disk_that_is_full_loses_nothing() {
    let disk = Folder::new("disk");
    let mount = r#"mount -t tmpfs -o size=4m none "$0" && TMPDIR="$0" exec "$@""#;
    let unshared = |command: &str, test: &[&std::ffi::OsStr]| {
        let mut unshare = std::process::Command::new("unshare");
        unshare.args(["-rm", "sh", "-c", command]).arg(&disk.0).args(test).output()
    };
    if !unshared("mount -t tmpfs none \"$0\"", &[]).is_ok_and(|output| output.status.success()) {
        return support::skipped("a disk that is full", "no file system can be mounted in a namespace of its own");
    }
    let this = std::env::current_exe().unwrap();
    let options = ["--exact", "on_a_small_disk", "--ignored", "--nocapture"].map(std::ffi::OsStr::new);
    let output = unshared(mount, &[&[this.as_os_str()], &options[..]].concat()).unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && told.contains("1 passed"), "{told}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "fills the disk: a_disk_that_is_full_loses_nothing runs it on one of its own"]
fn on_a_small_disk() {
    for seals in [Seals::Single, Seals::Aggregated] {
        let bench = Bench::new("small", []);
        let letters: Vec<Sending> = (0..150).map(|number| sending(number, Utc::now())).collect();
        letters.iter().for_each(|letter| bench.add(bench.item(letter)));
        let settings = bench.settings(bench.tsa()).with_seals(seals);
        let settings = settings.with_batches(NonZeroUsize::new(10).unwrap(), Duration::ZERO);
        // Others have left little room.
        let others = std::env::temp_dir().join("others");
        std::fs::write(&others, vec![7; 3_600_000]).unwrap();
        let mut worker = Worker::new(bench.queue.clone(), bench.store(), settings);
        let error = loop {
            match worker.once() {
                Ok(taken) => assert!(taken > 0, "{seals:?}: the disk was not full"),
                Err(error) => break error,
            }
        };
        assert_eq!((error.fault(), error.code()), (Fault::Full, Some("os-error-28")), "{error}");
        let before = worker.counters().proven;
        assert!(before > 0 && before < 150, "{seals:?}: {before}");
        assert_eq!(worker.once().unwrap_err().fault(), Fault::Full);
        // Somebody makes room, and it goes on.
        std::fs::remove_file(&others).unwrap();
        while worker.once().unwrap() > 0 {}
        let counters = worker.counters();
        assert_eq!((counters.proven + counters.proven_before, counters.rejected), (150, 0), "{seals:?}");
        assert!(letters.iter().all(|letter| bench.proof(letter).is_some()));
        assert_eq!(std::fs::read_dir(bench.folder.0.join("proofs/new")).unwrap().count(), 0);
    }
}
