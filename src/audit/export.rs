//! Exports of trails.

use std::collections::VecDeque;
use std::io::{self, BufRead, Write};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::held::{Held, HeldContent, Shown};
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
    /// A line within the span, or at its edge, or one of several at the start of the file, cannot be read, not even its number, and
    /// the numbers around it do not say it. Nothing can stand in its place.
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
/// The export of a line is the line, octet by octet. A line that cannot be read, or that the line behind it says was another one, is
/// left out like one that is not selected, and counted in the manifest. Where the line behind it can be read and names it, the hash
/// of the line that was written stands in its place: a party whose disk was damaged seals nothing that contradicts what it sealed
/// before. Memory does not depend on the number of lines.
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
    export_with(lines, selection, out, &mut io::sink(), |_| Vec::new())
}

/// The same, and writes something about each record that is shown to another place.
pub(super) fn export_with<R: BufRead, W: Write, B: Write>(
    lines: &mut LineReader<R>,
    selection: &Selection,
    out: &mut W,
    beside: &mut B,
    about: impl Fn(&Entry<'_>) -> Vec<u8>,
) -> Result<Manifest, ExportError> {
    let selected = SelectionSummary::of(selection)?;
    let mut export = Exporting { selection, out, beside, exported: Exported::new(), held: VecDeque::new() };
    let mut numbers = Numbers::default();
    let mut source: Option<Arc<Source>> = None;
    while let Some(line) = lines.next_line()? {
        let mut held = held(&line, selection, &mut source, &about);
        numbers.take(&mut held, &mut export.held, selection)?;
        export.take(held)?;
    }
    numbers.close(selection)?;
    while export.write_first()? {}
    export.exported.into_manifest(selected)
}

/// Takes of a line what is exported.
fn held(
    line: &Line<'_>,
    selection: &Selection,
    source: &mut Option<Arc<Source>>,
    about: impl Fn(&Entry<'_>) -> Vec<u8>,
) -> Held {
    let (sequence, previous, content) = match &line.content {
        Content::Entry(entry) => {
            // Mostly all lines have the same.
            let source = match source {
                Some(source) if **source == *entry.source() => Arc::clone(source),
                Some(_) | None => Arc::clone(source.insert(Arc::new(entry.source().clone()))),
            };
            let is_shown = selection.spans(entry.sequence()) && selection.shows(entry);
            let shown = is_shown.then(|| Shown { octets: line.octets().to_vec(), beside: about(entry) });
            let content = HeldContent::Record { source, recorded: entry.recorded_time(), shown };
            (Some(entry.sequence()), entry.previous(), content)
        }
        Content::LeftOut(left_out) => (Some(left_out.sequence), None, HeldContent::LeftOut),
        Content::Unreadable(unreadable) => (unreadable.sequence, None, HeldContent::Unreadable),
    };
    Held { line: line.number, sequence, hash: line.hash, previous, content }
}

/// The numbers of lines, also of those that do not say theirs.
#[derive(Default)]
struct Numbers {
    /// The number of the line before.
    before: Option<Sequence>,
    /// The first line of the span behind the last number that was read, and the number that it has if the next one fits.
    guessed: Option<(u64, Option<Sequence>)>,
}

impl Numbers {
    /// Gives a line without a number the next one. What was given is right if the next number that can be read fits.
    fn take(&mut self, line: &mut Held, held: &mut VecDeque<Held>, selection: &Selection) -> Result<(), ExportError> {
        let next = self.before.and_then(Sequence::next);
        match (line.sequence, self.guessed) {
            (None, guessed) => {
                line.sequence = next;
                let is_of_span = |(_, number): &(u64, Option<Sequence>)| number.is_none_or(|at| selection.spans(at));
                self.guessed = guessed.filter(is_of_span).or(Some((line.line, next)));
            }
            // The first line of the file: the number before that of the second.
            (Some(second), Some((1, None))) if line.line == 2 => {
                let first = second.before().ok_or(ExportError::NoNumber(1))?;
                held.iter_mut().for_each(|line| line.sequence = Some(first));
                self.guessed = None;
            }
            (Some(sequence), Some(_)) if next == Some(sequence) => self.guessed = None,
            (Some(_), Some(_)) => self.close(selection)?,
            (Some(_), None) => {}
        }
        self.before = line.sequence;
        Ok(())
    }

    /// No line behind says whether the numbers that were given are right.
    fn close(&mut self, selection: &Selection) -> Result<(), ExportError> {
        match self.guessed.take() {
            Some((_, Some(guessed))) if !selection.spans(guessed) => Ok(()),
            Some((line, _)) => Err(ExportError::NoNumber(line)),
            None => Ok(()),
        }
    }
}

/// An export while it is written.
struct Exporting<'a, W, B> {
    selection: &'a Selection,
    out: &'a mut W,
    beside: &'a mut B,
    exported: Exported,
    /// The lines that are not yet written, of which the two behind the first one judge it.
    held: VecDeque<Held>,
}

impl<W: Write, B: Write> Exporting<'_, W, B> {
    fn take(&mut self, line: Held) -> Result<(), ExportError> {
        self.held.push_back(line);
        if self.held.len() > 2 {
            self.write_first()?;
        }
        Ok(())
    }

    /// Writes the first line that is held, and tells if there was one.
    fn write_first(&mut self) -> Result<bool, ExportError> {
        let Some(line) = self.held.pop_front() else { return Ok(false) };
        let written = line.written(self.held.front(), self.held.get(1));
        self.exported.take(line, written, self.selection, self.out, self.beside)?;
        Ok(true)
    }
}

/// What was exported so far.
struct Exported {
    source: Option<Arc<Source>>,
    bounds: Option<Bounds>,
    times: Option<(DateTime<Utc>, DateTime<Utc>)>,
    count: u64,
    left_out: u64,
    unreadable: u64,
    /// The line before, as it was written.
    before: Option<(Sequence, LineHash)>,
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
        let (source, bounds, times, before) = (None, None, None, None);
        Self { source, bounds, times, count: 0, left_out: 0, unreadable: 0, before, hasher }
    }

    /// Takes the next line, and the hash of another one that was written in its place.
    fn take<W: Write, B: Write>(
        &mut self,
        line: Held,
        written: Option<LineHash>,
        selection: &Selection,
        out: &mut W,
        beside: &mut B,
    ) -> Result<(), ExportError> {
        // A line without a number is outside of the span, or it was an error.
        let Some(sequence) = line.sequence else { return Ok(()) };
        let place = (sequence, written.unwrap_or(line.hash));
        let before = self.before.replace(place).filter(|(before, _)| before.next() == Some(sequence));
        if !selection.spans(sequence) {
            return Ok(());
        }
        // What a line says counts if it is the one that was written.
        let shown = match (line.content, written) {
            (HeldContent::Record { source, recorded, shown }, None) => {
                self.take_source(source, line.line)?;
                self.take_time(recorded);
                shown
            }
            (HeldContent::LeftOut, None) => None,
            (HeldContent::Unreadable, _) | (HeldContent::Record { .. } | HeldContent::LeftOut, Some(_)) => {
                self.unreadable += 1;
                None
            }
        };
        let previous = line.previous.filter(|_| written.is_none()).or(before.map(|(_, hash)| hash));
        let bounds = self.bounds.get_or_insert(Bounds { first: place, last: place, previous });
        bounds.last = place;
        self.count += 1;
        if let Some(shown) = shown {
            self.write(out, &shown.octets)?;
            beside.write_all(&shown.beside)?;
        } else {
            self.left_out += 1;
            self.write(out, left_out_line(sequence, place.1).as_bytes())?;
        }
        Ok(())
    }

    fn take_source(&mut self, source: Arc<Source>, number: u64) -> Result<(), ExportError> {
        match &self.source {
            None => self.source = Some(source),
            Some(before) if *before == source => {}
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
            source: Arc::unwrap_or_clone(source),
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
