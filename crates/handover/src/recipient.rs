//! A certificate with its private key, which opens envelopes.

use std::fmt;

use aws_lc_rs::agreement::PrivateKey;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{OaepPrivateDecryptingKey, PrivateDecryptingKey, PublicEncryptingKey};
use recommande::pki::Certificate;
use zeroize::Zeroizing;

use crate::error::RecipientError;
use crate::identify::Identified;
use crate::key_agreement::{curve, point};

/// The recipient of envelopes: a certificate, and the private key that belongs to it. Debug shows nothing of the key.
pub struct Recipient {
    pub(crate) identified: Identified,
    pub(crate) key: DecryptionKey,
}

/// A private key, by the way in which it gets at a content key.
pub(crate) enum DecryptionKey {
    Transport(OaepPrivateDecryptingKey),
    Agreement(PrivateKey),
}

impl Recipient {
    /// Takes the private key as PKCS #8 in PEM (`PRIVATE KEY`).
    ///
    /// # Errors
    /// [`RecipientError`].
    pub fn from_pem(certificate: &Certificate, pem: &str) -> Result<Self, RecipientError> {
        let (label, der) = pem_rfc7468::decode_vec(pem.as_bytes()).map_err(|_| RecipientError::Pem)?;
        let der = Zeroizing::new(der);
        if label == "PRIVATE KEY" { Self::from_pkcs8(certificate, &der) } else { Err(RecipientError::Pem) }
    }

    /// Takes the private key as PKCS #8 in DER, and shows once that it is the certificate's.
    ///
    /// # Errors
    /// [`RecipientError`].
    pub fn from_pkcs8(certificate: &Certificate, pkcs8: &[u8]) -> Result<Self, RecipientError> {
        let identified = Identified::of(certificate).ok_or(RecipientError::Name)?;
        let key = match curve(certificate.public_key().kind()) {
            Some(curve) => {
                let key = PrivateKey::from_private_key_der(curve, pkcs8).map_err(|_| RecipientError::Key)?;
                let public_key = key.compute_public_key().map_err(|_| RecipientError::Key)?;
                if point(certificate).as_deref() != Some(public_key.as_ref()) {
                    return Err(RecipientError::AnotherKey);
                }
                DecryptionKey::Agreement(key)
            }
            None => {
                let key = PrivateDecryptingKey::from_pkcs8(pkcs8).map_err(|_| RecipientError::Key)?;
                let stated = PublicEncryptingKey::from_der(certificate.spki_der()).map_err(|_| RecipientError::Key)?;
                let is_same = match (spki(&key.public_key()), spki(&stated)) {
                    (Some(of_key), Some(stated)) => of_key == stated,
                    (Some(_) | None, Some(_) | None) => false,
                };
                if !is_same {
                    return Err(RecipientError::AnotherKey);
                }
                DecryptionKey::Transport(OaepPrivateDecryptingKey::new(key).map_err(|_| RecipientError::Key)?)
            }
        };
        Ok(Self { identified, key })
    }
}

/// Returns the octets of a public key in one form.
fn spki(key: &PublicEncryptingKey) -> Option<Vec<u8>> {
    let der: PublicKeyX509Der<'_> = key.as_der().ok()?;
    Some(der.as_ref().to_vec())
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.key {
            DecryptionKey::Transport(_) => "Recipient(RSA)",
            DecryptionKey::Agreement(_) => "Recipient(EC)",
        })
    }
}
