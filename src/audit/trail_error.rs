//! Why a trail could not be written.

use std::io;

use super::record_error::RecordError;

/// The reason why a trail could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrailError {
    /// The record cannot be written. The trail is as it was before.
    #[error("the record cannot be written")]
    Record(#[from] RecordError),
    /// The sink did not take the lines. The trail stops.
    #[error("the lines could not be written")]
    Write(#[source] io::Error),
    /// The sink could not make the lines durable. The trail stops.
    #[error("the lines could not be made durable")]
    Sync(#[source] io::Error),
    /// The trail had stopped at an earlier error. It has to be resumed from what can be read.
    #[error("the trail stopped at an earlier error; resume it from what was written")]
    Stopped,
    /// There are no more numbers.
    #[error("no more numbers for lines")]
    Exhausted,
}

impl TrailError {
    /// Why a sink did not take lines.
    pub(super) fn of_write(error: io::Error) -> Self {
        if is_of_earlier_error(&error) { Self::Stopped } else { Self::Write(error) }
    }

    /// Why a sink could not make lines durable.
    pub(super) fn of_sync(error: io::Error) -> Self {
        if is_of_earlier_error(&error) { Self::Stopped } else { Self::Sync(error) }
    }
}

/// Tells if another thread, or the trail that had the folder before, met the error.
#[cfg(feature = "fs")]
fn is_of_earlier_error(error: &io::Error) -> bool {
    crate::folder::is_of_earlier_sync(error)
}

/// No sink of ours is shared.
#[cfg(not(feature = "fs"))]
fn is_of_earlier_error(_: &io::Error) -> bool {
    false
}
