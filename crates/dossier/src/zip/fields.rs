//! The fields of a header as they are read, each with the value that it has to have.

use super::header::{CENTRAL, CENTRAL_LENGTH, DATE, ELSEWHERE, Header, LOCAL, ZIP64};
use crate::limits::MAX_NAME;

/// What is wrong with a zip file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZipFault {
    /// The file does not end with the record that ends a zip file: it is cut off, something follows, or there is a comment.
    #[error("the file does not end with the record that ends a zip file without a comment")]
    End,
    /// The record at the end does not fit the directory, or names several disks.
    #[error("the record at the end does not fit the central directory")]
    EndDiffers,
    /// There is no entry, or there are more than [`MAX_ENTRIES`](crate::limits::MAX_ENTRIES).
    #[error("{0} entries")]
    Entries(u16),
    /// A header is not where it should be, or cut off.
    #[error("there is no header")]
    Header,
    /// An entry is encrypted.
    #[error("the entry is encrypted")]
    Encrypted,
    /// Size and checksum follow the entry in a data descriptor, so that nothing tells where it ends.
    #[error("the entry has a data descriptor")]
    DataDescriptor,
    /// Another flag is set.
    #[error("the entry has flags")]
    Flags,
    /// An entry is compressed.
    #[error("the entry is compressed")]
    Compressed,
    /// The sizes with and without compression differ although nothing is compressed.
    #[error("the sizes with and without compression differ")]
    Sizes,
    /// Another version is needed than for such an entry.
    #[error("another version is needed than for such an entry")]
    Version,
    /// The entry has a time.
    #[error("the entry has a time")]
    Time,
    /// The entry has a comment.
    #[error("the entry has a comment")]
    Comment,
    /// The entry lies on another disk.
    #[error("the entry lies on another disk")]
    Disk,
    /// The entry has attributes of a file system.
    #[error("the entry has attributes")]
    Attributes,
    /// The extra field is another one than that with 64-bit values where they are needed.
    #[error("the entry has an extra field that it does not need")]
    Extra,
    /// The name has no octets, too many, or others than those of ASCII that one sees.
    #[error("the name has no octets, too many, or others than visible ones of ASCII")]
    Name,
    /// Two entries have one name, or names that differ in case alone.
    #[error("two entries have one name, or names that differ in case alone")]
    Twice,
    /// The header before an entry and the one in the central directory differ.
    #[error("the header before the entry and the one in the directory differ")]
    HeadersDiffer,
    /// Between two entries, or behind the last one, lies something that is no entry, or they lie over each other.
    #[error("the entry does not lie behind the one before")]
    Gap,
    /// The octets of an entry have another checksum.
    #[error("the octets of the entry have another checksum")]
    Checksum,
}

/// Reads little-endian values one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], ZipFault> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(ZipFault::Header)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ZipFault> {
        self.take(N)?.try_into().map_err(|_| ZipFault::Header)
    }

    fn u16(&mut self) -> Result<u16, ZipFault> {
        self.array().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Result<u32, ZipFault> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, ZipFault> {
        self.array().map(u64::from_le_bytes)
    }
}

/// What both headers have.
struct Common {
    checksum: u32,
    compressed: u32,
    size: u32,
    name: usize,
    extra: usize,
}

/// Reads the octets from the flags to the length of the extra field.
fn common(fields: &mut Fields<'_>) -> Result<Common, ZipFault> {
    /// Bits 0, 6 and 13: encrypted, strongly, and with a masked header.
    const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
    const DATA_DESCRIPTOR: u16 = 1 << 3;
    let flags = fields.u16()?;
    if flags & ENCRYPTED != 0 {
        return Err(ZipFault::Encrypted);
    }
    if flags & DATA_DESCRIPTOR != 0 {
        return Err(ZipFault::DataDescriptor);
    }
    if flags != 0 {
        return Err(ZipFault::Flags);
    }
    if fields.u16()? != 0 {
        return Err(ZipFault::Compressed);
    }
    if (fields.u16()?, fields.u16()?) != (0, DATE) {
        return Err(ZipFault::Time);
    }
    let (checksum, compressed, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
    if compressed != size {
        return Err(ZipFault::Sizes);
    }
    Ok(Common { checksum, compressed, size, name: fields.u16()?.into(), extra: fields.u16()?.into() })
}

/// Reads a name: what nobody has to decode, and everybody sees.
fn name(fields: &mut Fields<'_>, length: usize) -> Result<String, ZipFault> {
    if length == 0 || length > MAX_NAME {
        return Err(ZipFault::Name);
    }
    let octets = fields.take(length)?;
    if !octets.iter().all(u8::is_ascii_graphic) {
        return Err(ZipFault::Name);
    }
    String::from_utf8(octets.to_vec()).map_err(|_| ZipFault::Name)
}

/// Reads an extra field with as many 64-bit values as fields have theirs elsewhere.
fn extra(fields: &mut Fields<'_>, length: usize, count: usize) -> Result<Vec<u64>, ZipFault> {
    let octets = count * 8;
    if length != if count == 0 { 0 } else { 4 + octets } {
        return Err(ZipFault::Extra);
    }
    if count > 0 && (fields.u16()? != ZIP64 || usize::from(fields.u16()?) != octets) {
        return Err(ZipFault::Extra);
    }
    (0..count).map(|_| fields.u64()).collect()
}

/// Reads the next header of the central directory, which begins there, and returns the rest behind it.
pub(super) fn central(octets: &[u8]) -> Result<(Header, &[u8]), ZipFault> {
    let mut fields = Fields(octets);
    if fields.u32()? != CENTRAL {
        return Err(ZipFault::Header);
    }
    let (made_by, needed) = (fields.u16()?, fields.u16()?);
    let common = common(&mut fields)?;
    if fields.u16()? != 0 {
        return Err(ZipFault::Comment);
    }
    if fields.u16()? != 0 {
        return Err(ZipFault::Disk);
    }
    if (fields.u16()?, fields.u32()?) != (0, 0) {
        return Err(ZipFault::Attributes);
    }
    let offset = fields.u32()?;
    let name = name(&mut fields, common.name)?;
    let sizes = if common.size == ELSEWHERE { 2 } else { 0 };
    let offsets = if offset == ELSEWHERE { 1 } else { 0 };
    let values = extra(&mut fields, common.extra, sizes + offsets)?;
    let (large, far) = values.split_at_checked(sizes).ok_or(ZipFault::Extra)?;
    let size = match large {
        [size, compressed] if size == compressed => *size,
        [_, _] => return Err(ZipFault::Sizes),
        _ => common.compressed.into(),
    };
    let offset = far.first().copied().unwrap_or(offset.into());
    let header = Header { name, size, checksum: common.checksum, offset };
    let rest = fields.0;
    let written = header.to_central();
    // A value that needs no 64 bits and has them, and the versions.
    if written.len() != octets.len() - rest.len() {
        return Err(ZipFault::Extra);
    }
    let version = |octets: &[u8]| octets.get(6..8).map(<[u8]>::to_vec);
    if made_by != needed || version(octets) != version(&written) {
        return Err(ZipFault::Version);
    }
    Ok((header, rest))
}

/// Checks the header before an entry: that it is the one of the directory.
pub(super) fn check_local(octets: &[u8], header: &Header) -> Result<(), ZipFault> {
    if octets == header.to_local() {
        return Ok(());
    }
    // What is wrong by itself has its own fault, and the rest differs.
    let mut fields = Fields(octets);
    if fields.u32()? != LOCAL {
        return Err(ZipFault::Header);
    }
    fields.u16()?;
    common(&mut fields)?;
    Err(ZipFault::HeadersDiffer)
}

/// The octets of a header of the directory at most.
pub(super) const LONGEST: usize = CENTRAL_LENGTH + MAX_NAME + super::header::EXTRA_LENGTH;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(size: u64, offset: u64) -> Header {
        Header { name: "letter-1.pdf".to_owned(), size, checksum: 0x1234_5678, offset }
    }

    #[test]
    fn a_header_of_any_size_is_read_as_it_was_written() {
        let limit = u64::from(ELSEWHERE);
        for size in [0, 1, limit - 1, limit, limit + 1, u64::MAX] {
            for offset in [0, limit - 1, limit, u64::MAX] {
                let header = header(size, offset);
                let octets = [header.to_central(), b"rest".to_vec()].concat();
                assert_eq!(central(&octets), Ok((header.clone(), &b"rest"[..])));
                assert_eq!(check_local(&header.to_local(), &header), Ok(()));
            }
        }
    }

    #[test]
    fn every_changed_octet_of_a_header_is_noticed_or_another_value() {
        for header in [header(7, 9), header(u64::from(ELSEWHERE) + 7, u64::from(ELSEWHERE) + 9)] {
            let octets = header.to_central();
            for place in 0..octets.len() {
                for bit in 0..8 {
                    let mut changed = octets.clone();
                    changed[place] ^= 1 << bit;
                    if let Ok((read, _)) = central(&changed) {
                        assert_ne!(read, header, "octet {place}");
                    }
                }
                assert!(central(&octets[..place]).is_err());
            }
            let octets = header.to_local();
            for place in 0..octets.len() {
                let mut changed = octets.clone();
                changed[place] ^= 1;
                assert!(check_local(&changed, &header).is_err(), "octet {place}");
            }
        }
    }
}
