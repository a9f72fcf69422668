//! What the file of a proof states, before anything of it is verified.

use crate::crypto::Digest;
use crate::evidence::{MessageId, Statement};
use crate::seal::{AnyProof, Proof};

/// The id of a proof, its message, and the sending that it follows.
pub(super) struct Stated<'a> {
    pub(super) id: Digest,
    pub(super) message: &'a MessageId,
    pub(super) sending: Option<Digest>,
}

impl<'a> Stated<'a> {
    /// Returns what a proof states; `None` where its statement is not the one that was sealed.
    pub(super) fn of(proof: &'a AnyProof) -> Option<Self> {
        fn of<S: Statement>(proof: &Proof<S>) -> Option<Stated<'_>> {
            let (id, statement) = (*proof.id().digest(), proof.stated());
            let sending = statement.preceding_evidence().map(|sending| *sending.proof_id());
            proof.is_identified().then(|| Stated { id, message: statement.message_id(), sending })
        }
        match proof {
            AnyProof::Sending(proof) => of(proof),
            AnyProof::Opening(proof) => of(proof),
            AnyProof::Step(proof) => of(proof),
        }
    }
}
