//! The examples as a user runs them.

#[path = "../common/mod.rs"]
mod common;

mod high_volume;
mod programs;
