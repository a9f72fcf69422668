//! What speaks against a reply.

/// The first thing for which a sending is no reply to the letter that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ReplyFault {
    /// The sender of the letter did not allow replies.
    #[error("the sender of the letter did not allow replies")]
    NotAuthorised,
    /// It names another message than that of the letter, or other evidence than that of its sending.
    #[error("the reply names another message than that of the letter")]
    AnotherMessage,
    /// It is by somebody who is no recipient of the letter.
    #[error("the reply is by nobody who received the letter")]
    SenderIsNoRecipient,
    /// It does not go to the sender of the letter alone, or to whom the sender named for replies.
    #[error("the reply does not go to the sender of the letter alone, or to whom the sender named for replies")]
    GoesElsewhere,
    /// Who it is by or goes to stands behind a commitment, so that it cannot be compared.
    #[error("parties of the letter or of the reply stand behind commitments")]
    PartiesNotDisclosed,
    /// It is earlier than the letter.
    #[error("the reply is earlier than the letter")]
    BeforeLetter,
}
