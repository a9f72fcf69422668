//! The way to a witness over HTTP.

use recommande_tlog::limits::MAX_ANSWER;
use recommande_tlog::witness::{Answer, Transport};
use rfc3161_client::{HttpTransport, HttpTransportError, TransportError};

/// What a witness's submission prefix is followed by ([C2SP tlog-witness](https://c2sp.org/tlog-witness)).
const ADD_CHECKPOINT: &str = "/add-checkpoint";

/// A witness behind HTTP or HTTPS, for a [`WitnessClient`](recommande_tlog::witness::WitnessClient).
///
/// Its connection is that of a [`HttpTransport`], with its times, proxy, headers and roots. A cosignature is believed by its own
/// signature, and not by the connection.
#[derive(Debug)]
pub struct HttpWitness(HttpTransport);

impl HttpWitness {
    /// Sets up the way to the witness with this submission prefix, such as `https://witness.example/w1`.
    ///
    /// # Errors
    /// As [`HttpTransport::new`], and `Url` for a prefix with a query or a fragment.
    pub fn new(prefix: &str) -> Result<Self, HttpTransportError> {
        if prefix.contains(['?', '#']) {
            return Err(HttpTransportError::Url);
        }
        let url = format!("{}{ADD_CHECKPOINT}", prefix.strip_suffix('/').unwrap_or(prefix));
        Ok(Self::over(HttpTransport::new(&url)?))
    }

    /// Reaches a witness over a transport that is set up already, with a proxy or headers. Its URL is the submission prefix, followed
    /// by `/add-checkpoint`. An answer is read as far as an answer of a witness may go.
    #[must_use]
    pub fn over(transport: HttpTransport) -> Self {
        Self(transport.with_response_limit(MAX_ANSWER))
    }
}

impl Transport for HttpWitness {
    type Error = TransportError;

    fn add_checkpoint(&self, request: &[u8]) -> Result<Answer, TransportError> {
        let answer = self.0.post(request)?;
        Ok(Answer { status: answer.status, content_type: answer.content_type, body: answer.body })
    }
}
