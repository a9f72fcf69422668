//! Proofs, each judged by itself with what precedes it, before anything is said of a letter.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::contradiction::ContradictionKind;
use super::limits::MAX_PROOFS;
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Event, Issuer, MessageId, Sending, Statement, Step};
use crate::finding::{Code, Finding, Outcome};
use crate::seal::{AnyProof, Proof, ProofId};
use crate::verify::{Context, Payload, Preceding, Report, Verified, Verifier, VerifyError};

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
    /// It was not verified, since there are more than [`MAX_PROOFS`] of its message and recipient.
    NotJudged,
}

/// A statement with the identifier of its proof, and its issuer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stated {
    pub(super) id: ProofId,
    pub(super) issuer: Issuer,
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
    /// `None` for octets that are no proof.
    pub(super) stated: Option<Stated>,
}

impl Judged {
    /// Returns what the proof counts for.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Returns the event that is stated; `None` for octets that are no proof.
    pub fn event(&self) -> Option<Event> {
        self.stated.as_ref().map(|stated| stated.statement.event())
    }

    /// Returns the identifier of the sealed statement; `None` for octets that are no proof.
    pub fn id(&self) -> Option<ProofId> {
        self.stated.as_ref().map(|stated| stated.id)
    }

    /// Returns the finding that kept the proof from verifying.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.standing {
            Standing::Unlinked(finding) | Standing::Contrary(_, finding) | Standing::Claimed(finding) => Some(finding),
            Standing::Proven | Standing::NotJudged => None,
        }
    }
}

/// A proof that verified elsewhere, with all that precedes it.
impl<S: Statement + Clone + Into<AnyStatement>> From<&Verified<S>> for Judged {
    fn from(verified: &Verified<S>) -> Self {
        let statement = verified.statement().clone().into();
        let stated = Stated { id: verified.id(), issuer: verified.issuer().clone(), statement };
        Self { standing: Standing::Proven, verifiable_until: VerifiableUntil::NotAsked, stated: Some(stated) }
    }
}

impl Stated {
    fn of(proof: &AnyProof) -> Self {
        fn of<S: Statement + Clone + Into<AnyStatement>>(proof: &Proof<S>) -> Stated {
            let statement = proof.stated().clone().into();
            Stated { id: proof.id(), issuer: proof.stated_issuer().clone(), statement }
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
        judged.push(match &proof {
            Some(proof) => Judged {
                standing: Standing::NotJudged,
                verifiable_until: VerifiableUntil::NotAsked,
                stated: Some(Stated::of(proof)),
            },
            None => unreadable(verifier, file.as_ref(), now),
        });
        proofs.push(proof);
    }
    let mut judge = Judge { verifier, now, question, sendings: HashMap::new(), steps: HashMap::new() };
    for index in order(&judged) {
        let (Some(Some(proof)), Some(Judged { standing, verifiable_until, stated: Some(stated) })) =
            (proofs.get(index), judged.get_mut(index))
        else {
            continue;
        };
        (*standing, *verifiable_until) = judge.proof(proof, stated);
    }
    judged
}

/// The verifier says why octets are no proof that can be read.
fn unreadable(verifier: &Verifier, file: &[u8], now: DateTime<Utc>) -> Judged {
    match verifier.verify(file, Context::from(Payload::NotAvailable), now) {
        Ok(verified) => Judged::from(&verified),
        Err(error) => {
            let standing = Standing::Claimed(Box::new(error.finding().clone()));
            Judged { standing, verifiable_until: VerifiableUntil::NotAsked, stated: None }
        }
    }
}

/// The proofs that are verified, in an order in which each comes after what it follows: sendings, then steps after their
/// causes, then openings. Nothing of them is verified yet, so that the work is that of one look at each.
fn order(judged: &[Judged]) -> Vec<usize> {
    let crowd = Crowd::of(judged.iter().filter_map(|judged| judged.stated.as_ref()));
    let (mut ordered, mut steps, mut openings) = (Vec::new(), Vec::new(), Vec::new());
    for (index, judged) in judged.iter().enumerate() {
        match &judged.stated {
            Some(stated) if !crowd.is_too_large(stated) => match &stated.statement {
                AnyStatement::Sending(_) => ordered.push(index),
                AnyStatement::Step(_) => steps.push((index, stated)),
                AnyStatement::Opening(_) => openings.push(index),
            },
            Some(_) | None => {}
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
    // A circle of digests cannot be made. Whoever made one has them judged without a cause.
    let mut circles: Vec<usize> = waiting.into_values().flatten().map(|(index, _)| index).collect();
    circles.sort_unstable();
    ordered.extend(circles);
    ordered
}

/// How many proofs there are of each message, and of each of its recipients.
struct Crowd<'a> {
    counts: HashMap<(&'a MessageId, Option<usize>), usize>,
}

impl<'a> Crowd<'a> {
    fn of(stated: impl Iterator<Item = &'a Stated>) -> Self {
        let mut counts = HashMap::new();
        for stated in stated {
            *counts.entry((stated.statement.message_id(), stated.statement.refers_to_recipient())).or_insert(0) += 1;
        }
        Self { counts }
    }

    /// Tells if there are more proofs of the letter than are judged. Those about all recipients count for each of them.
    fn is_too_large(&self, stated: &Stated) -> bool {
        let message = stated.statement.message_id();
        let count = |recipient| self.counts.get(&(message, recipient)).copied().unwrap_or(0);
        let own = stated.statement.refers_to_recipient().map_or(0, |recipient| count(Some(recipient)));
        count(None) + own > MAX_PROOFS
    }
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
    fn proof(&mut self, proof: &AnyProof, stated: &Stated) -> (Standing, VerifiableUntil) {
        let id = *stated.id.digest();
        match proof {
            AnyProof::Sending(sending) => {
                let verdict = self.verifier.verify(sending, Payload::NotAvailable, self.now);
                let judged = self
                    .judged(verdict.as_ref().err(), || self.verifier.report(sending, Payload::NotAvailable, self.now));
                keep(&mut self.sendings, id, verdict);
                judged
            }
            AnyProof::Step(step) => {
                let context = self.context(stated);
                let verdict = self.verifier.verify(step, context, self.now);
                let judged = self.judged(verdict.as_ref().err(), || self.verifier.report(step, context, self.now));
                keep(&mut self.steps, id, verdict);
                judged
            }
            AnyProof::Opening(opening) => {
                let context = self.context(stated);
                let verdict = self.verifier.verify(opening, context, self.now);
                self.judged(verdict.as_ref().err(), || self.verifier.report(opening, context, self.now))
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

    /// What a proof counts for by its verdict, and until when that holds. The whole report is asked for where the verdict rests
    /// on what precedes it, since what is wrong besides must not be overlooked, and where the deadline is asked for.
    fn judged(&self, error: Option<&VerifyError>, report: impl FnOnce() -> Report) -> (Standing, VerifiableUntil) {
        let is_of_seal = error.is_some_and(|error| matches!(Objection::of(error.finding().code), Objection::Seal));
        let report = match (error, self.question) {
            (None, Question::Verdicts) => None,
            (Some(_), _) if is_of_seal => None,
            (Some(_), _) | (None, Question::Deadlines) => Some(report()),
        };
        let verifiable_until = match (&report, self.question) {
            (Some(report), Question::Deadlines) => VerifiableUntil::of(report),
            (Some(_) | None, Question::Verdicts) | (None, Question::Deadlines) => VerifiableUntil::NotAsked,
        };
        (standing(error, report.as_ref()), verifiable_until)
    }
}

impl VerifiableUntil {
    fn of(report: &Report) -> Self {
        report.verifiable_until.as_ref().map_or(Self::Open, |end| Self::Time(end.time))
    }
}

/// What a proof counts for. Without a report the verdict decides.
fn standing(error: Option<&VerifyError>, report: Option<&Report>) -> Standing {
    let Some(error) = error else { return Standing::Proven };
    let finding = Box::new(error.finding().clone());
    let Some(report) = report else { return Standing::Claimed(finding) };
    let mut contradictions = Vec::new();
    for finding_of_report in &report.findings {
        match finding_of_report.outcome {
            Outcome::Failed | Outcome::Indeterminate => {}
            Outcome::Passed | Outcome::Information | Outcome::Warning => continue,
        }
        match Objection::of(finding_of_report.code) {
            Objection::Link => {}
            Objection::Contradiction(kind) => contradictions.push(kind),
            Objection::Seal => return Standing::Claimed(finding),
        }
    }
    if contradictions.is_empty() { Standing::Unlinked(finding) } else { Standing::Contrary(contradictions, finding) }
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

/// The codes that say that what a proof follows is not at hand, or did not verify.
const LINKS: [Code; 4] = [Code::SendingNotGiven, Code::SendingNotVerified, Code::CauseNotGiven, Code::CauseNotVerified];

/// The codes that say that a statement contradicts what it follows.
const CONTRADICTIONS: [(Code, ContradictionKind); 18] = [
    (Code::ExpiryTooEarly, ContradictionKind::ExpiryTooEarly),
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
    (Code::RecipientDiffers, ContradictionKind::RecipientDiffers),
    (Code::IdentifierSucceededLater, ContradictionKind::RecipientDiffers),
    (Code::EnvironmentDiffers, ContradictionKind::EnvironmentsMixed),
    (Code::CauseOfAnotherLetter, ContradictionKind::CauseOfAnotherLetter),
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
