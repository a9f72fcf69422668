//! The protocol over HTTP.

mod answer;
mod connection;
mod error;
mod parts;
mod retry_after;

use core::fmt;
use core::time::Duration;

use base64ct::{Base64, Encoding};
use ureq::Body;
use ureq::http::{HeaderName, HeaderValue, Response, Uri, header};
use zeroize::Zeroizing;

use self::answer::{ACCEPTED, check_content_type, refusal};
use self::connection::Connection;
pub use self::error::HttpTransportError;
use self::error::{Route, protocol, transport_error};
use self::parts::{check_basic, is_host_and_port};
use crate::transport::{Transport, TransportError};

const QUERY: &str = "application/timestamp-query";

/// A token with its chain has 2 to 10 KiB, and some hundred with OCSP responses and CRLs inside. 1 MiB leaves room.
const RESPONSE_LIMIT: usize = 1 << 20;

/// The headers that the transport sets itself, or that would change where a message ends.
const RESERVED: [HeaderName; 8] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::HOST,
    header::CONNECTION,
    header::EXPECT,
    header::UPGRADE,
    header::PROXY_AUTHORIZATION,
];

/// The headers that hold credentials, and do not travel unencrypted.
const SECRET: [HeaderName; 2] = [header::AUTHORIZATION, header::COOKIE];

/// A TSA behind HTTP or HTTPS ([RFC 3161 §3.4](https://www.rfc-editor.org/rfc/rfc3161#section-3.4)).
///
/// - Any status 2xx with a body is an answer. Redirects are not followed, and the environment is not read.
/// - HTTPS uses rustls with its aws-lc provider, independently of the default of the process. A server is trusted by the
///   compiled-in Mozilla roots, or by [`with_root_certificates`](Self::with_root_certificates). That trust is about the
///   connection only: a token is trusted by its own signature.
/// - A connection takes at most 5 s, everything together at most 30 s, and a response has at most 1 MiB, unless set
///   otherwise.
/// - A proxy, a certificate of the client and further headers are used where they are set.
pub struct HttpTransport {
    uri: Uri,
    headers: Vec<(HeaderName, Zeroizing<String>)>,
    response_limit: usize,
    connection: Connection,
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
        if !is_host_and_port(authority) {
            return Err(HttpTransportError::Url);
        }
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(HttpTransportError::Scheme);
        }
        Ok(Self { uri, headers: Vec::new(), response_limit: RESPONSE_LIMIT, connection: Connection::new() })
    }

    /// Adds basic authentication ([RFC 7617](https://www.rfc-editor.org/rfc/rfc7617)). The credentials are never shown.
    /// The transport's own copy is wiped from memory when dropped. The copies that the HTTP client makes of a header for
    /// each request are not.
    ///
    /// # Errors
    /// `Credentials` for characters that basic authentication cannot carry; `CredentialsInClear` unless the URL is https,
    /// or a loopback address that is reached without a proxy.
    pub fn with_credentials(self, user: &str, password: &str) -> Result<Self, HttpTransportError> {
        check_basic(user, password)?;
        let pair = Zeroizing::new(format!("{user}:{password}"));
        let encoded = Zeroizing::new(Base64::encode_string(pair.as_bytes()));
        self.with_secret(header::AUTHORIZATION, Zeroizing::new(format!("Basic {}", *encoded)))
    }

    /// Adds a header to every request, such as `Authorization` with a token or a header of the service's own. A header
    /// of the same name is replaced. The value is never shown. The transport's own copy is wiped from memory when dropped,
    /// and the copies that the HTTP client makes for each request are not.
    ///
    /// # Errors
    /// `Header` for a name or value that HTTP does not allow, and for one that the transport sets itself, such as
    /// `Content-Type`; `CredentialsInClear` for `Authorization` and `Cookie` unless the URL is https, or a loopback address
    /// that is reached without a proxy.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self, HttpTransportError> {
        let name = HeaderName::try_from(name).map_err(|_| HttpTransportError::Header)?;
        if RESERVED.contains(&name) || HeaderValue::from_str(value).is_err() {
            return Err(HttpTransportError::Header);
        }
        let value = Zeroizing::new(value.to_owned());
        if SECRET.contains(&name) {
            return self.with_secret(name, value);
        }
        self.set(name, value);
        Ok(self)
    }

    fn with_secret(mut self, name: HeaderName, value: Zeroizing<String>) -> Result<Self, HttpTransportError> {
        self.set(name, value);
        self.checked()
    }

    /// Checks that no credentials travel unencrypted, whichever setting came last.
    fn checked(self) -> Result<Self, HttpTransportError> {
        let has_secret = self.headers.iter().any(|(name, _)| SECRET.contains(name));
        if has_secret && !self.is_private() { Err(HttpTransportError::CredentialsInClear) } else { Ok(self) }
    }

    fn set(&mut self, name: HeaderName, value: Zeroizing<String>) {
        self.headers.retain(|(set, _)| *set != name);
        self.headers.push((name, value));
    }

    /// Tells if nobody on the way can read along. A proxy is on the way to every host: it looks up a loopback address
    /// itself, and gets all octets through its tunnel.
    fn is_private(&self) -> bool {
        let is_local = match self.connection.route() {
            Route::Direct => matches!(self.uri.host(), Some("127.0.0.1" | "[::1]" | "localhost")),
            Route::ThroughProxy => false,
        };
        is_local || self.uri.scheme_str() == Some("https")
    }

    /// Reaches the TSA through an HTTP proxy, `http://HOST:PORT` or `https://HOST:PORT`, which looks up the TSA's host.
    ///
    /// The proxy is asked for a tunnel (CONNECT) whether the TSA is behind http or https. Many proxies permit tunnels to
    /// port 443 alone, so a TSA behind http may need a rule of the proxy.
    ///
    /// # Errors
    /// `ProxyUrl`; `CredentialsInUrl`, since [`with_authenticated_proxy`](Self::with_authenticated_proxy) takes them;
    /// `CredentialsInClear` when credentials for the TSA are set, and its URL is not https.
    pub fn with_proxy(mut self, url: &str) -> Result<Self, HttpTransportError> {
        self.connection = self.connection.with_proxy(connection::proxy(url, None)?);
        self.checked()
    }

    /// Reaches the TSA through a proxy as [`with_proxy`](Self::with_proxy) does, with basic authentication towards the
    /// proxy. To a proxy behind http these credentials travel unencrypted, as most proxies want it. They are
    /// never shown, and are not wiped from memory: the HTTP client holds them.
    ///
    /// # Errors
    /// `ProxyUrl`, `CredentialsInUrl`; `Credentials` for characters that basic authentication cannot carry;
    /// `CredentialsInClear` when credentials for the TSA are set, and its URL is not https.
    pub fn with_authenticated_proxy(
        mut self,
        url: &str,
        user: &str,
        password: &str,
    ) -> Result<Self, HttpTransportError> {
        self.connection = self.connection.with_proxy(connection::proxy(url, Some((user, password)))?);
        self.checked()
    }

    /// Presents a certificate to a server that asks for one (mutual TLS). `chain` holds the certificates in PEM, the
    /// client's own first, and `key` its private key in PEM: PKCS#8, PKCS#1 or SEC1, not encrypted. The key is never shown,
    /// and is not wiped from memory: the HTTP client holds it.
    ///
    /// # Errors
    /// `ClientCertificate`, `ClientKey`, `ClientKeyDoesNotMatch`; `CredentialsInClear` for a URL that is not https.
    pub fn with_client_certificate(mut self, chain: &str, key: &str) -> Result<Self, HttpTransportError> {
        if self.uri.scheme_str() != Some("https") {
            return Err(HttpTransportError::CredentialsInClear);
        }
        self.connection = self.connection.with_client(connection::client(chain, key)?);
        Ok(self)
    }

    /// Sets how long a connection may take to be set up, and how long everything may take together.
    #[must_use]
    pub fn with_timeouts(mut self, connect: Duration, total: Duration) -> Self {
        self.connection = self.connection.with_timeouts(connect, total);
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
        self.connection = self.connection.with_roots(certificates);
        self
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let stated = [
            (header::CONTENT_TYPE, HeaderValue::from_static(QUERY)),
            (header::ACCEPT, HeaderValue::from_static(ACCEPTED)),
        ];
        let mut response = self.call(stated, request)?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(&response));
        }
        let body = self.body(&mut response);
        let stated = check_content_type(&response);
        // RFC 3161 §3.4 names no status: every 2xx with an answer is one (RFC 9110 §15.3).
        match (body, stated) {
            (Ok(body), _) if body.is_empty() => Err(TransportError::Empty(status.as_u16())),
            (_, Err(error)) | (Err(error), _) => Err(error),
            (Ok(body), Ok(())) => Ok(body),
        }
    }
}

impl HttpTransport {
    /// Posts octets of another protocol, whose refusals are answers too: that of the witnesses of a log, for one. The answer is
    /// returned whatever its status is. Redirects are not followed.
    ///
    /// # Errors
    /// [`TransportError`] when no answer comes, or one that is not HTTP or too large. `Status` and `Busy` are not among them.
    pub fn post(&self, request: &[u8]) -> Result<HttpAnswer, TransportError> {
        let mut response = self.call([], request)?;
        let body = self.body(&mut response)?;
        let content_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(HttpAnswer { status: response.status().as_u16(), content_type: content_type.map(str::to_owned), body })
    }

    fn call<const N: usize>(
        &self,
        stated: [(HeaderName, HeaderValue); N],
        request: &[u8],
    ) -> Result<Response<Body>, TransportError> {
        let mut call = self.connection.agent.post(self.uri.clone());
        for (name, value) in stated {
            if !self.headers.iter().any(|(set, _)| *set == name) {
                call = call.header(name, value);
            }
        }
        for (name, value) in &self.headers {
            let mut value = HeaderValue::from_str(value).map_err(protocol)?;
            value.set_sensitive(true);
            call = call.header(name, value);
        }
        call.send(request).map_err(|error| self.error(error))
    }

    fn body(&self, response: &mut Response<Body>) -> Result<Vec<u8>, TransportError> {
        // One more than allowed: the reader takes a body that ends at its limit for one that goes on.
        let limit = u64::try_from(self.response_limit).unwrap_or(u64::MAX).saturating_add(1);
        let body = response.body_mut().with_config().limit(limit).read_to_vec().map_err(|error| self.error(error))?;
        if body.len() > self.response_limit {
            return Err(TransportError::TooLarge { limit: self.response_limit });
        }
        Ok(body)
    }

    fn error(&self, error: ureq::Error) -> TransportError {
        transport_error(error, self.connection.route(), self.response_limit)
    }
}

/// What a server answers to [`HttpTransport::post`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The header Content-Type, where there is one in ASCII.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpTransport {
    // Neither the values of headers nor the query are shown, because some services want an access key in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("scheme", &self.uri.scheme_str())
            .field("host", &self.uri.host())
            .field("path", &self.uri.path())
            .field("headers", &self.headers.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>())
            .field("connect_timeout", &self.connection.connect_timeout)
            .field("total_timeout", &self.connection.total_timeout)
            .field("response_limit", &self.response_limit)
            .finish_non_exhaustive()
    }
}
