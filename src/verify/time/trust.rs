//! Whether a genuine token can be trusted: its path, its algorithms, the revocation of its certificates, and whether they
//! still held when the token is known to have existed.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::poe::ProofsOfExistence;
use super::token::Token;
use crate::cms::note_standing;
use crate::crypto::Fingerprint;
use crate::finding::{Code, Details, Notes, SubIndication, Subject};
use crate::pki::{Certificate, Strength, ValidatedPath, note_valid};
use crate::text::time;
use crate::time::token::{GenuineToken, TokenTrust, check_trust};
use crate::verify::answer::{Answer, Published};
use crate::verify::checks::revocation::{self, Age, CheckedPath, Inquiry, Role};
use crate::verify::material::Material;
use crate::verify::rules::{PastValidation, TimestampValidity};

/// The trust in a token.
#[derive(Default)]
pub(crate) struct Trust {
    /// The path is there when nothing speaks against the token.
    pub(crate) path: Option<Arc<ValidatedPath>>,
    /// Whether the revocation data in the artifact leaves the status of a certificate open.
    pub(crate) leaves_revocation_open: bool,
    /// The time at which later evidence that is valid and covers the token shows that it existed; `None` where nothing
    /// covers it.
    pub(crate) covered_since: Option<DateTime<Utc>>,
    /// What was said about the certificates of the path.
    pub(crate) answers: Vec<Answer>,
    /// The revocation data that answered for them.
    pub(crate) published: Vec<Published>,
    /// The certificates of issuers and the revocation data that a covered token rests on and that nothing covers, where a
    /// report is made.
    pub(crate) uncovered: Vec<Fingerprint>,
}

/// What a signature or a token rests on.
#[derive(Clone, Copy)]
pub(crate) struct Grounds<'v> {
    pub(crate) path: Option<&'v ValidatedPath>,
    pub(crate) published: &'v [Published],
}

/// Checks the trust in a genuine token that is known to have existed at a time.
pub(crate) fn check_valid(
    token: &Token<'_>,
    genuine: &GenuineToken,
    existed: DateTime<Utc>,
    material: &Material<'_>,
    poes: &ProofsOfExistence,
    notes: &mut Notes<'_, '_>,
) -> Trust {
    if genuine.signer.namesakes.is_empty() {
        return check_signer(token, genuine, existed, material, poes, notes);
    }
    let signer = genuine.signer.clone().chosen(notes.levels(), |candidate, scratch| {
        let genuine = GenuineToken { signer: candidate.clone(), ..genuine.clone() };
        check_signer(token, &genuine, existed, material, poes, &mut Notes::new(scratch, Subject::Token));
    });
    check_signer(token, &GenuineToken { signer, ..genuine.clone() }, existed, material, poes, notes)
}

/// Checks the trust in the certificate that the token's signer means.
fn check_signer(
    token: &Token<'_>,
    genuine: &GenuineToken,
    existed: DateTime<Utc>,
    material: &Material<'_>,
    poes: &ProofsOfExistence,
    notes: &mut Notes<'_, '_>,
) -> Trust {
    let settings = material.settings;
    let at = existed.max(genuine.gen_time);
    // The token names its signer's certificate by its digest, so that both existed at one time. Nothing in the token names
    // the issuers' certificates.
    let since = |certificate: &Certificate| match *certificate == genuine.signer.certificate {
        true => at,
        false => poes.certificate_since(certificate).max(genuine.gen_time),
    };
    let trust = TokenTrust {
        chains: &settings.tsa_chains,
        candidates: material.pool(),
        policies: &settings.policy.tsa_policies,
        algorithms: &settings.policy.algorithms,
        clock_skew: settings.policy.clock_skew(),
        existed,
        since: &since,
        now: material.now,
        budget: material.budget,
    };
    let Some(first) = check_trust(&token.parsed.tst_info, genuine, &trust, notes) else { return Trust::default() };
    let strength = Strength { algorithms: &settings.policy.algorithms, since: &since };
    let path = lasting(Arc::clone(&first), at, strength, material, notes);
    let revocation = settings.policy.tsa_revocation;
    let role = Role::Token { gen_time: genuine.gen_time, existed, now: material.now, revocation };
    let inquiry = Inquiry { chains: &settings.tsa_chains, role, material, poes };
    let checked = revocation::check(path, &inquiry, notes);
    // Only the signatures of the first path were judged, and the token may rest on another.
    if !Arc::ptr_eq(&first, &checked.path) {
        note_standing(checked.path.severity(strength), || checked.path.standing(strength), notes);
    }
    if !note_end(&checked, &since, material, notes) {
        check_past(&checked, existed, strength, &inquiry, notes);
    }
    let is_reported = notes.are_complete() && existed < material.now;
    let uncovered = is_reported.then(|| uncovered(&checked.path, &checked.answers, material.now, poes));
    Trust {
        uncovered: uncovered.unwrap_or_default(),
        path: notes.is_sound().then_some(checked.path),
        leaves_revocation_open: checked.leaves_revocation_open,
        covered_since: Some(existed).filter(|existed| *existed < material.now),
        answers: checked.answers,
        published: checked.published,
    }
}

/// What a path rests on and is known to exist now alone: nothing in a token names the certificates of issuers, and an
/// archive timestamp covers no token of another signer.
fn uncovered(
    path: &ValidatedPath,
    answers: &[Answer],
    now: DateTime<Utc>,
    poes: &ProofsOfExistence,
) -> Vec<Fingerprint> {
    let issuers = path.below_anchor().skip(1).filter(|issuer| poes.certificate_since(issuer) == now);
    let data = answers.iter().filter_map(Answer::fingerprint);
    let data = data.filter(|fingerprint| poes.revocation_since(fingerprint) == now);
    issuers.map(Certificate::identity).chain(data.map(Fingerprint::from)).collect()
}

/// A certificate that had ended when it is first known to have existed. It is compared to the whole second.
fn ended<'p>(path: &'p ValidatedPath, since: &dyn Fn(&Certificate) -> DateTime<Utc>) -> Option<&'p Certificate> {
    path.below_anchor().find(|certificate| has_ended(certificate, since(certificate)))
}

fn has_ended(certificate: &Certificate, since: DateTime<Utc>) -> bool {
    certificate.not_after().timestamp() < since.timestamp()
}

/// The path itself, or, where one of its issuers has ended since, one by certificates that have not: an authority's
/// renewed certificate has the same key. One with weak signatures is taken only where there is no other.
fn lasting(
    path: Arc<ValidatedPath>,
    at: DateTime<Utc>,
    strength: Strength<'_>,
    material: &Material<'_>,
    notes: &mut Notes<'_, '_>,
) -> Arc<ValidatedPath> {
    let (settings, since) = (material.settings, strength.since);
    let counts = settings.policy.timestamp_validity == TimestampValidity::AtValidation;
    let (Some(issuer), Some(target)) = (ended(&path, since), path.target()) else { return path };
    if !counts || issuer == target {
        return path;
    }
    let is_avoided = |certificate: &Certificate| has_ended(certificate, since(certificate));
    let (chains, pool) = (&settings.tsa_chains, material.pool());
    match chains.strong_path_avoiding(target, pool, &is_avoided, at, material.budget, strength) {
        Ok(renewed) => {
            note_valid(&renewed, at, notes);
            renewed
        }
        Err(_) => path,
    }
}

/// A token proves its time when it is valid at the time of validation, or when something later that is valid itself shows
/// that it and its certificates existed before they ended (ETSI EN 319 102-1 V1.4.1, clauses 5.4, 5.5.4 (3)(b) and
/// 5.6.2.4): afterwards nobody watches over the key, and no revocation is published any more.
///
/// Returns true where it has noted an end. Of a TSA that is known not to have been revoked, as its issuer says after the end, the sub-indication says so (clause
/// 5.2.6.4 (7)).
fn note_end(
    checked: &CheckedPath,
    since: &dyn Fn(&Certificate) -> DateTime<Utc>,
    material: &Material<'_>,
    notes: &mut Notes<'_, '_>,
) -> bool {
    let Some(certificate) = ended(&checked.path, since) else { return false };
    let is_known = checked.is_known_after_end && checked.path.target() == Some(certificate);
    let sub_indication = is_known.then_some(SubIndication::OutOfBoundsNotRevoked);
    let code = match material.settings.policy.timestamp_validity {
        TimestampValidity::AtValidation => Code::TimestampSignerExpired,
        TimestampValidity::AtGenTime => Code::TimestampEndIgnored,
    };
    notes.note_with(code, || {
        let ended = format!("{} ended at {}", certificate.subject(), time(certificate.not_after()));
        Details::both(ended, format!("known to exist at {}", time(since(certificate)))).leading_to(sub_indication)
    });
    true
}

/// Past validation of a covered token, where the policy has it by the control time: that has to be no earlier than the time
/// at which the token is known to have existed (ETSI EN 319 102-1 V1.4.1, clauses 5.6.2.4.4 (3) and 5.6.3.4 (5)(c)). What a
/// revocation of the TSA means for it is judged as such.
fn check_past(
    checked: &CheckedPath,
    existed: DateTime<Utc>,
    strength: Strength<'_>,
    inquiry: &Inquiry<'_>,
    notes: &mut Notes<'_, '_>,
) {
    let policy = &inquiry.material.settings.policy;
    let is_asked = match (policy.past_validation, policy.timestamp_validity) {
        (PastValidation::ByControlTime, TimestampValidity::AtValidation) => !checked.is_revoked_later,
        (PastValidation::ByControlTime, TimestampValidity::AtGenTime) | (PastValidation::AtProvenTime, _) => false,
    };
    let Some(certificate) = checked.path.target().filter(|_| is_asked) else { return };
    let path = match revocation::age(&checked.path, inquiry) {
        Age::Valid => return,
        Age::IssuerEnded => {
            return notes
                .note_with(Code::IssuerExpired, || Details::computed(format!("at {}", time(inquiry.material.now))));
        }
        Age::TargetEnded(path) => path,
    };
    let control_time = revocation::control_time(&path, strength, inquiry);
    if control_time.is_some_and(|control_time| existed <= control_time) {
        return;
    }
    notes.note_with(Code::TimestampSignerExpired, || {
        let ended = format!("{} ended at {}", certificate.subject(), time(certificate.not_after()));
        let control_time = control_time.map_or_else(|| "not proven".to_owned(), |at| time(at).to_string());
        Details::both(ended, format!("known to exist at {}, the control time is {control_time}", time(existed)))
    });
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::poe::Archive;
    use super::*;
    use crate::crypto::Digest;
    use crate::pki::revocation::{RevocationRequest, check_revocation};
    use crate::pki::{PathRequest, validate_path};
    use crate::testing::TestPki;

    /// An issuer's certificate, and the data about the certificates below it, are named as long as nothing covers them.
    #[test]
    fn what_a_covered_token_rests_on_is_uncovered_until_something_covers_it() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let (pki, hour) = (TestPki::new(now).unwrap(), TimeDelta::hours(1));
        let (chain, anchors) = (pki.seal_chain(), pki.seal_anchors());
        let path = validate_path(&PathRequest::new(&pki.seal.certificate, &chain, &anchors, now)).unwrap();
        let data = pki.seal_revocation(now - hour, now + hour).unwrap();
        let statuses = check_revocation(&RevocationRequest::new(&path, &data, &[], &anchors, now));
        let answers: Vec<_> = statuses.into_iter().map(|status| Answer { status, algorithm: None }).collect();
        let lists: Vec<Fingerprint> =
            answers.iter().filter_map(Answer::fingerprint).map(|digest: &Digest| Fingerprint::from(digest)).collect();
        assert_eq!(lists.len(), 2);
        let issuer = pki.intermediate.certificate.identity();
        // The token names its own certificate, and the anchor is trusted by configuration.
        let everything: Vec<_> = [issuer].into_iter().chain(lists.iter().copied()).collect();
        let mut poes = ProofsOfExistence::new(now);
        assert_eq!(uncovered(&path, &answers, now, &poes), everything);
        // An archive timestamp covers what it lists, and nothing else.
        let archive = |certificates: &[Fingerprint], revocation: &[Fingerprint], gen_time| Archive {
            number: 1,
            gen_time,
            certificates: certificates.to_vec(),
            revocation: revocation.to_vec(),
        };
        poes.add_archive(archive(&[], &lists[..1], now - hour));
        assert_eq!(uncovered(&path, &answers, now, &poes), [issuer, lists[1]]);
        poes.add_archive(archive(&[issuer], &[], now - hour));
        assert_eq!(uncovered(&path, &answers, now, &poes), [lists[1]]);
        // What is covered by something of this very second is not known to be older than now.
        poes.add_archive(archive(&[], &lists[1..], now));
        assert_eq!(uncovered(&path, &answers, now, &poes), [lists[1]]);
        poes.add_archive(archive(&[], &lists[1..], now - TimeDelta::seconds(1)));
        assert!(uncovered(&path, &answers, now, &poes).is_empty());
    }
}
