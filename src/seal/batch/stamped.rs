//! A batch with its timestamp, and the proofs that it gives.

use std::fmt;
use std::sync::Arc;

use rfc3161_client::{TimeStampToken, TokenError};

use crate::asn1::oid;
use crate::cms::Appendable;
use crate::crypto::Digest;
use crate::pki::revocation::RevocationData;
use crate::seal::signing::Fit;
use crate::seal::unstamped::INTERNAL;
use crate::seal::{Artifact, Envelope, TimestampError, Unstamped};
use crate::time::record::{HashTree, NewRecord, ReducedHashTree};
use crate::time::token_revocation::with_material;

/// A timestamped batch, which makes the proof of each of its seals. A copy shares tree and token.
///
/// It is not stored itself, because the seals, the request and the response give it again.
#[derive(Clone)]
pub struct StampedBatch {
    tree: Arc<HashTree>,
    token: Arc<TimeStampToken>,
    fit: Fit,
}

/// The batch gives no proof of the seal, which is given back.
#[derive(thiserror::Error)]
#[error("{why}")]
pub struct NotInBatch<A> {
    /// The seal, unchanged.
    pub unstamped: Unstamped<A>,
    /// The reason.
    pub why: WhyNotInBatch,
}

/// The reason why a batch gives no proof of a seal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WhyNotInBatch {
    /// The batch was built over other octets.
    #[error("the seal is not in this batch")]
    OtherOctets,
    /// The time of the token fits other seals of the batch, but not this one: `BeforeSigning`, `TooLate`,
    /// `AfterExpiry`.
    #[error(transparent)]
    Timestamp(Box<TimestampError>),
}

impl<A> fmt::Debug for NotInBatch<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NotInBatch").field(&self.why).finish()
    }
}

impl StampedBatch {
    pub(super) fn new(tree: Arc<HashTree>, token: TimeStampToken, fit: Fit) -> Self {
        Self { tree, token: Arc::new(token), fit }
    }

    /// Adds CRLs and OCSP responses about the TSA's chain to the `crls` of the token ([RFC 5652
    /// §5.1](https://www.rfc-editor.org/rfc/rfc5652#section-5.1)), so that a proof can be verified when they are no longer
    /// published. The TSA's signature does not cover that field and stays valid; a later renewal covers it. Proofs that
    /// were made without them remain complete.
    ///
    /// An OCSP response that says `good` is left out where a CRL says as much: OpenSSL's `ts` and others do not read a
    /// token that holds one. Give CRLs wherever the TSA's issuers publish them.
    ///
    /// # Errors
    /// `Coding` when the token would be larger than what is read back.
    pub fn with_revocation(self, data: &RevocationData) -> Result<Self, TokenError> {
        let token = with_material(&self.token, &[], data)?;
        Ok(Self { token: Arc::new(token), ..self })
    }

    /// Returns the number of different seals in the batch.
    pub fn leaf_count(&self) -> usize {
        self.tree.leaf_count()
    }

    /// Returns the token that all proofs of the batch share, with the revocation data that was added.
    pub fn token(&self) -> &TimeStampToken {
        &self.token
    }

    /// Makes the proof: the seal with its evidence record in it (id-aa-er-internal, [RFC 4998 appendix
    /// A](https://www.rfc-editor.org/rfc/rfc4998#appendix-A)). Every other octet of the seal stays.
    ///
    /// # Errors
    /// The seal, when it is not in the batch or the time of the token does not fit it.
    pub fn proof<A: Artifact>(&self, unstamped: Unstamped<A>) -> Result<A, NotInBatch<A>> {
        let leaf = unstamped.digest(self.tree.algorithm());
        self.proof_of(&leaf, unstamped)
    }

    /// Makes the proof of a seal by its leaf.
    pub(in crate::seal) fn proof_of<A: Artifact>(
        &self,
        leaf: &Digest,
        unstamped: Unstamped<A>,
    ) -> Result<A, NotInBatch<A>> {
        let other_octets = WhyNotInBatch::OtherOctets;
        let Some(reduced) = self.tree.reduced(leaf) else { return Err(NotInBatch { unstamped, why: other_octets }) };
        if let Err(error) = self.fit.check(|| unstamped.signing()) {
            return Err(NotInBatch { unstamped, why: WhyNotInBatch::Timestamp(Box::new(error)) });
        }
        // The seal was found appendable when it was added to the batch.
        let Ok(appendable) = Appendable::of(unstamped.der()) else {
            return Err(NotInBatch { unstamped, why: other_octets });
        };
        let record = self.record_by(&reduced);
        let push = |out: &mut Vec<u8>| record.push(out);
        let der = appendable.with_unsigned_attribute(oid::EVIDENCE_RECORD_INTERNAL, record.length(), push);
        Ok(unstamped.into_artifact().with_envelope(Envelope::sealed(der), INTERNAL))
    }

    /// Returns the evidence record of a seal in DER, to be kept elsewhere than in the proof. It is `None` when the seal
    /// is not in the batch.
    pub fn record<A: Artifact>(&self, unstamped: &Unstamped<A>) -> Option<Vec<u8>> {
        let reduced = self.tree.reduced(&unstamped.digest(self.tree.algorithm()))?;
        Some(self.record_by(&reduced).to_der())
    }

    fn record_by<'a>(&'a self, reduced: &'a ReducedHashTree) -> NewRecord<'a> {
        NewRecord::of(reduced, self.tree.algorithm(), &self.token)
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
