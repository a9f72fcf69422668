//! Evidence in the form of another service: who signed it, when, and what it counts for in a case.

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::{DigestAlgorithm, KeyKind};
use recommande::evidence::{
    ActedBy, ConsignmentMode, ExternalService, Issuer, KnownReason, Language, MessageId, Opening, OpeningEvent,
    RegisteredMail, Statement, Step, StepEvent, Terms, Ticket,
};
use recommande::identity::Niss;
use recommande::life::limits::MAX_UNCOUNTED;
use recommande::life::{
    Case, CaseVerdict, ContradictionKind, ForeignEffect, ForeignEvent, ForeignEvidence, ForeignObjection,
    ForeignStanding, ForeignStatement, Gap, Retention, State, judge,
};
use recommande::seal::{Artifact, Credentials, Proof, Sealer};
use recommande::testing::{CertificateSpec, generate_key};
use recommande::verify::{Code, Context, Payload, Verified};
use recommande::{Environment, PayloadDigests, Sending, Verifier};

use crate::common::der::{self, Node};
use crate::common::{self, LETTER, Service, at, enterprise, issuer, niss, now, oid, pool, sending};

const TICKET: &str = "1ZG0000036L3Z";
const SIGNER_INFOS: &[usize] = &[1, 0, 4];
const CONTENT: &[u8] = b"the content of a proof of dispatch, whatever its form";

fn hours(count: i64) -> DateTime<Utc> {
    now() + Duration::hours(count)
}

fn afterwards() -> DateTime<Utc> {
    now() + Duration::days(60)
}

fn stated(event: ForeignEvent) -> ForeignStatement {
    let digest = DigestAlgorithm::Sha256.digest(LETTER);
    let (sender, recipient) = (enterprise("0566988259").into(), niss().into());
    ForeignStatement::new(event, Ticket::new(TICKET).unwrap(), sender, recipient, digest)
}

fn mail() -> RegisteredMail {
    RegisteredMail::new(Ticket::new(TICKET).unwrap(), "Title", "letter", Language::French).unwrap()
}

/// A letter whose sending has the ticket.
struct Life {
    service: Service,
    sent: Verified<Sending>,
    files: Vec<Vec<u8>>,
}

impl Life {
    fn new() -> Self {
        Self::of(Service::new(), sending())
    }

    fn of(service: Service, sending: Sending) -> Self {
        let proof = service.proof_of(&sending.with_national_extension(mail()));
        let sent = service.verified(&proof);
        Self { service, sent, files: vec![proof.der().to_vec()] }
    }

    /// A letter of a service whose seal holds its number.
    fn numbered() -> Self {
        let mut life = Self::new();
        life.service.sealer = life.sealer(|spec| spec.with_organization("Receipts", "NTRBE-0406798006"));
        Self::of(life.service, sending())
    }

    /// A letter that is accepted after two hours, as the sender asked.
    fn accepted() -> (Self, Verified<Step>) {
        let terms = Terms::new().with_consignment_mode(ConsignmentMode::Consent);
        let mut life = Self::of(Service::new(), sending().with_terms(terms).unwrap());
        let window = recommande::evidence::Window::new(now(), at("2026-12-07T23:00:00Z"), "FR-LRE").unwrap();
        let asked = Step::of(&life.sent, 1, StepEvent::NotificationForAcceptance { window }, hours(1)).unwrap();
        let asked = life.sealed(&asked);
        let asked = life.service.verifier().verify(&asked, &life.sent, afterwards()).unwrap();
        let assurance = common::assurance(hours(2));
        let accepted = StepEvent::ConsignmentAcceptance { answered_by: ActedBy::Recipient(1), assurance };
        let accepted = Step::after(&life.sent, &asked, accepted, hours(2)).unwrap();
        let accepted = life.sealed(&accepted);
        let context = Context::new(&life.sent, Payload::NotAvailable).with_cause(&asked);
        let accepted = life.service.verifier().verify(&accepted, context, afterwards()).unwrap();
        (life, accepted)
    }

    fn handover_failed(&mut self, accepted: &Verified<Step>, time: DateTime<Utc>) {
        let failed = StepEvent::ContentHandoverFailure { reason: KnownReason::AvailabilityEnded.into() };
        self.sealed(&Step::after(&self.sent, accepted, failed, time).unwrap());
    }

    fn sealed<S: Statement>(&mut self, statement: &S) -> Proof<S> {
        let time = statement.event_time();
        let tsa = self.service.tsa(time + Duration::seconds(2));
        let proof = self.service.sealer.seal(statement, time).unwrap().stamp_with(&pool(tsa)).unwrap();
        self.files.push(proof.der().to_vec());
        proof
    }

    fn opened(&mut self, event: OpeningEvent, time: DateTime<Utc>) {
        let opening = Opening::of(&self.sent, ActedBy::Recipient(1), common::assurance(time), time).unwrap();
        self.sealed(&opening.with_event(event).unwrap());
    }

    fn signature(&self, sealer: &Sealer, time: DateTime<Utc>) -> Vec<u8> {
        let signature = sealer.sign_payload(&PayloadDigests::of_bytes(CONTENT), "text/xml", time).unwrap();
        signature.stamp_with(&pool(self.service.tsa(time))).unwrap().der().to_vec()
    }

    fn judged(&self, signature: &[u8]) -> ForeignEvidence {
        let stated = stated(ForeignEvent::ContentConsignment);
        ForeignEvidence::judge(&self.service.verifier(), CONTENT, signature, stated, afterwards())
    }

    /// A proof of dispatch by the service.
    fn dispatched(&self, time: DateTime<Utc>) -> ForeignEvidence {
        self.judged(&self.signature(&self.service.sealer, time))
    }

    fn case(&self, foreign: &[ForeignEvidence]) -> Case {
        let judged = judge(&self.service.verifier(), &self.files, afterwards());
        Case::with_foreign(&judged, foreign)[0].cases[0].clone().unwrap()
    }

    /// A receipt by the service.
    fn received(&self, time: DateTime<Utc>) -> ForeignEvidence {
        self.by_service(stated(ForeignEvent::SubmissionAcceptance), time)
    }

    fn by_service(&self, stated: ForeignStatement, time: DateTime<Utc>) -> ForeignEvidence {
        let signature = self.signature(&self.service.sealer, time);
        ForeignEvidence::judge(&self.service.verifier(), CONTENT, &signature, stated, afterwards())
    }

    fn judged_for_production(&self, signature: &[u8]) -> ForeignEvidence {
        let pki = &self.service.pki;
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Production);
        let stated = stated(ForeignEvent::ContentConsignment);
        ForeignEvidence::judge(&verifier, CONTENT, signature, stated, afterwards())
    }

    /// A sealer under the anchors of the service, whose certificate has this subject.
    fn sealer(&self, spec: impl FnOnce(CertificateSpec) -> CertificateSpec) -> Sealer {
        let seal = CertificateSpec::seal("Receipts", now() - Duration::days(1), now() + Duration::days(700));
        let pki = &self.service.pki;
        let key = pki.intermediate.issue(&spec(seal), generate_key(&KeyKind::EcP256).unwrap()).unwrap();
        let chain = [&key, &pki.intermediate, &pki.root].map(|key| key.certificate.clone());
        Sealer::new(Credentials::new(key.signer, chain.into()).unwrap(), issuer(Environment::Test))
    }
}

#[track_caller]
fn assert_objected(case: &Case, objection: ForeignObjection) {
    assert_eq!(case.foreign[0].objections, [objection], "{case}");
    assert_eq!(
        (case.foreign[0].effect, case.verdict),
        (ForeignEffect::Objected, CaseVerdict::Proven(State::Submitted))
    );
}

#[test]
fn it_is_not_earlier_than_the_submission() {
    let life = Life::new();
    let skew = i64::from(life.service.verifier().policy().clock_skew);
    let case = life.case(&[life.dispatched(now() - Duration::seconds(skew))]);
    assert_eq!(case.foreign[0].effect, ForeignEffect::EntersState, "{case}");
    let case = life.case(&[life.dispatched(now() - Duration::seconds(skew + 1))]);
    assert_objected(&case, ForeignObjection::BeforeSubmission);
}

/// Whichever it stated first, and whether the refusal says which content it is about or not.
#[test]
fn a_service_that_sealed_a_submission_and_refused_it_elsewhere_tells_two_stories() {
    let event = ForeignEvent::SubmissionRejection;
    let nothing_of_content = ForeignStatement::without_content(
        event,
        Ticket::new(TICKET).unwrap(),
        enterprise("0566988259").into(),
        niss().into(),
    );
    let life = Life::new();
    let sending = life.sent.statement().clone();
    let digest = DigestAlgorithm::Sha256.digest(b"other content");
    let ticket = Ticket::new(TICKET).unwrap();
    let other_content = ForeignStatement::new(event, ticket, enterprise("0566988259").into(), niss().into(), digest);
    for refusal in [stated(event), nothing_of_content, other_content] {
        for time in [hours(-1), hours(1)] {
            let refused = life.by_service(refusal.clone(), time);
            for foreign in [vec![refused.clone()], vec![life.dispatched(hours(2)), refused.clone()]] {
                let letters = Case::with_foreign(&judge(&life.service.verifier(), &life.files, afterwards()), &foreign);
                let [letter] = letters.as_slice() else { panic!("{letters:?}") };
                let case = letter.cases[0].as_ref().unwrap();
                let state = if foreign.len() == 1 { State::Submitted } else { State::Available };
                assert_eq!(case.verdict, CaseVerdict::Contradicted(state), "{case}");
                let [contradiction] = case.contradictions.as_slice() else { panic!("{case}") };
                assert_eq!(contradiction.kind, ContradictionKind::AcceptedAndRejected, "{case}");
                assert_eq!(contradiction.proofs, case.facts.iter().map(|fact| fact.proof).collect::<Vec<_>>());
            }
        }
        // What nothing proves the time of, and what somebody else says, accuses nobody.
        let another = life.sealer(|spec| spec.with_organization("Another", "NTRBE-0244640631"));
        let signature = life.signature(&another, hours(1));
        let by = |signature: &[u8]| {
            ForeignEvidence::judge(&life.service.verifier(), CONTENT, signature, refusal.clone(), afterwards())
        };
        let content = PayloadDigests::of_bytes(CONTENT);
        let unstamped = life.service.sealer.sign_payload(&content, "text/xml", hours(1)).unwrap();
        let unproven = by(unstamped.der());
        assert_eq!(*unproven.standing(), ForeignStanding::TimeNotProven);
        for evidence in [by(&signature), unproven, by(b"junk")] {
            let case = life.case(&[evidence]);
            assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
        }
    }
    // The other way round: the refusal is sealed, and the receipt is in another form.
    let reason = KnownReason::InvalidMessageFormat;
    let rejection = Step::rejection(&sending, reason, now()).unwrap();
    let rejection = life.service.sealer.seal(&rejection, now()).unwrap();
    let rejection = rejection.stamp_with(&pool(life.service.tsa(now()))).unwrap();
    let judged = judge(&life.service.verifier(), &[rejection.der()], afterwards());
    assert_eq!(
        Case::of(&judged)[0].cases[0].as_ref().unwrap().verdict,
        CaseVerdict::Proven(State::RefusedAtSubmission)
    );
    for evidence in [life.received(hours(1)), life.dispatched(hours(1))] {
        let letters = Case::with_foreign(&judged, &[evidence]);
        let [letter] = letters.as_slice() else { panic!("{letters:?}") };
        let case = letter.cases[0].as_ref().unwrap();
        assert_eq!(case.verdict, CaseVerdict::Contradicted(State::RefusedAtSubmission), "{case}");
        assert_eq!(case.contradictions[0].kind, ContradictionKind::AcceptedAndRejected, "{case}");
        assert_eq!(case.milestones.submitted.or(case.milestones.available), Some(hours(1)), "{case}");
    }
    // What it says of other content, or of none, stays proven beside the refusal.
    let (sender, recipient) = (enterprise("0566988259"), niss());
    let (receipt, ticket) = (ForeignEvent::SubmissionAcceptance, || Ticket::new(TICKET).unwrap());
    let of_nothing = ForeignStatement::without_content(receipt, ticket(), sender.into(), recipient.into());
    let (sender, recipient) = (enterprise("0566988259"), niss());
    let of_other = ForeignStatement::new(receipt, ticket(), sender.into(), recipient.into(), digest);
    for statement in [of_nothing, of_other] {
        let letters = Case::with_foreign(&judged, &[life.by_service(statement, hours(1))]);
        let verdicts: Vec<_> =
            letters.iter().flat_map(|letter| &letter.cases).map(|case| case.as_ref().unwrap().verdict).collect();
        assert_eq!(
            verdicts,
            [CaseVerdict::Contradicted(State::RefusedAtSubmission), CaseVerdict::Proven(State::Submitted)]
        );
    }
    // What is told of one piece has no part in what another one is.
    let foreign = [life.received(hours(2)), life.by_service(stated(event), hours(1))];
    let letters = Case::with_foreign(&judged, &foreign);
    let [letter] = letters.as_slice() else { panic!("{letters:?}") };
    let case = letter.cases[0].as_ref().unwrap();
    assert_eq!(case.verdict, CaseVerdict::Contradicted(State::RefusedAtSubmission), "{case}");
    let case = Case::with_foreign(&judged, &[life.by_service(stated(event), hours(1))])[0].cases[0].clone().unwrap();
    assert_eq!(
        (case.verdict, case.foreign[0].effect),
        (CaseVerdict::Proven(State::RefusedAtSubmission), ForeignEffect::Corroborates,)
    );
}

/// A service that took over can have no answer from the next one. Of its own relay the service before it says what the other one denies.
#[test]
fn a_failure_to_relay_is_that_of_the_service_that_states_it() {
    let mut life = Life::numbered();
    let second = life.sealer(|spec| spec.with_organization("Second", "NTRBE-0244640631"));
    let issuer = Issuer::of("Second", enterprise("0244640631"), Environment::Test).unwrap();
    let second = Sealer::new(second.credentials().clone(), issuer);
    let from = ExternalService::of("Example", enterprise("0406798006")).unwrap();
    let took = Step::of(&life.sent, 1, StepEvent::RelayAcceptance { from }, hours(1)).unwrap();
    let took = second.seal(&took, hours(1)).unwrap().stamp_with(&pool(life.service.tsa(hours(1)))).unwrap();
    life.files.push(took.der().to_vec());
    assert_eq!(life.case(&[]).verdict, CaseVerdict::Proven(State::Relayed));
    let case = |sealer: &Sealer| {
        let (signature, stated) = (life.signature(sealer, hours(2)), stated(ForeignEvent::RelayFailure));
        life.case(&[ForeignEvidence::judge(&life.service.verifier(), CONTENT, &signature, stated, afterwards())])
    };
    let of_second = case(&second);
    assert_eq!(of_second.verdict, CaseVerdict::Proven(State::RelayFailed), "{of_second}");
    assert_eq!((of_second.foreign[0].effect, &of_second.contradictions[..]), (ForeignEffect::EntersState, &[][..]));
    let of_first = case(&life.service.sealer);
    assert_eq!(of_first.verdict, CaseVerdict::Proven(State::Relayed), "{of_first}");
    assert_eq!(of_first.foreign[0].effect, ForeignEffect::BesideState, "{of_first}");
    let [told] = of_first.contradictions.as_slice() else { panic!("{of_first}") };
    assert_eq!((told.kind, &told.proofs[..]), (ContradictionKind::FailedAfterSuccess, &[took.id()][..]));
    // What failed before the other one took over was tried again.
    let (signature, stated) = (life.signature(&life.service.sealer, now()), stated(ForeignEvent::RelayFailure));
    let early = ForeignEvidence::judge(&life.service.verifier(), CONTENT, &signature, stated, afterwards());
    let early = life.case(&[early]);
    assert_eq!((early.foreign[0].effect, &early.contradictions[..]), (ForeignEffect::BesideState, &[][..]), "{early}");
}

/// Of three services in a row, the last one has no answer. That the second took over from the first says nothing of that.
#[test]
fn a_failure_of_the_last_relay_is_none_of_an_earlier_one() {
    let mut life = Life::numbered();
    let relay = |life: &mut Life, name: &str, number: &str, from: (&str, &str), hour| {
        let service = life.sealer(|spec| spec.with_organization(name, &format!("NTRBE-{number}")));
        let issuer = Issuer::of(name, enterprise(number), Environment::Test).unwrap();
        let sealer = Sealer::new(service.credentials().clone(), issuer);
        let from = ExternalService::of(from.0, enterprise(from.1)).unwrap();
        let took = Step::of(&life.sent, 1, StepEvent::RelayAcceptance { from }, hours(hour)).unwrap();
        let took = sealer.seal(&took, hours(hour)).unwrap().stamp_with(&pool(life.service.tsa(hours(hour)))).unwrap();
        life.files.push(took.der().to_vec());
        (sealer, took.id())
    };
    let (second, took) = relay(&mut life, "Second", "0244640631", ("Example", "0406798006"), 1);
    let (third, _) = relay(&mut life, "Third", "0202239951", ("Second", "0244640631"), 2);
    let failed = |sealer: &Sealer, hour| {
        let (signature, stated) = (life.signature(sealer, hours(hour)), stated(ForeignEvent::RelayFailure));
        ForeignEvidence::judge(&life.service.verifier(), CONTENT, &signature, stated, afterwards())
    };
    let of_third = life.case(&[failed(&third, 3)]);
    assert_eq!(of_third.verdict, CaseVerdict::Proven(State::RelayFailed), "{of_third}");
    assert_eq!((of_third.foreign[0].effect, &of_third.contradictions[..]), (ForeignEffect::EntersState, &[][..]));
    // The failure of the last one hides no contradiction of the first and the second.
    let both = life.case(&[failed(&third, 3), failed(&life.service.sealer, 4)]);
    let told: Vec<_> = both.contradictions.iter().map(|told| (told.kind, &told.proofs[..])).collect();
    assert_eq!(told, [(ContradictionKind::FailedAfterSuccess, &[took][..])], "{both}");
    assert_eq!(kinds(&life.case(&[failed(&second, 3)])), [ContradictionKind::FailedAfterSuccess]);
}

fn kinds(case: &Case) -> Vec<ContradictionKind> {
    case.contradictions.iter().map(|contradiction| contradiction.kind).collect()
}

#[test]
fn it_is_of_the_environment_of_the_letter() {
    let life = Life::new();
    let signature = life.signature(&life.service.sealer, hours(1));
    let evidence = life.judged_for_production(&signature);
    assert_eq!(*evidence.standing(), ForeignStanding::Proven(hours(1)));
    assert_objected(&life.case(std::slice::from_ref(&evidence)), ForeignObjection::AnotherEnvironment);
    // Without a sealed sending, each environment has a letter.
    let letters = Case::with_foreign(&[], &[evidence.clone(), life.received(hours(1))]);
    let case = letters[0].cases[0].as_ref().unwrap();
    assert_eq!((letters.len(), letters[1].environment), (2, Environment::Production));
    assert_eq!((letters[0].environment, case.verdict), (Environment::Test, CaseVerdict::Proven(State::Submitted)));
    let objections: Vec<_> = case.foreign.iter().flat_map(|fact| &fact.objections).collect();
    assert_eq!(objections, [&ForeignObjection::AnotherEnvironment]);
    // The same file judged for both hides nothing, whichever was first.
    for foreign in [[evidence.clone(), life.judged(&signature)], [life.judged(&signature), evidence.clone()]] {
        assert_eq!(life.case(&foreign).verdict, CaseVerdict::Proven(State::Available));
    }
}

#[test]
fn a_copy_with_one_signer_twice_hides_nothing() {
    let life = Life::new();
    let signature = life.signature(&life.service.sealer, hours(1));
    let twice = Node::parse(&signature).with(|file| {
        let signer = file.at(der::SIGNER_INFO).clone();
        file.at_mut(SIGNER_INFOS).children_mut().push(signer);
    });
    let (genuine, twice) = (life.judged(&signature), life.judged(&twice.to_der()));
    assert_eq!(twice.proven_at(), Some(hours(1)));
    let case = life.case(&[genuine.clone(), twice.clone()]);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Available), "{case}");
    assert_eq!(case.foreign[1].objections, [ForeignObjection::ServiceNotInCharge]);
    assert_eq!(life.case(&[twice.clone(), genuine.clone()]), case);
    // What is one file counts once.
    assert_eq!(life.case(&[genuine.clone(), twice, genuine]), case);
}

#[test]
fn a_sending_with_the_ticket_of_another_letter_takes_nothing_away() {
    let life = Life::new();
    let foreign = [life.received(hours(1)), life.dispatched(hours(2))];
    let alone = Case::with_foreign(&[], &foreign);
    assert_eq!(alone[0].cases[0].as_ref().unwrap().verdict, CaseVerdict::Proven(State::Available));
    // Another service under the same anchors, and the service itself with other content.
    let another = life.sealer(|spec| spec.with_organization("Another", "NTRBE-0244640631"));
    let issuer = Issuer::of("Another", enterprise("0244640631"), Environment::Test).unwrap();
    let another = Sealer::new(another.credentials().clone(), issuer);
    let elsewhere = Sending::new(
        MessageId::new("elsewhere").unwrap(),
        sending().sender().clone(),
        sending().recipients()[0].clone(),
        common::letter(),
        PayloadDigests::of_bytes(b"other content"),
        now(),
    );
    // The service itself tells two stories of one ticket.
    for (sealer, sending, submitted) in [
        (&another, sending(), CaseVerdict::Proven(State::Submitted)),
        (&life.service.sealer, elsewhere.unwrap(), CaseVerdict::Contradicted(State::Submitted)),
    ] {
        let sealed = sealer.seal(&sending.with_national_extension(mail()), now()).unwrap();
        let sealed = sealed.stamp_with(&pool(life.service.tsa(now()))).unwrap();
        let judged = judge(&life.service.verifier(), &[sealed.der()], afterwards());
        let letters = Case::with_foreign(&judged, &foreign);
        let case = letters[0].cases[0].as_ref().unwrap();
        assert_eq!(case.verdict, submitted, "{case}");
        let kinds: Vec<_> = case.contradictions.iter().map(|contradiction| contradiction.kind).collect();
        let is_told = matches!(submitted, CaseVerdict::Contradicted(_));
        assert_eq!(kinds, if is_told { vec![ContradictionKind::SplitView] } else { Vec::new() });
        assert_eq!(letters[1..], alone);
        // The letter itself has its evidence, and none is left.
        let judged = judge(&life.service.verifier(), &[sealed.der(), &life.files[0]], afterwards());
        let letters = Case::with_foreign(&judged, &foreign);
        let verdicts = letters.iter().flat_map(|letter| &letter.cases).flatten().map(|case| case.verdict);
        let mut verdicts: Vec<_> = verdicts.collect();
        verdicts.sort_by_key(|verdict| *verdict != CaseVerdict::Proven(State::Available));
        assert_eq!(verdicts, [CaseVerdict::Proven(State::Available), submitted]);
    }
    // Which content was stated first says nothing of two stories.
    let (event, ticket) = (ForeignEvent::SubmissionAcceptance, Ticket::new(TICKET).unwrap());
    let digest = DigestAlgorithm::Sha256.digest(b"other content");
    let other = ForeignStatement::new(event, ticket, enterprise("0566988259").into(), niss().into(), digest);
    for time in [hours(-1), hours(1)] {
        let case = life.case(&[life.by_service(other.clone(), time)]);
        let kinds: Vec<_> = case.contradictions.iter().map(|contradiction| contradiction.kind).collect();
        assert_eq!(kinds, [ContradictionKind::SplitView], "{case}");
    }
    // A claim makes no letter beside that of the sending.
    let judged = judge(&life.service.verifier(), &life.files, afterwards());
    assert_eq!(Case::with_foreign(&judged, &[life.judged(b"")]).len(), 1);
}

#[test]
fn the_content_is_not_there_before_the_acceptance() {
    let skew = Duration::seconds(i64::from(Life::new().service.verifier().policy().clock_skew));
    let (life, _) = Life::accepted();
    let case = life.case(&[life.dispatched(hours(2) - skew)]);
    assert_eq!((case.foreign[0].effect, case.state()), (ForeignEffect::EntersState, State::Available), "{case}");
    let case = life.case(&[life.dispatched(hours(2) - skew - Duration::seconds(1))]);
    assert_eq!(case.foreign[0].objections, [ForeignObjection::StateDoesNotAllow], "{case}");
    assert_eq!((case.foreign[0].effect, case.milestones.available), (ForeignEffect::Objected, None));
    // Nor does it close a gap.
    let (mut life, accepted) = Life::accepted();
    life.handover_failed(&accepted, hours(3));
    let case = life.case(&[life.dispatched(hours(2) - skew - Duration::seconds(1))]);
    assert_eq!(case.foreign[0].objections, [ForeignObjection::StateDoesNotAllow], "{case}");
    let case = life.case(&[life.dispatched(hours(2) - skew)]);
    assert_eq!(case.foreign[0].effect, ForeignEffect::ClosesGap, "{case}");
}

#[test]
fn what_it_does_is_told_by_what_is_proven() {
    let mut life = Life::new();
    let reason = KnownReason::AvailabilityEnded.into();
    let consigned = Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(2)).unwrap();
    let consigned = life.sealed(&consigned);
    let consigned = life.service.verifier().verify(&consigned, &life.sent, afterwards()).unwrap();
    let failed = StepEvent::ContentHandoverFailure { reason };
    life.sealed(&Step::after(&life.sent, &consigned, failed, hours(3)).unwrap());
    let dispatched = [life.dispatched(hours(4))];
    assert_eq!(life.case(&dispatched).foreign[0].effect, ForeignEffect::Corroborates);
    // The failure is only stated where what led to it is missing.
    life.files.remove(1);
    let case = life.case(&dispatched);
    assert_eq!(
        (case.verdict, case.proven),
        (CaseVerdict::Incomplete(State::HandoverFailed), State::Available),
        "{case}"
    );
    assert_eq!((case.foreign[0].effect, case.milestones.available), (ForeignEffect::EntersState, Some(hours(4))));
}

#[test]
fn the_number_of_the_service_stands_in_an_organisation_or_a_unit() {
    let life = Life::numbered();
    let number = "urn:be:fgov:kbo-bce:organization:cbe-number:";
    let name = |kind, text: &str| {
        der::node(0x31, vec![der::node(0x30, vec![der::oid(kind), der::octets(0x0c, text.as_bytes())])])
    };
    let in_unit = |unit: String| {
        let names = vec![name(oid::ORGANIZATIONAL_UNIT_NAME, &unit), name(oid::COMMON_NAME, "Receipts")];
        life.sealer(|spec| spec.with_subject(der::node(0x30, names).to_der()))
    };
    // Nine digits are those of ten.
    for unit in [format!("{number}406798006"), format!("{}0406798006", number.to_uppercase())] {
        let case = life.case(&[life.judged(&life.signature(&in_unit(unit), hours(1)))]);
        assert_eq!(case.foreign[0].effect, ForeignEffect::EntersState, "{case}");
    }
    // Another number, one that is none, and a unit of another kind are not those of the service.
    let others =
        [format!("{number}0244640631"), format!("{number}0406798007"), number.to_owned(), "0406798006".to_owned()];
    for unit in others {
        let case = life.case(&[life.judged(&life.signature(&in_unit(unit), hours(1)))]);
        assert_objected(&case, ForeignObjection::ServiceNotInCharge);
    }
    let numbered = |life: &Life| {
        let sealer = life.sealer(|spec| spec.with_organization("Receipts", "NTRBE-0406798006"));
        life.case(&[life.judged(&life.signature(&sealer, hours(1)))])
    };
    assert_eq!(numbered(&life).foreign[0].effect, ForeignEffect::EntersState);
    // A seal without a number may state that of any service.
    let life = Life::new();
    assert_objected(&numbered(&life), ForeignObjection::ServiceNotInCharge);
    // Without a number, the subject has to be that of the seal.
    let namesake = life.sealer(|spec| spec.with_subject(life.service.pki.seal.certificate.subject_der().to_vec()));
    let case = life.case(&[life.judged(&life.signature(&namesake, hours(1)))]);
    assert_eq!(case.foreign[0].effect, ForeignEffect::EntersState, "{case}");
    let case = life.case(&[life.judged(&life.signature(&life.sealer(|spec| spec), hours(1)))]);
    assert_objected(&case, ForeignObjection::ServiceNotInCharge);
}

#[test]
fn the_certificate_of_the_signer_may_lie_elsewhere() {
    let life = Life::new();
    let sealer = life.sealer(|spec| spec.with_organization("Another", "NTRBE-0244640631"));
    let signature = life.signature(&sealer, hours(1));
    let certificate = sealer.credentials().chain()[0].clone();
    let without = Node::parse(&signature).with(|file| {
        file.at_mut(der::CERTIFICATES).children_mut().retain(|element| element.to_der() != certificate.der());
    });
    let without = without.to_der();
    assert_eq!(life.case(&[life.judged(&without)]).foreign[0].effect, ForeignEffect::Claimed);
    // It is found among those that the caller gave, and its number counts.
    let verifier = life.service.verifier().with_extra_certificates(vec![certificate]);
    let stated = stated(ForeignEvent::ContentConsignment);
    let evidence = ForeignEvidence::judge(&verifier, CONTENT, &without, stated, afterwards());
    assert_objected(&life.case(&[evidence]), ForeignObjection::ServiceNotInCharge);
}

#[test]
fn of_several_signers_the_worst_counts() {
    let life = Life::new();
    let signature = |count| Node::parse(&life.signature(&life.service.sealer, hours(count)));
    for (first, second) in [(1, 2), (2, 1)] {
        let another = signature(second);
        let both = signature(first).with(|file| {
            file.at_mut(SIGNER_INFOS).children_mut().push(another.at(der::SIGNER_INFO).clone());
        });
        let evidence = life.judged(&both.to_der());
        // Both verify and have signed by the later time, and one file by two signers says not which service it is by.
        assert_eq!((evidence.proven_at(), evidence.service()), (Some(hours(2)), None));
        assert_objected(&life.case(&[evidence]), ForeignObjection::ServiceNotInCharge);
    }
}

#[test]
fn a_failed_handover_after_it_closes_the_gap_too() {
    for (time, effect) in [(hours(3), ForeignEffect::ClosesGap), (hours(4), ForeignEffect::BesideState)] {
        let (mut life, accepted) = Life::accepted();
        life.handover_failed(&accepted, hours(3));
        let case = life.case(&[life.dispatched(time)]);
        assert_eq!(case.foreign[0].effect, effect, "{case}");
        assert_eq!(case.state(), State::HandoverFailed);
    }
}

#[test]
fn what_is_opened_stays_so_and_the_dossier_is_kept_longer() {
    let mut life = Life::new();
    life.opened(OpeningEvent::ContentHandover, hours(2));
    let without = life.case(&[]);
    assert_eq!(without.gaps, [Gap::AvailabilityNotProven]);
    let case = life.case(&[life.dispatched(hours(2)), life.dispatched(hours(24 * 60 - 1))]);
    assert_eq!((case.gaps.as_slice(), &case.facts), (&[][..], &without.facts));
    // A timestamp of January prolongs it by a year.
    let retention = Retention::named("BE-EBOX").unwrap();
    assert_eq!(without.keep_until(&retention), Some(at("2036-12-31T23:00:00Z")));
    let alone = [life.dispatched(hours(24 * 45))];
    assert_eq!(life.case(&alone).keep_until(&retention), Some(at("2037-12-31T23:00:00Z")));
}

#[test]
fn octets_that_are_no_signature_are_a_claim() {
    let life = Life::new();
    for signature in [&b""[..], b"no signature", CONTENT] {
        let case = life.case(&[life.judged(signature)]);
        assert_eq!(case.foreign[0].effect, ForeignEffect::Claimed, "{case}");
        assert_eq!(case.foreign[0].finding.as_ref().unwrap().code, Code::Malformed);
        assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted));
    }
    // A proof is no detached signature over this content.
    let case = life.case(&[life.judged(&life.files[0])]);
    assert_eq!(case.foreign[0].effect, ForeignEffect::Claimed);
}

#[test]
fn junk_hides_nothing_and_is_bounded() {
    let life = Life::new();
    let claim = |index: usize, recipient: &str| {
        let digest = DigestAlgorithm::Sha256.digest(LETTER);
        let (ticket, recipient) = (Ticket::new(TICKET).unwrap(), recipient.parse::<Niss>().unwrap().into());
        let event = ForeignEvent::ContentConsignment;
        let stated = ForeignStatement::new(event, ticket, enterprise("0566988259").into(), recipient, digest);
        let content = index.to_be_bytes();
        ForeignEvidence::judge(&life.service.verifier(), &content, b"junk", stated, afterwards())
    };
    for recipient in ["85073003328", "17073003384"] {
        let claims = |count: usize| (0..count).map(|index| claim(index, recipient)).collect::<Vec<_>>();
        let at_limit = life.case(&claims(MAX_UNCOUNTED));
        assert_eq!((at_limit.foreign.len(), at_limit.more_foreign), (MAX_UNCOUNTED, 0));
        let mut foreign = claims(MAX_UNCOUNTED + 3);
        foreign.push(life.dispatched(hours(1)));
        let case = life.case(&foreign);
        assert_eq!((case.foreign.len(), case.more_foreign), (MAX_UNCOUNTED + 1, 3));
        assert_eq!(case.foreign[0].effect, ForeignEffect::EntersState);
        assert!(case.to_string().contains("3 more that do not count"), "{case}");
        let letters = Case::with_foreign(&[], &foreign);
        let case = letters[0].cases[0].as_ref().unwrap();
        assert_eq!((case.foreign.len(), case.more_foreign), (MAX_UNCOUNTED + 1, 3));
    }
}

#[test]
fn each_of_many_services_has_a_letter_and_lists_the_others_up_to_the_limit() {
    let life = Life::new();
    let of = |count: usize| {
        let receipt = |index: usize| {
            let sealer =
                life.sealer(|spec| spec.with_organization(&format!("Post {index}"), &format!("NTRBE-{index:010}")));
            life.judged(&life.signature(&sealer, hours(1)))
        };
        let foreign: Vec<ForeignEvidence> = (1..=count).map(receipt).collect();
        let letters = Case::with_foreign(&[], &foreign);
        assert_eq!(letters.len(), count);
        let cases = letters.iter().map(|letter| letter.cases[0].as_ref().unwrap());
        let counts = |case: &Case| {
            let counted = case.foreign.iter().filter(|fact| fact.effect == ForeignEffect::EntersState).count();
            (counted, case.foreign.len(), case.more_foreign)
        };
        cases.map(counts).collect::<Vec<_>>()
    };
    for more in [0, 1, 3] {
        let count = MAX_UNCOUNTED + 1 + more;
        assert_eq!(of(count), vec![(1, MAX_UNCOUNTED + 1, more); count]);
    }
}

#[test]
fn no_debug_output_has_a_person() {
    let life = Life::new();
    let shown = format!("{:?} {:?}", life.dispatched(hours(1)), stated(ForeignEvent::SubmissionAcceptance));
    assert!(shown.contains(TICKET));
    assert!(["85073003328", "0566988259"].iter().all(|secret| !shown.contains(secret)), "{shown}");
}
