//! Files of many DER elements, one after the other: each says itself where it ends.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use crate::arguments::Error;

pub struct Spool {
    path: PathBuf,
    file: BufWriter<File>,
}

/// What stands in a [`Spool`] that is finished.
pub struct Stored(BufReader<File>);

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
    Ok(Stored(BufReader::with_capacity(1 << 20, file)))
}

impl Iterator for Stored {
    type Item = Result<Vec<u8>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut header = [0; 2];
        match self.0.read(&mut header[..1]) {
            Ok(0) => None,
            Ok(_) => self.element(header).transpose(),
            Err(error) => Some(Err(error.into())),
        }
    }
}

impl Stored {
    /// `None` for one that is cut short, at the end: a run was stopped while it wrote it.
    fn element(&mut self, mut header: [u8; 2]) -> Result<Option<Vec<u8>>, Error> {
        if self.0.read(&mut header[1..])? == 0 {
            return Ok(None);
        }
        let mut der = header.to_vec();
        let length = match header[1] {
            short @ ..0x80 => u64::from(short),
            long => {
                let count = u64::from(long & 0x7f).min(8);
                let mut octets = Vec::new();
                if (&mut self.0).take(count).read_to_end(&mut octets)? as u64 != count {
                    return Ok(None);
                }
                der.extend_from_slice(&octets);
                octets.iter().fold(0, |length, &octet| length << 8 | u64::from(octet))
            }
        };
        let read = (&mut self.0).take(length).read_to_end(&mut der)?;
        Ok(if read as u64 == length { Some(der) } else { None })
    }
}

/// The files of seals in a folder, in the order of their names.
pub fn waiting(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(".seals") && entry.metadata()?.len() > 0 {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
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
        if name.starts_with("batch-") || name.starts_with("sample-") || name.ends_with("-anchors.pem") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
