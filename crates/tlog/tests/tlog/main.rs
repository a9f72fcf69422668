//! What a user asks of the crate, through its public API: a file for each question.

mod checkpoints;
mod keys;
mod notes;
mod proofs;
mod rfc6962;
mod tiles;
mod tree;
mod witnesses;
