//! These tests run the examples as a user does.

#[path = "../common/mod.rs"]
mod common;

mod erasure;
mod evidence_log;
mod high_volume;
mod letters;
mod programs;
mod renew;
mod service;
mod trails;
