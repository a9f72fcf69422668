//! Hashing payloads, from memory and from a reader, beside the faster of aws-lc and the crate `sha2` for each of
//! SHA-256 and SHA-512 over the same octets.
//!
//! With the feature `parallel`, the two digests at once are compared with the same two after each other.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{self as aws, SHA256, SHA512};
use criterion::Criterion;
use recommande::PayloadDigests;
#[cfg(feature = "parallel")]
use recommande::evidence::PayloadHasher;
use recommande_benches::{Limit, compare, criterion};
use sha2::{Digest as _, Sha256, Sha512};

const SIZES: [(&str, usize); 5] =
    [("1 KiB", 1 << 10), ("64 KiB", 64 << 10), ("1 MiB", 1 << 20), ("8 MiB", 8 << 20), ("64 MiB", 64 << 20)];

/// The octets that a caller without threads would hash at a time.
#[cfg(feature = "parallel")]
const PIECE: usize = 64 << 10;

type Hash = (&'static str, fn(&[u8]));

const SHA_256: [Hash; 2] = [
    ("aws-lc", |octets| _ = black_box(aws::digest(&SHA256, octets))),
    ("sha2", |octets| _ = black_box(Sha256::digest(octets))),
];

const SHA_512: [Hash; 2] = [
    ("aws-lc", |octets| _ = black_box(aws::digest(&SHA512, octets))),
    ("sha2", |octets| _ = black_box(Sha512::digest(octets))),
];

/// Returns the implementation whose fastest of many turns is the faster one, as it must be on a machine that does other
/// things too.
fn faster(hashes: [Hash; 2]) -> Hash {
    let octets = vec![0x5a; 256 << 10];
    let mut least = [Duration::MAX; 2];
    for _ in 0..200 {
        for ((_, hash), least) in hashes.iter().zip(&mut least) {
            let start = Instant::now();
            hash(&octets);
            *least = (*least).min(start.elapsed());
        }
    }
    hashes[usize::from(least[1] < least[0])]
}

fn payload(criterion: &mut Criterion) {
    let (sha256, sha512) = (faster(SHA_256), faster(SHA_512));
    println!("SHA-256 of {}, SHA-512 of {}", sha256.0, sha512.0);
    for (name, size) in SIZES {
        let payload = vec![0x5a; size];
        let limit = Limit::new("SHA-256 and SHA-512");
        let limit = if size < 64 << 10 { limit } else { limit.at_least(0.97) };
        let raw = || {
            sha256.1(&payload);
            sha512.1(&payload);
        };
        compare(criterion, &format!("payload {name}"), &limit, || PayloadDigests::of_bytes(&payload), raw);
        let read = || PayloadDigests::of_reader(&mut payload.as_slice()).expect("a reader that does not fail");
        compare(criterion, &format!("payload {name}, from a reader"), &limit, read, raw);
        #[cfg(feature = "parallel")]
        at_once(criterion, name, &payload);
    }
}

#[cfg(feature = "parallel")]
fn at_once(criterion: &mut Criterion, name: &str, payload: &[u8]) {
    let one_after_the_other = || {
        let mut hasher = PayloadHasher::new();
        payload.chunks(PIECE).for_each(|piece| hasher.update(piece));
        hasher.finish()
    };
    let limit = Limit::new("one after the other").at_least(1.5);
    let both = || PayloadDigests::of_bytes(payload);
    compare(criterion, &format!("payload {name}, both at once"), &limit, both, one_after_the_other);
}

fn main() {
    let mut criterion = criterion();
    payload(&mut criterion);
    criterion.final_summary();
}
