//! The time that all valid evidence proves together, and how the times that are stated lie to it.

use chrono::{DateTime, Utc};

use super::timestamps::{Found, Judged, is_over_signature, valid_over_signature};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;
use crate::time::token::{GenuineToken, tolerance};
use crate::verify::examined::TimestampKind;
use crate::verify::order::Order;
use crate::verify::settings::Settings;
use crate::verify::signature::Profile;

/// The earliest time of a valid timestamp over the signature, or of one of the evidence `records` (how many there are,
/// and the time that they prove): each of them proves that it existed at its own.
pub(crate) fn check_time(
    found: &[Found<'_>],
    judged: &[Option<Judged>],
    records: (usize, Option<DateTime<Utc>>),
    profile: Profile,
    ledger: &mut Ledger<'_>,
) -> Option<DateTime<Utc>> {
    let (records, preserved) = records;
    let any = found.iter().any(is_over_signature) || records > 0;
    let valid = valid_over_signature(found, judged);
    let proven_at = valid.map(|genuine| genuine.gen_time).chain(preserved).min();
    match proven_at {
        Some(time) => ledger.note_with(Subject::Time, Code::TimeProven, || Details::computed(text::time(time))),
        None if any => {
            let causes = ledger.causes(|subject| match subject {
                // The tokens of records are numbered after these.
                Subject::Timestamp(number) => {
                    number.checked_sub(1).and_then(|index| found.get(index)).is_none_or(is_over_signature)
                }
                _ => true,
            });
            ledger.note_with(Subject::Time, profile.without_valid_timestamp(), || named(&causes))
        }
        None => ledger.note(Subject::Time, profile.without_timestamp()),
    };
    proven_at
}

/// Timestamps that are named with what they lack, of which a reader gets the idea.
const MAX_NAMED: usize = 3;

/// What each of the timestamps lacks.
fn named(causes: &[(Subject, Code)]) -> Details {
    if causes.is_empty() {
        return Details::default();
    }
    let mut named: Vec<_> = causes.iter().take(MAX_NAMED).map(|(subject, code)| format!("{subject}: {code}")).collect();
    let others = causes.len().saturating_sub(MAX_NAMED);
    if others > 0 {
        named.push(format!("{others} more"));
    }
    Details::computed(named.join(", "))
}

/// ETSI EN 319 102-1 V1.4.1, clause 5.5.4: what was signed existed before the signature did.
pub(crate) fn check_content_time(
    found: &[Found<'_>],
    judged: &[Option<Judged>],
    proven_at: Option<DateTime<Utc>>,
    ledger: &mut Ledger<'_>,
) {
    let of_content = found.iter().zip(judged).filter(|(one, _)| one.kind == TimestampKind::Content);
    let valid = of_content.filter_map(|(_, judged)| judged.as_ref()).filter(|judged| judged.path.is_some());
    let latest = valid.map(|judged| judged.genuine.gen_time).max();
    if let (Some(latest), Some(proven_at)) = (latest, proven_at)
        && latest > proven_at
    {
        ledger.note_with(Subject::Time, Code::ContentTimestampAfterSigning, || {
            Details::both(text::time(latest), text::time(proven_at))
        });
    }
}

/// ETSI EN 319 102-1 clause 5.5.4 (3) and (4): order and delay of the stated signing time and the proven one.
pub(crate) fn check_signing_time<'a>(
    signing_time: Option<DateTime<Utc>>,
    valid: impl Iterator<Item = &'a GenuineToken>,
    proven_at: Option<DateTime<Utc>>,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) {
    let (Some(signing_time), Some(proven_at)) = (signing_time, proven_at) else { return };
    let accuracy = valid.filter(|genuine| genuine.gen_time == proven_at).filter_map(|genuine| genuine.accuracy).max();
    let tolerance = tolerance(settings.policy.clock_skew(), accuracy);
    let code = Order::of(signing_time, proven_at, tolerance, settings.policy.maximum_timestamp_delay());
    let code = match code {
        Order::After => Code::SigningTimeAfterTimestamp,
        Order::LongBefore => Code::TimestampTooLate,
        Order::Before => Code::SigningTimeInOrder,
    };
    ledger.note_with(Subject::Time, code, || Details::both(text::time(signing_time), text::time(proven_at)));
}
