//! Collects the files of a container.

use std::collections::HashMap;
use std::fmt;

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::Language;
use recommande::seal::{AnyProof, Artifact, DecodeError, PayloadSignature, SignedSubmission};

use crate::error::WriteError;
use crate::limits::{MAX_ENTRIES, MAX_EXTRACTS};
use crate::manifest::is_offered;
use crate::media_type::MediaType;
use crate::name::{AnchorsOf, PartKind, ProofForm, ProofKind, ProofNumber, ReceiptForm};
use crate::source::Source;
use crate::writing::{ToSign, ToStamp, Unread};

/// The entries that a container has beside the files that it is given: `mimetype`, `README.txt`, the manifest, its signature or its timestamp, the
/// manifest of an evidence record, and that record. The last two are counted without a record too, since one may be added later.
const OWN_ENTRIES: usize = 6;

/// A letter, and the detached signature over it.
#[derive(Debug)]
pub struct LetterFiles<'a> {
    media_type: MediaType,
    source: Source<'a>,
    signature: Option<PayloadSignature>,
}

impl<'a> LetterFiles<'a> {
    /// Takes a letter of any length.
    pub fn new(media_type: MediaType, source: impl Into<Source<'a>>) -> Self {
        Self { media_type, source: source.into(), signature: None }
    }

    /// Puts a signature over the letter beside it.
    #[must_use]
    pub fn with_signature(self, signature: PayloadSignature) -> Self {
        Self { signature: Some(signature), ..self }
    }
}

/// A proof, and what lies beside it.
#[derive(Debug)]
pub struct ProofFiles<'a> {
    proof: AnyProof,
    record: Option<Vec<u8>>,
    second_seal: Option<Vec<u8>>,
    log_proof: Option<Vec<u8>>,
    disclosure: Option<Vec<u8>>,
    submission: Option<SignedSubmission>,
    receipts: Vec<(Language, ReceiptForm, Source<'a>)>,
}

impl<'a> ProofFiles<'a> {
    /// Takes a proof. It is not verified: a dossier may be about a proof that does not hold.
    pub fn new(proof: AnyProof) -> Self {
        let (record, second_seal, log_proof, disclosure, submission) = (None, None, None, None, None);
        Self { proof, record, second_seal, log_proof, disclosure, submission, receipts: Vec::new() }
    }

    /// Reads a proof from its file (`.p7m`, `.rma`).
    ///
    /// # Errors
    /// Those of [`AnyProof::from_der`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        AnyProof::from_der(der).map(Self::new)
    }

    /// Puts an evidence record over the file of the proof beside it.
    #[must_use]
    pub fn with_record(self, record: impl Into<Vec<u8>>) -> Self {
        Self { record: Some(record.into()), ..self }
    }

    /// Puts a second seal beside the proof.
    #[must_use]
    pub fn with_second_seal(self, second_seal: impl Into<Vec<u8>>) -> Self {
        Self { second_seal: Some(second_seal.into()), ..self }
    }

    /// Puts the proof that it is in a log beside the proof (`.tlog-proof`).
    #[must_use]
    pub fn with_log_proof(self, log_proof: impl Into<Vec<u8>>) -> Self {
        Self { log_proof: Some(log_proof.into()), ..self }
    }

    /// Puts the values that the proof commits to beside it, as the JSON of a [`Disclosure`](recommande::evidence::Disclosure). Whoever gets the
    /// dossier then reads them.
    #[must_use]
    pub fn with_disclosure(self, disclosure: impl Into<Vec<u8>>) -> Self {
        Self { disclosure: Some(disclosure.into()), ..self }
    }

    /// Puts what the sender signed beside a proof of sending, with the sender's signature.
    #[must_use]
    pub fn with_submission(self, submission: SignedSubmission) -> Self {
        Self { submission: Some(submission), ..self }
    }

    /// Puts a page for people beside the proof.
    #[must_use]
    pub fn with_receipt(mut self, language: Language, form: ReceiptForm, page: impl Into<Source<'a>>) -> Self {
        self.receipts.push((language, form, page.into()));
        self
    }
}

/// The files of a dossier, of which a container is made.
///
/// ```text
/// DossierBuilder --to_sign--> ToSign --signed--> Writable --with_record--> Writable --write--> dossier.asice
///                --to_stamp--> ToStamp --stamp_with--> Writable
/// ```
///
/// The same files in the same order, with the same signature or timestamp, give the same octets.
#[derive(Default)]
pub struct DossierBuilder<'a> {
    algorithm: Option<DigestAlgorithm>,
    letters: Vec<LetterFiles<'a>>,
    proofs: Vec<ProofFiles<'a>>,
    /// Each with the register's signature.
    extracts: Vec<(Vec<u8>, Vec<u8>)>,
    anchors: Vec<(AnchorsOf, String)>,
}

impl<'a> DossierBuilder<'a> {
    /// Starts without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the digest algorithm of the manifests and the evidence record, SHA-256 unless set: SHA-384 or SHA-512 for what has to last
    /// for decades.
    #[must_use]
    pub fn with_algorithm(self, algorithm: DigestAlgorithm) -> Self {
        Self { algorithm: Some(algorithm), ..self }
    }

    /// Adds a letter. Letters are numbered in the order in which they are added.
    #[must_use]
    pub fn with_letter(mut self, letter: LetterFiles<'a>) -> Self {
        self.letters.push(letter);
        self
    }

    /// Adds a proof. Proofs of one kind are numbered in the order in which they are added.
    #[must_use]
    pub fn with_proof(mut self, proof: ProofFiles<'a>) -> Self {
        self.proofs.push(proof);
        self
    }

    /// Adds the extract of a register as JSON with the register's signature: for each proof whose mandate names it. Extracts are numbered in the
    /// order in which they are added.
    #[must_use]
    pub fn with_register_extract(mut self, json: impl Into<Vec<u8>>, signature: impl Into<Vec<u8>>) -> Self {
        self.extracts.push((json.into(), signature.into()));
        self
    }

    /// Adds the anchors of seals or of TSAs as PEM, for readers who have nothing else. A verifier gets its anchors elsewhere. Of
    /// two that are given for one use, the later ones are taken.
    #[must_use]
    pub fn with_anchors(mut self, of: AnchorsOf, pem: impl Into<String>) -> Self {
        self.anchors.retain(|(other, _)| *other != of);
        self.anchors.push((of, pem.into()));
        self
    }

    /// Reads every file once, for its size and its digest, and makes the manifest that is to be signed.
    ///
    /// # Errors
    /// `Empty`, `TooManyFiles`, `UnknownKind`, `SubmissionOfNoSending`, `TooManyExtracts`, `Twice`, `Algorithm`, `TooLarge`, `TooMuch`, `Source`.
    pub fn to_sign(self) -> Result<ToSign<'a>, WriteError> {
        let algorithm = self.algorithm()?;
        ToSign::read(self.files()?, algorithm)
    }

    /// Reads every file once, for its size and its digest, and makes the manifest that is to be timestamped, where nobody signs.
    ///
    /// # Errors
    /// `Empty`, `TooManyFiles`, `UnknownKind`, `SubmissionOfNoSending`, `TooManyExtracts`, `Twice`, `Algorithm`, `TooLarge`, `TooMuch`, `Source`.
    pub fn to_stamp(self) -> Result<ToStamp<'a>, WriteError> {
        let algorithm = self.algorithm()?;
        ToStamp::read(self.files()?, algorithm)
    }

    fn algorithm(&self) -> Result<DigestAlgorithm, WriteError> {
        let algorithm = self.algorithm.unwrap_or(DigestAlgorithm::Sha256);
        if is_offered(algorithm) { Ok(algorithm) } else { Err(WriteError::Algorithm) }
    }

    /// Names the files.
    fn files(self) -> Result<Vec<Unread<'a>>, WriteError> {
        if self.letters.is_empty() && self.proofs.is_empty() {
            return Err(WriteError::Empty);
        }
        // Before they are numbered, which numbers of 16 bits do for no more.
        if self.letters.len().saturating_add(self.proofs.len()) > MAX_ENTRIES {
            return Err(WriteError::TooManyFiles);
        }
        if self.extracts.len() > MAX_EXTRACTS {
            return Err(WriteError::TooManyExtracts);
        }
        let mut files = Vec::new();
        for (number, letter) in (1_u16..).zip(self.letters) {
            let LetterFiles { media_type, source, signature } = letter;
            let kind = PartKind::Letter { number, extension: media_type.extension() };
            files.push(Unread { kind, media_type: media_type.as_str().to_owned(), source });
            files.extend(
                signature.map(|signature| {
                    Unread::of(PartKind::LetterSignature { letter: number }, signature.der().to_vec())
                }),
            );
        }
        let mut counts: HashMap<ProofKind, u16> = HashMap::new();
        for proof in self.proofs {
            let kind = ProofKind::of(&proof.proof).ok_or(WriteError::UnknownKind)?;
            let count = counts.entry(kind).or_default();
            *count = count.saturating_add(1);
            let number = ProofNumber { kind, number: *count };
            let form = ProofForm::of(&proof.proof);
            files.push(Unread::of(PartKind::Proof { proof: number, form }, proof.proof.der().to_vec()));
            if proof.submission.is_some() && kind != ProofKind::Sending {
                return Err(WriteError::SubmissionOfNoSending);
            }
            let submission = proof.submission.as_ref();
            let beside = [
                (PartKind::Record { proof: number }, proof.record),
                (PartKind::SecondSeal { proof: number }, proof.second_seal),
                (PartKind::LogProof { proof: number }, proof.log_proof),
                (PartKind::Disclosure { proof: number }, proof.disclosure),
                (PartKind::Submission { proof: number }, submission.map(|signed| signed.submission().json().to_vec())),
                (PartKind::SubmissionSignature { proof: number }, submission.map(|signed| signed.signature().to_vec())),
            ];
            files.extend(beside.into_iter().filter_map(|(kind, octets)| Some(Unread::of(kind, octets?))));
            let receipts = proof.receipts.into_iter();
            files.extend(
                receipts.map(|(language, form, page)| {
                    Unread::of(PartKind::Receipt { proof: number, language, form }, page)
                }),
            );
        }
        for (number, (json, signature)) in (1_u16..).zip(self.extracts) {
            files.push(Unread::of(PartKind::RegisterExtract { number }, json));
            files.push(Unread::of(PartKind::RegisterSignature { extract: number }, signature));
        }
        files.extend(self.anchors.into_iter().map(|(of, pem)| Unread::of(PartKind::Anchors(of), pem.into_bytes())));
        if files.len() > MAX_ENTRIES - OWN_ENTRIES {
            return Err(WriteError::TooManyFiles);
        }
        Ok(files)
    }
}

impl fmt::Debug for DossierBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DossierBuilder({} letters, {} proofs)", self.letters.len(), self.proofs.len())
    }
}
