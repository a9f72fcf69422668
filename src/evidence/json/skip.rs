//! Values of any form, which are read past.

use std::collections::BTreeSet;

use super::reader::{Reader, Result};
use crate::evidence::error::DecodeStatementErrorKind as Kind;
use crate::evidence::json_fault::JsonFault;
use crate::evidence::limits::MAX_MEMBERS;

impl<'a> Reader<'a> {
    /// Reads any one object, and gives it as it was received.
    pub(in crate::evidence) fn raw_object(&mut self) -> Result<&'a str> {
        let start = self.at;
        if self.token()? != b'{' {
            return self.open(b'{', "an object").map(|()| "");
        }
        self.skip()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Reads past any one value; the nesting is bounded by [`MAX_DEPTH`].
    pub(in crate::evidence) fn skip(&mut self) -> Result<()> {
        match self.token()? {
            b'{' => self.skip_object(|_, _| Ok(false)),
            b'[' => self.skip_array(),
            b'"' => self.any_string().map(|_| ()),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            b'-' | b'0'..=b'9' => self.integer().map(|_| ()),
            _ => Err(self.error(JsonFault::Syntax)),
        }
    }

    /// Reads past an object. `take` is offered each member by its name and tells if it has read the value.
    pub(in crate::evidence) fn skip_object(
        &mut self,
        mut take: impl FnMut(&mut Self, &str) -> Result<bool>,
    ) -> Result<()> {
        self.open(b'{', "an object")?;
        self.enter()?;
        let mut names = BTreeSet::new();
        if self.token()? == b'}' {
            self.at += 1;
            self.depth -= 1;
            return Ok(());
        }
        loop {
            if names.len() >= MAX_MEMBERS {
                return Err(self.error(Kind::TooMany { limit: MAX_MEMBERS }));
            }
            let start = self.at;
            let (name, _) = self.any_string()?;
            self.expect(b':')?;
            // Readers differ in the value that they take of a doubled name, so that one text would state two things.
            if names.contains(&name) {
                self.at = start;
                return Err(self.error(JsonFault::DuplicateMember));
            }
            if !take(self, &name)? {
                self.skip()?;
            }
            names.insert(name);
            if self.token()? == b'}' {
                self.at += 1;
                self.depth -= 1;
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    fn skip_array(&mut self) -> Result<()> {
        self.expect(b'[')?;
        self.enter()?;
        let mut elements: usize = 0;
        while self.token()? != b']' {
            if elements > 0 {
                self.expect(b',')?;
            }
            if elements >= MAX_MEMBERS {
                return Err(self.error(Kind::TooMany { limit: MAX_MEMBERS }));
            }
            self.skip()?;
            elements += 1;
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }
}

/// Checks that these octets are one JSON object as an extension may hold it.
pub(in crate::evidence) fn check_object(bytes: &[u8]) -> Result<()> {
    let mut reader = Reader::new(bytes)?;
    // The object will be three levels deep: in the statement, in Extensions, in the extension.
    reader.depth = 3;
    reader.raw_object()?;
    reader.end()
}
