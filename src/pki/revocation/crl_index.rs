//! This module finds entries of a CRL by their serial numbers.

use core::hash::Hasher;
use std::hash::DefaultHasher;

use signed_data::tlv::{Integer, Reader, Tag};

use crate::asn1::oid;

/// The places of the entries of one CRL, in octets from the first entry.
///
/// A CRL of 64 MiB has two million entries, and one verification may ask for each of hundreds of certificates. The index
/// takes eight octets for each entry.
pub(super) struct EntryIndex {
    /// A hash of the serial number and the place, sorted.
    by_serial: Box<[(u32, u32)]>,
    /// The places of the entries that name the issuer of the certificates from there on (RFC 5280 §5.3.3), in order.
    issuers: Box<[u32]>,
}

impl EntryIndex {
    /// Makes the index of entries that were found well-formed.
    pub(super) fn of(entries: &[u8], count: usize) -> Self {
        let (mut by_serial, mut issuers) = (Vec::with_capacity(count), Vec::new());
        let mut reader = Reader::new(entries, "revokedCertificates");
        loop {
            let place = entries.len().saturating_sub(reader.remaining().len());
            let Ok(entry) = reader.expect(Tag::SEQUENCE) else { break };
            let (Ok(place), Ok(serial)) = (u32::try_from(place), entry.reader("revokedCertificates").integer()) else {
                break;
            };
            by_serial.push((hash(serial), place));
            if names_issuer(entry.value) {
                issuers.push(place);
            }
        }
        by_serial.sort_unstable();
        Self { by_serial: by_serial.into(), issuers: issuers.into() }
    }

    /// Returns the places of the entries that may have this serial number, the last one first.
    pub(super) fn places(&self, serial: Integer<'_>) -> impl Iterator<Item = usize> {
        let wanted = hash(serial);
        let from = self.by_serial.partition_point(|(hash, _)| *hash < wanted);
        let until = self.by_serial.partition_point(|(hash, _)| *hash <= wanted);
        let places = self.by_serial.get(from..until).unwrap_or_default();
        places.iter().rev().filter_map(|(_, place)| usize::try_from(*place).ok())
    }

    /// Returns the place of the entry that names the issuer for the entry at this place, if one does.
    pub(super) fn issuer_of(&self, place: usize) -> Option<usize> {
        let place = u32::try_from(place).ok()?;
        let after = self.issuers.partition_point(|issuer| *issuer <= place);
        self.issuers.get(after.checked_sub(1)?).and_then(|issuer| usize::try_from(*issuer).ok())
    }
}

fn hash(serial: Integer<'_>) -> u32 {
    let mut hasher = DefaultHasher::new();
    hasher.write(serial.minimal().as_bytes());
    // The upper half is as good as the lower one, and half as many octets serve for millions of entries.
    u32::try_from(hasher.finish() >> 32).unwrap_or_default()
}

/// Returns true if an entry has the extension certificateIssuer.
fn names_issuer(entry: &[u8]) -> bool {
    let mut reader = Reader::new(entry, "revokedCertificates");
    let extensions = reader.any().and_then(|_| reader.any()).and_then(|_| reader.expect(Tag::SEQUENCE));
    let Ok(extensions) = extensions else { return false };
    let mut extensions = extensions.reader("crlEntryExtensions");
    while let Ok(extension) = extensions.expect(Tag::SEQUENCE) {
        if extension.reader("crlEntryExtensions").oid().is_ok_and(|stated| stated == oid::CERTIFICATE_ISSUER) {
            return true;
        }
    }
    false
}
