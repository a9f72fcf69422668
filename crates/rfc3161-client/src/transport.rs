//! Bytes to a TSA, bytes back.

use std::sync::Arc;

/// A way to a TSA: a DER TimeStampReq goes out, the octets of the answer come back.
///
/// An answer that says no is an answer, not an error. A transport limits how long it waits and how much it reads.
pub trait Transport: Send + Sync {
    /// Sends one request and waits for the answer.
    ///
    /// # Errors
    /// When there is no answer, or none that the protocol of the transport allows.
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

/// Why no answer came.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The time was up.
    #[error("timeout while {during}")]
    Timeout {
        /// What took too long.
        during: &'static str,
    },
    /// The host name has no address.
    #[error("the host is not found")]
    HostNotFound,
    /// No connection, or it broke.
    #[error("connection: {0}")]
    Connection(std::io::ErrorKind),
    /// The secure channel could not be set up.
    #[error("TLS: {reason}")]
    Tls {
        /// What the TLS implementation says.
        reason: String,
    },
    /// What came back is no HTTP.
    #[error("not a valid HTTP response")]
    Protocol,
    /// Another HTTP status than 200; redirects are not followed.
    #[error("HTTP status {0}")]
    Status(u16),
    /// Another media type than application/timestamp-reply.
    #[error("content type {stated:?} instead of application/timestamp-reply")]
    ContentType {
        /// That of the answer; empty when there is none.
        stated: String,
    },
    /// The answer is larger than what is read.
    #[error("the answer is larger than {limit} octets")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// What a transport of one's own has to say.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl TransportError {
    /// An error of a transport of one's own.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(error.into())
    }

    /// Whether the same request to the same TSA may succeed a moment later: no or a broken connection, a timeout, HTTP
    /// status 5xx or 429, and whatever a transport of one's own says.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Timeout { .. } | Self::HostNotFound | Self::Connection(_) | Self::Protocol | Self::Other(_) => true,
            Self::Status(status) => (500..600).contains(status) || *status == 429,
            Self::Tls { .. } | Self::ContentType { .. } | Self::TooLarge { .. } => false,
        }
    }
}
