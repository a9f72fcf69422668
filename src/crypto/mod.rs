//! Digests, signature verification, and signing.
//!
//! Two backends serve one set of types. `aws-lc-rs` signs, and verifies what it offers; `rustcrypto` (the crates
//! `rsa`, `p256`, `p384`, `p521` and `ml-dsa`) verifies the rest: RSASSA-PSS with other salts or two digests, and digests
//! that aws-lc-rs lacks. An algorithm that no backend of the build has is reported as [`NotOffered`] with its name,
//! and never as an invalid signature.
//!
//! | | aws-lc-rs | rustcrypto |
//! |---|---|---|
//! | RSA PKCS#1 v1.5, 1024 to 8192 bits | SHA-1, SHA-256, SHA-512; SHA-384 from 2048 bits | every digest |
//! | RSASSA-PSS | equal digests SHA-256/384/512, salts of 0, 20, 32, 48, 64 octets, from 2048 bits | every digest pair and salt |
//! | ECDSA P-256, P-384, P-521 | every digest | every digest |
//! | Ed25519 | yes | no |
//! | ML-DSA-44, ML-DSA-65, ML-DSA-87 | pure mode, empty context | pure mode, empty context |
//! | SLH-DSA of 192 and 256 bits | no | with the feature `slh-dsa`: pure mode, empty context |
//! | signing | RSA 2048 to 8192, P-256, P-384, P-521, Ed25519 | RSA 2048 to 8192, P-256, P-384, P-521 |

#![deny(clippy::wildcard_enum_match_arm)]

mod algorithm;
mod backend;
mod fingerprint;
mod hasher;
mod key;
mod known_signatures;
mod mac;
mod one_pass;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
mod policy;
mod public_key;
pub(crate) mod random;
mod signature_form;
mod signer;
mod suite;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;

pub use algorithm::{Digest, DigestAlgorithm, NotOffered, PostQuantumRule, SignatureAlgorithm, SlhDsa};
pub(crate) use fingerprint::{Fingerprint, FingerprintSet};
pub use hasher::Hasher;
pub use key::{KeyError, KeyKind};
#[cfg(feature = "testing")]
pub(crate) use key::{ml_dsa_pkcs8, not_generated};
pub(crate) use known_signatures::KnownSignatures;
pub(crate) use mac::{HkdfSha256, hmac_sha256, is_hmac_sha256};
pub(crate) use one_pass::{OnePass, READ_BUFFER};
pub(crate) use policy::Severity;
pub use policy::{AlgorithmEnd, AlgorithmPolicy, DigestRow, KeyFamily, KeyRow, Mechanism, Standing};
pub use public_key::{PublicKey, SignatureError};
pub(crate) use signature_form::is_ecdsa_sig_value;
pub use signature_form::{FixedFormError, ecdsa_sig_value};
#[cfg(feature = "aws-lc-rs")]
pub use signer::aws_lc::SigningKey;
#[cfg(feature = "rustcrypto")]
pub use signer::rustcrypto::RustCryptoSigningKey;
pub use signer::{SignError, Signer};
pub use suite::SuiteError;
