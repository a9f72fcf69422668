//! Checks what came out of a renewal.

use std::cmp::Ordering;

use chrono::{DateTime, TimeDelta, Utc};
use rfc3161_client::TimeStampReq;

use super::due::Due;
use super::error::RenewalError;
use super::judge::{Kind, check, check_revocation, judge, report};
use super::strength::strength;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Finding, Ledger, Outcome, Subject};
use crate::text::hex;
use crate::verify::{ArtifactKind, Report, Verifier};

/// A trip to a TSA, with its repetitions, takes less. A token of a later time has the wrong clock.
const LONGEST_TRIP: TimeDelta = TimeDelta::minutes(10);

/// What came out of the renewal of something, and what it came from.
pub(super) struct Renewed<'a> {
    /// What is renewed; `None` where the token is the first one.
    pub(super) before: Option<&'a [u8]>,
    pub(super) after: &'a [u8],
    pub(super) kind: Kind<'a>,
    /// The digest that the new token is over.
    pub(super) imprint: &'a Digest,
    /// The time of the new token.
    pub(super) gen_time: DateTime<Utc>,
    pub(super) now: DateTime<Utc>,
}

impl Renewed<'_> {
    /// Checks that the token was requested for this, and that its clock is right.
    ///
    /// # Errors
    /// `OtherRequest`, `Clock`.
    pub(super) fn check_request(&self, request: &TimeStampReq) -> Result<(), RenewalError> {
        let Self { imprint, gen_time, now, .. } = *self;
        let requested = request.imprint();
        // A stored request can belong to another file, whose token proves nothing about this one.
        if requested.algorithm != imprint.algorithm().oid() || requested.digest != imprint.as_bytes() {
            return Err(RenewalError::OtherRequest);
        }
        if gen_time.signed_duration_since(now) > LONGEST_TRIP {
            return Err(RenewalError::Clock { gen_time, now });
        }
        Ok(())
    }

    /// Checks what was renewed before and after its last layer, each by a verifier of its own.
    ///
    /// # Errors
    /// `NotRenewable`, `Token`, `LaterTime`, `DoesNotLast`.
    pub(super) fn check_layers(&self, of_before: &Verifier, of_after: &Verifier) -> Result<(), RenewalError> {
        let Self { before, after, kind, imprint, gen_time, now } = *self;
        // The token itself has to be in time. Its answer may be kept and attached after the end of what it renews.
        let before = before.map(|before| judge(of_before, before, kind, gen_time)).transpose()?;
        before.as_ref().map_or(Ok(()), check_revocation)?;
        // A timestamp covers what is older than the time of verification: it is asked when the token's second is over.
        let asked_at = now.max(gen_time + TimeDelta::seconds(1));
        let after = report(of_after, after, kind, asked_at)?;
        check_token(&after, imprint)?;
        check(&after)?;
        match before {
            Some(before) if before.proven_at < after.proven_at => Err(RenewalError::LaterTime),
            Some(before) => check_lasts(&before, &after, imprint.algorithm()),
            None => Ok(()),
        }
    }
}

/// Checks that the timestamp over this imprint is valid.
fn check_token(report: &Report, imprint: &Digest) -> Result<(), RenewalError> {
    let stated = format!("{}:{}", imprint.algorithm().name().to_ascii_lowercase(), hex(imprint.as_bytes()));
    let timestamps = report.timestamps.iter().enumerate();
    let mut renewing = timestamps.filter(|(_, timestamp)| timestamp.imprint.as_deref() == Some(&*stated));
    let Some((index, timestamp)) = renewing.next_back() else {
        return Err(RenewalError::Token(Box::new(Ledger::unproven())));
    };
    if timestamp.valid {
        return Ok(());
    }
    let number = index + 1;
    let is_record = report.artifact == ArtifactKind::EvidenceRecord;
    let subject = if is_record { Subject::ArchiveTimeStamp(number) } else { Subject::Timestamp(number) };
    let speaks_against = |finding: &&Finding| finding.subject == subject && finding.outcome >= Outcome::Indeterminate;
    let finding = report.findings.iter().find(speaks_against).cloned();
    Err(RenewalError::Token(Box::new(finding.unwrap_or_else(Ledger::unproven))))
}

/// The strongest algorithm of the imprints of valid timestamps.
fn timestamped_by(report: &Report) -> Option<DigestAlgorithm> {
    let valid = report.timestamps.iter().filter(|timestamp| timestamp.valid);
    let imprints = valid.filter_map(|timestamp| timestamp.imprint.as_deref()?.split_once(':'));
    let algorithms = imprints.filter_map(|(name, _)| DigestAlgorithm::from_name(name));
    algorithms.max_by_key(|algorithm| strength(*algorithm))
}

/// Checks that the renewed file holds longer than the file, or as long where the algorithm of its timestamp is stronger.
fn check_lasts(before: &Report, after: &Report, algorithm: DigestAlgorithm) -> Result<(), RenewalError> {
    let is_stronger = || timestamped_by(before).is_some_and(|by| strength(by) < strength(algorithm));
    let lasts = |before: &Due, after: &Due| match after.renew_by.cmp(&before.renew_by) {
        Ordering::Greater => true,
        Ordering::Equal => is_stronger(),
        Ordering::Less => false,
    };
    match (Due::of(before), Due::of(after)) {
        (_, None) => Ok(()),
        (Some(before), Some(after)) if lasts(&before, &after) => Ok(()),
        (_, Some(after)) => Err(RenewalError::DoesNotLast { until: after.renew_by }),
    }
}
