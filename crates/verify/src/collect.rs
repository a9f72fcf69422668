//! Files and folders, and which of the files belong together.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use recommande::PayloadDigests;
use recommande::crypto::Digest;
use recommande::evidence::EvidenceIdentifier;

use crate::arguments::Arguments;
use crate::error::Error;
use crate::files::{self, GivenPayload};
use crate::kind::{Kind, Names, Seen, is_container, look};
use crate::question::{Followed, Given, Payload, Question};
use crate::settings::Settings;

/// How many steps led to an event at the most.
const STEPS: usize = 64;

/// What was found under the arguments.
#[derive(Default)]
pub struct Collected {
    /// The files to be judged, in their order.
    pub questions: Vec<Question>,
    /// Files that could not be read or belong to nothing, with the reason.
    pub errors: Vec<(String, String)>,
    /// How many files of folders are nothing that is judged.
    pub ignored: usize,
}

/// The proofs that were seen, by their names.
#[derive(Default)]
struct Index {
    /// The copies of each proof.
    proofs: HashMap<Vec<u8>, Vec<(PathBuf, Names)>>,
    disclosures: HashMap<[u8; 16], PathBuf>,
}

impl Index {
    fn add(&mut self, path: &Path, seen: &Seen) {
        match seen {
            Seen::Judged(Kind::Proof, Some(names)) => {
                let copies = self.proofs.entry(names.id.as_bytes().to_vec()).or_default();
                copies.push((path.to_owned(), Names::clone(names)));
            }
            Seen::Disclosure(evidence) => {
                self.disclosures.entry(*evidence.as_bytes()).or_insert_with(|| path.to_owned());
            }
            Seen::Judged(_, _) | Seen::Beside | Seen::Other => {}
        }
    }

    fn copies(&self, id: Option<&Digest>) -> &[(PathBuf, Names)] {
        id.and_then(|id| self.proofs.get(id.as_bytes())).map_or(&[], Vec::as_slice)
    }

    fn disclosure(&self, evidence: &EvidenceIdentifier) -> Option<PathBuf> {
        self.disclosures.get(evidence.as_bytes()).cloned()
    }

    fn followed(&self, id: Option<&Digest>) -> Vec<Followed> {
        let followed = |(path, names): &(PathBuf, Names)| Followed {
            file: path.clone(),
            disclosure: self.disclosure(&names.evidence),
            second_seals: beside(&path.with_extension("pq.p7s")),
        };
        self.copies(id).iter().map(followed).collect()
    }

    /// The steps that led to an event, the earliest first.
    fn causes(&self, names: &Names) -> Vec<Followed> {
        let mut steps = Vec::new();
        let mut cause = names.cause;
        while let Some((path, names)) = self.copies(cause.as_ref()).first().filter(|_| steps.len() < STEPS) {
            steps.push(Followed {
                file: path.clone(),
                disclosure: None,
                second_seals: beside(&path.with_extension("pq.p7s")),
            });
            cause = names.cause;
        }
        steps.reverse();
        steps
    }
}

fn beside(path: &Path) -> Vec<PathBuf> {
    if path.exists() { vec![path.to_owned()] } else { Vec::new() }
}

/// Looks at all files that the arguments name.
pub fn collect(arguments: &Arguments, settings: &Arc<Settings>) -> Result<Collected, Error> {
    let mut collected = Collected::default();
    let (mut index, mut judged) = (Index::default(), Vec::new());
    for path in &arguments.preceding {
        index.add(path, &look(path, &files::octets(path)?));
    }
    for path in &arguments.disclosures {
        let seen = look(path, &files::octets(path)?);
        if !matches!(seen, Seen::Disclosure(_)) {
            return Err(Error::Content { path: path.clone(), what: "this is no disclosure".to_owned() });
        }
        index.add(path, &seen);
    }
    let mut seen_paths = BTreeSet::new();
    for path in &arguments.paths {
        let found = if path.is_dir() { Found::below(path) } else { Found::single(path) };
        for error in found.errors {
            collected.errors.push((shown(path), error));
        }
        for file in found.files {
            if !seen_paths.insert(file.clone()) {
                continue;
            }
            if is_container(&file) {
                judged.push((file, Kind::Dossier, None));
                continue;
            }
            let octets = match files::octets(&file) {
                Ok(octets) => octets,
                Err(error) => {
                    collected.errors.push((shown(&file), error.to_string()));
                    continue;
                }
            };
            let seen = look(&file, &octets);
            index.add(&file, &seen);
            match seen {
                Seen::Judged(kind, names) => judged.push((file, kind, names)),
                Seen::Beside | Seen::Disclosure(_) | Seen::Other if found.is_folder => collected.ignored += 1,
                Seen::Beside => {
                    let what = "this is judged with the proof that it lies beside: name that";
                    collected.errors.push((shown(&file), what.to_owned()));
                }
                Seen::Disclosure(_) => {}
                Seen::Other => {
                    let what = "this is no proof, signature, timestamp, evidence record or printed code";
                    collected.errors.push((shown(&file), what.to_owned()));
                }
            }
        }
    }
    let mut payloads = Payloads::of(arguments)?;
    for (file, kind, names) in judged {
        // A record beside a proof or a statement is judged with that.
        if kind == Kind::EvidenceRecord && arguments.data.is_empty() && is_beside(&file) {
            collected.ignored += 1;
            continue;
        }
        let given = given(arguments, &index, &mut payloads, &file, kind, names.as_deref());
        collected.questions.push(Question { name: shown(&file), file, kind, given, settings: Arc::clone(settings) });
    }
    for path in payloads.unused() {
        collected.errors.push((shown(path), "no proof is about this payload".to_owned()));
    }
    Ok(collected)
}

/// Tells if a record lies beside what it is over: `NAME.p7m.ers`, or `NAME.ers` beside the statement `NAME.json`.
fn is_beside(record: &Path) -> bool {
    record.with_extension("").exists() || record.with_extension("json").exists()
}

fn given(
    arguments: &Arguments,
    index: &Index,
    payloads: &mut Payloads,
    file: &Path,
    kind: Kind,
    names: Option<&Names>,
) -> Given {
    let (sending, original) = (names.and_then(|names| names.sending), names.and_then(|names| names.original));
    let mut record = file.as_os_str().to_owned();
    record.push(".ers");
    Given {
        payload: payloads.of_proof(names),
        sending: index.followed(sending.as_ref()),
        causes: names.map(|names| index.causes(names)).unwrap_or_default(),
        original: index.followed(original.as_ref()),
        disclosure: names.and_then(|names| index.disclosure(&names.evidence)),
        second_seals: beside(&file.with_extension("pq.p7s")),
        submission: None,
        seal: beside(&file.with_file_name("seal.p7m")).pop().filter(|_| kind == Kind::Statement),
        data: arguments.data.clone(),
        request: None,
        records: beside(Path::new(&record)),
        log_proofs: beside(&file.with_extension("tlog-proof")),
    }
}

/// The payloads of the arguments.
enum Payloads {
    /// None, or one for all files.
    All(Payload),
    /// Several, each for the proofs that are about it.
    Several(Vec<(PathBuf, PayloadDigests, bool)>),
}

impl Payloads {
    fn of(arguments: &Arguments) -> Result<Self, Error> {
        if let Some(text) = &arguments.payload_digest {
            return Ok(Self::All(Payload::Digests(vec![files::digest(text)?])));
        }
        match arguments.payloads.as_slice() {
            [] => Ok(Self::All(Payload::NotAvailable)),
            [path] => {
                // A file that cannot be read is told once.
                std::fs::File::open(path).map_err(Error::of(path))?;
                Ok(Self::All(Payload::File(path.clone())))
            }
            several => {
                let hashed = |path: &PathBuf| Ok((path.clone(), GivenPayload::of_file(path)?.digests(), false));
                several.iter().map(hashed).collect::<Result<_, Error>>().map(Self::Several)
            }
        }
    }

    /// Returns the payload that a proof is about.
    fn of_proof(&mut self, names: Option<&Names>) -> Payload {
        match self {
            Self::All(payload) => payload.clone(),
            Self::Several(payloads) => {
                let content = names.map_or(&[][..], |names| &names.content);
                let is_about = |digests: &PayloadDigests| digests.iter().any(|digest| content.contains(digest));
                match payloads.iter_mut().find(|(_, digests, _)| is_about(digests)) {
                    Some((path, _, is_used)) => {
                        *is_used = true;
                        Payload::File(path.clone())
                    }
                    None => Payload::NotAvailable,
                }
            }
        }
    }

    fn unused(&self) -> impl Iterator<Item = &PathBuf> {
        let several = match self {
            Self::All(_) => &[][..],
            Self::Several(payloads) => payloads.as_slice(),
        };
        several.iter().filter(|(_, _, is_used)| !is_used).map(|(path, _, _)| path)
    }
}

/// The files under an argument.
struct Found {
    files: Vec<PathBuf>,
    errors: Vec<String>,
    is_folder: bool,
}

impl Found {
    fn single(path: &Path) -> Self {
        Self { files: vec![path.to_owned()], errors: Vec::new(), is_folder: false }
    }

    /// Lists a folder and the folders in it, in the order of their names. Links are not followed: one could lead back.
    fn below(path: &Path) -> Self {
        let (mut files, mut errors) = (Vec::new(), Vec::new());
        let mut open = vec![path.to_owned()];
        while let Some(folder) = open.pop() {
            let listed = std::fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let mut listed = match listed {
                Ok(listed) => listed,
                Err(error) => {
                    errors.push(Error::of(&folder)(error).to_string());
                    continue;
                }
            };
            listed.sort_by_key(std::fs::DirEntry::file_name);
            let mut folders = Vec::new();
            for entry in listed {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(kind) if kind.is_file() => files.push(entry.path()),
                    Ok(_) => {}
                    Err(error) => errors.push(Error::of(&entry.path())(error).to_string()),
                }
            }
            open.extend(folders.into_iter().rev());
        }
        Self { files, errors, is_folder: true }
    }
}

/// The name of a file on one line.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
