//! Renews the evidence record over a container, without changing anything else in it.

use std::io::{Read, Seek, Write};

use chrono::{DateTime, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::{NotRenewable, RenewalError, Renewer};
use recommande::rfc3161_client::TsaPool;
use recommande::time::record::digest_algorithms;
use recommande::verify::ContentDigests;

use crate::error::{ReadError, RenewError, WriteError};
use crate::layout::{ASIC_E, MANIFEST, MIMETYPE, RECORD, RECORD_MANIFEST};
use crate::limits::MAX_IN_MEMORY;
use crate::reading::{Dossier, checked};
use crate::zip::ZipWriter;

impl<R: Read + Seek> Dossier<R> {
    /// Renews the evidence record over everything (RFC 4998 §5), and returns it: with a timestamp over the last one, or with a new hash tree over
    /// all files where an algorithm ends first. [`write_with_record`](Self::write_with_record) puts it into a container.
    ///
    /// [`Due::of`](recommande::preserve::Due::of) reads the deadline out of the report on the record. The renewer needs the revocation data about
    /// the TSA of the last timestamp ([`Renewer::with_revocation`]). For a new hash tree, each file is read once more.
    ///
    /// # Errors
    /// [`RenewError`]. The container is unchanged.
    pub fn renew_record(
        &mut self,
        renewer: &Renewer<'_>,
        tsas: &TsaPool,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewError> {
        let record = self.record().ok_or(RenewError::NoRecord)?.to_vec();
        let objects = self.covered();
        let renewed = match renewer.renew_record_of_group(&record, &objects, tsas, now) {
            // No token was asked for: which algorithm comes next is the choice of the renewer.
            Err(RenewalError::NotRenewable(NotRenewable::DigestMissing(algorithm))) => {
                let objects = self.covered_by(&[algorithm])?;
                renewer.renew_record_of_group(&record, &objects, tsas, now)
            }
            renewed => renewed,
        };
        Ok(renewed?)
    }

    /// Puts the revocation data of a renewer about the TSA of the newest timestamp into a renewed record, and returns it: without any, others
    /// do not find that timestamp valid. The next renewal does it too, and needs a list of then.
    ///
    /// # Errors
    /// [`RenewError`].
    pub fn complete_record(
        &mut self,
        record: &[u8],
        renewer: &Renewer<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewError> {
        let objects = self.covered_by(&digest_algorithms(record))?;
        Ok(renewer.complete_record_of_group(record, &objects, now).map_err(RenewalError::from)?)
    }

    /// Writes the container with a renewed record in the place of its own. Up to the record it is the same to the octet.
    ///
    /// The record is not verified: [`read`](Self::read) the container that was written, and ask for its [`report`](Self::report), before the old
    /// one is given up.
    ///
    /// # Errors
    /// `Missing` where the container has no record; `TooLarge` of the record; `Changed` where the container was changed after it was read;
    /// `Source`, `Output`.
    pub fn write_with_record(&mut self, record: &[u8], out: &mut impl Write) -> Result<(), WriteError> {
        let missing = || WriteError::Missing { name: RECORD.to_owned() };
        let record_manifest = self.record.as_ref().ok_or_else(missing)?.manifest.clone();
        if u64::try_from(record.len()).map_or(true, |length| length > MAX_IN_MEMORY) {
            return Err(WriteError::TooLarge { name: RECORD.to_owned(), limit: MAX_IN_MEMORY });
        }
        let mut zip = ZipWriter::new(out);
        zip.add_octets(MIMETYPE, crc32fast::hash(ASIC_E), ASIC_E)?;
        for part in &self.parts {
            let entry = &part.entry;
            let unreadable = |error| WriteError::Source { name: entry.name.clone(), error };
            let reader = self.archive.open(entry).map_err(unreadable)?;
            zip.add(&entry.name, (entry.size, entry.checksum), reader)?;
        }
        let own = [
            (MANIFEST, self.manifest.octets.as_slice()),
            (self.protection.name(), &self.guard.octets),
            (RECORD_MANIFEST, &record_manifest),
            (RECORD, record),
        ];
        for (name, octets) in own {
            zip.add_octets(name, crc32fast::hash(octets), octets)?;
        }
        zip.finish()
    }

    /// The digests of everything that the record is over, also by these algorithms.
    fn covered_by(&mut self, algorithms: &[DigestAlgorithm]) -> Result<Vec<ContentDigests>, ReadError> {
        let mut objects = Vec::with_capacity(self.parts.len() + 2);
        for part in &self.parts {
            // A file is read again for what is not known of it.
            objects.push(match algorithms.iter().all(|algorithm| part.digests.get(*algorithm).is_some()) {
                true => part.digests.clone(),
                false => checked(&mut self.archive, part, algorithms, &mut std::io::sink())?,
            });
        }
        let with = |octets: &[u8], known: &ContentDigests| {
            let known = DigestAlgorithm::ALL.into_iter().filter_map(|algorithm| known.get(algorithm));
            ContentDigests::new(known.chain(algorithms.iter().map(|algorithm| algorithm.digest(octets))))
        };
        objects.extend([&self.manifest, &self.guard].map(|own| with(&own.octets, &own.digests)));
        Ok(objects)
    }
}
