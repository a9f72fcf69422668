//! Lists of texts by themselves, as an attribute's values are committed to.

use super::values::text;
use super::writer::Writer;
use crate::evidence::json::Reader;
use crate::evidence::limits::MAX_ATTRIBUTES;

/// Writes an AttributeValue: a JSON array of strings.
pub(in crate::evidence) fn write_texts(texts: &[String]) -> String {
    let mut w = Writer::with_capacity(0);
    w.array(texts, |w, text| w.string(text));
    // What was written of texts is UTF-8.
    String::from_utf8(w.0).unwrap_or_default()
}

/// Reads an AttributeValue in the one form in which it is written.
pub(in crate::evidence) fn read_texts(json: &str) -> Option<Vec<String>> {
    let mut reader = Reader::new(json.as_bytes()).ok()?;
    let texts = reader.array(MAX_ATTRIBUTES, text).ok()?;
    reader.end().ok()?;
    Some(texts.into_iter().map(Into::into).collect())
}
