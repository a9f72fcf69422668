//! The door for the means to seal, before anything is sealed.

use chrono::{DateTime, Utc};
use signed_data::SignedData;

use super::Verifier;
use crate::cms::CheckedSigner;
use crate::finding::{Code, Details, Indication, Ledger, Notes, Subject};
use crate::pki::revocation::RevocationData;
use crate::seal::{Credentials, Sealer};
use crate::verify::answer::{RevocationPlace, sources};
use crate::verify::checks::issuer::check_issuer;
use crate::verify::checks::seal::{SealChain, SealTimes, check_seal_chain};
use crate::verify::checks::statement::check_environment;
use crate::verify::embedded::{Embedded, EmbeddedReader};
use crate::verify::examined::Examined;
use crate::verify::material::{Carried, Material};
use crate::verify::report::value::{ArtifactKind, Report, ReportInput};
use crate::verify::rules::SecondSealRule;
use crate::verify::time::poe::ProofsOfExistence;

impl Verifier {
    /// Tells if this verifier would accept the seals that a sealer makes at `now`, without making one. It is a question for
    /// the start of a service.
    ///
    /// The chain, with the revocation data of [`Sealer::with_revocation`] and what the verifier was given, is judged at
    /// `now` as that of a seal is. The issuer of the statements is compared with the certificate, and its environment with
    /// the verifier's. Credentials of second seals have a report of their own in `second_seals`.
    ///
    /// The indication is TOTAL-PASSED where nothing speaks against the seals. Warnings are worth reading then too, such as
    /// `revocation-not-checked` where the sealer has no revocation data. Of the TSAs nothing is said here: see
    /// [`report_tsas`](Self::report_tsas).
    pub fn report_sealer(&self, sealer: &Sealer, now: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        check_environment(sealer.issuer(), &self.settings, &mut ledger);
        let second_seals: Vec<_> = self.report_second_credentials(sealer, now).into_iter().collect();
        self.note_second(&second_seals, &mut ledger);
        Report { second_seals, ..self.report_credentials(sealer.credentials(), sealer, now, ledger) }
    }

    /// Reports on the credentials of second seals, unless the policy leaves them out.
    fn report_second_credentials(&self, sealer: &Sealer, now: DateTime<Utc>) -> Option<Report> {
        let credentials = match self.settings.policy.second_seal {
            SecondSealRule::Ignore => None,
            SecondSealRule::Report | SecondSealRule::Required => sealer.second_seal_credentials(),
        };
        let ledger = Ledger::complete(&self.settings.policy.levels);
        credentials.map(|credentials| self.report_credentials(credentials, sealer, now, ledger))
    }

    /// Notes second seals that would not pass, and that the policy demands some.
    fn note_second(&self, reports: &[Report], ledger: &mut Ledger<'_>) {
        let not_passed = reports.iter().find(|report| report.indication != Indication::TotalPassed);
        let why = not_passed.and_then(|report| report.decided_by).map(|decided| decided.code);
        if let Some(code) = why {
            ledger.note_with(Subject::SecondSeal, Code::SecondSealNotValid, || Details::computed(code));
        }
        let is_demanded = self.settings.policy.second_seal == SecondSealRule::Required;
        if is_demanded && (reports.is_empty() || not_passed.is_some()) {
            ledger.note_with(Subject::SecondSeal, Code::SecondSealDemanded, || match why {
                Some(code) => Details::computed(code),
                None => Details::computed("none is announced"),
            });
        }
    }

    fn report_credentials(
        &self,
        credentials: &Credentials,
        sealer: &Sealer,
        now: DateTime<Utc>,
        mut ledger: Ledger<'_>,
    ) -> Report {
        let blank = credentials.blank();
        let mut reader = EmbeddedReader::new(&self.settings, blank.len());
        let embedded = match SignedData::parse(&blank) {
            Ok(signed_data) => reader.read(&signed_data),
            Err(error) => {
                let artifact = ArtifactKind::Sealer;
                ledger.note_with(Subject::Envelope, Code::Malformed, || Details::stated(error));
                return Report::malformed(artifact, &self.settings.policy, ledger, now);
            }
        };
        let examined = self.examine_credentials(credentials, &embedded, reader.revocation(), now, &mut ledger);
        check_issuer(sealer.issuer(), credentials.certificate(), &mut ledger);
        let (artifact, policy) = (ArtifactKind::Sealer, &self.settings.policy);
        // There is no file that could have a level.
        Report { level: None, ..Report::new(ReportInput { artifact, examined, statement: None, policy, now, ledger }) }
    }

    /// Judges the chain as that of a seal whose time is proven to be now.
    fn examine_credentials(
        &self,
        credentials: &Credentials,
        embedded: &Embedded,
        revocation: &RevocationData,
        now: DateTime<Utc>,
        ledger: &mut Ledger<'_>,
    ) -> Examined {
        let (settings, budgets) = (&self.settings, self.settings.budgets());
        let file = Some(embedded);
        let carried = Carried { revocation, file, tokens: &[], crypto_infos: &[], of_other_signers: &[] };
        let material = Material::new(settings, now, &budgets, &carried);
        material.note_left_out(&mut Notes::new(ledger, Subject::Envelope));
        let algorithm = credentials.algorithm();
        let signer = CheckedSigner {
            certificate: credentials.certificate().clone(),
            namesakes: Vec::new(),
            algorithm,
            content_digest: algorithm.cms_digest(),
            content: None,
        };
        let times = SealTimes { signing_time: Some(now), made_after: None, proven_at: None, is_renewed: false };
        let chain = check_seal_chain(&signer, &times, &material, &ProofsOfExistence::new(now), ledger);
        let SealChain { path, answers, past_from: seal_past_from, .. } = chain;
        let sources = sources(
            answers.iter(),
            |fingerprint| {
                let inside = embedded.carries(fingerprint).then_some(RevocationPlace::Signature);
                let given = settings.gave_revocation(fingerprint).then_some(RevocationPlace::Caller);
                inside.into_iter().chain(given).collect()
            },
            |_| now,
        );
        Examined { signer: Some(signer), path, answers, seal_past_from, sources, ..Examined::nothing() }
    }
}
