//! This module finds a certification path and validates it at a time.

mod budget;
mod edges;
mod issuers;
#[cfg(test)]
mod known_flaws_tests;
mod outcome;
mod pool;
mod request;
mod rfc5280;
mod search;
#[cfg(test)]
mod search_tests;

pub(crate) use budget::SearchWork;
pub use budget::ValidationBudget;
pub(in crate::pki) use edges::is_self_signed;
pub use outcome::{PathConstraint, PathError, PathNote, SearchLimit, Unreadable, ValidatedPath};
pub(crate) use pool::CertificatePool;
pub use request::{PathRequest, PolicyInputs};

/// Finds a path from the target to an anchor and validates it at the given time ([RFC 5280
/// §6.1](https://www.rfc-editor.org/rfc/rfc5280#section-6.1), without revocation).
///
/// The answer does not depend on the order of the candidates. Shorter paths are tried first. The caller checks the
/// purposes of the target (key usage, extended key usage). Three rules are stricter than RFC 5280: an issuer without
/// keyUsage is refused, an anchor must not deny that it is a certificate authority, and a critical extKeyUsage of an
/// intermediate must have a purpose of the target.
///
/// Names are compared as RFC 5280 §7.1 requires, with NFKC and in every string type. A TeletexString is read as
/// Latin-1, and one that is not ASCII is taken to lie within every excluded directoryName that nothing else tells apart.
/// Name constraints apply to directoryName, dNSName, rfc822Name, uniformResourceIdentifier and iPAddress. A constraint
/// that is of another form or has no meaning refuses the names of its form, and no others (RFC 5280 §4.2.1.10).
///
/// # Errors
/// Returns the [`PathError`] of the candidate path that got furthest.
pub fn validate_path(request: &PathRequest<'_>) -> Result<ValidatedPath, PathError> {
    search_path(request).map(|(path, _)| path)
}

/// Does what [`validate_path`] does, and returns also the work that it took.
pub(crate) fn search_path(request: &PathRequest<'_>) -> Result<(ValidatedPath, SearchWork), PathError> {
    // A clock that was never set reports 1970, and time zero must not mean that no time is checked.
    if request.at.timestamp() <= 0 {
        return Err(PathError::TimeNotSupported);
    }
    search::search(request)
}
