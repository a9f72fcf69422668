//! Which of the files is the letter that a proof is about.

use recommande::evidence::{AnyStatement, ContentPart, Statement as _};

use crate::file::{Content, File};

/// The letter of a proof, among the files.
pub(crate) enum Letter {
    /// These files have the digests that the proof states, one or more for its parts.
    Matches(Vec<usize>),
    /// No file has them, and this one is nothing else than a letter and that of no other proof.
    Differs(usize),
    /// This file may be the letter: only its digests were kept, and the proof states none of those.
    NotComparable(usize),
    /// There is no letter among the files.
    NotGiven,
}

/// The letters among the files. What is the letter of one proof is not held against another one.
pub(crate) struct Letters {
    /// The files that are nothing else and are the letter of no proof.
    pub(crate) of_no_proof: Vec<usize>,
    /// Those, and the pictures and containers that lie beside proofs: they can be the letter, and are not held against a proof.
    pub(crate) unmatched: Vec<usize>,
}

impl Letters {
    /// Finds the files that are the letter of no proof.
    pub(crate) fn of(files: &[&File], statements: &[AnyStatement]) -> Self {
        let is_of_none = |file: &File| !statements.iter().any(|statement| is_letter(file, statement));
        let is_letter_alone = |file: &File| matches!(file.content, Content::Other);
        let can_be = |file: &File| {
            matches!(file.content, Content::Other | Content::Dossier(_) | Content::Picture | Content::LetterOfDossier)
        };
        let places = files.iter().enumerate().filter(|(_, file)| can_be(file) && is_of_none(file));
        let unmatched: Vec<usize> = places.map(|(place, _)| place).collect();
        let held =
            unmatched.iter().copied().filter(|place| files.get(*place).is_some_and(|file| is_letter_alone(file)));
        Self { of_no_proof: held.collect(), unmatched }
    }

    /// Returns the letter of a proof. Any file can be one, whatever else it is: a letter can be a certificate.
    pub(crate) fn letter_of(&self, files: &[&File], statement: &AnyStatement) -> Letter {
        let matching = files.iter().enumerate().filter(|(_, file)| is_letter(file, statement));
        let matching: Vec<usize> = matching.map(|(place, _)| place).collect();
        let is_comparable = |place: &&usize| files.get(**place).is_some_and(|file| is_comparable(file, statement));
        match (self.of_no_proof.iter().find(is_comparable), self.of_no_proof.first()) {
            _ if !matching.is_empty() => Letter::Matches(matching),
            // The user gave it as the letter of something, and the verifier says that it is not that of this proof.
            (Some(place), _) => Letter::Differs(*place),
            (None, Some(place)) => Letter::NotComparable(*place),
            (None, None) => Letter::NotGiven,
        }
    }
}

/// Tells if a digest that the statement states can be computed.
fn is_comparable(file: &File, statement: &AnyStatement) -> bool {
    let is_known =
        |part: &ContentPart| part.digests().iter().any(|stated| file.digests.get(stated.algorithm()).is_some());
    file.octets.is_some() || statement.parts().iter().any(is_known)
}

fn is_letter(file: &File, statement: &AnyStatement) -> bool {
    statement.parts().iter().any(|part| is_part(file, part))
}

/// Tells if a file has every digest of a part that can be computed, and at least one.
fn is_part(file: &File, part: &ContentPart) -> bool {
    let mut compared = 0_usize;
    for stated in part.digests().iter() {
        let computed = file.digest(stated.algorithm());
        match computed {
            Some(computed) if computed == *stated => compared += 1,
            Some(_) => return false,
            None => {}
        }
    }
    compared > 0
}
