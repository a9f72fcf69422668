//! Reads the values of members: texts, times, parties, content and digests.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::content::PartDescription;
use crate::evidence::error::{DecodeStatementErrorKind as Kind, EvidenceError};
use crate::evidence::extension::PrecedingEvidence;
use crate::evidence::identifiers::EvidenceIdentifier;
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::{MAX_ATTRIBUTES, MAX_PARTIES, MAX_PARTS};
use crate::evidence::party::{Assurance, AssuranceLevel, Identifier, IdentityAttribute, Party, RecipientsDelegate};

/// The octets of the longest digest, that of SHA-512.
const LONGEST_DIGEST: usize = 64;

/// Reads a text. What is made of it keeps a copy, and checks it first.
pub(super) fn text<'a>(r: &mut Reader<'a>) -> Result<Cow<'a, str>> {
    r.string()
}

pub(super) fn time(r: &mut Reader<'_>) -> Result<DateTime<Utc>> {
    crate::evidence::time::parse(&r.string()?).ok_or_else(|| r.error(Kind::Time))
}

pub(super) fn evidence_identifier(r: &mut Reader<'_>) -> Result<EvidenceIdentifier> {
    r.string()?.parse().map_err(|error: EvidenceError| r.error(error))
}

pub(super) fn identity(r: &mut Reader<'_>) -> Result<Vec<IdentityAttribute>> {
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

pub(super) fn party(r: &mut Reader<'_>) -> Result<Party> {
    r.object(&["Identity", "Identifier", "AssuranceLevelsDetails"], party_members)
}

pub(super) fn recipients_delegate(r: &mut Reader<'_>) -> Result<RecipientsDelegate> {
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

pub(super) fn identifier(r: &mut Reader<'_>) -> Result<Identifier> {
    r.object(&["value", "IdentifierSchemeName"], |m| {
        let value = m.required("value", text)?;
        let scheme = m.required("IdentifierSchemeName", text)?;
        let identifier = Identifier::new(&value, &scheme).map_err(|error| {
            let member = if matches!(error, EvidenceError::Uri(_)) { "IdentifierSchemeName" } else { "value" };
            m.error_at(member, error)
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

pub(super) fn user_content_info(r: &mut Reader<'_>) -> Result<Vec<(PartDescription, Digest)>> {
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
        let description = PartDescription::new(&identifier, &media_type).map_err(|error| {
            if error == EvidenceError::MediaType { m.error_at("ContentType", error) } else { m.error(error) }
        })?;
        Ok((description, digest(m)?))
    })
}

/// Reads the members of a reference to a proof: ProofId and EvidenceIdentifier.
pub(super) fn proof_reference(m: &mut Members<'_, '_>) -> Result<PrecedingEvidence> {
    let proof_id = m.required("ProofId", |r| r.object(&["DigestMethod", "DigestValue"], digest))?;
    Ok(PrecedingEvidence::new(proof_id, m.required("EvidenceIdentifier", evidence_identifier)?))
}

/// Reads DigestMethod and DigestValue.
pub(super) fn digest(m: &mut Members<'_, '_>) -> Result<Digest> {
    let algorithm =
        m.required("DigestMethod", |r| r.object(&["Algorithm"], |m| m.required("Algorithm", digest_method)))?;
    m.required("DigestValue", |r| digest_value(r, algorithm))
}

/// Reads the URI of a digest algorithm that is strong enough for a statement.
pub(super) fn digest_method(r: &mut Reader<'_>) -> Result<DigestAlgorithm> {
    let algorithm = DigestAlgorithm::from_uri(&r.string()?).ok_or_else(|| r.error(Kind::DigestMethod))?;
    if algorithm.output_len() < DigestAlgorithm::Sha256.output_len() {
        return Err(r.error(EvidenceError::WeakDigest));
    }
    Ok(algorithm)
}

/// Reads the octets of a digest by this algorithm.
pub(super) fn digest_value(r: &mut Reader<'_>, algorithm: DigestAlgorithm) -> Result<Digest> {
    let base64 = r.string()?;
    // The decoder asks for room for the octets of whole groups of characters.
    let mut octets = [0; LONGEST_DIGEST.next_multiple_of(3)];
    // The decoder takes canonical Base64 alone: padded, and without bits set that belong to no octet.
    match STANDARD.decode_slice(&*base64, &mut octets) {
        Ok(length) => {
            let digest = octets.get(..length).and_then(|octets| Digest::new(algorithm, octets));
            digest.ok_or_else(|| r.error(Kind::DigestLength))
        }
        // What is longer than any digest may be Base64 all the same.
        Err(_) if STANDARD.decode(&*base64).is_ok() => Err(r.error(Kind::DigestLength)),
        Err(_) => Err(r.error(Kind::Base64)),
    }
}
