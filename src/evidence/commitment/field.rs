//! The fields that can be commitments, and their paths.

/// A party of a statement. Indices count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// The sender (SenderDetails).
    Sender,
    /// The party that acted for the sender (SenderDelegateDetails).
    SenderDelegate,
    /// The recipient of this index (RecipientDetails).
    Recipient(usize),
    /// The delegate of recipients of this index (RecipientsDelegateDetails).
    RecipientsDelegate(usize),
}

/// A field of a party. Indices count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PartyField {
    /// The values of the identity attribute of this index, all together (AttributeValue).
    Attribute(usize),
    /// The value of the identifier. Its scheme stays visible.
    Identifier,
}

/// A field of a statement that can be a commitment. The order is that of the statement; indices count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// A field of a party.
    Party(Role, PartyField),
    /// The identifier of the content part of this index, such as a file name.
    PartName(usize),
    /// The sender's own reference of a registered mail.
    Token,
    /// The title of a registered mail.
    Title,
    /// The name under which the document of a registered mail is downloaded.
    DownloadFileName,
}

impl Field {
    /// Returns the path of the field: a JSON Pointer ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)) into the
    /// statement. `registered_mail` is the index, from 0, of that extension.
    pub(in crate::evidence) fn path(self, registered_mail: usize) -> String {
        let of_mail = |member: &str| format!("/Extensions/{registered_mail}/RegisteredMail/{member}");
        match self {
            Self::Party(role, PartyField::Attribute(number)) => {
                format!("{}/Identity/Attribute/{}/AttributeValue", of_party(role), index(number))
            }
            Self::Party(role, PartyField::Identifier) => format!("{}/Identifier/value", of_party(role)),
            Self::PartName(number) => format!("/UserContentInfo/PartsInfo/PartInfo/{}/Identifier", index(number)),
            Self::Token => of_mail("Token"),
            Self::Title => of_mail("Title"),
            Self::DownloadFileName => of_mail("DownloadFileName"),
        }
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
            ["UserContentInfo", "PartsInfo", "PartInfo", index, "Identifier"] => {
                outside(Self::PartName(number(index)?))
            }
            ["Extensions", index, "RegisteredMail", member] => {
                let field = match *member {
                    "Token" => Self::Token,
                    "Title" => Self::Title,
                    "DownloadFileName" => Self::DownloadFileName,
                    _ => return None,
                };
                Some((field, Some(number(index)? - 1)))
            }
            _ => None,
        }
    }

    /// Says whether the field is in the extension RegisteredMail.
    pub(in crate::evidence) fn is_of_registered_mail(self) -> bool {
        match self {
            Self::Party(..) | Self::PartName(_) => false,
            Self::Token | Self::Title | Self::DownloadFileName => true,
        }
    }
}

/// The number of steps of the longest path.
const MAX_STEPS: usize = 6;

fn of_party(role: Role) -> String {
    match role {
        Role::Sender => "/SenderDetails".to_owned(),
        Role::SenderDelegate => "/SenderDelegateDetails".to_owned(),
        Role::Recipient(number) => format!("/RecipientDetails/{}", index(number)),
        Role::RecipientsDelegate(number) => format!("/RecipientsDelegateDetails/{}", index(number)),
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
        ] {
            assert_eq!(field.path(7), path);
            assert_eq!(Field::of_path(path), Some((field, None)), "{path}");
        }
        for (field, path) in [
            (Field::Token, "/Extensions/7/RegisteredMail/Token"),
            (Field::Title, "/Extensions/7/RegisteredMail/Title"),
            (Field::DownloadFileName, "/Extensions/7/RegisteredMail/DownloadFileName"),
        ] {
            assert_eq!(field.path(7), path);
            assert_eq!(Field::of_path(path), Some((field, Some(7))), "{path}");
        }
        for other in [
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
        ] {
            assert_eq!(Field::of_path(other), None, "{other}");
        }
    }
}
