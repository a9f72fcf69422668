#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod hash;
pub mod limits;
mod text;
pub mod tree;

pub use hash::{Hash, HashTextError};
