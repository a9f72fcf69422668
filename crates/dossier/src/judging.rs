//! Verifies a container, and each proof in it with its letter and with what it follows.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};
use std::ptr;

use chrono::{DateTime, Utc};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{AnyStatement, ContentPart, Disclosure, RegisterStatement, Sending, Statement, Step};
use recommande::rfc3161_client::TimeStampToken;
use recommande::seal::{AnyProof, Artifact, PayloadSignature, SignedSubmission};
use recommande::verify::{
    ContentDigests, Context, LogRule, Policy, Preceding, SecondSealRule, SendingContext, Verified, VerifyError,
};
use recommande::{Indication, Payload, PayloadDigests, Report, Verifier};

use crate::error::ReadError;
use crate::layout::Protection;
use crate::name::{PartKind, ProofNumber};
use crate::reading::Dossier;
use crate::report::{DossierReport, PartReport, PartVerdict};
use crate::signable::{OF_SIGNATURES, signable};

/// The verifiers of what lies in a container.
///
/// A lawyer who signs a container has a certificate under anchors of his own, and seals no proofs under them. A [`Verifier`] converts into
/// it, for a service that signs the container under the anchors of its seals.
#[derive(Clone, Copy, Debug)]
pub struct Verifiers<'v> {
    proofs: &'v Verifier,
    container: &'v Verifier,
    letters: &'v Verifier,
    senders: Option<&'v Verifier>,
    recipients: Option<&'v Verifier>,
}

impl<'v> Verifiers<'v> {
    /// Takes the verifier of proofs, which judges the container and the signatures over letters too. Where it trusts registers of mandates
    /// ([`Verifier::with_registers`]), the extracts in the container are offered to it.
    pub fn new(proofs: &'v Verifier) -> Self {
        Self { proofs, container: proofs, letters: proofs, senders: None, recipients: None }
    }

    /// Sets the verifier of the signature, the timestamp and the evidence record over the container. The record counts for the proofs as well,
    /// by the anchors of their verifier.
    #[must_use]
    pub fn with_container(self, container: &'v Verifier) -> Self {
        Self { container, ..self }
    }

    /// Sets the verifier of signatures over letters.
    #[must_use]
    pub fn with_letters(self, letters: &'v Verifier) -> Self {
        Self { letters, ..self }
    }

    /// Sets the verifier of senders' signatures, by which submissions are judged. Without it they are not looked at.
    #[must_use]
    pub fn with_senders(self, senders: &'v Verifier) -> Self {
        Self { senders: Some(senders), ..self }
    }

    /// Sets the verifier of the recipients' own signatures, which are in proofs. Without it they are not evaluated.
    #[must_use]
    pub fn with_recipients(self, recipients: &'v Verifier) -> Self {
        Self { recipients: Some(recipients), ..self }
    }
}

impl<'v> From<&'v Verifier> for Verifiers<'v> {
    fn from(proofs: &'v Verifier) -> Self {
        Self::new(proofs)
    }
}

impl<R: Read + Seek> Dossier<R> {
    /// Verifies the container and every file in it, by the anchors of the verifiers: those that lie in the container are not looked at.
    ///
    /// Each proof is judged with the letter whose digests its statement names, with the sending, the step and the letter that it follows or
    /// answers, with what lies beside it, with the extract of a register that it names, and with the evidence records over it: its own, and
    /// that of the container if it holds. One that does not hold costs the others nothing.
    ///
    /// # Errors
    /// `Io`; `Changed` where the container was changed after it was read. What does not verify is no error: it is in the report.
    pub fn report<'v>(
        &mut self,
        verifiers: impl Into<Verifiers<'v>>,
        now: DateTime<Utc>,
    ) -> Result<DossierReport, ReadError> {
        let Verifiers { proofs, container, letters, senders, recipients } = verifiers.into();
        let record = self.record_by(container, now);
        let holds = |record: Option<&Report>| record.is_some_and(|record| record.indication == Indication::TotalPassed);
        let by_container = holds(record.as_ref());
        let holds_by = |verifier| holds(self.record_by(verifier, now).as_ref());
        // One verifier in two places says of the record what it said before.
        let by_proofs = if ptr::eq(proofs, container) { by_container } else { holds_by(proofs) };
        let by_letters = if ptr::eq(letters, container) {
            by_container
        } else if ptr::eq(letters, proofs) {
            by_proofs
        } else {
            holds_by(letters)
        };
        // Nobody signed the record, and anybody can put another one there: one that does not hold says nothing about the files.
        let also_with = |verifier: &Verifier, holds| {
            let record = self.record().filter(|_| holds);
            verifier.also_with_evidence_records(record.map(<[u8]>::to_vec))
        };
        let [proofs, container, letters] =
            [also_with(proofs, by_proofs), also_with(container, by_container), also_with(letters, by_letters)];
        let extracts = self.register_extracts()?;
        let given = extracts.iter().map(|extract| (extract.json.clone(), extract.signature.clone()));
        let with_extracts = proofs.also_with_register_extracts(given);
        // The policy of who verifies leaves some of it out.
        let Policy { log, second_seal, .. } = proofs.policy();
        let (has_logs, has_second_seals) = (*log != LogRule::Ignore, *second_seal != SecondSealRule::Ignore);
        let trusts_registers = with_extracts.is_some();
        let mut judge = Judge {
            dossier: self,
            proofs: with_extracts.unwrap_or(proofs),
            container,
            letters,
            senders,
            recipients,
            now,
            sendings: HashMap::new(),
            steps: HashMap::new(),
            unreadable_files: HashSet::new(),
            mandates: Vec::new(),
        };
        let manifest = judge.dossier.manifest_by(&judge.container, now);
        let mut verdicts = judge.proofs()?;
        let named = letters_named(&verdicts);
        let named_extracts = if trusts_registers { judge.extracts_named(&extracts) } else { HashSet::new() };
        let mut parts = Vec::new();
        for part in judge.dossier.parts.clone() {
            let verdict = match part.kind {
                PartKind::Proof { proof, .. } => verdicts.remove(&proof).unwrap_or_else(|| judge.unreadable(&[])),
                PartKind::Letter { number, .. } => {
                    PartVerdict::Letter { proven_by: named.get(&number).cloned().unwrap_or_default() }
                }
                PartKind::LetterSignature { letter } => judge.letter_signature(part.kind, letter)?,
                kind if judge.unreadable_files.contains(&kind) => PartVerdict::Unreadable,
                PartKind::Submission { .. } | PartKind::SubmissionSignature { .. } if senders.is_none() => {
                    PartVerdict::Untrusted
                }
                PartKind::RegisterExtract { number } | PartKind::RegisterSignature { extract: number }
                    if !named_extracts.contains(&number) =>
                {
                    PartVerdict::Untrusted
                }
                PartKind::LogProof { .. } if !has_logs => PartVerdict::Untrusted,
                PartKind::SecondSeal { .. } if !has_second_seals => PartVerdict::Untrusted,
                PartKind::SecondSeal { .. }
                | PartKind::Record { .. }
                | PartKind::LogProof { .. }
                | PartKind::Disclosure { .. }
                | PartKind::Submission { .. }
                | PartKind::SubmissionSignature { .. }
                | PartKind::RegisterExtract { .. }
                | PartKind::RegisterSignature { .. } => PartVerdict::WithItsProof,
                PartKind::Readme | PartKind::Anchors(_) | PartKind::Receipt { .. } => PartVerdict::Untrusted,
            };
            parts.push(PartReport { kind: part.kind, verdict });
        }
        Ok(DossierReport { protection: self.protection, manifest, record, parts })
    }

    /// The extracts of registers.
    fn register_extracts(&mut self) -> Result<Vec<GivenExtract>, ReadError> {
        let kinds: Vec<PartKind> = self.parts.iter().map(|part| part.kind).collect();
        let mut extracts = Vec::new();
        for kind in kinds {
            if let PartKind::RegisterExtract { number } = kind {
                let signature = self.octets(PartKind::RegisterSignature { extract: number })?;
                extracts.push(GivenExtract { number, json: self.octets(kind)?, signature });
            }
        }
        Ok(extracts)
    }
}

impl<R> Dossier<R> {
    /// Verifies the container alone: the signature or the timestamp over the manifest, and the evidence record over everything if there is one.
    /// They say nothing of the proofs, which [`report`](Self::report) judges too.
    pub fn container(&self, verifier: &Verifier, now: DateTime<Utc>) -> (Report, Option<Report>) {
        let record = self.record_by(verifier, now);
        let holds = record.as_ref().is_some_and(|record| record.indication == Indication::TotalPassed);
        let verifier = verifier.also_with_evidence_records(self.record().filter(|_| holds).map(<[u8]>::to_vec));
        (self.manifest_by(&verifier, now), record)
    }

    /// The report on the signature or the timestamp over the manifest.
    fn manifest_by(&self, verifier: &Verifier, now: DateTime<Utc>) -> Report {
        let (manifest, guard) = (&self.manifest.octets, &self.guard.octets);
        match self.protection {
            Protection::Signature => signature(verifier, guard, &signable(manifest), now),
            Protection::Timestamp => {
                let digests = DigestAlgorithm::ALL.map(|algorithm| algorithm.digest(manifest));
                // A response around a token is no token, and other programs do not read it.
                let token = TimeStampToken::from_bytes(guard).map_or(&[][..], |_| guard.as_slice());
                verifier.report_timestamp(token, &ContentDigests::new(digests), None, now)
            }
        }
    }

    /// The report on the evidence record over everything.
    fn record_by(&self, verifier: &Verifier, now: DateTime<Utc>) -> Option<Report> {
        Some(verifier.report_evidence_record(self.record()?, &self.covered(), now))
    }
}

/// The proofs that hold, by the letters that they name.
fn letters_named(verdicts: &HashMap<ProofNumber, PartVerdict>) -> HashMap<u16, Vec<ProofNumber>> {
    let mut named: HashMap<u16, Vec<ProofNumber>> = HashMap::new();
    for (proof, verdict) in verdicts {
        if let PartVerdict::Proof { report, letters } = verdict
            && report.indication == Indication::TotalPassed
        {
            letters.iter().for_each(|letter| named.entry(*letter).or_default().push(*proof));
        }
    }
    named.values_mut().for_each(|proofs| proofs.sort_unstable());
    named
}

/// The extract of a register, by its number.
struct GivenExtract {
    number: u16,
    json: Vec<u8>,
    signature: Vec<u8>,
}

/// A proof that was read, with what lies beside it.
struct Given {
    number: ProofNumber,
    proof: AnyProof,
    statement: AnyStatement,
    second_seals: Vec<Vec<u8>>,
    records: Vec<Vec<u8>>,
    log_proofs: Vec<Vec<u8>>,
    disclosure: Option<Disclosure>,
    submission: Option<SignedSubmission>,
}

impl Given {
    /// What its event was caused by, or what it answers.
    fn named_before(&self) -> Option<Digest> {
        match &self.statement {
            AnyStatement::Sending(sending) => sending.in_reply_to().map(|reply| *reply.original().proof_id()),
            statement => statement.caused_by().map(|cause| *cause.proof_id()),
        }
    }
}

/// Verifies what lies in a dossier, and remembers what others follow.
struct Judge<'d, 'v, R> {
    dossier: &'d mut Dossier<R>,
    proofs: Verifier,
    container: Verifier,
    letters: Verifier,
    senders: Option<&'v Verifier>,
    recipients: Option<&'v Verifier>,
    now: DateTime<Utc>,
    sendings: HashMap<Digest, Remembered<Sending>>,
    steps: HashMap<Digest, Remembered<Step>>,
    unreadable_files: HashSet<PartKind>,
    /// What the mandates of the statements name of registers.
    mandates: Vec<RegisterStatement>,
}

impl<R: Read + Seek> Judge<'_, '_, R> {
    /// The verdicts on the proofs: sendings first, those that answer others after these, then steps after what led to them, then openings.
    fn proofs(&mut self) -> Result<HashMap<ProofNumber, PartVerdict>, ReadError> {
        let mut verdicts = HashMap::new();
        let (mut replies, mut steps, mut openings) = (Vec::new(), Vec::new(), Vec::new());
        for part in self.dossier.parts.clone() {
            let PartKind::Proof { proof: number, .. } = part.kind else { continue };
            let der = self.dossier.octets(part.kind)?;
            let Ok(proof) = AnyProof::from_der(&der) else {
                verdicts.insert(number, self.unreadable(&der));
                continue;
            };
            let statement = proof.stated();
            self.mandates.extend(statement.mandate().map(|mandate| *mandate.register().statement()));
            let given = Given {
                number,
                statement,
                proof,
                second_seals: self.beside(PartKind::SecondSeal { proof: number })?,
                records: self.beside(PartKind::Record { proof: number })?,
                log_proofs: self.beside(PartKind::LogProof { proof: number })?,
                disclosure: self.disclosure(number)?,
                submission: self.submission(number)?,
            };
            match &given.statement {
                AnyStatement::Step(_) => steps.push(given),
                AnyStatement::Opening(_) => openings.push(given),
                AnyStatement::Sending(sending) if sending.in_reply_to().is_some() => replies.push(given),
                // Other sendings, and kinds that follow nothing that is known here.
                _ => _ = verdicts.insert(number, self.proof(&given)),
            }
        }
        for given in named_first(replies).iter().chain(&named_first(steps)).chain(&openings) {
            verdicts.insert(given.number, self.proof(given));
        }
        Ok(verdicts)
    }

    /// The numbers of the extracts that a mandate names, or may name by the digest of a signature.
    fn extracts_named(&self, extracts: &[GivenExtract]) -> HashSet<u16> {
        let named = extracts.iter().filter(|GivenExtract { json, .. }| {
            let digests = ContentDigests::new(OF_EXTRACTS.map(|algorithm| algorithm.digest(json)));
            self.mandates.iter().any(|stated| match stated {
                RegisterStatement::Extract(digest) => {
                    digests.get(digest.algorithm()).is_none_or(|computed| computed == *digest)
                }
                // A digest of the signature. Of another crate's enum there may be more.
                _ => true,
            })
        });
        named.map(|extract| extract.number).collect()
    }

    /// The values that a proof commits to, if they lie beside it and can be read.
    fn disclosure(&mut self, proof: ProofNumber) -> Result<Option<Disclosure>, ReadError> {
        let kind = PartKind::Disclosure { proof };
        let Some(json) = self.beside(kind)?.pop() else { return Ok(None) };
        let disclosure = Disclosure::from_json(&json).ok();
        if disclosure.is_none() {
            self.unreadable_files.insert(kind);
        }
        Ok(disclosure)
    }

    /// What the sender signed, if it lies beside a proof, can be read and can be judged.
    fn submission(&mut self, proof: ProofNumber) -> Result<Option<SignedSubmission>, ReadError> {
        let kinds = [PartKind::Submission { proof }, PartKind::SubmissionSignature { proof }];
        if self.senders.is_none() {
            return Ok(None);
        }
        let (Some(json), Some(signature)) = (self.beside(kinds[0])?.pop(), self.beside(kinds[1])?.pop()) else {
            return Ok(None);
        };
        let submission = SignedSubmission::from_parts(&json, &signature).ok();
        if submission.is_none() {
            self.unreadable_files.extend(kinds);
        }
        Ok(submission)
    }

    /// The verdict on octets that are no proof.
    fn unreadable(&self, octets: &[u8]) -> PartVerdict {
        let report = self.proofs.report(octets, Context::from(Payload::NotAvailable), self.now);
        PartVerdict::Proof { report: Box::new(report), letters: Vec::new() }
    }

    /// The file of this kind, if it is there.
    fn beside(&mut self, kind: PartKind) -> Result<Vec<Vec<u8>>, ReadError> {
        match self.dossier.octets(kind) {
            Ok(octets) => Ok(vec![octets]),
            Err(ReadError::Missing { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn proof(&mut self, given: &Given) -> PartVerdict {
        let has_own = !given.records.is_empty() || !given.log_proofs.is_empty();
        let own = has_own.then(|| {
            let verifier = self.proofs.also_with_evidence_records(given.records.iter().cloned());
            verifier.also_with_log_proofs(given.log_proofs.iter().cloned())
        });
        let verifier = own.as_ref().unwrap_or(&self.proofs);
        let letters = self.letters(given.statement.parts());
        let first = letters.first().and_then(|number| self.payload(*number, given.statement.parts()));
        let payload = first.as_ref().map_or(Payload::NotAvailable, Payload::Digests);
        let statement = &given.statement;
        let sending = statement.preceding_evidence().and_then(|sending| self.sendings.get(sending.proof_id()));
        let cause = statement.caused_by().and_then(|cause| self.steps.get(cause.proof_id()));
        let original = statement.in_reply_to().map(|reply| *reply.original().proof_id());
        let original = original.and_then(|original| self.sendings.get(&original));
        let original = original.map_or(Preceding::NotGiven, |original| Preceding::from(&original.verdict));
        let submission = given.submission.as_ref().zip(self.senders);
        let sending = sending.map_or(Preceding::NotGiven, |sending| Preceding::from(&sending.verdict));
        let context = Context::new(sending, payload)
            .with_cause(cause.map_or(Preceding::NotGiven, |cause| Preceding::from(&cause.verdict)))
            .with_original(original)
            .with_second_seals(&given.second_seals);
        let context = given.disclosure.iter().fold(context, Context::with_disclosure);
        let context = self.recipients.into_iter().fold(context, Context::with_verifier_of_recipients);
        let context =
            submission.iter().fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
        let report = verifier.report(&given.proof, context, self.now);
        let id = *given.proof.id().digest();
        match &given.proof {
            AnyProof::Sending(proof) => {
                let context = SendingContext::new(payload).with_original(original);
                let context = context.with_second_seals(&given.second_seals);
                let context = given.disclosure.iter().fold(context, SendingContext::with_disclosure);
                let context = submission
                    .iter()
                    .fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
                let verdict = verifier.verify(proof, context, self.now);
                keep(&mut self.sendings, id, Remembered::of(verdict, given));
            }
            AnyProof::Step(proof) => {
                let verdict = verifier.verify(proof, context, self.now);
                keep(&mut self.steps, id, Remembered::of(verdict, given));
            }
            // Nothing follows an opening.
            _ => {}
        }
        PartVerdict::Proof { report: Box::new(report), letters }
    }

    /// The letters that have every digest of one of these parts.
    fn letters(&self, parts: &[ContentPart]) -> Vec<u16> {
        let letters = self.dossier.parts.iter().filter_map(|part| match part.kind {
            PartKind::Letter { number, .. } => Some((number, &part.digests)),
            _ => None,
        });
        let mut numbers: Vec<u16> = letters
            .filter(|(_, computed)| parts.iter().any(|part| is_of(computed, part.digests())))
            .map(|(number, _)| number)
            .collect();
        numbers.sort_unstable();
        numbers
    }

    /// The digests of a letter, as they were computed, by the algorithms of the part that it is.
    fn payload(&self, number: u16, parts: &[ContentPart]) -> Option<PayloadDigests> {
        let computed = self.letter(number)?;
        let part = parts.iter().find(|part| is_of(computed, part.digests()))?;
        PayloadDigests::from_digests(part.digests().iter().filter_map(|stated| computed.get(stated.algorithm()))).ok()
    }

    fn letter(&self, wanted: u16) -> Option<&ContentDigests> {
        let mut parts = self.dossier.parts.iter();
        parts
            .find(|part| matches!(part.kind, PartKind::Letter { number, .. } if number == wanted))
            .map(|part| &part.digests)
    }

    fn letter_signature(&mut self, kind: PartKind, letter: u16) -> Result<PartVerdict, ReadError> {
        let octets = self.dossier.octets(kind)?;
        let digests = self.letter(letter).and_then(of_letter);
        let digests = digests.ok_or_else(|| ReadError::Missing { name: format!("letter-{letter}") })?;
        let report = signature(&self.letters, &octets, &digests, self.now);
        Ok(PartVerdict::LetterSignature(Box::new(report)))
    }
}

/// The digest algorithms by which mandates name extracts.
const OF_EXTRACTS: [DigestAlgorithm; 3] = OF_SIGNATURES;

/// The report on a detached signature over what has these digests.
fn signature(verifier: &Verifier, octets: &[u8], digests: &PayloadDigests, now: DateTime<Utc>) -> Report {
    match PayloadSignature::from_der(octets) {
        Ok(signature) => verifier.report_payload_signature(&signature, digests, now),
        Err(error) => verifier.report_malformed(&error, now),
    }
}

/// The digests of a letter that a signature may need.
fn of_letter(computed: &ContentDigests) -> Option<PayloadDigests> {
    PayloadDigests::from_digests(OF_SIGNATURES.into_iter().filter_map(|algorithm| computed.get(algorithm))).ok()
}

/// Tells if computed digests are all of the stated ones, of which there is at least one.
fn is_of(computed: &ContentDigests, stated: &PayloadDigests) -> bool {
    stated.iter().all(|stated| computed.get(stated.algorithm()) == Some(*stated))
}

/// Steps in an order in which each comes after the one that led to it, or replies after what they answer, where that is here. It is the way of
/// `life::judge`.
fn named_first(all: Vec<Given>) -> Vec<Given> {
    // Several files may hold one sealed statement, and what it led to waits for all of them.
    let mut left: HashMap<Digest, usize> = HashMap::new();
    for given in &all {
        *left.entry(*given.proof.id().digest()).or_insert(0) += 1;
    }
    let mut ordered: Vec<Given> = Vec::with_capacity(all.len());
    let mut waiting: HashMap<Digest, Vec<Given>> = HashMap::new();
    let mut ready = Vec::new();
    for given in all {
        match given.named_before().filter(|named| left.contains_key(named)) {
            Some(named) => waiting.entry(named).or_default().push(given),
            None => ready.push(given),
        }
    }
    while let Some(given) = ready.pop() {
        let id = *given.proof.id().digest();
        ordered.push(given);
        if let Some(left) = left.get_mut(&id) {
            *left -= 1;
            if *left == 0 {
                ready.extend(waiting.remove(&id).into_iter().flatten());
            }
        }
    }
    // An identifier fixes what the statement names, so that nobody can make a circle. Who made one has it judged without.
    let mut circles: Vec<Given> = waiting.into_values().flatten().collect();
    circles.sort_unstable_by_key(|given| given.number);
    ordered.extend(circles);
    ordered
}

/// What a file was found to be that others may follow or answer.
struct Remembered<S> {
    verdict: Result<Verified<S>, VerifyError>,
    /// How many values the disclosure beside it gives, and its JSON; `None` without one.
    disclosed: Option<(usize, String)>,
}

impl<S> Remembered<S> {
    fn of(verdict: Result<Verified<S>, VerifyError>, given: &Given) -> Self {
        let is_disclosed = verdict.as_ref().is_ok_and(|verified| verified.disclosed().is_some());
        let disclosure = given.disclosure.as_ref().filter(|_| is_disclosed);
        Self { verdict, disclosed: disclosure.map(|disclosure| (disclosure.fields().len(), disclosure.to_json())) }
    }

    /// What a file that verifies counts for beside others with the same sealed statement. What follows is compared with the values that are
    /// disclosed, and so that which gives the most comes first, as in `life::judge`. Then comes the one that is proven to be older, since
    /// nobody can date a seal back. The certificate decides last: what follows does not read it, so that it does not matter here whose number
    /// it holds, which `life::judge` asks first.
    fn worth(&self, verified: &Verified<S>) -> impl Ord + use<S> {
        let fingerprint = verified.signature().certificate().fingerprint();
        (self.disclosed.clone(), Reverse(verified.proven_at()), fingerprint.as_bytes().to_vec())
    }
}

/// What is told of the reason why a file does not verify.
fn words(error: &VerifyError) -> (&'static str, Option<&str>, Option<&str>) {
    let finding = error.finding();
    (finding.code.as_str(), finding.stated.as_deref(), finding.computed.as_deref())
}

/// Of several files with one sealed statement, that which verifies counts: another may lack its timestamp. Of two that verify and of two that do
/// not, what they are decides, as in `life::judge`, and not their order, which nobody signed.
fn keep<S>(all: &mut HashMap<Digest, Remembered<S>>, id: Digest, new: Remembered<S>) {
    let counts = match all.get(&id).map(|kept| (kept, &kept.verdict, &new.verdict)) {
        Some((_, Ok(_), Err(_))) => false,
        None | Some((_, Err(_), Ok(_))) => true,
        Some((kept, Ok(before), Ok(verified))) => new.worth(verified) > kept.worth(before),
        Some((_, Err(before), Err(error))) => words(error) < words(before),
    };
    if counts {
        all.insert(id, new);
    }
}
