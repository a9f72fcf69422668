//! How sure it is that something happened, and the verdict on a message.

use std::fmt;

/// What stands behind a happening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FactStanding {
    /// Only records that nobody sealed.
    Claimed,
    /// Sealed records that say opposite things. All who say something are named, and nobody is blamed.
    Disputed,
    /// A sealed record of one party.
    Attested,
    /// Sealed records of two independent parties or more.
    Corroborated,
    /// A proof that verified, with all that it follows.
    Proven,
}

impl FactStanding {
    /// Returns the stable name, which programs match.
    pub fn name(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Disputed => "disputed",
            Self::Attested => "attested",
            Self::Corroborated => "corroborated",
            Self::Proven => "proven",
        }
    }
}

impl fmt::Display for FactStanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The verdict on a message, or on all of them: the best one comes first, and that of several is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReconstructionVerdict {
    /// The state is proven, everybody has the records that they must hold, and nothing contradicts anything.
    Complete,
    /// The state is proven. Records are missing, or the trails at hand do not reach far enough.
    ProvenWithGaps,
    /// The state is not proven, and sealed records tell of the message.
    AttestedOnly,
    /// Nothing that anybody sealed tells of the message.
    Insufficient,
    /// Sealed records or proofs contradict each other.
    Contradicted,
}

impl ReconstructionVerdict {
    /// Returns the stable name, which programs match.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::ProvenWithGaps => "proven-with-gaps",
            Self::AttestedOnly => "attested-only",
            Self::Insufficient => "insufficient",
            Self::Contradicted => "contradicted",
        }
    }
}

impl fmt::Display for ReconstructionVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
