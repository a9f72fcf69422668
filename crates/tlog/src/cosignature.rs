//! Cosignatures: a witness says that a checkpoint is consistent with all that it has seen of the log
//! ([tlog-cosignature](https://c2sp.org/tlog-cosignature)).
//!
//! They are verified where notes are: [`Note::verify`](crate::note::Note::verify). Here they are made.

use core::fmt;

use crate::checkpoint::Checkpoint;
use crate::crypto::{PrivateKey, PublicKey, SigningError};
use crate::note::{KeyName, NoteSignature, NoteText, VerifierKey, VerifierKeyError};

/// The octets of the time before a signature.
pub(crate) const TIMESTAMP: usize = 8;

/// The largest time ([tlog-cosignature](https://c2sp.org/tlog-cosignature#format)).
const LARGEST_TIME: u64 = (1 << 63) - 1;

/// Cosigns checkpoints, as a witness does, or as a log does that signs by ML-DSA-44.
///
/// A witness must not cosign a checkpoint before it has verified that its tree begins with the one that it cosigned last. This
/// signer does not know that one.
pub struct Cosigner<K> {
    key: VerifierKey,
    private_key: K,
}

impl<K: PrivateKey> Cosigner<K> {
    /// Names a private key.
    ///
    /// # Errors
    /// `NameTooLong` for an ML-DSA-44 key with a name of more than 255 octets.
    pub fn new(name: KeyName, private_key: K) -> Result<Self, VerifierKeyError> {
        let key = match private_key.public_key() {
            PublicKey::Ed25519(key) => VerifierKey::ed25519_cosigner(name, *key),
            PublicKey::MlDsa44(key) => VerifierKey::ml_dsa_44_cosigner(name, key.clone())?,
        };
        Ok(Self { key, private_key })
    }

    /// Returns the key that verifies the cosignatures.
    pub const fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// Cosigns a checkpoint at a time, in seconds since 1970.
    ///
    /// # Errors
    /// - `Time` for zero, by which a witness would say less than it must, and for a time above 2^63 - 1.
    /// - `Extensions` for a checkpoint with extension lines, which ML-DSA-44 does not cover, and Ed25519 without a meaning.
    /// - `NameLength` for a name that the message of ML-DSA-44 cannot hold; [`new`](Self::new) lets none pass.
    /// - `PrivateKey` when that does not sign.
    pub fn cosign(&self, checkpoint: &Checkpoint, time: u64) -> Result<NoteSignature, CosignError> {
        if time == 0 || time > LARGEST_TIME {
            return Err(CosignError::Time);
        }
        if checkpoint.has_extensions() {
            return Err(CosignError::Extensions);
        }
        let message = match self.key.public_key() {
            PublicKey::Ed25519(_) => ed25519_message(time, &checkpoint.to_text()),
            PublicKey::MlDsa44(_) => {
                ml_dsa_44_message(self.key.name(), time, checkpoint).ok_or(CosignError::NameLength)?
            }
        };
        let signature = self.private_key.sign(&message).map_err(CosignError::PrivateKey)?;
        let octets = [time.to_be_bytes().as_slice(), signature.as_slice()].concat();
        Ok(NoteSignature::new(self.key.name().clone(), self.key.id(), octets))
    }
}

impl<K> fmt::Debug for Cosigner<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cosigner").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CosignError {
    /// The time is zero or above 2^63 - 1.
    #[error("a time of zero, or beyond 2^63 - 1 seconds")]
    Time,
    /// The checkpoint has extension lines.
    #[error("a checkpoint with extension lines")]
    Extensions,
    /// The name of the cosigner is too long for the message.
    #[error("a name that is too long for a cosigner")]
    NameLength,
    /// The private key does not sign.
    #[error(transparent)]
    PrivateKey(SigningError),
}

/// Takes the time off a `timestamped_signature`. There is none above 2^63 - 1.
pub(crate) fn split_timestamp(octets: &[u8]) -> Option<(u64, &[u8])> {
    let (time, signature) = octets.split_first_chunk::<TIMESTAMP>()?;
    let time = u64::from_be_bytes(*time);
    (time <= LARGEST_TIME).then_some((time, signature))
}

/// What is signed by Ed25519 ([tlog-cosignature](https://c2sp.org/tlog-cosignature#ed25519-signed-message)): a header, the time,
/// and the text as received.
pub(crate) fn ed25519_message(time: u64, text: &NoteText) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{}", text.as_str()).into_bytes()
}

/// What is signed by ML-DSA-44 over a whole tree
/// ([tlog-cosignature](https://c2sp.org/tlog-cosignature#ml-dsa-44-signed-message)). There is no message with a name or origin
/// of more than 255 octets.
///
/// ```text
/// struct {
///     uint8 label[12] = "subtree/v1\n\0";
///     opaque cosigner_name<1..2^8-1>;
///     uint64 timestamp;
///     opaque log_origin<1..2^8-1>;
///     uint64 start;
///     uint64 end;
///     uint8 hash[32];
/// } cosigned_message;
/// ```
pub(crate) fn ml_dsa_44_message(name: &KeyName, time: u64, checkpoint: &Checkpoint) -> Option<Vec<u8>> {
    let (name, origin, head) = (name.as_str(), checkpoint.origin().as_str(), checkpoint.head());
    let mut message = b"subtree/v1\n\0".to_vec();
    message.push(u8::try_from(name.len()).ok()?);
    message.extend_from_slice(name.as_bytes());
    message.extend_from_slice(&time.to_be_bytes());
    message.push(u8::try_from(origin.len()).ok()?);
    message.extend_from_slice(origin.as_bytes());
    message.extend_from_slice(&0_u64.to_be_bytes());
    message.extend_from_slice(&head.size().to_be_bytes());
    message.extend_from_slice(head.root().as_bytes());
    Some(message)
}
