//! What lies in the folders of a case and is no proof of it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::files::shown;
use crate::kind::{Kind, Seen};
use crate::question::{Followed, Given, Named, Question, Submission, Told};
use crate::settings::Settings;

/// The files, as far as they are judged, or belong beside one that is.
#[derive(Default)]
pub struct Lying {
    judged: Vec<(PathBuf, Kind)>,
    beside: Vec<PathBuf>,
    /// The signatures of submissions and of extracts, which are judged by other anchors.
    signatures: HashSet<PathBuf>,
    disclosures: Vec<PathBuf>,
    submissions: Vec<Submission>,
}

impl Lying {
    /// Adds a file that is no proof.
    pub fn add(&mut self, file: PathBuf, seen: &Seen) {
        match seen {
            Seen::Judged(kind, _) => self.judged.push((file, *kind)),
            Seen::Beside => self.beside.push(file),
            Seen::Submission(_) => {
                let signature = file.with_extension("p7s");
                self.signatures.insert(signature.clone());
                self.submissions.push(Submission { json: file, signature });
            }
            Seen::Extract => {
                self.signatures.insert(file.with_extension("p7s"));
            }
            Seen::Disclosure(_) => self.disclosures.push(file),
            Seen::Other => {}
        }
    }

    /// Gives a proof the disclosures and the submissions of the folders. All proofs of a case have them together, each by the name in it.
    /// Without anchors of senders a submission is no part of anything.
    pub fn give(&mut self, proof: &mut Followed, settings: &Settings) {
        proof.disclosures.append(&mut self.disclosures);
        if settings.senders.is_some() {
            proof.submissions.append(&mut self.submissions);
        }
    }

    /// What is told beside the case: each file that can be judged is judged by itself, and what lies beside no proof is an error, as where the
    /// folder is named as one.
    pub fn told(self, given: &Given, settings: &Arc<Settings>, now: DateTime<Utc>) -> Vec<Named> {
        let Self { judged, beside, signatures, .. } = self;
        let used: HashSet<PathBuf> = given.used().map(|path| in_one_form(path)).collect();
        let is_used = |file: &PathBuf| used.contains(&in_one_form(file));
        let judged = judged.into_iter().filter(|(file, _)| !is_used(file) && !signatures.contains(file));
        let question = |(file, kind): (PathBuf, Kind)| {
            let (name, given, settings) = (shown(&file), Given::default(), Arc::clone(settings));
            Ok(Question { name, file, kind, given, settings, now, told: Told::Once })
        };
        let of_nothing =
            |file: PathBuf| Err((shown(&file), Error::Usage("this lies beside no proof of the case".to_owned())));
        let beside = beside.into_iter().filter(|file| !is_used(file)).map(of_nothing);
        judged.map(question).chain(beside).collect()
    }
}

/// The path without links, so that two ways to a file are one.
fn in_one_form(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
