//! What the parties of a letter signed, as a value that can be stored.

use serde::Serialize;

use crate::seal::SignedSubmission;
use crate::text::read_from_object;
use crate::verify::doors::Verifier;
use crate::verify::doors::stored_verifier::{ReplayError, StoredVerifier};
use crate::verify::octets::Octets;

/// What is judged with a proof beside it: the signatures of the parties of a letter with the verifiers that judge them, and the
/// letter that a reply names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct GivenParties {
    /// The submission beside the proof of sending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submission: Option<GivenSubmission>,
    /// The verifier of the recipients' own signatures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipients: Option<StoredVerifier>,
    /// The letter that a reply names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<GivenOriginal>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    GivenParties {
        #[serde(default)] submission,
        #[serde(default)] recipients,
        #[serde(default)] original,
    }
}

/// A submission with the signature of its sender, and the verifier that judges it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenSubmission {
    /// The submission as JSON.
    pub json: Octets,
    /// The detached signature.
    pub signature: Octets,
    /// The verifier of the senders' signatures.
    pub senders: StoredVerifier,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    GivenSubmission {
        json,
        signature,
        senders,
    }
}

/// The proof of sending of a letter that is replied to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenOriginal {
    /// The proof.
    pub der: Octets,
    /// The disclosure of what it commits to, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Octets>,
    /// The files that lie beside the proof as its second seal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub second_seals: Vec<Octets>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    GivenOriginal {
        der,
        #[serde(default)] disclosure,
        #[serde(default)] second_seals,
    }
}

impl GivenParties {
    /// Tells if nothing is judged beside the proof.
    pub(in crate::verify::doors) fn is_nothing(&self) -> bool {
        self.submission.is_none() && self.recipients.is_none() && self.original.is_none()
    }

    /// Reads the submission and builds both verifiers.
    pub(in crate::verify::doors) fn read(&self) -> Result<ReadParties, ReplayError> {
        let submission = self.submission.as_ref().map(GivenSubmission::read).transpose()?;
        Ok(ReadParties { submission, recipients: self.recipients.as_ref().map(StoredVerifier::verifier).transpose()? })
    }
}

impl GivenSubmission {
    fn read(&self) -> Result<(SignedSubmission, Verifier), ReplayError> {
        let signed =
            SignedSubmission::from_parts(&self.json.0, &self.signature.0).map_err(|_| ReplayError::Question)?;
        Ok((signed, self.senders.verifier()?))
    }
}

/// What [`GivenParties`] holds, read.
pub(in crate::verify::doors) struct ReadParties {
    pub(in crate::verify::doors) submission: Option<(SignedSubmission, Verifier)>,
    pub(in crate::verify::doors) recipients: Option<Verifier>,
}
