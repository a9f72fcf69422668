//! This module reads the extensions of CRLs, their entries and OCSP responses.

use signed_data::tlv::{Reader, Tag, Tlv};
use signed_data::{Error, ErrorKind};

use super::limits;
use crate::pki::Extension;

/// Reads a list of extensions and refuses duplicates.
///
/// ```text
/// Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension
/// Extension ::= SEQUENCE {
///      extnID     OBJECT IDENTIFIER,
///      critical   BOOLEAN DEFAULT FALSE,
///      extnValue  OCTET STRING }
/// ```
pub(super) fn read<'a>(sequence: Tlv<'a>, what: &'static str) -> Result<Vec<Extension<'a>>, Error> {
    let mut list = sequence.reader(what);
    let mut extensions: Vec<Extension<'a>> = Vec::new();
    while !list.is_empty() {
        let mut reader = list.expect(Tag::SEQUENCE)?.reader(what);
        let oid = reader.oid()?;
        let critical = reader.peek() == Some(Tag::BOOLEAN) && reader.boolean()?;
        let value = reader.octet_string()?;
        reader.finish()?;
        if extensions.iter().any(|earlier| earlier.oid == oid) {
            return Err(list.error(ErrorKind::Duplicate("an extension")));
        }
        if extensions.len() == limits::MAX_EXTENSIONS {
            return Err(list.error(ErrorKind::Limit { what: "extensions", limit: limits::MAX_EXTENSIONS }));
        }
        extensions.push(Extension { oid, critical, value });
    }
    Ok(extensions)
}

/// Reads a list like [`read`], from the contents of an explicit tag.
pub(super) fn read_explicit<'a>(explicit: Tlv<'a>, what: &'static str) -> Result<Vec<Extension<'a>>, Error> {
    let mut outer = explicit.reader(what);
    let sequence = outer.expect(Tag::SEQUENCE)?;
    outer.finish()?;
    read(sequence, what)
}

/// Reads the only element of an extension's value.
pub(super) fn only<'a, T>(
    value: &'a [u8],
    what: &'static str,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut reader = Reader::new(value, what);
    let read = read(&mut reader)?;
    reader.finish()?;
    Ok(read)
}
