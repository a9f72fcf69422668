//! Combines the trails of several parties and their proofs: what happened to each message, and how sure that is.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/files.rs"]
mod files;
#[path = "common/output.rs"]
mod output;
#[path = "common/verdict.rs"]
mod verdict;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::TimeDelta;
use recommande::audit::{
    Account, Export, Reconstruction, ReconstructionPolicy, ReconstructionVerdict, Role, TooManyRecords, TrailReport,
};
use recommande::{Indication, TrustAnchors, Verifier};
use serde_json::{Value, json};

const USAGE: &str = "\
usage: reconstruct DIR... [--seal-anchors PEM] [--tsa-anchors PEM] [--environment NAME] [--role PARTY=ROLE]...
                   [--message ID] [--skew SECONDS] [--delay SECONDS] [--policy NAME|FILE] [--extra FILE]...
                   [--register-anchors PEM [--register-extract JSON]...] [--now RFC3339] [--json]

  DIR...              folders with exports of trails (NAME.jsonl, with NAME.manifest.json and NAME.manifest.json.p7s or, for
                      the only one, manifest.json and manifest.json.p7s), and with proofs (.p7m); in any order
  --seal-anchors PEM  the certificates under which seals of trails and of proofs are trusted; without them all is claimed
  --tsa-anchors PEM   the certificates under which timestamps are trusted
  --environment NAME  Production (default), Acceptance, Integration or Test
  --role PARTY=ROLE   who is who, as BE/BE/0406798006=provider: sender, provider, operator or consumer-app; may be repeated.
                      Once it is given, the trails of parties without a role decide nothing
  --message ID        tells of this message alone
  --skew SECONDS      by how much clocks may differ (default: 60)
  --delay SECONDS     how long after an event its record and its proof may come (default: 300)
  --policy NAME|FILE  default, strict, conformance, historic, or a policy as a JSON file
  --extra FILE        certificates, CRLs, OCSP responses, in PEM or DER; may be repeated. They are offered, not trusted
  --register-anchors PEM, --register-extract JSON
                      the certificates under which registers of mandates are trusted, and an extract with its signature
                      beside it (.p7s), which may be repeated; without them no mandate is proven
  --now RFC3339       judge as at this time (default: the clock)
  --json              one JSON object instead of a text

exit status: 0 every account is complete, 1 something is contradicted, 2 something is missing or not proven,
             3 usage or file error";

fn main() -> ExitCode {
    verdict::exit("reconstruct", run())
}

fn run() -> Result<Indication, Error> {
    const OPTIONS: [&str; 13] = [
        "DIR...",
        "--seal-anchors",
        "--tsa-anchors",
        "--environment",
        "--role",
        "--message",
        "--skew",
        "--delay",
        "--policy",
        "--extra",
        "--register-anchors",
        "--register-extract",
        "--now",
    ];
    let arguments = Arguments::read(&OPTIONS, &["--json", "--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        output::print(&format!("{USAGE}\n"))?;
        return Ok(Indication::TotalPassed);
    }
    let given = Given::read(&arguments)?;
    let verifier = verifier(&arguments)?;
    let policy = policy(&arguments, &verifier)?;
    let exports = given.exports.iter().map(|(lines, manifest)| export(lines, manifest.as_deref()));
    let exports = exports.collect::<Result<Vec<_>, _>>()?;
    let reconstruction = Reconstruction::of(exports, &given.proofs, &policy)?;
    let told = Told { reconstruction: &reconstruction, message: arguments.text("--message")? };
    if arguments.has("--json") { told.as_json() } else { told.as_text() }
}

fn verifier(arguments: &Arguments) -> Result<Verifier, Error> {
    let anchors = |name| arguments.path(name).map_or(Ok(TrustAnchors::default()), |path| files::anchors(&path));
    let environment = files::environment(arguments)?;
    files::configured(Verifier::new(anchors("--seal-anchors")?, anchors("--tsa-anchors")?, environment), arguments)
}

fn policy<'a>(arguments: &Arguments, verifier: &'a Verifier) -> Result<ReconstructionPolicy<'a>, Error> {
    let mut policy = ReconstructionPolicy::new(verifier, files::time(arguments, "--now")?);
    for role in arguments.paths("--role") {
        let role = role.to_str().and_then(|role| role.split_once('='));
        let role = role.and_then(|(party, name)| Some((party, Role::from_name(name)?)));
        let (party, role) = role.ok_or("--role: not PARTY=ROLE, such as BE/BE/0406798006=provider")?;
        policy = policy.with_role(party, role);
    }
    let seconds = |option: &str| -> Result<Option<TimeDelta>, Error> {
        let seconds = arguments.text(option)?.map(str::parse::<u32>).transpose();
        let seconds = seconds.map_err(|_| format!("{option}: not a number of seconds"))?;
        Ok(seconds.map(|seconds| TimeDelta::seconds(seconds.into())))
    };
    if let Some(skew) = seconds("--skew")? {
        policy = policy.with_clock_skew(skew);
    }
    if let Some(delay) = seconds("--delay")? {
        policy = policy.with_delay(delay);
    }
    Ok(policy)
}

/// The files of the folders.
struct Given {
    /// The lines of each export, and its manifest if it has one.
    exports: Vec<(PathBuf, Option<PathBuf>)>,
    proofs: Vec<Vec<u8>>,
}

impl Given {
    fn read(arguments: &Arguments) -> Result<Self, Error> {
        let mut given = Self { exports: Vec::new(), proofs: Vec::new() };
        for folder in arguments.paths("DIR...") {
            given.read_folder(&folder)?;
        }
        if given.exports.is_empty() && given.proofs.is_empty() {
            return Err(format!("no exports (.jsonl) and no proofs (.p7m) in the folders\n\n{USAGE}").into());
        }
        Ok(given)
    }

    fn read_folder(&mut self, folder: &Path) -> Result<(), Error> {
        // What is given beside the folders, such as anchors, is no trail.
        if folder.is_file() {
            return Ok(());
        }
        let listed = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let mut paths = listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        paths.sort();
        let is = |path: &Path, ending: &str| path.extension().is_some_and(|extension| extension == ending);
        let exports: Vec<&PathBuf> = paths.iter().filter(|path| is(path, "jsonl")).collect();
        for lines in &exports {
            let own = lines.with_extension("manifest.json");
            let common = folder.join("manifest.json");
            let manifests = [Some(own), (exports.len() == 1).then_some(common)];
            let manifest = manifests.into_iter().flatten().find(|path| path.exists());
            self.exports.push(((*lines).clone(), manifest));
        }
        for path in paths.iter().filter(|path| is(path, "p7m")) {
            self.proofs.push(files::octets(path)?);
        }
        Ok(())
    }
}

/// The lines of an export are read as they are needed.
fn export(lines: &Path, manifest: Option<&Path>) -> Result<Export<BufReader<File>>, Error> {
    let file = File::open(lines).map_err(|error| format!("{}: {error}", lines.display()))?;
    let export = Export::new(BufReader::new(file));
    let Some(manifest) = manifest else { return Ok(export) };
    Ok(export.with_manifest(files::octets(manifest)?, files::decoded(&manifest.with_extension("json.p7s"))?))
}

/// What is told, and of which messages.
struct Told<'a> {
    reconstruction: &'a Reconstruction<'a>,
    message: Option<&'a str>,
}

impl Told<'_> {
    fn accounts(&self) -> Result<Box<dyn Iterator<Item = Result<Account, TooManyRecords>> + '_>, Error> {
        Ok(match self.message {
            Some(message) => {
                let account = self.reconstruction.message(message)?;
                Box::new(std::iter::once(Ok(account.ok_or("--message: nothing tells of it")?)))
            }
            None => Box::new(self.reconstruction.messages()),
        })
    }

    /// The verdict on messages and trails: a trail whose party is at fault contradicts itself.
    fn of_all(&self, messages: Option<ReconstructionVerdict>) -> ReconstructionVerdict {
        match self.reconstruction.trails().any(|trail| trail.is_at_fault()) {
            true => ReconstructionVerdict::Contradicted,
            false => messages.unwrap_or(ReconstructionVerdict::Insufficient),
        }
    }

    fn as_text(&self) -> Result<Indication, Error> {
        let mut verdict = None;
        for trail in self.reconstruction.trails() {
            output::print(&trail)?;
        }
        for account in self.accounts()? {
            verdict = verdict.max(Some(of_account(&account)));
            match account {
                Ok(account) => output::print(&account)?,
                Err(error) => output::print(&format!("message {}: {error}\n", error.message))?,
            }
        }
        let verdict = self.of_all(verdict);
        output::print(&format!("verdict: {verdict}\n"))?;
        Ok(indication(verdict))
    }

    fn as_json(&self) -> Result<Indication, Error> {
        let mut verdict = None;
        let mut messages: Vec<Value> = Vec::new();
        for account in self.accounts()? {
            verdict = verdict.max(Some(of_account(&account)));
            messages.push(match account {
                Ok(account) => json!(account),
                Err(error) => json!({ "message": &*error.message, "error": error.to_string() }),
            });
        }
        let verdict = self.of_all(verdict);
        let trails: Vec<TrailReport> = self.reconstruction.trails().collect();
        output::print_json(&json!({ "verdict": verdict, "trails": trails, "messages": messages }))?;
        Ok(indication(verdict))
    }
}

fn of_account(account: &Result<Account, TooManyRecords>) -> ReconstructionVerdict {
    account.as_ref().map_or(ReconstructionVerdict::Insufficient, |account| account.verdict)
}

fn indication(verdict: ReconstructionVerdict) -> Indication {
    match verdict {
        ReconstructionVerdict::Complete => Indication::TotalPassed,
        ReconstructionVerdict::Contradicted => Indication::TotalFailed,
        _ => Indication::Indeterminate,
    }
}
