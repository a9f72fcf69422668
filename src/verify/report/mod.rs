//! The report: a value, its text for people, and until when a verdict holds.

mod print;
mod print_rests;
pub(crate) mod rests;
pub(crate) mod until;
pub(crate) mod value;
