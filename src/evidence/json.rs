//! A strict reader of JSON (RFC 8259) over the received octets, in the one form that the profile writes: no white
//! space, members in the schema's order, each once, integers only.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::error::{DecodeStatementError, DecodeStatementErrorKind as Kind};
use super::limits::{MAX_DEPTH, MAX_MEMBERS, MAX_STATEMENT};

pub(super) type Result<T> = std::result::Result<T, DecodeStatementError>;

/// The greatest integer that every JSON implementation reads exactly (RFC 7493 §2.2).
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// A step of the path to the value that is read.
#[derive(Clone, Copy)]
enum Step {
    Member(&'static str),
    Element(usize),
}

pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    path: Vec<Step>,
}

impl<'a> Reader<'a> {
    /// Checks the size and the coding of the whole first.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self> {
        let at = |offset, kind| DecodeStatementError { path: String::new(), offset, kind };
        if bytes.len() > MAX_STATEMENT {
            return Err(at(MAX_STATEMENT, Kind::TooLarge { limit: MAX_STATEMENT }));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| at(error.valid_up_to(), Kind::NotUtf8))?;
        Ok(Self { text, at: 0, depth: 0, path: Vec::new() })
    }

    /// Makes an error at the current octet.
    pub(super) fn error(&self, kind: impl Into<Kind>) -> DecodeStatementError {
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
    pub(super) fn error_at(&mut self, name: &'static str, kind: impl Into<Kind>) -> DecodeStatementError {
        self.path.push(Step::Member(name));
        let error = self.error(kind);
        self.path.pop();
        error
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Returns the next octet, which must be there and no white space.
    fn token(&self) -> Result<u8> {
        match self.peek() {
            None => Err(self.error(Kind::UnexpectedEnd)),
            // A statement has one encoding, which the profile writes without white space.
            Some(b' ' | b'\t' | b'\r' | b'\n') => Err(self.error(Kind::WhiteSpace)),
            Some(octet) => Ok(octet),
        }
    }

    /// Takes this octet, or returns the error for another one.
    fn expect(&mut self, octet: u8) -> Result<()> {
        if self.token()? != octet {
            return Err(self.error(Kind::Syntax));
        }
        self.at += 1;
        Ok(())
    }

    /// Takes the octet that opens a value of this type.
    fn open(&mut self, octet: u8, expected: &'static str) -> Result<()> {
        match self.token()? {
            first if first == octet => {
                self.at += 1;
                Ok(())
            }
            b'{' | b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9' => {
                Err(self.error(Kind::WrongType { expected }))
            }
            _ => Err(self.error(Kind::Syntax)),
        }
    }

    fn enter(&mut self) -> Result<()> {
        // The reader calls itself for each level, so that hostile nesting would exhaust the stack.
        if self.depth >= MAX_DEPTH {
            return Err(self.error(Kind::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        Ok(())
    }

    /// Checks that no octets follow.
    pub(super) fn end(&self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(self.error(Kind::TrailingOctets)),
        }
    }

    /// Reads an object whose members are `names`, in this order.
    pub(super) fn object<T>(
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

    /// Takes the name of a member, and the comma before it if it `follows` another one, where they are as the profile
    /// writes them.
    fn take_name(&mut self, name: &str, follows: bool) -> bool {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let rest_of = |rest| if follows { <[u8]>::strip_prefix(rest, b",") } else { Some(rest) };
        let after = rest_of(rest)
            .and_then(|rest| rest.strip_prefix(b"\"")?.strip_prefix(name.as_bytes())?.strip_prefix(b"\":"));
        let Some(after) = after else { return false };
        self.at += rest.len() - after.len();
        true
    }

    /// Reads an array of 1 to `limit` elements.
    pub(super) fn array<T>(&mut self, limit: usize, mut read: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
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

    /// Reads a string in the escapes that the profile writes: `\"` and `\\`.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>> {
        let start = self.at;
        let (text, needless) = self.any_string()?;
        if needless {
            self.at = start;
            return Err(self.error(Kind::NeedlessEscape));
        }
        Ok(text)
    }

    /// Reads a string, and tells if it holds escapes that the profile does not write.
    fn any_string(&mut self) -> Result<(Cow<'a, str>, bool)> {
        self.open(b'"', "a string")?;
        let mut text = Cow::Borrowed("");
        let mut needless = false;
        loop {
            let start = self.at;
            let rest = self.text.as_bytes().get(start..).unwrap_or_default();
            self.at += plain_len(rest);
            let plain = self.text.get(start..self.at).unwrap_or_default();
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            match self.peek() {
                None => return Err(self.error(Kind::UnexpectedEnd)),
                Some(b'"') => {
                    self.at += 1;
                    return Ok((text, needless));
                }
                Some(b'\\') => {
                    let (c, written) = self.escape()?;
                    text.to_mut().push(c);
                    needless |= !written;
                }
                Some(_) => return Err(self.error(Kind::Escape)),
            }
        }
    }

    /// Reads an escape, and tells if the profile writes the character in this way.
    fn escape(&mut self) -> Result<(char, bool)> {
        self.at += 1;
        let letter = self.peek().ok_or_else(|| self.error(Kind::UnexpectedEnd))?;
        let c = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return Ok((self.unicode_escape()?, false)),
            _ => return Err(self.error(Kind::Escape)),
        };
        self.at += 1;
        Ok((c, matches!(letter, b'"' | b'\\')))
    }

    /// Reads `uXXXX`, and the low surrogate that must follow a high one.
    fn unicode_escape(&mut self) -> Result<char> {
        let first = self.four_digits()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let lone = self.error(Kind::LoneSurrogate);
        if first >= 0xdc00 || self.text.as_bytes().get(self.at..self.at + 2) != Some(b"\\u".as_slice()) {
            return Err(lone);
        }
        self.at += 1;
        let second = self.four_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone);
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or(lone)
    }

    fn four_digits(&mut self) -> Result<u32> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.peek().ok_or_else(|| self.error(Kind::UnexpectedEnd))?;
            let digit = char::from(digit).to_digit(16).ok_or_else(|| self.error(Kind::Escape))?;
            value = value << 4 | digit;
            self.at += 1;
        }
        Ok(value)
    }

    pub(super) fn boolean(&mut self) -> Result<bool> {
        match self.token()? {
            b't' => self.literal("true").map(|()| true),
            b'f' => self.literal("false").map(|()| false),
            _ => self.open(0, "true or false").map(|()| false),
        }
    }

    fn literal(&mut self, literal: &'static str) -> Result<()> {
        for &octet in literal.as_bytes() {
            self.expect(octet)?;
        }
        Ok(())
    }

    /// Reads an index: an integer from 1.
    pub(super) fn index(&mut self) -> Result<usize> {
        let start = self.at;
        match self.token()? {
            b'-' | b'0'..=b'9' => {}
            _ => return self.open(0, "an integer").map(|()| 0),
        }
        let (negative, value) = self.integer()?;
        let index = usize::try_from(value).ok().filter(|&index| index > 0 && !negative);
        index.ok_or_else(|| {
            self.at = start;
            self.error(Kind::Number)
        })
    }

    /// Reads an integer in its plain form: the sign and the magnitude.
    fn integer(&mut self) -> Result<(bool, u64)> {
        let start = self.at;
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let digits = self.at;
        while self.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            self.at += 1;
        }
        if self.peek().is_none() {
            return Err(self.error(Kind::UnexpectedEnd));
        }
        let written = self.text.get(digits..self.at).unwrap_or_default();
        let plain = !written.starts_with('0') || (written == "0" && !negative);
        let whole = !matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        let value = written.parse().ok().filter(|&value| value <= MAX_INTEGER && plain && whole);
        value.map(|value| (negative, value)).ok_or_else(|| {
            self.at = start;
            self.error(Kind::Number)
        })
    }

    /// Reads any one object, and gives it as it was received.
    pub(super) fn raw_object(&mut self) -> Result<&'a str> {
        let start = self.at;
        if self.token()? != b'{' {
            return self.open(b'{', "an object").map(|()| "");
        }
        self.skip()?;
        Ok(self.text.get(start..self.at).unwrap_or_default())
    }

    /// Reads past any one value; the nesting is bounded by [`MAX_DEPTH`].
    pub(super) fn skip(&mut self) -> Result<()> {
        match self.token()? {
            b'{' => self.skip_object(|_, _| Ok(false)),
            b'[' => self.skip_array(),
            b'"' => self.any_string().map(|_| ()),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            b'-' | b'0'..=b'9' => self.integer().map(|_| ()),
            _ => Err(self.error(Kind::Syntax)),
        }
    }

    /// Reads past an object. `take` is offered each member by its name and tells if it has read the value.
    pub(super) fn skip_object(&mut self, mut take: impl FnMut(&mut Self, &str) -> Result<bool>) -> Result<()> {
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
                return Err(self.error(Kind::DuplicateMember));
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

/// Counts the octets before the first one that ends a string or its plain part. Eight octets are looked at at once.
fn plain_len(text: &[u8]) -> usize {
    let (blocks, rest) = text.as_chunks::<8>();
    for (number, block) in blocks.iter().enumerate() {
        let special = special_octets(u64::from_le_bytes(*block));
        if special != 0 {
            return 8 * number + usize::try_from(special.trailing_zeros() / 8).unwrap_or_default();
        }
    }
    let is_special = |octet: &u8| *octet < 0x20 || matches!(octet, b'"' | b'\\');
    let end = rest.iter().position(is_special).unwrap_or(rest.len());
    text.len() - rest.len() + end
}

/// Sets the highest bit of each octet that ends a plain part, up to and with the first of them; those after it may be set
/// wrongly, because a subtraction borrows from them.
fn special_octets(octets: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGHEST: u64 = 0x80 * EACH;
    let below = |limit: u8, octets: u64| octets.wrapping_sub(u64::from(limit) * EACH) & !octets;
    let equal = |octet: u8| below(1, octets ^ (u64::from(octet) * EACH));
    (below(0x20, octets) | equal(b'"') | equal(b'\\')) & HIGHEST
}

/// The members of an object that is being read.
pub(super) struct Members<'r, 'a> {
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
    pub(super) fn allow_all_but(&mut self, forbidden: impl Iterator<Item = &'static str>) {
        self.allowed = u32::MAX;
        let forbidden = forbidden.filter_map(|name| self.bit(name)).fold(0, |bits, bit| bits | bit);
        self.allowed = !forbidden;
    }

    /// Returns the name of the next member, and `None` at the end of the object.
    pub(super) fn peek(&mut self) -> Result<Option<&str>> {
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

    /// Tells if the next member has this name, which holds nothing that is escaped.
    fn is_next(&mut self, name: &str) -> Result<bool> {
        let follows = self.read > 0;
        Ok((self.next.is_none() && self.reader.take_name(name, follows)) || self.peek()? == Some(name))
    }

    /// Reads the next member whatever its name is.
    pub(super) fn any<T>(&mut self, read: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
        self.next = None;
        self.read += 1;
        read(self.reader)
    }

    /// Reads a member if it is the next.
    pub(super) fn optional<T>(
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
    pub(super) fn required<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T>,
    ) -> Result<T> {
        match self.optional(name, read)? {
            Some(value) => Ok(value),
            None => match self.what_is_next() {
                Some((kind @ (Kind::DuplicateMember | Kind::UnknownMember), at)) => Err(self.error_from(at, kind)),
                _ => Err(self.reader.error_at(name, Kind::MissingMember)),
            },
        }
    }

    /// Tells the error of the next member, if it has one.
    fn what_is_next(&self) -> Option<(Kind, usize)> {
        let (name, at) = self.next.as_ref()?;
        let kind = match self.bit(name) {
            Some(bit) if self.seen & bit != 0 => Kind::DuplicateMember,
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
    pub(super) fn error(&self, kind: impl Into<Kind>) -> DecodeStatementError {
        self.reader.error(kind)
    }

    /// Makes an error at a member of the object.
    pub(super) fn error_at(&mut self, name: &'static str, kind: impl Into<Kind>) -> DecodeStatementError {
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

/// Checks that these octets are one JSON object as an extension may hold it.
pub(super) fn check_object(bytes: &[u8]) -> Result<()> {
    let mut reader = Reader::new(bytes)?;
    // The object will be three levels deep: in the statement, in Extensions, in the extension.
    reader.depth = 3;
    reader.raw_object()?;
    reader.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> Kind {
        check_object(json.as_bytes()).unwrap_err().kind
    }

    /// Wherever the octet stands that ends a plain part, and whatever stands around it.
    #[test]
    fn a_plain_part_ends_at_the_first_octet_that_is_not_plain() {
        for length in 0..20_usize {
            for octet in 0..=u8::MAX {
                let ends = octet < 0x20 || octet == b'"' || octet == b'\\';
                for around in [b' ', b'!', b'#', b'[', b']', 0x7f, 0xff] {
                    let plain = vec![around; length];
                    assert_eq!(plain_len(&plain), length);
                    let text = [plain.as_slice(), &[octet], &[around; 9]].concat();
                    assert_eq!(plain_len(&text), if ends { length } else { text.len() }, "{text:02x?}");
                }
            }
        }
    }

    #[test]
    fn any_json_object_is_read_past() {
        for json in [
            "{}",
            r#"{"a":[],"b":[1,-1,0,9007199254740991],"c":{"a":null},"d":true,"e":false}"#,
            r#"{"a":"\u00e9\ud83d\ude00\n\/\\\"é"}"#,
        ] {
            check_object(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"));
        }
    }

    #[test]
    fn what_is_not_strict_json_is_refused() {
        for (json, kind) in [
            ("", Kind::UnexpectedEnd),
            ("{", Kind::UnexpectedEnd),
            (r#"{"a":1"#, Kind::UnexpectedEnd),
            (r#"{"a":1}}"#, Kind::TrailingOctets),
            ("{} ", Kind::TrailingOctets),
            (" {}", Kind::WhiteSpace),
            (r#"{"a": 1}"#, Kind::WhiteSpace),
            ("\u{feff}{}", Kind::Syntax),
            (r#"{"a":1,}"#, Kind::Syntax),
            (r#"{"a":[1,]}"#, Kind::Syntax),
            (r#"{"a":tru}"#, Kind::Syntax),
            (r#"{"a":1,"a":2}"#, Kind::DuplicateMember),
            (r#"{"a":{"b":[{"c":1,"\u0063":2}]}}"#, Kind::DuplicateMember),
            (r#"{"a":1.0}"#, Kind::Number),
            (r#"{"a":1e3}"#, Kind::Number),
            (r#"{"a":01}"#, Kind::Number),
            (r#"{"a":-0}"#, Kind::Number),
            (r#"{"a":-}"#, Kind::Number),
            (r#"{"a":9007199254740992}"#, Kind::Number),
            (r#"{"a":"\ud83d"}"#, Kind::LoneSurrogate),
            (r#"{"a":"\ude00\ud83d"}"#, Kind::LoneSurrogate),
            (r#"{"a":"\ud83d\ud83d"}"#, Kind::LoneSurrogate),
            (r#"{"a":"\x"}"#, Kind::Escape),
            (r#"{"a":"\u12g4"}"#, Kind::Escape),
            ("{\"a\":\"\n\"}", Kind::Escape),
        ] {
            assert_eq!(refused(json), kind, "{json}");
        }
        assert!(matches!(refused("[]"), Kind::WrongType { .. }));
        assert_eq!(check_object(b"{\"a\":\"\xff\"}").unwrap_err().kind, Kind::NotUtf8);
    }

    #[test]
    fn nesting_size_and_members_are_bounded() {
        let nested = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(refused(&nested), Kind::TooDeep { limit: MAX_DEPTH });
        let nested = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
        assert_eq!(refused(&nested), Kind::TooDeep { limit: MAX_DEPTH });
        let many = format!("{{\"a\":[{}0]}}", "0,".repeat(MAX_MEMBERS));
        assert_eq!(refused(&many), Kind::TooMany { limit: MAX_MEMBERS });
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_STATEMENT));
        assert_eq!(refused(&large), Kind::TooLarge { limit: MAX_STATEMENT });
    }
}
