//! What became of each item, in a file: one line each, `MESSAGE-ID<tab>STATE<tab>more`. Of several lines of one item,
//! the last one holds.

use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::arguments::Error;

pub const NAME: &str = "items.tsv";

pub struct Account {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Account {
    /// What is in it already stays, in whole lines.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).and_then(at_end);
        let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, file: BufWriter::new(file) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn add(&mut self, item: &str, state: &str, more: impl Display) -> Result<(), Error> {
        let written = writeln!(self.file, "{item}\t{state}\t{more}");
        written.map_err(|error| format!("{}: {error}", self.path.display()).into())
    }

    pub fn flush(&mut self) -> Result<(), Error> {
        // What it says of a batch is on the disk before the batch is done with.
        let written = self.file.flush().and_then(|()| self.file.get_ref().sync_data());
        written.map_err(|error| format!("{}: {error}", self.path.display()).into())
    }
}

/// Goes to the end of the whole lines, and drops what a run that was stopped has left of a line behind them: the next one would
/// be a part of it.
fn at_end(mut file: File) -> io::Result<File> {
    /// Octets at the end of the file, more than a line has.
    const TAIL: u64 = 1 << 16;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let torn = tail.iter().rev().take_while(|octet| **octet != b'\n').count();
    file.set_len(length - torn as u64)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}
