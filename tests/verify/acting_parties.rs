//! A case tells who acted, by role and place, and never by a name or a number.

use recommande::evidence::{ActedBy, Opening, StepEvent};
use recommande::life::{ActingRole, Case, RepresentedKind};
use recommande::{Party, Sending};

use crate::cases::{Life, hours};
use crate::common::{assurance, enterprise, sending};

const DELEGATE: &str = "73110150112";

fn delegate() -> Party {
    Party::new(DELEGATE.parse::<recommande::identity::Niss>().unwrap())
}

/// A letter that this party opened.
fn opened(sending: Sending, by: ActedBy) -> Case {
    let mut life = Life::of(sending);
    let opening = Opening::of(&life.sent, by, assurance(hours(2)), hours(2)).unwrap();
    life.sealed(&opening);
    life.case()
}

fn acted(case: &Case, event: &str) -> (ActingRole, usize, Vec<usize>, RepresentedKind) {
    let fact = case.facts.iter().find(|fact| fact.event == event).unwrap();
    let party = fact.acted_by.as_ref().unwrap();
    (party.role, party.place, party.acting_for.clone(), party.on_behalf_of)
}

#[test]
fn the_recipient_and_its_delegate_are_told_apart() {
    let event = "ContentAccessTracking";
    let own = opened(sending(), ActedBy::Recipient(1));
    assert_eq!(acted(&own, event), (ActingRole::Recipient, 1, vec![], RepresentedKind::NaturalPerson));
    assert!(own.to_string().contains("acted: recipient 1, a natural person"), "{own}");
    let by_delegate = opened(sending(), ActedBy::Delegate { party: delegate(), acting_for: vec![1] });
    assert_eq!(
        acted(&by_delegate, event),
        (ActingRole::RecipientsDelegate, 1, vec![1], RepresentedKind::NaturalPerson)
    );
    assert!(by_delegate.to_string().contains("acted: delegate 1 for recipient 1"), "{by_delegate}");
    // Of two recipients the second one is a company, for which somebody acts.
    let two = || sending().with_recipient(Party::new(enterprise("0244142664"))).unwrap();
    let mut life = Life::of(two());
    let by = ActedBy::Delegate { party: delegate(), acting_for: vec![2] };
    life.sealed(&Opening::of(&life.sent, by, assurance(hours(2)), hours(2)).unwrap());
    let letters = Case::of(&life.judged());
    let company = letters[0].cases[1].as_ref().unwrap();
    assert_eq!(acted(company, event), (ActingRole::RecipientsDelegate, 1, vec![2], RepresentedKind::LegalPerson));
    assert_eq!(acted(company, "SubmissionAcceptance").0, ActingRole::Sender);
    for case in [&own, &by_delegate, company] {
        let json = serde_json::to_string(case).unwrap();
        for text in [json, case.to_string()] {
            assert!(![DELEGATE, "85073003328", "0244142664"].iter().any(|number| text.contains(number)), "{text}");
        }
    }
}

#[test]
fn whoever_answers_is_told_and_whoever_is_asked_is_not() {
    let mut life = Life::with_consent();
    let asked = life.asked();
    let party = delegate();
    let event = StepEvent::ConsignmentAcceptance {
        answered_by: ActedBy::Delegate { party, acting_for: vec![1] },
        assurance: assurance(hours(2)),
    };
    life.next(&asked, event, hours(2));
    let case = life.case();
    assert_eq!(acted(&case, "ConsignmentAcceptance").0, ActingRole::RecipientsDelegate);
    let request = case.facts.iter().find(|fact| fact.event == "NotificationForAcceptance").unwrap();
    assert_eq!(request.acted_by, None);
    assert!(case.to_string().contains("the recipient accepted (ConsignmentAcceptance) by"), "{case}");
    let submitted = sending().with_sender_delegate(delegate()).unwrap();
    let case = opened(submitted, ActedBy::Recipient(1));
    assert_eq!(acted(&case, "SubmissionAcceptance").0, ActingRole::SenderDelegate);
}
