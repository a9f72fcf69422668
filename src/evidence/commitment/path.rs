//! The paths of fields that can be commitments.

use super::field::{Field, PartyField, Role};
use super::national::NationalField;
use crate::evidence::national::NationalExtension;

/// The indices, from 0, that the national extensions of a statement have in its array Extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::evidence) struct ExtensionIndices {
    /// The number of extensions before the national ones.
    before: usize,
    /// The names of the national extensions, in their order.
    national: Vec<&'static str>,
}

impl ExtensionIndices {
    /// Counts these national extensions after as many others.
    pub(in crate::evidence) fn new(before: usize, national: &[NationalExtension]) -> Self {
        Self { before, national: national.iter().map(NationalExtension::name).collect() }
    }

    /// Returns the index of the extension that a field is in, or would be in.
    fn of(&self, field: NationalField) -> usize {
        self.before + self.national.iter().filter(|name| **name < field.extension()).count()
    }

    /// Returns the index of the extension that a field is in; `None` for a field outside of national extensions.
    pub(in crate::evidence) fn of_field(&self, field: Field) -> Option<usize> {
        match field {
            Field::Party(..) | Field::PartName(_) => None,
            Field::National(field) => Some(self.of(field)),
        }
    }
}

impl Field {
    /// Returns the path of the field: a JSON Pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)) into the
    /// statement with these extensions. Parties of the extensions Terms, Mandate and IdentifierSucceeds have a pointer into
    /// that extension, since its index is not known before the sealer has added its own.
    pub(in crate::evidence) fn path(self, extensions: &ExtensionIndices) -> String {
        match self {
            Self::Party(role, PartyField::Attribute(number)) => {
                of_party(role).step("Identity").step("Attribute").index(index(number)).step("AttributeValue")
            }
            // Terms hold the identifier itself, and not a party.
            Self::Party(role @ Role::ReplyTo, PartyField::Identifier) => of_party(role).step("value"),
            Self::Party(role, PartyField::Identifier) => of_party(role).step("Identifier").step("value"),
            Self::PartName(number) => Pointer::new("UserContentInfo")
                .step("PartsInfo")
                .step("PartInfo")
                .index(index(number))
                .step("Identifier"),
            Self::National(field) => {
                Pointer::new("Extensions").index(extensions.of(field)).step(field.extension()).step(field.member())
            }
        }
        .0
    }

    /// Reads a path in the one form in which it is written, and the index, from 0, of the extension that the field is in.
    pub(in crate::evidence) fn of_path(path: &str) -> Option<(Self, Option<usize>)> {
        let steps: Vec<&str> = path.strip_prefix('/')?.splitn(MAX_STEPS + 1, '/').collect();
        let outside = |field| Some((field, None));
        match steps.as_slice() {
            ["SenderDetails", steps @ ..] => outside(Self::Party(Role::Sender, party_field(steps)?)),
            ["SenderDelegateDetails", steps @ ..] => outside(Self::Party(Role::SenderDelegate, party_field(steps)?)),
            ["RecipientDetails", index, steps @ ..] => {
                outside(Self::Party(Role::Recipient(number(index)?), party_field(steps)?))
            }
            ["RecipientsDelegateDetails", index, steps @ ..] => {
                outside(Self::Party(Role::RecipientsDelegate(number(index)?), party_field(steps)?))
            }
            ["Terms", "ReplyTo", "value"] => outside(Self::Party(Role::ReplyTo, PartyField::Identifier)),
            ["Mandate", "Principal", steps @ ..] => outside(Self::Party(Role::Principal, party_field(steps)?)),
            ["Mandate", "Chain", index, "Party", steps @ ..] => {
                outside(Self::Party(Role::MandateLink(number(index)?), party_field(steps)?))
            }
            ["IdentifierSucceeds", "Previous", "Identifier", "value"] => {
                outside(Self::Party(Role::PreviousIdentifier, PartyField::Identifier))
            }
            ["IdentifierSucceeds", "Current", "Identifier", "value"] => {
                outside(Self::Party(Role::CurrentIdentifier, PartyField::Identifier))
            }
            ["UserContentInfo", "PartsInfo", "PartInfo", index, "Identifier"] => {
                outside(Self::PartName(number(index)?))
            }
            ["Extensions", index, extension, member] => {
                let field = NationalExtension::field(extension, member)?;
                Some((Self::National(field), Some(number(index)? - 1)))
            }
            _ => None,
        }
    }
}

/// The number of steps of the longest path.
const MAX_STEPS: usize = 8;

/// A path that grows by its steps.
struct Pointer(String);

impl Pointer {
    fn new(step: &str) -> Self {
        // No usual path is longer.
        Self(String::with_capacity(64)).step(step)
    }

    fn step(mut self, step: &str) -> Self {
        self.0.push('/');
        self.0.push_str(step);
        self
    }

    fn index(self, index: usize) -> Self {
        self.step(&index.to_string())
    }
}

fn of_party(role: Role) -> Pointer {
    match role {
        Role::Sender => Pointer::new("SenderDetails"),
        Role::SenderDelegate => Pointer::new("SenderDelegateDetails"),
        Role::Recipient(number) => Pointer::new("RecipientDetails").index(index(number)),
        Role::RecipientsDelegate(number) => Pointer::new("RecipientsDelegateDetails").index(index(number)),
        Role::ReplyTo => Pointer::new("Terms").step("ReplyTo"),
        Role::Principal => Pointer::new("Mandate").step("Principal"),
        Role::MandateLink(number) => Pointer::new("Mandate").step("Chain").index(index(number)).step("Party"),
        Role::PreviousIdentifier => Pointer::new("IdentifierSucceeds").step("Previous"),
        Role::CurrentIdentifier => Pointer::new("IdentifierSucceeds").step("Current"),
    }
}

fn party_field(steps: &[&str]) -> Option<PartyField> {
    match steps {
        ["Identifier", "value"] => Some(PartyField::Identifier),
        ["Identity", "Attribute", index, "AttributeValue"] => Some(PartyField::Attribute(number(index)?)),
        _ => None,
    }
}

/// Returns the index from 0 of a number from 1.
fn index(number: usize) -> usize {
    number.saturating_sub(1)
}

/// Reads an index from 0 without leading zeros, and returns its number from 1.
fn number(index: &str) -> Option<usize> {
    let is_plain = index.bytes().all(|octet| octet.is_ascii_digit()) && (index == "0" || !index.starts_with('0'));
    index.parse::<usize>().ok().filter(|_| is_plain)?.checked_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_extensions_are_counted_in_the_order_of_their_names() {
        for (national, index) in [
            (vec![], 2),
            (vec!["RegisteredMail"], 2),
            (vec!["RegisteredMail", "Zustellung"], 2),
            (vec!["Aangetekend", "Recommandata", "RegisteredMail"], 4),
        ] {
            let extensions = ExtensionIndices { before: 2, national };
            assert_eq!(extensions.of_field(Field::TITLE), Some(index), "{extensions:?}");
            assert_eq!(Field::TITLE.path(&extensions), format!("/Extensions/{index}/RegisteredMail/Title"));
            assert_eq!(extensions.of_field(Field::PartName(1)), None);
        }
    }

    #[test]
    fn a_path_has_one_form() {
        let recipient = |field| Field::Party(Role::Recipient(1), field);
        for (field, path) in [
            (recipient(PartyField::Identifier), "/RecipientDetails/0/Identifier/value"),
            (recipient(PartyField::Attribute(3)), "/RecipientDetails/0/Identity/Attribute/2/AttributeValue"),
            (Field::Party(Role::Sender, PartyField::Identifier), "/SenderDetails/Identifier/value"),
            (Field::Party(Role::SenderDelegate, PartyField::Identifier), "/SenderDelegateDetails/Identifier/value"),
            (
                Field::Party(Role::RecipientsDelegate(11), PartyField::Identifier),
                "/RecipientsDelegateDetails/10/Identifier/value",
            ),
            (Field::PartName(2), "/UserContentInfo/PartsInfo/PartInfo/1/Identifier"),
            (Field::Party(Role::ReplyTo, PartyField::Identifier), "/Terms/ReplyTo/value"),
            (Field::Party(Role::Principal, PartyField::Identifier), "/Mandate/Principal/Identifier/value"),
            (
                Field::Party(Role::MandateLink(2), PartyField::Attribute(1)),
                "/Mandate/Chain/1/Party/Identity/Attribute/0/AttributeValue",
            ),
            (
                Field::Party(Role::PreviousIdentifier, PartyField::Identifier),
                "/IdentifierSucceeds/Previous/Identifier/value",
            ),
            (
                Field::Party(Role::CurrentIdentifier, PartyField::Identifier),
                "/IdentifierSucceeds/Current/Identifier/value",
            ),
        ] {
            assert_eq!(field.path(&ExtensionIndices::new(7, &[])), path);
            assert_eq!(Field::of_path(path), Some((field, None)), "{path}");
        }
        for (field, path) in [
            (Field::TOKEN, "/Extensions/7/RegisteredMail/Token"),
            (Field::TITLE, "/Extensions/7/RegisteredMail/Title"),
            (Field::DOWNLOAD_FILE_NAME, "/Extensions/7/RegisteredMail/DownloadFileName"),
        ] {
            assert_eq!(field.path(&ExtensionIndices::new(7, &[])), path);
            assert_eq!(Field::of_path(path), Some((field, Some(7))), "{path}");
        }
        for text in [
            "",
            "/",
            "RecipientDetails/0/Identifier/value",
            "/RecipientDetails/00/Identifier/value",
            "/RecipientDetails/+1/Identifier/value",
            "/RecipientDetails/-1/Identifier/value",
            "/RecipientDetails//Identifier/value",
            "/RecipientDetails/18446744073709551615/Identifier/value",
            "/RecipientDetails/0/Identifier/value/",
            "/RecipientDetails/0/Identifier/IdentifierSchemeName",
            "/RecipientDetails/0/Identity/Attribute/0/Name",
            "/SenderDetails/0/Identifier/value",
            "/UserContentInfo/PartsInfo/PartInfo/0/ContentType",
            "/Extensions/1/RegisteredMail/Ticket",
            "/Extensions/1/Environment/Name",
            "/MessageIdentifier",
            "/Terms/ReplyTo/Identifier/value",
            "/Terms/ReplyTo",
            "/Terms/Regime",
            "/Mandate/Application",
            "/Mandate/Chain/0/Role",
            "/Mandate/Chain/0/Party/Identity/Attribute/0/AttributeValue/0",
            "/IdentifierSucceeds/Current/Identity/Attribute/0/AttributeValue",
        ] {
            assert_eq!(Field::of_path(text), None, "{text}");
        }
    }
}
