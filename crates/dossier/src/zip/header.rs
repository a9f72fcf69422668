//! The headers of entries and the records at the end, as they are written.

/// The signatures of headers and records, which are `PK` and two octets.
pub(super) const LOCAL: u32 = 0x0403_4b50;
pub(super) const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

/// The identifier of the extra field with 64-bit values (section 4.5.3).
pub(super) const ZIP64: u16 = 1;
/// The version that reads stored entries, and the one that reads 64-bit values.
const VERSION: u16 = 10;
const VERSION_64: u16 = 45;
/// The first day that there is, 1980-01-01: a file says when it was made by its signature and its timestamp.
pub(super) const DATE: u16 = 0x21;
/// The value of a field whose value is in the extra field, and so the first one that is.
pub(super) const ELSEWHERE: u32 = u32::MAX;

/// The octets of a local header, of a central one, and of the record at the end, without what is of variable length.
const LOCAL_LENGTH: usize = 30;
pub(super) const CENTRAL_LENGTH: usize = 46;
pub(super) const END_LENGTH: usize = 22;
/// The octets of the record at the end, where it follows its twin with 64-bit values and the locator of that.
pub(super) const END_64_LENGTH: usize = 56 + 20 + END_LENGTH;
/// The octets of the longest extra field: three values.
pub(super) const EXTRA_LENGTH: usize = 4 + 3 * 8;

/// The values of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) checksum: u32,
    /// The place of the local header.
    pub(super) offset: u64,
}

impl Header {
    /// Returns the header before the octets of the entry (section 4.3.7).
    pub(super) fn to_local(&self) -> Vec<u8> {
        let extra = extra(&self.large_sizes());
        let mut out = Vec::with_capacity(LOCAL_LENGTH + self.name.len() + extra.len());
        out.extend(LOCAL.to_le_bytes());
        out.extend(version_with(&extra).to_le_bytes());
        self.push_common(&mut out, &extra);
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }

    /// Returns the header in the central directory (section 4.3.12).
    pub(super) fn to_central(&self) -> Vec<u8> {
        let far = (self.offset >= u64::from(ELSEWHERE)).then_some(self.offset);
        let extra = extra(&self.large_sizes().into_iter().chain(far).collect::<Vec<_>>());
        let mut out = Vec::with_capacity(CENTRAL_LENGTH + self.name.len() + extra.len());
        out.extend(CENTRAL.to_le_bytes());
        // Made by, and needed.
        out.extend([version_with(&extra); 2].map(u16::to_le_bytes).concat());
        self.push_common(&mut out, &extra);
        // The length of the comment, the disk, and the attributes inside and outside.
        out.extend([0; 10]);
        out.extend(narrow(self.offset).to_le_bytes());
        out.extend(self.name.as_bytes());
        out.extend(extra);
        out
    }

    /// Writes what both headers have: flags, method, time, date, checksum, sizes, and the lengths of name and extra field.
    fn push_common(&self, out: &mut Vec<u8>, extra: &[u8]) {
        out.extend([0; 6]);
        out.extend(DATE.to_le_bytes());
        out.extend(self.checksum.to_le_bytes());
        out.extend([narrow(self.size); 2].map(u32::to_le_bytes).concat());
        // No name and no extra field is longer than the limits allow.
        out.extend(
            [self.name.len(), extra.len()]
                .map(|length| u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes())
                .concat(),
        );
    }

    /// The sizes, uncompressed and compressed, where they are too large for their fields.
    fn large_sizes(&self) -> Vec<u64> {
        if self.size >= u64::from(ELSEWHERE) { vec![self.size; 2] } else { Vec::new() }
    }
}

/// Returns the extra field with these values (section 4.5.3). Without any there is none.
fn extra(values: &[u64]) -> Vec<u8> {
    let octets = values.iter().copied().flat_map(u64::to_le_bytes).collect::<Vec<_>>();
    let length = u16::try_from(octets.len()).unwrap_or(u16::MAX);
    if octets.is_empty() { octets } else { [&ZIP64.to_le_bytes()[..], &length.to_le_bytes(), &octets].concat() }
}

/// Returns the version that reads an entry with this extra field.
fn version_with(extra: &[u8]) -> u16 {
    if extra.is_empty() { VERSION } else { VERSION_64 }
}

/// Returns what stands behind the central directory (sections 4.3.14 to 4.3.16).
pub(super) fn end(count: u16, directory: u64, length: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(END_64_LENGTH);
    if directory >= u64::from(ELSEWHERE) {
        out.extend(END_64.to_le_bytes());
        // The octets of the record from here on.
        out.extend(44_u64.to_le_bytes());
        out.extend([VERSION_64; 2].map(u16::to_le_bytes).concat());
        out.extend([0; 8]);
        out.extend([u64::from(count); 2].map(u64::to_le_bytes).concat());
        out.extend(u64::from(length).to_le_bytes());
        out.extend(directory.to_le_bytes());
        out.extend(LOCATOR_64.to_le_bytes());
        out.extend([0; 4]);
        out.extend(directory.saturating_add(u64::from(length)).to_le_bytes());
        out.extend(1_u32.to_le_bytes());
    }
    out.extend(END.to_le_bytes());
    out.extend([0; 4]);
    out.extend([count; 2].map(u16::to_le_bytes).concat());
    out.extend(length.to_le_bytes());
    out.extend(narrow(directory).to_le_bytes());
    out.extend([0; 2]);
    out
}

/// Returns the value for a field of 32 bits.
fn narrow(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(ELSEWHERE)
}
