//! A proof with what lies beside it, as a stored question holds them.

use serde::Serialize;

use super::parties::GivenParties;
use crate::text::read_from_object;
use crate::verify::content::ContentDigests;
use crate::verify::octets::Octets;

/// A proof of any event, and what is given with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GivenProof {
    /// The proof.
    pub der: Octets,
    /// Digests of the payload, if it is there.
    pub payload: Option<ContentDigests>,
    /// For what follows a sending, the proof of that sending.
    pub sending: Option<Octets>,
    /// The proofs of the steps that led to the event, each one after the step that led to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<Octets>,
    /// The disclosure of what the proof commits to, as JSON. Erasing it means deleting it here too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disclosure: Option<Octets>,
    /// The disclosure of what the sending commits to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sending_disclosure: Option<Octets>,
    /// The files that lie beside the proof as its second seal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub second_seals: Vec<Octets>,
    /// The files that lie beside the sending as its second seal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sending_second_seals: Vec<Octets>,
    /// The files that lie beside each of the causes as its second seal, in the order of the causes. Those that are not listed
    /// have none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cause_second_seals: Vec<Vec<Octets>>,
    /// What the parties of the letter signed, and the verifiers of their signatures.
    #[serde(skip_serializing_if = "GivenParties::is_nothing")]
    pub parties: GivenParties,
}

read_from_object! {
    GivenProof {
        der,
        payload,
        sending,
        #[serde(default)] causes,
        #[serde(default)] disclosure,
        #[serde(default)] sending_disclosure,
        #[serde(default)] second_seals,
        #[serde(default)] sending_second_seals,
        #[serde(default)] cause_second_seals,
        #[serde(default)] parties,
    }
}

impl GivenProof {
    /// A proof alone.
    pub fn of(der: impl Into<Octets>) -> Self {
        Self {
            der: der.into(),
            payload: None,
            sending: None,
            causes: Vec::new(),
            disclosure: None,
            sending_disclosure: None,
            second_seals: Vec::new(),
            sending_second_seals: Vec::new(),
            cause_second_seals: Vec::new(),
            parties: GivenParties::default(),
        }
    }
}
