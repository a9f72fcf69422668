//! What cases of x509-limbo depend on that a certification path does not decide.

use serde_json::Value;

/// Why the verdict of a case is not one about a path; `None` when it is.
pub fn beyond_the_path(_case: &Value) -> Option<&'static str> {
    None
}
