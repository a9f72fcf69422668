//! What evidence in a foreign form counts for beside the sealed proofs of a letter.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::foreign::{ForeignEvidence, ForeignStanding, LetterName};
use crate::crypto::Digest;
use crate::finding::Finding;

/// What keeps evidence in a foreign form, whose signature verified, from counting in a case, or from entering its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ForeignObjection {
    /// Its signer is none of the services in charge of the letter, nor the one that refused its submission: by its number, if the
    /// certificates of the seal and of the signer both hold it, else by its subject.
    ServiceNotInCharge,
    /// It was judged for another environment than that of the letter.
    AnotherEnvironment,
    /// It names another sender than the letter with its name.
    SenderDiffers,
    /// It names nobody to whom that letter goes.
    RecipientDiffers,
    /// It is about other content.
    ContentDiffers,
    /// It states no digest of the content, or the sealed submission has none of an algorithm with which its own could be compared.
    ContentNotComparable,
    /// It has another reference of the sender.
    TokenDiffers,
    /// The parties or the reference of the sealed submission stand behind commitments, so that they cannot be compared.
    NotDisclosed,
    /// It existed before the submission of the letter, as the sealed sending states it.
    BeforeSubmission,
    /// The state of the letter by its sealed proofs does not allow the event.
    StateDoesNotAllow,
    /// Its time is later than the opening, or the failure to hand over, so that it does not show that the content lay there
    /// before.
    LaterThanOpening,
}

/// What evidence in a foreign form does in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ForeignEffect {
    /// It is a claim: it did not verify, or its time is not proven.
    Claimed,
    /// It verified and does not count ([`ForeignFact::objections`]).
    Objected,
    /// It says what another proof shows already.
    Corroborates,
    /// It is the ground of the state that it entered.
    EntersState,
    /// It shows that the content lay there before it was opened, or could not be handed over, which no sealed proof shows.
    ClosesGap,
    /// It counts beside the state, and does not enter it ([`ForeignFact::objections`]): the letter reached its milestone, or it is
    /// a failure where nothing shows a success, or one to relay beside the statement of another service that it took over from there.
    BesideState,
}

impl ForeignEffect {
    /// Tells if the piece counts for the letter.
    pub(super) fn counts(self) -> bool {
        match self {
            Self::Claimed | Self::Objected => false,
            Self::Corroborates | Self::EntersState | Self::ClosesGap | Self::BesideState => true,
        }
    }
}

/// What a piece does, and what keeps it from doing more.
pub(super) struct Taken {
    pub(super) effect: ForeignEffect,
    pub(super) objection: Option<ForeignObjection>,
}

impl Taken {
    pub(super) fn only(effect: ForeignEffect, objection: ForeignObjection) -> Self {
        Self { effect, objection: Some(objection) }
    }
}

impl From<ForeignEffect> for Taken {
    fn from(effect: ForeignEffect) -> Self {
        Self { effect, objection: None }
    }
}

/// A piece of evidence in a foreign form with the ticket or the message of the letter, and what it counts for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ForeignFact {
    /// The name of the event.
    pub event: &'static str,
    /// What it calls the letter: `ticket` or `message` in JSON.
    #[serde(flatten)]
    pub letter: LetterName,
    /// The SHA-256 digest of the signed content.
    #[serde(serialize_with = "digest")]
    pub content: Digest,
    /// The subject of the signer's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The time that its timestamp proves: the event was not later. `None` for a claim.
    pub proven_at: Option<DateTime<Utc>>,
    /// The finding that decided the verdict on its signature, for a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// What keeps it from counting, or from entering the state.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<ForeignObjection>,
    /// What it does in the case.
    pub effect: ForeignEffect,
}

impl ForeignObjection {
    /// Tells if the piece is about something else, or by somebody else. The rest is about when it happened.
    fn is_of_another_letter(self) -> bool {
        match self {
            Self::ServiceNotInCharge
            | Self::AnotherEnvironment
            | Self::SenderDiffers
            | Self::RecipientDiffers
            | Self::ContentDiffers
            | Self::ContentNotComparable
            | Self::TokenDiffers
            | Self::NotDisclosed
            | Self::BeforeSubmission => true,
            Self::StateDoesNotAllow | Self::LaterThanOpening => false,
        }
    }
}

impl ForeignFact {
    /// Tells if it verified, and is by a service in charge of the letter and about it, whatever its state makes of it.
    pub(super) fn is_of_letter(&self) -> bool {
        self.effect != ForeignEffect::Claimed
            && !self.objections.iter().any(|objection| objection.is_of_another_letter())
    }

    pub(super) fn of(evidence: &ForeignEvidence, mut objections: Vec<ForeignObjection>, taken: Taken) -> Self {
        objections.extend(taken.objection);
        objections.sort_unstable();
        let finding = match &evidence.standing {
            ForeignStanding::Claimed(finding) => Some(Finding::clone(finding)),
            ForeignStanding::Proven(_) | ForeignStanding::TimeNotProven => None,
        };
        Self {
            event: evidence.stated.event.event().name(),
            letter: evidence.stated.letter.clone(),
            content: evidence.content,
            service: evidence.service.clone(),
            proven_at: evidence.proven_at(),
            finding,
            objections,
            effect: taken.effect,
        }
    }
}

impl fmt::Display for ForeignFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.service.as_deref().unwrap_or("a service that is not identified");
        match self.proven_at {
            Some(time) => write!(f, "proven   {time:?}  {} by {service}, {}", self.event, self.letter)?,
            None => write!(f, "claimed  {} by {service}, {}", self.event, self.letter)?,
        }
        if let Some(finding) = &self.finding {
            write!(f, ", {finding}")?;
        }
        self.objections.iter().try_for_each(|objection| write!(f, ", {objection}"))?;
        write!(f, ": {}", self.effect)
    }
}

impl fmt::Display for ForeignEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claimed => "a claim",
            Self::Objected => "does not count",
            Self::Corroborates => "as another proof shows",
            Self::EntersState => "the ground of the state",
            Self::ClosesGap => "shows that the content lay there before it was opened",
            Self::BesideState => "counts beside the state",
        })
    }
}

impl fmt::Display for ForeignObjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ServiceNotInCharge => "its signer is not in charge of the letter",
            Self::AnotherEnvironment => "it is of another environment",
            Self::SenderDiffers => "it names another sender",
            Self::RecipientDiffers => "it names another recipient",
            Self::ContentDiffers => "it is about other content",
            Self::ContentNotComparable => "its content cannot be compared with that of the submission",
            Self::TokenDiffers => "it has another reference of the sender",
            Self::NotDisclosed => "what it is compared with stands behind commitments",
            Self::BeforeSubmission => "it is earlier than the submission",
            Self::StateDoesNotAllow => "the state of the letter does not allow it",
            Self::LaterThanOpening => "it is later than the opening",
        })
    }
}

fn digest<S: Serializer>(digest: &Digest, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(digest)
}
