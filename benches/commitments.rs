//! Measures what commitments cost: letters with two committed fields beside the same letters without.

use criterion::Criterion;
use recommande::evidence::{Committed, Disclosure, Field, PartyField, Role, SaltSeed, Salts};
use recommande::testing::TestTsa;
use recommande::verify::SendingContext;
use recommande::{Environment, Payload, ProofOfSending, Sealer, Sending, TsaPool, Verifier};
use recommande_benches::{Limit, compare, criterion, fixtures};

/// The recipient and the title.
const FIELDS: [Field; 2] = [Field::Party(Role::Recipient(1), PartyField::Identifier), Field::TITLE];

/// The kinds of keys with the least ratio that is wanted.
const KINDS: [(&str, f64); 2] = [("RSA-2048", 0.98), ("P-256", 0.85)];

/// A letter with its two commitments, by salts of its own.
fn committed(sending: &Sending) -> (Sending, Disclosure) {
    Committed::of(sending, &FIELDS, Salts::Random).expect("commitments").into_parts()
}

/// The same by a seed of its own, of which the salts are derived.
fn committed_by_seed(sending: &Sending) -> (Sending, Disclosure) {
    let seed = SaltSeed::generate().expect("random octets");
    Committed::of(sending, &FIELDS, Salts::Seed(&seed)).expect("commitments").into_parts()
}

fn seal(criterion: &mut Criterion, name: &str, least: f64, sealer: &Sealer) {
    let sending = fixtures::sending();
    let seal = |sending: &Sending| sealer.seal(sending, fixtures::now()).expect("a seal");
    let limit = Limit::new("without").at_least(least);
    let (plain, random) = (|| seal(&sending), || seal(&committed(&sending).0));
    compare(criterion, &format!("seal {name} with commitments"), &limit, random, plain);
    let by_seed = || seal(&committed_by_seed(&sending).0);
    compare(criterion, &format!("seal {name} with commitments by a seed"), &limit, by_seed, plain);
}

fn verify(criterion: &mut Criterion, name: &str, least: f64, sealer: &Sealer, tsas: &TsaPool, verifier: &Verifier) {
    let proof = |sending: &Sending| -> ProofOfSending {
        let proof = recommande::send(sealer, tsas, sending, fixtures::now()).expect("a proof");
        ProofOfSending::from_der(proof.der()).expect("a proof")
    };
    let plain = proof(&fixtures::sending());
    let (sending, disclosure) = committed(&fixtures::sending());
    let hidden = proof(&sending);
    let judge = |proof: &ProofOfSending, disclosure: Option<&Disclosure>| {
        let proof = ProofOfSending::from_der(proof.der()).expect("a proof");
        let context =
            disclosure.into_iter().fold(SendingContext::new(Payload::NotAvailable), SendingContext::with_disclosure);
        verifier.verify(&proof, context, fixtures::now()).expect("it passes")
    };
    compare(
        criterion,
        &format!("verify {name} with a disclosure"),
        &Limit::new("without").at_least(least),
        || judge(&hidden, Some(&disclosure)),
        || judge(&plain, None),
    );
    compare(
        criterion,
        &format!("verify {name} without a disclosure"),
        &Limit::new("without commitments").at_least(least),
        || judge(&hidden, None),
        || judge(&plain, None),
    );
}

fn main() {
    let mut criterion = criterion();
    for (name, least) in KINDS {
        let (_, kind) = fixtures::KINDS.into_iter().find(|(of_kind, _)| *of_kind == name).expect("a kind of key");
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let tsas = TsaPool::new().with_tsa("throwaway", TestTsa::new(&pki).with_clock(fixtures::now));
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        seal(&mut criterion, name, least, &sealer);
        verify(&mut criterion, name, least, &sealer, &tsas, &verifier);
    }
    criterion.final_summary();
}
