//! Reads the end of a trail in its folder, and moves aside what a kill left behind its last whole line.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::FolderError;
use super::names::{TEARING, TORN, UNFINISHED, segments, sequence_of};
use super::seam::FirstLine;
use crate::audit::chain::{Chain, Order};
use crate::audit::end::TrailEnd;
use crate::audit::line::{Content, LineFault, LineReader};
use crate::audit::sequence::{LineHash, Sequence};
use crate::audit::source::Source;
use crate::audit::trail_error::TrailError;
use crate::crypto::DigestAlgorithm;
use crate::folder::{Lock, parent, sync_folder};

/// The segment that is written.
pub(super) struct Segment {
    /// Whoever waits for its lines has it too.
    pub(super) file: Arc<File>,
    pub(super) octets: u64,
}

/// The end of a trail as its files show it.
#[derive(Default)]
pub(super) struct Tail {
    pub(super) end: Option<TrailEnd>,
    /// The last segment, cut back to its last whole line.
    pub(super) segment: Option<Segment>,
    pub(super) torn_octets: u64,
    pub(super) damaged_lines: u64,
}

/// What becomes of whole lines at the end that cannot be read, and of a segment that was not begun behind the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UnreadableLines {
    /// They stop the opening.
    Stop,
    /// They stay as they are, and the trail goes on behind them.
    Stay,
}

pub(super) fn read_tail(
    path: &Path,
    source: &Source,
    lock: &Lock,
    unreadable: UnreadableLines,
) -> Result<Tail, FolderError> {
    let mut segments = segments(path)?;
    let Some(name) = segments.pop() else { return Ok(Tail::default()) };
    let mut file = OpenOptions::new().read(true).append(true).open(&name)?;
    let lines = read_lines(&name, &file, source, unreadable)?;
    let broken_seams = check_seam(&segments, lines.first, unreadable)?;
    let mut end = lines.end;
    if end.is_none() {
        end = end_before(&segments, source, unreadable)?;
        let next = end.map_or(Some(Sequence::FIRST), |end| end.sequence().next());
        if next != sequence_of(&name) {
            return Err(FolderError::MissingLines);
        }
    }
    if let Some(unread) = lines.unread {
        end = Some(unread.behind(end)?);
    }
    // Everything was read, so that an error above leaves the folder as it is.
    if lock.has_failed_sync()? {
        file = write_anew(file, &name)?;
        lock.clear()?;
    }
    let Lines { whole, torn: torn_octets, damaged, .. } = lines;
    let damaged_lines = damaged + broken_seams;
    if torn_octets > 0 {
        move_aside(&mut file, &name, whole, lock)?;
    }
    Ok(Tail { end, segment: Some(Segment { file: Arc::new(file), octets: whole }), torn_octets, damaged_lines })
}

/// Checks that a segment was begun behind the one before it. Returns the number of its lines that do not follow, where they stay.
fn check_seam(segments: &[PathBuf], first: Option<FirstLine>, unreadable: UnreadableLines) -> Result<u64, FolderError> {
    match (first, unreadable) {
        (Some(first), _) if first.follows(segments)? => Ok(0),
        (Some(_), UnreadableLines::Stop) => Err(FolderError::BrokenSeam),
        (Some(_), UnreadableLines::Stay) => Ok(1),
        (None, UnreadableLines::Stop | UnreadableLines::Stay) => Ok(0),
    }
}

/// The end of the trail before its last segment, which a kill left without a line.
fn end_before(
    segments: &[PathBuf],
    source: &Source,
    unreadable: UnreadableLines,
) -> Result<Option<TrailEnd>, FolderError> {
    let mut unread: Option<Unread> = None;
    for (at, name) in segments.iter().enumerate().rev() {
        let lines = read_lines(name, &File::open(name)?, source, unreadable)?;
        // A segment is begun when all lines before are whole.
        if lines.torn > 0 {
            return Err(FolderError::UnreadableEnd(LineFault::Unterminated));
        }
        check_seam(segments.get(..at).unwrap_or_default(), lines.first, unreadable)?;
        unread = match (unread, lines.unread) {
            (Some(behind), Some(before)) => Some(Unread { count: behind.count.saturating_add(before.count), ..behind }),
            (behind, before) => behind.or(before),
        };
        if lines.end.is_some() {
            return unread.map_or(Ok(lines.end), |unread| unread.behind(lines.end).map(Some));
        }
    }
    unread.map(|unread| unread.behind(None)).transpose()
}

/// What the lines of a segment come to.
struct Lines {
    /// What the first whole line says.
    first: Option<FirstLine>,
    /// The last line that can be read.
    end: Option<TrailEnd>,
    /// The whole lines behind it, which cannot be read.
    unread: Option<Unread>,
    /// The number of octets of its whole lines, each with its line feed.
    whole: u64,
    /// The number of octets behind the last line feed.
    torn: u64,
    damaged: u64,
}

/// Whole lines that cannot be read, and stay.
#[derive(Clone, Copy)]
struct Unread {
    count: u64,
    /// The hash of the last one.
    hash: LineHash,
}

impl Unread {
    /// The end of a trail with these lines behind a line. Each of them has a number, whatever it is.
    fn behind(&self, end: Option<TrailEnd>) -> Result<TrailEnd, FolderError> {
        let number = end.map_or(0, |end| end.sequence().get()).checked_add(self.count).and_then(Sequence::new);
        let recorded_time = end.and_then(|end| end.recorded_time());
        Ok(TrailEnd { sequence: number.ok_or(TrailError::Exhausted)?, hash: self.hash, recorded_time })
    }
}

/// Reads the lines of a segment. Behind the last whole line that can be read, only a torn one may follow, or lines that stay.
fn read_lines(name: &Path, file: &File, source: &Source, unreadable: UnreadableLines) -> Result<Lines, FolderError> {
    // The number that a line has behind those before it. A segment is named by that of its first line.
    let mut number = sequence_of(name);
    let mut reader = LineReader::new(BufReader::with_capacity(1 << 16, file));
    let mut lines = Lines { first: None, end: None, unread: None, whole: 0, torn: 0, damaged: 0 };
    // The fault of the line before that stops the opening, unless one that can be read follows.
    let mut stopped = None;
    while let Some(line) = reader.next_line()? {
        if line.number == 1 && line.is_terminated() {
            lines.first = FirstLine::of(&line);
        }
        if let Content::Entry(entry) = &line.content
            && entry.source() != source
        {
            return Err(FolderError::AnotherSource);
        }
        let follows = matches!(line.link.chain, Chain::Start | Chain::Closes | Chain::Unknown)
            && matches!(line.link.order, Order::Start | Order::Next);
        // A line that cannot be read can state its number all the same, and it must be the one that it gets.
        let states_another = match &line.content {
            Content::Unreadable(line) => line.sequence.is_some_and(|stated| Some(stated) != number),
            Content::Entry(_) | Content::LeftOut(_) => false,
        };
        let can_stay = unreadable == UnreadableLines::Stay
            && matches!(line.link.order, Order::Start | Order::Next | Order::Unknown)
            && !states_another;
        let (end, hash, is_terminated) = (TrailEnd::of(&line), line.hash, line.is_terminated());
        let fault = match line.content {
            Content::Unreadable(line) => Some(line.fault),
            Content::Entry(_) | Content::LeftOut(_) => None,
        };
        // The line feed is the last octet that is written, so that nobody had acknowledged a line without it.
        if !is_terminated {
            lines.torn = reader.position().saturating_sub(lines.whole);
            break;
        }
        lines.whole = reader.position();
        lines.damaged += u64::from(end.is_none() || !follows);
        lines.end = end.or(lines.end);
        number = end.map(|end| end.sequence()).or(number).and_then(Sequence::next);
        match fault {
            Some(fault) => {
                let count = lines.unread.map_or(0, |unread| unread.count);
                lines.unread = Some(Unread { count: count.saturating_add(1), hash });
                stopped = stopped.or((!can_stay).then_some(fault));
            }
            None => (lines.unread, stopped) = (None, None),
        }
    }
    match stopped {
        Some(fault) => Err(FolderError::UnreadableEnd(fault)),
        None => Ok(lines),
    }
}

/// Writes the octets of a segment to another file, which takes its place when all of it is durable.
fn write_anew(mut file: File, name: &Path) -> io::Result<File> {
    file.rewind()?;
    copy(&mut file, name)?;
    OpenOptions::new().read(true).append(true).open(name)
}

/// Moves what is behind the last whole line to a file of its own, so that nothing is lost, and cuts it back.
fn move_aside(file: &mut File, name: &Path, whole: u64, lock: &Lock) -> io::Result<()> {
    file.seek(SeekFrom::Start(whole))?;
    let torn = hash_of(file)?;
    // The record of a torn line may itself be torn, at the same place.
    for number in 1_u64.. {
        let aside = aside(name, whole, number);
        if aside.with_extension(TORN).try_exists()? {
            continue;
        }
        if !aside.try_exists()? {
            file.seek(SeekFrom::Start(whole))?;
            copy(file, &aside)?;
            break;
        }
        // A kill before the octets were cut back leaves a file that already has them.
        if hash_of(&mut File::open(&aside)?)? == torn {
            break;
        }
    }
    file.set_len(whole)?;
    lock.sync(|| file.sync_all())
}

/// The name of a file with octets that were torn at this place of a segment: the first, the second and so on.
fn aside(segment: &Path, whole: u64, number: u64) -> PathBuf {
    let stem = segment.file_stem().unwrap_or_default().to_string_lossy();
    let again = if number > 1 { format!("-{number}") } else { String::new() };
    segment.with_file_name(format!("{stem}-{whole}{again}.{TEARING}"))
}

/// Copies the rest of a file. The copy has its name only when all of it is durable.
fn copy(file: &mut File, name: &Path) -> io::Result<()> {
    // A kill while this is done leaves a file that the next try writes again.
    let unfinished = name.with_extension(UNFINISHED);
    let mut copy = File::create(&unfinished)?;
    io::copy(file, &mut copy)?;
    copy.sync_all()?;
    fs::rename(&unfinished, name)?;
    sync_folder(parent(name))
}

/// The number of octets of the rest of a file, and their hash.
pub(super) fn hash_of(file: &mut File) -> io::Result<(u64, LineHash)> {
    let (mut hasher, mut octets) = (DigestAlgorithm::Sha256.hasher(), 0_u64);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok((octets, LineHash::of_digest(&hasher.finish())));
        }
        octets = octets.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
}
