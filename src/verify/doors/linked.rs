//! Kinds of statements, as the doors see them.

use crate::evidence::{Issuer, Opening, Sending, Statement, Step};
use crate::finding::Ledger;
use crate::verify::checks::link::{check_cause, check_sending};
use crate::verify::checks::steps::{check_assurance, check_payment, check_reasons, check_terms};
use crate::verify::report::value::ArtifactKind;
use crate::verify::settings::Settings;
use crate::verify::verified::Context;

/// A kind of statement: the artifact that holds it, and its links to what precedes it.
pub(crate) trait LinkedStatement: Statement {
    /// What a report calls a proof of this kind.
    const ARTIFACT: ArtifactKind;

    /// Checks the links to the statements that precede this one.
    fn check_links(&self, issuer: &Issuer, context: &Context<'_>, settings: &Settings, ledger: &mut Ledger<'_>);
}

impl LinkedStatement for Sending {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfSending;

    /// Nothing precedes a sending.
    fn check_links(&self, _: &Issuer, _: &Context<'_>, _: &Settings, ledger: &mut Ledger<'_>) {
        check_payment(self, ledger);
    }
}

impl LinkedStatement for Opening {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfOpening;

    fn check_links(&self, issuer: &Issuer, context: &Context<'_>, settings: &Settings, ledger: &mut Ledger<'_>) {
        check_assurance(self.assurance(), ledger);
        check_both(self, issuer, context, settings, ledger);
    }
}

impl LinkedStatement for Step {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfStep;

    fn check_links(&self, issuer: &Issuer, context: &Context<'_>, settings: &Settings, ledger: &mut Ledger<'_>) {
        check_reasons(self, ledger);
        check_assurance(self.assurance(), ledger);
        check_both(self, issuer, context, settings, ledger);
    }
}

/// Checks the links to the sending and to the step that led to the event, and what these two ask for.
fn check_both<S: Statement>(
    statement: &S,
    issuer: &Issuer,
    context: &Context<'_>,
    settings: &Settings,
    ledger: &mut Ledger<'_>,
) {
    let sending = check_sending(statement, context.preceding, settings, ledger);
    let cause = check_cause(statement, context.cause, settings, ledger);
    if let Some(sending) = sending {
        check_terms(statement, issuer, sending, cause.map(|cause| cause.statement()), ledger);
    }
}
