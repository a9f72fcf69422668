//! Measures what the worst files cost that are known, of each kind and of growing size: time on the processor, beside
//! SHA-256 over the file, and the most memory at once.
//!
//! `cargo bench --bench worst_files -- [NAME] [--up-to MIB] [--examples]` measures the kinds whose name holds NAME. With
//! `--examples` the verifying examples judge each file too, and what counts is the most memory of their processes; they
//! are built before by `cargo build --release --examples`.

// Of the OBJECT IDENTIFIERs the generators use some.
#[allow(dead_code)]
#[path = "../tests/common/oid.rs"]
mod oid;
#[path = "../tests/common/worst.rs"]
mod worst;

use std::fmt::{self, Display, Write};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::{Duration as Days, SecondsFormat};
use peak_alloc::PeakAlloc;
use recommande::seal::AnyProof;
use recommande::testing::{TestKeys, TestPki};
use recommande::verify::{Content, ContentDigests, Report, SubIndication};
use recommande::{Environment, Payload, Verifier};
use recommande_benches::{Memory, fixtures, memory_of, processor};
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
/// What takes less is repeated, in seconds: the system counts a thread's time in ticks of some milliseconds.
const SHORTEST: f64 = 0.1;
/// The most memory, as a multiple of the file, from 1 MiB on.
const MOST_MEMORY: f64 = 3.0;

/// The seconds that some work takes, and the memory at once above what was there before.
fn measured<T>(work: impl FnOnce() -> T) -> (T, f64, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let started = processor();
    let made = work();
    let seconds = processor().saturating_sub(started).as_secs_f64();
    (made, seconds, MEMORY.peak_usage().saturating_sub(before))
}

/// Counts the octets of a text as it is printed: nobody needs it as a whole.
struct Printed(usize);

impl Write for Printed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

fn printed(report: impl Display) -> usize {
    let mut printed = Printed(0);
    write!(printed, "{report}").expect("a text");
    printed.0
}

/// A full report, by a verifier that has seen nothing before, in a text for people. A proof holds its octets, so that the
/// file is let go as in the example `verify`.
fn report(pki: &TestPki, door: Door, file: Vec<u8>) -> usize {
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let at = fixtures::now() + Days::days(1);
    match door {
        Door::Signatures => {
            let signatures = verifier.report_signatures(&file, Content::Attached, at);
            let is_read = |report: &Report| report.sub_indication != Some(SubIndication::FormatFailure);
            assert!(
                signatures.reports.iter().all(is_read),
                "a file that is refused costs next to nothing: {signatures}"
            );
            printed(signatures)
        }
        Door::Proof => {
            let proof = AnyProof::from_der(&file).expect("a proof");
            drop(file);
            printed(verifier.report(&proof, Payload::NotAvailable, at))
        }
        Door::Timestamp => printed(verifier.report_timestamp(&file, &ContentDigests::default(), None, at)),
        Door::Record => printed(verifier.report_evidence_record(&file, &[], at)),
    }
}

/// The seconds that a report takes, and its memory. A short one of a small file is repeated until the clock tells its time,
/// with which that of larger files is compared.
fn judged(pki: &TestPki, door: Door, file: Vec<u8>) -> (f64, usize) {
    let copy = (file.len() < 2 * MIB).then(|| file.clone());
    let (_, mut seconds, peak) = measured(|| report(pki, door, file));
    let mut times = 1;
    while let Some(copy) = copy.as_ref().filter(|_| seconds < SHORTEST) {
        times *= 2;
        let copies = vec![copy.clone(); times];
        let judge = |copy| black_box(report(pki, door, copy));
        (_, seconds, _) = measured(|| copies.into_iter().map(judge).sum::<usize>());
    }
    (seconds / times as f64, peak)
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

/// The verifying examples, and what they judge: files in a folder of their own.
struct Examples {
    folder: PathBuf,
    programs: PathBuf,
    at: String,
}

impl Examples {
    fn of(pki: &TestPki) -> Self {
        let folder = std::env::temp_dir().join(format!("worst-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (name, certificate) in [("seal", &pki.root.certificate), ("tsa", &pki.tsa_root.certificate)] {
            std::fs::write(folder.join(name), certificate.der()).expect("an anchor");
        }
        let bench = std::env::current_exe().expect("this program");
        let programs = bench.parent().and_then(Path::parent).expect("a target folder").join("examples");
        let at = (fixtures::now() + Days::days(1)).to_rfc3339_opts(SecondsFormat::Secs, true);
        Self { folder, programs, at }
    }

    /// The most memory of the process that judges a file, in octets.
    fn peak(&self, door: Door, file: &[u8]) -> usize {
        let path = |name: &str| self.folder.join(name).into_os_string();
        std::fs::write(path("file"), file).expect("a file");
        let (program, options): (_, &[(&str, &str)]) = match door {
            Door::Signatures => ("verify_cades", &[("--anchors", "seal"), ("--tsa-anchors", "tsa")]),
            Door::Proof => ("verify", &[("--seal-anchors", "seal"), ("--tsa-anchors", "tsa")]),
            Door::Timestamp => ("verify_timestamp", &[("--anchors", "tsa")]),
            Door::Record => ("verify_evidence_record", &[("--tsa-anchors", "tsa")]),
        };
        let mut command = Command::new(self.programs.join(program));
        command.arg(path("file")).stdout(Stdio::null());
        for (option, anchor) in options {
            command.arg(option).arg(path(anchor));
        }
        command.args(["--now", &self.at]);
        match door {
            Door::Proof => {
                command.args(["--environment", "Test"]);
            }
            // These have no environment.
            Door::Signatures | Door::Timestamp | Door::Record => {}
        }
        let mut process = command.spawn().expect("the examples are built by cargo build --release --examples");
        let number = process.id().to_string();
        let mut peak = 0;
        // The system keeps the peak as long as the process is there, which prints its report last.
        while process.try_wait().expect("a process").is_none() {
            peak = peak.max(memory_of(&number, Memory::Most).unwrap_or_default());
            std::thread::sleep(Duration::from_micros(200));
        }
        peak
    }
}

impl Drop for Examples {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// How much faster than the file its time grows, from the file of 1 MiB to the largest.
fn growth(measured: &[(usize, f64)]) -> Option<f64> {
    let from = measured.iter().find(|(length, _)| *length >= MIB - MIB / 10)?;
    let to = measured.last().filter(|(length, _)| *length > 2 * from.0)?;
    Some((to.1 / from.1) / (to.0 as f64 / from.0 as f64))
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut wanted, mut largest, mut with_examples) = (String::new(), usize::MAX, false);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--up-to" => {
                let mebibytes: usize = arguments.next().and_then(|text| text.parse().ok()).expect("--up-to MIB");
                largest = mebibytes * MIB;
            }
            "--examples" => with_examples = true,
            name => wanted = name.to_owned(),
        }
    }
    let pki = TestPki::with_keys(TestKeys::derived("worst files").expect("keys"), fixtures::now()).expect("a PKI");
    let sealed = fixtures::sealer(&pki).seal(&fixtures::sending(), fixtures::now()).expect("a seal");
    let attacker = Attacker::new(pki, sealed.der(), fixtures::now());
    let mut is_within = true;
    let examples = with_examples.then(|| Examples::of(&attacker.pki));
    for kind in KINDS.iter().filter(|kind| kind.name.contains(&wanted)) {
        let mut times = Vec::new();
        for size in SIZES.into_iter().filter(|size| *size <= largest) {
            let file = kind.of_size(&attacker, size);
            let small = (kind.make)(&attacker, 8 * KIB);
            let (length, of_hash) = (file.len(), hash(&file));
            let (_, _, base) = measured(|| report(&attacker.pki, kind.door, small));
            let of_process = examples.as_ref().map(|examples| {
                // A process that is over at once was seen before it had anything.
                let smallest = (kind.make)(&attacker, KIB);
                let smallest = (0..9).map(|_| examples.peak(kind.door, &smallest)).max().unwrap_or_default();
                examples.peak(kind.door, &file).saturating_sub(smallest) as f64 / length as f64
            });
            let (seconds, peak) = judged(&attacker.pki, kind.door, file);
            // The caller holds the file itself.
            let memory = (length + peak).saturating_sub(base) as f64 / length as f64;
            let most = MOST.iter().find(|(octets, _)| length <= *octets + octets / 8).map_or(0.0, |(_, most)| *most);
            let is_in_time = seconds <= most;
            let is_small = length < MIB * 9 / 10 || memory.max(of_process.unwrap_or_default()) < MOST_MEMORY;
            times.push((length, seconds));
            println!(
                "WORST {:<40} {:>9} KiB {seconds:>9.3} s {:>9.0} x SHA-256 {memory:>7.2} x its size in memory{}{}",
                kind.name,
                length / KIB,
                seconds / of_hash,
                of_process.map(|peak| format!(", {peak:.2} x in the example")).unwrap_or_default(),
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
        if let Some(growth) = growth(&times) {
            println!("GROWTH {:<40} {growth:>5.2} x linear", kind.name);
        }
    }
    if is_within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
