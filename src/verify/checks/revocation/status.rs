//! The status of each certificate of a path, and the finding that it is.

use core::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::crypto::{Digest, PostQuantumRule, SignatureAlgorithm};
use crate::finding::{Aspect, Code, Details};
use crate::pki::revocation::{
    CertificateStatus, Grounds, NotAuthenticated, RevocationConflict, RevocationReason, RevocationRequest,
    RevocationSource, RevocationStatus, check_revocation,
};
use crate::pki::{Certificate, ChainValidator, ValidatedPath};
use crate::text;
use crate::verify::material::Material;
use crate::verify::rules::{RevocationSignerValidity, TsaFreshness, TsaRevocation};
use crate::verify::time::poe::ProofsOfExistence;

/// Whose path it is, and at what time its status counts.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// The certificate is that of a signature that is known to have existed at `at`: the proven time, or now. A timestamp
    /// that it signs over may show that it was made later than `made_after`.
    Signature { at: DateTime<Utc>, made_after: Option<DateTime<Utc>> },
    /// The certificate is that of a token that attests `gen_time` and is known to have existed by `existed`, which is `now`
    /// where nothing covers it.
    Token { gen_time: DateTime<Utc>, existed: DateTime<Utc>, now: DateTime<Utc>, revocation: TsaRevocation },
}

impl Role {
    pub(super) fn at(self) -> DateTime<Utc> {
        match self {
            Self::Signature { at, .. } => at,
            Self::Token { gen_time, .. } => gen_time,
        }
    }

    /// Whether a revocation or suspension that began at `since` leaves untouched what was signed. Nobody says why a
    /// certificate is on hold, and who has the key of a TSA dates back at will: a token needs a proof that it is older.
    ///
    /// Of a signature with a timestamp, the revocation has to be later than the proven time (ETSI EN 319 102-1 V1.4.1, clause
    /// 5.5.4 (4)(a) and (7)(a)). A token that something covers is validated in the past, where a proof of existence at the
    /// revocation time itself will do (clause 5.6.2.4.4 (3)).
    fn is_older_than(self, since: DateTime<Utc>) -> bool {
        match self {
            Self::Signature { at, .. } => at < since,
            Self::Token { existed, now, .. } => existed < since || existed == since && existed < now,
        }
    }
}

/// What is asked about the revocation of a path, and with what.
#[derive(Clone, Copy)]
pub(crate) struct Inquiry<'a> {
    pub(crate) chains: &'a ChainValidator,
    pub(crate) role: Role,
    pub(crate) material: &'a Material<'a>,
    pub(crate) poes: &'a ProofsOfExistence,
}

impl Inquiry<'_> {
    /// The time at which revocation data has to be fresh, where it is not that of the status: the policy may ask for data of
    /// the time of verification about a TSA (ETSI EN 319 102-1 V1.4.1, clause 5.4.4).
    fn fresh_at(&self) -> Option<DateTime<Utc>> {
        match (self.role, self.material.settings.policy.tsa_freshness) {
            (Role::Token { .. }, TsaFreshness::AtValidation) => Some(self.material.now),
            (Role::Token { .. }, TsaFreshness::AtGenTime) | (Role::Signature { .. }, _) => None,
        }
    }
}

/// The place of a certificate in its path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PathPlace {
    Target,
    Issuer,
}

/// The finding that a status is, and whether it leaves the status unknown.
#[derive(Clone, Copy)]
pub(super) struct Judgement {
    pub(super) code: Code,
    pub(super) leaves_open: bool,
}

impl Judgement {
    fn decided(code: Code) -> Self {
        Self { code, leaves_open: false }
    }

    fn open(code: Code) -> Self {
        Self { code, leaves_open: true }
    }
}

/// What the data says about one certificate of a path.
pub(super) struct Judged {
    pub(super) status: CertificateStatus,
    pub(super) code: Code,
    pub(super) leaves_open: bool,
}

impl Judged {
    pub(super) fn speaks_against(&self) -> bool {
        self.code.aspect() == Aspect::AgainstCertificate
    }

    /// Whether data that was issued after the end of the certificate says that it was not revoked, by an issuer that keeps
    /// such certificates on its lists: silence of any other one is no answer.
    pub(super) fn is_known_after_end(&self) -> bool {
        let Self { status, code, .. } = self;
        *code == Code::NotRevoked && status.this_update.is_some_and(|issued| issued > status.certificate.not_after())
    }

    /// Whether the certificate was revoked after the time that counts.
    pub(super) fn is_revoked_later(&self) -> bool {
        let later = [Code::RevokedLater, Code::RevokedLaterForCompromise, Code::RevokedLaterInvalidBefore];
        later.contains(&self.code)
    }
}

/// Whether what is inside answers without what the caller gave and without what lies beside another signer: the level of a
/// signature is about what it carries itself.
pub(super) fn is_known_by_embedded(path: &ValidatedPath, inquiry: &Inquiry<'_>) -> bool {
    if inquiry.material.is_all_embedded() {
        return true;
    }
    // What is asked here was asked with the rest, so that it costs next to nothing.
    let embedded = inquiry.material.embedded_revocation();
    let demand = demand(inquiry);
    let request = RevocationRequest::new(path, embedded, &[], inquiry.chains.anchors(), inquiry.role.at());
    let request = request.with_pool(inquiry.material.pool()).with_budget(inquiry.material.budget);
    let statuses = check_revocation(&request.with_demand(&demand));
    statuses.iter().all(|status| !judge(status, PathPlace::Issuer, inquiry).leaves_open)
}

/// What all data tells. What the caller gave is asked by itself first, among the certificates that the caller gave and
/// with a budget of its own: whoever made the artifact must not drown it, neither in data nor in signers to be tried.
pub(super) fn statuses(path: &ValidatedPath, inquiry: &Inquiry<'_>) -> Vec<CertificateStatus> {
    let tolerance = TimeDelta::seconds(i64::from(inquiry.material.settings.policy.revocation_freshness));
    let demand = demand(inquiry);
    let ask = |data, pool, budget| {
        let request = RevocationRequest::new(path, data, &[], inquiry.chains.anchors(), inquiry.role.at());
        let request = request.with_pool(pool).with_budget(budget).with_demand(&demand);
        let conflict = inquiry.material.settings.policy.revocation_conflict;
        let request = request.with_freshness_tolerance(tolerance).with_conflict(conflict);
        check_revocation(&match inquiry.fresh_at() {
            Some(time) => request.with_fresh_at(time),
            None => request,
        })
    };
    let given = &inquiry.material.settings.revocation;
    if given.is_empty() {
        return ask(inquiry.material.revocation(), inquiry.material.pool(), inquiry.material.budget);
    }
    let by_given = ask(given, &inquiry.material.settings.extra, inquiry.material.given_budget);
    let is_all = |status: &CertificateStatus| {
        status.set_aside.is_empty() && !judge(status, PathPlace::Issuer, inquiry).leaves_open
    };
    if inquiry.material.revocation().len() == given.len() && by_given.iter().all(is_all) {
        return by_given;
    }
    let together = ask(inquiry.material.revocation(), inquiry.material.pool(), inquiry.material.budget);
    let speaks_against = |status: &CertificateStatus| {
        matches!(status.status, RevocationStatus::Revoked { .. } | RevocationStatus::OnHold { .. })
    };
    let conflict = inquiry.material.settings.policy.revocation_conflict;
    // A suspension ends, wherever the newer data lies that says so, and a revocation where the policy has it so.
    let lifts = |together: &CertificateStatus, given: &CertificateStatus| {
        (matches!(given.status, RevocationStatus::OnHold { .. }) || conflict == RevocationConflict::Latest)
            && matches!(together.status, RevocationStatus::Good)
            && together.this_update > given.this_update
            && weakness(together, inquiry).is_none()
    };
    let worse = |(given, together): (CertificateStatus, CertificateStatus)| {
        let is_hidden = speaks_against(&given) && !speaks_against(&together) && !lifts(&together, &given);
        if is_hidden { given } else { together }
    };
    by_given.into_iter().zip(together).map(worse).collect()
}

/// What keeps data that says nothing against a certificate from speaking for it, where a status comes from such data.
fn weakness(status: &CertificateStatus, inquiry: &Inquiry<'_>) -> Option<Code> {
    if !matches!(status.status, RevocationStatus::Good) {
        return None;
    }
    let (source, signer) = (status.source.as_ref()?, status.signer.as_ref()?);
    let (this_update, next_update, produced_at) = (status.this_update?, status.next_update, status.produced_at);
    weakness_of(&Grounds { source, signer, this_update, next_update, produced_at }, inquiry)
}

/// What data has to be to end a suspension or to take a revocation back.
fn demand(inquiry: &Inquiry<'_>) -> impl Fn(&Grounds<'_>) -> bool {
    move |grounds| weakness_of(grounds, inquiry).is_none()
}

/// A date ahead of the clock, a validity that ends before it begins (RFC 6960 §4.2.2.1), a signature that proves nothing
/// any more. Its algorithms are judged at the time at which it is known to have existed: now, unless an evidence record
/// or a later token covers it.
pub(super) fn weakness_of(grounds: &Grounds<'_>, inquiry: &Inquiry<'_>) -> Option<Code> {
    let policy = &inquiry.material.settings.policy;
    let Grounds { source, signer, this_update, next_update, produced_at: _ } = grounds;
    let ahead = *this_update > inquiry.material.now + policy.clock_skew();
    let backwards = next_update.is_some_and(|next_update| next_update < *this_update);
    if ahead || backwards {
        return Some(Code::RevocationInTheFuture);
    }
    if is_out_of_validity(grounds, inquiry) {
        return Some(Code::RevocationSignerOutOfValidity);
    }
    let algorithm = algorithm_of(source, inquiry)?;
    let is_weak = |at| policy.algorithms.signature_severity(&algorithm, signer.public_key(), at).is_weak();
    // When it existed takes a search, for which there is seldom a need.
    (is_weak(inquiry.material.now) && is_weak(inquiry.poes.revocation_since(fingerprint(source))))
        .then_some(Code::RevocationAlgorithmPastItsDate)
}

/// Whether the signer's certificate was not valid when it signed, or ended before the data is known to have existed, where the
/// policy asks (ETSI EN 319 102-1 V1.4.1, clause 5.2.6.4 (4) and (8)). Anchors are trusted by configuration.
fn is_out_of_validity(grounds: &Grounds<'_>, inquiry: &Inquiry<'_>) -> bool {
    let Grounds { source, signer, this_update, produced_at, .. } = grounds;
    match inquiry.material.settings.policy.revocation_signer {
        RevocationSignerValidity::WhenSigned => false,
        RevocationSignerValidity::AtValidation => {
            let issued = produced_at.unwrap_or(*this_update);
            let was_valid = |time: DateTime<Utc>| {
                let second = time.timestamp();
                (signer.not_before().timestamp()..=signer.not_after().timestamp()).contains(&second)
            };
            let existed = || inquiry.poes.revocation_since(fingerprint(source)).max(issued);
            let is_in_bounds = inquiry.chains.anchors().contains(signer) || was_valid(issued) && was_valid(existed());
            !is_in_bounds
        }
    }
}

/// The algorithm by which the data behind a status is signed.
pub(super) fn algorithm(status: &CertificateStatus, inquiry: &Inquiry<'_>) -> Option<SignatureAlgorithm> {
    algorithm_of(status.source.as_ref()?, inquiry)
}

fn algorithm_of(source: &RevocationSource, inquiry: &Inquiry<'_>) -> Option<SignatureAlgorithm> {
    let data = inquiry.material.revocation();
    match source {
        RevocationSource::Crl { fingerprint, .. } => {
            data.crls().iter().find(|crl| crl.fingerprint() == *fingerprint)?.signature_algorithm()
        }
        RevocationSource::Ocsp { fingerprint } => {
            data.ocsp_responses().iter().find(|response| response.fingerprint() == *fingerprint)?.signature_algorithm()
        }
    }
}

pub(super) fn fingerprint(source: &RevocationSource) -> &Digest {
    match source {
        RevocationSource::Crl { fingerprint, .. } | RevocationSource::Ocsp { fingerprint } => fingerprint,
    }
}

pub(super) fn signer(status: &CertificateStatus) -> String {
    status.signer.as_ref().map_or_else(|| "its signer".into(), Certificate::subject)
}

/// Judges the status of a certificate at its place in the path.
pub(super) fn judge(status: &CertificateStatus, place: PathPlace, inquiry: &Inquiry<'_>) -> Judgement {
    match weakness(status, inquiry) {
        Some(weakness) => Judgement::open(weakness),
        None => judge_stated(status, place, inquiry.role),
    }
}

/// Judges the status as its data states it.
fn judge_stated(status: &CertificateStatus, place: PathPlace, role: Role) -> Judgement {
    match &status.status {
        RevocationStatus::Good | RevocationStatus::NocheckExempt => Judgement::decided(Code::NotRevoked),
        RevocationStatus::Revoked { date, reason } => {
            let code = revoked(*date, *reason, place, role);
            let is_invalid_before = status.invalidity_date.is_some_and(|from| from <= role.at());
            if code == Code::RevokedLater && is_invalid_before {
                Judgement::decided(Code::RevokedLaterInvalidBefore)
            } else {
                Judgement::decided(code)
            }
        }
        RevocationStatus::OnHold { since } if role.is_older_than(*since) => Judgement::decided(Code::RevokedLater),
        RevocationStatus::OnHold { .. } => Judgement::decided(Code::CertificateOnHold),
        RevocationStatus::Unknown => Judgement::open(Code::RevocationUnknown),
        RevocationStatus::Incomplete { .. } => Judgement::open(Code::RevocationIncomplete),
        RevocationStatus::Stale | RevocationStatus::IssuedAfterExpiry => Judgement::open(Code::RevocationStale),
        RevocationStatus::Absent => Judgement::open(Code::RevocationNotChecked),
        RevocationStatus::NotAuthenticated(why) => Judgement::open(not_authenticated(why)),
        RevocationStatus::NotSupported { .. } => Judgement::open(Code::RevocationNotSupported),
        RevocationStatus::BudgetExhausted => Judgement::open(Code::RevocationBudgetExhausted),
    }
}

/// Which finding tells that no signature of an entitled signer is on revocation data. A rule that its algorithm breaks, or that
/// of a certificate above it, has a finding of its own.
fn not_authenticated(why: &NotAuthenticated) -> Code {
    match why.broken_rule() {
        Some(PostQuantumRule::NoParameters) => Code::RevocationAlgorithmParametersForbidden,
        Some(PostQuantumRule::PureMlDsa) => Code::RevocationAlgorithmPrehashed,
        // RFC 9909 has HashSLH-DSA for CRLs too.
        Some(PostQuantumRule::PureSlhDsa) | None => Code::RevocationNotAuthenticated,
    }
}

fn revoked(date: DateTime<Utc>, reason: RevocationReason, place: PathPlace, role: Role) -> Code {
    let later = if reason.is_compromise() { Code::RevokedLaterForCompromise } else { Code::RevokedLater };
    if place == PathPlace::Issuer && date <= role.at() {
        return Code::IssuerRevoked;
    }
    match role {
        // A timestamp of a signature shows "not later than", and so never that it was made after the revocation (ETSI EN
        // 319 102-1 V1.4.1, clause 5.5.4 (4)(a)). A timestamp that is signed over does.
        Role::Signature { at, made_after } if date <= at => match made_after.is_some_and(|time| time > date) {
            true => Code::Revoked,
            false => Code::RevokedNoPoe,
        },
        Role::Token { .. } if role.is_older_than(date) => later,
        Role::Token { gen_time, .. } if date <= gen_time => Code::RevokedNoPoe,
        // Whoever has the key of a TSA dates back at will, unless the token is known to be older than that (RFC 3161
        // §4, item 1). So does whoever has the key of its authority.
        Role::Token { .. } if reason.leaves_doubt_before() => Code::TsaKeyCompromised,
        Role::Token { revocation: TsaRevocation::NeedsProof, .. } => Code::RevokedNoPoe,
        Role::Signature { .. } | Role::Token { .. } => later,
    }
}

pub(super) fn describe(judged: &Judged) -> Details {
    Details::both(judged.status.certificate.shown_subject(), judged)
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, leaves_open, .. } = self;
        status.status.fmt(f)?;
        // Who looks for the data that is missing has to know whom to ask.
        if *leaves_open {
            write!(f, "; its issuer is {}", status.certificate.issuer())?;
        }
        if let Some(source) = &status.source {
            write!(f, "; {source}")?;
        }
        if let Some(from) = status.invalidity_date {
            write!(f, "; invalid since {}, by its issuer", text::time(from))?;
        }
        if let Some(this_update) = status.this_update {
            write!(f, " of {}", text::time(this_update))?;
        }
        if let Some(next_update) = status.next_update {
            write!(f, ", next {}", text::time(next_update))?;
        }
        Ok(())
    }
}
