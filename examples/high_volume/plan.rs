//! How many letters a run has, and how many of them are a batch: in a file, so that a run which was stopped is gone on with
//! as it began.

use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use crate::arguments::Error;
use crate::spool;

#[derive(Clone, Copy)]
pub struct Plan {
    pub items: usize,
    pub size: usize,
}

impl Plan {
    /// The letters of each batch.
    pub fn batches(self) -> impl Iterator<Item = Range<usize>> {
        let Self { items, size } = self;
        (0..items).step_by(size).map(move |first| first..items.min(first.saturating_add(size)))
    }

    /// Stores the plan of a run that begins.
    pub fn store(self, folder: &Path) -> Result<(), Error> {
        spool::store(&folder.join(spool::PLAN), format!("{}\t{}\n", self.items, self.size).as_bytes())
    }

    /// The plan of the run that began in this folder, if one did.
    pub fn stored(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(spool::PLAN);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        };
        let parsed = || -> Option<Self> {
            let (items, size) = text.trim().split_once('\t')?;
            Some(Self { items: items.parse().ok()?, size: size.parse().ok().filter(|size| *size > 0)? })
        };
        Ok(Some(parsed().ok_or_else(|| format!("{}: not as it was written", path.display()))?))
    }
}
