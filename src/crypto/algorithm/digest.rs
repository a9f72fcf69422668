//! Digest algorithms and digests.

use core::fmt;

use const_oid::ObjectIdentifier;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Oid, Tag, Tlv};

use super::not_offered::NotOffered;
use crate::asn1::oid;
use crate::text::hex_digits;

/// The digest algorithms that are offered here.
///
/// SHA-1 and SHA-224 serve to verify old signatures. The policy decides whether a signature that uses them still proves
/// anything.
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
    Shake128,
    Shake256,
}

impl DigestAlgorithm {
    /// All digest algorithms that are offered.
    pub const ALL: [Self; 11] = [
        Self::Sha1,
        Self::Sha224,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_224,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
        Self::Shake128,
        Self::Shake256,
    ];

    /// Returns the OBJECT IDENTIFIER.
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
            Self::Shake128 => oid::SHAKE128,
            Self::Shake256 => oid::SHAKE256,
        }
    }

    /// Finds the algorithm with this OBJECT IDENTIFIER, if it is offered.
    pub fn from_oid(oid: Oid<'_>) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| oid == algorithm.oid())
    }

    /// Reads the algorithm of an AlgorithmIdentifier. Parameters may be absent or NULL
    /// ([RFC 5754 §2](https://www.rfc-editor.org/rfc/rfc5754#section-2) has both), and must be absent with SHAKE
    /// ([RFC 8702 §3.1](https://www.rfc-editor.org/rfc/rfc8702#section-3.1)).
    ///
    /// # Errors
    /// `NotOffered` for any other algorithm, or for other parameters.
    pub fn from_identifier(identifier: &AlgorithmIdentifier<'_>) -> Result<Self, NotOffered> {
        let AlgorithmIdentifier { oid, parameters, .. } = *identifier;
        match Self::from_oid(oid) {
            Some(algorithm) if parameters.is_none() => Ok(algorithm),
            Some(algorithm) if !algorithm.is_xof() && absent_or_null(parameters) => Ok(algorithm),
            Some(_) => Err(NotOffered::named(oid, "digest with parameters")),
            None => Err(NotOffered::of(oid)),
        }
    }

    /// Returns the name as NIST writes it: `SHA-256`, `SHA3-256`.
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
            Self::Shake128 => "SHAKE128",
            Self::Shake256 => "SHAKE256",
        }
    }

    /// Returns the name as it begins the text of a digest.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Sha1 => "sha-1:",
            Self::Sha224 => "sha-224:",
            Self::Sha256 => "sha-256:",
            Self::Sha384 => "sha-384:",
            Self::Sha512 => "sha-512:",
            Self::Sha3_224 => "sha3-224:",
            Self::Sha3_256 => "sha3-256:",
            Self::Sha3_384 => "sha3-384:",
            Self::Sha3_512 => "sha3-512:",
            Self::Shake128 => "shake128:",
            Self::Shake256 => "shake256:",
        }
    }

    /// Finds the algorithm with this name, in any case, with or without the hyphen: `SHA-256`, `sha256`, `SHA3-512`.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
        let name = plain(name);
        Self::ALL.into_iter().find(|algorithm| plain(algorithm.name()) == name)
    }

    /// Returns the identifier in XML signatures ([RFC 9231 §2.1](https://www.rfc-editor.org/rfc/rfc9231#section-2.1)), which
    /// ERDS evidence uses too. It is `None` for SHAKE, which has none, so that no statement holds such a digest.
    pub const fn uri(self) -> Option<&'static str> {
        Some(match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha224 => "http://www.w3.org/2001/04/xmldsig-more#sha224",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
            Self::Sha3_224 => "http://www.w3.org/2007/05/xmldsig-more#sha3-224",
            Self::Sha3_256 => "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
            Self::Sha3_384 => "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
            Self::Sha3_512 => "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
            Self::Shake128 | Self::Shake256 => return None,
        })
    }

    /// Finds the algorithm with this identifier, if it is offered.
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.uri() == Some(uri))
    }

    /// Returns the number of octets of a digest. For SHAKE it is what CMS asks for, twice the security strength
    /// ([RFC 8702 §3.1](https://www.rfc-editor.org/rfc/rfc8702#section-3.1)).
    pub const fn output_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha224 | Self::Sha3_224 => 28,
            Self::Sha256 | Self::Sha3_256 | Self::Shake128 => 32,
            Self::Sha384 | Self::Sha3_384 => 48,
            Self::Sha512 | Self::Sha3_512 | Self::Shake256 => 64,
        }
    }

    /// Says whether a content is named by its digest: nobody finds another one, and XML has an identifier for the algorithm, which
    /// it has for none of SHAKE.
    pub(crate) const fn is_strong(self) -> bool {
        self.output_len() >= Self::Sha256.output_len() && self.uri().is_some()
    }

    /// Says whether the algorithm is an extendable-output function. RSA and ECDSA have other identifiers with these
    /// than with digests (RFC 8702 §3.2), which are not offered.
    pub(crate) const fn is_xof(self) -> bool {
        matches!(self, Self::Shake128 | Self::Shake256)
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

/// A digest, with its algorithm.
#[derive(Clone, Copy)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    octets: [u8; 64],
}

impl Digest {
    /// Makes a digest of octets that were computed elsewhere. It is `None` if their length does not fit the algorithm.
    pub fn new(algorithm: DigestAlgorithm, octets: &[u8]) -> Option<Self> {
        (octets.len() == algorithm.output_len()).then(|| Self::fill(algorithm, octets))
    }

    pub(in crate::crypto) fn fill(algorithm: DigestAlgorithm, from: &[u8]) -> Self {
        let mut octets = [0; 64];
        octets.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
        Self { algorithm, octets }
    }

    /// Returns the first 32 octets: all of a SHA-256.
    pub(crate) fn first_32(&self) -> [u8; 32] {
        let mut first = [0; 32];
        first.iter_mut().zip(self.as_bytes()).for_each(|(to, from)| *to = *from);
        first
    }

    /// Returns the algorithm.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Returns the octets, as many as the algorithm gives.
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
        // The algorithm is left out, since equal octets of two algorithms are a collision that nobody meets.
        state.write(self.as_bytes());
    }
}

/// The text is of the form `sha-256:`, followed by lower-case hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm.prefix())?;
        f.write_str(hex_digits(self.as_bytes(), &mut [0; 128]))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_those_of_the_family() {
        use signed_data::tlv::Reader;
        for algorithm in DigestAlgorithm::ALL {
            let read = |der: &[u8]| {
                let identifier = AlgorithmIdentifier::read(&mut Reader::new(der, "test")).unwrap();
                DigestAlgorithm::from_identifier(&identifier).ok()
            };
            assert_eq!(read(&crate::asn1::writer::algorithm(algorithm.oid())), Some(algorithm));
            let null = read(&crate::asn1::writer::algorithm_null(algorithm.oid()));
            assert_eq!(null, (!algorithm.is_xof()).then_some(algorithm), "{algorithm}");
        }
    }

    #[test]
    fn identifiers_lead_back() {
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(algorithm.uri().and_then(DigestAlgorithm::from_uri), (!algorithm.is_xof()).then_some(algorithm));
            assert_eq!(
                Oid::from_value(algorithm.oid().as_bytes()).and_then(DigestAlgorithm::from_oid),
                Some(algorithm)
            );
            assert_eq!(DigestAlgorithm::from_name(&algorithm.name().to_lowercase().replace('-', "")), Some(algorithm));
            assert_eq!(algorithm.digest(b"").as_bytes().len(), algorithm.output_len());
            assert!(Digest::new(algorithm, &[0; 19]).is_none());
        }
    }
}
