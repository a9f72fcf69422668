//! The seal of a checkpoint, which lies in the proof of a log as its extra data. Nobody signs that it lies there.

use chrono::{DateTime, Utc};
use recommande_tlog::proof::TlogProof;

use crate::evidence::Issuer;
use crate::finding::{Code, Details, Finding, Ledger, Outcome, Subject};
use crate::seal::{Artifact, CheckpointSeal, INTERNAL};
use crate::text::with_sources;
use crate::verify::checks::issuer::{check_issuer, is_of_another};
use crate::verify::doors::Verifier;
use crate::verify::doors::envelope::{Look, examine_envelope, verified_signature};
use crate::verify::doors::fault::Fault;
use crate::verify::examined::Examined;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::settings::Settings;
use crate::verify::verified::{VerifiedSignature, VerifyError};

/// What judging the seal of a checkpoint gave. Nothing where there is no seal.
#[derive(Default)]
pub(super) struct JudgedSeal {
    /// The time that is proven for it, where it is valid and over the checkpoint.
    pub(super) sealed_at: Option<DateTime<Utc>>,
    pub(super) fault: Option<Fault>,
    pub(super) report: Option<Report>,
}

impl JudgedSeal {
    fn failed(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }
}

/// Judges the seal by the anchors and the policy of the verifier. It is by the issuer of the proof, whose log it is.
pub(super) fn judge_seal(
    proof: &TlogProof,
    issuer: &Issuer,
    settings: &Settings,
    now: DateTime<Utc>,
    mut ledger: Ledger<'_>,
) -> JudgedSeal {
    let Some(octets) = proof.extra() else { return JudgedSeal::default() };
    let seal = match CheckpointSeal::from_der(octets) {
        Ok(seal) => seal,
        Err(error) => {
            return JudgedSeal::failed(Fault::new(Code::LogSealUnreadable, Details::stated(with_sources(&error))));
        }
    };
    let is_reported = ledger.is_complete();
    let Some((examined, is_over_note)) = examine_seal(&seal, proof, settings, now, &mut ledger) else {
        return JudgedSeal::failed(Fault::new(Code::LogSealUnreadable, Details::default()));
    };
    // A valid seal over another checkpoint shows something of that one alone.
    if !is_over_note {
        return JudgedSeal::failed(Fault::new(Code::LogSealDiffers, Details::default()));
    }
    let signer = examined.signer.as_ref().map(|signer| signer.certificate.clone());
    if let Some(certificate) = &signer {
        check_issuer(issuer, certificate, &mut ledger);
    }
    let sealed_at = examined.proven_at;
    let fault = match (ledger.decisive_finding(), signer, &examined.path, sealed_at) {
        (Some(finding), _, _, _) => Some(fault_of(finding)),
        (None, Some(certificate), Some(_), Some(_)) => is_of_another(issuer, &certificate)
            .then(|| Fault::new(Code::LogSealNotValid, Details::computed(Code::IssuerNotInCertificate))),
        // A policy lowered what cannot be done without.
        (None, _, _, _) => Some(fault_of(&Ledger::unproven())),
    };
    let (artifact, policy) = (ArtifactKind::CheckpointSeal, &settings.policy);
    let report =
        is_reported.then(|| Report::new(ReportInput { artifact, examined, statement: None, policy, now, ledger }));
    JudgedSeal { sealed_at: sealed_at.filter(|_| fault.is_none()), fault, report }
}

/// Examines the seal, and tells if its content is the text of the note, octet for octet. `None` where it cannot be read.
fn examine_seal(
    seal: &CheckpointSeal,
    proof: &TlogProof,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Option<(Examined, bool)> {
    let is_over_note = {
        let open = seal.envelope(INTERNAL).open().ok()?;
        open.content? == proof.checkpoint().note().text().as_str().as_bytes()
    };
    ledger.note(Subject::Envelope, Code::WellFormed);
    Some((examine_envelope(seal.envelope(INTERNAL), settings, Look::OWN, now, ledger), is_over_note))
}

impl Verifier {
    /// The strict verdict on the seal of a checkpoint. Whether the checkpoint is that of a log, its note says.
    ///
    /// # Errors
    /// `Failed`, `Indeterminate`.
    pub fn verify_checkpoint_seal(
        &self,
        seal: &CheckpointSeal,
        now: DateTime<Utc>,
    ) -> Result<VerifiedSignature, VerifyError> {
        let mut ledger = Ledger::decisive(&self.settings.policy.levels);
        let examined = examine_envelope(seal.envelope(INTERNAL), &self.settings, Look::OWN, now, &mut ledger);
        verified_signature(examined, &ledger)
    }
}

/// What keeps the seal from passing leaves the verdict on the proof open.
fn fault_of(finding: &Finding) -> Fault {
    let open = finding.sub_indication.filter(|_| finding.outcome == Outcome::Indeterminate);
    Fault::new(Code::LogSealNotValid, Details::computed(finding.code).leading_to(open))
}
