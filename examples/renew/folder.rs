//! The proofs in a folder.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
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

/// The end of the name of a second seal.
const SECOND_SEAL: &str = ".pq.p7s";

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
            // A link to nothing is a record all the same, and is refused when it is read.
            items.push(Item { record: record.symlink_metadata().is_ok().then_some(record), proof });
        }
    }
    items.sort_by(|a, b| a.proof.cmp(&b.proof));
    Ok(items)
}

/// The number of second seals in a folder.
pub fn second_seals(folder: &Path) -> Result<usize, Error> {
    let names = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.file_name()));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    Ok(names.iter().filter(|name| name.as_encoded_bytes().ends_with(SECOND_SEAL.as_bytes())).count())
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
        name(self.renewed())
    }

    pub fn read(&self) -> Result<Stored, Error> {
        check_regular(self.renewed())?;
        // A proof that is not written itself may be a link.
        if !self.proof.metadata().map_err(|error| of(&self.proof, error))?.is_file() {
            return Err(of(&self.proof, NOT_REGULAR).into());
        }
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

    /// The item with the renewal of its batch, which nobody has verified.
    pub fn renewed_by(&self, renewal: &BatchRenewal) -> Result<Vec<u8>, NotInRenewal> {
        match &self.record {
            Some((record, object)) => renewal.record(record, object),
            None => renewal.file(&self.proof),
        }
    }

    pub fn is_renewed_by(&self, renewal: &BatchRenewal) -> bool {
        self.renewed_by(renewal).is_ok()
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

const NOT_REGULAR: &str = "not a regular file";

/// The name of a file, on one line.
pub fn name(path: &Path) -> String {
    escaped(&path.file_name().unwrap_or_default().to_string_lossy())
}

/// A text on one line, whatever the names of files in it hold.
pub fn escaped(text: &str) -> String {
    let is_unseen = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

fn of(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// Refuses what would not be the same file after it was replaced, and what is read without an end. Returns what the file
/// system says of it.
pub fn check_regular(path: &Path) -> Result<Metadata, Error> {
    let metadata = path.symlink_metadata().map_err(|error| of(path, error))?;
    if metadata.is_symlink() {
        return Err(of(path, "a symbolic link; what it points to is renewed in its own folder").into());
    }
    if !metadata.is_file() {
        return Err(of(path, NOT_REGULAR).into());
    }
    Ok(metadata)
}

/// Refuses a file beside which none can be written, before a TSA is asked for nothing.
pub fn check_replaceable(path: &Path) -> Result<(), Error> {
    match beside(path, NEW).symlink_metadata() {
        Ok(new) if new.is_dir() => Err(of(&beside(path, NEW), "a directory").into()),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(of(&beside(path, NEW), error).into()),
        Ok(_) | Err(_) => Ok(()),
    }
}

pub fn remove(path: &Path) -> Result<(), Error> {
    fs::remove_file(path).map_err(|error| of(path, error).into())
}

/// Replaces a file by its renewal, which the same people may read.
pub fn replace(path: &Path, octets: &[u8]) -> Result<(), Error> {
    write(path, octets, &check_regular(path)?)
}

/// Writes beside the file and renames, with everything on the disk before. The file gets the owner and the mode of another.
pub fn write(path: &Path, octets: &[u8], like: &Metadata) -> Result<(), Error> {
    let new = beside(path, NEW);
    let mut file = create(&new).map_err(|error| of(path, error))?;
    // Before there is anything to be read in it.
    let readers = keep_owner(&file, like).and_then(|()| file.set_permissions(like.permissions()));
    let written = readers.and_then(|()| file.write_all(octets)).and_then(|()| file.sync_data());
    written.and_then(|()| fs::rename(&new, path)).map_err(|error| {
        let _ = fs::remove_file(&new);
        of(path, error).into()
    })
}

/// Creates a file that nobody else may read, and follows no link of its name.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create_new(true).open(path)
}

/// A renewal by the administrator leaves the file to whom it belongs.
#[cfg(unix)]
fn keep_owner(file: &File, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = file.metadata()?;
    if (own.uid(), own.gid()) == (like.uid(), like.gid()) {
        return Ok(());
    }
    fchown(file, Some(like.uid()), Some(like.gid()))
        .map_err(|error| io::Error::new(error.kind(), format!("its owner and group cannot be kept: {error}")))
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
