//! Files of many DER elements, one after the other: each says itself where it ends.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use crate::account;
use crate::arguments::Error;

pub struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
}

/// What stands in a [`Spool`] that is finished, or was cut short.
pub struct Stored {
    file: BufReader<File>,
    is_cut: bool,
}

impl Spool {
    pub fn create(path: PathBuf) -> Result<Self, Error> {
        let file = File::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 20, file) })
    }

    pub fn push(&mut self, der: &[u8]) -> Result<(), Error> {
        self.file.write_all(der).map_err(|error| format!("{}: {error}", self.path.display()).into())
    }

    /// With everything on the disk: a seal that is not stored is one that a power cut takes.
    pub fn finished(mut self) -> Result<PathBuf, Error> {
        self.file.flush()?;
        self.file.get_ref().sync_data()?;
        Ok(self.path)
    }
}

pub fn read(path: &Path) -> Result<Stored, Error> {
    let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(Stored { file: BufReader::with_capacity(1 << 20, file), is_cut: false })
}

impl Iterator for Stored {
    type Item = Result<Vec<u8>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_cut {
            return None;
        }
        let mut der = Vec::new();
        match self.element(&mut der) {
            Ok(()) => Some(Ok(der)),
            // A run was stopped while it wrote it.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                self.is_cut = !der.is_empty();
                None
            }
            Err(error) => Some(Err(error.into())),
        }
    }
}

impl Stored {
    /// Whether the file ends within an element. Known at its end.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn element(&mut self, der: &mut Vec<u8>) -> io::Result<()> {
        let [_tag, length] = [self.octet(der)?, self.octet(der)?];
        let mut left = u64::from(length);
        if length >= 0x80 {
            left = 0;
            for _ in 0..(length & 0x7f).min(8) {
                left = left << 8 | u64::from(self.octet(der)?);
            }
        }
        let read = (&mut self.file).take(left).read_to_end(der)?;
        if read as u64 == left { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }

    fn octet(&mut self, der: &mut Vec<u8>) -> io::Result<u8> {
        let mut octet = [0];
        self.file.read_exact(&mut octet)?;
        der.extend(octet);
        Ok(octet[0])
    }
}

/// The files of seals in a folder, in the order of their names.
pub fn waiting(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(".seals") && entry.metadata()?.len() > 0 {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// Removes the files of an earlier run, which nobody must take for those of this one. Seals that wait for a timestamp
/// are not removed: there is no new run beside them.
pub fn clear(folder: &Path) -> Result<(), Error> {
    if let Some(path) = waiting(folder)?.first() {
        return Err(format!("{}: seals of an earlier run wait there; --resume takes them up", path.display()).into());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("batch-")
            || name.starts_with("sample-")
            || name.ends_with("-anchors.pem")
            || name == account::NAME
        {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
