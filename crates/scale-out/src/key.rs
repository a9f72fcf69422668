use std::fmt;

use recommande::evidence::EvidenceIdentifier;

use crate::seal_digest::SealDigest;

/// The name under which a store keeps a seal, and later what the seal became.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The seal, or the proof, of the statement with this identifier.
    Item(EvidenceIdentifier),
    /// The one seal of an aggregated batch, by its digest.
    Batch(SealDigest),
}

impl fmt::Display for Key {
    /// Writes the UUID of an item, or `batch-` and the digest: lower case, and fit for the name of a file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item(identifier) => {
                for (position, octet) in identifier.as_bytes().iter().enumerate() {
                    let hyphen = if matches!(position, 4 | 6 | 8 | 10) { "-" } else { "" };
                    write!(f, "{hyphen}{octet:02x}")?;
                }
                Ok(())
            }
            Self::Batch(digest) => write!(f, "batch-{digest}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_keys() {
        let urn = "urn:uuid:019ab0c1-7a3e-7c55-9d41-3c1b2a000001";
        let item = Key::Item(urn.parse().unwrap());
        assert_eq!(format!("urn:uuid:{item}"), urn);
        let batch = Key::Batch(SealDigest::of(b""));
        assert_eq!(batch.to_string(), "batch-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
