//! The trip to a TSA.

use core::time::Duration;
use std::sync::Arc;

/// A transport takes a request in DER to a TSA and brings back the octets of the answer.
///
/// A rejection by the TSA is an answer, not an error. A transport bounds how long it waits and how much it reads.
pub trait Transport: Send + Sync {
    /// Sends one request and waits for the answer.
    ///
    /// # Errors
    /// [`TransportError`] when no answer comes, or none that the protocol of the transport allows.
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError>;
}

impl<T: Transport + ?Sized> Transport for &T {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        (**self).send(request)
    }
}

/// The reason why no answer came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The time limit passed.
    #[error("timeout while {during}")]
    Timeout {
        /// The step that took too long.
        during: &'static str,
    },
    /// The host name has no address. Check the URL.
    #[error("the host is not found; check the URL")]
    HostNotFound,
    /// No server of names could say now whether the host has an address.
    #[error("the address of the host could not be looked up: {reason}")]
    Lookup {
        /// The message of the system.
        reason: String,
    },
    /// The proxy cannot be reached, or does not answer as a proxy.
    #[error("the proxy: {reason}")]
    Proxy {
        /// The part that failed.
        reason: String,
    },
    /// The proxy refused to connect, with this HTTP status. 407 asks for credentials, and 403 often means that it
    /// permits no CONNECT to the TSA's port.
    #[error("the proxy answered with HTTP status {0} to CONNECT")]
    ProxyStatus(u16),
    /// The connection could not be made, or it broke.
    #[error("connection: {0}")]
    Connection(std::io::ErrorKind),
    /// The secure channel could not be set up.
    #[error("TLS: {reason}")]
    Tls {
        /// The message of the TLS implementation.
        reason: String,
    },
    /// The answer is not a valid HTTP response, or the request cannot be one.
    #[error("not valid HTTP: {reason}")]
    Protocol {
        /// The message of the HTTP client, without URL and headers.
        reason: String,
    },
    /// The HTTP status is not 2xx. Redirects are not followed.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The server refuses for now (HTTP status 429 or 503), and says when it may be asked again.
    #[error("HTTP status {status}, and to ask again after {} s", .retry_after.as_secs())]
    Busy {
        /// The HTTP status.
        status: u16,
        /// The time from the answer on, by its header Retry-After.
        retry_after: Duration,
    },
    /// The HTTP status is 2xx, but the answer has no body.
    #[error("HTTP status {0} without a body")]
    Empty(u16),
    /// The media type is neither `application/timestamp-reply` nor `application/timestamp-response`.
    #[error("content type {stated:?} instead of application/timestamp-reply")]
    ContentType {
        /// The media type of the answer, empty when it states none.
        stated: String,
    },
    /// The answer is larger than the limit.
    #[error("the answer is larger than {limit} octets")]
    TooLarge {
        /// The limit, in octets.
        limit: usize,
    },
    /// A transport outside of this crate failed.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl TransportError {
    /// Wraps the error of a transport outside of this crate.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    /// Tells whether the same request to the same TSA may succeed a moment later.
    ///
    /// That is so for a connection that is missing or broken, a timeout, HTTP status 5xx or 429, and every error of a
    /// transport outside of this crate. A host name without an address is no such error.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. }
            | Self::Lookup { .. }
            | Self::Connection(_)
            | Self::Proxy { .. }
            | Self::Protocol { .. }
            | Self::Busy { .. }
            | Self::Other(_) => true,
            Self::Status(status) | Self::ProxyStatus(status) => (500..600).contains(status) || *status == 429,
            Self::HostNotFound
            | Self::Tls { .. }
            | Self::Empty(_)
            | Self::ContentType { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// Returns the time after which the server wants to be asked again, if it says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => Some(*retry_after),
            Self::Timeout { .. }
            | Self::HostNotFound
            | Self::Lookup { .. }
            | Self::Proxy { .. }
            | Self::ProxyStatus(_)
            | Self::Connection(_)
            | Self::Tls { .. }
            | Self::Protocol { .. }
            | Self::Status(_)
            | Self::Empty(_)
            | Self::ContentType { .. }
            | Self::TooLarge { .. }
            | Self::Other(_) => None,
        }
    }
}
