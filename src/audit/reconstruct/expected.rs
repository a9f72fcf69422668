//! Who must hold which record of what happens to a message.

use serde::Serialize;

use super::fact::{Fact, is_failure};
use crate::audit::Kind;
use crate::evidence::Event;

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident = $name:literal,)*) => {
        /// The part that a party has in the life of a message.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Role {
            $($(#[$doc])* $role,)*
        }

        impl Role {
            /// All roles.
            pub const ALL: &'static [Self] = &[$(Self::$role),*];

            /// Returns the stable name, which programs match.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$role => $name,)*
                }
            }

            /// Finds the role by its name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|role| role.name() == name)
            }
        }
    };
}

roles! {
    /// The party that submits the message.
    Sender = "sender",
    /// The provider that keeps the content and issues the proofs.
    Provider = "provider",
    /// The operator of the boxes and of their event engine.
    Operator = "operator",
    /// The application by which the recipient consults its letters.
    ConsumerApp = "consumer-app",
}

/// The form of a record that a party must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordForm {
    /// A call, on either side, or the record of a read.
    Call,
    /// The issue of a proof.
    ProofIssued,
    /// The receipt of a proof.
    ProofReceived,
    /// An announcement by the event engine, or of its receipt.
    Announcement,
    /// The result of a question for consent.
    ConsentCheck,
    /// A notification, sent or failed.
    Notification,
    /// A deletion.
    Deletion,
}

impl RecordForm {
    /// Returns the stable name, which programs match.
    pub fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::ProofIssued => "proof-issued",
            Self::ProofReceived => "proof-received",
            Self::Announcement => "announcement",
            Self::ConsentCheck => "consent-check",
            Self::Notification => "notification",
            Self::Deletion => "deletion",
        }
    }

    /// Tells if a record of a kind is of this form.
    pub(super) fn is_of(self, kind: Kind) -> bool {
        match self {
            Self::Call => matches!(kind, Kind::ApiCall | Kind::Read),
            Self::ProofIssued => kind == Kind::ProofIssued,
            Self::ProofReceived => kind == Kind::ProofReceived,
            Self::Announcement => kind == Kind::EventEngine,
            Self::ConsentCheck => kind == Kind::ConsentCheck,
            Self::Notification => kind == Kind::Notification,
            Self::Deletion => kind == Kind::Deleted,
        }
    }

    /// Tells of what there must be a record.
    pub(super) fn counted(self) -> Counted {
        match self {
            Self::Call => Counted::EachTime,
            Self::ProofIssued | Self::ProofReceived => Counted::EachProof,
            Self::Announcement | Self::ConsentCheck | Self::Notification | Self::Deletion => Counted::Once,
        }
    }
}

/// How many records of a form there must be of what happens several times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// One of each time.
    EachTime,
    /// One of each proof that is at hand or named, and one where there is none.
    EachProof,
    /// One among all.
    Once,
}

/// A row of the table: when the fact happens, the party in the role must hold a record of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ExpectedRecord {
    /// The fact.
    pub fact: Fact,
    /// Who must hold a record of it.
    pub role: Role,
    /// The form of the record.
    pub form: RecordForm,
}

impl ExpectedRecord {
    /// Tells if there is such a record of an event. What failed is announced to nobody, and nobody consulted it. What came in from
    /// outside was not submitted by a call.
    pub(super) fn is_of_event(self, event: Event) -> bool {
        match self.form {
            RecordForm::ProofIssued
            | RecordForm::ProofReceived
            | RecordForm::ConsentCheck
            | RecordForm::Notification => true,
            RecordForm::Announcement | RecordForm::Deletion => !is_failure(event),
            // A submission that is rejected was called for too.
            RecordForm::Call if self.fact == Fact::Submission => event != Event::ReceivedFromNonERDS,
            RecordForm::Call => !is_failure(event),
        }
    }
}

const fn row(fact: Fact, role: Role, form: RecordForm) -> ExpectedRecord {
    ExpectedRecord { fact, role, form }
}

/// The records that the parties of the Belgian eBox hold, by the keys that its audit trails have.
pub const EXPECTED_RECORDS: &[ExpectedRecord] = &[
    row(Fact::Consent, Role::Sender, RecordForm::ConsentCheck),
    row(Fact::Consent, Role::Provider, RecordForm::ConsentCheck),
    row(Fact::Submission, Role::Sender, RecordForm::Call),
    row(Fact::Submission, Role::Provider, RecordForm::Call),
    row(Fact::Submission, Role::Provider, RecordForm::ProofIssued),
    row(Fact::Available, Role::Sender, RecordForm::ProofReceived),
    row(Fact::Available, Role::Provider, RecordForm::ProofIssued),
    row(Fact::Available, Role::Provider, RecordForm::Announcement),
    row(Fact::Available, Role::Operator, RecordForm::Announcement),
    row(Fact::Notified, Role::Operator, RecordForm::Notification),
    row(Fact::Opened, Role::Sender, RecordForm::ProofReceived),
    row(Fact::Opened, Role::Provider, RecordForm::Call),
    row(Fact::Opened, Role::Provider, RecordForm::ProofIssued),
    row(Fact::Opened, Role::Operator, RecordForm::Announcement),
    row(Fact::Opened, Role::ConsumerApp, RecordForm::Call),
    row(Fact::Removed, Role::Provider, RecordForm::Deletion),
    row(Fact::Removed, Role::Operator, RecordForm::Announcement),
];
