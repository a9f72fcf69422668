//! This module verifies the three parts of every signed structure: the signed data, the algorithm and the signature.

use std::sync::OnceLock;

use signed_data::AlgorithmIdentifier;
use signed_data::tlv::{BitString, Reader};

use crate::crypto::{Digest, Fingerprint, KnownSignatures, NotOffered, PublicKey, SignatureAlgorithm, SignatureError};
use crate::pki::certificate::{Part, range_within};

/// The received octets, and the ranges of the signed part and the signature.
pub(super) struct Signed {
    der: Box<[u8]>,
    fingerprint: Fingerprint,
    tbs: Part,
    algorithm: Part,
    algorithms_agree: bool,
    signature: Part,
    whole_octets: bool,
    /// The digest of the signed part, computed once for all keys that are tried.
    digest: OnceLock<Box<Digest>>,
    /// The fingerprint of the key that made the signature, once it is known. It depends on these octets alone.
    signer: OnceLock<Box<Fingerprint>>,
}

impl Signed {
    /// Makes the structure. `inner_algorithm` is the signed copy of the algorithm, which must be equal (RFC 5280
    /// §5.1.1.2).
    pub(super) fn new(
        der: &[u8],
        tbs: &[u8],
        algorithm: &AlgorithmIdentifier<'_>,
        inner_algorithm: Option<&AlgorithmIdentifier<'_>>,
        signature: BitString<'_>,
    ) -> Self {
        Self {
            fingerprint: Fingerprint::of(der),
            tbs: Part::of(range_within(der, tbs)),
            algorithm: Part::of(range_within(der, algorithm.raw)),
            algorithms_agree: inner_algorithm.is_none_or(|inner| inner.raw == algorithm.raw),
            signature: Part::of(range_within(der, signature.octets)),
            whole_octets: signature.unused_bits == 0,
            digest: OnceLock::new(),
            signer: OnceLock::new(),
            der: der.into(),
        }
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    pub(super) fn part(&self, part: Part) -> &[u8] {
        self.der.get(part.range()).unwrap_or_default()
    }

    /// Returns the algorithm of the signature, if it is supported.
    pub(super) fn signature_algorithm(&self) -> Option<SignatureAlgorithm> {
        let mut reader = Reader::new(self.part(self.algorithm), "signatureAlgorithm");
        SignatureAlgorithm::from_identifier(&AlgorithmIdentifier::read(&mut reader).ok()?, None).ok()
    }

    /// Returns true if the key that made the signature is known.
    pub(super) fn is_authenticated(&self) -> bool {
        self.signer.get().is_some()
    }

    /// Checks that this key made the signature over the received octets.
    ///
    /// # Errors
    /// Returns `NotOffered` if the algorithm is unsupported. Any other error means that the signature is not this
    /// key's.
    pub(super) fn verify(
        &self,
        key: &PublicKey,
        good_signatures: Option<&KnownSignatures>,
    ) -> Result<(), SignatureError> {
        // An unsigned algorithm field must not steer the verification (RFC 5280 §5.1.1.2). The count of unused bits is
        // not signed either, so anybody could change it in a valid structure.
        if !self.algorithms_agree || !self.whole_octets {
            return Err(SignatureError::Invalid);
        }
        // A signature over the same octets with the same key gives the same result, so it is verified once.
        if self.signer.get().is_some_and(|signer| **signer == Fingerprint::from(key.fingerprint())) {
            return Ok(());
        }
        self.verify_anew(key, good_signatures)?;
        self.signer.get_or_init(|| Box::new(Fingerprint::from(key.fingerprint())));
        Ok(())
    }

    fn verify_anew(&self, key: &PublicKey, good_signatures: Option<&KnownSignatures>) -> Result<(), SignatureError> {
        let mut reader = Reader::new(self.part(self.algorithm), "signatureAlgorithm");
        let unreadable = |_| SignatureError::NotOffered(NotOffered::named("", "unreadable AlgorithmIdentifier"));
        let stated = AlgorithmIdentifier::read(&mut reader).map_err(unreadable)?;
        let algorithm = SignatureAlgorithm::from_identifier(&stated, None).map_err(SignatureError::NotOffered)?;
        let (tbs, signature) = (self.part(self.tbs), self.part(self.signature));
        let Some(prehash) = algorithm.prehash() else {
            return KnownSignatures::verify(good_signatures, key, &algorithm, tbs, signature);
        };
        let digest = self.digest.get_or_init(|| Box::new(prehash.digest(tbs)));
        KnownSignatures::verify_digest(good_signatures, key, &algorithm, digest, signature)
    }
}
