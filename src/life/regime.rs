//! What a law or a contract says about the moments of a registered letter, as data.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use serde::{Serialize, Serializer};

use super::zone::Zone;

/// A thing that happens to a letter for one recipient, and that a regime can count from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Milestone {
    /// The service took charge of the letter (A.1), or it came in from outside (F.3).
    Submitted,
    /// The recipient was first asked to accept or refuse (C.1).
    Asked,
    /// The recipient accepted (C.3).
    Accepted,
    /// The content first lay where the recipient can reach it (D.1).
    Available,
    /// The recipient was first told that the content lies there (D.3).
    Notified,
    /// The recipient first opened the content (D.6), or it was handed over (E.1).
    Opened,
}

/// A stretch of a period. The next one begins where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Span {
    /// As many hours of 60 minutes.
    Hours(u16),
    /// As many whole days of the zone. Day 1 is the day after.
    Days(u16),
    /// As many days of the zone that are neither Saturdays, Sundays nor days off. The first one is after the day itself.
    WorkingDays(u16),
}

/// What the law makes of a period that ends without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Effect {
    /// The letter is deemed served.
    Served,
    /// The letter is deemed refused.
    Refused,
    /// The law attaches no fiction.
    Nothing,
}

/// The day on which the end of a period has its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EffectiveOn {
    /// The last day of the period.
    LastDay,
    /// The day after the last day of the period.
    DayAfter,
}

/// The period in which the recipient answers or fetches the letter, and what follows where nothing happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodRule {
    /// The period starts at the first of these.
    pub starts: Vec<Milestone>,
    /// The stretches of which it consists, in this order.
    pub spans: Vec<Span>,
    /// The time after the start at which the sender is warned that nothing has happened, if the regime knows it.
    pub warned_after: Option<TimeDelta>,
    /// What the law makes of a period that ends without an answer.
    pub effect: Effect,
    /// The day on which it has this effect.
    pub effective: EffectiveOn,
}

/// How a regime's rules were established.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SourceStanding {
    /// Its text was read, or a faithful account of it.
    Read,
    /// Some of it was read, and [`Source::not_read`] says what was not.
    ReadInPart,
    /// An edition was read that a later one may have replaced.
    Dated,
    /// The caller stated the rules.
    Stated,
}

/// Where a regime's rules come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// The law or specification.
    pub text: String,
    /// How the rules were established.
    pub standing: SourceStanding,
    /// What could not be read, and the conditions that no proof shows. It is empty if there is nothing to say.
    pub not_read: String,
}

/// A period that has been counted, in the days of its zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The instant from which it was counted.
    pub from: DateTime<Utc>,
    /// Its first day: that after the start, or the day of the start where hours are counted.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
    /// The first instant that is too late.
    pub until: DateTime<Utc>,
    /// The instant at which the sender is warned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warned_at: Option<DateTime<Utc>>,
}

/// The rules of one law, contract or service about the moments of a letter.
///
/// No letter is "delivered" without a regime: the same proofs are a receipt under one law and not yet under another.
#[derive(Clone, PartialEq)]
pub struct Regime {
    name: String,
    zone: Zone,
    sent: Milestone,
    received: Vec<Milestone>,
    period: Option<PeriodRule>,
    days_off: BTreeSet<NaiveDate>,
    source: Source,
}

/// A day or an instant lies beyond the years that the rules of time zones reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the day lies beyond the years that can be counted")]
pub struct BeyondReach;

impl Regime {
    /// A regime of the caller's own. Sent is when the letter was submitted, and nothing else has a rule yet.
    pub fn new(name: impl Into<String>, zone: Zone) -> Self {
        let source = Source { text: String::new(), standing: SourceStanding::Stated, not_read: String::new() };
        Self {
            name: name.into(),
            zone,
            sent: Milestone::Submitted,
            received: Vec::new(),
            period: None,
            days_off: BTreeSet::new(),
            source,
        }
    }

    /// States at which milestone the letter counts as sent.
    #[must_use]
    pub fn with_sent(mut self, sent: Milestone) -> Self {
        self.sent = sent;
        self
    }

    /// States at which milestones the letter counts as received: at the first of them.
    #[must_use]
    pub fn with_received(mut self, received: impl Into<Vec<Milestone>>) -> Self {
        self.received = received.into();
        self
    }

    /// States the period in which the recipient answers or fetches the letter.
    #[must_use]
    pub fn with_period(mut self, period: PeriodRule) -> Self {
        self.period = Some(period);
        self
    }

    /// States the days that are no working days beside Saturdays and Sundays.
    #[must_use]
    pub fn with_days_off(mut self, days_off: impl IntoIterator<Item = NaiveDate>) -> Self {
        self.days_off = days_off.into_iter().collect();
        self
    }

    /// States where the rules come from.
    #[must_use]
    pub fn with_source(mut self, source: Source) -> Self {
        self.source = source;
        self
    }

    /// Returns the name of the regime, as [`Terms`](crate::evidence::Terms) and reports have it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the time zone in which its days are counted.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Returns the milestone at which the letter counts as sent.
    pub fn sent(&self) -> Milestone {
        self.sent
    }

    /// Returns the milestones of which the first makes the letter received.
    pub fn received(&self) -> &[Milestone] {
        &self.received
    }

    /// Returns the rule of the period for an answer.
    pub fn period_rule(&self) -> Option<&PeriodRule> {
        self.period.as_ref()
    }

    /// Returns where the rules come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Counts the period that starts at an instant. It is `None` for a regime without a period.
    ///
    /// # Errors
    /// [`BeyondReach`], if a day of it cannot be counted.
    pub fn period(&self, from: DateTime<Utc>) -> Result<Option<Period>, BeyondReach> {
        self.period.as_ref().map(|rule| self.count(rule, from)).transpose()
    }

    fn count(&self, rule: &PeriodRule, from: DateTime<Utc>) -> Result<Period, BeyondReach> {
        let mut end = End::At(from);
        for span in &rule.spans {
            end = self.after(end, *span)?;
        }
        let start = self.day(from)?;
        let first = match rule.spans.first() {
            Some(Span::Hours(_)) | None => start,
            Some(Span::Days(_) | Span::WorkingDays(_)) => self.next(start)?,
        };
        let (last, until) = match end {
            // The day of the last instant that is in time.
            End::At(until) => {
                let last_instant = until.checked_sub_signed(TimeDelta::nanoseconds(1)).ok_or(BeyondReach)?;
                (self.day(last_instant)?, until)
            }
            End::Day(last) => (last, self.start(self.next(last)?)?),
        };
        let warned_at = rule.warned_after.map(|after| from.checked_add_signed(after).ok_or(BeyondReach)).transpose()?;
        Ok(Period { from, first, last, until, warned_at })
    }

    fn after(&self, end: End, span: Span) -> Result<End, BeyondReach> {
        let day = match end {
            End::At(instant) => self.day(instant)?,
            End::Day(day) => day,
        };
        match span {
            Span::Hours(hours) => {
                let start = match end {
                    End::At(instant) => instant,
                    End::Day(day) => self.start(self.next(day)?)?,
                };
                start.checked_add_signed(TimeDelta::hours(hours.into())).map(End::At).ok_or(BeyondReach)
            }
            Span::Days(days) => self.zone.days_after(day, days.into()).map(End::Day).ok_or(BeyondReach),
            Span::WorkingDays(days) => {
                let mut day = day;
                for _ in 0..days {
                    day = self.next_working_day(day)?;
                }
                Ok(End::Day(day))
            }
        }
    }

    fn next_working_day(&self, day: NaiveDate) -> Result<NaiveDate, BeyondReach> {
        let mut day = self.next(day)?;
        while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || self.days_off.contains(&day) {
            day = self.next(day)?;
        }
        Ok(day)
    }

    /// The next day of the zone.
    pub(super) fn next(&self, day: NaiveDate) -> Result<NaiveDate, BeyondReach> {
        self.zone.days_after(day, 1).ok_or(BeyondReach)
    }

    pub(super) fn day(&self, instant: DateTime<Utc>) -> Result<NaiveDate, BeyondReach> {
        self.zone.day_of(instant).ok_or(BeyondReach)
    }

    fn start(&self, day: NaiveDate) -> Result<DateTime<Utc>, BeyondReach> {
        self.zone.start_of(day).ok_or(BeyondReach)
    }
}

/// Where a period ends, after some of its stretches.
#[derive(Clone, Copy)]
enum End {
    /// At an instant, which is itself too late.
    At(DateTime<Utc>),
    /// With a day.
    Day(NaiveDate),
}

impl fmt::Debug for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regime").field(&self.name).finish()
    }
}

impl Serialize for Regime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown<'a> {
            name: &'a str,
            zone: &'a str,
            source: &'a Source,
        }
        Shown { name: &self.name, zone: self.zone.name(), source: &self.source }.serialize(serializer)
    }
}
