//! The error of the command: whatever it is, it is told on one line.

/// An error that is told, and that nothing here asks about.
pub type Error = Box<dyn std::error::Error>;
