//! Requests for timestamps.

use rfc3161_client::{MessageImprint, Nonce, TimeStampReq};

use crate::crypto::Digest;

/// Makes the request for a timestamp over a digest, which asks for certificates.
pub(crate) fn request(imprint: &Digest, nonce: Nonce) -> TimeStampReq {
    TimeStampReq::new(MessageImprint::new(imprint.algorithm().oid(), imprint.as_bytes())).with_nonce(nonce)
}
