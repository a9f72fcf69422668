//! Evidence in JSON: one deterministic form, written and read strictly.

pub(super) mod be;
pub(super) mod extensions;
pub(super) mod read;
pub(super) mod values;
pub(super) mod write;
pub(super) mod writer;
