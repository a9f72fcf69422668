//! The report: a value, its text for people, and until when a verdict holds.

mod print;
pub(crate) mod until;
pub(crate) mod value;
