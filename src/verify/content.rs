//! The content that a signature or timestamp is about, given by its octets or its digests.

use std::io::{self, Read};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::crypto::{Digest, DigestAlgorithm, OnePass};
use crate::text::hex;

/// The content with which a signature by somebody else is verified.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// The content is inside the SignedData.
    Attached,
    /// The bytes of the content.
    Octets(&'a [u8]),
    /// The digests of the content, computed elsewhere or in one pass by [`ContentDigests::of_reader`].
    Digests(&'a ContentDigests),
}

/// The digests of detached content, of any strength: the signature decides which one is needed.
///
/// A statement takes [`PayloadDigests`](crate::PayloadDigests) instead, of which none is weak: with these here an old
/// signature over SHA-1 is judged as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentDigests(Vec<Digest>);

/// The algorithms that signatures use for their content; SHA-3 is asked for by name.
const USUAL: [DigestAlgorithm; 5] = [
    DigestAlgorithm::Sha1,
    DigestAlgorithm::Sha224,
    DigestAlgorithm::Sha256,
    DigestAlgorithm::Sha384,
    DigestAlgorithm::Sha512,
];

impl ContentDigests {
    /// Takes digests that were computed elsewhere, each of them. Of two by the same algorithm [`get`](Self::get) returns the
    /// first.
    pub fn new(digests: impl IntoIterator<Item = Digest>) -> Self {
        Self(digests.into_iter().collect())
    }

    /// Hashes content in one pass, with constant memory, by SHA-1 and the SHA-2 family.
    ///
    /// # Errors
    /// Returns the errors of the reader.
    pub fn of_reader(reader: &mut impl Read) -> io::Result<Self> {
        Self::of_reader_by(reader, &USUAL)
    }

    /// Hashes content in one pass by these algorithms.
    ///
    /// # Errors
    /// Returns the errors of the reader.
    pub fn of_reader_by(reader: &mut impl Read, algorithms: &[DigestAlgorithm]) -> io::Result<Self> {
        let offered = DigestAlgorithm::ALL.into_iter().filter(|algorithm| algorithms.contains(algorithm));
        Ok(Self(OnePass::new(offered).read(reader, |_| {})?))
    }

    pub(super) fn are_of(&self, octets: &[u8]) -> bool {
        !self.0.is_empty() && self.0.iter().all(|digest| digest.algorithm().digest(octets) == *digest)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All digests.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Digest> {
        self.0.iter()
    }

    /// Returns the digest by this algorithm, if it is there.
    pub fn get(&self, algorithm: DigestAlgorithm) -> Option<Digest> {
        self.0.iter().find(|digest| digest.algorithm() == algorithm).copied()
    }
}

/// Digests serialise as texts such as `SHA-256:e3b0...`.
impl Serialize for ContentDigests {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_seq(self.iter().map(|digest| format!("{}:{}", digest.algorithm().name(), hex(digest.as_bytes()))))
    }
}

impl<'de> Deserialize<'de> for ContentDigests {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let digests: Option<Vec<Digest>> = texts.iter().map(|text| digest(text)).collect();
        digests.map(Self::new).ok_or_else(|| D::Error::custom("not a digest"))
    }
}

fn digest(text: &str) -> Option<Digest> {
    let (algorithm, digits) = text.split_once(':')?;
    let digits: Option<Vec<u8>> = digits.chars().map(|c| c.to_digit(16)?.try_into().ok()).collect();
    let octets: Option<Vec<u8>> = digits?.chunks(2).map(|pair| Some(pair.first()? << 4 | pair.get(1)?)).collect();
    Digest::new(DigestAlgorithm::from_name(algorithm)?, &octets?)
}
