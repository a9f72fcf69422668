//! Verifies evidence of time: time-stamp tokens, and evidence records, which give one token to many objects.

#![deny(clippy::wildcard_enum_match_arm)]

pub(crate) mod log_entry;
pub mod record;
pub(crate) mod request;
pub(crate) mod token;
pub(crate) mod token_revocation;
