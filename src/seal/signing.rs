//! When a seal was made and until when its certificates hold, as far as its timestamp must fit in between.

use chrono::{DateTime, TimeDelta, Utc};
use signed_data::SignerIdentifier;

use super::envelope::OpenEnvelope;
use super::error::TimestampError;
use crate::asn1::oid;
use crate::cms::{embedded_certificates, signing_time};
use crate::pki::{Certificate, KnownCertificates};
use crate::time::token::{GenuineToken, tolerance};

/// The clocks of a service and of its TSA may be this far apart, as they may by the default policy of a verifier.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(1);

/// The times between which the first timestamp of a seal must lie, or of all seals of a batch. An unknown time demands
/// nothing: the verifier judges it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signing {
    /// The stated signing time.
    pub(super) at: Option<DateTime<Utc>>,
    /// The end of the validity of the signing certificate, or of its chain.
    pub(super) valid_until: Option<DateTime<Utc>>,
}

impl Signing {
    /// Reads what a stored seal states. A seal with a timestamp can get another one at any later time.
    pub(super) fn of(open: &OpenEnvelope<'_>) -> Self {
        let at = open.signed_attributes().ok().and_then(|attributes| signing_time(attributes).ok().flatten());
        let is_stamped = open.signer_info().is_ok_and(|signer_info| {
            let unsigned = signer_info.unsigned_attributes.as_ref();
            unsigned.is_some_and(|attributes| attributes.find(oid::SIGNATURE_TIME_STAMP).next().is_some())
        });
        let valid_until = if is_stamped { None } else { end_of_validity(open) };
        Self { at: at.map(|time| time.value), valid_until }
    }

    /// Returns the times that fit both seals: after the later one was made, and before the first certificate ends.
    pub(super) fn and(self, other: Self) -> Self {
        let valid_until = match (self.valid_until, other.valid_until) {
            (Some(one_end), Some(other_end)) => Some(one_end.min(other_end)),
            (end, None) | (None, end) => end,
        };
        Self { at: self.at.max(other.at), valid_until }
    }

    /// Checks that the time of a token lies in between. Otherwise nobody could ever verify the proof.
    ///
    /// # Errors
    /// `BeforeSigning`, `AfterExpiry`.
    pub(super) fn check(&self, token: &GenuineToken) -> Result<(), TimestampError> {
        let gen_time = token.gen_time;
        let tolerance = tolerance(CLOCK_SKEW, token.accuracy);
        if let Some(signing_time) = self.at.filter(|signing_time| *signing_time - gen_time > tolerance) {
            return Err(TimestampError::BeforeSigning { gen_time, signing_time });
        }
        // The last second of a certificate belongs to its validity.
        match self.valid_until.filter(|not_after| gen_time.timestamp() > not_after.timestamp()) {
            Some(not_after) => Err(TimestampError::AfterExpiry { gen_time, not_after }),
            None => Ok(()),
        }
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
