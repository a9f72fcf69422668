//! Verifying beside the public-key operations that it needs.

use criterion::Criterion;
use recommande::rfc3161_client::TsaPool;
use recommande::testing::TestTsa;
use recommande::{Environment, Payload, Verifier};
use recommande_benches::{Limit, compare, criterion, fixtures};

fn proof(criterion: &mut Criterion) {
    for (name, kind) in fixtures::KINDS {
        let pki = fixtures::pki(&kind);
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(fixtures::now));
        let sending = fixtures::sending();
        let proof = fixtures::sealer(&pki).seal(&sending, fixtures::now()).expect("a seal");
        let proof = proof.stamp_with(&tsas).expect("a timestamp");
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let (key, algorithm) = (pki.seal.signer.public_key(), pki.seal.signer.algorithm());
        let message = fixtures::signed_attributes(proof.der());
        let signature = pki.seal.signer.sign(&message).expect("a signature");
        compare(
            criterion,
            &format!("verify proof {name}"),
            &Limit::new("two raw verifications").at_least(0.55),
            || verifier.verify(&proof, Payload::NotAvailable, fixtures::now()).is_ok(),
            || {
                let one = || key.verify(&algorithm, &message, &signature).is_ok();
                (one(), one())
            },
        );
    }
}

fn main() {
    let mut criterion = criterion();
    proof(&mut criterion);
    criterion.final_summary();
}
