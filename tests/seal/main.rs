//! These tests are about sealing: the journey of a letter, the keys and certificates that may seal, and refusals.

#[path = "../common/mod.rs"]
mod common;

mod audit_commits;
mod audit_errors;
mod audit_exports;
mod audit_folders;
mod audit_seams;
mod audit_trails;
mod credentials;
mod delays;
mod evidence_logs;
mod journey;
#[cfg(feature = "fs")]
mod log_kills;
mod log_provers;
mod payload;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod post_quantum;
mod prepared;
mod printed;
mod second_seals;
mod self_check;
mod unsealed;
mod watch;
#[cfg(feature = "http")]
mod witness_http;
