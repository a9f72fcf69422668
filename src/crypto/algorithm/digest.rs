//! Digest algorithms, digests and hashing.

use core::fmt;

use const_oid::ObjectIdentifier;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;
use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Oid, Tag, Tlv};

use super::not_offered::NotOffered;
use crate::asn1::oid;
use crate::text::hex;

/// The digest algorithms that are offered here.
///
/// SHA-1 and SHA-224 are here to verify what is old; whether a signature that uses them still proves anything is the
/// policy's question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum DigestAlgorithm {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
}

impl DigestAlgorithm {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_224,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
    ];

    /// Its OBJECT IDENTIFIER.
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => oid::SHA1,
            Self::Sha224 => oid::SHA224,
            Self::Sha256 => oid::SHA256,
            Self::Sha384 => oid::SHA384,
            Self::Sha512 => oid::SHA512,
            Self::Sha3_224 => oid::SHA3_224,
            Self::Sha3_256 => oid::SHA3_256,
            Self::Sha3_384 => oid::SHA3_384,
            Self::Sha3_512 => oid::SHA3_512,
        }
    }

    /// The algorithm with this OBJECT IDENTIFIER, if it is offered.
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| oid == algorithm.oid())
    }

    /// The algorithm of an AlgorithmIdentifier. Parameters may be absent or NULL
    /// ([RFC 5754 §2](https://www.rfc-editor.org/rfc/rfc5754#section-2) has both).
    ///
    /// # Errors
    /// `NotOffered` for another algorithm, or other parameters.
    pub fn from_identifier(identifier: &AlgorithmIdentifier<'_>) -> Result<Self, NotOffered> {
        let AlgorithmIdentifier { oid, parameters, .. } = *identifier;
        match Self::from_oid(oid) {
            Some(algorithm) if absent_or_null(parameters) => Ok(algorithm),
            Some(_) => Err(NotOffered::named(oid, "digest with parameters")),
            None => Err(NotOffered::of(oid)),
        }
    }

    /// Its name as NIST writes it: `SHA-256`, `SHA3-256`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha3_224 => "SHA3-224",
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_384 => "SHA3-384",
            Self::Sha3_512 => "SHA3-512",
        }
    }

    /// The algorithm with this name, in any case, with or without the hyphen: `SHA-256`, `sha256`, `SHA3-512`.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
        let name = plain(name);
        Self::ALL.into_iter().find(|algorithm| plain(algorithm.name()) == name)
    }

    /// Its identifier in XML signatures ([RFC 9231 §2.1](https://www.rfc-editor.org/rfc/rfc9231#section-2.1)), which
    /// ERDS evidence uses too.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha224 => "http://www.w3.org/2001/04/xmldsig-more#sha224",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
            Self::Sha3_224 => "http://www.w3.org/2007/05/xmldsig-more#sha3-224",
            Self::Sha3_256 => "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
            Self::Sha3_384 => "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
            Self::Sha3_512 => "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
        }
    }

    /// The algorithm with this identifier, if it is offered.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.uri() == uri)
    }

    /// Octets of its output.
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 => 64,
        }
    }

    /// A new computation.
    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Sha1 => State::Sha1(Default::default()),
            Self::Sha224 => State::Sha224(Default::default()),
            Self::Sha256 => State::Sha256(Default::default()),
            Self::Sha384 => State::Sha384(Default::default()),
            Self::Sha512 => State::Sha512(Default::default()),
            Self::Sha3_224 => State::Sha3_224(Default::default()),
            Self::Sha3_256 => State::Sha3_256(Default::default()),
            Self::Sha3_384 => State::Sha3_384(Default::default()),
            Self::Sha3_512 => State::Sha3_512(Default::default()),
        })
    }

    /// The digest of `message`.
    pub fn digest(self, message: &[u8]) -> Digest {
        let mut hasher = self.hasher();
        hasher.update(message);
        hasher.finish()
    }
}

/// Says whether the parameters of an AlgorithmIdentifier are such as one without parameters may have.
pub(in crate::crypto) fn absent_or_null(parameters: Option<Tlv<'_>>) -> bool {
    parameters.is_none_or(|parameters| parameters.tag == Tag::NULL && parameters.value.is_empty())
}

impl Serialize for DigestAlgorithm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for DigestAlgorithm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| D::Error::custom("not the name of a digest algorithm that is offered"))
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A digest: the algorithm and its output.
#[derive(Clone, Copy)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    octets: [u8; 64],
}

impl Digest {
    /// A digest that was computed elsewhere; `None` if the length does not fit the algorithm.
    pub fn new(algorithm: DigestAlgorithm, octets: &[u8]) -> Option<Self> {
        (octets.len() == algorithm.output_len()).then(|| Self::fill(algorithm, octets))
    }

    fn fill(algorithm: DigestAlgorithm, from: &[u8]) -> Self {
        let mut octets = [0; 64];
        octets.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Self { algorithm, octets }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The octets, as many as the algorithm gives.
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.get(..self.algorithm.output_len()).unwrap_or_default()
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Digest {}

impl core::hash::Hash for Digest {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.algorithm.hash(state);
        self.as_bytes().hash(state);
    }
}

/// `sha-256:` and lower-case hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name().to_ascii_lowercase(), hex(self.as_bytes()))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A digest that is being computed.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
}

macro_rules! each_state {
    ($self:expr, $state:ident, $body:expr) => {
        match $self {
            State::Sha1($state) => $body,
            State::Sha224($state) => $body,
            State::Sha256($state) => $body,
            State::Sha384($state) => $body,
            State::Sha512($state) => $body,
            State::Sha3_224($state) => $body,
            State::Sha3_256($state) => $body,
            State::Sha3_384($state) => $body,
            State::Sha3_512($state) => $body,
        }
    };
}

impl Hasher {
    /// Which digest it is.
    pub fn algorithm(&self) -> DigestAlgorithm {
        match &self.0 {
            State::Sha1(_) => DigestAlgorithm::Sha1,
            State::Sha224(_) => DigestAlgorithm::Sha224,
            State::Sha256(_) => DigestAlgorithm::Sha256,
            State::Sha384(_) => DigestAlgorithm::Sha384,
            State::Sha512(_) => DigestAlgorithm::Sha512,
            State::Sha3_224(_) => DigestAlgorithm::Sha3_224,
            State::Sha3_256(_) => DigestAlgorithm::Sha3_256,
            State::Sha3_384(_) => DigestAlgorithm::Sha3_384,
            State::Sha3_512(_) => DigestAlgorithm::Sha3_512,
        }
    }

    /// Takes in the next part of the message.
    pub fn update(&mut self, part: &[u8]) {
        each_state!(&mut self.0, state, state.update(part));
    }

    /// The digest of all parts.
    pub fn finish(self) -> Digest {
        let algorithm = self.algorithm();
        each_state!(self.0, state, Digest::fill(algorithm, &state.finalize()))
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hasher({})", self.algorithm())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_abc_are_those_of_the_standards() {
        // FIPS 180-4 and FIPS 202 example values, first four octets and last.
        let expected = [
            (DigestAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (DigestAlgorithm::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (DigestAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (DigestAlgorithm::Sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
        ];
        for (algorithm, hex) in expected {
            let digest = algorithm.digest(b"abc");
            assert_eq!(digest.to_string(), format!("{}:{hex}", algorithm.name().to_lowercase()));
            assert_eq!(digest.as_bytes().len(), algorithm.output_len());
        }
    }

    #[test]
    fn identifiers_lead_back() {
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_uri(algorithm.uri()), Some(algorithm));
            assert_eq!(
                Oid::from_value(algorithm.oid().as_bytes()).and_then(DigestAlgorithm::from_oid),
                Some(algorithm)
            );
            assert_eq!(DigestAlgorithm::from_name(&algorithm.name().to_lowercase().replace('-', "")), Some(algorithm));
            assert_eq!(algorithm.digest(b"").as_bytes().len(), algorithm.output_len());
            assert!(Digest::new(algorithm, &[0; 19]).is_none());
        }
    }

    #[test]
    fn parts_give_the_digest_of_the_whole() {
        let mut hasher = DigestAlgorithm::Sha512.hasher();
        b"registered mail".chunks(4).for_each(|part| hasher.update(part));
        assert_eq!(hasher.finish(), DigestAlgorithm::Sha512.digest(b"registered mail"));
    }
}
