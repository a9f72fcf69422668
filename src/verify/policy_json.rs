//! Reads a policy from JSON: its own form, or the algorithms as ETSI publishes them.

use serde_json::{Map, Value};

use super::policy::Policy;
use crate::crypto::{AlgorithmPolicy, SuiteError};

/// Why a text gives no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// There is nothing in the text.
    #[error("a policy is a JSON object, and {{}} is the default policy")]
    Empty,
    /// The text is JSON, and no object.
    #[error("a policy is a JSON object, such as {{\"revocation\": \"required\"}}")]
    NoObject,
    /// The text is no JSON, or has a member or a value that no policy has.
    #[error("{what}")]
    Form {
        /// What is wrong and where, with line and column.
        what: String,
    },
    /// The text is of the form of ETSI TS 119 322, and gives no policy of algorithms.
    #[error(transparent)]
    Suite(#[from] SuiteError),
}

impl Policy {
    /// Reads a policy from a JSON object, in which what is left out is as in the default policy. An object of the form of [ETSI TS 119
    /// 322](AlgorithmPolicy::from_ts_119_322_json) gives the default policy with those algorithms.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn from_json(json: &str) -> Result<Self, PolicyError> {
        if json.trim_ascii().is_empty() {
            return Err(PolicyError::Empty);
        }
        let form = |error: serde_json::Error| PolicyError::Form { what: error.to_string() };
        let Value::Object(members) = serde_json::from_str(json).map_err(form)? else {
            return Err(PolicyError::NoObject);
        };
        if is_suite(&members) {
            let algorithms = AlgorithmPolicy::from_ts_119_322_json(json)?;
            return Ok(Self { algorithms, ..Self::default() });
        }
        // From the text, so that an error names its place.
        serde_json::from_str(json).map_err(form)
    }
}

/// Tells if this is a policy of algorithms by the name of its one member.
fn is_suite(members: &Map<String, Value>) -> bool {
    members.len() == 1 && members.keys().all(|member| member.starts_with("SecuritySuitabilityPolicy"))
}
