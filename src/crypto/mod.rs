//! Digests, signature verification, and signing.
//!
//! Two backends stand behind one set of types. `aws-lc-rs` signs, and verifies what it offers; `rustcrypto` (the crates
//! `rsa`, `p256`, `p384` and `p521`) verifies the rest: RSASSA-PSS with other salts or two digests, and digests that
//! the other lacks. An algorithm that no backend of the build has is [`NotOffered`], by name, and never "invalid".
//!
//! | | aws-lc-rs | rustcrypto |
//! |---|---|---|
//! | RSA PKCS#1 v1.5, 1024 to 8192 bits | SHA-1, SHA-256, SHA-512; SHA-384 from 2048 bits | every digest |
//! | RSASSA-PSS | equal digests SHA-256/384/512, salts of 0, 20, 32, 48, 64 octets, from 2048 bits | every digest pair and salt |
//! | ECDSA P-256, P-384, P-521 | every digest | every digest |
//! | Ed25519 | yes | no |
//! | signing | RSA 2048 to 8192, P-256, P-384, Ed25519 | RSA 2048 to 8192, P-256, P-384 |

mod algorithm;
#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
mod digest;
mod known_signatures;
mod not_offered;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
mod policy;
mod private_key;
mod public_key;
#[cfg(feature = "rustcrypto")]
mod rustcrypto;
mod signature_form;
mod signer;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;

pub use algorithm::SignatureAlgorithm;
#[cfg(feature = "aws-lc-rs")]
pub use aws_lc::SigningKey;
pub use digest::{Digest, DigestAlgorithm, Hasher};
pub(crate) use known_signatures::KnownSignatures;
pub use not_offered::NotOffered;
pub use policy::{AlgorithmPolicy, DigestRow, KeyFamily, KeyRow, Standing};
pub use public_key::{KeyError, KeyKind, PublicKey, SignatureError};
#[cfg(feature = "rustcrypto")]
pub use rustcrypto::RustCryptoSigningKey;
pub(crate) use signature_form::is_ecdsa_sig_value;
pub use signature_form::{FixedFormError, ecdsa_sig_value};
pub use signer::{SignError, Signer};
