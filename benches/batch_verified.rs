//! Measures aggregated proofs from octets to the strict verdict, beside proofs B-T with a seal each by the same key.

use std::hint::black_box;

use chrono::{DateTime, Duration, Utc};
use criterion::Criterion;
use recommande::crypto::KeyKind;
use recommande::rfc3161_client::TsaPool;
use recommande::seal::{AggregateLeaves, Artifact, BatchSeal};
use recommande::testing::TestTsa;
use recommande::{Environment, Payload, PayloadDigests, ProofOfSending, Verifier};
use recommande_benches::{Limit, compare, fixtures};

/// Statements under one seal. The way of each to the root has 17 hashes.
const STATEMENTS: usize = 100_000;

/// The proofs that are verified in turn, so that no statement is met again before many others.
const VERIFIED: usize = 1000;

const KINDS: [(&str, KeyKind, Limit); 2] = [
    ("P-256", KeyKind::EcP256, Limit::new("proof B-T").at_least(8.0)),
    ("RSA-2048", KeyKind::Rsa { bits: 2048 }, Limit::new("proof B-T")),
];

struct Stored {
    payload: PayloadDigests,
    statement: Vec<u8>,
    record: Vec<u8>,
    file: Vec<u8>,
}

pub(super) fn verified(criterion: &mut Criterion) {
    for (name, kind, limit) in KINDS {
        let pki = fixtures::pki(&kind).with_organization("Example Registered Mail Service", "NTRBE-0406798006");
        let pki = pki.expect("a throwaway PKI");
        let sealer = fixtures::sealer(&pki);
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(fixtures::now));
        let single = sealer.seal(&fixtures::sending(), fixtures::now()).expect("a seal");
        let single = single.stamp_with(&tsas).expect("a timestamp");
        let mut leaves = AggregateLeaves::new(sealer.issuer());
        let mut items = Vec::new();
        for number in 0..STATEMENTS {
            let item = sealer.aggregate_item(fixtures::letter(number), fixtures::now()).expect("an item");
            leaves.add(&item).expect("a leaf");
            if items.len() < VERIFIED {
                items.push(item);
            }
        }
        let sealed = sealer.seal_aggregate(&leaves.close(1).expect("a batch"), fixtures::now()).expect("a seal");
        let stamped = sealed.stamp_with(&tsas).expect("a timestamp");
        let seal = BatchSeal::from_der(stamped.seal().der()).expect("a seal");
        let stored = items.into_iter().enumerate().map(|(number, item)| {
            let proof: ProofOfSending = stamped.proof(item).expect("a proof");
            let parts = proof.parts().expect("parts");
            let (statement, record) = (parts.statement().to_vec(), parts.record().to_vec());
            let payload = PayloadDigests::of_bytes(format!("letter {number}").as_bytes());
            Stored { payload, statement, record, file: proof.der().to_vec() }
        });
        let stored: Vec<Stored> = stored.collect();
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let verify = |proof: &ProofOfSending, payload: &PayloadDigests| {
            black_box(verifier.verify(proof, Payload::Digests(payload), later()).expect("a valid proof"));
        };
        let payload = PayloadDigests::of_bytes(b"letter 0");
        let alone = || verify(&ProofOfSending::from_der(single.der()).expect("a proof"), &payload);
        let mut next = stored.iter().cycle();
        compare(
            criterion,
            &format!("verify aggregated {name}"),
            &limit,
            || {
                let Stored { payload, statement, record, .. } = next.next().expect("a proof");
                verify(&ProofOfSending::from_parts(statement, record, &seal).expect("a proof"), payload);
            },
            alone,
        );
        let mut next = stored.iter().cycle();
        compare(
            criterion,
            &format!("verify aggregated, one file {name}"),
            &Limit::new("proof B-T"),
            || {
                let Stored { payload, file, .. } = next.next().expect("a proof");
                verify(&ProofOfSending::from_der(file).expect("a proof"), payload);
            },
            alone,
        );
    }
}

fn later() -> DateTime<Utc> {
    fixtures::now() + Duration::days(1)
}
