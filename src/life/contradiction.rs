//! What proofs of one letter say against each other.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::seal::ProofId;

/// What a contradiction means for the verdict on the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// The state is contradicted.
    Failed,
    /// The statement does not count, and the state is that of the others.
    StatementFailed,
    /// The state holds, and a reader should know.
    Warning,
}

macro_rules! contradictions {
    ($($name:ident $text:literal $severity:ident: $sentence:literal;)*) => {
        /// A way in which proofs contradict each other.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ContradictionKind {
            $(#[doc = concat!("`", $text, "`: ", $sentence, ".")] $name,)*
        }

        impl ContradictionKind {
            /// All kinds, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the stable name, which programs match.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns a sentence that says what it means, for people.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }

            /// Returns what it means for the verdict, as a rule.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }
        }
    };
}

contradictions! {
    AcceptedAndRejected "accepted-and-rejected" Failed: "one service both accepted and rejected the submission";
    Equivocation "equivocation" Failed: "two different statements bear one evidence identifier";
    SplitView "split-view" Failed: "one message has other parties or other content in one statement than in another";
    AnswersConflict "answers-conflict" Failed: "the recipient accepted and refused, or answered a request that expired without an answer";
    ExpiryTooEarly "expiry-too-early" Failed: "the expiry is earlier than the end of the period for an answer";
    AnsweredTooLate "answered-too-late" Warning: "the answer is later than the period for it";
    AnsweredBeforePeriod "answered-before-period" Warning: "the recipient answered or opened before the period for an answer began";
    AnswerPeriodDiffers "answer-period-differs" Warning: "the period for an answer is not one of the days that the sender asks for";
    AnswerNotAskedFor "answer-not-asked-for" Warning: "the sender asked for the mode basic, in which the recipient has nothing to accept or refuse";
    AcceptanceMissing "acceptance-missing" Failed: "the sender asked for acceptance first, and the content was made available, opened or handed over without it";
    EventBeforeCause "event-before-cause" Failed: "the event is earlier than the one that led to it";
    RelayedBySameService "relayed-by-same-service" Warning: "the service that took charge relayed the message to itself";
    OpenedAfterAvailability "opened-after-availability" Warning: "the content was opened after its availability had ended";
    FailedAfterSuccess "failed-after-success" Warning: "the failure is stated of what was stated to have succeeded";
    RecipientSignatureMissing "recipient-signature-missing" Failed: "the sender asked for an acceptance that the recipient signs, and the acceptance has no signature";
    RecipientSignatureInvalid "recipient-signature-invalid" StatementFailed: "the recipient's own signature of the acceptance fails, or is of another letter";
    SubmissionDiffers "submission-differs" Failed: "the sending is not what its sender signed in the submission that it names, or that signature fails";
    AssuranceBelowTerms "assurance-below-terms" StatementFailed: "the recipient was authenticated at a lower level than the sender asked for";
    MandateInvalid "mandate-invalid" StatementFailed: "the delegate had no mandate for what it did";
    RecipientDiffers "recipient-differs" StatementFailed: "the identifier that is said to have changed is not that of the recipient, or changed later";
    EnvironmentsMixed "environments-mixed" Failed: "the statements are of several environments";
    ReasonContradictsEvent "reason-contradicts-event" Warning: "the reason is one of other events";
    IssuerNotInCharge "issuer-not-in-charge" StatementFailed: "the service that states this was not in charge of the message";
    StatedAfterRelay "stated-after-relay" Warning: "the service states this after another one took the message over";
    CauseOfAnotherLetter "cause-of-another-letter" Failed: "the statement names a cause about another recipient or another message";
    EventOutOfOrder "event-out-of-order" Warning: "the state at that time does not allow the event";
}

impl fmt::Display for ContradictionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ContradictionKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A contradiction between proofs, with the proofs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The kind of contradiction.
    pub kind: ContradictionKind,
    /// What it means for the verdict.
    pub severity: Severity,
    /// The proofs that contradict each other. There is one where a statement alone contradicts what it follows. What evidence in a
    /// foreign form contradicts is all of the sendings, or all of the refusals, that the service sealed of the message, or what
    /// entered the state that does not allow it, or took over where a relay is said to have failed. There is none where such pieces
    /// contradict each other.
    #[serde(serialize_with = "super::fact::ids")]
    pub proofs: Vec<ProofId>,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.kind.sentence())
    }
}
