//! The legal moments of a letter under a regime.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::regime::{BeyondReach, Effect, EffectiveOn, Milestone, Period, Regime};

/// What is proven to have happened to a letter for one recipient, and when.
///
/// Each instant is the event time of evidence that verified. The first one of a kind counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Milestones {
    /// The service took charge of the letter.
    pub submitted: Option<DateTime<Utc>>,
    /// The recipient was first asked to accept or refuse.
    pub asked: Option<DateTime<Utc>>,
    /// The recipient accepted.
    pub accepted: Option<DateTime<Utc>>,
    /// The recipient refused.
    pub refused: Option<DateTime<Utc>>,
    /// The service stated that the period ended without an answer (C.5).
    pub expired: Option<DateTime<Utc>>,
    /// The content first lay where the recipient can reach it.
    pub available: Option<DateTime<Utc>>,
    /// The recipient was first told that it lies there.
    pub notified: Option<DateTime<Utc>>,
    /// The recipient first opened it, or it was handed over.
    pub opened: Option<DateTime<Utc>>,
}

/// An instant with its day in the time zone of the regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The day that a calendar in the zone of the regime shows then.
    pub day: NaiveDate,
    /// What happened then.
    pub milestone: Milestone,
}

/// Why a letter counts as served, refused or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Basis {
    /// A proof shows that the letter was received.
    ProofOfReceipt,
    /// A proof shows that the recipient refused it.
    ProofOfRefusal,
    /// The period ended without an answer, and the service has proven that.
    ProofOfExpiry,
    /// The period has ended and no proof shows an answer. An answer in time may still turn up.
    NoProofOfAnswer,
}

/// What a letter counts as under a regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Deemed {
    /// What it counts as.
    pub effect: Effect,
    /// The day on which it does, in the zone of the regime.
    pub day: NaiveDate,
    /// The instant from which it can be said: that of the receipt or refusal, or the end of the period.
    pub at: DateTime<Utc>,
    /// What that rests on.
    pub basis: Basis,
}

/// The moments of a letter for one recipient, under one regime.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Moments<'a> {
    /// The regime, with its source and what could not be read of it.
    pub regime: &'a Regime,
    /// The moment at which the letter counts as sent.
    pub sent: Option<Moment>,
    /// The moment at which it was received.
    pub received: Option<Moment>,
    /// The period for an answer, if the regime has one and it has begun.
    pub period: Option<Period>,
    /// What the letter counts as. It is `None` while that is open, and where the regime says nothing.
    pub deemed: Option<Deemed>,
}

impl Milestones {
    /// Returns the instant of a milestone, if it was reached.
    pub fn at(&self, milestone: Milestone) -> Option<DateTime<Utc>> {
        match milestone {
            Milestone::Submitted => self.submitted,
            Milestone::Asked => self.asked,
            Milestone::Accepted => self.accepted,
            Milestone::Available => self.available,
            Milestone::Notified => self.notified,
            Milestone::Opened => self.opened,
        }
    }

    /// Those that were reached, each with its name.
    pub(super) fn reached(&self) -> impl Iterator<Item = (&'static str, DateTime<Utc>)> {
        let named = [
            ("submitted", self.submitted),
            ("asked", self.asked),
            ("accepted", self.accepted),
            ("refused", self.refused),
            ("expired", self.expired),
            ("available", self.available),
            ("notified", self.notified),
            ("opened", self.opened),
        ];
        named.into_iter().filter_map(|(name, at)| Some((name, at?)))
    }

    /// The first of some milestones that was reached.
    fn first(&self, of: &[Milestone]) -> Option<(DateTime<Utc>, Milestone)> {
        of.iter().filter_map(|milestone| self.at(*milestone).map(|at| (at, *milestone))).min()
    }
}

/// Says when a letter was sent and received under a regime, until when it can be answered, and what it counts as.
///
/// A day is a day in the zone of the regime. An answer of the first instant after the period is late.
///
/// # Errors
/// [`BeyondReach`], if a day cannot be counted.
pub fn moments<'a>(regime: &'a Regime, reached: &Milestones, now: DateTime<Utc>) -> Result<Moments<'a>, BeyondReach> {
    let moment = |(at, milestone)| regime.day(at).map(|day| Moment { at, day, milestone });
    let sent = reached.first(&[regime.sent()]).map(moment).transpose()?;
    let received = reached.first(regime.received()).map(moment).transpose()?;
    let period = match regime.period_rule().and_then(|rule| reached.first(&rule.starts)) {
        Some((start, _)) => regime.period(start)?,
        None => None,
    };
    let deemed = deemed(regime, reached, received, period, now)?;
    Ok(Moments { regime, sent, received, period, deemed })
}

fn deemed(
    regime: &Regime,
    reached: &Milestones,
    received: Option<Moment>,
    period: Option<Period>,
    now: DateTime<Utc>,
) -> Result<Option<Deemed>, BeyondReach> {
    let in_time = |at: DateTime<Utc>| period.is_none_or(|period| at < period.until);
    if let Some(at) = reached.refused.filter(|at| in_time(*at)) {
        let basis = Basis::ProofOfRefusal;
        return Ok(Some(Deemed { effect: Effect::Refused, day: regime.day(at)?, at, basis }));
    }
    let receipt = received.map(|received| Deemed {
        effect: Effect::Served,
        day: received.day,
        at: received.at,
        basis: Basis::ProofOfReceipt,
    });
    // Whoever accepted in time answered, and the letter waits for the handover.
    if receipt.is_some_and(|receipt| in_time(receipt.at)) || reached.accepted.is_some_and(in_time) {
        return Ok(receipt);
    }
    match lapsed(regime, reached, period, now)? {
        // The law attaches nothing to the end of the period, so that a late receipt is a receipt.
        Some(Deemed { effect: Effect::Nothing, .. }) if receipt.is_some() => Ok(receipt),
        lapsed => Ok(lapsed),
    }
}

/// What the end of the period makes of the letter, once it is over.
fn lapsed(
    regime: &Regime,
    reached: &Milestones,
    period: Option<Period>,
    now: DateTime<Utc>,
) -> Result<Option<Deemed>, BeyondReach> {
    let (Some(period), Some(rule)) = (period, regime.period_rule()) else { return Ok(None) };
    let basis = match reached.expired {
        // Evidence of expiry that is older than the end of the period proves nothing.
        Some(expired) if expired >= period.until => Basis::ProofOfExpiry,
        Some(_) | None if now >= period.until => Basis::NoProofOfAnswer,
        Some(_) | None => return Ok(None),
    };
    let day = match rule.effective {
        EffectiveOn::LastDay => period.last,
        EffectiveOn::DayAfter => regime.next(period.last)?,
    };
    Ok(Some(Deemed { effect: rule.effect, day, at: period.until, basis }))
}
