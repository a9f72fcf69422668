//! One HTML file that verifies proofs of registered mail in a browser, without a network.
//!
//! This library is the WebAssembly module in that file, and `build-page` is the program that makes the file. The module has no
//! imports, so that it runs in any host as well: Node, or one of WASI.
//!
//! Everything that a user drops is hostile. The module decides itself what each file is, by its octets, and which of them
//! belong together, by their digests; the host hands over octets and shows what comes back.
#![doc = include_str!("../README.md")]

mod abi;
mod answer;
mod dossier;
mod file;
mod judge;
mod letters;
mod session;
mod settings;
pub mod words;

/// Checks the settings of a page, JSON, before they are put into one: trust anchors and the like.
///
/// # Errors
/// The settings cannot be read, or one of them is not known.
pub fn check_settings(json: &str) -> Result<(), String> {
    settings::Settings::read(json.as_bytes()).map(drop).map_err(|_| "the settings cannot be read".to_owned())
}
