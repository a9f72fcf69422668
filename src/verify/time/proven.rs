//! The time that all valid evidence proves together, and how the times that are stated lie to it.

use chrono::{DateTime, TimeDelta, Utc};

use super::evidence::Verdict;
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;
use crate::time::token::{GenuineToken, tolerance};
use crate::verify::examined::TimestampKind;
use crate::verify::order::Order;
use crate::verify::profile::Profile;
use crate::verify::settings::Settings;
use crate::verify::signature::Signature;

/// The earliest time at which valid evidence proves that the signature existed, or what is beside its file.
pub(crate) fn earliest(
    verdicts: &[Verdict<'_>],
    signature: &Signature<'_>,
    ledger: &mut Ledger<'_>,
) -> Option<DateTime<Utc>> {
    let profile = signature.profile;
    let proven_at = verdicts.iter().filter_map(Verdict::proven_at).chain(signature.existed_at).min();
    match proven_at {
        Some(time) => ledger.note_with(Subject::Time, Code::TimeProven, || Details::computed(text::time(time))),
        None if verdicts.iter().any(Verdict::is_about_signature) => {
            let causes = ledger.causes(|subject| !is_over_something_else(subject, verdicts));
            ledger.note_with(Subject::Time, profile.without_valid_timestamp(), || Details::of_causes(&causes))
        }
        None => ledger.note(Subject::Time, profile.without_timestamp()),
    };
    proven_at
}

/// Whether a finding is about a token that would prove nothing about the signature if it were valid.
fn is_over_something_else(subject: Subject, verdicts: &[Verdict<'_>]) -> bool {
    verdicts.iter().any(|verdict| match verdict {
        Verdict::Token { number, token, .. } => Subject::Timestamp(*number) == subject && !token.is_over_signature(),
        Verdict::Record { .. } => false,
    })
}

/// A proof whose only time evidence is a record must not change after it. A proof for which something valid proves a time no
/// later than the record does not need the record: what proves it may predate it.
pub(crate) fn check_undone(verdicts: &[Verdict<'_>], ledger: &mut Ledger<'_>) {
    let undone = |verdict: &Verdict<'_>| match verdict {
        Verdict::Token { .. } => None,
        Verdict::Record { verdict, .. } => verdict.undone,
    };
    let proven = verdicts.iter().filter_map(Verdict::proven_at).min();
    if verdicts.iter().filter_map(undone).any(|time| proven.is_none_or(|proven| proven > time)) {
        ledger.note(Subject::Envelope, Code::RecordUndone);
    }
}

/// The time after which the signature was made: the latest of the valid timestamps that it signs over.
pub(crate) fn made_after(verdicts: &[Verdict<'_>]) -> Option<DateTime<Utc>> {
    of_content(verdicts).map(|token| token.gen_time).max()
}

/// The valid timestamps of the content.
fn of_content<'v>(verdicts: &'v [Verdict<'_>]) -> impl Iterator<Item = &'v GenuineToken> {
    verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Token { token, verdict, .. } if token.kind == TimestampKind::Content => verdict.valid(),
        Verdict::Token { .. } | Verdict::Record { .. } => None,
    })
}

/// ETSI EN 319 102-1 V1.4.1, clause 5.5.4: what was signed existed before the signature did. The order of two tokens is
/// known where their times differ by more than their accuracies together (RFC 3161 §2.4.2).
pub(crate) fn check_content_time(verdicts: &[Verdict<'_>], proven_at: Option<DateTime<Utc>>, ledger: &mut Ledger<'_>) {
    let Some(proven_at) = proven_at else { return };
    let proving = tolerance(TimeDelta::zero(), accuracy_at(proven_at, verdicts));
    let late = of_content(verdicts).filter(|token| {
        let tolerance = proving + tolerance(TimeDelta::zero(), token.accuracy);
        token.gen_time.signed_duration_since(proven_at) > tolerance
    });
    if let Some(latest) = late.map(|token| token.gen_time).max() {
        ledger.note_with(Subject::Time, Code::ContentTimestampAfterSigning, || {
            Details::both(text::time(latest), text::time(proven_at))
        });
    }
}

/// The largest accuracy of the valid tokens of this time.
fn accuracy_at(time: DateTime<Utc>, verdicts: &[Verdict<'_>]) -> Option<TimeDelta> {
    let tokens = verdicts.iter().flat_map(Verdict::valid_tokens).filter(|token| token.gen_time == time);
    tokens.filter_map(|token| token.accuracy).max()
}

/// ETSI EN 319 102-1 V1.4.1, clause 5.5.4 (4)(e) and (5): order and delay of the stated signing time and the proven one. A
/// signature without a proven time exists when it is verified, and was made before.
pub(crate) fn check_signing_time(
    signing_time: Option<DateTime<Utc>>,
    proven_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    verdicts: &[Verdict<'_>],
    profile: Profile,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) {
    let Some(signing_time) = signing_time else { return };
    let Some(proven_at) = proven_at else {
        if signing_time.signed_duration_since(now) > settings.policy.clock_skew() {
            ledger.note_with(Subject::Time, profile.signing_time_in_the_future(), || {
                Details::both(text::time(signing_time), text::time(now))
            });
        }
        return;
    };
    // The delay is that of a timestamp. What a proof beside the file shows was signed at any time before.
    let is_attested = verdicts.iter().any(|verdict| verdict.proven_at() == Some(proven_at));
    let longest_delay = if is_attested { settings.policy.maximum_timestamp_delay() } else { TimeDelta::MAX };
    let proven = ProvenTime { at: proven_at, accuracy: accuracy_at(proven_at, verdicts), longest_delay };
    note_order(signing_time, &proven, profile, settings, ledger);
}

/// A proven time that a stated one is compared with.
pub(crate) struct ProvenTime {
    pub(crate) at: DateTime<Utc>,
    /// The accuracy of the token that proves it.
    pub(crate) accuracy: Option<TimeDelta>,
    pub(crate) longest_delay: TimeDelta,
}

/// Notes how the stated signing time lies to a proven one.
pub(crate) fn note_order(
    signing_time: DateTime<Utc>,
    proven: &ProvenTime,
    profile: Profile,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) {
    let tolerance = tolerance(settings.policy.clock_skew(), proven.accuracy);
    let code = match Order::of(signing_time, proven.at, tolerance, proven.longest_delay) {
        Order::After => profile.signing_time_after(),
        Order::LongBefore => Code::TimestampTooLate,
        Order::Before => Code::SigningTimeInOrder,
    };
    ledger.note_with(Subject::Time, code, || Details::both(text::time(signing_time), text::time(proven.at)));
}
