//! Checks the parts of a URL and of credentials, for the TSA and for a proxy alike.

use ureq::http::uri::Authority;

use super::error::HttpTransportError;

/// Tells if there is a host, and a port that is one. The client would take the usual port in place of an impossible one.
pub(super) fn is_host_and_port(authority: &Authority) -> bool {
    let has_rest = authority.as_str() != authority.host();
    !authority.host().is_empty() && (!has_rest || authority.port_u16().is_some())
}

/// Checks that basic authentication can carry a user and a password (RFC 7617 §2).
pub(super) fn check_basic(user: &str, password: &str) -> Result<(), HttpTransportError> {
    if user.contains(':') || user.chars().chain(password.chars()).any(char::is_control) {
        return Err(HttpTransportError::Credentials);
    }
    Ok(())
}
