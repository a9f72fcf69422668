//! The names of the files of a trail.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::audit::sequence::Sequence;

/// The ending of a segment: JSON Lines. Its name is the number of its first line, so that names sort as lines do.
pub(super) const SEGMENT: &str = "jsonl";

/// The ending of octets that were moved aside, before a record of the trail says so, and after.
pub(super) const TEARING: &str = "tearing";
pub(super) const TORN: &str = "torn";

/// The ending of octets while they are moved aside.
pub(super) const UNFINISHED: &str = "unfinished";

/// The ending of a segment while lines are erased from it.
pub(super) const ERASING: &str = "erasing";

/// The files of a folder with this ending, sorted by name.
pub(super) fn files(path: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(path)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == ending) {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

/// The number of the first line of a segment, by its name.
pub(super) fn sequence_of(segment: &Path) -> Option<Sequence> {
    Sequence::from_digits(segment.file_stem()?.to_str()?)
}

/// Lists the segments of the trail in a folder, in the order of their lines.
pub(super) fn segments(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut segments = files(folder, SEGMENT)?;
    segments.retain(|file| sequence_of(file).is_some());
    Ok(segments)
}
