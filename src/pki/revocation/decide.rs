//! This module derives one status from the statements of all sources.

use core::cmp::Reverse;

use chrono::{DateTime, TimeDelta, Utc};

use super::limits;
use super::reason::{ReasonFlags, RevocationReason};
use super::request::{Grounds, RevocationConflict, RevocationRequest};
use super::status::{
    CertificateStatus, Gap, NotAuthenticated, RevocationSource, RevocationStatus, SetAside, Signer, WhySetAside,
};
use crate::pki::Certificate;

/// The statement of one authenticated source about one certificate.
pub(super) struct SourceStatement {
    pub(super) cert_status: CertStatus,
    /// The reasons for which the source would report a revocation.
    pub(super) covers: ReasonFlags,
    pub(super) source: RevocationSource,
    pub(super) signer: Signer,
    pub(super) this_update: DateTime<Utc>,
    pub(super) next_update: Option<DateTime<Utc>>,
    pub(super) produced_at: Option<DateTime<Utc>>,
    pub(super) invalidity_date: Option<DateTime<Utc>>,
    /// True if the source would still report a revocation of the certificate, even after its expiry.
    pub(super) conclusive: bool,
}

impl SourceStatement {
    fn grounds(&self) -> Grounds<'_> {
        Grounds {
            source: &self.source,
            signer: &self.signer.certificate,
            this_update: self.this_update,
            next_update: self.next_update,
            produced_at: self.produced_at,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CertStatus {
    Good,
    Revoked { date: DateTime<Utc>, reason: RevocationReason },
    OnHold { since: DateTime<Utc> },
    Unknown,
}

impl CertStatus {
    /// Makes a statement from a revocation date and the reason beside it. removeFromCRL has a meaning in delta CRLs
    /// only. Elsewhere it is read as the hold that it ends, because the entry is still there.
    pub(super) fn revoked(date: DateTime<Utc>, reason: Option<RevocationReason>) -> Self {
        match reason.unwrap_or(RevocationReason::Unspecified) {
            RevocationReason::CertificateHold | RevocationReason::RemoveFromCrl => Self::OnHold { since: date },
            reason @ (RevocationReason::Unspecified
            | RevocationReason::KeyCompromise
            | RevocationReason::CaCompromise
            | RevocationReason::AffiliationChanged
            | RevocationReason::Superseded
            | RevocationReason::CessationOfOperation
            | RevocationReason::PrivilegeWithdrawn
            | RevocationReason::AaCompromise
            | RevocationReason::Other(_)) => Self::Revoked { date, reason },
        }
    }
}

/// Orders revocations of one certificate by what their reasons put in doubt: a compromise comes before what leaves doubt
/// about earlier signatures, and that before the rest. Of the same kind, the earliest one weighs most.
pub(super) fn severity(date: DateTime<Utc>, reason: RevocationReason) -> impl Ord + use<> {
    (reason.is_compromise(), reason.leaves_doubt_before(), Reverse(date), Reverse(reason.number()))
}

/// Returns true if a source still knows about this certificate at `this_update`, when it retains certificates that
/// expired at `retained_from` or later.
pub(super) fn is_conclusive(
    certificate: &Certificate,
    this_update: DateTime<Utc>,
    retained_from: Option<DateTime<Utc>>,
) -> bool {
    let not_after = certificate.not_after();
    // An issuer may drop expired certificates from its lists. After expiry, absence proves nothing unless it retains
    // them.
    this_update.timestamp() <= not_after.timestamp() || retained_from.is_some_and(|from| from <= not_after)
}

/// Returns true if data of this age may speak for a certificate: it answers for the time at which data has to be fresh.
pub(super) fn is_current(
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    request: &RevocationRequest<'_>,
) -> bool {
    answers_for(request.fresh_at.unwrap_or(request.at), this_update, next_update, request)
}

/// Returns true if what data of this age says against a certificate counts: it answers for the requested time or for that at
/// which data has to be fresh. A certificate that was suspended at the requested time could otherwise be cleared by older data
/// that only claims to hold for longer.
pub(super) fn counts_against(
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    request: &RevocationRequest<'_>,
) -> bool {
    is_current(this_update, next_update, request) || answers_for(request.at, this_update, next_update, request)
}

/// Returns true if data of this age answers for a time, to the whole second (ETSI EN 319 102-1 V1.4.1, clause 5.2.5.4). Its
/// note 1 takes the second of nextUpdate itself for fresh, and step 2 does not; we follow the note.
fn answers_for(
    time: DateTime<Utc>,
    this_update: DateTime<Utc>,
    next_update: Option<DateTime<Utc>>,
    request: &RevocationRequest<'_>,
) -> bool {
    let plus = |time: DateTime<Utc>, tolerance: TimeDelta| {
        time.checked_add_signed(tolerance).unwrap_or(DateTime::<Utc>::MAX_UTC).timestamp()
    };
    let time = time.timestamp();
    // Data from after the time is always current, because its revocation dates tell what was true then.
    this_update.timestamp() >= time
        || time
            <= match next_update {
                Some(next_update) => plus(next_update, request.freshness_tolerance),
                None => plus(this_update, request.tolerance_without_next_update),
            }
}

/// The statements about one certificate, and the data that was set aside.
#[derive(Default)]
pub(super) struct CollectedStatements {
    pub(super) statements: Vec<SourceStatement>,
    set_aside: Vec<SetAside>,
    /// What the certificate's own key says for it. Nobody else can fill this list.
    own_words: Vec<SetAside>,
    /// What explains why nothing is known, and else nothing: CRLs of the certificate's issuer that do not cover it.
    pub(super) explanations: Vec<SetAside>,
    pub(super) exhausted: bool,
}

impl CollectedStatements {
    /// Adds a statement. Whoever has the key of a certificate says what he likes, so that its own word counts against it
    /// and never for it: the path of a CRL's signer ends at the same anchor and is valid without the certificate that is
    /// asked about (RFC 5280 §6.3.3 (f)).
    pub(super) fn add(&mut self, statement: SourceStatement) {
        let is_against = match statement.cert_status {
            CertStatus::Revoked { .. } | CertStatus::OnHold { .. } => true,
            CertStatus::Good | CertStatus::Unknown => false,
        };
        if is_against || !statement.signer.rests_on_certificate {
            self.statements.push(statement);
        } else if self.own_words.len() < limits::MAX_SET_ASIDE {
            let why = WhySetAside::NotAuthenticated(NotAuthenticated::OwnWord);
            self.own_words.push(SetAside { source: statement.source, why });
        }
    }

    pub(super) fn set_aside(&mut self, source: RevocationSource, why: WhySetAside) {
        if self.set_aside.len() < limits::MAX_SET_ASIDE {
            self.set_aside.push(SetAside { source, why });
        }
    }

    pub(super) fn decide(
        mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        request: &RevocationRequest<'_>,
    ) -> CertificateStatus {
        if self.statements.is_empty() {
            // Anybody can make lists that are set aside, so that they come after what a key has said.
            let own_words = core::mem::take(&mut self.own_words);
            self.set_aside.splice(0..0, own_words);
            self.set_aside.append(&mut self.explanations);
            self.set_aside.truncate(limits::MAX_SET_ASIDE);
        }
        let (status, decisive) = self.weigh(request);
        let is_revoked = matches!(status, RevocationStatus::Revoked { .. });
        // As the reason of a revocation does, it counts whichever source states it.
        let of_revocations = self.revocations().filter_map(|(statement, ..)| statement.invalidity_date);
        let of_revocations = of_revocations.min().filter(|_| is_revoked);
        let taken_back = self.revocations().map(|(_, date, _)| date).min().filter(|_| !is_revoked);
        let invalidity_date = of_revocations.or_else(|| decisive.and_then(|statement| statement.invalidity_date));
        CertificateStatus {
            certificate: certificate.clone(),
            issuer: issuer.clone(),
            status,
            source: decisive.map(|statement| statement.source.clone()),
            this_update: decisive.map(|statement| statement.this_update),
            next_update: decisive.and_then(|statement| statement.next_update),
            produced_at: decisive.and_then(|statement| statement.produced_at),
            signer: decisive.map(|statement| statement.signer.certificate.clone()),
            signer_status_unknown: decisive.is_some_and(|statement| statement.signer.status_unknown),
            invalidity_date,
            taken_back,
            set_aside: self.set_aside,
        }
    }

    fn weigh(&self, request: &RevocationRequest<'_>) -> (RevocationStatus, Option<&SourceStatement>) {
        if let Some(revoked) = self.revoked().filter(|_| !self.is_taken_back(request)) {
            return revoked;
        }
        // The limit may have hidden a revocation, so nothing favourable follows from the rest.
        if self.exhausted {
            return (RevocationStatus::BudgetExhausted, None);
        }
        let current = || {
            self.statements.iter().filter(|statement| is_current(statement.this_update, statement.next_update, request))
        };
        let holds = self.statements.iter().filter_map(|statement| match statement.cert_status {
            CertStatus::OnHold { since } => Some((statement, since)),
            CertStatus::Good | CertStatus::Revoked { .. } | CertStatus::Unknown => None,
        });
        let holds = holds.filter(|(hold, _)| counts_against(hold.this_update, hold.next_update, request));
        let hold = holds.max_by_key(|(statement, _)| statement.this_update);
        let good = self.good(request);
        let is_accepted = |statement: &SourceStatement| request.accepts(&statement.grounds());
        let accepted: Vec<_> = good.iter().copied().filter(|good| is_accepted(good)).collect();
        let covered = covering(&accepted);
        // Of data of the same age the hold counts, so that a good answer cannot hide it.
        match (hold, covered) {
            (Some((hold, since)), covered) if covered.is_none_or(|good| good.this_update <= hold.this_update) => {
                return (RevocationStatus::OnHold { since }, Some(hold));
            }
            (_, Some(good)) => return (RevocationStatus::Good, Some(good)),
            _ => {}
        }
        // What is not accepted speaks for the certificate only as far as whoever asked sees that it is not.
        if covering(&good).is_some() {
            let refused = good.iter().copied().find(|good| !is_accepted(good));
            return (RevocationStatus::Good, refused);
        }
        if let Some(unknown) = current()
            .filter(|statement| statement.cert_status == CertStatus::Unknown)
            .max_by_key(|statement| statement.this_update)
        {
            return (RevocationStatus::Unknown, Some(unknown));
        }
        if let Some(partly) = good.first() {
            return (RevocationStatus::Incomplete { gap: Gap::Reasons }, Some(partly));
        }
        if let Some(late) = current().max_by_key(|statement| statement.this_update) {
            return (RevocationStatus::IssuedAfterExpiry, Some(late));
        }
        if let Some(stale) = self.statements.iter().max_by_key(|statement| statement.this_update) {
            return (RevocationStatus::Stale, Some(stale));
        }
        (self.without_statement(), None)
    }

    /// Returns the revocation, if there is one. A revocation is final, so it counts even in an outdated list.
    fn revoked(&self) -> Option<(RevocationStatus, Option<&SourceStatement>)> {
        let (earliest, date, _) =
            self.revocations().min_by_key(|(statement, date, _)| (*date, statement.this_update))?;
        // The worst reason counts, so that no source plays down what another one states.
        let (_, _, reason) = self.revocations().max_by_key(|(_, date, reason)| severity(*date, *reason))?;
        Some((RevocationStatus::Revoked { date, reason }, Some(earliest)))
    }

    /// Returns the current statements that would report a revocation and report none, the newest first.
    fn good(&self, request: &RevocationRequest<'_>) -> Vec<&SourceStatement> {
        let mut good: Vec<_> = self
            .statements
            .iter()
            .filter(|statement| is_current(statement.this_update, statement.next_update, request))
            .filter(|statement| statement.cert_status == CertStatus::Good && statement.conclusive)
            .collect();
        good.sort_by_key(|statement| Reverse(statement.this_update));
        good
    }

    /// Returns true if the request lets newer data take a revocation back, and such data is there. What a limit has hidden may
    /// be newer still.
    fn is_taken_back(&self, request: &RevocationRequest<'_>) -> bool {
        match request.conflict {
            RevocationConflict::AnyRevocation => false,
            RevocationConflict::Latest => {
                let newest = self.revocations().map(|(statement, ..)| statement.this_update).max();
                let mut good = self.good(request);
                good.retain(|statement| request.accepts(&statement.grounds()));
                !self.exhausted && covering(&good).is_some_and(|oldest| Some(oldest.this_update) > newest)
            }
        }
    }

    fn revocations(&self) -> impl Iterator<Item = (&SourceStatement, DateTime<Utc>, RevocationReason)> {
        self.statements.iter().filter_map(|statement| match statement.cert_status {
            CertStatus::Revoked { date, reason } => Some((statement, date, reason)),
            CertStatus::Good | CertStatus::OnHold { .. } | CertStatus::Unknown => None,
        })
    }

    fn without_statement(&self) -> RevocationStatus {
        let reasons = || self.set_aside.iter().map(|set_aside| &set_aside.why);
        let status = |why: &WhySetAside| match why {
            WhySetAside::DeltaWithoutBase => RevocationStatus::Incomplete { gap: Gap::DeltaWithoutBase },
            WhySetAside::NotSupported { what } => RevocationStatus::NotSupported { what: what.clone() },
            WhySetAside::NotAuthenticated(why) => RevocationStatus::NotAuthenticated(why.clone()),
            WhySetAside::OutOfScope { .. } => RevocationStatus::Absent,
        };
        let rank = |why: &&WhySetAside| match why {
            WhySetAside::DeltaWithoutBase => 0,
            WhySetAside::NotSupported { .. } => 1,
            // A broken rule of an algorithm has a finding of its own, in whatever order the data comes.
            WhySetAside::NotAuthenticated(why) if why.broken_rule().is_some() => 2,
            // Wrong data explains more than missing data.
            WhySetAside::NotAuthenticated(NotAuthenticated::SignerNotFound) => 4,
            WhySetAside::NotAuthenticated(_) => 3,
            WhySetAside::OutOfScope { .. } => 5,
        };
        reasons().min_by_key(rank).map_or(RevocationStatus::Absent, status)
    }
}

/// Returns the first source, from newest to oldest, with which the sources that say "good" cover every reason.
fn covering<'e>(good: &[&'e SourceStatement]) -> Option<&'e SourceStatement> {
    let mut covers = ReasonFlags::NONE;
    good.iter().copied().find(|statement| {
        covers = covers.or(statement.covers);
        covers.is_all()
    })
}
