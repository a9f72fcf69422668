//! A trail as the files of a folder: the only place of the library that names files.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use fs4::{FileExt, TryLockError};

use super::chain::{Chain, Order};
use super::end::TrailEnd;
use super::erase::{EraseError, Erased, Erasure, erase};
use super::line::{Content, LineFault, LineReader};
use super::record::{Occurrence, Record};
use super::sequence::{LineHash, Sequence};
use super::sink::Sink;
use super::source::Source;
use super::trail::{Trail, TrailError};
use crate::crypto::DigestAlgorithm;

/// The ending of a segment: JSON Lines. Its name is the number of its first line, so that names sort as lines do.
const SEGMENT: &str = "jsonl";

/// The ending of octets that were moved aside, before a record of the trail says so, and after.
const TEARING: &str = "tearing";
const TORN: &str = "torn";

/// The ending of octets while they are moved aside.
const UNFINISHED: &str = "unfinished";

/// The ending of a segment while lines are erased from it.
const ERASING: &str = "erasing";

/// The file that is locked while the trail is written.
const LOCK: &str = "lock";

/// A segment with as many octets is followed by the next one. Opening a trail reads its last segment.
const SEGMENT_OCTETS: u64 = 1 << 28;

/// A trail in a folder of its own: segments of lines, and a lock that keeps a second process out.
pub struct TrailFolder {
    path: PathBuf,
    _lock: Lock,
    segment: Option<Segment>,
    segment_octets: u64,
}

struct Segment {
    file: File,
    octets: u64,
}

/// The file that is locked. The system unlocks it when the process ends in any way.
struct Lock(File);

impl Lock {
    fn take(folder: &Path) -> Result<Self, FolderError> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread starts at this moment has it too, until it runs its
        // program. Where this fails, closing it unlocks it a little later.
        let _ = FileExt::unlock(&self.0);
    }
}

/// A trail that was opened, and what was wrong with its end.
#[derive(Debug)]
#[non_exhaustive]
pub struct OpenedTrail {
    /// The trail, behind its last whole line.
    pub trail: Trail<TrailFolder>,
    /// The number of octets behind the last whole line, as a kill or a loss of power leaves them. They were moved to a file with
    /// the ending `torn`, and a record says so; nobody had acknowledged them.
    pub torn_octets: u64,
    /// The number of lines of the last segment that cannot be read or do not follow the line before, above its last line:
    /// somebody changed the file, or the disk did. The trail goes on, and its readers see it too.
    pub damaged_lines: u64,
}

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
    #[error("a whole line at the end of the trail cannot be read")]
    UnreadableEnd(#[source] LineFault),
    /// The last segment has no line, and its name does not follow the line before: lines are missing, whose numbers would be
    /// given to others. Nothing in the folder was changed.
    #[error("the lines before the last segment are missing")]
    MissingLines,
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

impl TrailFolder {
    /// Opens the trail of a source in its folder, which is made if it is not there, and locks it.
    ///
    /// What a kill or a loss of power left behind the last whole line is moved aside, and a record of the kind `resumed` says
    /// so. `now` is the time of that record. A whole line that cannot be read is never moved aside.
    ///
    /// # Errors
    /// [`FolderError::InUse`], [`FolderError::AnotherSource`], [`FolderError::UnreadableEnd`], [`FolderError::MissingLines`],
    /// [`FolderError::Io`], [`FolderError::Trail`].
    pub fn open(path: impl Into<PathBuf>, source: &Source, now: DateTime<Utc>) -> Result<OpenedTrail, FolderError> {
        let path = path.into();
        make_folder(&path)?;
        let lock = Lock::take(&path)?;
        let Tail { end, segment, torn_octets, damaged_lines } = read_tail(&path, source)?;
        if segment.is_none() {
            // A kill may have come between making the folder and syncing the one that it lies in, without which a loss of power
            // takes the folder with all that was acknowledged.
            sync_folder(parent(&path))?;
        }
        let folder = Self { path, _lock: lock, segment, segment_octets: SEGMENT_OCTETS };
        let aside = files(&folder.path, TEARING)?;
        let mut trail = match end {
            Some(end) => Trail::resume(source, folder, end),
            None => Trail::begin(source, folder),
        };
        for file in &aside {
            let (octets, hash) = hash_of(&mut File::open(file)?)?;
            let occurrence = Occurrence::at(now).map_err(TrailError::Record)?;
            trail.append(&Record::resumed(occurrence, octets, hash), now)?;
        }
        let folder = trail.committed_sink()?;
        for file in &aside {
            fs::rename(file, file.with_extension(TORN))?;
        }
        sync_folder(&folder.path)?;
        Ok(OpenedTrail { trail, torn_octets, damaged_lines })
    }

    /// Lists the segments of the trail in a folder, in the order of their lines.
    ///
    /// # Errors
    /// The error of reading the folder.
    pub fn segments(path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut segments = files(path, SEGMENT)?;
        segments.retain(|file| sequence_of(file).is_some());
        Ok(segments)
    }

    /// Reads the lines of all segments of the trail in a folder. Whoever writes it may go on.
    ///
    /// # Errors
    /// The error of reading the folder.
    pub fn lines(path: &Path) -> io::Result<LineReader<impl BufRead + use<>>> {
        let segments = Self::segments(path)?.into_iter();
        Ok(LineReader::new(BufReader::with_capacity(1 << 16, Segments { segments, open: None })))
    }

    fn begin_segment(&mut self, first: Sequence) -> io::Result<()> {
        if let Some(before) = self.segment.take() {
            before.file.sync_data()?;
        }
        let name = self.path.join(first.to_string()).with_extension(SEGMENT);
        // A file of this name would hold lines of the same numbers.
        let file = OpenOptions::new().append(true).create_new(true).open(name)?;
        // Else a loss of power could take the name of a file whose octets are on the disk.
        sync_folder(&self.path)?;
        self.segment = Some(Segment { file, octets: 0 });
        Ok(())
    }
}

impl Trail<TrailFolder> {
    /// Closes the last segment: the next line begins another one. All lines so far are durable afterwards.
    ///
    /// Segments also change when they are large. A service that closes one each day can export, seal and erase by days.
    ///
    /// # Errors
    /// The errors of [`commit`](Trail::commit).
    pub fn rotate(&mut self) -> Result<(), TrailError> {
        self.committed_sink()?.segment = None;
        Ok(())
    }

    /// Erases lines from the folder, and returns what was erased. The last segment is closed first.
    ///
    /// A segment with such lines is written anew beside the old one and takes its place at once, so that a kill leaves one or the
    /// other. What a file system keeps of old files, and backups, have to be erased by their own means.
    ///
    /// # Errors
    /// [`FolderError`]. Segments before the one of the error are erased.
    pub fn erase(&mut self, erasure: &Erasure) -> Result<Erased, FolderError> {
        self.rotate()?;
        let path = self.committed_sink()?.path.clone();
        let mut total = Erased::default();
        for segment in TrailFolder::segments(&path)? {
            let beside = segment.with_extension(ERASING);
            let mut out = BufWriter::new(File::create(&beside)?);
            let mut lines = LineReader::new(BufReader::with_capacity(1 << 16, File::open(&segment)?));
            let erased = erase(&mut lines, erasure, &mut out)?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            if erased.lines > 0 {
                file.sync_all()?;
                fs::rename(&beside, &segment)?;
                sync_folder(&path)?;
            } else {
                fs::remove_file(&beside)?;
            }
            total = Erased { lines: total.lines + erased.lines, left: total.left + erased.left };
        }
        Ok(total)
    }

    /// Sets the number of octets after which a segment is followed by the next one. The default is 256 MiB.
    #[must_use]
    pub fn with_segment_octets(mut self, octets: u64) -> Self {
        self.sink_mut().segment_octets = octets;
        self
    }
}

impl Sink for TrailFolder {
    fn append(&mut self, first: Sequence, lines: &[u8]) -> io::Result<()> {
        if self.segment.as_ref().is_none_or(|segment| segment.octets >= self.segment_octets) {
            self.begin_segment(first)?;
        }
        let segment = self.segment.as_mut().ok_or(io::ErrorKind::NotFound)?;
        segment.octets = segment.octets.saturating_add(u64::try_from(lines.len()).unwrap_or(u64::MAX));
        segment.file.write_all(lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.segment.as_ref().map_or(Ok(()), |segment| segment.file.sync_data())
    }
}

impl fmt::Debug for TrailFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.segment.as_ref().map(|segment| segment.octets);
        f.debug_struct("TrailFolder").field("octets", &octets).finish_non_exhaustive()
    }
}

/// The end of a trail as its files show it.
#[derive(Default)]
struct Tail {
    end: Option<TrailEnd>,
    /// The last segment, cut back to its last whole line.
    segment: Option<Segment>,
    torn_octets: u64,
    damaged_lines: u64,
}

fn read_tail(path: &Path, source: &Source) -> Result<Tail, FolderError> {
    let mut segments = TrailFolder::segments(path)?;
    let Some(name) = segments.pop() else { return Ok(Tail::default()) };
    let mut file = OpenOptions::new().read(true).append(true).open(&name)?;
    let Lines { mut end, whole, torn: torn_octets, damaged: damaged_lines } = read_lines(&file, source)?;
    if end.is_none() {
        end = end_before(&segments, source)?;
        let next = end.map_or(Some(Sequence::FIRST), |end| end.sequence().next());
        if next != sequence_of(&name) {
            return Err(FolderError::MissingLines);
        }
    }
    // Everything was read, so that an error above leaves the folder as it is.
    if torn_octets > 0 {
        move_aside(&mut file, &name, whole)?;
    }
    Ok(Tail { end, segment: Some(Segment { file, octets: whole }), torn_octets, damaged_lines })
}

/// The end of the trail before its last segment, which a kill left without a line.
fn end_before(segments: &[PathBuf], source: &Source) -> Result<Option<TrailEnd>, FolderError> {
    for name in segments.iter().rev() {
        let lines = read_lines(&File::open(name)?, source)?;
        // A segment is begun when all lines before are whole.
        if lines.torn > 0 {
            return Err(FolderError::UnreadableEnd(LineFault::Unterminated));
        }
        if lines.end.is_some() {
            return Ok(lines.end);
        }
    }
    Ok(None)
}

/// What the lines of a segment come to.
struct Lines {
    end: Option<TrailEnd>,
    /// The number of octets of its whole lines, each with its line feed.
    whole: u64,
    /// The number of octets behind the last line feed.
    torn: u64,
    damaged: u64,
}

/// Reads the lines of a segment. Behind the last whole line that can be read, only a torn one may follow.
fn read_lines(file: &File, source: &Source) -> Result<Lines, FolderError> {
    let mut reader = LineReader::new(BufReader::with_capacity(1 << 16, file));
    let mut lines = Lines { end: None, whole: 0, torn: 0, damaged: 0 };
    // The fault of the line before, where it is whole and cannot be read.
    let mut unreadable = None;
    while let Some(line) = reader.next_line()? {
        if let Content::Entry(entry) = &line.content
            && entry.source() != source
        {
            return Err(FolderError::AnotherSource);
        }
        let follows = matches!(line.link.chain, Chain::Start | Chain::Closes | Chain::Unknown)
            && matches!(line.link.order, Order::Start | Order::Next);
        let (end, is_terminated) = (TrailEnd::of(&line), line.is_terminated());
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
        unreadable = fault;
    }
    match unreadable {
        Some(fault) => Err(FolderError::UnreadableEnd(fault)),
        None => Ok(lines),
    }
}

/// Moves what is behind the last whole line to a file of its own, so that nothing is lost, and cuts it back.
fn move_aside(file: &mut File, name: &Path, whole: u64) -> io::Result<()> {
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
            copy_aside(file, &aside)?;
            break;
        }
        // A kill before the octets were cut back leaves a file that already has them.
        if hash_of(&mut File::open(&aside)?)? == torn {
            break;
        }
    }
    file.set_len(whole)?;
    file.sync_all()
}

/// The name of a file with octets that were torn at this place of a segment: the first, the second and so on.
fn aside(segment: &Path, whole: u64, number: u64) -> PathBuf {
    let stem = segment.file_stem().unwrap_or_default().to_string_lossy();
    let again = if number > 1 { format!("-{number}") } else { String::new() };
    segment.with_file_name(format!("{stem}-{whole}{again}.{TEARING}"))
}

/// Copies the rest of a file. The copy has its name only when all of it is durable.
fn copy_aside(file: &mut File, aside: &Path) -> io::Result<()> {
    // A kill while this is done leaves a file that the next try writes again.
    let unfinished = aside.with_extension(UNFINISHED);
    let mut copy = File::create(&unfinished)?;
    io::copy(file, &mut copy)?;
    copy.sync_all()?;
    fs::rename(&unfinished, aside)?;
    sync_folder(parent(aside))
}

/// The number of octets of the rest of a file, and their hash.
fn hash_of(file: &mut File) -> io::Result<(u64, LineHash)> {
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

/// The files of a folder with this ending, sorted by name.
fn files(path: &Path, ending: &str) -> io::Result<Vec<PathBuf>> {
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
fn sequence_of(segment: &Path) -> Option<Sequence> {
    Sequence::from_digits(segment.file_stem()?.to_str()?)
}

/// Makes a folder, with those that it lies in, and their names durable.
fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = parent(path);
    make_folder(parent)?;
    match fs::create_dir(path) {
        // Somebody else made it at the same moment.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    sync_folder(parent)
}

/// The folder that a file or a folder lies in.
fn parent(path: &Path) -> &Path {
    // The parent of a name without a folder is an empty path, which no call of the system takes.
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Other systems have no such call, and write names with the files.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The octets of segments, one behind the other.
struct Segments {
    segments: std::vec::IntoIter<PathBuf>,
    open: Option<File>,
}

impl Read for Segments {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(open) = &mut self.open {
                let count = open.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    return Ok(count);
                }
            }
            let Some(next) = self.segments.next() else { return Ok(0) };
            self.open = Some(File::open(next)?);
        }
    }
}
