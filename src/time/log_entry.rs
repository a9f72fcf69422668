//! What a log has a leaf for: one octet that says what it is, and a digest.

use std::fmt;

use recommande_tlog::Hash;

use crate::crypto::DigestAlgorithm;
use crate::text::hex;

/// The number of octets of a digest by SHA-256.
const DIGEST: usize = 32;

/// What an entry of a log stands for. The number is the first octet of the entry, and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EntryKind {
    /// A statement by itself, which a seal over a batch covers: SHA-256 of its octets. Only a statement that commits to what it
    /// hides may stand in a log that others read, because whoever knows the rest of it could try what is left.
    Statement,
    /// A sealed proof: its ProofId, which covers the statement, the signing time and the certificate, and not the signature.
    Proof,
    /// The seal over a batch: SHA-256 of the file, as it was before a record of its own was put into it.
    BatchSeal,
    /// The seal over an earlier checkpoint of the log: SHA-256 of the file.
    CheckpointSeal,
    /// A notice that a key or a certificate counts no more: SHA-256 of the file.
    RevocationNotice,
}

impl EntryKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 5] =
        [Self::Statement, Self::Proof, Self::BatchSeal, Self::CheckpointSeal, Self::RevocationNotice];

    /// Returns the first octet of the entry.
    #[must_use]
    pub const fn octet(self) -> u8 {
        match self {
            Self::Statement => 1,
            Self::Proof => 2,
            Self::BatchSeal => 3,
            Self::CheckpointSeal => 4,
            Self::RevocationNotice => 5,
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Statement => "statement",
            Self::Proof => "proof",
            Self::BatchSeal => "batch seal",
            Self::CheckpointSeal => "checkpoint seal",
            Self::RevocationNotice => "revocation notice",
        })
    }
}

/// An entry of a log: 33 octets, its kind and a digest by SHA-256.
///
/// The log shows the digest alone. It hides what nobody can guess: a file with a signature, say. A ProofId is over no signature, so
/// that whoever knows the rest of a statement, its signing time and its certificate can try what is left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    kind: EntryKind,
    digest: [u8; DIGEST],
}

impl Entry {
    /// The number of octets of an entry.
    pub const LENGTH: usize = 1 + DIGEST;

    /// Makes an entry of a digest by SHA-256.
    #[must_use]
    pub const fn new(kind: EntryKind, digest: [u8; DIGEST]) -> Self {
        Self { kind, digest }
    }

    /// Makes the entry of a file: the digest is that of its octets. A proof has its [`ProofId`](crate::seal::ProofId) instead, which
    /// converts into an entry.
    #[must_use]
    pub fn of_file(kind: EntryKind, file: &[u8]) -> Self {
        Self { kind, digest: DigestAlgorithm::Sha256.digest(file).first_32() }
    }

    /// Reads an entry; nothing where the octets are no such entry.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let (octet, digest) = octets.split_first()?;
        let kind = EntryKind::ALL.into_iter().find(|kind| kind.octet() == *octet)?;
        Some(Self { kind, digest: digest.try_into().ok()? })
    }

    /// Returns the octets that the log keeps.
    #[must_use]
    pub fn to_octets(&self) -> [u8; Self::LENGTH] {
        let mut octets = [self.kind.octet(); Self::LENGTH];
        let [_, digest @ ..] = &mut octets;
        *digest = self.digest;
        octets
    }

    /// Returns the leaf: `SHA-256(00 || kind || digest)` ([RFC 6962 §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1)).
    #[must_use]
    pub fn leaf(&self) -> Hash {
        Hash::leaf(&self.to_octets())
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        self.kind
    }

    /// Returns the octets of the digest.
    #[must_use]
    pub const fn digest(&self) -> &[u8; DIGEST] {
        &self.digest
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, hex(&self.digest))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({self})")
    }
}
