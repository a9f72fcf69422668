//! The payloads that are given for all files, or each for the proofs that are about it.

use std::path::PathBuf;
use std::sync::Arc;

use recommande::PayloadDigests;

use crate::arguments::Arguments;
use crate::error::Error;
use crate::files;
use crate::kind::Names;
use crate::question::{Payload, PayloadFile, Question};

/// The payloads of the arguments.
pub enum Payloads {
    /// None, or one for all files.
    All(Payload),
    /// Several, each for the proofs that are about it.
    Several(Vec<Offered>),
}

/// A payload that was offered, and whether a proof is about it.
pub struct Offered {
    file: Arc<PayloadFile>,
    digests: PayloadDigests,
    is_used: bool,
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
                    let digests = file.read()?.digests();
                    Ok(Offered { file, digests, is_used: false })
                };
                several.iter().map(offered).collect::<Result<_, Error>>().map(Self::Several)
            }
        }
    }

    /// Returns the payload that a proof is about: of several parts, the first that was offered.
    pub fn of_proof(&mut self, names: Option<&Names>) -> Payload {
        match self {
            Self::All(payload) => payload.clone(),
            Self::Several(payloads) => {
                let content = names.map_or(&[][..], |names| &names.content);
                let is_about = |offered: &&mut Offered| offered.digests.iter().any(|digest| content.contains(digest));
                let mut about: Vec<&mut Offered> = payloads.iter_mut().filter(is_about).collect();
                about.iter_mut().for_each(|offered| offered.is_used = true);
                about.first().map_or(Payload::NotAvailable, |offered| Payload::File(Arc::clone(&offered.file)))
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
