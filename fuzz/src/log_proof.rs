//! Proofs of a log beside a proof of sending.

use std::sync::LazyLock;

use recommande::evidence::Environment;
use recommande::log::{Entry, EntryKind, EvidenceLog, LogSigner, MemoryStore};
use recommande::recommande_tlog::Ed25519PrivateKey;
use recommande::recommande_tlog::checkpoint::Origin;
use recommande::recommande_tlog::policy::LogPolicy;
use recommande::recommande_tlog::proof::TlogProof;
use recommande::recommande_tlog::witness::WitnessClient;
use recommande::seal::{Credentials, Sealer};
use recommande::testing::TestWitness;
use recommande::verify::{Indication, KnownLog, LogRule, Payload, Policy, Report, Verifier};
use rfc3161_client::TsaPool;

use crate::proof::check_report;
use crate::world::{issuer, tsa, world};

const ORIGIN: &str = "log.example/mail";

/// A log with the proof of sending among other entries, one checkpoint of it, and who knows it.
struct Logged {
    proof: TlogProof,
    policy: Policy,
}

static LOGGED: LazyLock<Logged> = LazyLock::new(Logged::new);

impl Logged {
    fn new() -> Self {
        let (world, at) = (world(), world().sent_at);
        let origin: Origin = ORIGIN.parse().expect("an origin");
        let key = |seed| Ed25519PrivateKey::from_seed(&[seed; 32]).expect("a key");
        let signer = LogSigner::new(ORIGIN.parse().expect("a name"), Box::new(key(1))).expect("a signer");
        let unwitnessed = LogPolicy::new(origin.clone(), [signer.verifier_key().clone()]).expect("a key");
        let witness = TestWitness::new("witness.example/1", &[2; 32], unwitnessed.clone(), at).expect("a witness");
        let policy = unwitnessed.with_witnesses(1, [witness.witness().expect("keys")]).expect("a policy");

        let credentials = Credentials::new(world.pki.seal.signer.clone(), world.pki.seal_chain()).expect("credentials");
        let sealer = Sealer::new(credentials, issuer());
        let mut log = EvidenceLog::open(MemoryStore::default(), origin).expect("a log");
        let others = (0..6_u8).map(|number| Entry::of_file(EntryKind::Proof, &[number]));
        let mut index = 0;
        for (number, entry) in others.enumerate() {
            if number == 4 {
                index = log.append(world.sending.id(), at).expect("room");
            }
            log.append(entry, at).expect("room");
        }
        log.integrate().expect("a tree");
        log.begin_checkpoint(&signer, at).expect("a checkpoint");
        log.seal(&sealer, at).expect("a seal");
        log.stamp(&TsaPool::new().with_tsa("test", tsa(&world.pki, at))).expect("a token");
        log.cosign(&WitnessClient::new(witness.witness().expect("keys"), &witness)).expect("a cosignature");
        log.publish(&policy).expect("a checkpoint");
        let known = KnownLog::new(policy).with_time_of(0).expect("a witness");
        let proof = log.prove(index).expect("an entry");
        Self { proof, policy: Policy { logs: vec![known], ..Policy::default() } }
    }

    /// The report by a rule with these proofs of logs beside, with which the strict verdict agrees.
    fn report(&self, rule: LogRule, given: &[&[u8]]) -> Report {
        let world = world();
        let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), Environment::Test);
        let verifier = verifier.with_policy(Policy { log: rule, ..self.policy.clone() });
        let verifier = verifier.with_log_proofs(given.iter().map(|proof| proof.to_vec()));
        let report = verifier.report(&world.sending, Payload::NotAvailable, world.now);
        check_report(&report);
        report
    }
}

/// Nothing that is given changes the verdict where no log is demanded. Where one is, nothing passes but a way to the one
/// checkpoint that was signed; beside that one an input pushes nothing out, in either order.
pub fn log_proof(input: &[u8]) {
    let logged = &*LOGGED;
    let genuine = logged.proof.to_text().into_bytes();
    for rule in [LogRule::Ignore, LogRule::Report] {
        let report = logged.report(rule, &[input]);
        assert_eq!((report.indication, report.proven_at), (Indication::TotalPassed, Some(world().sent_at)));
    }
    if logged.report(LogRule::Required, &[input]).indication == Indication::TotalPassed {
        let given = TlogProof::parse(input).expect("a proof that counts can be read");
        assert!(given.index() == logged.proof.index() && given.hashes() == logged.proof.hashes(), "another way");
        let text = |proof: &TlogProof| proof.checkpoint().note().text().clone();
        assert!(text(&given) == text(&logged.proof), "a checkpoint that was not signed");
    }
    let [before, after] = [[input, &genuine], [&genuine, input]].map(|given| logged.report(LogRule::Required, &given));
    assert_eq!(before.indication, Indication::TotalPassed, "the genuine one is pushed out");
    assert_eq!(before, after, "in another order");
}

/// The proof of the log with the seal of its checkpoint, and without.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let proof = &LOGGED.proof;
    let bare = TlogProof::new(proof.index(), proof.hashes().to_vec(), proof.checkpoint().clone()).expect("a proof");
    [proof.to_text(), bare.to_text(), proof.checkpoint().note().to_text()].map(|text| text.into_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_of_the_log_passes() {
        let logged = &*LOGGED;
        for seed in &seeds()[..2] {
            let report = logged.report(LogRule::Required, &[seed]);
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        }
        assert_ne!(logged.report(LogRule::Required, &[]).indication, Indication::TotalPassed);
    }
}
