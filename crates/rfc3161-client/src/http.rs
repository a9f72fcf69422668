//! The protocol over HTTP.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use ureq::http::{HeaderValue, Uri, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use zeroize::Zeroizing;

use crate::transport::{Transport, TransportError};

const QUERY: &str = "application/timestamp-query";
const REPLY: &str = "application/timestamp-reply";

/// A token with its chain has 2 to 10 KiB, and some hundred with OCSP responses and CRLs inside. 1 MiB leaves room.
const RESPONSE_LIMIT: usize = 1 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// A TSA behind HTTP or HTTPS ([RFC 3161 §3.4](https://www.rfc-editor.org/rfc/rfc3161#section-3.4)).
///
/// - Redirects are not followed. Proxies are not used, and the environment is not read.
/// - HTTPS uses rustls with its aws-lc provider, independently of the default of the process. A server is trusted by the
///   compiled-in Mozilla roots, or by [`with_root_certificates`](Self::with_root_certificates). That trust is about the
///   connection only: a token is trusted by its own signature.
/// - A connection takes at most 5 s, everything together at most 30 s, and a response has at most 1 MiB, unless set
///   otherwise.
pub struct HttpTransport {
    uri: Uri,
    authorization: Option<Zeroizing<String>>,
    connect_timeout: Duration,
    total_timeout: Duration,
    response_limit: usize,
    roots: RootCerts,
    agent: ureq::Agent,
}

/// The reason why an [`HttpTransport`] cannot be set up.
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
    /// [`HttpTransport::with_credentials`] instead.
    #[error("credentials inside the URL")]
    CredentialsInUrl,
    /// The user name has a colon, or one of the two has control characters (RFC 7617 §2).
    #[error("credentials that basic authentication cannot carry")]
    Credentials,
    /// The credentials would travel unencrypted. They need https, or a TSA on the same machine.
    #[error("credentials over a connection that is not encrypted")]
    CredentialsInClear,
}

impl HttpTransport {
    /// Sets up a transport to the TSA at this URL.
    ///
    /// # Errors
    /// `Url` for text that is not a URL with a host; `Scheme` for a scheme but http and https; `CredentialsInUrl` for a
    /// user name or password inside.
    pub fn new(url: &str) -> Result<Self, HttpTransportError> {
        let uri: Uri = url.parse().map_err(|_| HttpTransportError::Url)?;
        let authority = uri.authority().ok_or(HttpTransportError::Url)?;
        if authority.as_str().contains('@') {
            return Err(HttpTransportError::CredentialsInUrl);
        }
        if authority.host().is_empty() {
            return Err(HttpTransportError::Url);
        }
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(HttpTransportError::Scheme);
        }
        let agent = agent(CONNECT_TIMEOUT, TOTAL_TIMEOUT, &RootCerts::WebPki);
        Ok(Self {
            uri,
            authorization: None,
            connect_timeout: CONNECT_TIMEOUT,
            total_timeout: TOTAL_TIMEOUT,
            response_limit: RESPONSE_LIMIT,
            roots: RootCerts::WebPki,
            agent,
        })
    }

    /// Adds basic authentication ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)). The credentials are never shown,
    /// and are wiped from memory when dropped.
    ///
    /// # Errors
    /// `Credentials` for characters that basic authentication cannot carry; `CredentialsInClear` unless the URL is https or a loopback address.
    pub fn with_credentials(mut self, user: &str, password: &str) -> Result<Self, HttpTransportError> {
        let host = self.uri.host().unwrap_or_default();
        let local = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
        if self.uri.scheme_str() != Some("https") && !local {
            return Err(HttpTransportError::CredentialsInClear);
        }
        if user.contains(':') || user.chars().chain(password.chars()).any(char::is_control) {
            return Err(HttpTransportError::Credentials);
        }
        let pair = Zeroizing::new(format!("{user}:{password}"));
        let encoded = Zeroizing::new(Base64::encode_string(pair.as_bytes()));
        self.authorization = Some(Zeroizing::new(format!("Basic {}", *encoded)));
        Ok(self)
    }

    /// Sets how long a connection may take to be set up, and how long everything may take together.
    #[must_use]
    pub fn with_timeouts(mut self, connect: Duration, total: Duration) -> Self {
        (self.connect_timeout, self.total_timeout) = (connect, total);
        self.agent = agent(connect, total, &self.roots);
        self
    }

    /// Sets how many octets a response may have.
    #[must_use]
    pub fn with_response_limit(mut self, octets: usize) -> Self {
        self.response_limit = octets;
        self
    }

    /// Trusts servers under these certificates (DER) instead of under the Mozilla roots.
    #[must_use]
    pub fn with_root_certificates<'c>(mut self, certificates: impl IntoIterator<Item = &'c [u8]>) -> Self {
        let certificates: Vec<_> =
            certificates.into_iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
        self.roots = RootCerts::Specific(Arc::new(certificates));
        self.agent = agent(self.connect_timeout, self.total_timeout, &self.roots);
        self
    }
}

fn agent(connect: Duration, total: Duration, roots: &RootCerts) -> ureq::Agent {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .root_certs(roots.clone())
        .build();
    ureq::Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_resolve(Some(connect))
        .timeout_connect(Some(connect))
        .timeout_global(Some(total))
        .user_agent(concat!("rfc3161-client/", env!("CARGO_PKG_VERSION")))
        .accept(REPLY)
        .accept_encoding("identity")
        .build()
        .new_agent()
}

impl Transport for HttpTransport {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let mut call = self.agent.post(self.uri.clone()).header(header::CONTENT_TYPE, QUERY);
        if let Some(authorization) = &self.authorization {
            let mut value = HeaderValue::from_str(authorization).map_err(|_| TransportError::Protocol)?;
            value.set_sensitive(true);
            call = call.header(header::AUTHORIZATION, value);
        }
        let mut response = call.send(request).map_err(|error| self.error(error))?;
        if response.status().as_u16() != 200 {
            return Err(TransportError::Status(response.status().as_u16()));
        }
        let content_type = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
        let content_type = String::from_utf8_lossy(content_type);
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case(REPLY) {
            return Err(TransportError::ContentType { stated: media_type.chars().take(100).collect() });
        }
        // One more than allowed: the reader takes a body that ends at its limit for one that goes on.
        let limit = u64::try_from(self.response_limit).unwrap_or(u64::MAX).saturating_add(1);
        let body = response.body_mut().with_config().limit(limit).read_to_vec().map_err(|error| self.error(error))?;
        if body.len() > self.response_limit {
            return Err(TransportError::TooLarge { limit: self.response_limit });
        }
        Ok(body)
    }
}

impl HttpTransport {
    fn error(&self, error: ureq::Error) -> TransportError {
        match error {
            ureq::Error::StatusCode(status) => TransportError::Status(status),
            ureq::Error::Timeout(during) => TransportError::Timeout {
                during: match during {
                    ureq::Timeout::Resolve => "looking up the host",
                    ureq::Timeout::Connect => "connecting",
                    ureq::Timeout::SendRequest | ureq::Timeout::SendBody => "sending",
                    ureq::Timeout::RecvResponse | ureq::Timeout::RecvBody => "waiting for the answer",
                    _ => "talking to the TSA",
                },
            },
            ureq::Error::HostNotFound => TransportError::HostNotFound,
            ureq::Error::BodyExceedsLimit(_) => TransportError::TooLarge { limit: self.response_limit },
            ureq::Error::Io(error) => io_error(&error),
            ureq::Error::ConnectionFailed => TransportError::Connection(std::io::ErrorKind::NotConnected),
            ureq::Error::Tls(reason) => TransportError::Tls { reason: reason.to_owned() },
            ureq::Error::Rustls(error) => TransportError::Tls { reason: error.to_string() },
            _ => TransportError::Protocol,
        }
    }
}

/// rustls passes its errors through the connection as I/O errors.
fn io_error(error: &std::io::Error) -> TransportError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(tls) => TransportError::Tls { reason: tls.to_string() },
        None => TransportError::Connection(error.kind()),
    }
}

impl fmt::Debug for HttpTransport {
    // Neither the credentials nor the query are shown, because some services want an access key in the query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("scheme", &self.uri.scheme_str())
            .field("host", &self.uri.host())
            .field("path", &self.uri.path())
            .field("authorization", &self.authorization.as_ref().map(|_| "<redacted>"))
            .field("connect_timeout", &self.connect_timeout)
            .field("total_timeout", &self.total_timeout)
            .field("response_limit", &self.response_limit)
            .finish_non_exhaustive()
    }
}
