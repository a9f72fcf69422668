//! Folders that one process writes: how names become durable, and the lock that keeps a second process out.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

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
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the lock; nothing where somebody else has it.
    pub(crate) fn take(folder: &Path) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Tells if a sync failed since the octets were last written anew.
    pub(crate) fn has_failed_sync(&self) -> io::Result<bool> {
        Ok(self.0.metadata()?.len() > 0)
    }

    /// Notes a sync that failed, and passes its result on.
    pub(crate) fn note_sync(&self, synced: io::Result<()>) -> io::Result<()> {
        if synced.is_err() {
            // The file grows by a hole, which a full disk has room for. Where even that fails, the system lets nobody write to the
            // folder before it is mounted anew, and then reads from the disk.
            let _ = self.0.set_len(1);
        }
        synced
    }

    /// Takes the mark away: all octets were written anew and are durable.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.0.set_len(0)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file is not enough: a process that another thread starts at this moment has it too, until it runs its
        // program. Where this fails, closing it unlocks it a little later.
        let _ = FileExt::unlock(&self.0);
    }
}
