//! A file that the user gave: its digests, and what it is by its octets.

use recommande::evidence::{Disclosure, PayloadHasher};
use recommande::pki::revocation::RevocationData;
use recommande::seal::{AnyProof, Artifact as _, DecodeError, Printed, SecondSeal};
use recommande::time::record::digest_algorithms;
use recommande::{Certificate, PayloadDigests, TrustAnchors};
use serde::Serialize;

/// The largest file whose octets are kept, in octets. A proof takes kilobytes, and the largest list of revoked certificates that
/// lies in one some megabytes; of what is larger the digests alone are kept, so that a letter of any size takes no memory.
pub(crate) const MAX_KEPT: usize = 16 << 20;

/// Why the user gave a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It was dropped, and its octets say what it is.
    Dropped,
    /// It holds the certificates under which seals are trusted.
    SealAnchors,
    /// It holds the certificates under which timestamps are trusted.
    TsaAnchors,
}

impl Role {
    pub(crate) fn from_number(number: u32) -> Self {
        match number {
            1 => Self::SealAnchors,
            2 => Self::TsaAnchors,
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
    Certificates(Vec<Certificate>),
    Revocation,
    Anchors(Role, Option<Box<TrustAnchors>>),
    Dossier,
    Other,
}

/// A file that was read to its end.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) size: u64,
    pub(crate) digests: PayloadDigests,
    /// The octets, of a file that is small enough to be kept.
    pub(crate) octets: Option<Vec<u8>>,
    pub(crate) content: Content,
}

/// A file that is being read.
pub(crate) struct Reading {
    role: Role,
    name: String,
    size: u64,
    hasher: PayloadHasher,
    octets: Option<Vec<u8>>,
}

impl Reading {
    /// Begins a file that is said to have so many octets.
    pub(crate) fn new(role: Role, name: String, stated: f64) -> Self {
        #[allow(clippy::cast_precision_loss, reason = "the number is exact")]
        let octets = (stated <= MAX_KEPT as f64).then(Vec::new);
        Self { role, name, size: 0, hasher: PayloadHasher::new(), octets }
    }

    pub(crate) fn update(&mut self, octets: &[u8]) {
        self.hasher.update(octets);
        self.size = self.size.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        if let Some(kept) = &mut self.octets {
            // The size that was stated can lie.
            if kept.len() + octets.len() > MAX_KEPT {
                self.octets = None;
            } else {
                kept.extend_from_slice(octets);
            }
        }
    }

    pub(crate) fn finish(self) -> File {
        let content = match &self.octets {
            Some(octets) => Content::of(self.role, &self.name, octets),
            None if self.role != Role::Dropped => Content::Anchors(self.role, None),
            None => Content::Other,
        };
        File { name: self.name, size: self.size, digests: self.hasher.finish(), octets: self.octets, content }
    }
}

impl File {
    pub(crate) fn octets(&self) -> &[u8] {
        self.octets.as_deref().unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> Kind {
        match &self.content {
            Content::Proof(_) => Kind::Proof,
            Content::BrokenProof => Kind::BrokenProof,
            Content::Code(_) | Content::CodeUnreadable => Kind::Code,
            Content::Record => Kind::Record,
            Content::LogProof => Kind::LogProof,
            Content::Disclosure(_) => Kind::Disclosure,
            Content::Signature => Kind::Signature,
            Content::Certificates(_) => Kind::Certificates,
            Content::Revocation => Kind::Revocation,
            Content::Anchors(Role::TsaAnchors, _) => Kind::TsaAnchors,
            Content::Anchors(Role::SealAnchors | Role::Dropped, _) => Kind::SealAnchors,
            Content::Dossier => Kind::Dossier,
            Content::Other => Kind::Other,
        }
    }
}

impl Content {
    /// Reads a file. Its octets decide, and its name only where it is named as a proof is.
    fn of(role: Role, name: &str, octets: &[u8]) -> Self {
        if role != Role::Dropped {
            let anchors = std::str::from_utf8(octets).ok().and_then(|pem| TrustAnchors::from_pem(pem).ok());
            return Self::Anchors(role, anchors.filter(|anchors| !anchors.is_empty()).map(Box::new));
        }
        if octets.starts_with(b"PK\x03\x04") && octets.get(30..).is_some_and(|from| from.starts_with(b"mimetype")) {
            return Self::Dossier;
        }
        let is_named = [".p7m", ".rma"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
        match AnyProof::from_der(octets) {
            Ok(proof) => return Self::Proof(Box::new(proof)),
            // The octets are no SignedData, and may be anything.
            Err(DecodeError::Coding(_)) => {}
            // A detached signature, unless its name says that it is meant as a proof.
            Err(_) if !is_named && SecondSeal::from_der(octets).is_ok() => return Self::Signature,
            Err(_) => return Self::BrokenProof,
        }
        if is_named {
            return Self::BrokenProof;
        }
        if !digest_algorithms(octets).is_empty() {
            return Self::Record;
        }
        let text = std::str::from_utf8(octets).map(str::trim).unwrap_or_default();
        if text.starts_with("RM1:") || text.starts_with("RM0:") {
            return Printed::read(text).map_or(Self::CodeUnreadable, |printed| Self::Code(Box::new(printed)));
        }
        if text.starts_with("c2sp.org/tlog-proof@") {
            return Self::LogProof;
        }
        if let Ok(disclosure) = Disclosure::from_json(octets) {
            return Self::Disclosure(Box::new(disclosure));
        }
        if let Ok(certificates) = Certificate::from_pem_chain(text)
            && !certificates.is_empty()
        {
            return Self::Certificates(certificates);
        }
        if RevocationData::from_bytes(octets).is_ok() {
            return Self::Revocation;
        }
        Self::Other
    }
}
