//! An aggregated batch with its seal, which waits for its timestamp.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rfc3161_client::{Nonce, TimeStampReq, TimeStampToken, TsaPool};

use super::leaves::EventTimes;
use super::parts::{Covered, check_parts, tree_of};
use super::{Aggregate, AggregateError, BatchSeal, StampedAggregate};
use crate::crypto::Digest;
use crate::evidence::BatchStatement;
use crate::seal::delays::check_event;
use crate::seal::error::{DecodeError, SealError, TimestampError};
use crate::seal::unstamped::check_attachable;
use crate::seal::{Prepared, Sealer, SecondSeal, Unstamped};
use crate::time::record::SparseTree;
use crate::time::request::request;

/// A sealed batch that waits for its timestamp: the seal, the tree, and the second seal where the sealer makes some. A copy
/// shares the tree.
///
/// Store the [`seal`](Self::seal), the [`second_seal`](Self::second_seal) and the [`leaves`](Self::leaves), or in the place of
/// the leaves the statements: [`from_parts`](Self::from_parts) and [`Aggregate::with_seal`] give this value again.
#[derive(Clone)]
pub struct SealedAggregate {
    tree: Arc<SparseTree>,
    seal: Unstamped<BatchSeal>,
    second: Option<Unstamped<SecondSeal>>,
    covered: Covered,
}

impl Sealer {
    /// Seals a batch: one signature for all of its statements, with signing-time `now`, and one more for the second seal where
    /// this sealer makes some.
    ///
    /// # Errors
    /// `EventAfterSigning` and `SealedTooLate` for the last and the first event of the batch; `NoSecondSeal` where a statement
    /// announces a second seal and this sealer makes none; `OtherIssuer`, `IssuerNotInCertificate`, `NoSigner`, `SigningTime`,
    /// `CertificateExpired`, `CertificateNotYetValid`, `Sign`. The batch is unchanged.
    pub fn seal_aggregate(&self, batch: &Aggregate, now: DateTime<Utc>) -> Result<SealedAggregate, SealError> {
        let statement = self.stated(batch, now)?;
        // No signature is made where the key of the second seal is elsewhere.
        if self.second_seal_credentials().is_some_and(|second| second.signer().is_none()) {
            return Err(SealError::NoSigner);
        }
        let seal = self.seal_content((statement.to_json(), BatchStatement::MEDIA_TYPE), now, |envelope| {
            BatchSeal::sealed(envelope, statement)
        })?;
        let second = match self.second {
            Some(_) => Some(self.second_seal_of_batch(&seal, now)?),
            None => None,
        };
        // A seal that was just made has nothing added.
        let covered = Covered::of(&batch.tree, &seal, second.as_ref()).map_err(|_| DecodeError::EvidenceRecord)?;
        Ok(SealedAggregate { tree: Arc::clone(&batch.tree), seal, second, covered })
    }

    /// Prepares the seal of a batch for a key that is elsewhere. Once completed, [`Aggregate::with_seal`] takes it, with the
    /// second seal that [`second_seal_of_batch`](Self::second_seal_of_batch) makes of it where this sealer announces one.
    ///
    /// # Errors
    /// `EventAfterSigning`, `SealedTooLate`, `NoSecondSeal`, `OtherIssuer`, `IssuerNotInCertificate`, `SigningTime`,
    /// `CertificateExpired`, `CertificateNotYetValid`.
    pub fn prepare_aggregate(&self, batch: &Aggregate, now: DateTime<Utc>) -> Result<Prepared<BatchSeal>, SealError> {
        let statement = self.stated(batch, now)?;
        self.prepare_content((statement.to_json(), BatchStatement::MEDIA_TYPE), now, |envelope| {
            BatchSeal::sealed(envelope, statement)
        })
    }

    /// Returns what this sealer states of a batch, whose events are in time.
    fn stated(&self, batch: &Aggregate, now: DateTime<Utc>) -> Result<BatchStatement, SealError> {
        let EventTimes { first, last } = batch.events;
        [first, last].into_iter().try_for_each(|event| check_event(event, now, self.maximum_sealing_delay()))?;
        let (stated, own) = (&batch.statement, self.issuer());
        // The certificate of another issuer would be refused for each of the statements.
        if stated.environment() != own.environment() || stated.issuer() != own.legal_person_identifier() {
            return Err(SealError::OtherIssuer);
        }
        // A statement announces what a verifier then misses, and nobody could make it later: the one timestamp is over both seals.
        // One that announces another second seal than this sealer makes is sealed, and told as `second-seal-announcements-differ`.
        if batch.announces_second_seal && self.second.is_none() {
            return Err(SealError::NoSecondSeal);
        }
        // What could never pass is not sealed.
        if !own.is_numbered_in(self.credentials().certificate()) {
            return Err(SealError::IssuerNotInCertificate);
        }
        Ok(stated.clone().announcing(self.second.as_ref().map(|second| second.announced)))
    }
}

impl Aggregate {
    /// Takes the seal of this batch, which was stored or completed, and its second seal.
    ///
    /// # Errors
    /// `Damaged` where they are not of this batch, or cannot be stamped.
    pub fn with_seal(
        &self,
        seal: Unstamped<BatchSeal>,
        second: Option<Unstamped<SecondSeal>>,
    ) -> Result<SealedAggregate, AggregateError> {
        // Issuer, environment and number count too: the seal of another service may be over the same statements.
        if seal.as_artifact().stated().clone().announcing(None) != self.statement {
            return Err(AggregateError::Damaged("the seal is of another batch"));
        }
        SealedAggregate::of_tree(Arc::clone(&self.tree), seal, second)
    }
}

impl SealedAggregate {
    fn of_tree(
        tree: Arc<SparseTree>,
        seal: Unstamped<BatchSeal>,
        second: Option<Unstamped<SecondSeal>>,
    ) -> Result<Self, AggregateError> {
        check_parts(seal.as_artifact(), second.as_ref().map(Unstamped::as_artifact), &tree)?;
        let covered = Covered::of(&tree, &seal, second.as_ref())?;
        Ok(Self { tree, seal, second, covered })
    }

    /// Reads what was stored of a sealed batch: its seal, its second seal, and its leaves, in any order.
    ///
    /// # Errors
    /// `Damaged`.
    pub fn from_parts(seal: &[u8], second: Option<&[u8]>, leaves: Vec<u8>) -> Result<Self, AggregateError> {
        let unreadable = |_| AggregateError::Damaged("the seal cannot be read");
        let seal = Unstamped::<BatchSeal>::from_der(seal).map_err(unreadable)?;
        let second = second.map(Unstamped::<SecondSeal>::from_der).transpose();
        let second = second.map_err(|_| AggregateError::Damaged("the second seal cannot be read"))?;
        Self::of_tree(Arc::new(tree_of(seal.as_artifact(), leaves)?), seal, second)
    }

    /// Returns the seal to store (`seal.p7m`).
    pub fn seal(&self) -> &Unstamped<BatchSeal> {
        &self.seal
    }

    /// Returns the second seal to store (`seal.pq.p7s`), where the sealer makes some.
    pub fn second_seal(&self) -> Option<&Unstamped<SecondSeal>> {
        self.second.as_ref()
    }

    /// Returns the leaves of the tree: sorted digests of the statements, one after the other.
    pub fn leaves(&self) -> &[u8] {
        self.tree.leaves()
    }

    /// Makes the request for the timestamp, which asks for certificates. Store its DER (`.tsq`) beside the seal while it is
    /// pending.
    ///
    /// # Errors
    /// `Seal` where the seal cannot be taken apart.
    pub fn timestamp_request(&self, nonce: Nonce) -> Result<TimeStampReq, TimestampError> {
        Ok(request(&self.imprint()?, nonce))
    }

    /// Takes the token of a response, after the same checks as [`Unstamped::attach`]. A response gives the same proofs whenever
    /// it is attached.
    ///
    /// # Errors
    /// `Response`, `OtherRequest`, `Token`, `BeforeSigning`, `TooLate`, `AfterExpiry`, `Seal`. The batch is unchanged.
    pub fn attach(&self, request: &TimeStampReq, response: &[u8]) -> Result<StampedAggregate, TimestampError> {
        self.attach_token(request, request.check(response)?)
    }

    /// Requests the timestamp from a pool of TSAs, with a random nonce, and takes the first token that is sound. A pool with a
    /// clock is not asked when it is too late for the seal already.
    ///
    /// # Errors
    /// `Tsa` with every TSA's answer, `TooLate`, `AfterExpiry`, `Nonce`, `Seal`. The batch is unchanged.
    pub fn stamp_with(&self, tsas: &TsaPool) -> Result<StampedAggregate, TimestampError> {
        if let Some(gen_time) = tsas.earliest_gen_time() {
            self.seal.signing().check_end(gen_time)?;
        }
        let request = self.timestamp_request(Nonce::random().map_err(|_| TimestampError::Nonce)?)?;
        tsas.timestamp_with(&request, |token| Ok(self.attach_token(&request, token)?)).map_err(TimestampError::Tsa)
    }

    fn imprint(&self) -> Result<Digest, DecodeError> {
        self.covered.imprint().ok_or(DecodeError::EvidenceRecord)
    }

    fn attach_token(&self, request: &TimeStampReq, token: TimeStampToken) -> Result<StampedAggregate, TimestampError> {
        let imprint = self.imprint()?;
        let stamped = |algorithm| (algorithm == imprint.algorithm()).then_some(imprint);
        let time = check_attachable(request, &token, &stamped)?;
        self.seal.signing().check(time)?;
        if let Some(second) = &self.second {
            second.signing().check(time)?;
        }
        let (seal, second) = (self.seal.clone(), self.second.clone());
        Ok(StampedAggregate::new(Arc::clone(&self.tree), seal, second, &self.covered, token)?)
    }
}

impl fmt::Debug for SealedAggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedAggregate({} statements, {})", self.tree.leaf_count(), self.tree.root())
    }
}
