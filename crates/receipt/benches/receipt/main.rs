//! Measures a page as PDF beside the plain way: the same words, code and file by the PDF library with its own settings and
//! the fonts as they are. Then it makes many receipts beside as many seals, and tells the memory after the first thousand of
//! each and at the end.
//!
//! Usage: `cargo bench --bench receipt [-- NUMBER]`, where NUMBER is how many receipts, 100,000 unless it is given.

mod plain;

use std::hint::black_box;
use std::time::Duration;

use chrono::{DateTime, Utc};
use recommande::evidence::Statement;
use recommande::testing::TestPki;
use recommande::verify::Context;
use recommande::{
    Credentials, Environment, Payload, ProofOfSending, Sealer, Sending, TrustAnchors, Verified, Verifier,
};
use recommande_receipt::{Fonts, Language, Options, Page, Shown, page_of_proof};

use plain::Plain;

/// The receipt of a proof has to take at most half the time of the plain way.
const WANTED: f64 = 2.0;
const ROUNDS: usize = 9;
const PAGES_OF_A_ROUND: usize = 30;
const FIRST: usize = 1_000;

fn main() {
    // Cargo gives `--bench` itself.
    let number = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let number: usize = number.map_or(100_000, |number| number.parse().expect("a number of receipts"));
    let proof = vector("good/sending.p7m");
    let now: DateTime<Utc> = "2026-05-01T12:00:00Z".parse().expect("a time");
    let verifier = verifier();
    let receipt = |language: usize| {
        let shown = Shown::of(&verifier, &proof, Context::from(Payload::NotAvailable), now).with_name("sending.p7m");
        let language = Language::ALL.into_iter().cycle().nth(language % Language::ALL.len()).expect("a language");
        page_of_proof(&shown, Options::new(language))
    };
    beside_the_plain_way(&receipt(0), &proof);
    let sending = ProofOfSending::from_der(&proof).expect("a proof");
    let sending = verifier.verify(&sending, Payload::NotAvailable, now).expect("a sending that holds");
    beside_seals(receipt, &sending, number);
}

/// Measures the two in turns, and takes the middle of the ratios.
fn beside_the_plain_way(page: &Page, proof: &[u8]) {
    let fonts = Fonts::new().expect("the fonts");
    let plain = Plain::of(&page.to_html(), proof);
    let (ours, theirs) = (page.to_pdf(&fonts).expect("a PDF"), plain.to_pdf());
    println!("a page has {} octets, and one of the plain way {}", ours.len(), theirs.len());
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let ours = time_of(PAGES_OF_A_ROUND, |_| page.to_pdf(&fonts).expect("a PDF"));
        let theirs = time_of(PAGES_OF_A_ROUND, |_| plain.to_pdf());
        rounds.push((theirs.as_secs_f64() / ours.as_secs_f64(), ours, theirs));
    }
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, ours, theirs) = rounds[ROUNDS / 2];
    row("a page as PDF", ours, "the plain way", theirs, PAGES_OF_A_ROUND, &format!("{ratio:.3} (wanted {WANTED:.2})"));
}

/// Makes receipts from the file on, and seals.
fn beside_seals(receipt: impl Fn(usize) -> Page, sending: &Verified<Sending>, number: usize) {
    let fonts = Fonts::new().expect("the fonts");
    // A sending is sealed when it happened.
    let now = sending.statement().event_time();
    let pki = TestPki::new(now).expect("a throwaway PKI");
    let credentials = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).expect("key and chain");
    let sealer = Sealer::new(credentials, sending.issuer().clone());
    let first = FIRST.min(number);
    let mut receipts = time_of(first, |number| receipt(number).to_pdf(&fonts).expect("a PDF"));
    let after_first = most_memory();
    receipts += time_of(number - first, |number| receipt(number).to_pdf(&fonts).expect("a PDF"));
    let after_all = most_memory();
    let seals = time_of(number, |_| sealer.seal(sending.statement(), now).expect("a seal"));
    row(
        "receipts, from the file on",
        receipts,
        "seals",
        seals,
        number,
        &format!("{:.3}", seals.as_secs_f64() / receipts.as_secs_f64()),
    );
    println!("most memory after {first} receipts {after_first} KiB, after {number} {after_all} KiB");
}

fn row(what: &str, ours: Duration, limit: &str, theirs: Duration, count: usize, ratio: &str) {
    let rate = |time: Duration| count as f64 / time.as_secs_f64();
    println!("RATIO {what:<32} {:>11.0}/s   {limit:<24} {:>11.0}/s   ratio {ratio}", rate(ours), rate(theirs));
}

/// Returns how long this thread was on a processor, so that other processes do not count.
fn time_of<T>(count: usize, make: impl Fn(usize) -> T) -> Duration {
    let begin = processor();
    for number in 0..count {
        black_box(make(number));
    }
    processor() - begin
}

fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("a system that counts time");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok()).expect("nanoseconds");
    Duration::from_nanos(nanoseconds)
}

/// Returns the most memory that this process had at once, in KiB.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").expect("a system that counts memory");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the most memory");
    line.trim().trim_end_matches(" kB").to_owned()
}

fn verifier() -> Verifier {
    let anchors = |path| {
        let pem = String::from_utf8(vector(path)).expect("a PEM file");
        TrustAnchors::from_pem(&pem).expect("anchors")
    };
    Verifier::new(anchors("anchors/seal.pem"), anchors("anchors/tsa.pem"), Environment::Test)
}

fn vector(path: &str) -> Vec<u8> {
    let vectors = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors");
    std::fs::read(vectors.join(path)).expect("a test vector")
}
