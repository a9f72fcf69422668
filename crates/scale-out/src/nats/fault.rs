//! What the failures of the client say: the server is away, has no room, or has another stream.

use std::error::Error as _;

use async_nats::RequestErrorKind as AskedKind;
use async_nats::client::RequestError as AskedError;
use async_nats::jetstream;
use async_nats::jetstream::context::{
    ConsumerInfoError, ConsumerInfoErrorKind, CreateStreamError, CreateStreamErrorKind, GetStreamError,
    GetStreamErrorKind, PublishError, PublishErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::stream::{ConsumerError, ConsumerErrorKind};

use crate::engine_error::{EngineError, Fault};

pub(super) const ENGINE: &str = "the queue in JetStream";

/// The codes of a server or a stream without room: insufficient resources, storage exceeded, and what a full stream answers.
const FULL: [u64; 3] = [10023, 10047, 10077];

/// The codes of a server that says it is away: its cluster, JetStream, the stream or the consumer is not available.
const AWAY: [u64; 4] = [10008, 10076, 10118, 10119];

/// Makes an error of the queue.
pub(super) fn failed(doing: &'static str, fault: Fault) -> EngineError {
    EngineError::new(ENGINE, doing, fault)
}

/// Makes the error of a server that is away.
pub(super) fn unreachable(doing: &'static str) -> EngineError {
    failed(doing, Fault::Unreachable)
}

/// Makes the error of a server that answered with a code, which tells whether it has no room or is away. `otherwise` is what it means if not.
fn answered(doing: &'static str, answer: &jetstream::Error, otherwise: Fault) -> EngineError {
    let code = answer.error_code().0;
    let fault = match code {
        code if FULL.contains(&code) => Fault::Full,
        code if AWAY.contains(&code) => Fault::Unreachable,
        _ => otherwise,
    };
    failed(doing, fault).with_code(&code.to_string())
}

/// Makes the error of a stream that was neither found nor made.
pub(super) fn no_stream(doing: &'static str, error: &CreateStreamError) -> EngineError {
    match error.kind() {
        CreateStreamErrorKind::JetStream(answer) => answered(doing, &answer, Fault::Unfit),
        CreateStreamErrorKind::TimedOut => failed(doing, Fault::Timeout),
        CreateStreamErrorKind::JetStreamUnavailable | CreateStreamErrorKind::Response => unreachable(doing),
        _ => failed(doing, Fault::Unfit),
    }
}

/// Makes the error of a consumer that was neither found nor made, or not deleted.
pub(super) fn no_consumer(doing: &'static str, error: &ConsumerError) -> EngineError {
    match error.kind() {
        ConsumerErrorKind::JetStream(answer) => answered(doing, &answer, Fault::Unfit),
        ConsumerErrorKind::TimedOut => failed(doing, Fault::Timeout),
        ConsumerErrorKind::Request => unreachable(doing),
        _ => failed(doing, Fault::Unfit),
    }
}

/// Makes the error of a stream whose state was asked for. One that somebody deleted is not there, and its server is.
pub(super) fn no_stream_state(doing: &'static str, error: &GetStreamError) -> EngineError {
    match error.kind() {
        GetStreamErrorKind::JetStream(answer) => answered(doing, &answer, Fault::Unfit),
        GetStreamErrorKind::Request => {
            let asked = error.source().and_then(|source| source.downcast_ref::<RequestError>());
            let is_late = asked.is_some_and(|asked| asked.kind() == RequestErrorKind::TimedOut);
            failed(doing, if is_late { Fault::Timeout } else { Fault::Unreachable })
        }
        _ => failed(doing, Fault::Unfit),
    }
}

/// Makes the error of a consumer whose state was asked for. One that somebody deleted is not there, and its server is.
pub(super) fn no_consumer_state(doing: &'static str, error: &ConsumerInfoError) -> EngineError {
    match error.kind() {
        ConsumerInfoErrorKind::JetStream(answer) => answered(doing, &answer, Fault::Unfit),
        ConsumerInfoErrorKind::TimedOut => failed(doing, Fault::Timeout),
        ConsumerInfoErrorKind::Request | ConsumerInfoErrorKind::NoResponders | ConsumerInfoErrorKind::Offline => {
            unreachable(doing)
        }
        _ => failed(doing, Fault::Unfit),
    }
}

/// Makes the error of an item that may not be published.
pub(super) fn not_published(doing: &'static str, error: &PublishError) -> EngineError {
    if let Some(answer) = error.source().and_then(|source| source.downcast_ref()) {
        return answered(doing, answer, Fault::Refused);
    }
    match error.kind() {
        PublishErrorKind::TimedOut => failed(doing, Fault::Timeout),
        PublishErrorKind::BrokenPipe => unreachable(doing),
        PublishErrorKind::StreamNotFound => failed(doing, Fault::Unfit),
        _ => failed(doing, Fault::Refused),
    }
}

/// Makes the error of an acknowledgement that was not acknowledged. Nobody listens where the consumer was deleted.
pub(super) fn not_acknowledged(doing: &'static str, error: &AskedError) -> EngineError {
    match error.kind() {
        AskedKind::TimedOut => failed(doing, Fault::Timeout),
        AskedKind::NoResponders => failed(doing, Fault::Unfit),
        AskedKind::Other => unreachable(doing),
        _ => failed(doing, Fault::Refused),
    }
}
