//! Judges a folder of proofs: the state of each letter for each recipient, and its moments under a law.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/files.rs"]
mod files;
#[path = "common/output.rs"]
mod output;
#[path = "common/parties.rs"]
mod parties;
#[path = "common/second_seals.rs"]
mod second_seals;
#[path = "common/verdict.rs"]
mod verdict;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::{DateTime, Utc};
use recommande::life::{
    Case, CaseVerdict, Claim, Judged, Letter, LetterKeeping, Moments, Regime, Retention, Verifiers, judge,
    judge_with_deadlines,
};
use recommande::verify::Outcome;
use recommande::{Indication, TrustAnchors, Verifier};
use serde_json::{Value, json};

const USAGE: &str = "\
usage: case DIR [--seal-anchors PEM] [--tsa-anchors PEM] [--environment NAME] [--regime NAME]
            [--retention] [--retention-rule NAME] [--dispute] [--policy NAME|FILE] [--extra FILE]...
            [--sender-anchors PEM --submission FILE --submission-signature FILE ...] [--recipient-anchors PEM]
            [--register-anchors PEM [--register-extract JSON]...] [--disclosure FILE]... [--now RFC3339] [--json]

  DIR                 a folder with proofs of any letters (.p7m, .rma), in any order, good and bad, with their second seals
                      beside them (NAME.pq.p7s)
  --seal-anchors PEM  the certificates under which seals are trusted; without them nothing is proven
  --tsa-anchors PEM   the certificates under which timestamps are trusted; without them nothing is proven
  --environment NAME  Production (default), Acceptance, Integration or Test
  --regime NAME       says when the letter was sent and received under a law, such as FR-LRE; --regime list names them
  --retention         says until when each proof is kept (ten full years after that of the transaction, in Brussels), beside
                      the time until which it verifies: what has to be renewed before, is gone, or is kept too long
  --retention-rule NAME
                      the same under another rule: BE-EBOX (the default), or FR-LRE (a year from each proof, in Paris)
  --dispute           a dispute holds the letters: with --retention, nothing is kept too long
  --policy NAME|FILE  default, strict, standard, conformance, historic, or a policy as a JSON file
  --extra FILE        certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. They are offered, not trusted
  --sender-anchors PEM, --submission FILE, --submission-signature FILE
                      the certificates under which senders are trusted, and what one of them signed (.json) with its
                      signature (.p7s), both of which may be repeated, in the same order
  --recipient-anchors PEM
                      the certificates under which recipients are trusted; without it their own signatures of
                      acceptances are not evaluated
  --register-anchors PEM, --register-extract JSON
                      the certificates under which registers of mandates are trusted, and an extract with its signature
                      beside it (.p7s), which may be repeated; without them no mandate is proven
  --disclosure FILE   the values that a sending commits to (.disclosure.json), which may be repeated; with those of a letter
                      its replies are compared with its parties
  --now RFC3339       judge as at this time (default: the clock)
  --json              one JSON object instead of a text

exit status: 0 every case is proven, 1 one is contradicted, 2 one is incomplete, 3 usage or file error";

fn main() -> ExitCode {
    verdict::exit("case", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 16] = [
        "DIR",
        "--seal-anchors",
        "--tsa-anchors",
        "--environment",
        "--regime",
        "--retention-rule",
        "--policy",
        "--extra",
        "--now",
        "--submission",
        "--submission-signature",
        "--sender-anchors",
        "--recipient-anchors",
        "--register-anchors",
        "--register-extract",
        "--disclosure",
    ];
    let arguments = Arguments::read(&OPTIONS, &["--json", "--retention", "--dispute", "--help"])
        .map_err(|error| format!("{error}\n\n{USAGE}"))?;
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
    let paths = proofs(&folder)?;
    let octets = paths.iter().map(|path| files::octets(path)).collect::<Result<Vec<_>, _>>()?;
    let retention = retention(&arguments)?;
    let (tsa_anchors, environment) = (optional_anchors(&arguments, "--tsa-anchors")?, files::environment(&arguments)?);
    let verifier = Verifier::new(optional_anchors(&arguments, "--seal-anchors")?, tsa_anchors.clone(), environment);
    let verifier = files::configured(verifier, &arguments)?;
    let of_party = |option: &str| parties::verifier(&arguments, option, &tsa_anchors, environment);
    let (senders, recipients) = (of_party("--sender-anchors")?, of_party("--recipient-anchors")?);
    let submissions = parties::submissions(&arguments, senders.as_ref())?;
    let verifiers = recipients.iter().fold(Verifiers::new(&verifier), Verifiers::with_verifier_of_recipients);
    let verifiers =
        senders.iter().fold(verifiers, |verifiers, senders| verifiers.with_submissions(&submissions, senders));
    let disclosures: Result<Vec<_>, Error> =
        arguments.paths("--disclosure").map(|path| parties::disclosure(&path)).collect();
    let disclosures = disclosures?;
    let second_seals = paths.iter().map(|path| second_seals::beside(path)).collect::<Result<Vec<_>, _>>()?;
    let verifiers = verifiers.with_disclosures(&disclosures).with_second_seals(&second_seals);
    let judged = match &retention {
        Some(_) => judge_with_deadlines(verifiers, &octets, now),
        None => judge(verifiers, &octets, now),
    };
    drop(octets);
    let wanted = Wanted { regime, retention, now };
    let (letters, claims) = (Case::of(&judged), Case::claims(&judged));
    let name =
        |claim: &Claim| paths.get(claim.file).and_then(|path| path.file_name()).unwrap_or_default().to_string_lossy();
    if arguments.has("--json") {
        let claims: Vec<Value> = claims
            .iter()
            .map(|claim| json!({ "file": name(claim), "event": claim.event, "finding": claim.finding }))
            .collect();
        let letters = letters.iter().map(|letter| wanted.as_json(letter)).collect::<Result<Vec<_>, _>>()?;
        output::print_json(&json!({ "letters": letters, "claims": claims }))?;
    } else {
        for letter in &letters {
            output::print(letter)?;
            output::print(&wanted.as_text(letter)?)?;
        }
        for claim in &claims {
            output::print(&format!("claim {}: {claim}\n", output::in_one_line(&name(claim))))?;
        }
    }
    Ok(worst(&letters, &judged))
}

/// Without anchors nothing is proven, and what is claimed is told.
fn optional_anchors(arguments: &Arguments, option: &str) -> Result<TrustAnchors, Error> {
    arguments.path(option).map_or(Ok(TrustAnchors::default()), |path| files::anchors(&path))
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

fn retention(arguments: &Arguments) -> Result<Option<Retention>, Error> {
    let name = arguments.text("--retention-rule")?;
    if name.is_none() && !arguments.has("--retention") {
        return match arguments.has("--dispute") {
            true => Err("--dispute: needs --retention or --retention-rule, which it holds".into()),
            false => Ok(None),
        };
    }
    let rule = Retention::named(name.unwrap_or("BE-EBOX")).ok_or("--retention-rule: not BE-EBOX or FR-LRE")?;
    Ok(Some(if arguments.has("--dispute") { rule.held_by_dispute() } else { rule }))
}

/// What is asked about each letter beside its cases.
struct Wanted {
    regime: Option<Regime>,
    retention: Option<Retention>,
    now: DateTime<Utc>,
}

impl Wanted {
    fn moments(&self, case: &Case) -> Result<Option<Moments<'_>>, Error> {
        Ok(self.regime.as_ref().map(|regime| case.moments(regime, self.now)).transpose()?)
    }

    fn keeping(&self, letter: &Letter) -> Result<Option<LetterKeeping>, Error> {
        Ok(self.retention.as_ref().map(|retention| letter.keeping(retention, self.now)).transpose()?)
    }

    fn as_text(&self, letter: &Letter) -> Result<String, Error> {
        let mut text = String::new();
        for case in letter.cases.iter().flatten() {
            if let Some(moments) = self.moments(case)? {
                text += &format!("recipient {}, {moments}", case.recipient);
            }
        }
        for case in self.keeping(letter)?.iter().flat_map(|keeping| &keeping.cases).flatten() {
            text += &format!("recipient {}, {case}", case.recipient);
        }
        Ok(text)
    }

    fn as_json(&self, letter: &Letter) -> Result<Value, Error> {
        let keeping = self.keeping(letter)?;
        let mut kept = keeping.iter().flat_map(|keeping| &keeping.cases);
        let mut cases = Vec::new();
        for case in &letter.cases {
            let kept = kept.next().and_then(|kept| kept.as_ref().ok());
            cases.push(match case {
                Ok(case) => json!({ "case": case, "moments": self.moments(case)?, "keeping": kept }),
                Err(error) => json!({ "error": format!("{error}") }),
            });
        }
        Ok(json!({
            "message": letter.message.as_str(),
            "environment": letter.environment.name(),
            "cases": cases,
            "replies": letter.replies,
            "repliesTo": letter.replies_to,
        }))
    }
}

/// The verdict that the exit status tells: that of the worst case, or of the worst claim where there is nothing else.
fn worst(letters: &[Letter], judged: &[Judged]) -> Indication {
    let verdicts =
        letters.iter().flat_map(|letter| &letter.cases).map(|case| match case.as_ref().map(|case| case.verdict) {
            Ok(CaseVerdict::Proven(_)) => Indication::TotalPassed,
            Ok(CaseVerdict::Contradicted(_)) => Indication::TotalFailed,
            Ok(_) | Err(_) => Indication::Indeterminate,
        });
    let claims = judged.iter().filter_map(Judged::finding).map(|finding| match finding.outcome {
        Outcome::Failed => Indication::TotalFailed,
        _ => Indication::Indeterminate,
    });
    let mut verdicts: Vec<Indication> = verdicts.collect();
    if verdicts.is_empty() {
        verdicts.extend(claims);
    }
    let badness = |verdict: &Indication| match verdict {
        Indication::TotalPassed => 0,
        Indication::Indeterminate => 1,
        Indication::TotalFailed => 2,
    };
    verdicts.into_iter().max_by_key(badness).unwrap_or(Indication::Indeterminate)
}
