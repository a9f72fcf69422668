//! The JSON of a disclosure, in one deterministic form as that of a statement.

use std::borrow::Cow;

use super::values::{evidence_identifier, text};
use super::writer::Writer;
use crate::evidence::commitment::{DisclosedField, Disclosure, DisclosureError, Salt};
use crate::evidence::error::DecodeStatementError;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::json::{Reader, Result};
use crate::evidence::limits::MAX_COMMITMENTS;

/// The type that a disclosure states first.
const TYPE: &str = "recommande-disclosure/1";

/// The members of one entry, as they are read.
struct Entry<'a> {
    path: Cow<'a, str>,
    scheme: Cow<'a, str>,
    value: Cow<'a, str>,
    salt: Cow<'a, str>,
}

impl Disclosure {
    /// Reads a disclosure in exactly the form in which [`Disclosure::to_json`] writes it. A line feed may follow.
    ///
    /// # Errors
    /// [`DisclosureError`].
    pub fn from_json(octets: &[u8]) -> std::result::Result<Self, DisclosureError> {
        let octets = octets.strip_suffix(b"\n").unwrap_or(octets);
        let (stated_type, evidence_identifier, entries) =
            read(octets).map_err(|DecodeStatementError { kind, offset, .. }| DisclosureError::Json { kind, offset })?;
        if stated_type != TYPE {
            return Err(DisclosureError::Type);
        }
        let field = |entry: &Entry<'_>| {
            DisclosedField::new(&entry.path, &entry.scheme, &entry.value, Salt::from_base64(&entry.salt)?)
        };
        let fields = entries.iter().map(field).collect::<std::result::Result<Vec<_>, _>>()?;
        Self::new(evidence_identifier, fields)
    }

    /// Writes the disclosure as JSON. It holds the values and their salts: it is personal data.
    pub fn to_json(&self) -> String {
        let mut w = Writer::with_capacity(256 * (1 + self.fields().len()));
        w.raw("{\"type\":").plain(TYPE).raw(",\"EvidenceIdentifier\":").identifier(self.evidence_identifier());
        w.raw(",\"Disclosure\":").array(self.fields(), |w, entry| {
            w.raw("{\"path\":").plain(entry.path()).raw(",\"scheme\":").string(entry.scheme());
            w.raw(",\"value\":").string(entry.value()).raw(",\"salt\":").plain(&entry.salt().to_base64()).raw("}")
        });
        w.raw("}");
        // What was written of texts is UTF-8.
        String::from_utf8(w.0).unwrap_or_default()
    }
}

fn read(octets: &[u8]) -> Result<(Cow<'_, str>, EvidenceIdentifier, Vec<Entry<'_>>)> {
    let mut reader = Reader::new(octets)?;
    let read = reader.object(&["type", "EvidenceIdentifier", "Disclosure"], |m| {
        let stated_type = m.required("type", text)?;
        let identifier = m.required("EvidenceIdentifier", evidence_identifier)?;
        Ok((stated_type, identifier, m.required("Disclosure", |r| r.array(MAX_COMMITMENTS, entry))?))
    })?;
    reader.end()?;
    Ok(read)
}

fn entry<'a>(r: &mut Reader<'a>) -> Result<Entry<'a>> {
    r.object(&["path", "scheme", "value", "salt"], |m| {
        Ok(Entry {
            path: m.required("path", text)?,
            scheme: m.required("scheme", text)?,
            value: m.required("value", text)?,
            salt: m.required("salt", text)?,
        })
    })
}
