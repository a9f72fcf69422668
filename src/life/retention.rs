//! How long evidence is kept, and what that asks of its renewal.

use std::fmt;

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use serde::Serialize;

use super::zone::Zone;

/// The time that evidence is kept: whole calendar years after the year of the transaction, in the days of one place, and never
/// less than a floor.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    name: String,
    zone: Zone,
    full_years: u16,
    floor: Months,
    hold: Hold,
}

/// Whether something keeps a dossier after the end of its retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Nothing,
    Dispute,
}

/// What the end of retention says about a proof or a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "keeping", content = "before")]
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

/// A row of the table of rules.
struct Row {
    name: &'static str,
    zone: &'static str,
    full_years: u16,
    floor_months: u32,
}

const ROWS: &[Row] = &[
    Row { name: "BE-EBOX", zone: "Europe/Brussels", full_years: 10, floor_months: 0 },
    Row { name: "FR-LRE", zone: "Europe/Paris", full_years: 0, floor_months: 12 },
];

impl Retention {
    /// Returns the rules that this crate knows: `BE-EBOX` and `FR-LRE`.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().filter_map(Self::of)
    }

    /// Returns the rule of a name.
    ///
    /// `BE-EBOX` is ten full years from the 1st of January that follows the transaction, in the days of Belgium: the rule for the
    /// audit trail of the eBox (ATREQ01). The transaction counts if it was only attempted. `FR-LRE` is a year from each proof,
    /// in the days of France: the floor for electronic registered mail (R. 53-3 CPCE).
    pub fn named(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).and_then(Self::of)
    }

    fn of(row: &Row) -> Option<Self> {
        let rule = Self::new(row.name, Zone::named(row.zone).ok()?, row.full_years);
        Some(rule.with_floor(Months::new(row.floor_months)))
    }

    /// A rule of the caller's own: a number of full years from the 1st of January that follows the transaction, in the days of
    /// a zone.
    pub fn new(name: impl Into<String>, zone: Zone, full_years: u16) -> Self {
        Self { name: name.into(), zone, full_years, floor: Months::new(0), hold: Hold::Nothing }
    }

    /// Returns the name of the rule.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// States the least time that each proof is kept, which counts where the years end before. The day that is as many months
    /// later is kept whole.
    #[must_use]
    pub fn with_floor(mut self, floor: Months) -> Self {
        self.floor = floor;
        self
    }

    /// States that a dispute holds the dossier: whatever the years say, nothing is kept too long, and what is kept must verify.
    #[must_use]
    pub fn held_by_dispute(mut self) -> Self {
        self.hold = Hold::Dispute;
        self
    }

    /// Tells if a dispute holds the dossier.
    pub fn is_held(&self) -> bool {
        self.hold == Hold::Dispute
    }

    /// Returns the first instant at which evidence of a transaction of this time need not be kept any more.
    pub fn keep_until(&self, transaction: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = self.zone.day_of(transaction)?;
        let after = day.year().checked_add(i32::from(self.full_years))?.checked_add(1)?;
        let years = self.zone.start_of(NaiveDate::from_ymd_opt(after, 1, 1)?)?;
        let floor = self.zone.start_of(day.checked_add_months(self.floor)?.succ_opt()?)?;
        Some(years.max(floor))
    }

    /// Returns the first instant at which nothing of a dossier need be kept any more: that of its latest transaction, since a
    /// late opening or a reply prolongs the dossier.
    pub fn keep_dossier_until(&self, transactions: impl IntoIterator<Item = DateTime<Utc>>) -> Option<DateTime<Utc>> {
        transactions.into_iter().max().and_then(|latest| self.keep_until(latest))
    }

    /// Compares retention with a proof that is at hand: `keep_until` is exclusive, and `verifiable_until` is that of its
    /// report, `None` if nothing sets an end.
    pub fn keeping(
        &self,
        keep_until: DateTime<Utc>,
        verifiable_until: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Keeping {
        match (self.hold, verifiable_until) {
            // Nobody knows when the dispute ends.
            (Hold::Dispute, Some(end)) => Keeping::RenewBefore(end),
            (Hold::Dispute, None) => Keeping::Covered,
            (Hold::Nothing, _) if now >= keep_until => Keeping::KeptTooLong,
            (Hold::Nothing, Some(end)) if end < keep_until => Keeping::RenewBefore(end),
            (Hold::Nothing, Some(_) | None) => Keeping::Covered,
        }
    }

    /// Compares retention with a deletion: of a proof that is gone, or by a date that a system has set for it.
    pub fn keeping_of_deleted(&self, keep_until: DateTime<Utc>, deleted_at: DateTime<Utc>) -> Option<Keeping> {
        (self.is_held() || deleted_at < keep_until).then_some(Keeping::KeptTooShort)
    }
}

impl fmt::Display for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Covered => f.write_str("verifies until then"),
            Self::RenewBefore(end) => write!(f, "renew before {end:?}"),
            Self::KeptTooShort => f.write_str("kept too short: it is not at hand"),
            Self::KeptTooLong => f.write_str("kept too long: retention has ended"),
        }
    }
}
