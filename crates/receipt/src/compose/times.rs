//! The times of an event: stated and proven, each in UTC and in legal time.

use chrono::{DateTime, Datelike, Timelike, Utc};
use recommande::evidence::Statement;

use super::Composer;
use crate::legal_time;
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
        // A time that is proven is never alone, and neither is one that is not.
        let proven = shown.report.proven_at.map(|time| self.moment(time));
        rows.add_under(header(words.proven_time), proven.unwrap_or_else(|| vec![Text::own(words.no_proven_time)]));
    }

    /// Writes a moment in UTC and in legal time, each on a line.
    pub(crate) fn moment(&self, time: DateTime<Utc>) -> Vec<Text> {
        let mut lines = vec![in_utc(self.words, time)];
        lines.extend(legal_time::offset(time).map(|offset| {
            let local = DateTime::<Utc>::from_naive_utc_and_offset(time.naive_utc() + offset, Utc);
            let hours = offset.num_hours();
            Text::own(format!("{} (UTC+{hours}, {})", written(self.words, local), self.words.brussels))
        }));
        lines
    }

    /// A row with a moment.
    pub(crate) fn add_moment(&self, rows: &mut Rows, header: &str, time: Option<DateTime<Utc>>) {
        if let Some(time) = time {
            rows.add_lines(header, self.moment(time));
        }
    }
}

/// Writes a time in UTC.
pub(super) fn in_utc(words: &Words, time: DateTime<Utc>) -> Text {
    Text::own(format!("{} UTC", written(words, time)))
}

fn written(words: &Words, time: DateTime<Utc>) -> String {
    let month = words.months.get(time.month0() as usize).copied().unwrap_or_default();
    let date = [time.day().to_string(), month.to_owned(), time.year().to_string()].map(Text::own);
    let date = Text::filled(words.date, &date).to_plain();
    let clock = if time.nanosecond() == 0 { time.format("%H:%M:%S") } else { time.format("%H:%M:%S%.3f") };
    format!("{date}, {clock}")
}
