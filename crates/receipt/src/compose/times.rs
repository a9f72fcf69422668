//! The times of an event: stated and proven, each in UTC and in legal time.

use chrono::{DateTime, Datelike, Timelike, Utc};
use recommande::Indication;
use recommande::evidence::Statement;

use super::Composer;
use crate::page::{Rows, Section};
use crate::shown::{Read, Shown};
use crate::text::Text;
use crate::words::Words;

impl Composer {
    pub(super) fn times(&self, shown: &Shown, read: &Read, sending: Option<&Shown>) -> Section {
        let words = self.words;
        let mut rows = Rows::default();
        self.add_times(&mut rows, shown, read, None);
        if let Some((sending, read)) = sending.and_then(|sending| Some((sending, sending.proof.as_ref()?))) {
            self.add_times(&mut rows, sending, read, Some(words.of_sending));
        }
        Section { heading: Text::own(words.times), blocks: rows.into_block().into_iter().collect() }
    }

    fn add_times(&self, rows: &mut Rows, shown: &Shown, read: &Read, of: Option<&str>) {
        let words = self.words;
        let header = |header: &str| match of {
            Some(of) => Text::own(format!("{header} ({of})")),
            None => Text::own(header),
        };
        rows.add_under(header(words.stated_time), self.moment(read.statement.event_time()));
        if read.statement.submission_time() != read.statement.event_time() {
            rows.add_under(header(words.submission_time), self.moment(read.statement.submission_time()));
        }
        // A time that is stated is never alone. What fails proves none, whatever its timestamps show.
        let proven = match shown.report.indication {
            Indication::TotalPassed | Indication::Indeterminate => shown.report.proven_at,
            Indication::TotalFailed => None,
        };
        let proven = proven.map(|time| self.moment(time));
        rows.add_under(header(words.proven_time), proven.unwrap_or_else(|| vec![Text::own(words.no_proven_time)]));
        if of.is_some() && shown.report.indication != Indication::TotalPassed {
            rows.add_under(header(words.verdict), vec![self.verdict_in_a_sentence(&shown.report)]);
        }
    }

    /// Writes a moment in UTC and in legal time, each on a line.
    pub(crate) fn moment(&self, time: DateTime<Utc>) -> Vec<Text> {
        let mut lines = vec![in_utc(self.words, time)];
        lines.extend(self.in_brussels(time).map(|(local, hours)| {
            let [date, clock] = written(self.words, local);
            Text::own(format!("{date}, {clock} (UTC+{hours}, {})", self.words.brussels))
        }));
        lines
    }

    /// Writes a moment in UTC and in legal time in a sentence.
    pub(crate) fn inline(&self, time: DateTime<Utc>) -> Text {
        let words = self.words;
        let utc = in_utc(words, time);
        let [utc_date, _] = written(words, time);
        self.in_brussels(time).into_iter().fold(utc, |text, (local, _)| {
            let [date, clock] = written(words, local);
            let date = if date == utc_date { String::new() } else { format!("{date}, ") };
            text.and(Text::own(format!(" ({date}{clock}, {})", words.brussels)))
        })
    }

    /// A row with a moment.
    pub(crate) fn add_moment(&self, rows: &mut Rows, header: &str, time: Option<DateTime<Utc>>) {
        if let Some(time) = time {
            rows.add_lines(header, self.moment(time));
        }
    }

    /// Returns a time in Brussels, as if it were one of UTC, and how many hours it is ahead.
    fn in_brussels(&self, time: DateTime<Utc>) -> Option<(DateTime<Utc>, i64)> {
        let offset = self.legal_time.offset(time)?;
        Some((time.checked_add_signed(offset)?, offset.num_hours()))
    }
}

fn in_utc(words: &Words, time: DateTime<Utc>) -> Text {
    let [date, clock] = written(words, time);
    Text::own(format!("{date}, {clock} UTC"))
}

/// Writes the date and the clock of a time.
fn written(words: &Words, time: DateTime<Utc>) -> [String; 2] {
    let month = words.months.get(time.month0() as usize).copied().unwrap_or_default();
    let day = if time.day() == 1 { words.first_day.to_owned() } else { time.day().to_string() };
    let date = [day, month.to_owned(), time.year().to_string()].map(Text::own);
    let date = Text::filled(words.date, &date).to_plain();
    let clock = if time.nanosecond() == 0 { time.format("%H:%M:%S") } else { time.format("%H:%M:%S%.f") };
    [date, clock.to_string()]
}
