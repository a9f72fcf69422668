//! Questions and answers, as the page has them in JSON.

use chrono::{DateTime, Utc};
use recommande::Indication;
use recommande_receipt::{Language, Numbers, Tone};
use serde::{Deserialize, Serialize};

/// A question about the open files.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The time of the verdict: that of the browser's clock.
    pub(crate) now: DateTime<Utc>,
    /// The language of the pages: `fr`, `nl`, `de` or `en`.
    pub(crate) language: String,
    /// The numbers of citizens are shown: `masked` or `in-full`.
    #[serde(default)]
    pub(crate) numbers: NumbersAsked,
}

/// How the numbers of citizens are shown.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NumbersAsked {
    #[default]
    Masked,
    InFull,
}

impl Asked {
    pub(crate) fn language(&self) -> Result<Language, Failure> {
        self.language.parse().map_err(|_| Failure::of("question"))
    }

    pub(crate) fn numbers(&self) -> Numbers {
        match self.numbers {
            NumbersAsked::Masked => Numbers::Masked,
            NumbersAsked::InFull => Numbers::InFull,
        }
    }
}

/// What the files come to.
#[derive(Serialize)]
pub(crate) struct Answer {
    pub(crate) now: DateTime<Utc>,
    /// Whose the trust anchors are.
    pub(crate) anchors: AnchorsOf,
    /// The verdicts on the dossiers, and not on what is in them.
    pub(crate) containers: Vec<ShownContainer>,
    pub(crate) results: Vec<Shown>,
    /// What a reader has to know beside the results.
    pub(crate) notes: Vec<Note>,
}

/// Whose the trust anchors are.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnchorsOf {
    /// Of whoever published the page.
    Page,
    /// Of the user, who loaded them.
    User,
    /// Nobody's: nothing can be proven.
    Nobody,
}

/// A remark about a file, or about all of them.
#[derive(PartialEq, Serialize)]
pub(crate) struct Note {
    pub(crate) code: NoteCode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

/// What a remark says. The page has words for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NoteCode {
    /// There is no proof among the files.
    NoProof,
    /// A file belongs to no proof: it is the letter of none.
    NotUsed,
    /// A disclosure is that of no proof.
    DisclosureNotUsed,
    /// The text of a code is not one of a proof.
    CodeUnreadable,
    /// A code has the names of a proof alone, and proves nothing.
    CodeNamesOnly,
    /// A code has the names of a proof that is among the files.
    CodeOfProof,
    /// A file of anchors cannot be read.
    AnchorsUnreadable,
    /// A file of certificates or of revocation data cannot be read.
    EvidenceUnreadable,
    /// There is more revocation data than can be taken, so that nothing was judged.
    EvidenceTooMuch,
    /// A picture, or the page of a proof, is the letter of no proof, and was held against none.
    PictureNotLetter,
    /// A detached signature over a letter is not judged by this page.
    SignatureNotJudged,
    /// A file is named as a proof is, and is larger than one can be.
    TooLarge,
    /// A file in a dossier is not looked at, or cannot be read.
    PartNotUsed,
    /// A letter in a dossier is the letter of no proof.
    LetterNotProven,
    /// A dossier was not read.
    DossierUnreadable,
    /// What its headers say does not fit: it is cut off, or sizes lie.
    DossierDamaged,
    /// It has an encrypted file.
    DossierEncrypted,
    /// It has no file, or more than a thousand.
    DossierEntries,
    /// Two of its files have one name.
    DossierTwice,
    /// It has a file with a foreign name, such as one in another folder.
    DossierNames,
    /// It was packed in another form than dossiers have.
    DossierOfAnotherForm,
    /// A file in it is another one than it names.
    DossierChanged,
    /// Files are missing, or there are some that it does not name.
    DossierContents,
    /// There is more to verify than this page takes.
    DossierTooLarge,
}

/// The verdict on one proof.
#[derive(Serialize)]
pub(crate) struct Shown {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) verdict: String,
    /// The environment, where it is not Production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) across: Option<&'static str>,
    pub(crate) tone: ToneShown,
    pub(crate) indication: Indication,
    pub(crate) letter: LetterShown,
    /// The proof was read from a printed code.
    pub(crate) printed: bool,
    /// The page of the proof.
    pub(crate) html: String,
    /// The whole report, for programs.
    #[cfg(feature = "answer")]
    pub(crate) report: recommande::Report,
}

/// The verdict on the signature or the timestamp over a dossier, and on its evidence record.
#[derive(Serialize)]
pub(crate) struct ShownContainer {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) verdict: String,
    pub(crate) tone: ToneShown,
    pub(crate) indication: Indication,
    pub(crate) html: String,
}

/// What a page says at first sight.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ToneShown {
    Holds,
    Undecided,
    Fails,
}

impl From<Tone> for ToneShown {
    fn from(tone: Tone) -> Self {
        match tone {
            Tone::Holds => Self::Holds,
            Tone::Undecided => Self::Undecided,
            Tone::Fails => Self::Fails,
        }
    }
}

/// The letter with which a proof was verified.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub(crate) enum LetterShown {
    /// These files are what the proof is about.
    Matches { names: Vec<String> },
    /// This file is not.
    Differs { name: String },
    /// Whether this file is, cannot be said.
    NotComparable { name: String },
    /// No letter was given, so that the statement alone was verified.
    NotGiven,
}

/// Why a question cannot be asked.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    error: &'static str,
}

impl Failure {
    pub(crate) fn of(error: &'static str) -> Self {
        Self { error }
    }
}

/// Answers a stored question with everything that the answer depends on.
#[cfg(feature = "answer")]
pub(crate) fn answer_stored(question: &[u8]) -> Result<recommande::verify::Signatures, Failure> {
    let input: recommande::verify::VerificationInput =
        serde_json::from_slice(question).map_err(|_| Failure::of("question"))?;
    input.verify().map_err(|_| Failure::of("question"))
}
