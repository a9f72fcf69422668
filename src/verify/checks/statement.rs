//! The rules of the statement itself.

use chrono::{DateTime, Utc};

use super::issuer::check_issuer;
use crate::evidence::{Issuer, Statement};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;
use crate::verify::examined::Examined;
use crate::verify::settings::Settings;

/// Environment and order of times.
pub(crate) fn check_statement<S: Statement>(
    statement: &S,
    issuer: &Issuer,
    examined: &Examined,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    ledger.note_with(Subject::Statement, Code::Event, || {
        Details::stated(format_args!("{} at {}", statement.event(), text::time(statement.event_time())))
    });
    check_environment(issuer, settings, ledger);
    if let Some(signer) = &examined.signer {
        check_issuer(issuer, &signer.certificate, ledger);
    }
    check_event_time(statement.event_time(), examined, settings, now, ledger);
}

/// The environment of the issuer is that of the verifier.
pub(crate) fn check_environment(issuer: &Issuer, settings: &Settings, ledger: &mut Ledger<'_>) {
    let (stated, computed) = (issuer.environment(), settings.environment);
    if stated == computed {
        ledger.note_with(Subject::Statement, Code::EnvironmentMatches, || Details::stated(stated));
    } else {
        ledger.note_with(Subject::Statement, Code::EnvironmentDiffers, || Details::both(stated, computed));
    }
}

/// The event is not after the time at which its seal is proven to have existed, and the seal was made soon after it.
fn check_event_time(
    event_time: DateTime<Utc>,
    examined: &Examined,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    if !check_not_before_event(event_time, examined, settings, now, ledger) {
        return;
    }
    let (Some(signing_time), Some(_)) = (examined.signing_time, examined.proven_at) else { return };
    let delay = signing_time.signed_duration_since(event_time);
    let code = if delay > settings.policy.maximum_sealing_delay() { Code::SealedTooLate } else { Code::EventInOrder };
    ledger.note_with(Subject::Statement, code, || Details::both(text::time(event_time), text::time(signing_time)));
}

/// Checks that a seal is not before the event that its statement attests, neither by its proven time nor by the one that it
/// states. Where no time is proven, the event is not in the future. Returns false where the order is wrong.
pub(crate) fn check_not_before_event(
    event_time: DateTime<Utc>,
    examined: &Examined,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) -> bool {
    let of_evidence = match examined.first_proven_at {
        Some(proven_at) => (Code::EventAfterTimestamp, proven_at),
        None => (Code::EventInTheFuture, now),
    };
    let of_claim = examined.signing_time.map(|signing_time| (Code::EventAfterSigning, signing_time));
    let skew = settings.policy.clock_skew();
    let is_before = |(_, time): &(Code, DateTime<Utc>)| event_time.signed_duration_since(*time) > skew;
    let wrong = [of_evidence].into_iter().chain(of_claim).find(is_before);
    if let Some((code, time)) = wrong {
        ledger.note_with(Subject::Statement, code, || Details::both(text::time(event_time), text::time(time)));
    }
    wrong.is_none()
}
