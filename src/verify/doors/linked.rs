//! Kinds of statements, as the doors see them.

use crate::evidence::{Opening, Sending, Statement};
use crate::finding::Ledger;
use crate::verify::checks::link::check_link;
use crate::verify::report::value::ArtifactKind;
use crate::verify::settings::Settings;
use crate::verify::verified::Preceding;

/// A kind of statement: the artifact that holds it, and its link to what precedes it.
pub(crate) trait LinkedStatement: Statement {
    /// What a report calls a proof of this kind.
    const ARTIFACT: ArtifactKind;

    /// Checks the link to the statement that precedes this one.
    fn check_link(&self, preceding: Preceding<'_>, settings: &Settings, ledger: &mut Ledger<'_>);
}

impl LinkedStatement for Sending {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfSending;

    /// Nothing precedes a sending.
    fn check_link(&self, _: Preceding<'_>, _: &Settings, _: &mut Ledger<'_>) {}
}

impl LinkedStatement for Opening {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfOpening;

    fn check_link(&self, preceding: Preceding<'_>, settings: &Settings, ledger: &mut Ledger<'_>) {
        check_link(self, preceding, settings, ledger);
    }
}
