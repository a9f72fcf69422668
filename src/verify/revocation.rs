//! What revocation means for a verdict (ETSI EN 319 102-1 V1.4.1, clauses 5.2.5 and 5.6.2).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::case::Case;
use super::limits::MAX_OTHER_PATHS;
use super::policy::RevocationRule;
use crate::asn1::oid;
use crate::crypto::{Digest, SignatureAlgorithm, Standing};
use crate::finding::{Code, Details, Notes};
use crate::pki::revocation::{
    CertificateStatus, RevocationData, RevocationReason, RevocationRequest, RevocationSource, RevocationStatus,
    check_revocation,
};
use crate::pki::{Candidates, Certificate, ChainValidator, PathError, ValidatedPath, note_valid};
use crate::text;

/// Whose path it is, and at what time its status counts.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// Of a signature that is proven to have existed at `at`.
    Proven { at: DateTime<Utc> },
    /// Of a signature for which no time is proven: it may have been made after a revocation.
    Unproven { at: DateTime<Utc> },
    /// Of a token that attests `gen_time` and is known to have existed by `existed`.
    Token { gen_time: DateTime<Utc>, existed: DateTime<Utc> },
}

impl Role {
    fn at(self) -> DateTime<Utc> {
        match self {
            Self::Proven { at } | Self::Unproven { at } => at,
            Self::Token { gen_time, .. } => gen_time,
        }
    }
}

/// Notes the status of each certificate of the path below its anchor, and says which path that is: the given one, or
/// one around an issuer that does not pass.
pub(super) fn check(
    path: Arc<ValidatedPath>,
    chains: &ChainValidator,
    role: Role,
    case: &Case<'_>,
    notes: &mut Notes<'_, '_>,
) -> Arc<ValidatedPath> {
    let policy = &case.verifier.policy;
    if policy.revocation == RevocationRule::Ignore {
        notes.note(Code::RevocationIgnored);
        note_demands(path.issued().map(|(certificate, _)| certificate), notes);
        return path;
    }
    if path.issued().next().is_none() {
        notes.note(Code::RevocationOfAnchor);
        return path;
    }
    let required = policy.revocation == RevocationRule::Required;
    case.note_left_out(notes);
    if case.revocation().is_empty() {
        notes.note(Code::RevocationNotChecked);
        if required {
            notes.note(Code::RevocationDataMissing);
        }
        note_demands(path.issued().map(|(certificate, _)| certificate), notes);
        case.leave_open();
        return path;
    }
    let Assessed { path, statuses } = best_path(path, chains, role, case, notes);
    let mut unknown = false;
    for Judged { status, code, leaves_open } in &statuses {
        unknown |= leaves_open;
        notes.note_with(*code, || describe(status));
        if status.signer_status_unknown {
            notes.note_with(Code::RevocationSignerUnknown, || {
                Details::both(status.certificate.subject(), signer(status))
            });
        }
        for aside in &status.set_aside {
            notes.note_with(Code::RevocationDataSetAside, || Details::both(&aside.source, &aside.why));
        }
    }
    note_demands(statuses.iter().filter(|one| one.leaves_open).map(|one| &one.status.certificate), notes);
    if unknown || !is_known_by_embedded(&path, chains, role, case) {
        case.leave_open();
    }
    if unknown && required {
        notes.note(Code::RevocationDataMissing);
    }
    path
}

/// Of certificates whose status is not known, those that are not to be used without it: the search for a path takes a
/// critical cRLDistributionPoints for processed because of what is done here (X.509 clause 9.6.2.1: who meets it
/// critical does not use the certificate before a list was looked up; RFC 5280 §4.2: a critical extension that is not
/// processed rejects the certificate). Where it is not critical, no status is a warning, as the policy has it. An
/// authenticated OCSP answer will do for a list: RFC 6960 §1 has it "in lieu of" one.
fn note_demands<'c>(unknown: impl Iterator<Item = &'c Certificate>, notes: &mut Notes<'_, '_>) {
    for certificate in unknown {
        if certificate.extension(oid::CRL_DISTRIBUTION_POINTS).is_some_and(|extension| extension.critical) {
            notes.note_with(Code::DistributionPointsNotProcessed, || Details::stated(certificate.subject()));
        }
    }
}

/// What the data says about one certificate of a path.
struct Judged {
    status: CertificateStatus,
    code: Code,
    leaves_open: bool,
}

impl Judged {
    fn speaks_against(&self) -> bool {
        use Code::{CertificateOnHold, IssuerRevoked, Revoked, RevokedNoPoe, TsaKeyCompromised};
        matches!(self.code, CertificateOnHold | IssuerRevoked | Revoked | RevokedNoPoe | TsaKeyCompromised)
    }
}

/// A path, and what the data says about each of its certificates, target first.
struct Assessed {
    path: Arc<ValidatedPath>,
    statuses: Vec<Judged>,
}

impl Assessed {
    fn of(path: Arc<ValidatedPath>, chains: &ChainValidator, role: Role, case: &Case<'_>) -> Self {
        let judged = |status: CertificateStatus| {
            let is_target = path.target() == Some(&status.certificate);
            match (code(&status, is_target, role), weakness(&status, case)) {
                ((_, false), Some(weakness)) => Judged { status, code: weakness, leaves_open: true },
                ((code, leaves_open), _) => Judged { status, code, leaves_open },
            }
        };
        let statuses = statuses(&path, chains, role, case).into_iter().map(judged).collect();
        Self { path, statuses }
    }

    /// The issuers that keep the path from passing; nothing that another path would mend is wrong without them.
    fn troubled_issuers(&self, required: bool) -> impl Iterator<Item = &Judged> {
        self.statuses.iter().skip(1).filter(move |one| one.speaks_against() || (required && one.leaves_open))
    }

    /// The lower the better: what speaks against it counts before what is not known.
    fn trouble(&self) -> (usize, usize) {
        let against = self.statuses.iter().filter(|one| one.speaks_against()).count();
        (against, self.statuses.iter().filter(|one| one.leaves_open).count())
    }

    fn is_of_a_revoked_target(&self) -> bool {
        self.statuses.first().is_some_and(Judged::speaks_against)
    }
}

/// A path around issuers that were revoked, or that nothing is known about where that is required (RFC 5280 §6.1 asks
/// whether there is a valid path, not whether the first one found is). What stands against the target itself is not got
/// round by another path. An issuer whose key was compromised, or of which nobody says that it was not, is avoided with
/// all its certificates: what was signed is the same.
fn best_path(
    path: Arc<ValidatedPath>,
    chains: &ChainValidator,
    role: Role,
    case: &Case<'_>,
    notes: &mut Notes<'_, '_>,
) -> Assessed {
    let required = case.verifier.policy.revocation == RevocationRule::Required;
    let mut best = Assessed::of(path, chains, role, case);
    if best.is_of_a_revoked_target() {
        return best;
    }
    let mut avoided = Avoided::default();
    avoided.add(best.troubled_issuers(required));
    for _ in 0..MAX_OTHER_PATHS {
        if best.troubled_issuers(required).next().is_none() {
            break;
        }
        let other = match another(&best, &avoided, chains, role, case) {
            Ok(Some(other)) => other,
            Ok(None) => break,
            Err(limit) => {
                notes.note_with(Code::ChainSetAside, || Details::both("any other path", limit));
                break;
            }
        };
        avoided.add(other.troubled_issuers(required));
        let worse = if other.trouble() < best.trouble() {
            note_valid(&other.path, role.at(), notes);
            core::mem::replace(&mut best, other)
        } else {
            other
        };
        notes.note_with(Code::ChainSetAside, || {
            let why: Vec<_> = worse.troubled_issuers(required).map(|one| one.status.certificate.subject()).collect();
            let codes: Vec<_> = worse.troubled_issuers(required).map(|one| one.code.as_str()).collect();
            let why = match why.is_empty() {
                true => "no better".into(),
                false => format!("{}: {}", codes.join(", "), why.join(", ")),
            };
            Details::both(worse.path.describe(role.at()), why)
        });
    }
    if best.troubled_issuers(required).next().is_none() {
        return through_revoked_key(&best, avoided, chains, role, case, notes).unwrap_or(best);
    }
    best
}

/// Another path through a key of this one, by a certificate of it that was revoked as above: the verdict is that one's.
/// Which of a key's certificates a search meets first must not decide whether the key is in other hands.
fn through_revoked_key(
    best: &Assessed,
    mut avoided: Avoided,
    chains: &ChainValidator,
    role: Role,
    case: &Case<'_>,
    notes: &mut Notes<'_, '_>,
) -> Option<Assessed> {
    let issuers = |path: &ValidatedPath| -> Vec<Certificate> {
        let below_anchor = path.issued().map(|(certificate, _)| certificate).skip(1);
        below_anchor.filter(|issuer| has_another_certificate(issuer, case.all())).cloned().collect()
    };
    let shared = issuers(&best.path);
    if shared.is_empty() {
        return None;
    }
    avoided.certificates.extend(shared.iter().map(Certificate::fingerprint));
    for _ in 0..MAX_OTHER_PATHS {
        let other = match another(best, &avoided, chains, role, case) {
            Ok(other) => other?,
            // Whoever made the file may have seen to that.
            Err(limit) => {
                notes.note_with(Code::RevocationBudgetExhausted, || Details::both("any other path", limit));
                return None;
            }
        };
        let mut revoked = Avoided::default();
        revoked.add(other.statuses.iter().skip(1).filter(|one| one.speaks_against()));
        if shared.iter().any(|one| revoked.keys.iter().any(|key| key == one.spki_der())) {
            note_valid(&other.path, role.at(), notes);
            notes.note_with(Code::ChainSetAside, || {
                Details::both(best.path.describe(role.at()), "a key of it was revoked under another certificate")
            });
            return Some(other);
        }
        let others = other.path.issued().map(|(certificate, _)| certificate.fingerprint()).skip(1);
        avoided.certificates.extend(others);
    }
    None
}

/// Another path of the same target, and what the data says about it; `None` when there is none.
///
/// # Errors
/// When the search was cut short: then it is not known whether there is one.
fn another(
    best: &Assessed,
    avoided: &Avoided,
    chains: &ChainValidator,
    role: Role,
    case: &Case<'_>,
) -> Result<Option<Assessed>, PathError> {
    let Some(target) = best.path.target() else { return Ok(None) };
    match chains.other(target, case.all(), |one| avoided.holds(one), role.at(), case.budget) {
        Ok(other) => Ok(Some(Assessed::of(Arc::new(other), chains, role, case))),
        Err(limit @ PathError::BudgetExhausted { .. }) => Err(limit),
        Err(_) => Ok(None),
    }
}

fn has_another_certificate(issuer: &Certificate, offered: &[Certificate]) -> bool {
    offered.iter().any(|one| one.spki_der() == issuer.spki_der() && one != issuer)
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

/// Whether what is inside answers without what the caller gave: the level of a signature is about what is inside.
fn is_known_by_embedded(path: &ValidatedPath, chains: &ChainValidator, role: Role, case: &Case<'_>) -> bool {
    if case.verifier.revocation.is_empty() {
        return true;
    }
    // What is asked here was asked with the rest, so that it costs next to nothing.
    let request = RevocationRequest::new(path, case.embedded_revocation(), case.all(), chains.anchors(), role.at());
    let statuses = check_revocation(&request.with_budget(case.budget));
    statuses.iter().all(|status| !code(status, false, role).1)
}

/// What all data tells. What the caller gave is asked by itself first, among the certificates that the caller gave and
/// with a budget of its own: whoever made the artifact must not drown it, neither in data nor in signers to be tried.
fn statuses(path: &ValidatedPath, chains: &ChainValidator, role: Role, case: &Case<'_>) -> Vec<CertificateStatus> {
    let tolerance = TimeDelta::seconds(i64::from(case.verifier.policy.revocation_freshness));
    let ask = |data, candidates, budget| {
        let request = RevocationRequest::new(path, data, candidates, chains.anchors(), role.at());
        check_revocation(&request.with_freshness_tolerance(tolerance).with_budget(budget))
    };
    let given = &case.verifier.revocation;
    if given.is_empty() {
        return ask(case.revocation(), case.all(), case.budget);
    }
    let by_given = ask(given, case.verifier.extra.as_slice(), case.given_budget);
    let is_all = |status: &CertificateStatus| status.set_aside.is_empty() && !code(status, false, role).1;
    if case.revocation().len() == given.len() && by_given.iter().all(is_all) {
        return by_given;
    }
    let together = ask(case.revocation(), case.all(), case.budget);
    let speaks_against = |status: &CertificateStatus| {
        matches!(status.status, RevocationStatus::Revoked { .. } | RevocationStatus::OnHold { .. })
    };
    let worse = |(given, together): (CertificateStatus, CertificateStatus)| {
        if speaks_against(&given) && !speaks_against(&together) { given } else { together }
    };
    by_given.into_iter().zip(together).map(worse).collect()
}

/// What keeps data that says nothing against a certificate from speaking for it: a date ahead of the clock, a validity
/// that ends before it begins (RFC 6960 §4.2.2.1), a signature that proves nothing any more. Its algorithms are judged
/// at the time at which it is known to have existed: now, unless an evidence record or a later token covers it.
fn weakness(status: &CertificateStatus, case: &Case<'_>) -> Option<Code> {
    if !matches!(status.status, RevocationStatus::Good) {
        return None;
    }
    let policy = &case.verifier.policy;
    let ahead = status.this_update.is_some_and(|time| time > case.now + policy.clock_skew());
    let backwards = status.this_update.zip(status.next_update).is_some_and(|(this, next)| next < this);
    if ahead || backwards {
        return Some(Code::RevocationInTheFuture);
    }
    let (source, signer) = (status.source.as_ref()?, status.signer.as_ref()?);
    let algorithm = algorithm(source, case.revocation())?;
    let is_weak = |at| {
        let standing = policy.algorithms.signature(&algorithm, signer.public_key(), at);
        standing > Standing::Good && !matches!(standing, Standing::Legacy { .. })
    };
    // When it existed takes a search, for which there is seldom a need.
    (is_weak(case.now) && is_weak(case.existed(fingerprint(source)))).then_some(Code::RevocationAlgorithmPastItsDate)
}

fn algorithm(source: &RevocationSource, data: &RevocationData) -> Option<SignatureAlgorithm> {
    match source {
        RevocationSource::Crl { fingerprint, .. } => {
            data.crls().iter().find(|crl| crl.fingerprint() == *fingerprint)?.signature_algorithm()
        }
        RevocationSource::Ocsp { fingerprint } => {
            data.ocsp_responses().iter().find(|response| response.fingerprint() == *fingerprint)?.signature_algorithm()
        }
    }
}

fn fingerprint(source: &RevocationSource) -> &Digest {
    match source {
        RevocationSource::Crl { fingerprint, .. } | RevocationSource::Ocsp { fingerprint } => fingerprint,
    }
}

fn signer(status: &CertificateStatus) -> String {
    status.signer.as_ref().map_or_else(|| "its signer".into(), Certificate::subject)
}

/// The finding that a status is, and whether it leaves the status unknown.
fn code(status: &CertificateStatus, is_target: bool, role: Role) -> (Code, bool) {
    match &status.status {
        RevocationStatus::Good | RevocationStatus::NocheckExempt => (Code::NotRevoked, false),
        RevocationStatus::Revoked { date, reason } => {
            let code = match revoked(*date, *reason, is_target, role) {
                Code::RevokedLater if status.invalidity_date.is_some_and(|from| from <= role.at()) => {
                    Code::RevokedLaterInvalidBefore
                }
                code => code,
            };
            (code, false)
        }
        RevocationStatus::OnHold { since } if *since > role.at() => (Code::RevokedLater, false),
        RevocationStatus::OnHold { .. } => (Code::CertificateOnHold, false),
        RevocationStatus::Unknown => (Code::RevocationUnknown, true),
        RevocationStatus::Incomplete { .. } => (Code::RevocationIncomplete, true),
        RevocationStatus::Stale | RevocationStatus::IssuedAfterExpiry => (Code::RevocationStale, true),
        RevocationStatus::Absent => (Code::RevocationNotChecked, true),
        RevocationStatus::NotAuthenticated(_) => (Code::RevocationNotAuthenticated, true),
        RevocationStatus::NotSupported { .. } => (Code::RevocationNotSupported, true),
        RevocationStatus::BudgetExhausted => (Code::RevocationBudgetExhausted, true),
    }
}

fn revoked(date: DateTime<Utc>, reason: RevocationReason, is_target: bool, role: Role) -> Code {
    let compromise = reason.is_compromise();
    match role {
        _ if !is_target && date <= role.at() => Code::IssuerRevoked,
        Role::Proven { at } if date <= at => Code::Revoked,
        Role::Unproven { at } if date <= at => Code::RevokedNoPoe,
        Role::Token { gen_time, .. } if date <= gen_time => Code::Revoked,
        // Whoever has the key of a TSA dates back at will, unless the token is known to be older than that (RFC 3161
        // §4, item 1). So does whoever has the key of its authority.
        Role::Token { existed, .. } if existed >= date && reason.leaves_doubt_before() => Code::TsaKeyCompromised,
        _ if compromise => Code::RevokedLaterForCompromise,
        _ => Code::RevokedLater,
    }
}

fn describe(status: &CertificateStatus) -> Details {
    let subject = status.certificate.subject();
    let mut computed = status.status.to_string();
    if let Some(source) = &status.source {
        computed = format!("{computed}; {source}");
    }
    if let Some(from) = status.invalidity_date {
        computed = format!("{computed}; invalid since {}, by its issuer", text::time(from));
    }
    if let Some(this_update) = status.this_update {
        computed = format!("{computed} of {}", text::time(this_update));
    }
    if let Some(next_update) = status.next_update {
        computed = format!("{computed}, next {}", text::time(next_update));
    }
    Details::both(subject, computed)
}
