//! The regimes that this crate knows, each with its source and what could not be read of it.

use chrono::TimeDelta;

use super::regime::{Effect, EffectiveOn, Milestone, PeriodRule, Regime, Source, SourceStanding, Span};
use super::zone::Zone;

/// A row of the table of regimes.
struct Row {
    name: &'static str,
    zone: &'static str,
    sent: Milestone,
    received: &'static [Milestone],
    period: Option<PeriodRow>,
    source: &'static str,
    standing: SourceStanding,
    not_read: &'static str,
}

struct PeriodRow {
    starts: &'static [Milestone],
    spans: &'static [Span],
    warned_after_hours: Option<u16>,
    effect: Effect,
    effective: EffectiveOn,
}

/// A period of whole days.
const fn days(
    starts: &'static [Milestone],
    spans: &'static [Span],
    effect: Effect,
    effective: EffectiveOn,
) -> Option<PeriodRow> {
    Some(PeriodRow { starts, spans, warned_after_hours: None, effect, effective })
}

const ROWS: &[Row] = &[
    Row {
        name: "FR-LRE",
        zone: "Europe/Paris",
        sent: Milestone::Submitted,
        received: &[Milestone::Opened],
        period: days(&[Milestone::Asked], &[Span::Days(15)], Effect::Nothing, EffectiveOn::DayAfter),
        source: "France: Code des postes et des communications électroniques, L. 100 and R. 53-1 to R. 53-4 (decree 2018-347): R. 53-3 counts fifteen days from the day after the notice, and wants the proof that nobody claimed the letter by the day after them",
        standing: SourceStanding::Read,
        not_read: "R. 53-3 attaches no fiction of service to a letter that nobody claims; another law may",
    },
    Row {
        name: "PL-PURDE-PRIVATE",
        zone: "Europe/Warsaw",
        sent: Milestone::Submitted,
        received: &[Milestone::Opened],
        period: days(&[Milestone::Available], &[Span::Days(14)], Effect::Served, EffectiveOn::DayAfter),
        source: "Poland: act of 18 November 2020 on electronic delivery, articles 41 and 42, from a public sender to a private recipient: served on the day that follows 14 days after the day of arrival",
        standing: SourceStanding::Read,
        not_read: "",
    },
    Row {
        name: "PL-PURDE-PUBLIC",
        zone: "Europe/Warsaw",
        sent: Milestone::Submitted,
        received: &[Milestone::Available],
        period: None,
        source: "Poland: act of 18 November 2020 on electronic delivery, articles 41 and 42, to a public recipient",
        standing: SourceStanding::Read,
        not_read: "",
    },
    Row {
        name: "ES-LPAC",
        zone: "Europe/Madrid",
        sent: Milestone::Available,
        received: &[Milestone::Opened],
        period: days(&[Milestone::Available], &[Span::Days(10)], Effect::Refused, EffectiveOn::DayAfter),
        source: "Spain: Ley 39/2015, article 43: making the letter available fulfils the sender's duty, and periods run from the day after it was opened; the ten natural days begin on the day after (article 30.3)",
        standing: SourceStanding::ReadInPart,
        not_read: "whether the refusal is of the tenth day, once it is over, or of the day after, on which readers differ and the Supreme Court was asked; the fiction holds where electronic form is obligatory or was chosen; a guide to public procurement has five days",
    },
    Row {
        name: "DE-VWZG",
        zone: "Europe/Berlin",
        sent: Milestone::Submitted,
        received: &[Milestone::Opened],
        period: days(&[Milestone::Submitted], &[Span::Days(4)], Effect::Served, EffectiveOn::LastDay),
        source: "Germany: Verwaltungszustellungsgesetz, § 5a(4) (De-Mail), as in force since 1 January 2025: the fourth day after the sending",
        standing: SourceStanding::Read,
        not_read: "the fiction holds where the recipient asked for electronic form, and can be disproved; for letters sent before 2025 see DE-VWZG-2024",
    },
    Row {
        name: "DE-VWZG-2024",
        zone: "Europe/Berlin",
        sent: Milestone::Submitted,
        received: &[Milestone::Opened],
        period: days(&[Milestone::Submitted], &[Span::Days(3)], Effect::Served, EffectiveOn::LastDay),
        source: "Germany: Verwaltungszustellungsgesetz, § 5a(4) (De-Mail), as in force until 31 December 2024: the third day after the sending",
        standing: SourceStanding::Dated,
        not_read: "the fiction holds where the recipient asked for electronic form, and can be disproved",
    },
    Row {
        name: "CH-EGOV",
        zone: "Europe/Zurich",
        sent: Milestone::Submitted,
        received: &[Milestone::Opened],
        period: days(&[Milestone::Submitted], &[Span::Days(7)], Effect::Served, EffectiveOn::LastDay),
        source: "Switzerland: receipts of the platforms for delivery in proceedings, which can be fetched for seven days; registered mail that nobody fetches is served on the seventh (Zivilprozessordnung, article 138(3)(a))",
        standing: SourceStanding::ReadInPart,
        not_read: "the ordinances, and so whether the fiction for registered mail holds for the platforms; it needs a recipient who had to expect the delivery",
    },
    Row {
        name: "IT-PEC",
        zone: "Europe/Rome",
        sent: Milestone::Submitted,
        received: &[Milestone::Available],
        period: Some(PeriodRow {
            starts: &[Milestone::Submitted],
            spans: &[Span::Hours(24)],
            warned_after_hours: Some(12),
            effect: Effect::Nothing,
            effective: EffectiveOn::LastDay,
        }),
        source: "Italy: D.P.R. 68/2005, article 3, and Codice dell'amministrazione digitale, article 45(2): delivered when it is available in the recipient's box, opened or not; notice of failure within 24 hours",
        standing: SourceStanding::ReadInPart,
        not_read: "the technical rules behind the warning after 12 hours; a notification of a lawyer follows rules of its own",
    },
    Row {
        name: "DK-DIGITAL-POST",
        zone: "Europe/Copenhagen",
        sent: Milestone::Submitted,
        received: &[Milestone::Available],
        period: None,
        source: "Denmark: act on Digital Post from public senders, § 10, no. 1: arrived when the message is available to the recipient",
        standing: SourceStanding::Read,
        not_read: "",
    },
    Row {
        name: "AT-ZUSTG",
        zone: "Europe/Vienna",
        sent: Milestone::Submitted,
        received: &[Milestone::Opened],
        period: days(
            &[Milestone::Asked, Milestone::Notified],
            &[Span::WorkingDays(1)],
            Effect::Served,
            EffectiveOn::LastDay,
        ),
        source: "Austria: Zustellgesetz, § 35(5) and (6), by a judgment on it (3 Ob 11/19t): served on the first working day after the first electronic notice was sent, or when it is fetched before",
        standing: SourceStanding::ReadInPart,
        not_read: "the text itself, and so what a Saturday is; public holidays are days off only if the caller states them; no fiction where the recipient could not know of the notices",
    },
    Row {
        name: "BE-EBOX",
        zone: "Europe/Brussels",
        sent: Milestone::Submitted,
        received: &[],
        period: None,
        source: "Belgium: eBox law of 27 February 2019, as changed on 13 September 2023",
        standing: SourceStanding::ReadInPart,
        not_read: "the moments of receipt and the periods that the law sets by default; state them as a regime of your own",
    },
    Row {
        name: "EU-QERDS",
        zone: "UTC",
        sent: Milestone::Submitted,
        received: &[Milestone::Opened],
        period: None,
        source: "European Union: Regulation (EU) No 910/2014, article 43(2): the times of sending and of receipt by the addressee that a qualified service states are presumed right",
        standing: SourceStanding::Read,
        not_read: "",
    },
];

impl Regime {
    /// Returns the regimes that this crate knows.
    pub fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().filter_map(Self::of)
    }

    /// Returns the regime of a name, such as `FR-LRE`.
    pub fn named(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).and_then(Self::of)
    }

    fn of(row: &Row) -> Option<Self> {
        let source = Source { text: row.source.to_owned(), standing: row.standing, not_read: row.not_read.to_owned() };
        let regime = Self::new(row.name, Zone::named(row.zone).ok()?)
            .with_sent(row.sent)
            .with_received(row.received)
            .with_source(source);
        Some(match &row.period {
            None => regime,
            Some(period) => regime.with_period(PeriodRule {
                starts: period.starts.to_vec(),
                spans: period.spans.to_vec(),
                warned_after: period.warned_after_hours.map(|hours| TimeDelta::hours(hours.into())),
                effect: period.effect,
                effective: period.effective,
            }),
        })
    }
}
