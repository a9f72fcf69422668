//! When a seal was made and until when its certificates hold, as far as its timestamp must fit in between.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use signed_data::SignerIdentifier;

use super::delays::{CLOCK_SKEW, MAXIMUM_TIMESTAMP_DELAY, seconds};
use super::envelope::OpenEnvelope;
use super::error::TimestampError;
use crate::asn1::oid;
use crate::cms::{embedded_certificates, signing_time};
use crate::pki::{Certificate, KnownCertificates};
use crate::time::token::{GenuineToken, tolerance};

/// The time of a token that is genuine.
#[derive(Clone, Copy, Debug)]
pub(super) struct TokenTime {
    gen_time: DateTime<Utc>,
    accuracy: Option<TimeDelta>,
}

impl From<&GenuineToken> for TokenTime {
    fn from(token: &GenuineToken) -> Self {
        Self { gen_time: token.gen_time, accuracy: token.accuracy }
    }
}

/// The times between which the first timestamp of a seal must lie. An unknown time demands nothing: the verifier judges
/// it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signing {
    /// The stated signing time.
    pub(super) at: Option<DateTime<Utc>>,
    /// The last time that the timestamp may have.
    pub(super) latest: Option<DateTime<Utc>>,
    /// The end of the validity of the signing certificate, or of its chain.
    pub(super) valid_until: Option<DateTime<Utc>>,
}

impl Signing {
    /// Returns the times of a seal that is made now, by a chain that is valid until then.
    pub(super) fn made(now: DateTime<Utc>, valid_until: DateTime<Utc>) -> Self {
        Self { at: Some(now), latest: latest(now, MAXIMUM_TIMESTAMP_DELAY), valid_until: Some(valid_until) }
    }

    /// Sets how many seconds after the seal its first timestamp may be.
    pub(super) fn with_maximum_timestamp_delay(self, longest: u32) -> Self {
        Self { latest: self.latest.and(self.at).and_then(|at| latest(at, longest)), ..self }
    }

    /// Reads what a stored seal states. A seal with a timestamp can get another one at any later time.
    pub(super) fn of(open: &OpenEnvelope<'_>) -> Self {
        let at = open.signed_attributes().ok().and_then(|attributes| signing_time(attributes).ok().flatten());
        let is_stamped = open.signer_info().is_ok_and(|signer_info| {
            let unsigned = signer_info.unsigned_attributes.as_ref();
            unsigned.is_some_and(|attributes| attributes.find(oid::SIGNATURE_TIME_STAMP).next().is_some())
        });
        let at = at.map(|time| time.value);
        if is_stamped {
            return Self { at, latest: None, valid_until: None };
        }
        let latest = at.and_then(|at| latest(at, MAXIMUM_TIMESTAMP_DELAY));
        Self { at, latest, valid_until: end_of_validity(open) }
    }

    /// Returns the last time that the timestamp may have.
    pub(super) fn end(&self) -> Option<DateTime<Utc>> {
        first(self.latest, self.valid_until)
    }

    /// Checks that the time of a token lies in between. Otherwise nobody could ever verify the proof.
    ///
    /// # Errors
    /// `BeforeSigning`, `TooLate`, `AfterExpiry`.
    pub(super) fn check(&self, token: TokenTime) -> Result<(), TimestampError> {
        let TokenTime { gen_time, accuracy } = token;
        let tolerance = tolerance(seconds(CLOCK_SKEW), accuracy);
        if let Some(signing_time) = self.at.filter(|signing_time| *signing_time - gen_time > tolerance) {
            return Err(TimestampError::BeforeSigning { gen_time, signing_time });
        }
        self.check_end(gen_time)
    }

    /// Checks that a token of this time is not too late for the seal.
    ///
    /// # Errors
    /// `TooLate`, `AfterExpiry`.
    pub(super) fn check_end(&self, gen_time: DateTime<Utc>) -> Result<(), TimestampError> {
        // The last second of a certificate belongs to its validity.
        if let Some(not_after) = self.valid_until.filter(|not_after| gen_time.timestamp() > not_after.timestamp()) {
            return Err(TimestampError::AfterExpiry { gen_time, not_after });
        }
        match self.latest.filter(|latest| gen_time > *latest) {
            Some(latest) => Err(TimestampError::TooLate { gen_time, latest }),
            None => Ok(()),
        }
    }
}

/// Returns the last time that a timestamp may have. The verifier reads whole seconds of the signing time.
fn latest(signing_time: DateTime<Utc>, longest: u32) -> Option<DateTime<Utc>> {
    signing_time.trunc_subsecs(0).checked_add_signed(seconds(longest))
}

/// The times of all seals of a batch.
#[derive(Clone, Copy, Debug)]
pub(super) struct SigningOfBatch {
    /// The times that fit every seal.
    every: Signing,
    /// The times outside of which no seal fits. Not every time within them fits one.
    any: Signing,
}

impl SigningOfBatch {
    pub(super) fn of(seal: Signing) -> Self {
        Self { every: seal, any: seal }
    }

    /// Returns the times with those of one more seal.
    pub(super) fn with(self, seal: Signing) -> Self {
        let Self { every, any } = self;
        // Nothing is before or after an unknown time.
        let last =
            |end: Option<DateTime<Utc>>, of_seal: Option<_>| end.zip(of_seal).map(|(end, of_seal)| end.max(of_seal));
        Self {
            every: Signing {
                at: every.at.max(seal.at),
                latest: first(every.latest, seal.latest),
                valid_until: first(every.valid_until, seal.valid_until),
            },
            any: Signing {
                at: any.at.zip(seal.at).map(|(at, of_seal)| at.min(of_seal)),
                latest: last(any.latest, seal.latest),
                valid_until: last(any.valid_until, seal.valid_until),
            },
        }
    }

    /// Checks that a token of this time is not too late for every seal.
    ///
    /// # Errors
    /// `TooLate`, `AfterExpiry`.
    pub(super) fn check_end(&self, gen_time: DateTime<Utc>) -> Result<(), TimestampError> {
        self.any.check_end(gen_time)
    }

    /// Checks that the time of a token is not before every seal, nor too late for every seal. Such a token is refused.
    /// Any other one that does not fit every seal is checked seal by seal: one seal with a wrong time does not cost the
    /// rest their proof. It may still fit none, where it lies between the end of one seal and the start of the next.
    ///
    /// # Errors
    /// `BeforeSigning`, `TooLate`, `AfterExpiry`.
    pub(super) fn check(&self, token: TokenTime) -> Result<Fit, TimestampError> {
        self.any.check(token)?;
        Ok(if self.every.check(token).is_ok() { Fit::Every } else { Fit::Each(token) })
    }
}

/// The answer to which seals of a batch the time of its token fits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fit {
    /// It fits every seal.
    Every,
    /// It does not fit all of them, and each one is checked against the token.
    Each(TokenTime),
}

impl Fit {
    /// Checks that the time of the token fits this seal.
    ///
    /// # Errors
    /// `BeforeSigning`, `TooLate`, `AfterExpiry`.
    pub(super) fn check(&self, seal: impl FnOnce() -> Signing) -> Result<(), TimestampError> {
        match self {
            Self::Every => Ok(()),
            Self::Each(token) => seal().check(*token),
        }
    }
}

/// Returns the first of two ends. An unknown one demands nothing.
fn first(end: Option<DateTime<Utc>>, of_seal: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match (end, of_seal) {
        (Some(end), Some(of_seal)) => Some(end.min(of_seal)),
        (end, None) | (None, end) => end,
    }
}

/// Returns the end of the validity of the signing certificate. Of several that may be meant the last one counts.
fn end_of_validity(open: &OpenEnvelope<'_>) -> Option<DateTime<Utc>> {
    let sid = &open.signer_info().ok()?.sid;
    let may_be_meant = |certificate: &&Certificate| match sid {
        SignerIdentifier::IssuerAndSerialNumber { serial, .. } => certificate.serial().as_bytes() == serial.as_bytes(),
        SignerIdentifier::SubjectKeyIdentifier(identifier) => certificate.subject_key_identifier() == Some(*identifier),
    };
    let certificates = embedded_certificates(&open.signed_data, &KnownCertificates::default());
    certificates.iter().filter(may_be_meant).map(Certificate::not_after).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(number)
    }

    #[test]
    fn a_token_between_two_seals_fits_neither_of_them() {
        let seal = |from, until| Signing { latest: None, ..Signing::made(day(from), day(until)) };
        let (early, late) = (seal(10, 20), seal(30, 40));
        let batch = SigningOfBatch::of(early).with(late);
        let check = |number| batch.check(TokenTime { gen_time: day(number), accuracy: None });

        assert!(matches!(check(5), Err(TimestampError::BeforeSigning { .. })));
        assert!(matches!(check(45), Err(TimestampError::AfterExpiry { .. })));
        let between = check(25).expect("it is decided seal by seal");
        assert!(matches!(between.check(|| early), Err(TimestampError::AfterExpiry { .. })));
        assert!(matches!(between.check(|| late), Err(TimestampError::BeforeSigning { .. })));
        let within = check(15).expect("the early seal");
        assert!(within.check(|| early).is_ok());
        assert!(matches!(within.check(|| late), Err(TimestampError::BeforeSigning { .. })));
    }

    #[test]
    fn a_token_that_is_too_late_for_one_seal_of_a_batch_fits_a_later_one() {
        let (early, late) = (Signing::made(day(10), day(40)), Signing::made(day(11), day(40)));
        let batch = SigningOfBatch::of(early).with(late);
        let check = |gen_time| batch.check(TokenTime { gen_time, accuracy: None });

        assert!(matches!(check(day(11)), Ok(Fit::Every)));
        let after_early = check(day(11) + TimeDelta::milliseconds(1)).expect("the late seal");
        assert!(
            matches!(after_early.check(|| early), Err(TimestampError::TooLate { latest, .. }) if latest == day(11))
        );
        assert!(after_early.check(|| late).is_ok());
        assert!(check(day(12)).is_ok());
        let refused = check(day(12) + TimeDelta::milliseconds(1));
        assert!(matches!(refused, Err(TimestampError::TooLate { latest, .. }) if latest == day(12)));
    }
}
