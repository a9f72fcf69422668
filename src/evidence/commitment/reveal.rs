//! Puts disclosed values back in the place of commitments.

use super::disclosure::{DisclosedField, Disclosure};
use super::field::{Field, PartyField};
use super::value::Commitment;
use crate::evidence::codec::json::texts::read_texts;
use crate::evidence::error::EvidenceError;
use crate::evidence::statement::{Core, Statement};

/// The reason why a disclosure is not one of a statement. It never repeats a value; a path tells the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RevealError {
    /// The disclosure names another evidence identifier.
    #[error("the disclosure is of another statement")]
    AnotherStatement,
    /// The statement does not commit to this field.
    #[error("the statement does not commit to {0}")]
    NotCommitted(String),
    /// The value, its scheme or its salt is not what the statement commits to.
    #[error("the statement commits to another value of {0}")]
    Differs(String),
    /// The statement commits to the value, which cannot stand in this field.
    #[error("the value of {0} cannot stand there")]
    NotAValue(String),
}

/// What a disclosure says of a statement.
pub(crate) struct Revealed<S> {
    /// The statement, with each value that was disclosed in its place.
    pub(crate) statement: S,
    /// The paths of these values.
    pub(crate) disclosed: Vec<String>,
    /// The paths of the fields that are still commitments.
    pub(crate) undisclosed: Vec<String>,
    /// What is wrong with the disclosure.
    pub(crate) errors: Vec<RevealError>,
}

impl Disclosure {
    /// Returns the statement with the disclosed values in the place of their commitments. Fields that are not disclosed
    /// stay commitments.
    ///
    /// # Errors
    /// The first [`RevealError`].
    pub fn reveal<S: Statement>(&self, statement: &S) -> Result<S, RevealError> {
        let mut revealed = self.compare(statement);
        if revealed.errors.is_empty() { Ok(revealed.statement) } else { Err(revealed.errors.swap_remove(0)) }
    }

    /// Compares every disclosed value with what the statement commits to.
    pub(crate) fn compare<S: Statement>(&self, statement: &S) -> Revealed<S> {
        let mut errors = Vec::new();
        let mut core = statement.core().clone();
        let mut disclosed = Vec::new();
        if self.evidence_identifier() == statement.evidence_identifier() {
            for entry in self.fields() {
                match reveal(&mut core, entry) {
                    Ok(()) => disclosed.push(entry.path().to_owned()),
                    Err(error) => errors.push(error),
                }
            }
        } else {
            errors.push(RevealError::AnotherStatement);
        }
        let undisclosed = core.committed_paths();
        core.commitments = core.commitments.filter(|commitments| !commitments.fields.is_empty());
        Revealed { statement: statement.with_core(core), disclosed, undisclosed, errors }
    }
}

fn reveal(core: &mut Core, entry: &DisclosedField) -> Result<(), RevealError> {
    let path = || entry.path().to_owned();
    let field = entry.field();
    let commitments = core.commitments.as_deref();
    let position = commitments.and_then(|commitments| {
        commitments.fields.binary_search(&field).ok().filter(|_| entry.is_in(&commitments.extensions))
    });
    let position = position.ok_or_else(|| RevealError::NotCommitted(path()))?;
    let commitment = core.stated(field).and_then(Commitment::from_base64);
    let fits = commitment.is_some_and(|commitment| {
        let (identifier, scheme, value) = (core.evidence_identifier, entry.scheme(), entry.value());
        core.scheme(field) == Some(scheme) && commitment.opens_to(entry.salt(), identifier, entry.path(), scheme, value)
    });
    if !fits {
        return Err(RevealError::Differs(path()));
    }
    core.put_value(field, entry.value()).map_err(|_| RevealError::NotAValue(path()))?;
    if let Some(commitments) = core.commitments.as_deref_mut() {
        commitments.fields.remove(position);
    }
    Ok(())
}

impl Core {
    /// Returns the paths of the fields that are commitments.
    pub(crate) fn committed_paths(&self) -> Vec<String> {
        let commitments = self.commitments.as_deref();
        let paths = commitments
            .map(|commitments| commitments.fields.iter().map(|field| field.path(&commitments.extensions)).collect());
        paths.unwrap_or_default()
    }

    /// Returns the scheme of the value of a field, empty where the field has none.
    fn scheme(&self, field: Field) -> Option<&str> {
        match field {
            Field::Party(role, PartyField::Identifier) => Some(self.party(role)?.identifier().scheme_of_value()),
            Field::Party(role, PartyField::Attribute(number)) => Some(self.attribute(role, number)?.name()),
            Field::PartName(_) | Field::National(_) => Some(""),
        }
    }

    /// Puts a value in the place of a field, in the form in which it is committed to.
    pub(super) fn put_value(&mut self, field: Field, value: &str) -> Result<(), EvidenceError> {
        match field {
            Field::Party(role, PartyField::Identifier) => self.put_identifier(role, value),
            Field::Party(role, PartyField::Attribute(number)) => {
                let values = read_texts(value).ok_or(EvidenceError::Empty("identity attribute"))?;
                self.put_attribute(role, number, &values)
            }
            Field::PartName(_) | Field::National(_) => self.put_name(field, value),
        }
    }
}
