//! These tests give hostile input: they ask what is accepted, what it costs, and what is told about it.

#[path = "../common/mod.rs"]
mod common;

mod attacks;
mod audit_batches;
mod audit_lines;
mod bad_input;
mod costs;
mod erasure;
mod limits;
mod privacy;
mod properties;
