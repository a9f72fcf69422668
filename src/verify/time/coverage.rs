//! The order of valid evidence and of what it covers (ETSI EN 319 102-1 V1.4.1, clause 5.5.4 (4)(e)): what is covered was
//! there first. Where the times say otherwise a clock was wrong, and nobody knows which one.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::evidence::Verdict;
use super::listing::Listing;
use super::poe::ProofsOfExistence;
use super::records::covered_records;
use super::trust::Grounds;
use crate::crypto::Fingerprint;
use crate::finding::{Code, Details, Ledger, Subject};
use crate::pki::{Certificate, ValidatedPath};
use crate::text;
use crate::time::token::{GenuineToken, tolerance};
use crate::verify::answer::Published;
use crate::verify::examined::TimestampKind;
use crate::verify::file::File;

/// Checks that no archive timestamp and no record is dated before valid evidence that it covers. Only what is valid counts:
/// anybody can write a token that is not.
pub(crate) fn check_covered_evidence(
    verdicts: &[Verdict<'_>],
    listing: &Listing,
    clock_skew: TimeDelta,
    ledger: &mut Ledger<'_>,
) {
    let newest =
        |verdict| Some((verdict, Verdict::valid_tokens(verdict).into_iter().max_by_key(|token| token.gen_time)?));
    let valid: Vec<_> = verdicts.iter().filter_map(newest).collect();
    for covering in verdicts {
        let Some(first) = covering.covers_since() else { continue };
        let late = valid
            .iter()
            .filter(|(covered, token)| is_after(token, first, clock_skew) && covers(covering, covered, listing));
        if let Some((covered, token)) = late.max_by_key(|(_, token)| token.gen_time) {
            ledger.note_with(Subject::Time, Code::TimestampOutOfOrder, || {
                Details::both(dated(covered.subject(), token.gen_time), dated(covering.subject(), first.gen_time))
            });
        }
    }
}

/// Checks that no evidence is dated before thisUpdate of revocation data that it covers. Only data that answered counts,
/// because its signer is known.
pub(crate) fn check_covered_revocation<'a>(
    published: impl Iterator<Item = &'a Published>,
    verdicts: &[Verdict<'_>],
    poes: &ProofsOfExistence,
    clock_skew: TimeDelta,
    ledger: &mut Ledger<'_>,
) {
    let late = published.filter_map(|Published { fingerprint, this_update }| {
        // What nothing covers is known to exist now, which may be the very second of a token that does not cover it.
        let since = poes.revocation_covered_since(fingerprint)?;
        let covering = verdicts.iter().find(|verdict| verdict.attests(since))?;
        let tokens = verdicts.iter().flat_map(Verdict::valid_tokens).filter(|token| token.gen_time == since);
        let tolerance = tolerance(clock_skew, tokens.filter_map(|token| token.accuracy).max());
        (this_update.signed_duration_since(since) > tolerance).then_some((*this_update, since, covering))
    });
    // Data that was published later says no more about the same clock.
    if let Some((this_update, since, covering)) = late.max_by_key(|(this_update, since, _)| (*this_update, *since)) {
        ledger.note_with(Subject::Time, Code::TimestampOutOfOrder, || {
            let data = format!("revocation data of {}", text::time(this_update));
            Details::both(data, dated(covering.subject(), since))
        });
    }
}

/// Checks that archive timestamps list what lies in the file, and what the signature and the tokens under them rest on: the
/// index has every certificate and all revocation data (ETSI EN 319 122-1 V1.3.1, clause 5.5.2). What it leaves out is not
/// proven by it. That is no fault of the signature, because both can be added later, and the signature itself names its
/// certificate; so it warns, until other evidence covers what was left out.
///
/// Certificates count in `certificates` alone and data in `crls`: an index has no digest of a single value in
/// certificate-values or revocation-values, but one of the whole attribute among the unsigned ones.
pub(crate) fn check_indexes(
    of_signature: Grounds<'_>,
    verdicts: &[Verdict<'_>],
    file: &File<'_>,
    listing: &Listing,
    poes: &ProofsOfExistence,
    ledger: &mut Ledger<'_>,
) {
    for archive in verdicts {
        let (Verdict::Token { number, .. }, Some(token)) = (archive, archive.covers_since()) else { continue };
        let under = verdicts.iter().filter(|verdict| covers_token(*number, verdict, listing));
        let grounds: Vec<_> = under.filter_map(Verdict::grounds).chain([of_signature]).collect();
        let certificates: BTreeSet<_> = grounds
            .iter()
            .flat_map(|grounds| grounds.path.into_iter().flat_map(ValidatedPath::below_anchor))
            .filter(|certificate| !poes.covers_certificate(certificate))
            .filter(|certificate| file.embedded.certificates.contains(certificate))
            .map(Certificate::identity)
            .collect();
        let data: BTreeSet<_> = grounds
            .iter()
            .flat_map(|grounds| grounds.published)
            .filter(|data| data.this_update <= token.gen_time)
            .filter(|data| poes.revocation_covered_since(&data.fingerprint).is_none())
            .filter(|data| file.has_in_crls(&data.fingerprint))
            .map(|data| Fingerprint::from(&data.fingerprint))
            .collect();
        if !certificates.is_empty() || !data.is_empty() {
            ledger.note_with(Subject::Time, Code::ArchiveIndexIncomplete, || {
                let (certificates, data) = (certificates.len(), data.len());
                let left_out = format!("left out: {certificates} certificates, {data} revocation data");
                Details::both(Subject::Timestamp(*number), left_out)
            });
        }
    }
}

fn covers_token(archive: usize, covered: &Verdict<'_>, listing: &Listing) -> bool {
    match covered {
        Verdict::Token { number, token, .. } => listing.covers(archive, (*number, token)),
        Verdict::Record { .. } => false,
    }
}

/// Whether a token is later than another one that covers it, whatever their accuracy and the skew of clocks explain.
fn is_after(covered: &GenuineToken, covering: &GenuineToken, clock_skew: TimeDelta) -> bool {
    let tolerance = tolerance(clock_skew, covering.accuracy) + tolerance(TimeDelta::zero(), covered.accuracy);
    covered.gen_time.signed_duration_since(covering.gen_time) > tolerance
}

/// Whether valid evidence covers other evidence. Timestamps of the content are signed over, and are compared with the time
/// of the signature.
fn covers(covering: &Verdict<'_>, covered: &Verdict<'_>, listing: &Listing) -> bool {
    match (covering, covered) {
        (_, Verdict::Token { token, .. }) if token.kind == TimestampKind::Content => false,
        (Verdict::Token { number: archive, .. }, Verdict::Token { .. }) => covers_token(*archive, covered, listing),
        (Verdict::Record { .. }, Verdict::Token { .. }) => true,
        (Verdict::Record { record, .. }, Verdict::Record { record: covered, .. }) => {
            covered_records(record).hold(covered)
        }
        // A record is over the file with all of its archive timestamps: no list of theirs can hold it.
        (Verdict::Token { .. }, Verdict::Record { .. }) => false,
    }
}

fn dated(subject: Subject, time: DateTime<Utc>) -> String {
    format!("{subject} of {}", text::time(time))
}
