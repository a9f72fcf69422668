//! Verifies an RFC 4998 evidence record over files: for people, and for CI by its exit status.

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
use std::path::PathBuf;
use std::process::ExitCode;

use arguments::{Arguments, Error};
use recommande::crypto::DigestAlgorithm;
use recommande::time::record::digest_algorithms;
use recommande::verify::ContentDigests;
use recommande::{Environment, Indication, Report, TrustAnchors, Verifier};

const USAGE: &str = "\
usage: verify_evidence_record FILE --data FILE... [--tsa-anchors PEM] [--policy NAME|FILE] [--now RFC3339] [--json]

  FILE                an evidence record: DER, BER, PEM or base64
  --data FILE...      the data objects, each of which the record must cover: several files behind it, or the option several times
  --tsa-anchors PEM   the certificates under which timestamps are trusted; without them none is
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --now RFC3339       verify as at this time (default: the clock)
  --json              one JSON object instead of a text

There is no --environment: a record names none, whatever it is over.

exit status: 0 TOTAL-PASSED, 1 TOTAL-FAILED, 2 INDETERMINATE (without data: evidence-record-objects-missing), 3 usage or file error";

fn main() -> ExitCode {
    verdict::exit("verify_evidence_record", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 5] = ["FILE", "--data...", "--tsa-anchors", "--policy", "--now"];
    let arguments = Arguments::read(&OPTIONS, &["--json", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        output::print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let (report, objects) = report(&arguments)?;
    if arguments.has("--json") {
        output::print_json(&report)?;
    } else {
        output::print(&format_args!("{report}{objects}"))?;
    }
    Ok(report.indication)
}

/// Adds the list of given files, for people.
fn report(arguments: &Arguments) -> Result<(Report, String), Error> {
    let file = arguments.path("FILE").ok_or_else(|| format!("FILE is needed\n\n{USAGE}"))?;
    let anchors = arguments.path("--tsa-anchors").map_or(Ok(TrustAnchors::new()), |path| files::anchors(&path))?;
    // Only anchors for TSAs: nothing else signs a record.
    let verifier = Verifier::new(TrustAnchors::new(), anchors, Environment::Production);
    let verifier = files::configured(verifier, arguments)?;
    let now = files::time(arguments, "--now")?;
    let record = decoded::decoded(&file)?;
    let algorithms = digest_algorithms(&record);
    let mut list = String::from("\nData objects\n");
    let mut objects = Vec::new();
    for (index, path) in arguments.paths("--data...").enumerate() {
        list += &format!("  {:<3} {}\n", index + 1, path.display().to_string().replace(char::is_control, "\u{fffd}"));
        let object = digests(path, &algorithms)?;
        let of_object = algorithms.iter().filter_map(|algorithm| object.get(*algorithm));
        list.extend(of_object.map(|digest| format!("      {digest}\n")));
        objects.push(object);
    }
    if objects.is_empty() {
        list.clear();
    }
    Ok((verifier.report_evidence_record(&record, &objects, now), list))
}

/// Hashes a file in one pass with every algorithm that the record uses.
fn digests(path: PathBuf, algorithms: &[DigestAlgorithm]) -> Result<ContentDigests, Error> {
    let digests = File::open(&path).and_then(|mut file| ContentDigests::of_reader_by(&mut file, algorithms));
    digests.map_err(|error| format!("{}: {error}", path.display()).into())
}
