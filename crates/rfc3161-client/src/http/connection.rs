//! How a TSA is reached: times, trust, proxy, and the client's own certificate.

use core::time::Duration;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use ureq::http::Uri;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Proxy, ProxyProtocol};

use super::error::{HttpTransportError, Route};
use super::parts::{check_basic, is_host_and_port};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// The settings of a connection, and the agent that was made by them.
pub(super) struct Connection {
    pub(super) connect_timeout: Duration,
    pub(super) total_timeout: Duration,
    roots: RootCerts,
    proxy: Option<Proxy>,
    client: Option<ClientCert>,
    pub(super) agent: Agent,
}

impl Connection {
    pub(super) fn new() -> Self {
        let (connect_timeout, total_timeout) = (CONNECT_TIMEOUT, TOTAL_TIMEOUT);
        let agent = Agent::new_with_defaults();
        let roots = RootCerts::WebPki;
        Self { connect_timeout, total_timeout, roots, proxy: None, client: None, agent }.renewed()
    }

    pub(super) fn with_timeouts(self, connect_timeout: Duration, total_timeout: Duration) -> Self {
        Self { connect_timeout, total_timeout, ..self }.renewed()
    }

    pub(super) fn with_roots<'c>(self, certificates: impl IntoIterator<Item = &'c [u8]>) -> Self {
        let certificates: Vec<_> =
            certificates.into_iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
        Self { roots: RootCerts::Specific(Arc::new(certificates)), ..self }.renewed()
    }

    pub(super) fn with_proxy(self, proxy: Proxy) -> Self {
        Self { proxy: Some(proxy), ..self }.renewed()
    }

    pub(super) fn with_client(self, client: ClientCert) -> Self {
        Self { client: Some(client), ..self }.renewed()
    }

    pub(super) fn route(&self) -> Route {
        if self.proxy.is_some() { Route::ThroughProxy } else { Route::Direct }
    }

    /// Makes the agent anew.
    fn renewed(self) -> Self {
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(provider())
            .root_certs(self.roots.clone())
            .client_cert(self.client.clone())
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(self.proxy.clone())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_resolve(Some(self.connect_timeout))
            .timeout_connect(Some(self.connect_timeout))
            .timeout_global(Some(self.total_timeout))
            .user_agent(concat!("rfc3161-client/", env!("CARGO_PKG_VERSION")))
            .accept_encoding("identity")
            .build()
            .new_agent();
        Self { agent, ..self }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// Reads the URL of a proxy, which holds no credentials and nothing behind host and port.
pub(super) fn proxy(url: &str, credentials: Option<(&str, &str)>) -> Result<Proxy, HttpTransportError> {
    let uri: Uri = url.parse().map_err(|_| HttpTransportError::ProxyUrl)?;
    let protocol = match uri.scheme_str() {
        Some("http") => ProxyProtocol::Http,
        Some("https") => ProxyProtocol::Https,
        _ => return Err(HttpTransportError::ProxyUrl),
    };
    let authority = uri.authority().ok_or(HttpTransportError::ProxyUrl)?;
    if authority.as_str().contains('@') {
        return Err(HttpTransportError::CredentialsInUrl);
    }
    if !is_host_and_port(authority) || uri.path_and_query().is_some_and(|path| path.as_str() != "/") {
        return Err(HttpTransportError::ProxyUrl);
    }
    let mut proxy = Proxy::builder(protocol).host(authority.host());
    if let Some(port) = authority.port_u16() {
        proxy = proxy.port(port);
    }
    if let Some((user, password)) = credentials {
        check_basic(user, password)?;
        proxy = proxy.username(user).password(password);
    }
    proxy.build().map_err(|_| HttpTransportError::ProxyUrl)
}

/// Reads the certificates and the key of a client from PEM, and checks that they belong together. The HTTP client does
/// so only when it first connects, and panics when they do not.
pub(super) fn client(chain: &str, key: &str) -> Result<ClientCert, HttpTransportError> {
    let mut certificates = Vec::new();
    for item in parse_pem(chain.as_bytes()) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(HttpTransportError::ClientCertificate),
        }
    }
    if certificates.is_empty() {
        return Err(HttpTransportError::ClientCertificate);
    }
    let malformed = HttpTransportError::ClientKey;
    let same_key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| malformed)?;
    let key = PrivateKey::from_pem(key.as_bytes()).map_err(|_| malformed)?;
    let ders = certificates.iter().map(|certificate| CertificateDer::from(certificate.der()).into_owned()).collect();
    match rustls::sign::CertifiedKey::from_der(ders, same_key, &provider()) {
        Ok(_) => Ok(ClientCert::new_with_certs(&certificates, key)),
        Err(rustls::Error::InconsistentKeys(_)) => Err(HttpTransportError::ClientKeyDoesNotMatch),
        Err(rustls::Error::InvalidCertificate(_)) => Err(HttpTransportError::ClientCertificate),
        Err(_) => Err(malformed),
    }
}
