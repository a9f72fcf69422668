//! The link of a reply to the letter that it names.

use super::link::{Codes, at_hand};
use crate::evidence::{ReplyFault, Sending, Statement, compare_reply, level_below};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text;
use crate::verify::settings::Settings;
use crate::verify::verified::Preceding;

const OF_ORIGINAL: Codes = Codes {
    not_given: Code::OriginalNotGiven,
    not_verified: Code::OriginalNotVerified,
    verified_otherwise: Code::OriginalVerifiedOtherwise,
    differs: Code::OriginalDiffers,
};

/// The letter that the sending replies to is the one that was given, allows replies, and was received by who replies; the reply
/// goes back alone.
pub(crate) fn check_reply(reply: &Sending, original: Preceding<'_>, settings: &Settings, ledger: &mut Ledger<'_>) {
    let Some(in_reply_to) = reply.in_reply_to() else {
        match original {
            Preceding::NotGiven => {}
            // Whoever lays a letter beside a sending must not make it look like its reply.
            Preceding::Verified(_) | Preceding::Refused(_) => {
                ledger.note(Subject::Link, Code::OriginalNotNamed);
            }
        }
        return;
    };
    let Some(original) = at_hand(in_reply_to.original(), original, &OF_ORIGINAL, settings, ledger) else { return };
    let letter = original.disclosed().unwrap_or(original.statement());
    let faults = compare_reply(reply, letter).faults;
    for fault in &faults {
        ledger.note(Subject::Link, code_of_fault(*fault));
    }
    let is_early = check_time(reply, letter, settings, ledger);
    let is_too_low = check_level(reply, letter, ledger);
    if faults.is_empty() && !is_early && !is_too_low {
        ledger.note_with(Subject::Link, Code::ReplyMatches, || Details::computed(original.id()));
    }
}

fn code_of_fault(fault: ReplyFault) -> Code {
    match fault {
        ReplyFault::NotAuthorised => Code::ReplyNotAuthorised,
        ReplyFault::AnotherMessage => Code::ReplyToAnotherMessage,
        ReplyFault::SenderIsNoRecipient => Code::ReplyByNoRecipient,
        ReplyFault::GoesElsewhere => Code::ReplyGoesElsewhere,
        ReplyFault::PartiesNotDisclosed => Code::ReplyPartiesNotDisclosed,
        ReplyFault::BeforeLetter => Code::ReplyBeforeLetter,
    }
}

/// Nobody replies to what was not sent yet. The two may be by clocks of two services.
fn check_time(reply: &Sending, letter: &Sending, settings: &Settings, ledger: &mut Ledger<'_>) -> bool {
    let (replied, sent) = (reply.event_time(), letter.event_time());
    let is_early = sent.signed_duration_since(replied) > settings.policy.clock_skew();
    if is_early {
        ledger
            .note_with(Subject::Link, Code::ReplyBeforeLetter, || Details::both(text::time(replied), text::time(sent)));
    }
    is_early
}

/// A delegate who replies by a mandate was authenticated at the level that the letter asks for.
fn check_level(reply: &Sending, letter: &Sending, ledger: &mut Ledger<'_>) -> bool {
    let below = level_below(reply, letter);
    if let Some((stated, required)) = below {
        ledger.note_with(Subject::Link, Code::AssuranceTooLow, || Details::both(stated, required));
    }
    below.is_some()
}
