//! Measures what the worst files cost that are known, of each kind and of growing size: time on the processor, beside
//! SHA-256 over the file, and the most memory at once.
//!
//! `cargo bench --bench worst_files -- [NAME] [--up-to MIB]` measures the kinds whose name holds NAME.

// Of the OBJECT IDENTIFIERs the generators use some.
#[allow(dead_code)]
#[path = "../tests/common/oid.rs"]
mod oid;
#[path = "../tests/common/worst.rs"]
mod worst;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::Duration as Days;
use peak_alloc::PeakAlloc;
use recommande::seal::AnyProof;
use recommande::testing::{TestKeys, TestPki};
use recommande::verify::{Content, ContentDigests};
use recommande::{Environment, Payload, Verifier};
use recommande_benches::fixtures;
use worst::{Attacker, Door, KINDS};

/// A reallocation counts as both blocks at once, which is the worst that an allocator does.
#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
/// The sizes of the files. What takes too long at one size is not tried at a larger one.
const SIZES: [usize; 4] = [64 * KIB, MIB, 16 * MIB, 64 * MIB - 64 * KIB];
/// The most that a file may take of a processor, up to 1 MiB and above.
const MOST: [(usize, f64); 2] = [(MIB, 2.0), (64 * MIB, 20.0)];
/// The most memory, as a multiple of the file, from 1 MiB on.
const MOST_MEMORY: f64 = 3.0;

/// The time of this thread on a processor, so that other processes do not count.
fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a system that counts time");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok()).expect("nanoseconds");
    Duration::from_nanos(nanoseconds)
}

/// The seconds that some work takes, and the memory at once above what was there before.
fn measured<T>(work: impl FnOnce() -> T) -> (T, f64, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let started = processor();
    let made = work();
    let seconds = processor().saturating_sub(started).as_secs_f64();
    (made, seconds, MEMORY.peak_usage().saturating_sub(before))
}

/// A full report, by a verifier that has seen nothing before, in a text for people. A proof holds its octets, so that the
/// file is let go as in the example `verify`.
fn report(pki: &TestPki, door: Door, file: Vec<u8>) -> usize {
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let at = fixtures::now() + Days::days(1);
    match door {
        Door::Signatures => verifier.report_signatures(&file, Content::Attached, at).to_string().len(),
        Door::Proof => {
            let proof = AnyProof::from_der(&file).expect("a proof");
            drop(file);
            verifier.report(&proof, Payload::NotAvailable, at).to_string().len()
        }
        Door::Timestamp => verifier.report_timestamp(&file, &ContentDigests::default(), None, at).to_string().len(),
        Door::Record => verifier.report_evidence_record(&file, &[], at).to_string().len(),
    }
}

/// The seconds that SHA-256 over a file takes, over so many octets that the system's clock tells them.
fn hash(file: &[u8]) -> f64 {
    let times = (64 * MIB / file.len()).max(1);
    let (_, seconds, _) = measured(|| {
        for _ in 0..times {
            black_box(digest(&SHA256, black_box(file)));
        }
    });
    seconds / times as f64
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut wanted, mut largest) = (String::new(), usize::MAX);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--up-to" => {
                let mebibytes: usize = arguments.next().and_then(|text| text.parse().ok()).expect("--up-to MIB");
                largest = mebibytes * MIB;
            }
            name => wanted = name.to_owned(),
        }
    }
    let pki = TestPki::with_keys(TestKeys::derived("worst files").expect("keys"), fixtures::now()).expect("a PKI");
    let sealed = fixtures::sealer(&pki).seal(&fixtures::sending(), fixtures::now()).expect("a seal");
    let attacker = Attacker::new(pki, sealed.der(), fixtures::now());
    let mut is_within = true;
    for kind in KINDS.iter().filter(|kind| kind.name.contains(&wanted)) {
        for size in SIZES.into_iter().filter(|size| *size <= largest) {
            let file = (kind.make)(&attacker, size);
            let small = (kind.make)(&attacker, 8 * KIB);
            let (length, of_hash) = (file.len(), hash(&file));
            let (_, _, base) = measured(|| report(&attacker.pki, kind.door, small));
            let (_, seconds, peak) = measured(|| report(&attacker.pki, kind.door, file));
            // The caller holds the file itself.
            let memory = (length + peak).saturating_sub(base) as f64 / length as f64;
            let most = MOST.iter().find(|(octets, _)| length <= *octets + octets / 8).map_or(0.0, |(_, most)| *most);
            let is_in_time = seconds <= most;
            let is_small = length < MIB * 9 / 10 || memory < MOST_MEMORY;
            println!(
                "WORST {:<40} {:>9} KiB {seconds:>9.3} s {:>9.0} x SHA-256 {memory:>7.2} x its size in memory{}",
                kind.name,
                length / KIB,
                seconds / of_hash,
                match (is_in_time, is_small) {
                    (true, true) => "",
                    (true, false) => "  more memory than wanted",
                    (false, _) => "  TOO SLOW",
                },
            );
            is_within &= is_in_time;
            if seconds > 30.0 {
                break;
            }
        }
    }
    if is_within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
