//! A log as the files of a folder.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::limits::MAX_FILE;
use super::store::{Store, StoredFile};
use crate::folder::{Lock, make_folder, parent, sync_folder};

/// The ending of a file while it is written.
const UNFINISHED: &str = "unfinished";

/// A log in a folder of its own, which no second process writes meanwhile. A web server can give its files to readers.
///
/// Each file is written beside its place and takes it when all of it is durable, so that a kill or a loss of power leaves the old
/// one or the new one. What was half written lies beside, and nobody reads it.
pub struct LogFolder {
    path: PathBuf,
    /// Unlocks the folder when it goes.
    _lock: Lock,
}

/// The reason why a folder cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogFolderError {
    /// Another process writes the log, or this one does elsewhere. Two writers would sign two histories.
    #[error("somebody else writes this log")]
    InUse,
    /// The folder cannot be made, or locked.
    #[error("the folder of the log: {0}")]
    Io(#[from] io::Error),
}

impl LogFolder {
    /// Opens a folder, which is made if it is not there, and locks it.
    ///
    /// # Errors
    /// `InUse`, `Io`.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, LogFolderError> {
        let path = path.into();
        make_folder(&path)?;
        // A kill may have come between making the folder and making its name durable.
        sync_folder(parent(&path))?;
        let lock = Lock::take(&path)?.ok_or(LogFolderError::InUse)?;
        Ok(Self { path, _lock: lock })
    }

    /// Returns the place of a file. A path leads nowhere else than below the folder.
    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let is_name = |name: &str| {
            let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-' | b'_');
            !name.is_empty() && !name.starts_with('.') && name.bytes().all(is_plain)
        };
        match path.split('/').all(is_name) {
            true => Ok(path.split('/').fold(self.path.clone(), |place, name| place.join(name))),
            false => Err(io::Error::new(io::ErrorKind::InvalidInput, "the path is none of a log")),
        }
    }
}

impl Store for LogFolder {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(self.place(path)?) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut octets = Vec::new();
        file.take(MAX_FILE.saturating_add(1)).read_to_end(&mut octets)?;
        match u64::try_from(octets.len()) {
            Ok(length) if length <= MAX_FILE => Ok(Some(octets)),
            Ok(_) | Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("{path} is too large"))),
        }
    }

    fn write(&mut self, files: &[StoredFile]) -> io::Result<()> {
        let mut folders = BTreeSet::new();
        for StoredFile { path, octets } in files {
            let place = self.place(path)?;
            let folder = parent(&place).to_owned();
            if folders.insert(folder.clone()) {
                make_folder(&folder)?;
            }
            // Always a new file: after a sync that failed, a second one of the same file says nothing.
            let unfinished = unfinished(&place);
            let mut file = File::create(&unfinished)?;
            file.write_all(octets)?;
            file.sync_all()?;
            fs::rename(&unfinished, &place)?;
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))
    }

    fn remove(&mut self, paths: &[String]) -> io::Result<()> {
        for path in paths {
            let place = self.place(path)?;
            match fs::remove_file(&place) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            if parent(&place).extension().is_some_and(|extension| extension == "p") {
                // The folder of partial tiles goes with the last of them.
                let _ = fs::remove_dir(parent(&place));
            }
        }
        Ok(())
    }
}

fn unfinished(place: &Path) -> PathBuf {
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(UNFINISHED);
    place.with_file_name(name)
}

impl fmt::Debug for LogFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogFolder").finish_non_exhaustive()
    }
}
