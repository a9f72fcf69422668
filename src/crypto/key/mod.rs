//! Keys as they are read: their kinds, the numbers of public ones, and the forms in which private ones come.

#[cfg(feature = "encrypted-keys")]
mod encrypted;
mod kind;
mod numbers;
mod octets;
mod private;
mod spki;

pub use kind::{KeyError, KeyKind};
pub(super) use numbers::{Curve, KeyNumbers, bit_length, ecdsa_input};
pub(super) use private::{MlDsaPrivateKey, PrivateKey, RsaSchemes, read_pem, usual_algorithm};
#[cfg(feature = "testing")]
pub(crate) use private::{ml_dsa_pkcs8, not_generated};
#[cfg(feature = "encrypted-keys")]
pub(super) use private::{read_encrypted, read_encrypted_pem};
pub(super) use spki::Spki;
