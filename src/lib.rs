//! Seal and verify electronic registered mail.

#[cfg(not(any(feature = "aws-lc-rs", feature = "rustcrypto")))]
compile_error!("recommande needs a cryptographic backend: enable the feature `aws-lc-rs`, `rustcrypto`, or both");

pub mod asn1;
mod cades;
pub mod crypto;
pub mod evidence;
mod finding;
pub mod identity;
pub mod pki;
pub mod seal;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod timestamp;
pub mod verify;
