//! Where a trail is written to.

use std::io::{self, Write};

use super::sequence::Sequence;

/// Where a trail is written to: it takes lines in order, and makes them durable.
///
/// Lines that were taken are not safe before `sync` came back. After an error of either, nobody knows what is there: the
/// [`Trail`](super::Trail) then stops, and is resumed from what can be read.
pub trait Sink {
    /// Takes whole lines, of which the first has this number.
    ///
    /// # Errors
    /// The error of the place. Some of the lines, and a part of one, may be there.
    fn append(&mut self, first: Sequence, lines: &[u8]) -> io::Result<()>;

    /// Makes what was written durable, so that it survives a loss of power.
    ///
    /// # Errors
    /// The error of the place.
    fn sync(&mut self) -> io::Result<()>;
}

/// Memory, for tests and for what is stored elsewhere.
impl Sink for Vec<u8> {
    fn append(&mut self, _: Sequence, lines: &[u8]) -> io::Result<()> {
        self.extend_from_slice(lines);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn append(&mut self, first: Sequence, lines: &[u8]) -> io::Result<()> {
        (**self).append(first, lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        (**self).sync()
    }
}

/// A writer whose `flush` makes lines as durable as they get there, such as a connection that waits for an answer.
///
/// A `File` is none: flushing it does not reach the disk.
#[derive(Debug)]
pub struct Flushed<W>(pub W);

impl<W: Write> Sink for Flushed<W> {
    fn append(&mut self, _: Sequence, lines: &[u8]) -> io::Result<()> {
        self.0.write_all(lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
