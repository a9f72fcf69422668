//! Evidence of time for a signature: what is found, what it proves, and the registry of proofs of existence.

pub(crate) mod coverage;
pub(crate) mod evidence;
pub(crate) mod form;
pub(crate) mod listing;
pub(crate) mod poe;
pub(crate) mod proven;
pub(crate) mod record;
pub(crate) mod records;
pub(crate) mod reported;
pub(crate) mod timestamps;
pub(crate) mod token;
pub(crate) mod trust;
