//! What a disclosure shows, and what is left when it is gone.

use recommande::evidence::{
    ActedBy, Codec, Commitment, Committed, DisclosedField, Disclosure, EvidenceError, EvidenceIdentifier, Field,
    Identifier, Language, Opening, PartyField, RegisteredMail, Role, Salt, SaltSeed, Salts, Sending, Statement, Ticket,
};
use recommande::identity::Niss;
use recommande::verify::{
    Code, Context, GivenProof, Indication, Level, Octets, Outcome, Payload, Policy, Preceding, Question, Report,
    SendingContext, SubIndication, Subject, Verified, Verifier,
};
use recommande::{Party, ProofOfOpening, ProofOfSending};

use crate::common::{Service, assurance, digests, enterprise, later, niss, opened_at, sending};

const PATH: &str = "/RecipientDetails/0/Identifier/value";
const SSIN: &str = "urn:be:fgov:person:ssin";

fn letter() -> Sending {
    let ticket = Ticket::new("1ZG0000036L3Z").unwrap();
    sending().with_national_extension(RegisteredMail::new(ticket, "Dismissal", "letter", Language::Dutch).unwrap())
}

fn committed() -> Committed<Sending> {
    let letter = letter();
    Committed::of(&letter, &Field::personal(&letter), Salts::Random).unwrap()
}

#[track_caller]
fn outcome(report: &Report, subject: Subject, code: Code) -> Option<Outcome> {
    report
        .findings
        .iter()
        .find(|finding| (finding.subject, finding.code) == (subject, code))
        .map(|finding| finding.outcome)
}

/// The report on a proof with this disclosure; strict path and report agree.
fn report_by(verifier: &Verifier, proof: &ProofOfSending, disclosure: Option<&Disclosure>) -> Report {
    let digests = digests();
    let context = disclosure.into_iter().fold(SendingContext::new(&digests), SendingContext::with_disclosure);
    let report = verifier.report(proof, context, later());
    let strict = verifier.verify(proof, context, later());
    match strict {
        Ok(verified) => {
            assert_eq!(report.indication, Indication::TotalPassed);
            assert_eq!(verified.disclosed().is_some(), disclosure.is_some());
        }
        Err(error) => assert_eq!(report.decided_by.map(|by| by.code), Some(error.finding().code)),
    }
    report
}

#[test]
fn the_verdict_on_a_statement_does_not_depend_on_its_disclosure() {
    let service = Service::new();
    let (statement, disclosure) = committed().into_parts();
    let proof = service.proof_of(&statement);
    let disclosed = report_by(&service.verifier(), &proof, Some(&disclosure));
    assert_eq!(disclosed.indication, Indication::TotalPassed, "{disclosed}");
    assert_eq!(outcome(&disclosed, Subject::Statement, Code::IdentityDisclosed), Some(Outcome::Information));
    assert_eq!(outcome(&disclosed, Subject::Statement, Code::IdentityNotDisclosed), None);

    // One field is erased, then all.
    let rest = disclosure.clone().without(PATH).unwrap().unwrap();
    let partly = report_by(&service.verifier(), &proof, Some(&rest));
    let erased = report_by(&service.verifier(), &proof, None);
    for report in [&partly, &erased] {
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(outcome(report, Subject::Statement, Code::IdentityNotDisclosed), Some(Outcome::Information));
    }
    assert_eq!(outcome(&partly, Subject::Statement, Code::IdentityDisclosed), Some(Outcome::Information));
    let missing = partly.findings.iter().find(|finding| finding.code == Code::IdentityNotDisclosed).unwrap();
    assert_eq!(missing.stated.as_deref(), Some(PATH));

    // A statement without commitments says nothing of them.
    let plain = report_by(&service.verifier(), &service.proof_of(&letter()), None);
    assert!(plain.findings.iter().all(|finding| finding.code != Code::IdentityNotDisclosed));
}

#[test]
fn a_policy_may_demand_the_disclosure() {
    let service = Service::new();
    let (statement, disclosure) = committed().into_parts();
    let proof = service.proof_of(&statement);
    let policy: Policy = serde_json::from_str(r#"{"levels": {"identity-not-disclosed": "fail"}}"#).unwrap();
    let verifier = service.verifier().with_policy(policy);
    assert_eq!(report_by(&verifier, &proof, Some(&disclosure)).indication, Indication::TotalPassed);
    for missing in [None, disclosure.without(PATH).unwrap()] {
        let report = report_by(&verifier, &proof, missing.as_ref());
        assert_eq!(report.indication, Indication::Indeterminate, "{report}");
        assert_eq!(report.sub_indication, Some(SubIndication::SignedDataNotFound));
        assert_eq!(report.decided_by.unwrap().code, Code::IdentityNotDisclosed);
    }
}

#[test]
fn a_disclosure_that_is_not_of_the_proof_fails() {
    let service = Service::new();
    let (statement, disclosure) = committed().into_parts();
    let proof = service.proof_of(&statement);
    let identifier = statement.evidence_identifier();
    let field = |path: &str, value: &str| {
        let of_path = disclosure.fields().iter().find(|entry| entry.path() == path);
        let salt = of_path.map_or_else(|| Salt::generate().unwrap(), |entry| entry.salt().clone());
        DisclosedField::new(path, SSIN, value, salt).unwrap()
    };
    let of = |identifier, fields: Vec<DisclosedField>| Disclosure::new(identifier, fields).unwrap();
    let other_number = "79021806501";
    for (wrong, code) in [
        (of(identifier, vec![field(PATH, other_number)]), Code::DisclosureDiffers),
        (of(identifier, vec![field("/SenderDetails/Identifier/value", other_number)]), Code::DisclosureOfAnotherField),
        (of(EvidenceIdentifier::from_bytes([7; 16]), disclosure.fields().to_vec()), Code::DisclosureOfAnotherProof),
    ] {
        let report = report_by(&service.verifier(), &proof, Some(&wrong));
        assert_eq!(
            (report.indication, report.sub_indication),
            (Indication::TotalFailed, Some(SubIndication::HashFailure))
        );
        assert_eq!(report.decided_by.unwrap().code, code, "{report}");
        assert!(!format!("{report} {report:?} {}", serde_json::to_string(&report).unwrap()).contains(other_number));
        let text = report.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            text.contains("the seal and the statement hold; the disclosure that was given does not fit it"),
            "{text}"
        );
        // What is wrong in the question cannot be waved through, and discloses nothing.
        let mut policy = Policy::default();
        assert!(!policy.levels.set(code, Level::Inform));
        assert_eq!(outcome(&report, Subject::Statement, Code::IdentityDisclosed), None);
    }
    // A statement without commitments has no disclosure.
    let plain = report_by(
        &service.verifier(),
        &service.proof_of(&letter()),
        Some(&of(letter().evidence_identifier(), vec![field(PATH, other_number)])),
    );
    assert_eq!(plain.decided_by.unwrap().code, Code::DisclosureOfAnotherProof, "{plain}");
}

#[test]
fn a_seal_over_a_commitment_to_no_value_is_told_from_a_wrong_disclosure() {
    let service = Service::new();
    let salt = Salt::generate().unwrap();
    let plain = letter();
    let commitment = Commitment::new(&salt, plain.evidence_identifier(), PATH, SSIN, "nobody");
    // The issuer commits to a text that is no NISS.
    let (statement, _) =
        Committed::of(&plain, &[Field::Party(Role::Recipient(1), PartyField::Identifier)], Salts::Random)
            .unwrap()
            .into_parts();
    let json = String::from_utf8(Codec::Json.encode(&statement, service.sealer.issuer()).unwrap()).unwrap();
    let json = json.replace(statement.recipients()[0].identifier().value(), &commitment.to_string());
    let (statement, _) = Codec::Json.decode::<Sending>(json.as_bytes()).unwrap();
    let field = DisclosedField::new(PATH, SSIN, "nobody", salt).unwrap();
    let disclosure = Disclosure::new(plain.evidence_identifier(), [field]).unwrap();
    let report = report_by(&service.verifier(), &service.proof_of(&statement), Some(&disclosure));
    assert_eq!(report.decided_by.unwrap().code, Code::CommitmentToNoValue, "{report}");
    assert_eq!(report.sub_indication, Some(SubIndication::FormatFailure));
}

/// A committed sending, verified with its disclosure, and what its opening by the recipient is.
struct Opened {
    service: Service,
    proof: ProofOfSending,
    disclosure: Disclosure,
    opening: ProofOfOpening,
    opening_disclosure: Disclosure,
}

fn opened(opened_by: ActedBy) -> Opened {
    let service = Service::new();
    let (statement, disclosure) = committed().into_parts();
    let proof = service.proof_of(&statement);
    let verified = verified(&service, &proof, Some(&disclosure));
    let opening =
        Opening::of_disclosed(&verified, opened_by, assurance(opened_at()), opened_at(), Salts::Random).unwrap();
    let (opening, opening_disclosure) = opening.into_parts();
    let opening = service.proof_of_opening(&opening);
    Opened { service, proof, disclosure, opening, opening_disclosure }
}

fn verified(service: &Service, proof: &ProofOfSending, disclosure: Option<&Disclosure>) -> Verified<Sending> {
    let context =
        disclosure.into_iter().fold(SendingContext::new(Payload::NotAvailable), SendingContext::with_disclosure);
    service.verifier().verify(proof, context, later()).unwrap()
}

fn after() -> chrono::DateTime<chrono::Utc> {
    opened_at() + chrono::Duration::days(1)
}

#[test]
fn the_disclosed_recipient_opens_a_sending_with_commitments() {
    let Opened { service, proof, disclosure, opening, opening_disclosure } = opened(ActedBy::Recipient(1));
    let (sent, stated) = (proof.stated().recipients()[0].identifier(), opening.stated().recipients()[0].identifier());
    assert!(stated.is_committed());
    assert_ne!(sent.value(), stated.value(), "the commitment is made anew");
    assert_eq!(opening.stated().committed_fields(), proof.stated().committed_fields());
    let report = |sending: &Verified<Sending>, disclosure: Option<&Disclosure>| {
        let context = Context::new(Preceding::Verified(sending), Payload::NotAvailable);
        let context = disclosure.into_iter().fold(context, Context::with_disclosure);
        service.verifier().report(&opening, context, after())
    };
    let disclosed = report(&verified(&service, &proof, Some(&disclosure)), Some(&opening_disclosure));
    assert_eq!(disclosed.indication, Indication::TotalPassed, "{disclosed}");
    assert_eq!(outcome(&disclosed, Subject::Link, Code::SendingMatches), Some(Outcome::Passed));
    assert_eq!(outcome(&disclosed, Subject::Link, Code::CommitmentsNotCompared), None);

    // Without one of the disclosures the opening still names its sending, and what is hidden is not compared.
    for (of_sending, of_opening) in [(Some(&disclosure), None), (None, Some(&opening_disclosure)), (None, None)] {
        let report = report(&verified(&service, &proof, of_sending), of_opening);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(outcome(&report, Subject::Link, Code::SendingMatches), Some(Outcome::Passed));
        assert_eq!(outcome(&report, Subject::Link, Code::CommitmentsNotCompared), Some(Outcome::Information));
    }

    // Stored as one question, it is answered alike.
    let question = Question::from(GivenProof {
        sending: Some(proof.der().into()),
        disclosure: Some(Octets(opening_disclosure.to_json().into_bytes())),
        sending_disclosure: Some(Octets(disclosure.to_json().into_bytes())),
        ..GivenProof::of(opening.der())
    });
    let verifier = service.verifier();
    let input = serde_json::to_string(&verifier.input(question, after())).unwrap();
    let replayed: recommande::verify::VerificationInput = serde_json::from_str(&input).unwrap();
    assert_eq!(replayed.verify().unwrap().reports, [disclosed]);
}

#[test]
fn an_opening_for_another_person_is_seen_when_both_are_disclosed() {
    let Opened { service, proof, disclosure, .. } = opened(ActedBy::Recipient(1));
    let sent = verified(&service, &proof, Some(&disclosure));
    // The service commits to somebody else in the opening.
    let opening =
        Opening::of_disclosed(&sent, ActedBy::Recipient(1), assurance(opened_at()), opened_at(), Salts::Random);
    let (opening, entries) = opening.unwrap().into_parts();
    let json = String::from_utf8(Codec::Json.encode(&opening, service.sealer.issuer()).unwrap()).unwrap();
    let salt = Salt::generate().unwrap();
    let commitment = Commitment::new(&salt, opening.evidence_identifier(), PATH, SSIN, "79021806501");
    let json = json.replace(opening.recipients()[0].identifier().value(), &commitment.to_string());
    let (opening, _) = Codec::Json.decode::<Opening>(json.as_bytes()).unwrap();
    let entries = entries.fields().iter().map(|entry| match entry.path() {
        PATH => DisclosedField::new(PATH, SSIN, "79021806501", salt.clone()).unwrap(),
        _ => entry.clone(),
    });
    let of_opening = Disclosure::new(opening.evidence_identifier(), entries.collect::<Vec<_>>()).unwrap();
    let proof_of_opening = service.proof_of_opening(&opening);
    let context = Context::new(Preceding::Verified(&sent), Payload::NotAvailable).with_disclosure(&of_opening);
    let report = service.verifier().report(&proof_of_opening, context, after());
    assert_eq!(report.decided_by.unwrap().code, Code::PartiesDiffer, "{report}");
}

/// A letter of one natural person to three others, each of whose names is committed to.
fn to_three() -> (Service, ProofOfSending, Disclosure) {
    let person =
        |number: &str, name| Party::natural_person(number.parse::<Niss>().unwrap(), name, "Godelieve").unwrap();
    let to_all = letter()
        .with_recipient(person(SECOND, "Tweede"))
        .and_then(|letter| letter.with_recipient(person(THIRD, "Derde")))
        .unwrap();
    let (statement, disclosure) =
        Committed::of(&to_all, &Field::personal(&to_all), Salts::Random).unwrap().into_parts();
    let service = Service::new();
    let proof = service.proof_of(&statement);
    (service, proof, disclosure)
}

const SECOND: &str = "79021806501";
const THIRD: &str = "85073000160";

/// What is left of a disclosure when everything is deleted whose path does not begin so.
fn only(disclosure: &Disclosure, path: &str) -> Disclosure {
    let fields = disclosure.fields().iter().filter(|entry| entry.path().starts_with(path)).cloned();
    Disclosure::new(disclosure.evidence_identifier(), fields).unwrap()
}

fn open(sending: &Verified<Sending>, opened_by: ActedBy) -> Result<Committed<Opening>, EvidenceError> {
    Opening::of_disclosed(sending, opened_by, assurance(opened_at()), opened_at(), Salts::Random)
}

#[test]
fn a_recipient_opens_with_no_disclosure_but_the_own_one() {
    let (service, proof, disclosure) = to_three();
    for (number, niss) in [(1, niss().as_str()), (2, SECOND), (3, THIRD)] {
        let own = only(&disclosure, &format!("/RecipientDetails/{}/", number - 1));
        let sent = verified(&service, &proof, Some(&own));
        let (opening, of_opening) = open(&sent, ActedBy::Recipient(number)).unwrap().into_parts();
        let opening = service.proof_of_opening(&opening);
        // The opening commits to the opener anew, and marks the others.
        assert_eq!(opening.stated().committed_fields(), proof.stated().committed_fields());
        let paths = |disclosure: &Disclosure| {
            disclosure.fields().iter().map(|entry| entry.path().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(paths(&of_opening), paths(&own));
        let stated: Vec<_> = opening.stated().recipients().iter().map(|party| party.identifier().value()).collect();
        for (index, stated) in (1..).zip(stated) {
            assert_eq!(Commitment::from_base64(stated).unwrap().is_not_disclosed(), index != number, "{stated}");
        }
        assert_eq!(of_opening.reveal(opening.stated()).unwrap().recipients()[number - 1].identifier().value(), niss);
        // It holds with the own disclosure, with that of everybody, and without any.
        for (of_sending, of_opening) in [
            (Some(&own), Some(&of_opening)),
            (Some(&disclosure), Some(&of_opening)),
            (Some(&disclosure), None),
            (None, None),
        ] {
            let sent = verified(&service, &proof, of_sending);
            let context = Context::new(Preceding::Verified(&sent), Payload::NotAvailable);
            let context = of_opening.into_iter().fold(context, Context::with_disclosure);
            let report = service.verifier().report(&opening, context, after());
            assert_eq!(report.indication, Indication::TotalPassed, "{report}");
            assert_eq!(outcome(&report, Subject::Link, Code::SendingMatches), Some(Outcome::Passed));
            assert_eq!(outcome(&report, Subject::Link, Code::CommitmentsNotCompared), Some(Outcome::Information));
            assert_eq!(outcome(&report, Subject::Statement, Code::IdentityNotDisclosed), Some(Outcome::Information));
        }
    }
}

#[test]
fn a_recipient_opens_after_another_was_erased() {
    let (service, proof, disclosure) = to_three();
    let paths = |disclosure: &Disclosure, of: &str| {
        let paths = disclosure.fields().iter().map(|entry| entry.path().to_owned());
        paths.filter(|path| path.starts_with(of)).collect::<Vec<_>>()
    };
    let erased = paths(&disclosure, "/RecipientDetails/1/")
        .iter()
        .fold(disclosure.clone(), |left, path| left.without(path).unwrap().unwrap());
    let sent = verified(&service, &proof, Some(&erased));
    let opener = |number| open(&sent, ActedBy::Recipient(number)).map(|_| ());
    assert_eq!([opener(1), opener(2), opener(3)], [Ok(()), Err(EvidenceError::OpenerNotDisclosed), Ok(())]);
    // A delegate whom the sending does not have opens for the first one, and not for the erased one.
    let delegate = || {
        Party::natural_person(Identifier::new("staff-4711", "urn:example:staff").unwrap(), "Delegatus", "Dorothea")
            .unwrap()
    };
    let by_delegate = |acting_for: &[usize]| {
        open(&sent, ActedBy::Delegate { party: delegate(), acting_for: acting_for.to_vec() }).map(|_| ())
    };
    assert_eq!(by_delegate(&[1, 2]), Ok(()));
    assert_eq!(by_delegate(&[2, 1]), Err(EvidenceError::OpenerNotDisclosed));
    // One lost attribute of the opener is enough.
    let attribute = paths(&erased, "/RecipientDetails/2/Identity/").remove(0);
    let sent = verified(&service, &proof, erased.without(&attribute).unwrap().as_ref());
    let opened = open(&sent, ActedBy::Recipient(3)).map(|_| ());
    assert_eq!(opened, Err(EvidenceError::OpenerNotDisclosed));
}

#[test]
fn a_wrong_disclosure_opens_nothing() {
    let (service, proof, disclosure) = to_three();
    // The second recipient gives the salts of the first one, or the own number under another one's salt.
    let entry = disclosure.fields().iter().find(|entry| entry.path() == PATH).unwrap();
    let of_second = PATH.replace('0', "1");
    let wrong = [
        DisclosedField::new(&of_second, SSIN, entry.value(), entry.salt().clone()).unwrap(),
        DisclosedField::new(PATH, SSIN, SECOND, entry.salt().clone()).unwrap(),
    ];
    for wrong in wrong {
        let wrong = Disclosure::new(disclosure.evidence_identifier(), [wrong]).unwrap();
        let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&wrong);
        let error = service.verifier().verify(&proof, context, later()).unwrap_err();
        assert_eq!(error.finding().code, Code::DisclosureDiffers);
    }
    // No disclosure fits to what was not disclosed when the opening was made.
    let sent = verified(&service, &proof, Some(&only(&disclosure, "/RecipientDetails/0/")));
    let (opening, of_opening) = open(&sent, ActedBy::Recipient(1)).unwrap().into_parts();
    let later_on = disclosure.fields().iter().find(|entry| entry.path() == of_second).unwrap();
    let fields = of_opening.fields().iter().chain([later_on]).cloned();
    let wrong = Disclosure::new(opening.evidence_identifier(), fields).unwrap();
    let context = Context::new(Preceding::Verified(&sent), Payload::NotAvailable).with_disclosure(&wrong);
    let report = service.verifier().report(&service.proof_of_opening(&opening), context, after());
    assert_eq!(report.decided_by.unwrap().code, Code::DisclosureDiffers);
}

#[test]
fn an_opener_in_the_clear_needs_no_disclosure() {
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let letter = letter().with_recipient(office).unwrap();
    let (statement, disclosure) =
        Committed::of(&letter, &Field::personal(&letter), Salts::Random).unwrap().into_parts();
    let service = Service::new();
    let proof = service.proof_of(&statement);
    let erased = verified(&service, &proof, None);
    let of = |sending: &Verified<Sending>, number| {
        Opening::of(sending, ActedBy::Recipient(number), assurance(opened_at()), opened_at())
    };
    assert_eq!(of(&erased, 1).unwrap_err(), EvidenceError::OpenerNotDisclosed);
    let identifier = EvidenceIdentifier::from_bytes([7; 16]);
    let opening = service.proof_of_opening(&of(&erased, 2).unwrap().with_evidence_identifier(identifier));
    let context = Context::new(Preceding::Verified(&erased), Payload::NotAvailable);
    let report = service.verifier().report(&opening, context, after());
    assert_eq!(report.indication, Indication::TotalPassed, "{report}");
    // With a disclosure, what was disclosed is committed to.
    let disclosed = verified(&service, &proof, Some(&disclosure));
    assert_eq!(of(&disclosed, 2).unwrap_err(), EvidenceError::HoldsCommitments);
    assert!(open(&disclosed, ActedBy::Recipient(2)).is_ok());
    // Without one, there is nothing to commit to.
    let nothing = EvidenceError::Empty("list of fields");
    assert_eq!(open(&erased, ActedBy::Recipient(2)).map(|_| ()), Err(nothing.clone()));
    assert_eq!(open(&service.verified(&service.proof()), ActedBy::Recipient(1)).map(|_| ()), Err(nothing));
}

/// A statement by somebody else is refused where the opener is marked, and where nothing was there to disclose.
#[test]
fn a_mark_stands_only_where_somebody_else_was_not_disclosed() {
    let (service, proof, disclosure) = to_three();
    let sent = verified(&service, &proof, Some(&only(&disclosure, "/RecipientDetails/0/")));
    let opening = open(&sent, ActedBy::Recipient(1)).unwrap().into_parts().0;
    let recipient = |party: &Party| party.identifier().value().to_owned();
    let mark = recipient(&opening.recipients()[1]);
    let encode = |json: Vec<u8>| String::from_utf8(json).unwrap();
    let json = encode(Codec::Json.encode(&opening, service.sealer.issuer()).unwrap());
    assert!(Codec::Json.decode::<Opening>(json.as_bytes()).is_ok());
    let opener = recipient(&opening.recipients()[0]);
    let marked = json.replace(&mark, "@").replace(&opener, &mark).replace('@', &opener);
    let error = Codec::Json.decode::<Opening>(marked.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("is not disclosed"), "{error}");
    let json = encode(Codec::Json.encode(proof.stated(), service.sealer.issuer()).unwrap());
    let marked = json.replace(&recipient(&proof.stated().recipients()[1]), &mark);
    let error = Codec::Json.decode::<Sending>(marked.as_bytes()).unwrap_err();
    assert!(error.to_string().contains("follows no other one"), "{error}");
}

#[test]
fn a_delegate_who_opens_is_committed_to_as_well() {
    let staff = Identifier::new("staff-4711", "urn:example:staff").unwrap();
    let delegate = Party::natural_person(staff, "Delegatus", "Dorothea").unwrap();
    let opened = opened(ActedBy::Delegate { party: delegate, acting_for: vec![1] });
    let json = String::from_utf8(Codec::Json.encode(opened.opening.stated(), opened.service.sealer.issuer()).unwrap())
        .unwrap();
    for personal in ["staff-4711", "Delegatus", "Dorothea", niss().as_str()] {
        assert!(!json.contains(personal), "{personal} in {json}");
    }
    let revealed = opened.opening_disclosure.reveal(opened.opening.stated()).unwrap();
    assert_eq!(revealed.recipients_delegates()[0].party().identifier().value(), "staff-4711");
}

#[test]
fn salts_of_a_person_and_year_make_the_disclosure_again() {
    // A register of 32 octets for each person and year, and a value that the service has anyway.
    let of_person = SaltSeed::generate().unwrap();
    let letter = letter();
    let seed = of_person.for_proof(letter.evidence_identifier());
    let field = Field::Party(Role::Recipient(1), PartyField::Identifier);
    let (statement, _) = Committed::of(&letter, &[field], Salts::Shared(&of_person)).unwrap().into_parts();
    let service = Service::new();
    let proof = service.proof_of(&statement);
    let entry = DisclosedField::new(PATH, SSIN, niss().as_str(), seed.salt(PATH)).unwrap();
    let disclosure = Disclosure::new(proof.stated().evidence_identifier(), [entry]).unwrap();
    assert_eq!(report_by(&service.verifier(), &proof, Some(&disclosure)).indication, Indication::TotalPassed);
    assert_eq!(verified(&service, &proof, Some(&disclosure)).disclosed().unwrap().recipients(), letter.recipients());
}

/// Nobody signed the order of the fields in a disclosure.
#[test]
fn the_order_of_disclosed_fields_decides_nothing() {
    let service = Service::new();
    let (statement, disclosure) = committed().into_parts();
    let proof = service.proof_of(&statement);
    let report = report_by(&service.verifier(), &proof, Some(&disclosure));
    let fields = disclosure.fields();
    assert!(fields.len() > 2);
    for turn in 0..fields.len() {
        let mut rotated = fields.to_vec();
        rotated.rotate_left(turn);
        for order in [rotated.clone(), rotated.into_iter().rev().collect()] {
            let disclosure = Disclosure::new(disclosure.evidence_identifier(), order).unwrap();
            assert_eq!(report_by(&service.verifier(), &proof, Some(&disclosure)), report);
        }
    }
}
