//! An export whose manifest was judged, before its lines are read.

use std::sync::Arc;

use super::export::Export;
use super::fault::TrailFaultKind;
use super::policy::ReconstructionPolicy;
use super::seal::SealedSpan;
use crate::audit::Source;

/// An export with what its manifest says, if that is sealed, or what is wrong with it.
pub(super) struct GivenExport<R> {
    /// Its position among the exports.
    pub(super) position: usize,
    pub(super) name: Option<Arc<str>>,
    pub(super) lines: R,
    pub(super) manifest: Option<Result<(Source, SealedSpan), TrailFaultKind>>,
}

impl<R> GivenExport<R> {
    pub(super) fn of(position: usize, export: Export<R>, policy: &ReconstructionPolicy<'_>) -> Self {
        let Export { name, lines, manifest } = export;
        Self { position, name, lines, manifest: manifest.map(|manifest| manifest.verified(policy)) }
    }

    /// Whose lines they are, if a manifest that is sealed says it.
    pub(super) fn sealed_source(&self) -> Option<&Source> {
        self.manifest.as_ref()?.as_ref().ok().map(|(source, _)| source)
    }
}
