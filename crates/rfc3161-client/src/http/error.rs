//! Says what went wrong on the way, in the words of this crate.

use core::fmt::Display;
use std::io;

use crate::transport::TransportError;

/// The reason why an [`HttpTransport`](super::HttpTransport) cannot be set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HttpTransportError {
    /// The URL cannot be read, or names no host.
    #[error("not a URL with a host")]
    Url,
    /// The URL is neither http nor https.
    #[error("neither http nor https")]
    Scheme,
    /// The URL contains a user name or a password. URLs end up in logs, so that credentials go to
    /// [`HttpTransport::with_credentials`](super::HttpTransport::with_credentials) instead.
    #[error("credentials inside the URL")]
    CredentialsInUrl,
    /// The user name has a colon, or one of the two has control characters (RFC 7617 §2).
    #[error("credentials that basic authentication cannot carry")]
    Credentials,
    /// The credentials would travel unencrypted. They need https, or a TSA on the same machine that is reached without a
    /// proxy.
    #[error("credentials over a connection that is not encrypted")]
    CredentialsInClear,
    /// A header has a name or a value that HTTP does not allow, or one that the transport sets itself.
    #[error("a header that cannot be set")]
    Header,
    /// The URL of a proxy is not `http://HOST:PORT` or `https://HOST:PORT`.
    #[error("not the URL of a proxy: http or https, host and port")]
    ProxyUrl,
    /// There is no certificate of the client in the PEM text, or one that cannot be read.
    #[error("the certificates of the client are not certificates in PEM")]
    ClientCertificate,
    /// There is no private key in the PEM text, or one that cannot be read. An encrypted key is decrypted before:
    /// `openssl pkey -in KEY -out PLAIN`.
    #[error("the client's key is no private key in PEM (PKCS#8, PKCS#1 or SEC1, not encrypted)")]
    ClientKey,
    /// The private key is not that of the first certificate.
    #[error("the client's key does not belong to its first certificate")]
    ClientKeyDoesNotMatch,
}

/// The place of a failure to look up a host.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// The TSA itself is looked up.
    Direct,
    /// The proxy is looked up, and the proxy looks up the TSA.
    ThroughProxy,
}

/// Translates an error of the HTTP client.
pub(super) fn transport_error(error: ureq::Error, route: Route, response_limit: usize) -> TransportError {
    match error {
        ureq::Error::StatusCode(status) => TransportError::Status(status),
        ureq::Error::Timeout(during) => TransportError::Timeout {
            during: match during {
                ureq::Timeout::Resolve => "looking up the host",
                ureq::Timeout::Connect => "connecting",
                ureq::Timeout::SendRequest | ureq::Timeout::SendBody => "sending",
                ureq::Timeout::RecvResponse | ureq::Timeout::RecvBody => "waiting for the answer",
                _ => "talking to the server",
            },
        },
        ureq::Error::HostNotFound => not_found(route),
        ureq::Error::BodyExceedsLimit(_) => TransportError::TooLarge { limit: response_limit },
        ureq::Error::Io(error) => io_error(&error, route),
        ureq::Error::ConnectionFailed => TransportError::Connection(io::ErrorKind::NotConnected),
        ureq::Error::ConnectProxyFailed(reason) => proxy_error(&reason),
        ureq::Error::Tls(reason) => TransportError::Tls { reason: reason.to_owned() },
        ureq::Error::Rustls(error) => TransportError::Tls { reason: error.to_string() },
        ureq::Error::Protocol(error) => protocol(error),
        ureq::Error::LargeResponseHeader(..) => protocol("the head of the answer is too large"),
        // Their texts have the URL in them, where some services want an access key.
        ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => protocol("the URL cannot be used"),
        error => protocol(error),
    }
}

/// Returns the error of an exchange that is not HTTP.
pub(super) fn protocol(reason: impl Display) -> TransportError {
    TransportError::Protocol { reason: reason.to_string() }
}

fn not_found(route: Route) -> TransportError {
    match route {
        Route::Direct => TransportError::HostNotFound,
        Route::ThroughProxy => TransportError::Proxy { reason: "its host is not found".to_owned() },
    }
}

/// The reason ends with the status, twice: `proxy server responded 407/407`.
fn proxy_error(reason: &str) -> TransportError {
    match reason.rsplit('/').next().map(str::parse) {
        Some(Ok(status)) => TransportError::ProxyStatus(status),
        _ => TransportError::Proxy { reason: "it does not answer to CONNECT".to_owned() },
    }
}

/// rustls passes its errors through the connection as I/O errors, and so does the system those of looking up a host.
fn io_error(error: &io::Error, route: Route) -> TransportError {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return TransportError::Tls { reason: tls.to_string() };
    }
    match Lookup::of(error) {
        Some(Lookup::NotFound) => not_found(route),
        Some(Lookup::Unknown(reason)) => match route {
            Route::Direct => TransportError::Lookup { reason },
            Route::ThroughProxy => {
                TransportError::Proxy { reason: format!("its host could not be looked up: {reason}") }
            }
        },
        None => TransportError::Connection(error.kind()),
    }
}

/// A failure to look up a host.
enum Lookup {
    /// There is no such host, or it has no address.
    NotFound,
    /// Nobody could say now.
    Unknown(String),
}

impl Lookup {
    /// Recognises a failure of getaddrinfo. The standard library has no kind of error for it: it prints "uncategorized
    /// error", and only the message says what it was.
    fn of(error: &io::Error) -> Option<Self> {
        const PREFIX: &str = "failed to lookup address information: ";
        // WSAHOST_NOT_FOUND and WSANO_DATA, WSATRY_AGAIN and WSANO_RECOVERY.
        const WINDOWS: std::ops::RangeInclusive<i32> = 11001..=11004;
        let message = error.to_string();
        let reason = match error.raw_os_error() {
            Some(11001 | 11004) if cfg!(windows) => return Some(Self::NotFound),
            Some(code) if cfg!(windows) && WINDOWS.contains(&code) => message.as_str(),
            _ => message.strip_prefix(PREFIX)?,
        };
        // EAI_AGAIN and EAI_FAIL in the words of the libraries of Linux, macOS and the BSDs; EAI_NONAME and EAI_NODATA
        // are everything else.
        let is_passing = ["emporary", "ry again", "recoverable"].iter().any(|word| reason.contains(word));
        Some(if is_passing { Self::Unknown(reason.to_owned()) } else { Self::NotFound })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(message: &str, route: Route) -> TransportError {
        let error = io::Error::other(format!("failed to lookup address information: {message}"));
        transport_error(ureq::Error::Io(error), route, 0)
    }

    #[test]
    fn a_host_without_an_address_is_told_from_a_resolver_that_is_down() {
        let gone = lookup("Name or service not known", Route::Direct);
        assert!(matches!(gone, TransportError::HostNotFound) && !gone.is_transient(), "{gone:?}");
        let down = lookup("Temporary failure in name resolution", Route::Direct);
        assert!(matches!(down, TransportError::Lookup { .. }) && down.is_transient(), "{down:?}");
        let proxy = lookup("nodename nor servname provided, or not known", Route::ThroughProxy);
        assert_eq!(proxy.to_string(), "the proxy: its host is not found");
        let refused = ureq::Error::Io(io::ErrorKind::ConnectionRefused.into());
        let refused = transport_error(refused, Route::Direct, 0);
        assert!(matches!(refused, TransportError::Connection(io::ErrorKind::ConnectionRefused)), "{refused:?}");
    }

    #[test]
    fn what_the_client_says_is_kept_without_the_url() {
        let of = |error| transport_error(error, Route::Direct, 0).to_string();
        assert_eq!(of(ureq::Error::LargeResponseHeader(2, 1)), "not valid HTTP: the head of the answer is too large");
        assert_eq!(of(ureq::Error::RedirectFailed), "not valid HTTP: redirect failed");
        let bad = of(ureq::Error::BadUri("http://tsa.test/?key=secret".to_owned()));
        assert!(!bad.contains("secret"), "{bad}");
    }

    #[test]
    fn the_status_of_a_proxy_is_read() {
        assert!(matches!(proxy_error("proxy server responded 407/407"), TransportError::ProxyStatus(407)));
        assert!(matches!(proxy_error("proxy server did not respond"), TransportError::Proxy { .. }));
    }
}
