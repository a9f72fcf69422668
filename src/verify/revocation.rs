//! What revocation means for a verdict (ETSI EN 319 102-1 V1.4.1, clauses 5.2.5 and 5.6.2).

use chrono::{DateTime, TimeDelta, Utc};

use super::case::Case;
use super::policy::RevocationRule;
use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::{
    CertificateStatus, RevocationReason, RevocationRequest, RevocationStatus, check_revocation,
};
use crate::pki::{ChainValidator, ValidatedPath};
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
    let request = RevocationRequest::new(path, case.revocation(), case.certificates(), chains.anchors(), role.at())
        .with_freshness_tolerance(TimeDelta::seconds(i64::from(policy.revocation_freshness)))
        .with_budget(case.budget);
    let mut unknown = false;
    for status in check_revocation(&request) {
        let is_target = path.target() == Some(&status.certificate);
        let code = code(&status, is_target, role);
        unknown |= code.1;
        notes.note_with(code.0, || describe(&status));
    }
    if unknown {
        case.leave_open();
    }
    if unknown && required {
        notes.note(Code::RevocationDataMissing);
    }
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
        // Whoever has the key of a TSA dates back at will, unless the token is known to be older than that (RFC 3161 §4, item 1).
        Role::Token { existed, .. }
            if is_target && existed >= date && (compromise || reason == RevocationReason::Unspecified) =>
        {
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
