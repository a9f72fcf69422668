//! The keys that notes are verified with, and their text.

use core::fmt;
use core::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::name::KeyName;
use crate::crypto::{ED25519_KEY, ML_DSA_44_KEY, PublicKey};
use crate::limits::{MAX_COSIGNER_NAME, MAX_VKEY};
use crate::text::{decode_base64, encode_base64};

/// The octets of the id of a key.
pub(super) const KEY_ID: usize = 4;

/// The short name of a key: the first four octets of a hash over its name, its signature type and its public key
/// ([signed-note](https://c2sp.org/signed-note#signatures)).
///
/// It finds a key and is no proof of one, since another key with the same id is found in minutes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; KEY_ID]);

impl KeyId {
    /// Takes an id as its octets.
    #[must_use]
    pub const fn from_bytes(octets: [u8; 4]) -> Self {
        Self(octets)
    }

    /// Returns the octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    fn compute(name: &KeyName, material: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(name.as_str()).chain_update("\n").chain_update(material).finalize();
        let [first, second, third, fourth, ..] = <[u8; 32]>::from(hash);
        Self([first, second, third, fourth])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// The kinds of signatures that a note may have and this crate verifies
/// ([signed-note](https://c2sp.org/signed-note#signature-types)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SignatureType {
    /// Ed25519 over the text of the note: 0x01.
    Ed25519,
    /// A cosignature by Ed25519 over a time and a checkpoint: 0x04.
    Ed25519Cosignature,
    /// A cosignature by ML-DSA-44 over a time and a checkpoint or subtree: 0x06.
    MlDsa44Cosignature,
}

impl SignatureType {
    const fn octet(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Ed25519Cosignature => 0x04,
            Self::MlDsa44Cosignature => 0x06,
        }
    }
}

/// A public key with its name and the one kind of signature that it makes.
///
/// Its text is the verifier key, or vkey, of [signed-note](https://c2sp.org/signed-note#verifier-keys): name, id and key,
/// joined by plus signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    signature_type: SignatureType,
    public_key: PublicKey,
}

impl VerifierKey {
    /// Names an Ed25519 key that signs the text of notes.
    #[must_use]
    pub fn ed25519(name: KeyName, key: [u8; 32]) -> Self {
        Self::new(name, SignatureType::Ed25519, PublicKey::Ed25519(key))
    }

    /// Names an Ed25519 key that cosigns checkpoints ([tlog-cosignature](https://c2sp.org/tlog-cosignature#format)).
    #[must_use]
    pub fn ed25519_cosigner(name: KeyName, key: [u8; 32]) -> Self {
        Self::new(name, SignatureType::Ed25519Cosignature, PublicKey::Ed25519(key))
    }

    /// Names an ML-DSA-44 key that cosigns checkpoints ([tlog-cosignature](https://c2sp.org/tlog-cosignature#format)).
    ///
    /// # Errors
    /// `NameTooLong` for a name of more than 255 octets, which no such cosignature can be over.
    pub fn ml_dsa_44_cosigner(name: KeyName, key: Box<[u8; 1312]>) -> Result<Self, VerifierKeyError> {
        if name.as_str().len() > MAX_COSIGNER_NAME {
            return Err(VerifierKeyError::NameTooLong);
        }
        Ok(Self::new(name, SignatureType::MlDsa44Cosignature, PublicKey::MlDsa44(key)))
    }

    fn new(name: KeyName, signature_type: SignatureType, public_key: PublicKey) -> Self {
        let id = KeyId::compute(&name, &material(signature_type, &public_key));
        Self { name, id, signature_type, public_key }
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(&self) -> &KeyName {
        &self.name
    }

    /// Returns the id.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Returns the kind of its signatures.
    #[must_use]
    pub const fn signature_type(&self) -> SignatureType {
        self.signature_type
    }

    /// Returns the public key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }
}

/// The octets that an id and a vkey are made of.
fn material(signature_type: SignatureType, public_key: &PublicKey) -> Vec<u8> {
    [&[signature_type.octet()], public_key.as_bytes()].concat()
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let material = encode_base64(&material(self.signature_type, &self.public_key));
        write!(f, "{}+{}+{material}", self.name, self.id)
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    /// Reads a vkey. Unlike Go, it takes the id in lower case alone, as signed-note writes it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_VKEY {
            return Err(VerifierKeyError::TooLarge);
        }
        let (name, rest) = text.split_once('+').ok_or(VerifierKeyError::Parts)?;
        let (id, material) = rest.split_once('+').ok_or(VerifierKeyError::Parts)?;
        let name: KeyName = name.parse().map_err(|_| VerifierKeyError::Name)?;
        let is_id = id.len() == 8 && id.bytes().all(|octet| matches!(octet, b'0'..=b'9' | b'a'..=b'f'));
        let material = decode_base64(material).ok_or(VerifierKeyError::Base64)?;
        let key = match material.split_first().ok_or(VerifierKeyError::Base64)? {
            (0x01, key) => Self::ed25519(name, ed25519(key)?),
            (0x04, key) => Self::ed25519_cosigner(name, ed25519(key)?),
            (0x06, key) => {
                let key = <[u8; ML_DSA_44_KEY]>::try_from(key).map_err(|_| VerifierKeyError::KeyLength)?;
                Self::ml_dsa_44_cosigner(name, Box::new(key))?
            }
            (octet, _) => return Err(VerifierKeyError::UnknownType(*octet)),
        };
        if !is_id {
            return Err(VerifierKeyError::Id);
        }
        if key.id.to_string() != id {
            return Err(VerifierKeyError::IdDiffers);
        }
        Ok(key)
    }
}

fn ed25519(key: &[u8]) -> Result<[u8; ED25519_KEY], VerifierKeyError> {
    key.try_into().map_err(|_| VerifierKeyError::KeyLength)
}

/// Why a text is no verifier key, or why a key cannot have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifierKeyError {
    /// The text is longer than that of any key.
    #[error("a verifier key of more than {MAX_VKEY} octets")]
    TooLarge,
    /// The text does not have the three parts name, id and key.
    #[error("a verifier key without its three parts")]
    Parts,
    /// The name is none.
    #[error("the name in a verifier key is empty, or has a space or a control character")]
    Name,
    /// The name is too long for a cosigner by ML-DSA-44.
    #[error("a name of more than {MAX_COSIGNER_NAME} octets for a cosigner by ML-DSA-44")]
    NameTooLong,
    /// The id is not eight digits of hexadecimal in lower case.
    #[error("the id in a verifier key is not eight hexadecimal digits in lower case")]
    Id,
    /// The key is not in base64, or has no octets.
    #[error("the key in a verifier key is not base64")]
    Base64,
    /// The type of the signatures is none that this crate verifies.
    #[error("signature type {0:#04x} is not known")]
    UnknownType(u8),
    /// The key does not have the number of octets of its algorithm.
    #[error("the key in a verifier key has another length than its algorithm's")]
    KeyLength,
    /// The id is not that of this name and key.
    #[error("the id in a verifier key is that of another name or key")]
    IdDiffers,
}
