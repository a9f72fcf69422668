//! A reply is a sending whose link to the letter that it names is verified.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    Assurance, AssuranceLevel, Codec, Committed, EvidenceError, Field, Identifier, IdentifierSuccession, LinkRole,
    Mandate, MandateAction, MandateFault, MandateLink, MandateRole, MandateScope, Party, PartyField, RegisterReference,
    RegisterStatement, ReplyFault, Role, Salts, Statement, Terms,
};
use recommande::identity::Niss;
use recommande::life::{Case, ReplyObjection, judge};
use recommande::seal::SealError;
use recommande::verify::{
    Code, Context, GivenOriginal, GivenParties, GivenProof, Indication, Octets, Payload, Policy, Preceding, Question,
    Report, SendingContext, VerificationInput, Verified,
};
use recommande::{ProofOfSending, Sending};

use crate::cases::{afterwards, hours, reply, sealed_by};
use crate::common::{Service, against, enterprise, forged_reply, has, later, niss, now, sending};

fn citizen() -> Party {
    Party::new(niss())
}

fn office() -> Party {
    Party::legal_person(enterprise("0566988259"), "Example Office").unwrap()
}

fn stranger() -> Party {
    Party::new(enterprise("0244142664"))
}

fn allowed() -> Terms {
    Terms::new().with_reply_authorized()
}

/// A letter of these terms, which verified.
struct Answered {
    service: Service,
    proof: ProofOfSending,
    letter: Verified<Sending>,
}

impl Answered {
    fn of(terms: Terms) -> Self {
        let service = Service::new();
        let proof = service.proof_of(&sending().with_terms(terms).unwrap());
        let letter = service.verified(&proof);
        Self { service, proof, letter }
    }

    fn sealed(&self, reply: &Sending) -> ProofOfSending {
        sealed_by(&self.service, &self.service.sealer, reply)
    }

    /// What is found of a reply with the letter beside it.
    fn report(&self, reply: &Sending) -> Report {
        let context = SendingContext::new(Payload::NotAvailable).with_original(&self.letter);
        self.service.verifier().report(&self.sealed(reply), context, afterwards())
    }

    fn refusal(&self, reply: Sending) -> EvidenceError {
        reply.replying_to(&self.letter).unwrap_err()
    }
}

#[test]
fn a_reply_is_verified_with_its_letter() {
    let answered = Answered::of(allowed());
    let reply = reply(citizen(), office(), hours(2)).replying_to(&answered.letter).unwrap();
    let report = answered.report(&reply);
    assert_eq!((report.indication, has(&report, Code::ReplyMatches)), (Indication::TotalPassed, true), "{report}");
    // By itself it is a letter like any other one, and nobody says that it is a reply.
    let alone = answered.service.verifier().report(&answered.sealed(&reply), Payload::NotAvailable, afterwards());
    assert_eq!(alone.indication, Indication::TotalPassed, "{alone}");
    assert!(has(&alone, Code::OriginalNotGiven) && !has(&alone, Code::ReplyMatches), "{alone}");
    // A letter beside a sending makes no reply of it.
    let plain = answered.report(&sending());
    assert!(has(&plain, Code::OriginalNotNamed) && !has(&plain, Code::ReplyMatches), "{plain}");
    assert!(!has(&alone, Code::OriginalNotNamed));
}

#[test]
fn what_is_no_reply_is_neither_stated_nor_passes() {
    let (answered, silent) = (Answered::of(allowed()), Answered::of(Terms::new().with_regime("FR-LRE").unwrap()));
    let early = now() - Duration::minutes(5);
    let two = || reply(citizen(), office(), hours(2)).with_recipient(stranger()).unwrap();
    for (answered, reply, fault, code) in [
        (&silent, reply(citizen(), office(), hours(2)), ReplyFault::NotAuthorised, Code::ReplyNotAuthorised),
        (&answered, reply(stranger(), office(), hours(2)), ReplyFault::SenderIsNoRecipient, Code::ReplyByNoRecipient),
        (&answered, reply(citizen(), stranger(), hours(2)), ReplyFault::GoesElsewhere, Code::ReplyGoesElsewhere),
        (&answered, two(), ReplyFault::GoesElsewhere, Code::ReplyGoesElsewhere),
        (&answered, reply(citizen(), office(), early), ReplyFault::BeforeLetter, Code::ReplyBeforeLetter),
    ] {
        assert_eq!(answered.refusal(reply.clone()), EvidenceError::Reply(fault));
        let report = answered.report(&forged_reply(&reply, &answered.letter));
        assert_eq!((report.indication, against(&report)), (Indication::TotalFailed, vec![code]), "{report}");
        assert!(!has(&report, Code::ReplyMatches), "{report}");
    }
    // The sender named somebody else for replies.
    let elsewhere = Answered::of(allowed().with_reply_to(enterprise("0244142664")));
    let goes = |to| reply(citizen(), to, hours(2)).replying_to(&elsewhere.letter);
    assert!(elsewhere.report(&goes(stranger()).unwrap()).indication == Indication::TotalPassed);
    assert_eq!(goes(office()).unwrap_err(), EvidenceError::Reply(ReplyFault::GoesElsewhere));
    // A recipient that is added afterwards is one too many.
    let stated = reply(citizen(), office(), hours(2)).replying_to(&answered.letter).unwrap();
    assert_eq!(stated.with_recipient(stranger()).unwrap_err(), EvidenceError::PartiesAfterReply);
}

/// The clocks of two services differ by what the policy allows.
#[test]
fn a_reply_may_be_earlier_by_the_skew_of_clocks() {
    let answered = Answered::of(allowed());
    let at = |time: DateTime<Utc>| answered.report(&forged_reply(&reply(citizen(), office(), time), &answered.letter));
    let skew = Duration::seconds(Policy::default().clock_skew.into());
    assert!(!has(&at(now() - skew), Code::ReplyBeforeLetter));
    assert!(has(&at(now() - skew - Duration::milliseconds(1)), Code::ReplyBeforeLetter));
}

#[test]
fn the_letter_is_the_one_that_the_reply_names_and_verified() {
    let (answered, another) = (Answered::of(allowed()), Answered::of(allowed()));
    let stated = reply(citizen(), office(), hours(2)).replying_to(&answered.letter).unwrap();
    let proof = answered.sealed(&stated);
    let report = |original: Preceding<'_>| {
        let context = SendingContext::new(Payload::NotAvailable).with_original(original);
        answered.service.verifier().report(&proof, context, afterwards())
    };
    // Another sealed sending of the same message.
    let service = &answered.service;
    let again = service.proof_of(&sending().with_terms(allowed()).unwrap());
    let differs = report(Preceding::Verified(&service.verified(&again)));
    assert_eq!((differs.indication, against(&differs)), (Indication::TotalFailed, vec![Code::OriginalDiffers]));
    // One that was verified by other anchors, and one that did not verify.
    let otherwise = report(Preceding::Verified(&another.letter));
    assert_eq!(against(&otherwise), [Code::OriginalVerifiedOtherwise], "{otherwise}");
    let error = another.service.verifier().verify(&answered.proof, Payload::NotAvailable, later()).unwrap_err();
    let refused = report(Preceding::Refused(&error));
    assert_eq!(refused.indication, Indication::Indeterminate);
    assert_eq!(against(&refused), [Code::OriginalNotVerified], "{refused}");
}

#[test]
fn parties_behind_commitments_are_compared_once_they_are_disclosed() {
    let service = Service::new();
    let plain = sending().with_terms(allowed()).unwrap();
    let (committed, disclosure) = Committed::of(&plain, &Field::personal(&plain), Salts::Random).unwrap().into_parts();
    let proof = service.proof_of(&committed);
    let hidden = service.verified(&proof);
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let disclosed = service.verifier().verify(&proof, context, later()).unwrap();
    let by = |from: Party| reply(from, office(), hours(2));
    assert_eq!(by(citizen()).replying_to(&hidden).unwrap_err(), EvidenceError::Reply(ReplyFault::PartiesNotDisclosed));
    assert_eq!(
        by(stranger()).replying_to(&disclosed).unwrap_err(),
        EvidenceError::Reply(ReplyFault::SenderIsNoRecipient)
    );
    let stated = by(citizen()).replying_to(&disclosed).unwrap();
    let sealed = sealed_by(&service, &service.sealer, &stated);
    let report = |original: &Verified<Sending>| {
        let context = SendingContext::new(Payload::NotAvailable).with_original(original);
        service.verifier().report(&sealed, context, afterwards())
    };
    assert!(has(&report(&disclosed), Code::ReplyMatches));
    let unknown = report(&hidden);
    assert_eq!(
        (unknown.indication, against(&unknown)),
        (Indication::Indeterminate, vec![Code::ReplyPartiesNotDisclosed])
    );
    // The reply commits to who it is by as well, and is disclosed itself.
    let (reply, of_reply) = Committed::of(&stated, &Field::personal(&stated), Salts::Random).unwrap().into_parts();
    let sealed = sealed_by(&service, &service.sealer, &reply);
    let context = SendingContext::new(Payload::NotAvailable).with_original(&disclosed);
    let report = |context| service.verifier().report(&sealed, context, afterwards());
    assert!(has(&report(context), Code::ReplyPartiesNotDisclosed));
    assert!(has(&report(context.with_disclosure(&of_reply)), Code::ReplyMatches));
}

/// Who replies has another number by now, and the one that it had is erased: nobody can say if the recipient had it.
#[test]
fn an_erased_previous_identifier_leaves_the_link_undecided() {
    let answered = Answered::of(allowed());
    let succession = IdentifierSuccession::new(niss(), enterprise("0244142664"), "register", now()).unwrap();
    let by_successor = reply(stranger(), office(), hours(2)).with_identifier_succession(succession).unwrap();
    let stated = by_successor.replying_to(&answered.letter).unwrap();
    let previous = Field::Party(Role::PreviousIdentifier, PartyField::Identifier);
    let (committed, disclosure) = Committed::of(&stated, &[previous], Salts::Random).unwrap().into_parts();
    let sealed = answered.sealed(&committed);
    let context = SendingContext::new(Payload::NotAvailable).with_original(&answered.letter);
    let report = |context| answered.service.verifier().report(&sealed, context, afterwards());
    let erased = report(context);
    assert_eq!(
        (erased.indication, against(&erased)),
        (Indication::Indeterminate, vec![Code::ReplyPartiesNotDisclosed]),
        "{erased}"
    );
    assert!(has(&report(context.with_disclosure(&disclosure)), Code::ReplyMatches));
}

/// A letter commits to whom replies go to, as it does to other persons. Without its disclosure nobody can say if one went there.
#[test]
fn whom_replies_go_to_can_be_a_commitment() {
    let service = Service::new();
    let stated = sending().with_terms(Terms::new().with_reply_to(niss())).unwrap();
    let reply_to = Field::Party(Role::ReplyTo, PartyField::Identifier);
    assert!(Field::personal(&stated).contains(&reply_to));
    let (committed, disclosure) = Committed::of(&stated, &[reply_to], Salts::Random).unwrap().into_parts();
    assert_eq!(committed.terms().unwrap().reply_to().map(Identifier::is_committed), Some(true));
    assert_eq!(disclosure.reveal(&committed), Ok(stated.clone()));
    let proof = sealed_by(&service, &service.sealer, &committed);
    let json = String::from_utf8_lossy(proof.der()).into_owned();
    let terms = json.split("\"ReplyTo\":").nth(1).and_then(|rest| rest.split('}').next()).unwrap();
    assert!(terms.contains("urn:recommande:committed:1:") && !terms.contains("85073003328"), "{terms}");
    assert!(json.contains("\"Path\":[\"/Terms/ReplyTo/value\"]"), "{json}");

    let context = SendingContext::new(Payload::NotAvailable);
    let verified = |context| service.verifier().verify(&proof, context, afterwards()).unwrap();
    let (erased, disclosed) = (verified(context), verified(context.with_disclosure(&disclosure)));
    let reply = |to| reply(citizen(), to, hours(2)).replying_to(&disclosed);
    let sealed = sealed_by(&service, &service.sealer, &reply(citizen()).unwrap());
    assert_eq!(reply(office()).unwrap_err(), EvidenceError::Reply(ReplyFault::GoesElsewhere));
    let report = |original| service.verifier().report(&sealed, context.with_original(original), afterwards());
    let with_disclosure = report(&disclosed);
    assert!(has(&with_disclosure, Code::ReplyMatches), "{with_disclosure}");
    let undecided = report(&erased);
    assert_eq!(
        (undecided.indication, against(&undecided)),
        (Indication::Indeterminate, vec![Code::ReplyPartiesNotDisclosed]),
        "{undecided}"
    );
    // What follows the letter repeats no terms, and so nothing of that.
    let opening = service.opening(&erased);
    assert_eq!(opening.committed_fields(), []);
}

/// A commitment that no list names would be taken for an identifier, and a sender signs none.
#[test]
fn a_commitment_for_replies_that_is_not_listed_is_refused() {
    let by_hand = Identifier::new(&"A".repeat(43), "urn:recommande:committed:1:urn:be:fgov:person:ssin").unwrap();
    let service = Service::new();
    let stated = sending().with_terms(Terms::new().with_reply_to(by_hand)).unwrap();
    let refused = service.sealer.seal(&stated, now()).unwrap_err();
    assert!(matches!(refused, SealError::Statement(EvidenceError::CommitmentNotListed)), "{refused:?}");
}

/// A case says of a reply what its verification says.
#[test]
fn a_reply_by_a_delegate_at_a_lower_level_is_none_in_a_case() {
    let answered = Answered::of(allowed().with_required_assurance(AssuranceLevel::Substantial));
    let plain = reply(citizen(), office(), hours(2)).replying_to(&answered.letter).unwrap();
    let stated = by_mandatary(plain, MandateAction::Reply, AssuranceLevel::Substantial).unwrap();
    let low = at_low_level(&answered, &stated);
    let without_register = r#"{"levels":{"mandate-not-proven":"warn"}}"#;
    let verifier = answered.service.verifier().with_policy(serde_json::from_str(without_register).unwrap());
    for (reply, objections) in [
        (&stated, vec![ReplyObjection::BeforeOpening]),
        (&low, vec![ReplyObjection::AssuranceTooLow, ReplyObjection::BeforeOpening]),
    ] {
        let files = [answered.proof.der().to_vec(), answered.sealed(reply).der().to_vec()];
        let letters = Case::of(&judge(&verifier, &files, afterwards()));
        let replies: Vec<_> = letters.iter().flat_map(|letter| &letter.replies).collect();
        assert_eq!((replies.len(), &replies[0].objections), (1, &objections));
        assert_eq!(replies[0].holds(), objections.len() == 1);
    }
}

/// The same reply by another service, which did not ask for the level.
fn at_low_level(answered: &Answered, reply: &Sending) -> Sending {
    let json = Codec::Json.encode(reply, answered.service.sealer.issuer()).unwrap();
    let stated = String::from_utf8(json).unwrap();
    let low = stated.replace(AssuranceLevel::Substantial.uri(), AssuranceLevel::Low.uri());
    assert_ne!(low, stated);
    Codec::Json.decode(low.as_bytes()).unwrap().0
}

fn mandatary() -> Party {
    Party::new("93051822361".parse::<Niss>().unwrap())
}

/// What somebody mandated sends or answers, authenticated at this level.
fn by_mandatary(sending: Sending, action: MandateAction, level: AssuranceLevel) -> Result<Sending, EvidenceError> {
    let time = sending.event_time();
    let scope = MandateScope::new("registered-mail", [action]).unwrap();
    let extract = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(b"an extract"));
    let register = RegisterReference::new("https://register.example.org/", extract).unwrap();
    let chain = [MandateLink::new(mandatary(), LinkRole::Mandatary)];
    let mandate = Mandate::new(MandateRole::Mandatary, sending.sender().clone(), chain, scope, time, register).unwrap();
    let mandate = mandate.with_valid_until(time + Duration::days(1)).unwrap();
    let assurance = Assurance::new(level, time, "urn:example:two-factors").unwrap();
    sending.with_sender_delegate(mandatary().with_assurance(assurance))?.with_mandate(mandate)
}

const TOO_LOW: EvidenceError = EvidenceError::Mandate(MandateFault::AssuranceTooLow);

#[test]
fn a_delegate_who_replies_is_authenticated_at_the_level_of_the_letter() {
    let answered = Answered::of(allowed().with_required_assurance(AssuranceLevel::Substantial));
    let by = |level| {
        let plain = reply(citizen(), office(), hours(2));
        by_mandatary(plain.replying_to(&answered.letter).unwrap(), MandateAction::Reply, level)
    };
    let high = answered.report(&by(AssuranceLevel::Substantial).unwrap());
    assert!(!has(&high, Code::AssuranceTooLow) && has(&high, Code::ReplyMatches), "{high}");
    assert_eq!(by(AssuranceLevel::Low).unwrap_err(), TOO_LOW);
    // Another service does not ask.
    let report = answered.report(&at_low_level(&answered, &by(AssuranceLevel::Substantial).unwrap()));
    assert!(has(&report, Code::AssuranceTooLow) && !has(&report, Code::ReplyMatches), "{report}");
    assert!(report.indication == Indication::TotalFailed, "{report}");
}

/// The terms of a letter hold for who sends it by a mandate.
#[test]
fn a_delegate_who_sends_is_authenticated_at_the_level_of_its_own_terms() {
    let asking = |level| sending().with_terms(Terms::new().with_required_assurance(level)).unwrap();
    let by = |sending: Sending, level| {
        let sender = Party::new("79021806501".parse::<Niss>().unwrap());
        let id = sending.message_id().clone();
        let recipient = sending.recipients()[0].clone();
        let (part, digests) = (crate::common::letter(), crate::common::digests());
        let own = Sending::new(id, sender, recipient, part, digests, now()).unwrap();
        let own = match sending.terms() {
            Some(terms) => own.with_terms(terms.clone()).unwrap(),
            None => own,
        };
        by_mandatary(own, MandateAction::Send, level)
    };
    assert!(by(sending(), AssuranceLevel::Low).is_ok());
    assert!(by(asking(AssuranceLevel::Substantial), AssuranceLevel::Substantial).is_ok());
    assert_eq!(by(asking(AssuranceLevel::Substantial), AssuranceLevel::Low).unwrap_err(), TOO_LOW);
    // Terms that come later are asked at the seal.
    let service = Service::new();
    let late = by(sending(), AssuranceLevel::Low).unwrap();
    let late = late.with_terms(Terms::new().with_required_assurance(AssuranceLevel::High)).unwrap();
    assert!(service.sealer.seal(&late, now()).is_err());
}

#[test]
fn a_question_about_a_reply_is_asked_again_with_its_letter() {
    let answered = Answered::of(allowed());
    let stated = reply(citizen(), office(), hours(2)).replying_to(&answered.letter).unwrap();
    let octets = |der: &[u8]| Octets(der.to_vec());
    let original = GivenOriginal { der: octets(answered.proof.der()), disclosure: None, second_seals: Vec::new() };
    let question = Question::from(GivenProof {
        parties: GivenParties { submission: None, recipients: None, original: Some(original) },
        ..GivenProof::of(answered.sealed(&stated).der())
    });
    let verifier = answered.service.verifier();
    let report = verifier.answer(&question, afterwards()).unwrap().reports.remove(0);
    assert!(has(&report, Code::ReplyMatches), "{report}");
    let stored = serde_json::to_string(&verifier.input(question, afterwards())).unwrap();
    let again: VerificationInput = serde_json::from_str(&stored).unwrap();
    assert_eq!(again.verify().unwrap().reports, [report]);
}

/// Every door takes the letter.
#[test]
fn the_octets_of_a_reply_are_verified_with_its_letter() {
    let answered = Answered::of(allowed());
    let stated = reply(citizen(), office(), hours(2)).replying_to(&answered.letter).unwrap();
    let context = Context::from(Payload::NotAvailable).with_original(&answered.letter);
    let report = answered.service.verifier().report(answered.sealed(&stated).der(), context, afterwards());
    assert!(has(&report, Code::ReplyMatches), "{report}");
}
