//! Sealing: the journey of a letter, the keys and certificates that may seal, and what is refused.

#[path = "../common/mod.rs"]
mod common;

mod credentials;
mod journey;
mod payload;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod prepared;
mod unsealed;
