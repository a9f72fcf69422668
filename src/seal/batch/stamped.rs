//! A batch with its timestamp, and the proofs that come of it.

use std::fmt;
use std::sync::Arc;

use rfc3161_client::TimeStampToken;

use crate::asn1::oid;
use crate::cms::Appendable;
use crate::crypto::Digest;
use crate::pki::revocation::RevocationData;
use crate::seal::unstamped::INTERNAL;
use crate::seal::{Artifact, Envelope, Unstamped};
use crate::time::record::{HashTree, NewRecord, ReducedHashTree, crypto_infos};

/// A timestamped batch: from each of its seals it makes the proof. A copy of it shares tree and token.
///
/// It is not stored itself: the seals, the request and the response give it again.
#[derive(Clone)]
pub struct StampedBatch {
    tree: Arc<HashTree>,
    token: Arc<TimeStampToken>,
    crypto_infos: Arc<[u8]>,
}

/// The seal is not in the batch, which was built over other octets. It is given back.
#[derive(thiserror::Error)]
#[error("the seal is not in this batch")]
pub struct NotInBatch<A> {
    /// The seal, untouched.
    pub unstamped: Unstamped<A>,
}

impl<A> fmt::Debug for NotInBatch<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NotInBatch")
    }
}

impl StampedBatch {
    pub(super) fn new(tree: Arc<HashTree>, token: TimeStampToken) -> Self {
        Self { tree, token: Arc::new(token), crypto_infos: Arc::default() }
    }

    /// With CRLs and OCSP responses about the TSA's chain in every record (cryptoInfos), so that a proof can be
    /// verified when nobody publishes them any more. They take the place of what was given before. Proofs that were
    /// made without stay as they are: each of them is complete.
    #[must_use]
    pub fn with_revocation(self, data: &RevocationData) -> Self {
        Self { crypto_infos: crypto_infos(data).into(), ..self }
    }

    /// How many different seals it is of.
    pub fn leaf_count(&self) -> usize {
        self.tree.leaf_count()
    }

    /// The token that all its proofs share.
    pub fn token(&self) -> &TimeStampToken {
        &self.token
    }

    /// The proof: the seal with its evidence record in it (id-aa-er-internal, [RFC 4998 appendix
    /// A](https://www.rfc-editor.org/rfc/rfc4998#appendix-A)). Every other octet of the seal stays.
    ///
    /// # Errors
    /// The seal, when it is not in the batch.
    pub fn proof<A: Artifact>(&self, unstamped: Unstamped<A>) -> Result<A, NotInBatch<A>> {
        let leaf = unstamped.digest(self.tree.algorithm());
        self.proof_of(&leaf, unstamped)
    }

    /// By the leaf of the seal.
    pub(in crate::seal) fn proof_of<A: Artifact>(
        &self,
        leaf: &Digest,
        unstamped: Unstamped<A>,
    ) -> Result<A, NotInBatch<A>> {
        let Some(reduced) = self.tree.reduced(leaf) else { return Err(NotInBatch { unstamped }) };
        // What is in the batch was looked at when it was added.
        let Ok(appendable) = Appendable::of(unstamped.der()) else { return Err(NotInBatch { unstamped }) };
        let record = self.record_by(&reduced);
        let push = |out: &mut Vec<u8>| record.push(out);
        let der = appendable.with_unsigned_attribute(oid::EVIDENCE_RECORD_INTERNAL, record.length(), push);
        Ok(unstamped.into_artifact().with_envelope(Envelope::sealed(der), INTERNAL))
    }

    /// DER of the evidence record of a seal by itself, to be kept elsewhere than in the proof; `None` when it is not in
    /// the batch.
    pub fn record<A: Artifact>(&self, unstamped: &Unstamped<A>) -> Option<Vec<u8>> {
        let reduced = self.tree.reduced(&unstamped.digest(self.tree.algorithm()))?;
        Some(self.record_by(&reduced).to_der())
    }

    fn record_by<'a>(&'a self, reduced: &'a ReducedHashTree) -> NewRecord<'a> {
        NewRecord::of(reduced, self.tree.algorithm(), &self.crypto_infos, &self.token)
    }
}

impl fmt::Debug for StampedBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StampedBatch")
            .field("leaf_count", &self.leaf_count())
            .field("gen_time", &self.token.tst_info().gen_time)
            .finish_non_exhaustive()
    }
}
