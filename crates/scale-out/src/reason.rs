use std::fmt;

use recommande::evidence::EvidenceIdentifier;

use crate::seal_digest::SealDigest;

/// The reason why an item is rejected. Its name is stored, and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The octets are no statement in the one form of the profile.
    Unreadable,
    /// The statement is of another issuer, or for another environment, than the worker's seals.
    OtherIssuer,
    /// The statement breaks a rule that no seal overlooks. For which environment its sender submitted it is not among them: only its
    /// producer knows, and `Item::new` asks.
    Statement,
    /// The event is longer ago than a seal may be made after it.
    SealedTooLate,
    /// The event is further ahead than the worker allows.
    EventInFuture,
    /// Another statement has this identifier, and came first.
    DuplicateIdentifier,
}

impl Reason {
    /// All reasons.
    pub const ALL: &'static [Self] = &[
        Self::Unreadable,
        Self::OtherIssuer,
        Self::Statement,
        Self::SealedTooLate,
        Self::EventInFuture,
        Self::DuplicateIdentifier,
    ];

    /// Returns the name that is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::OtherIssuer => "other-issuer",
            Self::Statement => "statement",
            Self::SealedTooLate => "sealed-too-late",
            Self::EventInFuture => "event-in-future",
            Self::DuplicateIdentifier => "duplicate-identifier",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An item that no retry mends, with its octets: whoever has mended what is behind it puts them into the queue once more.
///
/// It is known by the digest of its octets, so that it never takes the place of another item with the same identifier. `Debug`
/// shows nothing of the octets, which are personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The octets of the item.
    pub octets: Vec<u8>,
    /// The identifier of the statement, where it could be read.
    pub evidence_identifier: Option<EvidenceIdentifier>,
    /// Why it is rejected.
    pub reason: Reason,
}

impl Rejection {
    /// Returns the SHA-256 of the octets of the item.
    pub fn item(&self) -> SealDigest {
        SealDigest::of(&self.octets)
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rejection({}, {})", self.item(), self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_reason_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        assert_eq!(names.len(), Reason::ALL.len());
        assert!(names.iter().all(|name| name.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-')));
    }
}
