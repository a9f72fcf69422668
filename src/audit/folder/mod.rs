//! A trail as the files of a folder.

mod commit;
mod erasing;
mod error;
mod names;
mod seam;
mod tail;

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use self::commit::Commit;
pub use self::error::FolderError;
use self::names::{SEGMENT, TEARING, TORN, files, segments};
use self::tail::{Segment, Tail, UnreadableLines, hash_of, read_tail};
use super::line::LineReader;
use super::record::{Occurrence, Record};
use super::sequence::Sequence;
use super::sink::Sink;
use super::source::Source;
use super::trail::Trail;
use super::trail_error::TrailError;
use crate::folder::{Lock, make_folder, parent, sync_folder};

/// A segment with as many octets is followed by the next one. Opening a trail reads its last segment.
const SEGMENT_OCTETS: u64 = 1 << 28;

/// A trail in a folder of its own: segments of lines, and a lock that keeps a second process out.
///
/// After a sync that failed it makes nothing durable any more, whichever trail has it, and the folder has to be opened anew.
pub struct TrailFolder {
    path: PathBuf,
    lock: Arc<Lock>,
    segment: Option<Segment>,
    segment_octets: u64,
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
    /// The number of lines of the last segment that cannot be read or do not follow the line before, its first one included:
    /// somebody changed the file, or the disk did. The trail goes on, and its readers see it too.
    pub damaged_lines: u64,
}

impl TrailFolder {
    /// Opens the trail of a source in its folder, which is made if it is not there, and locks it.
    ///
    /// What a kill or a loss of power left behind the last whole line is moved aside, and a record of the kind `resumed` says
    /// so. `now` is the time of that record. A whole line that cannot be read is never moved aside.
    ///
    /// All lines are durable when this returns, also those that a kill left unsynced. After a sync that failed, the octets of the
    /// last segment are written anew: a second sync of the same file may come back without having written them.
    ///
    /// # Errors
    /// [`FolderError::InUse`], [`FolderError::AnotherSource`], [`FolderError::UnreadableEnd`], [`FolderError::MissingLines`],
    /// [`FolderError::BrokenSeam`], [`FolderError::Io`], [`FolderError::Trail`].
    pub fn open(path: impl Into<PathBuf>, source: &Source, now: DateTime<Utc>) -> Result<OpenedTrail, FolderError> {
        Self::open_at(path.into(), source, now, UnreadableLines::Stop)
    }

    /// Opens a trail like [`open`](Self::open), also if whole lines at its end cannot be read, or if its last segment was not begun
    /// behind the one before it. A loss of power can leave such a line where pages were written out of order, and a newer version of
    /// the library can have written it.
    ///
    /// The lines stay as they are and keep their numbers, and the next line names the last of them. So no number is given twice,
    /// and nothing that may have been acknowledged is lost. Readers see lines that cannot be read; an export leaves them out.
    ///
    /// # Errors
    /// The same; [`FolderError::UnreadableEnd`] for a line that states another number than the next one, and for one without a
    /// line feed before the last segment.
    pub fn open_behind_unreadable(
        path: impl Into<PathBuf>,
        source: &Source,
        now: DateTime<Utc>,
    ) -> Result<OpenedTrail, FolderError> {
        Self::open_at(path.into(), source, now, UnreadableLines::Stay)
    }

    fn open_at(
        path: PathBuf,
        source: &Source,
        now: DateTime<Utc>,
        unreadable: UnreadableLines,
    ) -> Result<OpenedTrail, FolderError> {
        make_folder(&path)?;
        let lock = Lock::take(&path)?.ok_or(FolderError::InUse)?;
        let Tail { end, segment, torn_octets, damaged_lines } = read_tail(&path, source, &lock, unreadable)?;
        if segment.is_none() {
            // A kill may have come between making the folder and syncing the one that it lies in, without which a loss of power
            // takes the folder with all that was acknowledged.
            sync_folder(parent(&path))?;
        }
        let folder = Self { path, lock: Arc::new(lock), segment, segment_octets: SEGMENT_OCTETS };
        let aside = files(&folder.path, TEARING)?;
        let mut trail = Trail::behind(source, folder, end);
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
        segments(path)
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
            self.lock.sync(|| before.file.sync_data())?;
        }
        let name = self.path.join(first.to_string()).with_extension(SEGMENT);
        // A file of this name would hold lines of the same numbers.
        let file = OpenOptions::new().append(true).create_new(true).open(name)?;
        // Else a loss of power could take the name of a file whose octets are on the disk.
        self.lock.sync(|| sync_folder(&self.path))?;
        self.segment = Some(Segment { file: Arc::new(file), octets: 0 });
        Ok(())
    }
}

impl Trail<TrailFolder> {
    /// Writes all records so far, and returns what makes them durable without the trail. [`commit`](Trail::commit) does both.
    ///
    /// A service with many threads has the trail in a mutex: each appends its record, begins a commit, gives the trail back and
    /// finishes. While the disk takes some records, the next ones are appended, and one sync makes all of them durable.
    ///
    /// ```
    /// use std::sync::{Mutex, PoisonError};
    ///
    /// use chrono::{DateTime, Utc};
    /// use recommande::audit::{Record, Trail, TrailError, TrailFolder};
    ///
    /// fn record(trail: &Mutex<Trail<TrailFolder>>, record: &Record<'_>, now: DateTime<Utc>) -> Result<(), TrailError> {
    ///     let commit = {
    ///         let mut trail = trail.lock().unwrap_or_else(PoisonError::into_inner);
    ///         trail.append(record, now)?;
    ///         trail.begin_commit()?
    ///     };
    ///     commit.finish()?; // before the caller is answered
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// `Write`, `Stopped`.
    pub fn begin_commit(&mut self) -> Result<Commit, TrailError> {
        let end = self.write_out()?;
        let TrailFolder { segment, lock, .. } = self.sink();
        let file = segment.as_ref().map(|segment| Arc::clone(&segment.file));
        Ok(Commit { end, file, lock: Arc::clone(lock), progress: self.progress() })
    }

    /// Closes the last segment: the next line begins another one. All lines so far are durable afterwards.
    ///
    /// Segments also change when they are large. A service that closes one each day can export, seal and erase by days.
    ///
    /// # Errors
    /// The errors of [`commit`](Trail::commit).
    pub fn rotate(&mut self) -> Result<(), TrailError> {
        let folder = self.committed_sink()?;
        // One without a line, as a kill leaves it, has the name that the next one would have.
        folder.segment = folder.segment.take().filter(|segment| segment.octets == 0);
        Ok(())
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
        (&*segment.file).write_all(lines)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.lock.sync(|| self.segment.as_ref().map_or(Ok(()), |segment| segment.file.sync_data()))
    }
}

impl fmt::Debug for TrailFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.segment.as_ref().map(|segment| segment.octets);
        f.debug_struct("TrailFolder").field("octets", &octets).finish_non_exhaustive()
    }
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
