//! Verifies a CAdES or CMS signature made by anybody: for people, and for CI by its exit status.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/files.rs"]
mod files;
#[path = "common/output.rs"]
mod output;
#[path = "common/verdict.rs"]
mod verdict;

use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use arguments::{Arguments, Error};
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::verify::{Content, ContentDigests, Report, Signatures};
use recommande::{Environment, Indication, TrustAnchors, Verifier};
use serde::Serialize;

const USAGE: &str = "\
usage: verify_cades FILE [--content FILE | --content-sha256 HEX] [--anchors PEM] [--tsa-anchors PEM]
                    [--extra FILE]... [--record FILE]... [--policy NAME|FILE] [--at RFC3339] [--json]

  FILE                  a CMS SignedData: DER, BER, PEM or base64; attached or detached, with any number of signers
  --content FILE        the content, where it is detached
  --content-sha256 HEX  its SHA-256 instead
  --anchors PEM         the certificates under which signers are trusted; without them no signer is
  --tsa-anchors PEM     the certificates under which timestamps are trusted; without them no timestamp is, whatever --anchors says
  --extra FILE          certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. They are offered, not trusted
  --record FILE         an evidence record (RFC 4998) over the whole file, as it is without PEM or base64; may be repeated
  --policy NAME|FILE    default, strict, standard, conformance, historic, or a policy as a JSON file
  --at RFC3339          verify as at this time (default: the clock)
  --json                one JSON object instead of a text; with several signers that of the worst, and all in `signatures`

exit status: 0 TOTAL-PASSED (every signature), 1 TOTAL-FAILED, 2 INDETERMINATE, 3 usage or file error";

/// The largest content that is read into memory. Larger content is hashed in one pass.
const READ: u64 = 64 << 20;

fn main() -> ExitCode {
    verdict::exit("verify_cades", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 9] = [
        "FILE",
        "--content",
        "--content-sha256",
        "--anchors",
        "--tsa-anchors",
        "--extra",
        "--record",
        "--policy",
        "--at",
    ];
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
    let at = files::time(arguments, "--at")?;
    let content = match (arguments.path("--content"), arguments.text("--content-sha256")?) {
        (Some(_), Some(_)) => return Err("--content and --content-sha256 exclude each other".into()),
        (Some(path), None) => content(&path)?,
        (None, Some(hex)) => {
            let digest = Digest::new(DigestAlgorithm::Sha256, &files::hex("--content-sha256", hex)?);
            Given::Digests(ContentDigests::new([digest.ok_or("--content-sha256: not the length of SHA-256")?]))
        }
        (None, None) => Given::Nothing,
    };
    let content = match &content {
        Given::Nothing => Content::Attached,
        Given::Octets(octets) => Content::Octets(octets),
        Given::Digests(digests) => Content::Digests(digests),
    };
    Ok(verifier.report_signatures(&files::decoded(&file)?, content, at))
}

enum Given {
    Nothing,
    Octets(Vec<u8>),
    Digests(ContentDigests),
}

fn content(path: &Path) -> Result<Given, Error> {
    let read = || -> std::io::Result<Given> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() <= READ {
            return std::fs::read(path).map(Given::Octets);
        }
        ContentDigests::of_reader(&mut file).map(Given::Digests)
    };
    read().map_err(|error| format!("{}: {error}", path.display()).into())
}
