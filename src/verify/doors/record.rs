//! The door for an evidence record by itself.

use chrono::{DateTime, Utc};

use super::Verifier;
use crate::crypto::DigestAlgorithm;
use crate::finding::{Ledger, Notes, Subject};
use crate::time::record::{DataObject, EvidenceRecord};
use crate::verify::content::ContentDigests;
use crate::verify::examined::{Examined, TimestampKind};
use crate::verify::given_record::GivenRecord;
use crate::verify::material::Material;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::time::records::{check, note_unreadable, owned};

impl Verifier {
    /// An evidence record (RFC 4998, DER or BER) over data objects given by their digests, at the time `at`.
    ///
    /// It passes when every ArchiveTimeStamp covers what it should, the objects at the start of each chain, and every
    /// token is genuine and trusted as of the next one's time, the last one as of `at`. Each object has to stand in the
    /// record; that nothing else does, as for a whole group of objects, is not required: `evidence-record-other-hashes`
    /// counts the others. [`digest_algorithms`](crate::time::record::digest_algorithms) tells which digests it
    /// takes.
    ///
    /// A TSA's certificate that ended before the renewal is a warning, as an ended one is no flaw in a timestamp that
    /// was not renewed.
    pub fn report_evidence_record(&self, record: &[u8], objects: &[ContentDigests], at: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        let given = GivenRecord::new(record.to_vec());
        let examined = match given.parse() {
            Ok(parsed) => self.examine_record(&parsed, objects, at, &mut ledger),
            Err(error) => {
                note_unreadable(&error, &mut Notes::new(&mut ledger, Subject::Record));
                Examined::nothing()
            }
        };
        Report::new(ReportInput {
            artifact: ArtifactKind::EvidenceRecord,
            examined: &examined,
            statement: None,
            policy: &self.settings.policy,
            now: at,
            ledger,
        })
    }

    fn examine_record(
        &self,
        record: &EvidenceRecord<'_>,
        objects: &[ContentDigests],
        at: DateTime<Utc>,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let (tokens, budgets) = (record.tokens(), self.settings.budgets());
        let material = Material::new(&self.settings, at, &budgets, None, tokens.iter().flatten().collect())
            .with_crypto_infos(record.crypto_infos);
        let digests: Vec<_> = objects.iter().map(|object| |algorithm: DigestAlgorithm| object.get(algorithm)).collect();
        let objects: Vec<DataObject<'_>> = digests.iter().map(|object| DataObject { forms: vec![object] }).collect();
        let of_whole = Subject::Record;
        let of_stamp = |index| Subject::ArchiveTimeStamp(index + 1);
        let (timestamps, proven_at) =
            check((record, &tokens), &objects, (of_whole, &of_stamp), &material, TimestampKind::EvidenceRecord, ledger);
        material.note_more_certificates(&mut Notes::new(ledger, Subject::Record));
        drop(material);
        Examined { timestamps: owned(timestamps, tokens), proven_at, ..Examined::nothing() }
    }
}
