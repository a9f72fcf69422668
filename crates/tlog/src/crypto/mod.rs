//! Signatures, behind one small interface: two algorithms, two backends.

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
mod none;
mod public_key;
#[cfg(all(feature = "rustcrypto", any(test, not(feature = "aws-lc-rs"))))]
mod rustcrypto;

use core::fmt;

pub use public_key::PublicKey;
pub(crate) use public_key::{ED25519_KEY, ED25519_SIGNATURE, ML_DSA_44_KEY, ML_DSA_44_SIGNATURE};

// A backend is chosen by the features alone, and both answer alike: the tests below compare them.
#[cfg(feature = "aws-lc-rs")]
use aws_lc as backend;
#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
use none as backend;
#[cfg(all(feature = "rustcrypto", not(feature = "aws-lc-rs")))]
use rustcrypto as backend;

// `recommande` hands its own features of these names on, so that its users meet this error first.
#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
compile_error!(
    "recommande needs a cryptographic backend: enable the feature `aws-lc-rs`, `rustcrypto`, or both (of recommande, or of recommande-tlog by itself)"
);

impl PublicKey {
    /// Returns the octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key,
            Self::MlDsa44(key) => key.as_slice(),
        }
    }

    /// Returns the number of octets of a signature by such a key.
    pub(crate) const fn signature_len(&self) -> usize {
        match self {
            Self::Ed25519(_) => ED25519_SIGNATURE,
            Self::MlDsa44(_) => ML_DSA_44_SIGNATURE,
        }
    }

    /// Says whether the signature is this key's over the message: Ed25519 pure, or ML-DSA-44 pure with an empty context.
    // A key that a backend does not accept verifies nothing.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => backend::verify_ed25519(key, message, signature),
            Self::MlDsa44(key) => backend::verify_ml_dsa_44(key, message, signature),
        }
    }
}

/// A private key, wherever it is: in memory, as [`Ed25519PrivateKey`] and [`MlDsa44PrivateKey`] are, or in a device.
///
/// A key signs for one log or one witness, and nothing else: no seals, no certificates.
pub trait PrivateKey: Send + Sync {
    /// Returns the public key.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message: Ed25519 pure, or ML-DSA-44 pure with an empty context.
    ///
    /// # Errors
    /// [`SigningError`] when the key cannot be used now.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError>;
}

impl<K: PrivateKey + ?Sized> PrivateKey for &K {
    fn public_key(&self) -> &PublicKey {
        (**self).public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        (**self).sign(message)
    }
}

impl<K: PrivateKey + ?Sized> PrivateKey for Box<K> {
    fn public_key(&self) -> &PublicKey {
        (**self).public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        (**self).sign(message)
    }
}

/// A private key could not sign.
#[derive(Debug, thiserror::Error)]
#[error("the private key does not sign")]
pub struct SigningError(#[source] Option<Box<dyn std::error::Error + Send + Sync>>);

impl SigningError {
    /// Wraps the error of a device, or says nothing more.
    pub fn new(source: Option<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(source)
    }
}

/// A seed is no private key by this backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seed is refused")]
pub struct SeedRefused;

macro_rules! private_key {
    ($(#[$doc:meta])* $name:ident, $from_seed:ident) => {
        $(#[$doc])*
        pub struct $name {
            key: backend::$name,
            public_key: PublicKey,
        }

        impl $name {
            /// Makes the key of its seed, 32 octets from a source of randomness. The same seed makes the same key.
            ///
            /// # Errors
            /// [`SeedRefused`] when the backend does not take it.
            pub fn from_seed(seed: &[u8; 32]) -> Result<Self, SeedRefused> {
                let (key, public_key) = backend::$from_seed(seed).ok_or(SeedRefused)?;
                Ok(Self { key, public_key })
            }
        }

        impl PrivateKey for $name {
            fn public_key(&self) -> &PublicKey {
                &self.public_key
            }

            fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningError> {
                self.key.sign(message).ok_or(SigningError(None))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

private_key!(
    /// An Ed25519 private key in memory ([RFC 8032](https://www.rfc-editor.org/rfc/rfc8032)).
    Ed25519PrivateKey,
    ed25519_from_seed
);
private_key!(
    /// An ML-DSA-44 private key in memory ([FIPS 204](https://csrc.nist.gov/pubs/fips/204/final)).
    MlDsa44PrivateKey,
    ml_dsa_44_from_seed
);

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032 §7.1, TEST 2.
    #[test]
    fn ed25519_has_the_vector_of_its_standard() {
        let octets = |hex: &str| -> Vec<u8> {
            (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
        };
        let seed = octets("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let key = Ed25519PrivateKey::from_seed(&seed.try_into().unwrap()).unwrap();
        let public = octets("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
        assert_eq!(key.public_key().as_bytes(), public);
        let signature = octets(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        );
        assert_eq!(key.sign(&[0x72]).unwrap(), signature);
        assert!(key.public_key().verifies(&[0x72], &signature));
    }

    #[test]
    fn a_signature_is_of_one_message_and_one_key() {
        let keys: [(Box<dyn PrivateKey>, Box<dyn PrivateKey>); 2] = [
            (
                Box::new(Ed25519PrivateKey::from_seed(&[1; 32]).unwrap()),
                Box::new(Ed25519PrivateKey::from_seed(&[2; 32]).unwrap()),
            ),
            (
                Box::new(MlDsa44PrivateKey::from_seed(&[1; 32]).unwrap()),
                Box::new(MlDsa44PrivateKey::from_seed(&[2; 32]).unwrap()),
            ),
        ];
        for (key, other) in keys {
            let signature = key.sign(b"message").unwrap();
            assert_eq!(signature.len(), key.public_key().signature_len());
            assert!(key.public_key().verifies(b"message", &signature));
            assert!(!key.public_key().verifies(b"messagf", &signature));
            assert!(!other.public_key().verifies(b"message", &signature));
            for place in [0, signature.len() / 2, signature.len() - 1] {
                let mut flipped = signature.clone();
                flipped[place] ^= 1;
                assert!(!key.public_key().verifies(b"message", &flipped), "{place}");
            }
            assert!(!key.public_key().verifies(b"message", &signature[1..]));
            assert!(!key.public_key().verifies(b"message", &[]));
        }
    }

    #[cfg(all(feature = "aws-lc-rs", feature = "rustcrypto"))]
    #[test]
    fn each_backend_verifies_what_the_other_signs() {
        let seed = [7; 32];
        let ((ours, our_key), (pure, pure_key)) =
            (aws_lc::ed25519_from_seed(&seed).unwrap(), rustcrypto::ed25519_from_seed(&seed).unwrap());
        assert_eq!(our_key, pure_key);
        let PublicKey::Ed25519(key) = our_key else { panic!() };
        assert!(rustcrypto::verify_ed25519(&key, b"a", &ours.sign(b"a").unwrap()));
        assert!(aws_lc::verify_ed25519(&key, b"a", &pure.sign(b"a").unwrap()));
        assert!(!rustcrypto::verify_ed25519(&key, b"b", &ours.sign(b"a").unwrap()));

        let ((ours, our_key), (pure, pure_key)) =
            (aws_lc::ml_dsa_44_from_seed(&seed).unwrap(), rustcrypto::ml_dsa_44_from_seed(&seed).unwrap());
        assert_eq!(our_key, pure_key);
        let PublicKey::MlDsa44(key) = our_key else { panic!() };
        assert!(rustcrypto::verify_ml_dsa_44(&key, b"a", &ours.sign(b"a").unwrap()));
        assert!(aws_lc::verify_ml_dsa_44(&key, b"a", &pure.sign(b"a").unwrap()));
        assert!(!rustcrypto::verify_ml_dsa_44(&key, b"b", &ours.sign(b"a").unwrap()));
    }
}
