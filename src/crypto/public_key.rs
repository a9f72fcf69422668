//! Public keys, and the verification of signatures with them.

use core::fmt;
use std::sync::Arc;

use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{Reader, Tag, Tlv};

use super::algorithm::{absent_or_null, pss_parameters};
use super::{Digest, NotOffered, SignatureAlgorithm};
use crate::asn1::{oid, writer};

/// Smallest and largest RSA modulus, in bits, with which a signature is checked. Below, it proves nothing; above, the
/// work grows with the third power of the size and a stranger's certificate could ask for any of it.
const RSA_BITS: core::ops::RangeInclusive<usize> = 1024..=8192;

/// Bits of the largest public exponent, against exponents chosen to make verification slow. Nearly all are 65537; one
/// national TSA has 65 bits.
const RSA_EXPONENT_BITS: usize = 128;

/// What kind of key it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA, rsaEncryption or id-RSASSA-PSS.
    Rsa {
        /// Bits of the modulus.
        bits: u32,
    },
    /// NIST P-256.
    EcP256,
    /// NIST P-384.
    EcP384,
    /// NIST P-521.
    EcP521,
    /// Ed25519.
    Ed25519,
    /// A kind that is not offered here. The key is kept, so that its certificate can be read.
    NotOffered(NotOffered),
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA, {bits} bits"),
            Self::EcP256 => f.write_str("EC P-256"),
            Self::EcP384 => f.write_str("EC P-384"),
            Self::EcP521 => f.write_str("EC P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::NotOffered(what) => write!(f, "{what}, not offered"),
        }
    }
}

/// What was wrong with a key, public or private. Nothing of the key is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The octets do not have the structure.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// The text holds no PEM block with a private key.
    #[error("no private key in the PEM text")]
    NoPrivateKey,
    /// The key is encrypted; it has to be decrypted before.
    #[error("the private key is encrypted")]
    Encrypted,
    /// The PEM block is of a form that is not read: PKCS#8 (`PRIVATE KEY`) and PKCS#1 (`RSA PRIVATE KEY`) are.
    #[error("a form of private key that is not read; PKCS#8 and PKCS#1 are")]
    UnsupportedForm,
    /// No signatures are made with this kind of key here.
    #[error("not offered for signing: {0}")]
    NotOffered(NotOffered),
    /// RSA keys for signing have 2048 to 8192 bits.
    #[error("an RSA key of {bits} bits; 2048 to 8192 are offered for signing")]
    Size {
        /// Bits of the modulus.
        bits: u32,
    },
    /// The backend refused the key: its numbers do not belong together.
    #[error("the key is inconsistent")]
    Inconsistent,
    /// The algorithm cannot be used, or is not offered, with this key.
    #[error("{algorithm} is not offered with a key of kind {key}")]
    AlgorithmMismatch {
        /// The algorithm that was asked for.
        algorithm: SignatureAlgorithm,
        /// The kind of the key.
        key: KeyKind,
    },
    /// No new key could be made.
    #[error("key generation failed")]
    Generation,
}

/// Why a signature was not found valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The signature is not of this key over this message.
    #[error("the signature is not valid")]
    Invalid,
    /// The algorithm does not fit the key: another kind, or other RSASSA-PSS parameters than the key allows.
    #[error("{algorithm} does not fit a key of kind {key}")]
    KeyMismatch {
        /// The algorithm that was asked for.
        algorithm: SignatureAlgorithm,
        /// The kind of the key.
        key: KeyKind,
    },
    /// The digest is of another algorithm than the signature algorithm's.
    #[error("the digest is of another algorithm than the signature's")]
    DigestMismatch,
    /// The algorithm needs the message itself (Ed25519).
    #[error("the algorithm needs the message, not its digest")]
    MessageNeeded,
    /// The key cannot be used: a point that is not on its curve, an even exponent, too many bits.
    #[error("unusable key: {0}")]
    UnusableKey(&'static str),
    /// This build has no backend for it. Nobody looked at the signature.
    #[error("not offered: {0}")]
    NotOffered(NotOffered),
}

/// A public key, with its SubjectPublicKeyInfo as it was received. Cloning it is cheap.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    spki: Box<[u8]>,
    kind: KeyKind,
    key: Key,
    /// The parameters of an id-RSASSA-PSS key.
    only_pss: Option<OnlyPss>,
    #[cfg(feature = "aws-lc-rs")]
    prepared: super::aws_lc::Prepared,
}

/// The numbers of a key, in the one form that the backends are given.
#[derive(PartialEq, Eq)]
pub(super) enum Key {
    /// Big-endian, no leading zeros.
    Rsa {
        modulus: Box<[u8]>,
        exponent: Box<[u8]>,
    },
    /// A point as SEC 1 writes it, compressed or not.
    Ec {
        curve: Curve,
        point: Box<[u8]>,
    },
    Ed25519([u8; 32]),
    /// Read, but not to be used.
    Unusable(&'static str),
    /// The whole SubjectPublicKeyInfo is in `spki`.
    NotOffered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// Octets of the order of the group.
    #[cfg(feature = "rustcrypto")]
    pub(super) const fn scalar_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    pub(super) const fn kind(self) -> KeyKind {
        match self {
            Self::P256 => KeyKind::EcP256,
            Self::P384 => KeyKind::EcP384,
            Self::P521 => KeyKind::EcP521,
        }
    }

    pub(super) const fn oid(self) -> const_oid::ObjectIdentifier {
        match self {
            Self::P256 => oid::P256,
            Self::P384 => oid::P384,
            Self::P521 => oid::P521,
        }
    }

    pub(super) fn from_parameters(parameters: Option<Tlv<'_>>) -> Result<Self, NotOffered> {
        let unnamed = || NotOffered::named(oid::EC_PUBLIC_KEY, "elliptic curve without a name");
        let parameters =
            parameters.filter(|parameters| parameters.tag == Tag::OBJECT_IDENTIFIER).ok_or_else(unnamed)?;
        let name = Reader::new(parameters.raw, "ECParameters").oid().map_err(|_| unnamed())?;
        [Self::P256, Self::P384, Self::P521]
            .into_iter()
            .find(|curve| name == curve.oid())
            .ok_or_else(|| NotOffered::of(name))
    }
}

/// What an id-RSASSA-PSS key may be used for, [RFC 4055 §3.3](https://www.rfc-editor.org/rfc/rfc4055#section-3.3).
#[derive(Clone, Copy)]
enum OnlyPss {
    /// No parameters: any digests and salt.
    Any,
    /// These digests, and a salt of at least this length.
    Within(SignatureAlgorithm),
}

/// How a backend answered.
pub(super) enum Answer {
    Valid,
    Invalid,
    /// The backend does not take this key.
    KeyRefused,
    /// The backend does not have the algorithm, or not for this size.
    NotOffered,
}

/// A backend's verification.
type Verify = fn(&Inner, &SignatureAlgorithm, Signed<'_>, &[u8]) -> Answer;

/// What was signed, as the backends are given it.
#[derive(Clone, Copy)]
pub(super) enum Signed<'a> {
    Digest(&'a Digest),
    #[cfg_attr(not(feature = "aws-lc-rs"), expect(dead_code, reason = "Ed25519, which the other backend lacks"))]
    Message(&'a [u8]),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo ([RFC 5280 §4.1.2.7](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7)):
    ///
    /// ```text
    /// SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
    /// ```
    ///
    /// A key of a kind that is not offered, or too large to be used, is no error: its certificate can still be read.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn from_spki(spki: &[u8]) -> Result<Self, KeyError> {
        let malformed = |_| KeyError::Malformed("SubjectPublicKeyInfo");
        let mut outer = Reader::new(spki, "SubjectPublicKeyInfo");
        let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("SubjectPublicKeyInfo");
        outer.finish().map_err(malformed)?;
        let AlgorithmIdentifier { oid: algorithm, parameters, .. } =
            AlgorithmIdentifier::read(&mut fields).map_err(malformed)?;
        let bits = fields.expect(Tag::BIT_STRING).map_err(malformed)?;
        fields.finish().map_err(malformed)?;
        let Some((0, key)) = bits.value.split_first() else {
            return Err(KeyError::Malformed("subjectPublicKey"));
        };

        let mut only_pss = None;
        let (kind, key) = if algorithm == oid::RSA_ENCRYPTION {
            if !absent_or_null(parameters) {
                return Err(KeyError::Malformed("rsaEncryption parameters"));
            }
            read_rsa(key)?
        } else if algorithm == oid::RSASSA_PSS {
            let restriction = match parameters.map(pss_parameters) {
                None => Ok(OnlyPss::Any),
                Some(None) => return Err(KeyError::Malformed("RSASSA-PSS-params")),
                Some(Some(parameters)) => parameters.map(OnlyPss::Within),
            };
            match restriction {
                Ok(restriction) => {
                    only_pss = Some(restriction);
                    read_rsa(key)?
                }
                Err(what) => (KeyKind::NotOffered(what), Key::NotOffered),
            }
        } else if algorithm == oid::EC_PUBLIC_KEY {
            match Curve::from_parameters(parameters) {
                Ok(curve) => (curve.kind(), Key::Ec { curve, point: key.into() }),
                Err(what) => (KeyKind::NotOffered(what), Key::NotOffered),
            }
        } else if algorithm == oid::ED25519 {
            let key = key.try_into().map_err(|_| KeyError::Malformed("Ed25519 public key"))?;
            (KeyKind::Ed25519, Key::Ed25519(key))
        } else {
            (KeyKind::NotOffered(NotOffered::of(algorithm)), Key::NotOffered)
        };
        Ok(Self(Arc::new(Inner {
            spki: spki.into(),
            kind,
            key,
            only_pss,
            #[cfg(feature = "aws-lc-rs")]
            prepared: Default::default(),
        })))
    }

    /// The SubjectPublicKeyInfo as it was received.
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// What kind of key it is.
    pub fn kind(&self) -> &KeyKind {
        &self.0.kind
    }

    /// Whether this algorithm can be used with this key at all.
    pub fn fits(&self, algorithm: &SignatureAlgorithm) -> bool {
        match (&self.0.kind, *algorithm) {
            (KeyKind::Rsa { .. }, SignatureAlgorithm::RsaPkcs1(_)) => self.0.only_pss.is_none(),
            (KeyKind::Rsa { .. }, SignatureAlgorithm::RsaPss { digest, mgf_digest, salt_len }) => {
                match self.0.only_pss {
                    None | Some(OnlyPss::Any) => true,
                    Some(OnlyPss::Within(SignatureAlgorithm::RsaPss {
                        digest: only_digest,
                        mgf_digest: only_mgf,
                        salt_len: at_least,
                    })) => digest == only_digest && mgf_digest == only_mgf && salt_len >= at_least,
                    Some(OnlyPss::Within(_)) => false,
                }
            }
            (KeyKind::EcP256 | KeyKind::EcP384 | KeyKind::EcP521, SignatureAlgorithm::Ecdsa(_)) => true,
            (KeyKind::Ed25519, SignatureAlgorithm::Ed25519) => true,
            _ => false,
        }
    }

    /// Whether `signature` is this key's over `message`.
    ///
    /// # Errors
    /// `Invalid` when it is not; the other variants say why nobody could tell.
    pub fn verify(
        &self,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        self.usable(algorithm)?;
        match algorithm {
            SignatureAlgorithm::Ed25519 => self.ask_backends(algorithm, Signed::Message(message), signature),
            _ => self.ask_backends(algorithm, Signed::Digest(&algorithm.digest().digest(message)), signature),
        }
    }

    /// Whether `signature` is this key's over the message with this digest.
    ///
    /// # Errors
    /// As [`verify`](Self::verify); `DigestMismatch`, `MessageNeeded`.
    pub fn verify_digest(
        &self,
        algorithm: &SignatureAlgorithm,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        self.usable(algorithm)?;
        match algorithm {
            SignatureAlgorithm::Ed25519 => Err(SignatureError::MessageNeeded),
            _ if digest.algorithm() != algorithm.digest() => Err(SignatureError::DigestMismatch),
            _ => self.ask_backends(algorithm, Signed::Digest(digest), signature),
        }
    }

    fn usable(&self, algorithm: &SignatureAlgorithm) -> Result<(), SignatureError> {
        match (&self.0.kind, &self.0.key) {
            (KeyKind::NotOffered(what), _) => Err(SignatureError::NotOffered(what.clone())),
            (_, Key::Unusable(why)) => Err(SignatureError::UnusableKey(why)),
            (kind, _) if !self.fits(algorithm) => {
                Err(SignatureError::KeyMismatch { algorithm: *algorithm, key: kind.clone() })
            }
            _ => Ok(()),
        }
    }

    /// The one dispatch: aws-lc-rs first, for speed and constant time; what it does not have, the pure-Rust crates.
    fn ask_backends(
        &self,
        algorithm: &SignatureAlgorithm,
        signed: Signed<'_>,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let backends: &[Verify] = &[
            #[cfg(feature = "aws-lc-rs")]
            |inner, algorithm, signed, signature| {
                super::aws_lc::verify(&inner.prepared, &inner.key, algorithm, signed, signature)
            },
            #[cfg(feature = "rustcrypto")]
            |inner, algorithm, signed, signature| super::rustcrypto::verify(&inner.key, algorithm, signed, signature),
        ];
        let mut refused = false;
        for verify in backends {
            match verify(&self.0, algorithm, signed, signature) {
                Answer::Valid => return Ok(()),
                Answer::Invalid => return Err(SignatureError::Invalid),
                Answer::KeyRefused => refused = true,
                Answer::NotOffered => {}
            }
        }
        if refused {
            return Err(SignatureError::UnusableKey("its numbers are not those of a key"));
        }
        Err(SignatureError::NotOffered(algorithm.not_offered()))
    }

    /// From the RSAPublicKey of a private key.
    pub(super) fn from_rsa_public_key(rsa_public_key: &[u8]) -> Result<Self, KeyError> {
        Self::from_parts(&writer::algorithm_null(oid::RSA_ENCRYPTION), rsa_public_key)
    }

    /// From the public point of a private key.
    pub(super) fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let algorithm = writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), &writer::oid(curve.oid())]);
        Self::from_parts(&algorithm, point)
    }

    pub(super) fn from_parts(algorithm: &[u8], key: &[u8]) -> Result<Self, KeyError> {
        Self::from_spki(&writer::sequence(&[algorithm, &writer::concat(Tag::BIT_STRING, &[&[0], key])]))
    }

    #[cfg(test)]
    pub(super) fn ask(
        &self,
        backend: Backend,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Answer {
        let digest = algorithm.digest().digest(message);
        let signed = match algorithm {
            SignatureAlgorithm::Ed25519 => Signed::Message(message),
            _ => Signed::Digest(&digest),
        };
        match backend {
            #[cfg(feature = "aws-lc-rs")]
            Backend::AwsLc => super::aws_lc::verify(&self.0.prepared, &self.0.key, algorithm, signed, signature),
            #[cfg(feature = "rustcrypto")]
            Backend::RustCrypto => super::rustcrypto::verify(&self.0.key, algorithm, signed, signature),
        }
    }
}

#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub(super) enum Backend {
    #[cfg(feature = "aws-lc-rs")]
    AwsLc,
    #[cfg(feature = "rustcrypto")]
    RustCrypto,
}

/// Two keys are equal when their numbers are, whatever the coding and the restrictions around them; of kinds that are
/// not offered, when the SubjectPublicKeyInfo is.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0.key, &other.0.key) {
            (Key::NotOffered | Key::Unusable(_), _) | (_, Key::NotOffered | Key::Unusable(_)) => {
                self.0.spki == other.0.spki
            }
            (key, other) => key == other,
        }
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.0.kind)
    }
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }, RFC 8017 appendix A.1.1.
fn read_rsa(key: &[u8]) -> Result<(KeyKind, Key), KeyError> {
    let malformed = |_| KeyError::Malformed("RSAPublicKey");
    let mut outer = Reader::new(key, "RSAPublicKey");
    let mut fields = outer.expect(Tag::SEQUENCE).map_err(malformed)?.reader("RSAPublicKey");
    outer.finish().map_err(malformed)?;
    let modulus = fields.integer().map_err(malformed)?;
    let exponent = fields.integer().map_err(malformed)?;
    fields.finish().map_err(malformed)?;
    // Some cards were issued with the leading zero of their modulus forgotten. Their certificates are read, their keys
    // not used.
    let negative = modulus.is_negative() || exponent.is_negative();
    let (modulus, exponent) = (modulus.significant(), exponent.significant());
    let bits = bit_length(modulus);
    let odd = |number: &[u8]| number.last().is_some_and(|octet| octet & 1 == 1);
    let key = if negative {
        Key::Unusable("an RSA modulus or exponent that is negative")
    } else if !RSA_BITS.contains(&bits) {
        Key::Unusable("an RSA modulus outside 1024 to 8192 bits")
    } else if bit_length(exponent) > RSA_EXPONENT_BITS {
        Key::Unusable("an RSA exponent of more than 128 bits")
    } else if !odd(modulus) || !odd(exponent) || exponent == [1] {
        Key::Unusable("an RSA modulus or exponent that is even, or exponent 1")
    } else {
        Key::Rsa { modulus: modulus.into(), exponent: exponent.into() }
    };
    Ok((KeyKind::Rsa { bits: u32::try_from(bits).unwrap_or(u32::MAX) }, key))
}

/// Bits of a number without leading zero octets.
pub(super) fn bit_length(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len().saturating_mul(8).saturating_sub(first.leading_zeros() as usize))
}

/// The integer that ECDSA makes of a digest, in as many octets as the order of the group has (FIPS 186-5 §6.4.1: the
/// leftmost bits of a longer digest, all of a shorter one). Backends that are fixed to one digest per curve take it as
/// that one's.
pub(super) fn ecdsa_input(digest: &Digest, length: usize) -> Vec<u8> {
    let digest = digest.as_bytes();
    let kept = digest.get(..length).unwrap_or(digest);
    let mut input = vec![0; length - kept.len()];
    input.extend_from_slice(kept);
    input
}
