//! The seal of a checkpoint, which lies in the proof of a log as its extra data. Nobody signs that it lies there.

use chrono::{DateTime, Utc};
use recommande_tlog::proof::TlogProof;

use crate::cms::BaselineLevel;
use crate::evidence::Issuer;
use crate::finding::{Code, Details, Finding, Ledger, Outcome, Subject};
use crate::pki::Certificate;
use crate::seal::{Artifact, CheckpointSeal, INTERNAL};
use crate::text::with_sources;
use crate::verify::checks::issuer::{check_issuer, is_of_another};
use crate::verify::doors::Verifier;
use crate::verify::doors::envelope::{Look, examine_envelope, verified_signature};
use crate::verify::doors::fault::Fault;
use crate::verify::examined::Examined;
use crate::verify::profile::Profile;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::settings::Settings;
use crate::verify::verified::{VerifiedSignature, VerifyError};

/// How the seal of a checkpoint is looked at: by its media type it is no signature over somebody's letter of three lines.
const LOOK: Look<'static> = Look { profile: Profile::Checkpoint, ..Look::OWN };

/// What judging the seal of a checkpoint gave.
pub(super) struct JudgedSeal {
    /// The time that is proven for it, where it is valid and over the checkpoint.
    pub(super) sealed_at: Option<DateTime<Utc>>,
    pub(super) fault: Option<Fault>,
    /// What keeps it from being read for as long as a proof, where it holds.
    pub(super) not_long_term: Option<Fault>,
    pub(super) report: Option<Report>,
}

impl JudgedSeal {
    fn failed(fault: Fault) -> Self {
        Self { sealed_at: None, fault: Some(fault), not_long_term: None, report: None }
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
    let Some(octets) = proof.extra() else {
        return JudgedSeal::failed(Fault::new(Code::LogCheckpointNotSealed, Details::default()));
    };
    let seal = match CheckpointSeal::from_der(octets) {
        Ok(seal) => seal,
        Err(error) => {
            return JudgedSeal::failed(Fault::new(Code::LogSealUnreadable, Details::stated(with_sources(&error))));
        }
    };
    let is_reported = ledger.is_complete();
    let examined = match examine_seal(&seal, proof, settings, now, &mut ledger) {
        Ok(examined) => examined,
        Err(code) => return JudgedSeal::failed(Fault::new(code, Details::default())),
    };
    let signer = examined.signer.as_ref().map(|signer| signer.certificate.clone());
    if let Some(certificate) = &signer {
        check_issuer(issuer, certificate, &mut ledger);
    }
    let sealed_at = examined.proven_at;
    let fault = match (ledger.decisive_finding(), signer, &examined.path, sealed_at) {
        (Some(finding), _, _, _) => Some(fault_of(finding)),
        (None, Some(certificate), Some(_), Some(_)) => fault_of_issuer(issuer, &certificate),
        // A policy lowered what cannot be done without.
        (None, _, _, _) => Some(fault_of(&Ledger::unproven())),
    };
    let level = examined.level;
    let is_short = fault.is_none() && level < BaselineLevel::BLT;
    let not_long_term =
        is_short.then(|| Fault::new(Code::LogSealNotLongTerm, Details::both(level, BaselineLevel::BLT)));
    let (artifact, policy) = (ArtifactKind::CheckpointSeal, &settings.policy);
    let report =
        is_reported.then(|| Report::new(ReportInput { artifact, examined, statement: None, policy, now, ledger }));
    JudgedSeal { sealed_at: sealed_at.filter(|_| fault.is_none()), fault, not_long_term, report }
}

/// The seal is the issuer's where its certificate holds the issuer's number. A certificate without one could be anybody's, and a name
/// alone does not say whose it is.
pub(crate) fn code_of_issuer(issuer: &Issuer, certificate: &Certificate) -> Option<Code> {
    let code = match is_of_another(issuer, certificate) {
        true => Code::IssuerNotInCertificate,
        false => Code::IssuerNotIdentified,
    };
    (!issuer.is_numbered_in(certificate)).then_some(code)
}

fn fault_of_issuer(issuer: &Issuer, certificate: &Certificate) -> Option<Fault> {
    code_of_issuer(issuer, certificate).map(|code| Fault::new(Code::LogSealNotValid, Details::computed(code)))
}

/// Examines the seal, unless it cannot be read, or its content is not the text of the note, octet for octet. A valid seal over
/// another checkpoint shows something of that one alone.
fn examine_seal(
    seal: &CheckpointSeal,
    proof: &TlogProof,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> Result<Examined, Code> {
    let is_over_note = {
        let open = seal.envelope(INTERNAL).open().map_err(|_| Code::LogSealUnreadable)?;
        let content = open.content.ok_or(Code::LogSealUnreadable)?;
        content == proof.checkpoint().note().text().as_str().as_bytes()
    };
    if !is_over_note {
        return Err(Code::LogSealDiffers);
    }
    ledger.note(Subject::Envelope, Code::WellFormed);
    Ok(examine_envelope(seal.envelope(INTERNAL), settings, LOOK, now, ledger))
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
        self.verify_checkpoint_seal_that_existed(seal, None, now)
    }

    /// The same where something else proves that all octets of the seal existed at a time.
    pub(crate) fn verify_checkpoint_seal_that_existed(
        &self,
        seal: &CheckpointSeal,
        existed_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<VerifiedSignature, VerifyError> {
        let mut ledger = Ledger::decisive(&self.settings.policy.levels);
        let look = Look { existed_at, ..LOOK };
        let examined = examine_envelope(seal.envelope(INTERNAL), &self.settings, look, now, &mut ledger);
        verified_signature(examined, &ledger)
    }
}

/// What keeps the seal from passing leaves the verdict on the proof open.
fn fault_of(finding: &Finding) -> Fault {
    let open = finding.sub_indication.filter(|_| finding.outcome == Outcome::Indeterminate);
    Fault::new(Code::LogSealNotValid, Details::computed(finding.code).leading_to(open))
}
