//! A file that the user gave: its digests, and what it is by its octets.

use std::cell::RefCell;

use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{Disclosure, PayloadHasher};
use recommande::pki::Offered;
use recommande::pki::revocation::{RevocationData, RevocationDataError};
use recommande::recommande_tlog::proof::TlogProof;
use recommande::seal::{AnyProof, Artifact as _, DecodeError, Printed, SecondSeal};
use recommande::time::record::digest_algorithms;
use recommande::{Certificate, PayloadDigests, TrustAnchors};
use recommande_dossier::{Dossier, PartKind};
use serde::Serialize;

use crate::answer::NoteCode;

/// The largest file whose octets are kept, in octets. A proof takes kilobytes, and the largest list of revoked certificates that
/// lies in one some megabytes; of what is larger the digests alone are kept, so that a letter of any size takes no memory.
pub(crate) const MAX_KEPT: usize = 16 << 20;

/// The first octet of a file in DER.
const SEQUENCE: u8 = 0x30;

/// How proofs are named, and how revocation data is.
const PROOFS: [&str; 2] = [".p7m", ".rma"];
const REVOCATION: [&str; 2] = [".crl", ".ocsp"];

/// Why the user gave a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It was dropped, and its octets say what it is.
    Dropped,
    /// It holds the certificates under which seals are trusted.
    SealAnchors,
    /// It holds the certificates under which timestamps are trusted.
    TsaAnchors,
    /// It is the text of a printed code.
    Code,
}

impl Role {
    pub(crate) fn from_number(number: u32) -> Self {
        match number {
            1 => Self::SealAnchors,
            2 => Self::TsaAnchors,
            3 => Self::Code,
            _ => Self::Dropped,
        }
    }
}

/// What a file is, in a word for the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Kind {
    Proof,
    /// It is named or coded as a proof is, and is none that can be read.
    BrokenProof,
    Code,
    Record,
    LogProof,
    Disclosure,
    Signature,
    Certificates,
    Revocation,
    SealAnchors,
    TsaAnchors,
    Dossier,
    /// It is none of these, so that it can be a letter.
    Other,
}

/// What a file was read as.
pub(crate) enum Content {
    Proof(Box<AnyProof>),
    /// The error is that of reading it; the verifier reports it again.
    BrokenProof,
    Code(Box<Printed>),
    CodeUnreadable,
    Record,
    LogProof,
    Disclosure(Box<Disclosure>),
    Signature,
    /// Certificates, CRLs and OCSP responses, of which a PEM file can hold several kinds.
    Evidence(Vec<Certificate>, Box<RevocationData>),
    EvidenceUnreadable,
    Anchors(Role, Option<Box<TrustAnchors>>),
    /// It is named as a proof is, and is larger than one can be.
    TooLarge,
    Dossier(Container),
    /// A letter in a dossier. It is the letter of the proofs that name it, and is not held against others.
    LetterOfDossier,
    /// A file in a dossier that is no letter, and that is not looked at or cannot be read.
    PartNotUsed,
    /// A picture, or the page of a proof: it can be a letter, and mostly lies beside one.
    Picture,
    Other,
}

/// What a container came to.
pub(crate) enum Container {
    /// It was not asked for.
    Unread,
    Opened(Box<Opened>),
    /// It is refused for a reason that the page has words for.
    Refused(NoteCode),
}

/// A dossier with its files.
pub(crate) struct Opened {
    /// Without the octets of its files, which are in those.
    pub(crate) dossier: Dossier<()>,
    pub(crate) files: Vec<File>,
}

impl Opened {
    /// Returns the number of octets in memory.
    pub(crate) fn kept(&self) -> usize {
        self.files.iter().map(File::kept).fold(0, usize::saturating_add)
    }
}

/// A file that was read to its end.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) digests: PayloadDigests,
    /// The octets, of a file that is small enough to be kept.
    pub(crate) octets: Option<Vec<u8>>,
    pub(crate) content: Content,
    /// Digests by other algorithms, which proofs name: each is computed once, however many name it.
    others: RefCell<Vec<Digest>>,
}

/// A file that is being read.
pub(crate) struct Reading {
    role: Role,
    name: String,
    /// The most octets that are kept: as many as were stated.
    stated: usize,
    size: u64,
    hasher: PayloadHasher,
    octets: Option<Vec<u8>>,
    is_container: bool,
}

impl Reading {
    /// Begins a file that is said to have so many octets.
    pub(crate) fn new(role: Role, name: String, stated: f64) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "the number is exact")]
        let octets = (stated <= MAX_KEPT as f64).then(Vec::new);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a size, and small where octets are kept"
        )]
        let stated = if octets.is_some() { stated as usize } else { 0 };
        Self { role, name, stated, size: 0, hasher: PayloadHasher::new(), octets, is_container: false }
    }

    /// Returns how many octets it will keep at most.
    pub(crate) fn most_kept(&self) -> usize {
        if self.octets.is_some() { self.stated } else { 0 }
    }

    pub(crate) fn update(&mut self, octets: &[u8]) {
        if self.size == 0 {
            self.is_container = is_container(octets);
        }
        self.size = self.size.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        self.hasher.update(octets);
        if let Some(kept) = &mut self.octets {
            // The size that was stated can lie.
            if kept.len() + octets.len() > self.stated {
                self.octets = None;
            } else {
                kept.extend_from_slice(octets);
            }
        }
    }

    pub(crate) fn finish(self) -> File {
        let content = match &self.octets {
            Some(octets) => Content::of(self.role, &self.name, octets),
            None if matches!(self.role, Role::SealAnchors | Role::TsaAnchors) => Content::Anchors(self.role, None),
            None if self.is_container => Content::Dossier(Container::Unread),
            None if is_named(&self.name, &PROOFS) => Content::TooLarge,
            // A list that was given and is not read must not be left out in silence.
            None if is_named(&self.name, &REVOCATION) => Content::EvidenceUnreadable,
            None => Content::Other,
        };
        File {
            name: self.name,
            size: self.size,
            digests: self.hasher.finish(),
            octets: self.octets,
            content,
            others: RefCell::default(),
        }
    }
}

impl File {
    /// Takes a file of a dossier, which is what its name says or nothing, and no letter.
    pub(crate) fn of_part(kind: PartKind, name: String, octets: Vec<u8>) -> Self {
        let mut hasher = PayloadHasher::new();
        hasher.update(&octets);
        let content = match Content::of(Role::Dropped, &name, &octets) {
            content @ (Content::Proof(_) | Content::BrokenProof) if matches!(kind, PartKind::Proof { .. }) => content,
            content @ Content::Record if matches!(kind, PartKind::Record { .. }) => content,
            content @ Content::LogProof if matches!(kind, PartKind::LogProof { .. }) => content,
            content @ Content::Disclosure(_) if matches!(kind, PartKind::Disclosure { .. }) => content,
            content @ Content::Signature
                if matches!(kind, PartKind::LetterSignature { .. } | PartKind::SecondSeal { .. }) =>
            {
                content
            }
            // It cannot be read, or is a submission or an extract, or what a later version puts there.
            _ => Content::PartNotUsed,
        };
        let size = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        Self { name, size, digests: hasher.finish(), octets: Some(octets), content, others: RefCell::default() }
    }

    /// Takes a file of which the digests are known.
    pub(crate) fn of_digests(name: String, size: u64, digests: PayloadDigests, content: Content) -> Self {
        Self { name, size, digests, octets: None, content, others: RefCell::default() }
    }

    /// Returns the digest by this algorithm, as far as the octets are kept or it was computed of them.
    pub(crate) fn digest(&self, algorithm: DigestAlgorithm) -> Option<Digest> {
        if let Some(known) = self.digests.get(algorithm) {
            return Some(*known);
        }
        let mut others = self.others.borrow_mut();
        if let Some(known) = others.iter().find(|digest| digest.algorithm() == algorithm) {
            return Some(*known);
        }
        let computed = algorithm.digest(self.octets.as_ref()?);
        others.push(computed);
        Some(computed)
    }

    /// Returns the number of octets in memory.
    pub(crate) fn kept(&self) -> usize {
        let of_dossier = match &self.content {
            Content::Dossier(Container::Opened(opened)) => opened.kept(),
            _ => 0,
        };
        self.octets.as_ref().map_or(0, Vec::len).saturating_add(of_dossier)
    }

    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.as_deref().unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> Kind {
        match &self.content {
            Content::Proof(_) => Kind::Proof,
            Content::BrokenProof | Content::TooLarge => Kind::BrokenProof,
            Content::Code(_) | Content::CodeUnreadable => Kind::Code,
            Content::Record => Kind::Record,
            Content::LogProof => Kind::LogProof,
            Content::Disclosure(_) => Kind::Disclosure,
            Content::Signature => Kind::Signature,
            Content::Evidence(certificates, _) if certificates.is_empty() => Kind::Revocation,
            Content::Evidence(..) => Kind::Certificates,
            Content::Anchors(Role::TsaAnchors, _) => Kind::TsaAnchors,
            Content::Anchors(Role::SealAnchors | Role::Dropped | Role::Code, _) => Kind::SealAnchors,
            Content::Dossier(_) => Kind::Dossier,
            Content::EvidenceUnreadable
            | Content::Picture
            | Content::LetterOfDossier
            | Content::PartNotUsed
            | Content::Other => Kind::Other,
        }
    }
}

impl Content {
    /// Reads a file. Its octets decide, and its name only where it is named as a proof is.
    fn of(role: Role, name: &str, octets: &[u8]) -> Self {
        if matches!(role, Role::SealAnchors | Role::TsaAnchors) {
            let of_pem = || std::str::from_utf8(octets).ok().and_then(|pem| TrustAnchors::from_pem(pem).ok());
            let of_der = Certificate::from_der(octets).ok().map(|anchor| TrustAnchors::from_iter([anchor]));
            return Self::Anchors(role, of_der.or_else(of_pem).map(Box::new));
        }
        if is_container(octets) {
            return Self::Dossier(Container::Unread);
        }
        let is_named_as_proof = is_named(name, &PROOFS);
        match AnyProof::from_der(octets) {
            Ok(proof) => return Self::Proof(Box::new(proof)),
            // The octets are no SignedData, and may be anything.
            Err(DecodeError::Coding(_)) => {}
            // A detached signature, unless its name says that it is meant as a proof.
            Err(_) if !is_named_as_proof && SecondSeal::from_der(octets).is_ok() => return Self::Signature,
            Err(_) => return Self::BrokenProof,
        }
        if is_named_as_proof {
            return Self::BrokenProof;
        }
        if !digest_algorithms(octets).is_empty() {
            return Self::Record;
        }
        let text = std::str::from_utf8(octets).map(str::trim).unwrap_or_default();
        if text.starts_with("RM1:") || text.starts_with("RM0:") {
            match Printed::read(text) {
                Ok(printed) => return Self::Code(Box::new(printed)),
                // A letter can begin like a code, and is compared then.
                Err(_) => return if role == Role::Code { Self::CodeUnreadable } else { Self::Other },
            }
        }
        // One that is named so and cannot be read is told by the report.
        if TlogProof::parse(octets).is_ok() || is_named(name, &[".tlog-proof"]) {
            return Self::LogProof;
        }
        if let Ok(disclosure) = Disclosure::from_json(octets) {
            return Self::Disclosure(Box::new(disclosure));
        }
        if let Some(content) = evidence(octets, text) {
            return content;
        }
        if is_picture(octets) || is_receipt(octets) { Self::Picture } else { Self::Other }
    }
}

/// Reads certificates and revocation data: DER, or PEM blocks with nothing else than white space around them. A letter with a
/// certificate in it would otherwise escape from being compared.
fn evidence(octets: &[u8], text: &str) -> Option<Content> {
    if octets.first() == Some(&SEQUENCE) {
        return evidence_in_der(octets);
    }
    let labels = pem_labels(text)?;
    let is_known = labels.iter().all(|label| matches!(*label, "CERTIFICATE" | "X509 CRL" | "OCSP RESPONSE"));
    if labels.is_empty() || !is_known {
        return None;
    }
    let mut offered = Offered::default();
    Some(match offered.add(octets) {
        Ok(()) => Content::Evidence(offered.certificates, Box::new(offered.revocation)),
        Err(_) => Content::EvidenceUnreadable,
    })
}

fn evidence_in_der(octets: &[u8]) -> Option<Content> {
    if let Ok(certificate) = Certificate::from_der(octets) {
        return Some(Content::Evidence(vec![certificate], Box::default()));
    }
    match RevocationData::from_bytes(octets) {
        Ok(data) => Some(Content::Evidence(Vec::new(), Box::new(data))),
        Err(RevocationDataError::Unrecognised) => None,
        Err(_) => Some(Content::EvidenceUnreadable),
    }
}

/// Returns the labels of a text that is PEM blocks and white space alone.
fn pem_labels(text: &str) -> Option<Vec<&str>> {
    let mut labels = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (label, body) = rest.strip_prefix("-----BEGIN ")?.split_once("-----")?;
        let (_, after) = body.split_once(&format!("-----END {label}-----"))?;
        labels.push(label);
        rest = after.trim_start();
    }
    Some(labels)
}

/// Tells if a name ends so, in letters of any case.
fn is_named(name: &str, endings: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Tells if a file is a container, by the name of its first entry.
fn is_container(octets: &[u8]) -> bool {
    octets.starts_with(b"PK\x03\x04") && octets.get(30..).is_some_and(|from| from.starts_with(b"mimetype"))
}

/// Tells if a file is a picture, by the octets with which its kind begins.
fn is_picture(octets: &[u8]) -> bool {
    let begins = |with: &[u8]| octets.starts_with(with);
    begins(b"\x89PNG\r\n")
        || begins(b"\xff\xd8\xff")
        || begins(b"GIF8")
        || (begins(b"RIFF") && octets.get(8..12) == Some(b"WEBP"))
}

/// Tells if a file is the page of a proof, as `recommande-receipt` writes it.
fn is_receipt(octets: &[u8]) -> bool {
    let holds = |wanted: &[u8]| octets.windows(wanted.len()).any(|window| window == wanted);
    (octets.starts_with(b"%PDF-") && holds(b"recommande-receipt"))
        || (octets.starts_with(b"<!DOCTYPE html>") && holds(recommande_receipt::STYLE.as_bytes()))
}
