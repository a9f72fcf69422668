//! The names of the files in a container, all of them our own.
//!
//! A name of somebody else would be a matter of encodings, of folders and of drives, and could hold personal data. The statements have the
//! original names of the letters.

use std::fmt;

use recommande::evidence::Language;
use recommande::seal::AnyProof;

use crate::limits::{MAX_DOCUMENT, MAX_IN_MEMORY, MAX_LOG_PROOF, MAX_REGISTER_SIGNATURE, MAX_SUBMISSION_SIGNATURE};
use crate::media_type::extension;

/// What a proof attests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProofKind {
    /// That a letter was accepted for sending.
    Sending,
    /// That a letter was opened.
    Opening,
    /// A step between the two, or instead of them.
    Step,
}

impl ProofKind {
    const ALL: [Self; 3] = [Self::Sending, Self::Opening, Self::Step];

    /// What a proof attests by its statement; `None` of a kind that has no name here.
    pub(crate) fn of(proof: &AnyProof) -> Option<Self> {
        match proof {
            AnyProof::Sending(_) => Some(Self::Sending),
            AnyProof::Opening(_) => Some(Self::Opening),
            AnyProof::Step(_) => Some(Self::Step),
            // Another crate's enum, which may get more.
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Sending => "sending",
            Self::Opening => "opening",
            Self::Step => "step",
        }
    }
}

/// The form of a proof's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProofForm {
    /// One seal over one statement (`.p7m`).
    Sealed,
    /// A statement of a batch with its record and the seal of the batch (`.rma`).
    Aggregated,
}

impl ProofForm {
    const ALL: [Self; 2] = [Self::Sealed, Self::Aggregated];

    pub(crate) fn of(proof: &AnyProof) -> Self {
        if proof.parts().is_some() { Self::Aggregated } else { Self::Sealed }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Sealed => "p7m",
            Self::Aggregated => "rma",
        }
    }
}

/// The form of a page for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceiptForm {
    /// A page as PDF.
    Pdf,
    /// A page as HTML.
    Html,
}

impl ReceiptForm {
    const ALL: [Self; 2] = [Self::Pdf, Self::Html];

    fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
        }
    }
}

/// The use of trust anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnchorsOf {
    /// The anchors of seals.
    Seals,
    /// The anchors of time-stamp authorities.
    Tsas,
}

impl AnchorsOf {
    const ALL: [Self; 2] = [Self::Seals, Self::Tsas];

    fn name(self) -> &'static str {
        match self {
            Self::Seals => "seal-anchors.pem",
            Self::Tsas => "tsa-anchors.pem",
        }
    }
}

/// A proof of a container: what it attests, and its number among those of its kind, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProofNumber {
    /// What the proof attests.
    pub kind: ProofKind,
    /// Its number among the proofs of its kind, from 1.
    pub number: u16,
}

/// What a file of a container is. Its name says nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartKind {
    /// The text that tells people what lies there and how to verify it (`README.txt`).
    Readme,
    /// Trust anchors for who has nothing else. Nobody should trust them because they lie there (`seal-anchors.pem`).
    Anchors(AnchorsOf),
    /// A letter, by its number from 1 (`letter-1.pdf`).
    Letter {
        /// The number of the letter, from 1.
        number: u16,
        /// The extension, by the media type of the letter.
        extension: &'static str,
    },
    /// A detached signature over a letter (`letter-1.p7s`).
    LetterSignature {
        /// The number of the letter, from 1.
        letter: u16,
    },
    /// A proof (`proof-of-sending.p7m`, the second one `proof-of-sending-2.p7m`).
    Proof {
        /// What the proof attests, and its number.
        proof: ProofNumber,
        /// The form of the file.
        form: ProofForm,
    },
    /// A second seal beside a proof (`proof-of-sending.pq.p7s`).
    SecondSeal {
        /// The proof that it is of.
        proof: ProofNumber,
    },
    /// An evidence record over the file of a proof (`proof-of-sending.ers`).
    Record {
        /// The proof that it is of.
        proof: ProofNumber,
    },
    /// The proof that a proof is in a log (`proof-of-sending.tlog-proof`).
    LogProof {
        /// The proof that it is of.
        proof: ProofNumber,
    },
    /// The values that a proof commits to (`proof-of-sending.disclosure.json`).
    Disclosure {
        /// The proof that it is of.
        proof: ProofNumber,
    },
    /// What the sender signed before its letter was sent (`proof-of-sending.submission.json`).
    Submission {
        /// The proof of sending that it is of.
        proof: ProofNumber,
    },
    /// The sender's signature over that (`proof-of-sending.submission.p7s`).
    SubmissionSignature {
        /// The proof of sending that it is of.
        proof: ProofNumber,
    },
    /// The extract of a register of mandates, by its number from 1 (`register-extract-1.json`).
    RegisterExtract {
        /// The number of the extract, from 1.
        number: u16,
    },
    /// The register's signature over an extract (`register-extract-1.p7s`).
    RegisterSignature {
        /// The number of the extract, from 1.
        extract: u16,
    },
    /// A page for people about a proof (`receipt-of-sending.fr.pdf`).
    Receipt {
        /// The proof that it is about.
        proof: ProofNumber,
        /// The language of the page.
        language: Language,
        /// The form of the page.
        form: ReceiptForm,
    },
}

/// The media types of names whose type no caller gives.
const PKCS7: &str = "application/pkcs7-mime";
const PKCS7_SIGNATURE: &str = "application/x-pkcs7-signature";
const OCTETS: &str = "application/octet-stream";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

impl PartKind {
    /// Reads a name, which has one form alone.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        let kind = Self::parse(name)?;
        // Leading zeros, or a number 1 where none is written, would be a second name of one file.
        (kind.to_string() == name).then_some(kind)
    }

    fn parse(name: &str) -> Option<Self> {
        if name == README {
            return Some(Self::Readme);
        }
        if let Some(of) = AnchorsOf::ALL.into_iter().find(|of| of.name() == name) {
            return Some(Self::Anchors(of));
        }
        let (stem, ending) = name.split_once('.')?;
        if let Some(number) = stem.strip_prefix("letter-") {
            let number = positive(number)?;
            return Some(match ending {
                "p7s" => Self::LetterSignature { letter: number },
                _ => Self::Letter { number, extension: extension(ending)? },
            });
        }
        if let Some(number) = stem.strip_prefix("register-extract-") {
            let number = positive(number)?;
            return match ending {
                "json" => Some(Self::RegisterExtract { number }),
                "p7s" => Some(Self::RegisterSignature { extract: number }),
                _ => None,
            };
        }
        if let Some(proof) = stem.strip_prefix("proof-of-") {
            let proof = numbered(proof)?;
            return match ending {
                "pq.p7s" => Some(Self::SecondSeal { proof }),
                "ers" => Some(Self::Record { proof }),
                "tlog-proof" => Some(Self::LogProof { proof }),
                "disclosure.json" => Some(Self::Disclosure { proof }),
                // Nobody else than a sender submits something.
                "submission.json" if proof.kind == ProofKind::Sending => Some(Self::Submission { proof }),
                "submission.p7s" if proof.kind == ProofKind::Sending => Some(Self::SubmissionSignature { proof }),
                _ => {
                    let form = ProofForm::ALL.into_iter().find(|form| form.extension() == ending)?;
                    Some(Self::Proof { proof, form })
                }
            };
        }
        let proof = numbered(stem.strip_prefix("receipt-of-")?)?;
        let (language, ending) = ending.split_once('.')?;
        let form = ReceiptForm::ALL.into_iter().find(|form| form.extension() == ending)?;
        Some(Self::Receipt { proof, language: language.parse().ok()?, form })
    }

    /// The most octets of a file of this kind, which is read into memory to be verified; `None` of those that are not.
    pub(crate) fn limit(self) -> Option<u64> {
        match self {
            Self::LetterSignature { .. } | Self::Proof { .. } | Self::SecondSeal { .. } | Self::Record { .. } => {
                Some(MAX_IN_MEMORY)
            }
            Self::LogProof { .. } => Some(MAX_LOG_PROOF),
            Self::Disclosure { .. } | Self::Submission { .. } | Self::RegisterExtract { .. } => Some(MAX_DOCUMENT),
            Self::SubmissionSignature { .. } => Some(MAX_SUBMISSION_SIGNATURE),
            Self::RegisterSignature { .. } => Some(MAX_REGISTER_SIGNATURE),
            Self::Readme | Self::Anchors(_) | Self::Letter { .. } | Self::Receipt { .. } => None,
        }
    }

    /// The file without which one of this kind is nothing: what is signed, or its signature.
    pub(crate) fn twin(self) -> Option<Self> {
        match self {
            Self::Submission { proof } => Some(Self::SubmissionSignature { proof }),
            Self::SubmissionSignature { proof } => Some(Self::Submission { proof }),
            Self::RegisterExtract { number } => Some(Self::RegisterSignature { extract: number }),
            Self::RegisterSignature { extract } => Some(Self::RegisterExtract { number: extract }),
            Self::Readme
            | Self::Anchors(_)
            | Self::Letter { .. }
            | Self::LetterSignature { .. }
            | Self::Proof { .. }
            | Self::SecondSeal { .. }
            | Self::Record { .. }
            | Self::LogProof { .. }
            | Self::Disclosure { .. }
            | Self::Receipt { .. } => None,
        }
    }

    /// The media type in the manifest; that of a letter is the caller's.
    pub(crate) fn media_type(self) -> Option<&'static str> {
        Some(match self {
            Self::Readme | Self::LogProof { .. } => TEXT,
            Self::Anchors(_) => "application/x-pem-file",
            Self::Letter { .. } => return None,
            Self::LetterSignature { .. }
            | Self::SecondSeal { .. }
            | Self::SubmissionSignature { .. }
            | Self::RegisterSignature { .. } => PKCS7_SIGNATURE,
            Self::Disclosure { .. } | Self::Submission { .. } | Self::RegisterExtract { .. } => JSON,
            Self::Proof { form: ProofForm::Sealed, .. } => PKCS7,
            Self::Proof { form: ProofForm::Aggregated, .. } | Self::Record { .. } => OCTETS,
            Self::Receipt { form: ReceiptForm::Pdf, .. } => "application/pdf",
            Self::Receipt { form: ReceiptForm::Html, .. } => "text/html",
        })
    }
}

/// The name of the text for people.
const README: &str = "README.txt";

fn positive(number: &str) -> Option<u16> {
    number.parse().ok().filter(|number| *number > 0)
}

/// The number of the proof that `sending` or `sending-2` names.
fn numbered(text: &str) -> Option<ProofNumber> {
    let (word, number) = match text.split_once('-') {
        Some((word, number)) => (word, positive(number)?),
        None => (text, 1),
    };
    let kind = ProofKind::ALL.into_iter().find(|kind| kind.word() == word)?;
    Some(ProofNumber { kind, number })
}

impl fmt::Display for ProofNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            1 => f.write_str(self.kind.word()),
            number => write!(f, "{}-{number}", self.kind.word()),
        }
    }
}

/// The name of the file.
impl fmt::Display for PartKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Readme => f.write_str(README),
            Self::Anchors(of) => f.write_str(of.name()),
            Self::Letter { number, extension } => write!(f, "letter-{number}.{extension}"),
            Self::LetterSignature { letter } => write!(f, "letter-{letter}.p7s"),
            Self::Proof { proof, form } => write!(f, "proof-of-{proof}.{}", form.extension()),
            Self::SecondSeal { proof } => write!(f, "proof-of-{proof}.pq.p7s"),
            Self::Record { proof } => write!(f, "proof-of-{proof}.ers"),
            Self::LogProof { proof } => write!(f, "proof-of-{proof}.tlog-proof"),
            Self::Disclosure { proof } => write!(f, "proof-of-{proof}.disclosure.json"),
            Self::Submission { proof } => write!(f, "proof-of-{proof}.submission.json"),
            Self::SubmissionSignature { proof } => write!(f, "proof-of-{proof}.submission.p7s"),
            Self::RegisterExtract { number } => write!(f, "register-extract-{number}.json"),
            Self::RegisterSignature { extract } => write!(f, "register-extract-{extract}.p7s"),
            Self::Receipt { proof, language, form } => {
                write!(f, "receipt-of-{proof}.{}.{}", language.code(), form.extension())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_form() {
        for name in [
            "README.txt",
            "seal-anchors.pem",
            "tsa-anchors.pem",
            "letter-1.pdf",
            "letter-12.bin",
            "letter-1.p7s",
            "proof-of-sending.p7m",
            "proof-of-opening-2.p7m",
            "proof-of-step-999.rma",
            "proof-of-sending.pq.p7s",
            "proof-of-sending.ers",
            "proof-of-step-2.tlog-proof",
            "proof-of-opening.disclosure.json",
            "proof-of-sending-2.submission.json",
            "proof-of-sending.submission.p7s",
            "register-extract-1.json",
            "register-extract-12.p7s",
            "receipt-of-sending.fr.pdf",
            "receipt-of-opening-3.nl.html",
        ] {
            assert_eq!(PartKind::of_name(name).map(|kind| kind.to_string()).as_deref(), Some(name));
        }
        for name in [
            "readme.txt",
            "letter-0.pdf",
            "letter-01.pdf",
            "letter-+1.pdf",
            "letter-1.exe",
            "letter-1.PDF",
            "letter-70000.pdf",
            "letter-1",
            "proof-of-sending-1.p7m",
            "proof-of-sending-.p7m",
            "proof-of-nothing.p7m",
            "proof-of-sending.p7m.p7m",
            "proof-of-opening.submission.json",
            "proof-of-step.submission.p7s",
            "proof-of-sending.disclosure",
            "register-extract.json",
            "register-extract-0.json",
            "register-extract-1.ers",
            "receipt-of-sending.xx.pdf",
            "receipt-of-sending.fr.exe",
            "../letter-1.pdf",
            "/letter-1.pdf",
            "META-INF/letter-1.pdf",
            "letter-1.pdf ",
            "",
        ] {
            assert_eq!(PartKind::of_name(name), None, "{name}");
        }
    }
}
