//! The end of a verdict that is not renewed.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::pki::ValidatedPath;
use crate::verify::examined::{Examined, TimestampKind};
use crate::verify::policy::Policy;

/// The end of a verdict, and its cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The first moment at which the verdict does not hold any more.
    pub time: DateTime<Utc>,
    /// The algorithm, key or certificate that ends first.
    pub because: String,
}

/// A verdict that rests on no timestamp holds until the first certificate of the path ends, or the first algorithm.
pub(crate) fn holds_until(examined: &Examined, policy: &Policy, now: DateTime<Utc>) -> Option<Deadline> {
    let path = examined.path.as_ref()?;
    let algorithms = &policy.algorithms;
    let of_signer = examined.signer.as_ref().and_then(|signer| signer.past_from(algorithms));
    let dates = of_signer
        .into_iter()
        .chain(path.past_from(algorithms))
        .map(|(date, because)| Deadline { time: date.and_time(NaiveTime::MIN).and_utc(), because });
    let ends = path.issued().map(|(certificate, _)| Deadline {
        time: certificate.not_after() + TimeDelta::seconds(1),
        because: format!("the end of the validity of {}, since no timestamp is there", certificate.subject()),
    });
    // What is past already and yet passed is what the policy lets pass.
    dates.chain(ends).filter(|deadline| deadline.time > now).min_by_key(|deadline| deadline.time)
}

/// A verdict that rests on timestamps holds as long as one of them does.
pub(crate) fn verifiable_until(examined: &Examined, policy: &Policy) -> Option<Deadline> {
    let valid = examined
        .timestamps
        .iter()
        // Of a record the last token keeps the others.
        .filter(|timestamp| !timestamp.is_renewed)
        // A content-time-stamp proves nothing about the signature.
        .filter(|timestamp| timestamp.kind != TimestampKind::Content)
        .filter_map(|timestamp| Some((timestamp.genuine.as_ref()?, timestamp.path.as_ref()?)));
    let mut ends = valid.map(|(genuine, path): (_, &Arc<ValidatedPath>)| {
        let algorithms = &policy.algorithms;
        let signer = genuine.signer.past_from(algorithms);
        let imprint = algorithms.digest_past_from(genuine.imprint);
        signer.into_iter().chain(imprint).chain(path.past_from(algorithms)).min()
    });
    // One timestamp without an end is enough.
    let latest =
        ends.try_fold(None, |latest: Option<(NaiveDate, String)>, end| end.map(|end| latest.max(Some(end))))??;
    let (date, what) = latest;
    Some(Deadline { time: date.and_time(NaiveTime::MIN).and_utc(), because: format!("{what} in the timestamp") })
}
