//! Paths around issuers that were revoked, or whose status is required and not known.

use std::sync::Arc;

use super::status::{Inquiry, Judged, Judgement, PathPlace, judge, statuses};
use crate::asn1::oid;
use crate::crypto::Digest;
use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::{CertificateStatus, RevocationStatus};
use crate::pki::{Certificate, PathError, ValidatedPath, note_valid};
use crate::verify::limits::MAX_OTHER_PATHS;
use crate::verify::rules::RevocationRule;

/// A path, and what the data says about each of its certificates, target first.
pub(super) struct Assessed {
    pub(super) path: Arc<ValidatedPath>,
    pub(super) statuses: Vec<Judged>,
}

impl Assessed {
    pub(super) fn of(path: Arc<ValidatedPath>, inquiry: &Inquiry<'_>) -> Self {
        let judged = |status: CertificateStatus| {
            let is_target = path.target() == Some(&status.certificate);
            let place = if is_target { PathPlace::Target } else { PathPlace::Issuer };
            let Judgement { code, leaves_open } = judge(&status, place, inquiry);
            Judged { status, code, leaves_open }
        };
        let statuses = statuses(&path, inquiry).into_iter().map(judged).collect();
        Self { path, statuses }
    }

    /// The issuers that keep the path from passing; nothing that another path would mend is wrong without them.
    fn troubled_issuers(&self, rule: RevocationRule) -> impl Iterator<Item = &Judged> {
        let is_troubled = move |judged: &&Judged| {
            judged.speaks_against()
                || judged.leaves_open
                    && (rule == RevocationRule::Required || demands_status(&judged.status.certificate))
        };
        self.statuses.iter().skip(1).filter(is_troubled)
    }

    /// The lower the better: what speaks against it counts before a status that is demanded and not known, and that before
    /// any that is not known.
    fn trouble(&self) -> (usize, usize, usize) {
        let number = |counts: fn(&&Judged) -> bool| self.statuses.iter().filter(counts).count();
        let against = number(|judged| judged.speaks_against());
        let demanded = number(|judged| judged.leaves_open && demands_status(&judged.status.certificate));
        (against, demanded, number(|judged| judged.leaves_open))
    }

    fn is_of_a_revoked_target(&self) -> bool {
        self.statuses.first().is_some_and(Judged::speaks_against)
    }
}

/// A path around issuers that were revoked, or that nothing is known about where that is required (RFC 5280 §6.1 asks
/// whether there is a valid path, not whether the first one found is). What stands against the target itself is not got
/// round by another path. An issuer whose key was compromised, or of which nobody says that it was not, is avoided with
/// all its certificates: what was signed is the same.
pub(super) fn best_path(path: Arc<ValidatedPath>, inquiry: &Inquiry<'_>, notes: &mut Notes<'_, '_>) -> Assessed {
    let rule = inquiry.material.settings.policy.revocation;
    let mut best = Assessed::of(path, inquiry);
    if best.is_of_a_revoked_target() {
        return best;
    }
    let mut avoided = Avoided::default();
    avoided.add(best.troubled_issuers(rule));
    for _ in 0..MAX_OTHER_PATHS {
        if best.troubled_issuers(rule).next().is_none() {
            break;
        }
        let next = match another(&best, &avoided, inquiry) {
            Ok(Some(next)) => next,
            Ok(None) => break,
            Err(limit) => {
                notes.note_with(Code::ChainSetAside, || Details::both("any other path", limit));
                break;
            }
        };
        avoided.add(next.troubled_issuers(rule));
        let worse = if next.trouble() < best.trouble() {
            note_valid(&next.path, inquiry.role.at(), notes);
            core::mem::replace(&mut best, next)
        } else {
            next
        };
        notes.note_with(Code::ChainSetAside, || {
            let why: Vec<_> = worse.troubled_issuers(rule).map(|judged| judged.status.certificate.subject()).collect();
            let codes: Vec<_> = worse.troubled_issuers(rule).map(|judged| judged.code.as_str()).collect();
            let why = match why.is_empty() {
                true => "no better".into(),
                false => format!("{}: {}", codes.join(", "), why.join(", ")),
            };
            Details::both(worse.path.describe(inquiry.role.at()), why)
        });
    }
    if best.troubled_issuers(rule).next().is_none() {
        return through_revoked_key(&best, avoided, inquiry, notes).unwrap_or(best);
    }
    best
}

/// Another path through a key of this one, by a certificate of it that was revoked as above: the verdict is that one's.
/// Which of a key's certificates a search meets first must not decide whether the key is in other hands.
fn through_revoked_key(
    best: &Assessed,
    mut avoided: Avoided,
    inquiry: &Inquiry<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<Assessed> {
    let issuers = |path: &ValidatedPath| -> Vec<Certificate> {
        let below_anchor = path.issued().map(|(certificate, _)| certificate).skip(1);
        below_anchor.filter(|issuer| inquiry.material.pool().has_another_with_key_of(issuer)).cloned().collect()
    };
    let shared = issuers(&best.path);
    if shared.is_empty() {
        return None;
    }
    avoided.certificates.extend(shared.iter().map(Certificate::fingerprint));
    for _ in 0..MAX_OTHER_PATHS {
        let detour = match another(best, &avoided, inquiry) {
            Ok(detour) => detour?,
            // Whoever made the file may have seen to that.
            Err(limit) => {
                notes.note_with(Code::RevocationBudgetExhausted, || Details::both("any other path", limit));
                return None;
            }
        };
        let mut revoked = Avoided::default();
        revoked.add(detour.statuses.iter().skip(1).filter(|judged| judged.speaks_against()));
        if shared.iter().any(|issuer| revoked.keys.iter().any(|key| key == issuer.spki_der())) {
            note_valid(&detour.path, inquiry.role.at(), notes);
            notes.note_with(Code::ChainSetAside, || {
                Details::both(
                    best.path.describe(inquiry.role.at()),
                    "a key of it was revoked under another certificate",
                )
            });
            return Some(detour);
        }
        let tried = detour.path.issued().map(|(certificate, _)| certificate.fingerprint()).skip(1);
        avoided.certificates.extend(tried);
    }
    None
}

/// Another path of the same target, and what the data says about it; `None` when there is none.
///
/// # Errors
/// When the search was cut short: then it is not known whether there is one.
fn another(best: &Assessed, avoided: &Avoided, inquiry: &Inquiry<'_>) -> Result<Option<Assessed>, PathError> {
    let Some(target) = best.path.target() else { return Ok(None) };
    match inquiry.chains.path_avoiding(
        target,
        inquiry.material.pool(),
        |certificate| avoided.holds(certificate),
        inquiry.role.at(),
        inquiry.material.budget,
    ) {
        Ok(path) => Ok(Some(Assessed::of(Arc::new(path), inquiry))),
        Err(limit @ PathError::BudgetExhausted { .. }) => Err(limit),
        Err(_) => Ok(None),
    }
}

/// Returns true if a certificate demands that its status is looked up (a critical cRLDistributionPoints).
pub(super) fn demands_status(certificate: &Certificate) -> bool {
    certificate.extension(oid::CRL_DISTRIBUTION_POINTS).is_some_and(|extension| extension.critical)
}

/// A path around issuers that demand their status, where no status is known at all. A path that holds is found, whichever
/// certificate of an issuer a search meets first.
pub(super) fn around_demands(
    path: Arc<ValidatedPath>,
    inquiry: &Inquiry<'_>,
    notes: &mut Notes<'_, '_>,
) -> Arc<ValidatedPath> {
    let issuers = path.issued().map(|(certificate, _)| certificate).skip(1);
    let demanding: Vec<String> = issuers.filter(|issuer| demands_status(issuer)).map(Certificate::subject).collect();
    let Some(target) = path.target().filter(|_| !demanding.is_empty()) else { return path };
    let (at, material) = (inquiry.role.at(), inquiry.material);
    match inquiry.chains.path_avoiding(target, material.pool(), demands_status, at, material.budget) {
        Ok(detour) => {
            note_valid(&detour, at, notes);
            notes.note_with(Code::ChainSetAside, || {
                let why = format!("{}: {}", Code::DistributionPointsNotProcessed, demanding.join(", "));
                Details::both(path.describe(at), why)
            });
            Arc::new(detour)
        }
        Err(_) => path,
    }
}

/// Certificates that no path shall go through.
#[derive(Default)]
struct Avoided {
    certificates: Vec<Digest>,
    keys: Vec<Vec<u8>>,
}

impl Avoided {
    fn add<'j>(&mut self, judged: impl Iterator<Item = &'j Judged>) {
        for Judged { status, .. } in judged {
            self.certificates.push(status.certificate.fingerprint());
            if matches!(status.status, RevocationStatus::Revoked { reason, .. } if reason.leaves_doubt_before()) {
                self.keys.push(status.certificate.spki_der().to_vec());
            }
        }
    }

    fn holds(&self, certificate: &Certificate) -> bool {
        self.certificates.contains(&certificate.fingerprint())
            || self.keys.iter().any(|key| key == certificate.spki_der())
    }
}
