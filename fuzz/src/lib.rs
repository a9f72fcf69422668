//! What holds for every input, one function per fuzz target, and the inputs to begin with.
//!
//! The targets in `fuzz_targets` call these functions with what libFuzzer makes; the tests here call them with the
//! seeds, on any toolchain.

mod aggregated;
mod certificate;
mod coding;
mod der;
mod dossier;
mod log_proof;
mod proof;
mod receipt;
mod reconstruction;
mod record;
mod register;
mod revocation;
mod second_seal;
pub mod seeds;
mod statement;
mod timestamp;
mod trail;
mod transparency;
pub mod world;

pub use aggregated::aggregated;
pub use certificate::certificate;
pub use coding::{ber_normaliser, signed_data};
pub use dossier::dossier;
pub use log_proof::log_proof;
pub use proof::{foreign, proof, resealed};
pub use receipt::receipt_xml;
pub use reconstruction::reconstruction;
pub use record::evidence_record;
pub use register::register_json;
pub use revocation::{crl, ocsp};
pub use second_seal::second_seal;
pub use statement::{evidence_json, policy_json};
pub use timestamp::{restamped, timestamp_resp, tst_info};
pub use trail::audit_lines;
pub use transparency::transparency;

/// One fuzz target: its name and what it does with an input.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 23] = [
    ("ber_normaliser", ber_normaliser),
    ("signed_data", signed_data),
    ("timestamp_resp", timestamp_resp),
    ("tst_info", tst_info),
    ("evidence_json", evidence_json),
    ("certificate", certificate),
    ("crl", crl),
    ("ocsp", ocsp),
    ("proof", proof),
    ("resealed", resealed),
    ("foreign", foreign),
    ("restamped", restamped),
    ("policy_json", policy_json),
    ("evidence_record", evidence_record),
    ("second_seal", second_seal),
    ("register_json", register_json),
    ("receipt_xml", receipt_xml),
    ("audit_lines", audit_lines),
    ("transparency", transparency),
    ("aggregated", aggregated),
    ("log_proof", log_proof),
    ("reconstruction", reconstruction),
    ("dossier", dossier),
];
