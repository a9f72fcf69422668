//! Reads a container whose octets somebody else fetches, range by range: a page in a browser, or a client of a store over a network.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crc32fast::Hasher as Crc;
use recommande::crypto::DigestAlgorithm;
use recommande::verify::ContentDigests;

use crate::error::ReadError;
use crate::origin::{Origin, Use};
use crate::reading::{Dossier, Entries, contents};
use crate::zip::{Entry, ZipFault};

/// The most octets of a range, which are in memory at once.
const MOST: u64 = 1 << 20;

/// The least octets of a range that is not the last one of a file: headers of entries lie close to each other.
const LEAST: u64 = 64 << 10;

type Reading = Pin<Box<dyn Future<Output = Result<Dossier<Kept>, ReadError>> + Send>>;

/// Reads a container without a reader: it says which octets it wants, and takes them.
///
/// It reads as [`Dossier::read`] does, each file once and each proof twice, and refuses the same. What is verified stays in memory; letters and pages are hashed as they come.
///
/// ```
/// # fn read(container: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
/// let mut reading = recommande_dossier::RangeReader::new(u64::try_from(container.len())?);
/// while let Some(wanted) = reading.wanted() {
///     let range = usize::try_from(wanted.start)?..usize::try_from(wanted.end)?;
///     reading.take(container.get(range).unwrap_or_default());
/// }
/// let dossier = reading.finish()?;
/// # Ok(())
/// # }
/// ```
pub struct RangeReader {
    exchange: Arc<Mutex<Exchange>>,
    reading: Reading,
    result: Option<Result<Dossier<Kept>, ReadError>>,
}

/// What a reading wants, and what it was given.
#[derive(Default)]
struct Exchange {
    wanted: Option<Range<u64>>,
    given: Option<Vec<u8>>,
    kept: u64,
}

impl RangeReader {
    /// Begins to read a container of so many octets.
    pub fn new(size: u64) -> Self {
        let exchange = Arc::new(Mutex::new(Exchange::default()));
        let ranges = Ranges { size, exchange: Arc::clone(&exchange), window: (0, Vec::new()), kept: Kept::default() };
        let mut reading = Self { exchange, reading: Box::pin(read(ranges)), result: None };
        reading.proceed();
        reading
    }

    /// Returns the octets that are wanted next, which are at most 1 MiB. It returns `None` where nothing more is wanted: because everything
    /// was read, or because of an error.
    pub fn wanted(&self) -> Option<Range<u64>> {
        locked(&self.exchange).wanted.clone()
    }

    /// Takes the octets that are wanted, all of them. Other octets than those of the container are an error that [`finish`](Self::finish)
    /// tells, and so is another number of them.
    pub fn take(&mut self, octets: &[u8]) {
        {
            let mut exchange = locked(&self.exchange);
            if exchange.wanted.take().is_none() {
                return;
            }
            exchange.given = Some(octets.to_vec());
        }
        self.proceed();
    }

    /// Returns the number of octets that were read into memory until now, for who gives a reading less of it than
    /// [`MAX_JUDGED`](crate::limits::MAX_JUDGED). Proofs are read twice and count twice, and so at least as much as they take.
    pub fn kept(&self) -> u64 {
        locked(&self.exchange).kept
    }

    /// Returns the container. What is verified of it can be read ([`Dossier::octets`]), and nothing else.
    ///
    /// # Errors
    /// [`ReadError`]; `Io` of the kind `UnexpectedEof` where not all octets were taken that were wanted.
    pub fn finish(self) -> Result<Dossier<Kept>, ReadError> {
        self.result.unwrap_or_else(|| Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()))
    }

    fn proceed(&mut self) {
        if self.result.is_some() {
            return;
        }
        if let Poll::Ready(result) = self.reading.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.result = Some(result);
        }
    }
}

impl fmt::Debug for RangeReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RangeReader(wants {:?})", self.wanted())
    }
}

async fn read(mut ranges: Ranges) -> Result<Dossier<Kept>, ReadError> {
    let contents = contents(&mut ranges).await?;
    Ok(Dossier::of(Kept { size: ranges.size, ..ranges.kept }, contents))
}

/// Nothing panics while it holds the lock.
fn locked(exchange: &Mutex<Exchange>) -> MutexGuard<'_, Exchange> {
    exchange.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The octets of a container, as far as they are at hand.
struct Ranges {
    size: u64,
    exchange: Arc<Mutex<Exchange>>,
    /// The last range, and where it begins.
    window: (u64, Vec<u8>),
    kept: Kept,
}

impl Ranges {
    /// Returns at most [`MOST`] octets from a place on.
    async fn piece(&mut self, place: u64, length: u64) -> io::Result<&[u8]> {
        let behind = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let end = place.checked_add(length.min(MOST)).filter(|end| *end <= self.size).ok_or_else(behind)?;
        let (start, window) = &self.window;
        if place < *start || end > start.saturating_add(length_of(window)) {
            let wanted = place..end.max(place.saturating_add(LEAST).min(self.size));
            let length = wanted.end.saturating_sub(wanted.start);
            let octets = Fetched { exchange: &self.exchange, wanted }.await;
            if length_of(&octets) != length {
                return Err(behind());
            }
            self.window = (place, octets);
        }
        let (start, window) = &self.window;
        let range = |place: u64| usize::try_from(place.saturating_sub(*start)).unwrap_or(usize::MAX);
        window.get(range(place)..range(end)).ok_or_else(behind)
    }
}

impl Ranges {
    /// Counts octets that are read into memory.
    fn keep(&self, length: u64) {
        let mut exchange = locked(&self.exchange);
        exchange.kept = exchange.kept.saturating_add(length);
    }
}

impl Origin for Ranges {
    fn size(&mut self) -> io::Result<u64> {
        Ok(self.size)
    }

    async fn octets(&mut self, place: u64, length: usize) -> io::Result<Vec<u8>> {
        let (mut octets, mut place) = (Vec::new(), place);
        while octets.len() < length {
            let left = length.saturating_sub(octets.len());
            let piece = self.piece(place, u64::try_from(left).unwrap_or(MOST)).await?;
            octets.extend_from_slice(piece);
            let read = length_of(piece);
            place = place.saturating_add(read);
            self.keep(read);
        }
        Ok(octets)
    }
}

impl Entries for Ranges {
    async fn digests(
        &mut self,
        entry: &Entry,
        algorithms: &[DigestAlgorithm],
        purpose: Use,
    ) -> Result<ContentDigests, ReadError> {
        let offered = DigestAlgorithm::ALL.into_iter().filter(|algorithm| algorithms.contains(algorithm));
        let mut hashers: Vec<_> = offered.map(DigestAlgorithm::hasher).collect();
        let (mut checksum, mut place, mut left) = (Crc::new(), entry.start, entry.size);
        let mut kept = Vec::new();
        while left > 0 {
            let piece = self.piece(place, left).await?;
            checksum.update(piece);
            hashers.iter_mut().for_each(|hasher| hasher.update(piece));
            if purpose == Use::Judged {
                kept.extend_from_slice(piece);
            }
            let length = length_of(piece);
            (place, left) = (place.saturating_add(length), left.saturating_sub(length));
            if purpose == Use::Judged {
                self.keep(length);
            }
        }
        if checksum.finalize() != entry.checksum {
            return Err(ReadError::Zip { at: entry.start, fault: ZipFault::Checksum });
        }
        if purpose == Use::Judged {
            self.kept.octets.insert(entry.start, kept);
        }
        Ok(ContentDigests::new(hashers.into_iter().map(|hasher| hasher.finish())))
    }
}

fn length_of(octets: &[u8]) -> u64 {
    u64::try_from(octets.len()).unwrap_or(u64::MAX)
}

/// Octets that were wanted and are given.
struct Fetched<'e> {
    exchange: &'e Mutex<Exchange>,
    wanted: Range<u64>,
}

impl Future for Fetched<'_> {
    type Output = Vec<u8>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Vec<u8>> {
        let mut exchange = locked(self.exchange);
        if let Some(given) = exchange.given.take() {
            return Poll::Ready(given);
        }
        exchange.wanted = Some(self.wanted.clone());
        Poll::Pending
    }
}

/// The octets of a container that are verified in memory. Reading others is an error.
#[derive(Default)]
pub struct Kept {
    size: u64,
    place: u64,
    /// Those of each file, by the place where it begins.
    octets: BTreeMap<u64, Vec<u8>>,
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let (start, octets) = self.octets.range(..=self.place).next_back().ok_or_else(missing)?;
        let from = usize::try_from(self.place.saturating_sub(*start)).map_err(|_| missing())?;
        let mut rest = octets.get(from..).filter(|rest| !rest.is_empty()).ok_or_else(missing)?;
        let read = rest.read(buffer)?;
        self.place = self.place.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

impl Seek for Kept {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        let place = match place {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(distance) => self.size.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.place.checked_add_signed(distance),
        };
        self.place = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.place)
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({} files)", self.octets.len())
    }
}
