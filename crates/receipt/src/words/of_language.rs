//! What a page says beside events, reasons and findings.

use recommande::evidence::{AssuranceLevel, ConsignmentMode, Environment};
use recommande::verify::{Indication, Outcome};

/// The words of one language. A place such as `{0}` is filled.
pub(crate) struct Words {
    /// Two words around a string of somebody else.
    pub(crate) quotes: [&'static str; 2],
    pub(crate) months: [&'static str; 12],
    /// A day: its number, the name of its month, and the year.
    pub(crate) date: &'static str,
    /// The number of the first day of a month.
    pub(crate) first_day: &'static str,
    pub(crate) brussels: &'static str,

    pub(crate) title_failed: &'static str,
    pub(crate) title_undecided: &'static str,
    pub(crate) title_no_proof: &'static str,
    pub(crate) not_the_proof: &'static str,
    pub(crate) nothing_proven: &'static str,
    pub(crate) nothing_decided: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) fails: &'static str,
    pub(crate) undecided: &'static str,
    pub(crate) masked: &'static str,
    pub(crate) not_printable: &'static str,
    pub(crate) across: [&'static str; 3],

    pub(crate) parties: &'static str,
    pub(crate) issuer: &'static str,
    pub(crate) sender: &'static str,
    pub(crate) sender_delegate: &'static str,
    pub(crate) recipient: &'static str,
    pub(crate) recipient_number: &'static str,
    pub(crate) recipients_delegate: &'static str,
    pub(crate) acting_for: &'static str,
    pub(crate) number_citizen: &'static str,
    pub(crate) number_enterprise: &'static str,
    pub(crate) identifier: &'static str,
    pub(crate) committed: &'static str,
    pub(crate) authenticated: &'static str,
    pub(crate) assurance: [&'static str; 3],
    pub(crate) policy: &'static str,

    pub(crate) item: &'static str,
    pub(crate) message: &'static str,
    pub(crate) ticket: &'static str,
    pub(crate) token: &'static str,
    pub(crate) application: &'static str,
    pub(crate) item_title: &'static str,
    pub(crate) document_type: &'static str,
    pub(crate) document_language: &'static str,
    pub(crate) part: &'static str,
    pub(crate) opened_parts: &'static str,
    pub(crate) reasons: &'static str,
    pub(crate) modes: [&'static str; 4],
    pub(crate) mode: &'static str,
    pub(crate) required_assurance: &'static str,
    pub(crate) scheduled: &'static str,
    pub(crate) expires: &'static str,
    pub(crate) answer_days: &'static str,
    pub(crate) regime: &'static str,
    pub(crate) reply_allowed: &'static str,
    pub(crate) reply_to: &'static str,
    pub(crate) in_reply_to: &'static str,
    pub(crate) payment: &'static str,
    pub(crate) payment_due: &'static str,
    pub(crate) window: &'static str,
    pub(crate) from_until: &'static str,
    pub(crate) sender_hidden: &'static str,
    pub(crate) available_until: &'static str,
    pub(crate) never_activated: &'static str,
    pub(crate) notification: &'static str,
    pub(crate) other_service: &'static str,
    pub(crate) forwarded_to: &'static str,
    pub(crate) mandate: &'static str,
    pub(crate) principal: &'static str,
    pub(crate) recipient_signature: &'static str,
    pub(crate) recipient_signature_valid: &'static str,
    pub(crate) recipient_signature_open: &'static str,
    pub(crate) submission: &'static str,
    pub(crate) submission_signed: &'static str,
    pub(crate) submission_open: &'static str,
    pub(crate) identifier_changed: &'static str,
    pub(crate) unknown_extension: &'static str,

    pub(crate) times: &'static str,
    pub(crate) stated_time: &'static str,
    pub(crate) submission_time: &'static str,
    pub(crate) proven_time: &'static str,
    pub(crate) no_proven_time: &'static str,
    pub(crate) of_sending: &'static str,

    pub(crate) verdict: &'static str,
    pub(crate) indications: [&'static str; 3],
    pub(crate) verified_at: &'static str,
    pub(crate) verified_by: &'static str,
    pub(crate) holds_until: &'static str,
    pub(crate) level: &'static str,
    pub(crate) sealed_by: &'static str,
    pub(crate) findings: &'static str,
    pub(crate) checks: &'static str,
    pub(crate) outcomes: [&'static str; 5],
    pub(crate) stated: &'static str,
    pub(crate) computed: &'static str,

    pub(crate) check: &'static str,
    pub(crate) proof_id: &'static str,
    pub(crate) evidence_identifier: &'static str,
    pub(crate) follows: &'static str,
    pub(crate) caused_by: &'static str,
    pub(crate) how_to_check: &'static str,
    pub(crate) openssl: &'static str,
    #[cfg_attr(not(feature = "code"), expect(dead_code))]
    pub(crate) code_of_seal: &'static str,
    #[cfg_attr(not(feature = "code"), expect(dead_code))]
    pub(crate) code_of_name: &'static str,

    pub(crate) not_proven: &'static str,
    pub(crate) not_proven_list: [&'static str; 4],
    pub(crate) inside: &'static str,
    pub(crate) attached_proof: &'static str,
    pub(crate) attached_sending: &'static str,
    pub(crate) octets: &'static str,
    #[cfg_attr(not(feature = "pdf"), expect(dead_code))]
    pub(crate) page_of: &'static str,
}

impl Words {
    /// Returns the words across the page of an environment, and none for that with legal effect.
    pub(crate) fn across(&self, environment: Environment) -> Option<&'static str> {
        let [acceptance, integration, test] = self.across;
        match environment {
            Environment::Production => None,
            Environment::Acceptance => Some(acceptance),
            Environment::Integration => Some(integration),
            Environment::Test => Some(test),
        }
    }

    /// Returns the word for a level of assurance.
    pub(crate) fn assurance(&self, level: AssuranceLevel) -> &'static str {
        let [low, substantial, high] = self.assurance;
        match level {
            AssuranceLevel::Low => low,
            AssuranceLevel::Substantial => substantial,
            AssuranceLevel::High => high,
        }
    }

    /// Returns the words for a consignment mode.
    pub(crate) fn mode(&self, mode: ConsignmentMode) -> &'static str {
        let [basic, consent, signed, other] = self.modes;
        match mode {
            ConsignmentMode::Basic => basic,
            ConsignmentMode::Consent => consent,
            ConsignmentMode::Signed => signed,
            ConsignmentMode::Other => other,
        }
    }

    /// Returns the words for a verdict.
    pub(crate) fn indication(&self, indication: Indication) -> &'static str {
        let [passed, indeterminate, failed] = self.indications;
        match indication {
            Indication::TotalPassed => passed,
            Indication::Indeterminate => indeterminate,
            Indication::TotalFailed => failed,
        }
    }

    /// Returns the word for the outcome of a check.
    pub(crate) fn outcome(&self, outcome: Outcome) -> &'static str {
        let [passed, information, warning, indeterminate, failed] = self.outcomes;
        match outcome {
            Outcome::Passed => passed,
            Outcome::Information => information,
            Outcome::Warning => warning,
            Outcome::Indeterminate => indeterminate,
            Outcome::Failed => failed,
        }
    }
}
