//! Where a log is kept: files that are named by paths, and hardly ever change.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

/// A file to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// The path below the log, such as `tile/0/000`: names of ASCII with slashes between them.
    pub path: String,
    /// All octets of the file.
    pub octets: Vec<u8>,
}

impl StoredFile {
    pub(super) fn new(path: impl ToString, octets: Vec<u8>) -> Self {
        Self { path: path.to_string(), octets }
    }
}

impl fmt::Debug for StoredFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredFile({}, {} octets)", self.path, self.octets.len())
    }
}

/// Where one log is kept, and nobody else writes: a folder, or objects behind a service.
///
/// Only the last tiles of each level, and the few files beside `tile`, are ever written again. A server can give the files below
/// `tile` and the file `checkpoint` to anybody.
pub trait Store {
    /// Reads a file; nothing where there is none.
    ///
    /// # Errors
    /// Whatever keeps the store from saying so.
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>>;

    /// Writes whole files, each in the place of one that has its path. All of them survive a loss of power when this returns, and
    /// whenever a reader comes, each file is there as it was before or as it is now.
    ///
    /// # Errors
    /// Whatever keeps one of them from being durable. Some may be there.
    fn write(&mut self, files: &[StoredFile]) -> io::Result<()>;

    /// Removes files that nobody needs any more. One that is not there is removed already.
    ///
    /// # Errors
    /// Whatever keeps one of them there.
    fn remove(&mut self, paths: &[String]) -> io::Result<()>;
}

impl<S: Store + ?Sized> Store for &mut S {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        (**self).read(path)
    }

    fn write(&mut self, files: &[StoredFile]) -> io::Result<()> {
        (**self).write(files)
    }

    fn remove(&mut self, paths: &[String]) -> io::Result<()> {
        (**self).remove(paths)
    }
}

/// A log in memory, for tests.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MemoryStore {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryStore {
    /// Returns the paths, in their order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

impl Store for MemoryStore {
    fn read(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.files.get(path).cloned())
    }

    fn write(&mut self, files: &[StoredFile]) -> io::Result<()> {
        self.files.extend(files.iter().map(|file| (file.path.clone(), file.octets.clone())));
        Ok(())
    }

    fn remove(&mut self, paths: &[String]) -> io::Result<()> {
        paths.iter().for_each(|path| {
            self.files.remove(path);
        });
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} files)", self.files.len())
    }
}
