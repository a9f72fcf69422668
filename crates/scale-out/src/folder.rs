//! Seals and proofs in a folder, for tests, for one machine, and where machines share a file system that has links.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use chrono::DateTime;
use recommande::evidence::EvidenceIdentifier;

use crate::engine_error::{EngineError, Fault};
use crate::key::Key;
use crate::reason::Rejection;
use crate::store::{Completed, Inserted, Proven, SealDigest, Store, Stored};

/// The name of the engine in errors.
const ENGINE: &str = "the folder of proofs";

/// The endings of the files of a key.
const SEAL: &str = "seal";
const PROOF: &str = "proof";

/// The largest file that is read, in octets: the seal of a batch with a million leaves has less.
const MAX_FILE: u64 = 1 << 26;

/// Keeps seals and proofs in a folder: `XX/KEY.seal`, then `XX/KEY.proof`, where XX are the last two characters of the key. What
/// was rejected is in `rejected`, a file for each, with its reason.
///
/// A file gets its name by a link, which the system makes only where there is none, so that any number of processes may share
/// the folder. Files and names are durable before a function returns.
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
        for name in ["new", "rejected", "numbers"] {
            store.make(name).map_err(|error| failed(doing, &error))?;
        }
        Ok(store)
    }

    /// Returns the proof of a key, if there is one.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn proof(&self, key: &Key) -> Result<Option<Vec<u8>>, EngineError> {
        self.read(key, PROOF).map_err(|error| failed("for a proof", &error))
    }

    fn make(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.folder.join(name);
        if !path.is_dir() {
            fs::create_dir_all(&path)?;
            sync_folder(&self.folder)?;
        }
        Ok(path)
    }

    fn path(&self, key: &Key, ending: &str) -> (String, PathBuf) {
        let name = key.to_string();
        let shard: String = name.chars().skip(name.len().saturating_sub(2)).collect();
        let path = self.folder.join(&shard).join(format!("{name}.{ending}"));
        (shard, path)
    }

    fn read(&self, key: &Key, ending: &str) -> io::Result<Option<Vec<u8>>> {
        read(&self.path(key, ending).1)
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

    /// Gives octets a name, if nobody has it.
    fn link(&mut self, octets: &[u8], to: &Path) -> io::Result<bool> {
        self.written += 1;
        let new = self.folder.join("new").join(format!("{}-{}", self.own, self.written));
        let mut file = OpenOptions::new().create_new(true).write(true).open(&new)?;
        let linked = file.write_all(octets).and_then(|()| file.sync_all()).and_then(|()| fs::hard_link(&new, to));
        // Whatever happened, the name that nobody looks for goes.
        let removed = fs::remove_file(&new);
        match linked {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            linked => linked.and(removed).map(|()| true),
        }
    }

    fn insert(&mut self, key: &Key, seal: &[u8]) -> io::Result<Inserted> {
        let (shard, path) = self.path(key, SEAL);
        let folder = self.make(&shard)?;
        let is_ours = self.link(seal, &path)?;
        sync_folder(&folder)?;
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
        let stored = self.stored(key)?;
        stored.map(Inserted::Theirs).ok_or_else(|| io::Error::from(ErrorKind::NotFound))
    }

    fn complete_one(&mut self, proven: &Proven) -> io::Result<Completed> {
        let digest = match self.stored(&proven.key)? {
            Some(Stored::Seal(seal)) => SealDigest::of(&seal),
            Some(Stored::Proof(_)) => return Ok(Completed::Before),
            None => return Ok(Completed::OtherSeal),
        };
        if digest != proven.seal {
            return Ok(Completed::OtherSeal);
        }
        let (shard, path) = self.path(&proven.key, PROOF);
        let is_ours = self.link(&proven.proof, &path)?;
        sync_folder(&self.folder.join(shard))?;
        remove(&self.path(&proven.key, SEAL).1)?;
        Ok(if is_ours { Completed::Now } else { Completed::Before })
    }

    fn note(&mut self, rejection: &Rejection) -> io::Result<()> {
        let folder = self.folder.join("rejected");
        let identifier = rejection.evidence_identifier.map_or("-".to_owned(), |id| Key::Item(id).to_string());
        let text = format!("{} {identifier}\n", rejection.reason);
        self.link(text.as_bytes(), &folder.join(rejection.item.to_string()))?;
        sync_folder(&folder)
    }

    fn number(&self) -> io::Result<u64> {
        let folder = self.folder.join("numbers");
        let mut last = 0_u64;
        for entry in fs::read_dir(&folder)? {
            let name = entry?.file_name();
            last = name.to_str().and_then(|name| name.parse().ok()).unwrap_or(0).max(last);
        }
        loop {
            last += 1;
            match OpenOptions::new().create_new(true).write(true).open(folder.join(last.to_string())) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => {
                    made?.sync_all()?;
                    sync_folder(&folder)?;
                    remove(&folder.join(last.saturating_sub(KEPT_NUMBERS).to_string()))?;
                    return Ok(last);
                }
            }
        }
    }
}

impl Store for FolderStore {
    fn get(&mut self, keys: &[Key]) -> Result<Vec<Option<Stored>>, EngineError> {
        let stored = keys.iter().map(|key| self.stored(key)).collect::<io::Result<_>>();
        stored.map_err(|error| failed("for seals", &error))
    }

    fn insert_if_absent(&mut self, seals: &[(Key, Vec<u8>)]) -> Result<Vec<Inserted>, EngineError> {
        let inserted = seals.iter().map(|(key, seal)| self.insert(key, seal)).collect::<io::Result<_>>();
        inserted.map_err(|error| failed("to insert seals", &error))
    }

    fn complete(&mut self, proofs: Vec<Proven>) -> Result<Vec<Completed>, EngineError> {
        let completed = proofs.iter().map(|proven| self.complete_one(proven)).collect::<io::Result<_>>();
        completed.map_err(|error| failed("to store proofs", &error))
    }

    fn reject(&mut self, rejections: &[Rejection]) -> Result<(), EngineError> {
        let noted = rejections.iter().try_for_each(|rejection| self.note(rejection));
        noted.map_err(|error| failed("to note rejections", &error))
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
