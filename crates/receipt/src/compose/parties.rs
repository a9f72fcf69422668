//! Who states something, and about whom.

use recommande::evidence::{Assurance, Field, Identifier, Issuer, Party, PartyField, Role, Statement, attribute};
use recommande::identity::{EnterpriseNumber, Niss, PersonKind};

use super::Composer;
use crate::page::{Rows, Section};
use crate::shown::Read;
use crate::text::Text;

impl Composer {
    pub(super) fn parties(&self, read: &Read) -> Section {
        let words = self.words;
        let statement = &read.statement;
        let mut rows = Rows::default();
        rows.add_lines(words.issuer, self.issuer(read.proof.stated_issuer()));
        let committed = statement.committed_fields();
        let party = |party: &Party, role: Role| self.party(party, role, committed);
        rows.add_lines(words.sender, party(statement.sender(), Role::Sender));
        if let Some(delegate) = statement.sender_delegate() {
            rows.add_lines(words.sender_delegate, party(delegate, Role::SenderDelegate));
        }
        let is_alone = statement.recipients().len() == 1;
        for (number, recipient) in (1..).zip(statement.recipients()) {
            let header = match is_alone {
                true => Text::own(words.recipient),
                false => Text::filled(words.recipient_number, &[Text::own(number.to_string())]),
            };
            rows.add_under(header, party(recipient, Role::Recipient(number)));
        }
        for (number, delegate) in (1..).zip(statement.recipients_delegates()) {
            let mut lines = party(delegate.party(), Role::RecipientsDelegate(number));
            let numbers: Vec<String> = delegate.acting_for().iter().map(usize::to_string).collect();
            if !is_alone {
                lines.push(Text::filled(words.acting_for, &[Text::own(numbers.join(", "))]));
            }
            rows.add_lines(words.recipients_delegate, lines);
        }
        Section { heading: Text::own(words.parties), blocks: rows.into_block().into_iter().collect() }
    }

    fn issuer(&self, issuer: &Issuer) -> Vec<Text> {
        let mut lines =
            vec![Text::foreign(issuer.legal_name()), self.legal_person_number(issuer.legal_person_identifier())];
        let policies = issuer.policies().iter();
        lines.extend(policies.map(|policy| Text::filled(self.words.policy, &[Text::foreign(policy)])));
        lines
    }

    /// Writes the number of a legal person, such as `NTRBE-0406798006`.
    fn legal_person_number(&self, number: &str) -> Text {
        // The form of eIDAS has the countries before it, as in `BE/BE/0406798006`.
        match EnterpriseNumber::new(number.rsplit('/').next().unwrap_or(number)) {
            Ok(number) => Text::filled(self.words.number_enterprise, &[Text::own(number.to_formatted())]),
            Err(_) => Text::foreign(number),
        }
    }

    /// Writes the lines about a party: its names, its identifier, and how it was authenticated.
    pub(super) fn party(&self, party: &Party, role: Role, committed: &[Field]) -> Vec<Text> {
        let is_committed = |field| committed.contains(&Field::Party(role, field));
        let mut lines = Vec::new();
        let given_name = (1..).zip(party.attributes()).find(|(_, given)| given.name() == attribute::GIVEN_NAME);
        let given_name = given_name.filter(|(number, _)| !is_committed(PartyField::Attribute(*number)));
        for (number, stated) in (1..).zip(party.attributes()) {
            let values = match is_committed(PartyField::Attribute(number)) {
                true => Text::own(self.words.committed),
                // Its value is that of an identifier (eIDAS minimum data set).
                false if stated.name().ends_with("/PersonIdentifier") => {
                    Text::foreign(&self.shortened(&stated.values().join(", ")))
                }
                false => self.foreign(&stated.values().join(", ")),
            };
            match (stated.name(), given_name) {
                (attribute::LEGAL_NAME, _) => lines.push(values),
                (attribute::FAMILY_NAME, Some((_, given))) => {
                    lines.push(self.foreign(&given.values().join(" ")).and(Text::own(" ")).and(values));
                }
                (attribute::FAMILY_NAME, None) => lines.push(values),
                (attribute::GIVEN_NAME, Some(_)) if has_family_name(party) => {}
                (attribute::GIVEN_NAME, _) => lines.push(values),
                // The name is a URI, of which the last step says what it is.
                (name, _) => {
                    let name = name.rsplit(['/', ':', '#']).next().unwrap_or(name);
                    lines.push(Text::foreign(name).and(Text::own(": ")).and(values));
                }
            }
        }
        lines.push(self.identifier(party.identifier(), party.kind()));
        lines.extend(party.assurance().map(|assurance| self.assurance(assurance)));
        lines
    }

    /// Writes an identifier with what it is.
    pub(super) fn identifier(&self, identifier: &Identifier, kind: PersonKind) -> Text {
        let words = self.words;
        let is_committed = identifier.is_committed();
        let value = |formatted: Option<String>| match is_committed {
            true => Text::own(words.committed),
            false => {
                let shown = formatted.unwrap_or_else(|| self.identifier_value(identifier, kind));
                Text::foreign_as(&shown, identifier.value())
            }
        };
        let scheme = identifier.scheme_of_value();
        if scheme == Niss::SCHEME {
            let formatted = Niss::new(identifier.value()).ok().map(|number| self.hide_numbers(&number.to_formatted()));
            return Text::filled(words.number_citizen, &[value(formatted)]);
        }
        if scheme == EnterpriseNumber::SCHEME {
            let formatted = EnterpriseNumber::new(identifier.value()).ok().map(|number| number.to_formatted());
            return Text::filled(words.number_enterprise, &[value(formatted)]);
        }
        if identifier.is_as_submitted() {
            return value(None);
        }
        Text::filled(words.identifier, &[value(None), Text::foreign(scheme)])
    }

    fn assurance(&self, assurance: &Assurance) -> Text {
        Text::filled(
            self.words.authenticated,
            &[
                self.inline(assurance.authentication_time()),
                Text::own(self.words.assurance(assurance.level())),
                Text::foreign(assurance.authentication_method()),
            ],
        )
    }
}

fn has_family_name(party: &Party) -> bool {
    party.attribute(attribute::FAMILY_NAME).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::Options;
    use crate::language::Language;

    #[test]
    fn a_number_is_that_of_a_citizen_under_its_own_scheme_alone() {
        let composer = Composer::new(Options::new(Language::English));
        let told = |value: &str, scheme: &str| {
            let identifier = Identifier::new(value, scheme).unwrap();
            composer.identifier(&identifier, PersonKind::Unstated).to_plain()
        };
        let longer = |scheme: &str| format!("{scheme}X");
        assert_eq!(told("85073003328", Niss::SCHEME), "national number (SSIN) 85.07.30-•••.••");
        assert_eq!(told("AB12", &longer(Niss::SCHEME)), "identifier AB••• (urn:be:fgov:person:ssinX)");
        assert_eq!(told("0406798006", EnterpriseNumber::SCHEME), "enterprise number 0406.798.006");
        let of_nobody = longer(EnterpriseNumber::SCHEME);
        assert_eq!(told("AB12", &of_nobody), format!("identifier AB••• ({of_nobody})"));
    }
}
