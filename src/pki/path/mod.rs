//! This module finds a certification path and validates it at a time.

mod budget;
mod edges;
mod outcome;
mod pool;
mod request;
mod rfc5280;
mod search;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod traps;

pub use budget::ValidationBudget;
pub use outcome::{PathConstraint, PathError, PathNote, SearchLimit, Unreadable, ValidatedPath};
pub use request::{PathRequest, PolicyInputs};

/// Finds a path from the target to an anchor and validates it at the given time ([RFC 5280
/// §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1), without revocation).
///
/// The answer does not depend on the order of the candidates. Shorter paths are tried first. The caller checks the
/// purposes of the target (key usage, extended key usage). Two rules differ from RFC 5280: an issuer without keyUsage
/// is refused, and an anchor must not deny that it is a certificate authority.
///
/// Names are compared as RFC 5280 §7.1 requires, with NFKC and in every string type. A TeletexString is read as
/// Latin-1, and one that is not ASCII matches every excluded directoryName. Name constraints apply to directoryName,
/// dNSName, rfc822Name, uniformResourceIdentifier and iPAddress. A constraint on another form refuses the names of that
/// form.
///
/// # Errors
/// Returns the [`PathError`] of the candidate path that got furthest.
pub fn validate_path(request: &PathRequest<'_>) -> Result<ValidatedPath, PathError> {
    // A clock that was never set reports 1970, and time zero must not mean that no time is checked.
    if request.at.timestamp() <= 0 {
        return Err(PathError::TimeNotSupported);
    }
    search::search(request)
}
