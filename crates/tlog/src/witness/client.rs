//! Asks one witness for its cosignature.

use super::answer::{Answer, AnswerError};
use super::request::{AddCheckpoint, AddCheckpointError};
use crate::checkpoint::SignedCheckpoint;
use crate::limits::MAX_WITNESS_ATTEMPTS;
use crate::note::NoteSignature;
use crate::policy::Witness;
use crate::tree::{HashReader, ProveError, prove_consistency};

/// The trip of a request to a witness and back, such as one over HTTPS.
///
/// Unlike a time-stamp authority's, a witness's answer counts also when its status is not 2xx: that of a conflict says where to begin.
pub trait Transport {
    /// The error of a trip without an answer.
    type Error;

    /// Posts the request to `<submission prefix>/add-checkpoint`, and waits for the answer, whatever its status is. Redirects are not
    /// followed.
    ///
    /// # Errors
    /// Whatever keeps an answer from coming.
    fn add_checkpoint(&self, request: &[u8]) -> Result<Answer, Self::Error>;
}

impl<T: Transport + ?Sized> Transport for &T {
    type Error = T::Error;

    fn add_checkpoint(&self, request: &[u8]) -> Result<Answer, Self::Error> {
        (**self).add_checkpoint(request)
    }
}

/// Asks one witness for its cosignatures.
#[derive(Clone, Debug)]
pub struct WitnessClient<T> {
    witness: Witness,
    transport: T,
}

impl<T: Transport> WitnessClient<T> {
    /// Reaches a witness over a transport.
    pub const fn new(witness: Witness, transport: T) -> Self {
        Self { witness, transport }
    }

    /// Gets the witness's cosignatures over a checkpoint of the log, and verifies them. The caller adds them to the checkpoint by
    /// [`SignedCheckpoint::with_signatures`], and remembers its size as what the witness knows.
    ///
    /// `known` is the size that the witness cosigned last, or zero where that is not known. A witness that has another one says so, and
    /// is asked again with the proof from there, three times in all.
    ///
    /// # Errors
    /// - `Prove` when `known` is above the size of the checkpoint, or the store does not give the hashes of the proof.
    /// - `Transport` when no answer comes, and `Answer` for one without valid cosignatures.
    /// - `Ahead` when the witness has cosigned a larger tree. The log was rolled back, or somebody else writes it too.
    /// - `Contradiction` when the witness says that it has another size than the one that it said.
    pub fn cosign<R: HashReader>(
        &self,
        checkpoint: &SignedCheckpoint,
        known: u64,
        store: &R,
    ) -> Result<Vec<NoteSignature>, WitnessError<T::Error, R::Error>> {
        let size = checkpoint.checkpoint().head().size();
        let mut old = known;
        for _ in 0..MAX_WITNESS_ATTEMPTS {
            let proof = prove_consistency(old, size, store).map_err(WitnessError::Prove)?;
            let request = AddCheckpoint::new(old, proof, checkpoint.clone()).map_err(WitnessError::Request)?;
            let answer =
                self.transport.add_checkpoint(request.to_text().as_bytes()).map_err(WitnessError::Transport)?;
            match answer.cosignatures(checkpoint, &self.witness) {
                Ok(cosignatures) => return Ok(cosignatures),
                Err(AnswerError::Conflict { size: last }) if last > size => {
                    return Err(WitnessError::Ahead { last, size });
                }
                Err(AnswerError::Conflict { size: last }) if last == old => {
                    return Err(WitnessError::Contradiction { last });
                }
                Err(AnswerError::Conflict { size: last }) => old = last,
                Err(error) => return Err(WitnessError::Answer(error)),
            }
        }
        Err(WitnessError::Answer(AnswerError::Conflict { size: old }))
    }

    /// Returns the witness.
    #[must_use]
    pub const fn witness(&self) -> &Witness {
        &self.witness
    }
}

/// Why there is no cosignature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WitnessError<T, R> {
    /// The consistency proof cannot be made.
    #[error("the consistency proof: {0}")]
    Prove(#[source] ProveError<R>),
    /// The request cannot be made.
    #[error(transparent)]
    Request(AddCheckpointError),
    /// No answer came.
    #[error("the trip to the witness: {0}")]
    Transport(#[source] T),
    /// The answer has no valid cosignature.
    #[error(transparent)]
    Answer(AnswerError),
    /// The witness has cosigned a larger tree of this log.
    #[error("the witness has cosigned a tree of {last} entries, and this one has {size}")]
    Ahead {
        /// The size that the witness cosigned last.
        last: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// The witness says that it has another size than the one that it names.
    #[error("the witness refuses the size {last} and names it")]
    Contradiction {
        /// That size.
        last: u64,
    },
}
