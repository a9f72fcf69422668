//! These tests are about what attests a time: timestamps and evidence records.

#[path = "../common/mod.rs"]
mod common;

mod archive_timestamps;
mod covered_times;
mod evidence_records;
mod full_files;
mod groups;
mod preservation;
mod record_renewal;
mod renewal;
mod timestamps;
