//! Plays a day of traffic and writes the trail of each party, with a fault if one is asked for.
//!
//! Keys and certificates are generated for the run and worthless afterwards; the environment is Test. The example `reconstruct`
//! combines what this one writes.

#[path = "../common/arguments.rs"]
mod arguments;
mod day;
mod lie;
#[path = "../common/output.rs"]
mod output;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::{DateTime, TimeDelta, Utc};
use day::Day;
use lie::Lie;

const USAGE: &str = "\
usage: trails [--out DIR] [--fault NAME]

  --out DIR     the folder for the trails and proofs (default: target/trails); those of an earlier run are removed
  --fault NAME  omits-consultation, backdates, sets-calls-back, sets-announcements-back, sets-reads-back, re-chains,
                drops-last-hour, presents-two-exports, alters-line, clock-off, clock-set-at-noon, never-answers or
                changed-on-its-way

exit status: 0 played; 3 usage or file error";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("trails: {error}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<(), Error> {
    let arguments =
        Arguments::read(&["--out", "--fault"], &["--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        return Ok(output::print(&format!("{USAGE}\n"))?);
    }
    let lie = match arguments.text("--fault")? {
        Some(name) => {
            let named = Lie::ALL.iter().copied().find(|lie| lie.name() == name);
            Some(named.ok_or_else(|| format!("--fault: not a known one\n\n{USAGE}"))?)
        }
        None => None,
    };
    let folder = arguments.path("--out").unwrap_or_else(|| "target/trails".into());
    let day = Day::play(some_morning(), lie)?;
    write(&day, &folder)?;
    let roles: String =
        day.trails.iter().map(|trail| format!(" --role {}={}", trail.party, trail.role.name())).collect();
    let folder = folder.display();
    output::print(&format!(
        "Written to {folder}: a day that ended at {:?}. Combine them by\n  cargo run --example reconstruct -- {folder}/* --seal-anchors {folder}/seal-anchors.pem \
        --tsa-anchors {folder}/tsa-anchors.pem --environment Test{roles}\n",
        day.end
    ))?;
    Ok(())
}

/// Eight in the morning, some days ago.
fn some_morning() -> DateTime<Utc> {
    let day = (Utc::now() - TimeDelta::days(3)).date_naive();
    day.and_hms_opt(8, 0, 0).unwrap_or_default().and_utc()
}

/// Writes a folder for each party and one for the proofs.
fn write(day: &Day, folder: &Path) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    fs::write(folder.join("seal-anchors.pem"), day.pki.seal_anchors_pem())?;
    fs::write(folder.join("tsa-anchors.pem"), day.pki.tsa_anchors_pem())?;
    let emptied = |name: &str| -> Result<std::path::PathBuf, Error> {
        let path = folder.join(name);
        if path.exists() {
            for entry in fs::read_dir(&path)? {
                fs::remove_file(entry?.path())?;
            }
        }
        fs::create_dir_all(&path)?;
        Ok(path)
    };
    for trail in &day.trails {
        let path = emptied(trail.name)?;
        for (number, export) in (1..).zip(&trail.exports) {
            fs::write(path.join(format!("{number}.jsonl")), &export.lines)?;
            fs::write(path.join(format!("{number}.manifest.json")), &export.manifest)?;
            fs::write(path.join(format!("{number}.manifest.json.p7s")), &export.signature)?;
        }
    }
    let path = emptied("proofs")?;
    for (number, proof) in (1..).zip(&day.proofs) {
        fs::write(path.join(format!("{number:03}.p7m")), proof)?;
    }
    Ok(())
}
