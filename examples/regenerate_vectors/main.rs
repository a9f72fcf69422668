//! Rewrites `test-vectors/` from fixed keys, times and identifiers: what it writes never changes, octet for octet.
//!
//! `cargo run --example regenerate_vectors [DIR]`. It deletes nothing; README.md and the keys there are not its own.

mod aggregated;
mod archive;
mod attributes;
mod case;
mod chains;
mod commitments;
mod decades;
mod decoding;
mod foreign;
mod good;
mod letters;
mod links;
mod log_proofs;
mod long_term;
mod mandates;
mod manifest;
mod names;
mod oid;
#[path = "../common/output.rs"]
mod output;
mod parties;
mod post_quantum;
mod reconstructions;
mod records;
mod regimes;
mod replies;
mod revocation;
mod second_seals;
mod shape;
mod statements;
mod steps;
mod submissions;
mod tokens;
mod trails;
mod world;

use std::path::{Path, PathBuf};

use manifest::Manifest;
use world::{LETTER, OTHER_LETTER, Result, World, key_files, pem};

fn main() -> Result<()> {
    if let Some(option) = std::env::args().skip(1).find(|argument| argument.starts_with('-')) {
        return Err(format!("{option}: usage: regenerate_vectors [DIR]").into());
    }
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("test-vectors"), PathBuf::from);
    let world = World::new()?;
    let aggregated = aggregated::all(&world)?;
    let commitments = commitments::all(&world)?;
    let second_seals = second_seals::all(&world)?;
    let log_proofs = log_proofs::all(&world, &aggregated.good)?;
    let mandates = mandates::all(&world)?;
    let submissions = submissions::all(&world)?;
    let decades = decades::vectors(&world)?;
    let mut letters = letters::all(&world)?;
    let foreign_letters = letters::foreign::all(&world)?;
    let parties = parties::all(&world)?;
    let trails = trails::all(&world)?;
    let reconstructions = reconstructions::all(&world)?;
    letters.vectors.extend(parties.vectors);
    let replies = replies::all(&world)?;
    let groups = [
        good::cases(&world)?,
        shape::cases(&world)?,
        attributes::cases(&world)?,
        names::cases(&world)?,
        chains::cases(&world)?,
        tokens::cases(&world)?,
        statements::cases(&world)?,
        decoding::cases(&world)?,
        links::cases(&world)?,
        steps::cases(&world)?,
        mandates.cases,
        submissions.cases,
        foreign::cases(&world)?,
        archive::cases(&world)?,
        long_term::cases(&world)?,
        revocation::cases(&world)?,
        records::cases(&world)?,
        aggregated.cases,
        post_quantum::cases(&world)?,
        commitments.cases,
        second_seals.cases,
        decades.cases,
        letters.proofs,
        parties.proofs,
        replies.cases,
        log_proofs.cases,
    ];
    let (mut vectors, mut written) = (Vec::new(), 0);
    for case in groups.into_iter().flatten() {
        written += write(&folder, &case.vector.file, &case.bytes)?;
        vectors.push(case.vector);
    }
    let (seal, tsa) = (&world.pki.root.certificate, &world.pki.tsa_root.certificate);
    let mut others = vec![
        ("anchors/seal.pem".to_owned(), pem(&[seal])),
        ("anchors/tsa.pem".to_owned(), pem(&[tsa])),
        ("extra/tsa.pem".to_owned(), pem(&[&world.pki.tsa.certificate])),
        ("payload/letter.txt".to_owned(), LETTER.to_vec()),
        ("payload/other-letter.txt".to_owned(), OTHER_LETTER.to_vec()),
    ];
    others.push((decades::ANCHORS.to_owned(), decades::anchors(&world)?));
    others.push((decades::PUBLISHED.to_owned(), decades::published(&world)?));
    others.extend(decades.records);
    others.extend(chains::anchors(&world)?);
    others.extend(foreign::requests());
    others.extend(revocation::beside(&world)?);
    others.extend(aggregated.files);
    others.extend(commitments.disclosures);
    others.extend(second_seals.files);
    others.extend(log_proofs.files);
    others.extend(mandates.files);
    others.extend(foreign_letters.files);
    others.extend(parties.files);
    others.extend(submissions.files);
    others.push(replies.disclosure);
    others.extend(trails.files);
    others.extend(reconstructions.files);
    for (file, bytes) in &others {
        written += write(&folder, file, bytes)?;
    }
    let number = vectors.len();
    let manifest = Manifest {
        keys: key_files(),
        commitments: commitments.values,
        disclosures: commitments.unreadable,
        vectors,
        cases: letters.vectors,
        foreign_cases: foreign_letters.vectors,
        regimes: regimes::all(),
        trails: trails.vectors,
        reconstructions: reconstructions.vectors,
    };
    let manifest = serde_json::to_string_pretty(&manifest)? + "\n";
    written += write(&folder, "manifest.json", manifest.as_bytes())?;
    output::print(&format!("{number} vectors in {}; {written} files changed\n", folder.display()))?;
    Ok(())
}

/// Writes a file unless it is there as it should be. Returns how many files changed: none or one.
fn write(folder: &Path, file: &str, bytes: &[u8]) -> Result<usize> {
    let path = folder.join(file);
    if std::fs::read(&path).is_ok_and(|present| present == bytes) {
        return Ok(0);
    }
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    std::fs::write(&path, bytes)?;
    Ok(1)
}
