//! Writes a trail.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::end::TrailEnd;
use super::line::{WrittenPlace, encode};
use super::progress::Progress;
use super::record::{Occurrence, Record};
use super::sequence::{LineHash, Sequence};
use super::sink::Sink;
use super::source::Source;
use super::time::to_micros;
use super::trail_error::TrailError;

/// Lines are handed to the sink in pieces of about as many octets, also when nobody commits.
const PIECE: usize = 1 << 20;

/// Writes the records of one source, each behind the one before it. A source has one trail, and nobody else writes it.
///
/// [`append`](Self::append) gives a record its place, and [`commit`](Self::commit) makes all records so far durable. A service
/// that acknowledges something commits first; one commit for many records costs no more than one for each.
///
/// ```
/// use recommande::audit::{Action, Occurrence, Outcome, Record, Source, Trail};
/// use recommande::evidence::{Environment, MessageId};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let now = "2026-11-22T09:15:04Z".parse()?;
/// let source = Source::new(Environment::Test, "BE/BE/0406798006", "mailbox")?;
/// let mut trail = Trail::begin(&source, Vec::new());
/// let publish = Action::new("POST", "/publish/{messageId}")?;
/// let record = Record::api_call(Occurrence::at(now)?, publish, Outcome::status(201)?);
/// trail.append(&record.about(&MessageId::new("1ZG0000036L3Z")?)?, now)?;
/// let durable = trail.commit()?;
/// # assert_eq!(durable.map(|sequence| sequence.get()), Some(1));
/// # Ok(())
/// # }
/// ```
pub struct Trail<S> {
    /// The URN of the source.
    source: String,
    sink: S,
    /// The lines that the sink has not got, and the number of the first of them.
    buffer: Vec<u8>,
    buffered_from: Option<Sequence>,
    end: Option<TrailEnd>,
    progress: Arc<Progress>,
}

impl<S: Sink> Trail<S> {
    /// Begins the trail of a source.
    pub fn begin(source: &Source, sink: S) -> Self {
        Self::behind(source, sink, None)
    }

    /// Goes on with the trail of a source behind its last line. The sink appends to what holds that line.
    ///
    /// That the line could be read does not say that it is durable: a kill may have come between the write and the sync. The first
    /// [`commit`](Self::commit) syncs in any case, and nothing counts as committed before.
    pub fn resume(source: &Source, sink: S, end: TrailEnd) -> Self {
        Self::behind(source, sink, Some(end))
    }

    /// Begins a trail, or goes on with it.
    pub(super) fn behind(source: &Source, sink: S, end: Option<TrailEnd>) -> Self {
        let (buffer, buffered_from) = (Vec::new(), None);
        Self { source: source.to_string(), sink, buffer, buffered_from, end, progress: Arc::default() }
    }

    /// Gives a record the next place. It is not durable before [`commit`](Self::commit).
    ///
    /// No record is refused or moved because of the clock, whose time is written as it was read. Where `now` is before the time
    /// of recording of the line before, a record of the kind `clock-status` that says so comes first.
    ///
    /// # Errors
    /// `Record`, after which the trail goes on; `Write`, `Stopped`, `Exhausted`.
    pub fn append(&mut self, record: &Record<'_>, now: DateTime<Utc>) -> Result<Sequence, TrailError> {
        self.check_not_stopped()?;
        let now = to_micros("recordedtime", now)?;
        let before = (self.buffer.len(), self.buffered_from, self.end);
        let written = self.append_behind_clock(record, now);
        if written.is_err() {
            self.buffer.truncate(before.0);
            (self.buffered_from, self.end) = (before.1, before.2);
        }
        let sequence = written?;
        if self.buffer.len() >= PIECE {
            self.hand_over()?;
        }
        Ok(sequence)
    }

    fn append_behind_clock(&mut self, record: &Record<'_>, now: DateTime<Utc>) -> Result<Sequence, TrailError> {
        if let Some(before) = self.end.and_then(|end| end.recorded_time())
            && now < before
        {
            self.append_line(&Record::clock_ran_behind(Occurrence::at(now)?, before), now)?;
        }
        self.append_line(record, now)
    }

    fn append_line(&mut self, record: &Record<'_>, recorded_time: DateTime<Utc>) -> Result<Sequence, TrailError> {
        let sequence = match self.end {
            Some(end) => end.sequence().next().ok_or(TrailError::Exhausted)?,
            None => Sequence::FIRST,
        };
        let previous = self.end.map(|end| end.hash());
        let start = self.buffer.len();
        encode(&mut self.buffer, record, &WrittenPlace { source: &self.source, sequence, recorded_time, previous })?;
        let hash = LineHash::of(self.buffer.get(start..).unwrap_or_default());
        self.buffer.push(b'\n');
        self.buffered_from = self.buffered_from.or(Some(sequence));
        self.end = Some(TrailEnd { sequence, hash, recorded_time: Some(recorded_time) });
        Ok(sequence)
    }

    /// Makes all records so far durable, and returns the number of the last one: what it says may be acknowledged.
    ///
    /// # Errors
    /// `Write`, `Sync`, `Stopped`.
    pub fn commit(&mut self) -> Result<Option<Sequence>, TrailError> {
        let end = self.write_out()?;
        let Self { sink, progress, .. } = self;
        progress.make_durable(end, || sink.sync())
    }

    /// Writes all records so far, and returns the number of the last one, which is not durable yet.
    pub(super) fn write_out(&mut self) -> Result<Option<Sequence>, TrailError> {
        self.check_not_stopped()?;
        self.hand_over()?;
        Ok(self.end.map(|end| end.sequence()))
    }

    fn check_not_stopped(&self) -> Result<(), TrailError> {
        if self.progress.is_stopped() { Err(TrailError::Stopped) } else { Ok(()) }
    }

    fn hand_over(&mut self) -> Result<(), TrailError> {
        if let Some(first) = self.buffered_from.take() {
            if let Err(error) = self.sink.append(first, &self.buffer) {
                self.progress.stop();
                return Err(TrailError::of_write(error));
            }
            self.buffer.clear();
        }
        Ok(())
    }

    /// Returns the end of the trail, whether or not it is durable.
    pub fn end(&self) -> Option<TrailEnd> {
        self.end
    }

    /// Returns the number of the last record that is durable.
    pub fn committed(&self) -> Option<Sequence> {
        self.progress.committed()
    }

    /// Gives access to a sink that has all lines so far, durably.
    #[cfg(feature = "fs")]
    pub(super) fn committed_sink(&mut self) -> Result<&mut S, TrailError> {
        self.commit()?;
        Ok(&mut self.sink)
    }

    /// Returns what those who wait for its lines know too.
    #[cfg(feature = "fs")]
    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    #[cfg(feature = "fs")]
    pub(super) fn sink(&self) -> &S {
        &self.sink
    }

    #[cfg(feature = "fs")]
    pub(super) fn sink_mut(&mut self) -> &mut S {
        &mut self.sink
    }

    /// Returns the sink. Records that were not committed may be lost.
    pub fn into_sink(self) -> S {
        self.sink
    }
}

impl<S> fmt::Debug for Trail<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { end, progress, .. } = self;
        f.debug_struct("Trail")
            .field("end", end)
            .field("committed", &progress.committed())
            .field("stopped", &progress.is_stopped())
            .finish_non_exhaustive()
    }
}
