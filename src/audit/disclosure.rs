//! What a person, or an authority, is shown of a person's records.

use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};

use super::actor::Actor;
use super::export::{ExportError, export_with};
use super::line::LineReader;
use super::manifest::Manifest;
use super::record::Record;
use super::selection::Selection;
use crate::evidence::{EvidenceIdentifier, Identifier, Salt, SaltSeed};
use crate::text::Object;

/// What shows that one record is about a person: the value and the salt of its commitment. Debug does not show them.
#[derive(Clone)]
pub struct ActorDisclosure {
    record: EvidenceIdentifier,
    identifier: Identifier,
    salt: Salt,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireDisclosure<'a> {
    id: String,
    path: String,
    scheme: Cow<'a, str>,
    value: Cow<'a, str>,
    salt: String,
}

impl ActorDisclosure {
    /// Returns the id of the record.
    pub fn record(&self) -> EvidenceIdentifier {
        self.record
    }

    /// Tells if a record is the one that is meant, and about the person.
    pub fn opens(&self, record: &Record<'_>) -> bool {
        self.record == record.id()
            && record.actor().is_some_and(|actor| actor.opens_to(&self.identifier, &self.salt, self.record))
    }

    /// Returns the line of the disclosure, without its line feed.
    pub fn to_json(&self) -> Vec<u8> {
        let wire = WireDisclosure {
            id: self.record.to_string(),
            path: Actor::PATH.to_owned(),
            scheme: self.identifier.scheme().into(),
            value: self.identifier.value().into(),
            salt: self.salt.to_base64().to_string(),
        };
        // A structure of texts is always written.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// Reads the line of a disclosure; `None` for what is none.
    pub fn from_json(line: &[u8]) -> Option<Self> {
        let Object(wire): Object<WireDisclosure<'_>> = serde_json::from_slice(line).ok()?;
        let identifier = Identifier::new(&wire.value, &wire.scheme).ok()?;
        let (record, salt) = (wire.id.parse().ok()?, Salt::from_base64(&wire.salt).ok()?);
        (wire.path == Actor::PATH).then_some(Self { record, identifier, salt })
    }
}

impl fmt::Debug for ActorDisclosure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorDisclosure").field("record", &self.record).finish_non_exhaustive()
    }
}

/// Writes what a trail holds about a person: the export of the person's records, all other lines left out, and one disclosure a
/// line, by which anybody can see that these records are about the person. The person, and an authority, get both.
///
/// The disclosures of these records say nothing about any other record.
///
/// # Errors
/// [`ExportError`].
pub fn export_of_person<R: BufRead, W: Write, D: Write>(
    lines: &mut LineReader<R>,
    identifier: &Identifier,
    seed: &SaltSeed,
    out: &mut W,
    disclosures: &mut D,
) -> Result<Manifest, ExportError> {
    let selection = Selection::everything().of_person(identifier.clone(), seed.clone());
    export_with(lines, &selection, out, disclosures, |entry| {
        let record = entry.record().id();
        let salt = Actor::salt(seed, record);
        let disclosure = ActorDisclosure { record, identifier: identifier.clone(), salt };
        [disclosure.to_json().as_slice(), b"\n"].concat()
    })
}
