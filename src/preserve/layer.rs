//! The next layer of a file: an archive timestamp over all of it, or the next ArchiveTimeStamp of the record in it.

use rfc3161_client::TimeStampToken;
use signed_data::SignedData;

use super::error::NotRenewable;
use crate::asn1::oid;
use crate::cms::{
    Appendable, archive_imprint, check_archivable, for_archiving, hash_index, with_archive_timestamp,
    without_attributes,
};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;
use crate::time::record::{
    EvidenceRecord, RecordTail, ReducedHashTree, Renewal, archive_time_stamp, imprint_algorithm,
};
use crate::time::token_revocation::with_revocation;
use crate::verify::Content;

/// The next layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// An archive-time-stamp-v3 with imprint and index by this algorithm.
    Archive(DigestAlgorithm),
    /// A renewal of the record in the file.
    Record(Renewal),
}

/// Tells if an evidence record is in the file, over all of it.
pub(super) fn holds_record(signed_data: &SignedData<'_>) -> bool {
    let unsigned = signed_data.signer_infos.iter().filter_map(|signer_info| signer_info.unsigned_attributes.as_ref());
    let records = [oid::EVIDENCE_RECORD_INTERNAL, oid::EVIDENCE_RECORD_EXTERNAL];
    unsigned.flat_map(|attributes| attributes.iter()).any(|attribute| records.iter().any(|oid| attribute.oid == *oid))
}

/// Returns the layer that a timestamp by this algorithm would be.
///
/// # Errors
/// `NotVerified` is never among them: `NotDer`, `OlderForm`, `Signers`, `Record`.
pub(super) fn by_algorithm(file: &[u8], algorithm: DigestAlgorithm) -> Result<Layer, NotRenewable> {
    let signed_data = parsed(file)?;
    if !holds_record(&signed_data) {
        check_archivable(file, &signed_data)?;
        return Ok(Layer::Archive(algorithm));
    }
    Ok(Layer::Record(match record_algorithm(file)? {
        of_chain if of_chain == algorithm => Renewal::Timestamp,
        _ => Renewal::HashTree(algorithm),
    }))
}

/// Returns the hash algorithm of the last chain of the record in a file.
pub(super) fn record_algorithm(file: &[u8]) -> Result<DigestAlgorithm, NotRenewable> {
    let tail = RecordTail::of_file(file).ok_or(NotRenewable::Record)?;
    let record = EvidenceRecord::parse(tail.record()).map_err(|_| NotRenewable::Record)?;
    record.last_algorithm().ok_or(NotRenewable::Record)
}

/// Returns the strongest imprint algorithm of the archive timestamps in a file.
pub(super) fn archived_by(signed_data: &SignedData<'_>) -> Option<DigestAlgorithm> {
    let unsigned = signed_data.signer_infos.iter().filter_map(|signer_info| signer_info.unsigned_attributes.as_ref());
    let archives = unsigned.flat_map(|attributes| attributes.find(oid::ARCHIVE_TIME_STAMP_V3));
    let tokens = archives.flat_map(|attribute| attribute.values.iter());
    let tokens = tokens.filter_map(|value| TimeStampToken::from_bytes(value.raw).ok());
    tokens.filter_map(|token| imprint_algorithm(token.tst_info())).max_by_key(|algorithm| algorithm.output_len())
}

/// Returns the file with everything that the layer covers: certificates and revocation data beside the signature, or
/// revocation data in the last token of the record.
pub(super) fn extended(
    file: &[u8],
    layer: Layer,
    certificates: &[Certificate],
    revocation: &RevocationData,
) -> Result<Vec<u8>, NotRenewable> {
    match layer {
        Layer::Archive(algorithm) => Ok(for_archiving(&parsed(file)?, certificates, revocation, algorithm)),
        Layer::Record(_) => {
            let tail = RecordTail::of_file(file).ok_or(NotRenewable::Record)?;
            let token = TimeStampToken::from_bytes(tail.token()).map_err(|_| NotRenewable::Record)?;
            let token = with_revocation(&token, revocation).map_err(|_| NotRenewable::Record)?;
            Ok(tail.with_token(token.to_definite()))
        }
    }
}

/// Computes the digest that is stamped.
pub(super) fn imprint(file: &[u8], content: Content<'_>, layer: Layer) -> Result<Digest, NotRenewable> {
    match layer {
        Layer::Archive(algorithm) => {
            let signed_data = parsed(file)?;
            let index = hash_index(&signed_data, algorithm).ok_or(NotRenewable::Signers(0))?;
            let digest = |algorithm| match (content, signed_data.encap_content_info.content) {
                (Content::Octets(octets), _) | (Content::Attached | Content::Digests(_), Some(octets)) => {
                    Some(DigestAlgorithm::digest(algorithm, octets))
                }
                (Content::Digests(digests), None) => digests.get(algorithm),
                (Content::Attached, None) => None,
            };
            archive_imprint(&signed_data, &digest, &index, algorithm).ok_or(NotRenewable::DigestMissing(algorithm))
        }
        Layer::Record(renewal) => {
            let tail = RecordTail::of_file(file).ok_or(NotRenewable::Record)?;
            let record = EvidenceRecord::parse(tail.record()).map_err(|_| NotRenewable::Record)?;
            let algorithm = algorithm(&record, renewal)?;
            let object = algorithm.digest(&without_record(file)?);
            record.renewal_leaf(renewal, &object).ok_or(NotRenewable::Record)
        }
    }
}

/// Returns the file with the layer. The token is over its [`imprint`].
pub(super) fn with_token(file: &[u8], layer: Layer, token: &TimeStampToken) -> Result<Vec<u8>, NotRenewable> {
    match layer {
        Layer::Archive(algorithm) => {
            let signed_data = parsed(file)?;
            let index = hash_index(&signed_data, algorithm).ok_or(NotRenewable::Signers(0))?;
            let archived = with_archive_timestamp(&signed_data, token.to_definite(), &index).ok().flatten();
            archived.ok_or(NotRenewable::NotDer)
        }
        Layer::Record(renewal) => {
            let tail = RecordTail::of_file(file).ok_or(NotRenewable::Record)?;
            let record = EvidenceRecord::parse(tail.record()).map_err(|_| NotRenewable::Record)?;
            match renewal {
                Renewal::Timestamp => {
                    let added = archive_time_stamp(algorithm(&record, renewal)?, token);
                    Ok(tail.with_archive_time_stamp(tail.token(), &added))
                }
                Renewal::HashTree(_) => {
                    let renewed = record.renewed(renewal, &ReducedHashTree::default(), token);
                    with_record(&without_record(file)?, &renewed.map_err(|_| NotRenewable::Record)?)
                }
            }
        }
    }
}

fn algorithm(record: &EvidenceRecord<'_>, renewal: Renewal) -> Result<DigestAlgorithm, NotRenewable> {
    match renewal {
        Renewal::Timestamp => record.last_algorithm().ok_or(NotRenewable::Record),
        Renewal::HashTree(algorithm) => Ok(algorithm),
    }
}

/// The file as it was before the record, which is the object of the record.
fn without_record(file: &[u8]) -> Result<Vec<u8>, NotRenewable> {
    let without = without_attributes(file, &|_, _, oid| oid == oid::EVIDENCE_RECORD_INTERNAL);
    Ok(without.map_err(|_| NotRenewable::Record)?.to_vec())
}

fn with_record(file: &[u8], record: &[u8]) -> Result<Vec<u8>, NotRenewable> {
    let appendable = Appendable::of(file).map_err(|_| NotRenewable::Record)?;
    let push = |out: &mut Vec<u8>| out.extend_from_slice(record);
    Ok(appendable.with_unsigned_attribute(oid::EVIDENCE_RECORD_INTERNAL, record.len(), push))
}

/// A file that verified can be read.
pub(super) fn parsed(file: &[u8]) -> Result<SignedData<'_>, NotRenewable> {
    SignedData::parse(file).map_err(|_| NotRenewable::NotDer)
}
