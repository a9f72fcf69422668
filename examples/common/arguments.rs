//! Reads the arguments of the examples: `--name VALUE`, `--flag`, and one without a name.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

pub type Error = Box<dyn std::error::Error>;

/// Options that may be given more than once.
const REPEATABLE: [&str; 3] = ["--extra", "--register-extract", "--role"];

/// Marks, at the end of its name, an option that may be given more than once. Further arguments without a name belong
/// to it as well.
const MANY: &str = "...";

pub struct Arguments(BTreeMap<&'static str, Vec<OsString>>);

impl Arguments {
    /// Reads the arguments of this process. Each may be given once, except for [`REPEATABLE`] and [`MANY`]. An option
    /// without dashes is the argument without a name.
    pub fn read(options: &[&'static str], flags: &[&'static str]) -> Result<Self, Error> {
        let mut read = BTreeMap::<_, Vec<_>>::new();
        let mut many = None;
        let mut arguments = std::env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            let with_dashes = argument.to_string_lossy().starts_with("--");
            let named =
                |names: &[&'static str]| names.iter().copied().find(|name| argument == name.trim_end_matches(MANY));
            let alone = options.iter().copied().find(|name| !with_dashes && !name.starts_with("--"));
            let (name, value) = match (named(options).filter(|_| with_dashes), named(flags)) {
                (Some(name), _) => (name, arguments.next().ok_or_else(|| format!("{name} needs a value"))?),
                (None, Some(name)) => (name, OsString::new()),
                (None, None) => match alone {
                    Some(name) => (many.filter(|_| read.contains_key(name)).unwrap_or(name), argument),
                    None => return Err(format!("unexpected argument {}", argument.display()).into()),
                },
            };
            let values = read.entry(name).or_default();
            many = Some(name).filter(|name| name.ends_with(MANY)).or(many);
            if !values.is_empty() && !REPEATABLE.contains(&name) && !name.ends_with(MANY) {
                return Err(format!("more than one {name}").into());
            }
            values.push(value);
        }
        Ok(Self(read))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    #[allow(dead_code, reason = "some examples take numbers alone")]
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.paths(name).next()
    }

    #[allow(dead_code, reason = "some examples take numbers alone")]
    pub fn paths(&self, name: &str) -> impl Iterator<Item = PathBuf> {
        self.0.get(name).into_iter().flatten().map(PathBuf::from)
    }

    #[allow(dead_code, reason = "some examples take paths alone")]
    pub fn text(&self, name: &str) -> Result<Option<&str>, Error> {
        let value = self.0.get(name).and_then(|values| values.first());
        value.map(|value| value.to_str().ok_or_else(|| format!("{name}: not a text").into())).transpose()
    }
}
