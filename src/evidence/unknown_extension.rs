//! Extensions that the profile does not know, and the names that they cannot have.

use super::error::EvidenceError;
use super::extension::{ADDITIONAL_DIGESTS, COMMITMENTS, ENVIRONMENT, PRECEDING_EVIDENCE, SECOND_SEAL};
use super::limits::MAX_IDENTIFIER;
use super::member::Member;
use super::national::NationalExtension;
use super::{json, text};

/// The names of the members that an extension may have in every country and of every event.
const COMMON_NAMES: [&str; 6] =
    ["isCritical", ENVIRONMENT, PRECEDING_EVIDENCE, ADDITIONAL_DIGESTS, COMMITMENTS, SECOND_SEAL];

/// The number of extensions that the profile knows.
pub(super) const PROFILE_EXTENSIONS: usize =
    COMMON_NAMES.len() - 1 + NationalExtension::NAMES.len() + Member::EXTENSION_NAMES.len();

/// The names of the members that an extension may have and that no further extension takes.
pub(super) static PROFILE_NAMES: [&str; 1 + PROFILE_EXTENSIONS] = {
    let mut names = [""; 1 + PROFILE_EXTENSIONS];
    let (common, others) = names.split_at_mut(COMMON_NAMES.len());
    common.copy_from_slice(&COMMON_NAMES);
    let (national, of_events) = others.split_at_mut(NationalExtension::NAMES.len());
    national.copy_from_slice(NationalExtension::NAMES);
    of_events.copy_from_slice(Member::EXTENSION_NAMES);
    names
};

/// A non-critical extension that the profile does not know: kept, shown, and nothing derived from it.
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownExtension {
    pub(super) name: String,
    pub(super) json: String,
}

impl UnknownExtension {
    /// Makes an extension of its name and its value, a JSON object without insignificant white space.
    ///
    /// # Errors
    /// [`EvidenceError::ExtensionName`] for a name of the profile, or one that is not of ASCII letters, digits, `.`,
    /// `_`, `-`; [`EvidenceError::ExtensionValue`].
    pub fn new(name: &str, json: &str) -> Result<Self, EvidenceError> {
        let name = Self::check_name(name)?;
        json::check_object(json.as_bytes()).map_err(|error| EvidenceError::ExtensionValue(Box::new(error.kind)))?;
        Ok(Self { name, json: json.to_owned() })
    }

    /// Checks that the name is not that of an extension of this library, which a caller's own could otherwise
    /// counterfeit.
    pub(super) fn check_name(name: &str) -> Result<String, EvidenceError> {
        let name = text::text("extension's name", name, MAX_IDENTIFIER)?;
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if PROFILE_NAMES.contains(&name.as_str()) || !plain { Err(EvidenceError::ExtensionName) } else { Ok(name) }
    }

    /// Returns the name of its member.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value as it was received: one JSON object.
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl std::fmt::Debug for UnknownExtension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UnknownExtension({:?}, {} octets)", self.name, self.json.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_of_the_profile_is_taken_once() {
        for name in PROFILE_NAMES {
            assert_eq!(PROFILE_NAMES.iter().filter(|taken| **taken == name).count(), 1, "{name}");
            assert_eq!(UnknownExtension::new(name, "{}"), Err(EvidenceError::ExtensionName));
        }
    }
}
