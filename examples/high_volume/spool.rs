//! Files of a batch: many DER elements one after the other, each of which says itself where it ends, or many lines; and
//! files that are there as a whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::account;
use crate::arguments::Error;

/// The file of the plan of a run.
pub const PLAN: &str = "plan.tsv";

/// The ending of a file of seals that wait for their timestamp.
pub const SEALS: &str = ".seals";

/// The ending of a file of statements whose proofs are not all verified yet.
pub const STATEMENTS: &str = ".statements";

/// The end of the name of a file that is being stored.
const NEW: &str = ".new";

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

    /// Goes on after the first octets of a file, which is made where there is none. What is behind them is dropped: a run was
    /// stopped while it wrote it.
    pub fn resumed(path: PathBuf, whole: u64) -> Result<Self, Error> {
        let of = |error: io::Error| format!("{}: {error}", path.display());
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(of)?;
        file.set_len(whole).and_then(|()| file.seek(SeekFrom::End(0))).map_err(of)?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 20, file) })
    }

    pub fn push(&mut self, der: &[u8]) -> Result<(), Error> {
        self.file.write_all(der).map_err(|error| format!("{}: {error}", self.path.display()).into())
    }

    /// A line that ends within itself is one that a run which was stopped did not write to its end.
    pub fn push_line(&mut self, line: &[u8]) -> Result<(), Error> {
        self.push(line)?;
        self.push(b"\n")
    }

    /// With everything on the disk: a seal that is not stored is one that a power cut takes.
    pub fn finished(mut self) -> Result<PathBuf, Error> {
        self.file.flush()?;
        self.file.get_ref().sync_data()?;
        Ok(self.path)
    }
}

/// Reads the elements of a file. No error names the file: it is that of a batch, which is told beside the error.
pub fn read(path: &Path) -> Result<Stored, Error> {
    Ok(Stored { file: BufReader::with_capacity(1 << 20, File::open(path)?), is_cut: false })
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

/// The whole lines of a file without their ends. What stands behind the last of them was not written to its end.
pub struct Lines(BufReader<File>);

/// Reads the lines of a file. No error names the file: it is that of a batch, which is told beside the error.
pub fn lines(path: &Path) -> Result<Lines, Error> {
    Ok(Lines(BufReader::with_capacity(1 << 20, File::open(path)?)))
}

impl Iterator for Lines {
    type Item = Result<Vec<u8>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        match self.0.read_until(b'\n', &mut line) {
            Ok(_) => (line.pop() == Some(b'\n')).then_some(Ok(line)),
            Err(error) => Some(Err(error.into())),
        }
    }
}

/// Writes a file beside its place, and gives it the place when all of it is on the disk: it is there as it was or as it is.
pub fn store(path: &Path, octets: &[u8]) -> Result<(), Error> {
    let mut new = path.as_os_str().to_owned();
    new.push(NEW);
    let new = PathBuf::from(new);
    let written = || -> io::Result<()> {
        let mut file = File::create(&new)?;
        file.write_all(octets)?;
        file.sync_data()?;
        fs::rename(&new, path)?;
        sync_folder_of(path)
    };
    written().map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Removes what a run that was stopped has left of files that it was storing.
pub fn remove_unfinished(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_ours = ["batch-", "sample-", "seal-anchors", "tsa-anchors", PLAN];
        if name.ends_with(NEW) && is_ours.iter().any(|begin| name.starts_with(begin)) {
            remove(&path)?;
        }
    }
    Ok(())
}

/// Gives a file another name, which a power cut does not take back.
pub fn rename(from: &Path, to: &Path) -> Result<(), Error> {
    let renamed = fs::rename(from, to).and_then(|()| sync_folder_of(to));
    renamed.map_err(|error| format!("{}: {error}", from.display()).into())
}

/// Removes a file that may be gone already.
pub fn remove(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(format!("{}: {error}", path.display()).into()),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Windows has no such call, and writes names with the files.
#[cfg(unix)]
fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The files with this ending in a folder, in the order of their names. One that is empty holds nothing that waits.
pub fn waiting(folder: &Path, ending: &str) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(ending) && entry.metadata()?.len() > 0 {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// Removes the files of an earlier run, which nobody must take for those of this one. Letters that wait for a seal or a
/// timestamp are not removed: there is no new run beside them.
pub fn clear(folder: &Path) -> Result<(), Error> {
    for (ending, what) in [(SEALS, "seals"), (STATEMENTS, "statements")] {
        if let Some(path) = waiting(folder, ending)?.first() {
            let path = path.display();
            return Err(format!("{path}: {what} of an earlier run wait there; --resume takes them up").into());
        }
    }
    // Without it nothing of that run is gone on with.
    remove(&folder.join(PLAN))?;
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
