//! The door for an evidence record by itself.

use chrono::{DateTime, Utc};

use super::Verifier;
use crate::cms::ContentDigest;
use crate::crypto::DigestAlgorithm;
use crate::finding::{Ledger, Notes, Subject};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;
use crate::time::record::EvidenceRecord;
use crate::verify::content::ContentDigests;
use crate::verify::embedded::EmbeddedReader;
use crate::verify::examined::Examined;
use crate::verify::given_record::GivenRecord;
use crate::verify::lone_record::{LonePlace, LoneRecord, RecordNumbers, examine_record};
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::time::records::note_unreadable;

impl Verifier {
    /// An evidence record (RFC 4998, DER or BER) over data objects given by their digests, at the time `at`.
    ///
    /// It passes when every ArchiveTimeStamp covers what it should, the objects at the start of each chain, and every
    /// token is genuine and trusted as of the next one's time, the last one as of `at`. Each object has to stand in the
    /// record; that nothing else does, as for a whole group of objects, is not required: `evidence-record-other-hashes`
    /// counts the others. [`digest_algorithms`](crate::time::record::digest_algorithms) tells which digests it
    /// takes.
    ///
    /// A TSA's certificate has to last until the renewal, and that of the last token until `at`
    /// (`timestamp-signer-expired`), unless the policy counts timestamps at their own time alone.
    pub fn report_evidence_record(&self, record: &[u8], objects: &[ContentDigests], at: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let given = GivenRecord::new(record);
        let examined = match given.parse() {
            Ok(parsed) => {
                let digests: Vec<_> =
                    objects.iter().map(|object| |algorithm: DigestAlgorithm| object.get(algorithm)).collect();
                let objects: Vec<ContentDigest<'_>> =
                    digests.iter().map(|digest| digest as ContentDigest<'_>).collect();
                let lone = LoneRecord {
                    record: &parsed,
                    length: record.len(),
                    objects: &objects,
                    covered_since: None,
                    place: LonePlace::Given,
                    numbers: RecordNumbers::ALONE,
                };
                examine_record(&lone, &self.settings, at, &mut ledger)
            }
            Err(error) => {
                note_unreadable(&error, &mut Notes::new(&mut ledger, Subject::Record));
                Examined::nothing()
            }
        };
        Report::new(ReportInput {
            artifact: ArtifactKind::EvidenceRecord,
            examined,
            statement: None,
            policy: &self.settings.policy,
            now: at,
            ledger,
        })
    }

    /// Returns the certificates and revocation data in the cryptoInfos of an evidence record, as far as they can be read.
    pub(crate) fn in_crypto_infos(&self, record: &EvidenceRecord<'_>) -> (Vec<Certificate>, RevocationData) {
        let infos = record.crypto_infos.as_ref();
        let mut reader = EmbeddedReader::new(&self.settings, infos.map_or(0, |infos| infos.raw.len()));
        let certificates = reader.read_crypto_infos(infos).certificate_values;
        (certificates, reader.into_revocation())
    }
}
