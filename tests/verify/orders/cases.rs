//! Any mix of proofs of letters comes to the same in any order, and a further proof takes nothing away that was proven.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use recommande::Verifier;
use recommande::evidence::{
    ConsignmentMode, ExternalService, KnownReason, OpeningEvent, Party, Step, StepEvent, Terms,
};
use recommande::life::{Case, Letter, judge};

use super::rounds;
use super::shuffle::{Random, shuffled_list};
use crate::cases::{Life, accepts, afterwards, hours, lapses, refuses, sealed_by, tells, until};
use crate::common::{enterprise, sending, sending_of};
use crate::keeps::assert_keeps;
use crate::letters::{at, verifier};
use crate::vectors::{manifest, read};

/// Files, and who judges them when.
struct Files {
    what: String,
    verifier: Verifier,
    now: DateTime<Utc>,
    files: Vec<Vec<u8>>,
}

impl Files {
    fn letters(&self, files: &[Vec<u8>]) -> Vec<Letter> {
        Case::of(&judge(&self.verifier, files, self.now))
    }

    /// Judges some of the files in two orders, and again without one of them.
    fn check(&self, files: &[Vec<u8>], random: &mut Random) {
        let letters = self.letters(files);
        assert_eq!(self.letters(&shuffled_list(files, random)), letters, "{}", self.what);
        let mut fewer = files.to_vec();
        fewer.swap_remove(random.below(files.len()));
        assert_keeps(&self.letters(&fewer), &letters, &self.what);
    }

    /// Some of the files, at least one.
    fn some(&self, at_most: usize, random: &mut Random) -> Vec<Vec<u8>> {
        let mut files = shuffled_list(&self.files, random);
        files.truncate(1 + random.below(at_most));
        files
    }
}

#[test]
fn the_letters_of_the_vectors_lose_nothing_by_a_further_proof() {
    let mut random = Random::new(11);
    for vector in &manifest().cases {
        let files = Files {
            what: vector.id.clone(),
            verifier: verifier(&vector.input, &vector.input.seal_anchors),
            now: at(&vector.input.now),
            files: vector.input.files.iter().map(|file| read(file)).collect(),
        };
        for _ in 0..rounds().unwrap_or(2) {
            files.check(&files.files, &mut random);
        }
    }
}

#[test]
fn mixes_of_the_vectors_lose_nothing_by_a_further_proof() {
    let mut random = Random::new(12);
    let vectors = || manifest().cases.iter().filter(|vector| vector.input.seal_anchors == "anchors/seal.pem");
    let first = vectors().next().unwrap();
    let names: BTreeSet<&String> = vectors().flat_map(|vector| &vector.input.files).collect();
    let mix = Files {
        what: "a mix of vectors".to_owned(),
        verifier: verifier(&first.input, &first.input.seal_anchors),
        now: at(&first.input.now),
        files: names.into_iter().map(|name| read(name)).collect(),
    };
    for _ in 0..rounds().map_or(40, |number| 400 * number) {
        mix.check(&mix.some(14, &mut random), &mut random);
    }
}

#[test]
fn generated_lives_lose_nothing_by_a_further_proof() {
    let mut random = Random::new(13);
    for life in [contradictory(), of_two_recipients()] {
        let generated = Files {
            what: "a generated life".to_owned(),
            verifier: life.verifier(),
            now: afterwards(),
            files: life.files.clone(),
        };
        generated.check(&generated.files, &mut random);
        for _ in 0..rounds().map_or(30, |number| 300 * number) {
            generated.check(&generated.some(generated.files.len(), &mut random), &mut random);
        }
    }
}

fn full() -> StepEvent {
    StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() }
}

/// A letter that is answered in every way, relayed, made available twice and not, opened, printed, and told anew.
fn contradictory() -> Life {
    let mut life = Life::new();
    let asked = life.asked();
    let accepted = life.next(&asked, accepts(hours(2)), hours(2));
    life.next(&asked, refuses(hours(3)), hours(3));
    life.next(&asked, lapses(), until());
    let available = life.next(&accepted, StepEvent::ContentConsignment, hours(4));
    life.first(full(), hours(3));
    life.next(&available, tells(1), hours(5));
    life.opened(Some(&available), OpeningEvent::ContentAccessTracking, hours(6));
    life.opened(None, OpeningEvent::ContentHandover, hours(1));
    let from = ExternalService::of("Example", enterprise("0406798006")).unwrap();
    let reason = KnownReason::PolicyViolation.into();
    life.elsewhere(StepEvent::RelayRejection { from: from.clone(), reason }, hours(1));
    life.elsewhere(StepEvent::RelayAcceptance { from }, hours(2));
    life.elsewhere(StepEvent::ContentConsignment, hours(3));
    life.elsewhere(StepEvent::RelayToNonERDS { system: "paper-post".to_owned() }, hours(1));
    life.sealed(&Step::rejection(&sending(), KnownReason::NoConsent, hours(0)).unwrap());
    // The same message with terms, and another message.
    let terms = Terms::new().with_consignment_mode(ConsignmentMode::Consent);
    life.sealed(&sending().with_terms(terms).unwrap());
    life.sealed(&sending_of("2ZG0000036L3Z"));
    life.files.push(b"no proof".to_vec());
    life
}

/// A letter to two, of which one has it and the other has not, and both do.
fn of_two_recipients() -> Life {
    let mut life = Life::of(sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap());
    for (recipient, event, time) in [
        (1, StepEvent::ContentConsignment, hours(1)),
        (2, full(), hours(1)),
        (2, StepEvent::ContentConsignment, hours(2)),
        (1, full(), hours(3)),
        (2, StepEvent::RelayToNonERDS { system: "paper-post".to_owned() }, hours(4)),
    ] {
        let step = Step::of(&life.sent, recipient, event, time).unwrap();
        let proof = sealed_by(&life.service, &life.service.sealer, &step);
        life.files.push(proof.der().to_vec());
    }
    life.opened(None, OpeningEvent::ContentAccessTracking, hours(2));
    life
}
