//! Exports of trails.

use std::io::{self, BufRead, Write};

use chrono::{DateTime, Utc};

use super::line::{Content, Entry, Line, LineReader, left_out_line};
use super::manifest::{Manifest, SelectionSummary};
use super::record_error::RecordError;
use super::selection::Selection;
use super::sequence::{LineHash, Sequence};
use super::source::Source;
use crate::crypto::{DigestAlgorithm, Hasher};

/// The reason why lines could not be exported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The lines could not be read, or the export could not be written.
    #[error("the lines could not be read or written")]
    Io(#[from] io::Error),
    /// The selection spans no line, or none that says whose trail it is.
    #[error("no line to export")]
    Nothing,
    /// A line is of another source than those before.
    #[error("line {0} is of another source")]
    AnotherSource(u64),
    /// A line within the span, or at its edge, cannot be read, and not even its number is known, so that nothing can stand in its
    /// place.
    #[error("line {0} has no number")]
    NoNumber(u64),
    /// The last line has a number before that of the first: lines were moved.
    #[error("the last line is before the first")]
    OutOfOrder,
    /// The selection names more messages than a manifest does, or one whose id holds the number of a natural person.
    #[error(transparent)]
    Selection(#[from] RecordError),
}

/// Writes the lines of a trail that a selection shows, and in the place of each other one within its span the hash of it.
///
/// The export of a line is the line, octet by octet. A line that cannot be read is left out like one that is not selected, and
/// counted in the manifest. Memory does not depend on the number of lines.
///
/// Where the trail is still written, the span ends at [`Trail::committed`](super::Trail::committed). Lines behind that number may be
/// there in part, and a loss of power can take them back after their manifest was sealed.
///
/// The chain of the export closes: whoever reads it sees how many lines are left out and where, and whether any was changed.
///
/// # Errors
/// [`ExportError`].
pub fn export<R: BufRead, W: Write>(
    lines: &mut LineReader<R>,
    selection: &Selection,
    out: &mut W,
) -> Result<Manifest, ExportError> {
    export_each(lines, selection, out, |_| Ok(()))
}

/// The same, and tells each entry that is shown.
pub(super) fn export_each<R: BufRead, W: Write>(
    lines: &mut LineReader<R>,
    selection: &Selection,
    out: &mut W,
    mut shown: impl FnMut(&Entry<'_>) -> io::Result<()>,
) -> Result<Manifest, ExportError> {
    let selected = SelectionSummary::of(selection)?;
    let mut exported = Exported::new();
    while let Some(line) = lines.next_line()? {
        if exported.take(&line, selection, out)? == Shown::InFull
            && let Content::Entry(entry) = &line.content
        {
            shown(entry)?;
        }
    }
    exported.into_manifest(selected)
}

/// How a line came into an export.
#[derive(PartialEq, Eq)]
enum Shown {
    InFull,
    LeftOut,
    Outside,
}

/// What was exported so far.
struct Exported {
    source: Option<Source>,
    bounds: Option<Bounds>,
    times: Option<(DateTime<Utc>, DateTime<Utc>)>,
    count: u64,
    left_out: u64,
    unreadable: u64,
    before: Option<LineHash>,
    /// The number of the line before. One that cannot be read counts as the next one, as for the chain.
    at: Option<Sequence>,
    hasher: Hasher,
}

/// The first and the last line.
struct Bounds {
    first: (Sequence, LineHash),
    last: (Sequence, LineHash),
    previous: Option<LineHash>,
}

impl Exported {
    fn new() -> Self {
        let hasher = DigestAlgorithm::Sha256.hasher();
        let (source, bounds, times, before, at) = (None, None, None, None, None);
        Self { source, bounds, times, count: 0, left_out: 0, unreadable: 0, before, at, hasher }
    }

    fn take<W: Write>(&mut self, line: &Line<'_>, selection: &Selection, out: &mut W) -> Result<Shown, ExportError> {
        let before = self.before.replace(line.hash);
        let sequence = match &line.content {
            Content::Entry(entry) => Some(entry.sequence()),
            Content::LeftOut(left_out) => Some(left_out.sequence),
            Content::Unreadable(unreadable) => unreadable.sequence,
        };
        let expected = self.at.and_then(Sequence::next);
        self.at = sequence.or(expected);
        let Some(sequence) = sequence else {
            return match expected {
                Some(expected) if !selection.spans(expected) => Ok(Shown::Outside),
                Some(_) | None => Err(ExportError::NoNumber(line.number)),
            };
        };
        if !selection.spans(sequence) {
            return Ok(Shown::Outside);
        }
        let is_shown = match &line.content {
            Content::Entry(entry) => {
                self.take_source(entry.source(), line.number)?;
                self.take_time(entry.recorded_time());
                selection.shows(entry)
            }
            Content::LeftOut(_) => false,
            Content::Unreadable(_) => {
                self.unreadable += 1;
                false
            }
        };
        let stated = match &line.content {
            Content::Entry(entry) => entry.previous(),
            Content::LeftOut(_) | Content::Unreadable(_) => None,
        };
        let last = (sequence, line.hash);
        let bounds = self.bounds.get_or_insert(Bounds { first: last, last, previous: before.or(stated) });
        bounds.last = last;
        self.count += 1;
        if is_shown {
            self.write(out, line.octets())?;
            return Ok(Shown::InFull);
        }
        self.left_out += 1;
        self.write(out, left_out_line(sequence, line.hash).as_bytes())?;
        Ok(Shown::LeftOut)
    }

    fn take_source(&mut self, source: &Source, number: u64) -> Result<(), ExportError> {
        match &self.source {
            None => self.source = Some(source.clone()),
            Some(before) if before == source => {}
            Some(_) => return Err(ExportError::AnotherSource(number)),
        }
        Ok(())
    }

    fn take_time(&mut self, time: DateTime<Utc>) {
        let (from, to) = self.times.unwrap_or((time, time));
        self.times = Some((from.min(time), to.max(time)));
    }

    fn write<W: Write>(&mut self, out: &mut W, line: &[u8]) -> io::Result<()> {
        for octets in [line, b"\n"] {
            self.hasher.update(octets);
            out.write_all(octets)?;
        }
        Ok(())
    }

    fn into_manifest(self, selection: SelectionSummary) -> Result<Manifest, ExportError> {
        let (Some(source), Some(Bounds { first, last, previous }), Some((from, to))) =
            (self.source, self.bounds, self.times)
        else {
            return Err(ExportError::Nothing);
        };
        let manifest = Manifest {
            source,
            first: first.0,
            last: last.0,
            first_hash: first.1,
            last_hash: last.1,
            previous,
            count: self.count,
            left_out: self.left_out,
            unreadable: self.unreadable,
            from,
            to,
            selection,
            export_digest: LineHash::of_digest(&self.hasher.finish()),
        };
        manifest.fits().then_some(manifest).ok_or(ExportError::OutOfOrder)
    }
}
