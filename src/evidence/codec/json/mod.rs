//! Writes evidence in one deterministic form of JSON, and reads that form strictly.

pub(in crate::evidence) mod batch_statement;
pub(in crate::evidence) mod be;
mod details;
mod disclosure;
pub(super) mod extensions;
mod mandate;
mod payment;
pub(in crate::evidence) mod place;
pub(super) mod read;
mod register;
pub(in crate::evidence) mod submission;
pub(in crate::evidence) mod texts;
pub(super) mod values;
pub(in crate::evidence) mod write;
pub(in crate::evidence) mod writer;
