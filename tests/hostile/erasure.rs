//! An erased proof holds nothing from which a value can be found, not even by somebody who tries every number.

mod beside;
mod renewed;

use std::error::Error;
use std::fmt::Debug;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    ActedBy, Codec, Commitment, Committed, DisclosedField, Disclosure, Field, Identifier, Language, Opening,
    PartDescription, Party, PayloadDigests, RegisteredMail, Salt, SaltSeed, Salts, Sending, Statement, Ticket,
};
use recommande::identity::Niss;
use recommande::seal::{AnyProof, Batch};
use recommande::verify::{Context, Payload, Policy, Preceding, SendingContext, Verifier};
use recommande::{MessageId, ProofOfSending};

use crate::common::{Service, assurance, enterprise, later, now, opened_at, pool};

const NISS: &str = "85073003328";
const SSIN: &str = "urn:be:fgov:person:ssin";
const PATH: &str = "/RecipientDetails/0/Identifier/value";
const OFFICE: &str = "0566988259";

/// What is committed to. Each is long enough not to stand somewhere by accident.
const VALUES: [&str; 13] = [
    NISS,
    "Vandersecret",
    "Godelieve",
    "Dismissal of an employee",
    "dismissal-letter.pdf",
    "SENDER-TOKEN-4711",
    "download-name.pdf",
    "clerk-0815",
    "Vanbediende",
    "Seraphina",
    "proxy-4711",
    "Vanvolmacht",
    "Ermengarde",
];

fn letter() -> Sending {
    let recipient = Party::natural_person(NISS.parse::<Niss>().unwrap(), "Vandersecret", "Godelieve").unwrap();
    let sender = Party::legal_person(enterprise(OFFICE), "Example Office").unwrap();
    let part = PartDescription::new("dismissal-letter.pdf", "application/pdf").unwrap();
    let mail = RegisteredMail::new(
        Ticket::new("1ZG0000036L3Z").unwrap(),
        "Dismissal of an employee",
        "letter",
        Language::Dutch,
    )
    .unwrap()
    .with_token("SENDER-TOKEN-4711")
    .unwrap()
    .with_download_file_name("download-name.pdf")
    .unwrap();
    let digests = PayloadDigests::of_bytes(b"You are dismissed.");
    let staff = |number, name, first_name| {
        Party::natural_person(Identifier::new(number, "urn:example:staff").unwrap(), name, first_name).unwrap()
    };
    Sending::new(MessageId::new("1ZG0000036L3Z").unwrap(), sender, recipient, part, digests, now())
        .unwrap()
        .with_sender_delegate(staff("clerk-0815", "Vanbediende", "Seraphina"))
        .and_then(|letter| letter.with_recipients_delegate(staff("proxy-4711", "Vanvolmacht", "Ermengarde"), &[1]))
        .unwrap()
        .with_national_extension(mail)
}

fn committed() -> (Sending, Disclosure) {
    let letter = letter();
    Committed::of(&letter, &Field::personal(&letter), Salts::Random).unwrap().into_parts()
}

/// The ways in which a value could stand in octets: as it is, as hexadecimal or Base64, and by a digest without a secret.
fn traces(value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec()];
    forms.extend(DigestAlgorithm::ALL.map(|algorithm| algorithm.digest(value).as_bytes().to_vec()));
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>();
    let texts = |octets: &Vec<u8>| {
        let base64 = Base64::encode_string(octets);
        [hex(octets), base64.trim_end_matches('=').to_owned(), Base64UrlUnpadded::encode_string(octets)]
    };
    let written: Vec<_> = forms.iter().flat_map(texts).map(String::into_bytes).collect();
    forms.extend(written);
    forms
}

fn assert_no_trace(what: &str, octets: &[u8], values: &[&str]) {
    // Octets as characters, in which the standard library searches fast.
    let text = |octets: &[u8]| octets.iter().map(|octet| char::from(*octet)).collect::<String>();
    let searched = text(octets);
    for value in values {
        for trace in traces(value.as_bytes()) {
            assert!(!searched.contains(&text(&trace)), "{what} leads to {value}");
        }
    }
}

fn assert_silent(what: &str, shown: &dyn Debug) {
    let shown = format!("{shown:?} {shown:#?}");
    VALUES.iter().for_each(|value| assert!(!shown.contains(value), "{what} shows {value}: {shown}"));
}

fn assert_error(what: &str, error: &dyn Error) {
    assert_silent(what, &error);
    let shown = error.to_string();
    VALUES.iter().for_each(|value| assert!(!shown.contains(value), "{what} shows {value}: {shown}"));
}

/// The proof of a batch of two, so that it has an evidence record inside.
fn in_a_batch(service: &Service, statement: &Sending) -> ProofOfSending {
    let seals: Vec<_> =
        [statement, &crate::common::sending()].map(|statement| service.sealer.seal(statement, now()).unwrap()).into();
    let tsa = service.tsa(now() + chrono::Duration::seconds(2));
    let stamped = Batch::of(&seals).unwrap().stamp_with(&pool(tsa)).unwrap();
    seals.into_iter().map(|seal| stamped.proof(seal).unwrap()).next().unwrap()
}

#[test]
fn an_erased_proof_and_all_that_is_said_of_it_leads_to_nobody() {
    let service = Service::new();
    let (statement, disclosure) = committed();
    let proof = service.proof_of(&statement);
    let batched = in_a_batch(&service, &statement);
    let context = SendingContext::new(Payload::NotAvailable);
    let verified = service.verifier().verify(&proof, context.with_disclosure(&disclosure), later()).unwrap();
    let opening =
        Opening::of_disclosed(&verified, ActedBy::Recipient(1), assurance(opened_at()), opened_at(), Salts::Random);
    let (opening, of_opening) = opening.unwrap().into_parts();
    let proof_of_opening = service.proof_of_opening(&opening);

    // The test would see what is not erased.
    let seen = std::panic::catch_unwind(|| assert_no_trace("the sender", proof.der(), &[OFFICE]));
    assert!(seen.is_err(), "enterprise numbers stay, and are found");
    for (what, file) in [("proof", proof.der()), ("batch", batched.der()), ("opening", proof_of_opening.der())] {
        assert_no_trace(what, file, &VALUES);
    }
    let strict: Policy = Policy::strict();
    let demanding: Policy = serde_json::from_str(r#"{"levels": {"identity-not-disclosed": "fail"}}"#).unwrap();
    let anothers = Disclosure::new(of_opening.evidence_identifier(), disclosure.fields().to_vec()).unwrap();
    let after = opened_at() + chrono::Duration::days(1);
    for policy in [Policy::default(), strict, demanding] {
        let verifier: Verifier = service.verifier().with_policy(policy);
        for given in [None, Some(&disclosure), Some(&of_opening), Some(&anothers)] {
            for file in [proof.der(), batched.der(), proof_of_opening.der()] {
                let context = Context::new(Preceding::Verified(&verified), Payload::NotAvailable);
                let context = given.into_iter().fold(context, Context::with_disclosure);
                let report = verifier.report(file, context, after);
                let shown = format!("{report} {report:?} {}", serde_json::to_string(&report).unwrap());
                VALUES.iter().for_each(|value| assert!(!shown.contains(value), "a report shows {value}: {report}"));
                if given.is_none() {
                    assert_no_trace("report", shown.as_bytes(), &VALUES);
                }
                match verifier.verify(file, context, after) {
                    Ok(verified) => assert_silent("verified", &verified),
                    Err(error) => assert_error("verify", &error),
                }
            }
        }
    }
    assert_silent("sending", &statement);
    assert_silent("verified with its disclosure", &verified);
    assert_silent("disclosed", &verified.disclosed());
    assert_silent("disclosure", &disclosure);
    assert_silent("any proof", &AnyProof::from_der(proof.der()).unwrap());
}

/// Every field that may name somebody is committed to: identifiers and attributes of each party, title, names and token.
#[test]
fn everything_that_may_name_somebody_can_be_committed_to() {
    let (statement, disclosure) = committed();
    let mut values: Vec<_> = VALUES.to_vec();
    for entry in disclosure.fields() {
        let before = values.len();
        values.retain(|value| !entry.value().contains(value));
        assert!(values.len() < before, "{}", entry.path());
    }
    assert!(values.is_empty(), "{values:?}");
    assert_eq!(statement.committed_fields().len(), VALUES.len());
    // The service lost one salt alone: no other field's salt, and no seed of another proof, gives the value again.
    for lost in disclosure.fields() {
        let of_another = SaltSeed::generate().unwrap().for_proof(statement.evidence_identifier()).salt(lost.path());
        let others = disclosure.fields().iter().filter(|entry| entry.path() != lost.path());
        for salt in others.map(|entry| entry.salt().clone()).chain([of_another]) {
            let entry = DisclosedField::new(lost.path(), lost.scheme(), lost.value(), salt).unwrap();
            let guess = Disclosure::new(statement.evidence_identifier(), [entry]).unwrap();
            assert!(guess.reveal(&statement).is_err(), "{}", lost.path());
        }
    }
}

/// After the second recipient was erased, what the opening by the first one says of the second is the same for everybody.
#[test]
fn an_opening_says_nothing_of_another_recipient_who_was_erased() {
    let service = Service::new();
    let opened = |second: &str| {
        let second = Party::natural_person(second.parse::<Niss>().unwrap(), "Vantweede", "Leopoldine").unwrap();
        let letter = letter().with_recipient(second).unwrap();
        let committed = Committed::of(&letter, &Field::personal(&letter), Salts::Random).unwrap();
        let (statement, disclosure) = committed.into_parts();
        let left = disclosure.fields().iter().filter(|entry| !entry.path().starts_with("/RecipientDetails/1/"));
        let left = Disclosure::new(disclosure.evidence_identifier(), left.cloned()).unwrap();
        let context = SendingContext::new(Payload::NotAvailable).with_disclosure(&left);
        let sent = service.verifier().verify(&service.proof_of(&statement), context, later()).unwrap();
        let by = ActedBy::Recipient(1);
        let opening = Opening::of_disclosed(&sent, by, assurance(opened_at()), opened_at(), Salts::Random).unwrap();
        let (opening, left) = opening.into_parts();
        let proof = service.proof_of_opening(&opening);
        let values = [VALUES.as_slice(), &["Vantweede", "Leopoldine", "79021806501", "85073000160"]].concat();
        assert_no_trace("opening", proof.der(), &values);
        assert_no_trace("disclosure", left.to_json().as_bytes(), &values[VALUES.len()..]);
        let stated = &opening.recipients()[1];
        let attributes = stated.attributes().iter().flat_map(|attribute| attribute.values().to_vec());
        attributes.chain([stated.identifier().value().to_owned()]).collect::<Vec<_>>()
    };
    assert_eq!(opened("79021806501"), opened("85073000160"));
}

#[test]
fn errors_of_disclosures_repeat_no_value() {
    let (statement, disclosure) = committed();
    let json = disclosure.to_json();
    let mut refused = 0;
    for (at, _) in json.char_indices().step_by(3) {
        let (head, tail) = json.split_at(at);
        for changed in
            [format!("{head}\u{1}{tail}"), format!("{head}\"{tail}"), format!("{head}e\u{301}{tail}"), head.to_owned()]
        {
            match Disclosure::from_json(changed.as_bytes()) {
                Err(error) => {
                    refused += 1;
                    assert_error("disclosure", &error);
                }
                Ok(changed) => {
                    let error = changed.reveal(&statement).unwrap_err();
                    assert_error("reveal", &error);
                }
            }
        }
    }
    assert!(refused > 1000, "{refused}");
    let entry_of_recipient = disclosure.fields().iter().find(|entry| entry.path() == PATH).unwrap();
    for path in [NISS, "/RecipientDetails/0/Identifier/Vandersecret"] {
        let error = DisclosedField::new(path, SSIN, NISS, entry_of_recipient.salt().clone()).unwrap_err();
        assert_error("path", &error);
    }
}

/// All numbers of one day of birth, both sexes.
fn numbers_of_a_day() -> Vec<String> {
    let number = |serial: u32| {
        let digits = 850_730_000 + serial;
        format!("{digits}{:02}", 97 - digits % 97)
    };
    (1..=998).map(number).filter(|number| number.parse::<Niss>().is_ok()).collect()
}

#[test]
fn nobody_finds_the_number_by_trying_them_all() {
    let numbers = numbers_of_a_day();
    assert!(numbers.len() == 998 && numbers.iter().any(|number| number == NISS));
    // What is known to whoever holds the erased proof.
    let (statement, disclosure) = committed();
    let identifier = statement.evidence_identifier();
    let stated = statement.recipients()[0].identifier().value().to_owned();
    let commitment = Commitment::from_base64(&stated).unwrap();
    let json = Codec::Json.encode(&statement, Service::new().sealer.issuer()).unwrap();
    let public: Vec<Salt> = [
        vec![0; 32],
        DigestAlgorithm::Sha256.digest(identifier.as_bytes()).as_bytes().to_vec(),
        DigestAlgorithm::Sha256.digest(identifier.to_string().as_bytes()).as_bytes().to_vec(),
        DigestAlgorithm::Sha256.digest(PATH.as_bytes()).as_bytes().to_vec(),
        DigestAlgorithm::Sha256.digest(&json).as_bytes().to_vec(),
    ]
    .iter()
    .flat_map(|octets| [Salt::from_bytes(octets).unwrap(), SaltSeed::from_bytes(octets).unwrap().salt(PATH)])
    .chain(disclosure.fields().iter().filter(|entry| entry.path() != PATH).map(|entry| entry.salt().clone()))
    .collect();
    for number in &numbers {
        for salt in &public {
            assert!(!commitment.opens_to(salt, identifier, PATH, SSIN, number), "a public salt finds {number}");
        }
        // Without the salt, every number is as good as the right one: some salt gives it the same place.
        let guessed = Commitment::new(&Salt::generate().unwrap(), identifier, PATH, SSIN, number);
        assert_ne!(guessed, commitment);
    }
    // With the salt the number is found at once: the disclosure is personal data, and erasing is deleting it.
    let salt = disclosure.fields().iter().find(|entry| entry.path() == PATH).unwrap().salt().clone();
    let matching: Vec<_> =
        numbers.iter().filter(|number| commitment.opens_to(&salt, identifier, PATH, SSIN, number)).collect();
    assert_eq!(matching, [NISS]);
}

#[test]
fn two_proofs_about_one_person_are_not_linked() {
    let of_person = SaltSeed::generate().unwrap();
    let proof = |seed: &SaltSeed| {
        let letter = letter();
        Committed::of(&letter, &Field::personal(&letter), Salts::Shared(seed)).unwrap().into_parts()
    };
    let ((first, of_first), (second, of_second)) = (proof(&of_person), proof(&of_person));
    let values = |statement: &Sending| statement.recipients()[0].identifier().value().to_owned();
    assert_ne!(values(&first), values(&second));
    // What was disclosed about one of them finds nothing in the other.
    let moved = Disclosure::new(second.evidence_identifier(), of_first.fields().to_vec()).unwrap();
    assert!(moved.reveal(&second).is_err() && of_second.reveal(&second).is_ok());
    for (a, b) in of_first.fields().iter().zip(of_second.fields()) {
        assert_eq!((a.path(), a.value()), (b.path(), b.value()));
        assert_ne!(a.salt().as_bytes(), b.salt().as_bytes());
    }
}
