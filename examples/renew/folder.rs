//! The proofs in a folder, with their second seals. There may be millions: of each one its name is held, and nothing else.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use chrono::{DateTime, Utc};
use recommande::Verifier;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::preserve::{
    BatchRehash, BatchRenewal, Due, NotInRenewal, NotRenewable, RenewalError, Renewer, Unrenewed, due, due_record,
};
use recommande::seal::{AnyProof, Artifact, BatchSeal};
use recommande::verify::{Content, ContentDigests, TimestampKind, TimestampSummary};

use crate::arguments::Error;
use crate::{files, output};

/// The ending of a proof, and of the seal that aggregated proofs share.
const PROOF: &str = "p7m";

/// The ending of an aggregated proof in one file.
const AGGREGATED: &str = "rma";

/// The ending of the statement of an aggregated proof whose parts are files of their own.
const STATEMENT: &str = "json";

/// The ending of a record beside a proof or a second seal, after the name of that; and beside a statement, in the place of the
/// ending of that.
const RECORD: &str = "ers";

/// The end of the name of a second seal.
const SECOND_SEAL: &str = ".pq.p7s";

/// The ending of a file that is being written.
pub const NEW: &str = "new";

/// A proof or a second seal, and where the next layer stands: in it, or in the record beside it.
pub struct Item {
    folder: Rc<Path>,
    name: Box<OsStr>,
    place: Place,
    /// Where it is to be renewed.
    pub deadline: Option<Deadline>,
}

/// Where the next layer of an item stands.
#[derive(Clone, Copy)]
enum Place {
    Inside,
    Beside,
    /// In the record of a statement.
    OfStatement,
}

/// What is kept of a deadline: its reason is as long as the name of a certificate.
#[derive(Clone, Copy)]
pub struct Deadline {
    pub renew_by: DateTime<Utc>,
    pub is_by_tree: bool,
}

/// An item as it is stored.
pub struct Stored {
    renewed: Vec<u8>,
    over: Over,
}

/// What the stored octets are over.
enum Over {
    /// A proof holds its statement.
    Attached,
    /// An aggregated proof in one file, with the seal in it: the record of the statement gets the timestamp of that seal.
    Shared(Vec<u8>),
    /// A second seal is over the bare seal of the proof beside it.
    BareSeal(Vec<u8>),
    /// A record is over the file beside it.
    File(ContentDigests),
}

/// How an item is renewed.
enum Kind<'s> {
    Signature(Content<'s>),
    Record(&'s ContentDigests),
}

/// The proofs and second seals of a folder, in the order of their names.
pub fn items(folder: &Path) -> Result<Vec<Item>, Error> {
    let (mut items, parent) = (Vec::new(), Rc::from(folder));
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let name = entry?.file_name();
        if has_ending(Path::new(&name), STATEMENT) {
            if folder.join(&name).with_extension(RECORD).symlink_metadata().is_ok() {
                let (folder, name) = (Rc::clone(&parent), name.into_boxed_os_str());
                items.push(Item { folder, name, place: Place::OfStatement, deadline: None });
            }
        } else if is_signed(Path::new(&name)) {
            let record = beside(&folder.join(&name), RECORD);
            // A link to nothing is a record all the same, and is refused when it is read.
            let place = if record.symlink_metadata().is_ok() { Place::Beside } else { Place::Inside };
            items.push(Item { folder: Rc::clone(&parent), name: name.into_boxed_os_str(), place, deadline: None });
        }
    }
    items.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(items)
}

/// Brings what is to be renewed into the order of the deadlines, and in that into the order of the names.
pub fn in_order(due: &mut [Item]) {
    let end = |item: &Item| item.deadline.map(|deadline| deadline.renew_by);
    due.sort_unstable_by(|a, b| end(a).cmp(&end(b)).then_with(|| a.name.cmp(&b.name)));
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
        name(&self.renewed())
    }

    pub fn read(&self) -> Result<Stored, Error> {
        let (path, file) = (self.renewed(), self.file());
        check_regular(&path)?;
        let renewed = files::octets(&path)?;
        let over = match self.place {
            Place::Beside | Place::OfStatement => Over::File(ContentDigests::of_reader(&mut &*read_beside(&file)?)?),
            Place::Inside if is_second_seal(&file) => Over::BareSeal(bare_seal(&file)?),
            Place::Inside if has_ending(&file, AGGREGATED) => Over::Shared(seal_in(&path, &renewed)?),
            Place::Inside => Over::Attached,
        };
        Ok(Stored { renewed, over })
    }

    fn file(&self) -> PathBuf {
        self.folder.join(&*self.name)
    }

    /// The file that is renewed.
    pub fn renewed(&self) -> PathBuf {
        match self.place {
            Place::Beside => beside(&self.file(), RECORD),
            Place::OfStatement => self.file().with_extension(RECORD),
            Place::Inside => self.file(),
        }
    }
}

/// Reads a file that is not written itself, and may be a link.
fn read_beside(path: &Path) -> Result<Vec<u8>, Error> {
    if !path.metadata().map_err(|error| of(path, error))?.is_file() {
        return Err(of(path, NOT_REGULAR).into());
    }
    files::octets(path)
}

/// The octets that a second seal is over, `NAME.pq.p7s` over those of `NAME.p7m`.
fn bare_seal(second: &Path) -> Result<Vec<u8>, Error> {
    let proof = second.with_extension("").with_extension(PROOF);
    let octets = read_beside(&proof).map_err(|error| format!("its proof: {error}"))?;
    let of_proof = AnyProof::from_der(&octets).and_then(|proof| proof.bare_seal());
    // It may be the seal that aggregated proofs share. Where it is neither, the reason is that of a proof.
    let bare = of_proof.or_else(|why| BatchSeal::from_der(&octets).and_then(|seal| seal.bare_seal()).map_err(|_| why));
    bare.map_err(|error| format!("its proof: {}", of(&proof, error)).into())
}

/// The seal in an aggregated proof.
fn seal_in(path: &Path, file: &[u8]) -> Result<Vec<u8>, Error> {
    let proof = AnyProof::from_der(file).map_err(|error| of(path, error))?;
    Ok(proof.parts().ok_or_else(|| of(path, "not an aggregated proof"))?.seal().der().to_vec())
}

impl Stored {
    fn kind(&self) -> Kind<'_> {
        match &self.over {
            Over::Attached | Over::Shared(_) => Kind::Signature(Content::Attached),
            Over::BareSeal(octets) => Kind::Signature(Content::Octets(octets)),
            Over::File(digests) => Kind::Record(digests),
        }
    }

    pub fn due(&self, verifier: &Verifier, now: DateTime<Utc>) -> Result<Option<Due>, NotRenewable> {
        match self.kind() {
            Kind::Signature(content) => due(verifier, &self.renewed, content, now),
            Kind::Record(object) => due_record(verifier, &self.renewed, object, now),
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
        let reports = match self.kind() {
            Kind::Signature(content) => verifier.report_signatures(self.stamped(), content, now).reports,
            Kind::Record(object) => {
                vec![verifier.report_evidence_record(&self.renewed, std::slice::from_ref(object), now)]
            }
        };
        reports.into_iter().flat_map(|report| report.timestamps).collect()
    }

    pub fn prepare(&self, renewer: &Renewer<'_>, now: DateTime<Utc>) -> Result<Unrenewed<'_>, NotRenewable> {
        match self.kind() {
            Kind::Signature(content) => renewer.prepare(self.stamped(), content, now),
            Kind::Record(object) => renewer.prepare_record(&self.renewed, object, now),
        }
    }

    /// The file or the part of it that gets the next timestamp of a batch: of an aggregated proof its seal, whose renewal is
    /// then repeated for the record.
    pub fn stamped(&self) -> &[u8] {
        match &self.over {
            Over::Shared(seal) => seal,
            Over::Attached | Over::BareSeal(_) | Over::File(_) => &self.renewed,
        }
    }

    /// The same with the renewal of its batch, which nobody has verified.
    pub fn stamped_by(&self, renewal: &BatchRenewal) -> Result<Vec<u8>, NotInRenewal> {
        match self.kind() {
            Kind::Signature(_) => renewal.file(self.stamped()),
            Kind::Record(object) => renewal.record(&self.renewed, object),
        }
    }

    /// Whether more than what is stamped is renewed.
    pub fn is_shared(&self) -> bool {
        matches!(self.over, Over::Shared(_))
    }

    /// Adds the item to the new hash tree of its batch.
    pub fn add_to(&self, rehash: &mut BatchRehash<'_>) -> Result<(), NotInRenewal> {
        match self.kind() {
            Kind::Signature(_) => rehash.add(&self.renewed),
            Kind::Record(object) => rehash.add_record(&self.renewed, object),
        }
    }

    /// The item with the renewal of its batch, which nobody has verified.
    pub fn renewed_by(&self, renewal: &BatchRenewal) -> Result<Vec<u8>, NotInRenewal> {
        match self.kind() {
            Kind::Signature(_) => renewal.file(&self.renewed),
            Kind::Record(object) => renewal.record(&self.renewed, object),
        }
    }

    /// The batch whose renewal it shares, where it has a record.
    pub fn shared_by(&self) -> Option<Digest> {
        BatchRenewal::batch_of(&self.renewed)
    }

    /// Whether the renewal is that of its batch. A file that was changed still waits for it: somebody may bring it back as it was.
    pub fn is_renewed_by(&self, renewal: &BatchRenewal) -> bool {
        matches!(self.renewed_by(renewal), Ok(_) | Err(NotInRenewal::Changed))
    }

    /// Repeats the renewal of its batch, and verifies what comes out.
    pub fn repeat(
        &self,
        renewal: &BatchRenewal,
        renewer: &Renewer<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, RenewalError> {
        match self.kind() {
            Kind::Signature(content) => renewer.repeat(renewal, &self.renewed, content, now),
            Kind::Record(object) => renewer.repeat_record(renewal, &self.renewed, object, now),
        }
    }
}

/// Whether a file of this name is one that is renewed: a proof, a second seal, or a record beside one of them or beside a
/// statement.
pub fn is_renewed_here(path: &Path) -> bool {
    let is_record = || is_signed(&path.with_extension("")) || path.with_extension(STATEMENT).exists();
    is_signed(path) || (has_ending(path, RECORD) && is_record())
}

fn is_signed(path: &Path) -> bool {
    has_ending(path, PROOF) || has_ending(path, AGGREGATED) || is_second_seal(path)
}

fn is_second_seal(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().ends_with(SECOND_SEAL.as_bytes()))
}

pub fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|extension| extension == ending)
}

const NOT_REGULAR: &str = "not a regular file";

/// The name of a file, on one line.
pub fn name(path: &Path) -> String {
    output::in_one_line(&path.file_name().unwrap_or_default().to_string_lossy())
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
