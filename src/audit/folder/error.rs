//! The reason why a trail could not be opened.

use std::io;

use crate::audit::erase::EraseError;
use crate::audit::line::LineFault;
use crate::audit::trail_error::TrailError;

/// The reason why a trail could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// Another process writes the trail, or this one does elsewhere. Two writers would give two lines one number.
    #[error("somebody else writes this trail")]
    InUse,
    /// The folder holds the trail of another source.
    #[error("the folder holds the trail of another source")]
    AnotherSource,
    /// A whole line at the end of the trail cannot be read, as one of another version. It may have been acknowledged, so that
    /// it is neither moved aside nor is its number given to another line. Nothing in the folder was changed.
    /// [`TrailFolder::open_behind_unreadable`](super::TrailFolder::open_behind_unreadable) goes on behind it.
    #[error("a whole line at the end of the trail cannot be read")]
    UnreadableEnd(#[source] LineFault),
    /// The last segment has no line, and its name does not follow the line before: lines are missing, whose numbers would be
    /// given to others. Nothing in the folder was changed.
    #[error("the lines before the last segment are missing")]
    MissingLines,
    /// The last segment with a line was not begun behind the last line of the segment before it: lines between them are missing, or
    /// one of the two was changed. Nothing in the folder was changed.
    /// [`TrailFolder::open_behind_unreadable`](super::TrailFolder::open_behind_unreadable) goes on behind it.
    #[error("the last segment was not written behind the one before it")]
    BrokenSeam,
    /// A file could not be read or written.
    #[error("a file of the trail: {0}")]
    Io(#[from] io::Error),
    /// Lines could not be erased.
    #[error("lines could not be erased")]
    Erase(#[from] EraseError),
    /// The trail could not be written, as with the record of a torn end.
    #[error("the trail could not be written")]
    Trail(#[from] TrailError),
}
