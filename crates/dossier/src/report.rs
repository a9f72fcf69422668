//! The verdicts on a container and on each of its files.

use recommande::{Indication, Report};

use crate::layout::Protection;
use crate::name::{PartKind, ProofNumber};

/// The verdicts on a dossier. It holds no identifier of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DossierReport {
    /// What protects the manifest.
    pub protection: Protection,
    /// The report on the signature or the timestamp over the manifest, and so over every file as it lies there.
    pub manifest: Report,
    /// The report on the evidence record over everything, if there is one.
    pub record: Option<Report>,
    /// The verdict on each file, in the order of the names. The container makes none of them worse: a record over everything counts for the
    /// files only where it holds. That on one proof rests on another where it follows it.
    pub parts: Vec<PartReport>,
}

impl DossierReport {
    /// Returns the verdict on the container: the worse one of those on the manifest and on the evidence record. It says nothing of the
    /// proofs.
    pub fn container(&self) -> Indication {
        let record = self.record.as_ref().map_or(Indication::TotalPassed, |record| record.indication);
        worse(self.manifest.indication, record)
    }

    /// Returns the worst verdict of all: that on the container, on any proof, or on any signature over a letter, `Indeterminate` for each
    /// letter that no proof that holds names, and `TotalFailed` for each disclosure or submission that cannot be read.
    pub fn worst(&self) -> Indication {
        self.parts.iter().filter_map(|part| part.verdict.indication()).fold(self.container(), worse)
    }
}

/// The verdict on one file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartReport {
    /// What the file is, and its name.
    pub kind: PartKind,
    /// The verdict.
    pub verdict: PartVerdict,
}

/// The verdict on a file, by what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartVerdict {
    /// A proof, judged with its letter, its sending, and what lies beside it.
    Proof {
        /// The report, as of a proof that was given by itself.
        report: Box<Report>,
        /// The numbers of the letters whose digests its statement names.
        letters: Vec<u16>,
    },
    /// A letter.
    Letter {
        /// The proofs that hold and whose statements name its digests. Without any the letter is not the one that was sent, or its proof is
        /// not here.
        proven_by: Vec<ProofNumber>,
    },
    /// A signature over the letter of the same number.
    LetterSignature(Box<Report>),
    /// A file that is judged with its proof, or with the proofs that name it, in whose reports it stands. It may be about something else.
    WithItsProof,
    /// A disclosure or a submission that cannot be read as one. Its proof is judged without it.
    Unreadable,
    /// A text, a page or anchors: a convenience that nothing rests on. So is what the verifiers leave out: a submission without a verifier of
    /// senders, the extract of a register that no mandate names or where no register is trusted, and a second seal or the proof of a log where
    /// the policy ignores these.
    Untrusted,
}

impl PartVerdict {
    /// Returns the verdict in one word, and `None` for what has none of its own.
    pub fn indication(&self) -> Option<Indication> {
        match self {
            Self::Proof { report, .. } | Self::LetterSignature(report) => Some(report.indication),
            Self::Letter { proven_by } if proven_by.is_empty() => Some(Indication::Indeterminate),
            Self::Letter { .. } => Some(Indication::TotalPassed),
            // It is no better than a proof that cannot be read.
            Self::Unreadable => Some(Indication::TotalFailed),
            Self::WithItsProof | Self::Untrusted => None,
        }
    }
}

fn worse(a: Indication, b: Indication) -> Indication {
    let rank = |indication| match indication {
        Indication::TotalPassed => 0,
        Indication::Indeterminate => 1,
        Indication::TotalFailed => 2,
    };
    if rank(a) >= rank(b) { a } else { b }
}
