//! Questions of those who write and read dossiers, through the public API.

mod beside;
mod common;
mod forge;
mod large;
mod ranges;
mod reading;
mod renewing;
mod verdicts;
mod writing;
