//! The closed lists of words in the data of records.

use std::fmt;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            #[non_exhaustive]
            pub enum $name {
                $($(#[$variant_doc])* $variant,)*
            }

            impl $name {
                /// All words of the list.
                pub const ALL: &'static [Self] = &[$(Self::$variant),*];

                /// Returns the word as a line holds it.
                pub fn name(self) -> &'static str {
                    match self {
                        $(Self::$variant => $word,)*
                    }
                }

                /// Finds the word in the list.
                pub fn from_name(name: &str) -> Option<Self> {
                    Self::ALL.iter().copied().find(|word| word.name() == name)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.name())
                }
            }
        )*
    };
}

words! {
    /// How a record may be passed on (CloudEvents extension `dataclassification`).
    Classification {
        /// It is about a person, if only by a commitment.
        Personal = "personal",
        /// It is for the parties of the exchange.
        Internal = "internal",
        /// It is for everybody.
        Public = "public",
    }

    /// The side of a call on which it was recorded.
    Side {
        /// The party made the call.
        Caller = "caller",
        /// The party received the call.
        Callee = "callee",
    }

    /// What an event engine announces.
    EngineEvent {
        /// A document is there.
        NewDocument = "newDocument",
        /// A document is still there, and unread.
        NewDocumentReminder = "newDocumentReminder",
        /// A document was read.
        ReadDocument = "readDocument",
        /// A document is about to be deleted.
        DocumentExpirationAlert = "documentExpirationAlert",
    }

    /// Whether a person takes letters by this way.
    Consent {
        /// The person does.
        Given = "given",
        /// The person does not.
        NotGiven = "not-given",
        /// Nobody could tell.
        Unknown = "unknown",
    }

    /// The way by which a person was told of a letter.
    Channel {
        /// By electronic mail.
        Email = "email",
        /// By a short message.
        Sms = "sms",
        /// By a message to an application on a device.
        Push = "push",
        /// In the portal that holds the letters.
        Portal = "portal",
        /// On paper.
        Paper = "paper",
    }

    /// The reason for which content was deleted.
    DeletionReason {
        /// Its availability ended.
        Expired = "expired",
        /// Somebody who may asked for it.
        Requested = "requested",
        /// Its retention ended.
        RetentionEnded = "retention-ended",
    }

    /// What a register says of the number of a person.
    IdentityFlag {
        /// Another number took its place.
        Replaced = "replaced",
        /// It was cancelled.
        Cancelled = "cancelled",
        /// Its bearer has died.
        Deceased = "deceased",
        /// A flag was taken back.
        Restored = "restored",
        /// It was made from fraudulent documents, as the register of BIS numbers tells.
        FraudulentDocuments = "fraudulent-documents",
    }

    /// What became of a mandate.
    MandateChange {
        /// It was given.
        Given = "given",
        /// Its scope was changed.
        Changed = "changed",
        /// It was taken back.
        Revoked = "revoked",
        /// Its time ended.
        Expired = "expired",
    }

    /// What is known of the clock by which records are written.
    ClockState {
        /// It follows a source of time.
        Synchronised = "synchronised",
        /// It follows none.
        Unsynchronised = "unsynchronised",
        /// It was set, or runs behind what it showed before.
        Stepped = "stepped",
        /// Nothing is known.
        Unknown = "unknown",
    }
}
