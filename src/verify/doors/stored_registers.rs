//! The registers of mandates that a stored question was answered with.

use serde::Serialize;

use super::Verifier;
use super::stored_verifier::{ReplayError, StoredVerifier};
use crate::evidence::{RegisterExtract, RegisterStatement};
use crate::text::read_from_object;
use crate::verify::content::ContentDigests;
use crate::verify::octets::Octets;
use crate::verify::settings::{GivenExtract, Registers};

/// The registers of mandates that a verifier trusts, with the extracts that were offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RegistersInput {
    /// The verifier of registers' signatures.
    pub verifier: StoredVerifier,
    /// The extracts.
    pub extracts: Vec<ExtractInput>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    RegistersInput {
        verifier,
        extracts,
    }
}

/// An extract of a register, signed by it, or as the caller verified it. It is personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExtractInput {
    /// The extract as JSON.
    pub json: Octets,
    /// The register's signature over it. Without it the caller vouched for the facts.
    pub signature: Option<Octets>,
    /// The ProofId by which statements name facts that the caller vouched for.
    pub proof_id: Option<ContentDigests>,
    /// The digest by which statements name such facts.
    pub extract_digest: Option<ContentDigests>,
}

read_from_object! {
    #[serde(deny_unknown_fields)]
    ExtractInput {
        json,
        signature,
        proof_id,
        extract_digest,
    }
}

impl RegistersInput {
    pub(super) fn of(registers: &Registers) -> Self {
        let verifier = StoredVerifier::of(&Verifier { settings: registers.settings.clone() });
        Self { verifier, extracts: registers.extracts.iter().map(ExtractInput::of).collect() }
    }

    /// Makes the registers again.
    pub(super) fn registers(&self) -> Result<Registers, ReplayError> {
        let registers = Registers::of(self.verifier.verifier()?);
        self.extracts.iter().try_fold(registers, |registers, extract| extract.give(registers))
    }
}

impl ExtractInput {
    fn of(given: &GivenExtract) -> Self {
        match given {
            GivenExtract::Signed { json, signature, .. } => Self {
                json: Octets(json.clone()),
                signature: Some(Octets(signature.clone())),
                proof_id: None,
                extract_digest: None,
            },
            GivenExtract::Vouched { statement, extract } => {
                let (proof_id, extract_digest) = match statement {
                    RegisterStatement::Proof(digest) => (Some(ContentDigests::new([*digest])), None),
                    RegisterStatement::Extract(digest) => (None, Some(ContentDigests::new([*digest]))),
                };
                Self { json: Octets(extract.to_json().into_bytes()), signature: None, proof_id, extract_digest }
            }
        }
    }

    fn give(&self, registers: Registers) -> Result<Registers, ReplayError> {
        if let Some(signature) = &self.signature {
            return Ok(registers.with_extract(&self.json.0, &signature.0));
        }
        let digest =
            |digests: &Option<ContentDigests>| digests.as_ref().and_then(|digests| digests.iter().next().copied());
        let statement = match (digest(&self.proof_id), digest(&self.extract_digest)) {
            (Some(proof_id), None) => RegisterStatement::Proof(proof_id),
            (None, Some(digest)) => RegisterStatement::Extract(digest),
            (Some(_), Some(_)) | (None, None) => return Err(ReplayError::Question),
        };
        let extract = RegisterExtract::from_json(&self.json.0).map_err(|_| ReplayError::Question)?;
        Ok(registers.with_facts(statement, extract))
    }
}
