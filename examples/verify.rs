//! Verifies a proof of sending, a proof of opening or a payload signature: for people, and for CI by its exit status.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/files.rs"]
mod files;
#[path = "common/payload.rs"]
mod payload;
#[path = "common/verdict.rs"]
mod verdict;

use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::{DateTime, Utc};
use recommande::{
    AnyProof, Artifact, Digest, DigestAlgorithm, Environment, Indication, Payload, PayloadDigests, PayloadSignature,
    Preceding, ProofOfSending, Report, Sending, Verified, Verifier, VerifyError,
};

const USAGE: &str = "\
usage: verify PROOF [--payload FILE | --payload-digest ALG:HEX] --seal-anchors PEM --tsa-anchors PEM
              [--sending PROOF_OF_SENDING] [--environment NAME] [--policy NAME|FILE] [--extra FILE]...
              [--now RFC3339] [--json]

  PROOF                      a proof of sending or of opening (.p7m), or a payload signature (.p7s)
  --payload FILE             the payload; without it the verdict is about the statement alone
  --payload-digest ALG:HEX   its digest instead, as sha256:e3b0...
  --seal-anchors PEM         the certificates under which seals are trusted
  --tsa-anchors PEM          the certificates under which timestamps are trusted
  --sending PROOF_OF_SENDING the sending that was opened; without it an opening is INDETERMINATE
  --environment NAME         Production (default), Acceptance, Integration or Test
  --policy NAME|FILE         default, strict (nothing passes without revocation data), conformance, or a policy as a JSON file
  --extra FILE               certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. They are offered, not trusted
  --now RFC3339              verify as at this time (default: the clock)
  --json                     one JSON object instead of a text

exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 usage or file error";

const NOT_AN_OPENING: &str = "--sending is for a proof of opening, and this is none";

fn main() -> ExitCode {
    verdict::exit("verify", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 10] = [
        "PROOF",
        "--payload",
        "--payload-digest",
        "--seal-anchors",
        "--tsa-anchors",
        "--sending",
        "--environment",
        "--policy",
        "--extra",
        "--now",
    ];
    let arguments = Arguments::read(&OPTIONS, &["--json", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        verdict::print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let report = report(&arguments)?;
    let text = if arguments.has("--json") { serde_json::to_string(&report)? + "\n" } else { report.to_string() };
    verdict::print(&text)?;
    Ok(report.indication)
}

fn report(arguments: &Arguments) -> Result<Report, Error> {
    let needed = |name: &str| arguments.path(name).ok_or_else(|| format!("{name} is needed\n\n{USAGE}"));
    let proof = needed("PROOF")?;
    let environment = arguments.text("--environment")?.map_or(Ok(Environment::Production), environment)?;
    let now = files::time(arguments, "--now")?;
    let seal_anchors = files::anchors(&needed("--seal-anchors")?)?;
    let tsa_anchors = files::anchors(&needed("--tsa-anchors")?)?;
    let verifier = Verifier::new(seal_anchors, tsa_anchors, environment);
    let verifier = files::configured(verifier, arguments)?;

    let proof = files::octets(&proof)?;
    let sending = arguments.path("--sending").map(|path| files::octets(&path)).transpose()?;
    let digests = payload_digests(arguments)?;
    let payload = digests.as_ref().map_or(Payload::NotAvailable, Payload::Digests);
    match AnyProof::from_der(&proof) {
        Ok(AnyProof::Sending(_)) if sending.is_some() => Err(NOT_AN_OPENING.into()),
        Ok(AnyProof::Sending(proof)) => Ok(verifier.report(&proof, payload, now)),
        Ok(AnyProof::Opening(proof)) => {
            let sending = sending.and_then(|der| verify_sending(&verifier, &der, payload, now));
            let preceding = match &sending {
                Some(Ok(sending)) => Preceding::Verified(sending),
                Some(Err(error)) => Preceding::Refused(error),
                None => Preceding::NotGiven,
            };
            Ok(verifier.report_opening(&proof, preceding, payload, now))
        }
        Err(error) => match (PayloadSignature::from_der(&proof), &digests) {
            (Ok(_), _) if sending.is_some() => Err(NOT_AN_OPENING.into()),
            (Ok(signature), Some(digests)) => Ok(verifier.report_payload_signature(&signature, digests, now)),
            (Ok(_), None) => Err("this is a payload signature: --payload or --payload-digest is needed".into()),
            (Err(_), _) => Ok(verifier.report_malformed(&error, now)),
        },
    }
}

fn verify_sending(
    verifier: &Verifier,
    der: &[u8],
    payload: Payload<'_>,
    now: DateTime<Utc>,
) -> Option<Result<Verified<Sending>, VerifyError>> {
    match ProofOfSending::from_der(der) {
        Ok(proof) => Some(verifier.verify(&proof, payload, now)),
        Err(error) => {
            let finding = verifier.report_malformed(&error, now).findings.pop()?;
            Some(Err(VerifyError::Failed(Box::new(finding))))
        }
    }
}

fn payload_digests(arguments: &Arguments) -> Result<Option<PayloadDigests>, Error> {
    match (arguments.path("--payload"), arguments.text("--payload-digest")?) {
        (Some(_), Some(_)) => Err("--payload and --payload-digest exclude each other".into()),
        (Some(path), None) => payload::digests(&path).map(Some),
        (None, Some(digest)) => Ok(Some(PayloadDigests::from_digests([self::digest(digest)?])?)),
        (None, None) => Ok(None),
    }
}

/// `ALG:HEX`, as `sha-256:...` or `SHA256:...`.
fn digest(text: &str) -> Result<Digest, Error> {
    let (algorithm, hex) = text.split_once(':').ok_or("--payload-digest: not ALG:HEX")?;
    let algorithm = DigestAlgorithm::from_name(algorithm).ok_or("--payload-digest: not a known algorithm")?;
    let octets = files::hex("--payload-digest", hex)?;
    Digest::new(algorithm, &octets).ok_or_else(|| format!("--payload-digest: not the length of {algorithm}").into())
}

fn environment(name: &str) -> Result<Environment, Error> {
    let found = Environment::ALL.into_iter().find(|environment| environment.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| "--environment: not Production, Acceptance, Integration or Test".into())
}
