//! Reads the array Extensions.

use super::values::{digest, proof_reference, text};
use crate::crypto::Digest;
use crate::evidence::commitment::scheme::METHOD;
use crate::evidence::commitment::{ExtensionIndices, Field};
use crate::evidence::details::Details;
use crate::evidence::environment::Environment;
use crate::evidence::error::DecodeStatementErrorKind as Kind;
use crate::evidence::extension::{
    ADDITIONAL_DIGESTS, AnnouncedSeal, COMMITMENTS, Criticality, ENVIRONMENT, PRECEDING_EVIDENCE, PrecedingEvidence,
    SECOND_SEAL,
};
use crate::evidence::json::{Members, Reader, Result};
use crate::evidence::limits::{MAX_COMMITMENTS, MAX_DIGESTS, MAX_PARTS};
use crate::evidence::national::NationalExtension;
use crate::evidence::profile::{EventProfile, Member, Presence, Succession};
use crate::evidence::unknown_extension::{PROFILE_NAMES, UnknownExtension};

/// The members of the array Extensions that were read so far.
pub(super) struct Extensions<'p> {
    /// The row of the event.
    profile: &'p EventProfile,
    /// The place, in the order of the profile, of the last one read.
    place: Place,
    pub(super) environment: Option<Environment>,
    pub(super) preceding: Option<PrecedingEvidence>,
    pub(super) additional_digests: Vec<(String, Digest)>,
    pub(super) national: Vec<NationalExtension>,
    pub(super) commitments: Vec<Field>,
    pub(super) announced_seal: Option<AnnouncedSeal>,
    pub(super) details: Details,
    pub(super) unknown: Vec<UnknownExtension>,
}

/// The places of extensions, in the order of the profile.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    #[default]
    Environment,
    PrecedingEvidence,
    AdditionalDigests,
    National(&'static str),
    Commitments,
    SecondSeal,
    OfEvent(Member),
    Unknown,
}

impl Place {
    fn of_name(name: &str) -> Self {
        match name {
            ENVIRONMENT => Self::Environment,
            PRECEDING_EVIDENCE => Self::PrecedingEvidence,
            ADDITIONAL_DIGESTS => Self::AdditionalDigests,
            COMMITMENTS => Self::Commitments,
            SECOND_SEAL => Self::SecondSeal,
            _ => {
                let national = NationalExtension::NAMES.iter().find(|national| **national == name);
                let of_event = || Member::EXTENSIONS.iter().find(|member| member.name() == name);
                match national {
                    Some(name) => Self::National(name),
                    None => of_event().map_or(Self::Unknown, |member| Self::OfEvent(*member)),
                }
            }
        }
    }
}

impl<'p> Extensions<'p> {
    /// Starts the array for the event of this row.
    pub(super) fn new(profile: &'p EventProfile) -> Self {
        Self {
            profile,
            place: Place::default(),
            environment: None,
            preceding: None,
            additional_digests: Vec::new(),
            national: Vec::new(),
            commitments: Vec::new(),
            announced_seal: None,
            details: Details::NONE,
            unknown: Vec::new(),
        }
    }

    pub(super) fn read(&mut self, r: &mut Reader<'_>) -> Result<()> {
        r.object(&PROFILE_NAMES, |m| {
            let criticality = m.required("isCritical", Reader::boolean).map(Criticality::of)?;
            let Some(name) = m.next_name()?.filter(|name| name != "isCritical") else {
                return Err(m.error(Kind::MissingMember));
            };
            let place = Place::of_name(&name);
            // A critical extension may change the meaning of the evidence, so that an unknown one is refused.
            if place == Place::Unknown && criticality == Criticality::Critical {
                return Err(m.error(Kind::UnknownCriticalExtension));
            }
            self.check_place(m, place, &name)?;
            if criticality == Criticality::Critical && place != Place::Environment {
                return Err(m.error(Kind::WrongCriticality));
            }
            self.read_value(m, place, &name, criticality)
        })
    }

    fn read_value(
        &mut self,
        m: &mut Members<'_, '_>,
        place: Place,
        name: &str,
        criticality: Criticality,
    ) -> Result<()> {
        match place {
            Place::Environment => self.environment = Some(environment(m, criticality)?),
            Place::PrecedingEvidence if self.profile.succession() == Succession::First => {
                return Err(m.error(Kind::UnexpectedExtension));
            }
            Place::PrecedingEvidence => self.preceding = Some(m.required(PRECEDING_EVIDENCE, preceding)?),
            Place::AdditionalDigests => self.additional_digests = m.required(ADDITIONAL_DIGESTS, additional_digests)?,
            Place::National(name) => self.national.push(m.required(name, |r| NationalExtension::read(r, name))?),
            Place::Commitments => {
                let extensions = self.indices();
                self.commitments = m.required(COMMITMENTS, |r| commitments(r, &extensions))?;
            }
            Place::SecondSeal => self.announced_seal = Some(m.required(SECOND_SEAL, announced_seal)?),
            Place::OfEvent(member) => match self.profile.presence(member) {
                Presence::Forbidden => return Err(m.error(Kind::UnexpectedExtension)),
                Presence::Required | Presence::Optional => self.details.read(m, member)?,
            },
            Place::Unknown => {
                let name = UnknownExtension::check_name(name).map_err(|error| m.error(error))?;
                let json = m.any(|r| r.raw_object())?.to_owned();
                self.unknown.push(UnknownExtension { name, json });
            }
        }
        Ok(())
    }

    /// Returns the indices of the national extensions after those that were read before them.
    fn indices(&self) -> ExtensionIndices {
        let before = 1 + usize::from(self.preceding.is_some()) + usize::from(!self.additional_digests.is_empty());
        ExtensionIndices::new(before, &self.national)
    }

    /// Checks that each name occurs once, and that known names come in their order and before the others.
    fn check_place(&mut self, m: &Members<'_, '_>, place: Place, name: &str) -> Result<()> {
        let read_before = match place {
            Place::Environment => self.environment.is_some(),
            Place::PrecedingEvidence => self.preceding.is_some(),
            Place::AdditionalDigests => !self.additional_digests.is_empty(),
            Place::National(name) => self.national.iter().any(|extension| extension.name() == name),
            Place::Commitments => !self.commitments.is_empty(),
            Place::SecondSeal => self.announced_seal.is_some(),
            Place::OfEvent(member) => self.details.has(member),
            Place::Unknown => self.unknown.iter().any(|extension| extension.name == name),
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

fn environment(m: &mut Members<'_, '_>, criticality: Criticality) -> Result<Environment> {
    let environment = m.required(ENVIRONMENT, |r| {
        r.object(&["Name"], |m| {
            m.required("Name", |r| r.string()?.parse::<Environment>().map_err(|error| r.error(error)))
        })
    })?;
    if environment.criticality() == criticality { Ok(environment) } else { Err(m.error(Kind::WrongCriticality)) }
}

fn preceding(r: &mut Reader<'_>) -> Result<PrecedingEvidence> {
    r.object(&["ProofId", "EvidenceIdentifier"], proof_reference)
}

pub(super) fn announced_seal(r: &mut Reader<'_>) -> Result<AnnouncedSeal> {
    r.object(&["Algorithm", "CertificateDigest"], |m| {
        let algorithm = m.required("Algorithm", |r| {
            AnnouncedSeal::algorithm_of_uri(&r.string()?).ok_or_else(|| r.error(Kind::AnnouncedAlgorithm))
        })?;
        let digest = m.required("CertificateDigest", |r| r.object(&["DigestMethod", "DigestValue"], digest))?;
        Ok(AnnouncedSeal::of_parts(algorithm, digest))
    })
}

/// Reads the fields that are commitments, each once and in the order of the statement.
fn commitments(r: &mut Reader<'_>, extensions: &ExtensionIndices) -> Result<Vec<Field>> {
    r.object(&["Method", "Path"], |m| {
        m.required("Method", |r| if r.string()? == METHOD { Ok(()) } else { Err(r.error(Kind::CommitmentMethod)) })?;
        let mut last = None;
        m.required("Path", |r| {
            r.array(MAX_COMMITMENTS, |r| {
                let path = Field::of_path(&r.string()?);
                let (field, _) = path
                    .filter(|(field, index)| {
                        last.is_none_or(|last| last < *field) && *index == extensions.of_field(*field)
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
