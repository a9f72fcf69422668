//! What is sealed is valid by the schema that the profile is made on: the JSON projection of the evidence of ETSI EN
//! 319 522-3.

mod support;

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use conformance::{corpus, skipped};
use jsonschema::{Draft, Validator};
use recommande::crypto::{DigestAlgorithm, KeyKind, SignatureAlgorithm};
use recommande::evidence::profile::Member;
use recommande::evidence::{
    ActedBy, AssuranceLevel, Committed, Event, Field, Identifier, IdentityAttribute, Language, Metadata, OpeningEvent,
    RegisteredMail, Salts, Statement, Submission, Ticket, UnknownExtension,
};
use recommande::seal::{AnyProof, SignedSubmission};
use recommande::verify::{Code, Level, Policy};
use recommande::{Environment, Issuer, Party, PayloadDigests, Sending, Verifier};
use serde_json::{Value, json};
use support::{Service, assurance, content, enterprise, issuer, niss, part, sending};

/// The schema, formats asserted; `None`, said aloud, where the corpus is absent.
fn schema(test: &str) -> Option<Validator> {
    let Some(file) = corpus().map(|corpus| corpus.join("schemas/erds-evidence.json")).filter(|file| file.is_file())
    else {
        skipped(test, "no corpus with schemas/erds-evidence.json");
        return None;
    };
    let schema = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let options = jsonschema::options().with_draft(Draft::Draft7).should_validate_formats(true);
    Some(options.should_ignore_unknown_formats(false).build(&schema).expect("a draft-07 schema"))
}

fn assert_valid(schema: &Validator, what: &str, sealed: &[u8]) -> Value {
    let statement: Value = serde_json::from_slice(&content(sealed)).expect("JSON");
    let errors: Vec<_> =
        schema.iter_errors(&statement).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{statement:#}");
    statement
}

fn at() -> DateTime<Utc> {
    "2026-11-22T09:15:04.250Z".parse().unwrap()
}

fn service(issuer: Issuer) -> Service {
    Service::new(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256), issuer, at())
}

fn citizen() -> Party {
    Party::natural_person(niss("85073003328"), "Peeters", "Zoë \"Zo\\e\"").unwrap()
}

fn foreign_person() -> Party {
    let birth = "http://eidas.europa.eu/attributes/naturalperson/DateOfBirth";
    let identifier = Identifier::new("FR/BE/12345", "urn:example:eidas").unwrap();
    let birth = IdentityAttribute::new(birth, ["1985-07-30"]).unwrap();
    Party::natural_person(identifier, "Œuvre", "日本").unwrap().with_attribute(birth).unwrap()
}

fn company() -> Party {
    Party::legal_person(enterprise("0244142664"), "Other Office").unwrap()
}

fn registered_mail() -> RegisteredMail {
    RegisteredMail::new(Ticket::new("1ZG0000036L3Z").unwrap(), "Décision", "EDER501", Language::French).unwrap()
}

fn full_registered_mail() -> RegisteredMail {
    let mail = registered_mail().with_token("case-2026-118/3").unwrap().with_application_id("app:1").unwrap();
    let mail = mail.with_download_file_name("décision.pdf").unwrap();
    let mail = mail.with_metadata(Metadata::new("year", ["2026", "2027"]).unwrap()).unwrap();
    mail.with_metadata(Metadata::new("quarter", ["4"]).unwrap()).unwrap()
}

/// Sendings, from the least to one with everything.
fn sendings() -> Vec<(&'static str, Sending)> {
    let earlier = at() - Duration::minutes(5);
    let plain = || sending(at());
    let with_recipients = || plain().with_recipient(company()).unwrap().with_recipient(foreign_person()).unwrap();
    let digest = |algorithm: DigestAlgorithm| PayloadDigests::from_digests([algorithm.digest(b"part")]).unwrap();
    let levels = [AssuranceLevel::Low, AssuranceLevel::Substantial, AssuranceLevel::High];
    let mut sendings = vec![
        ("plain", plain()),
        ("submitted earlier", plain().with_submission_time(earlier).unwrap()),
        ("delegate of the sender", plain().with_sender_delegate(citizen()).unwrap()),
        (
            "authenticated delegate of the sender",
            plain()
                .with_sender_delegate(foreign_person().with_assurance(assurance(AssuranceLevel::High, earlier)))
                .unwrap(),
        ),
        ("several recipients", with_recipients()),
        ("delegate of a recipient", plain().with_recipients_delegate(company(), &[1]).unwrap()),
        (
            "delegates of several recipients",
            with_recipients()
                .with_recipients_delegate(citizen().with_assurance(assurance(AssuranceLevel::Low, earlier)), &[3, 2])
                .unwrap()
                .with_recipients_delegate(foreign_person(), &[1])
                .unwrap(),
        ),
        (
            "several parts",
            plain()
                .with_part(part("annex", "text/plain"), PayloadDigests::of_bytes(b"annex"))
                .unwrap()
                .with_part(part("letter.txt.p7s", "application/pkcs7-signature"), digest(DigestAlgorithm::Sha512))
                .unwrap(),
        ),
        ("registered mail", plain().with_national_extension(registered_mail())),
        ("registered mail with all", plain().with_national_extension(full_registered_mail())),
        (
            "further extension",
            plain().with_extension(UnknownExtension::new("Carbon", r#"{"grams":3,"note":"\u00e9"}"#).unwrap()).unwrap(),
        ),
    ];
    for level in levels {
        let recipient = company().with_assurance(assurance(level, earlier));
        sendings.push(("authenticated recipient", plain().with_recipient(recipient).unwrap()));
    }
    let has_identifier = |algorithm: &DigestAlgorithm| algorithm.output_len() >= 32 && algorithm.uri().is_some();
    for algorithm in DigestAlgorithm::ALL.into_iter().filter(has_identifier) {
        sendings.push((algorithm.name(), plain().with_part(part("annex", "a/b"), digest(algorithm)).unwrap()));
    }
    let everything = with_recipients()
        .with_submission_time(earlier)
        .unwrap()
        .with_sender_delegate(citizen().with_assurance(assurance(AssuranceLevel::Substantial, earlier)))
        .unwrap()
        .with_recipients_delegate(foreign_person(), &[2, 1])
        .unwrap()
        .with_part(part("annex", "text/plain"), PayloadDigests::of_bytes(b"annex"))
        .unwrap()
        .with_national_extension(full_registered_mail())
        .with_extension(UnknownExtension::new("Carbon", "{}").unwrap())
        .unwrap();
    sendings.push(("everything", everything));
    sendings
}

#[test]
fn sealed_sendings_and_openings_are_valid() {
    let Some(schema) = schema("sealed statements by the schema") else { return };
    let service = service(issuer(Environment::Test));
    for (what, sending) in sendings() {
        let proof = service.seal_sending(&sending);
        let statement = assert_valid(&schema, what, proof.der());
        assert_eq!(statement["ERDSEventId"], "http://uri.etsi.org/19522/Event/SubmissionAcceptance");
        let verified = service.verified(&proof);
        let recipients = sending.recipients().len();
        let delegate = |acting_for| ActedBy::Delegate { party: citizen(), acting_for };
        let openers = (1..=recipients).map(ActedBy::Recipient).chain([delegate(vec![1])]);
        for opened_by in openers.chain((recipients > 1).then(|| delegate(vec![recipients, 1]))) {
            for event in [OpeningEvent::ContentAccessTracking, OpeningEvent::ContentHandover] {
                let opening = service.opening(&verified, opened_by.clone()).with_event(event).unwrap();
                let own = UnknownExtension::new("Channel", r#"["not","an","object"]"#);
                assert!(own.is_err(), "an extension is an object");
                let opening =
                    opening.with_extension(UnknownExtension::new("Channel", r#"{"app":true}"#).unwrap()).unwrap();
                let proof = service.stamp(&service.sealer.seal(&opening, service.now).unwrap());
                let statement = assert_valid(&schema, what, proof.der());
                assert!(statement["EvidenceRefersToRecipient"].is_u64());
            }
        }
    }
}

/// Returns the test vectors that are read as proofs: letters and all that becomes of them, replies, mandates, submissions.
fn vectors() -> Vec<(String, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test-vectors");
    let folders = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    let proofs = files.filter(|path| path.extension().is_some_and(|extension| extension == "p7m"));
    let read = proofs.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()));
    read.filter(|(_, file)| AnyProof::from_der(file).is_ok()).collect()
}

/// The test vectors have evidence of every event, and each extension that tells of one: good ones, and bad ones that can be read.
#[test]
fn evidence_of_every_event_with_every_extension_is_valid() {
    let Some(schema) = schema("evidence of every event by the schema") else { return };
    let (mut events, mut extensions) = (BTreeSet::new(), BTreeSet::new());
    for (file, octets) in vectors() {
        let statement = assert_valid(&schema, &file, &octets);
        events.insert(statement["ERDSEventId"].as_str().unwrap().to_owned());
        let stated = statement["Extensions"].as_array().unwrap().iter();
        extensions.extend(stated.flat_map(|extension| extension.as_object().unwrap().keys().cloned()));
    }
    for event in Event::ALL {
        assert!(events.contains(event.uri()), "{event}");
    }
    for extension in Member::EXTENSIONS {
        assert!(extensions.contains(extension.name()), "{extension:?}");
    }
}

#[test]
fn statements_with_commitments_are_valid() {
    let Some(schema) = schema("statements with commitments by the schema") else { return };
    let service = service(issuer(Environment::Test));
    for (what, sending) in sendings() {
        let committed = Committed::of(&sending, &Field::personal(&sending), Salts::Random).unwrap();
        let statement = assert_valid(&schema, what, service.seal_sending(committed.statement()).der());
        // Each path leads to its commitment.
        let extensions = statement["Extensions"].as_array().unwrap();
        let commitments = extensions.iter().find_map(|extension| extension.get("Commitments")).expect("commitments");
        for path in commitments["Path"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()) {
            let stated = statement.pointer(path).unwrap_or_else(|| panic!("{what}: {path}"));
            let stated = stated.as_array().map_or(stated, |values| &values[0]);
            assert_eq!(stated.as_str().unwrap().len(), 43, "{what}: {path}");
        }
    }
}

#[test]
fn statements_that_announce_a_second_seal_are_valid() {
    let Some(schema) = schema("statements that announce a second seal by the schema") else { return };
    let service = service(issuer(Environment::Test));
    for kind in [KeyKind::MlDsa65, KeyKind::MlDsa87] {
        let sealer = service.sealer.clone().with_second_seal(support::second_credentials(&service, &kind)).unwrap();
        for (what, sending) in sendings() {
            let committed = Committed::of(&sending, &Field::personal(&sending), Salts::Random).unwrap();
            for sending in [&sending, committed.statement()] {
                let statement = assert_valid(&schema, what, sealer.seal(sending, service.now).unwrap().der());
                let extensions = statement["Extensions"].as_array().unwrap();
                assert!(extensions.iter().any(|extension| extension.get("SecondSeal").is_some()), "{what}");
            }
        }
    }
}

#[test]
fn statements_that_name_a_submission_are_valid() {
    let Some(schema) = schema("statements that name a submission by the schema") else { return };
    let service = service(issuer(Environment::Test));
    let (anchors, tsa_anchors) = (service.pki.seal_anchors(), service.pki.tsa_anchors());
    // The certificate has no number, and whose it is has no part in the form.
    let mut policy = Policy::default();
    assert!(policy.levels.set(Code::SenderNotIdentified, Level::Inform));
    let senders = Verifier::new(anchors, tsa_anchors, Environment::Test).with_policy(policy);
    for (what, draft) in sendings() {
        // What came in from outside has no submission.
        if draft.event() != Event::SubmissionAcceptance {
            continue;
        }
        let submission = Submission::of(&draft, Environment::Test).unwrap();
        let signed = SignedSubmission::sign(submission, service.sealer.credentials(), service.now).unwrap();
        let sending = draft.submitted_by(&senders.verify_submission(&signed, service.now).unwrap()).unwrap();
        let statement = assert_valid(&schema, what, service.sealer.seal(&sending, service.now).unwrap().der());
        let extensions = statement["Extensions"].as_array().unwrap();
        assert!(extensions.iter().any(|extension| extension.get("Submission").is_some()), "{what}");
    }
}

#[test]
fn evidence_of_every_environment_and_issuer_is_valid() {
    let Some(schema) = schema("evidence of every environment by the schema") else { return };
    for environment in Environment::ALL {
        let vat = "http://eidas.europa.eu/attributes/legalperson/VATRegistrationNumber";
        let plain = Issuer::new("Service", "BE/BE/0406798006", environment).unwrap();
        let policies = ["https://example.org/policies/registered-mail/1", "urn:oid:1.3.6.1.4.1.32473.1"];
        let full = policies.iter().try_fold(plain.clone(), |issuer, policy| issuer.with_policy(policy)).unwrap();
        let full = full.with_attribute(IdentityAttribute::new(vat, ["BE0406798006", "1"]).unwrap()).unwrap();
        for issuer in [plain, issuer(environment), full] {
            let service = service(issuer);
            let proof = service.seal_sending(&sending(at()));
            let statement = assert_valid(&schema, environment.name(), proof.der());
            assert!(statement["Extensions"].to_string().contains(environment.name()));
            let opening = service.opening(&service.verified(&proof), ActedBy::Recipient(1));
            assert_valid(&schema, environment.name(), service.sealer.seal(&opening, service.now).unwrap().der());
        }
    }
}

/// A member of the statement, by its JSON pointer, and what it is broken to; `None` takes it away.
type Fault = (&'static str, Option<Value>);

#[test]
fn broken_documents_are_not_valid() {
    let Some(schema) = schema("broken documents by the schema") else { return };
    let service = service(issuer(Environment::Test).with_policy("https://example.org/policy").unwrap());
    let sending = sending(at()).with_recipient(company().with_assurance(assurance(AssuranceLevel::Low, at()))).unwrap();
    let good = assert_valid(&schema, "before it is broken", service.seal_sending(&sending).der());
    let faults: [Fault; 22] = [
        ("/version", None),
        ("/EvidenceIdentifier", None),
        ("/ERDSEventId", None),
        ("/EventTime", None),
        ("/EvidenceIssuerDetails", None),
        ("/SenderDetails", None),
        ("/RecipientDetails", None),
        ("/RecipientDetails", Some(json!([]))),
        ("/EventTime", Some(json!("yesterday"))),
        ("/EventTime", Some(json!("2026-11-22T25:15:04Z"))),
        ("/SubmissionTime", Some(json!("2026-11-22"))),
        ("/MessageIdentifier", Some(json!(""))),
        ("/MessageIdentifier", Some(json!(7))),
        ("/EvidenceIssuerPolicyID/PolicyID/0", Some(json!("not a URI"))),
        ("/EvidenceIssuerDetails/Identity", None),
        ("/RecipientDetails/1/AssuranceLevelsDetails/AuthenticationDetails", None),
        ("/RecipientDetails/1/AssuranceLevelsDetails/AuthenticationDetails/AuthenticationTime", Some(json!("noon"))),
        ("/RecipientDetails/1/AssuranceLevelsDetails/GlobalAssuranceLevel/AssuranceLevel", Some(json!("not a URI"))),
        ("/UserContentInfo/PartsInfo", Some(json!([]))),
        ("/UserContentInfo/PartsInfo/PartInfo/0/ContentType", None),
        ("/UserContentInfo/PartsInfo/PartInfo/0/DigestMethod/Algorithm", Some(json!("not a URI"))),
        ("/Extensions", Some(json!([]))),
    ];
    for (pointer, fault) in faults {
        let mut broken = good.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        match fault.clone() {
            Some(fault) => *broken.pointer_mut(pointer).expect(pointer) = fault,
            None => assert!(broken.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member).is_some()),
        }
        assert!(!schema.is_valid(&broken), "{pointer} broken to {fault:?} is still valid");
    }
}
