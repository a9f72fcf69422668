//! Gives the extracts of registers, which show that a delegate had the mandate that a statement states.

use std::sync::Arc;

use signed_data::{SignedData, normalize};

use super::content::ContentDigests;
use super::settings::{ExtractNames, GivenExtract, Registers};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::{RegisterExtract, RegisterStatement};

impl Registers {
    /// Gives an extract as JSON with the register's detached signature over it: a CMS SignedData by one signer. It is verified
    /// with each statement that names it, at the time that the proof proves, because the proof states its digest.
    #[must_use]
    pub fn with_extract(self, json: &[u8], signature: &[u8]) -> Self {
        let names = ExtractNames::of(json, signature);
        self.with(GivenExtract::Signed { json: json.to_vec(), signature: signature.to_vec(), names })
    }

    /// Gives the facts of an extract in another form, which the caller has verified, for statements that name it so.
    #[must_use]
    pub fn with_facts(self, statement: RegisterStatement, extract: RegisterExtract) -> Self {
        self.with(GivenExtract::Vouched { statement, extract })
    }

    fn with(mut self, extract: GivenExtract) -> Self {
        Arc::make_mut(&mut self.extracts).push(extract);
        self
    }
}

impl ExtractNames {
    fn of(json: &[u8], signature: &[u8]) -> Self {
        let algorithms = DigestAlgorithm::ALL.into_iter().filter(|algorithm| algorithm.is_strong());
        Self {
            digests: ContentDigests::new(algorithms.map(|algorithm| algorithm.digest(json))),
            id: proof_id(signature),
        }
    }

    pub(super) fn contain(&self, stated: &RegisterStatement) -> bool {
        match stated {
            RegisterStatement::Extract(digest) => self.digests.get(digest.algorithm()) == Some(*digest),
            RegisterStatement::Proof(digest) => self.id == Some(*digest),
        }
    }
}

/// Computes the ProofId of a signature by one signer, as that of a proof: SHA-256 over the signed attributes as SET OF.
fn proof_id(signature: &[u8]) -> Option<Digest> {
    let normalized = normalize(signature).ok()?;
    let signed_data = SignedData::parse(&normalized).ok()?;
    let [signer_info] = signed_data.signer_infos.as_slice() else { return None };
    let attributes = signer_info.signed_attributes.as_ref()?;
    Some(DigestAlgorithm::Sha256.digest(&attributes.as_set()))
}
