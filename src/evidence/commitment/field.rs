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
    /// A member of the extension of a national service.
    National(NationalField),
}
