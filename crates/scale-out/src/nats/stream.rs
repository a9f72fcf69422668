//! The stream, its consumer, and what producers publish.

use std::fmt;
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::context::PublishError;
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, State as StreamInfo, StorageType};
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, Subject};
use chrono::{DateTime, Utc};
use recommande::evidence::EvidenceIdentifier;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::fault::{
    ENGINE, failed, no_consumer, no_consumer_state, no_stream, no_stream_state, not_published, unreachable,
};
use crate::engine_error::{EngineError, Fault};
use crate::item::Item;
use crate::key::Key;

/// Subjects are spread, so that streams may be split one day.
const SUBJECTS: u8 = 16;

/// How many items are on their way at a time.
const AT_ONCE: usize = 1000;

/// How long the server may take for an answer.
pub(super) const ANSWER: Duration = Duration::from_secs(5);

/// How the stream and its consumer are made.
#[derive(Clone, Debug)]
pub struct StreamSettings {
    stream: String,
    subject: String,
    consumer: String,
    replicas: usize,
    max_bytes: i64,
    ack_wait: Duration,
    max_ack_pending: i64,
}

impl Default for StreamSettings {
    /// The stream `ITEMS` with subjects `mail.item.0` to `mail.item.15`, one replica, at most 1 GiB, and its consumer `sealers`,
    /// which waits 60 seconds for an acknowledgement and has at most 10,000 items out.
    fn default() -> Self {
        Self {
            stream: "ITEMS".to_owned(),
            subject: "mail.item".to_owned(),
            consumer: "sealers".to_owned(),
            replicas: 1,
            max_bytes: 1 << 30,
            ack_wait: Duration::from_secs(60),
            max_ack_pending: 10_000,
        }
    }
}

impl StreamSettings {
    /// Names the stream, the beginning of its subjects, and the consumer. A stream or a consumer whose name is empty, or has a dot,
    /// white space, `*` or `>`, is refused ([`Fault::Unfit`]).
    #[must_use]
    pub fn with_names(self, stream: &str, subject: &str, consumer: &str) -> Self {
        Self { stream: stream.to_owned(), subject: subject.to_owned(), consumer: consumer.to_owned(), ..self }
    }

    /// Sets how many servers of a cluster have each item: 3 for items that may not be lost with one machine.
    #[must_use]
    pub fn with_replicas(self, replicas: usize) -> Self {
        Self { replicas, ..self }
    }

    /// Sets how many octets the stream has at the most. A full stream refuses further items ([`Fault::Full`]), which stay with their
    /// producer.
    #[must_use]
    pub fn with_max_bytes(self, octets: u32) -> Self {
        Self { max_bytes: octets.into(), ..self }
    }

    /// Sets how long the consumer waits for the acknowledgement of an item before it hands it to another worker.
    #[must_use]
    pub fn with_ack_wait(self, ack_wait: Duration) -> Self {
        Self { ack_wait, ..self }
    }

    /// Sets how many items may be out at a time: twice the batches of all workers.
    #[must_use]
    pub fn with_max_ack_pending(self, items: u32) -> Self {
        Self { max_ack_pending: items.into(), ..self }
    }

    fn stream(&self) -> Config {
        Config {
            name: self.stream.clone(),
            subjects: (0..SUBJECTS).map(|number| format!("{}.{number}", self.subject)).collect(),
            retention: RetentionPolicy::WorkQueue,
            storage: StorageType::File,
            discard: DiscardPolicy::New,
            max_bytes: self.max_bytes,
            num_replicas: self.replicas,
            duplicate_window: Duration::from_secs(600),
            ..Config::default()
        }
    }

    /// The name is a part of subjects, which dots separate, and has no character that stands for others.
    fn consumer_has_a_name(&self) -> bool {
        let separates = |octet: u8| octet.is_ascii_whitespace() || b".*>".contains(&octet);
        !self.consumer.is_empty() && !self.consumer.bytes().any(separates)
    }

    fn consumer(&self) -> pull::Config {
        pull::Config {
            durable_name: Some(self.consumer.clone()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.ack_wait,
            // An item that was handed out too often would stay in the stream, and nobody would see it.
            max_deliver: -1,
            max_ack_pending: self.max_ack_pending,
            ..pull::Config::default()
        }
    }
}

/// A connection to the stream: a producer publishes with it, and a worker takes items from it.
///
/// It is for a thread without a runtime of tokio, and panics in one that runs tasks of such a runtime.
pub struct JetStream {
    pub(super) runtime: Runtime,
    server: String,
    settings: StreamSettings,
    pub(super) connected: Option<Connected>,
    /// Since when there are messages and none is handed out.
    pub(super) quiet: Option<Quiet>,
    /// What tells the server that items are worked on.
    pub(super) held: Option<JoinHandle<()>>,
}

pub(super) struct Connected {
    pub(super) client: Client,
    context: Context,
    pub(super) consumer: Consumer<pull::Config>,
}

impl Connected {
    /// How long the consumer waits for an acknowledgement.
    pub(super) fn ack_wait(&self) -> Duration {
        self.consumer.cached_info().config.ack_wait
    }

    /// Asks how the messages of the stream are doing.
    pub(super) async fn state(&self) -> Result<StreamState, EngineError> {
        let consumer = &self.consumer.cached_info();
        let stream = self.context.get_stream(&consumer.stream_name).await;
        let stream = stream.map_err(|error| no_stream_state("for its stream", &error))?;
        let of_consumer = stream.consumer_info(&consumer.name).await;
        let of_consumer = of_consumer.map_err(|error| no_consumer_state("for its consumer", &error))?;
        let unacknowledged = u64::try_from(of_consumer.num_ack_pending).unwrap_or(u64::MAX);
        let most = of_consumer.config.max_ack_pending;
        let is_full = u64::try_from(most).is_ok_and(|most| most > 0 && unacknowledged >= most);
        let StreamInfo { messages, first_timestamp, .. } = stream.cached_info().state;
        // The server gives the first one's time also where there is none.
        let oldest = (messages > 0).then_some(first_timestamp);
        Ok(StreamState { messages, oldest, unacknowledged, is_full })
    }

    /// Deletes the consumer. The next connection makes one that hands out every message of the stream.
    pub(super) async fn forget(&self) -> Result<(), EngineError> {
        let consumer = &self.consumer.cached_info();
        let deleted = self.context.delete_consumer_from_stream(&consumer.name, &consumer.stream_name).await;
        deleted.map(|_| ()).map_err(|error| no_consumer("to make its consumer anew", &error))
    }
}

/// Since when no item came although there are some.
#[derive(Clone, Copy)]
pub(super) struct Quiet {
    pub(super) since: Instant,
    /// Nobody has those items, and the server was asked for some.
    pub(super) is_stranded: bool,
}

/// How many messages there are.
pub(super) struct StreamState {
    pub(super) messages: u64,
    /// When the oldest one was published.
    pub(super) oldest: Option<DateTime<Utc>>,
    /// Those that the consumer has handed out and waits for.
    pub(super) unacknowledged: u64,
    /// It hands out no more before some of them are settled.
    pub(super) is_full: bool,
}

/// The item that a worker has: where its acknowledgement goes.
#[derive(Clone)]
pub struct Ticket(pub(super) Subject);

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(..)")
    }
}

impl JetStream {
    /// Makes a connection to a server (`nats://host:4222`, with a user where it needs one; several are separated by commas). It
    /// connects, and makes stream and consumer where they are not there, when it is asked something.
    ///
    /// # Errors
    /// [`EngineError`] where the system has no room for a runtime.
    pub fn new(server: &str, settings: StreamSettings) -> Result<Self, EngineError> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| EngineError::of_io(ENGINE, "to begin", &error))?;
        Ok(Self { runtime, server: server.to_owned(), settings, connected: None, quiet: None, held: None })
    }

    /// Connects, and makes stream and consumer where they are not there. One that is there stays as it is.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn create(&mut self) -> Result<(), EngineError> {
        self.connect()
    }

    /// Publishes items, and returns the identifiers of those that the server took for ones that it has or had. Where the octets
    /// are the same as before, that is so; look into the store before you delete them from the outbox.
    ///
    /// # Errors
    /// [`EngineError`], with [`Fault::Full`] for a stream without room. Each item may be published or not: publish all of them again.
    pub fn publish(&mut self, items: &[Item]) -> Result<Vec<EvidenceIdentifier>, EngineError> {
        let name = |item: &Item| Key::Item(item.evidence_identifier()).to_string();
        let subject = |item: &Item| {
            let last = item.evidence_identifier().as_bytes().last().copied().unwrap_or_default();
            format!("{}.{}", self.settings.subject, last % SUBJECTS)
        };
        let messages: Vec<_> = items.iter().map(|item| (subject(item), name(item), item.octets().to_vec())).collect();
        self.connect()?;
        let Some(connected) = &self.connected else { return Err(unreachable("to publish")) };
        let context = &connected.context;
        let published = self.runtime.block_on(async {
            let mut known = Vec::new();
            for (part, items) in messages.chunks(AT_ONCE).zip(items.chunks(AT_ONCE)) {
                let mut sent = Vec::with_capacity(part.len());
                for (subject, name, octets) in part {
                    let message = PublishMessage::build().message_id(name).payload(octets.clone().into());
                    sent.push(context.send_publish(subject.clone(), message).await?);
                }
                for (acknowledgement, item) in sent.into_iter().zip(items) {
                    if acknowledgement.await?.duplicate {
                        known.push(item.evidence_identifier());
                    }
                }
            }
            Ok(known)
        });
        published.map_err(|error: PublishError| {
            self.connected = None;
            not_published("to publish", &error)
        })
    }

    /// Connects, unless it is connected already.
    pub(super) fn connect(&mut self) -> Result<(), EngineError> {
        if self.connected.is_some() {
            return Ok(());
        }
        let doing = "to connect";
        let (server, settings) = (self.server.clone(), self.settings.clone());
        // A server does not answer who asks for another name, and would seem to be away.
        if !settings.consumer_has_a_name() {
            return Err(failed("for its consumer", Fault::Unfit));
        }
        let connected = self.runtime.block_on(async {
            let options = ConnectOptions::new().connection_timeout(ANSWER).request_timeout(Some(ANSWER));
            let servers: Vec<&str> = server.split(',').collect();
            let client = options.connect(servers).await.map_err(|_| unreachable(doing))?;
            let mut context = jetstream::new(client.clone());
            context.set_timeout(ANSWER);
            let stream = context.get_or_create_stream(settings.stream()).await;
            let stream = stream.map_err(|error| no_stream("for its stream", &error))?;
            let config = &stream.cached_info().config;
            // A stream that keeps or drops items in another way is not made into this one.
            let is_durable = config.storage == StorageType::File;
            if config.retention != RetentionPolicy::WorkQueue || config.discard != DiscardPolicy::New || !is_durable {
                return Err(failed("for its stream", Fault::Unfit));
            }
            let consumer = stream.get_or_create_consumer(&settings.consumer, settings.consumer()).await;
            let consumer = consumer.map_err(|error| no_consumer("for its consumer", &error))?;
            // One that hands out an item so many times and no more would keep it in the stream for ever.
            if consumer.cached_info().config.max_deliver > 0 {
                return Err(failed("for its consumer", Fault::Unfit));
            }
            Ok(Connected { client, context, consumer })
        });
        self.connected = Some(connected?);
        Ok(())
    }
}

impl fmt::Debug for JetStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address of a server may hold a password.
        f.debug_struct("JetStream").field("settings", &self.settings).finish_non_exhaustive()
    }
}
