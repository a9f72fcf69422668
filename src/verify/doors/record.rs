//! The door for an evidence record by itself.

use chrono::{DateTime, Utc};

use super::Verifier;
use crate::cms::ContentDigest;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Ledger, Notes, Subject};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;
use crate::time::record::EvidenceRecord;
use crate::verify::answer::{RevocationPlace, sources};
use crate::verify::content::ContentDigests;
use crate::verify::embedded::EmbeddedReader;
use crate::verify::examined::{Examined, ExaminedRecord, ExaminedTimestamp};
use crate::verify::existence::{ExistenceSummary, ExistingObject};
use crate::verify::given_record::GivenRecord;
use crate::verify::material::{Carried, Material};
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::time::evidence::{KeepTokens, examined_stamps};
use crate::verify::time::poe::ProofsOfExistence;
use crate::verify::time::record::token_octets;
use crate::verify::time::records::{JudgedRecord, judge_record, note_unreadable};
use crate::verify::time::token::Token;

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
            Ok(parsed) => self.examine_record(&parsed, record.len(), objects, at, &mut ledger),
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

    fn examine_record(
        &self,
        record: &EvidenceRecord<'_>,
        length: usize,
        objects: &[ContentDigests],
        at: DateTime<Utc>,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let settings = &self.settings;
        let octets = token_octets(record);
        let mut reader = EmbeddedReader::new(settings, length);
        let tokens: Vec<_> = octets.iter().map(|octets| Token::read(octets, &mut reader)).collect();
        let crypto_infos = reader.read_crypto_infos(record.crypto_infos.as_ref());
        let embedded: Vec<_> = tokens.iter().flatten().map(|token| &token.embedded).collect();
        let budgets = settings.budgets();
        let carried = Carried {
            revocation: reader.revocation(),
            file: None,
            tokens: &embedded,
            crypto_infos: &[&crypto_infos],
            of_other_signers: &[],
        };
        let material = Material::new(settings, at, &budgets, &carried);
        material.note_left_out(&mut Notes::new(ledger, Subject::Record));
        let digests: Vec<_> = objects.iter().map(|object| |algorithm: DigestAlgorithm| object.get(algorithm)).collect();
        let objects: Vec<ContentDigest<'_>> = digests.iter().map(|digest| digest as ContentDigest<'_>).collect();
        let judged = JudgedRecord {
            record,
            covered_since: None,
            tokens: &tokens,
            crypto_infos: &crypto_infos,
            objects: &objects,
            subject: Subject::Record,
            subject_of: &|index| Subject::ArchiveTimeStamp(index + 1),
        };
        let mut poes = ProofsOfExistence::new(at);
        let (verdict, trusts) = judge_record(&judged, &material, &mut poes, ledger);
        let timestamps = examined_stamps(verdict.stamps, trusts, &tokens, KeepTokens::ForReport);
        let places = |fingerprint: &Digest| {
            let lies_in =
                |token: &&Result<Token<'_>, _>| token.as_ref().is_ok_and(|token| token.embedded.carries(fingerprint));
            let numbered = tokens.iter().enumerate().filter(|(_, token)| lies_in(token));
            let in_tokens = numbered.map(|(index, _)| RevocationPlace::Timestamp(index + 1));
            let in_infos = crypto_infos.carries(fingerprint).then_some(RevocationPlace::CryptoInfos(1));
            let given = settings.gave_revocation(fingerprint).then_some(RevocationPlace::Caller);
            in_tokens.chain(in_infos).chain(given).collect()
        };
        let answers = timestamps.iter().flat_map(|timestamp: &ExaminedTimestamp| &timestamp.answers);
        let sources = sources(answers, places, |fingerprint| poes.revocation_since(fingerprint));
        let record = ExaminedRecord {
            subject: Subject::Record,
            is_beside: false,
            proven_at: verdict.proven_at,
            timestamps: (1..=tokens.len()).collect(),
        };
        let proven =
            verdict.proven_at.map(|since| ExistenceSummary { of: ExistingObject::Data, since, by: Subject::Record });
        Examined {
            timestamps,
            proven_at: verdict.proven_at,
            records: vec![record],
            sources,
            existence: proven.into_iter().collect(),
            ..Examined::nothing()
        }
    }
}
