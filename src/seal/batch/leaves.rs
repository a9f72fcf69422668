//! The digests of a batch, before it is timestamped.

use std::fmt;
use std::sync::Arc;

use rfc3161_client::{Nonce, TimeStampReq, TimeStampToken, TsaPool};

use super::StampedBatch;
use crate::cms::Unappendable;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::seal::error::TimestampError;
use crate::seal::signing::SigningOfBatch;
use crate::seal::unstamped::check_attachable;
use crate::seal::{Artifact, Unstamped};
use crate::time::record::HashTree;
use crate::time::request::request;

/// The reason why a batch does not take a seal, or why there is no batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// There is no seal.
    #[error("the batch is empty")]
    Empty,
    /// The seal has unsigned attributes already, such as a timestamp. A batch takes seals as they were made.
    #[error("the seal has unsigned attributes already")]
    UnsignedAttributes,
    /// A length in the stored seal is longer than necessary. A record that is taken out again would leave a trace.
    #[error("{0} is not coded as DER asks for")]
    NotDer(&'static str),
    /// The digest algorithm is too weak for new batches.
    #[error("{0} is too weak for a new batch")]
    WeakAlgorithm(DigestAlgorithm),
}

impl From<Unappendable> for BatchError {
    fn from(why: Unappendable) -> Self {
        match why {
            Unappendable::NotDer(name) => Self::NotDer(name),
            Unappendable::UnsignedAttributes => Self::UnsignedAttributes,
        }
    }
}

/// The digests of the seals of a batch while it is filled. The caller keeps the seals themselves.
///
/// The order in which seals are added makes no difference, and a seal that is added twice counts once.
#[derive(Clone)]
pub struct BatchLeaves {
    algorithm: DigestAlgorithm,
    octets: Vec<u8>,
    /// The times of the seals, unless there are none.
    signing: Option<SigningOfBatch>,
}

impl Default for BatchLeaves {
    fn default() -> Self {
        Self::new()
    }
}

impl BatchLeaves {
    /// Starts a batch without seals, which hashes by SHA-256.
    pub fn new() -> Self {
        Self { algorithm: DigestAlgorithm::Sha256, octets: Vec::new(), signing: None }
    }

    /// Starts a batch without seals, which hashes seals, tree and imprint by this algorithm.
    ///
    /// # Errors
    /// `WeakAlgorithm` for outputs of less than 256 bits.
    pub fn with_algorithm(algorithm: DigestAlgorithm) -> Result<Self, BatchError> {
        if algorithm.output_len() < DigestAlgorithm::Sha256.output_len() {
            return Err(BatchError::WeakAlgorithm(algorithm));
        }
        Ok(Self { algorithm, ..Self::new() })
    }

    /// Adds a seal.
    ///
    /// # Errors
    /// `UnsignedAttributes`, `NotDer`. The seals that were added before stay.
    pub fn add<A: Artifact>(&mut self, seal: &Unstamped<A>) -> Result<(), BatchError> {
        self.add_leaf(&leaf(seal, self.algorithm)?, seal);
        Ok(())
    }

    /// Adds a seal by its leaf, which was made by the algorithm of this batch.
    pub(in crate::seal) fn add_leaf<A: Artifact>(&mut self, leaf: &Digest, seal: &Unstamped<A>) {
        self.octets.extend_from_slice(leaf.as_bytes());
        let signing = seal.signing();
        self.signing = Some(self.signing.map_or(SigningOfBatch::of(signing), |earlier| earlier.with(signing)));
    }

    /// Returns the number of seals that were added, where a seal that was added twice counts twice.
    pub fn len(&self) -> usize {
        self.octets.len() / self.algorithm.output_len()
    }

    /// Tells if no seal was added.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// Builds the tree.
    ///
    /// # Errors
    /// `Empty`.
    pub fn close(self) -> Result<Batch, BatchError> {
        let tree = HashTree::of_octets(self.algorithm, self.octets);
        tree.zip(self.signing).and_then(|(tree, signing)| Batch::new(tree, signing)).ok_or(BatchError::Empty)
    }
}

impl fmt::Debug for BatchLeaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchLeaves({} by {})", self.len(), self.algorithm)
    }
}

/// Returns the leaf of a seal, which is the digest of the file as it is stored.
///
/// # Errors
/// [`Unappendable`].
pub(in crate::seal) fn leaf<A: Artifact>(
    seal: &Unstamped<A>,
    algorithm: DigestAlgorithm,
) -> Result<Digest, Unappendable> {
    seal.check_appendable()?;
    Ok(seal.digest(algorithm))
}

/// A batch that is to be timestamped: a hash tree over its seals. It depends on the set of the seals alone, so that
/// only the stored seals have to be kept.
#[derive(Clone)]
pub struct Batch {
    tree: Arc<HashTree>,
    root: Digest,
    /// The times of the seals.
    signing: SigningOfBatch,
}

impl Batch {
    /// Makes a batch of seals that are at hand, as [`BatchLeaves`] does with each of them added.
    ///
    /// # Errors
    /// [`BatchError`].
    pub fn of<'a, A: Artifact + 'a>(seals: impl IntoIterator<Item = &'a Unstamped<A>>) -> Result<Self, BatchError> {
        let mut leaves = BatchLeaves::new();
        seals.into_iter().try_for_each(|seal| leaves.add(seal))?;
        leaves.close()
    }

    fn new(tree: HashTree, signing: SigningOfBatch) -> Option<Self> {
        let root = tree.root()?;
        Some(Self { tree: Arc::new(tree), root, signing })
    }

    /// Returns the number of different seals in the batch.
    pub fn leaf_count(&self) -> usize {
        self.tree.leaf_count()
    }

    /// Returns the digest that is timestamped: the root of the tree, or the digest of the only seal.
    pub fn root(&self) -> &Digest {
        &self.root
    }

    /// Tells if a seal is in the batch.
    pub fn contains<A: Artifact>(&self, seal: &Unstamped<A>) -> bool {
        self.tree.contains(&seal.digest(self.root.algorithm()))
    }

    /// Makes the request for the timestamp, which asks for certificates. Store its DER (`.tsq`) beside the seals while
    /// it is pending.
    pub fn timestamp_request(&self, nonce: Nonce) -> TimeStampReq {
        request(&self.root, nonce)
    }

    /// Takes the token of a response, after the same checks as [`Unstamped::attach`]. A response gives the same proofs
    /// whenever it is attached. A token whose time fits no seal is refused. Where it fits some, the others learn it when
    /// their [proof](StampedBatch::proof) is made.
    ///
    /// # Errors
    /// `Response`, `OtherRequest`, `Token`, `BeforeSigning`, `TooLate`, `AfterExpiry`. The batch is unchanged.
    pub fn attach(&self, request: &TimeStampReq, response: &[u8]) -> Result<StampedBatch, TimestampError> {
        let token = request.check(response)?;
        self.attach_token(request, token)
    }

    /// Requests the timestamp from a pool of TSAs, with a random nonce, and takes the first token that is sound.
    /// A pool with a clock is not asked when it is too late for every seal already.
    ///
    /// # Errors
    /// `Tsa` with every TSA's answer, `TooLate`, `AfterExpiry`, `Nonce`. The batch is unchanged.
    pub fn stamp_with(&self, tsas: &TsaPool) -> Result<StampedBatch, TimestampError> {
        if let Some(gen_time) = tsas.earliest_gen_time() {
            self.signing.check_end(gen_time)?;
        }
        let request = self.timestamp_request(Nonce::random().map_err(|_| TimestampError::Nonce)?);
        tsas.timestamp_with(&request, |token| Ok(self.attach_token(&request, token)?)).map_err(TimestampError::Tsa)
    }

    fn attach_token(&self, request: &TimeStampReq, token: TimeStampToken) -> Result<StampedBatch, TimestampError> {
        let root = |algorithm| (algorithm == self.root.algorithm()).then_some(self.root);
        let fit = self.signing.check(check_attachable(request, &token, &root)?)?;
        Ok(StampedBatch::new(Arc::clone(&self.tree), token, fit))
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batch({} seals, {} {})", self.leaf_count(), self.root.algorithm(), self.root)
    }
}
