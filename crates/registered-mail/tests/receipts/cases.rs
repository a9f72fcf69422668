//! What receipts count for beside sealed proofs.

use chrono::{DateTime, Duration, Utc};
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Committed, ConsignmentMode, Field, Opening, Party, Salts, Sending, Statement,
    Step, StepEvent, Terms,
};
use recommande::life::{
    Case, CaseVerdict, ForeignEffect, ForeignEvidence, ForeignObjection, ForeignStanding, Gap, Judged, Letter, Regime,
    ServiceStatus, State, judge,
};
use recommande::seal::{Proof, Sealer};
use recommande::verify::{Code, Policy, Verified};
use recommande::{Environment, TrustAnchors, Verifier};
use recommande_registered_mail::{ReadError, Receipt, StatusResponse};

use crate::common::{
    LETTER, SERVICE, Service, TICKET, TOKEN, afterwards, base64, dispatch, enterprise, hours, now, plain_sending,
    receipt, send_document_response, sending, status_response,
};

/// A letter with its sealed proofs.
struct Life {
    service: Service,
    sent: Verified<Sending>,
    files: Vec<Vec<u8>>,
}

impl Life {
    fn new() -> Self {
        Self::of(&sending())
    }

    fn of(sending: &Sending) -> Self {
        let service = Service::new();
        let proof = service.proof_of(sending);
        let sent = service.verified(&proof);
        Self { service, sent, files: vec![proof.der().to_vec()] }
    }

    fn sealed<S: Statement>(&mut self, statement: &S) {
        let time = statement.event_time();
        let sealed = self.service.sealer.seal(statement, time).unwrap();
        let proof: Proof<S> = sealed.stamp_with(&self.service.pool(time + Duration::seconds(2))).unwrap();
        self.files.push(proof.der().to_vec());
    }

    /// A letter of a service whose seal holds its number.
    fn numbered() -> Self {
        let mut service = Service::new();
        service.sealer = service.organisation(SERVICE);
        let proof = service.proof_of(&sending());
        let sent = service.verified(&proof);
        Self { service, sent, files: vec![proof.der().to_vec()] }
    }

    fn opened(&mut self, time: DateTime<Utc>) {
        let assurance = Assurance::new(AssuranceLevel::Substantial, time, "urn:example:two-factors").unwrap();
        self.sealed(&Opening::of(&self.sent, ActedBy::Recipient(1), assurance, time).unwrap());
    }

    fn judged(&self) -> Vec<Judged> {
        judge(&self.service.verifier(), &self.files, afterwards())
    }

    fn evidence(&self, content: &str, time: DateTime<Utc>) -> ForeignEvidence {
        self.evidence_by(&self.service.sealer, content, time)
    }

    fn evidence_by(&self, sealer: &Sealer, content: &str, time: DateTime<Utc>) -> ForeignEvidence {
        let signature = self.service.signed_by(sealer, content, time);
        let verifier = self.service.verifier();
        recommande_registered_mail::judge(&verifier, content.as_bytes(), &signature, afterwards()).unwrap()
    }

    fn case(&self, foreign: &[ForeignEvidence]) -> Case {
        Case::with_foreign(&self.judged(), foreign)[0].cases[0].clone().unwrap()
    }
}

fn case_of(letters: &[Letter]) -> Case {
    let [letter] = letters else { panic!("{} letters", letters.len()) };
    letter.cases[0].clone().unwrap()
}

fn objections(case: &Case) -> &[ForeignObjection] {
    let [fact] = case.foreign.as_slice() else { panic!("{case}") };
    &fact.objections
}

#[track_caller]
fn assert_objected(case: &Case, objection: ForeignObjection) {
    assert_eq!(objections(case), [objection], "{case}");
    assert_eq!(case.foreign[0].effect, ForeignEffect::Objected);
    assert!(case.foreign[0].proven_at.is_some());
}

#[test]
fn a_receipt_corroborates_the_sealed_sending() {
    let life = Life::new();
    let case = life.case(&[life.evidence(&receipt(), hours(1))]);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
    let fact = &case.foreign[0];
    assert_eq!(
        (fact.event, fact.effect, fact.proven_at),
        ("SubmissionAcceptance", ForeignEffect::Corroborates, Some(hours(1)))
    );
    // The sealed proof has the time of the submission.
    assert_eq!(case.milestones.submitted, Some(now()));
    assert!(fact.service.as_deref().is_some_and(|service| service.contains("Test Seal")));
}

#[test]
fn a_proof_of_dispatch_enters_the_state() {
    let life = Life::new();
    let case = life.case(&[life.evidence(&dispatch(), hours(1))]);
    assert_eq!((case.verdict, case.proven), (CaseVerdict::Proven(State::Available), State::Available), "{case}");
    assert_eq!((case.service.status, case.milestones.available), (Some(ServiceStatus::Sent), Some(hours(1))));
    assert_eq!(case.foreign[0].effect, ForeignEffect::EntersState);
    // The grounds are the evidence, and the sealed sending to which it belongs.
    assert_eq!(case.grounds, [life.sent.id()]);
    let regime = Regime::named("DK-DIGITAL-POST").unwrap();
    let moments = case.moments(&regime, afterwards()).unwrap();
    assert_eq!(moments.received.map(|moment| moment.at), Some(hours(1)));
    let text = case.to_string();
    assert!(text.contains("ContentConsignment by") && text.contains("the ground of the state"), "{text}");
    let json = serde_json::to_value(&case).unwrap();
    assert_eq!(json["foreign"][0]["effect"], "enters-state");
    assert_eq!(json["foreign"][0]["ticket"], TICKET);
}

#[test]
fn a_proof_of_dispatch_before_the_opening_closes_the_gap() {
    let mut life = Life::new();
    life.opened(hours(6));
    assert_eq!(life.case(&[]).gaps, [Gap::AvailabilityNotProven]);
    let case = life.case(&[life.evidence(&dispatch(), hours(6))]);
    assert!(case.gaps.is_empty(), "{case}");
    assert_eq!((case.verdict, case.foreign[0].effect), (CaseVerdict::Proven(State::Opened), ForeignEffect::ClosesGap));
    assert_eq!(case.milestones.available, Some(hours(6)));
    // A timestamp after the opening does not show that it lay there before.
    let case = life.case(&[life.evidence(&dispatch(), hours(7))]);
    assert_eq!(case.gaps, [Gap::AvailabilityNotProven], "{case}");
    assert_eq!(objections(&case), [ForeignObjection::LaterThanOpening], "{case}");
    assert_eq!((case.foreign[0].effect, case.milestones.available), (ForeignEffect::BesideState, Some(hours(7))));
    // A receipt is no proof of dispatch, whatever message carries it.
    let case = life.case(&[life.evidence(&receipt(), hours(1))]);
    assert_eq!(case.gaps, [Gap::AvailabilityNotProven]);
    // A sealed proof of it is the ground, and the earlier time counts.
    let mut life = Life::new();
    life.sealed(&Step::of(&life.sent, 1, StepEvent::ContentConsignment, hours(2)).unwrap());
    life.opened(hours(6));
    let case = life.case(&[life.evidence(&dispatch(), hours(1))]);
    assert_eq!((case.foreign[0].effect, case.milestones.available), (ForeignEffect::Corroborates, Some(hours(1))));
}

#[test]
fn what_differs_from_the_sealed_sending_does_not_count() {
    let life = Life::new();
    let case = |from: &str, to: &str| {
        let content = dispatch();
        assert!(content.contains(from));
        life.case(&[life.evidence(&content.replace(from, to), hours(1))])
    };
    let digest = base64(recommande::crypto::DigestAlgorithm::Sha256.digest(LETTER).as_bytes());
    let another = base64(recommande::crypto::DigestAlgorithm::Sha256.digest(b"another").as_bytes());
    let sha_1 = base64(recommande::crypto::DigestAlgorithm::Sha1.digest(LETTER).as_bytes());
    let by_sha_1 = |method_and_value: &str| method_and_value.replace(">SHA-256<", ">SHA-1<").replace(&digest, &sha_1);
    let cases = [
        (case("0566988259", "0200065765"), ForeignObjection::SenderDiffers),
        (case("85073003328", "17073003384"), ForeignObjection::RecipientDiffers),
        (case(&digest, &another), ForeignObjection::ContentDiffers),
        (case(TOKEN, "another"), ForeignObjection::TokenDiffers),
        (case(TOKEN, ""), ForeignObjection::TokenDiffers),
        (life.case(&[life.evidence(&by_sha_1(&dispatch()), hours(1))]), ForeignObjection::ContentNotComparable),
    ];
    for (case, objection) in cases {
        assert_objected(&case, objection);
        // Another content of one ticket is another story of its service.
        let verdict = match objection {
            ForeignObjection::ContentDiffers => CaseVerdict::Contradicted(State::Submitted),
            _ => CaseVerdict::Proven(State::Submitted),
        };
        assert_eq!((case.verdict, case.milestones.available), (verdict, None));
    }
    // An annex that was not sent.
    let content = dispatch();
    let document = &content[content.find("<t:Document>").unwrap()..content.find("</d:").unwrap()];
    let annex = document.trim_end().replace("t:Document>", "t:Annex>");
    let case = life.case(&[life.evidence(&content.replace("</d:", &format!("{annex}</d:")), hours(1))]);
    assert_objected(&case, ForeignObjection::ContentDiffers);
}

#[test]
fn another_ticket_is_another_letter() {
    let life = Life::new();
    let foreign = [life.evidence(&dispatch().replace(TICKET, "1ZG0000036L40"), hours(1))];
    let letters = Case::with_foreign(&life.judged(), &foreign);
    let messages: Vec<_> = letters.iter().map(|letter| letter.message.as_str()).collect();
    assert_eq!(messages, ["message 7", "1ZG0000036L40"]);
    // The dispatch alone is not proven back to a submission.
    let case = letters[1].cases[0].as_ref().unwrap();
    assert_eq!((case.verdict, case.proven), (CaseVerdict::Incomplete(State::Available), State::Unknown));
    // A sending without a ticket is matched by nothing, even if its message has that name.
    let life = Life::of(&plain_sending());
    assert_eq!(Case::with_foreign(&life.judged(), &[life.evidence(&dispatch(), hours(1))]).len(), 2);
}

#[test]
fn receipts_alone_are_a_letter() {
    let life = Life::new();
    let (submitted, dispatched) = (life.evidence(&receipt(), hours(1)), life.evidence(&dispatch(), hours(2)));
    let alone = |foreign: &[ForeignEvidence]| case_of(&Case::with_foreign(&[], foreign));
    let case = alone(std::slice::from_ref(&submitted));
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
    let case = alone(&[dispatched.clone(), submitted.clone()]);
    assert_eq!((case.verdict, case.proven), (CaseVerdict::Proven(State::Available), State::Available), "{case}");
    assert_eq!((case.milestones.submitted, case.milestones.available), (Some(hours(1)), Some(hours(2))));
    // A dispatch to somebody else is not that of this receipt.
    let elsewhere = life.evidence(&dispatch().replace("85073003328", "17073003384"), hours(2));
    let parted = |foreign: &[ForeignEvidence]| {
        let letters = Case::with_foreign(&[], foreign);
        letters.iter().map(|letter| letter.cases[0].clone().unwrap()).collect::<Vec<_>>()
    };
    let verdicts = [CaseVerdict::Proven(State::Submitted), CaseVerdict::Incomplete(State::Available)];
    let cases = parted(&[elsewhere, submitted.clone()]);
    assert_eq!([cases[0].verdict, cases[1].verdict], verdicts);
    // Nor is one by another service.
    let stranger = life.evidence_by(&life.service.organisation("0244640631"), &dispatch(), hours(2));
    let cases = parted(&[submitted, stranger]);
    assert_eq!([cases[0].verdict, cases[1].verdict], verdicts);
    assert_eq!(cases[0].foreign[1].objections, [ForeignObjection::ServiceNotInCharge], "{}", cases[0]);
}

#[test]
fn the_order_has_no_part_in_it_and_one_more_takes_nothing_away() {
    let mut life = Life::new();
    life.opened(hours(6));
    let pieces = [
        life.evidence(&receipt(), hours(1)),
        life.evidence(&dispatch(), hours(2)),
        life.evidence(&dispatch(), hours(3)),
        life.evidence(&dispatch().replace("A letter", "Another title"), hours(4)),
        life.evidence(&dispatch().replace(TOKEN, "another"), hours(1)),
        life.evidence(&receipt().replace(TICKET, "1ZG0000036L40"), hours(1)),
    ];
    let judged = life.judged();
    let expected = Case::with_foreign(&judged, &pieces);
    // Two signatures by one service on one content are two pieces.
    assert_eq!(expected[0].cases[0].as_ref().unwrap().foreign.len(), 5);
    let mut shuffled = pieces.to_vec();
    for round in 0..shuffled.len() {
        shuffled.rotate_left(1);
        shuffled.swap(0, round);
        let mut proofs = judged.clone();
        proofs.reverse();
        assert_eq!(Case::with_foreign(&proofs, &shuffled), expected, "round {round}");
    }
    let proven = |foreign: &[ForeignEvidence]| -> Vec<_> {
        let letters = Case::with_foreign(&judged, foreign);
        let cases: Vec<Case> = letters.into_iter().flat_map(|letter| letter.cases).flatten().collect();
        let facts = cases
            .iter()
            .flat_map(|case| case.facts.iter().filter(|fact| fact.proven).map(|fact| fact.proof.to_string()));
        let foreign = cases.iter().flat_map(|case| case.foreign.iter().filter(|fact| fact.proven_at.is_some()));
        facts.chain(foreign.map(|fact| format!("{} {}", fact.content, fact.event))).collect()
    };
    for chosen in 0..1_usize << pieces.len() {
        let some: Vec<_> =
            (0..pieces.len()).filter(|bit| chosen & (1 << bit) != 0).map(|bit| pieces[bit].clone()).collect();
        let all = proven(&some);
        for left_out in 0..some.len() {
            let mut fewer = some.clone();
            fewer.remove(left_out);
            assert!(proven(&fewer).iter().all(|fact| all.contains(fact)), "{chosen:b} without {left_out}");
        }
    }
}

#[test]
fn the_certificate_says_which_service_signed() {
    let life = Life::numbered();
    let case = life.case(&[life.evidence_by(&life.service.organisation(SERVICE), &dispatch(), hours(1))]);
    assert_eq!(case.foreign[0].effect, ForeignEffect::EntersState, "{case}");
    // Another organisation under the same anchors is no service of this letter.
    let case = life.case(&[life.evidence_by(&life.service.organisation("0244640631"), &dispatch(), hours(1))]);
    assert_objected(&case, ForeignObjection::ServiceNotInCharge);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted));
    // A seal without a number may state that of any service.
    let life = Life::new();
    let case = life.case(&[life.evidence_by(&life.service.organisation(SERVICE), &dispatch(), hours(1))]);
    assert_objected(&case, ForeignObjection::ServiceNotInCharge);
}

#[test]
fn what_does_not_verify_is_a_claim_with_its_finding() {
    let life = Life::new();
    let signature = life.service.signed(&dispatch(), hours(1));
    let judged = |verifier: &Verifier, content: &str| {
        recommande_registered_mail::judge(verifier, content.as_bytes(), &signature, afterwards()).unwrap()
    };
    // An octet that changes nothing of what is read.
    let changed = judged(&life.service.verifier(), &dispatch().replace("\n", "\r\n"));
    let case = life.case(std::slice::from_ref(&changed));
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted), "{case}");
    assert_eq!(case.foreign[0].effect, ForeignEffect::Claimed);
    assert_eq!(case.foreign[0].finding.as_ref().unwrap().code, Code::MessageDigestDiffers);
    assert!(matches!(changed.standing(), ForeignStanding::Claimed(_)));
    // Nobody is trusted.
    let nobody = Verifier::new(TrustAnchors::new(), TrustAnchors::new(), Environment::Test);
    assert_eq!(life.case(&[judged(&nobody, &dispatch())]).foreign[0].effect, ForeignEffect::Claimed);
    // Without a timestamp a policy may accept it, and its time is not proven.
    let digests = recommande::PayloadDigests::of_bytes(dispatch().as_bytes());
    let unstamped = life.service.sealer.sign_payload(&digests, "text/xml", now()).unwrap();
    let policy: Policy = serde_json::from_str(r#"{"levels": {"no-usable-timestamp": "warn"}}"#).unwrap();
    let verifier = life.service.verifier().with_policy(policy);
    let evidence =
        recommande_registered_mail::judge(&verifier, dispatch().as_bytes(), unstamped.der(), hours(1)).unwrap();
    assert_eq!(*evidence.standing(), ForeignStanding::TimeNotProven);
    assert_eq!(life.case(&[evidence]).foreign[0].effect, ForeignEffect::Claimed);
}

#[test]
fn each_recipient_has_its_own_evidence() {
    let life = Life::of(&sending().with_recipient(Party::new(enterprise("0200065765"))).unwrap());
    let letters = Case::with_foreign(&life.judged(), &[life.evidence(&dispatch(), hours(1))]);
    let states: Vec<_> = letters[0].cases.iter().map(|case| case.as_ref().unwrap().state()).collect();
    assert_eq!(states, [State::Available, State::Submitted]);
    // What names none of them is in the cases of all, and does not count.
    let foreign = [life.evidence(&dispatch().replace("85073003328", "17073003384"), hours(1))];
    let letters = Case::with_foreign(&life.judged(), &foreign);
    letters[0].cases.iter().flatten().for_each(|case| assert_objected(case, ForeignObjection::RecipientDiffers));
}

#[test]
fn what_stands_behind_commitments_is_not_compared() {
    for fields in [vec![Field::TOKEN], Field::personal(&sending())] {
        let committed = Committed::of(&sending(), &fields, Salts::Random).unwrap();
        let life = Life::of(committed.statement());
        let case = life.case(&[life.evidence(&dispatch(), hours(1))]);
        assert_objected(&case, ForeignObjection::NotDisclosed);
    }
}

#[test]
fn the_terms_and_the_state_decide_what_is_allowed() {
    let terms = Terms::new().with_consignment_mode(ConsignmentMode::Consent);
    let life = Life::of(&sending().with_terms(terms).unwrap());
    let case = life.case(&[life.evidence(&dispatch(), hours(1))]);
    assert_objected(&case, ForeignObjection::StateDoesNotAllow);
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Submitted));
}

#[test]
fn a_message_is_judged_with_its_attachment() {
    let life = Life::new();
    let verifier = life.service.verifier();
    let (content, time) = (receipt(), hours(1));
    let message = send_document_response(&content, &life.service.signed(&content, time));
    let judge = |message: &str, content: &str| {
        let receipt = Receipt::from_xml(message.as_bytes()).unwrap();
        receipt.judge(&verifier, content.as_bytes(), afterwards())
    };
    assert_eq!(judge(&message, &content).unwrap().proven_at(), Some(time));
    let differs = |element| Err(ReadError::Differs { element });
    let first = |from: &str, to: &str| message.replacen(from, to, 1);
    assert_eq!(judge(&first(TICKET, "1ZG0000036L40"), &content), differs("Ticket"));
    assert_eq!(judge(&first(TOKEN, "another"), &content), differs("Token"));
    assert_eq!(judge(&message, &content.replace("A letter", "Another")), differs("Digest"));
    assert_eq!(judge(&message, "no content"), differs("Digest"));

    let dispatched = dispatch();
    let status = |content: &str, signature: &[u8]| {
        let response = StatusResponse::from_xml(status_response(content, signature).as_bytes()).unwrap();
        response.judge(&verifier, content.as_bytes(), afterwards())
    };
    let evidence = status(&dispatched, &life.service.signed(&dispatched, time)).unwrap();
    assert_eq!(life.case(&[evidence]).state(), State::Available);
    // A receipt in the place of a proof of dispatch, and the other way round.
    let root = |expected| Err(ReadError::Root { expected });
    assert_eq!(status(&content, &life.service.signed(&content, time)), root("ProofOfDispatchContent"));
    let swapped = send_document_response(&dispatched, &life.service.signed(&dispatched, time));
    assert_eq!(judge(&swapped, &dispatched), root("ReceiptContent"));
    // Content of a form that nobody has described: its signature is reported, and it enters no case.
    let pdf = "%PDF-1.7";
    let signature = life.service.signed(pdf, time);
    assert!(matches!(status(pdf, &signature), Err(ReadError::NotWellFormed { .. })));
    let response = StatusResponse::from_xml(status_response(pdf, &signature).as_bytes()).unwrap();
    let file = response.proof_of_dispatch().unwrap();
    let signatures = file.report(&verifier, pdf.as_bytes(), afterwards());
    assert_eq!(signatures.worst().unwrap().proven_at, Some(time));
}
