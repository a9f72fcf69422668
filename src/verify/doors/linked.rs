//! Kinds of statements, as the doors see them.

use chrono::{DateTime, Utc};

use super::parties::{Times, check_recipient_signature, check_register, check_submission};
use crate::evidence::{Issuer, Opening, Sending, Statement, Step};
use crate::finding::Ledger;
use crate::verify::checks::link::{check_cause, check_sending};
use crate::verify::checks::mandate::{check_mandate, check_succession};
use crate::verify::checks::reply::check_reply;
use crate::verify::checks::steps::{check_activation, check_assurance, check_payment, check_reasons, check_terms};
use crate::verify::report::value::ArtifactKind;
use crate::verify::settings::Settings;
use crate::verify::verified::Context;

/// What the links of a statement are checked with, beside the statement and what was given.
pub(crate) struct OfProof<'a> {
    /// The issuer that the statement names.
    pub(super) issuer: &'a Issuer,
    pub(super) settings: &'a Settings,
    /// The time of the verification, and that which is proven.
    pub(super) times: Times,
}

impl OfProof<'_> {
    /// The time that is proven, or that of the verification where none is.
    fn at(&self) -> DateTime<Utc> {
        self.times.existed_at.unwrap_or(self.times.now)
    }
}

/// A kind of statement: the artifact that holds it, and its links to what precedes it.
pub(crate) trait LinkedStatement: Statement {
    /// What a report calls a proof of this kind.
    const ARTIFACT: ArtifactKind;

    /// Checks the links to the statements that precede this one.
    fn check_links(&self, of_proof: &OfProof<'_>, context: &Context<'_>, ledger: &mut Ledger<'_>);
}

impl LinkedStatement for Sending {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfSending;

    /// Nothing precedes a sending. The letter that it replies to is another one.
    fn check_links(&self, of_proof: &OfProof<'_>, context: &Context<'_>, ledger: &mut Ledger<'_>) {
        check_payment(self, ledger);
        check_reply(self, context.original, of_proof.settings, ledger);
        check_submission(self, of_proof.issuer, context.submission, of_proof.times, ledger);
        check_mandate(self, ledger);
        check_register(self, of_proof.settings, of_proof.at(), ledger);
        check_succession(self, ledger);
    }
}

impl LinkedStatement for Opening {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfOpening;

    fn check_links(&self, of_proof: &OfProof<'_>, context: &Context<'_>, ledger: &mut Ledger<'_>) {
        check_assurance(self.assurance(), ledger);
        check_both(self, of_proof, context, ledger);
    }
}

impl LinkedStatement for Step {
    const ARTIFACT: ArtifactKind = ArtifactKind::ProofOfStep;

    fn check_links(&self, of_proof: &OfProof<'_>, context: &Context<'_>, ledger: &mut Ledger<'_>) {
        check_reasons(self, ledger);
        check_activation(self, ledger);
        check_assurance(self.assurance(), ledger);
        check_both(self, of_proof, context, ledger);
    }
}

/// Checks the links to the sending and to the step that led to the event, and what these two ask for.
fn check_both<S: Statement>(statement: &S, of_proof: &OfProof<'_>, context: &Context<'_>, ledger: &mut Ledger<'_>) {
    let OfProof { issuer, settings, times } = *of_proof;
    check_mandate(statement, ledger);
    check_register(statement, settings, of_proof.at(), ledger);
    check_succession(statement, ledger);
    let sending = check_sending(statement, context.preceding, settings, ledger);
    let cause = check_cause(statement, context.cause, settings, ledger);
    if let Some(sending) = sending {
        check_terms(statement, issuer, sending, cause.map(|cause| cause.statement()), ledger);
        check_recipient_signature(statement, context.recipients, times, ledger);
    }
}
