//! The names of keys.

use core::fmt;
use core::str::FromStr;

/// The name of a key: not empty, and without Unicode spaces, plus signs and control characters
/// ([signed-note](https://c2sp.org/signed-note#format)).
///
/// It should be a URL without its scheme, such as `example.com/log`. It is public, and shown in errors.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        // Control characters cannot stand in a note, and so in no line of it.
        let is_name = !name.is_empty()
            && !name.chars().any(|character| character.is_whitespace() || character == '+' || character < ' ');
        if is_name { Ok(Self(name.to_owned())) } else { Err(KeyNameError) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyName({:?})", self.0)
    }
}

/// The text is no name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key name that is empty, or has a space, a plus sign or a control character")]
pub struct KeyNameError;
