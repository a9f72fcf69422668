//! Why nobody can tell if a record is missing.

/// Why the trails at hand do not show if a party holds a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum NotCovered {
    /// No trail of a party in that role is at hand.
    NoTrail,
    /// Several parties have the role, no proof says which of them had it here, and none of them has the record.
    SeveralInRole,
    /// The trail is not sealed, so that it binds nobody.
    Unsealed,
    /// The trail begins later.
    BeforeTrail,
    /// The trail ends earlier.
    AfterTrail,
    /// Lines of that time are not there, or cannot be read.
    Gap,
    /// The export leaves lines out, and does not say that it holds all about the message.
    LeftOut,
    /// The trail has more records of the message than are taken.
    NotTaken,
}

impl NotCovered {
    /// Returns the stable name, which programs match.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoTrail => "no-trail",
            Self::SeveralInRole => "several-in-role",
            Self::Unsealed => "unsealed",
            Self::BeforeTrail => "before-trail",
            Self::AfterTrail => "after-trail",
            Self::Gap => "gap",
            Self::LeftOut => "left-out",
            Self::NotTaken => "not-taken",
        }
    }
}
