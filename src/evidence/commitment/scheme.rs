//! The scheme under which a commitment stands in the place of an identifier.

/// The method of the commitments, as the extension Commitments names it.
pub(in crate::evidence) const METHOD: &str = "urn:recommande:committed:1";

/// What stands before the scheme of the value.
const PREFIX: &str = "urn:recommande:committed:1:";

/// Returns the scheme of commitments to values of this scheme.
pub(in crate::evidence) fn committed(scheme: &str) -> String {
    [PREFIX, of_value(scheme)].concat()
}

/// Returns the scheme of the value, whether or not the value is there.
pub(in crate::evidence) fn of_value(scheme: &str) -> &str {
    scheme.strip_prefix(PREFIX).unwrap_or(scheme)
}

/// Says whether identifiers of this scheme are commitments.
pub(in crate::evidence) fn is_committed(scheme: &str) -> bool {
    scheme.starts_with(PREFIX)
}
