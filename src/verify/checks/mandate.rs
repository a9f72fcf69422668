//! The mandate by which a delegate acts, and the identifier that a party acts by.

use crate::evidence::{Assurance, Event, Mandate, MandateFault, Party, Statement, SuccessionFault, Terms};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;

/// The conditions of a mandate that the statement shows by itself.
pub(crate) fn check_mandate<S: Statement>(statement: &S, ledger: &mut Ledger<'_>) {
    let (event, recipient) = (statement.event(), statement.refers_to_recipient());
    let Some(mandate) = statement.mandate() else {
        // Leaving the mandate out must not look better than stating one that nobody can prove.
        if statement.core().is_by_delegate(event, recipient) {
            ledger.note(Subject::Statement, Code::DelegateWithoutMandate);
        }
        return;
    };
    if statement.core().hides_party_of_mandate(event, recipient) {
        ledger.note(Subject::Statement, Code::MandateNotCompared);
    }
    for fault in statement.core().mandate_faults(event, recipient) {
        ledger.note_with(Subject::Statement, code_of_fault(fault), || details_of_fault(fault, statement, mandate));
    }
}

fn code_of_fault(fault: MandateFault) -> Code {
    match fault {
        MandateFault::DelegateStandsForPrincipal => Code::DelegateStandsForPrincipal,
        MandateFault::NobodyActed => Code::NobodyActed,
        MandateFault::OutsiderAsManager => Code::OutsiderAsManager,
        MandateFault::ProviderIsPrincipal => Code::ProviderIsPrincipal,
        MandateFault::ChainNotOfRole => Code::ChainNotOfRole,
        MandateFault::NotInForce => Code::MandateNotInForce,
        MandateFault::ActionNotGranted => Code::ActionNotGranted,
        MandateFault::NotAuthenticated | MandateFault::AssuranceTooLow => Code::AssuranceTooLow,
    }
}

fn details_of_fault<S: Statement>(fault: MandateFault, statement: &S, mandate: &Mandate) -> Details {
    match fault {
        MandateFault::NotInForce => Details::both(period(mandate), text::time(statement.event_time())),
        MandateFault::ActionNotGranted => Details::both(actions(mandate), statement.event()),
        MandateFault::NotAuthenticated => Details::stated("no assurance of the delegate"),
        MandateFault::AssuranceTooLow => {
            let stated = statement.sender_delegate().and_then(Party::assurance).map(Assurance::level);
            let required = statement.terms().and_then(Terms::required_assurance);
            match (stated, required) {
                (Some(stated), Some(required)) => Details::both(stated, required),
                (None | Some(_), None | Some(_)) => Details::default(),
            }
        }
        MandateFault::OutsiderAsManager
        | MandateFault::ProviderIsPrincipal
        | MandateFault::ChainNotOfRole
        | MandateFault::DelegateStandsForPrincipal
        | MandateFault::NobodyActed => Details::stated(mandate.role()),
    }
}

fn actions(mandate: &Mandate) -> String {
    mandate.scope().actions().iter().map(|action| action.as_str()).collect::<Vec<_>>().join(", ")
}

fn period(mandate: &Mandate) -> String {
    let from = text::time(mandate.valid_from());
    match mandate.valid_until() {
        Some(until) => format!("from {from} until {}", text::time(until)),
        None => format!("from {from}"),
    }
}

/// The identifier by which a party acted took the place of the recipient's, and not after the event.
pub(crate) fn check_succession<S: Statement>(statement: &S, ledger: &mut Ledger<'_>) {
    let Some(succession) = statement.identifier_succession() else { return };
    if statement.event() == Event::SubmissionRejection {
        return;
    }
    let subject = Subject::Statement;
    match statement.core().succession_fault(statement.event(), statement.refers_to_recipient()) {
        None => ledger.note_with(subject, Code::IdentifierSucceeded, || {
            Details::stated(format_args!("{} at {}", succession.source(), text::time(succession.at())))
        }),
        Some(SuccessionFault::RecipientDiffers) => ledger.note(subject, Code::RecipientDiffers),
        Some(SuccessionFault::AfterEvent) => ledger.note_with(subject, Code::IdentifierSucceededLater, || {
            Details::both(text::time(succession.at()), text::time(statement.event_time()))
        }),
    };
}
