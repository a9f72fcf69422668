//! Many letters: their seals beside as many signatures, and a whole batch, each proof with its evidence record, beside
//! those and the one signature of the TSA.

use criterion::Criterion;
use recommande::crypto::KeyKind;
use recommande::rfc3161_client::TsaPool;
use recommande::seal::Batch;
use recommande::testing::TestTsa;
use recommande::{ProofOfSending, Sending, Unstamped};
use recommande_benches::{Limit, compare, criterion, fixtures};

const SIZES: [(&str, KeyKind, usize); 3] = [
    ("RSA-2048", KeyKind::Rsa { bits: 2048 }, 100),
    ("P-256", KeyKind::EcP256, 100),
    ("P-256", KeyKind::EcP256, 10_000),
];

fn batch(criterion: &mut Criterion) {
    for (name, kind, size) in SIZES {
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(fixtures::now));
        let letters: Vec<Sending> = (0..size).map(fixtures::letter).collect();
        let (signer, tsa) = (pki.seal.signer.clone(), pki.tsa.signer.clone());
        let message = fixtures::signed_attributes(sealer.seal(&letters[0], fixtures::now()).expect("a seal").der());
        let sealed = || sealer.seal_all(&letters, fixtures::now()).map(|seal| seal.expect("a seal"));
        let signatures = || (0..size).map(|_| signer.sign(&message).expect("a signature").len()).sum::<usize>();

        compare(
            criterion,
            &format!("seal_all {size} {name}"),
            &Limit::new("raw signatures"),
            || sealed().map(|seal| seal.der().len()).sum::<usize>(),
            signatures,
        );
        compare(
            criterion,
            &format!("batch of {size} {name}"),
            &Limit::new("raw signatures and TSA's"),
            || {
                let sealed: Vec<Unstamped<ProofOfSending>> = sealed().collect();
                let batch = Batch::of(&sealed).expect("a batch").stamp_with(&tsas).expect("a timestamp");
                sealed.into_iter().map(|seal| batch.proof(seal).expect("a proof").der().len()).sum::<usize>()
            },
            || signatures() + tsa.sign(&message).expect("a signature").len(),
        );
    }
}

fn main() {
    let mut criterion = criterion();
    batch(&mut criterion);
    criterion.final_summary();
}
