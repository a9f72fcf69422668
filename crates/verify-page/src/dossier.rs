//! A dossier among the files, whose parts are judged as if each of them had been dropped.

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::PayloadDigests;
use recommande_dossier::{Dossier, Kept, PartKind, RangeReader, ReadError, ZipFault};
use serde::Serialize;

use crate::answer::NoteCode;
use crate::file::{Container, Content, File, Opened};

/// The most octets of one dossier that are kept: proofs and what lies beside them, which have kilobytes each.
const MAX_OF_DOSSIER: u64 = 32 << 20;

/// The octets that are wanted of a file: those from a place up to another one.
#[derive(Serialize)]
pub(crate) struct Wanted {
    from: u64,
    to: u64,
}

/// A dossier that is being read.
pub(crate) struct Unpacking(RangeReader);

impl Unpacking {
    pub(crate) fn new(size: u64) -> Self {
        Self(RangeReader::new(size))
    }

    pub(crate) fn take(&mut self, octets: &[u8]) {
        self.0.take(octets);
    }

    /// Returns what is wanted next. Nothing more is, where too much would be kept.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        let wanted = self.0.wanted().filter(|_| !self.is_too_much())?;
        Some(Wanted { from: wanted.start, to: wanted.end })
    }

    fn is_too_much(&self) -> bool {
        self.0.kept() > MAX_OF_DOSSIER
    }

    /// Returns the dossier of this name with its files, whose names begin with it.
    pub(crate) fn finish(self, name: &str) -> Container {
        if self.is_too_much() {
            return Container::Refused(NoteCode::DossierTooLarge);
        }
        let opened = self.0.finish().and_then(|mut dossier| {
            let files = files(&mut dossier, name)?;
            Ok(Container::Opened(Box::new(Opened { dossier: dossier.without_octets(), files })))
        });
        opened.unwrap_or_else(|error| Container::Refused(note(&error)))
    }
}

/// Returns the files that are judged, and the digests of the letters. A text, a page and anchors are conveniences: nothing rests on
/// them, and least of all trust.
fn files(dossier: &mut Dossier<Kept>, name: &str) -> Result<Vec<File>, ReadError> {
    let mut files = Vec::new();
    for part in dossier.parts().to_vec() {
        let name = format!("{name} / {}", part.name());
        match part.kind() {
            PartKind::Readme | PartKind::Anchors(_) | PartKind::Receipt { .. } => {}
            PartKind::Letter { .. } => {
                let known = DigestAlgorithm::ALL.into_iter().filter_map(|algorithm| part.digests().get(algorithm));
                let strong = known.filter(|digest| PayloadDigests::from_digests([*digest]).is_ok());
                // The reader hashes letters by SHA-256 and SHA-512 at least.
                let Ok(digests) = PayloadDigests::from_digests(strong) else { continue };
                files.push(File::of_digests(name, part.size(), digests, Content::LetterOfDossier));
            }
            kind => files.push(File::of_part(kind, name, dossier.octets(kind)?)),
        }
    }
    Ok(files)
}

/// Says in a word why a container is refused.
fn note(error: &ReadError) -> NoteCode {
    match error {
        ReadError::Zip { fault, .. } => match fault {
            ZipFault::Encrypted => NoteCode::DossierEncrypted,
            ZipFault::Entries(_) => NoteCode::DossierEntries,
            ZipFault::Twice => NoteCode::DossierTwice,
            ZipFault::Checksum => NoteCode::DossierChanged,
            ZipFault::DataDescriptor
            | ZipFault::Flags
            | ZipFault::Compressed
            | ZipFault::Time
            | ZipFault::Comment
            | ZipFault::Attributes
            | ZipFault::Extra => NoteCode::DossierOfAnotherForm,
            ZipFault::Name => NoteCode::DossierNames,
            // Its headers do not fit, or a fault that a later version tells.
            _ => NoteCode::DossierDamaged,
        },
        ReadError::ForeignName(_) => NoteCode::DossierNames,
        ReadError::Twice { .. } => NoteCode::DossierTwice,
        ReadError::Digest { .. } | ReadError::Changed { .. } => NoteCode::DossierChanged,
        ReadError::TooLarge { .. } | ReadError::TooMuch | ReadError::TooManyExtracts => NoteCode::DossierTooLarge,
        ReadError::Io(_) | ReadError::Output(_) => NoteCode::DossierUnreadable,
        // Files are missing, or lie there that should not.
        _ => NoteCode::DossierContents,
    }
}
