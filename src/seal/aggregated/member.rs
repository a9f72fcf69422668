//! What a batch asks of the statements that it takes.

use chrono::{DateTime, Utc};

use super::AggregateItem;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{Issuer, Statement};
use crate::seal::ProofId;
use crate::seal::unstamped::sealed;

/// A statement that a batch with one seal takes: an [`AggregateItem`], or a letter that is [`FilledIn`](crate::seal::FilledIn). The
/// trait is sealed.
pub trait Aggregated: sealed::Sealed {
    /// Returns what a batch asks of the statement.
    #[doc(hidden)]
    fn member(&self) -> Member<'_>;
}

/// What a batch asks of a statement.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Member<'a> {
    pub(super) json: &'a [u8],
    pub(super) id: ProofId,
    pub(super) issuer: &'a Issuer,
    pub(super) event_time: DateTime<Utc>,
    pub(super) announces_second_seal: bool,
}

impl Member<'_> {
    /// Returns the leaf of the statement.
    pub(super) fn leaf(&self, algorithm: DigestAlgorithm) -> Digest {
        let by_sha_256 = self.id.digest();
        if algorithm == by_sha_256.algorithm() { *by_sha_256 } else { algorithm.digest(self.json) }
    }
}

impl<S: Statement> Aggregated for AggregateItem<S> {
    fn member(&self) -> Member<'_> {
        Member {
            json: self.json(),
            id: self.id(),
            issuer: self.issuer(),
            event_time: self.stated().event_time(),
            announces_second_seal: self.stated().announced_seal().is_some(),
        }
    }
}
