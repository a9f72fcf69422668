//! Erases lines from the files of a trail.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use super::names::{ERASING, TORN, UNFINISHED, files};
use super::tail::hash_of;
use super::{FolderError, TrailFolder};
use crate::audit::erase::{Erased, Erasure, erase};
use crate::audit::line::{Content, LineReader};
use crate::audit::sequence::LineHash;
use crate::audit::trail::Trail;
use crate::folder::sync_folder;

impl Trail<TrailFolder> {
    /// Erases lines from the folder, and returns what was erased. The last segment is closed first.
    ///
    /// A segment with such lines is written anew beside the old one and takes its place at once, so that a kill leaves one or the
    /// other. Octets that were torn and moved aside go with the record that tells of them, and what a kill left half copied goes
    /// in any case. What a file system keeps of old files, and backups, have to be erased by their own means.
    ///
    /// # Errors
    /// [`FolderError`]. Segments before the one of the error are erased.
    pub fn erase(&mut self, erasure: &Erasure) -> Result<Erased, FolderError> {
        self.rotate()?;
        let path = self.committed_sink()?.path.clone();
        remove_unfinished(&path)?;
        let torn = files(&path, TORN)?;
        let told_before = told(&path, &torn)?;
        let mut total = Erased::default();
        for segment in TrailFolder::segments(&path)? {
            let erased = erase_segment(&path, &segment, erasure);
            // What was copied up to an error holds lines, too.
            remove_unfinished(&path)?;
            let erased = erased?;
            total = Erased { lines: total.lines + erased.lines, left: total.left + erased.left };
        }
        let told_after = told(&path, &torn)?;
        for file in torn {
            let (_, hash) = hash_of(&mut File::open(&file)?)?;
            if told_before.contains(&hash) && !told_after.contains(&hash) {
                fs::remove_file(&file)?;
            }
        }
        sync_folder(&path)?;
        Ok(total)
    }
}

fn erase_segment(path: &Path, segment: &Path, erasure: &Erasure) -> Result<Erased, FolderError> {
    let beside = segment.with_extension(ERASING);
    let mut out = BufWriter::new(File::create(&beside)?);
    let mut lines = LineReader::new(BufReader::with_capacity(1 << 16, File::open(segment)?));
    let erased = erase(&mut lines, erasure, &mut out)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    if erased.lines > 0 {
        file.sync_all()?;
        fs::rename(&beside, segment)?;
        sync_folder(path)?;
    }
    Ok(erased)
}

/// Removes copies of lines that did not take the place of what they are copies of.
fn remove_unfinished(path: &Path) -> io::Result<()> {
    for ending in [ERASING, UNFINISHED] {
        files(path, ending)?.iter().try_for_each(fs::remove_file)?;
    }
    Ok(())
}

/// The hashes of torn octets that records tell of. They are looked for only if there are such octets.
fn told(path: &Path, torn: &[PathBuf]) -> io::Result<BTreeSet<LineHash>> {
    let mut hashes = BTreeSet::new();
    if torn.is_empty() {
        return Ok(hashes);
    }
    let mut lines = TrailFolder::lines(path)?;
    while let Some(line) = lines.next_line()? {
        if let Content::Entry(entry) = line.content {
            hashes.extend(entry.record().details().torn_hash);
        }
    }
    Ok(hashes)
}
