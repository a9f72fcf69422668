//! Objects whose members are known: each once, in the order of the schema.

use std::borrow::Cow;

use super::reader::{Reader, Result, Step};
use crate::evidence::error::{DecodeStatementError, DecodeStatementErrorKind as Kind};
use crate::evidence::json_fault::JsonFault;

impl<'a> Reader<'a> {
    /// Reads an object whose members are `names`, in this order.
    pub(in crate::evidence) fn object<T>(
        &mut self,
        names: &'static [&'static str],
        read: impl FnOnce(&mut Members<'_, 'a>) -> Result<T>,
    ) -> Result<T> {
        self.open(b'{', "an object")?;
        self.enter()?;
        let mut members = Members { reader: self, names, allowed: u32::MAX, seen: 0, read: 0, next: None };
        let value = read(&mut members)?;
        members.end()?;
        self.depth -= 1;
        Ok(value)
    }

    /// Takes the name of a member, and the separator before it, where they are as the profile writes them.
    fn take_name(&mut self, separator: &[u8], name: &str) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let after = rest
            .strip_prefix(separator)
            .and_then(|rest| rest.strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?.strip_prefix(b"\":"));
        let Some(after) = after else { return false };
        self.at += rest.len() - after.len();
        true
    }
}

/// The members of an object that is being read.
pub(in crate::evidence) struct Members<'r, 'a> {
    reader: &'r mut Reader<'a>,
    names: &'static [&'static str],
    /// Bit n is set when the object may have the n-th name.
    allowed: u32,
    /// Bit n is set when the n-th name was read.
    seen: u32,
    read: usize,
    /// The name of the next member, when it was read already, and where it begins.
    next: Option<(Cow<'a, str>, usize)>,
}

impl<'a> Members<'_, 'a> {
    fn bit(&self, name: &str) -> Option<u32> {
        let position = self.names.iter().position(|member| *member == name)?;
        let bit = u32::try_from(position).ok().and_then(|position| 1u32.checked_shl(position));
        bit.filter(|bit| self.allowed & bit != 0)
    }

    /// Takes every name but these as known in this object.
    pub(in crate::evidence) fn allow_all_but(&mut self, forbidden: impl Iterator<Item = &'static str>) {
        self.allowed = u32::MAX;
        let forbidden = forbidden.filter_map(|name| self.bit(name)).fold(0, |bits, bit| bits | bit);
        self.allowed = !forbidden;
    }

    /// Returns the name of the next member, and `None` at the end of the object.
    fn peek(&mut self) -> Result<Option<&str>> {
        if self.next.is_none() {
            if self.reader.token()? == b'}' {
                return Ok(None);
            }
            if self.read > 0 {
                self.reader.expect(b',')?;
            }
            let start = self.reader.at;
            let name = self.reader.string()?;
            self.reader.expect(b':')?;
            self.next = Some((name, start));
        }
        Ok(self.next.as_ref().map(|(name, _)| name.as_ref()))
    }

    /// Returns the name of the next member as it was read, and `None` at the end of the object.
    pub(in crate::evidence) fn next_name(&mut self) -> Result<Option<Cow<'a, str>>> {
        self.peek()?;
        Ok(self.next.as_ref().map(|(name, _)| name.clone()))
    }

    /// Tells if the next member has this name, which holds nothing that is escaped.
    fn is_next(&mut self, name: &str) -> Result<bool> {
        let separator: &[u8] = if self.read > 0 { b"," } else { b"" };
        Ok((self.next.is_none() && self.reader.take_name(separator, name)) || self.peek()? == Some(name))
    }

    /// Reads the next member whatever its name is.
    pub(in crate::evidence) fn any<T>(&mut self, read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
        self.next = None;
        self.read += 1;
        read(self.reader)
    }

    /// Reads a member if it is the next.
    pub(in crate::evidence) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T>,
    ) -> Result<Option<T>> {
        // A member that the row of the event forbids is not read, and so refused as unknown, whichever code asks for
        // it.
        let Some(bit) = self.bit(name) else { return Ok(None) };
        if !self.is_next(name)? {
            return Ok(None);
        }
        self.seen |= bit;
        self.reader.path.push(Step::Member(name));
        let value = self.any(read)?;
        self.reader.path.pop();
        Ok(Some(value))
    }

    /// Reads a member that must be the next.
    pub(in crate::evidence) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T>,
    ) -> Result<T> {
        match self.optional(name, read)? {
            Some(value) => Ok(value),
            None => match self.what_is_next() {
                Some((kind, at)) if matches!(kind, Kind::Json(JsonFault::DuplicateMember) | Kind::UnknownMember) => {
                    Err(self.error_from(at, kind))
                }
                Some(_) | None => Err(self.reader.error_at(name, Kind::MissingMember)),
            },
        }
    }

    /// Tells the error of the next member, if it has one.
    fn what_is_next(&self) -> Option<(Kind, usize)> {
        let (name, at) = self.next.as_ref()?;
        let kind = match self.bit(name) {
            Some(bit) if self.seen & bit != 0 => JsonFault::DuplicateMember.into(),
            Some(_) => Kind::MemberOutOfOrder,
            None => Kind::UnknownMember,
        };
        Some((kind, *at))
    }

    fn error_from(&mut self, at: usize, kind: Kind) -> DecodeStatementError {
        self.reader.at = at;
        self.reader.error(kind)
    }

    /// Makes an error at the object.
    pub(in crate::evidence) fn error(&self, kind: impl Into<Kind>) -> DecodeStatementError {
        self.reader.error(kind)
    }

    /// Makes an error at a member of the object.
    pub(in crate::evidence) fn error_at(&mut self, name: &'static str, kind: impl Into<Kind>) -> DecodeStatementError {
        self.reader.error_at(name, kind)
    }

    fn end(&mut self) -> Result<()> {
        self.peek()?;
        match self.what_is_next() {
            Some((kind, at)) => Err(self.error_from(at, kind)),
            None => self.reader.expect(b'}'),
        }
    }
}
