//! Measures the seals of many letters beside as many raw signatures, and a whole batch, each proof with its evidence
//! record, beside those signatures and the one of the TSA.

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
            &Limit::new("raw signatures").at_least(0.88),
            || sealed().map(|seal| seal.der().len()).sum::<usize>(),
            signatures,
        );
        compare(
            criterion,
            &format!("batch of {size} {name}"),
            &Limit::new("raw signatures and TSA's").at_least(0.75),
            || {
                let sealed: Vec<Unstamped<ProofOfSending>> = sealed().collect();
                let batch = Batch::of(&sealed).expect("a batch").stamp_with(&tsas).expect("a timestamp");
                sealed.into_iter().map(|seal| batch.proof(seal).expect("a proof").der().len()).sum::<usize>()
            },
            || signatures() + tsa.sign(&message).expect("a signature").len(),
        );
    }
}

/// Measures what threads gain, with all threads of the pool on both sides. The same letters are sealed by one thread
/// first: the gain beside that of raw signatures is the quotient of the two ratios.
#[cfg(feature = "parallel")]
fn parallel(criterion: &mut Criterion) {
    use rayon::iter::{IntoParallelIterator, ParallelIterator};

    for (name, kind, size) in [("RSA-2048", KeyKind::Rsa { bits: 2048 }, 1000), ("P-256", KeyKind::EcP256, 10_000)] {
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let letters: Vec<Sending> = (0..size).map(fixtures::letter).collect();
        let signer = pki.seal.signer.clone();
        let message = fixtures::signed_attributes(sealer.seal(&letters[0], fixtures::now()).expect("a seal").der());
        let octets = |seal: Result<Unstamped<ProofOfSending>, _>| seal.map_or(0, |seal| seal.der().len());
        let signature = |_| signer.sign(&message).expect("a signature").len();

        let alone = compare(
            criterion,
            &format!("seal_all {size} {name}, one thread"),
            &Limit::new("raw signatures"),
            || sealer.seal_all(letters.iter().cloned(), fixtures::now()).map(octets).sum::<usize>(),
            || (0..size).map(signature).sum::<usize>(),
        );
        let together = compare(
            criterion,
            &format!("seal_all {size} {name}, {} threads", rayon::current_num_threads()),
            &Limit::new("raw signatures"),
            || sealer.seal_all(letters.iter().cloned(), fixtures::now()).parallel().map(octets).sum::<usize>(),
            || (0..size).into_par_iter().map(signature).sum::<usize>(),
        );
        if let (Some(alone), Some(together)) = (alone, together) {
            println!(
                "RATIO gain of threads {name:<18} beside that of raw signatures: {:.3} (wanted 0.90)\n",
                together / alone
            );
        }
    }
}

#[cfg(not(feature = "parallel"))]
fn parallel(_: &mut Criterion) {
    println!("What threads gain: `--features parallel`\n");
}

fn main() {
    let mut criterion = criterion();
    batch(&mut criterion);
    parallel(&mut criterion);
    criterion.final_summary();
}
