//! An aggregated batch with its timestamp, and the records and proofs that it gives.

use std::fmt;
use std::sync::Arc;

use rfc3161_client::TimeStampToken;

use super::batch_seal::covered_digest;
use super::parts::{Covered, check_parts, tree_of};
use super::{AggregateError, AggregateItem, Aggregated, AggregatedFile, BatchSeal};
use crate::asn1::oid;
use crate::cms::Appendable;
use crate::crypto::Digest;
use crate::evidence::Statement;
use crate::pki::revocation::RevocationData;
use crate::seal::error::DecodeError;
use crate::seal::unstamped::INTERNAL;
use crate::seal::{Artifact, Envelope, Proof, SecondSeal, Unstamped};
use crate::time::record::{EvidenceRecord, NewRecord, RecordTail, ReducedHashTree, SparseTree, token_imprint};
use crate::time::token_revocation::with_material;

/// A stamped batch, which makes the evidence record and the proof of each of its statements when they are asked for. A copy
/// shares tree and token.
///
/// Store the [`seal`](Self::seal), which holds the token, and the [`leaves`](Self::leaves), or in the place of the leaves the
/// statements: [`from_parts`](Self::from_parts) gives this value again.
#[derive(Clone)]
pub struct StampedAggregate {
    tree: Arc<SparseTree>,
    token: Arc<TimeStampToken>,
    /// The hashes that end each record.
    seals: Vec<Digest>,
    seal: BatchSeal,
    second: Option<SecondSeal>,
}

/// The statement is not in the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the statement is not in this batch")]
pub struct NotAggregated;

impl StampedAggregate {
    pub(super) fn new(
        tree: Arc<SparseTree>,
        seal: Unstamped<BatchSeal>,
        second: Option<Unstamped<SecondSeal>>,
        covered: &Covered,
        token: TimeStampToken,
    ) -> Result<Self, DecodeError> {
        let with_record = |file: &[u8], way: &ReducedHashTree| {
            let record = NewRecord::of(way, tree.algorithm(), &token);
            // It was found appendable when it was made or read.
            let appendable = Appendable::of(file).map_err(|_| DecodeError::EvidenceRecord)?;
            let push = |out: &mut Vec<u8>| record.push(out);
            let stamped = appendable.with_unsigned_attribute(oid::EVIDENCE_RECORD_INTERNAL, record.length(), push);
            Envelope::from_der(stamped)
        };
        // It is read once here: all proofs of the batch share its structure.
        let stamped = with_record(seal.der(), &covered.way_of_seal())?;
        let stamped = seal.into_artifact().with_envelope(stamped, INTERNAL);
        let second = match second.zip(covered.way_of_second()) {
            Some((second, way)) => {
                let stamped = with_record(second.der(), &way)?;
                Some(second.into_artifact().with_envelope(stamped, INTERNAL))
            }
            None => None,
        };
        let (token, seals) = (Arc::new(token), covered.seals());
        Ok(Self { tree, token, seals, seal: stamped, second })
    }

    /// Reads what was stored of a stamped batch: its seal and its second seal, with their records, and its leaves, in any order.
    ///
    /// Nothing is verified but that the parts fit each other.
    ///
    /// # Errors
    /// `Damaged`; `Renewed` where the record in the seal was renewed.
    pub fn from_parts(seal: &[u8], second: Option<&[u8]>, leaves: Vec<u8>) -> Result<Self, AggregateError> {
        let damaged = AggregateError::Damaged;
        let stored = BatchSeal::from_der(seal).map_err(|_| damaged("the seal cannot be read"))?;
        let tree = tree_of(&stored, leaves)?;
        let second = second.map(SecondSeal::from_der).transpose();
        let second = second.map_err(|_| damaged("the second seal cannot be read"))?;
        check_parts(&stored, second.as_ref(), &tree)?;
        let covered = Covered {
            root: tree.root(),
            seal: stored.covered_digest().ok_or(damaged("the seal cannot be read"))?,
            second: match &second {
                Some(second) => {
                    let digest = covered_digest(second.der(), tree.algorithm());
                    Some(digest.ok_or(damaged("the second seal cannot be read"))?)
                }
                None => None,
            },
        };
        let token = only_token(seal, "the seal has no record")?;
        let is_stamped = token_imprint(&token) == covered.imprint();
        if !is_stamped {
            return Err(damaged("the record in the seal is over something else"));
        }
        if let Some(second) = &second
            && token_imprint(&only_token(second.der(), "the second seal has no record")?) != covered.imprint()
        {
            return Err(damaged("the record in the second seal is over something else"));
        }
        let (token, seals, tree) = (Arc::new(token), covered.seals(), Arc::new(tree));
        Ok(Self { tree, token, seals, seal: stored, second })
    }

    /// Adds CRLs and OCSP responses about the TSA's chain to the `crls` of the token, as
    /// [`StampedBatch::with_revocation`](crate::seal::StampedBatch::with_revocation) does. The seal is stored again afterwards;
    /// proofs that were made before remain complete.
    ///
    /// # Errors
    /// `Token` when the token would be larger than what is read back; `Damaged` where it cannot take its place in a seal, which
    /// would then hold another token than the records of the statements.
    pub fn with_revocation(self, data: &RevocationData) -> Result<Self, AggregateError> {
        let token = with_material(&self.token, &[], data)?;
        let with_token = |file: &[u8]| {
            let renewed = RecordTail::of_file(file).map(|tail| tail.with_token(token.to_definite()));
            let envelope = renewed.and_then(|der| Envelope::from_der(der).ok());
            envelope.ok_or(AggregateError::Damaged("a seal cannot hold the token with that data"))
        };
        let envelope = with_token(self.seal.der())?;
        let seal = self.seal.with_envelope(envelope, INTERNAL);
        let second = match self.second {
            Some(second) => {
                let envelope = with_token(second.der())?;
                Some(second.with_envelope(envelope, INTERNAL))
            }
            None => None,
        };
        Ok(Self { token: Arc::new(token), seal, second, ..self })
    }

    /// Returns the number of different statements.
    pub fn leaf_count(&self) -> usize {
        self.tree.leaf_count()
    }

    /// Returns the leaves of the tree: sorted digests of the statements, one after the other.
    pub fn leaves(&self) -> &[u8] {
        self.tree.leaves()
    }

    /// Returns the token that all records of the batch share, with the revocation data that was added.
    pub fn token(&self) -> &TimeStampToken {
        &self.token
    }

    /// Returns the seal that all proofs share, with its own evidence record in it (`seal.p7m`).
    pub fn seal(&self) -> &BatchSeal {
        &self.seal
    }

    /// Returns the second seal that all proofs share, with its own evidence record in it (`seal.pq.p7s`).
    pub fn second_seal(&self) -> Option<&SecondSeal> {
        self.second.as_ref()
    }

    /// Returns the evidence record of a statement in DER (`name.ers`).
    ///
    /// # Errors
    /// [`NotAggregated`].
    pub fn record(&self, statement: &impl Aggregated) -> Result<Vec<u8>, NotAggregated> {
        self.record_of_leaf(&statement.member().leaf(self.tree.algorithm()))
    }

    /// Returns the evidence record of a stored statement in DER (`name.ers`). Nothing of its octets (`name.json`) is decoded.
    ///
    /// # Errors
    /// [`NotAggregated`].
    pub fn record_of(&self, statement: &[u8]) -> Result<Vec<u8>, NotAggregated> {
        self.record_of_leaf(&self.tree.algorithm().digest(statement))
    }

    /// Makes the proof of a statement.
    ///
    /// # Errors
    /// [`NotAggregated`].
    pub fn proof<S: Statement>(&self, item: AggregateItem<S>) -> Result<Proof<S>, NotAggregated> {
        self.proof_or_item(item).map_err(|_| NotAggregated)
    }

    /// Makes the proof of a statement, or gives back one that is not in the batch.
    pub(in crate::seal) fn proof_or_item<S: Statement>(
        &self,
        item: AggregateItem<S>,
    ) -> Result<Proof<S>, AggregateItem<S>> {
        let Ok(record) = self.record(&item) else { return Err(item) };
        let (statement, issuer, json, id) = item.into_parts();
        Ok(Proof::aggregated(AggregatedFile::new(json, record, self.seal.clone()), statement, issuer, id))
    }

    fn record_of_leaf(&self, leaf: &Digest) -> Result<Vec<u8>, NotAggregated> {
        let way = self.tree.reduced(leaf).ok_or(NotAggregated)?.followed_by(leaf, &self.seals);
        Ok(NewRecord::of(&way, self.tree.algorithm(), &self.token).to_der())
    }
}

/// Returns the token of the record in a file. A record that was renewed has several, and others of the batch would be made
/// without the later ones.
fn only_token(file: &[u8], lacks_record: &'static str) -> Result<TimeStampToken, AggregateError> {
    let damaged = AggregateError::Damaged(lacks_record);
    let tail = RecordTail::of_file(file).ok_or(damaged.clone())?;
    let record = EvidenceRecord::parse(tail.record()).map_err(|_| damaged.clone())?;
    let mut stamps = record.archive_time_stamps();
    match (stamps.next(), stamps.next()) {
        (Some(stamp), None) => TimeStampToken::from_bytes(stamp.time_stamp).map_err(|_| damaged),
        (Some(_), Some(_)) => Err(AggregateError::Renewed),
        (None, _) => Err(damaged),
    }
}

impl fmt::Debug for StampedAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StampedAggregate")
            .field("leaf_count", &self.leaf_count())
            .field("gen_time", &self.token.tst_info().gen_time)
            .finish_non_exhaustive()
    }
}
