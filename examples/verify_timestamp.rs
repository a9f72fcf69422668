//! Verifies an RFC 3161 timestamp token or response: for people, and for CI by its exit status.

#[path = "common/arguments.rs"]
mod arguments;
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
usage: verify_timestamp FILE [--data FILE | --imprint HEX] [--request TSQ] [--anchors PEM] [--extra FILE]...
                        [--policy NAME|FILE] [--at RFC3339] [--json]

  FILE                a timestamp token, or a response that holds one: DER, BER, PEM or base64
  --data FILE         the data that was stamped
  --imprint HEX       its digest instead, by the algorithm that the token names
  --request TSQ       the request that the token must answer; without data, its imprint is what the token must be about
  --anchors PEM       the certificates under which timestamps are trusted; without them none is
  --extra FILE        certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. They are offered, not trusted
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --at RFC3339        verify as at this time (default: the clock)
  --json              one JSON object instead of a text

exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE (without data or request: content-not-given), 3 usage or file error";

fn main() -> ExitCode {
    verdict::exit("verify_timestamp", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 8] = ["FILE", "--data", "--imprint", "--request", "--anchors", "--extra", "--policy", "--at"];
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
    let at = files::time(arguments, "--at")?;
    let token = files::decoded(&file)?;
    let request = arguments.path("--request").map(|path| {
        let octets = files::decoded(&path)?;
        TimeStampReq::from_der(&octets).map_err(|error| Error::from(format!("{}: {error}", path.display())))
    });
    let request = request.transpose()?;
    let data = data(arguments, stated_algorithm(&token), request.as_ref())?;
    Ok(verifier.report_timestamp(&token, &data, request.as_ref(), at))
}

/// The data that the token must cover. It is empty when no data was given.
fn data(
    arguments: &Arguments,
    algorithm: Option<DigestAlgorithm>,
    request: Option<&TimeStampReq>,
) -> Result<ContentDigests, Error> {
    let imprint = match (arguments.path("--data"), arguments.text("--imprint")?) {
        (Some(_), Some(_)) => return Err("--data and --imprint exclude each other".into()),
        (Some(path), None) => {
            let digests = File::open(&path).and_then(|mut file| match algorithm {
                Some(algorithm) => ContentDigests::of_reader_by(&mut file, &[algorithm]),
                None => Ok(ContentDigests::default()),
            });
            return digests.map_err(|error| format!("{}: {error}", path.display()).into());
        }
        (None, Some(hex)) => {
            let octets = files::hex("--imprint", hex)?;
            let fits =
                |algorithm| Digest::new(algorithm, &octets).ok_or(format!("--imprint: not the length of {algorithm}"));
            algorithm.map(fits).transpose()?
        }
        (None, None) => request.and_then(|request| {
            let imprint = request.imprint();
            Digest::new(algorithm_of(imprint)?, &imprint.digest)
        }),
    };
    Ok(ContentDigests::new(imprint))
}

/// The digest algorithm of the token's imprint. It is `None` when the token cannot be read or the algorithm is not
/// offered; the report then says so.
fn stated_algorithm(octets: &[u8]) -> Option<DigestAlgorithm> {
    let token = TimeStampToken::from_bytes(octets).ok().or_else(|| TimeStampResp::from_bytes(octets).ok()?.token)?;
    algorithm_of(&token.tst_info().message_imprint)
}

fn algorithm_of(imprint: &MessageImprint) -> Option<DigestAlgorithm> {
    DigestAlgorithm::ALL.into_iter().find(|algorithm| imprint.algorithm == algorithm.oid())
}
