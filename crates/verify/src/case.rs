//! Judges the proofs of letters together: what they come to for each recipient.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use recommande::evidence::Disclosure;
use recommande::life::{
    Case, CaseVerdict, Claim, Judged, KeepingError, Letter, LetterKeeping, TooManyProofs, Verifiers, judge,
    judge_with_deadlines,
};
use recommande::seal::SignedSubmission;
use recommande::{Indication, Verifier, verify};
use serde_json::Value;
use signed_data::limits::MAX_INPUT;

use crate::error::Error;
use crate::files;
use crate::kind::{followed_octets, signed_submission};
use crate::question::{Followed, Question, Submission};
use crate::settings::{Settings, verifier_with};
use crate::verdict::worst;

/// How many proofs are judged together at the most: the work for one may grow with the number of the others. A recipient has 256 at the most.
const PROOFS: usize = 4_096;

/// What proofs that were judged together come to.
#[derive(Debug, Default)]
pub struct Told {
    /// The letters, in the order of their messages.
    pub letters: Vec<ToldLetter>,
    /// What does not verify, each by the name of its file.
    pub claims: Vec<ToldClaim>,
}

/// The name under which a letter is told.
pub fn name(message: &str) -> String {
    format!("message {message}")
}

/// A letter, and what was asked about it beside its cases.
#[derive(Debug)]
pub struct ToldLetter {
    pub letter: Letter,
    /// What was asked about each case, in their order.
    pub asked: Vec<Asked>,
}

/// The moments of a case under a regime, and until when its proofs are kept: for people, and as JSON.
#[derive(Debug, Default)]
pub struct Asked {
    pub text: String,
    pub moments: Option<Value>,
    pub keeping: Option<Value>,
}

/// A file that does not verify.
#[derive(Debug)]
pub struct ToldClaim {
    pub file: String,
    pub claim: Claim,
}

impl Told {
    /// Returns each letter by itself, with its name.
    pub fn by_letter(self) -> impl Iterator<Item = (String, Self)> {
        let named =
            |told: ToldLetter| (name(told.letter.message.as_str()), Self { letters: vec![told], claims: Vec::new() });
        self.letters.into_iter().map(named)
    }

    /// Returns the verdict: that on the worst case, or on the worst claim where there is no letter. A claim changes no letter.
    pub fn indication(&self) -> Indication {
        let cases = self.letters.iter().flat_map(|told| &told.letter.cases).map(of_case);
        let claims = self.claims.iter().map(|told| match told.claim.finding.outcome {
            verify::Outcome::Failed => Indication::TotalFailed,
            verify::Outcome::Passed
            | verify::Outcome::Information
            | verify::Outcome::Warning
            | verify::Outcome::Indeterminate => Indication::Indeterminate,
        });
        worst(cases).or_else(|| worst(claims)).unwrap_or(Indication::Indeterminate)
    }
}

/// The verdict on a case in the words of the standard.
pub fn of_case(case: &Result<Case, TooManyProofs>) -> Indication {
    match case.as_ref().map(|case| case.verdict) {
        Ok(CaseVerdict::Proven(_)) => Indication::TotalPassed,
        Ok(CaseVerdict::Contradicted(_)) => Indication::TotalFailed,
        // What a later version of the library adds is not proven until this one knows better.
        Ok(CaseVerdict::Incomplete(_) | CaseVerdict::Nothing | _) | Err(TooManyProofs { .. }) => {
            Indication::Indeterminate
        }
    }
}

/// Judges the proofs of a question together.
///
/// # Errors
/// A file cannot be read, or there is more than is judged together.
pub fn told(question: &Question) -> Result<Told, Error> {
    let given = &question.given;
    let proofs = &given.proofs;
    if proofs.len() > PROOFS {
        return Err(too_much(question, &format!("{PROOFS} proofs")));
    }
    let mut read = Read::of(question);
    proofs.iter().try_for_each(|proof| read.proof(proof))?;
    given.disclosures.iter().try_for_each(|path| read.disclosure(path))?;
    given.submissions.iter().try_for_each(|submission| read.submission(submission))?;
    let Settings { verifier, recipients, senders, retention, .. } = &*question.settings;
    let verifiers = recipients.iter().fold(Verifiers::new(verifier), Verifiers::with_verifier_of_recipients);
    let verifiers = senders
        .iter()
        .fold(verifiers, |verifiers, senders| verifiers.with_submissions(&read.submissions, senders))
        .with_disclosures(&read.disclosures)
        .with_second_seals(&read.second_seals)
        .with_verifiers_of_files(&read.verifiers);
    let judged = match retention {
        Some(_) => judge_with_deadlines(verifiers, &read.files, question.now),
        None => judge(verifiers, &read.files, question.now),
    };
    let claims = claims(&judged, proofs);
    let letters = Case::of(&judged).into_iter().map(|letter| {
        let asked = asked(&letter, question).map_err(|error| Error::Usage(error.to_string()));
        asked.map(|asked| ToldLetter { letter, asked })
    });
    Ok(Told { letters: letters.collect::<Result<_, _>>()?, claims })
}

fn claims(judged: &[Judged], proofs: &[Followed]) -> Vec<ToldClaim> {
    let told = |claim: Claim| {
        let file = proofs.get(claim.file).map(|proof| files::shown(&proof.file)).unwrap_or_default();
        ToldClaim { file, claim }
    };
    Case::claims(judged).into_iter().map(told).collect()
}

/// What was asked about each case of a letter.
fn asked(letter: &Letter, question: &Question) -> Result<Vec<Asked>, KeepingError> {
    let Settings { regime, retention, .. } = &*question.settings;
    let keeping = retention.as_ref().map(|retention| letter.keeping(retention, question.now)).transpose()?;
    let mut kept = keeping.iter().flat_map(|LetterKeeping { cases, .. }| cases);
    let mut all = Vec::with_capacity(letter.cases.len());
    for case in &letter.cases {
        let kept = kept.next().and_then(|kept| kept.as_ref().ok());
        let mut asked = Asked::default();
        if let (Ok(case), Some(regime)) = (case, regime) {
            let moments = case.moments(regime, question.now)?;
            asked.text += &format!("recipient {}, {moments}", case.recipient);
            asked.moments = serde_json::to_value(&moments).ok();
        }
        if let Some(kept) = kept {
            asked.text += &format!("recipient {}, {kept}", kept.recipient);
            asked.keeping = serde_json::to_value(kept).ok();
        }
        all.push(asked);
    }
    Ok(all)
}

fn too_much(question: &Question, limit: &str) -> Error {
    let what = format!(
        "this and the proofs that name it, or that it names, are more than {limit}, which is the most that is judged together"
    );
    Error::Content { path: question.file.clone(), what }
}

/// What was read of the files, within a bound for all of them.
struct Read<'q> {
    question: &'q Question,
    octets: usize,
    /// What lies beside several copies of a proof is read once.
    beside: HashSet<&'q Path>,
    /// A text may have several signatures, of which one holds.
    signed: HashSet<[&'q PathBuf; 2]>,
    files: Vec<Vec<u8>>,
    second_seals: Vec<Vec<Vec<u8>>>,
    verifiers: Vec<Option<Verifier>>,
    disclosures: Vec<Disclosure>,
    submissions: Vec<SignedSubmission>,
}

impl<'q> Read<'q> {
    fn of(question: &'q Question) -> Self {
        Self {
            question,
            octets: 0,
            beside: HashSet::new(),
            signed: HashSet::new(),
            files: Vec::new(),
            second_seals: Vec::new(),
            verifiers: Vec::new(),
            disclosures: Vec::new(),
            submissions: Vec::new(),
        }
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

    fn proof(&mut self, proof: &'q Followed) -> Result<(), Error> {
        let Followed { file, disclosures, second_seals, submissions, records, log_proofs } = proof;
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

    fn disclosure(&mut self, path: &'q Path) -> Result<(), Error> {
        if self.beside.insert(path) {
            let octets = files::octets(path)?;
            self.count(octets.len())?;
            self.disclosures.push(Disclosure::from_json(&octets).map_err(Error::content(path))?);
        }
        Ok(())
    }

    fn submission(&mut self, submission: &'q Submission) -> Result<(), Error> {
        if self.signed.insert(submission.files()) {
            let signed = signed_submission(&submission.json, &submission.signature)?;
            self.count(signed.submission().json().len().saturating_add(signed.signature().len()))?;
            self.submissions.push(signed);
        }
        Ok(())
    }
}
