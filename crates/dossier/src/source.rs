//! Where the octets of a file come from.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use crc32fast::Hasher as Crc;

/// The octets of a file that goes into a container. They are read twice: once for size, checksum and digest, which stand before them or
/// are signed, and once while they are written.
///
/// A reader is read from its first octet, wherever it stands, and to its end.
pub struct Source<'a>(Octets<'a>);

enum Octets<'a> {
    InMemory(Cow<'a, [u8]>),
    Reader(Box<dyn ReadSeek + 'a>),
}

trait ReadSeek: Read + Seek {}

impl<R: Read + Seek> ReadSeek for R {}

impl<'a> Source<'a> {
    /// Takes octets from a reader, such as an open file, of any length.
    pub fn reader(reader: impl Read + Seek + 'a) -> Self {
        Self(Octets::Reader(Box::new(reader)))
    }

    /// Returns the octets, where they are in memory.
    pub(crate) fn octets(&self) -> Option<&[u8]> {
        match &self.0 {
            Octets::InMemory(octets) => Some(octets),
            Octets::Reader(_) => None,
        }
    }

    /// Returns a reader that stands at the first octet.
    pub(crate) fn open(&mut self) -> io::Result<Box<dyn Read + '_>> {
        match &mut self.0 {
            Octets::InMemory(octets) => {
                let octets: &[u8] = octets;
                Ok(Box::new(octets))
            }
            Octets::Reader(reader) => {
                reader.seek(SeekFrom::Start(0))?;
                Ok(Box::new(reader))
            }
        }
    }
}

impl<'a> From<&'a [u8]> for Source<'a> {
    fn from(octets: &'a [u8]) -> Self {
        Self(Octets::InMemory(Cow::Borrowed(octets)))
    }
}

impl From<Vec<u8>> for Source<'_> {
    fn from(octets: Vec<u8>) -> Self {
        Self(Octets::InMemory(Cow::Owned(octets)))
    }
}

impl From<std::fs::File> for Source<'_> {
    fn from(file: std::fs::File) -> Self {
        Self::reader(file)
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Octets::InMemory(octets) => write!(f, "Source({} octets)", octets.len()),
            Octets::Reader(_) => f.write_str("Source(reader)"),
        }
    }
}

/// A reader that counts what it passes on, and computes its checksum.
pub(crate) struct Counted<R> {
    reader: R,
    checksum: Crc,
    size: u64,
}

impl<R: Read> Counted<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, checksum: Crc::new(), size: 0 }
    }

    /// The number of octets so far, and their checksum.
    pub(crate) fn finish(self) -> (u64, u32) {
        (self.size, self.checksum.finalize())
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        // A reader that claims more than the buffer holds is broken, and nothing that it gave counts.
        let octets = buffer.get(..read).ok_or(io::ErrorKind::InvalidData)?;
        self.checksum.update(octets);
        self.size = self.size.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}
