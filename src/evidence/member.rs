//! The members of evidence, and the extensions that tell of an event.

macro_rules! members {
    (
        evidence { $($name:ident => $text:literal),* $(,)? }
        extensions { $($extension:ident => $extension_text:literal),* $(,)? }
    ) => {
        /// A member of evidence (ETSI EN 319 522-3), in the order of the schema, or an extension that tells of an event,
        /// in the order in which they are written.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[allow(missing_docs)]
        pub enum Member {
            $($name,)*
            $($extension,)*
        }

        impl Member {
            /// All members, in their order, and after them the extensions.
            pub const ALL: &'static [Self] = &[$(Self::$name,)* $(Self::$extension,)*];

            /// The extensions among them, which stand after those that every event may have.
            pub const EXTENSIONS: &'static [Self] = &[$(Self::$extension,)*];

            /// The members of evidence that are no extensions.
            pub(super) const OF_EVIDENCE: &'static [Self] = &[$(Self::$name,)*];

            /// The names of [`Member::OF_EVIDENCE`], in the same order.
            pub(super) const NAMES: &'static [&'static str] = &[$($text,)*];

            /// The names of [`Member::EXTENSIONS`], in the same order.
            pub(super) const EXTENSION_NAMES: &'static [&'static str] = &[$($extension_text,)*];

            /// Returns the name that evidence holds.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                    $(Self::$extension => $extension_text,)*
                }
            }
        }
    };
}

members! {
    evidence {
        Version => "version",
        EvidenceIdentifier => "EvidenceIdentifier",
        ErdsEventId => "ERDSEventId",
        EventReasons => "EventReasons",
        EventTime => "EventTime",
        EvidenceIssuerPolicyId => "EvidenceIssuerPolicyID",
        EvidenceIssuerDetails => "EvidenceIssuerDetails",
        SenderDetails => "SenderDetails",
        SenderDelegateDetails => "SenderDelegateDetails",
        RecipientDetails => "RecipientDetails",
        RecipientsDelegateDetails => "RecipientsDelegateDetails",
        SubmissionTime => "SubmissionTime",
        EvidenceRefersToRecipient => "EvidenceRefersToRecipient",
        MessageIdentifier => "MessageIdentifier",
        UserContentInfo => "UserContentInfo",
        ExternalErdsDetails => "ExternalERDSDetails",
        ForwardedToExternalSystem => "ForwardedToExternalSystem",
        Extensions => "Extensions",
    }
    extensions {
        Terms => "Terms",
        Window => "Window",
        Availability => "Availability",
        Notification => "Notification",
        InReplyTo => "InReplyTo",
        Payment => "Payment",
        Mandate => "Mandate",
        CausedBy => "CausedBy",
        RecipientSignature => "RecipientSignature",
        OpenedParts => "OpenedParts",
        IdentifierSucceeds => "IdentifierSucceeds",
        Submission => "Submission",
    }
}

/// The rule by which evidence of an event has a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Evidence of the event always has the member.
    Required,
    /// Evidence of the event may have the member.
    Optional,
    /// Evidence of the event never has the member.
    Forbidden,
}
