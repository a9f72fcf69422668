//! Reads the structure of a zip file, and refuses every other form than the one that is written.

use std::io::{self, Read, Seek, SeekFrom};

use super::fields::{LONGEST, ZipFault, central, check_local};
use super::header::{ELSEWHERE, END_64_LENGTH, END_LENGTH, Header, end};
use crate::error::ReadError;
use crate::limits::MAX_ENTRIES;
use crate::origin::Origin;

/// An entry whose headers agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) size: u64,
    /// The place of its first octet.
    pub(crate) start: u64,
    pub(crate) checksum: u32,
}

/// A zip file of which every octet belongs to a header or to an entry.
pub(crate) struct Archive<R> {
    reader: R,
}

/// Reads the structure of a zip file, and returns the entries in their order.
pub(crate) async fn entries(origin: &mut impl Origin) -> Result<Vec<Entry>, ReadError> {
    let (count, start, directory) = directory(origin).await?;
    let mut entries: Vec<Entry> = Vec::with_capacity(usize::from(count));
    let (mut rest, mut position, mut next) = (directory.as_slice(), start, 0);
    for _ in 0..count {
        let at = |fault| ReadError::Zip { at: position, fault };
        let (header, behind) = central(rest).map_err(at)?;
        if entries.iter().any(|entry| entry.name.eq_ignore_ascii_case(&header.name)) {
            return Err(at(ZipFault::Twice));
        }
        if header.offset != next {
            return Err(at(ZipFault::Gap));
        }
        let entry = entry(origin, header, start).await?;
        next = entry.start.saturating_add(entry.size);
        entries.push(entry);
        position = position.saturating_add(difference(rest, behind));
        rest = behind;
    }
    if !rest.is_empty() {
        return Err(ReadError::Zip { at: position, fault: ZipFault::EndDiffers });
    }
    if next != start {
        return Err(ReadError::Zip { at: next, fault: ZipFault::Gap });
    }
    Ok(entries)
}

impl<R> Archive<R> {
    /// Takes a file whose structure is read by [`entries`].
    pub(crate) fn new(reader: R) -> Self {
        Self { reader }
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Returns a reader of an entry's octets.
    pub(crate) fn open(&mut self, entry: &Entry) -> io::Result<impl Read> {
        self.reader.seek(SeekFrom::Start(entry.start))?;
        Ok(self.reader.by_ref().take(entry.size))
    }
}

/// A file that is at hand.
impl<R: Read + Seek> Origin for Archive<R> {
    fn size(&mut self) -> io::Result<u64> {
        self.reader.seek(SeekFrom::End(0))
    }

    async fn octets(&mut self, place: u64, length: usize) -> io::Result<Vec<u8>> {
        self.reader.seek(SeekFrom::Start(place))?;
        let mut octets = vec![0; length];
        self.reader.read_exact(&mut octets)?;
        Ok(octets)
    }
}

fn difference(longer: &[u8], shorter: &[u8]) -> u64 {
    u64::try_from(longer.len().saturating_sub(shorter.len())).unwrap_or(u64::MAX)
}

/// Reads the central directory: the number of its entries, its place, and its octets.
async fn directory(origin: &mut impl Origin) -> Result<(u16, u64, Vec<u8>), ReadError> {
    let length = origin.size()?;
    let record_at = |octets: usize| length.checked_sub(u64::try_from(octets).ok()?);
    let at_end = record_at(END_LENGTH).ok_or(ReadError::Zip { at: 0, fault: ZipFault::End })?;
    let fault = |fault| ReadError::Zip { at: at_end, fault };
    let record = origin.octets(at_end, END_LENGTH).await?;
    let number = |from: usize| {
        let field = record.get(from..from.saturating_add(4)).and_then(|field| field.try_into().ok());
        field.map(u32::from_le_bytes).ok_or(fault(ZipFault::End))
    };
    let (counts, size, offset) = (number(8)?, number(12)?, number(16)?);
    let count = u16::try_from(counts & 0xffff).map_err(|_| fault(ZipFault::End))?;
    // The place where the directory ends is that of the first record behind it.
    let records = if offset == ELSEWHERE { END_64_LENGTH } else { END_LENGTH };
    let behind = record_at(records).ok_or(fault(ZipFault::End))?;
    let start = behind.checked_sub(size.into());
    let stated = origin.octets(behind, records).await?;
    // A file that ends otherwise is cut, or is no zip file, or has a comment: the first record is not even there.
    if !record.starts_with(b"PK\x05\x06") {
        return Err(fault(ZipFault::End));
    }
    let start = start.filter(|start| end(count, *start, size) == stated).ok_or(fault(ZipFault::EndDiffers))?;
    if count == 0 || usize::from(count) > MAX_ENTRIES {
        return Err(fault(ZipFault::Entries(count)));
    }
    let size = usize::try_from(size).ok().filter(|size| *size <= MAX_ENTRIES * LONGEST);
    let size = size.ok_or(fault(ZipFault::EndDiffers))?;
    Ok((count, start, origin.octets(start, size).await?))
}

/// Reads the header before an entry, which has to lie before the directory with all of the entry's octets.
async fn entry(origin: &mut impl Origin, header: Header, directory: u64) -> Result<Entry, ReadError> {
    let fault = |fault| ReadError::Zip { at: header.offset, fault };
    let length = header.to_local().len();
    let start = u64::try_from(length).ok().and_then(|length| header.offset.checked_add(length));
    let end = start.and_then(|start| start.checked_add(header.size));
    let (Some(start), Some(_)) = (start, end.filter(|end| *end <= directory)) else {
        return Err(fault(ZipFault::Gap));
    };
    let stated = origin.octets(header.offset, length).await?;
    check_local(&stated, &header).map_err(fault)?;
    let Header { name, size, checksum, .. } = header;
    Ok(Entry { name, size, start, checksum })
}
