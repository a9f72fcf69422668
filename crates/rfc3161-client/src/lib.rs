//! The RFC 3161 time-stamp protocol, from the client's side: does this response answer my request?
//!
//! Sans-I/O: a request gives bytes, a response is bytes. Who wants the trip made has a [`Transport`], one of them over
//! HTTP (feature `http`), and a [`TsaPool`] that retries and fails over.
//!
//! Whether a token is *genuine* (its signature, its certificate, its chain) is not asked here. A token that answers the
//! request is worth nothing until that has been verified.
//!
//! ```
//! use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken};
//!
//! # const SHA256: const_oid::ObjectIdentifier = const_oid::ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
//! # fn timestamp(digest: &[u8], send: impl Fn(&[u8]) -> Vec<u8>) -> Result<TimeStampToken, Box<dyn std::error::Error>> {
//! let request = TimeStampReq::new(MessageImprint::new(SHA256, digest)).with_nonce(Nonce::random()?);
//! let response = send(&request.to_der());
//! let token = request.check(&response)?;
//! println!("{}", token.tst_info().gen_time);
//! # Ok(token)
//! # }
//! # assert!(timestamp(&[0; 32], |_| Vec::new()).is_err());
//! ```

mod hex;
#[cfg(feature = "http")]
mod http;
mod nonce;
mod pool;
mod request;
mod response;
mod token;
mod transport;
mod tst_info;

#[cfg(feature = "http")]
pub use http::{HttpTransport, HttpTransportError};
pub use nonce::{Nonce, RandomnessError};
pub use pool::{Attempt, AttemptError, PoolError, RetryPolicy, TsaPool};
pub use request::{Extension, MessageImprint, RequestError, TimeStampReq};
pub use response::{FailureReason, PkiStatus, PkiStatusInfo, ResponseError, TimeStampResp};
pub use signed_data::{OidBuf, Time};
pub use token::{ParsedToken, TimeStampToken, TokenError};
pub use transport::{Transport, TransportError};
pub use tst_info::{Accuracy, GeneralName, GeneralNameKind, TstInfo, TstInfoError};
