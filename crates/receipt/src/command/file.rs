//! The files that are given, with what lies beside them.

use std::io;
use std::path::{Path, PathBuf};

use recommande::evidence::{Disclosure, EvidenceIdentifier, Statement};
use recommande::seal::{AnyProof, SignedSubmission, SubmissionError};

use super::error::Error;
use super::told::named;

/// What the paths hold.
pub struct Given {
    pub proofs: Vec<File>,
    /// Containers, which may be as large as their letters and are not read here.
    pub dossiers: Vec<PathBuf>,
}

/// A file that was given as a proof, with the proof in it if it is one.
pub struct File {
    pub path: PathBuf,
    pub octets: Vec<u8>,
    pub proof: Option<AnyProof>,
    /// What lies beside it as its second seal, as evidence records over it, and as proofs of logs.
    pub second_seals: Vec<Vec<u8>>,
    pub records: Vec<Vec<u8>>,
    pub log_proofs: Vec<Vec<u8>>,
    pub disclosure: Option<Disclosure>,
    pub submission: Option<SignedSubmission>,
}

impl File {
    /// The name without the folder.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn evidence(&self) -> Option<EvidenceIdentifier> {
        self.proof.as_ref().map(|proof| proof.stated().evidence_identifier())
    }

    /// The disclosure of its statement that fits and gives the most; the first of its statement where none fits, so that its report says why.
    fn best_of<'d>(&self, all: &'d [Disclosure]) -> Option<&'d Disclosure> {
        let stated = self.proof.as_ref()?.stated();
        let of_it = || all.iter().filter(|disclosure| disclosure.evidence_identifier() == stated.evidence_identifier());
        let fitting = of_it().filter(|disclosure| disclosure.reveal(&stated).is_ok());
        fitting.max_by_key(|disclosure| (disclosure.fields().len(), disclosure.to_json())).or_else(|| of_it().next())
    }
}

/// Reads the paths: proofs, folders with proofs, and the names of containers. The disclosures are for the proofs that they name.
pub fn given(paths: &[PathBuf], disclosures: &[PathBuf]) -> Result<Given, Error> {
    let disclosures = disclosures.iter().map(|path| {
        let disclosure = Disclosure::from_json(&octets(path)?).map_err(|error| named(path, error))?;
        Ok((path, disclosure))
    });
    let disclosures = disclosures.collect::<Result<Vec<_>, Error>>()?;
    let (mut proofs, mut dossiers) = (Vec::new(), Vec::new());
    for path in paths {
        let listed = if path.is_dir() { listed(path)? } else { vec![path.clone()] };
        let (containers, others): (Vec<_>, Vec<_>) = listed.into_iter().partition(|path| has_ending(path, &["asice"]));
        dossiers.extend(containers);
        proofs.extend(others);
    }
    let mut proofs = proofs.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    for (path, disclosure) in &disclosures {
        let is_of = |file: &File| file.evidence() == Some(disclosure.evidence_identifier());
        if !proofs.iter().any(is_of) {
            return Err(named(path, "no proof commits to these values").into());
        }
    }
    let beside = proofs.iter().filter_map(|file| file.disclosure.clone());
    let all: Vec<Disclosure> = disclosures.into_iter().map(|(_, disclosure)| disclosure).chain(beside).collect();
    // Several files may hold one statement, and what is disclosed beside one of them is compared whichever of them is followed.
    for file in &mut proofs {
        file.disclosure = file.best_of(&all).cloned().or(file.disclosure.take());
    }
    Ok(Given { proofs, dossiers })
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
}

/// The proofs and containers in a folder.
fn listed(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = std::fs::read_dir(folder).map_err(|error| named(folder, error))?;
    let listed = listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    let mut listed = listed.map_err(|error| named(folder, error))?;
    listed.retain(|path| has_ending(path, &["p7m", "rma", "asice"]));
    if listed.is_empty() {
        return Err(named(folder, "no proofs (.p7m, .rma) and no containers (.asice)").into());
    }
    listed.sort();
    Ok(listed)
}

fn read(path: PathBuf) -> Result<File, Error> {
    let disclosure = beside(&path.with_extension("disclosure.json"))?.pop();
    let disclosure = disclosure.map(|json| Disclosure::from_json(&json)).transpose();
    let disclosure = disclosure.map_err(|error| named(&path.with_extension("disclosure.json"), error))?;
    let submission = path.with_extension("submission.json");
    let submission = match beside(&submission)?.pop() {
        Some(json) => {
            let signature = path.with_extension("submission.p7s");
            let signed = SignedSubmission::from_parts(&json, &octets(&signature)?).map_err(|error| match error {
                SubmissionError::Signature => named(&signature, error),
                // What a later version of the library adds is about the text until this one knows better.
                SubmissionError::Submission(_) | _ => named(&submission, error),
            });
            Some(signed?)
        }
        None => None,
    };
    let octets = octets(&path)?;
    Ok(File {
        proof: AnyProof::from_der(&octets).ok(),
        second_seals: beside(&path.with_extension("pq.p7s"))?,
        records: beside(&with(&path, ".ers"))?,
        log_proofs: beside(&path.with_extension("tlog-proof"))?,
        disclosure,
        submission,
        octets,
        path,
    })
}

/// Reads a file.
pub fn octets(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| named(path, error).into())
}

/// The file of this name, if there is one.
fn beside(path: &Path) -> Result<Vec<Vec<u8>>, Error> {
    match std::fs::read(path) {
        Ok(octets) => Ok(vec![octets]),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(named(path, error).into()),
    }
}

/// Adds to the whole name of a file.
pub fn with(path: &Path, more: &str) -> PathBuf {
    let mut whole = path.as_os_str().to_owned();
    whole.push(more);
    whole.into()
}
