//! Steps of a letter between its sending and its opening, or instead of them: good ones of every event, and bad ones.

use chrono::TimeDelta;
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Availability, Codec, ConsignmentMode, Currency, ExternalService, Identifier,
    KnownReason, Notification, Payment, Reason, RecipientSignature, Salt, SendingEvent, Statement, Step, StepEvent,
    Terms, Window,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::Proof;
use recommande::testing::Forge;
use recommande::verify::{Context, Payload, Verified};
use recommande::{
    Credentials, Environment, Issuer, MessageId, Opening, PartDescription, Party, PayloadDigests, ProofOfSending,
    Sealer, Sending, Verifier,
};

use crate::case::{Case, FORGED, SEALED};
use crate::world::{
    LETTER, NOW_OF_STEPS, Result, SIGNED, STAMPED, SUBMITTED, World, at, identifier, replaced, sending, stamp,
};

pub const ASKED: &str = "2026-03-03T09:00:00Z";
const FROM: &str = "2026-03-04T00:00:00Z";
pub const UNTIL: &str = "2026-03-19T00:00:00Z";
pub const ANSWERED: &str = "2026-03-05T10:00:00Z";
pub const AVAILABLE: &str = "2026-03-05T11:00:00Z";
pub const TOLD: &str = "2026-03-05T12:00:00Z";
const REMINDED: &str = "2026-03-20T12:00:00Z";
const OPENED: &str = "2026-03-21T12:00:00Z";
pub const NEXT_SERVICE: &str = "0244640631";

pub fn cases(world: &World) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let letter = Letter { world, file: "good/sending", sent: world.verified.clone() };
    let asked = good(&letter, &mut cases)?;
    relays(&letter, &mut cases)?;
    links(&letter, &asked, &mut cases)?;
    reasons(&letter, &mut cases)?;
    terms(world, &mut cases)?;
    periods(world, &mut cases)?;
    basic(world, &mut cases)?;
    of_two_recipients(world, &mut cases)?;
    from_outside(world, &mut cases)?;
    payments(world, &mut cases)?;
    cases.push(rejection(world)?);
    cases.push(Case::event_not_known(
        "event/not-known",
        "An event that another edition of the standard may have.",
        world.edited("Event/SubmissionAcceptance", "Event/SubmissionPostponement")?,
    ));
    Ok(cases)
}

/// A sending, its file without its ending, and the world in which it is verified.
pub struct Letter<'w> {
    pub world: &'w World,
    pub file: &'static str,
    pub sent: Verified<Sending>,
}

/// A step that verified, with the names of the files that lead to it, itself the last one.
pub struct Passed {
    pub names: Vec<&'static str>,
    pub step: Verified<Step>,
}

impl Letter<'_> {
    /// Seals a statement a second after its event, and has it stamped a second later.
    fn proof<S: Statement>(&self, sealer: &Sealer, statement: &S) -> Result<Proof<S>> {
        let time = statement.event_time();
        let sealed = sealer.seal(statement, time + TimeDelta::seconds(1))?;
        stamp(&self.world.pki, sealed, &stamped(statement), 1)
    }

    /// Returns a statement as a service that keeps to no rules states it: its JSON with texts replaced.
    pub fn restated<S: Statement>(&self, statement: &S, edits: &[(&str, &str)]) -> Result<S> {
        let json = String::from_utf8(Codec::Json.encode(statement, self.world.sealer.issuer())?)?;
        let json = edits.iter().fold(json, |json, (from, to)| replaced(&json, from, to));
        Ok(Codec::Json.decode(json.as_bytes())?.0)
    }

    /// Seals the JSON of a statement, with texts replaced.
    pub fn forged<S: Statement>(&self, statement: &S, edits: &[(&str, &str)]) -> Result<Vec<u8>> {
        let json = String::from_utf8(Codec::Json.encode(statement, self.world.sealer.issuer())?)?;
        let json = edits.iter().fold(json, |json, (from, to)| replaced(&json, from, to));
        let signed = statement.event_time() + TimeDelta::seconds(1);
        let pki = &self.world.pki;
        let mut forge = Forge::seal(json.as_bytes(), &pki.seal, &pki.seal_chain(), signed);
        forge.sign(&*pki.seal.signer)?;
        let token = self.world.token_for(&forge.first().signature, &stamped(statement))?;
        forge.first().stamp(&token);
        Ok(forge.to_der())
    }

    pub fn first(&self, number: u8, event: StepEvent, time: &str) -> Result<Step> {
        let step = Step::of(&self.sent, 1, event, at(time))?;
        Ok(step.with_evidence_identifier(identifier(number, time)))
    }

    pub fn next(&self, number: u8, cause: &Passed, event: StepEvent, time: &str) -> Result<Step> {
        let step = Step::after(&self.sent, &cause.step, event, at(time))?;
        Ok(step.with_evidence_identifier(identifier(number, time)))
    }

    /// A case that passes with what led to it.
    pub fn case<S: Statement>(
        &self,
        id: &str,
        why: &str,
        sealer: &Sealer,
        statement: &S,
        causes: &[&str],
    ) -> Result<Case> {
        let der = self.proof(sealer, statement)?.der().to_vec();
        Ok(self.case_of(id, why, statement, der, causes))
    }

    pub fn case_of<S: Statement>(&self, id: &str, why: &str, statement: &S, der: Vec<u8>, causes: &[&str]) -> Case {
        let source = if self.is_sealed(&der, statement) { SEALED } else { FORGED };
        let sending = format!("{}.p7m", self.file);
        let case = Case::step(id, source, why, der, statement.event().name(), &stamped(statement));
        case.sending(Some(&sending)).causes(causes)
    }

    fn is_sealed<S: Statement>(&self, der: &[u8], statement: &S) -> bool {
        Proof::<S>::from_der(der).is_ok_and(|proof| proof.stated() == statement)
    }

    /// Adds a case that passes, and returns the step.
    pub fn pass(
        &self,
        cases: &mut Vec<Case>,
        id: &'static str,
        why: &str,
        step: &Step,
        cause: Option<&Passed>,
    ) -> Result<Passed> {
        let names: Vec<_> = cause.iter().flat_map(|cause| cause.names.iter().copied()).collect();
        cases.push(self.case(id, why, &self.world.sealer, step, &names)?);
        let verifier = Verifier::new(self.world.pki.seal_anchors(), self.world.pki.tsa_anchors(), Environment::Test);
        let context = Context::new(&self.sent, Payload::NotAvailable);
        let context = cause.iter().fold(context, |context, cause| context.with_cause(&cause.step));
        let proof = self.proof(&self.world.sealer, step)?;
        let step = verifier.verify(&proof, context, at(NOW_OF_STEPS))?;
        Ok(Passed { names: names.into_iter().chain([id]).collect(), step })
    }
}

/// When the proof of a statement is stamped.
fn stamped<S: Statement>(statement: &S) -> String {
    let time = statement.event_time() + TimeDelta::seconds(2);
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

pub fn assurance(time: &str, level: AssuranceLevel) -> Result<Assurance> {
    Ok(Assurance::new(level, at(time) - TimeDelta::seconds(30), "urn:be:fedict:iam:fas:citizen:otp")?)
}

fn window() -> Result<Window> {
    Ok(Window::new(at(FROM), at(UNTIL), "FR-LRE")?)
}

fn accepted(time: &str) -> Result<StepEvent> {
    let assurance = assurance(time, AssuranceLevel::Substantial)?;
    Ok(StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance })
}

fn lapsed() -> StepEvent {
    StepEvent::AcceptanceRejectionExpiry { reason: KnownReason::NotAcceptedByRecipient.into() }
}

fn email(ordinal: usize) -> Result<Notification> {
    Ok(Notification::by("email")?.with_ordinal(ordinal)?)
}

/// The events of one recipient's box. Returns the request for acceptance.
fn good(letter: &Letter<'_>, cases: &mut Vec<Case>) -> Result<Passed> {
    let request = StepEvent::NotificationForAcceptance { window: window()? };
    let asked = letter.first(21, request, ASKED)?.with_notification(email(1)?)?;
    let asked = letter.pass(
        cases,
        "event/NotificationForAcceptance",
        "The recipient is asked to accept or refuse.",
        &asked,
        None,
    )?;
    let step = letter.next(22, &asked, accepted(ANSWERED)?, ANSWERED)?;
    let id = "event/ConsignmentAcceptance";
    let acceptance = letter.pass(cases, id, "The recipient accepts.", &step, Some(&asked))?;
    let refusal = StepEvent::ConsignmentRejection {
        answered_by: ActedBy::Recipient(1),
        assurance: assurance(ANSWERED, AssuranceLevel::High)?,
        reason: KnownReason::RejectedByRecipient.into(),
    };
    let step = letter.next(23, &asked, refusal, ANSWERED)?;
    letter.pass(cases, "event/ConsignmentRejection", "The recipient refuses.", &step, Some(&asked))?;
    let step = letter.next(24, &asked, lapsed(), UNTIL)?;
    let why = "The period for an answer ended without one. Its end is the first instant that is too late.";
    letter.pass(cases, "event/AcceptanceRejectionExpiry", why, &step, Some(&asked))?;
    let step = letter.next(25, &asked, StepEvent::NotificationDelivered { notification: email(1)? }, ASKED)?;
    letter.pass(cases, "event/NotificationDelivered", "The request reached its channel.", &step, Some(&asked))?;
    let step = letter.next(126, &asked, StepEvent::NotificationDelivered { notification: email(1)? }, ASKED)?;
    let step = step.with_notified_address("an.peeters@example.org", &Salt::from_bytes(&[0x41; 32])?)?;
    let why = "The request reached an address, to which the evidence commits.";
    letter.pass(cases, "event/delivered-to-address", why, &step, Some(&asked))?;
    let failed = StepEvent::NotificationForAcceptanceFailure { reason: KnownReason::NoDigitalUser.into() };
    let step = letter.first(26, failed, ASKED)?;
    let id = "event/NotificationForAcceptanceFailure";
    letter.pass(cases, id, "The recipient could not be asked.", &step, None)?;
    let availability = Availability::until(at(REMINDED))?.and_never_activated();
    let step =
        letter.next(27, &acceptance, StepEvent::ContentConsignment, AVAILABLE)?.with_availability(availability)?;
    let id = "event/ContentConsignment";
    let available = letter.pass(cases, id, "The content lies in the recipient's box.", &step, Some(&acceptance))?;
    let full = StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() };
    let step = letter.first(28, full, AVAILABLE)?;
    letter.pass(cases, "event/ContentConsignmentFailure", "The recipient's box is full.", &step, None)?;
    let told = StepEvent::ConsignmentNotification { notification: email(1)? };
    let step = letter.next(29, &available, told, TOLD)?;
    let id = "event/ConsignmentNotification";
    let told = letter.pass(cases, id, "The recipient is told of the content.", &step, Some(&available))?;
    let untold = StepEvent::ConsignmentNotificationFailure {
        notification: Notification::by("sms")?,
        reason: KnownReason::NoDigitalUser.into(),
    };
    let step = letter.next(30, &told, untold, REMINDED)?;
    let why = "The recipient could not be told again.";
    letter.pass(cases, "event/ConsignmentNotificationFailure", why, &step, Some(&told))?;
    let step = letter.next(31, &told, StepEvent::NotificationAccessTracking { notification: email(1)? }, TOLD)?;
    letter.pass(
        cases,
        "event/NotificationAccessTracking",
        "The recipient read what it was told.",
        &step,
        Some(&told),
    )?;
    let never = StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() };
    let step = letter.next(32, &available, never, REMINDED)?;
    letter.pass(cases, "event/ContentHandoverFailure", "Nobody took the content in time.", &step, Some(&available))?;
    openings(letter, &available, cases)?;
    Ok(asked)
}

/// Openings that name what led to them, in time and after the end of the availability.
fn openings(letter: &Letter<'_>, available: &Passed, cases: &mut Vec<Case>) -> Result<()> {
    let opening = |number, time| -> Result<Opening> {
        let assurance = assurance(time, AssuranceLevel::Substantial)?;
        let opening = Opening::of(&letter.sent, ActedBy::Recipient(1), assurance, at(time))?;
        Ok(opening.with_cause(&available.step)?.with_evidence_identifier(identifier(number, time)))
    };
    let in_time = opening(33, TOLD)?.with_opened_parts(&[1])?;
    let sealer = &letter.world.sealer;
    let why = "The opening names the step that made the content available, and the parts that were opened.";
    cases.push(letter.case("event/ContentAccessTracking", why, sealer, &in_time, &available.names)?);
    let why = "The content was opened a day after the end of its availability.";
    let late = letter.case("event/opened-after-availability", why, sealer, &opening(34, OPENED)?, &available.names)?;
    cases.push(late.warning("link", "opened-after-availability"));
    Ok(())
}

/// The events between services.
fn relays(letter: &Letter<'_>, cases: &mut Vec<Case>) -> Result<()> {
    let number: EnterpriseNumber = NEXT_SERVICE.parse()?;
    let next_sealer = next_sealer(letter.world)?;
    let first: EnterpriseNumber = "0406798006".parse()?;
    let from = || ExternalService::of("Example Registered Mail Service", &first);
    let to = || ExternalService::of("Example Receiving Service", &number);
    let system = || "paper-post".to_owned();
    let took = letter.first(35, StepEvent::RelayAcceptance { from: from()? }, ASKED)?;
    let took = took.with_reason(KnownReason::MessageSuccessfullyRelayed)?;
    let refused = StepEvent::RelayRejection { from: from()?, reason: KnownReason::UnregisteredRecipient.into() };
    let silent = StepEvent::RelayFailure { to: to()?, reason: KnownReason::NoRelayAcceptance.into() };
    let lost = StepEvent::RelayToNonERDSFailure { system: system(), reason: Reason::new("urn:example:no-address")? };
    let (own, next) = (&letter.world.sealer, &next_sealer);
    for (id, why, sealer, step) in [
        ("event/RelayAcceptance", "The next service took the message.", next, took.clone()),
        ("event/RelayRejection", "The next service refused the message.", next, letter.first(36, refused, ASKED)?),
        ("event/RelayFailure", "The next service gave no answer.", own, letter.first(37, silent, ASKED)?),
        (
            "event/RelayToNonERDS",
            "The message was printed and posted.",
            own,
            letter.first(38, StepEvent::RelayToNonERDS { system: system() }, ASKED)?,
        ),
    ] {
        cases.push(letter.case(id, why, sealer, &step, &[])?);
    }
    let step = letter.first(39, lost, ASKED)?;
    let why = "The message could not be posted, for a reason of the service's own.";
    let lost = letter.case("event/RelayToNonERDSFailure", why, own, &step, &[])?;
    cases.push(lost.also("statement", "reason-not-known", "information"));
    let why = "The service that took the sending says that it took the message from itself.";
    let same = letter.case("event/relayed-by-same-service", why, own, &took, &[])?;
    cases.push(same.warning("link", "relayed-by-same-service"));
    Ok(())
}

/// The service to which letters are relayed.
pub fn next_sealer(world: &World) -> Result<Sealer> {
    let number: EnterpriseNumber = NEXT_SERVICE.parse()?;
    let issuer = Issuer::of("Example Receiving Service", &number, Environment::Test)?;
    Ok(Sealer::new(Credentials::new(world.pki.seal.signer.clone(), world.pki.seal_chain())?, issuer))
}

/// Links to a step that did not lead to the event.
fn links(letter: &Letter<'_>, asked: &Passed, cases: &mut Vec<Case>) -> Result<()> {
    let sealer = &letter.world.sealer;
    let expiry = letter.next(24, asked, lapsed(), UNTIL)?;
    let why = "The period ended without an answer, and the request is not at hand.";
    let alone = letter.case("event/cause-not-given", why, sealer, &expiry, &[])?;
    cases.push(alone.indeterminate("SIGNED_DATA_NOT_FOUND", "link", "cause-not-given"));
    let unstamped = sealer.seal(asked.step.statement(), at(ASKED) + TimeDelta::seconds(1))?;
    let id = "event/request-unstamped";
    let why = "The request waits for its timestamp.";
    let request = letter.case_of(id, why, asked.step.statement(), unstamped.der().to_vec(), &[]);
    cases.push(request.level("B-B").unproven().indeterminate("NO_POE", "time", "timestamp-missing"));
    let why = "The request did not verify: it has no timestamp.";
    let unverified = letter.case("event/cause-not-verified", why, sealer, &expiry, &[id])?;
    cases.push(unverified.indeterminate("SIGNED_DATA_NOT_FOUND", "link", "cause-not-verified"));
    let reminder = StepEvent::NotificationForAcceptance { window: window()? };
    let reminder = letter.first(41, reminder, ANSWERED)?.with_notification(email(2)?)?;
    let id = "event/second-request";
    letter.pass(cases, id, "The recipient is asked again.", &reminder, None)?;
    let why = "The period that ended is that of another request.";
    let differs = letter.case("event/cause-differs", why, sealer, &expiry, &[id])?;
    cases.push(differs.failed("HASH_FAILURE", "link", "cause-differs"));
    let late = letter.next(42, asked, accepted(UNTIL)?, UNTIL)?;
    let why = "The recipient accepts at the first instant that is too late.";
    let late = letter.case("event/answered-too-late", why, sealer, &late, &asked.names)?;
    cases.push(late.warning("link", "answered-too-late"));
    let before = "2026-03-03T10:00:00Z";
    let prompt = letter.next(81, asked, accepted(before)?, before)?;
    let why = "The recipient accepts on the day before the period for an answer begins.";
    let prompt = letter.case("event/answered-before-period", why, sealer, &prompt, &asked.names)?;
    cases.push(prompt.warning("link", "answered-before-period"));
    let why = "The period is said to have ended a second before its end.";
    let early = [(r#""EventTime":"2026-03-19T00:00:00Z""#, r#""EventTime":"2026-03-18T23:59:59Z""#)];
    cases.push(forged(letter, "event/expiry-too-early", why, &expiry, &early, asked)?);
    let delivered = StepEvent::NotificationDelivered { notification: email(1)? };
    let delivered = letter.next(43, asked, delivered, ASKED)?;
    let why = "The request is said to have reached its channel two minutes before it was made.";
    let early = [(r#""EventTime":"2026-03-03T09:00:00Z""#, r#""EventTime":"2026-03-03T08:58:00Z""#)];
    cases.push(forged(letter, "event/event-before-cause", why, &delivered, &early, asked)?);
    let why = "A request for acceptance is named as what led to a notice of the content.";
    let told = [("Event/NotificationDelivered", "Event/ConsignmentNotification")];
    let told = forged(letter, "event/event-does-not-follow", why, &delivered, &told, asked)?;
    cases.push(told.event("ConsignmentNotification"));
    Ok(())
}

/// A case that fails by the finding of its name.
fn forged(
    letter: &Letter<'_>,
    id: &'static str,
    why: &str,
    step: &Step,
    edits: &[(&str, &str)],
    cause: &Passed,
) -> Result<Case> {
    let case = letter.case_of(id, why, step, letter.forged(step, edits)?, &cause.names);
    Ok(case.failed("FORMAT_FAILURE", "link", id.trim_start_matches("event/")))
}

/// A reason under an event that is none of its events.
fn reasons(letter: &Letter<'_>, cases: &mut Vec<Case>) -> Result<()> {
    let full = StepEvent::ContentConsignmentFailure { reason: KnownReason::NotConsignedForQuota.into() };
    let step = letter.first(44, full, AVAILABLE)?;
    let edits = [("MessageNotConsignedForQuota", "R_ERDS_MessageRejectedByRecipient")];
    let why = "The content could not be laid in the box, because the recipient refused it: that is another event.";
    let case = letter.case_of("event/reason-contradicts-event", why, &step, letter.forged(&step, &edits)?, &[]);
    cases.push(case.warning("statement", "reason-contradicts-event"));
    Ok(())
}

/// Letters whose sender asks for something.
fn terms(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let consent = Terms::new().with_consignment_mode(ConsignmentMode::Consent).with_answer_period_days(15)?;
    let consent = consent.with_regime("FR-LRE")?;
    let why = "The sender asks for the recipient's consent before the content is available.";
    let letter = letter_of(world, "event/sending-with-consent", why, 45, consent, cases)?;
    let step = letter.first(46, StepEvent::ContentConsignment, AVAILABLE)?;
    let why = "The content was made available, and nothing shows that the recipient accepted.";
    let missing = letter.case("event/acceptance-missing", why, &world.sealer, &letter.restated(&step, &[])?, &[])?;
    cases.push(missing.failed("FORMAT_FAILURE", "link", "acceptance-missing"));

    let signed = Terms::new()
        .with_consignment_mode(ConsignmentMode::Signed)
        .with_required_assurance(AssuranceLevel::High)
        .with_scheduled_delivery_time(at(ASKED))?
        .with_expiration_time(at(REMINDED))?
        .with_reply_to("0406798006".parse::<EnterpriseNumber>()?);
    let why = "The sender asks for an acceptance that the recipient signs.";
    let letter = letter_of(world, "event/sending-with-signature", why, 47, signed, cases)?;
    let request = letter.first(48, StepEvent::NotificationForAcceptance { window: window()? }, ASKED)?;
    let id = "event/request-for-signature";
    let asked = letter.pass(cases, id, "The recipient is asked to accept with a signature.", &request, None)?;
    let acceptance = |number, level| -> Result<Step> {
        let event = StepEvent::ConsignmentAcceptance {
            answered_by: ActedBy::Recipient(1),
            assurance: assurance(ANSWERED, level)?,
        };
        letter.next(number, &asked, event, ANSWERED)
    };
    let unsigned = letter.restated(&acceptance(49, AssuranceLevel::High)?, &[])?;
    let why = "The recipient accepts without the signature that the sender asks for.";
    let missing = letter.case("event/recipient-signature-missing", why, &world.sealer, &unsigned, &asked.names)?;
    cases.push(missing.failed("FORMAT_FAILURE", "link", "recipient-signature-missing"));
    let signature = RecipientSignature::new(world.proof.der())?;
    let signed = acceptance(50, AssuranceLevel::High)?.with_recipient_signature(signature.clone())?;
    let why = "The recipient accepts, with octets in the place of its signature, which is not evaluated.";
    let signed = letter.case("event/recipient-signature", why, &world.sealer, &signed, &asked.names)?;
    cases.push(signed.also("statement", "recipient-signature-not-evaluated", "information"));
    let [high, low] = [AssuranceLevel::High, AssuranceLevel::Substantial].map(AssuranceLevel::uri);
    let low =
        letter.restated(&acceptance(51, AssuranceLevel::High)?.with_recipient_signature(signature)?, &[(high, low)])?;
    let why = "The recipient was authenticated at a lower level than the sender asks for.";
    let low = letter.case("event/assurance-below-terms", why, &world.sealer, &low, &asked.names)?;
    cases.push(low.failed("FORMAT_FAILURE", "link", "assurance-below-terms"));
    Ok(())
}

/// Periods for an answer that are not of the days that the sender asks for.
fn periods(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let days = |days| -> Result<Terms> { Ok(Terms::new().with_answer_period_days(days)?) };
    let sealer = &world.sealer;
    let why = "The sender asks for ten days in which the recipient may answer.";
    let letter = letter_of(world, "event/sending-with-ten-days", why, 82, days(10)?, cases)?;
    let request = letter.first(83, StepEvent::NotificationForAcceptance { window: window()? }, ASKED)?;
    let id = "event/answer-period-differs";
    let asked = letter.pass(cases, id, "The request has a period of fifteen days.", &request, None)?;
    let differs = cases.pop().ok_or("no case")?;
    cases.push(differs.warning("link", "answer-period-differs"));
    let late = "2026-03-15T02:00:00Z";
    let acceptance = letter.next(84, &asked, accepted(late)?, late)?;
    let why = "The recipient accepts after ten days, however they are counted.";
    let late = letter.case("event/answered-after-days-asked-for", why, sealer, &acceptance, &asked.names)?;
    cases.push(late.warning("link", "answered-too-late"));
    let why = "The sender asks for twenty days in which the recipient may answer.";
    let letter = letter_of(world, "event/sending-with-twenty-days", why, 85, days(20)?, cases)?;
    let request = letter.first(86, StepEvent::NotificationForAcceptance { window: window()? }, ASKED)?;
    let id = "event/shorter-period";
    let asked = letter.pass(
        cases,
        id,
        "The request has a period of fifteen days, and twenty were asked for.",
        &request,
        None,
    )?;
    let shorter = cases.pop().ok_or("no case")?;
    cases.push(shorter.warning("link", "answer-period-differs"));
    let expiry = letter.next(87, &asked, lapsed(), "2026-03-23T22:00:00Z")?;
    let why =
        "The period of the request has ended without an answer, and a second of the days that were asked for is left.";
    let early = [(r#""EventTime":"2026-03-23T22:00:00Z""#, r#""EventTime":"2026-03-23T21:59:59Z""#)];
    let id = "event/expiry-before-days-asked-for";
    let early = letter.case_of(id, why, &expiry, letter.forged(&expiry, &early)?, &asked.names);
    cases.push(early.failed("FORMAT_FAILURE", "link", "expiry-too-early"));
    Ok(())
}

/// An answer to a letter whose sender wants none.
fn basic(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let why = "The sender asks for the mode basic by its name.";
    let terms = Terms::new().with_consignment_mode(ConsignmentMode::Basic);
    let letter = letter_of(world, "event/sending-in-mode-basic", why, 140, terms, cases)?;
    let request = letter.first(141, StepEvent::NotificationForAcceptance { window: window()? }, ASKED)?;
    let why = "The recipient is asked, although the sender wants no answer.";
    let asked = letter.pass(cases, "event/request-in-mode-basic", why, &request, None)?;
    let acceptance = letter.next(142, &asked, accepted(ANSWERED)?, ANSWERED)?;
    let why = "The recipient accepts what the sender wants to lie there at once.";
    let answer = letter.case("event/answer-not-asked-for", why, &world.sealer, &acceptance, &asked.names)?;
    cases.push(answer.warning("link", "answer-not-asked-for"));
    Ok(())
}

/// A letter whose sender asks for something.
pub fn letter_of<'w>(
    world: &'w World,
    file: &'static str,
    why: &str,
    number: u8,
    terms: Terms,
    cases: &mut Vec<Case>,
) -> Result<Letter<'w>> {
    letter_by(world, file, why, &sending(number, LETTER)?.with_terms(terms)?, cases)
}

/// Adds the case of a sending that passes, and returns its letter.
pub fn letter_by<'w>(
    world: &'w World,
    file: &'static str,
    why: &str,
    sending: &Sending,
    cases: &mut Vec<Case>,
) -> Result<Letter<'w>> {
    let proof: ProofOfSending = stamp(&world.pki, world.sealer.seal(sending, at(SIGNED))?, STAMPED, 1)?;
    let verifier = Verifier::new(world.pki.seal_anchors(), world.pki.tsa_anchors(), Environment::Test);
    let sent = verifier.verify(&proof, Payload::NotAvailable, at(NOW_OF_STEPS))?;
    cases.push(Case::new(file, SEALED, why, proof.der().to_vec()).event(sending.event().name()));
    Ok(Letter { world, file, sent })
}

/// The recipient that was asked, and another one.
fn of_two_recipients(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let office: EnterpriseNumber = "0244142664".parse()?;
    let two = sending(52, LETTER)?.with_recipient(Party::legal_person(office, "Example Receiving Office")?)?;
    let letter = letter_by(world, "event/sending-to-two", "The letter goes to two recipients.", &two, cases)?;
    let request = letter.first(53, StepEvent::NotificationForAcceptance { window: window()? }, ASKED)?;
    let id = "event/request-to-the-first";
    let asked = letter.pass(cases, id, "The first recipient is asked.", &request, None)?;
    let expiry = letter.next(54, &asked, lapsed(), UNTIL)?;
    let edits = [(r#""EvidenceRefersToRecipient":1"#, r#""EvidenceRefersToRecipient":2"#)];
    let why = "The second recipient is said to have left the request to the first one without an answer.";
    cases.push(forged(&letter, "event/cause-of-another-letter", why, &expiry, &edits, &asked)?);
    Ok(())
}

/// A message that came in from outside of registered delivery.
fn from_outside(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let sending = sending(55, LETTER)?.with_event(SendingEvent::ReceivedFromNonERDS);
    let why = "The message came in from outside of registered delivery.";
    let letter = letter_by(world, "event/ReceivedFromNonERDS", why, &sending, cases)?;
    let step = letter.first(56, StepEvent::ContentConsignment, AVAILABLE)?;
    letter.pass(cases, "event/consigned-from-outside", "It was laid in the recipient's box.", &step, None)?;
    Ok(())
}

/// Letters that ask for a payment: in clear, by a commitment, and after the day on which it was due.
fn payments(world: &World, cases: &mut Vec<Case>) -> Result<()> {
    let due = |day: &str| -> Result<Payment> {
        let currency: Currency = "EUR".parse()?;
        let payment = Payment::new("2026-0042", currency.minor_units("125.00")?, 0, currency, day.parse()?)?;
        let payment = payment.with_iban("BE68539007547034")?.with_bic("GKCCBEBB")?;
        Ok(payment.with_reference("+++090/9337/55493+++")?)
    };
    let in_time = due("2026-04-02")?;
    let clear = sending(58, LETTER)?.with_payment_in_clear(in_time.clone());
    letter_by(world, "event/payment", "The letter asks for a payment, in clear.", &clear, cases)?;
    let committed = sending(59, LETTER)?.with_payment(&in_time, &Salt::from_bytes(&[0x58; 32])?);
    letter_by(world, "event/payment-committed", "The letter commits to what it asks for.", &committed, cases)?;
    let late = sending(60, LETTER)?.with_payment_in_clear(due("2026-03-01")?);
    let proof = stamp(&world.pki, world.sealer.seal(&late, at(SIGNED))?, STAMPED, 1)?;
    let why = "The payment was due on the day before the letter was sent.";
    let late = Case::new("event/payment-due-before-event", SEALED, why, proof.der().to_vec());
    cases.push(late.warning("statement", "payment-due-before-event"));
    Ok(())
}

/// A submission to nobody, which the service refused.
fn rejection(world: &World) -> Result<Case> {
    let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Sending Office")?;
    // One digit of it is wrong.
    let recipient = Identifier::as_submitted("85073003327")?;
    assert!("85073003327".parse::<Niss>().is_err());
    let submission = Sending::new(
        MessageId::new("1ZG0000036L3Z")?,
        sender,
        Party::new(recipient),
        PartDescription::new("letter.txt", "text/plain")?,
        PayloadDigests::of_bytes(LETTER),
        at(SUBMITTED),
    )?;
    let reason = Reason::from(KnownReason::InvalidMessageFormat).with_detail("the recipient is nobody")?;
    let rejection =
        Step::rejection(&submission, reason, at(SUBMITTED))?.with_evidence_identifier(identifier(57, SUBMITTED));
    let letter = Letter { world, file: "good/sending", sent: world.verified.clone() };
    let why = "The service refused a submission to nobody.";
    let case = letter.case("event/SubmissionRejection", why, &world.sealer, &rejection, &[])?;
    Ok(case.sending(None))
}
