//! What is read of the proofs that are judged together, and what is given with them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use recommande::Verifier;
use recommande::evidence::Disclosure;
use recommande::seal::SignedSubmission;
use signed_data::limits::MAX_INPUT;

use crate::error::Error;
use crate::files;
use crate::kind::{followed_octets, signed_submission};
use crate::question::{Followed, Question, Submission};
use crate::settings::{Settings, verifier_with};

/// What was read of the files, within a bound for all of them.
pub struct Read<'q> {
    pub question: &'q Question,
    octets: usize,
    /// What lies beside several copies of a proof is read once.
    beside: HashSet<&'q Path>,
    /// A text may have several signatures, of which one holds.
    signed: HashSet<[&'q PathBuf; 2]>,
    pub files: Vec<Vec<u8>>,
    pub second_seals: Vec<Vec<Vec<u8>>>,
    pub verifiers: Vec<Option<Verifier>>,
    /// The disclosures, and the file of each.
    pub disclosures: Vec<Disclosure>,
    pub disclosed_by: Vec<&'q Path>,
    /// The submissions, and the text of each.
    pub submissions: Vec<SignedSubmission>,
    pub submitted_by: Vec<&'q Path>,
}

impl<'q> Read<'q> {
    /// Begins with nothing.
    pub fn of(question: &'q Question) -> Self {
        Self {
            question,
            octets: 0,
            beside: HashSet::new(),
            signed: HashSet::new(),
            files: Vec::new(),
            second_seals: Vec::new(),
            verifiers: Vec::new(),
            disclosures: Vec::new(),
            disclosed_by: Vec::new(),
            submissions: Vec::new(),
            submitted_by: Vec::new(),
        }
    }

    /// Takes out the proofs at these places, with what lies beside them. Returns the places of the others.
    pub fn without(&mut self, places: &HashSet<usize>) -> Vec<usize> {
        fn keep<T>(all: &mut Vec<T>, places: &HashSet<usize>) {
            let mut place = 0..;
            all.retain(|_| place.next().is_some_and(|place| !places.contains(&place)));
        }
        let mut kept: Vec<usize> = (0..self.files.len()).collect();
        keep(&mut kept, places);
        keep(&mut self.files, places);
        keep(&mut self.second_seals, places);
        keep(&mut self.verifiers, places);
        kept
    }

    /// Counts what was read: so much is in memory, for each thread.
    fn count(&mut self, octets: usize) -> Result<(), Error> {
        self.octets = self.octets.saturating_add(octets);
        if self.octets > MAX_INPUT {
            return Err(too_much(self.question, &format!("{MAX_INPUT} octets, with what lies beside them")));
        }
        Ok(())
    }

    fn all(&mut self, paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Error> {
        let mut all = Vec::with_capacity(paths.len());
        for path in paths {
            let octets = files::octets(path)?;
            self.count(octets.len())?;
            all.push(octets);
        }
        Ok(all)
    }

    /// Reads a proof with what lies beside it.
    pub fn proof(&mut self, proof: &'q Followed) -> Result<(), Error> {
        // The parts of a statement are read with it.
        let Followed { file, disclosures, second_seals, submissions, records, log_proofs, parts: _ } = proof;
        let octets = followed_octets(file)?;
        self.count(octets.len())?;
        self.files.push(octets);
        let second_seals = self.all(second_seals)?;
        self.second_seals.push(second_seals);
        let (records, log_proofs) = (self.all(records)?, self.all(log_proofs)?);
        let Settings { verifier, for_all, .. } = &*self.question.settings;
        if !(records.is_empty() && log_proofs.is_empty()) {
            self.count(*for_all)?;
        }
        self.verifiers.push(verifier_with(verifier, records, log_proofs));
        disclosures.iter().try_for_each(|path| self.disclosure(path))?;
        submissions.iter().try_for_each(|submission| self.submission(submission))
    }

    /// Reads a disclosure, once.
    pub fn disclosure(&mut self, path: &'q Path) -> Result<(), Error> {
        if self.beside.insert(path) {
            let octets = files::octets(path)?;
            self.count(octets.len())?;
            self.disclosures.push(Disclosure::from_json(&octets).map_err(Error::content(path))?);
            self.disclosed_by.push(path);
        }
        Ok(())
    }

    /// Reads a submission, once with each signature.
    pub fn submission(&mut self, submission: &'q Submission) -> Result<(), Error> {
        if self.signed.insert(submission.files()) {
            let signed = signed_submission(&submission.json, &submission.signature)?;
            self.count(signed.submission().json().len().saturating_add(signed.signature().len()))?;
            self.submissions.push(signed);
            self.submitted_by.push(&submission.json);
        }
        Ok(())
    }
}

/// Says that there is more than is judged together.
pub fn too_much(question: &Question, limit: &str) -> Error {
    let what = format!(
        "this and the proofs that name it, or that it names, are more than {limit}, which is the most that is judged together"
    );
    Error::Content { path: question.file.clone(), what }
}
