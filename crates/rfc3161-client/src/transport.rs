//! The trip to a TSA.

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
    /// The host name has no address.
    #[error("the host is not found")]
    HostNotFound,
    /// The connection could not be made, or it broke.
    #[error("connection: {0}")]
    Connection(std::io::ErrorKind),
    /// The secure channel could not be set up.
    #[error("TLS: {reason}")]
    Tls {
        /// The message of the TLS implementation.
        reason: String,
    },
    /// The answer is not a valid HTTP response.
    #[error("not a valid HTTP response")]
    Protocol,
    /// The HTTP status is not 200. Redirects are not followed.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The media type is not `application/timestamp-reply`.
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
    /// That is so for a missing or broken connection, a timeout, HTTP status 5xx or 429, and every error of a transport
    /// outside of this crate.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::HostNotFound | Self::Connection(_) | Self::Protocol | Self::Other(_) => true,
            Self::Status(status) => (500..600).contains(status) || *status == 429,
            Self::Tls { .. } | Self::ContentType { .. } | Self::TooLarge { .. } => false,
        }
    }
}
