use std::fmt;

use super::Event;
use super::environment::Environment;
use super::json_fault::JsonFault;
use super::mandate_fault::{MandateFault, SuccessionFault};
use super::reply_fault::ReplyFault;
use crate::crypto::DigestAlgorithm;
use crate::identity::IdentifierError;

/// The reason why a statement, or a part of one, cannot be built. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A text is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A text has more characters than it may have.
    #[error("{what} has more than {limit} characters")]
    TooLong {
        /// The name of the text.
        what: &'static str,
        /// The largest number of characters.
        limit: usize,
    },
    /// A text holds a control character.
    #[error("{0} holds a control character")]
    ControlCharacter(&'static str),
    /// A text holds a character that nobody sees, or that changes the order in which others are seen: a bidi control, a
    /// zero-width character, a byte order mark, a separator of lines, a private or an unassigned character.
    #[error("{0} holds a character that is not seen or changes how others are read; remove it")]
    HiddenCharacter(&'static str),
    /// There are more of a kind of member than one statement may hold.
    #[error("more than {limit} {what}")]
    TooMany {
        /// The kind of member.
        what: &'static str,
        /// The largest number of them.
        limit: usize,
    },
    /// A member that must be unique is there twice.
    #[error("the same {0} twice")]
    Twice(&'static str),
    /// The text is no absolute URI as RFC 3986 writes it.
    #[error("{0} is not an absolute URI")]
    Uri(&'static str),
    /// The text is no media type, which is `type/subtype` with optional parameters.
    #[error("the media type is not of the form type/subtype")]
    MediaType,
    /// The value under a national scheme is no identifier of that scheme.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
    /// The identifier's scheme is for natural persons and the attribute for legal ones, or the reverse.
    #[error("the identifier's scheme is for another kind of person")]
    PersonKind,
    /// The text is no `urn:uuid:` in lower case with hyphens.
    #[error("the evidence identifier is not a urn:uuid")]
    EvidenceIdentifier,
    /// The operating system gave no random octets.
    #[error("no random octets for an identifier or a salt")]
    Random,
    /// There is no digest.
    #[error("a content part has no digest")]
    NoDigest,
    /// A digest is weaker than SHA-256.
    #[error("a digest algorithm weaker than SHA-256")]
    WeakDigest,
    /// A digest is by an algorithm that has no identifier in statements, as SHAKE128 and SHAKE256.
    #[error("{0} has no identifier in statements")]
    DigestWithoutIdentifier(DigestAlgorithm),
    /// The text is no ticket, which has 13 characters of `0-9A-HJ-NP-Z`.
    #[error("the ticket is not 13 of 0-9 A-H J-N P-Z")]
    Ticket,
    /// The text names none of the environments.
    #[error("not the name of an environment: Production, Acceptance, Integration or Test")]
    Environment,
    /// The text names none of the languages.
    #[error("not one of the languages fr, nl, de, en")]
    Language,
    /// The year of a time is not from 0 to 9999.
    #[error("{0} is outside of the years 0 to 9999")]
    TimeOutOfRange(&'static str),
    /// The event comes before the submission.
    #[error("the event is before the submission")]
    EventBeforeSubmission,
    /// A party authenticated after the event.
    #[error("{0} authenticated after the event")]
    AuthenticationAfterEvent(&'static str),
    /// The preceding evidence names another statement than the sending.
    #[error("the preceding evidence is not of this sending")]
    PrecedingEvidence,
    /// The index names no recipient. Recipients count from 1.
    #[error("there is no recipient of index {0}")]
    NoSuchRecipient(usize),
    /// A delegate acts for no recipient.
    #[error("a delegate acts for no recipient")]
    DelegateForNobody,
    /// An opening, or an answer, must authenticate exactly one of the recipients and their delegates: the party that opened
    /// or answered.
    #[error("not exactly one recipient or delegate carries assurance where one of them acted")]
    Opener,
    /// A recipient or a delegate carries assurance in evidence of an event in which none of them acted.
    #[error("a recipient or delegate carries assurance where none of them acted")]
    NobodyActed,
    /// The recipient, or its delegate, was authenticated below the level that the terms of the sending ask for.
    #[error("the party that acted was authenticated below the level that the sending asks for")]
    AssuranceBelowTerms,
    /// Evidence of the event has to have this member, or the terms of the sending ask for it.
    #[error("the event requires the member {0}")]
    MemberMissing(&'static str),
    /// Evidence of the event has no such member.
    #[error("the event does not have the member {0}")]
    MemberForbidden(&'static str),
    /// The event of an opening is stated before the step that led to it, which depends on the event.
    #[error("the event is stated before the step that led to it")]
    EventAfterCause,
    /// The statement is not one of an event of its kind.
    #[error("the event is of another kind of statement")]
    KindOfEvent,
    /// A reason is one of other events.
    #[error("a reason is one of other events")]
    ReasonContradictsEvent,
    /// The event does not follow the event that is given as its cause, or not where the sending asks for an acceptance.
    #[error("{event} does not follow {cause}")]
    NotCausedBy {
        /// The event.
        event: Event,
        /// The event that is given as its cause.
        cause: Event,
    },
    /// The cause is about another message or another recipient.
    #[error("the cause is about another message or another recipient")]
    CauseOfAnotherLetter,
    /// The event is before the event that caused it.
    #[error("the event is before the one that caused it")]
    EventBeforeCause,
    /// The period for an answer had not ended at the time of the event.
    #[error("the period for an answer had not ended")]
    ExpiryTooEarly,
    /// A period ends before it begins, or at the same instant.
    #[error("{0} ends before it begins")]
    Period(&'static str),
    /// There are several recipients, and the statement does not say to which of them it refers.
    #[error("the statement does not say to which of several recipients it refers")]
    RecipientNotStated,
    /// A notification of the consignment has to say which one of them it is, from 1.
    #[error("a notification of the consignment does not say which one of them it is")]
    NotificationOrdinal,
    /// The parts that were opened are not numbers of parts in their order, with the first one among them.
    #[error("the parts that were opened are not the main part and others in their order")]
    OpenedParts,
    /// A submission holds what only the service states, or a commitment in the place of a value.
    #[error("a submission has no {0}")]
    NotOfSubmission(&'static str),
    /// The sender signed the submission for another environment than the issuer's.
    #[error("the submission is for the environment {submission}, and the issuer's is {issuer}")]
    EnvironmentOfSubmission {
        /// The environment for which the sender signed.
        submission: Environment,
        /// The environment of the issuer.
        issuer: Environment,
    },
    /// The recipient's signature has no octets, or more than 64 KiB.
    #[error("the recipient's signature is empty or longer than 64 KiB")]
    RecipientSignature,
    /// An amount is no plain number, has more decimals than its currency, or is beyond 2^53 - 1 minor units.
    #[error("not an amount of the currency")]
    Amount,
    /// The text is no code of a currency (ISO 4217).
    #[error("not the code of a currency")]
    Currency,
    /// The text is no IBAN (ISO 13616), or its check digits do not fit.
    #[error("not an IBAN")]
    Iban,
    /// The text is no BIC (ISO 9362).
    #[error("not a BIC")]
    Bic,
    /// The reference has the form of one with check digits, and these do not fit.
    #[error("the check digits of the payment's reference do not fit")]
    PaymentReference,
    /// A reply can only be to somebody where replies are allowed.
    #[error("there is an address for replies, and replies are not allowed")]
    ReplyNotAllowed,
    /// The URI names none of the consignment modes of ETSI EN 319 522.
    #[error("not a consignment mode of ETSI EN 319 522")]
    ConsignmentMode,
    /// A mandate of a natural person does not end. It is for a limited time.
    #[error("a mandate of a natural person does not end")]
    MandateWithoutEnd,
    /// The delegate did not act by the mandate.
    #[error(transparent)]
    Mandate(#[from] MandateFault),
    /// The change of an identifier says nothing about the party that acted.
    #[error(transparent)]
    Succession(#[from] SuccessionFault),
    /// The sending is no reply to the letter.
    #[error(transparent)]
    Reply(#[from] ReplyFault),
    /// The change of an identifier, or a further recipient, is stated after the letter that is replied to, which depends on it.
    #[error("the parties of a reply are stated before the letter that it replies to")]
    PartiesAfterReply,
    /// An identifier is one as it was submitted, which only evidence of a rejected submission may hold.
    #[error("an identifier as it was submitted, outside of a rejected submission")]
    AsSubmitted,
    /// The statement has no such field, or no value in it.
    #[error("the statement has no such field")]
    NoSuchField,
    /// A field that the extension Commitments lists holds no commitment, which is 43 characters of base64url.
    #[error("a field that the extension Commitments lists holds no commitment")]
    NotACommitment,
    /// An identifier is a commitment that the extension Commitments does not list.
    #[error("an identifier is a commitment that the extension Commitments does not list")]
    CommitmentNotListed,
    /// The evidence identifier or the place of a committed field changed after the commitment, so that no disclosure
    /// would fit. Commit last.
    #[error("the statement was changed after it committed to its fields")]
    ChangedAfterCommitting,
    /// A member that the sender signed was changed after the submission was stated. State it when the sending is complete.
    #[error("the statement was changed after it stated the submission that its sender signed")]
    ChangedAfterSubmission,
    /// The sending was verified with its disclosure, and its opening makes the commitments anew.
    #[error("the sending was verified with its disclosure: its opening makes the commitments anew")]
    HoldsCommitments,
    /// A field of the party that opened, or of the recipient that the opening refers to, is a commitment that was not
    /// disclosed. Who opened has to be known; others may be erased.
    #[error("the party that opened, or the recipient that the opening refers to, is not disclosed")]
    OpenerNotDisclosed,
    /// A field that was not disclosed stands in a statement that follows no other one, where nothing was there to
    /// disclose.
    #[error("a field is marked as not disclosed in a statement that follows no other one")]
    NothingToDisclose,
    /// An extension's name is empty, has other characters than letters and digits, is `isCritical`, or is the name of a
    /// built-in extension.
    #[error("not a name for a further extension")]
    ExtensionName,
    /// An extension's value is not one JSON object as the profile reads it.
    #[error("the extension is not a JSON object: {0}")]
    ExtensionValue(Box<DecodeStatementErrorKind>),
    /// A form has a registered mail, and its letter no ticket of its own: all letters would have that of the form.
    #[error("a letter of a form with a registered mail has no ticket of its own")]
    TicketMissing,
    /// A form for many letters holds what is bound to one of them. State such letters one by one.
    #[error("a form for many letters has no {0}, which is bound to one letter")]
    BoundToOneLetter(&'static str),
    /// The number of a batch, or of its statements, is beyond 2^53 - 1.
    #[error("the number of a batch or of its statements is beyond 2^53 - 1")]
    BatchNumber,
    /// The encoded statement would exceed the limit.
    #[error("the encoded statement exceeds {limit} octets")]
    TooLarge {
        /// The largest number of octets.
        limit: usize,
    },
}

/// The place and the reason why octets are not a statement of the profile. It never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeStatementError {
    pub(super) path: String,
    pub(super) offset: usize,
    pub(super) kind: DecodeStatementErrorKind,
}

impl DecodeStatementError {
    /// Returns the place as members and indices from 0, such as `RecipientDetails[0].Identifier.value`. It is empty for
    /// the statement as a whole, and only names that the profile knows appear.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the octet at which reading stopped, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> &DecodeStatementErrorKind {
        &self.kind
    }
}

impl fmt::Display for DecodeStatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "statement" } else { &self.path };
        write!(f, "{path}: {} (octet {})", self.kind, self.offset)
    }
}

impl std::error::Error for DecodeStatementError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.kind)
    }
}

/// The kind of an error in an encoded statement: a fault of its JSON, or a rule of the profile that it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeStatementErrorKind {
    /// There are more octets than a statement may have.
    #[error("more than {limit} octets")]
    TooLarge {
        /// The largest number of octets.
        limit: usize,
    },
    /// The octets are not JSON in the one form that the profile writes.
    #[error(transparent)]
    Json(#[from] JsonFault),
    /// A member that the profile does not know.
    #[error("an unknown member")]
    UnknownMember,
    /// A member is missing, or is not in the place that the schema's order gives it.
    #[error("missing, or not in its place")]
    MissingMember,
    /// A member is known, but is out of the schema's order.
    #[error("a member out of the schema's order")]
    MemberOutOfOrder,
    /// A value of another type.
    #[error("not {expected}")]
    WrongType {
        /// The kind of value that is expected.
        expected: &'static str,
    },
    /// An empty array: the profile leaves the member out instead.
    #[error("an empty array")]
    EmptyArray,
    /// There are more members or elements than there may be.
    #[error("more than {limit} elements")]
    TooMany {
        /// The largest number of them.
        limit: usize,
    },
    /// The document is of another type, or of another version of it.
    #[error("not of the type {expected}")]
    Type {
        /// The type that is expected.
        expected: &'static str,
    },
    /// The evidence states another version.
    #[error("not version EN319522v1.2.1")]
    Version,
    /// The URI names no event of ETSI EN 319 522.
    #[error("not an event of ETSI EN 319 522")]
    UnknownEvent,
    /// The URI names an event that ETSI EN 319 522 may have, and this build does not know.
    #[error("the event {0}, which this build does not know")]
    EventNotKnown(String),
    /// The evidence is about another event than the one that was asked for.
    #[error("evidence of another event: {0}")]
    AnotherEvent(Event),
    /// The text is no time as the profile writes it.
    #[error("not a time of the form YYYY-MM-DDThh:mm:ss[.fff]Z")]
    Time,
    /// The text is not canonical Base64 (RFC 4648 §4).
    #[error("not canonical Base64")]
    Base64,
    /// A digest method that is not offered.
    #[error("a digest method that is not offered")]
    DigestMethod,
    /// A digest whose length does not fit its algorithm.
    #[error("a digest whose length does not fit its algorithm")]
    DigestLength,
    /// The place has another identity attribute than the required one, or one without exactly one value.
    #[error("not the identity attribute that must stand here, with one value")]
    IssuerAttribute,
    /// The URI names none of the eIDAS levels of assurance.
    #[error("not a level of assurance of eIDAS")]
    AssuranceLevel,
    /// An identifier of a known scheme that is not in its normal form.
    #[error("not in normal form")]
    NotNormalised,
    /// A critical extension that we do not know.
    #[error("an unknown critical extension")]
    UnknownCriticalExtension,
    /// A known extension with the wrong isCritical.
    #[error("the wrong isCritical for this extension")]
    WrongCriticality,
    /// An extension is there twice.
    #[error("an extension is there twice")]
    DuplicateExtension,
    /// The extensions are out of order. Known extensions come as Environment, PrecedingEvidence, AdditionalDigests,
    /// those of national services in the order of their names, Commitments, SecondSeal, those of the table of events, and
    /// before unknown extensions.
    #[error("an extension out of order")]
    ExtensionOutOfOrder,
    /// An extension that this event requires is missing.
    #[error("the extension {0} is missing")]
    MissingExtension(&'static str),
    /// An extension that this event does not have.
    #[error("an extension that this event does not have")]
    UnexpectedExtension,
    /// Additional digests are for a part that is not there, or out of the order of the parts.
    #[error("additional digests out of the order of the content parts")]
    UnknownPart,
    /// The extension Commitments names another method than `urn:recommande:committed:1`.
    #[error("a method of commitments that is not offered")]
    CommitmentMethod,
    /// A path is not that of a field that can be a commitment, or is out of the order of the statement.
    #[error("not the path of a field that can be a commitment, in the order of the statement")]
    CommitmentPath,
    /// The algorithm of a second seal is no object identifier as a URN (RFC 3061).
    #[error("not an algorithm as urn:oid")]
    AnnouncedAlgorithm,
    /// The value, or the statement as a whole, breaks a rule that holds for building too.
    #[error(transparent)]
    Refused(#[from] EvidenceError),
}
