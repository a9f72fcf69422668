//! The public doors: a verifier, and the questions it answers. All of its methods are in this folder.

mod aggregated;
mod envelope;
mod fault;
mod given_proof;
mod linked;
mod log;
mod parties;
mod proofs;
mod record;
mod replay;
mod sealer;
mod second_seal;
mod signatures;
mod stored_registers;
mod stored_verifier;
mod timestamp;
mod tsas;
mod verifiable;
mod verifier;

pub use given_proof::GivenProof;
pub(crate) use linked::LinkedStatement;
pub(crate) use log::code_of_issuer;
pub use parties::{GivenOriginal, GivenParties, GivenSubmission};
pub use replay::{GivenContent, Question, VerificationInput};
pub use stored_registers::{ExtractInput, RegistersInput};
pub use stored_verifier::{ReplayError, StoredVerifier};
pub use tsas::TsaTrial;
pub use verifiable::Verifiable;
pub use verifier::Verifier;
