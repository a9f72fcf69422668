//! Verifies the signatures of a note.

use super::Note;
use super::key::{KeyId, SignatureType, VerifierKey};
use super::name::KeyName;
use super::ring::KeyRing;
use super::text::NoteText;
use crate::checkpoint::Checkpoint;
use crate::cosignature::{ed25519_message, ml_dsa_44_message, split_timestamp};

/// A signature that a known key has made over the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KnownSignature<'k> {
    /// The key.
    pub key: &'k VerifierKey,
    /// The time that a cosignature states, in seconds since 1970. Nothing for signatures of other types, and for a cosignature
    /// whose time is zero: such a one does not say that the tree was the largest.
    pub time: Option<u64>,
}

impl Note {
    /// Verifies the signatures of all known keys, and says which there are, in the order of the keys and times. Signatures of
    /// other keys are ignored, also those with the name or the id of a known one
    /// ([signed-note](https://c2sp.org/signed-note#signatures)).
    ///
    /// A signature that is there twice is one. A key can have several, with different times.
    ///
    /// # Errors
    /// - `Signature` when one signature with the name and id of a known key is not valid; of several, that of the first key. The order
    ///   of the signatures does not matter: unlike in Go, a valid one does not hide a second one that is not.
    /// - `NoKnownKey` when no known key has signed.
    pub fn verify<'k>(&self, known: &'k KeyRing) -> Result<Vec<KnownSignature<'k>>, NoteVerifyError> {
        let (mut valid, mut invalid) = (Vec::new(), Vec::new());
        for (key, verified) in self.known_signatures(known) {
            match verified {
                Ok(time) => valid.push(KnownSignature { key, time }),
                Err(fault) => invalid.push((key, fault)),
            }
        }
        // Nobody has signed the order of the lines, so it does not choose which of several faults is told.
        if let Some((key, fault)) = invalid.into_iter().min() {
            return Err(NoteVerifyError::Signature { name: key.name().clone(), id: key.id(), fault });
        }
        if valid.is_empty() {
            return Err(NoteVerifyError::NoKnownKey);
        }
        valid.sort();
        valid.dedup();
        Ok(valid)
    }

    /// Tells if one of these keys has signed the text, whatever other lines there are.
    ///
    /// This is for what a signer must not be able to deny. Anybody can add a line that is not valid, and [`verify`](Self::verify) then
    /// refuses the note: what is accepted is asked there.
    #[must_use]
    pub fn is_signed_by_any(&self, known: &KeyRing) -> bool {
        self.known_signatures(known).any(|(_, verified)| verified.is_ok())
    }

    /// The signatures of known keys with the times that they state, in the order of the note.
    fn known_signatures<'k>(
        &self,
        known: &'k KeyRing,
    ) -> impl Iterator<Item = (&'k VerifierKey, Result<Option<u64>, SignatureFault>)> {
        let checkpoint = Checkpoint::parse(self.text()).ok();
        self.signatures().iter().filter_map(move |signature| {
            let key = known.find(signature.name(), signature.id())?;
            Some((key, verify(key, self.text(), checkpoint.as_ref(), signature.as_bytes())))
        })
    }
}

/// Verifies one signature, and returns the time that it states.
fn verify(
    key: &VerifierKey,
    text: &NoteText,
    checkpoint: Option<&Checkpoint>,
    signature: &[u8],
) -> Result<Option<u64>, SignatureFault> {
    let public_key = key.public_key();
    let check_length = |computed| {
        if signature.len() == computed {
            Ok(())
        } else {
            Err(SignatureFault::Length { stated: signature.len(), computed })
        }
    };
    let check = |message: &[u8], signature: &[u8]| {
        if public_key.verifies(message, signature) { Ok(()) } else { Err(SignatureFault::Invalid) }
    };
    let cosigned = || {
        let checkpoint = checkpoint.ok_or(SignatureFault::NotACheckpoint)?;
        check_length(crate::cosignature::TIMESTAMP + public_key.signature_len())?;
        let (time, signature) = split_timestamp(signature).ok_or(SignatureFault::Time)?;
        Ok((checkpoint, time, signature))
    };
    let time = match key.signature_type() {
        SignatureType::Ed25519 => {
            check_length(public_key.signature_len())?;
            check(text.as_str().as_bytes(), signature)?;
            return Ok(None);
        }
        SignatureType::Ed25519Cosignature => {
            let (_, time, signature) = cosigned()?;
            check(&ed25519_message(time, text), signature)?;
            time
        }
        SignatureType::MlDsa44Cosignature => {
            let (checkpoint, time, signature) = cosigned()?;
            // The message does not have the extension lines, so anybody could have added them.
            if checkpoint.has_extensions() {
                return Err(SignatureFault::Extensions);
            }
            let message = ml_dsa_44_message(key.name(), time, checkpoint).ok_or(SignatureFault::NameLength)?;
            check(&message, signature)?;
            time
        }
    };
    Ok((time != 0).then_some(time))
}

/// Why a note is not verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteVerifyError {
    /// A signature of a known key is not valid.
    #[error("the signature of {name} {id}: {fault}")]
    Signature {
        /// The name of the key.
        name: KeyName,
        /// The id of the key.
        id: KeyId,
        /// What is wrong with the signature.
        fault: SignatureFault,
    },
    /// No known key has signed.
    #[error("no signature of a known key")]
    NoKnownKey,
}

/// What is wrong with a signature whose key is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureFault {
    /// The number of octets is not that of such a signature.
    #[error("{stated} octets instead of {computed}")]
    Length {
        /// The number of octets after the id.
        stated: usize,
        /// The number that there must be.
        computed: usize,
    },
    /// The text is not a checkpoint, and a cosigner signs nothing else.
    #[error("a cosignature on a text that is no checkpoint")]
    NotACheckpoint,
    /// The time is above 2^63 - 1.
    #[error("a time beyond 2^63 - 1 seconds")]
    Time,
    /// The checkpoint has extension lines, which a cosignature by ML-DSA-44 does not cover.
    #[error("extension lines that the cosignature does not cover")]
    Extensions,
    /// The name of the cosigner is too long for the message.
    #[error("a name that is too long for a cosigner")]
    NameLength,
    /// The signature is not the key's over this text, or the key is none.
    #[error("not valid")]
    Invalid,
}
