//! The places of a statement in which commitments stand in place of values.

use super::field::{Field, PartyField, Role};
use super::path::ExtensionIndices;
use super::scheme;
use super::value::Commitment;
use crate::evidence::error::EvidenceError;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::party::{Identifier, IdentityAttribute, Party};
use crate::evidence::profile::Succession;
use crate::evidence::statement::Core;
use crate::evidence::text;
use crate::identity::IdentifierError;

impl Core {
    /// Returns the indices of the national extensions, which stand after those that are there.
    pub(in crate::evidence) fn extension_indices(&self, succession: Succession) -> ExtensionIndices {
        let has_additional_digests = self.parts.iter().any(|part| !part.digests().additional().is_empty());
        let before = 1 + usize::from(succession == Succession::Following) + usize::from(has_additional_digests);
        ExtensionIndices::new(before, &self.national_extensions)
    }

    /// Replaces the evidence identifier, and that to which fields nobody disclosed are bound: they commit to nothing.
    pub(in crate::evidence) fn replace_evidence_identifier(&mut self, evidence_identifier: EvidenceIdentifier) {
        self.evidence_identifier = evidence_identifier;
        let fields = self.commitments.as_deref().map_or(0, |commitments| commitments.fields.len());
        if self.fields_not_disclosed().count() == fields
            && let Some(commitments) = &mut self.commitments
        {
            commitments.evidence_identifier = evidence_identifier;
        }
    }

    /// Returns the fields that are marked as not disclosed.
    pub(in crate::evidence) fn fields_not_disclosed(&self) -> impl Iterator<Item = Field> {
        let fields = self.commitments.iter().flat_map(|commitments| &commitments.fields).copied();
        fields.filter(|field| {
            let commitment = self.stated(*field).and_then(Commitment::from_base64);
            commitment.is_some_and(|commitment| commitment.is_not_disclosed())
        })
    }

    /// Marks the fields that are commitments as not disclosed, in a statement that follows the one which commits to
    /// them. What tells of the event of that one alone is not repeated. A commitment is bound to its statement, and would say nothing in another one.
    pub(in crate::evidence) fn mark_commitments(&mut self) -> Result<(), EvidenceError> {
        let Some(mut commitments) = self.commitments.take() else {
            return Ok(());
        };
        commitments.fields.retain(|field| !field.is_of_event());
        if commitments.fields.is_empty() {
            return Ok(());
        }
        for (number, field) in (1..).zip(&commitments.fields) {
            self.put_commitment(*field, &Commitment::not_disclosed(number))?;
        }
        commitments.evidence_identifier = self.evidence_identifier;
        commitments.extensions = self.extension_indices(Succession::Following);
        self.commitments = Some(commitments);
        Ok(())
    }

    /// Checks that the fields which are listed are commitments, and that every identifier which is one is listed.
    pub(in crate::evidence) fn check_commitments(&self, succession: Succession) -> Result<(), EvidenceError> {
        let fields = self.commitments.iter().flat_map(|commitments| &commitments.fields);
        if let Some(commitments) = &self.commitments {
            let present = self.extension_indices(succession);
            let is_moved = commitments
                .fields
                .iter()
                .any(|field| commitments.extensions.of_field(*field) != present.of_field(*field));
            // Evidence identifier and path are committed to, so that no disclosure would fit any more.
            if commitments.evidence_identifier != self.evidence_identifier || is_moved {
                return Err(EvidenceError::ChangedAfterCommitting);
            }
        }
        let mut listed = 0;
        for &field in fields {
            let commitment = self.stated(field).and_then(Commitment::from_base64);
            if commitment.ok_or(EvidenceError::NotACommitment)?.is_not_disclosed() && succession == Succession::First {
                return Err(EvidenceError::NothingToDisclose);
            }
            if let Field::Party(role, PartyField::Identifier) = field {
                let identifier = self.party(role).map(Party::identifier);
                if !identifier.is_some_and(Identifier::is_committed) {
                    return Err(EvidenceError::NotACommitment);
                }
                listed += 1;
            }
        }
        let committed = self.parties().filter(|party| party.identifier().is_committed());
        let mut stated = 0;
        for party in committed {
            let of_value = party.identifier().scheme_of_value();
            text::uri("scheme of a commitment", of_value)?;
            // A commitment to a commitment would still be one after it was disclosed.
            if scheme::is_committed(of_value) {
                return Err(EvidenceError::NotACommitment);
            }
            stated += 1;
        }
        // A reader would take the commitment for an identifier of a scheme of its own.
        if listed == stated { Ok(()) } else { Err(EvidenceError::CommitmentNotListed) }
    }

    /// Returns the party of this role.
    pub(super) fn party(&self, role: Role) -> Option<&Party> {
        match role {
            Role::Sender => Some(&self.sender),
            Role::SenderDelegate => self.sender_delegate.as_ref(),
            Role::Recipient(number) => self.recipients.get(number.checked_sub(1)?),
            Role::RecipientsDelegate(number) => {
                self.recipients_delegates.get(number.checked_sub(1)?).map(|delegate| &delegate.party)
            }
            Role::ReplyTo => self.details().terms.as_deref()?.reply_to.as_ref(),
            Role::Principal => self.details().mandate.as_deref().map(|mandate| &mandate.principal),
            Role::MandateLink(number) => {
                let mandate = self.details().mandate.as_deref()?;
                mandate.chain.get(number.checked_sub(1)?).map(|link| &link.party)
            }
            Role::PreviousIdentifier => self.details().succession.as_deref().map(|succession| &succession.previous),
            Role::CurrentIdentifier => self.details().succession.as_deref().map(|succession| &succession.current),
        }
    }

    fn party_mut(&mut self, role: Role) -> Option<&mut Party> {
        match role {
            Role::Sender => Some(&mut self.sender),
            Role::SenderDelegate => self.sender_delegate.as_mut(),
            Role::Recipient(number) => self.recipients.get_mut(number.checked_sub(1)?),
            Role::RecipientsDelegate(number) => {
                self.recipients_delegates.get_mut(number.checked_sub(1)?).map(|delegate| &mut delegate.party)
            }
            Role::ReplyTo => self.details.as_deref_mut()?.terms.as_mut()?.reply_to.as_mut(),
            Role::Principal => self.details.as_deref_mut()?.mandate.as_mut().map(|mandate| &mut mandate.principal),
            Role::MandateLink(number) => {
                let mandate = self.details.as_deref_mut()?.mandate.as_mut()?;
                mandate.chain.get_mut(number.checked_sub(1)?).map(|link| &mut link.party)
            }
            Role::PreviousIdentifier => {
                self.details.as_deref_mut()?.succession.as_mut().map(|succession| &mut succession.previous)
            }
            Role::CurrentIdentifier => {
                self.details.as_deref_mut()?.succession.as_mut().map(|succession| &mut succession.current)
            }
        }
    }

    /// Returns the attribute of this number, from 1, of a party.
    pub(super) fn attribute(&self, role: Role, number: usize) -> Option<&IdentityAttribute> {
        self.party(role)?.attributes().get(number.checked_sub(1)?)
    }

    /// Returns the text that stands in the place of a field; `None` where there is no such field, or an attribute with
    /// several values.
    pub(super) fn stated(&self, field: Field) -> Option<&str> {
        match field {
            Field::Party(role, PartyField::Identifier) => Some(self.party(role)?.identifier().value()),
            Field::Party(role, PartyField::Attribute(number)) => match self.attribute(role, number)?.values() {
                [value] => Some(value),
                _ => None,
            },
            Field::PartName(number) => Some(self.parts.get(number.checked_sub(1)?)?.identifier()),
            Field::National(field) => self.national_extensions.iter().find_map(|extension| extension.stated(field)),
        }
    }

    /// Puts a commitment in the place of a field.
    pub(in crate::evidence) fn put_commitment(
        &mut self,
        field: Field,
        commitment: &Commitment,
    ) -> Result<(), EvidenceError> {
        let text = commitment.to_string();
        match field {
            Field::Party(role, PartyField::Identifier) => {
                let party = self.party_mut(role).ok_or(EvidenceError::NoSuchField)?;
                party.replace_identifier(party.identifier().committed(text));
                Ok(())
            }
            Field::Party(role, PartyField::Attribute(number)) => self.put_attribute(role, number, &[text]),
            Field::PartName(_) | Field::National(_) => self.put_name(field, &text),
        }
    }

    /// Puts a value in the place of a field that is an identifier, in its normal form.
    pub(super) fn put_identifier(&mut self, role: Role, value: &str) -> Result<(), EvidenceError> {
        let party = self.party_mut(role).ok_or(EvidenceError::NoSuchField)?;
        let identifier = Identifier::new(value, party.identifier().scheme_of_value())?;
        if identifier.value() != value {
            return Err(IdentifierError::Form("the identifier is not in its normal form").into());
        }
        party.replace_identifier(identifier);
        Ok(())
    }

    /// Puts values in the place of an attribute's.
    pub(super) fn put_attribute(&mut self, role: Role, number: usize, values: &[String]) -> Result<(), EvidenceError> {
        let name = self.attribute(role, number).ok_or(EvidenceError::NoSuchField)?.name();
        let attribute = IdentityAttribute::new(name, values)?;
        match self.party_mut(role) {
            Some(party) => party.replace_attribute(attribute),
            None => return Err(EvidenceError::NoSuchField),
        }
        Ok(())
    }

    /// Puts a text in the place of a field that is neither an identifier nor an attribute, and that is there: a field is
    /// never added, because one statement would then say what another one does not.
    pub(super) fn put_name(&mut self, field: Field, name: &str) -> Result<(), EvidenceError> {
        self.stated(field).ok_or(EvidenceError::NoSuchField)?;
        match field {
            Field::Party(..) => return Err(EvidenceError::NoSuchField),
            Field::PartName(number) => {
                let part = number.checked_sub(1).and_then(|index| self.parts.get_mut(index));
                let part = part.ok_or(EvidenceError::NoSuchField)?;
                part.description = part.description.renamed(name)?;
            }
            Field::National(field) => {
                let mut extensions = self.national_extensions.iter_mut();
                let extension = extensions.find(|extension| extension.name() == field.extension());
                extension.ok_or(EvidenceError::NoSuchField)?.replace(field, name)?;
            }
        }
        Ok(())
    }
}
