//! Lines of trails: one record each, in JSON, with its place in the trail.

mod batch;
mod decode;
mod encode;
mod entry;
mod fault;
mod reader;
mod wire;

pub use batch::BatchReader;
pub(super) use encode::{WrittenPlace, encode, left_out_line};
pub use entry::{Content, Entry, LeftOut, Line};
pub use fault::{LineFault, UnreadableLine};
pub use reader::LineReader;
