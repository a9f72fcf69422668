//! This module joins the entries of a CRL for one certificate.

use chrono::{DateTime, Utc};

use super::crl::Crl;
use super::crl_entry::CrlEntry;
use super::decide::{CertStatus, severity};
use super::reason::RevocationReason;
use crate::pki::Certificate;

/// What the entries of a CRL for one certificate say together.
///
/// RFC 5280 does not say what several entries for one certificate mean. A revocation counts before a hold. Of several the
/// earliest date, the worst reason and the earliest invalidityDate count, so that no entry plays another one down.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    pub(super) kind: EntryKind,
    date: DateTime<Utc>,
    reason: RevocationReason,
    /// The revocation date beside the reason.
    date_of_reason: DateTime<Utc>,
    pub(super) invalidity_date: Option<DateTime<Utc>>,
}

/// The kinds of entries, the strictest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EntryKind {
    Revocation,
    Hold,
    /// It ends a hold, in a delta CRL.
    Removal,
}

impl Listed {
    /// Joins the entries of a CRL for this certificate. Returns `None` if there is none.
    pub(super) fn in_crl(crl: &Crl, certificate: &Certificate) -> Option<Self> {
        crl.entries_of(certificate).map(|entry| Self::of(&entry)).reduce(Self::joined)
    }

    fn of(entry: &CrlEntry<'_>) -> Self {
        let date = entry.revocation_date;
        let reason = entry.reason.unwrap_or(RevocationReason::Unspecified);
        let kind = match CertStatus::revoked(date, entry.reason) {
            CertStatus::Revoked { .. } => EntryKind::Revocation,
            CertStatus::OnHold { .. } if reason == RevocationReason::RemoveFromCrl => EntryKind::Removal,
            CertStatus::OnHold { .. } | CertStatus::Good | CertStatus::Unknown => EntryKind::Hold,
        };
        Self { kind, date, reason, date_of_reason: date, invalidity_date: entry.invalidity_date }
    }

    fn joined(self, entry: Self) -> Self {
        if self.kind != entry.kind {
            return if self.kind < entry.kind { self } else { entry };
        }
        let worse = if self.severity() < entry.severity() { entry } else { self };
        Self {
            kind: self.kind,
            date: self.date.min(entry.date),
            reason: worse.reason,
            date_of_reason: worse.date_of_reason,
            invalidity_date: self.invalidity_date.into_iter().chain(entry.invalidity_date).min(),
        }
    }

    fn severity(&self) -> impl Ord + use<> {
        severity(self.date_of_reason, self.reason)
    }

    pub(super) fn is_revocation(self) -> bool {
        self.kind == EntryKind::Revocation
    }

    /// Returns true for a revocation and for a hold, and not for what ends a hold.
    pub(super) fn is_against(self) -> bool {
        match self.kind {
            EntryKind::Revocation | EntryKind::Hold => true,
            EntryKind::Removal => false,
        }
    }

    pub(super) fn cert_status(self) -> CertStatus {
        CertStatus::revoked(self.date, Some(self.reason))
    }
}
