//! The lock of a folder, which also says whether a sync failed.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use fs4::{FileExt, TryLockError};

use super::error::FolderError;
use super::names::LOCK;

/// The file that is locked. The system unlocks it when the process ends in any way.
///
/// It is empty, unless a sync failed. Some systems then drop what could not be written from what they will write, and still show it
/// to readers: a second sync of the file would come back as if all was well. Whoever opens the folder next writes the octets
/// anew. A loss of power before that takes the mark, if it was not durable, and with it all that only seemed to be written.
pub(super) struct Lock(File);

impl Lock {
    pub(super) fn take(folder: &Path) -> Result<Self, FolderError> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
        match FileExt::try_lock(&file) {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }

    /// Tells if a sync failed since the octets were last written anew.
    pub(super) fn has_failed_sync(&self) -> io::Result<bool> {
        Ok(self.0.metadata()?.len() > 0)
    }

    /// Notes a sync that failed, and passes its result on.
    pub(super) fn note_sync(&self, synced: io::Result<()>) -> io::Result<()> {
        if synced.is_err() {
            // The file grows by a hole, which a full disk has room for. Where even that fails, the system lets nobody write to the
            // folder before it is mounted anew, and then reads from the disk.
            let _ = self.0.set_len(1);
        }
        synced
    }

    /// Takes the mark away: all octets were written anew and are durable.
    pub(super) fn clear(&self) -> io::Result<()> {
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
