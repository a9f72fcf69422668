//! Signatures that were found good before.

use core::fmt;
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use super::{Digest, DigestAlgorithm, PublicKey, SignatureAlgorithm, SignatureError};

/// Signatures that are remembered, of some 200 octets each; beyond that, forgetting costs time and nothing else.
const REMEMBERED: usize = 4096;

/// Good signatures that recur over an archive: of a token that thousands of proofs share, of CRLs, OCSP responses and
/// the certificates of their signers.
///
/// What is remembered is that a key has made a signature over a message, and nothing else: what that is worth, at which
/// time and by which policy, is decided each time. What was not good is not remembered.
#[derive(Default)]
pub(crate) struct KnownSignatures(RwLock<HashSet<Known>>);

/// All that the answer depends on.
#[derive(PartialEq, Eq, Hash)]
struct Known {
    algorithm: SignatureAlgorithm,
    message: Digest,
    /// Of the SubjectPublicKeyInfo as received and the signature.
    key_and_signature: Digest,
}

impl KnownSignatures {
    /// [`PublicKey::verify`], at once where the answer is known to be yes.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn verify(
        known: Option<&Self>,
        key: &PublicKey,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let Some(known) = known else { return key.verify(algorithm, message, signature) };
        let digest = algorithm.digest().digest(message);
        known.once(Known::new(key, algorithm, &digest, signature), || match algorithm {
            SignatureAlgorithm::Ed25519 => key.verify(algorithm, message, signature),
            _ => key.verify_digest(algorithm, &digest, signature),
        })
    }

    /// [`PublicKey::verify_digest`], at once where the answer is known to be yes.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn verify_digest(
        known: Option<&Self>,
        key: &PublicKey,
        algorithm: &SignatureAlgorithm,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let verify = || key.verify_digest(algorithm, digest, signature);
        match known {
            // Ed25519 needs the message, whatever is known.
            Some(known) if *algorithm != SignatureAlgorithm::Ed25519 => {
                known.once(Known::new(key, algorithm, digest, signature), verify)
            }
            _ => verify(),
        }
    }

    fn once(&self, what: Known, verify: impl FnOnce() -> Result<(), SignatureError>) -> Result<(), SignatureError> {
        if self.0.read().unwrap_or_else(PoisonError::into_inner).contains(&what) {
            return Ok(());
        }
        verify()?;
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(what);
        Ok(())
    }
}

impl Known {
    fn new(key: &PublicKey, algorithm: &SignatureAlgorithm, message: &Digest, signature: &[u8]) -> Self {
        let mut hasher = DigestAlgorithm::Sha256.hasher();
        let length = u64::try_from(key.spki_der().len()).unwrap_or(u64::MAX);
        // With the length of the first part, the two cannot be divided otherwise.
        hasher.update(&length.to_be_bytes());
        hasher.update(key.spki_der());
        hasher.update(signature);
        Self { algorithm: *algorithm, message: *message, key_and_signature: hasher.finish() }
    }
}

impl fmt::Debug for KnownSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownSignatures({})", self.0.read().unwrap_or_else(PoisonError::into_inner).len())
    }
}

#[cfg(all(test, feature = "aws-lc-rs"))]
mod tests {
    use super::*;
    use crate::crypto::{KeyKind, Signer, SigningKey};

    fn keys() -> Vec<SigningKey> {
        let kinds = [KeyKind::Rsa { bits: 2048 }, KeyKind::EcP256, KeyKind::EcP256, KeyKind::Ed25519];
        kinds.iter().map(|kind| SigningKey::generate(kind).unwrap()).collect()
    }

    fn len(known: &KnownSignatures) -> usize {
        known.0.read().unwrap().len()
    }

    fn verify(known: &KnownSignatures, key: &PublicKey, algorithm: &SignatureAlgorithm, one: (&[u8], &[u8])) -> bool {
        let answer = KnownSignatures::verify(Some(known), key, algorithm, one.0, one.1);
        assert_eq!(answer, key.verify(algorithm, one.0, one.1));
        answer.is_ok()
    }

    #[test]
    fn a_good_signature_makes_nothing_else_good() {
        let known = KnownSignatures::default();
        let keys = keys();
        for key in &keys {
            let (public, algorithm) = (key.public_key(), key.algorithm());
            let (message, signature) = (b"a message".as_slice(), key.sign(b"a message").unwrap());
            let before = len(&known);
            for _ in 0..2 {
                assert!(verify(&known, public, &algorithm, (message, &signature)));
                assert_eq!(len(&known), before + 1);
            }
            for octet in 0..signature.len() {
                let mut forged = signature.clone();
                forged[octet] ^= 1;
                assert!(!verify(&known, public, &algorithm, (message, &forged)));
            }
            assert!(!verify(&known, public, &algorithm, (message, &signature[1..])));
            assert!(!verify(&known, public, &algorithm, (b"another message", &signature)));
            for other in keys.iter().filter(|other| other.public_key() != public) {
                assert!(!verify(&known, other.public_key(), &algorithm, (message, &signature)));
                assert!(!verify(&known, other.public_key(), &other.algorithm(), (message, &signature)));
                assert!(
                    !verify(&known, public, &other.algorithm(), (message, &signature))
                        || algorithm == other.algorithm()
                );
            }
            assert_eq!(len(&known), before + 1, "what is not good is not remembered");
        }
    }

    /// The same octets as the digest of another algorithm, and a digest where the message is needed.
    #[test]
    fn what_cannot_be_answered_is_not_answered_by_memory() {
        let known = KnownSignatures::default();
        for key in keys() {
            let (public, algorithm) = (key.public_key(), key.algorithm());
            let signature = key.sign(b"a message").unwrap();
            assert!(verify(&known, public, &algorithm, (b"a message", &signature)));
            let digest = algorithm.digest().digest(b"a message");
            let others = [DigestAlgorithm::Sha3_256, DigestAlgorithm::Sha3_512];
            for digest in others.iter().filter_map(|other| Digest::new(*other, digest.as_bytes())).chain([digest]) {
                let answer = KnownSignatures::verify_digest(Some(&known), public, &algorithm, &digest, &signature);
                assert_eq!(answer, public.verify_digest(&algorithm, &digest, &signature));
            }
        }
    }

    #[test]
    fn it_is_bounded() {
        let known = KnownSignatures::default();
        let key = SigningKey::generate(&KeyKind::EcP256).unwrap();
        let (public, algorithm, signature) = (key.public_key(), key.algorithm(), key.sign(b"a message").unwrap());
        for number in 0..=u32::try_from(REMEMBERED).unwrap() {
            let digest = algorithm.digest().digest(&number.to_be_bytes());
            known.once(Known::new(public, &algorithm, &digest, &signature), || Ok(())).unwrap();
            assert!(len(&known) <= REMEMBERED);
        }
        assert_eq!(len(&known), 1);
        assert!(verify(&known, public, &algorithm, (b"a message", &signature)));
    }
}
