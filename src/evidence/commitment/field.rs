//! The fields that can be commitments.

use super::national::NationalField;

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
    /// The party to which the recipient may reply (extension Terms). It has an identifier and nothing else.
    ReplyTo,
    /// The party for which somebody acts by a mandate (extension Mandate).
    Principal,
    /// The party of this index in the chain of a mandate (extension Mandate).
    MandateLink(usize),
    /// The identifier that a party had in the sending (extension IdentifierSucceeds).
    PreviousIdentifier,
    /// The identifier by which that party acted (extension IdentifierSucceeds).
    CurrentIdentifier,
}

impl Role {
    /// Tells if the party is of an extension that no later statement repeats.
    pub(in crate::evidence) fn is_of_event(self) -> bool {
        match self {
            Self::Sender | Self::SenderDelegate | Self::Recipient(_) | Self::RecipientsDelegate(_) => false,
            Self::ReplyTo
            | Self::Principal
            | Self::MandateLink(_)
            | Self::PreviousIdentifier
            | Self::CurrentIdentifier => true,
        }
    }
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

/// A field of a statement that can be a commitment. The order is that of the statement, with the parties of extensions after
/// all others; indices count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Field {
    /// A field of a party.
    Party(Role, PartyField),
    /// The identifier of the content part of this index, such as a file name.
    PartName(usize),
    /// A member of the extension of a national service.
    National(NationalField),
}

impl Field {
    /// Tells if the field tells of the event alone, so that a later statement of the message does not have it.
    pub(crate) fn is_of_event(self) -> bool {
        match self {
            Self::Party(role, _) => role.is_of_event(),
            Self::PartName(_) | Self::National(_) => false,
        }
    }
}
