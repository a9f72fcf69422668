//! The means of a service: its sealer and its TSAs.

use chrono::{DateTime, TimeDelta, Utc};
use rfc3161_client::AttemptError;

use super::{Concern, Upcoming};
use crate::seal::delays::CLOCK_SKEW;
use crate::text::with_sources;
use crate::verify::{CertificateSummary, Indication, Report, RevocationSummary, TsaTrial};

/// How long before their end other certificates are to be had. An authority that looks a company up, a device that is sent by post, and
/// verifiers that take up another anchor need weeks.
const CERTIFICATE: TimeDelta = TimeDelta::days(60);

/// Returns what a report on a sealer ([`Verifier::report_sealer`](crate::Verifier::report_sealer)) says of the future: the end of its
/// certificates or algorithms, and that of each CRL or OCSP response about them. A sealer whose seals would not pass fails already.
///
/// Credentials of second seals are told too.
pub fn sealer(report: &Report) -> Vec<Upcoming> {
    let mut list: Vec<Upcoming> = means(report, Concern::Seals, "").into_iter().collect();
    list.extend(revocation(report));
    for second in &report.second_seals {
        list.extend(means(second, Concern::Seals, "of second seals, "));
        list.extend(revocation(second));
    }
    list
}

/// Returns what the trials of TSAs ([`Verifier::report_tsas`](crate::Verifier::report_tsas)) say of the future: the end of their
/// certificates or algorithms, and that of each CRL or OCSP response about them. A TSA that gave no timestamp, or one that does not
/// pass, fails already, and so does a clock: the genTime of a token is compared with the time at which it was judged, which is when it
/// came. `now` is the time at which an error is seen.
///
/// Of the trials of one TSA, which follow each other, the last one counts. Two TSAs that follow each other need two names.
pub fn tsas(trials: &[TsaTrial], now: DateTime<Utc>) -> Vec<Upcoming> {
    let of_tsas = trials.chunk_by(|one, next| one.tsa == next.tsa);
    of_tsas.filter_map(<[TsaTrial]>::last).flat_map(|trial| tsa(trial, now)).collect()
}

fn tsa(trial: &TsaTrial, now: DateTime<Utc>) -> Vec<Upcoming> {
    let name = &trial.tsa;
    let report = match &trial.outcome {
        Ok(report) => report,
        Err(error) => {
            let is_clock = matches!(error, AttemptError::Clock { .. });
            let concern = if is_clock { Concern::Clock } else { Concern::Tsa };
            return vec![Upcoming::already(concern, now, format!("{name}: {}", with_sources(error)))];
        }
    };
    let mut list: Vec<Upcoming> = means(report, Concern::Tsa, &format!("{name}: ")).into_iter().collect();
    list.extend(clock(report, name));
    list.extend(revocation(report));
    list
}

/// The end of the means that a report is about.
fn means(report: &Report, concern: Concern, whose: &str) -> Option<Upcoming> {
    if report.indication != Indication::TotalPassed {
        let why = report.decided_by.map_or_else(|| report.indication.to_string(), |decided| decided.code.to_string());
        return Some(Upcoming::already(concern, report.verified_at, format!("{whose}{why}")));
    }
    let by_policy = report.verifiable_until.as_ref().map(|until| (until.time, until.because.clone()));
    // A policy may let old timestamps outlive a certificate. Nothing new is signed with it all the same.
    let certificate = issued(&report.certificates)
        .min_by_key(|certificate| certificate.not_after)
        .map(|certificate| (certificate.not_after, format!("the end of the validity of {}", certificate.subject)));
    let (by, because) = by_policy.into_iter().chain(certificate).min()?;
    Some(Upcoming::before(concern, by, CERTIFICATE, format!("{whose}{because}")))
}

/// The certificates without the anchor of each path, which counts for as long as it is one. Each path is from the signer upwards, and
/// one of a certificate alone has no anchor above it.
fn issued(certificates: &[CertificateSummary]) -> impl Iterator<Item = &CertificateSummary> {
    let paths = certificates.chunk_by(|issued, issuer| issued.used_for == issuer.used_for);
    paths.flat_map(|path| match path {
        [issued @ .., _anchor] if !issued.is_empty() => issued,
        alone => alone,
    })
}

/// The ends of the CRLs and OCSP responses that answered.
fn revocation(report: &Report) -> impl Iterator<Item = Upcoming> {
    report.revocation.iter().filter_map(|RevocationSummary { issuer, this_update, next_update, .. }| {
        let by = (*next_update)?;
        // Lists live for a month, responses for a day: the last quarter of either is the time to fetch the next one.
        let lead = this_update.map_or(TimeDelta::zero(), |this_update| by.signed_duration_since(this_update) / 4);
        let of = issuer.as_deref().unwrap_or("an unknown issuer");
        let because = format!("the next update of the revocation data of {of}");
        Some(Upcoming::before(Concern::RevocationData, by, lead, because))
    })
}

/// Compares the time of a token that has just come with the time here. A verifier notices only a clock that is behind the TSA's.
fn clock(report: &Report, name: &str) -> Option<Upcoming> {
    let (now, gen_time) = (report.verified_at, report.timestamps.first()?.gen_time?);
    let ahead = gen_time.signed_duration_since(now);
    if ahead.abs() <= TimeDelta::seconds(i64::from(CLOCK_SKEW)) {
        return None;
    }
    let seconds = ahead.num_seconds().unsigned_abs();
    let because = match ahead > TimeDelta::zero() {
        true => format!("{name}: its clock is {seconds} s ahead of the one here"),
        false => format!("{name}: its clock is {seconds} s behind the one here"),
    };
    Some(Upcoming::already(Concern::Clock, now, because))
}
