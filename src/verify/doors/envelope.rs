//! Looks at an envelope of our own: what proofs, payload signatures and seals of batches and checkpoints have in common.

use chrono::{DateTime, Utc};

use crate::crypto::DigestAlgorithm;
use crate::evidence::PayloadDigests;
use crate::finding::{Code, Indication, Ledger, Subject};
use crate::seal::Envelope;
use crate::verify::examine::examine;
use crate::verify::examined::Examined;
use crate::verify::file::{File, FileSource};
use crate::verify::profile::Profile;
use crate::verify::settings::Settings;
use crate::verify::signature::{RecordsTold, Signature};
use crate::verify::verified::{VerifiedSignature, VerifyError};

/// How an envelope is looked at.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) profile: Profile,
    /// What is signed, where that is not attached.
    pub(super) detached: Option<&'a PayloadDigests>,
    /// The time at which something beside the envelope proves that all its octets existed.
    pub(super) existed_at: Option<DateTime<Utc>>,
}

impl Look<'_> {
    /// An envelope of our own with its content, and nothing beside it.
    pub(super) const OWN: Self = Self { profile: Profile::Own, detached: None, existed_at: None };
}

pub(super) fn examine_envelope(
    envelope: &Envelope,
    settings: &Settings,
    Look { profile, detached, existed_at }: Look<'_>,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Examined {
    // An artifact was read once before it came here, so that it can be read again; if it could not, nothing may pass.
    let mut unreadable = || {
        ledger.note(Subject::Envelope, Code::Malformed);
        Examined::nothing()
    };
    let Ok(open) = envelope.open() else { return unreadable() };
    let source = FileSource::new(&open.signed_data, open.signed_data.raw, settings);
    let file = File::read(&source, settings);
    let [signer] = file.signers.as_slice() else { return unreadable() };
    let content = |algorithm: DigestAlgorithm| match detached {
        Some(payload) => payload.get(algorithm).copied(),
        None => open.content.map(|octets| algorithm.digest(octets)),
    };
    let records_told = RecordsTold::Here;
    let octets = open.content;
    let signature = Signature { file: &file, signer, profile, content: &content, octets, records_told, existed_at };
    examine(&signature, settings, now, &settings.budgets(), ledger)
}

pub(super) fn verified_signature(examined: Examined, ledger: &Ledger<'_>) -> Result<VerifiedSignature, VerifyError> {
    if let Some(finding) = ledger.decisive_finding() {
        let finding = Box::new(finding.clone());
        return Err(match ledger.indication() {
            Indication::TotalFailed => VerifyError::Failed(finding),
            Indication::Indeterminate | Indication::TotalPassed => VerifyError::Indeterminate(finding),
        });
    }
    match (examined.signer, examined.proven_at) {
        (Some(signer), Some(proven_at)) => {
            Ok(VerifiedSignature { proven_at, level: examined.level, certificate: signer.certificate })
        }
        // A policy lowered what cannot be done without.
        _ => Err(VerifyError::Indeterminate(Box::new(Ledger::unproven()))),
    }
}
