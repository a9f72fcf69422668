//! Past validation: until when a path is known to have been good (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.2).

use std::sync::Arc;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use super::status::{Inquiry, algorithm, fingerprint, weakness_of};
use crate::pki::revocation::{CertificateStatus, Grounds, RevocationRequest, RevocationStatus, check_revocation};
use crate::pki::{Certificate, Strength, ValidatedPath};
use crate::verify::rules::RevocationRule;

/// What time has done to a path that was valid at the time of its role.
pub(crate) enum Age {
    /// Nothing of it has ended.
    Valid,
    /// The target alone has ended, and this path of it is otherwise valid now.
    TargetEnded(Arc<ValidatedPath>),
    /// Every path goes through an issuer that has ended, for which the standard has no past validation (clause 5.2.6.4
    /// (4)(e)).
    IssuerEnded,
}

/// Says what has ended of a path until now. An authority's renewed certificate takes the place of one that has ended.
pub(crate) fn age(path: &Arc<ValidatedPath>, inquiry: &Inquiry<'_>) -> Age {
    let (material, now) = (inquiry.material, inquiry.material.now.timestamp());
    let has_ended = |certificate: &Certificate| certificate.not_after().timestamp() < now;
    let Some(target) = path.target() else { return Age::Valid };
    let path = if path.below_anchor().skip(1).any(has_ended) {
        let (at, pool) = (inquiry.role.at(), material.pool());
        match inquiry.chains.path_without_ended(target, pool, (at, inquiry.material.now), material.budget) {
            Some(renewed) => Arc::new(renewed),
            None => return Age::IssuerEnded,
        }
    } else {
        Arc::clone(path)
    };
    if has_ended(target) { Age::TargetEnded(path) } else { Age::Valid }
}

/// Slides the control time from now into the past, from the certificate that the anchor issued to the target (clause
/// 5.6.2.2.4). `None` is NO_POE: of a certificate, or of all revocation data about it, nothing shows that it existed then.
///
/// The signer of revocation data is judged as anywhere (note 5 leaves it open how).
pub(crate) fn control_time(
    path: &ValidatedPath,
    strength: Strength<'_>,
    inquiry: &Inquiry<'_>,
) -> Option<DateTime<Utc>> {
    let mut control_time = inquiry.material.now;
    let mut issued: Vec<_> = path.issued().enumerate().collect();
    issued.reverse();
    for (position, (certificate, issuer)) in issued {
        if (strength.since)(certificate) > control_time {
            return None;
        }
        let by_revocation = match inquiry.material.settings.policy.revocation {
            RevocationRule::Ignore => None,
            RevocationRule::IfPresent | RevocationRule::Required => Some(slid(path, position, control_time, inquiry)?),
        };
        let ends = end_of_signature(certificate, issuer, inquiry).into_iter();
        let ends = ends.chain(by_revocation.as_ref().and_then(|(status, _)| end_of_data(status, inquiry)));
        control_time = by_revocation.map_or(control_time, |(_, time)| time);
        // Clause 5.6.2.2.4 (2)(d): the latest time until which the algorithms were reliable.
        if let Some(end) = ends.min().filter(|end| *end <= control_time) {
            control_time = end - TimeDelta::seconds(1);
        }
    }
    Some(control_time)
}

/// The control time after the revocation data about one certificate of the path, which stands at this position, and what
/// that data says (clause 5.6.2.2.4 (2)(a) to (c)). A suspension counts as a revocation here.
fn slid(
    path: &ValidatedPath,
    position: usize,
    control_time: DateTime<Utc>,
    inquiry: &Inquiry<'_>,
) -> Option<(CertificateStatus, DateTime<Utc>)> {
    let (material, policy) = (inquiry.material, &inquiry.material.settings.policy);
    // Data counts that was issued before the control time, and is known to have existed then.
    let demand = |grounds: &Grounds<'_>| {
        weakness_of(grounds, inquiry).is_none()
            && grounds.this_update < control_time
            && inquiry.poes.revocation_since(fingerprint(grounds.source)) <= control_time
    };
    let request = RevocationRequest::new(path, material.revocation(), &[], inquiry.chains.anchors(), control_time)
        .with_pool(material.pool())
        .with_budget(material.budget)
        .with_conflict(policy.revocation_conflict)
        .with_demand(&demand)
        // Whether data is fresh decides how far the time slides, and not whether the data counts.
        .with_freshness_tolerance(TimeDelta::MAX)
        .with_tolerance_without_next_update(TimeDelta::MAX);
    let status = check_revocation(&request).into_iter().nth(position)?;
    let time = match status.status {
        RevocationStatus::Revoked { date, .. } => control_time.min(date),
        RevocationStatus::OnHold { since } => control_time.min(since),
        RevocationStatus::Good => {
            let (source, signer) = (status.source.as_ref()?, status.signer.as_ref()?);
            let (this_update, next_update, produced_at) = (status.this_update?, status.next_update, status.produced_at);
            if !demand(&Grounds { source, signer, this_update, next_update, produced_at }) {
                return None;
            }
            let tolerance = TimeDelta::seconds(i64::from(policy.revocation_freshness));
            let fresh_until = next_update.and_then(|next_update| next_update.checked_add_signed(tolerance));
            let is_fresh = fresh_until.is_some_and(|end| control_time.timestamp() <= end.timestamp());
            if is_fresh { control_time } else { control_time.min(this_update) }
        }
        RevocationStatus::NocheckExempt
        | RevocationStatus::Unknown
        | RevocationStatus::Incomplete { .. }
        | RevocationStatus::Stale
        | RevocationStatus::IssuedAfterExpiry
        | RevocationStatus::Absent
        | RevocationStatus::NotAuthenticated(_)
        | RevocationStatus::NotSupported { .. }
        | RevocationStatus::BudgetExhausted => return None,
    };
    Some((status, time))
}

/// The first moment at which the signature on a certificate proves nothing any more.
fn end_of_signature(certificate: &Certificate, issuer: &Certificate, inquiry: &Inquiry<'_>) -> Option<DateTime<Utc>> {
    let algorithms = &inquiry.material.settings.policy.algorithms;
    let algorithm = certificate.read_signature_algorithm().ok()?;
    let end = algorithms.signature_past_from(&algorithm, issuer.public_key())?;
    Some(end.date.and_time(NaiveTime::MIN).and_utc())
}

/// The same of the revocation data behind a status.
fn end_of_data(status: &CertificateStatus, inquiry: &Inquiry<'_>) -> Option<DateTime<Utc>> {
    let algorithms = &inquiry.material.settings.policy.algorithms;
    let signer = status.signer.as_ref()?;
    let end = algorithms.signature_past_from(&algorithm(status, inquiry)?, signer.public_key())?;
    Some(end.date.and_time(NaiveTime::MIN).and_utc())
}
