//! Verifies one proof many times with one verifier, for profilers: `warm b-t|b-lt|report|aggregated KIND TIMES`.
//!
//! What it prepares is outside of `rounds`, so that `valgrind --tool=callgrind --toggle-collect='*warm*rounds*'` counts the
//! verifications alone. One run of them comes before, so that the verifier knows its paths.

use std::hint::black_box;

use chrono::Duration;
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{AggregateLeaves, Artifact};
use recommande::testing::{TestPki, TestTsa};
use recommande::{Environment, Payload, PayloadDigests, Policy, ProofOfSending, Verifier};
use recommande_benches::fixtures;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [row, kind, times] = arguments.as_slice() else { panic!("usage: warm b-t|b-lt|report|aggregated KIND TIMES") };
    let (_, kind) = fixtures::KINDS.into_iter().find(|(name, _)| name == kind).expect("the name of a kind of key");
    let pki = fixtures::pki(&kind).with_organization("Example Registered Mail Service", "NTRBE-0406798006");
    let pki = pki.expect("a throwaway PKI");
    let is_long_term = row == "b-lt";
    let proof = if row == "aggregated" { aggregated(&pki) } else { proof(&pki, is_long_term) };
    let policy = if is_long_term { Policy::strict() } else { Policy::default() };
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test).with_policy(policy);
    let question = if row == "report" { report } else { verify };
    let digests = PayloadDigests::of_bytes(b"letter 0");
    let read = ProofOfSending::from_der(&proof).expect("a proof");
    let parts = read.parts();
    let ask = || match parts {
        // The seal is read once for all proofs of the batch.
        Some(parts) => {
            let proof = ProofOfSending::from_parts(parts.statement(), parts.record(), parts.seal()).expect("a proof");
            judge(&verifier, &proof, &digests);
        }
        None => question(&verifier, &proof, &digests),
    };
    (0..10).for_each(|_| ask());
    rounds(times.parse().expect("a number"), &ask);
}

/// One of a thousand proofs under one seal.
fn aggregated(pki: &TestPki) -> Vec<u8> {
    let (sealer, now) = (fixtures::sealer(pki), fixtures::now());
    let items = (0..1000).map(|number| sealer.aggregate_item(fixtures::letter(number), now).expect("an item"));
    let items: Vec<_> = items.collect();
    let mut leaves = AggregateLeaves::new(sealer.issuer());
    items.iter().for_each(|item| leaves.add(item).expect("a leaf"));
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(pki).with_clock(fixtures::now));
    let sealed = sealer.seal_aggregate(&leaves.close(1).expect("a batch"), now).expect("a seal");
    let stamped = sealed.stamp_with(&tsas).expect("a timestamp");
    let item = items.into_iter().next().expect("an item");
    stamped.proof(item).expect("a proof").der().to_vec()
}

fn proof(pki: &TestPki, is_long_term: bool) -> Vec<u8> {
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(pki).with_clock(fixtures::now));
    let (issued, next) = (fixtures::now() - Duration::hours(1), fixtures::now() + Duration::days(7));
    let sealer = match is_long_term {
        true => fixtures::sealer(pki).with_revocation(&pki.seal_revocation(issued, next).expect("revocation data")),
        false => fixtures::sealer(pki),
    };
    let proof = sealer.seal(&fixtures::sending(), fixtures::now()).expect("a seal").stamp_with(&tsas);
    let proof = proof.expect("a timestamp");
    if !is_long_term {
        return proof.der().to_vec();
    }
    let of_tsa = pki.tsa_revocation(issued, next).expect("revocation data");
    proof.with_revocation(&of_tsa).expect("a longer proof").der().to_vec()
}

#[inline(never)]
fn rounds(times: usize, question: &dyn Fn()) {
    (0..times).for_each(|_| question());
}

fn verify(verifier: &Verifier, der: &[u8], digests: &PayloadDigests) {
    judge(verifier, &ProofOfSending::from_der(der).expect("a proof"), digests);
}

fn judge(verifier: &Verifier, proof: &ProofOfSending, digests: &PayloadDigests) {
    let later = fixtures::now() + Duration::days(1);
    black_box(verifier.verify(proof, Payload::Digests(digests), later).expect("a valid proof"));
}

fn report(verifier: &Verifier, der: &[u8], digests: &PayloadDigests) {
    let proof = ProofOfSending::from_der(der).expect("a proof");
    let later = fixtures::now() + Duration::days(1);
    black_box(verifier.report(&proof, Payload::Digests(digests), later));
}
