//! Proofs, each judged by itself with what precedes it, before anything is said of a letter.

use std::cmp::Ordering;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::contradiction::ContradictionKind;
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Event, Issuer, Statement};
use crate::finding::{Finding, Ledger};
use crate::pki::Certificate;
use crate::seal::{AnyProof, Proof, ProofId};
use crate::verify::Verified;

/// What a proof counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// It verified, with all that precedes it.
    Proven,
    /// The seal, the time and the statement hold, and a proof that it follows is not at hand or did not verify itself.
    Unlinked(Box<Finding>),
    /// The seal and the time hold, and the statement contradicts what precedes it.
    Contrary(Vec<ContradictionKind>, Box<Finding>),
    /// It did not verify: somebody claims this.
    Claimed(Box<Finding>),
}

impl Standing {
    /// Returns the finding that kept the proof from verifying.
    pub(super) fn finding(&self) -> Option<&Finding> {
        match self {
            Self::Unlinked(finding) | Self::Contrary(_, finding) | Self::Claimed(finding) => Some(finding),
            Self::Proven => None,
        }
    }
}

/// A service, as its statements and the certificates of their seals show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Service {
    number: String,
    /// The holder of the certificate where that does not hold the number: anybody with a seal can state the number of another
    /// service.
    holder: Option<String>,
}

impl Service {
    pub(super) fn of(issuer: &Issuer, certificate: Option<&Certificate>) -> Self {
        let holder = match certificate {
            Some(certificate) if issuer.is_numbered_in(certificate) => None,
            Some(certificate) => Some(certificate.subject()),
            None => Some(String::new()),
        };
        Self { number: issuer.legal_person_identifier().to_owned(), holder }
    }

    /// Tells if the certificate of the seal holds the number that is stated.
    pub(super) fn holds_number(&self) -> bool {
        self.holder.is_none()
    }

    /// Tells if this is the service of a certificate without a number: its seal has none either, and the same subject.
    pub(super) fn is_held_by(&self, subject: &str) -> bool {
        !subject.is_empty() && self.holder.as_deref() == Some(subject)
    }
}

/// A statement with the identifier of its proof, its issuer, and the service that is known to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stated {
    pub(super) id: ProofId,
    pub(super) issuer: Issuer,
    pub(super) service: Arc<Service>,
    pub(super) statement: AnyStatement,
    /// The statement with the values of a disclosure that fits.
    pub(super) disclosed: Option<Box<AnyStatement>>,
    /// How far clocks may be apart by the policy that judged it.
    pub(super) clock_skew: TimeDelta,
}

/// Returns the place of the statement of this identifier among some in the order of their identifiers, each once.
pub(super) fn place_of<T>(in_order: &[T], id: &Digest, stated: impl Fn(&T) -> &Stated) -> Option<usize> {
    let place = in_order.binary_search_by(|entry| stated(entry).by_identifier(id)).ok()?;
    in_order.get(place).filter(|entry| stated(entry).id.digest() == id).map(|_| place)
}

/// How many services are remembered while files are gone through: a letter has its sender's and its recipient's mostly.
const SERVICES: usize = 4;

/// Lets files of one service share what names it. Thousands of cases are folded out of what the caches of the core do not hold,
/// and each text that a fact has for itself is fetched for itself.
pub(super) fn share_services(judged: &mut [Judged]) {
    let mut known: Vec<(Issuer, Arc<Service>)> = Vec::with_capacity(SERVICES);
    for stated in judged.iter_mut().filter_map(|judged| judged.stated.as_mut()) {
        let shared = known.iter().find(|(issuer, service)| *issuer == stated.issuer && *service == stated.service);
        if let Some((issuer, service)) = shared {
            (stated.issuer, stated.service) = (issuer.clone(), Arc::clone(service));
            continue;
        }
        known.truncate(SERVICES - 1);
        known.insert(0, (stated.issuer.clone(), Arc::clone(&stated.service)));
    }
}

/// Until when a proof verifies without a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerifiableUntil {
    /// It was judged without asking: [`judge_with_deadlines`](super::judge_with_deadlines) asks.
    NotAsked,
    /// Until this time, which is that of its report.
    Time(DateTime<Utc>),
    /// Nothing sets an end.
    Open,
}

/// A file as it was judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub(super) standing: Standing,
    pub(super) verifiable_until: VerifiableUntil,
    /// When the seal is proven to have existed, if the proof verified with all that precedes it.
    pub(super) proven_at: Option<DateTime<Utc>>,
    /// `None` for octets that are no proof, or whose statement is not the one that was sealed.
    pub(super) stated: Option<Stated>,
    /// What was found of the signatures of the parties: the sender's of its submission, the recipient's of an acceptance.
    pub(super) signatures: Vec<Finding>,
}

impl Judged {
    /// What everything counts for until it is verified.
    pub(super) fn unproven(stated: Stated) -> Self {
        let standing = Standing::Claimed(Box::new(Ledger::unproven()));
        let verifiable_until = VerifiableUntil::NotAsked;
        Self { standing, verifiable_until, proven_at: None, stated: Some(stated), signatures: Vec::new() }
    }

    /// Octets that are no proof which others could follow.
    pub(super) fn unreadable(finding: Finding) -> Self {
        let standing = Standing::Claimed(Box::new(finding));
        let verifiable_until = VerifiableUntil::NotAsked;
        Self { standing, verifiable_until, proven_at: None, stated: None, signatures: Vec::new() }
    }

    /// Returns what the proof counts for.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Returns the event that is stated; `None` for octets that are no proof, or whose statement is not the one that was
    /// sealed.
    pub fn event(&self) -> Option<Event> {
        self.stated.as_ref().map(|stated| stated.statement.event())
    }

    /// Returns the identifier of the sealed statement; `None` where there is no [`event`](Self::event).
    pub fn id(&self) -> Option<ProofId> {
        self.stated.as_ref().map(|stated| stated.id)
    }

    /// Returns the time at which the seal is proven to have existed, if the proof verified with all that precedes it.
    pub fn proven_at(&self) -> Option<DateTime<Utc>> {
        self.proven_at
    }

    /// Returns what is stated, whatever it counts for.
    pub(crate) fn statement(&self) -> Option<&AnyStatement> {
        self.stated.as_ref().map(|stated| &stated.statement)
    }

    /// Returns who states it.
    pub(crate) fn issuer(&self) -> Option<&Issuer> {
        self.stated.as_ref().map(|stated| &stated.issuer)
    }

    /// Tells if the certificate of the seal holds the number of the issuer, so that nobody else can have stated it.
    pub(crate) fn is_numbered(&self) -> bool {
        self.stated.as_ref().is_some_and(|stated| stated.service.holds_number())
    }

    /// Returns the finding that kept the proof from verifying.
    pub fn finding(&self) -> Option<&Finding> {
        self.standing.finding()
    }
}

/// A proof that verified elsewhere, with all that precedes it.
impl<S: Statement + Clone + Into<AnyStatement>> From<&Verified<S>> for Judged {
    fn from(verified: &Verified<S>) -> Self {
        let (issuer, certificate) = (verified.issuer(), verified.signature().certificate());
        let stated = Stated {
            id: verified.id(),
            issuer: issuer.clone(),
            service: Arc::new(Service::of(issuer, Some(certificate))),
            statement: verified.statement().clone().into(),
            disclosed: verified.disclosed().cloned().map(|disclosed| Box::new(disclosed.into())),
            clock_skew: verified.clock_skew(),
        };
        Self { standing: Standing::Proven, proven_at: Some(verified.proven_at()), ..Self::unproven(stated) }
    }
}

impl Stated {
    /// What a file states, before its seal is verified.
    pub(super) fn of(proof: &AnyProof, clock_skew: TimeDelta) -> Option<Self> {
        fn of<S: Statement + Clone + Into<AnyStatement>>(proof: &Proof<S>, clock_skew: TimeDelta) -> Option<Stated> {
            // Others follow the sealed statement by its identifier, and must not follow what somebody put behind that.
            proof.is_identified().then(|| Stated {
                id: proof.id(),
                issuer: proof.stated_issuer().clone(),
                service: Arc::new(Service::of(proof.stated_issuer(), None)),
                statement: proof.stated().clone().into(),
                disclosed: None,
                clock_skew,
            })
        }
        match proof {
            AnyProof::Sending(proof) => of(proof, clock_skew),
            AnyProof::Opening(proof) => of(proof, clock_skew),
            AnyProof::Step(proof) => of(proof, clock_skew),
        }
    }

    /// Orders statements by their identifiers.
    pub(super) fn by_identifier(&self, id: &Digest) -> Ordering {
        self.id.digest().as_bytes().cmp(id.as_bytes())
    }

    /// The statement as far as it is disclosed.
    pub(super) fn shown(&self) -> &AnyStatement {
        self.disclosed.as_deref().unwrap_or(&self.statement)
    }

    /// The statement that led to this one directly.
    pub(super) fn cause(&self) -> Option<Digest> {
        self.statement.caused_by().map(|cause| *cause.proof_id())
    }
}
