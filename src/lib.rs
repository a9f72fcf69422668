//! Seal and verify electronic registered mail.
#![allow(dead_code)]

#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
compile_error!("recommande needs a cryptographic backend: enable the feature `aws-lc-rs`, `rustcrypto`, or both");

pub mod asn1;
pub mod crypto;
pub mod pki;
#[cfg(feature = "testing")]
pub mod testing;
