//! Merkle trees as [RFC 6962 §2.1](https://www.rfc-editor.org/rfc/rfc6962#section-2.1) has them; RFC 9162 hashes and proves
//! the same.
//!
//! Verifying takes nothing but hashes: [`verify_inclusion`] and [`verify_consistency`]. Proving takes stored hashes of
//! complete subtrees, which a [`HashReader`] gives: [`prove_inclusion`], [`InclusionProver`] and
//! [`prove_consistency`].

mod frontier;
mod head;
mod memory;
mod node;
mod prove;
mod prover;
mod verify;

pub use frontier::{Frontier, TreeFull};
pub use head::{TreeHead, TreeHeadError};
pub use memory::{MemoryTree, NotStored};
pub use node::Node;
pub use prove::{HashReader, ProveError, compute_head, prove_consistency, prove_inclusion};
pub(crate) use prove::{fold, read_nodes};
pub use prover::InclusionProver;
pub use verify::{ConsistencyError, InclusionError, verify_consistency, verify_inclusion};
