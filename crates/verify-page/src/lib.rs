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
/// The settings are not JSON of the form that is read, or the one that is named cannot be read.
pub fn check_settings(json: &str) -> Result<(), String> {
    settings::Settings::read(json.as_bytes()).map(drop).map_err(|unreadable| match unreadable {
        settings::Unreadable::Form => "the policy, or the form of the settings, cannot be read".to_owned(),
        settings::Unreadable::Setting(name) => format!("--{} cannot be read", name.replace('_', "-")),
    })
}

#[cfg(test)]
mod tests {
    use super::check_settings;

    #[test]
    fn the_setting_that_cannot_be_read_is_named() {
        for (settings, name) in [
            (r#"{"seal_anchors": "no"}"#, "--seal-anchors"),
            (r#"{"tsa_anchors": "no"}"#, "--tsa-anchors"),
            (r#"{"environment": "no"}"#, "--environment"),
            (r#"{"policy": "no"}"#, "--policy"),
            (r#"{"certificates": "no"}"#, "--certificates"),
            (r#"{"revocation_data": "no"}"#, "--revocation-data"),
            (r#"{"policy": {"no": 1}}"#, "policy"),
        ] {
            let told = check_settings(settings).expect_err(name);
            assert!(told.contains(name), "{told}");
        }
        assert_eq!(check_settings("{}"), Ok(()));
    }
}
