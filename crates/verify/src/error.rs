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

    /// Names the place in a file in JSON and the member that is wrong, and no value: it may be a person's number.
    pub fn json(path: &Path) -> impl FnOnce(serde_json::Error) -> Self {
        let path = path.to_owned();
        move |error| {
            let what = match error.classify() {
                Category::Io => "it cannot be read".to_owned(),
                Category::Syntax => "it is no JSON".to_owned(),
                Category::Data => what_is_wrong(&error.to_string()),
                Category::Eof => "it ends too early".to_owned(),
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

/// Says what is wrong with the data of a file in JSON, by the words of serde. Of a member that is not known the name is told, and of what has
/// another form what belongs in its place: serde says it last, behind the value.
fn what_is_wrong(error: &str) -> String {
    let named = |begin: &str| error.strip_prefix(begin)?.split_once('`').map(|(name, _)| shortened(name));
    if let Some(name) = named("missing field `") {
        return format!("the member {name} is missing");
    }
    if let Some(name) = named("unknown field `") {
        return format!("the member {name} is not known");
    }
    if let Some(name) = named("duplicate field `") {
        return format!("the member {name} stands there twice");
    }
    let has_another_form = ["invalid type: ", "invalid value: ", "invalid length ", "unknown variant `"];
    let is_so = has_another_form.iter().any(|begin| error.starts_with(begin));
    let expected = error.rsplit_once(", expected ").filter(|_| is_so).map(|(_, expected)| expected);
    let expected = expected.and_then(|expected| expected.rsplit_once(" at line ")).map(|(expected, _)| expected);
    match expected {
        Some("a sequence") => "what stands here has to be an array".to_owned(),
        Some("path string") => "what stands here has to be a path".to_owned(),
        Some(expected) if expected.starts_with("struct ") => "what stands here has to be an object".to_owned(),
        Some(expected) => format!("what stands here has to be {expected}"),
        None => "a member is not what it has to be".to_owned(),
    }
}

/// The name of a member for people, which is in the file of whoever asks and may be anything.
fn shortened(name: &str) -> String {
    const LONGEST: usize = 40;
    name.chars().take(LONGEST).flat_map(char::escape_debug).collect()
}
