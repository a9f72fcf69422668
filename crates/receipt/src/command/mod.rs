//! The command: what is asked for, the files, and the pages.

mod among;
mod arguments;
mod dossiers;
mod error;
mod file;
mod settings;
mod told;

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use recommande::Indication;
use recommande_receipt::{Fonts, Options, Page, page_of_following, page_of_proof};

use among::Among;
use arguments::{Asked, USAGE};
use error::Error;
use file::{Given, given};
use settings::Settings;
use told::{named, print};

const PASSED: u8 = 0;
const FAILED: u8 = 1;
const UNDECIDED: u8 = 2;

/// Runs the command, and returns its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match pages(arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            told::error(&*error);
            ExitCode::from(3)
        }
    }
}

fn pages(arguments: impl IntoIterator<Item = OsString>) -> Result<u8, Error> {
    let Some(asked) = Asked::read(arguments)? else {
        print(USAGE)?;
        return Ok(0);
    };
    let settings = Settings::read(&asked)?;
    let Given { proofs, dossiers } = given(&asked.paths, &asked.disclosures)?;
    if dossiers.is_empty()
        && let Some(option) = asked.of_container()
    {
        return Err(format!("{option}: there is no container (.asice)").into());
    }
    let fonts = Fonts::new()?;
    let mut written = HashSet::new();
    let mut worst = PASSED;
    for file in &proofs {
        let folder = file.path.parent().unwrap_or(Path::new("."));
        let verifiers = settings.verifiers(file.proof.as_ref(), folder)?;
        let among = Among { files: &proofs, verifiers: &verifiers, now: asked.now };
        let (shown, sending) = among.show(file);
        let out = asked.out.clone().unwrap_or_else(|| folder.join("receipts"));
        std::fs::create_dir_all(&out).map_err(|error| named(&out, error))?;
        // The whole name, since a proof in each form may lie there.
        let name = file.name();
        if !written.insert(out.join(&name)) {
            let error = "pages of another proof have this name; give --out for each";
            return Err(named(&out.join(&name), error).into());
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
        worst = worse(worst, shown.report().indication);
    }
    for path in &dossiers {
        worst = worse(worst, dossiers::pages(path, &asked, &settings, &fonts, &mut written)?);
    }
    Ok(worst)
}

fn worse(worst: u8, indication: Indication) -> u8 {
    match (worst, indication) {
        (FAILED, _) | (_, Indication::TotalFailed) => FAILED,
        (UNDECIDED, _) | (_, Indication::Indeterminate) => UNDECIDED,
        (_, Indication::TotalPassed) => PASSED,
    }
}

fn write(page: &Page, path: &Path, fonts: &Fonts) -> Result<(), Error> {
    for (extension, octets) in [("html", page.to_html().into_bytes()), ("pdf", page.to_pdf(fonts)?)] {
        let path = file::with(path, &format!(".{extension}"));
        std::fs::write(&path, octets).map_err(|error| named(&path, error))?;
    }
    Ok(())
}
