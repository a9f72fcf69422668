//! A file to be judged, and what is given with it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use recommande::crypto::Digest;

use crate::error::Error;
use crate::files::GivenPayload;
use crate::kind::{BATCH_SEAL, Kind, is_beside_record};
use crate::settings::Settings;

/// A file to be judged.
#[derive(Clone, Debug)]
pub struct Question {
    /// The name under which it is reported.
    pub name: String,
    pub file: PathBuf,
    pub kind: Kind,
    pub given: Given,
    pub settings: Arc<Settings>,
    /// The time as of which it is judged.
    pub now: DateTime<Utc>,
    pub told: Told,
}

/// What is judged, or its name and why it is not.
pub type Named = Result<Question, (String, Error)>;

/// How it is told what came of a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Told {
    /// Once, under the name of the question.
    #[default]
    Once,
    /// For each letter under the name of its message. What does not verify was told of the files.
    OfLetters,
}

/// What is given with a file. Each list is in the order in which the library takes it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub payload: Payload,
    /// The copies of the proof of sending that this proof follows.
    pub sending: Vec<Followed>,
    /// The copies of each step that led to the event, the earliest step first.
    pub causes: Vec<Vec<Followed>>,
    /// The copies of the letter that a reply names.
    pub original: Vec<Followed>,
    /// The copies of the disclosure: of these the first that fits is taken.
    pub disclosures: Vec<PathBuf>,
    pub second_seals: Vec<PathBuf>,
    /// The copies of what the sender signed: of these the first that holds is taken.
    pub submissions: Vec<Submission>,
    /// The seal of the batch of a statement.
    pub seal: Option<PathBuf>,
    /// The evidence record of a statement.
    pub record: Option<PathBuf>,
    /// The data objects of an evidence record, or what a timestamp is about.
    pub data: Vec<PathBuf>,
    /// The request that a timestamp answers.
    pub request: Option<PathBuf>,
    /// Evidence records over the file, and proofs of logs, beside those of the settings.
    pub records: Vec<PathBuf>,
    pub log_proofs: Vec<PathBuf>,
    /// The proofs that are judged together, each with what lies beside it.
    pub proofs: Vec<Followed>,
}

impl Given {
    /// Returns the files that are used beside the one that is judged.
    ///
    /// Second seals and proofs of logs beside a proof that is followed are none of them: no verdict says of one that it does not
    /// hold, unless the policy demands it.
    pub fn used(&self) -> impl Iterator<Item = &PathBuf> {
        let followed = self.sending.iter().chain(&self.original).chain(self.causes.iter().flatten());
        let of_followed = followed.flat_map(Followed::deciding).chain(self.proofs.iter().flat_map(Followed::used));
        let submission = self.submissions.iter().flat_map(Submission::files);
        let payload = match &self.payload {
            Payload::File(file) => Some(&file.path),
            Payload::NotAvailable | Payload::Digests(_) => None,
        };
        let lists = [&self.disclosures, &self.second_seals, &self.data, &self.records, &self.log_proofs];
        lists
            .into_iter()
            .flatten()
            .chain(&self.seal)
            .chain(&self.record)
            .chain(&self.request)
            .chain(payload)
            .chain(submission)
            .chain(of_followed)
    }
}

/// A proof that another one follows, or that is judged with others, with what lies beside it.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    pub file: PathBuf,
    pub disclosures: Vec<PathBuf>,
    pub second_seals: Vec<PathBuf>,
    /// The copies of what the sender of a sending signed.
    pub submissions: Vec<Submission>,
    /// Evidence records over it, and proofs of logs, beside those of the settings.
    pub records: Vec<PathBuf>,
    pub log_proofs: Vec<PathBuf>,
    /// The evidence record and the seal of a statement that is a file of its own, without which it is no proof.
    pub parts: Vec<PathBuf>,
}

impl Followed {
    /// Returns the proof and the files beside it that are judged by themselves, or without which its verdict does not hold.
    fn deciding(&self) -> impl Iterator<Item = &PathBuf> {
        let Self { file, disclosures, submissions, records, parts, second_seals: _, log_proofs: _ } = self;
        disclosures
            .iter()
            .chain(records)
            .chain(parts)
            .chain(submissions.iter().flat_map(Submission::files))
            .chain([file])
    }

    /// Returns the proof and what lies beside it.
    pub fn used(&self) -> impl Iterator<Item = &PathBuf> {
        self.deciding().chain(&self.second_seals).chain(&self.log_proofs)
    }

    /// A file with what lies beside it under its name: its second seal, evidence record and proof of a log.
    pub fn beside(file: PathBuf) -> Self {
        Self {
            second_seals: beside(&file.with_extension("pq.p7s")),
            records: record_beside(&file),
            log_proofs: beside(&file.with_extension("tlog-proof")),
            parts: parts_of(&file),
            file,
            ..Self::default()
        }
    }
}

/// The files beside the statement of an aggregated proof that are parts of it. Any other proof is whole.
fn parts_of(file: &Path) -> Vec<PathBuf> {
    let parts = is_beside_record(file).then(|| [file.with_extension("ers"), file.with_file_name(BATCH_SEAL)]);
    parts.into_iter().flatten().collect()
}

/// The file of this name, if there is one. A link that leads nowhere is one that cannot be read.
pub fn beside(path: &Path) -> Vec<PathBuf> {
    if path.symlink_metadata().is_ok() { vec![path.to_owned()] } else { Vec::new() }
}

/// The evidence record over a whole file, which has the whole name of that (`NAME.p7m.ers`).
pub fn record_beside(path: &Path) -> Vec<PathBuf> {
    let mut record = path.as_os_str().to_owned();
    record.push(".ers");
    beside(Path::new(&record))
}

/// The payload of a proof.
#[derive(Clone, Debug, Default)]
pub enum Payload {
    #[default]
    NotAvailable,
    File(Arc<PayloadFile>),
    Digests(Vec<Digest>),
}

/// A payload in a file, which is read once for all that are about it.
#[derive(Debug)]
pub struct PayloadFile {
    pub path: PathBuf,
    read: OnceLock<GivenPayload>,
}

impl PayloadFile {
    /// Names the file, which is read when it is asked for.
    pub fn new(path: PathBuf) -> Self {
        Self { path, read: OnceLock::new() }
    }

    /// Returns what the file holds.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self) -> Result<&GivenPayload, Error> {
        match self.read.get() {
            Some(read) => Ok(read),
            // Two threads may read it at once, and what one of them read is kept.
            None => GivenPayload::of_file(&self.path).map(|read| self.read.get_or_init(|| read)),
        }
    }
}

/// A submission that lies beside a proof of sending.
#[derive(Clone, Debug)]
pub struct Submission {
    pub json: PathBuf,
    pub signature: PathBuf,
}

impl Submission {
    /// Returns both files.
    pub fn files(&self) -> [&PathBuf; 2] {
        [&self.json, &self.signature]
    }
}
