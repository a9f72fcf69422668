//! The legal moments of a letter under each regime: the first and the last instant of days and periods, and a second after.
//!
//! The dates are counted by hand from the rule, each with its way of counting. They are not what the library says.

use std::collections::BTreeMap;

use crate::manifest::RegimeVector;

pub fn all() -> Vec<RegimeVector> {
    let mut vectors = Vec::new();
    for period in PERIODS {
        vectors.extend(period.vectors());
    }
    vectors.extend(french());
    vectors.extend(italian());
    vectors.extend(DAYS.iter().flat_map(Day::vectors));
    vectors
}

/// A moment: its instant, its day in the zone of the regime, what happened.
#[derive(Clone, Copy)]
struct Moment(&'static str, &'static str, &'static str);

/// A period of days that starts with an event, at the last second of a day and at the first one of the next day.
struct Period {
    regime: &'static str,
    rule: &'static str,
    counted: &'static str,
    start: &'static str,
    /// A submission before the start.
    submitted: Option<Moment>,
    /// Whether the letter counts as sent when the period starts: where that is the submission, and in Spain, where the sender's
    /// duty is fulfilled when the letter lies there.
    start_counts_as_sent: bool,
    at_last_second: Counted,
    at_first_instant: Counted,
    effect: &'static str,
}

/// A period that was counted: from the start to the first instant that is too late.
struct Counted {
    start: &'static str,
    /// The day of the start.
    day: &'static str,
    first: &'static str,
    last: &'static str,
    /// The day after the last one.
    next: &'static str,
    last_second: &'static str,
    until: &'static str,
    /// The day on which the end has its effect.
    effective: &'static str,
}

const PERIODS: &[Period] = &[
    Period {
        regime: "FR-LRE",
        rule: "R. 53-3 CPCE: fifteen days, the first of which is the day after the notice was sent; no fiction of service.",
        counted: "Paris has UTC+2 until 25 October 2026, then UTC+1. Notice on 20 October: day 1 is the 21st, eleven days to the 31st, day 15 is 4 November, which ends at 23:00 UTC. A notice of the 21st: one day later.",
        start: "asked",
        submitted: None,
        start_counts_as_sent: false,
        at_last_second: Counted {
            start: "2026-10-20T21:59:59Z",
            day: "2026-10-20",
            first: "2026-10-21",
            last: "2026-11-04",
            next: "2026-11-05",
            last_second: "2026-11-04T22:59:59Z",
            until: "2026-11-04T23:00:00Z",
            effective: "2026-11-05",
        },
        at_first_instant: Counted {
            start: "2026-10-20T22:00:00Z",
            day: "2026-10-21",
            first: "2026-10-22",
            last: "2026-11-05",
            next: "2026-11-06",
            last_second: "2026-11-05T22:59:59Z",
            until: "2026-11-05T23:00:00Z",
            effective: "2026-11-06",
        },
        effect: "nothing",
    },
    Period {
        regime: "PL-PURDE-PRIVATE",
        rule: "Act on electronic delivery, article 42(2): served on the day that follows 14 days from the day of arrival.",
        counted: "Warsaw has UTC+1 until 29 March 2026, then UTC+2. Arrival on 15 March: day 1 is the 16th, day 14 is the 29th, which has 23 hours and ends at 22:00 UTC. Arrival on the 16th: one day later.",
        start: "available",
        submitted: Some(Moment("2026-03-14T09:00:00Z", "2026-03-14", "submitted")),
        start_counts_as_sent: false,
        at_last_second: Counted {
            start: "2026-03-15T22:59:59Z",
            day: "2026-03-15",
            first: "2026-03-16",
            last: "2026-03-29",
            next: "2026-03-30",
            last_second: "2026-03-29T21:59:59Z",
            until: "2026-03-29T22:00:00Z",
            effective: "2026-03-30",
        },
        at_first_instant: Counted {
            start: "2026-03-15T23:00:00Z",
            day: "2026-03-16",
            first: "2026-03-17",
            last: "2026-03-30",
            next: "2026-03-31",
            last_second: "2026-03-30T21:59:59Z",
            until: "2026-03-30T22:00:00Z",
            effective: "2026-03-31",
        },
        effect: "served",
    },
    Period {
        regime: "ES-LPAC",
        rule: "Ley 39/2015, articles 30.3 and 43.2: refused when ten natural days have passed, the first of which is the day after the letter was made available.",
        counted: "Madrid has UTC+1 in winter. Available on 21 December 2026: day 1 is the 22nd, day 10 is the 31st, which ends at 23:00 UTC; refused on 1 January 2027. Available on the 22nd: one day later.",
        start: "available",
        submitted: None,
        start_counts_as_sent: true,
        at_last_second: Counted {
            start: "2026-12-21T22:59:59Z",
            day: "2026-12-21",
            first: "2026-12-22",
            last: "2026-12-31",
            next: "2027-01-01",
            last_second: "2026-12-31T22:59:59Z",
            until: "2026-12-31T23:00:00Z",
            effective: "2027-01-01",
        },
        at_first_instant: Counted {
            start: "2026-12-21T23:00:00Z",
            day: "2026-12-22",
            first: "2026-12-23",
            last: "2027-01-01",
            next: "2027-01-02",
            last_second: "2027-01-01T22:59:59Z",
            until: "2027-01-01T23:00:00Z",
            effective: "2027-01-02",
        },
        effect: "refused",
    },
    Period {
        regime: "DE-VWZG",
        rule: "§ 5a(4) VwZG since 2025: served on the fourth day after the sending.",
        counted: "Berlin has UTC+2 until 25 October 2026, then UTC+1. Sent on 21 October: day 4 is the 25th, which has 25 hours and ends at 23:00 UTC. Sent on the 22nd: one day later.",
        start: "submitted",
        submitted: None,
        start_counts_as_sent: true,
        at_last_second: Counted {
            start: "2026-10-21T21:59:59Z",
            day: "2026-10-21",
            first: "2026-10-22",
            last: "2026-10-25",
            next: "2026-10-26",
            last_second: "2026-10-25T22:59:59Z",
            until: "2026-10-25T23:00:00Z",
            effective: "2026-10-25",
        },
        at_first_instant: Counted {
            start: "2026-10-21T22:00:00Z",
            day: "2026-10-22",
            first: "2026-10-23",
            last: "2026-10-26",
            next: "2026-10-27",
            last_second: "2026-10-26T22:59:59Z",
            until: "2026-10-26T23:00:00Z",
            effective: "2026-10-26",
        },
        effect: "served",
    },
    Period {
        regime: "DE-VWZG-2024",
        rule: "§ 5a(4) VwZG until 2024: served on the third day after the sending.",
        counted: "Berlin has UTC+2 until 27 October 2024, 03:00, then UTC+1. Sent on 23 October: day 3 is the 26th, which ends at 22:00 UTC. Sent on the 24th: day 3 is the 27th, which has 25 hours and ends at 23:00 UTC.",
        start: "submitted",
        submitted: None,
        start_counts_as_sent: true,
        at_last_second: Counted {
            start: "2024-10-23T21:59:59Z",
            day: "2024-10-23",
            first: "2024-10-24",
            last: "2024-10-26",
            next: "2024-10-27",
            last_second: "2024-10-26T21:59:59Z",
            until: "2024-10-26T22:00:00Z",
            effective: "2024-10-26",
        },
        at_first_instant: Counted {
            start: "2024-10-23T22:00:00Z",
            day: "2024-10-24",
            first: "2024-10-25",
            last: "2024-10-27",
            next: "2024-10-28",
            last_second: "2024-10-27T22:59:59Z",
            until: "2024-10-27T23:00:00Z",
            effective: "2024-10-27",
        },
        effect: "served",
    },
    Period {
        regime: "CH-EGOV",
        rule: "The letter can be fetched for seven days after the sending, and is then served on the seventh.",
        counted: "Zurich has UTC+1 in winter, and 2028 is a leap year. Sent on 22 February: day 7 is the 29th, which ends at 23:00 UTC. Sent on the 23rd: day 7 is 1 March.",
        start: "submitted",
        submitted: None,
        start_counts_as_sent: true,
        at_last_second: Counted {
            start: "2028-02-22T22:59:59Z",
            day: "2028-02-22",
            first: "2028-02-23",
            last: "2028-02-29",
            next: "2028-03-01",
            last_second: "2028-02-29T22:59:59Z",
            until: "2028-02-29T23:00:00Z",
            effective: "2028-02-29",
        },
        at_first_instant: Counted {
            start: "2028-02-22T23:00:00Z",
            day: "2028-02-23",
            first: "2028-02-24",
            last: "2028-03-01",
            next: "2028-03-02",
            last_second: "2028-03-01T22:59:59Z",
            until: "2028-03-01T23:00:00Z",
            effective: "2028-03-01",
        },
        effect: "served",
    },
    Period {
        regime: "AT-ZUSTG",
        rule: "§ 35(6) ZustG: served on the first working day after the first electronic notice was sent.",
        counted: "Vienna has UTC+1 in winter. Notice on Thursday, 3 December 2026: Friday the 4th, which ends at 23:00 UTC. Notice on Friday: the first working day is Monday the 7th.",
        start: "notified",
        submitted: Some(Moment("2026-12-03T08:00:00Z", "2026-12-03", "submitted")),
        start_counts_as_sent: false,
        at_last_second: Counted {
            start: "2026-12-03T22:59:59Z",
            day: "2026-12-03",
            first: "2026-12-04",
            last: "2026-12-04",
            next: "2026-12-05",
            last_second: "2026-12-04T22:59:59Z",
            until: "2026-12-04T23:00:00Z",
            effective: "2026-12-04",
        },
        at_first_instant: Counted {
            start: "2026-12-03T23:00:00Z",
            day: "2026-12-04",
            first: "2026-12-05",
            last: "2026-12-07",
            next: "2026-12-08",
            last_second: "2026-12-07T22:59:59Z",
            until: "2026-12-07T23:00:00Z",
            effective: "2026-12-07",
        },
        effect: "served",
    },
];

impl Period {
    fn vectors(&self) -> Vec<RegimeVector> {
        let [last, first] = [&self.at_last_second, &self.at_first_instant];
        let lapsed = |counted: &Counted| [self.effect, counted.effective, counted.until, "no-proof-of-answer"];
        let in_time = Moment(last.last_second, last.last, "opened");
        let late = Moment(last.until, last.next, "opened");
        // Where the law attaches nothing to the end, a late receipt is a receipt.
        let counts_as = match self.effect {
            "nothing" => ["served", last.next, last.until, "proof-of-receipt"],
            _ => lapsed(last),
        };
        vec![
            self.vector("starts-in-the-last-second-of-a-day", last, last.start),
            self.vector("starts-in-the-first-instant-of-a-day", first, last.until),
            self.vector("last-second", last, last.last_second),
            self.vector("a-second-after", last, last.until).counts_as(lapsed(last)),
            self.vector("last-second-of-a-day-later", first, first.last_second),
            self.vector("a-second-after-a-day-later", first, first.until).counts_as(lapsed(first)),
            self.vector("opened-in-the-last-second", last, last.until).received(in_time).counts_as([
                "served",
                last.last,
                last.last_second,
                "proof-of-receipt",
            ]),
            self.vector("opened-a-second-after", last, last.until).received(late).counts_as(counts_as),
        ]
    }

    /// The period has begun, and nothing else is known.
    fn vector(&self, id: &str, counted: &Counted, now: &str) -> RegimeVector {
        let start = Moment(counted.start, counted.day, self.start);
        let mut vector = vector(self.regime, id, self.rule, self.counted, now).reached(start);
        if let Some(submitted) = self.submitted {
            vector = vector.reached(submitted).sent(submitted);
        } else if self.start_counts_as_sent {
            vector = vector.sent(start);
        }
        let Counted { start, first, last, until, .. } = counted;
        let period = [("from", *start), ("first", first), ("last", last), ("until", until)];
        vector.expected.insert("period".into(), members(&period));
        vector
    }
}

/// Answers and evidence of expiry at the end of the French period.
fn french() -> Vec<RegimeVector> {
    let Some(period) = PERIODS.first() else { return Vec::new() };
    let last = &period.at_last_second;
    let lapse = |basis| ["nothing", last.effective, last.until, basis];
    let with = |id, milestone: &str, at: &str, now| {
        let mut vector = period.vector(id, last, now);
        vector.milestones.insert(milestone.into(), at.into());
        vector
    };
    let refusal = ["refused", last.last, last.last_second, "proof-of-refusal"];
    vec![
        with("refused-in-the-last-second", "refused", last.last_second, last.until).counts_as(refusal),
        with("refused-a-second-after", "refused", last.until, last.until).counts_as(lapse("no-proof-of-answer")),
        with("expired-a-second-early", "expired", last.last_second, last.last_second),
        with("expired-in-time", "expired", last.until, last.until).counts_as(lapse("proof-of-expiry")),
    ]
}

/// Hours are counted, whatever the clocks show.
fn italian() -> Vec<RegimeVector> {
    let rule =
        "D.P.R. 68/2005: delivered when it lies in the recipient's box; a warning after 12 hours, failure after 24.";
    let counted = "Sent on 25 October 2026 at half past midnight in Rome (22:30 UTC on the 24th). Clocks go back at 03:00, so that 24 hours later it is 23:30 of the same day.";
    let (sent, until) = ("2026-10-24T22:30:00Z", "2026-10-25T22:30:00Z");
    let with = |id, now| {
        let sent = Moment(sent, "2026-10-25", "submitted");
        let mut vector = vector("IT-PEC", id, rule, counted, now).reached(sent).sent(sent);
        let (day, warned) = ("2026-10-25", "2026-10-25T10:30:00Z");
        let period = [("from", sent.0), ("first", day), ("last", day), ("until", until), ("warned_at", warned)];
        vector.expected.insert("period".into(), members(&period));
        vector
    };
    let served = |id, now, day| {
        let available = Moment(now, day, "available");
        let receipt = ["served", day, now, "proof-of-receipt"];
        with(id, now).received(available).counts_as(receipt)
    };
    vec![
        with("first-instant", sent),
        with("last-second", "2026-10-25T22:29:59Z"),
        with("a-second-after", until).counts_as(["nothing", "2026-10-25", until, "no-proof-of-answer"]),
        served("available-in-the-last-second", "2026-10-25T22:29:59Z", "2026-10-25"),
        served("available-a-second-after", until, "2026-10-25"),
        served("available-in-the-last-second-of-the-day", "2026-10-25T22:59:59Z", "2026-10-25"),
        served("available-in-the-first-instant-of-the-next-day", "2026-10-25T23:00:00Z", "2026-10-26"),
    ]
}

/// A regime without a period: a letter is sent and received on the day on which it happens.
struct Day {
    regime: &'static str,
    rule: &'static str,
    counted: &'static str,
    /// What counts as receipt; `None` where the law could not be read.
    receipt: Option<&'static str>,
    last_second: &'static str,
    day: &'static str,
    first_instant: &'static str,
    next_day: &'static str,
}

const DAYS: &[Day] = &[
    Day {
        regime: "PL-PURDE-PUBLIC",
        rule: "Act on electronic delivery, article 42(1)(2): to a public recipient, served when it arrives.",
        counted: "Warsaw has UTC+1 in winter: 2026 ends at 23:00 UTC.",
        receipt: Some("available"),
        last_second: "2026-12-31T22:59:59Z",
        day: "2026-12-31",
        first_instant: "2026-12-31T23:00:00Z",
        next_day: "2027-01-01",
    },
    Day {
        regime: "DK-DIGITAL-POST",
        rule: "Act on Digital Post, § 10, no. 1: arrived when it is available to the recipient.",
        counted: "Copenhagen has UTC+1 until 29 March 2026, 02:00, then UTC+2: the 29th has 23 hours and ends at 22:00 UTC.",
        receipt: Some("available"),
        last_second: "2026-03-29T21:59:59Z",
        day: "2026-03-29",
        first_instant: "2026-03-29T22:00:00Z",
        next_day: "2026-03-30",
    },
    Day {
        regime: "BE-EBOX",
        rule: "What the law sets as the moment of receipt could not be read, so that none is said.",
        counted: "Brussels has UTC+1 in winter: 2026 ends at 23:00 UTC.",
        receipt: None,
        last_second: "2026-12-31T22:59:59Z",
        day: "2026-12-31",
        first_instant: "2026-12-31T23:00:00Z",
        next_day: "2027-01-01",
    },
    Day {
        regime: "EU-QERDS",
        rule: "Regulation (EU) No 910/2014, article 43(2): the times that the service states are presumed right.",
        counted: "Days are those of UTC.",
        receipt: Some("opened"),
        last_second: "2026-12-31T23:59:59Z",
        day: "2026-12-31",
        first_instant: "2027-01-01T00:00:00Z",
        next_day: "2027-01-01",
    },
];

impl Day {
    fn vectors(&self) -> Vec<RegimeVector> {
        let [last, first] = [(self.last_second, self.day), (self.first_instant, self.next_day)];
        let sent = |(at, day)| Moment(at, day, "submitted");
        let submitted = |id, when: (&'static str, &'static str)| {
            vector(self.regime, id, self.rule, self.counted, when.0).reached(sent(when)).sent(sent(when))
        };
        let mut vectors = vec![
            submitted("sent-in-the-last-second-of-a-day", last),
            submitted("sent-in-the-first-instant-of-a-day", first),
        ];
        if let Some(receipt) = self.receipt {
            let received = |id, (at, day): (&'static str, &'static str)| {
                let receipt = Moment(at, day, receipt);
                let vector = submitted(id, last).received(receipt);
                RegimeVector { now: at.into(), ..vector }.counts_as(["served", day, at, "proof-of-receipt"])
            };
            vectors.push(received("received-in-the-last-second-of-a-day", last));
            vectors.push(received("received-in-the-first-instant-of-a-day", first));
        }
        vectors
    }
}

fn vector(regime: &str, id: &str, rule: &str, counted: &str, now: &str) -> RegimeVector {
    RegimeVector {
        id: format!("regime/{regime}/{id}"),
        regime: regime.into(),
        rule: rule.into(),
        counted: counted.into(),
        milestones: BTreeMap::new(),
        now: now.into(),
        expected: BTreeMap::new(),
    }
}

fn members(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Effect, day, instant, basis.
fn deemed([effect, day, at, basis]: [&str; 4]) -> BTreeMap<String, String> {
    members(&[("effect", effect), ("day", day), ("at", at), ("basis", basis)])
}

impl Moment {
    fn members(self) -> BTreeMap<String, String> {
        let Self(at, day, milestone) = self;
        members(&[("at", at), ("day", day), ("milestone", milestone)])
    }
}

impl RegimeVector {
    fn reached(mut self, Moment(at, _, milestone): Moment) -> Self {
        self.milestones.insert(milestone.into(), at.into());
        self
    }

    fn sent(mut self, moment: Moment) -> Self {
        self.expected.insert("sent".into(), moment.members());
        self
    }

    /// The letter is received at this moment.
    fn received(self, moment: Moment) -> Self {
        let mut vector = self.reached(moment);
        vector.expected.insert("received".into(), moment.members());
        vector
    }

    fn counts_as(mut self, counts_as: [&str; 4]) -> Self {
        self.expected.insert("deemed".into(), deemed(counts_as));
        self
    }
}
