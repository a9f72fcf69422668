//! Where a trail is written to.

use std::io::{self, Write};

/// Where a trail is written to: it takes octets in order, and makes them durable.
///
/// Octets that were written are not safe before `sync` came back. After an error of either, nobody knows what is there: the
/// [`Trail`](super::Trail) then stops, and is resumed from what can be read.
pub trait Sink {
    /// Takes all of these octets.
    ///
    /// # Errors
    /// The error of the place. Some of the octets may be there.
    fn write_all(&mut self, octets: &[u8]) -> io::Result<()>;

    /// Makes what was written durable, so that it survives a loss of power.
    ///
    /// # Errors
    /// The error of the place.
    fn sync(&mut self) -> io::Result<()>;
}

/// Memory, for tests and for what is stored elsewhere.
impl Sink for Vec<u8> {
    fn write_all(&mut self, octets: &[u8]) -> io::Result<()> {
        self.extend_from_slice(octets);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn write_all(&mut self, octets: &[u8]) -> io::Result<()> {
        (**self).write_all(octets)
    }

    fn sync(&mut self) -> io::Result<()> {
        (**self).sync()
    }
}

/// A writer whose `flush` makes octets as durable as they get there, such as a connection that waits for an answer.
///
/// A `File` is none: flushing it does not reach the disk.
#[derive(Debug)]
pub struct Flushed<W>(pub W);

impl<W: Write> Sink for Flushed<W> {
    fn write_all(&mut self, octets: &[u8]) -> io::Result<()> {
        self.0.write_all(octets)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
