//! What the pages of a dossier are about: a container, the verdicts on it, and its files.

use std::io::{Read, Seek};

use chrono::{DateTime, Utc};
use recommande::evidence::Disclosure;
use recommande::seal::AnyProof;
use recommande::{Indication, Report};
use recommande_dossier::{Dossier, DossierReport, PartKind, PartVerdict, Protection, ReadError, Verifiers};

use crate::shown::{Read as ReadProof, Shown};

/// The most octets of a document that courts take: 50 MB, of which the law speaks nowhere and their forms do.
pub const MOST_OCTETS_OF_COURTS: u64 = 50_000_000;

/// A container with the verdicts on it and on its files. It judges the files itself, so that what it shows is what they come to.
#[derive(Clone, Debug)]
pub struct ShownDossier {
    pub(crate) protection: Protection,
    pub(crate) manifest: Report,
    pub(crate) record: Option<Report>,
    pub(crate) worst: Indication,
    /// In the order of their names.
    pub(crate) parts: Vec<ShownPart>,
    /// The files in the folder `META-INF`: the name without the folder, the media type and the octets.
    pub(crate) own: Vec<(&'static str, &'static str, Vec<u8>)>,
    pub(crate) judged_at: DateTime<Utc>,
    #[cfg_attr(not(feature = "pdf"), expect(dead_code))]
    pub(crate) limit: u64,
}

/// A file of a container.
#[derive(Clone, Debug)]
pub(crate) struct ShownPart {
    pub(crate) kind: PartKind,
    pub(crate) media_type: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) verdict: PartVerdict,
    /// A proof with its report.
    pub(crate) shown: Option<Shown>,
}

/// The reason why there is no document of a dossier.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DossierError {
    /// The files, or the document with them, have more octets than it may have. The container itself has no such limit.
    #[error(
        "the files, or the document with them, have {octets} octets, and a document may have {limit}: hand in the container"
    )]
    TooLarge {
        /// The octets of the files, or of the document.
        octets: u64,
        /// The most octets.
        limit: u64,
    },
    /// The container cannot be read.
    #[error("the container")]
    Read(#[from] ReadError),
    /// The document cannot be written.
    #[cfg(feature = "pdf")]
    #[error("the document")]
    Pdf(#[from] crate::pdf::PdfError),
}

impl ShownDossier {
    /// Judges a container and takes its files, if they have no more octets together than a document may have
    /// ([`MOST_OCTETS_OF_COURTS`]), before they are compressed. Where they have more, nothing is judged and nothing is taken into memory.
    ///
    /// # Errors
    /// `TooLarge`, `Read`.
    pub fn of<'v, R: Read + Seek>(
        dossier: &mut Dossier<R>,
        verifiers: impl Into<Verifiers<'v>>,
        now: DateTime<Utc>,
        limit: u64,
    ) -> Result<Self, DossierError> {
        let own = dossier.own_files();
        let own_octets = own.iter().map(|(_, _, octets)| u64::try_from(octets.len()).unwrap_or(u64::MAX));
        let octets = dossier.parts().iter().map(|part| part.size()).chain(own_octets).fold(0, u64::saturating_add);
        if octets > limit {
            return Err(DossierError::TooLarge { octets, limit });
        }
        let own = own.into_iter().map(|(name, media_type, octets)| {
            (name.rsplit_once('/').map_or(name, |(_, name)| name), media_type, octets.to_vec())
        });
        let own = own.collect();
        let report = dossier.report(verifiers, now)?;
        let worst = report.worst();
        let DossierReport { protection, manifest, record, parts: verdicts, .. } = report;
        let mut parts = Vec::with_capacity(verdicts.len());
        for (part, verdict) in dossier.parts().to_vec().into_iter().zip(verdicts) {
            let mut octets = Vec::new();
            dossier.copy(part.kind(), &mut octets)?;
            let shown = match &verdict.verdict {
                PartVerdict::Proof { report, .. } => Some(Shown {
                    file: octets.clone(),
                    name: Some(part.name().to_owned()),
                    proof: AnyProof::from_der(&octets).ok().map(ReadProof::of),
                    report: Report::clone(report),
                }),
                PartVerdict::Letter { .. }
                | PartVerdict::LetterSignature(_)
                | PartVerdict::WithItsProof
                | PartVerdict::Unreadable
                | PartVerdict::Untrusted => None,
            };
            let (kind, media_type) = (part.kind(), part.media_type().to_owned());
            parts.push(ShownPart { kind, media_type, octets, verdict: verdict.verdict, shown });
        }
        Ok(Self { protection, manifest, record, worst, parts: disclosed(parts), own, judged_at: now, limit })
    }

    /// Returns the worst verdict of all.
    pub fn worst(&self) -> Indication {
        self.worst
    }
}

/// Shows the values of the disclosures that lie beside proofs, where they fit.
fn disclosed(parts: Vec<ShownPart>) -> Vec<ShownPart> {
    let disclosures: Vec<_> = parts
        .iter()
        .filter_map(|part| match part.kind {
            PartKind::Disclosure { proof } => Some((proof, Disclosure::from_json(&part.octets).ok()?)),
            _ => None,
        })
        .collect();
    let disclose = |part: ShownPart| {
        let PartKind::Proof { proof, .. } = part.kind else { return part };
        let of_it = disclosures.iter().find(|(of, _)| *of == proof);
        let shown = part.shown.map(|shown| of_it.iter().fold(shown, |shown, (_, of_it)| shown.with_disclosure(of_it)));
        ShownPart { shown, ..part }
    };
    parts.into_iter().map(disclose).collect()
}
