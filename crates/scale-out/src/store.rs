//! Where seals and proofs are kept: the archive of proofs that a service has anyway.

use crate::engine_error::EngineError;
use crate::key::Key;
use crate::reason::Rejection;
use crate::seal_digest::SealDigest;

/// What a store has under a key.
#[derive(Clone, PartialEq, Eq)]
pub enum Stored {
    /// The seal, which waits for its timestamp.
    Seal(Vec<u8>),
    /// The proof, which is the end.
    Proof(Vec<u8>),
    /// Something that the store cannot read, such as a file that is too large. The item waits until somebody has looked.
    Damaged,
}

/// Whose seal stays.
#[derive(Clone, PartialEq, Eq)]
pub enum Inserted {
    /// There was nothing under the key. The seal is durable.
    Ours,
    /// There was something already, and it stays.
    Theirs(Stored),
}

/// A proof that takes the place of its seal.
#[derive(Clone, PartialEq, Eq)]
pub struct Proven {
    /// The key of the seal.
    pub key: Key,
    /// The digest of the seal that the proof was made of.
    pub seal: SealDigest,
    /// The proof.
    pub proof: Vec<u8>,
}

/// What became of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completed {
    /// The proof is stored.
    Now,
    /// There was a proof already, and it stays.
    Before,
    /// The store has another seal under this key, or none. The proof is not stored: it would be a second one.
    OtherSeal,
}

/// Keeps seals until they are proofs, and proofs for ever. All workers share one store.
///
/// When a function returns, what it stored is durable. When it fails, the caller does not know what was stored, and settles
/// nothing: asked again, the store answers by what it has. Two workers may call the same function for the same key at the same
/// time, and exactly one of them gets [`Inserted::Ours`] or [`Completed::Now`].
pub trait Store {
    /// Returns what is under each of these keys, in their order.
    ///
    /// # Errors
    /// [`EngineError`].
    fn get(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, EngineError>;

    /// Stores each seal under its key where there is nothing, and returns in their order whose seal stays. The keys differ.
    ///
    /// # Errors
    /// [`EngineError`]. Each seal may be stored or not.
    fn insert_if_absent(&mut self, seals: &[(Key, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError>;

    /// Stores each seal in the place of the one with this digest, where that one is there and has no proof, and returns in their order
    /// whose seal stays. Only a seal that is too old for a timestamp is replaced. The keys differ.
    ///
    /// # Errors
    /// [`EngineError`]. Each seal may be stored or not.
    fn replace(&mut self, seals: &[(Key, SealDigest, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError>;

    /// Puts each proof in the place of its seal, where that one is there and has no proof. The keys differ.
    ///
    /// A store that shares its transactions with the [`Work`](crate::Work) may make the proofs durable in
    /// [`Work::settle`](crate::Work::settle), which the worker calls next.
    ///
    /// # Errors
    /// [`EngineError`]. Each proof may be stored or not.
    fn complete(&mut self, proofs: Vec<Proven>) -> Result<Vec<Completed>, EngineError>;

    /// Notes items that no retry mends. One that is noted already stays as it is.
    ///
    /// # Errors
    /// [`EngineError`].
    fn reject(&mut self, rejections: &[Rejection]) -> Result<(), EngineError>;

    /// Returns in their order whether each of these items was rejected, by the digest of its octets ([`Rejection::item`]).
    ///
    /// # Errors
    /// [`EngineError`].
    fn rejected(&mut self, items: &[SealDigest]) -> Result<Vec<bool>, EngineError>;

    /// Returns a number that no batch of this service had, for an aggregated seal. Numbers may be left out.
    ///
    /// # Errors
    /// [`EngineError`].
    fn batch_number(&mut self) -> Result<u64, EngineError>;
}
