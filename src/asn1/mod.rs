//! DER as this crate writes it, and every OBJECT IDENTIFIER that it knows, with its source.

pub(crate) mod oid;
pub(crate) mod time;
pub(crate) mod writer;
