//! Describes payloads by their digests, and as the parts of a message.

use std::fmt;
use std::io::{self, Read};

use super::error::EvidenceError;
use super::limits::{MAX_DIGESTS, MAX_IDENTIFIER};
use super::party::Redacted;
use super::text;
use crate::crypto::{Digest, DigestAlgorithm, OnePass};

/// The digests of one payload: one, or several by different algorithms, so that evidence outlives an algorithm after
/// the payload is deleted.
///
/// The first is written into the content part, the others into the extension AdditionalDigests. None is weaker than
/// SHA-256, and no algorithm is there twice: a statement is built of nothing else. The digests with which signatures by
/// others are verified follow no such rule, so that they are another type,
/// [`ContentDigests`](crate::verify::ContentDigests).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadDigests(Vec<Digest>);

impl PayloadDigests {
    /// The algorithms by default, in this order.
    pub const DEFAULT: [DigestAlgorithm; 2] = [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512];

    /// Computes SHA-256 and SHA-512 of everything that `reader` gives, in one pass with constant memory.
    ///
    /// # Errors
    /// The error of the reader.
    pub fn of_reader(reader: &mut impl Read) -> io::Result<Self> {
        Self::of_reader_with_progress(reader, |_| {})
    }

    /// Computes the digests as [`PayloadDigests::of_reader`] does, and tells `progress` the octets read so far, every
    /// 64 KiB or more often.
    ///
    /// # Errors
    /// The error of the reader.
    pub fn of_reader_with_progress(reader: &mut impl Read, progress: impl FnMut(u64)) -> io::Result<Self> {
        Ok(Self(OnePass::new(Self::DEFAULT).read(reader, progress)?))
    }

    /// Computes SHA-256 and SHA-512 of these octets.
    pub fn of_bytes(payload: &[u8]) -> Self {
        let mut hasher = PayloadHasher::new();
        hasher.update(payload);
        hasher.finish()
    }

    /// Takes digests that were computed elsewhere, the one for the content part first.
    ///
    /// # Errors
    /// [`EvidenceError::NoDigest`], [`EvidenceError::WeakDigest`] for one below SHA-256,
    /// [`EvidenceError::DigestWithoutIdentifier`] for SHAKE, [`EvidenceError::Twice`] for two by one algorithm.
    pub fn from_digests(digests: impl IntoIterator<Item = Digest>) -> Result<Self, EvidenceError> {
        // A list with one digest more than there are algorithms has two by the same one.
        let digests: Vec<_> = digests.into_iter().take(MAX_DIGESTS + 1).collect();
        check_algorithms(digests.iter().map(Digest::algorithm))?;
        Ok(Self(digests))
    }

    /// Returns the digest in the content part.
    pub fn first(&self) -> Option<&Digest> {
        self.0.first()
    }

    /// Returns all digests, of which there is at least one.
    pub fn iter(&self) -> impl Iterator<Item = &Digest> {
        self.0.iter()
    }

    /// Returns the digest by this algorithm.
    pub fn get(&self, algorithm: DigestAlgorithm) -> Option<&Digest> {
        self.0.iter().find(|digest| digest.algorithm() == algorithm)
    }

    /// Returns the digests in the extension AdditionalDigests.
    pub(super) fn additional(&self) -> &[Digest] {
        self.0.get(1..).unwrap_or_default()
    }
}

/// Checks the algorithms of a part's digests. Collisions of what is shorter than SHA-256 can be made, and two digests
/// of one algorithm could name two payloads.
fn check_algorithms(algorithms: impl Iterator<Item = DigestAlgorithm>) -> Result<(), EvidenceError> {
    let mut seen = [false; DigestAlgorithm::ALL.len()];
    for algorithm in algorithms {
        if algorithm.output_len() < DigestAlgorithm::Sha256.output_len() {
            return Err(EvidenceError::WeakDigest);
        }
        if algorithm.uri().is_none() {
            return Err(EvidenceError::DigestWithoutIdentifier(algorithm));
        }
        let mut places = DigestAlgorithm::ALL.iter().zip(&mut seen);
        if places.any(|(offered, seen)| *offered == algorithm && std::mem::replace(seen, true)) {
            return Err(EvidenceError::Twice("digest algorithm"));
        }
    }
    if !seen.contains(&true) { Err(EvidenceError::NoDigest) } else { Ok(()) }
}

/// Computes [`PayloadDigests`] of a payload that comes in pieces.
pub struct PayloadHasher(OnePass);

impl PayloadHasher {
    /// Starts hashing by SHA-256 and SHA-512.
    pub fn new() -> Self {
        Self(OnePass::new(PayloadDigests::DEFAULT))
    }

    /// Starts hashing by these algorithms, the one for the content part first.
    ///
    /// # Errors
    /// The errors of [`PayloadDigests::from_digests`].
    pub fn with_algorithms(algorithms: &[DigestAlgorithm]) -> Result<Self, EvidenceError> {
        check_algorithms(algorithms.iter().copied())?;
        Ok(Self(OnePass::new(algorithms.iter().copied())))
    }

    /// Takes the next octets.
    pub fn update(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    /// Returns the digests of all octets taken.
    pub fn finish(self) -> PayloadDigests {
        PayloadDigests(self.0.finish())
    }
}

impl Default for PayloadHasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for PayloadHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayloadHasher(..)")
    }
}

/// The identifier and media type of a content part, before its digests are known. Debug shows the media type only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PartDescription {
    pub(super) identifier: String,
    pub(super) media_type: String,
}

impl PartDescription {
    /// Describes a part by its identifier, such as a file name of 1 to 255 characters, and its media type, such as
    /// `application/pdf`.
    ///
    /// # Errors
    /// [`EvidenceError::MediaType`], or an identifier that is empty, too long or holds control characters.
    pub fn new(identifier: &str, media_type: &str) -> Result<Self, EvidenceError> {
        Ok(Self {
            identifier: text::text("content part's identifier", identifier, MAX_IDENTIFIER)?,
            media_type: text::media_type(media_type)?,
        })
    }

    /// Returns the same under another identifier.
    pub(super) fn renamed(&self, identifier: &str) -> Result<Self, EvidenceError> {
        Ok(Self {
            identifier: text::text("content part's identifier", identifier, MAX_IDENTIFIER)?,
            media_type: self.media_type.clone(),
        })
    }
}

impl fmt::Debug for PartDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PartDescription").field("identifier", &Redacted).field("media_type", &self.media_type).finish()
    }
}

/// A part of the content with its digests (PartInfo). Debug does not show the identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentPart {
    pub(super) description: PartDescription,
    pub(super) digests: PayloadDigests,
}

impl ContentPart {
    /// Returns the identifier, unique in its statement.
    pub fn identifier(&self) -> &str {
        &self.description.identifier
    }

    /// Returns the media type.
    pub fn media_type(&self) -> &str {
        &self.description.media_type
    }

    /// Returns the digests.
    pub fn digests(&self) -> &PayloadDigests {
        &self.digests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pass_gives_both_digests() {
        let payload: Vec<u8> = (0..200_000u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut told = Vec::new();
        let digests = PayloadDigests::of_reader_with_progress(&mut payload.as_slice(), |n| told.push(n)).unwrap();
        assert_eq!(told, [65_536, 131_072, 196_608, 200_000]);
        assert_eq!(digests, PayloadDigests::of_bytes(&payload));
        assert_eq!(digests, PayloadDigests::of_reader(&mut payload.as_slice()).unwrap());
        assert_eq!(digests.first(), Some(&DigestAlgorithm::Sha256.digest(&payload)));
        assert_eq!(digests.get(DigestAlgorithm::Sha512), Some(&DigestAlgorithm::Sha512.digest(&payload)));
        assert_eq!(digests.iter().count(), 2);
    }

    #[test]
    fn digests_from_elsewhere_must_be_strong_and_different() {
        let digest = |algorithm: DigestAlgorithm| algorithm.digest(b"payload");
        let (sha1, sha256) = (digest(DigestAlgorithm::Sha1), digest(DigestAlgorithm::Sha256));
        assert!(PayloadDigests::from_digests([digest(DigestAlgorithm::Sha384), sha256]).is_ok());
        assert_eq!(PayloadDigests::from_digests([]), Err(EvidenceError::NoDigest));
        assert_eq!(PayloadDigests::from_digests([sha256, sha1]), Err(EvidenceError::WeakDigest));
        for shake in [DigestAlgorithm::Shake128, DigestAlgorithm::Shake256] {
            let refused = PayloadDigests::from_digests([sha256, digest(shake)]);
            assert_eq!(refused, Err(EvidenceError::DigestWithoutIdentifier(shake)));
        }
        assert_eq!(PayloadDigests::from_digests([sha256, sha256]), Err(EvidenceError::Twice("digest algorithm")));
        assert!(PayloadHasher::with_algorithms(&[DigestAlgorithm::Sha224]).is_err());
    }
}
