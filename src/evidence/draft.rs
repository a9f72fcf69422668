//! Statements on their way to who seals them: what has to hold of a draft before it is sealed, or written for a queue.

use super::codec::Codec;
use super::error::{DecodeStatementError, EvidenceError};
use super::issuer::{Environment, Issuer};
use super::statement::Statement;

/// Checks what could never pass: a mandate or a changed identifier that a later member contradicts, the lack of an acceptance or of
/// a signature that the sending asks for, and a submission for another environment.
pub(crate) fn check_draft<S: Statement>(statement: &S, issuer: Environment) -> Result<(), EvidenceError> {
    let core = statement.core();
    core.check_acts(statement.event(), statement.refers_to_recipient())?;
    core.check_asked(statement.event(), statement.follows())?;
    match core.environment_of_submission() {
        Some(submission) if submission != issuer => Err(EvidenceError::EnvironmentOfSubmission { submission, issuer }),
        Some(_) | None => Ok(()),
    }
}

/// Writes a draft for a queue.
pub(super) fn to_json<S: Statement>(statement: &S, issuer: &Issuer) -> Result<Vec<u8>, EvidenceError> {
    check_draft(statement, issuer.environment())?;
    Codec::Json.encode(statement, issuer)
}

/// Reads a draft from a queue.
pub(super) fn from_json<S: Statement>(octets: &[u8]) -> Result<(S, Issuer), DecodeStatementError> {
    Codec::Json.decode(octets)
}
