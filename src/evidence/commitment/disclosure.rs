//! The disclosure: values and salts beside a proof, where they can be deleted.

use std::fmt;

use super::field::Field;
use super::path::ExtensionIndices;
use super::salt::{Salt, SaltError};
use crate::evidence::error::DecodeStatementErrorKind;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::limits::MAX_COMMITMENTS;
use crate::evidence::party::Redacted;
use crate::text::is_nfc;

/// The values of a statement's commitments with their salts, as they are stored beside the proof.
///
/// Deleting it, wherever it is held, erases the values: nobody can say any more what the statement commits to. Debug
/// shows no value and no salt.
#[derive(Clone, Debug)]
pub struct Disclosure {
    evidence_identifier: EvidenceIdentifier,
    fields: Vec<DisclosedField>,
}

/// The value of one commitment, with its salt. Debug shows the path alone.
#[derive(Clone)]
pub struct DisclosedField {
    field: Field,
    /// The index, from 0, of the extension that the field is in.
    extension: Option<usize>,
    path: String,
    scheme: String,
    value: String,
    salt: Salt,
}

/// The reason why octets are no disclosure, or parts make none. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisclosureError {
    /// The octets are not the JSON that a disclosure is written in.
    #[error("the disclosure cannot be read: {kind} (octet {offset})")]
    Json {
        /// The kind of the error.
        kind: DecodeStatementErrorKind,
        /// The octet at which reading stopped, from 0.
        offset: usize,
    },
    /// The type is not `recommande-disclosure/1`.
    #[error("the disclosure is not of the type recommande-disclosure/1")]
    Type,
    /// A path is not that of a field that can be a commitment.
    #[error("a path of the disclosure is not of a field that can be a commitment")]
    Path,
    /// A salt is not 32 octets, or not in its form.
    #[error("the disclosure holds {0}")]
    Salt(#[from] SaltError),
    /// A scheme or a value holds a control character, which no field may hold.
    #[error("a text of the disclosure holds a control character")]
    ControlCharacter,
    /// A value is not in Unicode's normalization form C, in which values are committed to.
    #[error("a value of the disclosure is not in Unicode normalization form C")]
    NotNfc,
    /// A field is there twice.
    #[error("the disclosure holds a field twice")]
    Twice,
    /// There is no field.
    #[error("the disclosure holds no field")]
    Empty,
    /// No field has the path that was asked for. The indices in paths count from 0.
    #[error("the disclosure holds no field with this path")]
    NoSuchField,
    /// There are more fields than a statement may commit to.
    #[error("the disclosure holds more than {limit} fields")]
    TooMany {
        /// The largest number of them.
        limit: usize,
    },
}

impl Disclosure {
    /// Makes a disclosure of its fields, such as of values that a service holds elsewhere and of salts that it derives.
    ///
    /// # Errors
    /// [`DisclosureError::Empty`], [`DisclosureError::TooMany`], [`DisclosureError::Twice`].
    pub fn new(
        evidence_identifier: EvidenceIdentifier,
        fields: impl IntoIterator<Item = DisclosedField>,
    ) -> Result<Self, DisclosureError> {
        let fields: Vec<_> = fields.into_iter().take(MAX_COMMITMENTS + 1).collect();
        if fields.len() > MAX_COMMITMENTS {
            return Err(DisclosureError::TooMany { limit: MAX_COMMITMENTS });
        }
        if fields.is_empty() {
            return Err(DisclosureError::Empty);
        }
        let disclosure = Self::of_fields(evidence_identifier, fields);
        let is_twice =
            |pair: &[DisclosedField]| pair.first().map(|entry| entry.field) == pair.get(1).map(|entry| entry.field);
        if disclosure.fields.windows(2).any(is_twice) { Err(DisclosureError::Twice) } else { Ok(disclosure) }
    }

    /// Makes a disclosure of fields that are known to be different, in the order of the statement.
    pub(super) fn of_fields(evidence_identifier: EvidenceIdentifier, mut fields: Vec<DisclosedField>) -> Self {
        fields.sort_by_key(|entry| entry.field);
        Self { evidence_identifier, fields }
    }

    /// Returns the identifier of the statement.
    pub fn evidence_identifier(&self) -> EvidenceIdentifier {
        self.evidence_identifier
    }

    /// Returns the disclosed fields, in the order of the statement.
    pub fn fields(&self) -> &[DisclosedField] {
        &self.fields
    }

    /// Returns the disclosure without one field, and `None` when nothing is left: then there is nothing to store. To
    /// erase the field, store this and delete what was stored before.
    ///
    /// # Errors
    /// [`DisclosureError::NoSuchField`]: nothing would be erased. [`fields`](Self::fields) has the paths.
    pub fn without(mut self, path: &str) -> Result<Option<Self>, DisclosureError> {
        let before = self.fields.len();
        self.fields.retain(|entry| entry.path != path);
        match self.fields.len() {
            after if after == before => Err(DisclosureError::NoSuchField),
            0 => Ok(None),
            _ => Ok(Some(self)),
        }
    }

    pub(super) fn into_fields(self) -> Vec<DisclosedField> {
        self.fields
    }
}

impl DisclosedField {
    /// Makes an entry. `path` is the JSON Pointer of the field, and `scheme` is the scheme of an identifier, the name of
    /// an attribute, else empty. `value` is the text of the field, or of an attribute the JSON of its AttributeValue.
    ///
    /// # Errors
    /// [`DisclosureError::Path`], [`DisclosureError::ControlCharacter`]; [`DisclosureError::NotNfc`], because another form of the same value does not fit.
    pub fn new(path: &str, scheme: &str, value: &str, salt: Salt) -> Result<Self, DisclosureError> {
        let (field, extension) = Field::of_path(path).ok_or(DisclosureError::Path)?;
        if scheme.chars().chain(value.chars()).any(char::is_control) {
            return Err(DisclosureError::ControlCharacter);
        }
        if !is_nfc(value) {
            return Err(DisclosureError::NotNfc);
        }
        let [path, scheme, value] = [path, scheme, value].map(str::to_owned);
        Ok(Self { field, extension, path, scheme, value, salt })
    }

    /// Makes the entry of a field of a statement with these extensions.
    pub(super) fn of_parts(
        field: Field,
        extensions: &ExtensionIndices,
        path: String,
        (scheme, value): (String, String),
        salt: Salt,
    ) -> Self {
        Self { field, extension: extensions.of_field(field), path, scheme, value, salt }
    }

    /// Tells if the path is that of the field in a statement with these extensions: a path has one form.
    pub(super) fn is_in(&self, extensions: &ExtensionIndices) -> bool {
        self.extension == extensions.of_field(self.field)
    }

    /// Returns the field.
    pub fn field(&self) -> Field {
        self.field
    }

    /// Returns the JSON Pointer of the field.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the scheme of an identifier or the name of an attribute; it is empty for other fields.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Returns the value.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the salt.
    pub fn salt(&self) -> &Salt {
        &self.salt
    }
}

impl fmt::Debug for DisclosedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisclosedField").field("path", &self.path).field("value", &Redacted).finish_non_exhaustive()
    }
}
