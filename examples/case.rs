//! Judges a folder of proofs: the state of each letter for each recipient, and its moments under a law. This is the short program to copy; the command
//! `recommande-verify` (crates/verify) takes everything else that may lie beside proofs.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/files.rs"]
mod files;
#[path = "common/output.rs"]
mod output;
#[path = "common/verdict.rs"]
mod verdict;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::{DateTime, Utc};
use recommande::life::{Case, CaseVerdict, Claim, Letter, Regime, judge};
use recommande::verify::Outcome;
use recommande::{Indication, TrustAnchors, Verifier};
use serde_json::{Value, json};

const USAGE: &str = "\
usage: case DIR [--seal-anchors PEM] [--tsa-anchors PEM] [--environment NAME] [--regime NAME] [--policy NAME|FILE]
            [--now RFC3339] [--json]

  DIR                 a folder with proofs of any letters (.p7m, .rma), in any order, good and bad
  --seal-anchors PEM  the certificates under which seals are trusted; without them nothing is proven
  --tsa-anchors PEM   the certificates under which timestamps are trusted; without them nothing is proven
  --environment NAME  Production (default), Acceptance, Integration or Test
  --regime NAME       says when the letter was sent and received under a law, such as FR-LRE; --regime list names them
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --now RFC3339       judge as at this time (default: the clock)
  --json              one JSON object instead of a text

exit status: 0 every case is proven, 1 one is contradicted, 2 one is incomplete, 3 usage or file error";

fn main() -> ExitCode {
    verdict::exit("case", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 7] =
        ["DIR", "--seal-anchors", "--tsa-anchors", "--environment", "--regime", "--policy", "--now"];
    let arguments = Arguments::read(&OPTIONS, &["--json", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        output::print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let regime = match arguments.text("--regime")? {
        Some("list") => {
            let named = |regime: Regime| format!("{:18} {}\n", regime.name(), regime.source().text);
            output::print(&Regime::all().map(named).collect::<String>())?;
            return Ok(Indication::TotalPassed);
        }
        Some(name) => Some(Regime::named(name).ok_or("--regime: not a known one; --regime list names them")?),
        None => None,
    };
    let folder = arguments.path("DIR").ok_or_else(|| format!("DIR is needed\n\n{USAGE}"))?;
    let now = files::time(&arguments, "--now")?;
    // Without anchors nothing is proven, and what is claimed is told.
    let anchors = |name| arguments.path(name).map_or(Ok(TrustAnchors::default()), |path| files::anchors(&path));
    let environment = files::environment(&arguments)?;
    let verifier = Verifier::new(anchors("--seal-anchors")?, anchors("--tsa-anchors")?, environment);
    let verifier = files::configured(verifier, &arguments)?;
    let paths = proofs(&folder)?;
    let octets = paths.iter().map(|path| files::octets(path)).collect::<Result<Vec<_>, _>>()?;
    let judged = judge(&verifier, &octets, now);
    let (letters, claims) = (Case::of(&judged), Case::claims(&judged));
    let name =
        |claim: &Claim| paths.get(claim.file).and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy();
    if arguments.has("--json") {
        let claims: Vec<Value> = claims
            .iter()
            .map(|claim| json!({ "file": name(claim), "event": claim.event, "finding": claim.finding }))
            .collect();
        let letters =
            letters.iter().map(|letter| as_json(letter, regime.as_ref(), now)).collect::<Result<Vec<_>, _>>()?;
        output::print_json(&json!({ "letters": letters, "claims": claims }))?;
    } else {
        for letter in &letters {
            output::print(letter)?;
            for (case, regime) in letter.cases.iter().flatten().zip(regime.iter().cycle()) {
                output::print(&format!("recipient {}, {}", case.recipient, case.moments(regime, now)?))?;
            }
        }
        for claim in &claims {
            output::print(&format!("claim {}: {claim}\n", output::in_one_line(&name(claim))))?;
        }
    }
    Ok(worst(&letters, &claims))
}

/// The proofs of a folder, in the order of their names.
fn proofs(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "p7m" || extension == "rma"));
    if paths.is_empty() {
        return Err(format!("{}: no proofs (.p7m, .rma)", folder.display()).into());
    }
    paths.sort();
    Ok(paths)
}

/// A letter in the form in which `recommande-verify` tells it.
fn as_json(letter: &Letter, regime: Option<&Regime>, now: DateTime<Utc>) -> Result<Value, Error> {
    let mut cases = Vec::new();
    for case in &letter.cases {
        cases.push(match (case, regime) {
            (Ok(case), Some(regime)) => json!({ "case": case, "moments": case.moments(regime, now)? }),
            (Ok(case), None) => json!({ "case": case }),
            (Err(error), _) => json!({ "error": error.to_string() }),
        });
    }
    Ok(json!({
        "message": letter.message.as_str(),
        "environment": letter.environment.name(),
        "cases": cases,
        "replies": letter.replies,
        "replies_to": letter.replies_to,
    }))
}

/// The verdict that the exit status tells: that of the worst case, or of the worst claim where there is nothing else.
fn worst(letters: &[Letter], claims: &[Claim]) -> Indication {
    let cases = letters.iter().flat_map(|letter| &letter.cases);
    let mut verdicts: Vec<Indication> = cases
        .map(|case| match case.as_ref().map(|case| case.verdict) {
            Ok(CaseVerdict::Proven(_)) => Indication::TotalPassed,
            Ok(CaseVerdict::Contradicted(_)) => Indication::TotalFailed,
            Ok(_) | Err(_) => Indication::Indeterminate,
        })
        .collect();
    if verdicts.is_empty() {
        verdicts.extend(claims.iter().map(|claim| match claim.finding.outcome {
            Outcome::Failed => Indication::TotalFailed,
            _ => Indication::Indeterminate,
        }));
    }
    let badness = |verdict: &Indication| match verdict {
        Indication::TotalPassed => 0,
        Indication::Indeterminate => 1,
        Indication::TotalFailed => 2,
    };
    verdicts.into_iter().max_by_key(badness).unwrap_or(Indication::Indeterminate)
}
