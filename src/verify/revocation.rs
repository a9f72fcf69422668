//! What revocation means for a verdict (ETSI EN 319 102-1 V1.4.1, clauses 5.2.5 and 5.6.2).

use chrono::{DateTime, TimeDelta, Utc};

use super::case::Case;
use super::policy::RevocationRule;
use crate::crypto::{Digest, SignatureAlgorithm, Standing};
use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::{
    CertificateStatus, RevocationData, RevocationReason, RevocationRequest, RevocationSource, RevocationStatus,
    check_revocation,
};
use crate::pki::{Candidates, Certificate, ChainValidator, SignatureBudget, ValidatedPath};
use crate::text;

/// Whose path it is, and at what time its status counts.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// Of a signature that is proven to have existed at `at`.
    Proven { at: DateTime<Utc> },
    /// Of a signature for which no time is proven: it may have been made after a revocation.
    Unproven { at: DateTime<Utc> },
    /// Of a token that attests `gen_time` and is known to have existed by `existed`.
    Token { gen_time: DateTime<Utc>, existed: DateTime<Utc> },
}

impl Role {
    fn at(self) -> DateTime<Utc> {
        match self {
            Self::Proven { at } | Self::Unproven { at } => at,
            Self::Token { gen_time, .. } => gen_time,
        }
    }
}

/// Notes the status of each certificate of the path below its anchor.
pub(super) fn check(
    path: &ValidatedPath,
    chains: &ChainValidator,
    role: Role,
    case: &Case<'_>,
    notes: &mut Notes<'_, '_>,
) {
    let policy = &case.verifier.policy;
    if policy.revocation == RevocationRule::Ignore {
        return notes.note(Code::RevocationIgnored);
    }
    if path.issued().next().is_none() {
        return notes.note(Code::RevocationOfAnchor);
    }
    let required = policy.revocation == RevocationRule::Required;
    if case.revocation().is_empty() {
        notes.note(Code::RevocationNotChecked);
        if required {
            notes.note(Code::RevocationDataMissing);
        }
        return case.leave_open();
    }
    let mut unknown = false;
    for status in statuses(path, chains, role, case) {
        let is_target = path.target() == Some(&status.certificate);
        let (code, leaves_open) = code(&status, is_target, role);
        let (code, leaves_open) = match weakness(&status, case) {
            Some(weakness) if !leaves_open => (weakness, true),
            _ => (code, leaves_open),
        };
        unknown |= leaves_open;
        notes.note_with(code, || describe(&status));
        if status.signer_status_unknown {
            notes.note_with(Code::RevocationSignerUnknown, || {
                Details::both(status.certificate.subject(), signer(&status))
            });
        }
        for aside in &status.set_aside {
            notes.note_with(Code::RevocationDataSetAside, || Details::both(&aside.source, &aside.why));
        }
    }
    if unknown || !is_known_by_embedded(path, chains, role, case) {
        case.leave_open();
    }
    if unknown && required {
        notes.note(Code::RevocationDataMissing);
    }
}

/// Whether what is inside answers without what the caller gave: the level of a signature is about what is inside.
fn is_known_by_embedded(path: &ValidatedPath, chains: &ChainValidator, role: Role, case: &Case<'_>) -> bool {
    if case.verifier.revocation.is_empty() {
        return true;
    }
    let own_budget = SignatureBudget::default();
    let request = RevocationRequest::new(path, case.embedded_revocation(), case.all(), chains.anchors(), role.at());
    let statuses = check_revocation(&request.with_budget(&own_budget));
    statuses.iter().all(|status| !code(status, false, role).1)
}

/// What all data tells. What the caller gave is asked by itself first, with a budget of its own: whoever made the
/// artifact must not drown it.
fn statuses(path: &ValidatedPath, chains: &ChainValidator, role: Role, case: &Case<'_>) -> Vec<CertificateStatus> {
    let tolerance = TimeDelta::seconds(i64::from(case.verifier.policy.revocation_freshness));
    let ask = |data, budget| {
        let request = RevocationRequest::new(path, data, case.all(), chains.anchors(), role.at());
        check_revocation(&request.with_freshness_tolerance(tolerance).with_budget(budget))
    };
    let given = &case.verifier.revocation;
    if given.is_empty() || case.embedded_revocation().is_empty() {
        return ask(case.revocation(), case.budget);
    }
    let own_budget = SignatureBudget::default();
    let by_given = ask(given, &own_budget);
    let together = ask(case.revocation(), case.budget);
    let speaks_against = |status: &CertificateStatus| {
        matches!(status.status, RevocationStatus::Revoked { .. } | RevocationStatus::OnHold { .. })
    };
    let worse = |(given, together): (CertificateStatus, CertificateStatus)| {
        if speaks_against(&given) && !speaks_against(&together) { given } else { together }
    };
    by_given.into_iter().zip(together).map(worse).collect()
}

/// What keeps data that says nothing against a certificate from speaking for it: a date ahead of the clock, a validity
/// that ends before it begins (RFC 6960 §4.2.2.1), a signature that proves nothing any more. Its algorithms are judged at
/// the time at which it is known to have existed: now, unless an evidence record or a later token covers it.
fn weakness(status: &CertificateStatus, case: &Case<'_>) -> Option<Code> {
    if !matches!(status.status, RevocationStatus::Good) {
        return None;
    }
    let policy = &case.verifier.policy;
    let ahead = status.this_update.is_some_and(|time| time > case.now + policy.clock_skew());
    let backwards = status.this_update.zip(status.next_update).is_some_and(|(this, next)| next < this);
    if ahead || backwards {
        return Some(Code::RevocationInTheFuture);
    }
    let (source, signer) = (status.source.as_ref()?, status.signer.as_ref()?);
    let algorithm = algorithm(source, case.revocation())?;
    let is_weak = |at| {
        let standing = policy.algorithms.signature(&algorithm, signer.public_key(), at);
        standing > Standing::Good && !matches!(standing, Standing::Legacy { .. })
    };
    // When it existed takes a search, for which there is seldom a need.
    (is_weak(case.now) && is_weak(case.existed(fingerprint(source)))).then_some(Code::RevocationAlgorithmPastItsDate)
}

fn algorithm(source: &RevocationSource, data: &RevocationData) -> Option<SignatureAlgorithm> {
    match source {
        RevocationSource::Crl { fingerprint, .. } => {
            data.crls().iter().find(|crl| crl.fingerprint() == *fingerprint)?.signature_algorithm()
        }
        RevocationSource::Ocsp { fingerprint } => {
            data.ocsp_responses().iter().find(|response| response.fingerprint() == *fingerprint)?.signature_algorithm()
        }
    }
}

fn fingerprint(source: &RevocationSource) -> &Digest {
    match source {
        RevocationSource::Crl { fingerprint, .. } | RevocationSource::Ocsp { fingerprint } => fingerprint,
    }
}

fn signer(status: &CertificateStatus) -> String {
    status.signer.as_ref().map_or_else(|| "its signer".into(), Certificate::subject)
}

/// The finding that a status is, and whether it leaves the status unknown.
fn code(status: &CertificateStatus, is_target: bool, role: Role) -> (Code, bool) {
    match &status.status {
        RevocationStatus::Good | RevocationStatus::NocheckExempt => (Code::NotRevoked, false),
        RevocationStatus::Revoked { date, reason } => (revoked(*date, *reason, is_target, role), false),
        RevocationStatus::OnHold { since } if *since > role.at() => (Code::RevokedLater, false),
        RevocationStatus::OnHold { .. } => (Code::CertificateOnHold, false),
        RevocationStatus::Unknown => (Code::RevocationUnknown, true),
        RevocationStatus::Incomplete { .. } => (Code::RevocationIncomplete, true),
        RevocationStatus::Stale | RevocationStatus::IssuedAfterExpiry => (Code::RevocationStale, true),
        RevocationStatus::Absent => (Code::RevocationNotChecked, true),
        RevocationStatus::NotAuthenticated(_) => (Code::RevocationNotAuthenticated, true),
        RevocationStatus::NotSupported { .. } => (Code::RevocationNotSupported, true),
        RevocationStatus::BudgetExhausted => (Code::RevocationBudgetExhausted, true),
    }
}

fn revoked(date: DateTime<Utc>, reason: RevocationReason, is_target: bool, role: Role) -> Code {
    let compromise = is_compromise(reason);
    match role {
        _ if !is_target && date <= role.at() => Code::IssuerRevoked,
        Role::Proven { at } if date <= at => Code::Revoked,
        Role::Unproven { at } if date <= at => Code::RevokedNoPoe,
        Role::Token { gen_time, .. } if date <= gen_time => Code::Revoked,
        // Whoever has the key of a TSA dates back at will, unless the token is known to be older than that (RFC 3161
        // §4, item 1). So does whoever has the key of its authority.
        Role::Token { existed, .. } if existed >= date && (compromise || reason == RevocationReason::Unspecified) => {
            Code::TsaKeyCompromised
        }
        _ if compromise => Code::RevokedLaterForCompromise,
        _ => Code::RevokedLater,
    }
}

fn is_compromise(reason: RevocationReason) -> bool {
    matches!(reason, RevocationReason::KeyCompromise | RevocationReason::CaCompromise | RevocationReason::AaCompromise)
}

fn describe(status: &CertificateStatus) -> Details {
    let subject = status.certificate.subject();
    let mut computed = status.status.to_string();
    if let Some(source) = &status.source {
        computed = format!("{computed}; {source}");
    }
    if let Some(this_update) = status.this_update {
        computed = format!("{computed} of {}", text::time(this_update));
    }
    if let Some(next_update) = status.next_update {
        computed = format!("{computed}, next {}", text::time(next_update));
    }
    Details::both(subject, computed)
}
