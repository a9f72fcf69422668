//! When a proof has to be renewed, and why.

use std::slice;

use chrono::{DateTime, TimeDelta, Utc};

use super::error::NotRenewable;
use super::judge::{Kind, judge, seal_revocation_missing};
use crate::finding::Finding;
use crate::verify::{Content, ContentDigests, Deadline, RenewalKind, Report, Verifier};

/// The deadline of a file, and the renewal that has to come before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The time at which the verdict ends. A renewal of a later time is worth nothing. One of the same second is in time at
    /// the end of a certificate, whose last second counts, and too late at the date of an algorithm, from which on it proves
    /// nothing.
    pub renew_by: DateTime<Utc>,
    /// The thing that ends then, for people: a certificate, an algorithm or a key size.
    pub because: String,
    /// The renewal that is needed.
    pub kind: RenewalKind,
    /// The number of timestamps that can still be added to the file or the record, where they are few
    /// ([`FEW_TIMESTAMPS_LEFT`](crate::verify::limits::FEW_TIMESTAMPS_LEFT)).
    pub timestamps_left: Option<usize>,
    /// The finding that says what is missing about the seal's chain, where no revocation data answers for it. The renewal
    /// will be refused without that data ([`NotRenewable::RevocationMissing`]), and its issuer may have dropped the
    /// certificate from its list by then: put the data into the file
    /// ([`Artifact::with_revocation`](crate::seal::Artifact::with_revocation)) while it can be had.
    pub seal_revocation_missing: Option<Box<Finding>>,
}

impl Due {
    /// Reads the deadline out of a report that passed. It is `None` when nothing sets an end.
    pub fn of(report: &Report) -> Option<Self> {
        let missing = seal_revocation_missing(report).cloned().map(Box::new);
        report.verifiable_until.as_ref().map(|end| Self { seal_revocation_missing: missing, ..Self::from(end) })
    }

    /// Returns the time that the renewal is to begin before the deadline: 90 days for a timestamp, 365 for a new hash
    /// tree, for which every object is read again, and for the record of a file that is full.
    pub fn lead(&self) -> TimeDelta {
        self.kind.lead()
    }

    /// Returns the time from which the renewal is due: the deadline less the lead time.
    ///
    /// It is not the first time at which a renewal would be accepted. That is as soon as revocation data about the last TSA
    /// is at hand that was in force at the time of its timestamp, also if it was made before that
    /// ([`RevocationMissing`](NotRenewable::RevocationMissing) until then). The file does not tell which data that will be,
    /// and an earlier renewal fills it sooner ([`timestamps_left`](Self::timestamps_left)).
    pub fn renew_from(&self) -> DateTime<Utc> {
        self.renew_by.checked_sub_signed(self.lead()).unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    /// Tells if the time to renew has come.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.renew_from() <= now
    }
}

impl From<&Deadline> for Due {
    fn from(deadline: &Deadline) -> Self {
        Self {
            renew_by: deadline.time,
            because: deadline.because.clone(),
            kind: deadline.renewal,
            timestamps_left: deadline.timestamps_left,
            seal_revocation_missing: None,
        }
    }
}

/// Returns the deadline of a signed file: of a proof of any kind, or of a signature by anybody. It is `None` when nothing
/// sets an end.
///
/// The verifier's policy decides what ends when. The evidence records beside the file are those that the verifier was
/// given. The certificates of the time-stamp authority count until their end (ETSI EN 319 102-1 V1.4.1, clause 5.6.2.4),
/// unless the policy says otherwise.
///
/// # Errors
/// `PastDeadline`, `NotVerified`, `TimeNotProven`, `Signers`.
pub fn due(
    verifier: &Verifier,
    file: &[u8],
    content: Content<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Due>, NotRenewable> {
    judge(verifier, file, Kind::File(content), now).map(|report| Due::of(&report))
}

/// Returns the deadline of an evidence record by itself, over an object with these digests.
///
/// # Errors
/// `PastDeadline`, `NotVerified`.
pub fn due_record(
    verifier: &Verifier,
    record: &[u8],
    object: &ContentDigests,
    now: DateTime<Utc>,
) -> Result<Option<Due>, NotRenewable> {
    judge(verifier, record, Kind::Record(slice::from_ref(object)), now).map(|report| Due::of(&report))
}

/// Goes through an archive, and returns what is due, in the order of the deadlines. What cannot be renewed any more, or whose
/// deadline is not known, comes before it with the reason.
///
/// `ask` tells the deadline of an item: by [`due`] of a file, by [`due_record`] of a record beside its file. It is asked of one
/// item after the other. What is not due is not held.
///
/// ```
/// # use std::{io, path::PathBuf};
/// # use chrono::Utc;
/// # use recommande::{Verifier, verify::Content};
/// use recommande::preserve::{due, due_in};
/// # fn renew(_: PathBuf) {}
/// # fn all(verifier: &Verifier, paths: Vec<PathBuf>) {
/// let now = Utc::now();
/// let ask = |path: &PathBuf| -> Result<_, Box<dyn std::error::Error>> {
///     Ok(due(verifier, &std::fs::read(path)?, Content::Attached, now)?)
/// };
/// for (path, due) in due_in(paths, now, ask) {
///     match due {
///         Ok(due) => println!("{}: by {}, {}", path.display(), due.renew_by, due.because),
///         Err(error) => eprintln!("{}: {error}", path.display()),
///     }
///     renew(path);
/// }
/// # }
/// ```
pub fn due_in<K, E>(
    archive: impl IntoIterator<Item = K>,
    now: DateTime<Utc>,
    mut ask: impl FnMut(&K) -> Result<Option<Due>, E>,
) -> impl Iterator<Item = (K, Result<Due, E>)> {
    let (mut due, mut refused) = (Vec::new(), Vec::new());
    for item in archive {
        match ask(&item) {
            Ok(Some(deadline)) if deadline.is_due(now) => due.push((item, deadline)),
            Ok(_) => {}
            Err(error) => refused.push((item, Err(error))),
        }
    }
    refused.into_iter().chain(in_order(due).map(|(item, deadline)| (item, Ok(deadline))))
}

/// Brings deadlines that are known into the order in which they come. Those of one time keep their order. It holds all of them;
/// [`due_in`] asks for them and holds what is due.
pub fn in_order<K>(archive: impl IntoIterator<Item = (K, Due)>) -> impl Iterator<Item = (K, Due)> {
    let mut archive: Vec<(K, Due)> = archive.into_iter().collect();
    archive.sort_by_key(|(_, due)| due.renew_by);
    archive.into_iter()
}
