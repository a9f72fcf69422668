//! Hashing payloads, from memory and from a reader, beside SHA-256 and SHA-512 of aws-lc over the same octets.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use criterion::Criterion;
use recommande::PayloadDigests;
use recommande_benches::{Limit, compare, criterion};

const SIZES: [(&str, usize); 5] =
    [("1 KiB", 1 << 10), ("64 KiB", 64 << 10), ("1 MiB", 1 << 20), ("8 MiB", 8 << 20), ("64 MiB", 64 << 20)];

fn payload(criterion: &mut Criterion) {
    for (name, size) in SIZES {
        let payload = vec![0x5a; size];
        let limit = Limit::new("SHA-256 and SHA-512");
        let raw = || (digest(&SHA256, &payload), digest(&SHA512, &payload));
        compare(criterion, &format!("payload {name}"), &limit, || PayloadDigests::of_bytes(&payload), raw);
        let read = || PayloadDigests::of_reader(&mut payload.as_slice()).expect("a reader that does not fail");
        compare(criterion, &format!("payload {name}, from a reader"), &limit, read, raw);
    }
}

fn main() {
    let mut criterion = criterion();
    payload(&mut criterion);
    criterion.final_summary();
}
