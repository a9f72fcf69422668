use std::fmt;

use super::Event;
use crate::identity::IdentifierError;

/// Why a statement, or a part of one, cannot be built. Never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// A text is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// A text has more characters than it may have.
    #[error("{what} has more than {limit} characters")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// Characters at most.
        limit: usize,
    },
    /// A text holds a control character.
    #[error("{0} holds a control character")]
    ControlCharacter(&'static str),
    /// More of something than one statement may hold.
    #[error("more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many at most.
        limit: usize,
    },
    /// Something that must be unique is there twice.
    #[error("the same {0} twice")]
    Twice(&'static str),
    /// Not an absolute URI as RFC 3986 writes it.
    #[error("{0} is not an absolute URI")]
    Uri(&'static str),
    /// Not a media type: `type/subtype`, parameters allowed.
    #[error("the media type is not of the form type/subtype")]
    MediaType,
    /// The value under a national scheme is no identifier of that scheme.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
    /// The identifier's scheme is for natural persons and the attribute for legal ones, or the reverse.
    #[error("the identifier's scheme is for another kind of person")]
    PersonKind,
    /// Not a `urn:uuid:` in lower case with hyphens.
    #[error("the evidence identifier is not a urn:uuid")]
    EvidenceIdentifier,
    /// The operating system gave no random octets.
    #[error("no random octets for the evidence identifier")]
    Random,
    /// No digest at all.
    #[error("a content part has no digest")]
    NoDigest,
    /// A digest below SHA-256.
    #[error("a digest algorithm weaker than SHA-256")]
    WeakDigest,
    /// A ticket is 13 of `0-9A-HJ-NP-Z`.
    #[error("the ticket is not 13 of 0-9 A-H J-N P-Z")]
    Ticket,
    /// Not one of the environments.
    #[error("not the name of an environment: Production, Acceptance, Integration or Test")]
    Environment,
    /// Not one of the languages.
    #[error("not one of the languages fr, nl, de, en")]
    Language,
    /// Years other than 0 to 9999.
    #[error("{0} is outside of the years 0 to 9999")]
    TimeOutOfRange(&'static str),
    /// The event comes before the submission.
    #[error("the event is before the submission")]
    EventBeforeSubmission,
    /// Somebody authenticated after the event.
    #[error("{0} authenticated after the event")]
    AuthenticationAfterEvent(&'static str),
    /// The preceding evidence names another statement than the sending.
    #[error("the preceding evidence is not of this sending")]
    PrecedingEvidence,
    /// Recipients count from 1 to the number of recipients.
    #[error("there is no recipient of index {0}")]
    NoSuchRecipient(usize),
    /// A delegate acts for nobody.
    #[error("a delegate acts for no recipient")]
    DelegateForNobody,
    /// An opening authenticates exactly one of recipients and their delegates: who opened.
    #[error("not exactly one recipient or delegate of an opening carries assurance")]
    Opener,
    /// An extension's name is empty, not in letters and digits, `isCritical`, or one of those that are built in.
    #[error("not a name for a further extension")]
    ExtensionName,
    /// An extension's value is not one JSON object as the profile reads it.
    #[error("the extension is not a JSON object: {0}")]
    ExtensionValue(Box<DecodeStatementErrorKind>),
    /// The encoded statement would exceed the limit.
    #[error("the encoded statement exceeds {limit} octets")]
    TooLarge {
        /// Octets at most.
        limit: usize,
    },
}

/// Why octets are not a statement of the profile: where, and what. Never repeats a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeStatementError {
    pub(super) path: String,
    pub(super) offset: usize,
    pub(super) kind: DecodeStatementErrorKind,
}

impl DecodeStatementError {
    /// Where, as members and indices from 0: `RecipientDetails[0].Identifier.value`. Empty: the statement as a whole.
    /// Only names that the profile knows appear.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The octet at which reading stopped, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What is wrong.
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

/// What is wrong with an encoded statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeStatementErrorKind {
    /// More octets than a statement may have.
    #[error("more than {limit} octets")]
    TooLarge {
        /// Octets at most.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Nested too deeply.
    #[error("nested deeper than {limit}")]
    TooDeep {
        /// Levels at most.
        limit: usize,
    },
    /// The octets end too early.
    #[error("ends too early")]
    UnexpectedEnd,
    /// Not JSON (RFC 8259).
    #[error("not JSON")]
    Syntax,
    /// White space outside of strings: the profile writes none.
    #[error("insignificant white space, which the profile does not write")]
    WhiteSpace,
    /// Something follows the statement.
    #[error("trailing octets")]
    TrailingOctets,
    /// A member is there twice.
    #[error("a member is there twice")]
    DuplicateMember,
    /// A member that the profile does not know.
    #[error("an unknown member")]
    UnknownMember,
    /// A member is missing, or does not stand where the schema's order puts it.
    #[error("missing, or not in its place")]
    MissingMember,
    /// A member is known, but stands where the schema's order does not put it.
    #[error("a member out of the schema's order")]
    MemberOutOfOrder,
    /// A value of another type.
    #[error("not {expected}")]
    WrongType {
        /// What is expected.
        expected: &'static str,
    },
    /// An empty array: the profile leaves the member out instead.
    #[error("an empty array")]
    EmptyArray,
    /// More members or elements than there may be.
    #[error("more than {limit} elements")]
    TooMany {
        /// How many at most.
        limit: usize,
    },
    /// A number with fraction, exponent, leading zero or minus zero, or beyond 2^53 - 1.
    #[error("not an integer in plain form within 2^53 - 1")]
    Number,
    /// A surrogate without its other half.
    #[error("a lone surrogate")]
    LoneSurrogate,
    /// An escape that JSON does not know, or a bare control character.
    #[error("an invalid escape or a bare control character")]
    Escape,
    /// An escape where the character itself, or a shorter escape, would do.
    #[error("an escape that the profile does not write")]
    NeedlessEscape,
    /// Another version.
    #[error("not version EN319522v1.2.1")]
    Version,
    /// Not an event of ETSI EN 319 522.
    #[error("not an event of ETSI EN 319 522")]
    UnknownEvent,
    /// Evidence of another event than the one asked for.
    #[error("evidence of another event: {0}")]
    AnotherEvent(Event),
    /// Not a time as the profile writes it.
    #[error("not a time of the form YYYY-MM-DDThh:mm:ss[.fff]Z")]
    Time,
    /// Not canonical Base64 (RFC 4648 §4).
    #[error("not canonical Base64")]
    Base64,
    /// A digest method that is not offered.
    #[error("a digest method that is not offered")]
    DigestMethod,
    /// A digest whose length does not fit its algorithm.
    #[error("a digest whose length does not fit its algorithm")]
    DigestLength,
    /// The attribute that must stand here is another one, or has not exactly one value.
    #[error("not the identity attribute that must stand here, with one value")]
    IssuerAttribute,
    /// Not one of the eIDAS levels of assurance.
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
    /// Known extensions stand in the order Environment, PrecedingEvidence, AdditionalDigests, RegisteredMail, and
    /// before unknown ones.
    #[error("an extension out of order")]
    ExtensionOutOfOrder,
    /// An extension that this event requires is missing.
    #[error("the extension {0} is missing")]
    MissingExtension(&'static str),
    /// An extension that this event does not have.
    #[error("an extension that this event does not have")]
    UnexpectedExtension,
    /// Additional digests for a part that is not there, or out of the parts' order.
    #[error("additional digests out of the order of the content parts")]
    UnknownPart,
    /// The value, or the statement as a whole, breaks a rule that holds for building too.
    #[error(transparent)]
    Refused(#[from] EvidenceError),
}
