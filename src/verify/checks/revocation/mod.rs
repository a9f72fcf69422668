//! What revocation means for a verdict (ETSI EN 319 102-1 V1.4.1, clauses 5.2.5, 5.2.6.4, 5.5.4 and
//! 5.6.2.4).

mod past;
mod paths;
mod status;

use std::sync::Arc;

pub(crate) use self::past::{Age, age, control_time};
use self::paths::{Assessed, around_demands, best_path, demands_status};
pub(crate) use self::status::{Inquiry, Role};
use self::status::{Judged, algorithm, describe, is_known_by_embedded, signer};
use crate::finding::{Code, Details, Notes, SubIndication};
use crate::pki::revocation::{CertificateStatus, Crl, RevocationSource};
use crate::pki::{Certificate, ValidatedPath};
use crate::text::{listed, time};
use crate::verify::answer::{Answer, Published};
use crate::verify::rules::RevocationRule;

/// A path to rely on.
pub(crate) struct CheckedPath {
    pub(crate) path: Arc<ValidatedPath>,
    /// What was said about each of its certificates, where a report is made.
    pub(crate) answers: Vec<Answer>,
    /// The data that answered.
    pub(crate) published: Vec<Published>,
    /// Whether the revocation data in the artifact leaves the status of a certificate open.
    pub(crate) leaves_revocation_open: bool,
    /// Whether data that was issued after the end of the target says that it was not revoked.
    pub(crate) is_known_after_end: bool,
    /// Whether the target was revoked after the time that counts.
    pub(crate) is_revoked_later: bool,
}

impl CheckedPath {
    /// A path that no data is asked about.
    fn unasked(path: Arc<ValidatedPath>, leaves_revocation_open: bool) -> Self {
        let (answers, published) = (Vec::new(), Vec::new());
        Self { path, answers, published, leaves_revocation_open, is_known_after_end: false, is_revoked_later: false }
    }
}

/// Notes the status of each certificate of the path below its anchor, and says which path that is: the given one, or
/// one around an issuer that does not pass.
pub(crate) fn check(path: Arc<ValidatedPath>, inquiry: &Inquiry<'_>, notes: &mut Notes<'_, '_>) -> CheckedPath {
    let policy = &inquiry.material.settings.policy;
    if policy.revocation == RevocationRule::Ignore {
        let path = around_demands(path, inquiry, notes);
        notes.note(Code::RevocationIgnored);
        note_demands(path.issued().map(|(certificate, _)| certificate), notes);
        return CheckedPath::unasked(path, false);
    }
    if path.issued().next().is_none() {
        notes.note(Code::RevocationOfAnchor);
        return CheckedPath::unasked(path, false);
    }
    let required = policy.revocation == RevocationRule::Required;
    if inquiry.material.revocation().is_empty() {
        let path = around_demands(path, inquiry, notes);
        notes.note_with(Code::RevocationNotChecked, || issuers_asked(&path));
        if required {
            notes.note(Code::RevocationDataMissing);
        }
        note_demands(path.issued().map(|(certificate, _)| certificate), notes);
        return CheckedPath::unasked(path, true);
    }
    let Assessed { path, statuses } = best_path(path, inquiry, notes);
    let mut unknown = false;
    for judged in &statuses {
        let Judged { status, code, leaves_open } = judged;
        unknown |= leaves_open;
        notes.note_with(*code, || describe(judged));
        note_departures(status, inquiry, notes);
        if status.signer_status_unknown {
            notes.note_with(Code::RevocationSignerUnknown, || {
                Details::both(status.certificate.subject(), signer(status))
            });
        }
        if let Some(date) = status.taken_back {
            notes.note_with(Code::RevocationTakenBack, || Details::both(status.certificate.subject(), time(date)));
        }
        for aside in &status.set_aside {
            notes.note_with(Code::RevocationDataSetAside, || Details::both(&aside.source, &aside.why));
        }
    }
    note_demands(statuses.iter().filter(|judged| judged.leaves_open).map(|judged| &judged.status.certificate), notes);
    let leaves_revocation_open = unknown || !is_known_by_embedded(&path, inquiry);
    if unknown && required {
        notes.note(Code::RevocationDataMissing);
    }
    let is_known_after_end = statuses.first().is_some_and(Judged::is_known_after_end);
    let is_revoked_later = statuses.first().is_some_and(Judged::is_revoked_later);
    let (published, answers) = answers_of(statuses, inquiry, notes);
    CheckedPath { path, answers, published, leaves_revocation_open, is_known_after_end, is_revoked_later }
}

/// The data that answered, and what it said, where a report is made.
fn answers_of(statuses: Vec<Judged>, inquiry: &Inquiry<'_>, notes: &Notes<'_, '_>) -> (Vec<Published>, Vec<Answer>) {
    let published = statuses.iter().filter_map(|judged| Published::of(&judged.status)).collect();
    // What was set aside is noted, and each answer of each token could hold a list of it.
    let answer = |Judged { status, .. }| Answer {
        algorithm: algorithm(&status, inquiry),
        status: CertificateStatus { set_aside: Vec::new(), ..status },
    };
    let answers = if notes.are_complete() { statuses.into_iter().map(answer).collect() } else { Vec::new() };
    (published, answers)
}

/// What revocation data says about a signing certificate that has ended.
#[derive(Default)]
pub(crate) struct Ended {
    /// The sub-indication of its end, where more is known than that it has ended.
    pub(crate) sub_indication: Option<SubIndication>,
    pub(crate) answers: Vec<Answer>,
    pub(crate) published: Vec<Published>,
}

/// Asks about the revocation of a signing certificate that had ended at the time of its role, and notes what is known.
///
/// ETSI EN 319 102-1 V1.4.1, clause 5.2.6.4, asks about revocation in (4) and about the end in (7). Whether the certificate
/// is known not to have been revoked is told by data that its issuer makes after the end for such certificates (note 8), or
/// by a revocation that is later than what is proven (clause 5.5.4 (4)(a)).
pub(crate) fn check_ended(target: &Certificate, inquiry: &Inquiry<'_>, notes: &mut Notes<'_, '_>) -> Ended {
    let material = inquiry.material;
    let is_asked = material.settings.policy.revocation != RevocationRule::Ignore && !material.revocation().is_empty();
    let path = || inquiry.chains.path_of_ended(target, material.pool(), inquiry.role.at(), material.budget);
    let Some(path) = is_asked.then(path).flatten() else { return Ended::default() };
    let Assessed { statuses, .. } = Assessed::of(Arc::new(path), inquiry);
    let Some(of_target) = statuses.first() else { return Ended::default() };
    let is_issuer_doubtful = statuses.iter().skip(1).any(Judged::speaks_against);
    let is_known = of_target.is_known_after_end() || of_target.is_revoked_later();
    if is_known || of_target.speaks_against() {
        notes.note_with(of_target.code, || describe(of_target));
    }
    let sub_indication = (is_known && !is_issuer_doubtful).then_some(SubIndication::OutOfBoundsNotRevoked);
    let (published, answers) = answers_of(statuses, inquiry, notes);
    Ended { sub_indication, answers, published }
}

/// Names the issuers whose revocation data would answer for a path.
fn issuers_asked(path: &ValidatedPath) -> Details {
    let issuers = || path.issued().map(|(_, issuer)| issuer.shown_subject());
    Details::computed(format_args!("no data by {}", listed(issuers, "; ")))
}

/// Notes the rules that the CRL breaks from which a status comes, and its delta CRL.
fn note_departures(status: &CertificateStatus, inquiry: &Inquiry<'_>, notes: &mut Notes<'_, '_>) {
    let Some(RevocationSource::Crl { fingerprint, delta, .. }) = &status.source else { return };
    let used = |crl: &&Crl| crl.fingerprint() == *fingerprint || Some(crl.fingerprint()) == *delta;
    for crl in inquiry.material.revocation().crls().iter().filter(used) {
        for departure in crl.departures() {
            notes.note_with(Code::CrlNotConformant, || {
                Details::both(format_args!("CRL of {} at {}", crl.issuer(), time(crl.this_update())), departure)
            });
        }
    }
}

/// Of certificates whose status is not known, those that are not to be used without it: the search for a path takes a
/// critical cRLDistributionPoints for processed because of what is done here (X.509 clause 9.6.2.1: who meets it
/// critical does not use the certificate before a list was looked up; RFC 5280 §4.2: a critical extension that is not
/// processed rejects the certificate). Where it is not critical, no status is a warning, as the policy has it. An
/// authenticated OCSP answer will do for a list: RFC 6960 §1 has it "in lieu of" one.
fn note_demands<'c>(unknown: impl Iterator<Item = &'c Certificate>, notes: &mut Notes<'_, '_>) {
    for certificate in unknown {
        if demands_status(certificate) {
            notes.note_with(Code::DistributionPointsNotProcessed, || Details::stated(certificate.subject()));
        }
    }
}
