//! From what each source says to one status.

use chrono::{DateTime, TimeDelta, Utc};

use super::limits;
use super::reason::{ReasonFlags, RevocationReason};
use super::request::RevocationRequest;
use super::status::{
    CertificateStatus, Gap, NotAuthenticated, RevocationSource, RevocationStatus, SetAside, Signer, WhySetAside,
};
use crate::pki::Certificate;

/// What one authenticated source says about one certificate.
pub(super) struct Evidence {
    pub(super) says: Says,
    /// The reasons for which it would say that the certificate is revoked.
    pub(super) covers: ReasonFlags,
    pub(super) source: RevocationSource,
    pub(super) signer: Signer,
    pub(super) this_update: DateTime<Utc>,
    pub(super) next_update: Option<DateTime<Utc>>,
    pub(super) produced_at: Option<DateTime<Utc>>,
    pub(super) invalidity_date: Option<DateTime<Utc>>,
    /// Whether it would still know about the certificate, had it been revoked.
    pub(super) conclusive: bool,
    /// Whether it says so because a delta CRL took the certificate off the list.
    pub(super) removes: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Good,
    Revoked { date: DateTime<Utc>, reason: RevocationReason },
    OnHold { since: DateTime<Utc> },
    Unknown,
}

impl Says {
    /// From a revocation date and the reason beside it. removeFromCRL makes sense in delta CRLs only; elsewhere it is
    /// taken for the hold that it ends, because the entry is still there.
    pub(super) fn revoked(date: DateTime<Utc>, reason: Option<RevocationReason>) -> Self {
        match reason.unwrap_or(RevocationReason::Unspecified) {
            RevocationReason::CertificateHold | RevocationReason::RemoveFromCrl => Self::OnHold { since: date },
            reason => Self::Revoked { date, reason },
        }
    }
}

/// Whether a source that knew about expired certificates from `retained_from` on, at `this_update`, would still know
/// about this one.
pub(super) fn is_conclusive(
    certificate: &Certificate,
    this_update: DateTime<Utc>,
    retained_from: Option<DateTime<Utc>>,
) -> bool {
    let not_after = certificate.not_after();
    this_update.timestamp() <= not_after.timestamp() || retained_from.is_some_and(|from| from <= not_after)
}

/// Whether data of this age tells about the time asked about. To the whole second, as validity periods are.
pub(super) fn is_current(
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    request: &RevocationRequest<'_>,
) -> bool {
    let plus = |time: DateTime<Utc>, tolerance: TimeDelta| {
        time.checked_add_signed(tolerance).unwrap_or(DateTime::<Utc>::MAX_UTC).timestamp()
    };
    let at = request.at.timestamp();
    this_update.timestamp() >= at
        || at
            <= match next_update {
                Some(next_update) => plus(next_update, request.freshness_tolerance),
                None => plus(this_update, request.tolerance_without_next_update),
            }
}

/// What was found about one certificate.
#[derive(Default)]
pub(super) struct Found {
    pub(super) evidence: Vec<Evidence>,
    set_aside: Vec<SetAside>,
    pub(super) exhausted: bool,
}

impl Found {
    pub(super) fn set_aside(&mut self, source: RevocationSource, why: WhySetAside) {
        if self.set_aside.len() < limits::MAX_SET_ASIDE {
            self.set_aside.push(SetAside { source, why });
        }
    }

    pub(super) fn decide(
        self,
        certificate: &Certificate,
        issuer: &Certificate,
        request: &RevocationRequest<'_>,
    ) -> CertificateStatus {
        let (status, decisive) = self.weigh(request);
        CertificateStatus {
            certificate: certificate.clone(),
            issuer: issuer.clone(),
            status,
            source: decisive.map(|evidence| evidence.source.clone()),
            this_update: decisive.map(|evidence| evidence.this_update),
            next_update: decisive.and_then(|evidence| evidence.next_update),
            produced_at: decisive.and_then(|evidence| evidence.produced_at),
            signer: decisive.map(|evidence| evidence.signer.certificate.clone()),
            signer_status_unknown: decisive.is_some_and(|evidence| evidence.signer.status_unknown),
            invalidity_date: decisive.and_then(|evidence| evidence.invalidity_date),
            set_aside: self.set_aside,
        }
    }

    fn weigh(&self, request: &RevocationRequest<'_>) -> (RevocationStatus, Option<&Evidence>) {
        if let Some(revoked) = self.revoked(request) {
            return revoked;
        }
        if self.exhausted {
            return (RevocationStatus::BudgetExhausted, None);
        }
        let current = || self.evidence.iter().filter(|one| is_current(one.this_update, one.next_update, request));
        let holds = current().filter_map(|one| match one.says {
            Says::OnHold { since } => Some((one, since)),
            _ => None,
        });
        let hold = holds.max_by_key(|(one, _)| one.this_update);
        let mut good: Vec<&Evidence> = current().filter(|one| one.says == Says::Good && one.conclusive).collect();
        good.sort_by_key(|one| core::cmp::Reverse(one.this_update));
        let covered = covering(&good);
        match (hold, covered) {
            (Some((hold, since)), covered) if covered.is_none_or(|good| good.this_update <= hold.this_update) => {
                return (RevocationStatus::OnHold { since }, Some(hold));
            }
            (_, Some(good)) => return (RevocationStatus::Good, Some(good)),
            _ => {}
        }
        if let Some(unknown) = current().filter(|one| one.says == Says::Unknown).max_by_key(|one| one.this_update) {
            return (RevocationStatus::Unknown, Some(unknown));
        }
        if let Some(partly) = good.first() {
            return (RevocationStatus::Incomplete { gap: Gap::Reasons }, Some(partly));
        }
        if let Some(late) = current().max_by_key(|one| one.this_update) {
            return (RevocationStatus::IssuedAfterExpiry, Some(late));
        }
        if let Some(stale) = self.evidence.iter().max_by_key(|one| one.this_update) {
            return (RevocationStatus::Stale, Some(stale));
        }
        (self.without_evidence(), None)
    }

    /// A revocation counts however old the list is: it is final. Only a newer delta CRL takes it back.
    fn revoked(&self, request: &RevocationRequest<'_>) -> Option<(RevocationStatus, Option<&Evidence>)> {
        let taken_back = |revoked: &Evidence| {
            self.evidence.iter().any(|one| {
                one.removes
                    && one.this_update > revoked.this_update
                    && is_current(one.this_update, one.next_update, request)
            })
        };
        let revocations: Vec<_> = self
            .evidence
            .iter()
            .filter_map(|one| match one.says {
                Says::Revoked { date, reason } if !taken_back(one) => Some((one, date, reason)),
                _ => None,
            })
            .collect();
        let (earliest, date, reason) = revocations.iter().min_by_key(|(one, date, _)| (*date, one.this_update))?;
        let compromised = revocations.iter().map(|(.., reason)| *reason).find(|reason| reason.is_compromise());
        let reason = compromised.unwrap_or(*reason);
        Some((RevocationStatus::Revoked { date: *date, reason }, Some(*earliest)))
    }

    fn without_evidence(&self) -> RevocationStatus {
        let reasons = || self.set_aside.iter().map(|set_aside| &set_aside.why);
        let status = |why: &WhySetAside| match why {
            WhySetAside::DeltaWithoutBase => RevocationStatus::Incomplete { gap: Gap::DeltaWithoutBase },
            WhySetAside::NotSupported { what } => RevocationStatus::NotSupported { what: what.clone() },
            WhySetAside::NotAuthenticated(why) => RevocationStatus::NotAuthenticated(why.clone()),
        };
        let rank = |why: &&WhySetAside| match why {
            WhySetAside::DeltaWithoutBase => 0,
            WhySetAside::NotSupported { .. } => 1,
            // Something that is wrong says more than something that is missing.
            WhySetAside::NotAuthenticated(NotAuthenticated::SignerNotFound) => 3,
            WhySetAside::NotAuthenticated(_) => 2,
        };
        reasons().min_by_key(rank).map_or(RevocationStatus::Absent, status)
    }
}

/// Of sources that say "good", newest first: the one with which every reason is covered.
fn covering<'e>(good: &[&'e Evidence]) -> Option<&'e Evidence> {
    let mut covers = ReasonFlags::NONE;
    good.iter().copied().find(|one| {
        covers = covers.or(one.covers);
        covers.is_all()
    })
}
