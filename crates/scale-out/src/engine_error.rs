use std::fmt;
use std::io;

/// What is wrong with a queue or a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It cannot be reached, or went away in the middle.
    Unreachable,
    /// It did not answer in time.
    Timeout,
    /// It has no room left.
    Full,
    /// It refused what it was asked.
    Refused,
    /// What it has does not fit what it was asked: another schema, another stream, a file that is no seal.
    Unfit,
}

impl Fault {
    fn text(self) -> &'static str {
        match self {
            Self::Unreachable => "cannot be reached",
            Self::Timeout => "did not answer in time",
            Self::Full => "has no room left",
            Self::Refused => "refused it",
            Self::Unfit => "does not fit what it was asked",
        }
    }
}

/// A queue or a store failed. Nothing was settled, and the same can be tried again.
///
/// The text says which part of which engine failed, and the code that the engine gave. It repeats no message of the engine,
/// which could hold a value of a row.
#[derive(Clone, PartialEq, Eq)]
pub struct EngineError {
    engine: &'static str,
    doing: &'static str,
    fault: Fault,
    code: Option<String>,
}

impl EngineError {
    /// Makes an error of an engine by its name (`"the store"`), of what it was asked (`"to insert a seal"`).
    pub fn new(engine: &'static str, doing: &'static str, fault: Fault) -> Self {
        Self { engine, doing, fault, code: None }
    }

    /// Adds the code that the engine gave, such as an SQLSTATE. Only letters, digits and hyphens of it are kept, and at most 32.
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        let kept = |octet: &char| octet.is_ascii_alphanumeric() || *octet == '-';
        self.code = Some(code.chars().filter(kept).take(32).collect());
        self
    }

    /// Makes an error of a file or a connection.
    pub fn of_io(engine: &'static str, doing: &'static str, error: &io::Error) -> Self {
        use io::ErrorKind::{QuotaExceeded, StorageFull, TimedOut, WouldBlock};
        let fault = match error.kind() {
            StorageFull | QuotaExceeded => Fault::Full,
            TimedOut | WouldBlock => Fault::Timeout,
            _ => Fault::Unreachable,
        };
        let made = Self::new(engine, doing, fault);
        match error.raw_os_error() {
            Some(code) => made.with_code(&format!("os-error-{code}")),
            None => made,
        }
    }

    /// Returns what is wrong.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// Returns the code that the engine gave.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { engine, doing, fault, code } = self;
        write!(f, "{engine} was asked {doing} and {}", fault.text())?;
        code.iter().try_for_each(|code| write!(f, " ({code})"))
    }
}

impl fmt::Debug for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EngineError({self})")
    }
}

impl std::error::Error for EngineError {}
