//! The next layer: an archive timestamp over all of a file, or the next ArchiveTimeStamp of a record, in a file or by itself.

use const_oid::ObjectIdentifier;
use rfc3161_client::TimeStampToken;
use signed_data::{SignedData, SignerInfo};

use super::error::{NotRenewable, RenewalError};
use super::judge::Kind;
use super::strength::strength;
use crate::asn1::oid;
use crate::cms::archive::imprint_with_index;
use crate::cms::{
    Appendable, Lengths, check_archivable, for_archiving, hash_index, is_der, with_archive_timestamp,
    without_attributes,
};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::pki::Certificate;
use crate::pki::revocation::RevocationData;
use crate::time::record::{
    EvidenceRecord, RecordTail, ReducedHashTree, Renewal, archive_time_stamp, imprint_algorithm,
};
use crate::time::token_revocation::with_material;
use crate::verify::{Content, Verifier};

/// The next layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    /// An archive-time-stamp-v3 with imprint and index by this algorithm.
    Archive(DigestAlgorithm),
    /// A renewal of the record.
    Record(Renewal),
}

/// Returns the SignedData of a file that no evidence record in it is over.
pub(super) fn without_records<'a>(octets: &'a [u8], kind: Kind<'_>) -> Result<Option<SignedData<'a>>, NotRenewable> {
    match kind {
        Kind::File(_) => parsed(octets).map(|signed_data| Some(signed_data).filter(|file| !holds_record(file))),
        Kind::Record(_) => Ok(None),
    }
}

fn holds_record(signed_data: &SignedData<'_>) -> bool {
    let unsigned = signed_data.signer_infos.iter().filter_map(|signer_info| signer_info.unsigned_attributes.as_ref());
    let records = [oid::EVIDENCE_RECORD_INTERNAL, oid::EVIDENCE_RECORD_EXTERNAL];
    unsigned.flat_map(|attributes| attributes.iter()).any(|attribute| records.iter().any(|oid| attribute.oid == *oid))
}

/// Returns the layer that a timestamp by this algorithm would be.
///
/// # Errors
/// `NotDer`, `OlderForm`, `Signers`, `Record`.
pub(super) fn by_algorithm(octets: &[u8], kind: Kind<'_>, algorithm: DigestAlgorithm) -> Result<Layer, NotRenewable> {
    if let Some(signed_data) = without_records(octets, kind)? {
        check_archivable(octets, &signed_data)?;
        return Ok(Layer::Archive(algorithm));
    }
    Ok(Layer::Record(match record_algorithm(octets, kind)? {
        of_chain if of_chain == algorithm => Renewal::Timestamp,
        _ => Renewal::HashTree(algorithm),
    }))
}

/// Returns the hash algorithm of the last chain of the record.
pub(super) fn record_algorithm(octets: &[u8], kind: Kind<'_>) -> Result<DigestAlgorithm, NotRenewable> {
    let tail = tail(octets, kind)?;
    record(&tail)?.last_algorithm().ok_or(NotRenewable::Record)
}

/// Returns the end of the record in a file, or of a record by itself.
///
/// # Errors
/// `Record`.
pub(super) fn tail<'a>(octets: &'a [u8], kind: Kind<'_>) -> Result<RecordTail<'a>, NotRenewable> {
    let tail = match kind {
        Kind::File(_) => RecordTail::of_file(octets),
        Kind::Record(_) => RecordTail::of_record(octets),
    };
    tail.ok_or(NotRenewable::Record)
}

fn record<'a>(tail: &RecordTail<'a>) -> Result<EvidenceRecord<'a>, NotRenewable> {
    EvidenceRecord::parse(tail.record()).map_err(|_| NotRenewable::Record)
}

/// Returns the strongest digest algorithm in a file: of its signer, and of the imprints of its timestamps.
pub(super) fn strongest(signed_data: &SignedData<'_>) -> Option<DigestAlgorithm> {
    let of_signers = signed_data.signer_infos.iter().map(|signer_info| signer_info.digest_algorithm.oid);
    let of_signers = of_signers.filter_map(DigestAlgorithm::from_oid);
    let imprints = [oid::SIGNATURE_TIME_STAMP, oid::ARCHIVE_TIME_STAMP_V3].map(|oid| imprints(signed_data, oid));
    of_signers.chain(imprints.into_iter().flatten()).max_by_key(|algorithm| strength(*algorithm))
}

fn imprints(signed_data: &SignedData<'_>, oid: ObjectIdentifier) -> impl Iterator<Item = DigestAlgorithm> {
    let unsigned = signed_data.signer_infos.iter().filter_map(|signer_info| signer_info.unsigned_attributes.as_ref());
    let tokens =
        unsigned.flat_map(move |attributes| attributes.find(oid)).flat_map(|attribute| attribute.values.iter());
    let tokens = tokens.filter_map(|value| TimeStampToken::from_bytes(value.raw).ok());
    tokens.filter_map(|token| imprint_algorithm(token.tst_info()))
}

/// Certificates and revocation data, with which others are verified.
#[derive(Default)]
pub(super) struct ValidationData {
    pub(super) certificates: Vec<Certificate>,
    pub(super) revocation: RevocationData,
}

/// Returns what lies in the cryptoInfos of the record, where nothing that is stamped covers it.
pub(super) fn beside_tokens(
    octets: &[u8],
    kind: Kind<'_>,
    layer: Layer,
    verifier: &Verifier,
) -> Result<ValidationData, NotRenewable> {
    match layer {
        Layer::Archive(_) => Ok(ValidationData::default()),
        Layer::Record(_) => {
            let (certificates, revocation) = verifier.in_crypto_infos(&record(&tail(octets, kind)?)?);
            Ok(ValidationData { certificates, revocation })
        }
    }
}

/// Returns the file with everything that the layer covers: certificates and revocation data beside the signature, or in
/// the last token of the record.
pub(super) fn extended(
    octets: &[u8],
    kind: Kind<'_>,
    layer: Layer,
    data: &ValidationData,
) -> Result<Vec<u8>, NotRenewable> {
    let ValidationData { certificates, revocation } = data;
    match layer {
        Layer::Archive(algorithm) => {
            let extended = for_archiving(&parsed(octets)?, certificates, revocation, algorithm);
            if !is_der(&extended) {
                return Err(NotRenewable::AdditionNotDer);
            }
            // What is in DER, and could be read before, can be read unless there is too much of it now.
            parsed(&extended).map_err(|_| NotRenewable::TooLarge)?;
            Ok(extended)
        }
        Layer::Record(_) => {
            let tail = tail(octets, kind)?;
            let token = TimeStampToken::from_bytes(tail.token()).map_err(|_| NotRenewable::Record)?;
            let extended = with_material(&token, certificates, revocation).map_err(|_| NotRenewable::TooLarge)?;
            check_addition(&token, &extended)?;
            Ok(tail.with_token(extended.to_definite()))
        }
    }
}

/// Checks that a token is in DER with what was added to it, where it was before.
///
/// # Errors
/// `AdditionNotDer`.
pub(super) fn check_addition(token: &TimeStampToken, extended: &TimeStampToken) -> Result<(), NotRenewable> {
    let worsened = is_der(token.to_definite()) && !is_der(extended.to_definite());
    if worsened { Err(NotRenewable::AdditionNotDer) } else { Ok(()) }
}

/// Computes the digest that is stamped.
pub(super) fn imprint(octets: &[u8], kind: Kind<'_>, layer: Layer) -> Result<Digest, NotRenewable> {
    match layer {
        Layer::Archive(algorithm) => {
            let signed_data = parsed(octets)?;
            let signer_info = only_signer(&signed_data)?;
            let index = hash_index(&signed_data, signer_info, algorithm);
            let attached = signed_data.encap_content_info.content;
            let digest = |algorithm| content_digest(kind, attached, algorithm);
            imprint_with_index(&signed_data, signer_info, &digest, &index, algorithm)
                .ok_or(NotRenewable::DigestMissing(algorithm))
        }
        Layer::Record(renewal) => {
            let tail = tail(octets, kind)?;
            let record = record(&tail)?;
            match renewal {
                Renewal::Timestamp => {
                    let object = object_digest(octets, kind, last_algorithm(&record)?)?;
                    record.renewal_leaf(renewal, &object).ok_or(NotRenewable::Record)
                }
                Renewal::HashTree(algorithm) => {
                    let NewTree { first, way } = NewTree::of(octets, kind, &record, algorithm)?;
                    way.root(&first).ok_or(NotRenewable::Record)
                }
            }
        }
    }
}

/// A new hash tree over the object of a file or a record, or over all objects of a data group.
struct NewTree {
    /// The leaf of the first object.
    first: Digest,
    /// The way to the root, which is the same from each leaf.
    way: ReducedHashTree,
}

impl NewTree {
    fn of(
        octets: &[u8],
        kind: Kind<'_>,
        record: &EvidenceRecord<'_>,
        algorithm: DigestAlgorithm,
    ) -> Result<Self, NotRenewable> {
        let objects = match kind {
            Kind::File(_) => vec![object_digest(octets, kind, algorithm)?],
            Kind::Record(objects) => {
                let digests = objects.iter().map(|object| object.get(algorithm));
                digests.collect::<Option<_>>().ok_or(NotRenewable::DigestMissing(algorithm))?
            }
        };
        let leaves = objects.iter().map(|object| record.renewal_leaf(Renewal::HashTree(algorithm), object));
        let leaves: Vec<Digest> = leaves.collect::<Option<_>>().ok_or(NotRenewable::Record)?;
        let first = leaves.first().copied().ok_or(NotRenewable::DigestMissing(algorithm))?;
        let way = ReducedHashTree::of_group(algorithm, leaves).ok_or(NotRenewable::Record)?;
        Ok(Self { first, way })
    }
}

fn content_digest(kind: Kind<'_>, attached: Option<&[u8]>, algorithm: DigestAlgorithm) -> Option<Digest> {
    match (kind, attached) {
        (Kind::File(Content::Octets(octets)), _)
        | (Kind::File(Content::Attached | Content::Digests(_)), Some(octets)) => Some(algorithm.digest(octets)),
        (Kind::File(Content::Digests(digests)), None) => digests.get(algorithm),
        (Kind::File(Content::Attached), None) | (Kind::Record(_), _) => None,
    }
}

/// Returns the leaf of a file or of a record over one object in a new hash tree.
///
/// # Errors
/// `Record`, `DigestMissing`.
pub(super) fn leaf(octets: &[u8], kind: Kind<'_>, algorithm: DigestAlgorithm) -> Result<Digest, NotRenewable> {
    imprint(octets, kind, Layer::Record(Renewal::HashTree(algorithm)))
}

/// Returns the digest of the object that a record is over, or of the first one. A renewed timestamp does not ask for it.
pub(super) fn object_digest(octets: &[u8], kind: Kind<'_>, algorithm: DigestAlgorithm) -> Result<Digest, NotRenewable> {
    match kind {
        Kind::File(_) => Ok(algorithm.digest(&without_record(octets)?)),
        Kind::Record(objects) => {
            objects.first().and_then(|object| object.get(algorithm)).ok_or(NotRenewable::DigestMissing(algorithm))
        }
    }
}

/// Checks that a token is in DER. A file that holds it would not be in DER either, and could not be renewed again; and a
/// record would be hashed as stored by some verifiers and in DER by others.
///
/// # Errors
/// `TokenNotDer`.
pub(super) fn check_der(token: &TimeStampToken) -> Result<(), RenewalError> {
    if is_der(token.to_definite()) { Ok(()) } else { Err(RenewalError::TokenNotDer) }
}

/// Returns the file or record with the layer. The token is over its [`imprint`].
///
/// # Errors
/// `TokenNotDer`; `NotRenewable` with `NotDer`, `Record`, `Signers`, `DigestMissing`.
pub(super) fn with_token(
    octets: &[u8],
    kind: Kind<'_>,
    layer: Layer,
    token: &TimeStampToken,
) -> Result<Vec<u8>, RenewalError> {
    check_der(token)?;
    match layer {
        Layer::Archive(algorithm) => {
            let signed_data = parsed(octets)?;
            let signer_info = only_signer(&signed_data)?;
            let index = hash_index(&signed_data, signer_info, algorithm);
            let archived = with_archive_timestamp(&signed_data, signer_info, token.to_definite(), &index)
                .map_err(|_| NotRenewable::NotDer)?;
            if is_der(&archived) { Ok(archived) } else { Err(RenewalError::TokenNotDer) }
        }
        Layer::Record(Renewal::Timestamp) => {
            let tail = tail(octets, kind)?;
            let added = archive_time_stamp(last_algorithm(&record(&tail)?)?, token);
            Ok(tail.with_archive_time_stamp(tail.token(), &added))
        }
        Layer::Record(Renewal::HashTree(algorithm)) => {
            let tree = NewTree::of(octets, kind, &record(&tail(octets, kind)?)?, algorithm)?;
            Ok(with_chain(octets, kind, &tree.first, tree.way, token)?)
        }
    }
}

/// Returns the file or record with a new chain, whose token is over the root that the way leads to from the leaf.
///
/// # Errors
/// `Record`.
pub(super) fn with_chain(
    octets: &[u8],
    kind: Kind<'_>,
    leaf: &Digest,
    reduced: ReducedHashTree,
    token: &TimeStampToken,
) -> Result<Vec<u8>, NotRenewable> {
    let record = record(&tail(octets, kind)?)?;
    let renewal = Renewal::HashTree(leaf.algorithm());
    let renewed = record.renewed(renewal, &reduced.of_later_chain(leaf), token);
    let renewed = renewed.map_err(|_| NotRenewable::Record)?;
    match kind {
        Kind::File(_) => with_record(&without_record(octets)?, &renewed),
        Kind::Record(_) => Ok(renewed),
    }
}

fn last_algorithm(record: &EvidenceRecord<'_>) -> Result<DigestAlgorithm, NotRenewable> {
    record.last_algorithm().ok_or(NotRenewable::Record)
}

/// The file as it was before the record, which is the object of the record.
fn without_record(file: &[u8]) -> Result<Vec<u8>, NotRenewable> {
    let without = without_attributes(file, Lengths::Any, &|_, _, oid| oid == oid::EVIDENCE_RECORD_INTERNAL);
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

fn only_signer<'s, 'a>(signed_data: &'s SignedData<'a>) -> Result<&'s SignerInfo<'a>, NotRenewable> {
    match signed_data.signer_infos.as_slice() {
        [signer_info] => Ok(signer_info),
        signer_infos => Err(NotRenewable::Signers(signer_infos.len())),
    }
}
