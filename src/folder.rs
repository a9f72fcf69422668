//! Folders that one process writes: how names become durable, and the lock that keeps a second process out.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use fs4::{FileExt, TryLockError};

/// The file that is locked while the folder is written.
const LOCK: &str = "lock";

/// Makes a folder, with those that it lies in, and their names durable.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
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
pub(crate) fn parent(path: &Path) -> &Path {
    // The parent of a name without a folder is an empty path, which no call of the system takes.
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Other systems have no such call, and write names with the files.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The file that is locked. The system unlocks it when the process ends in any way.
///
/// It is empty, unless a sync failed. Some systems then drop what could not be written from what they will write, and still show it
/// to readers: a second sync of the file would come back as if all was well. Whoever opens the folder next writes the octets
/// anew. A loss of power before that takes the mark, if it was not durable, and with it all that only seemed to be written.
pub(crate) struct Lock {
    file: File,
    /// Whether a sync failed while the lock was held. It is locked while something is synced: of two syncs of one file at the same time,
    /// the system tells only one that pages were lost.
    has_failed: Mutex<bool>,
}

/// An earlier sync failed, so that the success of another one would say nothing.
#[derive(Debug, thiserror::Error)]
#[error("an earlier sync failed")]
struct EarlierSyncFailed;

/// Tells if nothing was synced, because an earlier sync had failed.
pub(crate) fn is_of_earlier_sync(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|cause| cause.is::<EarlierSyncFailed>())
}

impl Lock {
    /// Takes the lock; nothing where somebody else has it.
    pub(crate) fn take(folder: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(Self { file, has_failed: Mutex::new(false) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Tells if a sync failed since the octets were last written anew.
    pub(crate) fn has_failed_sync(&self) -> io::Result<bool> {
        Ok(self.file.metadata()?.len() > 0)
    }

    /// Syncs something of the folder, one thing at a time, and notes a failure. After one, nothing is synced any more under this lock,
    /// whoever asks.
    pub(crate) fn sync(&self, sync: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        // A thread that panicked while it synced left the flag as it was.
        let mut has_failed = self.has_failed.lock().unwrap_or_else(PoisonError::into_inner);
        if *has_failed {
            return Err(io::Error::other(EarlierSyncFailed));
        }
        let synced = sync();
        if synced.is_err() {
            *has_failed = true;
            // The file grows by a hole, which a full disk has room for. Where even that fails, the system lets nobody write to the
            // folder before it is mounted anew, and then reads from the disk.
            let _ = self.file.set_len(1);
        }
        synced
    }

    /// Takes the mark away: all octets were written anew and are durable.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.file.set_len(0)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread starts at this moment has it too, until it runs its
        // program. Where this fails, closing it unlocks it a little later.
        let _ = FileExt::unlock(&self.file);
    }
}
