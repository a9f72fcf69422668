//! This module writes DER and lists every OBJECT IDENTIFIER that the crate uses.

pub(crate) mod last;
pub(crate) mod oid;
pub(crate) mod time;
pub(crate) mod writer;
