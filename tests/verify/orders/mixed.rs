//! Sealed proofs that contradict each other, those of strangers, and evidence in foreign forms: any of them in any order come
//! to the same, and one more takes nothing away.

use recommande::evidence::{ConsignmentMode, KnownReason, OpeningEvent, Statement, Step, StepEvent, Terms};
use recommande::life::{Case, ForeignEvent, ForeignEvidence, Judged, Letter, LetterName, judge};
use recommande::seal::Sealer;
use recommande::{MessageId, PayloadDigests, Sending};

use super::rounds;
use super::shuffle::{Random, shuffled_list};
use crate::cases::{Life, accepts, afterwards, hours, lapses, refuses, sealed_by, stranger, until};
use crate::common::{self, now, sending};
use crate::keeps::assert_keeps;
use crate::one_more_proof::{
    evidence, evidence_by, evidence_of, from_the_first, full, mail, prints, refuses_to_relay, silent, ticket,
    with_ticket,
};

/// A sealed proof, or a piece of evidence in a foreign form.
#[derive(Clone)]
enum Piece {
    Sealed(Box<Judged>),
    Foreign(Box<ForeignEvidence>),
}

fn letters(pieces: &[Piece]) -> Vec<Letter> {
    let (mut judged, mut foreign) = (Vec::new(), Vec::new());
    for piece in pieces {
        match piece {
            Piece::Sealed(proof) => judged.push(Judged::clone(proof)),
            Piece::Foreign(evidence) => foreign.push(ForeignEvidence::clone(evidence)),
        }
    }
    Case::with_foreign(&judged, &foreign)
}

/// Judges some of the pieces in two orders, and again without each one of them.
fn check(what: &str, pieces: &[Piece], random: &mut Random) {
    let all = letters(pieces);
    assert_eq!(letters(&shuffled_list(pieces, random)), all, "{what}");
    for left_out in 0..pieces.len() {
        let mut fewer = pieces.to_vec();
        fewer.swap_remove(left_out);
        assert_keeps(&letters(&fewer), &all, what);
    }
}

/// The sealed proofs of a life beside evidence in foreign forms.
fn pieces(life: &Life, foreign: Vec<ForeignEvidence>) -> Vec<Piece> {
    let judged = judge(&life.verifier(), &life.files, afterwards());
    let sealed = judged.into_iter().map(|proof| Piece::Sealed(Box::new(proof)));
    sealed.chain(foreign.into_iter().map(|evidence| Piece::Foreign(Box::new(evidence)))).collect()
}

/// Each event under the ticket and under the message, before all sealed proofs and after them, of this content and another, by the
/// service and by a stranger.
fn of_all_events(life: &Life) -> Vec<ForeignEvidence> {
    let message = || LetterName::from(sending_message());
    let mut foreign = Vec::new();
    for event in [
        ForeignEvent::SubmissionAcceptance,
        ForeignEvent::SubmissionRejection,
        ForeignEvent::RelayFailure,
        ForeignEvent::ContentConsignmentFailure,
        ForeignEvent::ContentConsignment,
    ] {
        foreign.push(evidence(life, event, ticket(), hours(1)));
        foreign.push(evidence(life, event, message(), hours(5)));
        foreign.push(evidence_of(life, event, ticket(), b"another letter", hours(2)));
    }
    foreign.push(evidence_by(life, &stranger(life), ForeignEvent::ContentConsignment, ticket(), hours(2)));
    foreign.push(evidence_by(life, &stranger(life), ForeignEvent::SubmissionRejection, ticket(), hours(2)));
    foreign
}

fn sending_message() -> MessageId {
    sending().message_id().clone()
}

fn sealed_by_stranger(life: &mut Life, sealer: &Sealer, event: StepEvent, hour: i64) {
    let step = Step::of(&life.sent, 1, event, hours(hour)).unwrap();
    let proof = sealed_by(&life.service, sealer, &step);
    life.files.push(proof.der().to_vec());
}

/// All that a service and strangers can say of one letter.
fn contradictory() -> Life {
    let mut life = with_ticket();
    let asked = life.asked();
    let accepted = life.next(&asked, accepts(hours(2)), hours(2));
    life.next(&asked, refuses(hours(3)), hours(3));
    life.next(&asked, lapses(), until());
    life.next(&accepted, StepEvent::ContentConsignment, hours(4));
    life.first(full(), hours(3));
    life.first(silent(), hours(2));
    life.first(prints(), hours(6));
    life.opened(None, OpeningEvent::ContentHandover, hours(1));
    life.elsewhere(refuses_to_relay(), hours(1));
    life.elsewhere(StepEvent::RelayAcceptance { from: from_the_first() }, hours(2));
    life.elsewhere(StepEvent::ContentConsignment, hours(3));
    life.elsewhere(prints(), hours(1));
    let stranger = stranger(&life);
    sealed_by_stranger(&mut life, &stranger, StepEvent::ContentConsignment, 1);
    sealed_by_stranger(&mut life, &stranger, refuses_to_relay(), 3);
    life.sealed(
        &Step::rejection(&sending().with_national_extension(mail()), KnownReason::NoConsent, hours(0)).unwrap(),
    );
    // The same message with terms, and with other content.
    let (message, to) = (sending_message(), sending().recipients()[0].clone());
    let digests = PayloadDigests::of_bytes(b"another letter");
    let split = Sending::new(message, sending().sender().clone(), to, common::letter(), digests, now()).unwrap();
    life.sealed(&split.with_national_extension(mail()));
    let terms = Terms::new().with_consignment_mode(ConsignmentMode::Consent);
    life.sealed(&sending().with_national_extension(mail()).with_terms(terms).unwrap());
    life
}

/// A letter that needs an acceptance, which comes between two deliveries in a foreign form.
fn with_consent() -> Life {
    let terms = Terms::new().with_consignment_mode(ConsignmentMode::Consent);
    let mut life = Life::of(sending().with_national_extension(mail()).with_terms(terms).unwrap());
    let asked = life.asked();
    let accepted = life.next(&asked, accepts(hours(2)), hours(2));
    life.next(&asked, refuses(hours(3)), hours(3));
    let failed = StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() };
    life.next(&accepted, failed, hours(6));
    life.opened(Some(&accepted), OpeningEvent::ContentHandover, hours(4));
    life.elsewhere(prints(), hours(1));
    life
}

#[test]
fn mixes_of_sealed_and_foreign_evidence_lose_nothing_by_one_more() {
    let mut random = Random::new(14);
    for (what, life) in [("contradictory", contradictory()), ("with consent", with_consent())] {
        let all = pieces(&life, of_all_events(&life));
        for _ in 0..rounds().map_or(150, |number| 1_500 * number) {
            let mut some = shuffled_list(&all, &mut random);
            some.truncate(1 + random.below(9));
            // Most letters have a sending.
            if !random.one_in(4) {
                some.push(all[0].clone());
            }
            check(what, &some, &mut random);
        }
        check(what, &all, &mut random);
    }
}

/// A delivery, and what each of those in charge and strangers can say against it: all subsets.
#[test]
fn all_subsets_of_a_delivery_and_what_is_said_against_it_lose_nothing() {
    let mut random = Random::new(15);
    let mut life = with_ticket();
    life.first(silent(), hours(1));
    life.asked();
    life.elsewhere(refuses_to_relay(), hours(1));
    life.elsewhere(prints(), hours(2));
    let foreign = [
        (ForeignEvent::ContentConsignment, 3),
        (ForeignEvent::ContentConsignmentFailure, 2),
        (ForeignEvent::RelayFailure, 1),
        (ForeignEvent::SubmissionRejection, 4),
    ];
    let foreign = foreign.map(|(event, time)| evidence(&life, event, ticket(), hours(time)));
    let all = pieces(&life, foreign.into());
    for chosen in 1..1_usize << all.len() {
        let some = (0..all.len()).filter(|bit| chosen & (1 << bit) != 0).map(|bit| all[bit].clone());
        check("a delivery", &some.collect::<Vec<_>>(), &mut random);
    }
}
