//! The renewal of one token, in all the records that hold it.

use std::fmt;
use std::slice;
use std::sync::Arc;

use rfc3161_client::TimeStampToken;
use signed_data::tlv::{Reader, Tag};

use super::error::{NotInRenewal, NotRenewable};
use super::extension::Extension;
use super::judge::Kind;
use super::layer;
use super::parts::Parts;
use crate::asn1::last::split_last;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::time::record::{EvidenceRecord, KeptLevels, RecordTail, SparseTree, start, token_imprint};
use crate::verify::{Content, ContentDigests};

/// The renewal of a batch: one token renews all of its records. Their last token gets the same revocation data, and after it
/// stands the same ArchiveTimeStamp, or, where a new hash tree was made, a new chain with the same token. All else stays octet
/// for octet.
///
/// A [`Renewer`](super::Renewer) renews the timestamp of any one file or record of the batch, and verifies it; a
/// [`BatchRehash`](super::BatchRehash) gives all of them a new hash tree. This value repeats the renewal for the others and
/// verifies nothing but that each record begins with its object. For that each file is hashed; a record beside its file is
/// repeated at the speed of a copy. [`Renewer::repeat`](super::Renewer::repeat) does the same for files that nobody
/// verified yet, and for those of several sealers. It is not stored itself: the one file, as it was and as it is, gives it
/// again, with the [leaves](Self::leaves) of the tree where there is one.
///
/// ```
/// # use chrono::Utc;
/// # use recommande::{rfc3161_client::TsaPool, verify::Content};
/// use recommande::preserve::{BatchRenewal, Renewer};
/// # fn renewed(renewer: &Renewer<'_>, tsas: &TsaPool, files: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error>> {
/// # let first = &files[0];
/// let renewed = renewer.renew(first, Content::Attached, tsas, Utc::now())?;
/// let renewal = BatchRenewal::between(first, &renewed)?;
/// let all = files.iter().map(|file| renewal.file(file)).collect::<Result<Vec<_>, _>>()?;
/// # Ok(all)
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BatchRenewal {
    extension: Extension,
    added: Added,
}

/// What stands after the last token.
#[derive(Clone, PartialEq, Eq)]
enum Added {
    /// The next ArchiveTimeStamp, the same in each record.
    Timestamp(Vec<u8>),
    /// A new chain, in each record with its own way to the root of the tree.
    HashTree(Arc<SparseTree>, Box<TimeStampToken>),
}

impl From<NotRenewable> for NotInRenewal {
    fn from(why: NotRenewable) -> Self {
        if let NotRenewable::DigestMissing(algorithm) = why { Self::DigestMissing(algorithm) } else { Self::Record }
    }
}

impl BatchRenewal {
    /// Reads the renewal of a timestamp out of one file, or one record, as it was before it and as it is after it.
    ///
    /// The files may come from a store that anybody writes to. The token that renews is therefore checked as far as that needs
    /// no verifier: it is over the token before, its signature holds, if the certificate of its signer is in it, and it is of no
    /// earlier time. A token without that certificate may be forged. Whether its TSA is trusted is
    /// what a [`Renewer`](super::Renewer) asks before it attaches a token, and when it [repeats](super::Renewer::repeat) one.
    ///
    /// # Errors
    /// `Record`, `NoTimestampRenewal`; `Extended`, `Token`.
    pub fn between(before: &[u8], after: &[u8]) -> Result<Self, NotInRenewal> {
        if let (Some(before), Some(after)) = (Parts::of(before), Parts::of(after)) {
            return Self::between(before?.seal(), after?.seal());
        }
        let (old, new) = (of_any(before)?, of_any(after)?);
        let record = parsed(&new)?;
        let stamps = record.chains.last().map(|chain| chain.archive_time_stamps.as_slice()).unwrap_or_default();
        let [.., extended, _] = stamps else { return Err(NotInRenewal::NoTimestampRenewal) };
        let added = new.archive_time_stamp().to_vec();
        if old.with_archive_time_stamp(extended.time_stamp, &added) != after {
            return Err(NotInRenewal::NoTimestampRenewal);
        }
        let extension = Extension::new(old.token(), extended.time_stamp)?;
        let algorithm = record.last_algorithm().ok_or(NotInRenewal::Record)?;
        let renewal = Self { extension, added: Added::Timestamp(added) };
        let token = renewal.added_token().ok_or(NotInRenewal::Record)?;
        renewal.extension.check_added(&token, &algorithm.digest(renewal.extended()))?;
        Ok(renewal)
    }

    /// Reads the renewal by a new hash tree out of one file, or one record, as it was before it and as it is after it, and
    /// the [leaves](Self::leaves) of the tree. The token is checked as [`between`](Self::between) does.
    ///
    /// # Errors
    /// `Record`, `NoHashTree`; `Extended`, `Token`.
    pub fn between_trees(before: &[u8], after: &[u8], leaves: Vec<u8>) -> Result<Self, NotInRenewal> {
        let (old, new) = (of_any(before)?, of_any(after)?);
        let record = parsed(&new)?;
        let [earlier @ .., last] = record.chains.as_slice() else { return Err(NotInRenewal::NoHashTree) };
        let extended = earlier.last().and_then(|chain| chain.archive_time_stamps.last());
        let extended = extended.ok_or(NotInRenewal::NoHashTree)?.time_stamp;
        let [only] = last.archive_time_stamps.as_slice() else { return Err(NotInRenewal::NoHashTree) };
        let token = TimeStampToken::from_bytes(only.time_stamp).map_err(|_| NotInRenewal::NoHashTree)?;
        let algorithm = record.last_algorithm().ok_or(NotInRenewal::NoHashTree)?;
        let tree = SparseTree::of_octets(algorithm, leaves, KeptLevels::Most).ok_or(NotInRenewal::NoHashTree)?;
        let listed = only.reduced_hash_tree.as_deref().and_then(<[_]>::first).map(Vec::as_slice).unwrap_or_default();
        let listed = listed.iter().filter_map(|hash| Digest::new(algorithm, hash));
        let extension = Extension::new(old.token(), extended)?;
        let root = tree.root();
        let is_stamped = token_imprint(&token) == Some(root);
        let renewal = Self::of_tree(extension, Arc::new(tree), token.clone());
        let is_renewed = || match RecordTail::of_file(before) {
            Some(_) => renewal.file(before).is_ok_and(|renewed| renewed == after),
            None => renewal.is_renewed_record(before, after, listed),
        };
        if !(is_stamped && is_renewed()) {
            return Err(NotInRenewal::NoHashTree);
        }
        renewal.extension.check_added(&token, &root)?;
        Ok(renewal)
    }

    /// Whether the one record is the other with its new hash tree. The object is not at hand: its leaf is one of those in the
    /// first list of the way to the root.
    fn is_renewed_record(&self, before: &[u8], after: &[u8], mut listed: impl Iterator<Item = Digest>) -> bool {
        let Added::HashTree(tree, token) = &self.added else { return false };
        let unknown = [ContentDigests::new([])];
        let kind = Kind::Record(&unknown);
        let Ok(extended) = self.extension.of(before, kind) else { return false };
        listed.any(|leaf| with_way(tree, token, &extended, kind, &leaf).is_ok_and(|renewed| renewed == after))
    }

    pub(super) fn of_tree(extension: Extension, tree: Arc<SparseTree>, token: TimeStampToken) -> Self {
        Self { extension, added: Added::HashTree(tree, Box::new(token)) }
    }

    /// Returns the leaves of the new hash tree: sorted digests, one after the other. It is `None` for the renewal of a
    /// timestamp.
    pub fn leaves(&self) -> Option<&[u8]> {
        match &self.added {
            Added::Timestamp(_) => None,
            Added::HashTree(tree, _) => Some(tree.leaves()),
        }
    }

    /// Renews a file with the record of the same batch in it. Nothing but the last token of the record and the digest of the
    /// file is looked at.
    ///
    /// # Errors
    /// `Record`, `OtherToken`, `Changed`, `LeftOut`.
    pub fn file(&self, file: &[u8]) -> Result<Vec<u8>, NotInRenewal> {
        match Parts::of(file) {
            Some(parts) => self.parts(&parts?),
            None => self.renewed(file, Kind::File(Content::Attached)),
        }
    }

    /// Renews a record of the same batch. Nothing but its last token and the digest of the object is looked at: that by the
    /// first algorithm of the record, or for a new hash tree those by its own and the new one.
    ///
    /// # Errors
    /// `Record`, `OtherToken`, `Changed`, `LeftOut`, `DigestMissing`.
    pub fn record(&self, record: &[u8], object: &ContentDigests) -> Result<Vec<u8>, NotInRenewal> {
        self.renewed(record, Kind::Record(slice::from_ref(object)))
    }

    /// The algorithm of the new hash tree, where there is one.
    pub(super) fn algorithm(&self) -> Option<DigestAlgorithm> {
        match &self.added {
            Added::Timestamp(_) => None,
            Added::HashTree(tree, _) => Some(tree.algorithm()),
        }
    }

    /// Returns the batch that the renewal is of, as [`batch_of`](Self::batch_of) gives that of a file.
    pub fn batch(&self) -> Digest {
        batch_of_token(self.token())
    }

    /// Returns the batch of a file or a record before its renewal: the SHA-256 digest of its last token, which all of a batch
    /// have in common. Whoever keeps several renewals finds that of a file by it. It is `None` for what has no record that can
    /// be renewed where it is.
    pub fn batch_of(octets: &[u8]) -> Option<Digest> {
        match Parts::of(octets) {
            Some(parts) => Self::batch_of(parts.ok()?.seal()),
            None => of_any(octets).ok().map(|tail| batch_of_token(tail.token())),
        }
    }

    pub(super) fn token(&self) -> &[u8] {
        self.extension.token()
    }

    pub(super) fn extended(&self) -> &[u8] {
        self.extension.extended()
    }

    /// Returns the token that renews.
    pub(super) fn added_token(&self) -> Option<TimeStampToken> {
        match &self.added {
            Added::Timestamp(added) => {
                let mut reader = Reader::new(added, "ArchiveTimeStamp");
                let (_, token) = split_last(&reader.any().ok()?, Tag::SEQUENCE)?;
                TimeStampToken::from_bytes(token.raw).ok()
            }
            Added::HashTree(_, token) => Some(TimeStampToken::clone(token)),
        }
    }

    fn renewed(&self, octets: &[u8], kind: Kind<'_>) -> Result<Vec<u8>, NotInRenewal> {
        let tail = self.extension.tail(octets, kind)?;
        match &self.added {
            Added::Timestamp(added) => {
                check_object(&tail, octets, kind)?;
                Ok(tail.with_archive_time_stamp(self.extension.extended(), added))
            }
            Added::HashTree(tree, token) => in_tree(tree, token, &tail.with_token(self.extension.extended()), kind),
        }
    }

    /// Returns the file or record with the data that was added to its last token, and the same renewed.
    pub(super) fn extended_and_renewed(
        &self,
        octets: &[u8],
        kind: Kind<'_>,
    ) -> Result<(Vec<u8>, Vec<u8>), NotInRenewal> {
        let tail = self.extension.tail(octets, kind)?;
        let extended = tail.with_token(self.extension.extended());
        let renewed = match &self.added {
            Added::Timestamp(added) => tail.with_archive_time_stamp(self.extension.extended(), added),
            Added::HashTree(tree, token) => in_tree(tree, token, &extended, kind)?,
        };
        Ok((extended, renewed))
    }
}

/// Checks that the record begins with its object. A file that was changed would be kept, renewed again and again, and found to
/// be worth nothing when it is needed. A record with the token of the batch that cannot be read was changed too.
///
/// # Errors
/// `Changed`, `DigestMissing`.
fn check_object(tail: &RecordTail<'_>, octets: &[u8], kind: Kind<'_>) -> Result<(), NotInRenewal> {
    let record = parsed(tail).map_err(|_| NotInRenewal::Changed)?;
    let digest = |algorithm| layer::object_digest(octets, kind, algorithm).ok();
    match (start(&record, digest), kind) {
        (Some((_, Some(true))), _) => Ok(()),
        (Some((algorithm, None)), Kind::Record(_)) => Err(NotInRenewal::DigestMissing(algorithm)),
        (Some((_, Some(false) | None)) | None, _) => Err(NotInRenewal::Changed),
    }
}

/// Returns the file or record with the new chain, in which the way of the file or record itself stands.
fn in_tree(
    tree: &SparseTree,
    token: &TimeStampToken,
    extended: &[u8],
    kind: Kind<'_>,
) -> Result<Vec<u8>, NotInRenewal> {
    with_way(tree, token, extended, kind, &layer::leaf(extended, kind, tree.algorithm())?)
}

/// Returns the file or record with the new chain, in which the way of its leaf stands.
fn with_way(
    tree: &SparseTree,
    token: &TimeStampToken,
    extended: &[u8],
    kind: Kind<'_>,
    leaf: &Digest,
) -> Result<Vec<u8>, NotInRenewal> {
    let reduced = tree.reduced(leaf).ok_or(NotInRenewal::LeftOut)?;
    Ok(layer::with_chain(extended, kind, leaf, reduced, token)?)
}

fn batch_of_token(token: &[u8]) -> Digest {
    DigestAlgorithm::Sha256.digest(token)
}

fn of_any(octets: &[u8]) -> Result<RecordTail<'_>, NotInRenewal> {
    RecordTail::of_file(octets).or_else(|| RecordTail::of_record(octets)).ok_or(NotInRenewal::Record)
}

fn parsed<'a>(tail: &RecordTail<'a>) -> Result<EvidenceRecord<'a>, NotInRenewal> {
    EvidenceRecord::parse(tail.record()).map_err(|_| NotInRenewal::Record)
}

impl fmt::Debug for BatchRenewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.added {
            Added::Timestamp(added) => write!(f, "BatchRenewal({} octets)", added.len()),
            Added::HashTree(tree, _) => {
                write!(f, "BatchRenewal({} objects by {})", tree.leaf_count(), tree.algorithm())
            }
        }
    }
}
