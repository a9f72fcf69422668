//! A service with a log and three witnesses.

use chrono::{DateTime, Duration, Utc};
use recommande::log::{Entry, EvidenceLog, LogSigner, MemoryStore, Store};
use recommande::recommande_tlog::Ed25519PrivateKey;
use recommande::recommande_tlog::policy::LogPolicy;
use recommande::recommande_tlog::proof::TlogProof;
use recommande::recommande_tlog::witness::WitnessClient;
use recommande::testing::TestWitness;
use recommande::verify::{KnownLog, LogRule, Policy, Verifier};

use super::{Service, now, pool};

pub const ORIGIN: &str = "log.example/mail";

/// A service whose proofs are in a log, and the witnesses of that.
pub struct Logging {
    pub service: Service,
    pub signer: LogSigner,
    pub witnesses: Vec<TestWitness>,
}

pub fn signer(seed: u8) -> LogSigner {
    LogSigner::new(ORIGIN.parse().unwrap(), Box::new(Ed25519PrivateKey::from_seed(&[seed; 32]).unwrap())).unwrap()
}

impl Logging {
    pub fn new() -> Self {
        let signer = signer(1);
        let log = LogPolicy::new(ORIGIN.parse().unwrap(), [signer.verifier_key().clone()]).unwrap();
        let witness = |number: u8| {
            let (name, seed) = (format!("witness.example/{number}"), [number + 10; 32]);
            match number {
                3 => TestWitness::ml_dsa_44(&name, &seed, log.clone(), cosigned_at()).unwrap(),
                _ => TestWitness::new(&name, &seed, log.clone(), cosigned_at()).unwrap(),
            }
        };
        Self { service: Service::numbered(), signer, witnesses: [1, 2, 3].map(witness).into() }
    }

    /// The policy for checkpoints: so many of the three witnesses.
    pub fn policy(&self, quorum: usize) -> LogPolicy {
        let log = self.policy_without_witnesses();
        log.with_witnesses(quorum, self.witnesses.iter().map(|witness| witness.witness().unwrap())).unwrap()
    }

    /// The policy for checkpoints that the log alone has signed.
    pub fn policy_without_witnesses(&self) -> LogPolicy {
        LogPolicy::new(ORIGIN.parse().unwrap(), [self.signer.verifier_key().clone()]).unwrap()
    }

    /// A verifier who knows the log, with two of three witnesses, of which the first is a source of time.
    pub fn verifier(&self, rule: LogRule) -> Verifier {
        self.verifier_of(rule, KnownLog::new(self.policy(2)).with_time_of(0).unwrap())
    }

    pub fn verifier_of(&self, rule: LogRule, log: KnownLog) -> Verifier {
        self.service.verifier().with_policy(Policy { log: rule, logs: vec![log], ..Policy::default() })
    }

    pub fn open<S: Store>(&self, store: S) -> EvidenceLog<S> {
        EvidenceLog::open(store, ORIGIN.parse().unwrap()).unwrap()
    }

    /// A log of these entries, not yet with a checkpoint.
    pub fn log(&self, entries: impl IntoIterator<Item = Entry>) -> EvidenceLog<MemoryStore> {
        let mut log = self.open(MemoryStore::default());
        entries.into_iter().for_each(|entry| {
            log.append(entry, now()).unwrap();
        });
        log.integrate().unwrap();
        log
    }

    /// Signs, seals, cosigns and publishes what is integrated.
    pub fn checkpoint<S: Store>(&self, log: &mut EvidenceLog<S>) {
        self.checkpoint_at(log, cosigned_at() + Duration::seconds(2));
    }

    /// The same, with the timestamp of this time.
    pub fn checkpoint_at<S: Store>(&self, log: &mut EvidenceLog<S>, time: DateTime<Utc>) {
        let signed_at = time - Duration::seconds(2);
        log.begin_checkpoint(&self.signer, signed_at).unwrap();
        log.seal(&self.service.sealer, signed_at).unwrap();
        log.stamp(&pool(self.service.tsa(time))).unwrap();
        for witness in &self.witnesses {
            log.cosign(&WitnessClient::new(witness.witness().unwrap(), witness)).unwrap();
        }
        log.publish(&self.policy(2)).unwrap();
    }

    /// The proof of these entries' log for the one with this index.
    pub fn proof(&self, entries: impl IntoIterator<Item = Entry>, index: u64) -> TlogProof {
        let mut log = self.log(entries);
        self.checkpoint(&mut log);
        log.prove(index).unwrap()
    }
}

/// The time at which witnesses cosign: a minute after the sending.
pub fn cosigned_at() -> DateTime<Utc> {
    now() + Duration::seconds(60)
}

/// An entry that nobody looks for.
pub fn stranger(number: u64) -> Entry {
    Entry::of_file(recommande::log::EntryKind::Proof, &number.to_be_bytes())
}
