//! The checks of a verification, each a file.

pub(crate) mod aggregated;
pub(crate) mod disclosure;
pub(crate) mod issuer;
pub(crate) mod level;
pub(crate) mod link;
pub(crate) mod mandate;
pub(crate) mod payload;
mod payload_form;
pub(crate) mod reply;
pub(crate) mod revocation;
pub(crate) mod seal;
pub(crate) mod statement;
pub(crate) mod steps;
