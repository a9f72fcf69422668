//! The reason why trails cannot be combined.

/// Trails that cannot be combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReconstructionError {
    /// There are more lines, messages or proofs than can be counted.
    #[error("there are more lines than can be counted")]
    TooManyLines,
}
