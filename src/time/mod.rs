//! Verifies evidence of time: time-stamp tokens, and evidence records, which give one token to many objects.

pub mod record;
pub(crate) mod token;
pub(crate) mod token_revocation;
