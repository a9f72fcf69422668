//! Writes entries one after the other, to anything that takes octets.

use std::io::{self, Read, Write};

use super::header::{Header, end};
use crate::error::WriteError;
use crate::source::Counted;

/// The octets that are copied at once.
const BUFFER: usize = 64 << 10;

/// A zip file that is being written.
pub(crate) struct ZipWriter<'w, W> {
    out: &'w mut W,
    headers: Vec<Header>,
    position: u64,
}

impl<'w, W: Write> ZipWriter<'w, W> {
    pub(crate) fn new(out: &'w mut W) -> Self {
        Self { out, headers: Vec::new(), position: 0 }
    }

    /// Writes an entry whose size and checksum are known, and compares them with what the reader gives.
    pub(crate) fn add(
        &mut self,
        name: &str,
        (size, checksum): (u64, u32),
        reader: impl Read,
    ) -> Result<(), WriteError> {
        self.begin(name, size, checksum)?;
        let mut reader = Counted::new(reader);
        let mut buffer = vec![0; BUFFER];
        let unreadable = |error| WriteError::Source { name: name.to_owned(), error };
        // One octet more than there was tells that the file grew.
        let mut left = size.saturating_add(1);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(BUFFER).min(BUFFER);
            let read = match reader.read(buffer.get_mut(..most).unwrap_or_default()) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreadable(error)),
            };
            if read == 0 {
                break;
            }
            left = left.saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
            self.write(buffer.get(..read).unwrap_or_default())?;
        }
        if reader.finish() != (size, checksum) {
            return Err(WriteError::Changed { name: name.to_owned() });
        }
        Ok(())
    }

    /// Writes an entry that is in memory, with its checksum. Nothing can have changed there, so that it is neither copied nor computed again.
    pub(crate) fn add_octets(&mut self, name: &str, checksum: u32, octets: &[u8]) -> Result<(), WriteError> {
        self.begin(name, u64::try_from(octets.len()).unwrap_or(u64::MAX), checksum)?;
        self.write(octets)
    }

    /// Writes the header before an entry.
    fn begin(&mut self, name: &str, size: u64, checksum: u32) -> Result<(), WriteError> {
        let header = Header { name: name.to_owned(), size, checksum, offset: self.position };
        self.write(&header.to_local())?;
        self.headers.push(header);
        Ok(())
    }

    /// Writes the central directory and the record at the end.
    pub(crate) fn finish(mut self) -> Result<(), WriteError> {
        let directory: Vec<u8> = self.headers.iter().flat_map(Header::to_central).collect();
        let count = u16::try_from(self.headers.len()).map_err(|_| WriteError::TooManyFiles)?;
        let length = u32::try_from(directory.len()).map_err(|_| WriteError::TooManyFiles)?;
        let position = self.position;
        self.write(&directory)?;
        self.write(&end(count, position, length))?;
        self.out.flush().map_err(WriteError::Output)
    }

    fn write(&mut self, octets: &[u8]) -> Result<(), WriteError> {
        self.out.write_all(octets).map_err(WriteError::Output)?;
        self.position = self.position.saturating_add(u64::try_from(octets.len()).unwrap_or(u64::MAX));
        Ok(())
    }
}
