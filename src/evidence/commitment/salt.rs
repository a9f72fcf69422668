//! Salts: the secrets without which a commitment says nothing.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

use super::prefixed::append;
use crate::crypto::{HkdfSha256, random};
use crate::evidence::error::EvidenceError;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::party::Redacted;

/// The number of octets of a salt and of a seed.
const LEN: usize = 32;

/// The salt of one commitment: 32 octets that nobody can guess. It is wiped from memory, and Debug does not show it.
#[derive(Clone)]
pub struct Salt(Zeroizing<[u8; LEN]>);

/// The reason why octets or a text are no salt and no seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SaltError {
    /// There are more or fewer than 32 octets. A shorter salt could be guessed.
    #[error("a salt of {0} octets, where 32 are needed")]
    Length(usize),
    /// The text is not canonical base64url without padding (RFC 4648 §5).
    #[error("a salt that is not canonical base64url without padding")]
    Base64,
}

impl Salt {
    /// Makes a salt of random octets.
    ///
    /// # Errors
    /// [`EvidenceError::Random`] when the operating system gives none.
    pub fn generate() -> Result<Self, EvidenceError> {
        random().map(Self)
    }

    /// Takes 32 octets that nobody can guess.
    ///
    /// # Errors
    /// [`SaltError::Length`].
    pub fn from_bytes(octets: &[u8]) -> Result<Self, SaltError> {
        sized(octets).map(Self)
    }

    /// Returns the 32 octets.
    pub fn as_bytes(&self) -> &[u8; LEN] {
        &self.0
    }

    /// Reads a salt as a disclosure holds it: canonical base64url without padding, 43 characters.
    ///
    /// # Errors
    /// [`SaltError::Base64`], [`SaltError::Length`].
    pub fn from_base64(text: &str) -> Result<Self, SaltError> {
        let octets = Base64UrlUnpadded::decode_vec(text).map(Zeroizing::new).map_err(|_| SaltError::Base64)?;
        Self::from_bytes(&octets)
    }

    /// Returns the 43 characters that a disclosure holds.
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(Base64UrlUnpadded::encode_string(self.0.as_slice()))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Salt").field(&Redacted).finish()
    }
}

/// Salts of random octets, all drawn at once: asking the operating system costs more than a commitment. They are wiped from
/// memory.
pub(super) struct RandomSalts(Zeroizing<Vec<[u8; LEN]>>);

impl RandomSalts {
    /// Draws so many salts.
    pub(super) fn draw(count: usize) -> Result<Self, EvidenceError> {
        let mut salts = Zeroizing::new(vec![[0; LEN]; count]);
        random::fill(salts.as_flattened_mut()).map_err(|_| EvidenceError::Random)?;
        Ok(Self(salts))
    }
}

impl Iterator for RandomSalts {
    type Item = Salt;

    fn next(&mut self) -> Option<Salt> {
        self.0.pop().map(|octets| Salt(Zeroizing::new(octets)))
    }
}

/// The secret of which the salts of one proof are derived: 32 octets that nobody can guess. It is wiped from memory, and
/// Debug does not show it.
///
/// A seed for each proof is one secret to keep and to delete, where the salts would be many. A seed for each person and
/// year of retention makes deleting one secret erase all proofs of this person and year. One seed for everybody is no
/// erasure: as long as it exists, every value can be tried against it.
#[derive(Clone)]
pub struct SaltSeed {
    octets: Zeroizing<[u8; LEN]>,
    /// What the salts are derived of, extracted once.
    key: HkdfSha256,
}

impl SaltSeed {
    /// Makes a seed of random octets.
    ///
    /// # Errors
    /// [`EvidenceError::Random`] when the operating system gives none.
    pub fn generate() -> Result<Self, EvidenceError> {
        random().map(Self::of)
    }

    /// Takes 32 octets that nobody can guess.
    ///
    /// # Errors
    /// [`SaltError::Length`].
    pub fn from_bytes(octets: &[u8]) -> Result<Self, SaltError> {
        sized(octets).map(Self::of)
    }

    /// Returns the 32 octets.
    pub fn as_bytes(&self) -> &[u8; LEN] {
        &self.octets
    }

    /// Derives the salt of the field with this path: HKDF-SHA-256 of the seed, with the info `lp("salt") || lp(path)`,
    /// where lp is a length of four octets, big-endian, and the text in UTF-8.
    pub fn salt(&self, path: &str) -> Salt {
        Salt(self.derive("salt", path))
    }

    /// Derives the seed of one proof of a seed that several proofs share, such as that of a person and a year:
    /// HKDF-SHA-256 with the info `lp("proof") || lp(EvidenceIdentifier)`.
    ///
    /// The salts of each proof are then different, so that a disclosure of one proof says nothing about the others.
    pub fn for_proof(&self, evidence_identifier: EvidenceIdentifier) -> Self {
        Self::of(self.derive("proof", &evidence_identifier.to_string()))
    }

    fn of(octets: Zeroizing<[u8; LEN]>) -> Self {
        let key = HkdfSha256::extract(octets.as_slice());
        Self { octets, key }
    }

    fn derive(&self, label: &str, name: &str) -> Zeroizing<[u8; LEN]> {
        let mut info = Vec::with_capacity(8 + label.len() + name.len());
        append(&mut info, label);
        append(&mut info, name);
        self.key.expand(&info)
    }
}

impl fmt::Debug for SaltSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SaltSeed").field(&Redacted).finish()
    }
}

fn random() -> Result<Zeroizing<[u8; LEN]>, EvidenceError> {
    let mut octets = Zeroizing::new([0; LEN]);
    random::fill(octets.as_mut_slice()).map_err(|_| EvidenceError::Random)?;
    Ok(octets)
}

fn sized(octets: &[u8]) -> Result<Zeroizing<[u8; LEN]>, SaltError> {
    octets.try_into().map(Zeroizing::new).map_err(|_| SaltError::Length(octets.len()))
}
