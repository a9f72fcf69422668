//! Names the environment of a service.

use std::fmt;

/// The environment of a service that issues evidence. A verifier that is set for one environment rejects proofs of
/// another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// The evidence has legal effect.
    Production,
    /// Users try the next release.
    Acceptance,
    /// Parties connect their systems.
    Integration,
    /// The evidence serves any other purpose.
    Test,
}

impl Environment {
    /// All environments.
    pub const ALL: [Self; 4] = [Self::Production, Self::Acceptance, Self::Integration, Self::Test];

    /// Returns the name that the extension holds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Production => "Production",
            Self::Acceptance => "Acceptance",
            Self::Integration => "Integration",
            Self::Test => "Test",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
