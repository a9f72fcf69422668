//! Seals and proofs in a folder, for tests, for one machine, and where machines share a file system that has links.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::DateTime;
use recommande::evidence::EvidenceIdentifier;

use crate::engine_error::{EngineError, Fault};
use crate::key::Key;
use crate::reason::Rejection;
use crate::seal_digest::SealDigest;
use crate::store::{Completed, Inserted, Proven, Store, Stored};

/// The name of the engine in errors.
const ENGINE: &str = "the folder of proofs";

/// Files that are being written, what was rejected, and the numbers of batches.
const NEW: &str = "new";
const REJECTED: &str = "rejected";
const NUMBERS: &str = "numbers";

/// A file that was being written for so long is of a process that was killed.
const LEFT: Duration = Duration::from_secs(86_400);

/// The endings of the files of a key.
const SEAL: &str = "seal";
const PROOF: &str = "proof";

/// The largest file that is read, in octets: the seal of a batch with a million leaves has less.
const MAX_FILE: u64 = 1 << 26;

/// Keeps seals and proofs in a folder: `XX/KEY.seal`, then `XX/KEY.proof`, where XX are the last two characters of the key. What
/// was rejected is in `rejected`, a file for each: a line with its reason and identifier, and then its octets.
///
/// A file gets its name by a link, which the system makes only where there is none, so that any number of processes may share
/// the folder. Files and names are durable before a function returns. The seal of a worker that was killed may stay beside its proof, which
/// counts.
#[derive(Debug)]
pub struct FolderStore {
    folder: PathBuf,
    /// Begins the names of the files that this store is writing, which no other process on any machine takes.
    own: String,
    written: u64,
}

/// So many numbers of batches stay, that a look into their folder sees some whatever others do meanwhile.
const KEPT_NUMBERS: u64 = 1000;

impl FolderStore {
    /// Opens a folder, and makes it where there is none.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, EngineError> {
        let doing = "to open the folder";
        let own = EvidenceIdentifier::generate(DateTime::UNIX_EPOCH);
        let own = own.map_err(|_| EngineError::new(ENGINE, doing, Fault::Refused))?;
        let store = Self { folder: folder.into(), own: Key::Item(own).to_string(), written: 0 };
        store.make().map_err(|error| failed(doing, &error))?;
        Ok(store)
    }

    /// Returns the proof of a key, if there is one.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn proof(&self, key: &Key) -> Result<Option<Vec<u8>>, EngineError> {
        self.read(key, PROOF).map_err(|error| failed("for a proof", &error))
    }

    /// Makes all folders, with durable names, and removes what writers that were killed have left.
    fn make(&self) -> io::Result<()> {
        let shards = (0..=u8::MAX).map(|number| format!("{number:02x}"));
        let others = [NEW, REJECTED, NUMBERS].map(str::to_owned);
        for name in shards.chain(others) {
            fs::create_dir_all(self.folder.join(name))?;
        }
        sync_folder(&self.folder)?;
        // The name of the folder itself, whose parent is the working directory where it has no other.
        let parent = self.folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync_folder(parent.unwrap_or(Path::new(".")))?;
        for entry in fs::read_dir(self.folder.join(NEW))? {
            let entry = entry?;
            let is_left = |metadata: fs::Metadata| metadata.modified().ok()?.elapsed().ok().filter(|age| *age > LEFT);
            if entry.metadata().ok().and_then(is_left).is_some() {
                remove(&entry.path())?;
            }
        }
        Ok(())
    }

    /// The folder that the files of a key are in.
    fn shard(&self, key: &Key) -> PathBuf {
        let name = key.to_string();
        self.folder.join(name.chars().skip(name.len().saturating_sub(2)).collect::<String>())
    }

    fn path(&self, key: &Key, ending: &str) -> PathBuf {
        self.shard(key).join(format!("{key}.{ending}"))
    }

    fn read(&self, key: &Key, ending: &str) -> io::Result<Option<Vec<u8>>> {
        read(&self.path(key, ending))
    }

    /// Returns what is there, whose name is durable: whoever wrote it may not have come to that.
    fn durable(&self, key: &Key) -> io::Result<Option<Stored>> {
        let stored = match self.stored(key) {
            Err(error) if is_of_file(&error) => return Ok(Some(Stored::Damaged)),
            stored => stored?,
        };
        if stored.is_some() {
            sync_folder(&self.shard(key))?;
        }
        Ok(stored)
    }

    fn stored(&self, key: &Key) -> io::Result<Option<Stored>> {
        // The seal goes when its proof is there, which may be between two looks.
        if let Some(proof) = self.read(key, PROOF)? {
            return Ok(Some(Stored::Proof(proof)));
        }
        if let Some(seal) = self.read(key, SEAL)? {
            return Ok(Some(Stored::Seal(seal)));
        }
        Ok(self.read(key, PROOF)?.map(Stored::Proof))
    }

    /// Writes a file whose octets are durable, under a name that nobody looks for.
    fn written(&mut self, octets: &[u8]) -> io::Result<PathBuf> {
        self.written += 1;
        let new = self.folder.join(NEW).join(format!("{}-{}", self.own, self.written));
        let mut file = OpenOptions::new().create_new(true).write(true).open(&new)?;
        if let Err(error) = file.write_all(octets).and_then(|()| file.sync_all()) {
            // A full disk has no room for what nobody reads.
            remove(&new)?;
            return Err(error);
        }
        Ok(new)
    }

    /// Gives octets a name, if nobody has it.
    fn link(&mut self, octets: &[u8], to: &Path) -> io::Result<bool> {
        let new = self.written(octets)?;
        let linked = fs::hard_link(&new, to);
        // Whatever happened, the name that nobody looks for goes.
        let removed = fs::remove_file(&new);
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            linked => linked.and(removed).map(|()| true),
        }
    }

    fn insert(&mut self, key: &Key, seal: &[u8]) -> io::Result<Inserted> {
        let path = self.path(key, SEAL);
        let is_ours = self.link(seal, &path)?;
        sync_folder(&self.shard(key))?;
        // Whoever made a proof meanwhile has removed its seal, and ours came too late.
        if is_ours {
            return Ok(match self.read(key, PROOF)? {
                Some(proof) => {
                    remove(&path)?;
                    Inserted::Theirs(Stored::Proof(proof))
                }
                None => Inserted::Ours,
            });
        }
        let stored = self.durable(key)?;
        stored.map(Inserted::Theirs).ok_or_else(|| io::Error::from(ErrorKind::NotFound))
    }

    /// Puts a seal in the place of another one. Only one process does that at a time, and whoever makes a proof of the old seal
    /// at this moment has linked it before, or finds another seal.
    fn replace_one(&mut self, key: &Key, old: &SealDigest, seal: &[u8]) -> io::Result<Inserted> {
        let _lock = self.lock(key)?;
        match self.durable(key)? {
            Some(Stored::Seal(stored)) if SealDigest::of(&stored) == *old => {
                let new = self.written(seal)?;
                fs::rename(&new, self.path(key, SEAL))?;
                sync_folder(&self.shard(key))?;
                Ok(Inserted::Ours)
            }
            Some(stored) => Ok(Inserted::Theirs(stored)),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    fn complete_one(&mut self, proven: &Proven) -> io::Result<Completed> {
        let _lock = self.lock(&proven.key)?;
        let digest = match self.durable(&proven.key)? {
            Some(Stored::Seal(seal)) => SealDigest::of(&seal),
            Some(Stored::Proof(_)) => return Ok(Completed::Before),
            Some(Stored::Damaged) | None => return Ok(Completed::OtherSeal),
        };
        if digest != proven.seal {
            return Ok(Completed::OtherSeal);
        }
        let is_ours = self.link(&proven.proof, &self.path(&proven.key, PROOF))?;
        sync_folder(&self.shard(&proven.key))?;
        remove(&self.path(&proven.key, SEAL))?;
        Ok(if is_ours { Completed::Now } else { Completed::Before })
    }

    /// Keeps others from putting another file in the place of a seal. The system ends it with the process.
    fn lock(&self, key: &Key) -> io::Result<File> {
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(self.shard(key).join("lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    fn note(&mut self, rejection: &Rejection) -> io::Result<()> {
        let folder = self.folder.join(REJECTED);
        let identifier = rejection.evidence_identifier.map_or("-".to_owned(), |id| Key::Item(id).to_string());
        let line = format!("{} {identifier}\n", rejection.reason);
        let octets = [line.as_bytes(), &rejection.octets].concat();
        self.link(&octets, &folder.join(rejection.item().to_string()))?;
        sync_folder(&folder)
    }

    fn number(&self) -> io::Result<u64> {
        let folder = self.folder.join(NUMBERS);
        let mut last = last_number(&folder)?;
        loop {
            last += 1;
            match OpenOptions::new().create_new(true).write(true).open(folder.join(last.to_string())) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                made => made?.sync_all()?,
            }
            // Others may have come so far meanwhile that they have removed this number, which was given to somebody before.
            let newest = last_number(&folder)?;
            if newest >= last.saturating_add(KEPT_NUMBERS) {
                last = newest;
                continue;
            }
            sync_folder(&folder)?;
            remove(&folder.join(last.saturating_sub(KEPT_NUMBERS).to_string()))?;
            return Ok(last);
        }
    }
}

fn last_number(folder: &Path) -> io::Result<u64> {
    let mut last = 0_u64;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        last = name.to_str().and_then(|name| name.parse().ok()).unwrap_or(0).max(last);
    }
    Ok(last)
}

/// Tells if one file is to blame, and not the disk.
fn is_of_file(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::PermissionDenied | ErrorKind::IsADirectory)
}

impl Store for FolderStore {
    fn get(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, EngineError> {
        let stored = keys.iter().map(|key| self.durable(key)).collect::<io::Result<_>>();
        stored.map_err(|error| failed("for seals", &error))
    }

    fn insert_if_absent(&mut self, seals: &[(Key, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError> {
        let inserted = seals.iter().map(|(key, seal)| self.insert(key, seal)).collect::<io::Result<_>>();
        inserted.map_err(|error| failed("to insert seals", &error))
    }

    fn replace(&mut self, seals: &[(Key, SealDigest, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError> {
        let replaced = seals.iter().map(|(key, old, seal)| self.replace_one(key, old, seal)).collect::<io::Result<_>>();
        replaced.map_err(|error| failed("to replace seals", &error))
    }

    fn complete(&mut self, proofs: Vec<Proven>) -> Result<Vec<Completed>, EngineError> {
        let completed = proofs.iter().map(|proven| self.complete_one(proven)).collect::<io::Result<_>>();
        completed.map_err(|error| failed("to store proofs", &error))
    }

    fn reject(&mut self, rejections: &[Rejection]) -> Result<(), EngineError> {
        let noted = rejections.iter().try_for_each(|rejection| self.note(rejection));
        noted.map_err(|error| failed("to note rejections", &error))
    }

    fn rejected(&mut self, items: &[SealDigest]) -> Result<Vec<bool>, EngineError> {
        let folder = self.folder.join(REJECTED);
        let looked = items.iter().map(|item| folder.join(item.to_string()).try_exists()).collect::<io::Result<_>>();
        // Whoever wrote a name that was seen may not have come to making it durable.
        let rejected = looked.and_then(|rejected| sync_folder(&folder).map(|()| rejected));
        rejected.map_err(|error| failed("for rejections", &error))
    }

    fn batch_number(&mut self) -> Result<u64, EngineError> {
        self.number().map_err(|error| failed("for the number of a batch", &error))
    }
}

fn failed(doing: &'static str, error: &io::Error) -> EngineError {
    match error.kind() {
        ErrorKind::InvalidData => EngineError::new(ENGINE, doing, Fault::Unfit),
        _ => EngineError::of_io(ENGINE, doing, error),
    }
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.len() > MAX_FILE => return Err(ErrorKind::InvalidData.into()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Other systems have no such call, and write names with the files.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
