//! Somebody who acts for a sender or a recipient does so by a mandate, and a party may have another identifier by now.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ActedBy, Codec, Committed, EvidenceError, Field, Identifier, IdentifierSuccession, KnownReason, LinkRole, Mandate,
    MandateAction, MandateFault, MandateLink, MandateRole, MandateScope, Opening, Party, RegisterEntry,
    RegisterExtract, RegisterExtractError, RegisterReference, RegisterStatement, RegisteredRole, ReplyFault, SaltSeed,
    Salts, Statement, Step, StepEvent, SuccessionFault, Window,
};
use recommande::identity::Niss;
use recommande::life::{Case, CaseVerdict, ContradictionKind, Severity, Standing, State, judge};
use recommande::seal::{Artifact, PayloadSignature, Proof, ProofOfSending, SealError};
use recommande::verify::{
    Code, Context, GivenProof, Indication, Payload, Policy, Question, Registers, Report, SendingContext, Verified,
    Verifier,
};
use recommande::{MessageId, PayloadDigests, Sending};

use crate::common::{
    Service, against, assurance, digests, enterprise, forged_reply, has, later, letter, now, opened_at, pool,
};

const PERSON: &str = "93051822361";
const MANAGER: &str = "79021806501";
const REGISTER: &str = "https://register.example.org/";

fn person(number: &str) -> Party {
    Party::new(number.parse::<Niss>().unwrap())
}

fn office() -> Party {
    Party::new(enterprise("0244142664"))
}

fn provider() -> Party {
    Party::new(enterprise("0244640631"))
}

fn link(party: Party, role: LinkRole) -> MandateLink {
    MandateLink::new(party, role)
}

fn user() -> MandateLink {
    link(person(PERSON), LinkRole::User)
}

fn manager() -> MandateLink {
    link(person(MANAGER), LinkRole::LocalManager)
}

fn reference() -> RegisterReference {
    let digest = DigestAlgorithm::Sha256.digest(b"what the register signed");
    RegisterReference::new(REGISTER, RegisterStatement::Extract(digest)).unwrap()
}

/// What the register holds of everybody here.
fn extract() -> RegisterExtract {
    let entries = [
        entry(enterprise("0244142664"), niss(MANAGER), RegisteredRole::LocalManager),
        entry(enterprise("0244142664"), niss(PERSON), RegisteredRole::User),
        entry(enterprise("0244142664"), enterprise("0244640631"), RegisteredRole::Provider),
        entry(enterprise("0244640631"), niss(MANAGER), RegisteredRole::LocalManager),
        entry(enterprise("0244640631"), niss(PERSON), RegisteredRole::User),
    ];
    extract_of(&entries)
}

fn extract_of(entries: &[RegisterEntry]) -> RegisterExtract {
    let extract = RegisterExtract::new(REGISTER, now()).unwrap();
    entries.iter().cloned().try_fold(extract, RegisterExtract::with_entry).unwrap()
}

fn entry(of: impl Into<Identifier>, party: impl Into<Identifier>, role: RegisteredRole) -> RegisterEntry {
    RegisterEntry::new(of, party, role, now() - Duration::days(100)).unwrap()
}

fn niss(number: &str) -> Niss {
    number.parse().unwrap()
}

fn scope(action: MandateAction) -> MandateScope {
    MandateScope::new("registered-mail", [action]).unwrap()
}

fn mandate(role: MandateRole, principal: Party, chain: Vec<MandateLink>, action: MandateAction) -> Mandate {
    let from = now() - Duration::days(100);
    let mandate = Mandate::new(role, principal, chain, scope(action), from, reference()).unwrap();
    mandate.with_valid_until(now() + Duration::days(100)).unwrap()
}

fn of_provider() -> Mandate {
    let chain = vec![link(provider(), LinkRole::Provider), user()];
    mandate(MandateRole::Provider, office(), chain, MandateAction::Open)
}

fn sending_to(recipient: Party) -> Sending {
    let sender = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    Sending::new(MessageId::new("1ZG0000036L3Z").unwrap(), sender, recipient, letter(), digests(), now()).unwrap()
}

/// A letter to somebody, of which others may act.
struct Letter {
    service: Service,
    proof: ProofOfSending,
    sent: Verified<Sending>,
}

impl Letter {
    fn to(recipient: Party) -> Self {
        let service = Service::new();
        let proof = service.proof_of(&sending_to(recipient));
        let sent = service.verified(&proof);
        Self { service, proof, sent }
    }

    fn opened_by(&self, party: Party) -> Opening {
        let opened_by = ActedBy::Delegate { party, acting_for: vec![1] };
        Opening::of(&self.sent, opened_by, assurance(opened_at()), opened_at()).unwrap()
    }

    fn proof<S: Statement>(&self, statement: &S) -> Proof<S> {
        let time = statement.event_time();
        let tsa = self.service.tsa(time + Duration::seconds(2));
        self.service.sealer.seal(statement, time).unwrap().stamp_with(&pool(tsa)).unwrap()
    }

    /// The report of somebody who has what the register holds.
    fn report(&self, opening: &Opening) -> Report {
        self.report_by(opening, self.registers().with_facts(*reference().statement(), extract()))
    }

    fn report_by(&self, opening: &Opening, registers: Registers) -> Report {
        let verifier = self.service.verifier().with_registers(registers);
        // A sending is verified by the verifier of what follows it.
        let sent = verifier.verify(&self.proof, Payload::NotAvailable, afterwards()).unwrap();
        verifier.report(&self.proof(opening), &sent, afterwards())
    }

    /// The signature of the service's key over an extract, at the time of the sending.
    fn signed(&self, extract: &RegisterExtract) -> (Vec<u8>, PayloadSignature) {
        let json = extract.to_json().into_bytes();
        let signature = self.service.sealer.sign_payload(&PayloadDigests::of_bytes(&json), "application/json", now());
        (json, signature.unwrap().stamp_with(&pool(self.service.tsa(now() + Duration::seconds(2)))).unwrap())
    }

    fn opened_by_provider(&self, reference: RegisterReference) -> Opening {
        let chain = vec![link(provider(), LinkRole::Provider), user()];
        let scope = scope(MandateAction::Open);
        let from = now() - Duration::days(100);
        let mandate = Mandate::new(MandateRole::Provider, office(), chain, scope, from, reference).unwrap();
        self.opened_by(person(PERSON)).with_mandate(mandate).unwrap()
    }

    /// Registers of which nothing is at hand, with the keys of the service.
    fn registers(&self) -> Registers {
        Registers::of(self.service.verifier())
    }
}

fn afterwards() -> DateTime<Utc> {
    later() + Duration::days(30)
}

/// The mandate is in the statement, in its JSON and in the report, whose text names no person.
#[test]
fn a_person_of_a_provider_opens_for_an_enterprise() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    assert_eq!(opening.mandate(), Some(&of_provider()));
    let issuer = letter.service.sealer.issuer();
    let json = Codec::Json.encode(&opening, issuer).unwrap();
    assert_eq!(Codec::Json.decode::<Opening>(&json).unwrap().0, opening);
    let report = letter.report(&opening);
    assert_eq!(against(&report), [], "{report}");
    let summary = report.statement.as_ref().and_then(|statement| statement.mandate.as_ref()).unwrap();
    assert_eq!((summary.role.as_str(), summary.actions.as_slice()), ("Provider", ["open".to_owned()].as_slice()));
    let text = report.to_string();
    assert!(text.contains("Provider for registered-mail: open"), "{text}");
    for told in [text, format!("{opening:?}"), serde_json::to_string(&report).unwrap()] {
        assert!(!told.contains(PERSON), "{told}");
    }
    let read: Report = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!(read, report);
}

/// What the mandate does not allow is not stated by this library.
#[test]
fn a_mandate_that_does_not_fit_is_refused() {
    let letter = Letter::to(office());
    let refused = |opened_by: Party, mandate: Mandate| {
        let opening = letter.opened_by(opened_by).with_mandate(mandate);
        match opening.map(drop) {
            Err(EvidenceError::Mandate(fault)) => fault,
            other => panic!("{other:?}"),
        }
    };
    let of = |role, chain: Vec<MandateLink>| mandate(role, office(), chain, MandateAction::Open);
    let provides = |party| link(party, LinkRole::Provider);
    let person = || person(PERSON);
    for (fault, acted, mandate) in [
        (
            MandateFault::DelegateStandsForPrincipal,
            person(),
            mandate(MandateRole::User, provider(), vec![user()], MandateAction::Open),
        ),
        (
            MandateFault::DelegateStandsForPrincipal,
            person(),
            mandate(MandateRole::Mandatary, person(), vec![link(person(), LinkRole::Mandatary)], MandateAction::Open),
        ),
        (MandateFault::NobodyActed, provider(), of(MandateRole::Provider, vec![provides(provider())])),
        (MandateFault::NobodyActed, provider(), of(MandateRole::Provider, vec![provides(provider()), user()])),
        (MandateFault::NobodyActed, person(), of(MandateRole::User, vec![manager()])),
        (
            MandateFault::OutsiderAsManager,
            person(),
            of(MandateRole::User, vec![link(provider(), LinkRole::LocalManager), user()]),
        ),
        (
            MandateFault::OutsiderAsManager,
            person(),
            of(MandateRole::Mandatary, vec![link(person(), LinkRole::Mandatary)]),
        ),
        (MandateFault::ProviderIsPrincipal, person(), of(MandateRole::Provider, vec![provides(office()), user()])),
        (MandateFault::ChainNotOfRole, person(), of(MandateRole::Provider, vec![user()])),
        (MandateFault::ChainNotOfRole, person(), of(MandateRole::LocalManager, vec![manager(), user()])),
        (
            MandateFault::ChainNotOfRole,
            person(),
            of(
                MandateRole::Provider,
                vec![provides(provider()), provides(Party::new(enterprise("0566988259"))), user()],
            ),
        ),
        (
            MandateFault::ActionNotGranted,
            person(),
            mandate(MandateRole::User, office(), vec![user()], MandateAction::Answer),
        ),
    ] {
        assert_eq!(refused(acted, mandate), fault);
    }
    // The recipient opened itself, and somebody is said to have acted for it.
    let itself = Opening::of(&letter.sent, ActedBy::Recipient(1), assurance(opened_at()), opened_at()).unwrap();
    let error = itself.with_mandate(of_provider()).unwrap_err();
    assert_eq!(error, EvidenceError::Mandate(MandateFault::NobodyActed));
}

/// The first instant counts, and the last one does not.
#[test]
fn a_mandate_holds_from_its_begin_until_before_its_end() {
    let letter = Letter::to(office());
    let opened = opened_at();
    let millisecond = Duration::milliseconds(1);
    for (from, until, holds) in [
        (opened, None, true),
        (opened + millisecond, None, false),
        (opened - millisecond, Some(opened), false),
        (opened - millisecond, Some(opened + millisecond), true),
    ] {
        let mandate =
            Mandate::new(MandateRole::User, office(), [user()], scope(MandateAction::Open), from, reference()).unwrap();
        let mandate = match until {
            Some(until) => mandate.with_valid_until(until).unwrap(),
            None => mandate,
        };
        let stated = letter.opened_by(person(PERSON)).with_mandate(mandate).map(drop);
        let expected = if holds { Ok(()) } else { Err(EvidenceError::Mandate(MandateFault::NotInForce)) };
        assert_eq!(stated, expected, "{from} {until:?}");
    }
}

/// A system acts for the enterprise that has its certificate.
#[test]
fn a_system_acts_for_the_enterprise_before_it() {
    let letter = Letter::to(office());
    let system = Party::new(recommande::evidence::Identifier::new("5c0f", "urn:example:certificate").unwrap());
    let of = |before: Vec<MandateLink>| {
        let chain = before.into_iter().chain([link(system.clone(), LinkRole::System)]).collect();
        letter.opened_by(system.clone()).with_mandate(mandate(
            MandateRole::Provider,
            office(),
            chain,
            MandateAction::Open,
        ))
    };
    assert!(of(vec![link(provider(), LinkRole::Provider)]).is_ok());
    let alone = of(vec![]).unwrap_err();
    assert_eq!(alone, EvidenceError::Mandate(MandateFault::NobodyActed));
}

#[test]
fn a_mandate_has_a_form() {
    let of = |chain: Vec<MandateLink>| {
        Mandate::new(MandateRole::User, office(), chain, scope(MandateAction::Open), now(), reference())
    };
    assert!(of(vec![manager(), user(), user()]).is_ok());
    assert_eq!(of(vec![]), Err(EvidenceError::Empty("chain of a mandate")));
    assert!(matches!(of(vec![user(); 4]), Err(EvidenceError::TooMany { limit: 3, .. })));
    assert_eq!(of(vec![user()]).unwrap().with_valid_until(now()), Err(EvidenceError::Period("the mandate")));
    assert!(matches!(MandateScope::new("x", []), Err(EvidenceError::Empty(_))));
    let twice = [MandateAction::Open, MandateAction::Send, MandateAction::Open];
    assert!(matches!(MandateScope::new("x", twice), Err(EvidenceError::Twice(_))));
    let weak = RegisterStatement::Proof(DigestAlgorithm::Sha1.digest(b"x"));
    assert_eq!(RegisterReference::new("urn:example:register", weak), Err(EvidenceError::WeakDigest));
    let nameless = RegisterStatement::Proof(DigestAlgorithm::Shake256.digest(b"x"));
    assert!(matches!(
        RegisterReference::new("urn:example:register", nameless),
        Err(EvidenceError::DigestWithoutIdentifier(_))
    ));
    // What a person allows is for a limited time.
    let letter = Letter::to(person(MANAGER));
    let chain = [link(person(PERSON), LinkRole::Mandatary)];
    let endless =
        Mandate::new(MandateRole::Mandatary, person(MANAGER), chain, scope(MandateAction::Open), now(), reference());
    let stated = letter.opened_by(person(PERSON)).with_mandate(endless.unwrap());
    assert_eq!(stated, Err(EvidenceError::MandateWithoutEnd));
    // Nor has a person users.
    let of_person =
        Mandate::new(MandateRole::User, person(MANAGER), [user()], scope(MandateAction::Open), now(), reference());
    let stated = letter.opened_by(person(PERSON)).with_mandate(of_person.unwrap());
    assert_eq!(stated, Err(EvidenceError::Mandate(MandateFault::ChainNotOfRole)));
}

/// Only who acts needs a mandate: the table of events has it nowhere else.
#[test]
fn what_no_party_does_has_no_mandate() {
    let letter = Letter::to(office());
    let window = Window::new(now(), now() + Duration::days(15), "FR-LRE").unwrap();
    let request = Step::of(&letter.sent, 1, StepEvent::NotificationForAcceptance { window }, now()).unwrap();
    assert_eq!(request.with_mandate(of_provider()), Err(EvidenceError::MemberForbidden("Mandate")));
}

/// A service rejects a submission because of its mandate, and states which one.
#[test]
fn a_rejected_submission_states_its_mandate() {
    let user_of_another = mandate(MandateRole::User, office(), vec![user()], MandateAction::Open);
    let submission = sending_to(office()).with_sender_delegate(person(PERSON)).unwrap();
    assert!(submission.clone().with_mandate(user_of_another.clone()).is_err());
    let rejection = Step::rejection(&submission, KnownReason::MandateInvalid, now()).unwrap();
    let rejection = rejection.with_mandate(user_of_another).unwrap();
    let letter = Letter::to(office());
    let report = letter.service.verifier().report(&letter.proof(&rejection), Payload::NotAvailable, afterwards());
    assert_eq!(against(&report), [], "{report}");
}

/// The parties of a mandate stand behind commitments as all others do: nobody who searches finds one.
#[test]
fn commitments_hide_the_parties_of_a_mandate() {
    let service = Service::new();
    let citizen = "85073003328";
    let mandated = mandate(
        MandateRole::Mandatary,
        person(citizen),
        vec![link(person(PERSON), LinkRole::Mandatary)],
        MandateAction::Open,
    );
    let facts = extract_of(&[entry(niss(citizen), niss(PERSON), RegisteredRole::Mandatary)]);
    let registers = Registers::of(service.verifier()).with_facts(*reference().statement(), facts);
    let verifier = service.verifier().with_registers(registers);
    let seed = SaltSeed::from_bytes(&[7; 32]).unwrap();
    let plain = sending_to(person(citizen));
    let committed = Committed::of(&plain, &Field::personal(&plain), Salts::Seed(&seed)).unwrap();
    let (statement, disclosure) = committed.into_parts();
    let proof = service.proof_of(&statement);
    let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&disclosure);
    let sent = verifier.verify(&proof, context, later()).unwrap();
    let opened_by = ActedBy::Delegate { party: person(PERSON), acting_for: vec![1] };
    let opening =
        Opening::of_disclosed(&sent, opened_by, assurance(opened_at()), opened_at(), Salts::Seed(&seed)).unwrap();
    let opening = opening.try_map(|opening| opening.with_mandate(mandated)).unwrap();
    let fields = Field::personal(opening.statement());
    assert_eq!(fields.len(), 2, "the principal and the delegate: {fields:?}");
    let (opening, disclosure) = opening.and(&fields, Salts::Seed(&seed)).unwrap().into_parts();

    let letter = Letter { service, proof, sent };
    let proof = letter.proof(&opening);
    let octets = String::from_utf8_lossy(proof.der()).into_owned();
    for number in [citizen, PERSON] {
        assert!(!octets.contains(number));
        assert!(disclosure.to_json().contains(number));
    }
    // With the disclosure all is compared, and without it the mandate is not.
    let context = Context::new(&letter.sent, Payload::NotAvailable).with_disclosure(&disclosure);
    let report = verifier.report(&proof, context, afterwards());
    assert_eq!((against(&report), has(&report, Code::MandateNotCompared)), (vec![], false), "{report}");
    let erased = verifier.report(&proof, &letter.sent, afterwards());
    assert_eq!((against(&erased), has(&erased, Code::MandateNotCompared)), (vec![], true), "{erased}");
    // What follows the opening repeats nothing of its mandate.
    assert!(opening.committed_fields().iter().any(|field| format!("{field:?}").contains("Principal")));
}

/// A BIS number became a NISS between the sending and the opening.
#[test]
fn a_recipient_opens_by_its_new_identifier() {
    let (bis, number): (Niss, Niss) = ("17473003373".parse().unwrap(), "00012556777".parse().unwrap());
    let letter = Letter::to(Party::new(bis.clone()));
    let opening = || Opening::of(&letter.sent, ActedBy::Recipient(1), assurance(opened_at()), opened_at()).unwrap();
    let succession = |previous: &Niss, current: &Niss, at| {
        IdentifierSuccession::new(previous.clone(), current.clone(), "national register", at)
    };
    assert!(matches!(succession(&bis, &bis, now()), Err(EvidenceError::Twice(_))));
    let opened = opening().with_identifier_succession(succession(&bis, &number, opened_at()).unwrap()).unwrap();
    let report = letter.report(&opened);
    assert_eq!((against(&report), has(&report, Code::IdentifierSucceeded)), (vec![], true), "{report}");
    assert!(!format!("{opened:?} {report}").contains(number.as_str()));
    for (previous, at, fault) in [
        (&number, now(), SuccessionFault::RecipientDiffers),
        (&bis, opened_at() + Duration::milliseconds(1), SuccessionFault::AfterEvent),
    ] {
        let current = if previous == &bis { &number } else { &bis };
        let error = opening().with_identifier_succession(succession(previous, current, at).unwrap()).unwrap_err();
        assert_eq!(error, EvidenceError::Succession(fault));
    }
    // A sending that replies to nothing is by whom it says.
    let stated = sending_to(Party::new(number.clone()));
    let by_another = IdentifierSuccession::new(enterprise("0244142664"), enterprise("0566988259"), "register", now());
    let stated = stated.with_identifier_succession(by_another.unwrap()).unwrap();
    let error = letter.service.sealer.seal(&stated, now()).unwrap_err();
    let forbidden = EvidenceError::MemberForbidden("IdentifierSucceeds");
    assert!(matches!(&error, SealError::Statement(error) if *error == forbidden), "{error:?}");
}

/// An enterprise was merged, and the mandate is of its successor.
#[test]
fn a_mandate_of_the_successor_is_one_for_the_recipient() {
    let letter = Letter::to(office());
    let of_successor = mandate(MandateRole::User, provider(), vec![user()], MandateAction::Open);
    let opening = letter.opened_by(person(PERSON));
    let error = opening.clone().with_mandate(of_successor.clone()).unwrap_err();
    assert_eq!(error, EvidenceError::Mandate(MandateFault::DelegateStandsForPrincipal));
    let merged =
        IdentifierSuccession::new(enterprise("0244142664"), enterprise("0244640631"), "register", now()).unwrap();
    let opening = opening.with_identifier_succession(merged).unwrap().with_mandate(of_successor).unwrap();
    let report = letter.report(&opening);
    assert_eq!(against(&report), [], "{report}");
}

/// Whoever has nothing of the register cannot tell if the mandate was given.
#[test]
fn a_mandate_without_its_extract_is_not_proven() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    let proof = letter.proof(&opening);
    let verifier = letter.service.verifier();
    let report = verifier.report(&proof, &letter.sent, afterwards());
    assert_eq!((report.indication, against(&report)), (Indication::Indeterminate, vec![Code::MandateNotProven]));
    // Whoever takes it on their own account says so in the policy.
    let policy: Policy = serde_json::from_str(r#"{"levels": {"mandate-not-proven": "warn"}}"#).unwrap();
    let lenient = letter.service.verifier().with_policy(policy);
    let sent = lenient.verify(&letter.proof, Payload::NotAvailable, afterwards()).unwrap();
    assert_eq!(lenient.report(&proof, &sent, afterwards()).indication, Indication::TotalPassed);

    let files = [letter.proof.der().to_vec(), proof.der().to_vec()];
    let judged = judge(&verifier, &files, afterwards());
    assert!(matches!(judged[1].standing(), Standing::Unlinked(_)), "{judged:?}");
    assert_eq!(only_case(&verifier, &files).verdict, CaseVerdict::Incomplete(State::Opened));
    let registers = letter.registers().with_facts(*reference().statement(), extract());
    let case = only_case(&verifier.with_registers(registers), &files);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Opened));
}

fn only_case(verifier: &Verifier, files: &[Vec<u8>]) -> Case {
    let mut letters = Case::of(&judge(verifier, files, afterwards()));
    letters.swap_remove(0).cases.swap_remove(0).unwrap()
}

/// An opening by somebody whose mandate was revoked opens nothing, and the letter stays as it was.
#[test]
fn an_opening_by_a_mandate_that_fails_does_not_count() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    let files = [letter.proof.der().to_vec(), letter.proof(&opening).der().to_vec()];
    let provider = entry(enterprise("0244142664"), enterprise("0244640631"), RegisteredRole::Provider);
    let revoked = without(&provider).with_entry(provider.with_revocation(opened_at()).unwrap()).unwrap();
    let registers = letter.registers().with_facts(*reference().statement(), revoked);
    let case = only_case(&letter.service.verifier().with_registers(registers), &files);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted));
    let [contradiction] = case.contradictions.as_slice() else { panic!("{:?}", case.contradictions) };
    assert_eq!(
        (contradiction.kind, contradiction.severity),
        (ContradictionKind::MandateInvalid, Severity::StatementFailed)
    );
}

/// The extract of everybody but this one.
fn without(left_out: &RegisterEntry) -> RegisterExtract {
    let entries: Vec<_> = extract().entries().iter().filter(|entry| *entry != left_out).cloned().collect();
    extract_of(&entries)
}

/// A statement names an extract by the digest of what the register signed, or by the ProofId of its signature.
#[test]
fn a_register_signs_its_extract() {
    let letter = Letter::to(office());
    let (json, signature) = letter.signed(&extract());
    let of_json = RegisterStatement::Extract(DigestAlgorithm::Sha512.digest(&json));
    let id = signed_attributes_digest(signature.der());
    let given = |json: &[u8]| letter.registers().with_extract(json, signature.der());
    for statement in [of_json, RegisterStatement::Proof(id)] {
        let opening = letter.opened_by_provider(RegisterReference::new(REGISTER, statement).unwrap());
        let report = letter.report_by(&opening, given(&json));
        assert_eq!((against(&report), has(&report, Code::MandateProven)), (vec![], true), "{report}");
        // Another extract beside it has no part in it, before it or after it.
        let beside = letter.registers().with_extract(b"{}", signature.der()).with_extract(&json, signature.der());
        assert_eq!(against(&letter.report_by(&opening, beside)), []);
        // The register of somebody else.
        let stranger = Registers::of(Service::new().verifier()).with_extract(&json, signature.der());
        assert_eq!(against(&letter.report_by(&opening, stranger)), [Code::MandateNotProven]);
        assert_eq!(against(&letter.report_by(&opening, letter.registers())), [Code::MandateNotProven]);
    }
    // Extracts that came with the letter are beside those of the verifier, and trust in no register comes with them.
    let opening = letter.opened_by_provider(RegisterReference::new(REGISTER, of_json).unwrap());
    let came = || [(b"{}".to_vec(), signature.der().to_vec()), (json.clone(), signature.der().to_vec())];
    let trusting = letter.service.verifier().with_registers(letter.registers());
    let sent = trusting.verify(&letter.proof, Payload::NotAvailable, afterwards()).unwrap();
    let proof = letter.proof(&opening);
    let report = trusting.also_with_register_extracts(came()).unwrap().report(&proof, &sent, afterwards());
    assert_eq!((against(&report), has(&report, Code::MandateProven)), (vec![], true), "{report}");
    assert!(letter.service.verifier().also_with_register_extracts(came()).is_none(), "trust that nobody gave");
    // What was signed is not what was given, and the other way round.
    let opening = letter.opened_by_provider(RegisterReference::new(REGISTER, RegisterStatement::Proof(id)).unwrap());
    let changed = extract_of(&[]).to_json().into_bytes();
    assert_eq!(against(&letter.report_by(&opening, given(&changed))), [Code::MandateNotProven]);
    let of_changed = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(&changed));
    let opening = letter.opened_by_provider(RegisterReference::new(REGISTER, of_changed).unwrap());
    assert_eq!(against(&letter.report_by(&opening, given(&changed))), [Code::MandateNotProven]);
    // An extract of another register than the mandate names.
    let another = RegisterReference::new("https://another.example.org/", of_json).unwrap();
    let opening = letter.opened_by_provider(another);
    assert_eq!(against(&letter.report_by(&opening, given(&json))), [Code::MandateNotProven]);
    // The register signed what is no extract.
    let octets = b"{}".to_vec();
    let nothing = letter.service.sealer.sign_payload(&PayloadDigests::of_bytes(&octets), "application/json", now());
    let of_nothing = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(&octets));
    let opening = letter.opened_by_provider(RegisterReference::new(REGISTER, of_nothing).unwrap());
    let report = letter.report_by(&opening, letter.registers().with_extract(&octets, nothing.unwrap().der()));
    assert_eq!(against(&report), [Code::MandateNotProven], "{report}");
}

/// SHA-256 over the signed attributes of the only signer.
fn signed_attributes_digest(signature: &[u8]) -> recommande::crypto::Digest {
    let parsed = signed_data::SignedData::parse(signature).unwrap();
    DigestAlgorithm::Sha256.digest(&parsed.signer_infos[0].signed_attributes.as_ref().unwrap().as_set())
}

/// What the register holds decides at the time of the event, to the millisecond.
#[test]
fn a_mandate_is_in_the_register_at_the_time_of_the_event() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    let judged = |extract: RegisterExtract| {
        against(&letter.report_by(&opening, letter.registers().with_facts(*reference().statement(), extract)))
    };
    let (office, provider) = (enterprise("0244142664"), enterprise("0244640631"));
    let of_provider = entry(office.clone(), provider.clone(), RegisteredRole::Provider);
    let with = |entry: RegisterEntry| without(&of_provider).with_entry(entry).unwrap();
    let (opened, millisecond) = (opened_at(), Duration::milliseconds(1));
    let since = |from| RegisterEntry::new(office.clone(), provider.clone(), RegisteredRole::Provider, from).unwrap();
    let of = |application, action| MandateScope::new(application, [action]).unwrap();
    let registered = || of_provider.clone();
    let not_in_force = || vec![Code::MandateNotInForce];
    for (changed, expected) in [
        (with(registered().with_revocation(opened).unwrap()), not_in_force()),
        (with(registered().with_revocation(opened + millisecond).unwrap()), vec![]),
        (with(registered().with_until(opened).unwrap()), not_in_force()),
        (with(registered().with_until(opened + millisecond).unwrap()), vec![]),
        (with(since(opened + millisecond)), not_in_force()),
        (with(since(opened)), vec![]),
        (with(registered().with_scope(of("registered-mail", MandateAction::Open))), vec![]),
        (with(registered().with_scope(of("registered-mail", MandateAction::Send))), vec![Code::ActionNotGranted]),
        (with(registered().with_scope(of("taxes", MandateAction::Open))), vec![Code::ActionNotGranted]),
        (without(&of_provider), vec![Code::MandateNotProven]),
        (without(&entry(provider.clone(), niss(PERSON), RegisteredRole::User)), vec![Code::MandateNotProven]),
        // The person is registered, as the enterprise's own user alone.
        (without(&entry(office.clone(), niss(PERSON), RegisteredRole::User)), vec![]),
    ] {
        assert_eq!(judged(changed.clone()), expected, "{}", changed.to_json());
    }
}

/// An enterprise has one local manager, and beside an accredited secretariat one other provider.
#[test]
fn an_enterprise_has_so_many_providers_and_one_manager() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    let judged = |extract: RegisterExtract| {
        against(&letter.report_by(&opening, letter.registers().with_facts(*reference().statement(), extract)))
    };
    let (office, another) = (enterprise("0244142664"), enterprise("0566988259"));
    let with = |party: Identifier, role| extract().with_entry(entry(office.clone(), party, role)).unwrap();
    let secretariat = with(another.clone().into(), RegisteredRole::AccreditedSecretariat);
    assert_eq!(judged(secretariat.clone()), []);
    let third: Identifier = enterprise("0406798006").into();
    let second = entry(office.clone(), third.clone(), RegisteredRole::AccreditedSecretariat);
    assert_eq!(judged(secretariat.with_entry(second).unwrap()), [Code::TooManyProviders]);
    assert_eq!(judged(with(third, RegisteredRole::Provider)), [Code::TooManyProviders]);
    assert_eq!(judged(with(niss(PERSON).into(), RegisteredRole::LocalManager)), [Code::ManagerCount]);
    // Whoever leaves everything to a provider names no manager, and has no users either.
    let manager = entry(office.clone(), niss(MANAGER), RegisteredRole::LocalManager);
    assert_eq!(judged(without(&manager)), []);
    let by_user = mandate(MandateRole::User, Party::new(office.clone()), vec![user()], MandateAction::Open);
    let by_user = letter.opened_by(person(PERSON)).with_mandate(by_user).unwrap();
    let of_user = |extract: RegisterExtract| {
        letter.report_by(&by_user, letter.registers().with_facts(*reference().statement(), extract))
    };
    assert_eq!(against(&of_user(extract())), []);
    let report = of_user(without(&manager));
    assert_eq!(against(&report), [Code::ManagerCount]);
    assert!(report.to_string().contains("local managers: 0"), "{report}");
    // One that is over does not count, nor does one party with two applications.
    let over = entry(office.clone(), another, RegisteredRole::Provider).with_until(opened_at()).unwrap();
    assert_eq!(judged(extract().with_entry(over).unwrap()), []);
    assert_eq!(judged(extract().with_entry(manager).unwrap()), []);
}

/// What was taken back after the extract does not stand in it.
#[test]
fn an_old_extract_is_told() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    let entries = extract().entries().to_vec();
    let extract_at = |time: DateTime<Utc>| {
        let extract = RegisterExtract::new(REGISTER, time).unwrap();
        entries.iter().cloned().try_fold(extract, RegisterExtract::with_entry).unwrap()
    };
    let registers = |age| letter.registers().with_facts(*reference().statement(), extract_at(opened_at() - age));
    let week = Duration::days(7);
    for (age, is_old) in [(week, false), (week + Duration::milliseconds(1), true)] {
        let report = letter.report_by(&opening, registers(age));
        assert_eq!((report.indication, has(&report, Code::RegisterExtractOld)), (Indication::TotalPassed, is_old));
    }
    // A policy says how old it may be, and what comes of it.
    let policy: Policy =
        serde_json::from_str(r#"{"maximum_extract_age": 60, "levels": {"register-extract-old": "fail"}}"#).unwrap();
    let verifier = letter.service.verifier().with_policy(policy).with_registers(registers(Duration::seconds(61)));
    let sent = verifier.verify(&letter.proof, Payload::NotAvailable, afterwards()).unwrap();
    let report = verifier.report(&letter.proof(&opening), &sent, afterwards());
    assert_eq!(against(&report), [Code::RegisterExtractOld], "{report}");
}

/// An extract from before the event says what holds, and a later one has to reach back.
#[test]
fn a_later_extract_needs_the_history_of_the_event() {
    let letter = Letter::to(office());
    let opening = letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap();
    let millisecond = Duration::milliseconds(1);
    let at = |time: DateTime<Utc>, history: Option<DateTime<Utc>>| {
        let empty = RegisterExtract::new(REGISTER, time).unwrap();
        let dated = history.into_iter().try_fold(empty, RegisterExtract::with_history_from).unwrap();
        extract().entries().iter().cloned().try_fold(dated, RegisterExtract::with_entry).unwrap()
    };
    for (time, history, proven) in [
        (opened_at(), None, true),
        (opened_at() + millisecond, None, false),
        (opened_at() + millisecond, Some(opened_at()), true),
        (opened_at() + millisecond * 2, Some(opened_at() + millisecond), false),
    ] {
        let registers = letter.registers().with_facts(*reference().statement(), at(time, history));
        let expected = if proven { vec![] } else { vec![Code::MandateNotProven] };
        assert_eq!(against(&letter.report_by(&opening, registers)), expected, "{time} {history:?}");
    }
    let before = RegisterExtract::new(REGISTER, now()).unwrap().with_history_from(now() + millisecond);
    assert_eq!(before, Err(EvidenceError::Period("the history of an extract")));
}

/// An extract has one form, and no error shows whom it names.
#[test]
fn an_extract_is_read_in_one_form() {
    let scope = MandateScope::new("registered-mail", [MandateAction::Open, MandateAction::Send]).unwrap();
    let entry = entry(enterprise("0244142664"), niss(PERSON), RegisteredRole::User).with_scope(scope);
    let entry = entry.with_until(now()).unwrap().with_revocation(now()).unwrap();
    let extract = extract().with_entry(entry).unwrap().with_history_from(now()).unwrap();
    let json = extract.to_json();
    assert_eq!(RegisterExtract::from_json(json.as_bytes()), Ok(extract.clone()));
    assert!(!format!("{extract:?}").contains(PERSON));
    let type_1 = "recommande-register-extract/1";
    let another_type = json.replace(type_1, "recommande-register-extract/2");
    assert_eq!(RegisterExtract::from_json(another_type.as_bytes()), Err(RegisterExtractError::Type));
    for (from, to) in [
        (PERSON, "93051822362"),
        ("\"Entry\"", "\"Entries\""),
        ("\"User\"", "\"Guest\""),
        ("[\"send\",\"open\"]", "[\"open\",\"send\"]"),
        ("[\"send\",\"open\"]", "[]"),
        ("{\"type\"", " {\"type\""),
        ("urn:be:fgov:person:ssin", "urn:recommande:committed:1:urn:be:fgov:person:ssin"),
    ] {
        assert!(json.contains(from), "{from}");
        let error = RegisterExtract::from_json(json.replace(from, to).as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("930518"), "{error}");
    }
    for end in 0..json.len() {
        assert!(RegisterExtract::from_json(&json.as_bytes()[..end]).is_err());
    }
    let full = (0..recommande::evidence::limits::MAX_REGISTER_ENTRIES)
        .try_fold(RegisterExtract::new(REGISTER, now()).unwrap(), |extract, _| extract.with_entry(extract_entry()));
    let full = full.unwrap();
    assert_eq!(RegisterExtract::from_json(full.to_json().as_bytes()), Ok(full.clone()));
    assert!(matches!(full.with_entry(extract_entry()), Err(EvidenceError::TooMany { .. })));
}

fn extract_entry() -> RegisterEntry {
    entry(enterprise("0244142664"), niss(PERSON), RegisteredRole::User)
}

/// A verdict that rested on a register is the same when the stored question is asked again, and another one without it.
#[test]
fn a_stored_question_holds_the_registers() {
    let letter = Letter::to(office());
    let (json, signature) = letter.signed(&extract());
    let of_json = RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(&json));
    let opening = letter.opened_by_provider(RegisterReference::new(REGISTER, of_json).unwrap());
    let question = Question::from(GivenProof {
        sending: Some(letter.proof.der().into()),
        ..GivenProof::of(letter.proof(&opening).der())
    });
    let signed = letter.registers().with_extract(&json, signature.der());
    for registers in [signed, letter.registers().with_facts(of_json, extract())] {
        let verifier = letter.service.verifier().with_registers(registers);
        let input = serde_json::to_string(&verifier.input(question.clone(), afterwards())).unwrap();
        let input: recommande::verify::VerificationInput = serde_json::from_str(&input).unwrap();
        let answer = verifier.answer(&question, afterwards()).unwrap();
        assert_eq!(against(&answer.reports[0]), []);
        assert_eq!(input.verify().unwrap(), answer);
        let without = recommande::verify::VerificationInput { registers: None, ..input };
        assert_eq!(against(&without.verify().unwrap().reports[0]), [Code::MandateNotProven]);
    }
}

/// Whoever trusts other registers verifies the sending anew.
#[test]
fn a_sending_that_was_verified_with_other_registers_is_verified_again() {
    let letter = Letter::to(office());
    let registers = || letter.registers().with_facts(*reference().statement(), extract());
    let verifier = letter.service.verifier().with_registers(registers());
    let opening = letter.proof(&letter.opened_by(person(PERSON)).with_mandate(of_provider()).unwrap());
    let report = verifier.report(&opening, &letter.sent, afterwards());
    assert!(against(&report).contains(&Code::SendingVerifiedOtherwise), "{report}");
}

/// An enterprise was merged between the letter and its reply, which names both numbers.
#[test]
fn a_reply_is_by_the_successor_of_the_recipient() {
    let terms = recommande::evidence::Terms::new().with_reply_authorized();
    let service = Service::new();
    let proof = service.proof_of(&sending_to(office()).with_terms(terms).unwrap());
    let sent = service.verified(&proof);
    let letter = Letter { service, proof, sent };
    let sender = Party::new(enterprise("0566988259"));
    let by = |sender_of_reply: Party| {
        let id = MessageId::new("1ZG0000036L40").unwrap();
        Sending::new(id, sender_of_reply, sender.clone(), letter_part(), digests(), opened_at()).unwrap()
    };
    let merged = |current: &str, at| {
        IdentifierSuccession::new(enterprise("0244142664"), enterprise(current), "register", at).unwrap()
    };
    let told = by(provider()).with_identifier_succession(merged("0244640631", now())).unwrap();
    for (reply, expected) in [(told, true), (by(provider()), false), (by(office()), true)] {
        let refused = EvidenceError::Reply(ReplyFault::SenderIsNoRecipient);
        let reply = match reply.clone().replying_to(&letter.sent) {
            Ok(stated) => stated,
            Err(error) => {
                assert_eq!((error, expected), (refused, false));
                forged_reply(&reply, &letter.sent)
            }
        };
        let files = [letter.proof.der().to_vec(), letter.proof(&reply).der().to_vec()];
        let judged = judge(&letter.service.verifier(), &files, afterwards());
        let letters = Case::of(&judged);
        let replies: Vec<bool> = letters.iter().flat_map(|letter| &letter.replies).map(|reply| reply.holds()).collect();
        assert_eq!(replies, [expected], "{judged:?}");
    }
    // The successor is who replies, and no later than it does.
    let error = by(provider()).with_identifier_succession(merged("0406798006", now())).unwrap_err();
    assert_eq!(error, EvidenceError::Succession(SuccessionFault::RecipientDiffers));
    let stated = by(office()).replying_to(&letter.sent).unwrap();
    assert_eq!(
        stated.with_identifier_succession(merged("0244640631", now())).unwrap_err(),
        EvidenceError::PartiesAfterReply
    );
    let late = merged("0244640631", opened_at() + Duration::milliseconds(1));
    let error = by(provider()).with_identifier_succession(late).unwrap_err();
    assert_eq!(error, EvidenceError::Succession(SuccessionFault::AfterEvent));
}

fn letter_part() -> recommande::PartDescription {
    letter()
}
