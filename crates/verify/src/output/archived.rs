//! The report that is archived.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::form::{Form as _, Item};
use super::json::{BEGIN, Json};
use crate::error::Error;
use crate::files::shown;
use crate::totals::Totals;

/// The report in its file, which has its name when it is whole.
pub struct Archived {
    form: Json,
    path: PathBuf,
    /// Where it is written until it is whole; a device or a link is written in its place.
    new: Option<PathBuf>,
    file: BufWriter<File>,
}

impl Archived {
    /// Takes the report of a run before away, so that nobody takes it for that of this run, and begins a new one.
    ///
    /// # Errors
    /// A file of another kind has the name, which may be one that is to be judged, or the report cannot be written.
    pub fn begin(path: &Path, now: DateTime<Utc>) -> Result<Self, Error> {
        let form = Json::new(now);
        replaceable(path)?;
        match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.is_file() => match fs::remove_file(path) {
                // Another process that writes this report was first.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(Error::of(path))?,
            },
            Ok(_) => {
                let file = File::create(path).map_err(Error::of(path))?;
                return Ok(Self { form, path: path.to_owned(), new: None, file: BufWriter::new(file) });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::of(path)(error)),
        }
        // Another process may write a report of the same name.
        let mut new = path.as_os_str().to_owned();
        new.push(format!(".{}.new", std::process::id()));
        let new = PathBuf::from(new);
        let file = File::create_new(&new).map_err(Error::of(path))?;
        Ok(Self { form, path: path.to_owned(), new: Some(new), file: BufWriter::new(file) })
    }

    /// Writes what came of a file.
    pub fn item(&mut self, item: &Item<'_>) -> Result<(), Error> {
        self.form.item(&mut self.file, item).map_err(Error::of(&self.path))
    }

    /// Writes the counts, and gives the report its name.
    pub fn end(mut self, totals: &Totals) -> Result<(), Error> {
        let written = self.form.end(&mut self.file, totals).and_then(|()| self.file.flush());
        let named = written.and_then(|()| match &self.new {
            Some(new) => self.file.get_ref().sync_all().and_then(|()| fs::rename(new, &self.path)),
            None => Ok(()),
        });
        if named.is_ok() {
            self.new = None;
        }
        named.map_err(Error::of(&self.path))
    }
}

/// Refuses a file that is neither empty nor a report, also where a link leads to it: what a glob puts in the place of the report's name is a
/// proof or an anchor. Whatever is no regular file holds nothing that could be lost.
fn replaceable(path: &Path) -> Result<(), Error> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => {}
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::of(path)(error)),
    }
    let mut begin = Vec::with_capacity(BEGIN.len());
    let file = match File::open(path) {
        Ok(file) => file,
        // Another process that writes this report took the one before away.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(Error::of(path)(error)),
    };
    file.take(BEGIN.len() as u64).read_to_end(&mut begin).map_err(Error::of(path))?;
    if begin.is_empty() || begin == BEGIN.as_bytes() {
        return Ok(());
    }
    let what = "this file is no report of this command, and --report takes the place of no other file";
    Err(Error::Usage(format!("{}: {what}", shown(path))))
}

/// A report that did not become whole is taken away.
impl Drop for Archived {
    fn drop(&mut self) {
        if let Some(new) = &self.new {
            // Nobody can be told here.
            let _ = fs::remove_file(new);
        }
    }
}
