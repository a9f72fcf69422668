//! What a user asks of the crate, through its public API: a file for each question.

mod keys;
mod notes;
mod rfc6962;
mod tree;
