//! Letters: what several proofs come to together, by state, by contradiction, with gaps, claims and replies.

mod conflicts;
pub mod foreign;
pub mod plain;

use recommande::evidence::{ActedBy, ExternalService, OpeningEvent, StepEvent, Terms};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::verify::Verified;
use recommande::{Environment, Issuer, MessageId, Opening, PartDescription, Party, PayloadDigests, Sealer, Sending};

use self::plain::{ACCEPTANCE, CONSIGNMENT, OPENING, REFUSAL, REPLY, REQUEST, SENDING, letter, path, substantial};
use crate::case::{Case, SEALED};
use crate::manifest::{
    ExpectedCase, ExpectedClaim, ExpectedContradiction, ExpectedLetter, ExpectedReply, LetterVector,
};
use crate::steps::{ANSWERED, AVAILABLE, Letter, NEXT_SERVICE, TOLD, letter_of, next_sealer};
use crate::world::{
    LETTER, NOW_OF_STEPS, OTHER_LETTER, Result, SIGNED, STAMPED, World, at, identifier, sealer, sending, stamp,
};

/// The message of nearly all letters here.
const MESSAGE: &str = "1ZG0000036L3Z";

/// The recipient as the sender of a reply, and somebody else in its place.
pub const CITIZEN: &str =
    r#""SenderDetails":{"Identifier":{"value":"85073003328","IdentifierSchemeName":"urn:be:fgov:person:ssin"}}"#;
pub const STRANGER: &str = r#""SenderDetails":{"Identity":{"Attribute":[{"Name":"http://eidas.europa.eu/attributes/legalperson/LegalName","AttributeValue":["Example Receiving Office"]}]},"Identifier":{"value":"0244142664","IdentifierSchemeName":"urn:be:fgov:kbo-bce:organization:cbe-number"}}"#;

/// The letters, and the proofs that are theirs alone.
pub struct Letters {
    pub proofs: Vec<Case>,
    pub vectors: Vec<LetterVector>,
}

pub fn all(world: &World) -> Result<Letters> {
    let mut proofs = Vec::new();
    histories(world, &mut proofs)?;
    let reply = replies(world, &mut proofs)?;
    let conflicts = conflicts::all(world, &mut proofs)?;
    let mut vectors = states();
    vectors.extend(incomplete());
    vectors.extend(contradictions_of_services());
    vectors.extend(contradictions_of_answers());
    vectors.extend(contradictions_of_events());
    vectors.extend(contradictions_of_persons());
    vectors.extend(reply);
    vectors.extend(conflicts);
    Ok(Letters { proofs, vectors })
}

fn paths(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| path(name)).collect()
}

impl LetterVector {
    /// Adds the case of the next recipient.
    pub fn case(mut self, verdict: &str, state: Option<&str>, proven: &str) -> Self {
        let case = ExpectedCase {
            verdict: verdict.into(),
            state: state.map(Into::into),
            proven: proven.into(),
            contradictions: Vec::new(),
            gaps: Vec::new(),
            missing: Vec::new(),
        };
        match self.expected.letters.last_mut() {
            Some(letter) => letter.cases.push(case),
            None => {
                let (message, replies, replies_to) = (MESSAGE.into(), Vec::new(), Vec::new());
                self.expected.letters.push(ExpectedLetter { message, cases: vec![case], replies, replies_to });
            }
        }
        self
    }

    pub fn proven(self, state: &str) -> Self {
        self.case("proven", Some(state), state)
    }

    /// Contradicted, and the state is proven nevertheless.
    pub fn contradicted(self, state: &str) -> Self {
        self.case("contradicted", Some(state), state)
    }

    fn incomplete(self, state: &str, proven: &str) -> Self {
        self.case("incomplete", Some(state), proven)
    }

    fn last(&mut self) -> &mut ExpectedCase {
        self.expected.letters.last_mut().and_then(|letter| letter.cases.last_mut()).expect("a case")
    }

    /// Of the last case: this contradiction, between these proofs.
    pub fn by(mut self, kind: &str, severity: &str, proofs: &[&str]) -> Self {
        let (kind, severity, proofs) = (kind.into(), severity.into(), paths(proofs));
        self.last().contradictions.push(ExpectedContradiction { kind, severity, proofs });
        self
    }

    pub fn gap(mut self, name: &str) -> Self {
        self.last().gaps.push(name.into());
        self
    }

    fn missing(mut self, names: &[&str]) -> Self {
        self.last().missing = paths(names);
        self
    }

    fn claim(mut self, name: &str, code: &str) -> Self {
        self.expected.claims.push(ExpectedClaim { file: path(name), code: code.into() });
        self
    }

    /// Starts the next letter, whose cases follow.
    fn another_letter(mut self, message: &str) -> Self {
        let (message, cases, replies, replies_to) = (message.into(), Vec::new(), Vec::new(), Vec::new());
        self.expected.letters.push(ExpectedLetter { message, cases, replies, replies_to });
        self
    }

    /// The first letter has this reply, which is the last letter.
    fn reply(mut self, name: &str, objections: &[&str]) -> Self {
        let objections: Vec<String> = objections.iter().map(|objection| (*objection).into()).collect();
        let letter = self.expected.letters.first_mut().expect("a letter");
        letter.replies.push(ExpectedReply { proof: path(name), objections: objections.clone() });
        self.replies_to(objections)
    }

    /// The last letter says that it replies.
    fn replies_to(mut self, objections: Vec<String>) -> Self {
        let letter = self.expected.letters.last_mut().expect("a letter");
        letter.replies_to.push(objections);
        self
    }
}

/// A letter for each state.
fn states() -> Vec<LetterVector> {
    let step = |id, why, name, state| letter(id, why, &[SENDING, name]).proven(state);
    let asked = |id, why, name, state| letter(id, why, &[SENDING, REQUEST, name]).proven(state);
    let available = |id, why, names: &[&str], state| {
        let files = [&[SENDING, REQUEST, ACCEPTANCE, CONSIGNMENT], names].concat();
        letter(id, why, &files).proven(state).gap("never-activated")
    };
    let opened = "The recipient opened what it had accepted, and was told of before.";
    let failed = "Nobody took the content in time.";
    vec![
        letter("submitted", "The service took charge, and nothing else is known.", &[SENDING]).proven("submitted"),
        letter("refused-at-submission", "The service refused the submission.", &["event/SubmissionRejection"])
            .proven("refused-at-submission"),
        step("relayed", "The next service took the message.", "event/RelayAcceptance", "relayed"),
        step("relay-failed", "The next service gave no answer.", "event/RelayFailure", "relay-failed"),
        step(
            "asking-failed",
            "The recipient could not be asked.",
            "event/NotificationForAcceptanceFailure",
            "asking-failed",
        ),
        step("awaiting-answer", "The recipient was asked, and has not answered.", REQUEST, "awaiting-answer"),
        asked("accepted", "The recipient accepted.", ACCEPTANCE, "accepted"),
        asked("refused-by-recipient", "The recipient refused.", REFUSAL, "refused-by-recipient"),
        asked("unclaimed", "The period ended without an answer.", "event/AcceptanceRejectionExpiry", "unclaimed"),
        available("available", "The content lies in a box that was never opened.", &[], "available"),
        step("not-available", "The recipient's box is full.", "event/ContentConsignmentFailure", "not-available"),
        available("opened", opened, &["event/ConsignmentNotification", OPENING], "opened"),
        available("handover-failed", failed, &["event/ContentHandoverFailure"], "handover-failed"),
        step("left-service", "The message was printed and posted.", "event/RelayToNonERDS", "left-service"),
        step("leaving-failed", "The message could not be posted.", "event/RelayToNonERDSFailure", "leaving-failed"),
        letter(
            "from-outside",
            "The message came in from outside and lies in the recipient's box.",
            &["event/ReceivedFromNonERDS", "event/consigned-from-outside"],
        )
        .proven("available"),
    ]
}

/// Letters of which something is missing, not proven, or only claimed.
fn incomplete() -> Vec<LetterVector> {
    vec![
        letter(
            "availability-not-proven",
            "The recipient opened the content, and no proof shows that it lay there.",
            &[SENDING, "good/opening"],
        )
        .proven("opened")
        .gap("availability-not-proven"),
        letter("request-missing", "The recipient accepted, and the request is missing.", &[SENDING, ACCEPTANCE])
            .incomplete("accepted", "submitted")
            .missing(&[REQUEST]),
        letter("sending-missing", "The recipient was asked, and the sending is missing.", &[REQUEST])
            .incomplete("awaiting-answer", "unknown")
            .missing(&[SENDING]),
        letter(
            "claimed",
            "The request waits for its timestamp, so that somebody only claims it.",
            &[SENDING, "event/request-unstamped"],
        )
        .proven("submitted")
        .claim("event/request-unstamped", "timestamp-missing"),
        letter(
            "nothing",
            "All that is at hand is of another environment than the verifier's, so that nothing is said of the letter.",
            &["case/consigned-in-production"],
        )
        .case("nothing", None, "unknown")
        .by("environments-mixed", "statement-failed", &["case/consigned-in-production"]),
    ]
}

/// Services that contradict themselves or each other, and those that speak without being in charge.
fn contradictions_of_services() -> Vec<LetterVector> {
    let rejection = "event/SubmissionRejection";
    let (told, retold) = ("case/consigned", "case/consigned-a-minute-later");
    let (foreign, production) = ("case/consigned-by-another-service", "case/consigned-in-production");
    vec![
        letter("accepted-and-rejected", "The service took charge and refused to.", &[SENDING, rejection])
            .contradicted("submitted")
            .by("accepted-and-rejected", "failed", &[SENDING, rejection])
            .by("event-out-of-order", "failed", &[SENDING, rejection]),
        letter(
            "equivocation",
            "The service states one event twice, a minute apart, in evidence of one identifier.",
            &[SENDING, told, retold],
        )
        .contradicted("available")
        .by("equivocation", "failed", &[told, retold]),
        letter("split-view", "The service took charge of one message with two contents.", &[SENDING, "case/split"])
            .contradicted("submitted")
            .by("split-view", "failed", &[SENDING, "case/split"]),
        letter(
            "environments-mixed",
            "The letter is of a test, and its content is said to lie there in production.",
            &[SENDING, production],
        )
        .contradicted("submitted")
        .by("environments-mixed", "failed", &[SENDING, production]),
        letter("issuer-not-in-charge", "A service that did not take over states the delivery.", &[SENDING, foreign])
            .proven("submitted")
            .by("issuer-not-in-charge", "statement-failed", &[foreign]),
        letter(
            "issuer-in-charge",
            "The same service states it after it took over: nothing is contradicted.",
            &[SENDING, "event/RelayAcceptance", foreign],
        )
        .proven("available"),
        letter(
            "stated-after-relay",
            "The service that took over states the delivery after a third one took over from it.",
            &[SENDING, "event/RelayAcceptance", "case/relayed-further", foreign],
        )
        .proven("available")
        .by("stated-after-relay", "warning", &["case/relayed-further", foreign]),
        letter(
            "relayed-by-same-service",
            "The service says that it took the message from itself.",
            &[SENDING, "event/relayed-by-same-service"],
        )
        .proven("relayed")
        .by("relayed-by-same-service", "warning", &[SENDING, "event/relayed-by-same-service"]),
    ]
}

/// Answers that contradict each other, their period, or what the sender asked for.
fn contradictions_of_answers() -> Vec<LetterVector> {
    let early = "event/expiry-too-early";
    let late = "event/answered-too-late";
    let prompt = "event/answered-before-period";
    let ten = ["event/sending-with-ten-days", "event/answer-period-differs", "event/answered-after-days-asked-for"];
    let twenty = ["event/sending-with-twenty-days", "event/shorter-period", "event/expiry-before-days-asked-for"];
    let basic = ["event/sending-in-mode-basic", "event/request-in-mode-basic", "event/answer-not-asked-for"];
    let consent = "event/sending-with-consent";
    let signed = ["event/sending-with-signature", "event/request-for-signature"];
    let unsigned = "event/recipient-signature-missing";
    let low = "event/assurance-below-terms";
    vec![
        letter("answers-conflict", "The recipient accepts and refuses.", &[SENDING, REQUEST, ACCEPTANCE, REFUSAL])
            .contradicted("accepted")
            .by("answers-conflict", "failed", &[ACCEPTANCE, REFUSAL])
            .by("event-out-of-order", "failed", &[ACCEPTANCE, REFUSAL]),
        letter("expiry-too-early", "The period is said to have ended a second early.", &[SENDING, REQUEST, early])
            .contradicted("awaiting-answer")
            .by("expiry-too-early", "failed", &[early]),
        letter("answered-too-late", "The answer is of the first instant after.", &[SENDING, REQUEST, late])
            .proven("accepted")
            .by("answered-too-late", "warning", &[late]),
        letter("answered-before-period", "The answer is of the day before its period.", &[SENDING, REQUEST, prompt])
            .proven("accepted")
            .by("answered-before-period", "warning", &[prompt]),
        letter("answer-period-differs", "Ten days were asked for, and fifteen given.", &[ten[0], ten[1], ten[2]])
            .proven("accepted")
            .by("answered-too-late", "warning", &[ten[2]])
            .by("answer-period-differs", "warning", &[ten[1]]),
        letter("expiry-before-days-asked-for", "Twenty days were asked for, and fifteen given.", &twenty)
            .contradicted("awaiting-answer")
            .by("expiry-too-early", "failed", &twenty[2..])
            .by("answer-period-differs", "warning", &twenty[1..2]),
        letter("answer-not-asked-for", "The recipient accepts, and the sender asked for the mode basic.", &basic)
            .proven("accepted")
            .by("answer-not-asked-for", "warning", &basic[2..]),
        letter("acceptance-missing", "Nobody accepted what lies there.", &[consent, "event/acceptance-missing"])
            .contradicted("submitted")
            .by("acceptance-missing", "failed", &["event/acceptance-missing"]),
        letter(
            "recipient-signature-missing",
            "The acceptance lacks the signature that the sender asked for.",
            &[signed[0], signed[1], unsigned],
        )
        .contradicted("awaiting-answer")
        .by("recipient-signature-missing", "failed", &[unsigned]),
        letter(
            "recipient-signature",
            "The acceptance has octets in the place of the recipient's signature, which is not judged.",
            &[signed[0], signed[1], "event/recipient-signature"],
        )
        .proven("accepted")
        .gap("recipient-signature-not-evaluated"),
        letter(
            "assurance-below-terms",
            "The recipient was authenticated at a lower level than the sender asked for.",
            &[signed[0], signed[1], low],
        )
        .proven("awaiting-answer")
        .by("assurance-below-terms", "statement-failed", &[low]),
    ]
}

/// Events that contradict what led to them, or what happened before.
fn contradictions_of_events() -> Vec<LetterVector> {
    let early = "event/event-before-cause";
    let strange = "event/cause-of-another-letter";
    let reason = "event/reason-contradicts-event";
    let failure = "event/ContentHandoverFailure";
    let late = "event/opened-after-availability";
    vec![
        letter(
            "event-before-cause",
            "The request is said to have reached its channel before it was made.",
            &[SENDING, REQUEST, early],
        )
        .contradicted("awaiting-answer")
        .by("event-before-cause", "failed", &[early]),
        letter(
            "cause-of-another-letter",
            "The second recipient is said to have left the request to the first one without an answer.",
            &["event/sending-to-two", "event/request-to-the-first", strange],
        )
        .proven("awaiting-answer")
        .contradicted("submitted")
        .by("cause-of-another-letter", "failed", &[strange]),
        letter(
            "mandate-invalid",
            "The letter was opened for the enterprise by somebody whom its mandate does not name.",
            &["mandate/sending-to-enterprise", "mandate/nobody-acted"],
        )
        .proven("submitted")
        .by("mandate-invalid", "statement-failed", &["mandate/nobody-acted"]),
        letter(
            "recipient-differs",
            "The letter was opened under an identifier that is said to have been somebody else's.",
            &["mandate/sending-to-bis", "mandate/recipient-differs"],
        )
        .proven("submitted")
        .by("recipient-differs", "statement-failed", &["mandate/recipient-differs"]),
        letter("reason-contradicts-event", "The reason is one of another event.", &[SENDING, reason])
            .proven("not-available")
            .by("reason-contradicts-event", "warning", &[reason]),
        letter(
            "failed-after-success",
            "The content was opened, and is then said not to have been handed over.",
            &[SENDING, REQUEST, ACCEPTANCE, CONSIGNMENT, OPENING, failure],
        )
        .proven("opened")
        .by("failed-after-success", "warning", &[OPENING, failure])
        .gap("never-activated"),
        letter(
            "opened-after-availability",
            "The content was opened after its availability had ended.",
            &[SENDING, REQUEST, ACCEPTANCE, CONSIGNMENT, late],
        )
        .proven("opened")
        .by("opened-after-availability", "warning", &[late])
        .gap("never-activated"),
        letter(
            "event-out-of-order",
            "The recipient refused the letter, and is said to have opened it afterwards.",
            &[SENDING, REQUEST, REFUSAL, "case/handed-over-after-refusal"],
        )
        .contradicted("refused-by-recipient")
        .by("event-out-of-order", "failed", &[REFUSAL, "case/handed-over-after-refusal"]),
    ]
}

/// Persons who act without a mandate, or by an identifier that is not theirs; and those who may.
fn contradictions_of_persons() -> Vec<LetterVector> {
    let (enterprise, bis) = ("mandate/sending-to-enterprise", "mandate/sending-to-bis");
    let (ended, differs) = ("mandate/ended", "mandate/recipient-differs");
    vec![
        letter("mandate-ended", "The mandate had ended when its holder opened the letter.", &[enterprise, ended])
            .proven("submitted")
            .by("mandate-invalid", "statement-failed", &[ended]),
        letter(
            "opened-by-mandate",
            "A person of the provider opened the letter, and the register's extract is not at hand.",
            &[enterprise, "mandate/provider"],
        )
        .incomplete("opened", "submitted")
        .gap("availability-not-proven"),
        letter("identifier-of-another", "The identifier that changed is that of somebody else.", &[bis, differs])
            .proven("submitted")
            .by("recipient-differs", "statement-failed", &[differs]),
        letter(
            "identifier-succeeded",
            "The recipient opened the letter by the identifier that succeeded.",
            &[bis, "mandate/identifier-succeeded"],
        )
        .proven("opened")
        .gap("availability-not-proven"),
    ]
}

/// Proofs of letters that are told in two ways, by another service, or in another environment.
fn histories(world: &World, proofs: &mut Vec<Case>) -> Result<()> {
    let letter = Letter { world, file: SENDING, sent: world.verified.clone() };
    let consigned = |number| letter.first(number, StepEvent::ContentConsignment, AVAILABLE);
    let step = consigned(71)?;
    let why = "The content lies in the recipient's box.";
    proofs.push(letter.case("case/consigned", why, &world.sealer, &step, &[])?);
    let later = [(r#""EventTime":"2026-03-05T11:00:00Z""#, r#""EventTime":"2026-03-05T11:01:00Z""#)];
    let why = "The same in evidence of the same identifier, a minute later.";
    proofs.push(letter.case_of("case/consigned-a-minute-later", why, &step, letter.forged(&step, &later)?, &[]));
    let why = "Another service states that the content lies in the recipient's box.";
    proofs.push(letter.case("case/consigned-by-another-service", why, &next_sealer(world)?, &consigned(72)?, &[])?);
    let from = ExternalService::of("Example Receiving Service", &NEXT_SERVICE.parse::<EnterpriseNumber>()?)?;
    let third = Issuer::of("Example Third Service", &"0244142664".parse::<EnterpriseNumber>()?, Environment::Test)?;
    let third = Sealer::new(world.sealer.credentials().clone(), third);
    let why = "A third service took the message over from the next one.";
    let step = letter.first(92, StepEvent::RelayAcceptance { from }, ANSWERED)?;
    proofs.push(letter.case("case/relayed-further", why, &third, &step, &[])?);
    let production = sealer(&world.pki, Environment::Production)?;
    let why = "The service states the event in production, and the sending is of a test.";
    let mixed = letter.case("case/consigned-in-production", why, &production, &consigned(73)?, &[])?;
    proofs.push(mixed.indeterminate("SIG_CONSTRAINTS_FAILURE", "statement", "environment-differs"));
    let opening = Opening::of(&world.verified, ActedBy::Recipient(1), substantial(TOLD)?, at(TOLD))?;
    let opening = opening.with_event(OpeningEvent::ContentHandover)?.with_evidence_identifier(identifier(74, TOLD));
    let why = "The content was handed over two hours after the recipient answered.";
    proofs.push(letter.case("case/handed-over-after-refusal", why, &world.sealer, &opening, &[])?);
    let split = sending(75, OTHER_LETTER)?;
    let proof = stamp(&world.pki, world.sealer.seal(&split, at(SIGNED))?, STAMPED, 1)?;
    let why = "The message has other content.";
    let split = Case::new("case/split", SEALED, why, proof.der().to_vec()).payload("payload/other-letter.txt");
    proofs.push(split);
    Ok(())
}

/// A letter to which its recipient may reply, and replies to it.
fn replies(world: &World, proofs: &mut Vec<Case>) -> Result<Vec<LetterVector>> {
    let why = "The sender allows replies.";
    let terms = Terms::new().with_reply_authorized();
    let original = "case/sending-with-replies";
    let answered = letter_of(world, original, why, 76, terms, proofs)?;
    let opening = Opening::of(&answered.sent, ActedBy::Recipient(1), substantial(ANSWERED)?, at(ANSWERED))?;
    let opening = opening.with_evidence_identifier(identifier(77, ANSWERED));
    let opened = "case/opened-before-reply";
    proofs.push(answered.case(opened, "The recipient opened the letter.", &world.sealer, &opening, &[])?);
    let why = "The recipient replies to the sender.";
    let answer = reply(&answered.sent, 78)?;
    proofs.push(sealed_reply(world, "case/reply", why, &answer)?);
    let why = "Somebody who is no recipient replies to the sender.";
    let answer = answered.restated(&reply(&answered.sent, 79)?, &[(CITIZEN, STRANGER)])?;
    proofs.push(sealed_reply(world, "case/reply-by-a-stranger", why, &answer)?);
    let with = |id, why, name, objections: &[&str]| {
        letter_with_reply(id, why, &[original, opened, name]).reply(name, objections)
    };
    let alone = letter("reply-alone", "The letter that is answered is not at hand.", &["case/reply"]);
    let alone = alone.another_letter(REPLY).proven("submitted").replies_to(vec!["original-not-given".into()]);
    Ok(vec![
        with("replied", "The recipient replied to the letter.", "case/reply", &[]),
        with(
            "reply-by-somebody-else",
            "The letter of somebody else is said to be answered.",
            "case/reply-by-a-stranger",
            &["sender-is-no-recipient"],
        ),
        alone,
    ])
}

fn letter_with_reply(id: &str, why: &str, files: &[&str]) -> LetterVector {
    let original = letter(id, why, files).proven("opened").gap("availability-not-proven");
    original.another_letter(REPLY).proven("submitted")
}

/// The reply of the recipient to the sender.
pub fn reply(original: &Verified<Sending>, number: u8) -> Result<Sending> {
    let from = Party::new("85073003328".parse::<Niss>()?);
    let to = Party::legal_person("0566988259".parse::<EnterpriseNumber>()?, "Example Sending Office")?;
    let part = PartDescription::new("letter.txt", "text/plain")?;
    let digests = PayloadDigests::of_bytes(LETTER);
    let reply = Sending::new(MessageId::new(REPLY)?, from, to, part, digests, at(TOLD))?;
    Ok(reply.replying_to(original)?.with_evidence_identifier(identifier(number, TOLD)))
}

/// A reply that passes by itself.
pub fn sealed_reply(world: &World, id: &str, why: &str, reply: &Sending) -> Result<Case> {
    let (signed, stamped) = ("2026-03-05T12:00:01Z", "2026-03-05T12:00:02Z");
    let proof = stamp(&world.pki, world.sealer.seal(reply, at(signed))?, stamped, 1)?;
    Ok(Case::new(id, SEALED, why, proof.der().to_vec()).now(NOW_OF_STEPS).proven_at(stamped))
}
