//! Reading a statement: exactly what `encode` writes, and nothing else.

use base64ct::{Base64, Encoding};
use chrono::{DateTime, Utc};

use super::content::{PartDescription, PayloadDigests};
use super::encode::VERSION;
use super::error::{DecodeStatementError, DecodeStatementErrorKind as Kind, EvidenceError};
use super::event::{Event, OpeningEvent};
use super::extension::{
    ADDITIONAL_DIGESTS, ENVIRONMENT, PRECEDING_EVIDENCE, PrecedingEvidence, REGISTERED_MAIL, UnknownExtension,
};
use super::identifiers::{EvidenceIdentifier, MessageId};
use super::issuer::{Environment, Issuer};
use super::json::{Members, Reader, Result};
use super::limits::{
    MAX_ATTRIBUTES, MAX_DIGESTS, MAX_EXTENSIONS, MAX_METADATA, MAX_METADATA_VALUES, MAX_PARTIES, MAX_PARTS,
    MAX_POLICIES,
};
use super::opening::Follows;
use super::party::{Assurance, AssuranceLevel, Identifier, IdentityAttribute, Party, RecipientsDelegate, attribute};
use super::registered_mail::{Language, Metadata, RegisteredMail, Ticket};
use super::statement::Core;
use super::time;
use crate::crypto::{Digest, DigestAlgorithm};

/// The event of any evidence that is strict JSON: to name what a proof is when it is not what was asked for. Nothing
/// else is checked.
///
/// # Errors
/// [`DecodeStatementError`], with [`UnknownEvent`](Kind::UnknownEvent) for a URI that is not of ETSI EN 319 522.
pub fn peek_event(bytes: &[u8]) -> Result<Event> {
    let mut reader = Reader::new(bytes)?;
    let mut event = None;
    reader.skip_object(|reader, name| {
        if name != "ERDSEventId" {
            return Ok(false);
        }
        let found = Event::from_uri(&reader.string()?);
        event = Some(found.ok_or_else(|| reader.error_at("ERDSEventId", Kind::UnknownEvent))?);
        Ok(true)
    })?;
    reader.end()?;
    event.ok_or_else(|| reader.error_at("ERDSEventId", Kind::MissingMember))
}

pub(super) fn sending(bytes: &[u8]) -> Result<(Core, Issuer)> {
    let mut reader = Reader::new(bytes)?;
    let read = reader.object(SENDING, |m| {
        let (event, head) = head(m)?;
        if event != Event::SubmissionAcceptance {
            return Err(m.error_at("ERDSEventId", Kind::AnotherEvent(event)));
        }
        let (core, issuer, _) = body(m, head, Referring::No)?;
        Ok((core, issuer))
    })?;
    reader.end()?;
    Ok(read)
}

pub(super) fn opening(bytes: &[u8]) -> Result<(Core, OpeningEvent, Follows, Issuer)> {
    let mut reader = Reader::new(bytes)?;
    let read = reader.object(OPENING, |m| {
        let (event, head) = head(m)?;
        let event = match event {
            Event::ContentAccessTracking => OpeningEvent::ContentAccessTracking,
            Event::ContentHandover => OpeningEvent::ContentHandover,
            _ => return Err(m.error_at("ERDSEventId", Kind::AnotherEvent(event))),
        };
        let (core, issuer, follows) = body(m, head, Referring::Yes)?;
        let follows = follows.ok_or_else(|| m.error_at("Extensions", Kind::MissingExtension(PRECEDING_EVIDENCE)))?;
        Ok((core, event, follows, issuer))
    })?;
    reader.end()?;
    Ok(read)
}

/// A rule that the statement breaks as a whole.
pub(super) fn refused_as_a_whole(bytes: &[u8], error: EvidenceError) -> DecodeStatementError {
    DecodeStatementError { path: String::new(), offset: bytes.len(), kind: error.into() }
}

const SENDING: &[&str] = &[
    "version",
    "EvidenceIdentifier",
    "ERDSEventId",
    "EventTime",
    "EvidenceIssuerPolicyID",
    "EvidenceIssuerDetails",
    "SenderDetails",
    "SenderDelegateDetails",
    "RecipientDetails",
    "RecipientsDelegateDetails",
    "SubmissionTime",
    "MessageIdentifier",
    "UserContentInfo",
    "Extensions",
];

const OPENING: &[&str] = &[
    "version",
    "EvidenceIdentifier",
    "ERDSEventId",
    "EventTime",
    "EvidenceIssuerPolicyID",
    "EvidenceIssuerDetails",
    "SenderDetails",
    "SenderDelegateDetails",
    "RecipientDetails",
    "RecipientsDelegateDetails",
    "SubmissionTime",
    "EvidenceRefersToRecipient",
    "MessageIdentifier",
    "UserContentInfo",
    "Extensions",
];

/// Whether the statement refers to a recipient and to a preceding proof.
#[derive(Clone, Copy, PartialEq)]
enum Referring {
    No,
    Yes,
}

fn head(m: &mut Members<'_, '_>) -> Result<(Event, EvidenceIdentifier)> {
    m.required("version", |r| if r.string()? == VERSION { Ok(()) } else { Err(r.error(Kind::Version)) })?;
    let identifier = m.required("EvidenceIdentifier", evidence_identifier)?;
    let event =
        m.required("ERDSEventId", |r| Event::from_uri(&r.string()?).ok_or_else(|| r.error(Kind::UnknownEvent)))?;
    Ok((event, identifier))
}

fn body(
    m: &mut Members<'_, '_>,
    evidence_identifier: EvidenceIdentifier,
    referring: Referring,
) -> Result<(Core, Issuer, Option<Follows>)> {
    let event_time = m.required("EventTime", time)?;
    let policies = m.optional("EvidenceIssuerPolicyID", |r| {
        r.object(&["PolicyID"], |m| m.required("PolicyID", |r| r.array(MAX_POLICIES, text)))
    })?;
    let issuer_attributes =
        m.required("EvidenceIssuerDetails", |r| r.object(&["Identity"], |m| m.required("Identity", identity)))?;
    let sender = m.required("SenderDetails", party)?;
    let sender_delegate = m.optional("SenderDelegateDetails", party)?;
    let recipients = m.required("RecipientDetails", |r| r.array(MAX_PARTIES, party))?;
    let delegates = m.optional("RecipientsDelegateDetails", |r| r.array(MAX_PARTIES, recipients_delegate))?;
    let submission_time = m.required("SubmissionTime", time)?;
    let recipient_index = match referring {
        Referring::Yes => Some(m.required("EvidenceRefersToRecipient", Reader::index)?),
        Referring::No => None,
    };
    let message_id = m.required("MessageIdentifier", |r| {
        let id = r.string()?;
        MessageId::new(&id).map_err(|error| r.error(error))
    })?;
    let parts = m.required("UserContentInfo", user_content_info)?;
    let extensions = m.required("Extensions", |r| {
        let mut extensions = Extensions { referring: referring == Referring::Yes, ..Extensions::default() };
        r.array(MAX_EXTENSIONS, |r| extensions.read(r))?;
        Ok(extensions)
    })?;

    let environment =
        extensions.environment.ok_or_else(|| m.error_at("Extensions", Kind::MissingExtension(ENVIRONMENT)))?;
    let issuer = issuer(m, issuer_attributes, policies.unwrap_or_default(), environment)?;
    let mut core = Core {
        evidence_identifier,
        event_time,
        sender,
        sender_delegate,
        recipients: Vec::new(),
        recipients_delegates: Vec::new(),
        submission_time,
        message_id,
        parts: Vec::new(),
        registered_mail: extensions.registered_mail,
        unknown_extensions: Vec::new(),
    };
    for recipient in recipients {
        core.add_recipient(recipient).map_err(|error| m.error_at("RecipientDetails", error))?;
    }
    for delegate in delegates.unwrap_or_default() {
        core.add_recipients_delegate(delegate).map_err(|error| m.error_at("RecipientsDelegateDetails", error))?;
    }
    add_parts(m, &mut core, parts, extensions.additional_digests)?;
    for extension in extensions.unknown {
        core.add_unknown_extension(extension).map_err(|error| m.error_at("Extensions", error))?;
    }
    core.check_times().map_err(|error| m.error(error))?;
    let follows = recipient_index.zip(extensions.preceding);
    Ok((core, issuer, follows.map(|(recipient_index, preceding)| Follows { recipient_index, preceding })))
}

fn issuer(
    m: &mut Members<'_, '_>,
    attributes: Vec<IdentityAttribute>,
    policies: Vec<String>,
    environment: Environment,
) -> Result<Issuer> {
    let mut attributes = attributes.into_iter();
    let mut leading = |name| match attributes.next() {
        Some(attribute) if attribute.name() == name => match attribute.values() {
            [value] => Some(value.clone()),
            _ => None,
        },
        _ => None,
    };
    let names = leading(attribute::LEGAL_NAME).zip(leading(attribute::LEGAL_PERSON_IDENTIFIER));
    let (name, identifier) = names.ok_or_else(|| m.error_at("EvidenceIssuerDetails", Kind::IssuerAttribute))?;
    let refused = |m: &mut Members<'_, '_>, error: EvidenceError| m.error_at("EvidenceIssuerDetails", error);
    let mut issuer = Issuer::new(&name, &identifier, environment).map_err(|error| refused(m, error))?;
    for attribute in attributes {
        issuer = issuer.with_attribute(attribute).map_err(|error| refused(m, error))?;
    }
    for policy in policies {
        issuer = issuer.with_policy(&policy).map_err(|error| m.error_at("EvidenceIssuerPolicyID", error))?;
    }
    Ok(issuer)
}

fn add_parts(
    m: &mut Members<'_, '_>,
    core: &mut Core,
    parts: Vec<(PartDescription, Digest)>,
    additional: Vec<(String, Digest)>,
) -> Result<()> {
    let mut additional = additional.into_iter().peekable();
    for (description, digest) in parts {
        let mut digests = vec![digest];
        while let Some((_, digest)) = additional.next_if(|(identifier, _)| *identifier == description.identifier) {
            digests.push(digest);
        }
        let digests = PayloadDigests::from_digests(digests).map_err(|error| m.error_at("UserContentInfo", error))?;
        core.add_part(description, digests).map_err(|error| m.error_at("UserContentInfo", error))?;
    }
    // What is left names a part that is not there, or stands out of the parts' order.
    if additional.next().is_some() { Err(m.error_at("Extensions", Kind::UnknownPart)) } else { Ok(()) }
}

fn text(r: &mut Reader<'_>) -> Result<String> {
    r.string().map(Into::into)
}

fn time(r: &mut Reader<'_>) -> Result<DateTime<Utc>> {
    time::parse(&r.string()?).ok_or_else(|| r.error(Kind::Time))
}

fn evidence_identifier(r: &mut Reader<'_>) -> Result<EvidenceIdentifier> {
    r.string()?.parse().map_err(|error: EvidenceError| r.error(error))
}

fn identity(r: &mut Reader<'_>) -> Result<Vec<IdentityAttribute>> {
    r.object(&["Attribute"], |m| {
        m.required("Attribute", |r| {
            r.array(MAX_ATTRIBUTES, |r| {
                let (name, values) = r.object(&["Name", "AttributeValue"], |m| {
                    let name = m.required("Name", text)?;
                    Ok((name, m.required("AttributeValue", |r| r.array(MAX_ATTRIBUTES, text))?))
                })?;
                IdentityAttribute::new(&name, values).map_err(|error| r.error(error))
            })
        })
    })
}

fn party(r: &mut Reader<'_>) -> Result<Party> {
    r.object(&["Identity", "Identifier", "AssuranceLevelsDetails"], party_members)
}

fn recipients_delegate(r: &mut Reader<'_>) -> Result<RecipientsDelegate> {
    r.object(&["Identity", "Identifier", "AssuranceLevelsDetails", "DelegatingRecipients"], |m| {
        let party = party_members(m)?;
        let acting_for = m.required("DelegatingRecipients", |r| r.array(MAX_PARTIES, Reader::index))?;
        Ok(RecipientsDelegate { party, acting_for })
    })
}

fn party_members(m: &mut Members<'_, '_>) -> Result<Party> {
    let attributes = m.optional("Identity", identity)?;
    let mut party = Party::new(m.required("Identifier", identifier)?);
    for attribute in attributes.unwrap_or_default() {
        party = party.with_attribute(attribute).map_err(|error| m.error_at("Identity", error))?;
    }
    let assurance = m.optional("AssuranceLevelsDetails", assurance)?;
    Ok(match assurance {
        Some(assurance) => party.with_assurance(assurance),
        None => party,
    })
}

fn identifier(r: &mut Reader<'_>) -> Result<Identifier> {
    r.object(&["value", "IdentifierSchemeName"], |m| {
        let value = m.required("value", text)?;
        let scheme = m.required("IdentifierSchemeName", text)?;
        let identifier = Identifier::new(&value, &scheme).map_err(|error| match error {
            EvidenceError::Uri(_) => m.error_at("IdentifierSchemeName", error),
            _ => m.error_at("value", error),
        })?;
        if identifier.value() == value { Ok(identifier) } else { Err(m.error_at("value", Kind::NotNormalised)) }
    })
}

fn assurance(r: &mut Reader<'_>) -> Result<Assurance> {
    r.object(&["GlobalAssuranceLevel", "AuthenticationDetails"], |m| {
        let level = m.required("GlobalAssuranceLevel", |r| {
            r.object(&["AssuranceLevel"], |m| {
                m.required("AssuranceLevel", |r| {
                    AssuranceLevel::from_uri(&r.string()?).ok_or_else(|| r.error(Kind::AssuranceLevel))
                })
            })
        })?;
        m.required("AuthenticationDetails", |r| {
            r.object(&["AuthenticationTime", "AuthenticationMethod"], |m| {
                let time = m.required("AuthenticationTime", time)?;
                m.required("AuthenticationMethod", |r| {
                    let method = r.string()?;
                    Assurance::new(level, time, &method).map_err(|error| r.error(error))
                })
            })
        })
    })
}

fn user_content_info(r: &mut Reader<'_>) -> Result<Vec<(PartDescription, Digest)>> {
    r.object(&["PartsInfo"], |m| {
        m.required("PartsInfo", |r| {
            r.object(&["PartInfo"], |m| m.required("PartInfo", |r| r.array(MAX_PARTS, part_info)))
        })
    })
}

fn part_info(r: &mut Reader<'_>) -> Result<(PartDescription, Digest)> {
    r.object(&["Identifier", "ContentType", "DigestMethod", "DigestValue"], |m| {
        let identifier = m.required("Identifier", text)?;
        let media_type = m.required("ContentType", text)?;
        let description = PartDescription::new(&identifier, &media_type).map_err(|error| match error {
            EvidenceError::MediaType => m.error_at("ContentType", error),
            _ => m.error(error),
        })?;
        Ok((description, digest(m)?))
    })
}

/// DigestMethod and DigestValue.
fn digest(m: &mut Members<'_, '_>) -> Result<Digest> {
    let algorithm = m.required("DigestMethod", |r| {
        r.object(&["Algorithm"], |m| {
            m.required("Algorithm", |r| {
                let algorithm = DigestAlgorithm::from_uri(&r.string()?).ok_or_else(|| r.error(Kind::DigestMethod))?;
                if algorithm.output_len() < DigestAlgorithm::Sha256.output_len() {
                    return Err(r.error(EvidenceError::WeakDigest));
                }
                Ok(algorithm)
            })
        })
    })?;
    m.required("DigestValue", |r| {
        let base64 = r.string()?;
        // Canonical: padded, and no bits set that no octet takes.
        let octets = Base64::decode_vec(&base64).map_err(|_| r.error(Kind::Base64))?;
        Digest::new(algorithm, &octets).ok_or_else(|| r.error(Kind::DigestLength))
    })
}

/// What was read of the array Extensions so far.
#[derive(Default)]
struct Extensions {
    referring: bool,
    /// The place, in the order of the profile, of the last one read.
    place: usize,
    environment: Option<Environment>,
    preceding: Option<PrecedingEvidence>,
    additional_digests: Vec<(String, Digest)>,
    registered_mail: Option<RegisteredMail>,
    unknown: Vec<UnknownExtension>,
}

/// The extensions in the order of the profile; what is not among them comes last.
const ORDER: [&str; 4] = [ENVIRONMENT, PRECEDING_EVIDENCE, ADDITIONAL_DIGESTS, REGISTERED_MAIL];

impl Extensions {
    fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        r.object(&["isCritical", ENVIRONMENT, PRECEDING_EVIDENCE, ADDITIONAL_DIGESTS, REGISTERED_MAIL], |m| {
            let critical = m.required("isCritical", Reader::boolean)?;
            let name = m.peek()?.map(str::to_owned);
            let Some(name) = name.filter(|name| name != "isCritical") else {
                return Err(m.error(Kind::MissingMember));
            };
            let known = ORDER.iter().position(|&known| known == name);
            if known.is_none() && critical {
                return Err(m.error(Kind::UnknownCriticalExtension));
            }
            self.check_place(m, known, &name)?;
            match known {
                Some(0) => self.environment = Some(environment(m, critical)?),
                _ if critical => return Err(m.error(Kind::WrongCriticality)),
                Some(1) if !self.referring => return Err(m.error(Kind::UnexpectedExtension)),
                Some(1) => self.preceding = Some(m.required(PRECEDING_EVIDENCE, preceding)?),
                Some(2) => self.additional_digests = m.required(ADDITIONAL_DIGESTS, additional_digests)?,
                Some(_) => self.registered_mail = Some(m.required(REGISTERED_MAIL, registered_mail)?),
                None => {
                    let name = UnknownExtension::check_name(&name).map_err(|error| m.error(error))?;
                    let json = m.any(|r| r.raw_object())?.to_owned();
                    self.unknown.push(UnknownExtension { name, json });
                }
            }
            Ok(())
        })
    }

    /// Each name once, the known ones in their order and before the others.
    fn check_place(&mut self, m: &Members<'_, '_>, known: Option<usize>, name: &str) -> Result<()> {
        let place = known.map_or(ORDER.len() + 1, |position| position + 1);
        let read_before = match known {
            Some(0) => self.environment.is_some(),
            Some(1) => self.preceding.is_some(),
            Some(2) => !self.additional_digests.is_empty(),
            Some(_) => self.registered_mail.is_some(),
            None => self.unknown.iter().any(|other| other.name == name),
        };
        if read_before {
            return Err(m.error(Kind::DuplicateExtension));
        }
        if place < self.place {
            return Err(m.error(Kind::ExtensionOutOfOrder));
        }
        self.place = place;
        Ok(())
    }
}

fn environment(m: &mut Members<'_, '_>, critical: bool) -> Result<Environment> {
    let environment = m.required(ENVIRONMENT, |r| {
        r.object(&["Name"], |m| {
            m.required("Name", |r| r.string()?.parse::<Environment>().map_err(|error| r.error(error)))
        })
    })?;
    if environment.is_critical() == critical { Ok(environment) } else { Err(m.error(Kind::WrongCriticality)) }
}

fn preceding(r: &mut Reader<'_>) -> Result<PrecedingEvidence> {
    r.object(&["ProofId", "EvidenceIdentifier"], |m| {
        let proof_id = m.required("ProofId", |r| r.object(&["DigestMethod", "DigestValue"], digest))?;
        Ok(PrecedingEvidence::new(proof_id, m.required("EvidenceIdentifier", evidence_identifier)?))
    })
}

fn additional_digests(r: &mut Reader<'_>) -> Result<Vec<(String, Digest)>> {
    r.object(&["Part"], |m| {
        m.required("Part", |r| {
            r.array(MAX_PARTS * MAX_DIGESTS, |r| {
                r.object(&["Identifier", "DigestMethod", "DigestValue"], |m| {
                    Ok((m.required("Identifier", text)?, digest(m)?))
                })
            })
        })
    })
}

fn registered_mail(r: &mut Reader<'_>) -> Result<RegisteredMail> {
    let names = &["Ticket", "Token", "ApplicationId", "Title", "Type", "Language", "DownloadFileName", "Metadata"];
    r.object(names, |m| {
        let ticket = m.required("Ticket", |r| Ticket::new(&r.string()?).map_err(|error| r.error(error)))?;
        let token = m.optional("Token", text)?;
        let application_id = m.optional("ApplicationId", text)?;
        let title = m.required("Title", text)?;
        let document_type = m.required("Type", text)?;
        let language = m.required("Language", |r| r.string()?.parse::<Language>().map_err(|error| r.error(error)))?;
        let download_file_name = m.optional("DownloadFileName", text)?;
        let metadata = m.optional("Metadata", |r| r.array(MAX_METADATA, metadata))?;
        let build = || {
            let mut mail = RegisteredMail::new(ticket, &title, &document_type, language)?;
            if let Some(token) = token {
                mail = mail.with_token(&token)?;
            }
            if let Some(application_id) = application_id {
                mail = mail.with_application_id(&application_id)?;
            }
            if let Some(name) = download_file_name {
                mail = mail.with_download_file_name(&name)?;
            }
            metadata.unwrap_or_default().into_iter().try_fold(mail, RegisteredMail::with_metadata)
        };
        build().map_err(|error| m.error(error))
    })
}

fn metadata(r: &mut Reader<'_>) -> Result<Metadata> {
    r.object(&["Type", "Value"], |m| {
        let kind = m.required("Type", text)?;
        let values = m.required("Value", |r| r.array(MAX_METADATA_VALUES, text))?;
        Metadata::new(&kind, values).map_err(|error| m.error(error))
    })
}
