//! Models statements about a message from its sending to its opening, as ERDS evidence in JSON. A statement is a claim,
//! which a seal makes a proof.
//!
//! The evidence is that of ETSI EN 319 522-3 in its JSON projection, in one deterministic form: members in the schema's
//! order, UTF-8, no white space, no escapes but `\"` and `\\`, integers only, times as `YYYY-MM-DDThh:mm:ss[.fff]Z`,
//! empty members left out. One statement has one encoding, and reading accepts no other: white space, another order,
//! needless escapes, unknown or duplicate members are errors, each with the place. Only inside of extensions that the
//! profile does not know may members and escapes be any; those are kept as received. The octets that were sealed stay
//! the truth: nothing is encoded again to be verified.
//!
//! ```
//! use recommande::evidence::{
//!     Codec, Environment, Issuer, MessageId, PartDescription, Party, PayloadDigests, Sending,
//! };
//! use recommande::identity::{EnterpriseNumber, Niss};
//!
//! let issuer = Issuer::of("Example Service", &EnterpriseNumber::new("0406.798.006")?, Environment::Test)?;
//! let sender = Party::legal_person(EnterpriseNumber::new("0566988259")?, "Example Sending Office")?;
//! let recipient = Party::new(Niss::new("85.07.30-033.28")?);
//! let part = PartDescription::new("letter.pdf", "application/pdf")?;
//! let digests = PayloadDigests::of_reader(&mut b"the letter".as_slice())?;
//! let event_time = "2026-11-22T09:15:04Z".parse()?;
//! let sending = Sending::new(MessageId::new("1ZG0000036L3Z")?, sender, recipient, part, digests, event_time)?;
//!
//! let json = Codec::Json.encode(&sending, &issuer)?;
//! assert_eq!(Codec::Json.decode::<Sending>(&json)?, (sending, issuer));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(clippy::wildcard_enum_match_arm)]

mod acting;
mod any;
mod batch_statement;
mod be;
mod codec;
mod commitment;
mod consignment;
mod content;
mod details;
mod draft;
mod environment;
mod error;
mod event;
mod extension;
mod form;
mod identifiers;
mod issuer;
mod json;
mod json_fault;
pub mod limits;
mod mandate;
mod mandate_fault;
mod member;
mod named;
mod national;
mod opening;
mod party;
pub mod profile;
mod reason;
mod register;
mod registered;
mod repeats;
mod reply;
mod reply_fault;
mod sending;
mod statement;
mod step;
mod step_event;
mod submission;
mod text;
mod time;
mod unknown_extension;

#[cfg(test)]
mod tests;

pub use acting::ActedBy;
pub use any::AnyStatement;
pub use batch_statement::BatchStatement;
pub use be::{Language, Metadata, RegisteredMail, Ticket};
pub use codec::Codec;
pub use commitment::{
    Commitment, Committed, DisclosedField, Disclosure, DisclosureError, Field, NationalField, PartyField, RevealError,
    Role, Salt, SaltError, SaltSeed, Salts,
};
pub use content::{ContentPart, PartDescription, PayloadDigests, PayloadHasher};
pub use details::{
    Availability, ConsignmentMode, Currency, ExternalService, IdentifierSuccession, InReplyTo, LinkRole, Mandate,
    MandateAction, MandateLink, MandateRole, MandateScope, Notification, Payment, RecipientSignature,
    RegisterReference, RegisterStatement, StatedPayment, Terms, Window,
};
pub use draft::Draft;
pub(crate) use draft::check_draft;
pub use environment::Environment;
pub use error::{DecodeStatementError, DecodeStatementErrorKind, EvidenceError};
pub use event::{Event, OpeningEvent, SendingEvent};
pub use extension::{AnnouncedSeal, PrecedingEvidence};
pub use form::Particulars;
pub(crate) use form::SendingForm;
pub use identifiers::{EvidenceIdentifier, MessageId};
pub use issuer::Issuer;
pub use json_fault::JsonFault;
pub use mandate_fault::{MandateFault, SuccessionFault};
pub use named::CertificateNames;
pub use national::NationalExtension;
pub use opening::Opening;
pub use party::{Assurance, AssuranceLevel, Identifier, IdentityAttribute, Party, RecipientsDelegate, attribute};
pub use reason::{KnownReason, Reason};
pub use register::{RegisterEntry, RegisterExtract, RegisterExtractError, RegisteredRole};
pub(crate) use registered::RegisterFault;
pub use repeats::NotOfThisSending;
pub(crate) use repeats::is_another_letter;
pub(crate) use reply::{ComparedReply, compare_reply, level_below};
pub use reply_fault::ReplyFault;
pub use sending::Sending;
pub(crate) use statement::announcing;
pub use statement::{IntoStatement, Statement};
pub(crate) use step::NotTheCause;
pub use step::Step;
pub use step_event::StepEvent;
pub(crate) use submission::Compared;
pub use submission::{NotAsSubmitted, Submission};
pub(crate) use text::media_type;
pub use unknown_extension::UnknownExtension;
