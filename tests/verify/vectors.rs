//! Every vector of `test-vectors/` is judged as its manifest says, by the report and by the strict path alike; every
//! finding code is reached.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::common::oid;
use chrono::{DateTime, Utc};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{Commitment, DecodeStatementErrorKind, Disclosure, DisclosureError, Salt, SaltError, Step};
use recommande::pki::revocation::RevocationData;
use recommande::rfc3161_client::{ParsedToken, TimeStampReq};
use recommande::seal::{AnyProof, Artifact, DecodeError, PayloadSignature, ProofOfStep, SignedSubmission};
use recommande::testing::{CertificateSpec, CrlSpec, Forge, TestPki};
use recommande::time::record::digest_algorithms;
use recommande::verify::{
    Code, Content, ContentDigests, Context, Finding, Indication, Outcome, Payload, Policy, Preceding, Registers,
    Report, SendingContext, Verified, Verifier, VerifyError,
};
use recommande::{Certificate, PayloadDigests, ProofOfSending, Sending, TrustAnchors};
use serde::Deserialize;
use signed_data::{SignedData, Time};

#[path = "../../examples/regenerate_vectors/manifest.rs"]
pub mod manifest;

pub use manifest::Vector;
use manifest::{Expect, Input, Kind, Manifest};

/// Codes that no small file reaches, and the test that does.
const REACHED_ELSEWHERE: &[(Code, &str)] = &[
    (Code::ChainBudgetExhausted, "a_search_that_is_given_up_is_no_verdict, below: it takes hundreds of certificates"),
    (Code::NoUsableTimestamp, "tests/replay.rs: it takes a signature by others with a timestamp"),
    (
        Code::RevocationBudgetExhausted,
        "revocation_data_that_is_not_worked_through_is_no_all_clear, below: it takes hundreds of CRLs",
    ),
    (Code::ChainSetAside, "tests/paths.rs: it takes several roots and their CRLs"),
    (Code::RevokedLaterInvalidBefore, "tests/long_term.rs: it takes a CRL of its own"),
    (Code::CertificateExpiredSince, "tests/verify/past.rs: it takes a policy of its own"),
    (Code::RevocationTakenBack, "tests/verify/deviations.rs: it takes a policy of its own"),
    (Code::RevocationSignerOutOfValidity, "tests/verify/deviations.rs: it takes a policy of its own"),
    (Code::LogProofsTooMany, "tests/verify/log_proofs.rs: it takes dozens of files"),
    (Code::LogTimeMissing, "tests/verify/log_proofs.rs: it takes a policy that asks for no witness"),
    (Code::IssuerInCertificate, "tests/chains.rs: it takes a seal certificate of its own"),
    (Code::IssuerNotInCertificate, "tests/chains.rs: it takes a seal certificate of its own"),
    (Code::DistributionPointsNotProcessed, "tests/paths.rs: it takes a seal certificate of its own"),
    (Code::AnchorExtensionIgnored, "tests/paths.rs: it takes an unusual anchor"),
    (Code::CertificatesTooMany, "tests/limits.rs: it takes thousands of certificates"),
    (Code::RevocationDataTooMany, "tests/limits.rs: it takes thousands of CRLs"),
    (Code::SignersTooMany, "tests/limits.rs: it takes seventeen signers"),
    (Code::LogSealMediaTypeDiffers, "tests/verify/log_lies.rs: it stands in the report on the seal of a checkpoint"),
    (Code::AggregatedMediaTypeDiffers, "tests/batch/aggregated_times.rs"),
    (Code::AggregatedTimestampsDiffer, "tests/batch/aggregated_times.rs"),
    // Evidence records.
    (Code::RecordsTooMany, "tests/preservation.rs: only_the_first_records_of_a_signature_are_looked_at"),
    (Code::RecordEncryptionStated, "tests/evidence_records.rs: what_is_beside_the_tokens_is_said_or_used"),
    (Code::SendingVerifiedOtherwise, "tests/openings.rs: it takes two verifiers"),
    (Code::OriginalVerifiedOtherwise, "tests/verify/replies.rs: it takes two verifiers"),
    (Code::CauseVerifiedOtherwise, "tests/steps.rs: it takes two verifiers"),
    (Code::SubmissionForAnotherPurpose, "tests/verify/submissions.rs: a proof tells that it is not verified"),
    (Code::SenderNotInCertificate, "tests/verify/submissions.rs: it takes a sender and a verifier of senders"),
    (Code::SenderNotIdentified, "tests/verify/submissions.rs: it takes a sender and a verifier of senders"),
    (Code::RecipientSignatureValid, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientSignatureInvalid, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientSignatureOfAnotherSending, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientSignatureUnreadable, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientSignatureNotVerified, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientSignatureWithoutReceipt, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientInCertificate, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientNotInCertificate, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::RecipientNotIdentified, "tests/verify/recipients.rs: it takes a verifier of recipients"),
    (Code::PayloadSigned, "tests/seal/payload.rs: it takes the payload itself"),
    (Code::AttachedContentDiffers, "tests/foreign.rs"),
    (Code::ContentIsSignedAttributes, "tests/foreign.rs"),
    (Code::ContentTimestampAfterSigning, "tests/foreign.rs"),
    (Code::TimestampOutOfOrder, "tests/time/covered_times.rs: it takes evidence by a clock that is wrong"),
    (Code::RevocationInTheFuture, "tests/long_term.rs"),
    (Code::RevocationAlgorithmPastItsDate, "tests/long_term.rs"),
    (Code::RevocationSignerUnknown, "tests/long_term.rs"),
    (Code::RevocationDataSetAside, "tests/long_term.rs"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("test-vectors")
}

pub fn manifest() -> &'static Manifest {
    static MANIFEST: OnceLock<Manifest> = OnceLock::new();
    MANIFEST.get_or_init(|| serde_json::from_slice(&read("manifest.json")).expect("test-vectors/manifest.json"))
}

pub fn read(file: &str) -> Vec<u8> {
    std::fs::read(folder().join(file)).unwrap_or_else(|error| panic!("test-vectors/{file}: {error}"))
}

fn text(file: &str) -> String {
    String::from_utf8(read(file)).unwrap_or_else(|error| panic!("test-vectors/{file}: {error}"))
}

/// What came of one vector.
pub struct Judged {
    pub report: Report,
    /// What the strict path said: `None` where it cannot be asked, because there is no proof or no verified sending.
    strict: Option<Result<DateTime<Utc>, VerifyError>>,
    error: Option<DecodeError>,
}

pub fn judge(vector: &Vector) -> Judged {
    judge_by(&verifier(vector), vector)
}

pub fn judge_by(verifier: &Verifier, vector: &Vector) -> Judged {
    judge_file(verifier, vector, &read(&vector.file))
}

/// Judges another file in the place of the vector's.
pub fn judge_file(verifier: &Verifier, vector: &Vector, file: &[u8]) -> Judged {
    let input = &vector.input;
    let now: DateTime<Utc> = input.now.parse().expect("now");
    let der = file.to_vec();
    let digests = payload(vector);
    let payload = digests.as_ref().map_or(Payload::NotAvailable, Payload::Digests);
    let malformed = |error: DecodeError| Judged {
        report: verifier.report_malformed(&error, now),
        strict: None,
        error: Some(error),
    };
    let foreign = |report| Judged { report, strict: None, error: None };
    match vector.kind {
        Kind::Signature => {
            let mut reports = verifier.report_signatures(&der, Content::Attached, now).reports;
            assert_eq!(reports.len(), 1, "{}", vector.id);
            return foreign(reports.remove(0));
        }
        Kind::Timestamp => {
            let data = ContentDigests::new(digests.iter().flat_map(PayloadDigests::iter).copied());
            let request = input.request.as_ref().map(|file| TimeStampReq::from_der(&read(file)).expect("a request"));
            return foreign(verifier.report_timestamp(&der, &data, request.as_ref(), now));
        }
        Kind::EvidenceRecord => {
            let by = digest_algorithms(&der);
            let object = |file: &String| ContentDigests::new(by.iter().map(|by| by.digest(&read(file))));
            let objects: Vec<ContentDigests> = input.data.iter().map(object).collect();
            return foreign(verifier.report_evidence_record(&der, &objects, now));
        }
        Kind::Proof | Kind::PayloadSignature => {}
    }
    if vector.kind == Kind::PayloadSignature {
        let digests = digests.as_ref().expect("a payload signature is verified with its payload");
        return match PayloadSignature::from_der(&der) {
            Err(error) => malformed(error),
            Ok(signature) => {
                let strict = verifier.verify_payload_signature(&signature, digests, now);
                let report = verifier.report_payload_signature(&signature, digests, now);
                Judged { report, strict: Some(strict.map(|verified| verified.proven_at())), error: None }
            }
        };
    }
    let disclosure = disclosure(input.disclosure.as_ref());
    let second_seals: Vec<_> = input.second_seals.iter().map(|file| read(file)).collect();
    match AnyProof::from_der(&der) {
        Err(error) => {
            let report = verifier.report(der.as_slice(), Context::new(Preceding::NotGiven, payload), now);
            let judged = malformed(error);
            // Of an event that is not known, the octets have a seal that can be examined, and the error has none.
            if matches!(judged.error, Some(DecodeError::EventNotKnown(_))) {
                return Judged { report, ..judged };
            }
            assert_eq!(judged.report, report, "{}", vector.id);
            judged
        }
        Ok(AnyProof::Sending(proof)) => {
            let context = SendingContext::new(payload).with_second_seals(&second_seals);
            let context = disclosure.iter().fold(context, SendingContext::with_disclosure);
            let submission = input.submission.as_ref().map(|submission| submission_of(vector, submission));
            let context =
                submission.iter().fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
            let original = original(input, verifier, now);
            let context = original.iter().fold(context, SendingContext::with_original);
            let strict = verifier.verify(&proof, context, now).map(|verified| verified.proven_at());
            Judged { report: verifier.report(&proof, context, now), strict: Some(strict), error: None }
        }
        Ok(proof @ (AnyProof::Opening(_) | AnyProof::Step(_))) => {
            let sending = input.sending.as_ref().map(|file| ProofOfSending::from_der(&read(file)).expect("a sending"));
            let of_sending = self::disclosure(input.sending_disclosure.as_ref());
            let context = SendingContext::new(Payload::NotAvailable);
            let context = of_sending.iter().fold(context, SendingContext::with_disclosure);
            let sending = sending.map(|sending| verifier.verify(&sending, context, now));
            let preceding = match &sending {
                None => Preceding::NotGiven,
                Some(Ok(sending)) => Preceding::Verified(sending),
                Some(Err(error)) => Preceding::Refused(error),
            };
            let cause = verify_causes(&input.causes, verifier, preceding, now);
            let cause = cause.as_ref().map_or(Preceding::NotGiven, Preceding::from);
            let in_full = |context: Context<'_>| {
                verifier.report(
                    &proof,
                    disclosure.iter().fold(context.with_cause(cause), Context::with_disclosure),
                    now,
                )
            };
            let in_short = |context: Context<'_>| {
                let context = disclosure.iter().fold(context.with_cause(cause), Context::with_disclosure);
                verifier.verify(&proof, context, now).map(|verified| verified.proven_at())
            };
            let report = in_full(Context::new(preceding, payload));
            let strict = match &sending {
                Some(Ok(sending)) => Some(in_short(Context::from(sending))),
                _ => None,
            };
            Judged { report, strict, error: None }
        }
        Ok(proof) => panic!("{}: no vector is of {}", vector.id, proof.event()),
    }
}

/// Verifies the letter that a reply names, by itself.
fn original(input: &Input, verifier: &Verifier, now: DateTime<Utc>) -> Option<Result<Verified<Sending>, VerifyError>> {
    let proof = ProofOfSending::from_der(&read(input.original.as_ref()?)).expect("a sending");
    let disclosure = disclosure(input.original_disclosure.as_ref());
    let context = SendingContext::new(Payload::NotAvailable);
    let context = disclosure.iter().fold(context, SendingContext::with_disclosure);
    Some(verifier.verify(&proof, context, now))
}

/// Verifies the steps that led to an event, each with the one before it. Returns the verdict on the last one.
fn verify_causes(
    files: &[String],
    verifier: &Verifier,
    preceding: Preceding<'_>,
    now: DateTime<Utc>,
) -> Option<Result<Verified<Step>, VerifyError>> {
    files.iter().fold(None, |before: Option<Result<_, _>>, file| {
        let before = before.as_ref().map_or(Preceding::NotGiven, Preceding::from);
        let context = Context::new(preceding, Payload::NotAvailable).with_cause(before);
        Some(verifier.verify(&ProofOfStep::from_der(&read(file)).expect("a step"), context, now))
    })
}

pub fn verifier(vector: &Vector) -> Verifier {
    let input = &vector.input;
    let anchors = |file: &str| TrustAnchors::from_pem(&text(file)).expect("anchors");
    let policy = input.policy.as_ref().map(policy);
    let extra = input.extra_certificates.as_ref();
    let extra = extra.map(|file| Certificate::from_pem_chain(&text(file)).expect("certificates"));
    let revocation = input.revocation_data.as_ref();
    let revocation = revocation.map(|file| RevocationData::from_bytes(&read(file)).expect("revocation data"));
    let new = |seal_anchors: &str| {
        let environment = input.environment.parse().expect("environment");
        Verifier::new(anchors(seal_anchors), anchors(&input.tsa_anchors), environment)
    };
    let registers = input.register.as_ref().map(|register| {
        Registers::of(new(&register.anchors)).with_extract(&read(&register.extract), &read(&register.signature))
    });
    let verifier = new(&input.seal_anchors)
        .with_policy(policy.unwrap_or_default())
        .with_extra_certificates(extra.unwrap_or_default())
        .with_revocation_data(revocation.unwrap_or_default())
        .with_evidence_records(input.records.iter().map(|file| read(file)))
        .with_log_proofs(input.log_proofs.iter().map(|file| read(file)));
    registers.into_iter().fold(verifier, Verifier::with_registers)
}

/// The submission beside a proof, and the verifier of senders.
fn submission_of(vector: &Vector, submission: &manifest::Submission) -> (SignedSubmission, Verifier) {
    let signed = SignedSubmission::from_parts(&read(&submission.json), &read(&submission.signature));
    let anchors = |file: &str| TrustAnchors::from_pem(&text(file)).expect("anchors");
    let environment = vector.input.environment.parse().expect("environment");
    let senders = Verifier::new(anchors(&submission.anchors), anchors(&vector.input.tsa_anchors), environment);
    (signed.expect("a submission"), senders)
}

fn disclosure(file: Option<&String>) -> Option<Disclosure> {
    file.map(|file| Disclosure::from_json(&read(file)).expect("a disclosure"))
}

/// By its name, or by what differs from the default.
fn policy(policy: &serde_json::Value) -> Policy {
    match policy.as_str() {
        Some(name) => Policy::named(name).expect("a policy that is shipped"),
        None => Policy::deserialize(policy).expect("a policy"),
    }
}

fn payload(vector: &Vector) -> Option<PayloadDigests> {
    if let Some(file) = &vector.input.payload {
        return Some(PayloadDigests::of_bytes(&read(file)));
    }
    let digests: Vec<Digest> = vector.input.payload_digests.iter().map(|text| digest(text)).collect();
    (!digests.is_empty()).then(|| PayloadDigests::from_digests(digests).expect("digests"))
}

/// `SHA-256:hexadecimal`.
pub fn digest(text: &str) -> Digest {
    let (name, hex) = text.split_once(':').expect("a name and a value");
    let octets = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("hexadecimal"));
    let octets: Vec<u8> = octets.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect();
    Digest::new(DigestAlgorithm::from_name(name).expect("an algorithm"), &octets).expect("a digest")
}

fn expect(finding: &Finding) -> Expect {
    Expect::new(&finding.subject.to_string(), finding.code.as_str(), &finding.outcome.to_string())
}

/// The variant's name, and that of the first one inside: `Profile(Signers)`. Errors of the coding differ from reader to
/// reader.
fn error_name(error: &DecodeError) -> String {
    let name = |debug: String| debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
    match error {
        DecodeError::Profile(violation) => format!("Profile({})", name(format!("{violation:?}"))),
        DecodeError::Statement(error) => match error.kind() {
            DecodeStatementErrorKind::Json(fault) => format!("Statement({})", name(format!("{fault:?}"))),
            kind => format!("Statement({})", name(format!("{kind:?}"))),
        },
        other => name(format!("{other:?}")),
    }
}

/// All in which the report departs from the manifest.
fn departures(vector: &Vector, judged: &Judged) -> Vec<String> {
    let (expected, report) = (&vector.expected, &judged.report);
    let mut departures = Vec::new();
    let mut compare = |what: &str, expected: Option<String>, reported: Option<String>| {
        if expected != reported {
            departures.push(format!("{what}: expected {expected:?}, found {reported:?}"));
        }
    };
    compare("indication", Some(expected.indication.clone()), Some(report.indication.to_string()));
    compare("sub_indication", expected.sub_indication.clone(), report.sub_indication.map(|sub| sub.to_string()));
    compare("level", expected.level.clone(), report.level.map(|level| level.to_string().replace(' ', "-")));
    let time = |time: &String| time.parse::<DateTime<Utc>>().expect("a time").to_string();
    compare("proven_at", expected.proven_at.as_ref().map(time), report.proven_at.map(|time| time.to_string()));
    compare("event", expected.event.clone(), report.event.clone());
    compare("error", expected.error.clone(), judged.error.as_ref().map(error_name));
    let of_concern =
        |finding: &&Finding| finding.outcome >= Outcome::Warning && finding.code != Code::RevocationNotChecked;
    let of_report: BTreeSet<Expect> = report.findings.iter().filter(of_concern).map(expect).collect();
    let wanted: BTreeSet<Expect> = expected.findings.iter().cloned().collect();
    departures.extend(wanted.difference(&of_report).map(|missing| format!("missing: {missing:?}")));
    departures.extend(of_report.difference(&wanted).map(|unexpected| format!("unexpected: {unexpected:?}")));
    let every_finding: BTreeSet<Expect> = report.findings.iter().map(expect).collect();
    departures.extend(
        expected
            .also
            .iter()
            .filter(|expectation| !every_finding.contains(expectation))
            .map(|missing| format!("missing: {missing:?}")),
    );
    departures.extend(disagreement(vector, judged));
    departures
}

/// Where the strict path and the report say different things.
fn disagreement(vector: &Vector, judged: &Judged) -> Option<String> {
    let report = &judged.report;
    let (indication, code) = match judged.strict.as_ref()? {
        Ok(proven_at) if Some(*proven_at) == report.proven_at => ("TOTAL-PASSED", None),
        Ok(proven_at) => return Some(format!("strict: proven at {proven_at}")),
        Err(error @ VerifyError::Failed(_)) => ("TOTAL-FAILED", Some(error)),
        Err(error @ VerifyError::Indeterminate(_)) => ("INDETERMINATE", Some(error)),
    };
    let agrees = indication == report.indication.to_string()
        && code.map(|error| error.finding().code.as_str().to_owned()) == vector.expected.decided_by
        && code.and_then(VerifyError::sub_indication) == report.sub_indication;
    (!agrees).then(|| format!("strict: {indication}, {code:?}"))
}

#[test]
fn every_vector_is_judged_as_its_manifest_says() {
    let mut wrong = Vec::new();
    for vector in &manifest().vectors {
        let judged = judge(vector);
        // rustcrypto has no Ed25519: its vectors are undecided there, and never said to be invalid.
        if cfg!(not(feature = "aws-lc-rs")) && vector.id.ends_with("ed25519") {
            assert_eq!(judged.report.indication, Indication::Indeterminate, "{}", vector.id);
            continue;
        }
        let json = serde_json::to_string(&judged.report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), judged.report, "{}", vector.id);
        // What answered was somewhere.
        let is_placed = judged.report.revocation.iter().all(|data| !data.found_in.is_empty());
        assert!(is_placed, "{}: {}", vector.id, judged.report);
        let departures = departures(vector, &judged);
        if !departures.is_empty() {
            wrong.push(format!("{} ({})\n  {}", vector.id, vector.why, departures.join("\n  ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} vectors:\n{}", wrong.len(), manifest().vectors.len(), wrong.join("\n"));
}

/// One verifier for all vectors of the same anchors, policy and so on, who meets each of them three times.
#[test]
fn no_verdict_depends_on_what_was_verified_before() {
    let vectors = &manifest().vectors;
    let mut verifiers: Vec<(Vec<String>, Verifier)> = Vec::new();
    for vector in vectors.iter().chain(vectors.iter().rev()).chain(vectors) {
        let input = &vector.input;
        let mut of_verifier = vec![
            input.seal_anchors.clone(),
            input.tsa_anchors.clone(),
            input.environment.clone(),
            format!("{:?}", (&input.policy, &input.extra_certificates, &input.revocation_data, &input.register)),
        ];
        of_verifier.extend(input.records.iter().chain(&input.log_proofs).cloned());
        let index = verifiers.iter().position(|(of, _)| *of == of_verifier);
        let index = index.unwrap_or_else(|| {
            verifiers.push((of_verifier, verifier(vector)));
            verifiers.len() - 1
        });
        let (cold, warm) = (judge(vector), judge_by(&verifiers[index].1, vector));
        assert_eq!(warm.report, cold.report, "{}", vector.id);
        assert_eq!(format!("{:?}", warm.strict), format!("{:?}", cold.strict), "{}", vector.id);
    }
    assert!(verifiers.len() < vectors.len() / 2, "they share verifiers");
}

#[test]
fn every_file_has_an_entry_and_every_entry_a_file() {
    let manifest = manifest();
    let mut listed = BTreeSet::from(["README.md".to_owned(), "manifest.json".to_owned()]);
    listed.extend(manifest.keys.iter().cloned());
    let mut ids = BTreeSet::new();
    for Vector { id, file, input, .. } in &manifest.vectors {
        assert!(ids.insert(id), "{id} is there twice");
        listed.extend([file, &input.seal_anchors, &input.tsa_anchors].map(Clone::clone));
        listed.extend(
            [
                &input.payload,
                &input.sending,
                &input.request,
                &input.extra_certificates,
                &input.revocation_data,
                &input.disclosure,
                &input.sending_disclosure,
                &input.original,
                &input.original_disclosure,
            ]
            .into_iter()
            .flatten()
            .cloned(),
        );
        listed.extend(
            input
                .register
                .iter()
                .flat_map(|register| [&register.anchors, &register.extract, &register.signature].map(Clone::clone)),
        );
        listed.extend(
            input.submission.iter().flat_map(|submission| {
                [&submission.anchors, &submission.json, &submission.signature].map(Clone::clone)
            }),
        );
        listed.extend(
            input
                .data
                .iter()
                .chain(&input.records)
                .chain(&input.log_proofs)
                .chain(&input.second_seals)
                .chain(&input.causes)
                .cloned(),
        );
    }
    for disclosure in &manifest.disclosures {
        assert!(ids.insert(&disclosure.id), "{} is there twice", disclosure.id);
        listed.insert(disclosure.file.clone());
    }
    for letter in &manifest.cases {
        assert!(ids.insert(&letter.id), "{} is there twice", letter.id);
        listed.extend([&letter.input.seal_anchors, &letter.input.tsa_anchors].into_iter().cloned());
        listed.extend(letter.input.files.iter().cloned());
        listed.extend(letter.input.recipient_anchors.iter().chain(&letter.input.sender_anchors).cloned());
        listed
            .extend(letter.input.submissions.iter().flat_map(|signed| [signed.file.clone(), signed.signature.clone()]));
    }
    for letter in &manifest.foreign_cases {
        assert!(ids.insert(&letter.id), "{} is there twice", letter.id);
        listed.extend(letter.input.files.iter().cloned());
        listed.extend(letter.evidence.iter().flat_map(|signed| [signed.file.clone(), signed.signature.clone()]));
    }
    for reconstruction in &manifest.reconstructions {
        assert!(ids.insert(&reconstruction.id), "{} is there twice", reconstruction.id);
        let files = reconstruction
            .input
            .exports
            .iter()
            .map(|export| [Some(&export.lines), export.manifest.as_ref(), export.signature.as_ref()]);
        listed.extend(files.flatten().flatten().chain(&reconstruction.input.proofs).cloned());
    }
    for trail in &manifest.trails {
        assert!(ids.insert(&trail.id), "{} is there twice", trail.id);
        listed.insert(trail.file.clone());
        listed.extend([&trail.manifest, &trail.signature, &trail.disclosures].into_iter().flatten().cloned());
    }
    let mut present = BTreeSet::new();
    list(&folder(), "", &mut present);
    let missing: Vec<_> = listed.difference(&present).collect();
    let orphans: Vec<_> = present.difference(&listed).collect();
    assert!(
        missing.is_empty() && orphans.is_empty(),
        "entries without a file: {missing:?}; files without an entry: {orphans:?}"
    );
}

fn list(folder: &Path, prefix: &str, files: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("test-vectors").map(|entry| entry.expect("an entry")) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name);
        }
    }
}

/// Vectors about the time of a token, or about tokens that say no signing-time.
const ABOUT_TOKEN_TIMES: &[&str] = &["time/timestamp-in-the-future", "time/not-stamped-event-in-the-future"];

/// A vector is wrong in one way. BouncyCastle from 1.87 on opens no token whose signing-time is more than a minute off
/// genTime, and a genTime after the time of verification is a fault of its own.
#[test]
fn tokens_are_signed_at_gen_time_and_before_the_verification() {
    let mut tokens = 0;
    for vector in &manifest().vectors {
        let file = read(&vector.file);
        let Ok(signed_data) = SignedData::parse(&file) else { continue };
        let attributes =
            signed_data.signer_infos.iter().filter_map(|signer_info| signer_info.unsigned_attributes.as_ref());
        for value in attributes.flat_map(|attributes| attributes.iter()).flat_map(|attribute| &attribute.values) {
            let Ok(token) = ParsedToken::parse(value.raw) else { continue };
            let gen_time = token.tst_info.gen_time;
            let signing_time = token.signed_data.signer_infos[0].signed_attributes.as_ref().and_then(|attributes| {
                let signing_time = attributes.iter().find(|attribute| attribute.oid == oid::SIGNING_TIME)?;
                Some(Time::from_tlv(signing_time.values.first()?)?.value)
            });
            let Some(signing_time) = signing_time else { continue };
            tokens += 1;
            assert!((signing_time - gen_time).num_seconds().abs() <= 1, "{}: {signing_time} and {gen_time}", vector.id);
            let now: DateTime<Utc> = vector.input.now.parse().expect("now");
            assert!(gen_time <= now || ABOUT_TOKEN_TIMES.contains(&vector.id.as_str()), "{}: {gen_time}", vector.id);
        }
    }
    assert!(tokens > 200, "{tokens} tokens");
}

#[test]
fn every_finding_code_is_reached() {
    let mut reached: BTreeSet<Code> = REACHED_ELSEWHERE.iter().map(|(code, _)| *code).collect();
    for vector in &manifest().vectors {
        let report = judge(vector).report;
        let findings = report.findings.iter().chain(report.second_seals.iter().flat_map(|second| &second.findings));
        reached.extend(findings.map(|finding| finding.code));
    }
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !reached.contains(code)).collect();
    assert!(missing.is_empty(), "no vector reaches {missing:?}");
}

#[test]
fn commitments_are_made_of_their_message() {
    let values = &manifest().commitments;
    assert!(values.len() > 2, "{} commitments", values.len());
    for value in values {
        let salt = Salt::from_base64(&value.salt).expect("a salt");
        let identifier = value.evidence_identifier.parse().expect("an identifier");
        let commitment = Commitment::new(&salt, identifier, &value.path, &value.scheme, &value.value);
        assert_eq!(commitment.to_string(), value.commitment, "{}", value.path);
        let hex: String = value.value.bytes().map(|octet| format!("{octet:02x}")).collect();
        assert!(value.message.ends_with(&format!("{:08x}{hex}", value.value.len())), "{}", value.path);
    }
}

#[test]
fn what_is_no_disclosure_is_told_so() {
    let disclosures = &manifest().disclosures;
    assert!(!disclosures.is_empty());
    for vector in disclosures {
        let error = Disclosure::from_json(&read(&vector.file)).expect_err(&vector.id);
        assert_eq!(error.to_string(), vector.error, "{}", vector.id);
    }
    // The type says it too, for whoever asks.
    let short = Disclosure::from_json(&read("commitment/short-salt.disclosure.json")).unwrap_err();
    assert_eq!(short, DisclosureError::Salt(SaltError::Length(16)));
}

/// Reasons why a file is no proof that no vector reaches: it would take a statement of more than a mebibyte (tested
/// beside the reader of statements).
const REASONS_REACHED_ELSEWHERE: &[&str] = &["AnotherEvent", "Statement(TooLarge)"];

/// `DecodeError` with the variants of `ProfileViolation`, `DecodeStatementErrorKind` and `JsonFault`, as `error_name`
/// writes them.
const REASONS: &[&str] = &[
    "Coding",
    "AnotherEvent",
    "EventNotKnown",
    "Aggregated",
    "BatchStatement",
    "Profile(NotDer)",
    "Profile(Version)",
    "Profile(Signers)",
    "Profile(ContentType)",
    "Profile(ContentMissing)",
    "Profile(ContentAttached)",
    "Profile(SignedAttributesMissing)",
    "Profile(SignedAttributesNotDer)",
    "Statement(TooLarge)",
    "Statement(NotUtf8)",
    "Statement(TooDeep)",
    "Statement(UnexpectedEnd)",
    "Statement(Syntax)",
    "Statement(WhiteSpace)",
    "Statement(TrailingOctets)",
    "Statement(DuplicateMember)",
    "Statement(UnknownMember)",
    "Statement(MissingMember)",
    "Statement(MemberOutOfOrder)",
    "Statement(WrongType)",
    "Statement(EmptyArray)",
    "Statement(TooMany)",
    "Statement(Number)",
    "Statement(LoneSurrogate)",
    "Statement(Escape)",
    "Statement(NeedlessEscape)",
    "Statement(Version)",
    "Statement(UnknownEvent)",
    "Statement(Time)",
    "Statement(Base64)",
    "Statement(DigestMethod)",
    "Statement(DigestLength)",
    "Statement(IssuerAttribute)",
    "Statement(AssuranceLevel)",
    "Statement(NotNormalised)",
    "Statement(UnknownCriticalExtension)",
    "Statement(WrongCriticality)",
    "Statement(DuplicateExtension)",
    "Statement(ExtensionOutOfOrder)",
    "Statement(MissingExtension)",
    "Statement(UnexpectedExtension)",
    "Statement(UnknownPart)",
    "Statement(CommitmentMethod)",
    "Statement(CommitmentPath)",
    "Statement(Refused)",
];

#[test]
fn every_reason_to_be_no_proof_is_reached() {
    let expected = manifest().vectors.iter().filter_map(|vector| vector.expected.error.as_deref());
    let reached: BTreeSet<&str> = expected.chain(REASONS_REACHED_ELSEWHERE.iter().copied()).collect();
    assert_eq!(reached, REASONS.iter().copied().collect());
}

#[test]
fn a_search_that_is_given_up_is_no_verdict() {
    let now: DateTime<Utc> = "2026-03-02T09:15:04Z".parse().expect("a time");
    let pki = TestPki::new(now).expect("a throwaway PKI");
    let good = manifest().vectors.iter().find(|vector| vector.id == "good/sending").expect("a good sending");
    let statement = ProofOfSending::from_der(&read(&good.file)).expect("a proof");
    let content = statement_of(&statement);
    let mut forge = Forge::seal(&content, &pki.seal, std::slice::from_ref(&pki.seal.certificate), now);
    // Certificates of the issuer's name, none of which issued anything.
    let spec =
        CertificateSpec::authority("", now, now).with_subject(pki.intermediate.certificate.subject_der().to_vec());
    for serial in 0..=u8::MAX {
        let impostor =
            spec.clone().with_serial(&[1, serial]).self_signed(pki.tsa.signer.clone()).expect("a certificate");
        forge.certificates.push(impostor.certificate.der().to_vec());
    }
    let one_more = spec.with_serial(&[2]).self_signed(pki.tsa.signer.clone()).expect("a certificate");
    forge.certificates.push(one_more.certificate.der().to_vec());
    forge.sign(&*pki.seal.signer).expect("a signature");
    let proof = ProofOfSending::from_der(&forge.to_der()).expect("a proof");
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), recommande::Environment::Test);
    let report = verifier.report(&proof, Payload::NotAvailable, now);
    let given_up = report.findings.iter().find(|finding| finding.code == Code::ChainBudgetExhausted);
    assert_eq!(given_up.map(|finding| finding.outcome), Some(Outcome::Indeterminate), "{report}");
}

#[test]
fn revocation_data_that_is_not_worked_through_is_no_all_clear() {
    let now: DateTime<Utc> = "2026-03-02T09:15:04Z".parse().expect("a time");
    let pki = TestPki::new(now).expect("a throwaway PKI");
    let good = manifest().vectors.iter().find(|vector| vector.id == "good/sending").expect("a good sending");
    let content = statement_of(&ProofOfSending::from_der(&read(&good.file)).expect("a proof"));
    let mut forge = Forge::seal(&content, &pki.seal, &pki.seal_chain(), now);
    forge.sign(&*pki.seal.signer).expect("a signature");
    // CRLs in the intermediate's name that it did not sign: each costs a signature check.
    let week = now + chrono::Duration::days(7);
    for number in 0..300 {
        let spec = CrlSpec::new(now, week).with_number(number);
        let spec = spec.with_issuer(pki.intermediate.certificate.subject_der().to_vec());
        forge.crls.push(pki.tsa.issue_crl(&spec).expect("a CRL"));
    }
    let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), recommande::Environment::Test);
    let verifier = verifier.with_policy(Policy::strict());
    let proof = ProofOfSending::from_der(&forge.to_der()).expect("a proof");
    let report = verifier.report(&proof, Payload::NotAvailable, now);
    let outcome = |code| report.findings.iter().find(|finding| finding.code == code).map(|finding| finding.outcome);
    assert_eq!(outcome(Code::RevocationBudgetExhausted), Some(Outcome::Indeterminate), "{report}");
    assert_eq!(outcome(Code::RevocationDataMissing), Some(Outcome::Indeterminate), "{report}");
}

fn statement_of(proof: &ProofOfSending) -> Vec<u8> {
    use recommande::evidence::Codec;
    Codec::Json.encode(proof.stated(), proof.stated_issuer()).expect("the statement's octets")
}
