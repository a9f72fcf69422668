//! The kinds of records, and the members that the data of each have.

use std::fmt;

macro_rules! members {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// A member of the data of a record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Member {
            $($(#[$doc])* $name,)*
        }

        impl Member {
            const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns its name, with that of the object that holds it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

members! {
    /// What was done.
    Action = "action",
    /// What came of it.
    Outcome = "outcome",
    /// The system that did it.
    Client = "client",
    /// The person who did it, or whom it is about.
    Actor = "actor",
    /// The hash of the token that allowed it.
    TokenHash = "tokenHash",
    /// The content that it is about.
    Parts = "parts",
    /// The proof that it is about, or the id of that.
    Proof = "proof",
    /// The event that the proof states.
    Event = "event",
    /// The side of a call.
    Side = "details.side",
    /// What the event engine announced.
    EngineEvent = "details.engineEvent",
    /// The number that the event engine gave its announcement.
    EngineSequence = "details.engineSequence",
    /// Whether the person takes letters by this way.
    Consent = "details.consent",
    /// The way of a notification.
    Channel = "details.channel",
    /// The number of a reminder.
    Reminder = "details.reminder",
    /// The reason of a deletion.
    Reason = "details.reason",
    /// What a register says of a number.
    Flag = "details.flag",
    /// What became of a mandate.
    Mandate = "details.mandate",
    /// What is known of the clock.
    State = "details.state",
    /// The time of recording of the record before.
    PreviousRecorded = "details.previousRecorded",
    /// The first number of an export.
    First = "details.first",
    /// The last number of an export.
    Last = "details.last",
    /// The digest of the manifest of an export.
    ManifestDigest = "details.manifestDigest",
    /// The number of octets of a torn line that was cut back.
    TornOctets = "details.tornOctets",
    /// The digest of a torn line that was cut back.
    TornHash = "details.tornHash",
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Members(u32);

impl Members {
    pub(super) const fn of(members: &[Member]) -> Self {
        let mut set = 0;
        let mut rest = members;
        while let [member, after @ ..] = rest {
            set |= 1 << *member as u32;
            rest = after;
        }
        Self(set)
    }

    /// Returns the set with a member, if it is there.
    pub(super) fn with(self, member: Member, there: bool) -> Self {
        Self(self.0 | u32::from(there) << member as u32)
    }

    /// Returns the first member of this set that is not in another one.
    fn first_outside(self, other: Self) -> Option<Member> {
        let outside = self.0 & !other.0;
        Member::ALL.iter().copied().find(|member| outside & Self::of(&[*member]).0 != 0)
    }
}

/// What is wrong with the members of a record of some kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberFault {
    NotOfKind(Member),
    Missing(Member),
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal: requires [$($required:ident)*], allows [$($allowed:ident)*];)*) => {
        /// The kind of a record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $kind,)*
        }

        impl Kind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Returns the name: the part of the `type` of an event before its version.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }

            /// Returns the `type` of the event.
            pub fn event_type(self) -> &'static str {
                match self {
                    $(Self::$kind => concat!("recommande.audit.", $name, ".v1"),)*
                }
            }

            fn required(self) -> Members {
                match self {
                    $(Self::$kind => const { Members::of(&[$(Member::$required),*]) },)*
                }
            }

            fn allowed(self) -> Members {
                match self {
                    $(Self::$kind => const { Members::of(&[$(Member::$required,)* $(Member::$allowed),*]) },)*
                }
            }
        }
    };
}

kinds! {
    /// A call of one system to another, recorded by either.
    ApiCall = "api-call": requires [Action Outcome], allows [Client Actor TokenHash Parts Proof Event Side];
    /// An announcement of an event engine, recorded by it or by the one it was for.
    EventEngine = "event-engine": requires [EngineEvent], allows [Action Outcome Client Actor Proof Event Side EngineSequence];
    /// A proof was made.
    ProofIssued = "proof-issued": requires [Proof Event], allows [Client Actor Parts];
    /// A proof was received.
    ProofReceived = "proof-received": requires [Proof Event], allows [Client Actor Parts];
    /// Somebody asked whether a person takes letters by this way.
    ConsentCheck = "consent-check": requires [Consent], allows [Action Outcome Client Actor TokenHash Side];
    /// A person began or ceased to take letters by this way.
    ConsentChanged = "consent-changed": requires [Consent], allows [Action Outcome Client Actor TokenHash];
    /// A person was told of a letter, or the attempt failed.
    Notification = "notification": requires [Outcome Channel], allows [Client Actor Proof Event Reminder];
    /// Somebody read content.
    Read = "read": requires [], allows [Action Outcome Client Actor TokenHash Parts Proof Event];
    /// The recipient hid a letter.
    Hidden = "hidden": requires [], allows [Action Outcome Client Actor TokenHash];
    /// Content was deleted.
    Deleted = "deleted": requires [Reason], allows [Action Outcome Client Actor TokenHash Parts];
    /// A register says something of the number of a person.
    IdentityFlag = "identity-flag": requires [Actor Flag], allows [Client];
    /// A mandate was given, changed or ended.
    MandateChanged = "mandate-changed": requires [Actor Mandate], allows [Action Outcome Client];
    /// Something is known of the clock, or it ran behind.
    ClockStatus = "clock-status": requires [State], allows [PreviousRecorded];
    /// Lines of the trail were exported.
    Export = "export": requires [First Last ManifestDigest], allows [];
    /// The trail was resumed, and a line that was never acknowledged was cut back.
    Resumed = "resumed": requires [TornOctets TornHash], allows [];
}

impl Kind {
    /// Finds the kind by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Tells if a record of this kind may have the member.
    pub fn allows(self, member: Member) -> bool {
        Members::of(&[member]).first_outside(self.allowed()).is_none()
    }

    /// Tells if a record of this kind must have the member.
    pub fn requires(self, member: Member) -> bool {
        Members::of(&[member]).first_outside(self.required()).is_none()
    }

    /// Checks the members that a record of this kind has.
    pub(super) fn check(self, members: Members) -> Result<(), MemberFault> {
        if let Some(member) = members.first_outside(self.allowed()) {
            return Err(MemberFault::NotOfKind(member));
        }
        self.required().first_outside(members).map_or(Ok(()), |member| Err(MemberFault::Missing(member)))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
