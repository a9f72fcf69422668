//! The right to write into a folder. Two runs at once would write over each other's files.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::arguments::Error;

const NAME: &str = "lock";

/// Holds the folder until it is dropped. The system lets go of it also when the process is killed.
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder for a run of this program, or says what to do when another run has it.
    pub fn of(folder: &Path, program: &str, advice: &str) -> Result<Self, Error> {
        let path = folder.join(NAME);
        match locked(&path) {
            Ok(Some(file)) => Ok(Self { _file: file }),
            Ok(None) => Err(format!("{}: another run of {program} writes there; {advice}", folder.display()).into()),
            Err(error) => Err(format!("{}: {error}", path.display()).into()),
        }
    }
}

/// Opens a file for this process alone. It is `None` when another process has it.
#[cfg(unix)]
fn locked(path: &Path) -> io::Result<Option<File>> {
    use rustix::fs::{FlockOperation, flock};
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Some(file)),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Opens a file that no other process can open meanwhile.
#[cfg(windows)]
fn locked(path: &Path) -> io::Result<Option<File>> {
    use std::os::windows::fs::OpenOptionsExt;
    const SHARING_VIOLATION: i32 = 32;
    match File::options().create(true).truncate(false).write(true).share_mode(0).open(path) {
        Err(error) if error.raw_os_error() == Some(SHARING_VIOLATION) => Ok(None),
        opened => opened.map(Some),
    }
}
