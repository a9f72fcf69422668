#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

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
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub use http::{HttpAnswer, HttpTransport, HttpTransportError};
pub use nonce::{Nonce, RandomnessError};
pub use pool::{Attempt, AttemptError, PoolError, RetryPolicy, TsaPool};
pub use request::{MessageImprint, RequestError, TimeStampReq, TspExtension};
pub use response::{FailureReason, PkiStatus, PkiStatusInfo, ResponseError, TimeStampResp};
pub use signed_data::{OidBuf, Time};
pub use token::{ParsedToken, TimeStampToken, TokenError};
pub use transport::{Transport, TransportError};
pub use tst_info::{Accuracy, GeneralName, GeneralNameKind, TstInfo, TstInfoError};
