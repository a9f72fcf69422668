//! Verifies the proofs of any number of letters, each with what precedes it among them.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::fact::words;
use super::judged::{Judged, Service, Standing, Stated, VerifiableUntil, share_services};
use super::objection::{Objection, standing_by};
use super::verifiers::{Verifiers, recipient_signature};
use crate::crypto::Digest;
use crate::evidence::{AnyStatement, Sending, Statement, Step};
use crate::finding::Finding;
use crate::seal::{AnyProof, Proof};
use crate::verify::{Context, LinkedStatement, Payload, Preceding, Report, Verified, Verifier, VerifyError};

/// Verifies the proofs of any number of letters, given in any order, each with what precedes it among them.
///
/// A proof that does not verify costs the others nothing. The payloads are not at hand. There is one result for each file, in
/// the order of the files.
///
/// A [`Verifier`] judges the seals, and nothing of what the parties signed themselves. [`Verifiers`] also hold those of
/// senders and recipients, and the second seals of the files.
pub fn judge<'a, F: AsRef<[u8]>>(verifiers: impl Into<Verifiers<'a>>, files: &[F], now: DateTime<Utc>) -> Vec<Judged> {
    judge_all(verifiers.into(), files, now, Question::Verdicts)
}

/// The same, and asks of each proof until when it verifies without a renewal. It takes twice the time.
pub fn judge_with_deadlines<'a, F: AsRef<[u8]>>(
    verifiers: impl Into<Verifiers<'a>>,
    files: &[F],
    now: DateTime<Utc>,
) -> Vec<Judged> {
    judge_all(verifiers.into(), files, now, Question::Deadlines)
}

/// What is asked of each proof.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Verdicts,
    Deadlines,
}

fn judge_all<F: AsRef<[u8]>>(
    verifiers: Verifiers<'_>,
    files: &[F],
    now: DateTime<Utc>,
    question: Question,
) -> Vec<Judged> {
    let mut judged = Vec::with_capacity(files.len());
    let mut proofs = Vec::with_capacity(files.len());
    let clock_skew = verifiers.of_seals().policy().clock_skew();
    for (index, file) in files.iter().enumerate() {
        let proof = AnyProof::from_der(file.as_ref()).ok();
        let stated = proof.as_ref().and_then(|proof| Stated::of(proof, clock_skew));
        judged.push(match stated {
            Some(stated) => Judged::unproven(stated),
            None => alone(verifiers.of_seal_of(index), file.as_ref(), now),
        });
        proofs.push(proof);
    }
    let mut judge = Judge { verifiers, now, question, sendings: HashMap::new(), steps: HashMap::new() };
    for index in order(&judged) {
        if let (Some(Some(proof)), Some(judged)) = (proofs.get(index), judged.get_mut(index))
            && let Some(stated) = &mut judged.stated
        {
            let verdict = judge.proof(index, proof, stated);
            stated.service = Arc::new(verdict.service);
            if let AnyStatement::Sending(sending) = &stated.statement {
                stated.disclosed = judge.verifiers.disclosed(sending).map(|disclosed| Box::new(disclosed.into()));
            }
            (judged.standing, judged.verifiable_until) = (verdict.standing, verdict.verifiable_until);
            judged.proven_at = verdict.proven_at;
            judged.signatures = verdict.signatures;
        }
    }
    share_services(&mut judged);
    judged
}

/// The verifier says why octets are no proof that others could follow.
fn alone(verifier: &Verifier, file: &[u8], now: DateTime<Utc>) -> Judged {
    match verifier.verify(file, Context::from(Payload::NotAvailable), now) {
        Ok(verified) => Judged::from(&verified),
        Err(error) => Judged::unreadable(error.finding().clone()),
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
    verifiers: Verifiers<'a>,
    now: DateTime<Utc>,
    question: Question,
    sendings: HashMap<Digest, Result<Verified<Sending>, VerifyError>>,
    steps: HashMap<Digest, Result<Verified<Step>, VerifyError>>,
}

/// What a proof counts for by its verdict, whose it is, and until when that holds.
struct Verdict {
    standing: Standing,
    service: Service,
    verifiable_until: VerifiableUntil,
    proven_at: Option<DateTime<Utc>>,
    /// What was found of the signatures of the parties.
    signatures: Vec<Finding>,
}

impl Judge<'_> {
    /// Judges the file at this place, which holds the proof.
    fn proof(&mut self, index: usize, proof: &AnyProof, stated: &Stated) -> Verdict {
        let id = *stated.id.digest();
        let (seals, second_seals) = (self.verifiers.of_seal_of(index), self.verifiers.second_seals_of(index));
        match proof {
            AnyProof::Sending(sending) => {
                let (context, signatures) = self.verifiers.submission_of(seals, sending, self.now);
                let context = context.with_second_seals(second_seals);
                let verdict = seals.verify(sending, context, self.now);
                let judged = self.judged(seals, sending, context.into(), verdict.as_ref());
                keep(&mut self.sendings, id, verdict);
                Verdict { signatures, ..judged }
            }
            AnyProof::Step(step) => {
                let context = self.context(stated).with_second_seals(second_seals);
                let verdict = seals.verify(step, context, self.now);
                let judged = self.judged(seals, step, context, verdict.as_ref());
                keep(&mut self.steps, id, verdict);
                judged
            }
            AnyProof::Opening(opening) => {
                let context = self.context(stated).with_second_seals(second_seals);
                let verdict = seals.verify(opening, context, self.now);
                self.judged(seals, opening, context, verdict.as_ref())
            }
        }
    }

    /// What precedes a proof, as far as it is at hand, and who judges the recipient's own signature.
    fn context(&self, stated: &Stated) -> Context<'_> {
        let sending = stated.statement.preceding_evidence().and_then(|sending| self.sendings.get(sending.proof_id()));
        let step = stated.cause().and_then(|cause| self.steps.get(&cause));
        let context = Context::from(sending.map_or(Preceding::NotGiven, Preceding::from))
            .with_cause(step.map_or(Preceding::NotGiven, Preceding::from));
        self.verifiers.of_recipients().into_iter().fold(context, Context::with_verifier_of_recipients)
    }

    /// Judges a proof by its verdict. The whole report is asked for where the verdict rests on what precedes it, since what is
    /// wrong besides must not be overlooked, where the deadline is asked for, and where the recipient signed.
    fn judged<S: LinkedStatement>(
        &self,
        seals: &Verifier,
        proof: &Proof<S>,
        context: Context<'_>,
        verdict: Result<&Verified<S>, &VerifyError>,
    ) -> Verdict {
        let service = |certificate| Service::of(proof.stated_issuer(), certificate);
        let is_reported = match verdict {
            Ok(_) => {
                let is_signed = proof.stated().recipient_signature().is_some();
                self.question == Question::Deadlines || (is_signed && self.verifiers.of_recipients().is_some())
            }
            Err(error) => !matches!(Objection::of(error.finding().code), Objection::Seal),
        };
        let reported = is_reported.then(|| seals.full_with_signer(proof, context, self.now));
        let (report, signer) = reported.map_or((None, None), |(report, signer)| (Some(report), signer));
        let (standing, certificate) = match (verdict, &report) {
            (Ok(verified), _) => (Standing::Proven, Some(verified.signature().certificate())),
            (Err(error), Some(report)) => (standing_by(report, error.finding()), signer.as_ref()),
            (Err(error), None) => (Standing::Claimed(Box::new(error.finding().clone())), None),
        };
        let verifiable_until = match (self.question, &report) {
            (Question::Deadlines, Some(report)) => VerifiableUntil::of(report),
            (Question::Deadlines, None) | (Question::Verdicts, _) => VerifiableUntil::NotAsked,
        };
        let signatures = report.as_ref().map(recipient_signature).unwrap_or_default();
        let proven_at = verdict.ok().map(Verified::proven_at);
        Verdict { standing, service: service(certificate), verifiable_until, proven_at, signatures }
    }
}

impl VerifiableUntil {
    fn of(report: &Report) -> Self {
        report.verifiable_until.as_ref().map_or(Self::Open, |end| Self::Time(end.time))
    }
}

/// What a file that verifies counts for beside others with the same sealed statement: a seal by the holder of the issuer's
/// number comes first, then the one that is proven to be older. Nobody can date a seal back. The certificate decides last.
fn worth<S>(verified: &Verified<S>) -> (bool, Reverse<DateTime<Utc>>, Vec<u8>) {
    let certificate = verified.signature().certificate();
    let is_numbered = verified.issuer().is_numbered_in(certificate);
    (is_numbered, Reverse(verified.proven_at()), certificate.fingerprint().as_bytes().to_vec())
}

/// Of several files with one sealed statement, that which verifies counts: another may lack its timestamp. Of two that verify
/// and of two that do not, what they are decides and not their order, which nobody signed.
pub(super) fn keep<S>(
    verdicts: &mut HashMap<Digest, Result<Verified<S>, VerifyError>>,
    id: Digest,
    verdict: Result<Verified<S>, VerifyError>,
) {
    let counts = match (verdicts.get(&id), &verdict) {
        (Some(Ok(_)), Err(_)) => false,
        (None, _) | (Some(Err(_)), Ok(_)) => true,
        (Some(Ok(kept)), Ok(verified)) => worth(verified) > worth(kept),
        (Some(Err(kept)), Err(error)) => words(error.finding()) < words(kept.finding()),
    };
    if counts {
        verdicts.insert(id, verdict);
    }
}
