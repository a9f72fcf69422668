//! Nothing that identifies a person, names a document or opens a door leaves through `Debug`, an error or a report.

use std::error::Error;
use std::fmt::Debug;

use crate::common::der::{self, Node};
use crate::common::oid;
use crate::common::{self, Service, assurance, later, now, opened_at, pool};
use chrono::Duration;
use recommande::evidence::{
    ActedBy, Assurance, AssuranceLevel, Codec, Environment, Identifier, IdentityAttribute, Language, MessageId,
    Metadata, Opening, PartDescription, Party, PayloadDigests, RegisteredMail, Sending, Statement, Ticket,
    UnknownExtension, attribute,
};
use recommande::identity::{EnterpriseNumber, Niss};
use recommande::seal::{AnyProof, Credentials, ProofOfSending, Unstamped};
use recommande::testing::{CertificateSpec, Misbehaviour, TestPki, generate_key};
use recommande::verify::{Context, Payload, Policy, Preceding, Report, RevocationRule, Verifier};
use rfc3161_client::{Nonce, RetryPolicy, Transport};

/// What must not be seen anywhere. The values are long enough not to stand somewhere by accident.
const SECRETS: [&str; 21] = [
    "85073003328",
    "85.07.30-033.28",
    "79021806501",
    "Vandersecret",
    "Godelieve",
    "Delegatus",
    "Dorothea",
    "Confidential Office",
    "0566988259",
    "0566.988.259",
    "Dismissal of an employee",
    "dismissal-letter",
    "dossier-1234567",
    "metadata-kind",
    "SENDER-TOKEN-4711",
    "HR-APPLICATION",
    "metadata-value",
    "download-name",
    "extension-value",
    "second-part",
    "mother's maiden",
];

fn assert_silent(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
}

fn assert_debug(what: &str, value: &dyn Debug) {
    assert_silent(what, &format!("{value:?}"));
    assert_silent(what, &format!("{value:#?}"));
}

/// An error with all that caused it, in both ways of showing it.
fn assert_error(what: &str, error: &dyn Error) {
    let mut cause = Some(error);
    while let Some(error) = cause {
        assert_silent(what, &format!("{error} {error:?} {error:#?}"));
        cause = error.source();
    }
}

fn assert_report(what: &str, report: &Report) {
    assert_silent(what, &report.to_string());
    assert_silent(what, &serde_json::to_string_pretty(report).unwrap());
    assert_debug(what, report);
}

/// A sending with everything that it can hold.
fn rich_sending() -> Sending {
    let authenticated = |level| Assurance::new(level, now(), "urn:example:two-factors").unwrap();
    let sender = Party::legal_person("0566988259".parse::<EnterpriseNumber>().unwrap(), "Confidential Office")
        .unwrap()
        .with_assurance(authenticated(AssuranceLevel::High));
    let delegate = Party::natural_person("79021806501".parse::<Niss>().unwrap(), "Delegatus", "Dorothea").unwrap();
    let recipient = Party::natural_person("85073003328".parse::<Niss>().unwrap(), "Vandersecret", "Godelieve")
        .unwrap()
        .with_attribute(IdentityAttribute::new("http://example.org/question", ["mother's maiden name"]).unwrap())
        .unwrap();
    let second = Party::new(Identifier::new("dossier-1234567", "urn:example:dossiers").unwrap());
    let part = PartDescription::new("dismissal-letter.pdf", "application/pdf").unwrap();
    let annex = PartDescription::new("second-part.xml", "application/xml").unwrap();
    let ticket = Ticket::new("1ZG0000036L3Z").unwrap();
    let mail = RegisteredMail::new(ticket, "Dismissal of an employee", "dismissal-letter", Language::Dutch)
        .unwrap()
        .with_token("SENDER-TOKEN-4711")
        .unwrap()
        .with_application_id("HR-APPLICATION")
        .unwrap()
        .with_download_file_name("download-name.pdf")
        .unwrap()
        .with_metadata(Metadata::new("metadata-kind", ["metadata-value"]).unwrap())
        .unwrap();
    let message = MessageId::new("1ZG0000036L3Z").unwrap();
    Sending::new(message, sender, recipient, part, PayloadDigests::of_bytes(b"You are dismissed."), now())
        .unwrap()
        .with_recipient(second)
        .unwrap()
        .with_part(annex, PayloadDigests::of_bytes(b"annex"))
        .unwrap()
        .with_sender_delegate(delegate.clone())
        .unwrap()
        .with_recipients_delegate(delegate, &[1])
        .unwrap()
        .with_national_extension(mail)
        .with_extension(UnknownExtension::new("Own", r#"{"a":"extension-value"}"#).unwrap())
        .unwrap()
}

#[test]
fn the_rich_sending_holds_all_that_is_looked_for() {
    // Otherwise these tests would test nothing.
    let json =
        String::from_utf8(Codec::Json.encode(&rich_sending(), &common::issuer(Environment::Test)).unwrap()).unwrap();
    for secret in SECRETS.iter().filter(|secret| !secret.contains("85.07") && !secret.contains("0566.")) {
        assert!(json.contains(secret), "{secret} is not in it");
    }
}

#[test]
fn debug_shows_nothing_of_a_person_or_a_document() {
    let service = Service::new();
    let sending = rich_sending();
    assert_debug("sending", &sending);
    for party in sending.recipients().iter().chain([sending.sender()]) {
        assert_debug("party", party);
        assert_debug("identifier", party.identifier());
        assert_debug("attributes", &party.attributes());
    }
    assert_debug("parts", &sending.parts());
    assert_debug("registered mail", &sending.national_extensions());
    assert_debug("extensions", &sending.unknown_extensions());
    assert_debug("delegates", &sending.recipients_delegates());
    let niss: Niss = "85073003328".parse().unwrap();
    let number: EnterpriseNumber = "0566988259".parse().unwrap();
    assert_debug("identifiers", &(niss, number));
    assert_debug("document", &Metadata::new("metadata-kind", ["metadata-value"]).unwrap());
    let sealed = service.sealer.seal(&sending, now()).unwrap();
    assert_debug("unstamped", &sealed);
    let proof = service.proof_of(&sending);
    assert_debug("proof", &proof);
    assert_debug("any proof", &AnyProof::from_der(proof.der()).unwrap());
    let verified = service.verified(&proof);
    assert_debug("verified", &verified);
    let opening = service.opening(&verified);
    assert_debug("opening", &opening);
    assert_debug("opened by", &opening.opened_by());
    assert_debug("proof of opening", &service.proof_of_opening(&opening));
    assert_debug("preceding", &Preceding::Verified(&verified));
    assert_debug("verifier", &service.verifier());
    assert_debug("sealer", &service.sealer);
    assert_debug("credentials", service.sealer.credentials());
}

#[test]
fn reports_show_nothing_of_a_person_or_a_document() {
    let service = Service::new();
    let proof = service.proof_of(&rich_sending());
    let verified = service.verified(&proof);
    let delegate = Party::natural_person("85073003328".parse::<Niss>().unwrap(), "Vandersecret", "Godelieve").unwrap();
    let by_delegate = ActedBy::Delegate { party: delegate, acting_for: vec![2] };
    let opening = Opening::of(&verified, by_delegate, assurance(opened_at()), opened_at()).unwrap();
    let opening = service.proof_of_opening(&opening);
    let another_sending = service.verified(&service.proof());
    let payload = PayloadDigests::of_bytes(b"You are dismissed.");
    let wrong = PayloadDigests::of_bytes(b"another");
    let strict = Policy { revocation: RevocationRule::Required, ..Policy::default() };
    let production = Verifier::new(service.pki.seal_anchors(), service.pki.tsa_anchors(), Environment::Production);
    for verifier in [service.verifier(), service.verifier().with_policy(strict), production] {
        for now in [later(), now() - Duration::days(400), now() + Duration::days(4000)] {
            for payload in [Payload::Digests(&payload), Payload::Digests(&wrong), Payload::NotAvailable] {
                assert_report("sending", &verifier.report(&proof, payload, now));
                if let Err(error) = verifier.verify(&proof, payload, now) {
                    assert_error("verify", &error);
                    let refused = Preceding::Refused(&error);
                    assert_debug("refused", &refused);
                    assert_report("opening", &verifier.report(&opening, Context::new(refused, payload), now));
                }
                for preceding in
                    [Preceding::Verified(&verified), Preceding::Verified(&another_sending), Preceding::NotGiven]
                {
                    assert_report("opening", &verifier.report(&opening, Context::new(preceding, payload), now));
                }
                if let Err(error) = verifier.verify(&opening, &another_sending, now) {
                    assert_error("verify opening", &error);
                }
            }
        }
    }
}

#[test]
fn errors_of_building_repeat_no_value() {
    let niss = ["85073003329", "85.07.30-033.29", "8507300332", "85073003328x"];
    for text in niss {
        let error = text.parse::<Niss>().unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("0730") && !shown.contains("07.30"), "{shown}");
        let error = Identifier::new(text, Niss::SCHEME).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0730"), "{error:?}");
    }
    for text in ["0566988258", "566.988.258.", "05669882590"] {
        let error = text.parse::<EnterpriseNumber>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("988"), "{error:?}");
    }
    let long = "Vandersecret ".repeat(100);
    let control = "Vandersecret\u{7}";
    let holder = || "85073003328".parse::<Niss>().unwrap();
    for name in [&long, control, ""] {
        if let Err(error) = Party::natural_person(holder(), name, "Godelieve") {
            assert_error("name", &error);
        }
        if let Err(error) = PartDescription::new(name, "application/pdf") {
            assert_error("part", &error);
        }
        if let Err(error) = MessageId::new(name) {
            assert_error("message", &error);
        }
        let ticket = Ticket::new("1ZG0000036L3Z").unwrap();
        if let Err(error) = RegisteredMail::new(ticket, name, name, Language::French) {
            assert_error("registered mail", &error);
        }
        if let Err(error) = Metadata::new(name, [name]) {
            assert_error("metadata", &error);
        }
    }
    assert_error("legal person", &Party::legal_person(holder(), "Vandersecret").unwrap_err());
    let twice = rich_sending().with_recipient(Party::new(holder())).unwrap_err();
    assert_error("twice", &twice);
    let attribute = IdentityAttribute::new(attribute::FAMILY_NAME, ["Vandersecret"]).unwrap();
    let person = Party::natural_person(holder(), "Vandersecret", "Godelieve").unwrap();
    assert_error("attribute", &person.with_attribute(attribute).unwrap_err());
    assert_error("URI", &IdentityAttribute::new("Vandersecret", ["x"]).unwrap_err());
    assert_error("extension", &UnknownExtension::new("Own", r#"{"Vandersecret":}"#).unwrap_err());
    assert_error("extension", &UnknownExtension::new("dossier of Vandersecret", "{}").unwrap_err());
}

#[test]
fn errors_of_reading_repeat_no_value_wherever_the_statement_is_broken() {
    let issuer = common::issuer(Environment::Test);
    let json = String::from_utf8(Codec::Json.encode(&rich_sending(), &issuer).unwrap()).unwrap();
    let mut broken = 0;
    // An octet replaced, put in, or taken out, at every place; and the text cut off there.
    for (at, _) in json.char_indices().step_by(7) {
        let (head, tail) = json.split_at(at);
        let mut rest = tail.chars();
        rest.next();
        for changed in [
            format!("{head}\u{1}{}", rest.as_str()),
            format!("{head}\"{}", rest.as_str()),
            format!("{head}{{{tail}"),
            format!("{head}{}", rest.as_str()),
            head.to_owned(),
        ] {
            if let Err(error) = Codec::Json.decode::<Sending>(changed.as_bytes()) {
                broken += 1;
                assert_error("statement", &error);
            }
        }
    }
    assert!(broken > 1000);
    // A value in the place of a member's name.
    for name in ["85073003328", "Vandersecret"] {
        for place in
            ["\"SenderDetails\"", "\"value\"", "\"Identity\"", "\"RegisteredMail\"", "\"Own\"", "\"Identifier\""]
        {
            assert!(json.contains(place), "{place}");
            let changed = json.replace(place, &format!("\"{name}\""));
            if let Err(error) = Codec::Json.decode::<Sending>(changed.as_bytes()) {
                assert_error(place, &error);
            }
        }
    }
}

#[test]
fn errors_of_files_repeat_nothing_of_them() {
    let service = Service::new();
    let proof = service.proof_of(&rich_sending());
    let verifier = service.verifier();
    let good = proof.der();
    let show = |file: &[u8]| {
        if let Err(error) = ProofOfSending::from_der(file) {
            assert_error("file", &error);
            assert_report("malformed", &verifier.report_malformed(&error, later()));
        }
    };
    for length in (0..good.len()).step_by(29) {
        show(&good[..length]);
    }
    for offset in (0..good.len()).step_by(29) {
        let mut file = good.to_vec();
        file[offset] ^= 0x20;
        show(&file);
        let report = verifier.report(file.as_slice(), Preceding::NotGiven, later());
        assert_report("flipped", &report);
    }
    let detached = Node::parse(good).with(|file| drop(file.at_mut(&[1, 0, 2]).children_mut().pop()));
    show(&detached.to_der());
    let event = Node::parse(good).with(|file| {
        let content = file.at_mut(der::CONTENT).octets_mut();
        *content = String::from_utf8(content.clone()).unwrap().replace("Acceptance", "Rejection").into_bytes();
    });
    show(&event.to_der());
}

#[test]
fn errors_of_timestamps_and_credentials_show_neither_keys_nor_persons() {
    let service = Service::new();
    let sealed = service.sealer.seal(&rich_sending(), now()).unwrap();
    for misbehaviour in [
        Misbehaviour::Rejected,
        Misbehaviour::Garbage,
        Misbehaviour::Unreachable,
        Misbehaviour::WrongImprint,
        Misbehaviour::WrongNonce,
        Misbehaviour::BadSignature,
        Misbehaviour::WrongEku,
        Misbehaviour::WrongMessageDigest,
    ] {
        let tsa = service.misbehaving(misbehaviour);
        let retry = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
        let error = sealed.stamp_with(&pool(tsa).with_retry(retry)).unwrap_err();
        assert_error("stamp", &error);
        assert!(!error.to_string().is_empty());
        let request = sealed.timestamp_request(Nonce::random().unwrap()).unwrap();
        if let Ok(answer) = service.misbehaving(misbehaviour).send(&request.to_der()) {
            assert_error("attach", &sealed.attach(&request, &answer).unwrap_err());
        }
    }
    let strangers = TestPki::new(now()).unwrap();
    assert_error("credentials", &Credentials::new(strangers.seal.signer, service.pki.seal_chain()).unwrap_err());
    assert_error("unstamped", &Unstamped::<ProofOfSending>::from_der(b"Vandersecret").unwrap_err());
}

/// DER of the Name of a natural person as ETSI EN 319 412-2 and the national identity card have it.
fn name_of_a_person() -> Vec<u8> {
    let rdn = |arcs: &str, value: &str| {
        let kind = der::oid(const_oid::ObjectIdentifier::new(arcs).unwrap());
        der::node(0x31, vec![der::node(0x30, vec![kind, der::octets(0x0c, value.as_bytes())])])
    };
    let parts = [
        ("2.5.4.6", "BE"),
        ("2.5.4.3", "A person (Signature)"),
        ("2.5.4.4", "Vandersecret"),
        ("2.5.4.42", "Godelieve"),
        ("2.5.4.5", "85073003328"),
        ("1.2.840.113549.1.9.1", "Godelieve@example.org"),
    ];
    der::node(0x30, parts.map(|(arcs, value)| rdn(arcs, value)).into()).to_der()
}

#[test]
fn a_bare_national_number_is_not_shown_without_a_persons_names_beside_it_either() {
    let service = Service::new();
    for (number, is_shown) in [
        ("85073003328", false),
        ("85.07.30-033.28", false),
        ("PNOBE-85073003328", false),
        ("0406798006", true),
        ("CN-4711", true),
    ] {
        let rdn = |kind, value: &str| {
            der::node(0x31, vec![der::node(0x30, vec![der::oid(kind), der::octets(0x0c, value.as_bytes())])])
        };
        let name = vec![rdn(oid::COUNTRY_NAME, "BE"), rdn(oid::COMMON_NAME, "S"), rdn(oid::SERIAL_NUMBER, number)];
        let spec = CertificateSpec::seal("x", now() - Duration::days(1), now() + Duration::days(99))
            .with_subject(der::node(0x30, name).to_der());
        let key = service.pki.intermediate.issue(&spec, service.pki.seal.signer.clone()).unwrap();
        let report = service.report(&service.proof_with(&key, &service.pki.seal_chain()));
        assert_report("a bare number", &report);
        assert_eq!(report.to_string().contains(number), is_shown, "{report}");
    }
}

#[test]
fn reports_show_no_identifier_of_a_person_whose_certificate_sealed() {
    // A seal is a service's, but anybody can sign something that looks like one, with an identity card.
    let service = Service::new();
    let (from, until) = (now() - Duration::days(1), now() + Duration::days(99));
    let spec = CertificateSpec::seal("x", from, until).with_subject(name_of_a_person());
    let signer = generate_key(&recommande::crypto::KeyKind::EcP256).unwrap();
    let person = service.pki.intermediate.issue(&spec, signer.clone()).unwrap();
    let proof = service.proof_with(&person, &service.pki.seal_chain());
    let report = service.report(&proof);
    assert_report("a person's seal", &report);
    let stranger = spec.self_signed(signer).unwrap();
    assert_report("a stranger's seal", &service.report(&service.proof_with(&stranger, &[])));
    // The same for the name that a TSA states, which can be a person's.
    let name = der::octets(0x81, b"Godelieve@example.org").to_der();
    let tsa = service.tsa(now()).with_tsa_general_name(name);
    let proof = service.sealed().stamp_with(&pool(tsa)).unwrap();
    assert_report("a TSA's name", &service.report(&proof));
    assert_debug("a token", &proof);
    assert!(!proof.der().is_empty());
}
