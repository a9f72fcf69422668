//! These tests are about many letters: one timestamp or one seal for a batch, and the batcher of a service.

#[path = "../common/mod.rs"]
mod common;

mod aggregated;
mod aggregated_again;
mod aggregated_refused;
mod aggregated_remembered;
mod aggregated_second_seals;
mod aggregated_times;
mod aggregating;
mod aggregating_faults;
mod aggregating_kills;
mod batcher;
mod form_letters;
mod house;
mod line;
mod one_timestamp;
