//! Certification paths: finding one, and validating it at a time.

mod budget;
mod edges;
mod outcome;
mod request;
mod rfc5280;
mod search;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod traps;

pub use budget::SignatureBudget;
pub use outcome::{PathConstraint, PathError, PathNote, SearchLimit, Unreadable, ValidatedPath};
pub use request::{PathRequest, PolicyInputs};

/// Finds a path from the target to an anchor and validates it at the time given
/// ([RFC 5280 §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1), without revocation).
///
/// The answer does not depend on the order of the candidates. Shorter paths are tried first. Purposes of the target
/// (key usage, extended key usage) are for the caller to judge. Issuers without keyUsage are refused, stricter than RFC
/// 5280; anchors must not say that they are no certificate authority. Names are compared as RFC 5280 §7.1 asks, with
/// NFKC and in every string type; a TeletexString is read as Latin-1, and where it is not ASCII it meets every
/// directoryName that is excluded. Name constraints are compared for directoryName, dNSName, rfc822Name,
/// uniformResourceIdentifier and iPAddress. A constraint on another form refuses the names of that form.
///
/// # Errors
/// [`PathError`]: about the candidate path that got furthest.
pub fn validate_path(request: &PathRequest<'_>) -> Result<ValidatedPath, PathError> {
    if request.at.timestamp() <= 0 {
        return Err(PathError::TimeNotSupported);
    }
    search::search(request)
}
