//! Verifies an RFC 3161 timestamp token or response: for people, and for CI by its exit status.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/decoded.rs"]
mod decoded;
#[path = "common/files.rs"]
mod files;
#[path = "common/output.rs"]
mod output;
#[path = "common/verdict.rs"]
mod verdict;

use std::fs::File;
use std::process::ExitCode;

use arguments::{Arguments, Error};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::rfc3161_client::{MessageImprint, TimeStampReq, TimeStampResp, TimeStampToken};
use recommande::verify::ContentDigests;
use recommande::{Environment, Indication, Report, TrustAnchors, Verifier};

const USAGE: &str = "\
usage: verify_timestamp FILE [--data FILE] [--request TSQ] [--anchors PEM] [--policy NAME|FILE] [--now RFC3339] [--json]

  FILE                a timestamp token, or a response that holds one: DER, BER, PEM or base64
  --data FILE         the data that was stamped
  --request TSQ       the request that the token must answer; without data, its imprint is what the token must be about
  --anchors PEM       the certificates under which timestamps are trusted; without them none is
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --now RFC3339       verify as at this time (default: the clock)
  --json              one JSON object instead of a text

There is no --environment: a timestamp names none, whatever it is about.

exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE (without data or request: content-not-given), 3 usage or file error";

fn main() -> ExitCode {
    verdict::exit("verify_timestamp", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 6] = ["FILE", "--data", "--request", "--anchors", "--policy", "--now"];
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
    let file = arguments.path("FILE").ok_or_else(|| format!("FILE is needed\n\n{USAGE}"))?;
    let anchors = arguments.path("--anchors").map_or(Ok(TrustAnchors::new()), |path| files::anchors(&path))?;
    // Only anchors for TSAs: a token is not a seal, and has no environment.
    let verifier = Verifier::new(TrustAnchors::new(), anchors, Environment::Production);
    let verifier = files::configured(verifier, arguments)?;
    let now = files::time(arguments, "--now")?;
    let token = decoded::decoded(&file)?;
    let request = arguments.path("--request").map(|path| {
        let octets = decoded::decoded(&path)?;
        TimeStampReq::from_der(&octets).map_err(|error| Error::from(format!("{}: {error}", path.display())))
    });
    let request = request.transpose()?;
    let data = match arguments.path("--data") {
        Some(path) => {
            // A token that cannot be read, or is by an algorithm that nobody offers, names none. The report then says so.
            let algorithms: Vec<DigestAlgorithm> = stated_algorithm(&token).into_iter().collect();
            let digests = File::open(&path).and_then(|mut file| ContentDigests::of_reader_by(&mut file, &algorithms));
            digests.map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => ContentDigests::new(request.as_ref().and_then(|request| {
            let imprint = request.imprint();
            Digest::new(algorithm_of(imprint)?, &imprint.digest)
        })),
    };
    Ok(verifier.report_timestamp(&token, &data, request.as_ref(), now))
}

/// The digest algorithm of the token's imprint.
fn stated_algorithm(octets: &[u8]) -> Option<DigestAlgorithm> {
    let token = TimeStampToken::from_bytes(octets).ok().or_else(|| TimeStampResp::from_bytes(octets).ok()?.token)?;
    algorithm_of(&token.tst_info().message_imprint)
}

fn algorithm_of(imprint: &MessageImprint) -> Option<DigestAlgorithm> {
    DigestAlgorithm::ALL.into_iter().find(|algorithm| imprint.algorithm == algorithm.oid())
}
