//! How long evidence is kept, and what that asks of its renewal.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::zone::Zone;

/// The time that evidence is kept: whole calendar years after the year of the transaction, in the days of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    zone: Zone,
    full_years: u16,
}

/// What the end of retention says about a proof or a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It is kept, and what is there verifies until the end of retention without a renewal.
    Covered,
    /// It is kept, and has to be renewed before this instant: its verdict ends there, before retention does.
    RenewBefore(DateTime<Utc>),
    /// It was deleted, or is to be deleted, before the end of retention.
    KeptTooShort,
    /// Retention has ended, and it is still there. A dispute is a reason to keep it.
    KeptTooLong,
}

impl Retention {
    /// Ten full years from the 1st of January that follows the transaction, in the days of Belgium: the rule for the audit
    /// trail of the eBox (ATREQ01). The transaction counts if it was only attempted.
    pub fn belgian_ebox() -> Option<Self> {
        Zone::named("Europe/Brussels").ok().map(|zone| Self::new(zone, 10))
    }

    /// A number of full years from the 1st of January that follows the transaction, in the days of a zone.
    pub fn new(zone: Zone, full_years: u16) -> Self {
        Self { zone, full_years }
    }

    /// Returns the first instant at which evidence of a transaction of this time need not be kept any more.
    pub fn keep_until(&self, transaction: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let year = self.zone.day_of(transaction)?.year();
        let after = year.checked_add(i32::from(self.full_years))?.checked_add(1)?;
        self.zone.start_of(NaiveDate::from_ymd_opt(after, 1, 1)?)
    }

    /// Returns the first instant at which nothing of a dossier need be kept any more: that of its latest transaction, since a
    /// late opening or a reply prolongs the dossier.
    pub fn keep_dossier_until(&self, transactions: impl IntoIterator<Item = DateTime<Utc>>) -> Option<DateTime<Utc>> {
        transactions.into_iter().max().and_then(|latest| self.keep_until(latest))
    }
}

impl Keeping {
    /// Compares retention with a proof that is at hand: `keep_until` is exclusive, and `verifiable_until` is that of its
    /// report, `None` if nothing sets an end.
    pub fn of(keep_until: DateTime<Utc>, verifiable_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        match verifiable_until {
            _ if now >= keep_until => Self::KeptTooLong,
            Some(end) if end < keep_until => Self::RenewBefore(end),
            Some(_) | None => Self::Covered,
        }
    }

    /// Compares retention with a deletion: of a proof that is gone, or by a date that a system has set for it.
    pub fn of_deletion(keep_until: DateTime<Utc>, deleted_at: DateTime<Utc>) -> Option<Self> {
        (deleted_at < keep_until).then_some(Self::KeptTooShort)
    }
}
