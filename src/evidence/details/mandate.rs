//! The mandate by which somebody acts for a sender or a recipient.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::crypto::Digest;
use crate::evidence::error::EvidenceError;
use crate::evidence::limits::{MAX_IDENTIFIER, MAX_MANDATE_LINKS};
use crate::evidence::party::Party;
use crate::evidence::{text, time};

macro_rules! words {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $name:ident => $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$variant_doc])* $name,)*
        }

        impl $type {
            /// All of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the word that evidence holds.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns what this word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|present| present.as_str() == word)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// The role in which somebody acts for a principal.
    MandateRole {
        /// The one contact person of an enterprise, under its direct authority, who names its users.
        LocalManager => "LocalManager",
        /// A person under the direct authority of an enterprise, whom its local manager named.
        User => "User",
        /// A provider of services with which an enterprise has a contract, such as a social secretariat.
        Provider => "Provider",
        /// Somebody to whom a natural person gave a mandate for one purpose and for a limited time.
        Mandatary => "Mandatary",
    }
}

words! {
    /// The role of one party in the chain of a mandate.
    LinkRole {
        /// The party is the local manager of the enterprise before it in the chain, or of the principal.
        LocalManager => "LocalManager",
        /// The party is a user of the enterprise before it in the chain, or of the principal.
        User => "User",
        /// The party is an enterprise that provides services to the principal.
        Provider => "Provider",
        /// The party has the mandate of a natural person.
        Mandatary => "Mandatary",
        /// The party is a system of the enterprise before it in the chain. Identify it by its certificate
        /// ([`Identifier::of_certificate`](crate::evidence::Identifier::of_certificate)): nothing else says which system it is.
        System => "System",
    }
}

words! {
    /// What a mandate allows.
    MandateAction {
        /// The delegate may send letters.
        Send => "send",
        /// The delegate may open letters.
        Open => "open",
        /// The delegate may accept and refuse letters.
        Answer => "answer",
        /// The delegate may reply to letters.
        Reply => "reply",
    }
}

/// One party in the chain of a mandate, with the role that it has there. Debug shows no value of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateLink {
    pub(in crate::evidence) party: Party,
    role: LinkRole,
}

impl MandateLink {
    /// Names a party and its role. How the party was authenticated stands elsewhere in the statement, and is left out here.
    pub fn new(party: Party, role: LinkRole) -> Self {
        Self { party: party.without_assurance(), role }
    }

    /// Returns the party.
    pub fn party(&self) -> &Party {
        &self.party
    }

    /// Returns the role of the party.
    pub fn role(&self) -> LinkRole {
        self.role
    }
}

/// What a mandate is for: an application, and the actions that it allows there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MandateScope {
    application: String,
    actions: Vec<MandateAction>,
}

impl MandateScope {
    /// Names an application in 1 to 255 characters, and at least one action, each once. The order has no part in it.
    ///
    /// # Errors
    /// [`EvidenceError::Empty`], [`EvidenceError::Twice`], or the error of the text.
    pub fn new(application: &str, actions: impl IntoIterator<Item = MandateAction>) -> Result<Self, EvidenceError> {
        let application = text::text("application of a mandate", application, MAX_IDENTIFIER)?;
        let mut actions: Vec<_> = actions.into_iter().take(MandateAction::ALL.len() + 1).collect();
        actions.sort_unstable();
        if actions.is_empty() {
            return Err(EvidenceError::Empty("list of a mandate's actions"));
        }
        if !actions.is_sorted_by(|earlier, later| earlier < later) {
            return Err(EvidenceError::Twice("action of a mandate"));
        }
        Ok(Self { application, actions })
    }

    /// Returns the application.
    pub fn application(&self) -> &str {
        &self.application
    }

    /// Returns the actions, at least one, in the order of [`MandateAction::ALL`].
    pub fn actions(&self) -> &[MandateAction] {
        &self.actions
    }
}

/// What the register stated of a mandate, by the digest of what it signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterStatement {
    /// The ProofId of the register's signature: a digest over its signed attributes.
    Proof(Digest),
    /// The digest of the octets that the register signed, in whatever form it gives them.
    Extract(Digest),
}

/// The register that holds a mandate, and what it stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterReference {
    register: String,
    statement: RegisterStatement,
}

impl RegisterReference {
    /// Names a register by a URI, and its statement by a digest of SHA-256 or stronger.
    ///
    /// # Errors
    /// [`EvidenceError::Uri`], [`EvidenceError::WeakDigest`], [`EvidenceError::DigestWithoutIdentifier`].
    pub fn new(register: &str, statement: RegisterStatement) -> Result<Self, EvidenceError> {
        let register = text::uri("register of a mandate", register)?;
        let (RegisterStatement::Proof(digest) | RegisterStatement::Extract(digest)) = statement;
        check_digest(&digest)?;
        Ok(Self { register, statement })
    }

    /// Returns the URI of the register.
    pub fn register(&self) -> &str {
        &self.register
    }

    /// Returns the digest of its statement.
    pub fn statement(&self) -> &RegisterStatement {
        &self.statement
    }
}

fn check_digest(digest: &Digest) -> Result<(), EvidenceError> {
    if digest.algorithm().uri().is_none() {
        return Err(EvidenceError::DigestWithoutIdentifier(digest.algorithm()));
    }
    if digest.as_bytes().len() < WEAKEST_DIGEST { Err(EvidenceError::WeakDigest) } else { Ok(()) }
}

/// The octets of the shortest digest that is accepted, that of SHA-256.
const WEAKEST_DIGEST: usize = 32;

/// The mandate by which a delegate acts for the sender or for a recipient (extension Mandate).
///
/// ERDS evidence has one delegate for a party. The chain says how this delegate comes to act for it: an enterprise can act by
/// a provider, and the provider by its own user. Debug shows no value of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    role: MandateRole,
    pub(in crate::evidence) principal: Party,
    pub(in crate::evidence) chain: Vec<MandateLink>,
    scope: MandateScope,
    valid_from: DateTime<Utc>,
    valid_until: Option<DateTime<Utc>>,
    register: RegisterReference,
}

impl Mandate {
    /// States a mandate that begins at `valid_from`, cut to the millisecond, and does not end. `chain` has 1 to 3 parties, of
    /// which the first acts for the principal and the last is who acted.
    ///
    /// # Errors
    /// [`EvidenceError::Empty`], [`EvidenceError::TooMany`], [`EvidenceError::TimeOutOfRange`].
    pub fn new(
        role: MandateRole,
        principal: Party,
        chain: impl IntoIterator<Item = MandateLink>,
        scope: MandateScope,
        valid_from: DateTime<Utc>,
        register: RegisterReference,
    ) -> Result<Self, EvidenceError> {
        let chain: Vec<_> = chain.into_iter().take(MAX_MANDATE_LINKS + 1).collect();
        if chain.is_empty() {
            return Err(EvidenceError::Empty("chain of a mandate"));
        }
        if chain.len() > MAX_MANDATE_LINKS {
            return Err(EvidenceError::TooMany { what: "parties in the chain of a mandate", limit: MAX_MANDATE_LINKS });
        }
        let valid_from = time::to_millis("begin of a mandate", valid_from)?;
        let principal = principal.without_assurance();
        Ok(Self { role, principal, chain, scope, valid_from, valid_until: None, register })
    }

    /// States the first instant, cut to the millisecond, at which the mandate no longer holds.
    ///
    /// # Errors
    /// [`EvidenceError::Period`], [`EvidenceError::TimeOutOfRange`].
    pub fn with_valid_until(mut self, valid_until: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let valid_until = time::to_millis("end of a mandate", valid_until)?;
        if valid_until <= self.valid_from {
            return Err(EvidenceError::Period("the mandate"));
        }
        self.valid_until = Some(valid_until);
        Ok(self)
    }

    /// Checks that what a natural person allows has an end.
    pub(in crate::evidence) fn check(&self) -> Result<(), EvidenceError> {
        let is_endless = self.role == MandateRole::Mandatary && self.valid_until.is_none();
        if is_endless { Err(EvidenceError::MandateWithoutEnd) } else { Ok(()) }
    }

    /// Returns the role in which the chain acts for the principal.
    pub fn role(&self) -> MandateRole {
        self.role
    }

    /// Returns the sender or recipient for whom the chain acts.
    pub fn principal(&self) -> &Party {
        &self.principal
    }

    /// Returns the parties, 1 to 3, each acting for the one before it, and the first one for the principal.
    pub fn chain(&self) -> &[MandateLink] {
        &self.chain
    }

    /// Returns the application and the actions that the mandate is for.
    pub fn scope(&self) -> &MandateScope {
        &self.scope
    }

    /// Returns the first instant at which the mandate holds.
    pub fn valid_from(&self) -> DateTime<Utc> {
        self.valid_from
    }

    /// Returns the first instant at which it no longer holds, if it ends.
    pub fn valid_until(&self) -> Option<DateTime<Utc>> {
        self.valid_until
    }

    /// Returns the register that holds the mandate, and what it stated.
    pub fn register(&self) -> &RegisterReference {
        &self.register
    }

    /// Tells if the mandate holds at a time, by what it says itself.
    pub fn holds_at(&self, time: DateTime<Utc>) -> bool {
        self.valid_from <= time && self.valid_until.is_none_or(|until| time < until)
    }

    /// Returns the principal and the parties of the chain.
    pub(in crate::evidence) fn parties(&self) -> impl Iterator<Item = &Party> {
        [&self.principal].into_iter().chain(self.chain.iter().map(MandateLink::party))
    }
}
