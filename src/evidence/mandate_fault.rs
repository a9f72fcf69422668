//! What speaks against a mandate, or against the change of an identifier.

/// The first thing for which a delegate did not act by the mandate that the statement states. A party behind a commitment
/// that nobody disclosed is not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MandateFault {
    /// The sender or the recipient is not the principal of the mandate. A delegate never stands in its place.
    #[error("the party that the statement names is not the principal of the mandate")]
    DelegateStandsForPrincipal,
    /// The chain does not end in the delegate that acted: a natural person, or a system of the last enterprise in it.
    #[error("the chain of the mandate does not end in the delegate that acted, a person or a system of an enterprise")]
    NobodyActed,
    /// A local manager or a user is not a natural person, or somebody else's mandate is for an enterprise.
    #[error("the mandate is of a manager or a user, and an outsider is in its chain")]
    OutsiderAsManager,
    /// The provider is the principal itself.
    #[error("the provider of the mandate is its principal")]
    ProviderIsPrincipal,
    /// The parties of the chain have roles that do not lead to the role of the mandate.
    #[error("the chain of the mandate is not one of its role")]
    ChainNotOfRole,
    /// The mandate did not hold at the time of the event.
    #[error("the mandate did not hold at the time of the event")]
    NotInForce,
    /// The mandate does not allow what the delegate did.
    #[error("the mandate does not allow what the delegate did")]
    ActionNotGranted,
    /// The statement does not say how the delegate was authenticated.
    #[error("the statement does not say how the delegate was authenticated")]
    NotAuthenticated,
    /// The delegate was authenticated below the level that the terms of the sending ask for, or those of the letter that it
    /// replies to.
    #[error("the delegate was authenticated below the level that the terms ask for")]
    AssuranceTooLow,
}

/// The first thing for which the change of an identifier says nothing about the party that acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SuccessionFault {
    /// The previous identifier is not that of the recipient, or the current one is not that of who replies.
    #[error("the identifier that changed is not that of the party that acted")]
    RecipientDiffers,
    /// The identifier changed after the event.
    #[error("the identifier changed after the event")]
    AfterEvent,
}
