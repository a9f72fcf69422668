//! Letters in which a service states what the state of the letter, its own evidence, or the sender's terms do not allow.

use recommande::evidence::{
    ActedBy, ConsignmentMode, KnownReason, OpeningEvent, Statement, Step, StepEvent, Terms, Window,
};
use recommande::{MessageId, Opening, PartDescription, Party, PayloadDigests, Sending};

use super::plain::{REFUSAL, REPLY, REQUEST, SENDING, letter, substantial};
use crate::case::{Case, SEALED};
use crate::manifest::LetterVector;
use crate::steps::{ANSWERED, AVAILABLE, Letter, TOLD, UNTIL, letter_of, next_sealer};
use crate::world::{LETTER, NOW_OF_STEPS, Result, World, at, identifier, stamp};

const AFTER: &str = "2026-03-21T12:00:00Z";

pub fn all(world: &World, proofs: &mut Vec<Case>) -> Result<Vec<LetterVector>> {
    let mut letters = failures();
    letters.extend(after_answers(world, proofs)?);
    letters.extend(elsewhere(world, proofs)?);
    letters.push(of_two_messages(world, proofs)?);
    Ok(letters)
}

/// Failures of what succeeded before.
fn failures() -> Vec<LetterVector> {
    let (consigned, full) = ("case/consigned", "event/ContentConsignmentFailure");
    let (taken, silent) = ("event/RelayAcceptance", "event/RelayFailure");
    let in_box =
        "The content lies in the recipient's box, and the same service states that it could not be laid there.";
    let taken_over = "The next service took the message, and the first one states that it gave no answer.";
    vec![
        letter("consigned-and-failed", in_box, &[SENDING, consigned, full]).proven("available").by(
            "failed-after-success",
            "warning",
            &[consigned, full],
        ),
        letter("relayed-and-failed", taken_over, &[SENDING, taken, silent]).proven("relayed").by(
            "failed-after-success",
            "warning",
            &[taken, silent],
        ),
    ]
}

fn asks() -> Result<StepEvent> {
    Ok(StepEvent::NotificationForAcceptance { window: Window::new(at("2026-03-04T00:00:00Z"), at(UNTIL), "FR-LRE")? })
}

fn refuses(time: &str) -> Result<StepEvent> {
    let (answered_by, reason) = (ActedBy::Recipient(1), KnownReason::RejectedByRecipient.into());
    Ok(StepEvent::ConsignmentRejection { answered_by, assurance: substantial(time)?, reason })
}

/// What happens after a refusal, or after the end of the period for an answer.
fn after_answers(world: &World, proofs: &mut Vec<Case>) -> Result<Vec<LetterVector>> {
    let asked_again = "case/request-after-refusal";
    let plain = Letter { world, file: SENDING, sent: world.verified.clone() };
    let why = "The recipient is asked two hours after it refused.";
    let step = plain.first(81, asks()?, TOLD)?;
    proofs.push(plain.case(asked_again, why, &world.sealer, &step, &[])?);

    let (sent, why) = ("case/sending-with-consent", "The sender asks for the recipient's consent.");
    let terms = Terms::new().with_consignment_mode(ConsignmentMode::Consent);
    let consent = letter_of(world, sent, why, 82, terms, proofs)?;
    let request = "case/request-with-consent";
    let step = consent.first(83, asks()?, "2026-03-04T09:00:00Z")?;
    let asked = consent.pass(proofs, request, "The recipient is asked for its consent.", &step, None)?;
    let [refusal, late, expiry] = ["case/refusal-with-consent", "case/refused-too-late", "case/expiry-with-consent"];
    let step = |number, event, time| -> Result<Step> { consent.next(number, &asked, event, time) };
    let answer = step(84, refuses(ANSWERED)?, ANSWERED)?;
    consent.pass(proofs, refusal, "The recipient refuses.", &answer, Some(&asked))?;
    let answer = step(85, refuses(UNTIL)?, UNTIL)?;
    let why = "The recipient refuses at the first instant that is too late.";
    let case = consent.case(late, why, &world.sealer, &answer, &[request])?;
    proofs.push(case.warning("link", "answered-too-late"));
    let lapsed = StepEvent::AcceptanceRejectionExpiry { reason: KnownReason::NotAcceptedByRecipient.into() };
    let lapsed = step(86, lapsed, UNTIL)?;
    consent.pass(proofs, expiry, "The period for an answer ended without one.", &lapsed, Some(&asked))?;
    let [consigned, handed_over] = without_acceptance(&consent, proofs)?;
    let consigned_after = "The recipient refused, and the content is said to lie in its box afterwards.";
    let handed_over_after =
        "The recipient did not answer in time, and the content is said to be handed over afterwards.";
    Ok(vec![
        letter(
            "asked-after-refusal",
            "The recipient refused, and is asked again.",
            &[SENDING, REQUEST, REFUSAL, asked_again],
        )
        .proven("refused-by-recipient")
        .by("event-out-of-order", "warning", &[REFUSAL, asked_again]),
        letter("late-refusal", "The refusal is of the first instant after the period.", &[sent, request, late])
            .proven("refused-by-recipient")
            .by("answered-too-late", "warning", &[late]),
        letter("content-after-refusal", consigned_after, &[sent, request, refusal, consigned])
            .contradicted("refused-by-recipient")
            .by("acceptance-missing", "failed", &[consigned]),
        letter("handover-after-expiry", handed_over_after, &[sent, request, expiry, handed_over])
            .contradicted("unclaimed")
            .by("acceptance-missing", "failed", &[handed_over]),
    ])
}

/// Content that is made available and handed over although nobody accepted it.
fn without_acceptance(letter: &Letter<'_>, proofs: &mut Vec<Case>) -> Result<[&'static str; 2]> {
    let [consigned, handed_over] = ["case/consigned-after-refusal", "case/handed-over-after-expiry"];
    let sealer = &letter.world.sealer;
    let missing = |case: Case| case.failed("FORMAT_FAILURE", "link", "acceptance-missing");
    let step = letter.first(87, StepEvent::ContentConsignment, TOLD)?;
    let why = "The content is said to lie in the recipient's box two hours after the refusal.";
    proofs.push(missing(letter.case(consigned, why, sealer, &letter.restated(&step, &[])?, &[])?));
    let opening = Opening::of(&letter.sent, ActedBy::Recipient(1), substantial(AFTER)?, at(AFTER))?;
    let opening = opening.with_event(OpeningEvent::ContentHandover)?.with_evidence_identifier(identifier(88, AFTER));
    let why = "The content is said to be handed over two days after the end of the period.";
    proofs.push(missing(letter.case(handed_over, why, sealer, &letter.restated(&opening, &[])?, &[])?));
    Ok([consigned, handed_over])
}

/// A letter that another service takes outside, and one whose services have agreed on another mode.
fn elsewhere(world: &World, proofs: &mut Vec<Case>) -> Result<Vec<LetterVector>> {
    let plain = Letter { world, file: SENDING, sent: world.verified.clone() };
    let left = "case/left-by-border-service";
    let step =
        plain.first(89, StepEvent::RelayToNonERDS { system: "paper-post".to_owned() }, "2026-03-03T09:00:00Z")?;
    let why = "A service at the border, which took nothing over, printed and posted the message.";
    proofs.push(plain.case(left, why, &next_sealer(world)?, &step, &[])?);

    let (sent, opened) = ("case/sending-in-another-mode", "case/opened-in-another-mode");
    let terms = Terms::new().with_consignment_mode(ConsignmentMode::Other);
    let other = letter_of(world, sent, "The services have agreed on another mode.", 90, terms, proofs)?;
    let opening = Opening::of(&other.sent, ActedBy::Recipient(1), substantial(ANSWERED)?, at(ANSWERED))?;
    let opening = opening.with_evidence_identifier(identifier(91, ANSWERED));
    proofs.push(other.case(opened, "The recipient opened the content.", &world.sealer, &opening, &[])?);
    let not_there = "In a mode that is not basic, the content was opened, and nothing shows that it lay there.";
    Ok(vec![
        letter("left-at-border", why, &[SENDING, left]).proven("left-service"),
        letter(
            "left-and-consigned",
            "The first service goes on from where it was.",
            &[SENDING, left, "case/consigned"],
        )
        .proven("available"),
        letter("another-mode", not_there, &[sent, opened]).contradicted("submitted").by(
            "event-out-of-order",
            "failed",
            &[sent, opened],
        ),
    ])
}

/// Two messages whose sendings bear one evidence identifier.
fn of_two_messages(world: &World, proofs: &mut Vec<Case>) -> Result<LetterVector> {
    let name = "case/sending-of-the-same-number";
    let first = world.verified.statement();
    let to = Party::new(first.recipients().first().ok_or("no recipient")?.identifier().clone());
    let part = PartDescription::new("letter.txt", "text/plain")?;
    let digests = PayloadDigests::of_bytes(LETTER);
    let second = Sending::new(MessageId::new(REPLY)?, first.sender().clone(), to, part, digests, at(AVAILABLE))?;
    let second = second.with_evidence_identifier(first.evidence_identifier());
    let (signed, stamped) = ("2026-03-05T11:00:01Z", "2026-03-05T11:00:02Z");
    let proof = stamp(&world.pki, world.sealer.seal(&second, at(signed))?, stamped, 1)?;
    let why = "Another message, in evidence of the identifier of the first one.";
    proofs.push(Case::new(name, SEALED, why, proof.der().to_vec()).now(NOW_OF_STEPS).proven_at(stamped));
    let pair = [SENDING, name];
    let why = "The service gave one evidence identifier to its evidence of two messages.";
    let letters = letter("equivocation-of-two-messages", why, &pair).contradicted("submitted");
    let letters = letters.by("equivocation", "failed", &pair).another_letter(REPLY).contradicted("submitted");
    Ok(letters.by("equivocation", "failed", &pair))
}
