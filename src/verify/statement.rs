//! The rules of the statement itself.

use chrono::{DateTime, Utc};

use super::engine::{Examined, Order, order};
use super::issuer::check_issuer;
use super::verified::Payload;
use super::verifier::Verifier;
use crate::crypto::Standing;
use crate::evidence::{ContentPart, Issuer, PayloadDigests, Statement};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;

/// Compares the payload with the content parts that the statement names.
pub(super) fn check_payload<S: Statement>(
    statement: &S,
    payload: Payload<'_>,
    verifier: &Verifier,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    let Payload::Digests(given) = payload else {
        ledger.note(Subject::Payload, Code::PayloadNotCompared);
        return;
    };
    let comparisons = statement.parts().iter().map(|part| (part, compare(part, given)));
    let mut comparable = false;
    for (part, comparison) in comparisons {
        match comparison {
            Comparison::Same => return note_match(part, given, verifier, now, ledger),
            Comparison::Different => comparable = true,
            Comparison::NoCommonAlgorithm => {}
        }
    }
    let names = || given.iter().map(|digest| digest.to_string()).collect::<Vec<_>>().join(", ");
    if comparable {
        let stated = || {
            statement
                .parts()
                .iter()
                .filter_map(|part| part.digests().first())
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(", ")
        };
        ledger.note_with(Subject::Payload, Code::PayloadDiffers, || Details::both(stated(), names()));
    } else {
        ledger.note_with(Subject::Payload, Code::PayloadDigestNotStated, || Details::computed(names()));
    }
}

enum Comparison {
    Same,
    Different,
    NoCommonAlgorithm,
}

/// Same: all digests by common algorithms agree, and there is at least one.
fn compare(part: &ContentPart, given: &PayloadDigests) -> Comparison {
    let common =
        given.iter().filter_map(|digest| part.digests().get(digest.algorithm()).map(|stated| stated == digest));
    common.fold(Comparison::NoCommonAlgorithm, |so_far, same| match (so_far, same) {
        (Comparison::Different, _) | (_, false) => Comparison::Different,
        (_, true) => Comparison::Same,
    })
}

/// The strongest common digest counts: that is what further digests in a statement are for.
fn note_match(
    part: &ContentPart,
    given: &PayloadDigests,
    verifier: &Verifier,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    let common = || given.iter().filter(|digest| part.digests().get(digest.algorithm()).is_some());
    let best = common().map(|digest| verifier.policy.algorithms.digest(digest.algorithm(), now)).min();
    let stated = || part.media_type().to_owned();
    let computed = || common().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    ledger.note_with(Subject::Payload, Code::PayloadMatches, || Details::both(stated(), computed()));
    match best {
        Some(Standing::Good) | None => {}
        Some(Standing::Legacy { what, since }) => {
            ledger.note_with(Subject::Payload, Code::PayloadDigestLegacy, || {
                Details::both(what, format!("since {since}"))
            });
        }
        Some(Standing::Past { what, since }) => {
            ledger.note_with(Subject::Payload, Code::PayloadDigestPastItsDate, || {
                Details::both(what, format!("since {since}"))
            });
        }
        Some(Standing::Unlisted { what }) => {
            ledger.note_with(Subject::Payload, Code::AlgorithmNotListed, || Details::stated(what));
        }
    }
}

/// Environment and order of times.
pub(super) fn check_statement<S: Statement>(
    statement: &S,
    issuer: &Issuer,
    examined: &Examined,
    verifier: &Verifier,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    ledger.note_with(Subject::Statement, Code::Event, || {
        Details::stated(format!("{} at {}", statement.event(), text::time(statement.event_time())))
    });
    let (stated, expected) = (issuer.environment(), verifier.environment);
    if stated == expected {
        ledger.note_with(Subject::Statement, Code::EnvironmentMatches, || Details::stated(stated));
    } else {
        ledger.note_with(Subject::Statement, Code::EnvironmentDiffers, || Details::both(stated, expected));
    }
    if let Some(signer) = &examined.signer {
        check_issuer(issuer, &signer.certificate, ledger);
    }
    check_event_time(statement.event_time(), examined, verifier, now, ledger);
}

/// The event is not after the time at which its seal is proven to have existed, and the seal was made soon after it.
fn check_event_time(
    event_time: DateTime<Utc>,
    examined: &Examined,
    verifier: &Verifier,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    let (skew, maximum) = (verifier.policy.clock_skew(), verifier.policy.maximum_sealing_delay());
    let Some(proven_at) = examined.proven_at else {
        if event_time.signed_duration_since(now) > skew {
            ledger.note_with(Subject::Statement, Code::EventInTheFuture, || {
                Details::both(text::time(event_time), text::time(now))
            });
        }
        return;
    };
    if let Order::After = order(event_time, proven_at, skew, maximum) {
        ledger.note_with(Subject::Statement, Code::EventAfterTimestamp, || {
            Details::both(text::time(event_time), text::time(proven_at))
        });
        return;
    }
    let Some(signing_time) = examined.signing_time else { return };
    let code = match order(event_time, signing_time, skew, maximum) {
        Order::After => Code::EventAfterSigning,
        Order::LongBefore => Code::SealedTooLate,
        Order::Before => Code::EventInOrder,
    };
    ledger.note_with(Subject::Statement, code, || Details::both(text::time(event_time), text::time(signing_time)));
}
