//! Puts commitments in the place of values.

use std::borrow::Cow;

use super::disclosure::{DisclosedField, Disclosure};
use super::field::{Field, PartyField, Role};
use super::salt::{RandomSalts, Salt, SaltSeed};
use super::value::Commitment;
use crate::evidence::codec::json::texts::write_texts;
use crate::evidence::error::EvidenceError;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::limits::{MAX_COMMITMENTS, MAX_MANDATE_LINKS};
use crate::evidence::national::NationalExtension;
use crate::evidence::party::Party;
use crate::evidence::profile::Succession;
use crate::evidence::statement::{Commitments, Core, Statement};
use crate::identity::PersonKind;
use crate::text::{is_nfc, nfc};

/// The salts of commitments come from one of these.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Salts<'a> {
    /// Each field gets random octets, which only the disclosure holds.
    Random,
    /// The salts are derived of the seed of this proof, see [`SaltSeed::salt`].
    Seed(&'a SaltSeed),
    /// The salts are derived of a seed that several proofs share, such as that of a person and a year. Each proof gets a
    /// seed of its own, see [`SaltSeed::for_proof`].
    Shared(&'a SaltSeed),
}

impl<'a> Salts<'a> {
    /// The salts of so many fields of one statement.
    fn of_fields(self, count: usize, evidence_identifier: EvidenceIdentifier) -> Result<Source<'a>, EvidenceError> {
        Ok(match self {
            Self::Random => Source::Drawn(RandomSalts::draw(count)?),
            Self::Seed(seed) => Source::Seed(Cow::Borrowed(seed)),
            Self::Shared(seed) => Source::Seed(Cow::Owned(seed.for_proof(evidence_identifier))),
        })
    }
}

/// The salts of the fields of one statement, one after the other.
enum Source<'a> {
    Drawn(RandomSalts),
    Seed(Cow<'a, SaltSeed>),
}

impl Source<'_> {
    fn salt(&mut self, path: &str) -> Result<Salt, EvidenceError> {
        match self {
            Self::Drawn(salts) => salts.next().ok_or(EvidenceError::Random),
            Self::Seed(seed) => Ok(seed.salt(path)),
        }
    }
}

/// A statement with commitments, and the disclosure of their values.
///
/// The statement is sealed, and the disclosure is stored beside the proof (`name.disclosure.json`), where it can be
/// deleted. Commitments are made last: a statement whose evidence identifier changes afterwards is not encoded.
///
/// ```
/// # use recommande::evidence::*;
/// # use recommande::identity::{EnterpriseNumber, Niss};
/// # fn committed(sending: Sending) -> Result<(), EvidenceError> {
/// let fields = Field::personal(&sending);
/// let committed = Committed::of(&sending, &fields, Salts::Random)?;
/// let (statement, disclosure) = committed.into_parts();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Committed<S> {
    statement: S,
    disclosure: Disclosure,
}

impl<S: Statement> Committed<S> {
    /// Puts commitments in the place of these fields of a statement. The values are normalised to NFC first, so that one
    /// value has one commitment.
    ///
    /// # Errors
    /// [`EvidenceError::Empty`] without fields, [`EvidenceError::NoSuchField`], [`EvidenceError::Twice`] for a field that
    /// is named twice or is a commitment already, [`EvidenceError::TooMany`], [`EvidenceError::Random`], and the error of a
    /// value whose normal form cannot stand in its place.
    pub fn of(statement: &S, fields: &[Field], salts: Salts<'_>) -> Result<Self, EvidenceError> {
        let (statement, disclosed) = commit(statement, fields, salts)?;
        let disclosure = Disclosure::of_fields(statement.evidence_identifier(), disclosed);
        Ok(Self { statement, disclosure })
    }

    /// Puts commitments in the place of further fields, with salts from elsewhere, such as those of another person.
    ///
    /// # Errors
    /// The errors of [`Committed::of`].
    pub fn and(self, fields: &[Field], salts: Salts<'_>) -> Result<Self, EvidenceError> {
        let (statement, disclosed) = commit(&self.statement, fields, salts)?;
        let disclosed = self.disclosure.into_fields().into_iter().chain(disclosed).collect();
        let disclosure = Disclosure::of_fields(statement.evidence_identifier(), disclosed);
        Ok(Self { statement, disclosure })
    }

    /// Changes the statement in what is no field that it commits to, such as by adding the cause of an event.
    ///
    /// # Errors
    /// Returns the error of the change.
    pub fn try_map<E>(self, change: impl FnOnce(S) -> Result<S, E>) -> Result<Self, E> {
        Ok(Self { statement: change(self.statement)?, ..self })
    }

    /// Returns the statement, which is to be sealed.
    pub fn statement(&self) -> &S {
        &self.statement
    }

    /// Returns the disclosure, which is to be stored beside the proof.
    pub fn disclosure(&self) -> &Disclosure {
        &self.disclosure
    }

    /// Returns both.
    pub fn into_parts(self) -> (S, Disclosure) {
        (self.statement, self.disclosure)
    }
}

impl Field {
    /// Returns the fields of a statement that may identify a person, as far as they are values: identifiers and attributes
    /// of all parties that are not known to be legal persons, the names of content parts, and every member of a national
    /// extension that can be a commitment, such as a title.
    ///
    /// Metadata is too short for a commitment. Digests of the payload identify a letter of which somebody has the text.
    pub fn personal<S: Statement>(statement: &S) -> Vec<Self> {
        let core = statement.core();
        let parties = [Role::Sender, Role::SenderDelegate]
            .into_iter()
            .chain((1..=core.recipients.len()).map(Role::Recipient))
            .chain((1..=core.recipients_delegates.len()).map(Role::RecipientsDelegate))
            .chain([Role::ReplyTo, Role::Principal])
            .chain((1..=MAX_MANDATE_LINKS).map(Role::MandateLink))
            .chain([Role::PreviousIdentifier, Role::CurrentIdentifier]);
        let natural = parties.filter(|role| core.party(*role).is_some_and(|party| party.kind() != PersonKind::Legal));
        let of_party = |role| {
            let attributes = core.party(role).map_or(0, |party| party.attributes().len());
            let attributes = (1..=attributes).map(PartyField::Attribute);
            attributes.chain([PartyField::Identifier]).map(move |field| Self::Party(role, field))
        };
        let parts = (1..=core.parts.len()).map(Self::PartName);
        let national = core.national_extensions.iter().flat_map(NationalExtension::fields).map(Self::National);
        let fields = natural.flat_map(of_party).chain(parts).chain(national);
        let committed = statement.committed_fields();
        fields.filter(|field| clear(core, *field).is_some() && !committed.contains(field)).collect()
    }
}

fn commit<S: Statement>(
    statement: &S,
    fields: &[Field],
    salts: Salts<'_>,
) -> Result<(S, Vec<DisclosedField>), EvidenceError> {
    if fields.is_empty() {
        return Err(EvidenceError::Empty("list of fields"));
    }
    let mut core = statement.core().clone();
    let extensions = core.extension_indices(Succession::from(statement.follows()));
    let mut committed = Vec::with_capacity(statement.committed_fields().len() + fields.len());
    committed.extend_from_slice(statement.committed_fields());
    if committed.len() + fields.len() > MAX_COMMITMENTS {
        return Err(EvidenceError::TooMany { what: "commitments", limit: MAX_COMMITMENTS });
    }
    let mut salts = salts.of_fields(fields.len(), core.evidence_identifier)?;
    let mut disclosed = Vec::with_capacity(fields.len());
    for &field in fields {
        if committed.contains(&field) {
            return Err(EvidenceError::Twice("committed field"));
        }
        let (scheme, mut value) = clear(&core, field).ok_or(EvidenceError::NoSuchField)?;
        if !is_nfc(&value) {
            value = nfc(&value);
            // What is disclosed later has to fit into the place again.
            core.put_value(field, &value)?;
        }
        let path = field.path(&extensions);
        let salt = salts.salt(&path)?;
        let commitment = Commitment::new(&salt, core.evidence_identifier, &path, &scheme, &value);
        core.put_commitment(field, &commitment)?;
        disclosed.push(DisclosedField::of_parts(field, &extensions, path, (scheme, value), salt));
        committed.push(field);
    }
    committed.sort_unstable();
    let evidence_identifier = core.evidence_identifier;
    core.commitments = Some(Box::new(Commitments { evidence_identifier, extensions, fields: committed }));
    Ok((statement.with_core(core), disclosed))
}

/// Returns the scheme and the value of a field, as they are committed to.
fn clear(core: &Core, field: Field) -> Option<(String, String)> {
    match field {
        Field::Party(role, PartyField::Identifier) => {
            let identifier = core.party(role).map(Party::identifier)?;
            Some((identifier.scheme().to_owned(), identifier.value().to_owned()))
        }
        Field::Party(role, PartyField::Attribute(number)) => {
            let attribute = core.attribute(role, number)?;
            Some((attribute.name().to_owned(), write_texts(attribute.values())))
        }
        Field::PartName(_) | Field::National(_) => Some((String::new(), core.stated(field)?.to_owned())),
    }
}
