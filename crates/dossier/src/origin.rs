//! Where the octets of a container come from: a reader that gives them at once, or somebody who fetches each range.
//!
//! A container is read by one function, which waits for octets. A reader never lets it wait.

use std::io::{self, Read, Seek};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use recommande::crypto::DigestAlgorithm;
use recommande::verify::ContentDigests;

use crate::error::ReadError;
use crate::reading::digests;
use crate::zip::{Archive, Entry};

/// What is done with the octets of an entry beside hashing them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// They are judged later, in memory.
    Judged,
    /// Only their digests are needed.
    Hashed,
}

/// The octets of a container.
pub(crate) trait Origin {
    /// Returns their number.
    fn size(&mut self) -> io::Result<u64>;

    /// Returns those from a place on.
    async fn octets(&mut self, place: u64, length: usize) -> io::Result<Vec<u8>>;

    /// Reads an entry once: compares its checksum, and computes its digests.
    async fn digests(
        &mut self,
        entry: &Entry,
        algorithms: &[DigestAlgorithm],
        purpose: Use,
    ) -> Result<ContentDigests, ReadError>;
}

/// A file that is at hand. What is judged later is read again then.
impl<R: Read + Seek> Origin for Archive<R> {
    fn size(&mut self) -> io::Result<u64> {
        Self::size(self)
    }

    async fn octets(&mut self, place: u64, length: usize) -> io::Result<Vec<u8>> {
        Self::octets(self, place, length)
    }

    async fn digests(
        &mut self,
        entry: &Entry,
        algorithms: &[DigestAlgorithm],
        _: Use,
    ) -> Result<ContentDigests, ReadError> {
        digests(self, entry, algorithms, &mut io::sink())
    }
}

/// Returns the result of something that never waits.
pub(crate) fn at_once<T>(reading: impl Future<Output = Result<T, ReadError>>) -> Result<T, ReadError> {
    match pin!(reading).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::Error::from(io::ErrorKind::WouldBlock).into()),
    }
}
