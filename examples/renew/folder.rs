//! The proofs in a folder.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::preserve::{
    BatchRehash, BatchRenewal, Due, NotInRenewal, NotRenewable, RenewalError, Renewer, Unrenewed, due, due_record,
};
use recommande::verify::{Content, ContentDigests, TimestampKind, TimestampSummary};
use recommande::{TsaPool, Verifier};

use crate::arguments::Error;
use crate::files;

/// The ending of a proof.
const PROOF: &str = "p7m";

/// The ending of a record beside a proof, after the name of the proof.
const RECORD: &str = "ers";

/// The ending of a file that is being written.
pub const NEW: &str = "new";

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
pub fn beside(path: &Path, ending: &str) -> PathBuf {
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
    pub fn renewed(&self) -> &Path {
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
        let begin = format!("{}:", algorithm.name().to_ascii_lowercase());
        let timestamps = self.timestamps(verifier, now);
        let mut renewals = timestamps
            .iter()
            .filter(|timestamp| matches!(timestamp.kind, TimestampKind::ArchiveV3 | TimestampKind::EvidenceRecord));
        renewals.any(|timestamp| timestamp.imprint.as_deref().is_some_and(|imprint| imprint.starts_with(&begin)))
    }

    /// What the last timestamp of the record is over, which is the same in the files of a batch.
    pub fn batch(&self, verifier: &Verifier, now: DateTime<Utc>) -> Option<String> {
        let mut timestamps = self.timestamps(verifier, now);
        timestamps.retain(|timestamp| timestamp.kind == TimestampKind::EvidenceRecord);
        timestamps.pop()?.imprint
    }

    fn timestamps(&self, verifier: &Verifier, now: DateTime<Utc>) -> Vec<TimestampSummary> {
        let reports = match &self.record {
            Some((record, object)) => vec![verifier.report_evidence_record(record, std::slice::from_ref(object), now)],
            None => verifier.report_signatures(&self.proof, Content::Attached, now).reports,
        };
        reports.into_iter().flat_map(|report| report.timestamps).collect()
    }

    pub fn prepare(&self, renewer: &Renewer<'_>, now: DateTime<Utc>) -> Result<Unrenewed<'_>, NotRenewable> {
        match &self.record {
            Some((record, object)) => renewer.prepare_record(record, object, now),
            None => renewer.prepare(&self.proof, Content::Attached, now),
        }
    }

    /// Adds the item to the new hash tree of its batch.
    pub fn add_to(&self, rehash: &mut BatchRehash<'_>) -> Result<(), NotInRenewal> {
        match &self.record {
            Some((record, object)) => rehash.add_record(record, object),
            None => rehash.add(&self.proof),
        }
        .map(|_| ())
    }

    pub fn is_renewed_by(&self, renewal: &BatchRenewal) -> bool {
        match &self.record {
            Some((record, object)) => renewal.record(record, object).is_ok(),
            None => renewal.file(&self.proof).is_ok(),
        }
    }

    /// Repeats the renewal of its batch, and verifies what comes out.
    pub fn repeat(
        &self,
        renewal: &BatchRenewal,
        renewer: &Renewer<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        match &self.record {
            Some((record, object)) => renewer.repeat_record(renewal, record, object, now),
            None => renewer.repeat(renewal, &self.proof, Content::Attached, now),
        }
    }

    pub fn renew(&self, renewer: &Renewer<'_>, tsas: &TsaPool, now: DateTime<Utc>) -> Result<Vec<u8>, RenewalError> {
        match &self.record {
            Some((record, object)) => renewer.renew_record(record, object, tsas, now),
            None => renewer.renew(&self.proof, Content::Attached, tsas, now),
        }
    }

    pub fn octets(&self) -> &[u8] {
        self.record.as_ref().map_or(&self.proof, |(record, _)| record)
    }
}

/// Whether a file of this name is one that is renewed: a proof, or a record beside one.
pub fn is_renewed_here(path: &Path) -> bool {
    has_ending(path, PROOF) || (has_ending(path, RECORD) && has_ending(&path.with_extension(""), PROOF))
}

pub fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == ending)
}

pub fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Writes beside the file and renames, with everything on the disk before.
pub fn write(path: &Path, octets: &[u8]) -> Result<(), Error> {
    let new = beside(path, NEW);
    let written = File::create(&new).and_then(|mut file| {
        file.write_all(octets)?;
        file.sync_data()
    });
    written.and_then(|()| fs::rename(&new, path)).map_err(|error| format!("{}: {error}", path.display()).into())
}
