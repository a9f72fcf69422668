//! What became of each item, in a file: one line each, `MESSAGE-ID<tab>STATE<tab>more`. Of several lines of one item,
//! the last one holds.

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::arguments::Error;

pub const NAME: &str = "items.tsv";

pub struct Account {
    path: PathBuf,
    file: BufWriter<std::fs::File>,
}

impl Account {
    /// What is in it already stays.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(NAME);
        let file = OpenOptions::new().create(true).append(true).open(&path);
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
        self.file.flush().map_err(|error| format!("{}: {error}", self.path.display()).into())
    }
}
