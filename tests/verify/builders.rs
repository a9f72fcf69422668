//! A statement that is sealed verifies, in whatever order its members were stated: what does not fit is refused by name, where it
//! is stated or at the seal.

use std::error::Error;

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ActedBy, AssuranceLevel, Availability, Committed, Draft as _, Event, EvidenceError, EvidenceIdentifier, Field,
    IdentifierSuccession, KnownReason, Language, LinkRole, Mandate, MandateAction, MandateFault, MandateLink,
    MandateRole, MandateScope, Notification, OpeningEvent, Payment, RecipientSignature, RegisterEntry, RegisterExtract,
    RegisterReference, RegisterStatement, RegisteredMail, RegisteredRole, Salt, Salts, SendingEvent, Statement, Step,
    StepEvent, Submission, Terms, Ticket, UnknownExtension, Window,
};
use recommande::identity::Niss;
use recommande::seal::{Proof, SealError, SignedSubmission};
use recommande::testing::{CertificateSpec, TestPki};
use recommande::verify::{Context, Payload, Registers, Report, SendingContext, Verified, Verifier};
use recommande::{
    Credentials, Environment, MessageId, Opening, PartDescription, Party, PayloadDigests, Sealer, Sending,
};

use crate::common::{
    Service, against, assurance, digests, enterprise, issuer, later, letter, now, opened_at, pool, sending_of,
};

type Made<T> = Result<T, Box<dyn Error>>;

const SENDER: &str = "0566988259";
const RECIPIENT: &str = "0244142664";
const SUCCESSOR: &str = "0244640631";
const PERSON: &str = "93051822361";

fn person() -> Party {
    Party::new(PERSON.parse::<Niss>().unwrap())
}

fn reference() -> RegisterReference {
    let digest = DigestAlgorithm::Sha256.digest(b"what the register signed");
    RegisterReference::new("https://register.example.org/", RegisterStatement::Extract(digest)).unwrap()
}

/// The mandate of a user of an enterprise for one action.
fn mandate(of: &str, action: MandateAction) -> Mandate {
    let scope = MandateScope::new("registered-mail", [action]).unwrap();
    let chain = [MandateLink::new(person(), LinkRole::User)];
    let principal = Party::new(enterprise(of));
    Mandate::new(MandateRole::User, principal, chain, scope, now() - Duration::days(9), reference()).unwrap()
}

/// The person is user and manager of each enterprise.
fn extract() -> RegisterExtract {
    let extract = RegisterExtract::new("https://register.example.org/", now()).unwrap();
    let roles = [RegisteredRole::LocalManager, RegisteredRole::User];
    let of_roles = |of: &'static str| roles.map(|role| (of, role));
    [SENDER, RECIPIENT, SUCCESSOR].into_iter().flat_map(of_roles).fold(extract, |extract, (of, role)| {
        let person: Niss = PERSON.parse().unwrap();
        let entry = RegisterEntry::new(enterprise(of), person, role, now() - Duration::days(9)).unwrap();
        extract.with_entry(entry).unwrap()
    })
}

fn payment(minor: u64) -> Payment {
    Payment::new("2026-1", minor, 0, "EUR".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap()
}

fn succession(previous: &str, current: &str) -> IdentifierSuccession {
    IdentifierSuccession::new(enterprise(previous), enterprise(current), "register", now()).unwrap()
}

fn own_extension() -> UnknownExtension {
    UnknownExtension::new("Own", "{\"number\":1}").unwrap()
}

fn identifier() -> EvidenceIdentifier {
    EvidenceIdentifier::version_7(now(), [7; 10])
}

/// A service with its recipients, its senders, and a letter that was sent, made available and asked about.
struct Mail {
    service: Service,
    verifier: Verifier,
    senders: TestPki,
    key_of_sender: Credentials,
    sent: Verified<Sending>,
    /// A letter that the sender of `sent` may answer.
    answered: Verified<Sending>,
    available: Verified<Step>,
    asked: Verified<Step>,
}

impl Mail {
    fn new() -> Self {
        let service = Service::new();
        let registers = Registers::of(service.verifier()).with_facts(*reference().statement(), extract());
        let verifier = service.verifier().with_registers(registers);
        let senders = TestPki::new(now()).unwrap();
        let spec = CertificateSpec::seal("Sender", now() - Duration::days(1), now() + Duration::days(300));
        let spec = spec.with_organization("Example Office", &format!("NTRBE-{SENDER}"));
        let key = senders.intermediate.issue(&spec, senders.seal.signer.clone()).unwrap();
        let chain = [&key, &senders.intermediate, &senders.root].map(|key| key.certificate.clone());
        let key_of_sender = Credentials::new(key.signer, chain.into()).unwrap();
        let sent = verifier.verify(&service.proof_of(&draft()), Payload::NotAvailable, afterwards()).unwrap();
        let answered = verifier.verify(&service.proof_of(&to_answer()), Payload::NotAvailable, afterwards()).unwrap();
        let step = |event: StepEvent| {
            let step = Step::of(&sent, 1, event, now() + Duration::hours(1)).unwrap();
            verifier.verify(&seal(&service, &step).unwrap(), &sent, afterwards()).unwrap()
        };
        let window = Window::new(now(), now() + Duration::days(15), "FR-LRE").unwrap();
        let (available, asked) =
            (step(StepEvent::ContentConsignment), step(StepEvent::NotificationForAcceptance { window }));
        Self { service, verifier, senders, key_of_sender, sent, answered, available, asked }
    }

    fn verifier_of_senders(&self) -> Verifier {
        Verifier::new(self.senders.seal_anchors(), self.senders.tsa_anchors(), Environment::Test)
    }

    fn signed(&self, draft: &Sending) -> Made<SignedSubmission> {
        Ok(SignedSubmission::sign(Submission::of(draft, Environment::Test)?, &self.key_of_sender, now())?)
    }

    fn report(&self, sealed: &Sealed) -> Report {
        match sealed {
            Sealed::Sending(proof, signed) => {
                let senders = self.verifier_of_senders();
                let context = SendingContext::new(Payload::NotAvailable);
                let context = signed.iter().fold(context, |context, signed| context.with_submission(signed, &senders));
                // What the reply commits to is not compared with the letter.
                let sending = proof.stated();
                let is_compared = sending.in_reply_to().is_some() && sending.committed_fields().is_empty();
                let context = if is_compared { context.with_original(&self.answered) } else { context };
                self.verifier.report(proof, context, afterwards())
            }
            Sealed::Step(proof) => {
                let context = Context::new(&self.sent, Payload::NotAvailable);
                self.verifier.report(proof, context.with_cause(&self.asked), afterwards())
            }
            Sealed::Opening(proof) => {
                let context = Context::new(&self.sent, Payload::NotAvailable);
                self.verifier.report(proof, context.with_cause(&self.available), afterwards())
            }
        }
    }
}

/// A proof, of a sending with its submission.
enum Sealed {
    Sending(Proof<Sending>, Option<SignedSubmission>),
    Step(Proof<Step>),
    Opening(Proof<Opening>),
}

fn seal<S: Statement>(service: &Service, statement: &S) -> Result<Proof<S>, SealError> {
    let time = statement.event_time();
    let unstamped = service.sealer.seal(statement, time)?;
    Ok(unstamped.stamp_with(&pool(service.tsa(time + Duration::seconds(2)))).unwrap())
}

fn afterwards() -> DateTime<Utc> {
    later() + Duration::days(30)
}

/// A letter from one enterprise to another.
fn draft() -> Sending {
    let sender = Party::legal_person(enterprise(SENDER), "Example Office").unwrap();
    let recipient = Party::new(enterprise(RECIPIENT));
    Sending::new(MessageId::new("1ZG0000036L3Z").unwrap(), sender, recipient, letter(), digests(), now()).unwrap()
}

/// A letter that may be answered by the sender of the other one, also by the number that it had before.
fn to_answer() -> Sending {
    let id = MessageId::new("1ZG0000036L40").unwrap();
    let (from, to) = (Party::new(enterprise(RECIPIENT)), Party::new(enterprise(SENDER)));
    let letter = Sending::new(id, from, to, letter(), digests(), now()).unwrap();
    let letter = letter.with_recipient(Party::new(enterprise(SUCCESSOR))).unwrap();
    let terms = Terms::new().with_reply_authorized().with_required_assurance(AssuranceLevel::Substantial);
    letter.with_terms(terms).unwrap()
}

/// What is sealed, with the submission that it states.
type Draft = (Sending, Option<SignedSubmission>);

/// A member that is stated, by its method.
type Change<T> = (&'static str, fn(&Mail, T) -> Made<T>);

/// Each method that states a member of a sending, with the members that decide about others in several ways.
const OF_SENDING: &[Change<Draft>] = &[
    ("with_recipient", |_, (sending, signed)| {
        Ok((sending.with_recipient(Party::new(enterprise("0214596464")))?, signed))
    }),
    ("with_part", |_, (sending, signed)| {
        let annex = PartDescription::new("annex.xml", "application/xml")?;
        Ok((sending.with_part(annex, PayloadDigests::of_bytes(b"an annex"))?, signed))
    }),
    ("with_sender_delegate", |_, (sending, signed)| {
        Ok((sending.with_sender_delegate(person().with_assurance(assurance(now())))?, signed))
    }),
    ("with_sender_delegate, another one", |_, (sending, signed)| {
        Ok((sending.with_sender_delegate(Party::new(enterprise(SUCCESSOR)))?, signed))
    }),
    ("with_recipients_delegate", |_, (sending, signed)| {
        Ok((sending.with_recipients_delegate(person(), &[1])?, signed))
    }),
    ("with_submission_time", |_, (sending, signed)| {
        Ok((sending.with_submission_time(now() - Duration::minutes(1))?, signed))
    }),
    ("with_national_extension", |_, (sending, signed)| {
        let item = RegisteredMail::new(Ticket::new("1ZG0000036L3Z")?, "Permit", "permit", Language::English)?;
        Ok((sending.with_national_extension(item), signed))
    }),
    ("with_event", |_, (sending, signed)| Ok((sending.with_event(SendingEvent::ReceivedFromNonERDS), signed))),
    ("with_terms", |_, (sending, signed)| Ok((sending.with_terms(Terms::new().with_regime("FR-LRE")?)?, signed))),
    ("with_terms, of a level", |_, (sending, signed)| {
        Ok((sending.with_terms(Terms::new().with_required_assurance(AssuranceLevel::High))?, signed))
    }),
    ("with_payment", |_, (sending, signed)| Ok((sending.with_payment(&payment(12_50), &Salt::generate()?), signed))),
    ("with_payment, another one", |_, (sending, signed)| {
        Ok((sending.with_payment(&payment(12_51), &Salt::generate()?), signed))
    }),
    ("with_payment_in_clear", |_, (sending, signed)| Ok((sending.with_payment_in_clear(payment(12_50)), signed))),
    ("with_payment_in_clear, another one", |_, (sending, signed)| {
        Ok((sending.with_payment_in_clear(payment(12_51)), signed))
    }),
    ("with_mandate to send", |_, (sending, signed)| {
        Ok((sending.with_mandate(mandate(SENDER, MandateAction::Send))?, signed))
    }),
    ("with_mandate to reply", |_, (sending, signed)| {
        Ok((sending.with_mandate(mandate(SENDER, MandateAction::Reply))?, signed))
    }),
    ("with_identifier_succession", |_, (sending, signed)| {
        Ok((sending.with_identifier_succession(succession(RECIPIENT, SENDER))?, signed))
    }),
    ("with_identifier_succession, of who replies", |_, (sending, signed)| {
        Ok((sending.with_identifier_succession(succession(SUCCESSOR, SENDER))?, signed))
    }),
    ("replying_to", |mail, (sending, signed)| Ok((sending.replying_to(&mail.answered)?, signed))),
    ("with_evidence_identifier", |_, (sending, signed)| Ok((sending.with_evidence_identifier(identifier()), signed))),
    ("with_extension", |_, (sending, signed)| Ok((sending.with_extension(own_extension())?, signed))),
    ("submitted_by", |mail, (sending, _)| {
        let signed = mail.signed(&sending)?;
        let verified = mail.verifier_of_senders().verify_submission(&signed, now())?;
        Ok((sending.submitted_by(&verified)?, Some(signed)))
    }),
    ("Committed::of", |_, (sending, signed)| {
        let fields = Field::personal(&sending);
        Ok((Committed::of(&sending, &fields, Salts::Random)?.into_parts().0, signed))
    }),
];

/// Each method that states a member of a step.
const OF_STEP: &[Change<Step>] = &[
    ("with_reason", |_, step| Ok(step.with_reason(KnownReason::MandateInvalid)?)),
    ("with_notification", |_, step| Ok(step.with_notification(Notification::by("email")?)?)),
    ("with_availability", |_, step| Ok(step.with_availability(Availability::until(opened_at())?)?)),
    ("with_recipient_signature", |_, step| Ok(step.with_recipient_signature(RecipientSignature::new(b"signed")?)?)),
    ("with_mandate", |_, step| Ok(step.with_mandate(mandate(RECIPIENT, MandateAction::Answer))?)),
    ("with_mandate of the successor", |_, step| Ok(step.with_mandate(mandate(SUCCESSOR, MandateAction::Answer))?)),
    ("with_identifier_succession", |_, step| Ok(step.with_identifier_succession(succession(RECIPIENT, SUCCESSOR))?)),
    ("with_identifier_succession, another one", |_, step| {
        Ok(step.with_identifier_succession(succession(RECIPIENT, SENDER))?)
    }),
    ("with_evidence_identifier", |_, step| Ok(step.with_evidence_identifier(identifier()))),
    ("with_extension", |_, step| Ok(step.with_extension(own_extension())?)),
];

/// Each method that states a member of an opening.
const OF_OPENING: &[Change<Opening>] = &[
    ("with_event", |_, opening| Ok(opening.with_event(OpeningEvent::ContentHandover)?)),
    ("with_evidence_identifier", |_, opening| Ok(opening.with_evidence_identifier(identifier()))),
    ("with_opened_parts", |_, opening| Ok(opening.with_opened_parts(&[1])?)),
    ("with_mandate", |_, opening| Ok(opening.with_mandate(mandate(RECIPIENT, MandateAction::Open))?)),
    ("with_mandate of the successor", |_, opening| Ok(opening.with_mandate(mandate(SUCCESSOR, MandateAction::Open))?)),
    ("with_identifier_succession", |_, opening| {
        Ok(opening.with_identifier_succession(succession(RECIPIENT, SUCCESSOR))?)
    }),
    ("with_identifier_succession, another one", |_, opening| {
        Ok(opening.with_identifier_succession(succession(RECIPIENT, SENDER))?)
    }),
    ("with_cause", |mail, opening| Ok(opening.with_cause(&mail.available)?)),
    ("with_extension", |_, opening| Ok(opening.with_extension(own_extension())?)),
];

/// Tries each pair of changes in both orders, and each one twice. Returns how many were sealed, and how many refused.
fn pairs<T: Clone>(
    mail: &Mail,
    draft: &T,
    changes: &[Change<T>],
    seal: impl Fn(T) -> Result<Sealed, SealError>,
) -> (usize, usize) {
    let (mut sealed, mut refused) = (0, 0);
    for (earlier, first) in changes {
        for (later, second) in changes {
            let made = first(mail, draft.clone()).and_then(|draft| second(mail, draft));
            match made.and_then(|statement| Ok(seal(statement)?)) {
                Ok(proof) => {
                    let report = mail.report(&proof);
                    assert_eq!(against(&report), [], "{earlier}, then {later}: {report}");
                    sealed += 1;
                }
                Err(error) => {
                    assert!(!error.to_string().is_empty(), "{earlier}, then {later}");
                    refused += 1;
                }
            }
        }
    }
    (sealed, refused)
}

#[test]
fn a_sending_that_is_sealed_verifies_in_whatever_order_it_was_made() {
    let mail = Mail::new();
    let by_delegate = draft().with_sender_delegate(person().with_assurance(assurance(now()))).unwrap();
    let asking = draft().with_payment_in_clear(payment(12_50)).replying_to(&mail.answered).unwrap();
    let signed = mail.signed(&asking).unwrap();
    let verified = mail.verifier_of_senders().verify_submission(&signed, now()).unwrap();
    let submitted = asking.clone().submitted_by(&verified).unwrap();
    for draft in [(draft(), None), (by_delegate, None), (asking, None), (submitted, Some(signed))] {
        let (sealed, refused) = pairs(&mail, &draft, OF_SENDING, |(sending, signed)| {
            Ok(Sealed::Sending(seal(&mail.service, &sending)?, signed))
        });
        assert!(sealed > 20 && refused > 20, "{sealed} sealed, {refused} refused");
    }
}

#[test]
fn a_step_that_is_sealed_verifies_in_whatever_order_it_was_made() {
    let mail = Mail::new();
    let by_delegate = || ActedBy::Delegate { party: person(), acting_for: vec![1] };
    let answered = opened_at();
    for event in [
        StepEvent::ConsignmentAcceptance { answered_by: by_delegate(), assurance: assurance(answered) },
        StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance: assurance(answered) },
        StepEvent::ConsignmentRejection {
            answered_by: by_delegate(),
            assurance: assurance(answered),
            reason: KnownReason::RejectedByRecipient.into(),
        },
    ] {
        let step = Step::after(&mail.sent, &mail.asked, event, answered).unwrap();
        let (sealed, refused) = pairs(&mail, &step, OF_STEP, |step| Ok(Sealed::Step(seal(&mail.service, &step)?)));
        assert!(sealed > 5 && refused > 20, "{sealed} sealed, {refused} refused");
    }
    let rejection = Step::rejection(&draft(), KnownReason::MandateInvalid, now()).unwrap();
    let (sealed, _) = pairs(&mail, &rejection, OF_STEP, |step| Ok(Sealed::Step(seal(&mail.service, &step)?)));
    assert!(sealed > 5, "{sealed} sealed");
}

#[test]
fn an_opening_that_is_sealed_verifies_in_whatever_order_it_was_made() {
    let mail = Mail::new();
    for opened_by in [ActedBy::Delegate { party: person(), acting_for: vec![1] }, ActedBy::Recipient(1)] {
        let opening = Opening::of(&mail.sent, opened_by, assurance(opened_at()), opened_at()).unwrap();
        let (sealed, refused) =
            pairs(&mail, &opening, OF_OPENING, |opening| Ok(Sealed::Opening(seal(&mail.service, &opening)?)));
        assert!(sealed > 20 && refused > 10, "{sealed} sealed, {refused} refused");
    }
}

#[test]
fn a_reply_by_a_delegate_states_the_message_before_the_mandate() {
    let mail = Mail::new();
    let draft = || draft().with_sender_delegate(person().with_assurance(assurance(now()))).unwrap();
    let reply = draft().replying_to(&mail.answered).unwrap();
    let reply = reply.with_mandate(mandate(SENDER, MandateAction::Reply)).unwrap();
    assert!(seal(&mail.service, &reply).is_ok());
    let sends = draft().with_mandate(mandate(SENDER, MandateAction::Send)).unwrap();
    assert!(seal(&mail.service, &sends).is_ok());
    let error = seal(&mail.service, &sends.replying_to(&mail.answered).unwrap()).unwrap_err();
    let expected = EvidenceError::Mandate(MandateFault::ActionNotGranted);
    assert!(matches!(&error, SealError::Statement(error) if *error == expected), "{error:?}");
}

#[test]
fn what_a_sender_signed_is_not_changed_afterwards() {
    let mail = Mail::new();
    let asking = draft().with_payment_in_clear(payment(12_50));
    let signed = mail.signed(&asking).unwrap();
    let verified = mail.verifier_of_senders().verify_submission(&signed, now()).unwrap();
    let submitted = || asking.clone().submitted_by(&verified).unwrap();
    let changed = EvidenceError::ChangedAfterSubmission;
    let terms = Terms::new().with_regime("FR-LRE").unwrap();
    assert_eq!(submitted().with_recipient(person()), Err(changed.clone()));
    assert_eq!(submitted().with_terms(terms), Err(changed.clone()));
    assert_eq!(submitted().with_sender_delegate(person()), Err(changed.clone()));
    for edited in [
        submitted().with_payment_in_clear(payment(12_51)),
        submitted().with_payment(&payment(12_51), &Salt::generate().unwrap()),
        submitted().replying_to(&mail.answered).unwrap(),
        // Neither a commitment nor the former value hides that there was another one.
        submitted().with_payment_in_clear(payment(12_51)).with_payment_in_clear(payment(12_50)),
    ] {
        let error = seal(&mail.service, &edited).unwrap_err();
        assert!(matches!(&error, SealError::Statement(error) if *error == changed), "{error:?}");
        let rejection = Step::rejection(&edited, KnownReason::MandateInvalid, now()).unwrap_err();
        assert_eq!(rejection, changed);
    }
    // What the service alone states is free, and the payment may become a commitment.
    let committed = submitted().with_payment(&payment(12_50), &Salt::generate().unwrap());
    let sealed = seal(&mail.service, &committed.with_submission_time(now() - Duration::minutes(1)).unwrap()).unwrap();
    assert_eq!(against(&mail.report(&Sealed::Sending(sealed, Some(signed.clone())))), []);
    // Who was asked to try something carries nothing in production.
    let credentials = mail.service.sealer.credentials().clone();
    let production = Sealer::new(credentials, issuer(Environment::Production));
    let error = production.seal(&submitted(), now()).unwrap_err();
    let (submission, issuer) = (Environment::Test, Environment::Production);
    let refused = EvidenceError::EnvironmentOfSubmission { submission, issuer };
    assert!(matches!(&error, SealError::Statement(error) if *error == refused), "{error:?}");
    assert_eq!(refused.to_string(), "the submission is for the environment Test, and the issuer's is Production");
    assert!(production.prepare(&submitted(), now()).is_err());
    // Nor does it get into a queue, behind which nobody knows what it was submitted for.
    assert_eq!(submitted().to_json(production.issuer()), Err(refused));
    assert!(production.seal(&asking, now()).is_ok());
    // A proof is equal to what was sealed, whatever was known of its draft.
    let proof = seal(&mail.service, &submitted()).unwrap();
    let read = recommande::ProofOfSending::from_der(proof.der()).unwrap();
    assert_eq!((read.stated(), proof.stated()), (&submitted(), &submitted()));
    assert_eq!(submitted().event(), Event::SubmissionAcceptance);
    assert_ne!(submitted(), sending_of("2"));
}
