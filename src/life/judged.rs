//! Proofs, each judged by itself with what precedes it, before anything is said of a letter.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::contradiction::ContradictionKind;
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Event, Issuer, Sending, Statement, Step};
use crate::finding::{Code, Finding, Ledger, Outcome};
use crate::pki::Certificate;
use crate::seal::{AnyProof, Proof, ProofId};
use crate::verify::{
    Context, LinkedStatement, Payload, Preceding, Report, Verified, Verifier, VerifyError, is_numbered_in,
};

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

/// A service, as its statements and the certificates of their seals show it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Service {
    number: String,
    /// The holder of the certificate where that does not hold the number: anybody with a seal can state the number of another
    /// service.
    holder: Option<String>,
}

impl Service {
    fn of(issuer: &Issuer, certificate: Option<&Certificate>) -> Self {
        let holder = match certificate {
            Some(certificate) if is_numbered_in(issuer, certificate) => None,
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
    pub(super) service: Service,
    pub(super) statement: AnyStatement,
}

/// Until when a proof verifies without a renewal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerifiableUntil {
    /// It was judged without asking: [`judge_with_deadlines`] asks.
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
    /// `None` for octets that are no proof, or whose statement is not the one that was sealed.
    pub(super) stated: Option<Stated>,
}

impl Judged {
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

    /// Returns the finding that kept the proof from verifying.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.standing {
            Standing::Unlinked(finding) | Standing::Contrary(_, finding) | Standing::Claimed(finding) => Some(finding),
            Standing::Proven => None,
        }
    }
}

/// A proof that verified elsewhere, with all that precedes it.
impl<S: Statement + Clone + Into<AnyStatement>> From<&Verified<S>> for Judged {
    fn from(verified: &Verified<S>) -> Self {
        let (issuer, certificate) = (verified.issuer(), verified.signature().certificate());
        let stated = Stated {
            id: verified.id(),
            issuer: issuer.clone(),
            service: Service::of(issuer, Some(certificate)),
            statement: verified.statement().clone().into(),
        };
        Self { standing: Standing::Proven, verifiable_until: VerifiableUntil::NotAsked, stated: Some(stated) }
    }
}

impl Stated {
    /// What a file states, before its seal is verified.
    fn of(proof: &AnyProof) -> Option<Self> {
        fn of<S: Statement + Clone + Into<AnyStatement>>(proof: &Proof<S>) -> Option<Stated> {
            // Others follow the sealed statement by its identifier, and must not follow what somebody put behind that.
            proof.is_identified().then(|| Stated {
                id: proof.id(),
                issuer: proof.stated_issuer().clone(),
                service: Service::of(proof.stated_issuer(), None),
                statement: proof.stated().clone().into(),
            })
        }
        match proof {
            AnyProof::Sending(proof) => of(proof),
            AnyProof::Opening(proof) => of(proof),
            AnyProof::Step(proof) => of(proof),
        }
    }

    /// The statement that led to this one directly.
    fn cause(&self) -> Option<Digest> {
        self.statement.caused_by().map(|cause| *cause.proof_id())
    }
}

/// Verifies the proofs of any number of letters, given in any order, each with what precedes it among them.
///
/// A proof that does not verify costs the others nothing. The payloads are not at hand. There is one result for each file, in
/// the order of the files.
pub fn judge<F: AsRef<[u8]>>(verifier: &Verifier, files: &[F], now: DateTime<Utc>) -> Vec<Judged> {
    judge_all(verifier, files, now, Question::Verdicts)
}

/// The same, and asks of each proof until when it verifies without a renewal. It takes twice the time.
pub fn judge_with_deadlines<F: AsRef<[u8]>>(verifier: &Verifier, files: &[F], now: DateTime<Utc>) -> Vec<Judged> {
    judge_all(verifier, files, now, Question::Deadlines)
}

/// What is asked of each proof.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Verdicts,
    Deadlines,
}

fn judge_all<F: AsRef<[u8]>>(verifier: &Verifier, files: &[F], now: DateTime<Utc>, question: Question) -> Vec<Judged> {
    let mut judged = Vec::with_capacity(files.len());
    let mut proofs = Vec::with_capacity(files.len());
    for file in files {
        let proof = AnyProof::from_der(file.as_ref()).ok();
        let stated = proof.as_ref().and_then(Stated::of);
        judged.push(match stated {
            Some(stated) => Judged {
                standing: Standing::unproven(),
                verifiable_until: VerifiableUntil::NotAsked,
                stated: Some(stated),
            },
            None => alone(verifier, file.as_ref(), now),
        });
        proofs.push(proof);
    }
    let mut judge = Judge { verifier, now, question, sendings: HashMap::new(), steps: HashMap::new() };
    for index in order(&judged) {
        if let (Some(Some(proof)), Some(Judged { standing, verifiable_until, stated: Some(stated) })) =
            (proofs.get(index), judged.get_mut(index))
        {
            (*standing, stated.service, *verifiable_until) = judge.proof(proof, stated);
        }
    }
    judged
}

impl Standing {
    /// What everything counts for until it is verified.
    fn unproven() -> Self {
        Self::Claimed(Box::new(Ledger::unproven()))
    }
}

/// The verifier says why octets are no proof that others could follow.
fn alone(verifier: &Verifier, file: &[u8], now: DateTime<Utc>) -> Judged {
    match verifier.verify(file, Context::from(Payload::NotAvailable), now) {
        Ok(verified) => Judged::from(&verified),
        Err(error) => {
            let standing = Standing::Claimed(Box::new(error.finding().clone()));
            Judged { standing, verifiable_until: VerifiableUntil::NotAsked, stated: None }
        }
    }
}

/// The proofs in an order in which each comes after what it follows: sendings, then steps after their causes, then openings.
/// Nothing of them is verified yet, so that the work is that of one look at each.
fn order(judged: &[Judged]) -> Vec<usize> {
    let (mut ordered, mut steps, mut openings) = (Vec::new(), Vec::new(), Vec::new());
    for (index, judged) in judged.iter().enumerate() {
        let Some(stated) = &judged.stated else { continue };
        match &stated.statement {
            AnyStatement::Sending(_) => ordered.push(index),
            AnyStatement::Step(_) => steps.push((index, stated)),
            AnyStatement::Opening(_) => openings.push(index),
        }
    }
    ordered.extend(causes_first(&steps));
    ordered.extend(openings);
    ordered
}

fn causes_first(steps: &[(usize, &Stated)]) -> Vec<usize> {
    // Several files may hold one sealed step, and what it led to waits for all of them.
    let mut left: HashMap<Digest, usize> = HashMap::new();
    for (_, stated) in steps {
        *left.entry(*stated.id.digest()).or_insert(0) += 1;
    }
    let mut waiting: HashMap<Digest, Vec<(usize, &Stated)>> = HashMap::new();
    let mut ready = Vec::new();
    for step in steps {
        match step.1.cause().filter(|cause| left.contains_key(cause)) {
            Some(cause) => waiting.entry(cause).or_default().push(*step),
            None => ready.push(*step),
        }
    }
    let mut ordered = Vec::with_capacity(steps.len());
    while let Some((index, stated)) = ready.pop() {
        ordered.push(index);
        let id = stated.id.digest();
        if let Some(left) = left.get_mut(id) {
            *left -= 1;
            if *left == 0 {
                ready.extend(waiting.remove(id).into_iter().flatten());
            }
        }
    }
    // An identifier fixes what the statement names as its cause, so that nobody can make a circle. Whoever made one has it
    // judged without causes.
    let mut circles: Vec<usize> = waiting.into_values().flatten().map(|(index, _)| index).collect();
    circles.sort_unstable();
    ordered.extend(circles);
    ordered
}

/// Verifies proofs and remembers those that others follow.
struct Judge<'a> {
    verifier: &'a Verifier,
    now: DateTime<Utc>,
    question: Question,
    sendings: HashMap<Digest, Result<Verified<Sending>, VerifyError>>,
    steps: HashMap<Digest, Result<Verified<Step>, VerifyError>>,
}

impl Judge<'_> {
    fn proof(&mut self, proof: &AnyProof, stated: &Stated) -> (Standing, Service, VerifiableUntil) {
        let id = *stated.id.digest();
        match proof {
            AnyProof::Sending(sending) => {
                let verdict = self.verifier.verify(sending, Payload::NotAvailable, self.now);
                let judged = self.judged(sending, Context::from(Payload::NotAvailable), verdict.as_ref());
                keep(&mut self.sendings, id, verdict);
                judged
            }
            AnyProof::Step(step) => {
                let context = self.context(stated);
                let verdict = self.verifier.verify(step, context, self.now);
                let judged = self.judged(step, context, verdict.as_ref());
                keep(&mut self.steps, id, verdict);
                judged
            }
            AnyProof::Opening(opening) => {
                let context = self.context(stated);
                let verdict = self.verifier.verify(opening, context, self.now);
                self.judged(opening, context, verdict.as_ref())
            }
        }
    }

    /// What precedes a proof, as far as it is at hand.
    fn context(&self, stated: &Stated) -> Context<'_> {
        let sending = stated.statement.preceding_evidence().and_then(|sending| self.sendings.get(sending.proof_id()));
        let step = stated.cause().and_then(|cause| self.steps.get(&cause));
        Context::from(sending.map_or(Preceding::NotGiven, Preceding::from))
            .with_cause(step.map_or(Preceding::NotGiven, Preceding::from))
    }

    /// What a proof counts for by its verdict, whose it is, and until when that holds. The whole report is asked for where the
    /// verdict rests on what precedes it, since what is wrong besides must not be overlooked, and where the deadline is asked
    /// for.
    fn judged<S: LinkedStatement>(
        &self,
        proof: &Proof<S>,
        context: Context<'_>,
        verdict: Result<&Verified<S>, &VerifyError>,
    ) -> (Standing, Service, VerifiableUntil) {
        let service = |certificate| Service::of(proof.stated_issuer(), certificate);
        let report = || self.verifier.full_with_signer(proof, context, self.now);
        match verdict {
            Ok(verified) => {
                let until = match self.question {
                    Question::Verdicts => VerifiableUntil::NotAsked,
                    Question::Deadlines => VerifiableUntil::of(&report().0),
                };
                (Standing::Proven, service(Some(verified.signature().certificate())), until)
            }
            Err(error) if matches!(Objection::of(error.finding().code), Objection::Seal) => {
                let standing = Standing::Claimed(Box::new(error.finding().clone()));
                (standing, service(None), VerifiableUntil::NotAsked)
            }
            Err(error) => {
                let (report, signer) = report();
                let until = match self.question {
                    Question::Verdicts => VerifiableUntil::NotAsked,
                    Question::Deadlines => VerifiableUntil::of(&report),
                };
                (Standing::by_report(&report, error.finding()), service(signer.as_ref()), until)
            }
        }
    }
}

impl VerifiableUntil {
    fn of(report: &Report) -> Self {
        report.verifiable_until.as_ref().map_or(Self::Open, |end| Self::Time(end.time))
    }
}

impl Standing {
    /// What a proof counts for whose verdict rests on what precedes it, or on what it says beside that.
    fn by_report(report: &Report, decisive: &Finding) -> Self {
        let finding = Box::new(decisive.clone());
        let mut contradictions = Vec::new();
        // The findings about a timestamp decide nothing about the proof, and anybody can add one.
        for finding_of_report in report.findings.iter().filter(|finding| !finding.subject.is_timestamp()) {
            match finding_of_report.outcome {
                Outcome::Failed | Outcome::Indeterminate => {}
                Outcome::Passed | Outcome::Information | Outcome::Warning => continue,
            }
            match Objection::of(finding_of_report.code) {
                Objection::Link => {}
                Objection::Contradiction(kind) => contradictions.push(kind),
                Objection::Seal => return Self::Claimed(finding),
            }
        }
        if contradictions.is_empty() { Self::Unlinked(finding) } else { Self::Contrary(contradictions, finding) }
    }
}

/// Of several files with one sealed statement, that which verifies counts: another may lack its timestamp.
fn keep<S>(
    verdicts: &mut HashMap<Digest, Result<Verified<S>, VerifyError>>,
    id: Digest,
    verdict: Result<Verified<S>, VerifyError>,
) {
    if !matches!(verdicts.get(&id), Some(Ok(_))) {
        verdicts.insert(id, verdict);
    }
}

/// What a finding objects to.
enum Objection {
    /// What the proof follows is not at hand, or did not verify.
    Link,
    /// What it says beside what it follows.
    Contradiction(ContradictionKind),
    /// The proof itself.
    Seal,
}

/// The codes that say that what a proof follows, or the mandate for it, is not at hand or did not verify.
const LINKS: [Code; 5] = [
    Code::SendingNotGiven,
    Code::SendingNotVerified,
    Code::CauseNotGiven,
    Code::CauseNotVerified,
    Code::MandateNotProven,
];

/// The codes that say that a statement contradicts what it follows. Some are warnings, and a policy may make them more.
const CONTRADICTIONS: [(Code, ContradictionKind); 29] = [
    (Code::MessageDiffers, ContradictionKind::SplitView),
    (Code::PartiesDiffer, ContradictionKind::SplitView),
    (Code::PrecedingEvidenceDiffers, ContradictionKind::SplitView),
    (Code::OpenedBeforeSubmission, ContradictionKind::EventBeforeCause),
    (Code::ExpiryTooEarly, ContradictionKind::ExpiryTooEarly),
    (Code::AnsweredTooLate, ContradictionKind::AnsweredTooLate),
    (Code::AcceptanceMissing, ContradictionKind::AcceptanceMissing),
    (Code::RecipientSignatureMissing, ContradictionKind::RecipientSignatureMissing),
    (Code::EventBeforeCause, ContradictionKind::EventBeforeCause),
    (Code::EventDoesNotFollow, ContradictionKind::EventOutOfOrder),
    (Code::AssuranceBelowTerms, ContradictionKind::AssuranceBelowTerms),
    (Code::AssuranceTooLow, ContradictionKind::AssuranceBelowTerms),
    (Code::DelegateStandsForPrincipal, ContradictionKind::MandateInvalid),
    (Code::NobodyActed, ContradictionKind::MandateInvalid),
    (Code::OutsiderAsManager, ContradictionKind::MandateInvalid),
    (Code::ProviderIsPrincipal, ContradictionKind::MandateInvalid),
    (Code::ChainNotOfRole, ContradictionKind::MandateInvalid),
    (Code::MandateNotInForce, ContradictionKind::MandateInvalid),
    (Code::ActionNotGranted, ContradictionKind::MandateInvalid),
    (Code::TooManyProviders, ContradictionKind::MandateInvalid),
    (Code::ManagerCount, ContradictionKind::MandateInvalid),
    (Code::RecipientDiffers, ContradictionKind::RecipientDiffers),
    (Code::IdentifierSucceededLater, ContradictionKind::RecipientDiffers),
    (Code::OpenedAfterAvailability, ContradictionKind::OpenedAfterAvailability),
    (Code::RelayedBySameService, ContradictionKind::RelayedBySameService),
    (Code::ReasonContradictsEvent, ContradictionKind::ReasonContradictsEvent),
    (Code::EnvironmentDiffers, ContradictionKind::EnvironmentsMixed),
    (Code::CauseOfAnotherLetter, ContradictionKind::CauseOfAnotherLetter),
    (Code::CauseDiffers, ContradictionKind::CauseOfAnotherLetter),
];

impl Objection {
    /// What is in neither list is about the proof itself, so that a code that comes later proves nothing.
    fn of(code: Code) -> Self {
        let contradiction = CONTRADICTIONS.iter().find(|(of, _)| *of == code).map(|(_, kind)| *kind);
        match contradiction {
            Some(kind) => Self::Contradiction(kind),
            None if LINKS.contains(&code) => Self::Link,
            None => Self::Seal,
        }
    }
}
