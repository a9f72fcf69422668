//! Verifies the proofs among the files, each with what belongs to it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use recommande::evidence::{AnyStatement, Disclosure, Sending, Statement as _, Step};
use recommande::seal::AnyProof;
use recommande::verify::{Context, Preceding, SendingContext};
use recommande::{Payload, Verified, Verifier, VerifyError};
use recommande_receipt::Shown;

use crate::file::{Content, File};
use crate::letters::Letter;

/// The longest way back from an event by the steps that led to it. A letter has a dozen kinds of them.
const MAX_CAUSES: usize = 32;

/// The verdict on a proof that another one follows, shared by all that follow it.
type Verdict<S> = Rc<Result<Verified<S>, VerifyError>>;

/// A proof among the files, with its octets.
pub(crate) struct Candidate<'f> {
    pub(crate) name: &'f str,
    pub(crate) octets: &'f [u8],
    /// The proof. There is none where the octets cannot be read as one.
    pub(crate) proof: Option<&'f AnyProof>,
    /// They were read from a printed code.
    pub(crate) is_printed: bool,
}

/// The proofs that one verifier judges. Each of those that others follow is verified once for all of them.
pub(crate) struct Judge<'f> {
    pub(crate) files: &'f [&'f File],
    pub(crate) candidates: &'f [Candidate<'f>],
    pub(crate) verifier: Verifier,
    pub(crate) now: DateTime<Utc>,
    sendings: RefCell<HashMap<usize, Verdict<Sending>>>,
    steps: RefCell<HashMap<usize, Verdict<Step>>>,
}

/// A proof as it is shown, with the sending that it follows.
pub(crate) struct Judged {
    pub(crate) shown: Shown,
    pub(crate) sending: Option<Shown>,
}

impl<'f> Judge<'f> {
    pub(crate) fn new(
        files: &'f [&'f File],
        candidates: &'f [Candidate<'f>],
        verifier: Verifier,
        now: DateTime<Utc>,
    ) -> Self {
        let (sendings, steps) = (RefCell::default(), RefCell::default());
        Self { files, candidates, verifier, now, sendings, steps }
    }

    /// Verifies a proof with its letter, its sending, the steps that led to it, the letter that it replies to, its disclosure
    /// and its second seals, as far as they are among the files.
    pub(crate) fn judge(&self, candidate: &Candidate<'_>, letter: &Letter) -> Judged {
        let payload = self.payload(letter);
        let Some(proof) = candidate.proof else {
            let shown = Shown::of(&self.verifier, candidate.octets, Context::from(payload), self.now);
            return Judged { shown: shown.with_name(candidate.name), sending: None };
        };
        let statement = proof.stated();
        let sending = self.sending_of(&statement);
        let preceding = sending.as_ref().map_or(Preceding::NotGiven, |(_, verdict)| Preceding::from(verdict.as_ref()));
        let cause = self.cause_of(&statement, MAX_CAUSES);
        let cause = cause.as_deref().map_or(Preceding::NotGiven, Preceding::from);
        let original = self.original_of(&statement);
        let original = original.as_deref().map_or(Preceding::NotGiven, Preceding::from);
        let second_seals = self.second_seals(proof);
        let disclosure = self.disclosure_of(&statement);
        let context = Context::new(preceding, payload).with_cause(cause).with_original(original);
        let context = context.with_second_seals(&second_seals);
        let context = disclosure.into_iter().fold(context, Context::with_disclosure);
        let shown = Shown::of(&self.verifier, candidate.octets, context, self.now).with_name(candidate.name);
        let shown = disclosure.into_iter().fold(shown, Shown::with_disclosure);
        let sending = sending.and_then(|(place, _)| self.candidates.get(place)).map(|sending| self.shown(sending));
        Judged { shown, sending }
    }

    /// Shows the sending that a proof follows, as it is verified by itself.
    fn shown(&self, sending: &Candidate<'_>) -> Shown {
        let second_seals = sending.proof.map(|proof| self.second_seals(proof)).unwrap_or_default();
        let disclosure = sending.proof.and_then(|proof| self.disclosure_of(&proof.stated()));
        let context = Context::from(Payload::NotAvailable).with_second_seals(&second_seals);
        let context = disclosure.into_iter().fold(context, Context::with_disclosure);
        let shown = Shown::of(&self.verifier, sending.octets, context, self.now).with_name(sending.name);
        disclosure.into_iter().fold(shown, Shown::with_disclosure)
    }

    fn payload(&self, letter: &Letter) -> Payload<'f> {
        let place = match letter {
            Letter::Matches(places) => places.first(),
            Letter::Differs(place) | Letter::NotComparable(place) => Some(place),
            Letter::NotGiven => None,
        };
        match place.and_then(|place| self.files.get(*place)) {
            Some(File { octets: Some(octets), .. }) => Payload::Octets(octets),
            Some(file) => Payload::Digests(&file.digests),
            None => Payload::NotAvailable,
        }
    }

    /// Returns the sending that a statement names: a file that verifies, if there is one. A copy with a broken seal has the same
    /// identifier.
    fn sending_of(&self, statement: &AnyStatement) -> Option<(usize, Verdict<Sending>)> {
        let named = statement.preceding_evidence()?.proof_id();
        self.best(named.as_bytes(), |place| self.sending(place))
    }

    /// Returns the letter that a statement replies to.
    fn original_of(&self, statement: &AnyStatement) -> Option<Verdict<Sending>> {
        let named = statement.in_reply_to()?.original().proof_id();
        self.best(named.as_bytes(), |place| self.sending(place)).map(|(_, verdict)| verdict)
    }

    /// Returns the step that led to the event of a statement.
    fn cause_of(&self, statement: &AnyStatement, left: usize) -> Option<Verdict<Step>> {
        let named = statement.caused_by()?.proof_id();
        let left = left.checked_sub(1)?;
        self.best(named.as_bytes(), |place| self.step(place, left)).map(|(_, verdict)| verdict)
    }

    /// Returns the first proof of this identifier that verifies, else the first one.
    fn best<S>(&self, proof_id: &[u8], verdict: impl Fn(usize) -> Option<Verdict<S>>) -> Option<(usize, Verdict<S>)> {
        let is_named =
            |candidate: &Candidate<'_>| candidate.proof.is_some_and(|proof| proof.id().digest().as_bytes() == proof_id);
        let places = self.candidates.iter().enumerate().filter(|(_, candidate)| is_named(candidate));
        let mut verdicts = places.filter_map(|(place, _)| Some((place, verdict(place)?)));
        let first = verdicts.next()?;
        if first.1.is_ok() {
            return Some(first);
        }
        Some(verdicts.find(|(_, verdict)| verdict.is_ok()).unwrap_or(first))
    }

    fn sending(&self, place: usize) -> Option<Verdict<Sending>> {
        let Some(AnyProof::Sending(proof)) = self.candidates.get(place)?.proof else { return None };
        if let Some(known) = self.sendings.borrow().get(&place) {
            return Some(Rc::clone(known));
        }
        let of_proof = AnyProof::Sending(proof.clone());
        let second_seals = self.second_seals(&of_proof);
        let context = SendingContext::new(Payload::NotAvailable).with_second_seals(&second_seals);
        let disclosure = self.disclosure_of(&of_proof.stated());
        let context = disclosure.into_iter().fold(context, SendingContext::with_disclosure);
        let verdict = Rc::new(self.verifier.verify(proof, context, self.now));
        self.sendings.borrow_mut().insert(place, Rc::clone(&verdict));
        Some(verdict)
    }

    fn step(&self, place: usize, left: usize) -> Option<Verdict<Step>> {
        let any @ AnyProof::Step(proof) = self.candidates.get(place)?.proof? else { return None };
        if let Some(known) = self.steps.borrow().get(&place) {
            return Some(Rc::clone(known));
        }
        let statement = any.stated();
        let sending = self.sending_of(&statement);
        let preceding = sending.as_ref().map_or(Preceding::NotGiven, |(_, verdict)| Preceding::from(verdict.as_ref()));
        let cause = self.cause_of(&statement, left);
        let cause = cause.as_deref().map_or(Preceding::NotGiven, Preceding::from);
        let second_seals = self.second_seals(any);
        let context = Context::new(preceding, Payload::NotAvailable).with_cause(cause);
        let context = context.with_second_seals(&second_seals);
        let context = self.disclosure_of(&statement).into_iter().fold(context, Context::with_disclosure);
        let verdict = Rc::new(self.verifier.verify(proof, context, self.now));
        self.steps.borrow_mut().insert(place, Rc::clone(&verdict));
        Some(verdict)
    }

    /// Returns the disclosure of a statement: one that fits, if there is one.
    fn disclosure_of(&self, statement: &AnyStatement) -> Option<&'f Disclosure> {
        let of_statement = |file: &'f File| {
            let Content::Disclosure(disclosure) = &file.content else { return None };
            (disclosure.evidence_identifier() == statement.evidence_identifier()).then_some(disclosure.as_ref())
        };
        let mut disclosures = self.files.iter().copied().filter_map(of_statement);
        let first = disclosures.next()?;
        if first.reveal(statement).is_ok() {
            return Some(first);
        }
        Some(disclosures.find(|disclosure| disclosure.reveal(statement).is_ok()).unwrap_or(first))
    }

    /// Returns the signatures that can be the second seal of a proof that announces one: those over its bare seal, else all.
    fn second_seals(&self, proof: &AnyProof) -> Vec<Vec<u8>> {
        if !announces_second_seal(proof) {
            return Vec::new();
        }
        let signatures = self.files.iter().filter(|file| matches!(file.content, Content::Signature));
        let signatures: Vec<&[u8]> = signatures.map(|file| file.octets()).collect();
        let digests = proof.bare_seal().map(|bare| recommande::PayloadDigests::of_bytes(&bare));
        let holds_digest = |signature: &&&[u8]| {
            let digests = digests.as_ref().ok().into_iter().flat_map(|digests| digests.iter());
            let mut places = digests.map(|digest| digest.as_bytes());
            places.any(|digest| signature.windows(digest.len()).any(|octets| octets == digest))
        };
        let over_seal: Vec<Vec<u8>> = signatures.iter().filter(holds_digest).map(|octets| octets.to_vec()).collect();
        if over_seal.is_empty() { signatures.iter().map(|octets| octets.to_vec()).collect() } else { over_seal }
    }
}

/// Tells if a proof announces a second seal beside it.
pub(crate) fn announces_second_seal(proof: &AnyProof) -> bool {
    let announced = match proof {
        AnyProof::Sending(proof) => proof.announced_seal(),
        AnyProof::Opening(proof) => proof.announced_seal(),
        AnyProof::Step(proof) => proof.announced_seal(),
        // A kind of proof that this page does not know.
        _ => None,
    };
    announced.is_some()
}
