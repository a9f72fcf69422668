//! These tests are about many letters: one timestamp for a batch, and the batcher of a service.

#[path = "../common/mod.rs"]
mod common;

mod aggregated;
mod aggregated_again;
mod batcher;
mod one_timestamp;
