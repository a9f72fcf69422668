//! Where the octets of a container come from: a reader that gives them at once, or somebody who fetches each range.
//!
//! A container is read by one function, which waits for octets. A reader never lets it wait.

use std::io;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The octets of a container.
pub(crate) trait Origin {
    /// Returns their number.
    fn size(&mut self) -> io::Result<u64>;

    /// Returns those from a place on.
    async fn octets(&mut self, place: u64, length: usize) -> io::Result<Vec<u8>>;
}

/// What is done with the octets of an entry beside hashing them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// They are judged later, in memory.
    Judged,
    /// Only their digests are needed.
    Hashed,
}

/// Returns the result of something that never waits, and an error of what waits after all.
pub(crate) fn at_once<T>(reading: impl Future<Output = T>) -> io::Result<T> {
    match pin!(reading).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Ok(result),
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}
