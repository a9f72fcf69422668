//! The keys that a verifier knows.

use std::collections::BTreeMap;

use super::key::{KeyId, VerifierKey};
use super::name::KeyName;

/// The keys that a verifier knows, each found by its name and id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyRing(BTreeMap<(KeyName, KeyId), VerifierKey>);

impl KeyRing {
    /// Collects keys, in any order. A key that comes twice is one key.
    ///
    /// # Errors
    /// [`AmbiguousKey`] for two keys with one name and one id. Somebody has sought such a key for long, or chosen it.
    pub fn new(keys: impl IntoIterator<Item = VerifierKey>) -> Result<Self, AmbiguousKey> {
        let mut ring = BTreeMap::new();
        for key in keys {
            let (name, id) = (key.name().clone(), key.id());
            if let Some(before) = ring.insert((name.clone(), id), key.clone())
                && before != key
            {
                return Err(AmbiguousKey { name, id });
            }
        }
        Ok(Self(ring))
    }

    /// Returns the key with this name and this id.
    #[must_use]
    pub fn find(&self, name: &KeyName, id: KeyId) -> Option<&VerifierKey> {
        self.0.get(&(name.clone(), id))
    }

    /// Returns the keys, in the order of their names and ids.
    pub fn keys(&self) -> impl Iterator<Item = &VerifierKey> {
        self.0.values()
    }
}

/// Two keys have one name and one id, so that no signature says which of them made it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two keys with the name {name} and the id {id}")]
pub struct AmbiguousKey {
    /// The name of both.
    pub name: KeyName,
    /// The id of both.
    pub id: KeyId,
}
