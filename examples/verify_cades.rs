//! Verifies a CAdES or CMS signature made by anybody: for people, and for CI by its exit status.

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
use std::io::Read;
use std::process::ExitCode;

use arguments::{Arguments, Error};
use recommande::verify::{Content, ContentDigests, Report, Signatures};
use recommande::{Environment, Indication, TrustAnchors, Verifier};
use serde::Serialize;

const USAGE: &str = "\
usage: verify_cades FILE [--content FILE] [--anchors PEM] [--tsa-anchors PEM] [--policy NAME|FILE] [--now RFC3339] [--json]

  FILE                a CMS SignedData: DER, BER, PEM or base64; attached or detached, with any number of signers
  --content FILE      the content, where it is detached
  --anchors PEM       the certificates under which signers are trusted; without them no signer is
  --tsa-anchors PEM   the certificates under which timestamps are trusted; without them no timestamp is, whatever --anchors says
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --now RFC3339       verify as at this time (default: the clock)
  --json              one JSON object instead of a text; with several signers that of the worst, and all in `signatures`

There is no --environment: a signature by anybody names none, and one over a statement is judged here as a signature alone.

exit status: 0 TOTAL-PASSED (every signature), 1 TOTAL-FAILED, 2 INDETERMINATE, 3 usage or file error";

/// The largest content that is read into memory. Larger content is hashed in one pass.
const READ: u64 = 64 << 20;

fn main() -> ExitCode {
    verdict::exit("verify_cades", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 6] = ["FILE", "--content", "--anchors", "--tsa-anchors", "--policy", "--now"];
    let arguments = Arguments::read(&OPTIONS, &["--json", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        output::print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let signatures = signatures(&arguments)?;
    let worst = signatures.worst().ok_or("nothing was judged")?;
    if arguments.has("--json") {
        let several = Some(signatures.reports.as_slice()).filter(|reports| reports.len() > 1);
        output::print_json(&WorstAndAll { worst, signatures: several })?;
    } else {
        output::print(&signatures)?;
    }
    Ok(worst.indication)
}

/// The report with the worst verdict, and where there are several, all of them.
#[derive(Serialize)]
struct WorstAndAll<'a> {
    #[serde(flatten)]
    worst: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures: Option<&'a [Report]>,
}

fn signatures(arguments: &Arguments) -> Result<Signatures, Error> {
    let file = arguments.path("FILE").ok_or_else(|| format!("FILE is needed\n\n{USAGE}"))?;
    let anchors = |option| arguments.path(option).map_or(Ok(TrustAnchors::new()), |path| files::anchors(&path));
    // Foreign signatures have no environment.
    let verifier = Verifier::new(anchors("--anchors")?, anchors("--tsa-anchors")?, Environment::Production);
    let verifier = files::configured(verifier, arguments)?;
    let now = files::time(arguments, "--now")?;
    let signed_data = decoded::decoded(&file)?;
    let Some(path) = arguments.path("--content") else {
        return Ok(verifier.report_signatures(&signed_data, Content::Attached, now));
    };
    let judged = || -> std::io::Result<Signatures> {
        // A pipe has no length, and gives its octets once.
        let (mut file, mut octets) = (File::open(&path)?, Vec::new());
        if file.by_ref().take(READ + 1).read_to_end(&mut octets)? as u64 <= READ {
            return Ok(verifier.report_signatures(&signed_data, Content::Octets(&octets), now));
        }
        let digests = ContentDigests::of_reader(&mut octets.as_slice().chain(file))?;
        Ok(verifier.report_signatures(&signed_data, Content::Digests(&digests), now))
    };
    judged().map_err(|error| format!("{}: {error}", path.display()).into())
}
