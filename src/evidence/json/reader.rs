//! The reader: where it is, what it expects, and values that are no objects.

use std::fmt::Write as _;

use crate::evidence::error::{DecodeStatementError, DecodeStatementErrorKind as Kind};
use crate::evidence::json_fault::JsonFault;
use crate::evidence::limits::{MAX_DEPTH, MAX_STATEMENT};

pub(in crate::evidence) type Result<T> = std::result::Result<T, DecodeStatementError>;

/// The greatest integer that every JSON implementation reads exactly (RFC 7493 §2.2).
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// The number of steps to the deepest values that are usual.
const USUAL_DEPTH: usize = 8;

/// A step of the path to the value that is read.
#[derive(Clone, Copy)]
pub(super) enum Step {
    Member(&'static str),
    Element(usize),
}

/// A reader of one value after the other.
pub(in crate::evidence) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) path: Vec<Step>,
}

impl<'a> Reader<'a> {
    /// Checks the size and the coding of the whole first.
    pub(in crate::evidence) fn new(bytes: &'a [u8]) -> Result<Self> {
        let at = |offset, kind| DecodeStatementError { path: String::new(), offset, kind };
        if bytes.len() > MAX_STATEMENT {
            return Err(at(MAX_STATEMENT, Kind::TooLarge { limit: MAX_STATEMENT }));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| at(error.valid_up_to(), JsonFault::NotUtf8.into()))?;
        Ok(Self { text, at: 0, depth: 0, path: Vec::with_capacity(USUAL_DEPTH) })
    }

    /// Makes an error at the current octet.
    pub(in crate::evidence) fn error(&self, kind: impl Into<Kind>) -> DecodeStatementError {
        let mut path = String::new();
        for step in &self.path {
            // Writing into a String does not fail.
            let _ = match step {
                Step::Member(name) if path.is_empty() => write!(path, "{name}"),
                Step::Member(name) => write!(path, ".{name}"),
                Step::Element(index) => write!(path, "[{index}]"),
            };
        }
        DecodeStatementError { path, offset: self.at, kind: kind.into() }
    }

    /// Makes an error at a member of the value that is read.
    pub(in crate::evidence) fn error_at(&mut self, name: &'static str, kind: impl Into<Kind>) -> DecodeStatementError {
        self.path.push(Step::Member(name));
        let error = self.error(kind);
        self.path.pop();
        error
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Returns the next octet, which must be there and no white space.
    pub(super) fn token(&self) -> Result<u8> {
        match self.peek() {
            None => Err(self.error(JsonFault::UnexpectedEnd)),
            // A statement has one encoding, which the profile writes without white space.
            Some(b' ' | b'\t' | b'\r' | b'\n') => Err(self.error(JsonFault::WhiteSpace)),
            Some(octet) => Ok(octet),
        }
    }

    /// Takes this octet, or returns the error for another one.
    pub(super) fn expect(&mut self, octet: u8) -> Result<()> {
        if self.token()? != octet {
            return Err(self.error(JsonFault::Syntax));
        }
        self.at += 1;
        Ok(())
    }

    /// Takes the octet that opens a value of this type.
    pub(super) fn open(&mut self, octet: u8, expected: &'static str) -> Result<()> {
        match self.token()? {
            first if first == octet => {
                self.at += 1;
                Ok(())
            }
            b'{' | b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9' => {
                Err(self.error(Kind::WrongType { expected }))
            }
            _ => Err(self.error(JsonFault::Syntax)),
        }
    }

    pub(super) fn enter(&mut self) -> Result<()> {
        // The reader calls itself for each level, so that hostile nesting would exhaust the stack.
        if self.depth >= MAX_DEPTH {
            return Err(self.error(JsonFault::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        Ok(())
    }

    /// Checks that no octets follow.
    pub(in crate::evidence) fn end(&self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error(JsonFault::TrailingOctets)),
        }
    }

    /// Reads an array of 1 to `limit` elements.
    pub(in crate::evidence) fn array<T>(
        &mut self,
        limit: usize,
        mut read: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.open(b'[', "an array")?;
        self.enter()?;
        if self.token()? == b']' {
            return Err(self.error(Kind::EmptyArray));
        }
        let mut elements = Vec::new();
        loop {
            if elements.len() >= limit {
                return Err(self.error(Kind::TooMany { limit }));
            }
            self.path.push(Step::Element(elements.len()));
            elements.push(read(self)?);
            self.path.pop();
            if self.token()? == b']' {
                self.at += 1;
                self.depth -= 1;
                return Ok(elements);
            }
            self.expect(b',')?;
        }
    }

    pub(in crate::evidence) fn boolean(&mut self) -> Result<bool> {
        match self.token()? {
            b't' => self.literal("true").map(|()| true),
            b'f' => self.literal("false").map(|()| false),
            _ => self.open(0, "true or false").map(|()| false),
        }
    }

    pub(super) fn literal(&mut self, literal: &'static str) -> Result<()> {
        for &octet in literal.as_bytes() {
            self.expect(octet)?;
        }
        Ok(())
    }

    /// Reads an index: an integer from 1.
    pub(in crate::evidence) fn index(&mut self) -> Result<usize> {
        let start = self.at;
        match self.token()? {
            b'-' | b'0'..=b'9' => {}
            _ => return self.open(0, "an integer").map(|()| 0),
        }
        let (negative, value) = self.integer()?;
        let index = usize::try_from(value).ok().filter(|&index| index > 0 && !negative);
        index.ok_or_else(|| {
            self.at = start;
            self.error(JsonFault::Number)
        })
    }

    /// Reads a natural number, which may be 0.
    pub(in crate::evidence) fn natural(&mut self) -> Result<u64> {
        let start = self.at;
        match self.token()? {
            b'-' | b'0'..=b'9' => {}
            _ => return self.open(0, "an integer").map(|()| 0),
        }
        let (negative, value) = self.integer()?;
        if negative {
            self.at = start;
            return Err(self.error(JsonFault::Number));
        }
        Ok(value)
    }

    /// Reads an integer in its plain form: the sign and the magnitude.
    pub(super) fn integer(&mut self) -> Result<(bool, u64)> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let digits = self.at;
        while self.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            self.at += 1;
        }
        if self.peek().is_none() {
            return Err(self.error(JsonFault::UnexpectedEnd));
        }
        let written = self.text.get(digits..self.at).unwrap_or_default();
        let plain = !written.starts_with('0') || (written == "0" && !negative);
        let whole = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        let value = written.parse().ok().filter(|&value| value <= MAX_INTEGER && plain && whole);
        value.map(|value| (negative, value)).ok_or_else(|| {
            self.at = start;
            self.error(JsonFault::Number)
        })
    }
}
