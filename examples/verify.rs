//! Verifies a proof of any event, or a payload signature: for people, and for CI by its exit status. This is the short program to copy; the command
//! `recommande-verify` (crates/verify) takes everything else that may lie beside a proof.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/files.rs"]
mod files;
#[path = "common/output.rs"]
mod output;
#[path = "common/payload.rs"]
mod payload;
#[path = "common/verdict.rs"]
mod verdict;

use std::process::ExitCode;

use arguments::{Arguments, Error};
use recommande::seal::{AnyProof, Artifact, PayloadSignature};
use recommande::verify::{Context, Preceding};
use recommande::{Indication, Payload, ProofOfSending, Report, Verifier};

const USAGE: &str = "\
usage: verify PROOF [--sending PROOF_OF_SENDING] [--payload FILE] --seal-anchors PEM --tsa-anchors PEM
              [--environment NAME] [--policy NAME|FILE] [--now RFC3339] [--json]

  PROOF                      a proof of any event (.p7m, .rma), or a payload signature (.p7s)
  --sending PROOF_OF_SENDING the sending that the proof follows; without it what follows one is INDETERMINATE
  --payload FILE             the payload; without it the verdict is about the statement alone
  --seal-anchors PEM         the certificates under which seals are trusted
  --tsa-anchors PEM          the certificates under which timestamps are trusted
  --environment NAME         Production (default), Acceptance, Integration or Test
  --policy NAME|FILE         default, strict (nothing passes without revocation data), standard, conformance, historic, or a policy as a JSON file
  --now RFC3339              verify as at this time (default: the clock)
  --json                     one JSON object instead of a text

exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE, 3 usage or file error";

fn main() -> ExitCode {
    verdict::exit("verify", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 8] =
        ["PROOF", "--sending", "--payload", "--seal-anchors", "--tsa-anchors", "--environment", "--policy", "--now"];
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
    const NO_OPENING: &str = "--sending is for a proof that follows a sending, and this is none";
    let needed = |name: &str| arguments.path(name).ok_or_else(|| format!("{name} is needed\n\n{USAGE}"));
    let path = needed("PROOF")?;
    let (environment, now) = (files::environment(arguments)?, files::time(arguments, "--now")?);
    let [seal_anchors, tsa_anchors] = [needed("--seal-anchors")?, needed("--tsa-anchors")?];
    let verifier = Verifier::new(files::anchors(&seal_anchors)?, files::anchors(&tsa_anchors)?, environment);
    let verifier = files::configured(verifier, arguments)?;

    let file = files::octets(&path)?;
    // In one pass, whatever its size.
    let digests = arguments.path("--payload").map(|path| payload::digests(&path)).transpose()?;
    let payload = digests.as_ref().map_or(Payload::NotAvailable, Payload::Digests);
    let sending = arguments.path("--sending").map(|path| -> Result<_, Error> {
        let proof = ProofOfSending::from_der(&files::octets(&path)?);
        Ok(verifier.verify(&proof.map_err(|error| format!("{}: {error}", path.display()))?, payload, now))
    });
    let sending = sending.transpose()?;
    let preceding = sending.as_ref().map_or(Preceding::NotGiven, Preceding::from);
    match AnyProof::from_der(&file) {
        Ok(AnyProof::Sending(_)) if sending.is_some() => Err(NO_OPENING.into()),
        Ok(proof) => {
            // The proof holds its octets, and a large file is kept once.
            drop(file);
            Ok(verifier.report(&proof, Context::new(preceding, payload), now))
        }
        Err(_) => match (PayloadSignature::from_der(&file), &digests) {
            (Ok(_), _) if sending.is_some() => Err(NO_OPENING.into()),
            (Ok(signature), Some(digests)) => Ok(verifier.report_payload_signature(&signature, digests, now)),
            // Nothing in the two tells one from the other without what they are over.
            (Ok(_), None) => Err("this is a payload signature, which needs --payload, or a second seal, which \
                recommande-verify judges with its proof"
                .into()),
            (Err(_), _) => Ok(verifier.report(file.as_slice(), Context::new(preceding, payload), now)),
        },
    }
}
