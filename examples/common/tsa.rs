//! Reaches a time-stamp authority behind a URL.

use recommande::rfc3161_client::Transport;

use crate::arguments::Error;

#[cfg(feature = "http")]
pub fn http(url: &str) -> Result<impl Transport + 'static, Error> {
    recommande::rfc3161_client::HttpTransport::new(url).map_err(|error| format!("--tsa: {error}").into())
}

#[cfg(not(feature = "http"))]
pub fn http(_: &str) -> Result<Box<dyn Transport>, Error> {
    Err("--tsa: this was built without the feature `http`".into())
}

/// Names a TSA in errors: its address without the parts that may hold a secret (query, fragment, user).
pub fn name_of(url: &str) -> String {
    let address = url.split(['?', '#']).next().unwrap_or_default();
    match address.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
            let host = authority.rsplit('@').next().unwrap_or_default();
            format!("{scheme}://{host}/{path}")
        }
        None => "the TSA".to_owned(),
    }
}
