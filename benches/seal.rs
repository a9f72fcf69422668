//! Measures a seal, its payload digests given, beside the raw signature that it needs: by the same key, over as many
//! octets. A second row adds what no seal can do without, the digest of the statement, to the raw signature.

use criterion::Criterion;
use recommande::crypto::Signer;
use recommande_benches::{Limit, compare, criterion, fixtures};

fn seal(criterion: &mut Criterion) {
    for (name, kind) in fixtures::KINDS {
        let pki = fixtures::pki(&kind);
        let sealer = fixtures::sealer(&pki);
        let sending = fixtures::sending();
        let signer = pki.seal.signer.clone();
        let sealed = sealer.seal(&sending, fixtures::now()).expect("a seal");
        let message = fixtures::signed_attributes(sealed.der());
        let limit = Limit::new("raw signature");
        let limit = match name {
            "P-256" => limit.at_least(0.93),
            "Ed25519" => limit.at_least(0.85),
            name if name.starts_with("RSA") => limit.at_least(0.97),
            _ => limit,
        };
        compare(
            criterion,
            &format!("seal {name}"),
            &limit,
            || sealer.seal(&sending, fixtures::now()).expect("a seal"),
            || signer.sign(&message).expect("a signature"),
        );
        let content = fixtures::content(sealed.der());
        let algorithm = signer.algorithm().cms_digest();
        compare(
            criterion,
            &format!("seal {name} and digest"),
            &Limit::new("raw signature and digest"),
            || sealer.seal(&sending, fixtures::now()).expect("a seal"),
            || (algorithm.digest(&content), signer.sign(&message).expect("a signature")),
        );
    }
}

fn main() {
    let mut criterion = criterion();
    seal(&mut criterion);
    criterion.final_summary();
}
