//! Whether a segment was begun behind the last line of the one before it.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::audit::line::{Content, Line, LineReader};
use crate::audit::sequence::{LineHash, Sequence};

/// What the first line of a segment says of itself and of the line before it.
#[derive(Clone, Copy)]
pub(super) struct FirstLine {
    sequence: Sequence,
    /// `None` for the first line of a trail, and for one that was erased.
    previous: Option<LineHash>,
}

impl FirstLine {
    /// Takes a line; `None` for one that cannot be read, which says nothing.
    pub(super) fn of(line: &Line<'_>) -> Option<Self> {
        match &line.content {
            Content::Entry(entry) => Some(Self { sequence: entry.sequence(), previous: entry.previous() }),
            Content::LeftOut(left_out) => Some(Self { sequence: left_out.sequence, previous: None }),
            Content::Unreadable(_) => None,
        }
    }

    /// Tells if it was written behind the last line of the segments before it. Where there is none, they were moved elsewhere.
    pub(super) fn follows(self, segments: &[PathBuf]) -> io::Result<bool> {
        for segment in segments.iter().rev() {
            let mut file = File::open(segment)?;
            let start = start_of_last_line(&mut file)?;
            file.seek(SeekFrom::Start(start))?;
            let mut lines = LineReader::new(BufReader::new(file));
            if let Some(line) = lines.next_line()? {
                return Ok(self.is_behind(&line));
            }
        }
        Ok(true)
    }

    fn is_behind(self, line: &Line<'_>) -> bool {
        let sequence = match &line.content {
            Content::Entry(entry) => Some(entry.sequence()),
            Content::LeftOut(left_out) => Some(left_out.sequence),
            Content::Unreadable(unreadable) => unreadable.sequence,
        };
        line.is_terminated()
            && sequence.is_none_or(|before| before.next() == Some(self.sequence))
            && self.previous.is_none_or(|previous| previous == line.hash)
    }
}

/// The position of the last line of a file, by reading backwards: a segment is large, and its last line is not.
fn start_of_last_line(file: &mut File) -> io::Result<u64> {
    const CHUNK: u64 = 1 << 16;
    // The line feed of the last line ends it, and begins none.
    let mut end = file.seek(SeekFrom::End(0))?.saturating_sub(1);
    let mut buffer = Vec::new();
    while end > 0 {
        let start = end.saturating_sub(CHUNK);
        file.seek(SeekFrom::Start(start))?;
        buffer.clear();
        file.by_ref().take(end - start).read_to_end(&mut buffer)?;
        if let Some(at) = buffer.iter().rposition(|octet| *octet == b'\n') {
            return Ok(start.saturating_add(u64::try_from(at).unwrap_or(u64::MAX)).saturating_add(1));
        }
        end = start;
    }
    Ok(0)
}
