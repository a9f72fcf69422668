//! Takes lines out of a trail at the end of their retention, without breaking the chain of the rest.

use std::io::{self, BufRead, Write};

use chrono::{DateTime, Utc};

use super::line::{Content, Entry, LineReader, left_out_line};
use super::selection::Person;
use crate::evidence::{Identifier, SaltSeed};
use crate::life::{Keeping, Retention};

/// Which lines are erased.
///
/// Deleting the seed of a person and a year erases the person from all records, without touching a line: nobody can then say whom
/// they are about. This takes the records themselves away.
#[derive(Clone)]
pub struct Erasure {
    what: What,
}

#[derive(Clone)]
enum What {
    /// Boxed, because a retention with its zone is large.
    PastRetention(Box<Retention>, DateTime<Utc>),
    Person(Box<Person>),
}

/// What was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Erased {
    /// The number of lines that were erased.
    pub lines: u64,
    /// The number of lines that are still there: records, and lines that cannot be read.
    pub left: u64,
}

/// The reason why lines could not be erased.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EraseError {
    /// The lines could not be read or written.
    #[error("the lines could not be read or written")]
    Io(#[from] io::Error),
    /// A line is longer than what is read, so that it cannot be copied.
    #[error("line {0} is too long to be copied")]
    TooLong(u64),
}

impl Erasure {
    /// Erases the records of everything that happened, and was recorded, so long ago that its retention has ended by `now`. A
    /// retention that a dispute holds erases nothing.
    pub fn past(retention: Retention, now: DateTime<Utc>) -> Self {
        Self { what: What::PastRetention(Box::new(retention), now) }
    }

    /// Erases the records about a person, as whoever holds the seed finds them.
    pub fn of_person(identifier: Identifier, seed: SaltSeed) -> Self {
        Self { what: What::Person(Box::new(Person { identifier, seed })) }
    }

    fn takes(&self, entry: &Entry<'_>) -> bool {
        match &self.what {
            What::PastRetention(retention, now) => {
                // A clock that was set back, or a time that somebody else gave, would end the retention of a new record.
                let keep_until = retention.keep_until(entry.record().time().max(entry.recorded_time()));
                keep_until.is_some_and(|end| retention.keeping(end, None, *now) == Keeping::KeptTooLong)
            }
            What::Person(person) => person.is_in(entry.record()),
        }
    }
}

/// Copies the lines of a trail, and puts the hash of each line that is erased in its place.
///
/// # Errors
/// [`EraseError`]: what was written is then not the whole.
pub fn erase<R: BufRead, W: Write>(
    lines: &mut LineReader<R>,
    erasure: &Erasure,
    out: &mut W,
) -> Result<Erased, EraseError> {
    let mut erased = Erased::default();
    while let Some(line) = lines.next_line()? {
        let taken = match &line.content {
            Content::Entry(entry) => erasure.takes(entry).then(|| entry.sequence()),
            Content::LeftOut(_) => None,
            Content::Unreadable(unreadable) if unreadable.is_cut() => return Err(EraseError::TooLong(line.number)),
            Content::Unreadable(_) => None,
        };
        match taken {
            Some(sequence) => {
                erased.lines += 1;
                out.write_all(left_out_line(sequence, line.hash).as_bytes())?;
            }
            None => {
                erased.left += u64::from(!matches!(line.content, Content::LeftOut(_)));
                out.write_all(line.octets())?;
            }
        }
        // A line that was torn stays torn.
        if line.is_terminated() {
            out.write_all(b"\n")?;
        }
    }
    Ok(erased)
}
