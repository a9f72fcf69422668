//! Evidence of time for a signature: timestamps, evidence records, and the time that they prove.

pub(crate) mod proven;
pub(crate) mod records;
pub(crate) mod timestamps;
