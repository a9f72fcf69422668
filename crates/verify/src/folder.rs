//! The files in a folder and in the folders below it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A path that cannot be read, and why.
type Unread = (PathBuf, String);

/// Lists files in the order of their names, and what cannot be read. Links are followed, and each folder is read once, so that no link leads
/// round in a circle.
pub fn files(path: &Path) -> (Vec<PathBuf>, Vec<Unread>) {
    let mut listing = Listing::default();
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        match listing.read(&folder) {
            Ok(folders) => open.extend(folders.into_iter().rev()),
            Err(error) => listing.unread.push((folder, error.to_string())),
        }
    }
    (listing.files, listing.unread)
}

#[derive(Default)]
struct Listing {
    files: Vec<PathBuf>,
    unread: Vec<Unread>,
    /// The folders that were read, as they are called without links.
    read: BTreeSet<PathBuf>,
}

impl Listing {
    /// Adds the files of a folder. Returns the folders in it.
    fn read(&mut self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        if !self.read.insert(folder.canonicalize()?) {
            return Ok(Vec::new());
        }
        let listed: Result<Vec<_>, _> = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut paths = listed?;
        paths.sort();
        let mut folders = Vec::new();
        for path in paths {
            match fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => folders.push(path),
                Ok(metadata) if metadata.is_file() => self.files.push(path),
                // A pipe or a device, which is not opened: it could wait for ever.
                Ok(_) => self.unread.push((path, "this is no regular file".to_owned())),
                Err(error) => self.unread.push((path, error.to_string())),
            }
        }
        Ok(folders)
    }
}
