//! Judges a file with what is given with it.

mod serves;

use std::io::BufReader;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Disclosure, Statement, Step};
use recommande::rfc3161_client::TimeStampReq;
use recommande::seal::{AnyProof, Artifact as _, PayloadSignature, Printed, ProofOfStep, SignedSubmission};
use recommande::time::record::digest_algorithms;
use recommande::verify::{
    Content, ContentDigests, Context, Preceding, Report, SendingContext, Verified, Verifier, VerifyError,
};
use recommande::{Indication, Payload, PayloadDigests, ProofOfSending, Sending};
use recommande_dossier::{Dossier, DossierReport, PartReport, PartVerdict, Protection, ReadError, Verifiers};

use crate::case;
use crate::content;
use crate::error::Error;
use crate::files::{self, GivenPayload};
use crate::kind::{Kind, aggregated, followed_octets, signed_submission};
use crate::question::{self, Followed, Question};
use crate::settings::{Settings, verifier_with};
use crate::verdict::{rank, worst};

/// What came of a file.
#[derive(Debug)]
pub enum Outcome {
    /// The reports: one, but for several signatures in one file.
    Reports(Vec<Report>),
    /// The verdicts on what protects a container, and on each file in it that has one.
    Parts(Vec<Part>),
    /// What proofs come to that were judged together.
    Letters(case::Told),
    /// There is a verdict and no report, for this reason: nothing in the file could prove something, or it is no container.
    Bare(Indication, String),
    /// It could not be judged.
    Error(String),
}

/// A file in a container, or what protects that.
#[derive(Debug)]
pub struct Part {
    pub name: String,
    pub indication: Indication,
    /// There is none of a letter, which proofs are about, nor of the payload that was given.
    pub report: Option<Report>,
}

impl Outcome {
    /// Returns the report with the worst verdict, if there is a report.
    pub fn worst(&self) -> Option<&Report> {
        self.reports().max_by_key(|report| rank(report.indication))
    }

    /// Returns every report.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        let (reports, parts) = match self {
            Self::Reports(reports) => (reports.as_slice(), &[][..]),
            Self::Parts(parts) => (&[][..], parts.as_slice()),
            Self::Letters(_) | Self::Bare(..) | Self::Error(_) => (&[][..], &[][..]),
        };
        reports.iter().chain(parts.iter().filter_map(|part| part.report.as_ref()))
    }

    /// Returns the verdict, if the file could be judged.
    pub fn indication(&self) -> Option<Indication> {
        match self {
            Self::Reports(_) => self.worst().map(|report| report.indication),
            Self::Parts(parts) => worst(parts.iter().map(|part| part.indication)),
            Self::Letters(told) => Some(told.indication()),
            Self::Bare(indication, _) => Some(*indication),
            Self::Error(_) => None,
        }
    }
}

/// Judges a file.
pub fn judge(question: &Question) -> Outcome {
    answer(question).unwrap_or_else(|error| Outcome::Error(error.to_string()))
}

fn answer(question: &Question) -> Result<Outcome, Error> {
    let single = |report: Report| Outcome::Reports(vec![report]);
    let now = question.now;
    let (verifier, given) = (&question.settings.verifier, &question.given);
    let own = own_verifier(verifier, &given.records, &given.log_proofs)?;
    let verifier = own.as_ref().unwrap_or(verifier);
    match question.kind {
        Kind::Proof => {
            let octets = files::decoded(files::octets(&question.file)?);
            match AnyProof::from_der(&octets) {
                Ok(proof) => {
                    drop(octets);
                    proof_report(question, verifier, &proof).map(single)
                }
                Err(_) => Ok(single(verifier.report(octets.as_slice(), Context::from(Payload::NotAvailable), now))),
            }
        }
        Kind::Statement => proof_report(question, verifier, &aggregated_proof(question)?).map(single),
        Kind::PayloadSignature => {
            let octets = files::decoded(files::octets(&question.file)?);
            let Some(digests) = ReadPayload::of(&question.given.payload)?.map(|payload| payload.digests()) else {
                return Err(missing(question, "a payload signature is judged with its payload"));
            };
            Ok(single(match PayloadSignature::from_der(&octets) {
                Ok(signature) => verifier.report_payload_signature(&signature, &digests, now),
                Err(error) => verifier.report_malformed(&error, now),
            }))
        }
        Kind::Signature => signature(question, verifier),
        Kind::Timestamp => timestamp(question, verifier).map(single),
        Kind::EvidenceRecord => {
            let record = files::decoded(files::octets(&question.file)?);
            let algorithms = digest_algorithms(&record);
            let objects = given.data.iter().map(|path| content::of_file(path, &algorithms));
            let mut objects = objects.collect::<Result<Vec<_>, Error>>()?;
            objects.extend(content::object(&given.payload, &algorithms)?);
            Ok(single(verifier.report_evidence_record(&record, &objects, now)))
        }
        Kind::Code => code(question, verifier),
        Kind::Dossier => dossier(question, verifier),
        Kind::Case => case::told(question).map(Outcome::Letters),
    }
}

fn missing(question: &Question, what: &str) -> Error {
    Error::Content { path: question.file.clone(), what: what.to_owned() }
}

/// A verifier of a file's own, where evidence records or proofs of logs lie beside it.
fn own_verifier(verifier: &Verifier, records: &[PathBuf], log_proofs: &[PathBuf]) -> Result<Option<Verifier>, Error> {
    Ok(verifier_with(verifier, all(records)?, all(log_proofs)?))
}

fn all(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Error> {
    paths.iter().map(|path| files::octets(path)).collect()
}

/// The disclosure of a statement: the first of its copies that fits, or the first one.
fn disclosure<S: Statement>(copies: &[PathBuf], statement: &S) -> Result<Option<Disclosure>, Error> {
    let read = |path: &PathBuf| Disclosure::from_json(&files::octets(path)?).map_err(Error::content(path));
    let mut read = copies.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter();
    let first = read.next();
    if first.as_ref().is_some_and(|first| first.reveal(statement).is_err()) {
        return Ok(read.find(|copy| copy.reveal(statement).is_ok()).or(first));
    }
    Ok(first)
}

/// The payload of a question: that of a file, which is shared, or digests.
enum ReadPayload<'a> {
    File(&'a GivenPayload),
    Digests(PayloadDigests),
}

impl ReadPayload<'_> {
    fn of(given: &question::Payload) -> Result<Option<ReadPayload<'_>>, Error> {
        match given {
            question::Payload::NotAvailable => Ok(None),
            question::Payload::File(file) => Ok(Some(ReadPayload::File(file.read()?))),
            question::Payload::Digests(digests) => {
                let digests = PayloadDigests::from_digests(digests.iter().copied());
                digests.map(ReadPayload::Digests).map(Some).map_err(|error| Error::Usage(error.to_string()))
            }
        }
    }

    fn digests(&self) -> PayloadDigests {
        match self {
            Self::File(file) => file.digests(),
            Self::Digests(digests) => digests.clone(),
        }
    }
}

/// The proof whose statement and record are files of their own, with the seal of its batch.
fn aggregated_proof(question: &Question) -> Result<AnyProof, Error> {
    let Some(seal) = &question.given.seal else {
        return Err(missing(question, "the seal of its batch (seal.p7m) is not beside it"));
    };
    let Some(record) = &question.given.record else {
        return Err(missing(question, "its evidence record (.ers) is not beside it"));
    };
    aggregated(&question.file, record, seal)
}

fn proof_report(question: &Question, verifier: &Verifier, proof: &AnyProof) -> Result<Report, Error> {
    let (given, now) = (&question.given, question.now);
    let statement = proof.stated();
    serves::of_proof(&statement, given)?;
    let payload = ReadPayload::of(&given.payload)?;
    let payload = match &payload {
        None => Payload::NotAvailable,
        Some(ReadPayload::File(GivenPayload::Octets(octets))) => Payload::Octets(octets),
        Some(ReadPayload::File(GivenPayload::Digests(digests)) | ReadPayload::Digests(digests)) => {
            Payload::Digests(digests)
        }
    };
    let disclosure = disclosure(&given.disclosures, &statement)?;
    let second_seals = all(&given.second_seals)?;
    let senders = question.settings.senders.as_ref();
    let submission =
        senders.map(|senders| submission_that_holds(&given.submissions, senders, now)).transpose()?.flatten();
    let sending = followed(&question.settings, &given.sending, now)?;
    let original = followed(&question.settings, &given.original, now)?;
    let preceding = sending.as_ref().map_or(Preceding::NotGiven, Preceding::from);
    let cause = causes(&question.settings.verifier, preceding, &given.causes, now)?;
    let context = Context::new(preceding, payload).with_second_seals(&second_seals);
    let context = disclosure.iter().fold(context, Context::with_disclosure);
    let context = context.with_cause(cause.as_ref().map_or(Preceding::NotGiven, Preceding::from));
    let context = context.with_original(original.as_ref().map_or(Preceding::NotGiven, Preceding::from));
    let recipients = question.settings.recipients.as_ref();
    let context = recipients.into_iter().fold(context, Context::with_verifier_of_recipients);
    let context = submission
        .iter()
        .zip(senders)
        .fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
    Ok(verifier.report(proof, context, now))
}

/// The submission of a sending: the first of its copies that holds, or the first one. They have one signature, and a copy of it may lie beside
/// another text.
fn submission_that_holds(
    copies: &[question::Submission],
    senders: &Verifier,
    now: DateTime<Utc>,
) -> Result<Option<SignedSubmission>, Error> {
    let mut first = None;
    for question::Submission { json, signature } in copies {
        let signed = signed_submission(json, signature)?;
        if copies.len() == 1 || senders.verify_submission(&signed, now).is_ok() {
            return Ok(Some(signed));
        }
        first = first.or(Some(signed));
    }
    Ok(first)
}

type Verdict<S> = Result<Verified<S>, VerifyError>;

/// Returns the first verdict that holds, or the first one: a copy with a broken seal has the same name.
fn first_that_holds<S>(
    copies: &[Followed],
    verdict: impl Fn(&Followed) -> Result<Verdict<S>, Error>,
) -> Result<Option<Verdict<S>>, Error> {
    let mut first = None;
    for copy in copies {
        let verdict = verdict(copy)?;
        if verdict.is_ok() {
            return Ok(Some(verdict));
        }
        first = first.or(Some(verdict));
    }
    Ok(first)
}

/// Verifies a proof of sending by itself, with what lies beside it.
fn followed(settings: &Settings, copies: &[Followed], now: DateTime<Utc>) -> Result<Option<Verdict<Sending>>, Error> {
    let Settings { verifier, senders, .. } = settings;
    first_that_holds(copies, |copy| {
        let octets = followed_octets(&copy.file)?;
        let proof = ProofOfSending::from_der(&octets).map_err(Error::content(&copy.file))?;
        serves::of_sending(proof.stated(), copy)?;
        let own = own_verifier(verifier, &copy.records, &copy.log_proofs)?;
        let (disclosure, second_seals) = (disclosure(&copy.disclosures, proof.stated())?, all(&copy.second_seals)?);
        let signed =
            senders.as_ref().map(|senders| submission_that_holds(&copy.submissions, senders, now)).transpose()?;
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&second_seals);
        let context = disclosure.iter().fold(context, SendingContext::with_disclosure);
        let context = signed
            .iter()
            .flatten()
            .zip(senders)
            .fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
        Ok(own.as_ref().unwrap_or(verifier).verify(&proof, context, now))
    })
}

/// Verifies the steps that led to an event, each with the one before it and with what lies beside it. Returns the verdict on the last step.
fn causes(
    verifier: &Verifier,
    preceding: Preceding<'_>,
    steps: &[Vec<Followed>],
    now: DateTime<Utc>,
) -> Result<Option<Verdict<Step>>, Error> {
    let mut last: Option<Verdict<Step>> = None;
    for copies in steps {
        let before = last.as_ref().map_or(Preceding::NotGiven, Preceding::from);
        let verdict = first_that_holds(copies, |step| {
            let octets = followed_octets(&step.file)?;
            let proof = ProofOfStep::from_der(&octets).map_err(Error::content(&step.file))?;
            if last.is_some() {
                serves::of_later_step(proof.stated())?;
            }
            let own = own_verifier(verifier, &step.records, &step.log_proofs)?;
            let (disclosure, second_seals) = (disclosure(&step.disclosures, proof.stated())?, all(&step.second_seals)?);
            let context = Context::new(preceding, Payload::NotAvailable).with_cause(before);
            let context = disclosure.iter().fold(context.with_second_seals(&second_seals), Context::with_disclosure);
            Ok(own.as_ref().unwrap_or(verifier).verify(&proof, context, now))
        })?;
        last = verdict.or(last);
    }
    Ok(last)
}

/// A CMS signature: over the payload by the profile of the library where it is one, and of anybody otherwise.
fn signature(question: &Question, verifier: &Verifier) -> Result<Outcome, Error> {
    let octets = files::decoded(files::octets(&question.file)?);
    let payload = ReadPayload::of(&question.given.payload)?;
    if let (Some(payload), Ok(signature)) = (&payload, PayloadSignature::from_der(&octets)) {
        let report = verifier.report_payload_signature(&signature, &payload.digests(), question.now);
        return Ok(Outcome::Reports(vec![report]));
    }
    let digests = payload.as_ref().map(|payload| {
        let digests = payload.digests();
        ContentDigests::new(digests.iter().copied())
    });
    let content = match (&payload, &digests) {
        (Some(ReadPayload::File(GivenPayload::Octets(octets))), _) => Content::Octets(octets),
        (Some(_), Some(digests)) => Content::Digests(digests),
        (Some(_) | None, _) => Content::Attached,
    };
    Ok(Outcome::Reports(verifier.report_signatures(&octets, content, question.now).reports))
}

fn timestamp(question: &Question, verifier: &Verifier) -> Result<Report, Error> {
    let token = files::decoded(files::octets(&question.file)?);
    let request = question.given.request.as_ref().map(|path| -> Result<TimeStampReq, Error> {
        TimeStampReq::from_der(&files::decoded(files::octets(path)?)).map_err(Error::content(path))
    });
    let request = request.transpose()?;
    let algorithm = stated_algorithm(&token);
    let data = match (question.given.data.as_slice(), &question.given.payload) {
        ([path], question::Payload::NotAvailable) => content::of_file(path, algorithm.as_slice())?,
        ([], payload) => content::object(payload, algorithm.as_slice())?.unwrap_or_else(|| ContentDigests::new([])),
        ([_, ..], _) => return Err(missing(question, "a timestamp is about one file, and several were given")),
    };
    Ok(verifier.report_timestamp(&token, &data, request.as_ref(), question.now))
}

/// The digest algorithm of the token's imprint. Where there is none, the report says why.
fn stated_algorithm(octets: &[u8]) -> Option<DigestAlgorithm> {
    content::algorithm(&content::token(octets)?.tst_info().message_imprint)
}

/// The text of a printed code: a seal without its time, or names.
fn code(question: &Question, verifier: &Verifier) -> Result<Outcome, Error> {
    let octets = files::octets(&question.file)?;
    let text = std::str::from_utf8(&octets).map_err(Error::content(&question.file))?.trim_ascii();
    let nothing = |reason: &str| Ok(Outcome::Bare(Indication::Indeterminate, reason.to_owned()));
    match Printed::read(text) {
        Ok(Printed::Seal(proof)) => Ok(Outcome::Reports(vec![proof_report(question, verifier, &proof)?])),
        Ok(Printed::Name { .. }) => nothing("the code holds the names of a proof, and these prove nothing"),
        Ok(_) => nothing("the code holds nothing that this version knows"),
        Err(error) => nothing(&error.to_string()),
    }
}

/// A container: what protects it, and each proof, signature and letter in it.
fn dossier(question: &Question, verifier: &Verifier) -> Result<Outcome, Error> {
    let file = files::opened(&question.file)?;
    let now = question.now;
    let verifiers = Verifiers::new(verifier);
    let verifiers = question.settings.recipients.iter().fold(verifiers, |verifiers, of| verifiers.with_recipients(of));
    let verifiers = question.settings.senders.iter().fold(verifiers, |verifiers, of| verifiers.with_senders(of));
    let read = Dossier::read(BufReader::new(file))
        .and_then(|mut dossier| Ok((content::letters(dossier.parts()), dossier.report(verifiers, now)?)));
    let (letters, DossierReport { protection, manifest, record, parts, .. }) = match read {
        Ok(read) => read,
        Err(ReadError::Io(error)) => return Err(Error::of(&question.file)(error)),
        // Whoever changed a container must not get away with a file that cannot be judged.
        Err(error) => return Ok(Outcome::Bare(Indication::TotalFailed, error.to_string())),
    };
    let part = |name: &str, report: Report| Part {
        name: name.to_owned(),
        indication: report.indication,
        report: Some(report),
    };
    let guard = match protection {
        Protection::Signature => "the signature of the container",
        // Anybody can have a timestamp made: it says when, and not by whom.
        Protection::Timestamp => "the timestamp of the container",
    };
    let mut judged = vec![part(guard, manifest)];
    judged.extend(record.map(|record| part("the evidence record over the container", record)));
    for PartReport { kind, verdict, .. } in parts {
        let Some(indication) = verdict.indication() else { continue };
        let report = match verdict {
            PartVerdict::Proof { report, .. } | PartVerdict::LetterSignature(report) => Some(*report),
            PartVerdict::Letter { .. }
            | PartVerdict::WithItsProof
            | PartVerdict::Unreadable
            | PartVerdict::Untrusted => None,
        };
        judged.push(Part { name: kind.to_string(), indication, report });
    }
    let payload = content::compared(&question.given.payload, &letters)?;
    let name = || "the payload that was given".to_owned();
    judged.extend(payload.map(|indication| Part { name: name(), indication, report: None }));
    Ok(Outcome::Parts(judged))
}
