//! The payloads that are given for all files, or each for the files that are about it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use recommande::crypto::{Digest, DigestAlgorithm};

use crate::arguments::Arguments;
use crate::content;
use crate::error::Error;
use crate::files;
use crate::kind::{Kind, Names};
use crate::question::{Payload, PayloadFile, Question};

/// The payloads of the arguments.
pub enum Payloads {
    /// None, or one for all files.
    All(Payload),
    /// Several, each for the files that are about it.
    Several(Vec<Offered>),
}

/// A payload that was offered, and whether a file is about it.
pub struct Offered {
    file: Arc<PayloadFile>,
    /// Those that were computed, one by each algorithm that a file asked for.
    digests: Vec<Digest>,
    is_used: bool,
}

impl Offered {
    /// Tells if one of these digests is the payload's. It is hashed again for an algorithm that was not asked for before.
    fn is_among(&mut self, digests: &[Digest]) -> Result<bool, Error> {
        let is_new = |algorithm: &DigestAlgorithm| {
            let is_of = |digest: &Digest| digest.algorithm() == *algorithm;
            digests.iter().any(is_of) && !self.digests.iter().any(is_of)
        };
        let algorithms: Vec<DigestAlgorithm> = DigestAlgorithm::ALL.into_iter().filter(is_new).collect();
        if !algorithms.is_empty() {
            let computed = content::of_file(&self.file.path, &algorithms)?;
            self.digests.extend(algorithms.iter().filter_map(|algorithm| computed.get(*algorithm)));
        }
        Ok(self.digests.iter().any(|digest| digests.contains(digest)))
    }
}

impl Payloads {
    /// Reads what is given several times, and looks at what is given once.
    ///
    /// # Errors
    /// A payload cannot be read.
    pub fn of(arguments: &Arguments) -> Result<Self, Error> {
        if let Some(text) = &arguments.payload_digest {
            return Ok(Self::All(Payload::Digests(vec![files::digest(text)?])));
        }
        match arguments.payloads.as_slice() {
            [] => Ok(Self::All(Payload::NotAvailable)),
            [path] => {
                // A file that cannot be read is told once.
                files::opened(path)?;
                Ok(Self::All(Payload::File(Arc::new(PayloadFile::new(path.clone())))))
            }
            several => {
                let offered = |path: &PathBuf| {
                    let file = Arc::new(PayloadFile::new(path.clone()));
                    let digests = file.read()?.digests().iter().copied().collect();
                    Ok(Offered { file, digests, is_used: false })
                };
                several.iter().map(offered).collect::<Result<_, Error>>().map(Self::Several)
            }
        }
    }

    /// Returns the payload that a file is about, and the paths of the others that it is about too, such as further parts of a letter or
    /// objects of a record: in the order in which they were offered.
    ///
    /// # Errors
    /// A payload cannot be read any more.
    pub fn of_file(
        &mut self,
        path: &Path,
        kind: Kind,
        names: Option<&Names>,
    ) -> Result<(Payload, Vec<PathBuf>), Error> {
        match self {
            Self::All(payload) => Ok((payload.clone(), Vec::new())),
            Self::Several(payloads) => {
                let digests = content::digests(path, kind, names);
                let (mut first, mut others) = (Payload::NotAvailable, Vec::new());
                for offered in payloads {
                    if !offered.is_among(&digests)? {
                        continue;
                    }
                    offered.is_used = true;
                    match first {
                        Payload::NotAvailable => first = Payload::File(Arc::clone(&offered.file)),
                        Payload::File(_) | Payload::Digests(_) => others.push(offered.file.path.clone()),
                    }
                }
                Ok((first, others))
            }
        }
    }

    /// Returns the payloads that no question is about.
    pub fn unused(&self, questions: &[Question]) -> Vec<PathBuf> {
        match self {
            Self::Several(payloads) => {
                payloads.iter().filter(|offered| !offered.is_used).map(|offered| offered.file.path.clone()).collect()
            }
            Self::All(Payload::NotAvailable) => Vec::new(),
            Self::All(payload) => {
                let is_given = |question: &Question| !matches!(question.given.payload, Payload::NotAvailable);
                if questions.iter().any(is_given) {
                    return Vec::new();
                }
                match payload {
                    Payload::File(file) => vec![file.path.clone()],
                    Payload::Digests(_) | Payload::NotAvailable => vec![PathBuf::from("--payload-digest")],
                }
            }
        }
    }
}
