#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod checkpoint;
pub mod cosignature;
mod crypto;
mod hash;
mod hash_lines;
pub mod limits;
pub mod note;
pub mod policy;
pub mod proof;
mod text;
pub mod tile;
pub mod tree;
pub mod witness;

pub use crypto::{Ed25519PrivateKey, MlDsa44PrivateKey, PrivateKey, PublicKey, SeedRefused, SigningError};
pub use hash::{Hash, HashTextError};
