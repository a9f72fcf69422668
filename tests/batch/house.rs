//! A service whose batcher aggregates, with a key that counts its signatures and may fail, and a line to its TSA.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};

use crate::common::{Service, digests, issuer, later, now, sending_of};
use crate::line::{Dice, Line};
use recommande::crypto::{PublicKey, SignError, SignatureAlgorithm, Signer};
use recommande::seal::batcher::{NotStamped, StampingResult};
use recommande::seal::{AggregateItem, Aggregation, Batcher, BatcherSettings, Credentials, Sealer};
use recommande::verify::Payload;
use recommande::{Environment, ProofOfSending, Sending};
use rfc3161_client::TsaPool;

pub type Item = AggregateItem<Sending>;
pub type Outcome = StampingResult<Item>;
pub type Delivered = (usize, Outcome);
type Aggregating = Batcher<Item, usize>;

/// What the signer of a service does when it is asked.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Mood {
    #[default]
    Signs,
    Fails,
    Panics,
    /// Fails one time in four, and panics one time in four.
    Moody,
}

/// A key that counts its signatures, and that may fail.
pub struct Key {
    signer: Arc<dyn Signer>,
    pub signatures: AtomicUsize,
    mood: Mutex<Mood>,
    dice: Mutex<Dice>,
}

impl Key {
    pub fn is(&self, mood: Mood) {
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
pub struct House {
    pub service: Service,
    pub sealer: Sealer,
    pub key: Arc<Key>,
    pub line: Arc<Line>,
    pub next: Arc<AtomicU64>,
}

impl House {
    pub fn new() -> Self {
        Self::of(Service::numbered())
    }

    pub fn of(service: Service) -> Self {
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

    pub fn aggregation(&self) -> Aggregation {
        let next = Arc::clone(&self.next);
        Aggregation::new(self.sealer.clone(), now, move || Ok(next.fetch_add(1, Ordering::SeqCst)))
    }

    /// A batcher whose outcomes can be received.
    pub fn start(&self, settings: BatcherSettings) -> (Aggregating, Receiver<Delivered>) {
        start(self.aggregation(), self.line.pool(), settings)
    }

    pub fn items(&self, count: usize) -> Vec<Item> {
        (0..count).map(|number| self.item(&format!("ITEM{number}"))).collect()
    }

    pub fn item(&self, message: &str) -> Item {
        self.sealer.aggregate_item(sending_of(message), now()).unwrap()
    }

    /// Signatures and trips so far.
    pub fn cost(&self) -> (usize, usize) {
        (self.key.signatures.load(Ordering::SeqCst), self.line.trips())
    }

    /// Verifies the proof as its recipient has it, and returns the number of its batch.
    pub fn verified(&self, proof: &ProofOfSending, item: &Item) -> u64 {
        let proof = ProofOfSending::from_der(proof.der()).unwrap();
        let verified = self.service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
        assert_eq!((verified.proven_at(), verified.id()), (now(), item.id()));
        let parts = proof.parts().unwrap();
        assert!(parts.statement() == item.json());
        parts.seal().stated().number()
    }
}

pub fn start(aggregation: Aggregation, tsas: TsaPool, settings: BatcherSettings) -> (Aggregating, Receiver<Delivered>) {
    let (sender, receiver) = channel();
    let sink = move |tag, outcome| sender.send((tag, outcome)).unwrap();
    (Batcher::start_aggregating(aggregation, tsas, settings, sink).unwrap(), receiver)
}

pub fn submit(batcher: &Aggregating, items: &[Item]) {
    items.iter().enumerate().for_each(|(tag, item)| batcher.submit(item.clone(), tag).unwrap());
}

/// All outcomes, each of another statement, in the order of their tags.
#[track_caller]
pub fn by_tag(delivered: impl IntoIterator<Item = Delivered>, count: usize) -> Vec<Outcome> {
    let mut delivered: Vec<Delivered> = delivered.into_iter().collect();
    delivered.sort_by_key(|(tag, _)| *tag);
    assert!(delivered.iter().map(|(tag, _)| *tag).eq(0..count), "each one once");
    let (_, outcomes): (Vec<usize>, Vec<Outcome>) = delivered.into_iter().unzip();
    outcomes
}

pub fn given_back(outcomes: Vec<Outcome>) -> Vec<NotStamped<Item>> {
    outcomes.into_iter().map(|outcome| outcome.unwrap_err()).collect()
}
