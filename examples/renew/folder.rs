//! The proofs in a folder, and the renewals that whole batches share.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::{BatchRenewal, Due, NotRenewable, RenewalError, Renewer, due, due_record};
use recommande::verify::{Content, ContentDigests, Report, TimestampKind};
use recommande::{TsaPool, Verifier};

use crate::arguments::Error;
use crate::files;

/// The ending of a proof.
const PROOF: &str = "p7m";

/// The ending of a record beside a proof, after the name of the proof.
const RECORD: &str = "ers";

/// The ending of what the first file of a batch was before its renewal, while the others are renewed.
const BEFORE: &str = "before";

/// The ending of a file that is being written.
const NEW: &str = "new";

/// A proof, and where the next layer stands: in it, or in the record beside it.
pub struct Item {
    proof: PathBuf,
    record: Option<PathBuf>,
}

/// An item as it is stored.
pub struct Stored {
    proof: Vec<u8>,
    record: Option<(Vec<u8>, ContentDigests)>,
}

/// The proofs of a folder, in the order of their names.
pub fn items(folder: &Path) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let proof = entry?.path();
        if has_ending(&proof, PROOF) {
            let record = beside(&proof, RECORD);
            items.push(Item { record: record.exists().then_some(record), proof });
        }
    }
    items.sort_by(|a, b| a.proof.cmp(&b.proof));
    Ok(items)
}

/// The same path with another ending after its own.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

impl Item {
    pub fn name(&self) -> String {
        self.renewed().file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    pub fn read(&self) -> Result<Stored, Error> {
        let proof = files::octets(&self.proof)?;
        let record = self.record.as_deref().map(files::octets).transpose()?;
        let record = match record {
            Some(record) => Some((record, ContentDigests::of_reader(&mut &*proof)?)),
            None => None,
        };
        Ok(Stored { proof, record })
    }

    /// The file that is renewed.
    fn renewed(&self) -> &Path {
        self.record.as_deref().unwrap_or(&self.proof)
    }
}

impl Stored {
    pub fn due(&self, verifier: &Verifier, now: DateTime<Utc>) -> Result<Option<Due>, NotRenewable> {
        match &self.record {
            Some((record, object)) => due_record(verifier, record, object, now),
            None => due(verifier, &self.proof, Content::Attached, now),
        }
    }

    /// Whether there is a renewal by this algorithm.
    pub fn is_by(&self, algorithm: DigestAlgorithm, verifier: &Verifier, now: DateTime<Utc>) -> bool {
        let reports = match &self.record {
            Some((record, object)) => vec![verifier.report_evidence_record(record, std::slice::from_ref(object), now)],
            None => verifier.report_signatures(&self.proof, Content::Attached, now).reports,
        };
        let begin = format!("{}:", algorithm.name().to_ascii_lowercase());
        let renewals = reports.iter().flat_map(|report: &Report| &report.timestamps);
        let mut renewals = renewals
            .filter(|timestamp| matches!(timestamp.kind, TimestampKind::ArchiveV3 | TimestampKind::EvidenceRecord));
        renewals.any(|timestamp| timestamp.imprint.as_deref().is_some_and(|imprint| imprint.starts_with(&begin)))
    }

    pub fn renew(&self, renewer: &Renewer<'_>, tsas: &TsaPool, now: DateTime<Utc>) -> Result<Vec<u8>, RenewalError> {
        match &self.record {
            Some((record, object)) => renewer.renew_record(record, object, tsas, now),
            None => renewer.renew(&self.proof, Content::Attached, tsas, now),
        }
    }

    fn octets(&self) -> &[u8] {
        self.record.as_ref().map_or(&self.proof, |(record, _)| record)
    }
}

/// The renewals of this run, and of one that was stopped, which the other files of their batches repeat.
#[derive(Default)]
pub struct Renewals {
    renewals: Vec<Shared>,
    trips: usize,
}

/// The renewal of a batch, and the path of its first file as it was.
struct Shared {
    renewal: BatchRenewal,
    before: PathBuf,
}

impl Renewals {
    /// Takes up what a run that was stopped has left in the folder. Files of other names are not touched.
    pub fn of(folder: &Path) -> Result<Self, Error> {
        let mut renewals = Self::default();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let renewed = path.with_extension("");
            if !is_renewed_here(&renewed) {
                continue;
            }
            if has_ending(&path, NEW) {
                remove(&path)?;
            } else if has_ending(&path, BEFORE) && renewed.exists() {
                let (before, after) = (files::octets(&path)?, files::octets(&renewed)?);
                match BatchRenewal::between(&before, &after) {
                    Ok(renewal) => renewals.renewals.push(Shared { renewal, before: path }),
                    // It was stopped before the renewed file was there.
                    Err(_) if before == after => remove(&path)?,
                    Err(_) => {}
                }
            }
        }
        Ok(renewals)
    }

    /// Repeats the renewal of another file of the same batch, and verifies what comes out.
    pub fn repeat(
        &self,
        stored: &Stored,
        renewer: &Renewer<'_>,
        now: DateTime<Utc>,
    ) -> Option<Result<Vec<u8>, RenewalError>> {
        let renewal = &self.shared_by(stored)?.renewal;
        Some(match &stored.record {
            Some((record, object)) => renewer.repeat_record(renewal, record, object, now),
            None => renewer.repeat(renewal, &stored.proof, Content::Attached, now),
        })
    }

    fn shared_by(&self, stored: &Stored) -> Option<&Shared> {
        self.renewals.iter().find(|shared| is_renewed_by(&shared.renewal, stored))
    }

    /// Puts a renewed file in the place of the other. Nobody ever sees half of one.
    pub fn store(&mut self, item: &Item, stored: &Stored, renewed: &[u8]) -> Result<(), Error> {
        let path = item.renewed();
        if self.shared_by(stored).is_none() {
            self.trips += 1;
            if let Ok(renewal) = BatchRenewal::between(stored.octets(), renewed) {
                let before = beside(path, BEFORE);
                write(&before, stored.octets())?;
                self.renewals.push(Shared { renewal, before });
            }
        }
        write(path, renewed)
    }

    /// Removes what a run that is stopped needs, unless a file is left that still waits for the renewal: it may be past its
    /// deadline, and then nothing else brings it back.
    pub fn finish(mut self, folder: &Path) -> Result<(), Error> {
        let items = if self.renewals.is_empty() { Vec::new() } else { items(folder)? };
        for item in items {
            // What cannot be read was told.
            if let Ok(stored) = item.read() {
                self.renewals.retain(|shared| !is_renewed_by(&shared.renewal, &stored));
            }
        }
        self.renewals.iter().try_for_each(|shared| remove(&shared.before))
    }

    pub fn trips(&self) -> usize {
        self.trips
    }

    /// Whether a run that was stopped has left renewals to repeat.
    pub fn is_empty(&self) -> bool {
        self.renewals.is_empty()
    }
}

fn is_renewed_by(renewal: &BatchRenewal, stored: &Stored) -> bool {
    match &stored.record {
        Some((record, _)) => renewal.record(record).is_ok(),
        None => renewal.file(&stored.proof).is_ok(),
    }
}

/// Whether a file of this name is one that is renewed: a proof, or a record beside one.
fn is_renewed_here(path: &Path) -> bool {
    has_ending(path, PROOF) || (has_ending(path, RECORD) && has_ending(&path.with_extension(""), PROOF))
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == ending)
}

fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes beside the file and renames, with everything on the disk before.
fn write(path: &Path, octets: &[u8]) -> Result<(), Error> {
    let new = beside(path, NEW);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(octets)?;
        file.sync_data()
    });
    written.and_then(|()| fs::rename(&new, path)).map_err(|error| format!("{}: {error}", path.display()).into())
}
