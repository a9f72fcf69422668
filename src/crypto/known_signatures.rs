//! This module remembers the verdicts on signatures that were verified before.

use core::fmt;
use core::hash::{Hash, Hasher};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use super::algorithm::{Digest, DigestAlgorithm, SignatureAlgorithm};
use super::fingerprint::Fingerprint;
use super::public_key::{PublicKey, SignatureError};

/// The number of signatures that are remembered, of some 500 octets each. With more, forgetting costs time and nothing
/// else.
const REMEMBERED: usize = 4096;

/// The number of signatures that are remembered because they are not good, apart from the others, which they do not crowd
/// out. A file with as many tokens as are looked at has half of that.
const REMEMBERED_AS_BAD: usize = 1024;

/// The maximum length of a signature whose octets are remembered. An RSA key of 16,384 bits makes one of this length. Of a
/// post-quantum signature, which is longer, the SHA-512 is remembered. What is longer and of no length that its algorithm
/// has is refused for that at once, and would otherwise stay in memory as long as the verifier.
const MAX_REMEMBERED_SIGNATURE: usize = 2048;

/// The number of sets that share the signatures, so that threads rarely wait for one another.
const SHARDS: usize = 16;

/// The verdicts on signatures that recur over an archive: of a token that thousands of proofs share, of CRLs, OCSP
/// responses and the certificates of their signers.
///
/// What is remembered is that a key has made a signature over a message, or has not, and nothing else. The worth of that, at
/// which time and by which policy, is decided each time. The tokens of an evidence record are judged again for each signer
/// of a file, and an attacker chooses keys with which each signature takes milliseconds.
#[derive(Default)]
pub(crate) struct KnownSignatures {
    good: [RwLock<HashSet<Known<'static>>>; SHARDS],
    bad: RwLock<HashSet<Known<'static>>>,
}

/// Everything that the answer depends on.
#[derive(PartialEq, Eq)]
struct Known<'a> {
    algorithm: SignatureAlgorithm,
    message: Digest,
    key: Fingerprint,
    signature: Remembered<'a>,
}

/// The form in which a signature is remembered. A digest is never the same as octets.
#[derive(PartialEq, Eq, Hash)]
enum Remembered<'a> {
    Octets(Cow<'a, [u8]>),
    Digest(Box<Digest>),
}

impl Hash for Known<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // An attacker can write any number of signatures over one message, so the message alone would put all of them into
        // one place, where each is compared with each. Equality compares the algorithm too.
        self.message.hash(state);
        self.key.hash(state);
        self.signature.hash(state);
    }
}

impl KnownSignatures {
    /// Does what [`PublicKey::verify`] does, at once where the answer is remembered.
    ///
    /// # Errors
    /// Those of [`PublicKey::verify`].
    pub(crate) fn verify(
        remembered: Option<&Self>,
        key: &PublicKey,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let Some(remembered) = remembered else { return key.verify(algorithm, message, signature) };
        match algorithm.prehash() {
            Some(prehash) => Self::verify_digest(Some(remembered), key, algorithm, &prehash.digest(message), signature),
            None => {
                let message_digest = DigestAlgorithm::Sha512.digest(message);
                remembered.once(Known::new(key, algorithm, &message_digest, signature), || {
                    key.verify(algorithm, message, signature)
                })
            }
        }
    }

    /// Does what [`PublicKey::verify_digest`] does, at once where the answer is remembered.
    ///
    /// # Errors
    /// Those of [`PublicKey::verify_digest`].
    pub(crate) fn verify_digest(
        remembered: Option<&Self>,
        key: &PublicKey,
        algorithm: &SignatureAlgorithm,
        digest: &Digest,
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let verify = || key.verify_digest(algorithm, digest, signature);
        match remembered {
            // An algorithm without a prehash needs the message, whatever is known about its digest.
            Some(remembered) if algorithm.prehash().is_some() => {
                remembered.once(Known::new(key, algorithm, digest, signature), verify)
            }
            Some(_) | None => verify(),
        }
    }

    fn once(
        &self,
        what: Option<Known<'_>>,
        verify: impl FnOnce() -> Result<(), SignatureError>,
    ) -> Result<(), SignatureError> {
        let Some(what) = what else { return verify() };
        let Some(shard) = self.good.get(what.shard()) else { return verify() };
        if shard.read().unwrap_or_else(PoisonError::into_inner).contains(&what) {
            return Ok(());
        }
        if self.bad.read().unwrap_or_else(PoisonError::into_inner).contains(&what) {
            return Err(SignatureError::Invalid);
        }
        match verify() {
            Ok(()) => {}
            Err(SignatureError::Invalid) => {
                let mut bad = self.bad.write().unwrap_or_else(PoisonError::into_inner);
                if bad.len() >= REMEMBERED_AS_BAD {
                    bad.clear();
                }
                bad.insert(what.into_owned());
                return Err(SignatureError::Invalid);
            }
            // All others cost little, and some hold names that an attacker can make long.
            Err(error) => return Err(error),
        }
        let mut good = shard.write().unwrap_or_else(PoisonError::into_inner);
        if good.len() >= REMEMBERED / SHARDS {
            good.clear();
        }
        good.insert(what.into_owned());
        Ok(())
    }

    fn len(&self) -> usize {
        self.good.iter().map(|shard| shard.read().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }
}

impl<'a> Known<'a> {
    /// Returns what is remembered of a signature, and `None` for one that is too long.
    fn new(key: &PublicKey, algorithm: &SignatureAlgorithm, message: &Digest, signature: &'a [u8]) -> Option<Self> {
        let remembered = if signature.len() <= MAX_REMEMBERED_SIGNATURE {
            Remembered::Octets(Cow::Borrowed(signature))
        } else if key.kind().signature_len() == Some(signature.len()) {
            Remembered::Digest(Box::new(DigestAlgorithm::Sha512.digest(signature)))
        } else {
            return None;
        };
        let key = Fingerprint::from(key.fingerprint());
        Some(Self { algorithm: *algorithm, message: *message, key, signature: remembered })
    }

    fn into_owned(self) -> Known<'static> {
        let signature = match self.signature {
            Remembered::Octets(octets) => Remembered::Octets(Cow::Owned(octets.into_owned())),
            Remembered::Digest(digest) => Remembered::Digest(digest),
        };
        Known { signature, ..self }
    }

    fn shard(&self) -> usize {
        self.message.as_bytes().first().map_or(0, |octet| usize::from(*octet) % SHARDS)
    }
}

impl fmt::Debug for KnownSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownSignatures({})", self.len())
    }
}

#[cfg(all(test, feature = "aws-lc-rs"))]
mod tests {
    use super::*;
    use crate::crypto::{KeyKind, Signer, SigningKey};

    fn keys() -> Vec<SigningKey> {
        let kinds = [KeyKind::Rsa { bits: 2048 }, KeyKind::EcP256, KeyKind::EcP256, KeyKind::Ed25519, KeyKind::MlDsa65];
        kinds.iter().map(|kind| SigningKey::generate(kind).unwrap()).collect()
    }

    fn verify(
        remembered: &KnownSignatures,
        key: &PublicKey,
        algorithm: &SignatureAlgorithm,
        signed: (&[u8], &[u8]),
    ) -> bool {
        let answer = KnownSignatures::verify(Some(remembered), key, algorithm, signed.0, signed.1);
        assert_eq!(answer, key.verify(algorithm, signed.0, signed.1));
        answer.is_ok()
    }

    #[test]
    fn a_good_signature_makes_nothing_else_good() {
        let remembered = KnownSignatures::default();
        let keys = keys();
        for key in &keys {
            let (public, algorithm) = (key.public_key(), key.algorithm());
            let (message, signature) = (b"a message".as_slice(), key.sign(b"a message").unwrap());
            let before = remembered.len();
            for _ in 0..2 {
                assert!(verify(&remembered, public, &algorithm, (message, &signature)));
                assert_eq!(remembered.len(), before + 1);
            }
            for octet in (0..signature.len()).step_by(signature.len() / 64) {
                let mut forged = signature.clone();
                forged[octet] ^= 1;
                assert!(!verify(&remembered, public, &algorithm, (message, &forged)));
            }
            assert!(!verify(&remembered, public, &algorithm, (message, &signature[1..])));
            assert!(!verify(&remembered, public, &algorithm, (b"another message", &signature)));
            for stranger in keys.iter().filter(|stranger| stranger.public_key() != public) {
                assert!(!verify(&remembered, stranger.public_key(), &algorithm, (message, &signature)));
                assert!(!verify(&remembered, stranger.public_key(), &stranger.algorithm(), (message, &signature)));
                assert!(
                    !verify(&remembered, public, &stranger.algorithm(), (message, &signature))
                        || algorithm == stranger.algorithm()
                );
            }
            assert_eq!(remembered.len(), before + 1, "what is not good is remembered apart");
            assert!((1..=REMEMBERED_AS_BAD).contains(&remembered.bad.read().unwrap().len()));
        }
    }

    /// The same octets as the digest of another algorithm, and a digest where the message is needed.
    #[test]
    fn what_cannot_be_answered_is_not_answered_by_memory() {
        let remembered = KnownSignatures::default();
        for key in keys() {
            let (public, algorithm) = (key.public_key(), key.algorithm());
            let signature = key.sign(b"a message").unwrap();
            assert!(verify(&remembered, public, &algorithm, (b"a message", &signature)));
            let digest = algorithm.cms_digest().digest(b"a message");
            let others = [DigestAlgorithm::Sha3_256, DigestAlgorithm::Sha3_512];
            for digest in
                others.iter().filter_map(|algorithm| Digest::new(*algorithm, digest.as_bytes())).chain([digest])
            {
                let answer = KnownSignatures::verify_digest(Some(&remembered), public, &algorithm, &digest, &signature);
                assert_eq!(answer, public.verify_digest(&algorithm, &digest, &signature));
            }
        }
    }

    #[test]
    fn it_is_bounded() {
        let remembered = KnownSignatures::default();
        let key = SigningKey::generate(&KeyKind::EcP256).unwrap();
        let (public, algorithm, signature) = (key.public_key(), key.algorithm(), key.sign(b"a message").unwrap());
        for number in 0..2 * u32::try_from(REMEMBERED).unwrap() {
            let digest = algorithm.cms_digest().digest(&number.to_be_bytes());
            // Signatures that differ, as those of different shards do.
            let signature = number.to_be_bytes();
            remembered.once(Known::new(public, &algorithm, &digest, &signature), || Ok(())).unwrap();
            assert!(remembered.len() <= REMEMBERED);
        }
        assert!(remembered.len() > REMEMBERED / SHARDS, "the shards are forgotten one by one");
        assert!(verify(&remembered, public, &algorithm, (b"a message", &signature)));
    }

    #[test]
    fn a_signature_that_is_too_long_for_any_key_is_not_kept() {
        let signatures = KnownSignatures::default();
        let key = SigningKey::generate(&KeyKind::Rsa { bits: 2048 }).unwrap();
        let (public, algorithm) = (key.public_key(), key.algorithm());
        for (length, kept) in [(MAX_REMEMBERED_SIGNATURE, 1), (MAX_REMEMBERED_SIGNATURE + 1, 1), (1 << 20, 1), (256, 2)]
        {
            assert!(!verify(&signatures, public, &algorithm, (b"a message", &vec![1; length])));
            assert_eq!(signatures.bad.read().unwrap().len(), kept, "{length}");
        }
    }

    #[test]
    fn signatures_over_one_message_lie_apart() {
        use std::collections::hash_map::RandomState;
        use std::hash::BuildHasher;
        let keys = keys();
        let message = DigestAlgorithm::Sha256.digest(b"a message");
        let hasher = RandomState::new();
        let hashes: HashSet<u64> = keys
            .iter()
            .flat_map(|key| (0..=u8::MAX).map(move |octet| (key, [octet])))
            .map(|(key, signature)| {
                hasher.hash_one(Known::new(key.public_key(), &key.algorithm(), &message, &signature).unwrap())
            })
            .collect();
        assert_eq!(hashes.len(), keys.len() * 256);
    }
}
