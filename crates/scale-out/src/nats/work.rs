//! Items as messages.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use async_nats::connection::State;
use async_nats::jetstream::AckKind;
use async_nats::jetstream::consumer::{Consumer, pull};
use async_nats::{Client, Subject};
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use futures_util::stream;

use super::fault::{failed, not_acknowledged, unreachable};
use super::stream::{ANSWER, Connected, JetStream, Quiet, Ticket};
use crate::engine_error::{EngineError, Fault};
use crate::work::{Taken, Verdict, Work};

/// The largest number of octets that a batch has. What is beyond it comes with the next one.
const MAX_OCTETS: usize = 1 << 26;

/// How many acknowledgements are on their way at a time.
const AT_ONCE: usize = 256;

/// After so many times the wait for acknowledgements, and after this time, messages that nobody acknowledged should have come again. It
/// is longer than the longest pause of a worker with its default settings.
const PATIENCE: (u32, Duration) = (6, Duration::from_secs(360));

/// A worker that has a batch for longer is stuck, and its items go to another one.
const LONGEST: Duration = Duration::from_secs(600);

/// After a failure of the store an item waits this long, so that not all workers ask it again at once.
const RELEASED: Duration = Duration::from_secs(1);

impl JetStream {
    /// Asks the server something. After a failure the connection is given up.
    pub(super) fn ask<T>(
        &mut self,
        doing: &'static str,
        ask: impl AsyncFnOnce(&Connected) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.connect()?;
        let Some(connected) = &self.connected else { return Err(unreachable(doing)) };
        let answered = self.runtime.block_on(async {
            // What is asked while the server is away would be answered to nobody later.
            is_there(&connected.client, doing).await?;
            ask(connected).await
        });
        if answered.is_err() {
            self.connected = None;
        }
        answered
    }
}

impl JetStream {
    /// A server that was killed may have messages that its consumer takes for acknowledged, and never hands out again (seen with
    /// 2.9.10). Where messages stay in a stream and none comes, the consumer is made anew: it hands out all of them once more, and
    /// those that have their proof are found in the store.
    fn look_for_stranded(&mut self) -> Result<(), EngineError> {
        let before = self.quiet;
        let (quiet, is_forgotten) = self.ask("for its stream", async |connected| {
            let state = connected.state().await?;
            if state.messages == 0 {
                return Ok((None, false));
            }
            // Those that nobody has are stranded, because the server has just been asked for some. The others may wait for the end of a
            // pause, or for a worker that is slow.
            let is_stranded = !state.is_full && state.messages > state.unacknowledged;
            let new = Quiet { since: Instant::now(), is_stranded };
            let quiet = before.filter(|quiet| quiet.is_stranded == is_stranded).unwrap_or(new);
            let (times, least) = PATIENCE;
            let ack_wait = connected.ack_wait();
            let patience = if is_stranded { ack_wait } else { (ack_wait * times).max(least) };
            let is_over = quiet.since.elapsed() >= patience;
            if is_over {
                connected.forget().await?;
            }
            Ok((Some(quiet).filter(|_| !is_over), is_over))
        })?;
        self.quiet = quiet;
        if is_forgotten {
            self.connected = None;
        }
        Ok(())
    }
}

impl JetStream {
    /// Tells the server that items are worked on, at half of each time that it waits, while the worker seals them and asks its TSAs.
    fn hold(&mut self, tickets: Vec<Ticket>) {
        let Some(connected) = &self.connected else { return };
        let (client, half) = (connected.client.clone(), connected.ack_wait() / 2);
        let until = Instant::now() + LONGEST;
        self.held = Some(self.runtime.spawn(async move {
            // The first items of a batch have waited for the last one already.
            while Instant::now() < until {
                for Ticket(reply) in &tickets {
                    // Where the server is away, it hands them out again when it is back.
                    if client.publish(reply.clone(), AckKind::Progress.into()).await.is_err() {
                        return;
                    }
                }
                tokio::time::sleep(half).await;
            }
        }));
    }

    /// Ends that, before the server is told something else of the items: a word of progress after it would undo a pause.
    fn let_go(&mut self) {
        if let Some(held) = self.held.take() {
            held.abort();
            // An error is the end that was asked for.
            let _ = self.runtime.block_on(held);
        }
    }
}

/// Checks that the server answers now.
async fn is_there(client: &Client, doing: &'static str) -> Result<(), EngineError> {
    let flushed = tokio::time::timeout(ANSWER, client.flush()).await;
    match flushed {
        Ok(Ok(())) if client.connection_state() == State::Connected => Ok(()),
        Ok(_) => Err(unreachable(doing)),
        Err(_) => Err(failed(doing, Fault::Timeout)),
    }
}

impl Work for JetStream {
    type Ticket = Ticket;

    fn next(&mut self, most: NonZeroUsize, within: Duration) -> Result<Vec<Taken<Ticket>>, EngineError> {
        let doing = "for items";
        self.let_go();
        let taken = self.ask(doing, async |connected| {
            tokio::time::timeout(within + ANSWER * 2, taken(&connected.consumer, most.get(), within))
                .await
                .map_err(|_| failed(doing, Fault::Timeout))?
                .map_err(|_| failed(doing, Fault::Refused))
        })?;
        if taken.is_empty() {
            self.look_for_stranded()?;
        } else {
            self.quiet = None;
            self.hold(taken.iter().map(|taken| taken.ticket.clone()).collect());
        }
        Ok(taken)
    }

    fn settle(&mut self, settled: Vec<(Ticket, Verdict)>) -> Result<(), EngineError> {
        let doing = "to settle items";
        self.let_go();
        self.ask(doing, async |connected| {
            // Each is acknowledged by the server. One whose answer is lost is handed out again, and found in the store.
            let answers = settled.into_iter().map(|(Ticket(reply), verdict)| {
                let kind = match verdict {
                    Verdict::Done => AckKind::Ack,
                    Verdict::Later(after) => AckKind::Nak(Some(after)),
                    Verdict::Rejected => AckKind::Term,
                };
                acknowledged(&connected.client, reply, kind)
            });
            let mut answers = stream::iter(answers).buffer_unordered(AT_ONCE);
            let mut failed = None;
            while let Some(answer) = answers.next().await {
                failed = failed.or(answer.err());
            }
            failed.map_or(Ok(()), Err)
        })
    }

    fn waiting(&mut self) -> Result<u64, EngineError> {
        self.ask("for its stream", async |connected| Ok(connected.state().await?.messages))
    }

    fn oldest(&mut self) -> Result<Option<DateTime<Utc>>, EngineError> {
        self.ask("for its stream", async |connected| Ok(connected.state().await?.oldest))
    }

    fn release(&mut self, tickets: Vec<Ticket>) {
        self.let_go();
        // Where this fails too, they are handed out when their time is over.
        let _ = self.ask("to take items back", async |connected| {
            for Ticket(reply) in tickets {
                let told = connected.client.publish(reply, AckKind::Nak(Some(RELEASED)).into()).await;
                told.map_err(|_| unreachable("to take items back"))?;
            }
            connected.client.flush().await.map_err(|_| unreachable("to take items back"))
        });
    }
}

/// Takes what comes until the batch is full or the time is over.
async fn taken(
    consumer: &Consumer<pull::Config>,
    most: usize,
    within: Duration,
) -> Result<Vec<Taken<Ticket>>, async_nats::Error> {
    // To a server, no time is no end.
    let within = within.max(Duration::from_millis(1));
    let mut messages = consumer.batch().max_messages(most).max_bytes(MAX_OCTETS).expires(within).messages().await?;
    let mut taken = Vec::new();
    while let Some(message) = messages.next().await {
        let message = match message {
            Ok(message) => message.message,
            // What came before is there, and is worked on.
            Err(_) if !taken.is_empty() => break,
            Err(error) => return Err(error),
        };
        if let Some(reply) = message.reply {
            taken.push(Taken { ticket: Ticket(reply), octets: message.payload.to_vec() });
        }
    }
    Ok(taken)
}

/// Tells the server what becomes of an item, and waits until it knows.
async fn acknowledged(client: &Client, reply: Subject, kind: AckKind) -> Result<(), EngineError> {
    let answered = client.request(reply, kind.into()).await;
    answered.map(|_| ()).map_err(|error| not_acknowledged("to settle items", &error))
}
