//! Reads the lines of a trail one by one.

use std::fmt;
use std::io::{self, BufRead, Read};

use super::decode::{Decoded, LastSource, decode, sequence_of_unreadable};
use super::entry::{Content, LeftOut, Line};
use super::fault::{LineFault, UnreadableLine};
use crate::audit::chain::{ChainEnd, Place};
use crate::audit::limits::MAX_LINE;
use crate::audit::sequence::LineHash;
use crate::crypto::DigestAlgorithm;

/// Reads the lines of a trail, or of an export of one, in constant memory.
///
/// A line that cannot be read is told and passed over. Its hash is computed all the same, so that whether the line behind it
/// closes the chain is known.
///
/// ```
/// use recommande::audit::{Content, LineReader};
///
/// # fn print(file: impl std::io::BufRead) -> std::io::Result<()> {
/// let mut lines = LineReader::new(file);
/// while let Some(line) = lines.next_line()? {
///     match line.content {
///         Content::Entry(entry) => println!("{} {}", entry.sequence(), entry.record().kind()),
///         Content::LeftOut(left_out) => println!("{} is left out", left_out.sequence),
///         Content::Unreadable(unreadable) => println!("line {}: {}", line.number, unreadable.fault),
///     }
/// }
/// # Ok(())
/// # }
/// ```
pub struct LineReader<R> {
    reader: R,
    /// The octets of the line, or its start if it is too long.
    line: Vec<u8>,
    number: u64,
    /// The number of octets of all lines so far, with their line feeds.
    position: u64,
    chain: ChainEnd,
    source: LastSource,
}

/// The octets of a line, as they lie in the buffer.
enum Taken {
    /// The whole line. The file ends behind it without a line feed, or goes on.
    Whole { terminated: bool },
    /// The start of a line that is too long, with the hash and the number of octets of all of it.
    TooLong { hash: LineHash, octets: u64, terminated: bool },
}

impl<R: BufRead> LineReader<R> {
    /// Reads the lines of this file.
    pub fn new(reader: R) -> Self {
        Self { reader, line: Vec::new(), number: 0, position: 0, chain: ChainEnd::default(), source: None }
    }

    /// Returns the number of octets of all lines so far, with their line feeds.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Reads the next line; `None` at the end of the file.
    ///
    /// # Errors
    /// The error of the reader.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let Some(taken) = self.take()? else { return Ok(None) };
        self.number = self.number.saturating_add(1);
        let Self { line, number, chain, source, .. } = self;
        let octets = line.as_slice();
        let (Taken::Whole { terminated: is_terminated } | Taken::TooLong { terminated: is_terminated, .. }) = taken;
        let (computed, decoded) = match taken {
            Taken::TooLong { hash, octets, .. } => (hash, Err(LineFault::TooLong { octets })),
            // The line feed at the end of a file is often lost, which harms nothing when the line is whole.
            Taken::Whole { terminated: false } => {
                (LineHash::of(octets), decode(octets, source).map_err(|_| LineFault::Unterminated))
            }
            Taken::Whole { terminated: true } => (LineHash::of(octets), decode(octets, source)),
        };
        let (place, content) = match decoded {
            Ok(decoded) => content(decoded, computed),
            Err(fault) => {
                let sequence = sequence_of_unreadable(octets);
                let place = Place { sequence, previous: None, hash: computed };
                (place, Content::Unreadable(UnreadableLine { fault, sequence }))
            }
        };
        let link = chain.follow(&place);
        Ok(Some(Line { number: *number, hash: place.hash, link, content, octets, is_terminated }))
    }

    /// Takes the next line into the buffer.
    fn take(&mut self) -> io::Result<Option<Taken>> {
        self.line.clear();
        let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX).saturating_add(1);
        let taken = (&mut self.reader).take(limit).read_until(b'\n', &mut self.line)?;
        if taken == 0 {
            return Ok(None);
        }
        self.advance(taken);
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
            return Ok(Some(Taken::Whole { terminated: true }));
        }
        if self.line.len() <= MAX_LINE {
            return Ok(Some(Taken::Whole { terminated: false }));
        }
        self.hash_the_rest().map(Some)
    }

    /// Hashes a line that is too long as it passes by.
    fn hash_the_rest(&mut self) -> io::Result<Taken> {
        let mut hasher = DigestAlgorithm::Sha256.hasher();
        hasher.update(&self.line);
        let mut octets = self.line.len();
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = available.iter().position(|octet| *octet == b'\n');
            let part = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            hasher.update(part);
            octets = octets.saturating_add(part.len());
            let is_last = end.is_some() || available.is_empty();
            let (consumed, terminated) = (part.len() + usize::from(end.is_some()), end.is_some());
            self.reader.consume(consumed);
            self.advance(consumed);
            if is_last {
                let hash = LineHash::of_digest(&hasher.finish());
                let octets = u64::try_from(octets).unwrap_or(u64::MAX);
                return Ok(Taken::TooLong { hash, octets, terminated });
            }
        }
    }

    fn advance(&mut self, octets: usize) {
        self.position = self.position.saturating_add(u64::try_from(octets).unwrap_or(u64::MAX));
    }
}

/// Returns what a line says of its place, and what it holds.
fn content(decoded: Decoded<'_>, computed: LineHash) -> (Place, Content<'_>) {
    match decoded {
        Decoded::LeftOut { sequence, hash } => {
            let place = Place { sequence: Some(sequence), previous: None, hash };
            (place, Content::LeftOut(LeftOut { sequence }))
        }
        Decoded::Record(entry) => {
            let place = Place { sequence: Some(entry.sequence), previous: entry.previous, hash: computed };
            (place, Content::Entry(entry))
        }
    }
}

impl<R> fmt::Debug for LineReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineReader").field("number", &self.number).finish_non_exhaustive()
    }
}
