//! These tests are about what attests a time: timestamps and evidence records; and about legal moments and retention.

#[path = "../common/mod.rs"]
mod common;

mod aggregated;
mod archive_timestamps;
mod covered_times;
mod decades;
mod evidence_records;
mod forged_renewals;
mod full_files;
mod groups;
mod inside_and_beside;
mod moments;
mod preservation;
mod record_renewal;
mod renewal;
mod retention;
mod rolled_keys;
mod timestamps;
