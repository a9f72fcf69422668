//! Several files with one sealed statement: whose seal counts, in whatever order they come.
//!
//! No file with a stranger's seal over the statements of a batch verifies. These tests say what would come of one that did.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::judged::{Judged, Service};
use super::judging::keep;
use super::{Case, Letter};
use crate::evidence::{
    ActedBy, Assurance, AssuranceLevel, Environment, Issuer, MessageId, Opening, PartDescription, Party, Sending,
    Statement,
};
use crate::identity::{EnterpriseNumber, Niss};
use crate::pki::Certificate;
use crate::seal::{Credentials, Proof, Sealer};
use crate::testing::{TestPki, TestTsa};
use crate::verify::{Payload, Verified};
use crate::{PayloadDigests, TsaPool, Verifier};

fn now() -> DateTime<Utc> {
    "2026-11-22T09:15:04Z".parse().unwrap()
}

fn later() -> DateTime<Utc> {
    now() + TimeDelta::hours(1)
}

/// A service and a stranger, under the same anchors.
struct World {
    service: TestPki,
    stranger: TestPki,
    verifier: Verifier,
}

impl World {
    fn new() -> Self {
        let pki = TestPki::new(now()).unwrap();
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let with = |name, number| pki.clone().with_organization(name, number).unwrap();
        let (service, stranger) = (with("Example", "NTRBE-0406798006"), with("Stranger", "NTRBE-0244640631"));
        Self { service, stranger, verifier }
    }

    fn sealed<S: Statement>(&self, pki: &TestPki, statement: &S, at: DateTime<Utc>) -> Proof<S> {
        let number = EnterpriseNumber::new("0406798006").unwrap();
        let issuer = Issuer::of("Example", &number, Environment::Test).unwrap();
        let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).unwrap(), issuer);
        let tsas = TsaPool::new().with_tsa("in-process", TestTsa::new(pki).with_clock(move || at));
        sealer.seal(statement, at).unwrap().stamp_with(&tsas).unwrap()
    }

    fn sending(&self, pki: &TestPki, at: DateTime<Utc>) -> Verified<Sending> {
        let sender = Party::legal_person(EnterpriseNumber::new("0566988259").unwrap(), "Office").unwrap();
        let recipient = Party::new(Niss::new("85073003328").unwrap());
        let part = PartDescription::new("letter.txt", "text/plain").unwrap();
        let (message, digests) = (MessageId::new("1").unwrap(), PayloadDigests::of_bytes(b"the letter"));
        let sending = Sending::new(message, sender, recipient, part, digests, now()).unwrap();
        self.verifier.verify(&self.sealed(pki, &sending, at), Payload::NotAvailable, later()).unwrap()
    }
}

/// The same file as if the holder of this certificate had sealed it.
fn by(judged: &Judged, certificate: &Certificate) -> Judged {
    let mut judged = judged.clone();
    let stated = judged.stated.as_mut().unwrap();
    stated.service = Arc::new(Service::of(&stated.issuer, Some(certificate)));
    judged
}

#[test]
fn a_stranger_who_sealed_a_statement_again_takes_no_letter_and_no_step_from_its_service() {
    let world = World::new();
    let sending = world.sending(&world.service, now());
    let assurance = Assurance::new(AssuranceLevel::Substantial, later(), "urn:example:two-factors").unwrap();
    let opening = Opening::of(&sending, ActedBy::Recipient(1), assurance, later()).unwrap();
    let opening = world.sealed(&world.service, &opening, later());
    let opening = world.verifier.verify(&opening, &sending, later()).unwrap();
    let genuine = [Judged::from(&sending), Judged::from(&opening)];
    let stranger = &world.stranger.seal.certificate;
    let alone: Vec<Letter> = Case::of(&genuine);
    assert_eq!(alone.len(), 1);
    for again in [[true, false], [false, true], [true, true]] {
        let again = genuine.iter().zip(again).filter(|(_, again)| *again).map(|(judged, _)| by(judged, stranger));
        let again: Vec<Judged> = again.collect();
        assert_eq!(Case::of(&[&genuine[..], &again].concat()), alone);
        assert_eq!(Case::of(&[&again[..], &genuine].concat()), alone);
    }
}

#[test]
fn of_two_files_that_verify_the_seal_of_the_service_is_followed_and_then_the_older_one() {
    let world = World::new();
    let own = |at| world.sending(&world.service, at);
    let stranger = world.sending(&world.stranger, now());
    let (older, newer) = (own(now() + TimeDelta::minutes(1)), own(now() + TimeDelta::minutes(2)));
    let id = *older.id().digest();
    let kept = |files: [&Verified<Sending>; 3]| {
        let mut verdicts = HashMap::new();
        files.into_iter().for_each(|file| keep(&mut verdicts, id, Ok(file.clone())));
        verdicts.remove(&id).unwrap().unwrap().proven_at()
    };
    let files = [&stranger, &older, &newer];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(kept(order.map(|index| files[index])), older.proven_at(), "{order:?}");
    }
}
