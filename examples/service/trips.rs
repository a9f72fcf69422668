//! Trips to TSAs by the service's own runtime and HTTP client.

use std::net::SocketAddr;
use std::time::Duration;

use hyper::StatusCode;
use hyper::body::Bytes;
use recommande::rfc3161_client::{Transport, TransportError};
use tokio::runtime::Handle;

use crate::http::Connection;

/// The longest trip. On a network it is seconds.
const LONGEST: Duration = Duration::from_millis(300);

/// The trip to one TSA. The batcher makes it on its own thread, which waits while the runtime works.
pub struct Trips {
    runtime: Handle,
    tsa: SocketAddr,
}

impl Trips {
    pub fn new(runtime: Handle, tsa: SocketAddr) -> Self {
        Self { runtime, tsa }
    }

    async fn trip(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        let posted = async {
            let mut connection = Connection::open(self.tsa).await?;
            connection.post("/", "application/timestamp-query", Bytes::copy_from_slice(request)).await
        };
        match tokio::time::timeout(LONGEST, posted).await {
            Ok(Ok((StatusCode::OK, reply))) => Ok(reply.to_vec()),
            Ok(Ok((status, _))) => Err(TransportError::Status(status.as_u16())),
            Ok(Err(error)) => Err(TransportError::Connection(error.kind())),
            Err(_) => Err(TransportError::Timeout { during: "the trip" }),
        }
    }
}

impl Transport for Trips {
    fn send(&self, request: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.runtime.block_on(self.trip(request))
    }
}
