//! Combines the trails of several parties and their proofs: what happened to each message, and how sure that is.

#[path = "common/arguments.rs"]
mod arguments;
#[path = "common/decoded.rs"]
mod decoded;
#[path = "common/files.rs"]
mod files;
#[path = "common/offered.rs"]
mod offered;
#[path = "common/output.rs"]
mod output;
#[path = "common/second_seals.rs"]
mod second_seals;
#[path = "common/verdict.rs"]
mod verdict;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arguments::{Arguments, Error};
use chrono::TimeDelta;
use recommande::audit::{
    Account, Export, Reconstruction, ReconstructionPolicy, ReconstructionVerdict, Role, Summary, TrailFault,
    TrailFaultKind, TrailReport,
};
use recommande::life::Verifiers;
use recommande::{Indication, TrustAnchors, Verifier};
use serde_json::json;

const USAGE: &str = "\
usage: reconstruct DIR... [--seal-anchors PEM] [--tsa-anchors PEM] [--environment NAME] [--role PARTY=ROLE]...
                   [--message ID] [--skew SECONDS] [--delay SECONDS] [--policy NAME|FILE] [--extra FILE]...
                   [--register-anchors PEM [--register-extract JSON]...] [--now RFC3339] [--json]

  DIR...              folders with exports of trails (NAME.jsonl, with NAME.manifest.json and NAME.manifest.json.p7s or, for
                      the only one, manifest.json and manifest.json.p7s), and with proofs (.p7m, .rma), each with its second
                      seal beside it (NAME.pq.p7s); in any order. A manifest whose lines are gone counts too
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

A file that cannot be read is told with the reason, and the others are used.

exit status: 0 every account is complete, 1 something is contradicted, 2 something is missing, not proven or not read,
             3 usage error, or nothing could be read";

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
    let mut given = Given::read(&arguments)?;
    let verifier = verifier(&arguments)?;
    let exports = std::mem::take(&mut given.exports);
    let policy = policy(&arguments, Verifiers::new(&verifier).with_second_seals(&given.second_seals))?;
    let reconstruction = Reconstruction::of(exports, &given.proofs, &policy)?;
    let told = Told { reconstruction: &reconstruction, given: &given, message: arguments.text("--message")? };
    if arguments.has("--json") { told.as_json() } else { told.as_text() }
}

fn verifier(arguments: &Arguments) -> Result<Verifier, Error> {
    let anchors = |name| arguments.path(name).map_or(Ok(TrustAnchors::default()), |path| files::anchors(&path));
    let environment = files::environment(arguments)?;
    offered::configured(Verifier::new(anchors("--seal-anchors")?, anchors("--tsa-anchors")?, environment), arguments)
}

fn policy<'a>(arguments: &Arguments, verifiers: Verifiers<'a>) -> Result<ReconstructionPolicy<'a>, Error> {
    let mut policy = ReconstructionPolicy::new(verifiers, files::time(arguments, "--now")?);
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
#[derive(Default)]
struct Given {
    exports: Vec<Export<Lines>>,
    proofs: Vec<Vec<u8>>,
    /// What lies beside each proof as its second seal.
    second_seals: Vec<Vec<Vec<u8>>>,
    /// The file of each proof.
    proof_files: Vec<PathBuf>,
    /// What could not be read, with the reason: one file is no reason to leave out the others.
    not_read: Vec<String>,
}

impl Given {
    fn read(arguments: &Arguments) -> Result<Self, Error> {
        let mut given = Self::default();
        for folder in arguments.paths("DIR...") {
            given.read_folder(&folder);
        }
        if given.exports.is_empty() && given.proofs.is_empty() {
            let not_read: String = given.not_read.iter().map(|reason| format!("\n{reason}")).collect();
            return Err(
                format!("no exports (.jsonl) and no proofs (.p7m, .rma) in the folders{not_read}\n\n{USAGE}").into()
            );
        }
        Ok(given)
    }

    /// Notes why something could not be read.
    fn kept<T>(&mut self, read: Result<T, Error>) -> Option<T> {
        read.map_err(|error| self.not_read.push(output::in_one_line(&error.to_string()))).ok()
    }

    fn read_folder(&mut self, folder: &Path) {
        // What is given beside the folders, such as anchors, is no trail.
        if folder.is_file() {
            return;
        }
        let named = |error: std::io::Error| Error::from(format!("{}: {error}", folder.display()));
        let Some(listed) = self.kept(std::fs::read_dir(folder).map_err(named)) else { return };
        let mut paths: Vec<PathBuf> =
            listed.filter_map(|entry| self.kept(entry.map_err(named))).map(|entry| entry.path()).collect();
        paths.sort();
        let is = |path: &Path, ending: &str| path.extension().is_some_and(|extension| extension == ending);
        // Opening a pipe waits for who writes to it, for ever if nobody does.
        let is_asked_for = |path: &Path| is(path, "jsonl") || is(path, "p7m") || is(path, "json") || is(path, "p7s");
        paths.retain(|path| {
            let is_file = path.is_file();
            if is_asked_for(path) && !is_file {
                self.not_read.push(output::in_one_line(&format!("{}: not a file", path.display())));
            }
            is_file
        });
        let exports: Vec<&PathBuf> = paths.iter().filter(|path| is(path, "jsonl")).collect();
        let is_manifest = |path: &&PathBuf| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.ends_with(".manifest.json") || name == "manifest.json")
        };
        let mut manifests: BTreeSet<&PathBuf> = paths.iter().filter(is_manifest).collect();
        for lines in &exports {
            let own = lines.with_extension("manifest.json");
            let common = folder.join("manifest.json");
            let named = [Some(own), (exports.len() == 1).then_some(common)];
            let manifest = named.into_iter().flatten().find_map(|path| manifests.take(&path));
            self.read_export(lines, Lines::Closed(lines.to_path_buf()), manifest);
        }
        // What a party sealed counts, whatever became of the lines.
        for manifest in manifests {
            self.read_export(manifest, Lines::Ended, Some(manifest));
        }
        for path in paths.iter().filter(|path| is(path, "p7m") || is(path, "rma")) {
            if let Some(proof) = self.kept(files::octets(path)) {
                let second_seals = self.kept(second_seals::beside(path));
                self.proofs.push(proof);
                self.second_seals.push(second_seals.unwrap_or_default());
                self.proof_files.push(path.clone());
            }
        }
    }

    /// The lines of an export are read as they are needed. Without its manifest they are claimed.
    fn read_export(&mut self, name: &Path, lines: Lines, manifest: Option<&PathBuf>) {
        let export = Export::new(lines).named(&name.display().to_string());
        let sealed = |manifest: &PathBuf| {
            let seal = manifest.with_extension("json.p7s");
            if !seal.is_file() {
                return Err(Error::from(format!("{}: not a file", seal.display())));
            }
            Ok((files::octets(manifest)?, decoded::decoded(&seal)?))
        };
        let manifest = manifest.and_then(|manifest| self.kept(sealed(manifest)));
        self.exports.push(match manifest {
            Some((manifest, signature)) => export.with_manifest(manifest, signature),
            None => export,
        });
    }
}

/// The lines of a file, which is open while it is read and no longer: there may be more of them than a process opens at once.
enum Lines {
    Closed(PathBuf),
    Open(BufReader<File>),
    Ended,
}

impl Read for Lines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Lines {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Self::Closed(path) = self {
            *self = Self::Open(BufReader::new(File::open(path)?));
        }
        if let Self::Open(reader) = self
            && reader.fill_buf()?.is_empty()
        {
            *self = Self::Ended;
        }
        match self {
            Self::Open(reader) => reader.fill_buf(),
            Self::Closed(_) | Self::Ended => Ok(&[]),
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::Open(reader) => reader.consume(amount),
            Self::Closed(_) | Self::Ended => {}
        }
    }
}

/// Tells if the lines of an export could not be read to their end.
fn is_not_read(fault: &TrailFault) -> bool {
    matches!(fault.kind, TrailFaultKind::ReadFailed(_))
}

/// What is told, and of which messages.
struct Told<'a> {
    reconstruction: &'a Reconstruction<'a>,
    given: &'a Given,
    message: Option<&'a str>,
}

impl Told<'_> {
    /// Tells each account, and returns what they and the trails come to.
    fn tell_each(&self, mut tell: impl FnMut(&Account) -> Result<(), Error>) -> Result<Summary, Error> {
        let accounts: Box<dyn Iterator<Item = Account>> = match self.message {
            Some(message) => {
                let account = self.reconstruction.message(message);
                Box::new(std::iter::once(account.ok_or("--message: nothing tells of it")?))
            }
            None => Box::new(self.reconstruction.messages()),
        };
        let mut told = Ok(());
        let accounts = accounts.map_while(|account| {
            told = tell(&account);
            told.is_ok().then_some(account)
        });
        let summary = self.reconstruction.summary_on(accounts);
        told.map(|()| summary)
    }

    /// The files that are no proofs.
    fn no_proofs(&self) -> impl Iterator<Item = &Path> {
        let positions = self.reconstruction.files_that_are_no_proofs().iter();
        positions.filter_map(|position| self.given.proof_files.get(*position)).map(PathBuf::as_path)
    }

    /// What was not read could contradict something.
    fn indication(&self, verdict: ReconstructionVerdict) -> Indication {
        let is_all_read = self.given.not_read.is_empty()
            && self.reconstruction.unused_exports().is_empty()
            && self.no_proofs().next().is_none()
            && !self.reconstruction.trails().any(|trail| trail.more_faults > 0 || trail.faults.iter().any(is_not_read));
        match verdict {
            ReconstructionVerdict::Complete if is_all_read => Indication::TotalPassed,
            ReconstructionVerdict::Contradicted => Indication::TotalFailed,
            _ => Indication::Indeterminate,
        }
    }

    fn as_text(&self) -> Result<Indication, Error> {
        self.given.not_read.iter().try_for_each(|reason| output::print(&format!("not read: {reason}\n")))?;
        self.no_proofs().try_for_each(|file| {
            output::print(&format!("not a proof: {}\n", output::in_one_line(&file.display().to_string())))
        })?;
        self.reconstruction.unused_exports().iter().try_for_each(output::print)?;
        for trail in self.reconstruction.trails() {
            output::print(&trail)?;
        }
        let summary = self.tell_each(|account| Ok(output::print(account)?))?;
        output::print(&summary)?;
        Ok(self.indication(summary.verdict))
    }

    fn as_json(&self) -> Result<Indication, Error> {
        // Each account is printed as it is made, since there may be more of them than there is memory.
        output::print("{\"messages\":[")?;
        let mut separator = "";
        let summary = self.tell_each(|account| {
            output::print(std::mem::replace(&mut separator, ","))?;
            Ok(output::print_json(account)?)
        })?;
        let trails: Vec<TrailReport> = self.reconstruction.trails().collect();
        let no_proofs: Vec<String> = self.no_proofs().map(|file| file.display().to_string()).collect();
        let rest = json!({
            "verdict": summary.verdict,
            "parties": summary.parties,
            "not_read": self.given.not_read,
            "no_proofs": no_proofs,
            "unused_exports": self.reconstruction.unused_exports(),
            "trails": trails,
        });
        let rest = rest.to_string();
        output::print(&format!("],{}\n", rest.strip_prefix('{').unwrap_or_default()))?;
        Ok(self.indication(summary.verdict))
    }
}
