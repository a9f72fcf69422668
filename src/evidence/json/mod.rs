//! A strict reader of JSON (RFC 8259) over the received octets, in the one form that the profile writes: no white
//! space, members in the schema's order, each once, integers only.

mod members;
mod reader;
mod skip;
#[cfg(test)]
mod tests;
mod text;

pub(super) use members::Members;
pub(super) use reader::{Reader, Result};
pub(super) use skip::check_object;
