//! The pages of a container, with all of its files inside.

use std::collections::HashSet;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use recommande::Indication;
use recommande_dossier::limits::MAX_ENTRIES;
use recommande_dossier::{Dossier, Verifiers};
use recommande_receipt::{Fonts, MOST_OCTETS_OF_COURTS, Options, ShownDossier};

use super::arguments::Asked;
use super::error::Error;
use super::settings::Settings;
use super::told::{named, print, with_causes};

/// The most octets of a container beside those of its files: headers of its entries.
const MOST_OCTETS_AROUND: u64 = MAX_ENTRIES as u64 * 256;

/// Writes the PDF of a container in each language, and returns the worst verdict in it.
pub fn pages(
    path: &Path,
    asked: &Asked,
    settings: &Settings<'_>,
    fonts: &Fonts,
    written: &mut HashSet<PathBuf>,
) -> Result<Indication, Error> {
    let of_file = |error: &dyn std::error::Error| named(path, with_causes(error));
    let limit = asked.limit.unwrap_or(MOST_OCTETS_OF_COURTS);
    let folder = path.parent().unwrap_or(Path::new("."));
    let out = asked.out.clone().unwrap_or_else(|| folder.join("receipts"));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !written.insert(out.join(&name)) {
        return Err(named(path, "pages of another container have this name; give --out for each").into());
    }
    let file = std::fs::File::open(path).map_err(|error| of_file(&error))?;
    // A container is longer than its files, and reading it is work.
    let octets = file.metadata().map_err(|error| of_file(&error))?.len();
    if octets > limit.saturating_add(MOST_OCTETS_AROUND) {
        let what =
            format!("the container has {octets} octets, and its files may have {limit} together: hand it in itself");
        return Err(named(path, what).into());
    }
    let mut dossier = Dossier::read(BufReader::new(file)).map_err(|error| of_file(&error))?;
    let (of_parts, of_container) = settings.of_container()?;
    let verifiers = Verifiers::new(&of_parts.proofs).with_container(&of_container);
    let verifiers = of_parts.recipients.iter().fold(verifiers, |verifiers, of| verifiers.with_recipients(of));
    let verifiers = of_parts.senders.iter().fold(verifiers, |verifiers, of| verifiers.with_senders(of));
    let shown = ShownDossier::of(&mut dossier, verifiers, asked.now, limit).map_err(|error| of_file(&error))?;
    std::fs::create_dir_all(&out).map_err(|error| named(&out, error))?;
    for language in &asked.languages {
        let options = Options::new(*language).with_numbers(asked.numbers);
        let pdf = shown.to_pdf(options, fonts).map_err(|error| of_file(&error))?;
        let path = out.join(format!("{name}.{}.pdf", language.tag()));
        std::fs::write(&path, pdf).map_err(|error| named(&path, error))?;
    }
    print(&named(&out.join(format!("{name}.*")), shown.worst()))?;
    Ok(shown.worst())
}
