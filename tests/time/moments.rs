//! When a letter was sent, received or deemed served, in the days of the law.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use recommande::life::{
    Basis, Effect, EffectiveOn, Milestone, Milestones, NotRules, Period, PeriodRule, Regime, Source, SourceStanding,
    Span, UnknownZone, Zone, moments,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn regime(name: &str) -> Regime {
    Regime::named(name).unwrap()
}

fn period(name: &str, from: &str) -> Period {
    regime(name).period(at(from)).unwrap().unwrap()
}

/// First day, last day and the first instant that is too late.
fn days(name: &str, from: &str) -> (NaiveDate, NaiveDate, DateTime<Utc>) {
    let period = period(name, from);
    (period.first, period.last, period.until)
}

/// What the letter counts as: effect, day, basis.
fn deemed(name: &str, reached: Milestones, now: &str) -> Option<(Effect, NaiveDate, Basis)> {
    let regime = regime(name);
    let moments = moments(&regime, &reached, at(now)).unwrap();
    moments.deemed.map(|deemed| (deemed.effect, deemed.day, deemed.basis))
}

#[test]
fn every_regime_of_the_table_has_a_source_and_says_what_could_not_be_read() {
    let names: Vec<String> = Regime::all().map(|regime| regime.name().to_owned()).collect();
    assert_eq!(
        names,
        [
            "FR-LRE",
            "PL-PURDE-PRIVATE",
            "PL-PURDE-PUBLIC",
            "ES-LPAC",
            "DE-VWZG",
            "DE-VWZG-2024",
            "CH-EGOV",
            "IT-PEC",
            "DK-DIGITAL-POST",
            "AT-ZUSTG",
            "BE-EBOX",
            "EU-QERDS",
        ]
    );
    for regime in Regime::all() {
        assert!(!regime.source().text.is_empty(), "{regime:?}");
        if regime.source().standing != SourceStanding::Read {
            assert!(!regime.source().not_read.is_empty(), "{regime:?}");
        }
    }
    assert!(Regime::named("FR").is_none());
}

#[test]
fn fifteen_french_days_begin_on_the_day_after_the_notice() {
    let (first, last, until) = (day("2026-11-23"), day("2026-12-07"), at("2026-12-07T23:00:00Z"));
    assert_eq!(days("FR-LRE", "2026-11-22T09:15:00Z"), (first, last, until));
    // Half past midnight in Paris: one day later.
    assert_eq!(
        days("FR-LRE", "2026-11-22T23:30:00Z"),
        (day("2026-11-24"), day("2026-12-08"), at("2026-12-08T23:00:00Z"))
    );
}

#[test]
fn days_on_which_clocks_change_are_whole_days() {
    // The clocks go back on 25 October: the period has an hour more.
    assert_eq!(period("FR-LRE", "2026-10-20T10:00:00Z").until, at("2026-11-04T23:00:00Z"));
    // They go forward on 29 March: an hour less.
    assert_eq!(period("FR-LRE", "2026-03-20T10:00:00Z").until, at("2026-04-04T22:00:00Z"));
    // The last day is itself the day of the change.
    assert_eq!(period("PL-PURDE-PRIVATE", "2026-03-15T12:00:00Z").until, at("2026-03-29T22:00:00Z"));
    assert_eq!(period("PL-PURDE-PRIVATE", "2026-10-11T12:00:00Z").until, at("2026-10-25T23:00:00Z"));
    // 24 hours are 24 hours, whatever the clocks show.
    assert_eq!(period("IT-PEC", "2026-10-24T12:00:00Z").until, at("2026-10-25T12:00:00Z"));
}

#[test]
fn a_day_begins_where_the_clocks_leave_midnight_out() {
    let cairo = Zone::named("Africa/Cairo").unwrap();
    assert_eq!(cairo.start_of(day("2024-04-26")), Some(at("2024-04-25T22:00:00Z")));
    assert_eq!(cairo.day_of(at("2024-04-25T22:00:00Z")), Some(day("2024-04-26")));
    assert_eq!(cairo.day_of(at("2024-04-25T21:59:59Z")), Some(day("2024-04-25")));
    // Midnight comes twice: the first one counts.
    assert_eq!(Zone::named("America/Havana").unwrap().start_of(day("2025-11-02")), Some(at("2025-11-02T04:00:00Z")));
}

#[test]
fn the_clocks_of_a_zone_are_ahead_of_utc_or_behind() {
    let seconds = |zone: &str, instant| Zone::named(zone).unwrap().offset_at(at(instant)).unwrap().num_seconds();
    assert_eq!(seconds("Europe/Brussels", "2026-03-29T00:59:59.999Z"), 3_600);
    assert_eq!(seconds("Europe/Brussels", "2026-03-29T01:00:00Z"), 7_200);
    assert_eq!(seconds("Europe/Brussels", "2026-10-25T00:59:59.999Z"), 7_200);
    assert_eq!(seconds("Europe/Brussels", "2026-10-25T01:00:00Z"), 3_600);
    assert_eq!(seconds("America/St_Johns", "2026-01-15T12:00:00Z"), -12_600);
    assert_eq!(seconds("UTC", "2026-07-01T12:00:00Z"), 0);
}

#[test]
fn zones_of_no_database_and_octets_without_rules_are_told_apart() {
    assert_eq!(Zone::named("Europe/Bruxelles").unwrap_err(), UnknownZone);
    assert_eq!(Zone::named("europe/brussels").unwrap().name(), "Europe/Brussels");
    assert_eq!(Zone::of_rules("Europe/Brussels", b"TZif").unwrap_err(), NotRules);
    assert!(!Zone::database().is_empty());
}

#[test]
fn a_french_letter_that_nobody_claims_is_not_served() {
    let asked = Milestones { asked: Some(at("2026-11-22T09:15:00Z")), ..Milestones::default() };
    // The last instant of day 15: still open.
    assert_eq!(deemed("FR-LRE", asked, "2026-12-07T22:59:59.999Z"), None);
    let open = Some((Effect::Nothing, day("2026-12-08"), Basis::NoProofOfAnswer));
    assert_eq!(deemed("FR-LRE", asked, "2026-12-07T23:00:00Z"), open);
    let expired = Milestones { expired: Some(at("2026-12-07T23:00:00Z")), ..asked };
    let proven = Some((Effect::Nothing, day("2026-12-08"), Basis::ProofOfExpiry));
    assert_eq!(deemed("FR-LRE", expired, "2026-12-07T23:00:00Z"), proven);
    // Evidence of expiry that is a second early proves nothing.
    let early = Milestones { expired: Some(at("2026-12-07T22:59:59Z")), ..asked };
    assert_eq!(deemed("FR-LRE", early, "2026-12-07T22:59:59Z"), None);
    // The law attaches nothing to the end, so that a late receipt is a receipt.
    let late = Milestones { opened: Some(at("2026-12-09T08:00:00Z")), ..expired };
    assert_eq!(
        deemed("FR-LRE", late, "2026-12-10T00:00:00Z"),
        Some((Effect::Served, day("2026-12-09"), Basis::ProofOfReceipt))
    );
}

#[test]
fn a_refusal_counts_on_its_day_and_only_in_time() {
    let asked = Milestones { asked: Some(at("2026-11-22T09:15:00Z")), ..Milestones::default() };
    let refused = Milestones { refused: Some(at("2026-12-07T22:59:59Z")), ..asked };
    let refusal = Some((Effect::Refused, day("2026-12-07"), Basis::ProofOfRefusal));
    assert_eq!(deemed("FR-LRE", refused, "2026-12-24T00:00:00Z"), refusal);
    let late = Milestones { refused: Some(at("2026-12-07T23:00:00Z")), ..asked };
    let lapse = Some((Effect::Nothing, day("2026-12-08"), Basis::NoProofOfAnswer));
    assert_eq!(deemed("FR-LRE", late, "2026-12-24T00:00:00Z"), lapse);
}

#[test]
fn a_polish_letter_is_served_when_it_is_fetched_or_on_day_fifteen() {
    let lies_there = Milestones { available: Some(at("2026-03-16T12:00:00Z")), ..Milestones::default() };
    let fetched = |opened| Milestones { opened: Some(at(opened)), ..lies_there };
    let in_time = Some((Effect::Served, day("2026-03-30"), Basis::ProofOfReceipt));
    assert_eq!(deemed("PL-PURDE-PRIVATE", fetched("2026-03-30T21:59:59.999Z"), "2026-05-01T00:00:00Z"), in_time);
    let fiction = Some((Effect::Served, day("2026-03-31"), Basis::NoProofOfAnswer));
    assert_eq!(deemed("PL-PURDE-PRIVATE", fetched("2026-03-30T22:00:00Z"), "2026-05-01T00:00:00Z"), fiction);
    assert_eq!(deemed("PL-PURDE-PRIVATE", lies_there, "2026-03-30T21:59:59Z"), None);
    assert_eq!(deemed("PL-PURDE-PRIVATE", lies_there, "2026-03-30T22:00:00Z"), fiction);
    // A public recipient has it as soon as it lies there.
    let arrived = Some((Effect::Served, day("2026-03-16"), Basis::ProofOfReceipt));
    assert_eq!(deemed("PL-PURDE-PUBLIC", lies_there, "2026-03-16T12:00:00Z"), arrived);
}

#[test]
fn a_spanish_letter_is_sent_when_it_lies_there_and_refused_by_lapse() {
    let lies_there = Milestones {
        submitted: Some(at("2026-10-20T20:00:00Z")),
        available: Some(at("2026-10-20T22:30:00Z")),
        ..Milestones::default()
    };
    let regime = regime("ES-LPAC");
    let open = moments(&regime, &lies_there, at("2026-10-22T00:00:00Z")).unwrap();
    let sent = open.sent.unwrap();
    // Half past midnight in Madrid.
    assert_eq!((sent.milestone, sent.day), (Milestone::Available, day("2026-10-21")));
    assert_eq!(open.deemed, None);
    assert_eq!(
        days("ES-LPAC", "2026-10-20T22:30:00Z"),
        (day("2026-10-22"), day("2026-10-31"), at("2026-10-31T23:00:00Z"))
    );
    let lapse = Some((Effect::Refused, day("2026-11-01"), Basis::NoProofOfAnswer));
    assert_eq!(deemed("ES-LPAC", lies_there, "2026-10-31T23:00:00Z"), lapse);
    // Opening it afterwards does not make it served.
    let opened = Milestones { opened: Some(at("2026-11-02T00:00:00Z")), ..lies_there };
    assert_eq!(deemed("ES-LPAC", opened, "2026-11-02T00:00:00Z"), lapse);
}

#[test]
fn german_and_swiss_periods_end_with_their_last_day() {
    // Half past midnight on 31 December in Berlin.
    let sent = Milestones { submitted: Some(at("2026-12-30T23:30:00Z")), ..Milestones::default() };
    assert_eq!(
        days("DE-VWZG", "2026-12-30T23:30:00Z"),
        (day("2027-01-01"), day("2027-01-04"), at("2027-01-04T23:00:00Z"))
    );
    assert_eq!(deemed("DE-VWZG", sent, "2027-01-04T22:59:59Z"), None);
    assert_eq!(
        deemed("DE-VWZG", sent, "2027-01-04T23:00:00Z"),
        Some((Effect::Served, day("2027-01-04"), Basis::NoProofOfAnswer))
    );
    // Until 2024 it was the third day.
    assert_eq!(
        days("DE-VWZG-2024", "2024-12-30T23:30:00Z"),
        (day("2025-01-01"), day("2025-01-03"), at("2025-01-03T23:00:00Z"))
    );
    assert_eq!(
        days("CH-EGOV", "2028-02-25T10:00:00Z"),
        (day("2028-02-26"), day("2028-03-03"), at("2028-03-03T23:00:00Z"))
    );
}

#[test]
fn italian_and_danish_letters_arrive_when_they_lie_there() {
    let submitted = Milestones { submitted: Some(at("2026-10-24T12:00:00Z")), ..Milestones::default() };
    let lies_there = Milestones { available: Some(at("2026-10-24T22:30:00Z")), ..submitted };
    let arrived = Some((Effect::Served, day("2026-10-25"), Basis::ProofOfReceipt));
    assert_eq!(deemed("IT-PEC", lies_there, "2026-10-24T22:30:00Z"), arrived);
    assert_eq!(deemed("DK-DIGITAL-POST", lies_there, "2026-10-24T22:30:00Z"), arrived);
    // Nothing within a day: the sender is warned after twelve hours.
    assert_eq!(period("IT-PEC", "2026-10-24T12:00:00Z").warned_at, Some(at("2026-10-25T00:00:00Z")));
    let failed = Some((Effect::Nothing, day("2026-10-25"), Basis::NoProofOfAnswer));
    assert_eq!(deemed("IT-PEC", submitted, "2026-10-25T12:00:00Z"), failed);
    assert_eq!(deemed("DK-DIGITAL-POST", submitted, "2030-01-01T00:00:00Z"), None);
}

#[test]
fn austrian_working_days_leave_out_the_days_off_that_the_caller_states() {
    // A notice of Friday noon: the first working day is Monday, 7 December.
    let counted = period("AT-ZUSTG", "2026-12-04T11:00:00Z");
    assert_eq!((counted.last, counted.until), (day("2026-12-07"), at("2026-12-07T23:00:00Z")));
    // The day after a notice of Monday is a public holiday.
    let monday = "2026-12-07T11:00:00Z";
    assert_eq!(period("AT-ZUSTG", monday).last, day("2026-12-08"));
    let immaculate_conception = regime("AT-ZUSTG").with_days_off([day("2026-12-08")]);
    let counted = immaculate_conception.period(at(monday)).unwrap().unwrap();
    assert_eq!((counted.last, counted.until), (day("2026-12-09"), at("2026-12-09T23:00:00Z")));
    let told = Milestones { notified: Some(at(monday)), ..Milestones::default() };
    let deemed = moments(&immaculate_conception, &told, at("2026-12-09T23:00:00Z")).unwrap().deemed.unwrap();
    assert_eq!((deemed.effect, deemed.day), (Effect::Served, day("2026-12-09")));
}

/// A regime may count hours and then working days.
#[test]
fn stretches_of_hours_and_of_working_days_follow_each_other() {
    let specification = Regime::new("ZUSTELL-SPEZIFIKATION-1.4", Zone::named("Europe/Vienna").unwrap());
    let spans = vec![Span::Hours(48), Span::Hours(24), Span::WorkingDays(3)];
    let regime = specification.with_period(PeriodRule {
        starts: vec![Milestone::Notified],
        spans,
        warned_after: None,
        effect: Effect::Served,
        effective: EffectiveOn::LastDay,
    });
    // 72 hours after Thursday noon it is Sunday.
    let counted = regime.period(at("2026-12-03T11:00:00Z")).unwrap().unwrap();
    assert_eq!((counted.last, counted.until), (day("2026-12-09"), at("2026-12-09T23:00:00Z")));
}

#[test]
fn what_could_not_be_read_has_no_date() {
    let all = Milestones {
        submitted: Some(at("2026-11-22T09:00:00Z")),
        available: Some(at("2026-11-22T09:01:00Z")),
        opened: Some(at("2026-11-22T23:15:00Z")),
        ..Milestones::default()
    };
    let belgium = regime("BE-EBOX");
    let unread = moments(&belgium, &all, at("2027-01-01T00:00:00Z")).unwrap();
    assert_eq!((unread.received, unread.period, unread.deemed), (None, None, None));
    // Whoever knows the rule states it.
    let source = Source { text: "a contract".into(), standing: SourceStanding::Stated, not_read: String::new() };
    let stated = belgium.with_received([Milestone::Opened]).with_source(source).with_period(PeriodRule {
        starts: vec![Milestone::Available],
        spans: vec![Span::Days(8)],
        warned_after: None,
        effect: Effect::Served,
        effective: EffectiveOn::DayAfter,
    });
    let moments = moments(&stated, &all, at("2027-01-01T00:00:00Z")).unwrap();
    assert_eq!(moments.received.unwrap().day, day("2026-11-23"));
    let shown = serde_json::to_value(&moments).unwrap();
    assert_eq!(shown["regime"]["zone"], "Europe/Brussels");
    assert_eq!(shown["deemed"]["basis"], "proof-of-receipt");
}

#[test]
fn whoever_accepted_in_time_answered() {
    let reached = Milestones {
        asked: Some(at("2026-11-22T09:15:00Z")),
        accepted: Some(at("2026-12-07T22:59:59Z")),
        ..Milestones::default()
    };
    assert_eq!(deemed("FR-LRE", reached, "2026-12-24T12:00:00Z"), None);
    let fetched = Milestones { opened: Some(at("2026-12-10T09:00:00Z")), ..reached };
    assert_eq!(
        deemed("FR-LRE", fetched, "2026-12-24T12:00:00Z"),
        Some((Effect::Served, day("2026-12-10"), Basis::ProofOfReceipt))
    );
    let late = Milestones { accepted: Some(at("2026-12-07T23:00:00Z")), ..reached };
    assert_eq!(
        deemed("FR-LRE", late, "2026-12-24T12:00:00Z"),
        Some((Effect::Nothing, day("2026-12-08"), Basis::NoProofOfAnswer))
    );
}

#[test]
fn hours_that_end_at_midnight_end_with_the_day_before() {
    // Midnight in Rome, and 24 hours after it.
    assert_eq!(
        days("IT-PEC", "2026-11-22T23:00:00Z"),
        (day("2026-11-23"), day("2026-11-23"), at("2026-11-23T23:00:00Z"))
    );
    // A period that begins with hours begins on the day of its start, whatever follows them.
    let rule = PeriodRule {
        starts: vec![Milestone::Asked],
        spans: vec![Span::Hours(48), Span::WorkingDays(3)],
        warned_after: None,
        effect: Effect::Served,
        effective: EffectiveOn::LastDay,
    };
    let regime = Regime::new("mine", Zone::named("Europe/Vienna").unwrap()).with_period(rule);
    let period = regime.period(at("2026-11-20T10:00:00Z")).unwrap().unwrap();
    assert_eq!((period.first, period.last), (day("2026-11-20"), day("2026-11-25")));
}

#[test]
fn a_qualified_service_states_the_times_that_are_presumed_right() {
    let opened = Milestones { opened: Some(at("2026-11-22T23:15:00Z")), ..Milestones::default() };
    assert_eq!(
        deemed("EU-QERDS", opened, "2026-11-23T00:00:00Z"),
        Some((Effect::Served, day("2026-11-22"), Basis::ProofOfReceipt))
    );
}

#[test]
fn instants_that_no_calendar_reaches_are_errors() {
    for name in ["FR-LRE", "IT-PEC", "AT-ZUSTG"] {
        assert!(regime(name).period(DateTime::<Utc>::MAX_UTC).is_err(), "{name}");
    }
    let with = |spans, warned_after| {
        let rule = PeriodRule {
            starts: vec![Milestone::Submitted],
            spans,
            warned_after,
            effect: Effect::Nothing,
            effective: EffectiveOn::LastDay,
        };
        Regime::new("mine", Zone::named("UTC").unwrap()).with_period(rule)
    };
    let from = at("2026-11-22T00:00:00Z");
    assert!(with(vec![Span::Days(1)], Some(TimeDelta::MAX)).period(from).is_err());
    assert!(with(vec![Span::Hours(0)], None).period(DateTime::<Utc>::MIN_UTC).is_err());
    // The longest stretches that a rule can state are counted.
    let spans = vec![Span::Days(u16::MAX), Span::Hours(u16::MAX), Span::WorkingDays(u16::MAX)];
    assert!(with(spans, None).period(from).unwrap().unwrap().last > day("2400-01-01"));
}

/// Samoa went over the date line at the end of 29 December 2011: its calendars never showed the 30th.
#[test]
fn a_day_that_never_was_is_not_counted() {
    let apia = Zone::named("Pacific/Apia").unwrap();
    assert_eq!(apia.day_of(at("2011-12-30T09:59:59Z")), Some(day("2011-12-29")));
    assert_eq!(apia.day_of(at("2011-12-30T10:00:00Z")), Some(day("2011-12-31")));
    for (from, days, later) in [
        ("2011-12-28", 1, "2011-12-29"),
        ("2011-12-29", 1, "2011-12-31"),
        ("2011-12-29", 0, "2011-12-29"),
        ("2011-12-28", 3, "2012-01-01"),
        ("2011-12-31", 1, "2012-01-01"),
    ] {
        assert_eq!(apia.days_after(day(from), days), Some(day(later)), "{days} after {from}");
    }
    let regime = |span, effective| {
        let starts = vec![Milestone::Asked];
        let rule = PeriodRule { starts, spans: vec![span], warned_after: None, effect: Effect::Served, effective };
        Regime::new("SAMOA", apia.clone()).with_period(rule)
    };
    let counted = |span| {
        let period = regime(span, EffectiveOn::LastDay).period(at("2011-12-29T01:00:00Z")).unwrap().unwrap();
        (period.first, period.last, period.until)
    };
    // Asked on the 28th: the days are the 29th, the 31st and 1 January.
    assert_eq!(counted(Span::Days(3)), (day("2011-12-29"), day("2012-01-01"), at("2012-01-01T10:00:00Z")));
    // The end of the 29th is the begin of the 31st.
    assert_eq!(counted(Span::Days(1)), (day("2011-12-29"), day("2011-12-29"), at("2011-12-30T10:00:00Z")));
    // A Friday that never was is no working day.
    assert_eq!(counted(Span::WorkingDays(2)).1, day("2012-01-02"));
    let next_day = regime(Span::Days(1), EffectiveOn::DayAfter);
    let asked = Milestones { asked: Some(at("2011-12-29T01:00:00Z")), ..Milestones::default() };
    let deemed = moments(&next_day, &asked, at("2012-02-01T00:00:00Z")).unwrap().deemed.unwrap();
    assert_eq!(deemed.day, day("2011-12-31"));
    // Clocks that leave an hour out leave no day out.
    let brussels = Zone::named("Europe/Brussels").unwrap();
    assert_eq!(brussels.days_after(day("2026-01-01"), 365), Some(day("2027-01-01")));
    // Kiribati left a day out at the turn of 1994, and the Philippines the last one of 1844.
    assert_eq!(Zone::named("Pacific/Kiritimati").unwrap().days_after(day("1994-12-30"), 1), Some(day("1995-01-01")));
    assert_eq!(Zone::named("Asia/Manila").unwrap().days_after(day("1844-12-30"), 1), Some(day("1845-01-01")));
}

/// The longest period over the most days off takes no time that anybody notices.
#[test]
fn many_days_off_cost_little() {
    let first = day("2026-01-01");
    let days_off = (0..30_000).filter_map(|days| first.checked_add_days(chrono::Days::new(days * 2)));
    let rule = PeriodRule {
        starts: vec![Milestone::Asked],
        spans: vec![Span::WorkingDays(u16::MAX)],
        warned_after: None,
        effect: Effect::Nothing,
        effective: EffectiveOn::LastDay,
    };
    let regime = Regime::new("FEASTS", Zone::named("UTC").unwrap()).with_days_off(days_off).with_period(rule);
    let start = std::time::Instant::now();
    let period = regime.period(at("2026-01-01T12:00:00Z")).unwrap().unwrap();
    assert!(period.last > day("2190-01-01"), "{period:?}");
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}
