//! The report: a value, its text for people, and until when a verdict holds.

mod print;
mod print_rests;
pub(crate) mod rests;
mod shared;
pub(crate) mod until;
pub(crate) mod value;
