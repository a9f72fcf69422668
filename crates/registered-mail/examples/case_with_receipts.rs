//! Judges a folder of proofs with receipts beside them: the state of each letter, and what each receipt counts for.

use std::error::Error;
use std::fs::{read, read_to_string};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use recommande::life::{Case, CaseVerdict, judge};
use recommande::{Environment, TrustAnchors, Verifier};

const USAGE: &str = "\
usage: case_with_receipts DIR ENVIRONMENT SEAL-ANCHORS TSA-ANCHORS [RECEIPT-ANCHORS RECEIPT-TSA-ANCHORS]

  DIR                  a folder with proofs (.p7m), and receipts (.xml) each with its signature (.xml.p7s)
  ENVIRONMENT          Production, Acceptance, Integration or Test
  SEAL-ANCHORS         the certificates under which seals are trusted, in PEM; then those for their timestamps
  RECEIPT-ANCHORS      the same for receipts, if they are other ones

exit status: 0 every case is proven, 2 one is not, 3 usage or file error";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("case_with_receipts: {error}");
            ExitCode::from(3)
        }
    }
}

fn run(arguments: &[String]) -> Result<bool, Box<dyn Error>> {
    let (folder, environment, [seals, tsas, receipts, receipt_tsas]) = match arguments {
        [folder, environment, seals, tsas] => (folder, environment, [seals, tsas, seals, tsas]),
        [folder, environment, seals, tsas, receipts, receipt_tsas] => {
            (folder, environment, [seals, tsas, receipts, receipt_tsas])
        }
        _ => return Err(USAGE.into()),
    };
    let environment = Environment::ALL.into_iter().find(|listed| listed.name() == environment).ok_or(USAGE)?;
    let verifier = verifier(seals, tsas, environment)?;
    let of_receipts = self::verifier(receipts, receipt_tsas, environment)?;
    let now = Utc::now();

    let files = with_extension(folder.as_ref(), "p7m")?;
    let octets = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let proofs = judge(&verifier, &octets, now);
    let (mut foreign, mut text) = (Vec::new(), String::new());
    for path in with_extension(folder.as_ref(), "xml")? {
        let signature = read(path.with_extension("xml.p7s"))?;
        match recommande_registered_mail::judge(&of_receipts, &read(&path)?, &signature, now) {
            Ok(evidence) => foreign.push(evidence),
            Err(error) => text += &format!("{}: {error}\n", path.display()),
        }
    }
    let letters = Case::with_foreign(&proofs, &foreign);
    letters.iter().for_each(|letter| text += &letter.to_string());
    for claim in Case::claims(&proofs) {
        let name = files.get(claim.file).map(|path| path.display().to_string()).unwrap_or_default();
        text += &format!("claim {name}: {claim}\n");
    }
    print(&text)?;
    let is_proven = |case: &Case| matches!(case.verdict, CaseVerdict::Proven(_));
    let mut cases = letters.iter().flat_map(|letter| &letter.cases);
    Ok(!letters.is_empty() && cases.all(|case| case.as_ref().is_ok_and(is_proven)))
}

fn verifier(anchors: &str, tsa_anchors: &str, environment: Environment) -> Result<Verifier, Box<dyn Error>> {
    let [seals, tsas] = [read_to_string(anchors)?, read_to_string(tsa_anchors)?];
    Ok(Verifier::new(TrustAnchors::from_pem(&seals)?, TrustAnchors::from_pem(&tsas)?, environment))
}

/// Prints to standard output. A reader that closed it (`| head`) has read enough.
fn print(text: &str) -> std::io::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// The files of a folder with this extension, in the order of their names.
fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let listed = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = listed.collect::<Result<Vec<_>, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|of_path| of_path == extension));
    paths.sort();
    Ok(paths)
}
