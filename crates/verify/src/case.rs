//! Judges the proofs of letters together: what they come to for each recipient.

mod compared;
mod read;

use recommande::life::{
    Case, CaseVerdict, Claim, KeepingError, Letter, LetterKeeping, TooManyProofs, Verifiers, judge,
    judge_with_deadlines,
};
use recommande::{Indication, verify};
use serde_json::Value;

use self::compared::Compared;
use self::read::{Read, too_much};
use crate::error::Error;
use crate::files;
use crate::question::Question;
use crate::settings::Settings;
use crate::verdict::worst;

/// How many proofs are judged together at the most: the work for one may grow with the number of the others. A recipient has 256 at the most.
const PROOFS: usize = 4_096;

/// What proofs that were judged together come to.
#[derive(Debug)]
pub struct Told {
    /// The letters, in the order of their messages.
    pub letters: Vec<ToldLetter>,
    /// What does not verify, each by the name of its file.
    pub claims: Vec<ToldClaim>,
    /// The verdict: that on the worst case, or on the worst claim where there is no letter. A claim changes no letter, and what was given with a
    /// proof and differs from it changes all.
    indication: Indication,
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
        self.letters.into_iter().map(|told| {
            let (name, indication) = (name(told.letter.message.as_str()), of_letter(&told));
            (name, Self { letters: vec![told], claims: Vec::new(), indication })
        })
    }

    /// Returns the verdict.
    pub fn indication(&self) -> Indication {
        self.indication
    }
}

/// The verdict on the worst case of a letter.
fn of_letter(told: &ToldLetter) -> Indication {
    worst(told.letter.cases.iter().map(of_case)).unwrap_or(Indication::Indeterminate)
}

/// The verdict on what does not verify.
fn of_claim(claim: &Claim) -> Indication {
    match claim.finding.outcome {
        verify::Outcome::Failed => Indication::TotalFailed,
        verify::Outcome::Passed
        | verify::Outcome::Information
        | verify::Outcome::Warning
        | verify::Outcome::Indeterminate => Indication::Indeterminate,
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
/// A file cannot be read, there is more than is judged together, or something was given that no proof is about.
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
    let Compared { differing, decided, beside } = Compared::of(&read)?;
    let places = read.without(&differing.iter().map(|claim| claim.file).collect());
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
    let letters = Case::of(&judged).into_iter().map(|letter| {
        let asked = asked(&letter, question).map_err(|error| Error::Usage(error.to_string()));
        asked.map(|asked| ToldLetter { letter, asked })
    });
    let letters = letters.collect::<Result<Vec<_>, _>>()?;
    let claimed = Case::claims(&judged).into_iter().filter_map(|claim| {
        let file = *places.get(claim.file)?;
        Some(Claim { file, ..claim })
    });
    let claimed: Vec<Claim> = claimed.collect();
    let of_letters = worst(letters.iter().flat_map(|told| &told.letter.cases).map(of_case));
    let of_letters = of_letters.or_else(|| worst(claimed.iter().chain(&differing).map(of_claim)));
    let indication = worst(of_letters.into_iter().chain(decided.iter().map(of_claim)));
    let indication = indication.unwrap_or(Indication::Indeterminate);
    let mut claims: Vec<Claim> = claimed.into_iter().chain(differing).chain(beside).collect();
    claims.sort_by_key(|claim| claim.file);
    let told = |claim: Claim| {
        let file = proofs.get(claim.file).map(|proof| files::shown(&proof.file)).unwrap_or_default();
        ToldClaim { file, claim }
    };
    Ok(Told { letters, claims: claims.into_iter().map(told).collect(), indication })
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
