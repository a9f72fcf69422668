//! The right to write into a folder. Two runs at once would write over each other's seals.

use std::fs::{File, OpenOptions};
use std::path::Path;

use fs4::fs_std::FileExt;

use crate::arguments::Error;

const NAME: &str = "lock";

/// Holds the folder until it is dropped. The system lets go of it also when the process is killed.
pub struct Lock {
    _file: File,
}

impl Lock {
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
        match FileExt::try_lock_exclusive(&file) {
            Ok(true) => Ok(Self { _file: file }),
            Ok(false) => {
                let folder = folder.display();
                Err(format!(
                    "{folder}: another run of high_volume writes there; wait for its end, or give another --out"
                )
                .into())
            }
            Err(error) => Err(format!("{}: {error}", path.display()).into()),
        }
    }
}
