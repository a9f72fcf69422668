//! Tests the rows of the table of events against the types of statements.

use super::profile::{Assured, IssuingService, Member, Presence, StatementKind};
use super::*;

#[test]
fn each_row_is_as_its_kind_of_statement() {
    for event in Event::ALL {
        let Some(row) = event.profile() else {
            assert!(!AnyStatement::EVENTS.contains(event), "{event}");
            continue;
        };
        let events = match row.kind {
            StatementKind::Sending => Sending::EVENTS,
            StatementKind::Opening => Opening::EVENTS,
        };
        assert!(events.contains(event) && AnyStatement::EVENTS.contains(event), "{event}");
        // What precedes is a sending, which `Opening::check_follows` takes.
        assert!(row.follows.iter().all(|preceding| Sending::EVENTS.contains(preceding)), "{event}");
        assert_eq!(row.follows.is_empty(), row.kind == StatementKind::Sending, "{event}");
        let refers = row.presence(Member::EvidenceRefersToRecipient);
        assert_eq!(refers == Presence::Forbidden, row.follows.is_empty(), "{event}");
        // The service of the recipient authenticates who acts, and it alone can state how.
        assert_eq!(row.assured == Assured::ActingRecipient, row.issuers == [IssuingService::Recipient], "{event}");
    }
}
