//! What a register of mandates states: who acts for whom, in which role, for what, and since when.

use chrono::{DateTime, Utc};

use super::details::{LinkRole, MandateAction, MandateScope};
use super::error::{DecodeStatementErrorKind, EvidenceError};
use super::limits::MAX_REGISTER_ENTRIES;
use super::party::{Identifier, Party};
use super::{text, time};

/// The role in which a register has somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RegisteredRole {
    /// The one contact person of an enterprise.
    LocalManager,
    /// A user whom the local manager named.
    User,
    /// An accredited social secretariat, which is a provider without a form.
    AccreditedSecretariat,
    /// Another provider.
    Provider,
    /// Somebody with the mandate of a natural person.
    Mandatary,
    /// A system of an enterprise, by its certificate.
    System,
}

impl RegisteredRole {
    const ALL: [Self; 6] =
        [Self::LocalManager, Self::User, Self::AccreditedSecretariat, Self::Provider, Self::Mandatary, Self::System];

    /// Returns the word that an extract holds.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LocalManager => "LocalManager",
            Self::User => "User",
            Self::AccreditedSecretariat => "AccreditedSecretariat",
            Self::Provider => "Provider",
            Self::Mandatary => "Mandatary",
            Self::System => "System",
        }
    }

    /// Returns the role of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// Tells if who has this role in the register may have that one in a chain.
    pub(super) fn is(self, role: LinkRole) -> bool {
        match self {
            Self::LocalManager => role == LinkRole::LocalManager,
            Self::User => role == LinkRole::User,
            Self::AccreditedSecretariat | Self::Provider => role == LinkRole::Provider,
            Self::Mandatary => role == LinkRole::Mandatary,
            Self::System => role == LinkRole::System,
        }
    }
}

/// One line of a register: a party acts for a principal. Debug shows no identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterEntry {
    /// Parties of an identifier alone, so that they are compared as those of a mandate are.
    pub(super) principal: Party,
    pub(super) party: Party,
    role: RegisteredRole,
    scope: Option<MandateScope>,
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    revoked: Option<DateTime<Utc>>,
}

impl RegisterEntry {
    /// States that a party acts for a principal since a time, cut to the millisecond, in all applications and with all
    /// actions. The principal of a provider's own people is the provider.
    ///
    /// # Errors
    /// [`EvidenceError::TimeOutOfRange`].
    pub fn new(
        principal: impl Into<Identifier>,
        party: impl Into<Identifier>,
        role: RegisteredRole,
        from: DateTime<Utc>,
    ) -> Result<Self, EvidenceError> {
        let (principal, party) = (Party::new(principal), Party::new(party));
        let from = time::to_millis("begin of a register's entry", from)?;
        Ok(Self { principal, party, role, scope: None, from, until: None, revoked: None })
    }

    /// States for which application the entry is, and for which actions there.
    #[must_use]
    pub fn with_scope(mut self, scope: MandateScope) -> Self {
        self.scope = Some(scope);
        self
    }

    /// States the first instant, cut to the millisecond, at which the entry no longer holds.
    ///
    /// # Errors
    /// [`EvidenceError::Period`], [`EvidenceError::TimeOutOfRange`].
    pub fn with_until(mut self, until: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let until = time::to_millis("end of a register's entry", until)?;
        if until <= self.from {
            return Err(EvidenceError::Period("the entry of a register"));
        }
        self.until = Some(until);
        Ok(self)
    }

    /// States the instant, cut to the millisecond, from which on the entry is revoked.
    ///
    /// # Errors
    /// [`EvidenceError::TimeOutOfRange`].
    pub fn with_revocation(mut self, revoked: DateTime<Utc>) -> Result<Self, EvidenceError> {
        self.revoked = Some(time::to_millis("revocation of a register's entry", revoked)?);
        Ok(self)
    }

    /// Returns the identifier of the party that is acted for.
    pub fn principal(&self) -> &Identifier {
        self.principal.identifier()
    }

    /// Returns the identifier of the party that acts.
    pub fn party(&self) -> &Identifier {
        self.party.identifier()
    }

    /// Returns the role.
    pub fn role(&self) -> RegisteredRole {
        self.role
    }

    /// Returns the application and its actions; `None` for all of them.
    pub fn scope(&self) -> Option<&MandateScope> {
        self.scope.as_ref()
    }

    /// Returns the first instant at which the entry holds.
    pub fn from(&self) -> DateTime<Utc> {
        self.from
    }

    /// Returns the first instant at which it no longer holds, if it ends.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.until
    }

    /// Returns the instant from which on it is revoked, if it is.
    pub fn revoked(&self) -> Option<DateTime<Utc>> {
        self.revoked
    }

    pub(super) fn holds_at(&self, time: DateTime<Utc>) -> bool {
        let ended = [self.until, self.revoked].into_iter().flatten().any(|end| end <= time);
        self.from <= time && !ended
    }

    pub(super) fn allows(&self, application: &str, action: MandateAction) -> bool {
        let allows = |scope: &MandateScope| scope.application() == application && scope.actions().contains(&action);
        self.scope.as_ref().is_none_or(allows)
    }
}

/// What a register of mandates states at a time. It signs the JSON, and a statement names the extract by its digest.
///
/// A caller whose register has another form verifies that form itself and gives the facts as this value
/// ([`Registers::with_facts`](crate::verify::Registers::with_facts)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterExtract {
    register: String,
    at: DateTime<Utc>,
    history_from: Option<DateTime<Utc>>,
    entries: Vec<RegisterEntry>,
}

/// The reason why octets are no extract. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterExtractError {
    /// The octets are not the JSON that an extract is written in.
    #[error("the extract cannot be read: {kind} (octet {offset})")]
    Json {
        /// The kind of the error.
        kind: DecodeStatementErrorKind,
        /// The octet at which reading stopped, from 0.
        offset: usize,
    },
    /// The type is not `recommande-register-extract/1`.
    #[error("the extract is not of the type recommande-register-extract/1")]
    Type,
}

impl RegisterExtract {
    /// States what the register named by a URI holds at a time, cut to the millisecond.
    ///
    /// # Errors
    /// [`EvidenceError::Uri`], [`EvidenceError::TimeOutOfRange`].
    pub fn new(register: &str, at: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let register = text::uri("register of mandates", register)?;
        Ok(Self { register, at: time::to_millis("time of an extract", at)?, history_from: None, entries: Vec::new() })
    }

    /// States that the entries are complete for all instants from this one, cut to the millisecond, to the time of the
    /// extract.
    ///
    /// # Errors
    /// [`EvidenceError::Period`], [`EvidenceError::TimeOutOfRange`].
    pub fn with_history_from(mut self, from: DateTime<Utc>) -> Result<Self, EvidenceError> {
        let from = time::to_millis("begin of an extract's history", from)?;
        if from > self.at {
            return Err(EvidenceError::Period("the history of an extract"));
        }
        self.history_from = Some(from);
        Ok(self)
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// [`EvidenceError::TooMany`].
    pub fn with_entry(mut self, entry: RegisterEntry) -> Result<Self, EvidenceError> {
        if self.entries.len() >= MAX_REGISTER_ENTRIES {
            return Err(EvidenceError::TooMany {
                what: "entries of a register's extract",
                limit: MAX_REGISTER_ENTRIES,
            });
        }
        self.entries.push(entry);
        Ok(self)
    }

    /// Returns the URI of the register.
    pub fn register(&self) -> &str {
        &self.register
    }

    /// Returns the time of the extract.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Returns the first instant for which the entries are complete, if it is before the time of the extract.
    pub fn history_from(&self) -> Option<DateTime<Utc>> {
        self.history_from
    }

    /// Returns the entries, in the order in which they were added.
    pub fn entries(&self) -> &[RegisterEntry] {
        &self.entries
    }
}
