//! Files and folders, and which of the files belong together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use recommande::crypto::Digest;
use recommande::evidence::EvidenceIdentifier;

use crate::arguments::Arguments;
use crate::case;
use crate::companion::Companion;
use crate::error::Error;
use crate::files::shown;
use crate::folder;
use crate::kind::{Attested, BATCH_SEAL, Kind, Names, Seen, StatedSubmission, look_at, signed_submission};
use crate::letters;
use crate::payloads::Payloads;
use crate::question::{Followed, Given, Payload, Question, Submission, Told, beside, record_beside};
use crate::settings::Settings;
use crate::threads;

/// How many steps led to an event at the most.
const STEPS: usize = 64;

/// How many copies of a file are kept. Each costs as much as the proof that is judged with it.
const COPIES: usize = 8;

/// What was found under the arguments.
#[derive(Default)]
pub struct Collected {
    /// The files to be judged, in their order.
    pub questions: Vec<Question>,
    /// What was named itself of what lies beside a file, by the place of its question.
    pub companions: BTreeMap<usize, Vec<Companion>>,
    /// What could not be read or belongs to nothing, with the reason.
    pub errors: Vec<(String, String)>,
    /// How many files of folders are nothing that is judged.
    pub ignored: usize,
}

impl Collected {
    fn error(&mut self, path: &Path, error: &str) {
        self.errors.push((shown(path), error.to_owned()));
    }
}

/// A file to be judged, before it is put beside what belongs to it.
struct Asked {
    /// Its place among all.
    place: usize,
    file: PathBuf,
    kind: Kind,
    names: Option<Arc<Names>>,
}

/// The proofs, disclosures and submissions that were seen, by their names.
#[derive(Default)]
struct Index {
    /// Whether somebody judges submissions: without anchors of senders they are no part of anything.
    senders: Senders,
    proofs: HashMap<Vec<u8>, Vec<(PathBuf, Arc<Names>)>>,
    disclosures: HashMap<[u8; 16], Vec<PathBuf>>,
    submissions: HashMap<Vec<u8>, Vec<PathBuf>>,
    /// The submissions under the paths that no sending states, by their message.
    not_stated: HashMap<String, Vec<PathBuf>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Senders {
    Judged,
    #[default]
    NotEvaluated,
}

impl Index {
    fn of(settings: &Settings) -> Self {
        let senders = if settings.senders.is_some() { Senders::Judged } else { Senders::NotEvaluated };
        Self { senders, ..Self::default() }
    }

    fn add(&mut self, path: &Path, seen: &Seen) {
        match seen {
            Seen::Judged(Kind::Proof | Kind::Statement, Some(names)) => {
                let copies = self.proofs.entry(names.id.as_bytes().to_vec()).or_default();
                if copies.len() < COPIES {
                    copies.push((path.to_owned(), Arc::clone(names)));
                }
            }
            Seen::Disclosure(evidence) => {
                let copies = self.disclosures.entry(*evidence.as_bytes()).or_default();
                if copies.len() < COPIES {
                    copies.push(path.to_owned());
                }
            }
            Seen::Submission(Ok(stated)) => {
                let copies = self.submissions.entry(stated.digest.as_bytes().to_vec()).or_default();
                if copies.len() < COPIES {
                    copies.push(path.to_owned());
                }
            }
            Seen::Judged(_, _) | Seen::Beside | Seen::Submission(Err(_)) | Seen::Extract | Seen::Other => {}
        }
    }

    /// Keeps which submissions are about one message, of those that no sending states.
    fn submissions_by_message(&mut self, found: Vec<(PathBuf, StatedSubmission)>) {
        if found.is_empty() {
            return;
        }
        let proofs = self.proofs.values().flatten();
        let stated: HashSet<Vec<u8>> =
            proofs.filter_map(|(_, names)| Some(names.submission?.as_bytes().to_vec())).collect();
        for (path, StatedSubmission { digest, message }) in found {
            let copies = self.not_stated.entry(message.as_str().to_owned()).or_default();
            if copies.len() < COPIES && !stated.contains(digest.as_bytes()) {
                copies.push(path);
            }
        }
    }

    /// Returns the proofs of this name that attest what is followed.
    fn copies(&self, attested: Attested, id: Option<Digest>) -> impl Iterator<Item = &(PathBuf, Arc<Names>)> {
        let copies = id.and_then(|id| self.proofs.get(id.as_bytes())).into_iter().flatten();
        copies.filter(move |(_, names)| names.attested == attested)
    }

    fn disclosures(&self, evidence: &EvidenceIdentifier) -> Vec<PathBuf> {
        self.disclosures.get(evidence.as_bytes()).cloned().unwrap_or_default()
    }

    fn followed(&self, attested: Attested, id: Option<Digest>) -> Vec<Followed> {
        self.copies(attested, id).map(|(path, names)| self.with_beside(path, names)).collect()
    }

    /// A proof with what lies beside it.
    fn with_beside(&self, path: &Path, names: &Names) -> Followed {
        let found = Followed::beside(path.to_owned());
        Followed { disclosures: self.disclosures(&names.evidence), submissions: self.submissions(names, None), ..found }
    }

    /// The copies of the submission that a sending states. Where there is none, those are taken that are about its message and that no sending
    /// states, and where one proof is judged with one submission `alone`, that one: a signature that was changed has another digest, and the verdict
    /// says that it is another one.
    fn submissions(&self, names: &Names, alone: Option<&Path>) -> Vec<Submission> {
        if self.senders == Senders::NotEvaluated || names.attested != Attested::Sending {
            return Vec::new();
        }
        // To a sending that states none, nothing is compared.
        let Some(digest) = names.submission else { return Vec::new() };
        let copies = self.submissions.get(digest.as_bytes()).or_else(|| self.not_stated.get(names.message.as_str()));
        let copies = copies.filter(|copies| !copies.is_empty()).cloned();
        let copies = copies.unwrap_or_else(|| alone.map(Path::to_owned).into_iter().collect());
        copies.into_iter().map(|json| Submission { signature: json.with_extension("p7s"), json }).collect()
    }

    /// The copies of the steps that led to an event, the earliest step first.
    fn causes(&self, names: &Names) -> Vec<Vec<Followed>> {
        let mut steps = Vec::new();
        let mut cause = names.cause;
        while let Some((_, names)) = self.copies(Attested::Step, cause).next().filter(|_| steps.len() < STEPS) {
            steps.push(self.followed(Attested::Step, cause));
            cause = names.cause;
        }
        steps.reverse();
        steps
    }
}

/// Looks at all files that the arguments name.
///
/// # Errors
/// What keeps all files from being judged: a file of an option that cannot be read, or is not what the option takes.
pub fn collect(arguments: &Arguments, settings: &Arc<Settings>, now: DateTime<Utc>) -> Result<Collected, Error> {
    let (mut collected, mut index) = (Collected::default(), Index::of(settings));
    let mut preceding = Vec::new();
    for path in &arguments.preceding {
        let seen = look_at(path)?;
        if !matches!(seen, Seen::Judged(Kind::Proof | Kind::Statement, Some(_))) {
            return Err(Error::Content { path: path.clone(), what: "this is no proof that can be read".to_owned() });
        }
        index.add(path, &seen);
        if let Seen::Judged(_, Some(names)) = seen {
            preceding.push((path.clone(), names));
        }
    }
    for path in &arguments.disclosures {
        let seen = look_at(path)?;
        if !matches!(seen, Seen::Disclosure(_)) {
            return Err(Error::Content { path: path.clone(), what: "this is no disclosure".to_owned() });
        }
        index.add(path, &seen);
    }
    for path in &arguments.submissions {
        let signed = signed_submission(path, &path.with_extension("p7s"))?;
        index.add(path, &Seen::Submission(Ok(StatedSubmission::of(&signed))));
    }
    let Looked { asked, lying, signatures, by_option, folders } = looked(arguments, &mut collected, &mut index);
    let mut payloads = Payloads::of(arguments)?;
    let letters = if arguments.cases { letters(&index, &asked, &preceding) } else { Vec::new() };
    // A record beside a proof is judged with that. So are the signatures of submissions and of extracts, by other anchors.
    let (with_others, asked): (Vec<_>, Vec<_>) = asked.into_iter().partition(|asked| match asked.kind {
        Kind::EvidenceRecord => true,
        Kind::Signature => signatures.contains(&asked.file),
        Kind::Proof
        | Kind::Statement
        | Kind::PayloadSignature
        | Kind::Timestamp
        | Kind::Code
        | Kind::Dossier
        | Kind::Case => false,
    });
    let question = |Asked { file, kind, .. }: Asked, given: Given| Question {
        name: shown(&file),
        file,
        kind,
        given,
        settings: Arc::clone(settings),
        now,
        told: Told::Once,
    };
    let named: HashSet<&PathBuf> = arguments.paths.iter().collect();
    let (mut places, mut companions) = (Vec::new(), HashMap::new());
    let alone = match (asked.as_slice(), arguments.preceding.as_slice()) {
        ([_], [sending]) => Some(sending.as_path()),
        ([..], [..]) => None,
    };
    let alone_submission = match (asked.as_slice(), arguments.submissions.as_slice()) {
        ([_], [submission]) => Some(submission.as_path()),
        ([..], [..]) => None,
    };
    for asked in asked {
        let names = asked.names.as_deref();
        // One of the parts of a letter is compared with the proof.
        let (payload, _) = payloads.of_file(&asked.file, asked.kind, names)?;
        let mut given = given(arguments, &index, payload, &asked, alone);
        given.submissions = names.map(|names| index.submissions(names, alone_submission)).unwrap_or_default();
        let beside = Companion::named(&given, |path| named.contains(path), shown);
        if !beside.is_empty() {
            companions.insert(asked.file.clone(), beside);
        }
        places.push(asked.place);
        collected.questions.push(question(asked, given));
    }
    let with_files = collected.questions.iter().flat_map(|question| question.given.used());
    // A letter tells nothing of what does not verify. A given proof is not judged itself, so that a file has to follow it.
    let preceding: BTreeSet<&PathBuf> = arguments.preceding.iter().collect();
    let in_letters = letters.iter().flat_map(|(_, given)| &given.proofs);
    let with_letters = in_letters.filter(|proof| !preceding.contains(&proof.file)).flat_map(Followed::used);
    let used: BTreeSet<PathBuf> = with_files.chain(with_letters).cloned().collect();
    for asked in with_others {
        let (is_named, is_used) = (named.contains(&asked.file), used.contains(&asked.file));
        // A record that somebody names is judged by itself too, over the file beside which it lies. That of a statement decides on the proof.
        let over = asked.file.with_extension("");
        let is_asked = is_named && is_used && asked.kind == Kind::EvidenceRecord && over.is_file();
        if (is_used && !is_asked) || (asked.kind == Kind::Signature && !is_named) {
            collected.ignored += 1;
            continue;
        }
        let mut payload = || payloads.of_file(&asked.file, asked.kind, asked.names.as_deref());
        // A new hash tree may leave out what the first one was over, so that each that the record is about is an object.
        let objects = |(payload, others): (Payload, Vec<PathBuf>)| {
            let data = arguments.data.iter().cloned().chain(others).collect();
            Given { data, payload, ..Given::default() }
        };
        let given = match asked.kind {
            Kind::EvidenceRecord if is_asked => Given { data: vec![over], ..Given::default() },
            Kind::EvidenceRecord => objects(payload()?),
            // Who names the signature of a submission alone has it judged as one.
            Kind::Signature
            | Kind::Proof
            | Kind::Statement
            | Kind::PayloadSignature
            | Kind::Timestamp
            | Kind::Code
            | Kind::Dossier
            | Kind::Case => given(arguments, &index, payload()?.0, &asked, None),
        };
        places.push(asked.place);
        collected.questions.push(question(asked, given));
    }
    let mut placed: Vec<(usize, Question)> = places.into_iter().zip(collected.questions).collect();
    placed.sort_by_key(|(place, _)| *place);
    collected.questions = placed.into_iter().map(|(_, question)| question).collect();
    let by_place = collected.questions.iter().enumerate();
    collected.companions = by_place.filter_map(|(place, of)| Some((place, companions.remove(&of.file)?))).collect();
    for (message, given) in letters {
        let Some(first) = given.proofs.first() else { continue };
        let (file, settings, told) = (first.file.clone(), Arc::clone(settings), Told::OfLetters);
        collected.questions.push(Question { name: message, file, kind: Kind::Case, given, settings, now, told });
    }
    tell_empty(&mut collected, &folders, &used, &lying, &by_option);
    for path in lying {
        if used.contains(&path) {
            collected.ignored += 1;
        } else {
            collected.error(&path, by_option.get(&path).unwrap_or(&"this lies beside no file that is judged"));
        }
    }
    unused(arguments, &mut collected, &used, &payloads);
    Ok(collected)
}

/// Tells the folders with nothing that is judged or used beside what is judged. What lies in one beside nothing is told of itself.
fn tell_empty(
    collected: &mut Collected,
    folders: &[PathBuf],
    used: &BTreeSet<PathBuf>,
    lying: &[PathBuf],
    by_option: &BTreeMap<PathBuf, &str>,
) {
    if folders.is_empty() {
        return;
    }
    let judged = collected.questions.iter().map(|question| question.file.as_path());
    let serving: BTreeSet<&Path> = judged.chain(used.iter().chain(lying).map(PathBuf::as_path)).collect();
    fn from(folder: &Path) -> (Bound<&Path>, Bound<&Path>) {
        (Bound::Included(folder), Bound::Unbounded)
    }
    let serves =
        |folder: &Path| serving.range::<Path, _>(from(folder)).next().is_some_and(|path| path.starts_with(folder));
    let empty: Vec<&PathBuf> = folders.iter().filter(|folder| !serves(folder)).collect();
    for folder in empty {
        let first = by_option.range::<Path, _>(from(folder)).next();
        let option = first.filter(|(path, _)| path.starts_with(folder)).map(|(_, option)| format!(": {option}"));
        collected.error(folder, &format!("{NOTHING_IN_IT}{}", option.unwrap_or_default()));
    }
}

/// The proofs that are judged together, each group under the name of a message, with the proofs that are not judged by themselves. Those alone make
/// no letter: nobody asked about them.
fn letters(index: &Index, asked: &[Asked], preceding: &[(PathBuf, Arc<Names>)]) -> Vec<(String, Given)> {
    let proofs = asked.iter().filter(|asked| matches!(asked.kind, Kind::Proof | Kind::Statement));
    let proofs = proofs.filter_map(|asked| Some((asked.file.as_path(), asked.names.as_deref()?)));
    let mut proofs: Vec<(&Path, &Names)> = proofs.collect();
    let asked = proofs.len();
    proofs.extend(preceding.iter().map(|(path, names)| (path.as_path(), names.as_ref())));
    let names: Vec<&Names> = proofs.iter().map(|(_, names)| *names).collect();
    let groups = letters::groups(&names).into_iter().filter(|group| group.iter().any(|place| *place < asked));
    let given = |group: Vec<usize>| {
        let group = || group.iter().filter_map(|place| proofs.get(*place));
        let first = group().map(|(_, names)| names.message.as_str()).min().unwrap_or_default();
        let proofs = group().map(|(path, names)| index.with_beside(path, names)).collect();
        (case::name(first), Given { proofs, ..Given::default() })
    };
    groups.map(given).collect()
}

/// What was found under the paths.
#[derive(Default)]
struct Looked {
    /// The files to be judged.
    asked: Vec<Asked>,
    /// Those that lie beside such a file.
    lying: Vec<PathBuf>,
    /// The signatures of submissions and of extracts, of every copy.
    signatures: BTreeSet<PathBuf>,
    /// What is judged by an option alone, with the words that say so.
    by_option: BTreeMap<PathBuf, &'static str>,
    /// The folders in which everything could be read, and nothing is judged for certain.
    folders: Vec<PathBuf>,
}

/// Looks at the files and folders.
fn looked(arguments: &Arguments, collected: &mut Collected, index: &mut Index) -> Looked {
    let Looked { mut asked, mut lying, mut signatures, mut by_option, mut folders } = Looked::default();
    let (mut paths, mut submissions) = (BTreeSet::new(), Vec::new());
    for argument in &arguments.paths {
        let (is_folder, errors_before, asked_before) = (argument.is_dir(), collected.errors.len(), asked.len());
        let (mut files, errors) =
            if is_folder { folder::files(argument) } else { (vec![argument.clone()], Vec::new()) };
        errors.iter().for_each(|(path, error)| collected.error(path, error));
        files.retain(|file| paths.insert(file.clone()));
        for window in files.chunks(threads::WINDOW) {
            let seen = threads::in_order(window, threads::count(arguments), |file| look_at(file));
            for (file, seen) in window.iter().zip(seen) {
                let seen = match seen {
                    Ok(seen) => seen,
                    Err(error) => {
                        collected.error(file, &error.to_string());
                        continue;
                    }
                };
                index.add(file, &seen);
                if matches!(seen, Seen::Submission(Ok(_)) | Seen::Extract) {
                    signatures.insert(file.with_extension("p7s"));
                }
                if let Some(option) = only_by_option(&seen, index.senders) {
                    by_option.insert(file.clone(), option);
                }
                if let Seen::Submission(Ok(stated)) = &seen {
                    submissions.push((file.clone(), stated.clone()));
                }
                match seen {
                    Seen::Submission(Err(error)) if !is_folder || index.senders == Senders::Judged => {
                        collected.error(file, &error);
                    }
                    Seen::Judged(kind, names) => {
                        asked.push(Asked { place: asked.len(), file: file.clone(), kind, names });
                    }
                    Seen::Beside => lying.push(file.clone()),
                    Seen::Disclosure(_) | Seen::Submission(_) | Seen::Extract | Seen::Other if is_folder => {
                        collected.ignored += 1
                    }
                    // One that fits nothing lies beside nothing.
                    Seen::Disclosure(_) | Seen::Submission(Ok(_)) | Seen::Extract => lying.push(file.clone()),
                    Seen::Submission(Err(_)) | Seen::Other => collected.error(file, NOTHING),
                }
            }
        }
        let mut of_it = asked.iter().skip(asked_before);
        let is_open = of_it.all(|asked| matches!(asked.kind, Kind::EvidenceRecord | Kind::Signature));
        if is_folder && is_open && collected.errors.len() == errors_before {
            folders.push(argument.clone());
        }
    }
    index.submissions_by_message(submissions);
    Looked { asked, lying, signatures, by_option, folders }
}

/// What is told of a file that somebody named, or whose folder, where an option would have it judged.
fn only_by_option(seen: &Seen, senders: Senders) -> Option<&'static str> {
    match (seen, senders) {
        (Seen::Submission(_), Senders::NotEvaluated) => Some("submissions are judged only with --sender-anchors"),
        (Seen::Extract, Senders::Judged | Senders::NotEvaluated) => {
            Some("extracts of registers are judged only by --register-extract")
        }
        (Seen::Submission(_), Senders::Judged)
        | (Seen::Judged(..) | Seen::Beside | Seen::Disclosure(_) | Seen::Other, _) => None,
    }
}

/// What is told of a folder or a manifest with nothing to be judged.
pub const NOTHING_IN_IT: &str = "nothing in it can be judged";

/// What is told of a file that somebody named and that is nothing of what is judged.
const NOTHING: &str = "this is no proof, signature, timestamp, evidence record, dossier or printed code";

fn given(arguments: &Arguments, index: &Index, payload: Payload, asked: &Asked, alone: Option<&Path>) -> Given {
    let Asked { file, kind, names, .. } = asked;
    let names = names.as_deref();
    let is_statement = *kind == Kind::Statement;
    // What a kind does not read lies beside no file that is judged.
    let (has_companions, has_record) = match kind {
        Kind::Proof | Kind::Code => (true, true),
        Kind::Statement => (true, false),
        Kind::PayloadSignature | Kind::Signature => (false, true),
        Kind::Timestamp | Kind::EvidenceRecord | Kind::Dossier | Kind::Case => (false, false),
    };
    let only = |is_read: bool, paths: Vec<PathBuf>| if is_read { paths } else { Vec::new() };
    Given {
        payload,
        sending: sending(index, names, alone),
        causes: names.map(|names| index.causes(names)).unwrap_or_default(),
        original: index.followed(Attested::Sending, names.and_then(|names| names.original)),
        disclosures: names.map(|names| index.disclosures(&names.evidence)).unwrap_or_default(),
        second_seals: only(has_companions, beside(&file.with_extension("pq.p7s"))),
        submissions: Vec::new(),
        seal: is_statement.then(|| file.with_file_name(BATCH_SEAL)).and_then(|path| beside(&path).pop()),
        record: is_statement.then(|| file.with_extension("ers")).and_then(|path| beside(&path).pop()),
        data: if *kind == Kind::Timestamp { arguments.data.clone() } else { Vec::new() },
        request: None,
        records: only(has_record, record_beside(file)),
        log_proofs: only(has_companions, beside(&file.with_extension("tlog-proof"))),
        proofs: Vec::new(),
    }
}

/// The copies of the sending that a proof follows. Where one proof `alone` is judged with one sending, that is taken, whatever the proof
/// names: the verdict says that it is another one.
fn sending(index: &Index, names: Option<&Names>, alone: Option<&Path>) -> Vec<Followed> {
    let Some(named) = names.and_then(|names| names.sending) else { return Vec::new() };
    let copies = index.followed(Attested::Sending, Some(named));
    if !copies.is_empty() {
        return copies;
    }
    let given = index.proofs.values().flatten().find(|(path, _)| Some(path.as_path()) == alone);
    given.map(|(_, names)| index.followed(Attested::Sending, Some(names.id))).unwrap_or_default()
}

/// Tells what was given and serves no file: whoever gave it wants it compared.
fn unused(arguments: &Arguments, collected: &mut Collected, used: &BTreeSet<PathBuf>, payloads: &Payloads) {
    let given =
        arguments.preceding.iter().chain(&arguments.disclosures).chain(&arguments.submissions).chain(&arguments.data);
    let is_used = |path: &PathBuf| {
        used.contains(path) || collected.questions.iter().any(|question| question.given.data.contains(path))
    };
    let unused: Vec<PathBuf> = given.filter(|path| !is_used(path)).cloned().collect();
    for path in unused {
        collected.error(&path, "no file that is judged is about this");
    }
    for path in payloads.unused(&collected.questions) {
        collected.error(&path, "no file that is judged is about this payload");
    }
}
