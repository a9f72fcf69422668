//! Makes pages of the proofs in a folder, or of single proofs, in the four languages.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::SystemTime;

use chrono::{DateTime, SubsecRound, Utc};
use recommande::evidence::{Sending, Statement};
use recommande::seal::AnyProof;
use recommande::verify::{Context, Preceding};
use recommande::{Environment, Indication, Payload, ProofOfSending, TrustAnchors, Verified, Verifier, VerifyError};
use recommande_receipt::{Fonts, Language, Numbers, Options, Page, Shown, page_of_following, page_of_proof};

const USAGE: &str = "\
usage: recommande-receipt PATH... [--seal-anchors PEM] [--tsa-anchors PEM] [--environment NAME] [--language fr|nl|de|en]...
                          [--numbers-in-full] [--now RFC3339] [--out DIR]

  PATH                a proof (.p7m, .rma), or a folder with proofs; what follows a sending finds it among them
  --seal-anchors PEM  the certificates under which seals are trusted
  --tsa-anchors PEM   the certificates under which timestamps are trusted. Without these two, the anchors that lie in the folder
                      are taken for proofs of the environment Test, and for no others
  --environment NAME  Production, Acceptance, Integration or Test (default: that of each proof, which stands across its page)
  --language TAG      a language; may be repeated (default: all four)
  --numbers-in-full   shows the numbers of citizens, which are masked otherwise
  --now RFC3339       verify as at this time (default: the clock)
  --out DIR           the folder for the pages (default: receipts in the folder of each proof)

exit status: 0 every proof holds, 1 one does not, 2 one is not decided, 3 usage or file error";

const PASSED: u8 = 0;
const FAILED: u8 = 1;
const UNDECIDED: u8 = 2;

type Error = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            // Nobody can be told that the errors cannot be told.
            let _ = writeln!(io::stderr(), "recommande-receipt: {error}");
            ExitCode::from(3)
        }
    }
}

/// What was asked for.
struct Asked {
    paths: Vec<PathBuf>,
    seal_anchors: Option<PathBuf>,
    tsa_anchors: Option<PathBuf>,
    environment: Option<Environment>,
    languages: Vec<Language>,
    numbers: Numbers,
    now: DateTime<Utc>,
    out: Option<PathBuf>,
}

impl Asked {
    fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Option<Self>, Error> {
        let mut asked = Self {
            paths: Vec::new(),
            seal_anchors: None,
            tsa_anchors: None,
            environment: None,
            languages: Vec::new(),
            numbers: Numbers::Masked,
            now: DateTime::<Utc>::from(SystemTime::now()).trunc_subsecs(3),
            out: None,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value =
                || arguments.next().ok_or_else(|| format!("{} needs a value\n\n{USAGE}", in_one_line(&argument)));
            // A path need not be Unicode, and every option is.
            match argument.to_str() {
                Some("--help") => return Ok(None),
                Some("--seal-anchors") => asked.seal_anchors = Some(value()?.into()),
                Some("--tsa-anchors") => asked.tsa_anchors = Some(value()?.into()),
                Some("--environment") => asked.environment = Some(read_value("--environment", &value()?)?),
                Some("--language") => asked.languages.push(read_value("--language", &value()?)?),
                Some("--numbers-in-full") => asked.numbers = Numbers::InFull,
                Some("--now") => asked.now = read_value("--now", &value()?)?,
                Some("--out") => asked.out = Some(value()?.into()),
                Some(_) | None if argument.as_encoded_bytes().starts_with(b"--") => {
                    return Err(format!("{} is not known\n\n{USAGE}", in_one_line(&argument)).into());
                }
                Some(_) | None => asked.paths.push(argument.into()),
            }
        }
        if asked.paths.is_empty() {
            return Err(format!("PATH is needed\n\n{USAGE}").into());
        }
        if asked.languages.is_empty() {
            asked.languages = Language::ALL.to_vec();
        }
        Ok(Some(asked))
    }

    /// The verifier for a proof in a folder.
    fn verifier(&self, proof: Option<&AnyProof>, folder: &Path) -> Result<Verifier, Error> {
        let stated = proof.map(|proof| proof.stated_issuer().environment());
        let environment = self.environment.or(stated).unwrap_or(Environment::Production);
        // Whoever wrote the proofs can have written these too. A test shows across its page that it has no legal effect.
        // Who says whom to trust for seals has not asked to trust the folder for their times.
        let is_given = self.seal_anchors.is_some() || self.tsa_anchors.is_some();
        let is_taken = !is_given && stated == Some(Environment::Test);
        let beside = |name: &str| Some(folder.join(name)).filter(|path| is_taken && path.exists());
        let seal_anchors = self.seal_anchors.clone().or_else(|| beside("seal-anchors.pem"));
        let tsa_anchors = self.tsa_anchors.clone().or_else(|| beside("tsa-anchors.pem"));
        Ok(Verifier::new(anchors(seal_anchors.as_deref())?, anchors(tsa_anchors.as_deref())?, environment))
    }
}

/// Reads the value of an option.
fn read_value<T: FromStr<Err: fmt::Display>>(option: &str, value: &OsStr) -> Result<T, Error> {
    let value = value.to_str().ok_or_else(|| format!("{option}: the value is not Unicode"))?;
    Ok(value.parse().map_err(|error| format!("{option}: {error}"))?)
}

/// A file that was given, with the proof in it if it is one.
struct File {
    path: PathBuf,
    octets: Vec<u8>,
    proof: Option<AnyProof>,
}

fn run() -> Result<u8, Error> {
    let Some(asked) = Asked::read(std::env::args_os().skip(1))? else {
        print(USAGE)?;
        return Ok(0);
    };
    let files = files(&asked.paths)?;
    let fonts = Fonts::new()?;
    let mut worst = PASSED;
    let mut written = HashSet::new();
    for file in &files {
        let folder = file.path.parent().unwrap_or(Path::new("."));
        let verifier = asked.verifier(file.proof.as_ref(), folder)?;
        let sending = file.proof.as_ref().and_then(|proof| sending_of(proof, &files, &verifier, asked.now));
        let (shown, sending) = show(file, sending.as_ref(), &verifier, asked.now);
        let out = asked.out.clone().unwrap_or_else(|| folder.join("receipts"));
        std::fs::create_dir_all(&out).map_err(|error| named(&out, error))?;
        // The whole name, since a proof in each form may lie there.
        let name = file.path.file_name().unwrap_or_default().to_string_lossy();
        if !written.insert(out.join(&*name)) {
            let error = "pages of another proof have this name; give --out for each";
            return Err(named(&out.join(&*name), error).into());
        }
        for language in &asked.languages {
            let options = Options::new(*language).with_numbers(asked.numbers);
            let page = match &sending {
                Some(sending) => page_of_following(&shown, sending, options),
                None => page_of_proof(&shown, options),
            };
            write(&page, &out.join(format!("{name}.{}", language.tag())), &fonts)?;
        }
        print(&named(&out.join(format!("{name}.*")), shown.report().indication))?;
        worst = match (worst, shown.report().indication) {
            (FAILED, _) | (_, Indication::TotalFailed) => FAILED,
            (UNDECIDED, _) | (_, Indication::Indeterminate) => UNDECIDED,
            (_, Indication::TotalPassed) => PASSED,
        };
    }
    Ok(worst)
}

/// Shows a file, with the sending that it follows where that is at hand.
fn show(file: &File, sending: Option<&Followed>, verifier: &Verifier, now: DateTime<Utc>) -> (Shown, Option<Shown>) {
    let name = |file: &File| file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let payload = Payload::NotAvailable;
    let verified = sending.and_then(|sending| sending.verified.as_ref());
    let context = Context::new(verified.map_or(Preceding::NotGiven, Preceding::from), payload);
    let shown = Shown::of(verifier, &file.octets, context, now).with_name(&name(file));
    let sending = sending.map(|Followed { file, .. }| {
        Shown::of(verifier, &file.octets, Context::from(payload), now).with_name(&name(file))
    });
    (shown, sending)
}

/// A file with the identifier of the sending that a proof follows.
struct Followed<'a> {
    file: &'a File,
    /// What verifying it gave. There is nothing where the file is the proof of something else than a sending.
    verified: Option<Result<Verified<Sending>, VerifyError>>,
}

impl<'a> Followed<'a> {
    fn of(file: &'a File, verifier: &Verifier, now: DateTime<Utc>) -> Self {
        let proof = ProofOfSending::from_der(&file.octets).ok();
        Self { file, verified: proof.map(|proof| verifier.verify(&proof, Payload::NotAvailable, now)) }
    }

    fn holds(&self) -> bool {
        self.verified.as_ref().is_some_and(Result::is_ok)
    }
}

/// Returns the sending that a proof follows: a file that verifies, if there is one. A copy with a broken seal has the same
/// identifier.
fn sending_of<'a>(
    proof: &AnyProof,
    files: &'a [File],
    verifier: &Verifier,
    now: DateTime<Utc>,
) -> Option<Followed<'a>> {
    let stated = proof.stated();
    let sending = stated.preceding_evidence()?.proof_id();
    let is_copy = |file: &&File| file.proof.as_ref().is_some_and(|proof| proof.id().digest() == sending);
    let mut copies = files.iter().filter(is_copy).map(|file| Followed::of(file, verifier, now));
    let first = copies.next()?;
    if first.holds() {
        return Some(first);
    }
    Some(copies.find(Followed::holds).unwrap_or(first))
}

fn files(paths: &[PathBuf]) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let listed = std::fs::read_dir(path).map_err(|error| named(path, error))?;
        let mut listed = listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        listed.retain(|path| path.extension().is_some_and(|extension| extension == "p7m" || extension == "rma"));
        if listed.is_empty() {
            return Err(named(path, "no proofs (.p7m, .rma)").into());
        }
        listed.sort();
        files.extend(listed);
    }
    let read = |path: PathBuf| {
        let octets = std::fs::read(&path).map_err(|error| named(&path, error))?;
        Ok(File { proof: AnyProof::from_der(&octets).ok(), octets, path })
    };
    files.into_iter().map(read).collect()
}

fn anchors(path: Option<&Path>) -> Result<TrustAnchors, Error> {
    let Some(path) = path else { return Ok(TrustAnchors::default()) };
    let pem = std::fs::read_to_string(path).map_err(|error| named(path, error))?;
    Ok(TrustAnchors::from_pem(&pem).map_err(|error| named(path, error))?)
}

fn write(page: &Page, path: &Path, fonts: &Fonts) -> Result<(), Error> {
    let with = |extension: &str| {
        let mut whole = path.as_os_str().to_owned();
        whole.push(format!(".{extension}"));
        PathBuf::from(whole)
    };
    for (path, octets) in [(with("html"), page.to_html().into_bytes()), (with("pdf"), page.to_pdf(fonts)?)] {
        std::fs::write(&path, octets).map_err(|error| named(&path, error))?;
    }
    Ok(())
}

/// Writes what is to be told about a file.
fn named(path: &Path, told: impl fmt::Display) -> String {
    format!("{}: {told}", in_one_line(path.as_os_str()))
}

/// Writes a name on one line. The name of a file is anybody's, and would write lines of its own to a terminal or move in it.
fn in_one_line(name: &OsStr) -> String {
    name.to_string_lossy().escape_debug().to_string()
}

/// Prints a line to standard output. A reader that closed it (`| head`) has read enough: the pages are made all the same,
/// and the exit status tells the verdict.
fn print(line: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
