//! A file to be judged, and what is given with it.

use std::path::PathBuf;
use std::sync::Arc;

use recommande::crypto::Digest;

use crate::kind::Kind;
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
}

/// What is given with a file. Each list is in the order in which the library takes it.
#[derive(Clone, Debug, Default)]
pub struct Given {
    pub payload: Payload,
    /// The copies of the proof of sending that this proof follows.
    pub sending: Vec<Followed>,
    /// The steps that led to the event, the earliest first.
    pub causes: Vec<Followed>,
    /// The copies of the letter that a reply names.
    pub original: Vec<Followed>,
    pub disclosure: Option<PathBuf>,
    pub second_seals: Vec<PathBuf>,
    /// What the sender signed: the submission, its signature, and the anchors of senders.
    pub submission: Option<Submission>,
    /// The seal of the batch of a statement.
    pub seal: Option<PathBuf>,
    /// The data objects of an evidence record, or what a timestamp is about.
    pub data: Vec<PathBuf>,
    /// The request that a timestamp answers.
    pub request: Option<PathBuf>,
    /// Evidence records over the file, and proofs of logs, beside those of the settings.
    pub records: Vec<PathBuf>,
    pub log_proofs: Vec<PathBuf>,
}

/// A proof that another one follows, with what lies beside it.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    pub file: PathBuf,
    pub disclosure: Option<PathBuf>,
    pub second_seals: Vec<PathBuf>,
}

/// The payload of a proof.
#[derive(Clone, Debug, Default)]
pub enum Payload {
    #[default]
    NotAvailable,
    File(PathBuf),
    Digests(Vec<Digest>),
}

/// A submission that lies beside a proof of sending.
#[derive(Clone, Debug)]
pub struct Submission {
    pub json: PathBuf,
    pub signature: PathBuf,
    pub senders: Arc<Settings>,
}
