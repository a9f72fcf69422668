//! The lines of one file of a trail.

use std::ops::Range;
use std::sync::Arc;

use super::seal::SealedSpan;
use super::store::Place;
use crate::audit::LineHash;

/// The lines of one file.
#[derive(Clone, Debug)]
pub(super) struct FileOfTrail {
    /// The indices of its lines.
    pub(super) lines: Range<usize>,
    /// What its records say of lines that do not stand before them, as its first record does.
    pub(super) behind: Vec<Behind>,
    /// What its manifest says, if the lines are as they were sealed and it says nothing else of them.
    pub(super) span: Option<SealedSpan>,
    /// Its position among the exports, and its name, if it has one.
    pub(super) position: usize,
    pub(super) name: Option<Arc<str>>,
}

/// What a record says of the line that it was written behind, where another line or none stands before it in its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Behind {
    /// The place of the record.
    pub(super) record: Place,
    /// The hash of the line before it.
    pub(super) previous: LineHash,
}
