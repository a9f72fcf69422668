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
use recommande::crypto::Digest;
use recommande::evidence::{Sending, Statement, Step};
use recommande::seal::AnyProof;
use recommande::verify::{Context, Preceding, SendingContext};
use recommande::{Environment, Indication, Payload, ProofOfSending, TrustAnchors, Verified, Verifier, VerifyError};
use recommande_receipt::{Fonts, Language, Numbers, Options, Page, Shown, page_of_following, page_of_proof};

const USAGE: &str = "\
usage: recommande-receipt PATH... [--seal-anchors PEM] [--tsa-anchors PEM] [--environment NAME] [--language fr|nl|de|en]...
                          [--numbers-in-full] [--now RFC3339] [--out DIR]

  PATH                a proof (.p7m, .rma), or a folder with proofs; what follows a sending, or was led to by a step, finds
                      it among them. The second seal of a proof is taken from beside it (NAME.pq.p7s)
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

/// How many steps are verified for what the last of them led to. A letter has no more.
const MOST_CAUSES: usize = 8;

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
    /// What lies beside it as its second seal.
    second_seals: Vec<Vec<u8>>,
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
        let among = Among { files: &files, verifier: &verifier, now: asked.now };
        let (shown, sending) = among.show(file);
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

/// The files among which a proof finds what precedes it, and how they are verified.
struct Among<'a> {
    files: &'a [File],
    verifier: &'a Verifier,
    now: DateTime<Utc>,
}

impl<'a> Among<'a> {
    /// Shows a file, with the sending that it follows where that is at hand.
    fn show(&self, file: &File) -> (Shown, Option<Shown>) {
        let name = |file: &File| file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of = |file: &File, context: Context<'_>| {
            let context = context.with_second_seals(&file.second_seals);
            Shown::of(self.verifier, &file.octets, context, self.now).with_name(&name(file))
        };
        let sending = file.proof.as_ref().and_then(|proof| self.sending_of(proof));
        let verified = sending.as_ref().and_then(|sending| sending.verified.as_ref());
        let preceding = verified.map_or(Preceding::NotGiven, Preceding::from);
        let cause = file.proof.as_ref().and_then(|proof| self.cause_of(proof, preceding, MOST_CAUSES));
        let context = Context::new(preceding, Payload::NotAvailable);
        let shown = of(file, cause.iter().fold(context, Context::with_cause));
        (shown, sending.map(|sending| of(sending.file, Payload::NotAvailable.into())))
    }

    /// Returns the sending that a proof follows: a file that verifies, if there is one.
    fn sending_of(&self, proof: &AnyProof) -> Option<Followed<'a>> {
        let stated = proof.stated();
        let copies = self.copies(*stated.preceding_evidence()?.proof_id()).map(|file| {
            let proof = ProofOfSending::from_der(&file.octets).ok();
            let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&file.second_seals);
            Followed { file, verified: proof.map(|proof| self.verifier.verify(&proof, context, self.now)) }
        });
        first_that(copies, |followed| followed.verified.as_ref().is_some_and(Result::is_ok))
    }

    /// Returns the step that led to the event of a proof, verified with those before it: a file that verifies, if there is
    /// one.
    fn cause_of(
        &self,
        proof: &AnyProof,
        sending: Preceding<'_>,
        most: usize,
    ) -> Option<Result<Verified<Step>, VerifyError>> {
        let most = most.checked_sub(1)?;
        let stated = proof.stated();
        let copies: Vec<&File> = self.copies(*stated.caused_by()?.proof_id()).collect();
        // They all state the same, so that one of them is asked what came before. Each by itself would be asked for a letter
        // with many copies of each step again and again.
        let before = copies.first().and_then(|file| self.cause_of(file.proof.as_ref()?, sending, most));
        let verified = copies.into_iter().filter_map(|file| {
            let Some(AnyProof::Step(step)) = &file.proof else { return None };
            let context = Context::new(sending, Payload::NotAvailable).with_second_seals(&file.second_seals);
            Some(self.verifier.verify(step, before.iter().fold(context, Context::with_cause), self.now))
        });
        first_that(verified, Result::is_ok)
    }

    /// The files with this identifier. A copy with a broken seal has the same one.
    fn copies(&self, identifier: Digest) -> impl Iterator<Item = &'a File> {
        let is_copy = move |proof: &AnyProof| *proof.id().digest() == identifier;
        self.files.iter().filter(move |file| file.proof.as_ref().is_some_and(is_copy))
    }
}

/// A file with the identifier of the sending that a proof follows.
struct Followed<'a> {
    file: &'a File,
    /// What verifying it gave. There is nothing where the file is the proof of something else than a sending.
    verified: Option<Result<Verified<Sending>, VerifyError>>,
}

/// Returns the first one that holds, and the first one of all where none does.
fn first_that<T>(mut all: impl Iterator<Item = T>, holds: impl Fn(&T) -> bool) -> Option<T> {
    let first = all.next()?;
    if holds(&first) {
        return Some(first);
    }
    Some(all.find(holds).unwrap_or(first))
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
        let beside = path.with_extension("pq.p7s");
        let second_seals = match std::fs::read(&beside) {
            Ok(second_seal) => vec![second_seal],
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(named(&beside, error).into()),
        };
        Ok(File { proof: AnyProof::from_der(&octets).ok(), octets, path, second_seals })
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
