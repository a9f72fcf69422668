//! The delays that a verifier's default policy allows, which sealing and stamping keep to.
//!
//! They stand here because the verifier lies above this room. A seal beyond them would be made, stamped and paid for, and
//! no verifier with the default policy would accept the proof.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::error::SealError;

/// Clocks may be this many seconds apart.
pub(crate) const CLOCK_SKEW: u32 = 60;

/// The seal may be made this many seconds after the event.
pub(crate) const MAXIMUM_SEALING_DELAY: u32 = DAY;

/// The timestamp may be this many seconds after the seal.
pub(crate) const MAXIMUM_TIMESTAMP_DELAY: u32 = DAY;

const DAY: u32 = 24 * 60 * 60;

pub(super) fn seconds(seconds: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(seconds))
}

/// Checks that an event is not after its seal, and that the seal is made in time.
///
/// # Errors
/// `EventAfterSigning`, `SealedTooLate`.
pub(super) fn check_event(event_time: DateTime<Utc>, now: DateTime<Utc>, longest: u32) -> Result<(), SealError> {
    // The verifier reads whole seconds.
    let signing_time = now.trunc_subsecs(0);
    let delay = signing_time.signed_duration_since(event_time);
    if delay < -seconds(CLOCK_SKEW) {
        return Err(SealError::EventAfterSigning { event_time, signing_time });
    }
    if delay > seconds(longest) {
        return Err(SealError::SealedTooLate { event_time, signing_time, maximum_sealing_delay: longest });
    }
    Ok(())
}
