//! Tests the rows of the table of events against the types of statements and against each other.

use super::profile::{Assured, CommitmentType, IssuingService, Member, Presence, StatementKind};
use super::*;

#[test]
fn each_row_is_as_its_kind_of_statement() {
    for event in Event::ALL {
        let row = event.profile();
        let events = match row.kind {
            StatementKind::Sending => Sending::EVENTS,
            StatementKind::Opening => Opening::EVENTS,
            StatementKind::Step => Step::EVENTS,
        };
        assert!(events.contains(event) && AnyStatement::EVENTS.contains(event), "{event}");
        let kinds = [Sending::EVENTS, Opening::EVENTS, Step::EVENTS];
        assert_eq!(kinds.iter().filter(|events| events.contains(event)).count(), 1, "{event}");
        // What precedes is a sending, which `Core::check_repeats` takes.
        assert!(row.follows.iter().all(|preceding| Sending::EVENTS.contains(preceding)), "{event}");
        let refers = row.presence(Member::EvidenceRefersToRecipient);
        assert_eq!(refers == Presence::Forbidden, row.follows.is_empty(), "{event}");
        let comes_in = row.kind == StatementKind::Sending || *event == Event::SubmissionRejection;
        assert_eq!(row.follows.is_empty(), comes_in, "{event}");
    }
}

#[test]
fn each_member_stands_in_one_list_of_a_row() {
    for event in Event::ALL {
        let row = event.profile();
        for member in row.required {
            assert!(!row.optional.contains(member), "{event} {member:?}");
            assert_eq!(row.required.iter().filter(|required| *required == member).count(), 1, "{event} {member:?}");
        }
    }
}

#[test]
fn an_event_comes_after_its_causes() {
    for event in Event::ALL {
        let row = event.profile();
        assert_eq!(row.presence(Member::CausedBy) == Presence::Forbidden, row.causes.is_empty(), "{event}");
        for cause in row.causes {
            assert!(cause.profile().next.contains(event), "{event} does not come after {cause}");
            assert!(Step::EVENTS.contains(cause), "{event}: {cause}");
        }
        // What needs no cause may come first.
        let first = row.follows.is_empty() || row.presence(Member::CausedBy) == Presence::Required;
        let after_sending = Event::SubmissionAcceptance.profile().next.contains(event);
        assert_eq!(after_sending, !first, "{event}");
    }
}

/// The recipient's service authenticates who acts, and it alone can state how.
#[test]
fn recipients_are_authenticated_where_they_act() {
    let acting = [
        Event::ConsignmentAcceptance,
        Event::ConsignmentRejection,
        Event::ContentAccessTracking,
        Event::ContentHandover,
    ];
    for event in Event::ALL {
        let row = event.profile();
        assert_eq!(row.assured == Assured::ActingRecipient, acting.contains(event), "{event}");
        assert_eq!(row.assured == Assured::AnyParty, row.follows.is_empty(), "{event}");
        if acting.contains(event) {
            assert_eq!(row.issuers, [IssuingService::Recipient], "{event}");
        }
    }
}

/// A proof that a letter was refused, or was not delivered, is no proof of delivery.
#[test]
fn only_what_was_delivered_is_sealed_as_delivered() {
    let delivered = [Event::ContentConsignment, Event::ContentAccessTracking, Event::ContentHandover];
    for event in Event::ALL {
        let of_sender = (*event == Event::SubmissionAcceptance).then_some(CommitmentType::ProofOfSender);
        let of_delivery = delivered.contains(event).then_some(CommitmentType::ProofOfDelivery);
        let expected = of_sender.or(of_delivery);
        assert_eq!(event.profile().commitment, expected, "{event}");
    }
}

/// An event that did not happen, or did not succeed, needs a reason.
#[test]
fn what_fails_has_a_reason() {
    let reasoned = [
        Event::SubmissionRejection,
        Event::RelayRejection,
        Event::RelayFailure,
        Event::NotificationForAcceptanceFailure,
        Event::ConsignmentRejection,
        Event::AcceptanceRejectionExpiry,
        Event::ContentConsignmentFailure,
        Event::ConsignmentNotificationFailure,
        Event::ContentHandoverFailure,
        Event::RelayToNonERDSFailure,
    ];
    for event in Event::ALL {
        let expected = match (reasoned.contains(event), *event == Event::RelayAcceptance) {
            (true, _) => Presence::Required,
            (false, true) => Presence::Optional,
            (false, false) => Presence::Forbidden,
        };
        assert_eq!(event.profile().presence(Member::EventReasons), expected, "{event}");
    }
}

#[test]
fn uris_of_events() {
    for event in Event::ALL {
        assert_eq!(Event::from_uri(event.uri()), Some(*event));
        assert_eq!(Event::name_in_other_edition(event.uri()), None);
    }
    let namespace = "http://uri.etsi.org/19522/Event/";
    let known = |name: &str| Event::name_in_other_edition(&format!("{namespace}{name}")).map(str::len);
    assert_eq!(known("SomethingNew"), Some(12));
    assert_eq!(known(&"x".repeat(64)), Some(64));
    for name in ["", "Some thing", "a/b", "\u{e9}", &"x".repeat(65)] {
        assert_eq!(known(name), None, "{name}");
    }
    assert_eq!(Event::name_in_other_edition("http://uri.etsi.org/19522/v2/Event/SomethingNew"), None);
}
