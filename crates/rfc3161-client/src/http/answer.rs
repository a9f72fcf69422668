//! Reads the head of an answer: its status and its media type.

use ureq::http::{HeaderValue, Response, header};

use super::retry_after::retry_after;
use crate::transport::TransportError;

/// The media types of an answer: RFC 3161 §3.4 registers the first one, and names the second one in its text.
const REPLIES: [&str; 2] = ["application/timestamp-reply", "application/timestamp-response"];
pub(super) const ACCEPTED: &str = "application/timestamp-reply, application/timestamp-response";

/// Says why a server gave no answer: its status, and when it wants to be asked again.
pub(super) fn refusal<B>(response: &Response<B>) -> TransportError {
    let status = response.status().as_u16();
    match retry_after(response.headers()) {
        Some(retry_after) if matches!(status, 429 | 503) => TransportError::Busy { status, retry_after },
        _ => TransportError::Status(status),
    }
}

/// Checks that the answer is stated to be a time-stamp reply (RFC 3161 §3.4). A captive portal or a proxy answers in
/// HTML with status 200.
pub(super) fn check_content_type<B>(response: &Response<B>) -> Result<(), TransportError> {
    let stated = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let stated = String::from_utf8_lossy(stated);
    let media_type = stated.split(';').next().unwrap_or_default().trim();
    if REPLIES.iter().any(|reply| media_type.eq_ignore_ascii_case(reply)) {
        return Ok(());
    }
    Err(TransportError::ContentType { stated: media_type.chars().take(100).collect() })
}
