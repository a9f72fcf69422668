//! Public keys, and the verification of signatures with them.

use core::fmt;
use core::ops::Range;
use std::sync::{Arc, OnceLock};

use signed_data::tlv::Tag;

use super::algorithm::{Digest, DigestAlgorithm, NotOffered, SignatureAlgorithm};
#[cfg(feature = "aws-lc-rs")]
use super::backend::aws_lc::AwsLc;
#[cfg(feature = "rustcrypto")]
use super::backend::rustcrypto::RustCrypto;
#[cfg(feature = "slh-dsa")]
use super::backend::slh_dsa::SlhDsaBackend;
use super::backend::{Answer, Backend, Signed};
use super::key::{Curve, KeyError, KeyKind, KeyNumbers, Spki};
use crate::asn1::{oid, writer};

/// An error that says why a signature was not found valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The signature is not of this key over this message.
    #[error("the signature is not valid")]
    Invalid,
    /// The algorithm is for another kind of key, or the key allows only other RSASSA-PSS parameters.
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
    /// The algorithm has no [prehash](SignatureAlgorithm::prehash) and needs the message itself.
    #[error("the algorithm needs the message, not its digest")]
    MessageNeeded,
    /// The key cannot be used: its point is not on the curve, its exponent is even, or it has too many bits.
    #[error("unusable key: {0}")]
    UnusableKey(&'static str),
    /// The key is of a post-quantum algorithm, and its identifier has parameters, which must be absent ([RFC 9881
    /// §2](https://www.rfc-editor.org/rfc/rfc9881#section-2), [RFC 9909 §3](https://www.rfc-editor.org/rfc/rfc9909#section-3)).
    #[error("unusable key: a post-quantum key with parameters, which must be absent")]
    KeyParameters,
    /// This build has no backend for the algorithm, so that nothing is known about the signature.
    #[error("not offered: {0}")]
    NotOffered(NotOffered),
}

/// A public key, with its SubjectPublicKeyInfo as it was received. Cloning it is cheap.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    spki: Spki,
    /// The SHA-256 of the SubjectPublicKeyInfo, once somebody asked for it.
    fingerprint: OnceLock<Box<Digest>>,
    #[cfg(feature = "aws-lc-rs")]
    aws_lc: AwsLc,
    #[cfg(feature = "rustcrypto")]
    rustcrypto: RustCrypto,
    #[cfg(feature = "slh-dsa")]
    slh_dsa: SlhDsaBackend,
}

impl Inner {
    /// Returns the backends in the order in which they are asked: aws-lc-rs first, for its speed and constant time, and
    /// the pure-Rust crates for what it does not have.
    fn backends(&self) -> impl Iterator<Item = &dyn Backend> {
        [
            #[cfg(feature = "aws-lc-rs")]
            (&self.aws_lc as &dyn Backend),
            #[cfg(feature = "rustcrypto")]
            (&self.rustcrypto as &dyn Backend),
            #[cfg(feature = "slh-dsa")]
            (&self.slh_dsa as &dyn Backend),
        ]
        .into_iter()
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo ([RFC 5280 §4.1.2.7](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7)):
    ///
    /// ```text
    /// SubjectPublicKeyInfo ::= SEQUENCE {
    ///     algorithm           AlgorithmIdentifier,
    ///     subjectPublicKey    BIT STRING }
    /// ```
    ///
    /// A key of a kind that is not offered, or too large to be used, is no error: its certificate can still be read.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn from_spki(spki: &[u8]) -> Result<Self, KeyError> {
        Self::within(&spki.into(), 0..spki.len())
    }

    /// Reads the SubjectPublicKeyInfo at a place in the octets of a certificate, which the key shares.
    ///
    /// # Errors
    /// `Malformed`.
    pub(crate) fn within(certificate: &Arc<[u8]>, place: Range<usize>) -> Result<Self, KeyError> {
        Spki::read(certificate, place).map(Self::of)
    }

    /// Returns the key at a place where [`within`](Self::within) has read one: a file can hold thousands of certificates, few of
    /// whose keys are used. At another place it is a key that is not offered.
    pub(crate) fn at(certificate: &Arc<[u8]>, place: Range<usize>) -> Self {
        let spki = Spki::read(certificate, place.clone());
        Self::of(spki.unwrap_or_else(|_| Spki::not_offered(certificate, place)))
    }

    fn of(spki: Spki) -> Self {
        Self(Arc::new(Inner {
            spki,
            fingerprint: OnceLock::new(),
            #[cfg(feature = "aws-lc-rs")]
            aws_lc: AwsLc::default(),
            #[cfg(feature = "rustcrypto")]
            rustcrypto: RustCrypto,
            #[cfg(feature = "slh-dsa")]
            slh_dsa: SlhDsaBackend,
        }))
    }

    /// Returns the SubjectPublicKeyInfo as it was received.
    pub fn spki_der(&self) -> &[u8] {
        self.0.spki.der()
    }

    /// Returns the kind of the key.
    pub fn kind(&self) -> &KeyKind {
        &self.0.spki.kind
    }

    /// Returns the algorithm by which a signer with this key signs unless another is asked for, such as ECDSA with SHA-256 for P-256, or,
    /// for RSA, PKCS #1 with SHA-256 where the certificate leaves the choice. It fits the key. It is `None` for a key that is not offered.
    pub fn usual_algorithm(&self) -> Option<SignatureAlgorithm> {
        self.0.spki.usual_algorithm()
    }

    /// Says whether this algorithm can be used with this key at all.
    pub fn fits(&self, algorithm: &SignatureAlgorithm) -> bool {
        self.0.spki.fits(algorithm)
    }

    /// Returns the SHA-256 of the SubjectPublicKeyInfo as it was received.
    pub(crate) fn fingerprint(&self) -> &Digest {
        self.0.fingerprint.get_or_init(|| Box::new(DigestAlgorithm::Sha256.digest(self.spki_der())))
    }

    /// Checks that `signature` is this key's over `message`.
    ///
    /// # Errors
    /// `Invalid` when it is not. The other variants say why the question could not be answered.
    pub fn verify(
        &self,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        self.check_usable(algorithm)?;
        match algorithm.prehash() {
            Some(digest) => self.ask_backends(algorithm, Signed::Digest(&digest.digest(message)), signature),
            None => self.ask_backends(algorithm, Signed::Message(message), signature),
        }
    }

    /// Checks that `signature` is this key's over the message with this digest.
    ///
    /// # Errors
    /// The errors of [`verify`](Self::verify), `DigestMismatch`, and `MessageNeeded`.
    pub fn verify_digest(
        &self,
        algorithm: &SignatureAlgorithm,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        self.check_usable(algorithm)?;
        let prehash = algorithm.prehash().ok_or(SignatureError::MessageNeeded)?;
        if digest.algorithm() != prehash {
            return Err(SignatureError::DigestMismatch);
        }
        self.ask_backends(algorithm, Signed::Digest(digest), signature)
    }

    /// Checks that the key is of the kind that the algorithm needs. A backend could otherwise read the numbers of one
    /// kind as those of another.
    fn check_usable(&self, algorithm: &SignatureAlgorithm) -> Result<(), SignatureError> {
        if let KeyKind::NotOffered(what) = self.kind() {
            return Err(SignatureError::NotOffered(what.clone()));
        }
        match self.0.spki.numbers {
            KeyNumbers::Unusable(why) => return Err(SignatureError::UnusableKey(why)),
            KeyNumbers::WithParameters => return Err(SignatureError::KeyParameters),
            KeyNumbers::Rsa { .. }
            | KeyNumbers::Ec { .. }
            | KeyNumbers::Ed25519(_)
            | KeyNumbers::PostQuantum { .. }
            | KeyNumbers::NotOffered => {}
        }
        if !self.fits(algorithm) {
            return Err(SignatureError::KeyMismatch { algorithm: *algorithm, key: self.kind().clone() });
        }
        Ok(())
    }

    /// Asks one backend after the other until one knows the answer.
    fn ask_backends(
        &self,
        algorithm: &SignatureAlgorithm,
        signed: Signed<'_>,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let mut refused = false;
        for backend in self.0.backends() {
            match backend.verify(&self.0.spki.numbers, algorithm, signed, signature) {
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

    /// Makes a key from an RSAPublicKey.
    pub(super) fn from_rsa_public_key(rsa_public_key: &[u8]) -> Result<Self, KeyError> {
        Self::from_parts(&writer::algorithm_null(oid::RSA_ENCRYPTION), rsa_public_key)
    }

    /// Makes a key from a point of a curve.
    pub(super) fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let algorithm = writer::sequence(&[&writer::oid(oid::EC_PUBLIC_KEY), &writer::oid(curve.oid())]);
        Self::from_parts(&algorithm, point)
    }

    /// Makes a key from the DER of an AlgorithmIdentifier and the contents of subjectPublicKey.
    pub(super) fn from_parts(algorithm: &[u8], key: &[u8]) -> Result<Self, KeyError> {
        Self::from_spki(&writer::sequence(&[algorithm, &writer::concat(Tag::BIT_STRING, &[&[0], key])]))
    }

    /// Asks each backend by itself, in their order.
    #[cfg(test)]
    pub(super) fn ask_each(&self, algorithm: &SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Vec<Answer> {
        let digest = algorithm.prehash().map(|digest| digest.digest(message));
        let signed = digest.as_ref().map_or(Signed::Message(message), Signed::Digest);
        let ask = |backend: &dyn Backend| backend.verify(&self.0.spki.numbers, algorithm, signed, signature);
        self.0.backends().map(ask).collect()
    }
}

/// Two keys are equal when their numbers are, whatever the coding and the restrictions around them. Keys that are not
/// offered or not usable are equal when their SubjectPublicKeyInfo is the same.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        let opaque = |key: &Self| {
            matches!(key.0.spki.numbers, KeyNumbers::NotOffered | KeyNumbers::Unusable(_) | KeyNumbers::WithParameters)
        };
        if opaque(self) || opaque(other) {
            self.spki_der() == other.spki_der()
        } else {
            self.0.spki.numbers == other.0.spki.numbers
        }
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.kind())
    }
}
