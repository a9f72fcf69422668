//! Three workers on this machine, beside one process of the library's example `high_volume` in the same run: what a queue and a store
//! cost.
//!
//! ```sh
//! cargo build --release --example high_volume --features parallel     # at the root of the repository
//! cargo build --release --example worker --manifest-path crates/scale-out/Cargo.toml
//! cargo bench --manifest-path crates/scale-out/Cargo.toml             # RECOMMANDE_SCALE_ITEMS: items of a run (20,000)
//! ```
//!
//! The items are in the queue before the clock starts, which runs until the last worker has found nothing more. PostgreSQL has
//! `fsync = on`. `nats-server` has its default, which writes acknowledged messages to the disk every two minutes. The TSA is in this process,
//! behind HTTP, and answers at once; `high_volume` has one inside, and writes its proofs into files (`--keep`). What it takes to verify its
//! proofs is not counted.

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use chrono::Utc;
use recommande_scale_out::Item;
use recommande_scale_out::postgres::PostgresWork;
use support::letters::{Service, sending};
use support::tsa::Tsa;
use support::workers::Workers;
use support::{Folder, database, nats, skipped};

const WORKERS: usize = 3;

/// How the proofs of a run are made.
struct Kind {
    name: &'static str,
    key: &'static str,
    algorithm: &'static [&'static str],
    aggregated: &'static [&'static str],
    /// The share of what `high_volume` makes that is wanted.
    wanted: Option<f64>,
}

const P_256: &[&str] = &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

const KINDS: [Kind; 3] = [
    Kind {
        name: "RSA-3072",
        key: "rsa-3072",
        algorithm: &["RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
        aggregated: &[],
        wanted: Some(0.8),
    },
    Kind { name: "P-256", key: "p-256", algorithm: P_256, aggregated: &[], wanted: None },
    Kind { name: "P-256, aggregated", key: "p-256", algorithm: P_256, aggregated: &["--aggregated"], wanted: None },
];

fn main() {
    let items = std::env::var("RECOMMANDE_SCALE_ITEMS").ok().map_or(20_000, |items| items.parse().expect("a number"));
    for kind in &KINDS {
        let alone = match high_volume(kind, items) {
            Ok(seconds) => rate(items, seconds),
            Err(why) => return skipped("what the workers are compared with", &why),
        };
        for queue in ["PostgreSQL", "JetStream"] {
            match workers(kind, queue, items) {
                Ok(taken) => {
                    let (rate, ratio) = (rate(items, taken.as_secs_f64()), rate(items, taken.as_secs_f64()) / alone);
                    let wanted = kind.wanted.map_or(String::new(), |wanted| format!(" (wanted {wanted:.2})"));
                    let what = format!("{WORKERS} workers {}, {queue}", kind.name);
                    println!("RATIO {what:<44} {rate:>8.0}/s   high_volume {alone:>8.0}/s   ratio {ratio:.3}{wanted}");
                }
                Err(why) => skipped(queue, &why),
            }
        }
    }
}

fn rate(items: usize, seconds: f64) -> f64 {
    items as f64 / seconds.max(1e-9)
}

/// Has three workers empty a queue, and returns how long that takes.
fn workers(kind: &Kind, queue: &str, items: usize) -> Result<Duration, String> {
    let (server, folder) = (database::Server::start("bench")?, Folder::new("bench-files"));
    let (service, database) = (Service::with_key(kind.algorithm), server.with_tables());
    let tsa = Tsa::start(&service.pki, Duration::ZERO);
    let items: Vec<Item> = (0..items).map(|number| service.item(&sending(number, Utc::now()))).collect();
    let connection = server.connection();
    let mut arguments = vec!["--postgres", &connection, "--batch", "500", "--drain"];
    arguments.extend(kind.aggregated);
    let stream = if queue == "JetStream" { Some(nats::Server::start("bench-nats")?) } else { None };
    let url = stream.as_ref().map(nats::Server::url);
    match (&stream, &url) {
        (Some(stream), Some(url)) => {
            arguments.extend(["--nats", url]);
            stream.stream(Duration::from_secs(60)).publish(&items).map_err(|error| error.to_string())?;
        }
        _ => PostgresWork::new(&database).put(&items).map_err(|error| error.to_string())?,
    }
    let mut workers = Workers::new(&folder.0, &service, &tsa, &arguments);
    let started = Instant::now();
    workers.start(WORKERS);
    // One that ends before the others sees what they still have.
    assert!(workers.wait().iter().all(|status| matches!(status, 0 | 2)));
    let taken = started.elapsed();
    let proofs: i64 = server
        .client()
        .query_one("SELECT count(proof) FROM recommande_proof WHERE key NOT LIKE 'batch-%'", &[])
        .unwrap()
        .get(0);
    assert_eq!(usize::try_from(proofs).unwrap(), items.len());
    Ok(taken)
}

/// Runs `high_volume`, and returns how many seconds it takes without verifying its proofs.
fn high_volume(kind: &Kind, items: usize) -> Result<f64, String> {
    let bench = std::env::current_exe().map_err(|error| error.to_string())?;
    let program: PathBuf = bench.parent().and_then(Path::parent).ok_or("no folder")?.join("examples/high_volume");
    let folder = Folder::new("bench-high-volume");
    let run = Command::new(&program)
        .args([
            "--items",
            &items.to_string(),
            "--batch",
            "500",
            "--key",
            kind.key,
            "--tsa-latency",
            "0",
            "--keep",
            "--out",
        ])
        .arg(&folder.0)
        .args(kind.aggregated)
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let text = String::from_utf8_lossy(&run.stdout);
    if !run.status.success() {
        return Err(format!("high_volume: {}", String::from_utf8_lossy(&run.stderr)));
    }
    let seconds = |name: &str| -> Option<f64> {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_once(" in ")?.1.split_once(" s,")?.0.parse().ok()
    };
    let in_all = text.lines().find_map(|line| line.strip_prefix("in all")).and_then(|line| line.split_once(" in "));
    let in_all: Option<f64> = in_all.and_then(|(_, rest)| rest.split_once(" s,")?.0.parse().ok());
    let verified = seconds("verified").unwrap_or_default();
    in_all.map(|in_all| in_all - verified).ok_or_else(|| format!("high_volume says something else:\n{text}"))
}
