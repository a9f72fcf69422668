//! Ten thousand proofs in a folder, verified by the command: beside the library over the same files by as many threads, and by two threads beside one.
//!
//! Each round runs everything once, in turns. The medians of the rounds are printed: `cargo bench -p recommande-verify -- [ROUNDS]`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use chrono::TimeDelta;
use recommande::crypto::KeyKind;
use recommande::testing::TestTsa;
use recommande::verify::Context;
use recommande::{Environment, Indication, Payload, TsaPool, Verifier};
use recommande_benches::fixtures;
use recommande_benches::raw::Raw;

/// How many proofs lie in the folder.
const PROOFS: usize = 10_000;

fn main() {
    // `cargo test --benches` and criterion's own options come here too.
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(5);
    let pki = fixtures::pki(&KeyKind::EcP256);
    let (sealer, now) = (fixtures::sealer(&pki), fixtures::now());
    let tsas = TsaPool::new().with_tsa("test", TestTsa::new(&pki).with_clock(fixtures::now));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rate");
    let proofs = folder.join("proofs");
    std::fs::create_dir_all(&proofs).expect("a folder");
    let (mut paths, mut raw) = (Vec::new(), Vec::new());
    for number in 0..PROOFS {
        let sealed = sealer.seal(&fixtures::letter(number), now).expect("a seal");
        raw.push(Raw::of(sealed.der(), pki.seal.signer.public_key()));
        let path = proofs.join(format!("{number:05}.p7m"));
        std::fs::write(&path, sealed.stamp_with(&tsas).expect("a timestamp").der()).expect("a file");
        paths.push(path);
    }
    let anchors = [("seal.pem", pki.seal_anchors_pem()), ("tsa.pem", pki.tsa_anchors_pem())].map(|(name, pem)| {
        let path = folder.join(name);
        std::fs::write(&path, pem).expect("a file");
        path
    });
    let later = now + TimeDelta::days(1);
    let tool = |threads: usize| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_recommande-verify"));
        command.arg(&proofs).arg("--seal-anchors").arg(&anchors[0]).arg("--tsa-anchors").arg(&anchors[1]);
        command.args(["--environment", "Test", "--now", &later.to_rfc3339(), "--threads", &threads.to_string()]);
        let status = command.stdout(Stdio::null()).status().expect("the command");
        assert!(status.success());
    };
    let verifier = || Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
    let report = &|verifier: &Verifier, path: &PathBuf| {
        let file = std::fs::read(path).expect("a file");
        let report = verifier.report(file.as_slice(), Context::from(Payload::NotAvailable), later);
        assert_eq!(report.indication, Indication::TotalPassed);
    };
    // One verifier for all threads, as a service has it.
    let library = |threads: usize| {
        let verifier = &verifier();
        std::thread::scope(|scope| {
            for part in paths.chunks(PROOFS.div_ceil(threads)) {
                scope.spawn(move || part.iter().for_each(|path| report(verifier, path)));
            }
        });
    };
    let signatures = |threads: usize| {
        std::thread::scope(|scope| {
            for part in raw.chunks(PROOFS.div_ceil(threads)) {
                // As many as keep the clock from counting the threads.
                scope.spawn(move || (0..5).for_each(|_| part.iter().for_each(Raw::verify)));
            }
        });
    };
    let mut times: [Vec<f64>; 6] = Default::default();
    for round in 0..rounds {
        let runs: [&dyn Fn(); 6] =
            [&|| tool(1), &|| library(1), &|| tool(2), &|| library(2), &|| signatures(1), &|| signatures(2)];
        for (run, times) in runs.into_iter().zip(&mut times) {
            let start = Instant::now();
            run();
            times.push(start.elapsed().as_secs_f64());
        }
        eprintln!("round {} of {rounds}", round + 1);
    }
    let [one, library_one, two, library_two, raw_one, raw_two] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    let rate = |seconds: f64| PROOFS as f64 / seconds;
    for (threads, tool, library) in [("one thread", one, library_one), ("two threads", two, library_two)] {
        let (rate_of_tool, rate_of_library) = (rate(tool), rate(library));
        println!(
            "RATIO {threads} of the command {rate_of_tool:.0}/s, of the library {rate_of_library:.0}/s: {:.3}, wanted 0.80",
            library / tool
        );
    }
    let (gain, raw_gain) = (one / two, raw_one / raw_two);
    println!(
        "RATIO two threads gain {gain:.2}, those of raw verifications {raw_gain:.2}: {:.3}, wanted 0.85",
        gain / raw_gain
    );
}
