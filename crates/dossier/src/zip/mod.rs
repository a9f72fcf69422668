//! Zip files of one form alone: stored entries, no time, no comment, nothing between or behind them
//! ([APPNOTE 6.3.10](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT), sections 4.3 and 4.5.3).
//!
//! Each value has one place in each of two headers, and each header one form for its values. Two programs that read such a file see
//! the same files in it, whichever header they go by.

mod fields;
mod header;
mod read;
mod write;

pub(crate) use read::{Archive, Entry, entries};
pub(crate) use write::ZipWriter;

pub use fields::ZipFault;
