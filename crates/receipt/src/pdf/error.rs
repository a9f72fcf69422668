//! Why there is no PDF.

/// The reason why a page was not written as PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// The fonts of this package cannot be read.
    #[error("the fonts cannot be read")]
    Font,
    /// The page cannot be written as PDF/A-3a and PDF/UA-1. Nothing is written then.
    #[error("the page cannot be written as PDF/A-3a and PDF/UA-1")]
    NotConformant,
}
