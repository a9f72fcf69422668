//! Reads the array Extensions.

use super::be::registered_mail;
use super::values::{digest, evidence_identifier, text};
use crate::crypto::Digest;
use crate::evidence::be::RegisteredMail;
use crate::evidence::commitment::Field;
use crate::evidence::commitment::scheme::METHOD;
use crate::evidence::error::DecodeStatementErrorKind as Kind;
use crate::evidence::extension::{
    ADDITIONAL_DIGESTS, AnnouncedSeal, COMMITMENTS, ENVIRONMENT, PRECEDING_EVIDENCE, PROFILE_NAMES, PrecedingEvidence,
    REGISTERED_MAIL, SECOND_SEAL, UnknownExtension,
};
use crate::evidence::issuer::Environment;
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::{MAX_COMMITMENTS, MAX_DIGESTS, MAX_PARTS};

/// The members of the array Extensions that were read so far.
#[derive(Default)]
pub(super) struct Extensions {
    /// The event follows another event, so that the preceding evidence must be named.
    follows: bool,
    /// The place, in the order of the profile, of the last one read.
    place: usize,
    pub(super) environment: Option<Environment>,
    pub(super) preceding: Option<PrecedingEvidence>,
    pub(super) additional_digests: Vec<(String, Digest)>,
    pub(super) registered_mail: Option<RegisteredMail>,
    pub(super) commitments: Vec<Field>,
    pub(super) announced_seal: Option<AnnouncedSeal>,
    pub(super) unknown: Vec<UnknownExtension>,
}

/// The extensions in the order of the profile. Unknown extensions come after them.
const ORDER: [&str; 6] =
    [ENVIRONMENT, PRECEDING_EVIDENCE, ADDITIONAL_DIGESTS, REGISTERED_MAIL, COMMITMENTS, SECOND_SEAL];

impl Extensions {
    /// Starts the array for an event that follows another event, or for one that does not.
    pub(super) fn new(follows: bool) -> Self {
        Self { follows, ..Self::default() }
    }

    pub(super) fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        r.object(&PROFILE_NAMES, |m| {
            let critical = m.required("isCritical", Reader::boolean)?;
            let name = m.peek()?.map(str::to_owned);
            let Some(name) = name.filter(|name| name != "isCritical") else {
                return Err(m.error(Kind::MissingMember));
            };
            let position = ORDER.iter().position(|extension| *extension == name);
            // A critical extension may change the meaning of the evidence, so that an unknown one is refused.
            if position.is_none() && critical {
                return Err(m.error(Kind::UnknownCriticalExtension));
            }
            self.check_place(m, position, &name)?;
            match position {
                Some(0) => self.environment = Some(environment(m, critical)?),
                _ if critical => return Err(m.error(Kind::WrongCriticality)),
                Some(1) if !self.follows => return Err(m.error(Kind::UnexpectedExtension)),
                Some(1) => self.preceding = Some(m.required(PRECEDING_EVIDENCE, preceding)?),
                Some(2) => self.additional_digests = m.required(ADDITIONAL_DIGESTS, additional_digests)?,
                Some(3) => self.registered_mail = Some(m.required(REGISTERED_MAIL, registered_mail)?),
                Some(4) => {
                    let registered_mail = self.registered_mail_index();
                    self.commitments = m.required(COMMITMENTS, |r| commitments(r, registered_mail))?;
                }
                Some(_) => self.announced_seal = Some(m.required(SECOND_SEAL, announced_seal)?),
                None => {
                    let name = UnknownExtension::check_name(&name).map_err(|error| m.error(error))?;
                    let json = m.any(|r| r.raw_object())?.to_owned();
                    self.unknown.push(UnknownExtension { name, json });
                }
            }
            Ok(())
        })
    }

    /// Returns the index, from 0, of the extension RegisteredMail after those that were read before it.
    fn registered_mail_index(&self) -> usize {
        1 + usize::from(self.preceding.is_some()) + usize::from(!self.additional_digests.is_empty())
    }

    /// Checks that each name occurs once, and that known names come in their order and before the others.
    fn check_place(&mut self, m: &Members<'_, '_>, position: Option<usize>, name: &str) -> Result<()> {
        let place = position.map_or(ORDER.len() + 1, |position| position + 1);
        let read_before = match position {
            Some(0) => self.environment.is_some(),
            Some(1) => self.preceding.is_some(),
            Some(2) => !self.additional_digests.is_empty(),
            Some(3) => self.registered_mail.is_some(),
            Some(4) => !self.commitments.is_empty(),
            Some(_) => self.announced_seal.is_some(),
            None => self.unknown.iter().any(|extension| extension.name == name),
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

fn announced_seal(r: &mut Reader<'_>) -> Result<AnnouncedSeal> {
    r.object(&["Algorithm", "CertificateDigest"], |m| {
        let algorithm = m.required("Algorithm", |r| {
            AnnouncedSeal::algorithm_of_uri(&r.string()?).ok_or_else(|| r.error(Kind::AnnouncedAlgorithm))
        })?;
        let digest = m.required("CertificateDigest", |r| r.object(&["DigestMethod", "DigestValue"], digest))?;
        Ok(AnnouncedSeal::of_parts(algorithm, digest))
    })
}

/// Reads the fields that are commitments, each once and in the order of the statement.
fn commitments(r: &mut Reader<'_>, registered_mail: usize) -> Result<Vec<Field>> {
    r.object(&["Method", "Path"], |m| {
        m.required("Method", |r| if r.string()? == METHOD { Ok(()) } else { Err(r.error(Kind::CommitmentMethod)) })?;
        let mut last = None;
        m.required("Path", |r| {
            r.array(MAX_COMMITMENTS, |r| {
                let path = Field::of_path(&r.string()?);
                let (field, _) = path
                    .filter(|(field, extension)| {
                        last.is_none_or(|last| last < *field) && extension.is_none_or(|index| index == registered_mail)
                    })
                    .ok_or_else(|| r.error(Kind::CommitmentPath))?;
                last = Some(field);
                Ok(field)
            })
        })
    })
}

fn additional_digests(r: &mut Reader<'_>) -> Result<Vec<(String, Digest)>> {
    r.object(&["Part"], |m| {
        m.required("Part", |r| {
            r.array(MAX_PARTS * MAX_DIGESTS, |r| {
                r.object(&["Identifier", "DigestMethod", "DigestValue"], |m| {
                    Ok((m.required("Identifier", text)?.into_owned(), digest(m)?))
                })
            })
        })
    })
}
