//! Provides a throwaway PKI and an in-process TSA for examples and tests (feature `testing`).
//!
//! Nothing has to be installed, and nobody trusts what it makes: keys are new at every run, or derived from a public
//! label. A second process verifies what a first one made when both use `TestPki::with_keys` with
//! [`TestKeys::derived`] keys of one label and one time.
//!
//! ```
//! use recommande::testing::{TestPki, TestTsa};
//! use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, Transport};
//!
//! let now = chrono::DateTime::from_timestamp(1_780_000_000, 0).unwrap();
//! let pki = TestPki::new(now)?;
//! let tsa = TestTsa::new(&pki).with_clock(move || now);
//! let digest = recommande::crypto::DigestAlgorithm::Sha256.digest(b"a registered letter");
//! let imprint = MessageImprint::new(digest.algorithm().oid(), digest.as_bytes());
//! let request = TimeStampReq::new(imprint).with_nonce(Nonce::random()?);
//! let token = request.check(&tsa.send(&request.to_der())?)?;
//! assert_eq!(token.tst_info().gen_time, now);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ber;
mod certificate;
mod crl;
mod encoding;
mod extension;
mod forge;
mod keys;
mod ocsp;
mod pki;
mod points;
mod revocation;
#[cfg(test)]
mod tests;
mod token;
mod tsa;
mod witness;

pub use certificate::{CertificateSpec, CertifiedKey, KeyIdentifiers, Usage};
pub use crl::{CrlSpec, RevokedSpec};
pub use extension::ExtensionSpec;
pub use forge::{
    AttributeOrder, Forge, ForgedSigner, ForgedTstInfo, algorithm_protection, attribute, signing_certificate, tlv,
};
pub use keys::{derived_key, derived_ml_dsa_key, generate_key};
pub use ocsp::{OcspAnswerSpec, OcspSpec, ResponderIdSpec};
pub use pki::{TestKeys, TestPki};
pub use points::{Coverage, DistributionPointSpec, IssuingPointSpec, PointNameSpec, Reach};
pub use tsa::{Misbehaviour, TestTsa};
pub use witness::{Answers, TestWitness};

/// Says why something could not be made for a test.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestingError {
    /// The key could not be made.
    #[error("key")]
    Key(#[from] crate::crypto::KeyError),
    /// The signer did not sign.
    #[error("signature")]
    Sign(#[from] crate::crypto::SignError),
    /// The certificate that was asked for cannot be read back.
    #[error("certificate")]
    Certificate(#[from] crate::pki::CertificateError),
    /// The CRL or OCSP response that was asked for cannot be read back.
    #[error("revocation data")]
    Revocation(#[from] crate::pki::revocation::RevocationDataError),
    /// A structure could not be written.
    #[error("{0} could not be written")]
    Write(&'static str),
}
