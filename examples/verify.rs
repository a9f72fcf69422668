//! Verifies a proof of any event, or a payload signature: for people, and for CI by its exit status.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/files.rs"]
mod files;
#[path = "common/output.rs"]
mod output;
#[path = "common/parties.rs"]
mod parties;
#[path = "common/payload.rs"]
mod payload;
#[path = "common/verdict.rs"]
mod verdict;

use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::{DateTime, Utc};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::Disclosure;
use recommande::rfc3161_client::{TimeStampResp, TimeStampToken};
use recommande::seal::{AnyProof, Artifact, BatchSeal, PayloadSignature, SignedSubmission};
use recommande::verify::{
    ContentDigests, Context, GivenParties, GivenProof, GivenSubmission, Octets, Question, SendingContext,
    StoredVerifier, Verified, VerifyError,
};
use recommande::{Indication, Payload, PayloadDigests, ProofOfSending, Report, Sending, Verifier};

const USAGE: &str = "\
usage: verify PROOF [--seal FILE] [--payload FILE | --payload-digest ALG:HEX] --seal-anchors PEM --tsa-anchors PEM
              [--sending PROOF_OF_SENDING] [--cause PROOF]... [--disclosure FILE] [--sending-disclosure FILE]
              [--original PROOF_OF_SENDING] [--original-disclosure FILE] [--original-second-seal FILE]...
              [--submission FILE --submission-signature FILE --sender-anchors PEM] [--recipient-anchors PEM]
              [--second-seal FILE]... [--sending-second-seal FILE]... [--cause-second-seal FILE]... [--bare-seal FILE]
              [--environment NAME] [--policy NAME|FILE] [--extra FILE]...
              [--record FILE]... [--log-proof FILE]... [--register-anchors PEM [--register-extract JSON]...] [--now RFC3339] [--json]

  PROOF                      a proof of any event (.p7m, .rma), or a payload signature (.p7s)
  --seal FILE                the seal of its batch (seal.p7m), where PROOF is the statement of an aggregated proof (NAME.json)
                             with its evidence record beside it (NAME.ers)
  --payload FILE             the payload; without it the verdict is about the statement alone
  --payload-digest ALG:HEX   its digest instead, as sha256:e3b0...
  --seal-anchors PEM         the certificates under which seals are trusted
  --tsa-anchors PEM          the certificates under which timestamps are trusted
  --sending PROOF_OF_SENDING the sending that the proof follows; without it what follows one is INDETERMINATE
  --cause PROOF              the step that led to the event; repeated for the steps before it, the earliest first
  --disclosure FILE          the values that the proof commits to (.disclosure.json); without it nobody says who it names
  --sending-disclosure FILE  the same of the sending
  --original PROOF_OF_SENDING the letter that a reply names; without it nobody compares the two
  --original-disclosure FILE the values that this letter commits to
  --original-second-seal FILE the second seal beside this letter (.pq.p7s); may be repeated
  --submission FILE          what the sender signed (.json), beside the proof of sending
  --submission-signature FILE the sender's signature of it (.p7s)
  --sender-anchors PEM       the certificates under which senders are trusted
  --recipient-anchors PEM    the certificates under which recipients are trusted; without it their own signatures are not evaluated
  --second-seal FILE         the second seal beside the proof (.pq.p7s); may be repeated
  --sending-second-seal FILE the same of the sending
  --cause-second-seal FILE   the same of a step of --cause; repeated in the order of the steps
  --bare-seal FILE           writes the octets that a second seal is over, for other programs
  --environment NAME         Production (default), Acceptance, Integration or Test
  --policy NAME|FILE         default, strict (nothing passes without revocation data), standard, conformance, historic, or a policy as a JSON file
  --extra FILE               certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. They are offered, not trusted
  --record FILE              an evidence record (RFC 4998) over the whole proof; may be repeated
  --log-proof FILE           the proof that this proof, or one that it follows, is in a log of the policy (.tlog-proof); may be repeated
  --register-anchors PEM     the certificates under which registers of mandates are trusted; without them none is proven
  --register-extract JSON    the extract of a register, its signature beside it (.p7s); may be repeated
  --now RFC3339              verify as at this time (default: the clock)
  --json                     one JSON object instead of a text

exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 usage or file error";

const NO_REPLY: &str = "--original is for a proof of sending, which replies to it";

const NO_OPENING: &str = "--sending is for a proof that follows a sending, and this is none";

fn main() -> ExitCode {
    verdict::exit("verify", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 29] = [
        "PROOF",
        "--seal",
        "--payload",
        "--submission",
        "--submission-signature",
        "--sender-anchors",
        "--recipient-anchors",
        "--payload-digest",
        "--seal-anchors",
        "--tsa-anchors",
        "--sending",
        "--cause",
        "--disclosure",
        "--sending-disclosure",
        "--original",
        "--original-disclosure",
        "--original-second-seal",
        "--second-seal",
        "--sending-second-seal",
        "--cause-second-seal",
        "--bare-seal",
        "--environment",
        "--register-anchors",
        "--register-extract",
        "--policy",
        "--extra",
        "--record",
        "--log-proof",
        "--now",
    ];
    let arguments = Arguments::read(&OPTIONS, &["--json", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        output::print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let report = report(&arguments)?;
    if arguments.has("--json") {
        output::print_json(&report)?
    } else {
        output::print(&report)?
    }
    Ok(report.indication)
}

fn report(arguments: &Arguments) -> Result<Report, Error> {
    let needed = |name: &str| arguments.path(name).ok_or_else(|| format!("{name} is needed\n\n{USAGE}"));
    let proof = needed("PROOF")?;
    let environment = files::environment(arguments)?;
    let now = files::time(arguments, "--now")?;
    let seal_anchors = files::anchors(&needed("--seal-anchors")?)?;
    let tsa_anchors = files::anchors(&needed("--tsa-anchors")?)?;
    let of_party = |option: &str| parties::verifier(arguments, option, &tsa_anchors, environment);
    let (senders, recipients) = (of_party("--sender-anchors")?, of_party("--recipient-anchors")?);
    let submission = submission(arguments, senders)?;
    let verifier = Verifier::new(seal_anchors, tsa_anchors, environment);
    let verifier = files::configured(verifier, arguments)?;

    let file = match arguments.path("--seal") {
        Some(seal) => aggregated(&proof, &seal)?,
        None => files::octets(&proof)?,
    };
    let sending = arguments.path("--sending").map(|path| files::octets(&path)).transpose()?;
    let causes = several(arguments, "--cause")?;
    if !causes.is_empty() && sending.is_none() {
        return Err("--cause is for what follows the proof of --sending".into());
    }
    let disclosure = disclosure(arguments, "--disclosure")?;
    let sending_disclosure = self::disclosure(arguments, "--sending-disclosure")?;
    if sending_disclosure.is_some() && sending.is_none() {
        return Err("--sending-disclosure is for the proof of --sending".into());
    }
    let second_seals = several(arguments, "--second-seal")?;
    let sending_second_seals = several(arguments, "--sending-second-seal")?;
    if !sending_second_seals.is_empty() && sending.is_none() {
        return Err("--sending-second-seal is for the proof of --sending".into());
    }
    let cause_second_seals = several(arguments, "--cause-second-seal")?;
    if cause_second_seals.len() > causes.len() {
        return Err("--cause-second-seal is for a step of --cause, one for each".into());
    }
    if let Some(path) = arguments.path("--bare-seal") {
        std::fs::write(&path, AnyProof::from_der(&file)?.bare_seal()?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let digests = payload_digests(arguments)?;
    let whole = arguments.path("--payload").map(|path| payload::whole(&path)).transpose()?.flatten();
    let payload = match (&whole, &digests) {
        (Some(octets), _) => Payload::Octets(octets),
        (None, Some(digests)) => Payload::Digests(digests),
        (None, None) => Payload::NotAvailable,
    };
    let context = Context::from(payload).with_second_seals(&second_seals);
    let context = disclosure.iter().fold(context, Context::with_disclosure);
    let given = submission.as_ref();
    let context =
        given.into_iter().fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
    let original = original(arguments, &verifier, now)?;
    let context = original.iter().fold(context, Context::with_original);
    // What was read holds its octets, and a large file is kept once.
    match AnyProof::from_der(&file) {
        Ok(AnyProof::Opening(_) | AnyProof::Step(_)) if original.is_some() => Err(NO_REPLY.into()),
        Ok(AnyProof::Opening(_) | AnyProof::Step(_)) if sending.is_some() => {
            let payload = digests.map(|digests| ContentDigests::new(digests.iter().copied()));
            let json = |disclosure: Disclosure| Octets(disclosure.to_json().into_bytes());
            let question = Question::from(GivenProof {
                payload,
                sending: sending.map(Octets),
                causes: causes.into_iter().map(Octets).collect(),
                disclosure: disclosure.map(json),
                sending_disclosure: sending_disclosure.map(json),
                second_seals: second_seals.into_iter().map(Octets).collect(),
                sending_second_seals: sending_second_seals.into_iter().map(Octets).collect(),
                cause_second_seals: cause_second_seals.into_iter().map(|second| vec![Octets(second)]).collect(),
                parties: GivenParties {
                    submission: submission.map(|(signed, senders)| GivenSubmission {
                        json: Octets::from(signed.submission().json()),
                        signature: Octets::from(signed.signature()),
                        senders: StoredVerifier::of(&senders),
                    }),
                    recipients: recipients.as_ref().map(StoredVerifier::of),
                    original: None,
                },
                ..GivenProof::of(file)
            });
            Ok(verifier.answer(&question, now)?.reports.pop().ok_or("nothing was judged")?)
        }
        Ok(_) if sending.is_some() => Err(NO_OPENING.into()),
        Ok(proof) => {
            drop(file);
            Ok(verifier.report(&proof, context, now))
        }
        Err(_) => match (PayloadSignature::from_der(&file), &digests) {
            (Ok(_), _) if sending.is_some() => Err(NO_OPENING.into()),
            (Ok(_), _) if disclosure.is_some() => {
                Err("--disclosure is for a proof, and this is a payload signature".into())
            }
            (Ok(_), _) if !second_seals.is_empty() => {
                Err("--second-seal is for a proof, and this is a payload signature".into())
            }
            // Both are detached signatures, and nothing in them tells one from the other without what they are over.
            (Ok(_), None) => Err("this is a payload signature, which needs --payload or --payload-digest, \
                or a second seal, which is verified with its proof: verify PROOF --second-seal FILE"
                .into()),
            (Ok(signature), Some(digests)) => {
                drop(file);
                Ok(verifier.report_payload_signature(&signature, digests, now))
            }
            (Err(_), _) if is_timestamp(&file) => Err("this is a timestamp and no proof: use verify_timestamp".into()),
            (Err(_), _) => Ok(verifier.report(file.as_slice(), context, now)),
        },
    }
}

/// The file of an aggregated proof, from its parts.
fn aggregated(statement: &Path, seal: &Path) -> Result<Vec<u8>, Error> {
    let record = files::octets(&statement.with_extension("ers"))?;
    let of = |path: &Path, error| Error::from(format!("{}: {error}", path.display()));
    let batch = BatchSeal::from_der(&files::octets(seal)?).map_err(|error| of(seal, error))?;
    let proof = AnyProof::from_parts(&files::octets(statement)?, &record, &batch);
    Ok(proof.map_err(|error| of(statement, error))?.der().to_vec())
}

/// The submission beside the proof, and the verifier of senders.
fn submission(arguments: &Arguments, senders: Option<Verifier>) -> Result<Option<(SignedSubmission, Verifier)>, Error> {
    let mut submissions = parties::submissions(arguments, senders.as_ref())?;
    if submissions.len() > 1 {
        return Err("more than one --submission".into());
    }
    Ok(submissions.pop().zip(senders))
}

/// The letter that a reply names, as it verifies by itself.
fn original(
    arguments: &Arguments,
    verifier: &Verifier,
    now: DateTime<Utc>,
) -> Result<Option<Result<Verified<Sending>, VerifyError>>, Error> {
    let disclosure = disclosure(arguments, "--original-disclosure")?;
    let second_seals = several(arguments, "--original-second-seal")?;
    let Some(path) = arguments.path("--original") else {
        return match disclosure {
            Some(_) => Err("--original-disclosure is for the proof of --original".into()),
            None if !second_seals.is_empty() => Err("--original-second-seal is for the proof of --original".into()),
            None => Ok(None),
        };
    };
    let proof = ProofOfSending::from_der(&files::octets(&path)?);
    let proof = proof.map_err(|error| format!("{}: {error}", path.display()))?;
    let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&second_seals);
    let context = disclosure.iter().fold(context, SendingContext::with_disclosure);
    Ok(Some(verifier.verify(&proof, context, now)))
}

fn disclosure(arguments: &Arguments, name: &str) -> Result<Option<Disclosure>, Error> {
    arguments.path(name).map(|path| parties::disclosure(&path)).transpose()
}

fn several(arguments: &Arguments, name: &str) -> Result<Vec<Vec<u8>>, Error> {
    arguments.paths(name).map(|path| files::octets(&path)).collect()
}

/// Says whether the file is a token or a response that holds one.
fn is_timestamp(file: &[u8]) -> bool {
    TimeStampToken::from_bytes(file).is_ok()
        || TimeStampResp::from_bytes(file).is_ok_and(|response| response.token.is_some())
}

fn payload_digests(arguments: &Arguments) -> Result<Option<PayloadDigests>, Error> {
    let digests = match (arguments.path("--payload"), arguments.text("--payload-digest")?) {
        (Some(_), Some(_)) => return Err("--payload and --payload-digest exclude each other".into()),
        (Some(path), None) => payload::digests(&path)?,
        (None, Some(digest)) => PayloadDigests::from_digests([self::digest(digest)?])?,
        (None, None) => return Ok(None),
    };
    Ok(Some(digests))
}

/// Reads `ALG:HEX`, such as `sha-256:...` or `SHA256:...`.
fn digest(text: &str) -> Result<Digest, Error> {
    let (algorithm, hex) = text.split_once(':').ok_or("--payload-digest: not ALG:HEX")?;
    let algorithm = DigestAlgorithm::from_name(algorithm).ok_or("--payload-digest: not a known algorithm")?;
    let octets = files::hex("--payload-digest", hex)?;
    Digest::new(algorithm, &octets).ok_or_else(|| format!("--payload-digest: not the length of {algorithm}").into())
}
