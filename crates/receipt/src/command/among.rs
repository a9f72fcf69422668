//! Finds what a proof follows and answers among the files, and verifies it with that.

use chrono::{DateTime, Utc};
use recommande::crypto::Digest;
use recommande::evidence::{Sending, Statement, Step};
use recommande::seal::AnyProof;
use recommande::verify::{Context, Preceding, SendingContext};
use recommande::{Payload, ProofOfSending, Verified, Verifier, VerifyError};
use recommande_receipt::Shown;

use super::file::File;
use super::settings::Verifiers;

/// How many steps are verified for what the last of them led to. A letter has no more.
const MOST_CAUSES: usize = 8;

/// The files among which a proof finds what precedes it, and how they are verified.
pub struct Among<'a> {
    pub files: &'a [File],
    pub verifiers: &'a Verifiers,
    pub now: DateTime<Utc>,
}

impl<'a> Among<'a> {
    /// Shows a file, with the sending that it follows where that is at hand.
    pub fn show(&self, file: &File) -> (Shown, Option<Shown>) {
        let sending =
            file.proof.as_ref().and_then(|proof| self.sending(*proof.stated().preceding_evidence()?.proof_id()));
        let verified = sending.as_ref().and_then(|sending| sending.verified.as_ref());
        let preceding = verified.map_or(Preceding::NotGiven, Preceding::from);
        let cause = file.proof.as_ref().and_then(|proof| self.cause_of(proof, preceding, MOST_CAUSES));
        let context = cause.iter().fold(Context::new(preceding, Payload::NotAvailable), Context::with_cause);
        let shown = self.shown(file, context);
        (shown, sending.map(|sending| self.shown(sending.file, Payload::NotAvailable.into())))
    }

    /// Shows a file with what lies beside it, and with the letter that it answers.
    fn shown(&self, file: &File, context: Context<'_>) -> Shown {
        let original = self.original_of(file);
        let context = original.iter().fold(context, Context::with_original);
        let context = context.with_second_seals(&file.second_seals);
        let context = file.disclosure.iter().fold(context, Context::with_disclosure);
        let recipients = self.verifiers.recipients.iter();
        let context = recipients.fold(context, Context::with_verifier_of_recipients);
        let submission = file.submission.as_ref().zip(self.verifiers.senders.as_ref());
        let context =
            submission.iter().fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
        let own = self.own_verifier(file);
        let verifier = own.as_ref().unwrap_or(&self.verifiers.proofs);
        let shown = Shown::of(verifier, &file.octets, context, self.now).with_name(&file.name());
        file.disclosure.iter().fold(shown, Shown::with_disclosure)
    }

    /// A verifier of a file's own, where evidence records or proofs of logs lie beside it.
    fn own_verifier(&self, file: &File) -> Option<Verifier> {
        if file.records.is_empty() && file.log_proofs.is_empty() {
            return None;
        }
        let verifier = self.verifiers.proofs.also_with_evidence_records(file.records.iter().cloned());
        Some(verifier.also_with_log_proofs(file.log_proofs.iter().cloned()))
    }

    /// Returns the sending with this identifier: a file that verifies, if there is one.
    fn sending(&self, identifier: Digest) -> Option<Followed<'a>> {
        let copies = self.copies(identifier).map(|file| {
            let proof = ProofOfSending::from_der(&file.octets).ok();
            Followed { file, verified: proof.map(|proof| self.verified_sending(file, &proof)) }
        });
        first_that(copies, |followed| followed.verified.as_ref().is_some_and(Result::is_ok))
    }

    fn verified_sending(&self, file: &File, proof: &ProofOfSending) -> Result<Verified<Sending>, VerifyError> {
        let context = SendingContext::new(Payload::NotAvailable);
        let context = context.with_second_seals(&file.second_seals);
        let context = file.disclosure.iter().fold(context, SendingContext::with_disclosure);
        let submission = file.submission.as_ref().zip(self.verifiers.senders.as_ref());
        let context =
            submission.iter().fold(context, |context, (signed, senders)| context.with_submission(signed, senders));
        let own = self.own_verifier(file);
        own.as_ref().unwrap_or(&self.verifiers.proofs).verify(proof, context, self.now)
    }

    /// Returns the letter that a reply names.
    fn original_of(&self, file: &File) -> Option<Result<Verified<Sending>, VerifyError>> {
        let named = file.proof.as_ref()?.stated().in_reply_to().map(|reply| *reply.original().proof_id())?;
        self.sending(named)?.verified
    }

    /// Returns the step that led to the event of a proof, verified with those before it: a file that verifies, if there is
    /// one.
    fn cause_of(
        &self,
        proof: &AnyProof,
        sending: Preceding<'_>,
        most: usize,
    ) -> Option<Result<Verified<Step>, VerifyError>> {
        let most = most.checked_sub(1)?;
        let stated = proof.stated();
        let copies: Vec<&File> = self.copies(*stated.caused_by()?.proof_id()).collect();
        // They all state the same, so that one of them is asked what came before. Each by itself would be asked for a letter
        // with many copies of each step again and again.
        let before = copies.first().and_then(|file| self.cause_of(file.proof.as_ref()?, sending, most));
        let verified = copies.into_iter().filter_map(|file| {
            let Some(AnyProof::Step(step)) = &file.proof else { return None };
            let context = Context::new(sending, Payload::NotAvailable).with_second_seals(&file.second_seals);
            let context = file.disclosure.iter().fold(context, Context::with_disclosure);
            let context = before.iter().fold(context, Context::with_cause);
            let own = self.own_verifier(file);
            Some(own.as_ref().unwrap_or(&self.verifiers.proofs).verify(step, context, self.now))
        });
        first_that(verified, Result::is_ok)
    }

    /// The files with this identifier. A copy with a broken seal has the same one.
    fn copies(&self, identifier: Digest) -> impl Iterator<Item = &'a File> {
        let is_copy = move |proof: &AnyProof| *proof.id().digest() == identifier;
        self.files.iter().filter(move |file| file.proof.as_ref().is_some_and(is_copy))
    }
}

/// A file with the identifier of the sending that a proof follows.
struct Followed<'a> {
    file: &'a File,
    /// What verifying it gave. There is nothing where the file is the proof of something else than a sending.
    verified: Option<Result<Verified<Sending>, VerifyError>>,
}

/// Returns the first one that holds, and the first one of all where none does.
fn first_that<T>(mut all: impl Iterator<Item = T>, holds: impl Fn(&T) -> bool) -> Option<T> {
    let first = all.next()?;
    if holds(&first) {
        return Some(first);
    }
    Some(all.find(holds).unwrap_or(first))
}
