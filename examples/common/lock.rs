//! The right to write into a folder. Two runs at once would write over each other's files.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::arguments::Error;

/// Holds the folder until it is dropped. The system lets go of it also when the process is killed.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder for a run of this program, or says what to do when another run has it.
    pub fn of(folder: &Path, program: &str, advice: &str) -> Result<Self, Error> {
        match locked(folder) {
            Ok(Some(file)) => Ok(Self { _file: file }),
            Ok(None) => Err(format!("{}: another run of {program} writes there; {advice}", folder.display()).into()),
            Err(error) => Err(format!("{}: {error}", folder.display()).into()),
        }
    }
}

/// Locks the folder itself, so that no file is left with the owner of this run. It is `None` when another process has it.
#[cfg(unix)]
fn locked(folder: &Path) -> io::Result<Option<File>> {
    use rustix::fs::{FlockOperation, flock};
    let folder = File::open(folder)?;
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(folder)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens a file that no other process can open meanwhile.
#[cfg(windows)]
fn locked(folder: &Path) -> io::Result<Option<File>> {
    use std::os::windows::fs::OpenOptionsExt;
    const SHARING_VIOLATION: i32 = 32;
    match File::options().create(true).truncate(false).write(true).share_mode(0).open(folder.join("lock")) {
        Err(error) if error.raw_os_error() == Some(SHARING_VIOLATION) => Ok(None),
        opened => opened.map(Some),
    }
}
