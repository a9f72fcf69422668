//! The report: a value, its text for people, and until when a verdict holds.

pub(crate) mod details;
mod print;
mod print_details;
mod print_summaries;
mod shared;
pub(crate) mod summaries;
pub(crate) mod timestamp;
pub(crate) mod until;
pub(crate) mod value;
