//! The rules of the statement itself.

use chrono::{DateTime, Utc};

use super::issuer::check_issuer;
use crate::evidence::{Issuer, Statement};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;
use crate::verify::examined::Examined;
use crate::verify::order::Order;
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
        Details::stated(format!("{} at {}", statement.event(), text::time(statement.event_time())))
    });
    let (stated, expected) = (issuer.environment(), settings.environment);
    if stated == expected {
        ledger.note_with(Subject::Statement, Code::EnvironmentMatches, || Details::stated(stated));
    } else {
        ledger.note_with(Subject::Statement, Code::EnvironmentDiffers, || Details::both(stated, expected));
    }
    if let Some(signer) = &examined.signer {
        check_issuer(issuer, &signer.certificate, ledger);
    }
    check_event_time(statement.event_time(), examined, settings, now, ledger);
}

/// The event is not after the time at which its seal is proven to have existed, and the seal was made soon after it.
fn check_event_time(
    event_time: DateTime<Utc>,
    examined: &Examined,
    settings: &Settings,
    now: DateTime<Utc>,
    ledger: &mut Ledger<'_>,
) {
    let (skew, maximum) = (settings.policy.clock_skew(), settings.policy.maximum_sealing_delay());
    let Some(proven_at) = examined.proven_at else {
        if event_time.signed_duration_since(now) > skew {
            ledger.note_with(Subject::Statement, Code::EventInTheFuture, || {
                Details::both(text::time(event_time), text::time(now))
            });
        }
        return;
    };
    if let Order::After = Order::of(event_time, proven_at, skew, maximum) {
        ledger.note_with(Subject::Statement, Code::EventAfterTimestamp, || {
            Details::both(text::time(event_time), text::time(proven_at))
        });
        return;
    }
    let Some(signing_time) = examined.signing_time else { return };
    let code = match Order::of(event_time, signing_time, skew, maximum) {
        Order::After => Code::EventAfterSigning,
        Order::LongBefore => Code::SealedTooLate,
        Order::Before => Code::EventInOrder,
    };
    ledger.note_with(Subject::Statement, code, || Details::both(text::time(event_time), text::time(signing_time)));
}
