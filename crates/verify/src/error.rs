//! What keeps the tool from judging.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::error::Category;

/// The reason why something could not be judged. It names the file, and nothing that stands in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    /// A file has more octets than the library takes.
    #[error("{}: larger than {limit} octets, which is the most that is read", path.display())]
    TooLarge { path: PathBuf, limit: usize },
    /// A file is not what it was given as.
    #[error("{}: {what}", path.display())]
    Content { path: PathBuf, what: String },
    /// An argument is not what it has to be.
    #[error("{0}")]
    Usage(String),
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Error {
    /// Names the file that cannot be read.
    pub fn of(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }

    /// Names the place in a file in JSON, and nothing that stands there: a value may be a person's number.
    pub fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> Self {
        let path = path.to_owned();
        move |error| {
            let what = match error.classify() {
                Category::Io => "it cannot be read",
                Category::Syntax => "it is no JSON",
                Category::Data => "a member is not what it has to be, or is not known",
                Category::Eof => "it ends too early",
            };
            Self::Content { path, what: format!("line {}, column {}: {what}", error.line(), error.column()) }
        }
    }

    /// Names the file that is not what it was given as.
    pub fn content<E: ToString>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |error| Self::Content { path, what: error.to_string() }
    }
}
