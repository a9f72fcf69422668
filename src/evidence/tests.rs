//! Statements through the API: the examples octet for octet, round trips, and what must be refused.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::DecodeStatementErrorKind as Kind;
use super::*;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::identity::{EnterpriseNumber, EnterpriseNumberError, Niss, NissError};

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

fn hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect()
}

fn digest(algorithm: DigestAlgorithm, digits: &str) -> Digest {
    Digest::new(algorithm, &hex(digits)).unwrap()
}

fn issuer() -> Issuer {
    Issuer::of_enterprise(
        "Example Registered Mail Service",
        &EnterpriseNumber::new("0406798006").unwrap(),
        Environment::Test,
    )
    .unwrap()
    .with_policy("https://example.org/policies/registered-mail/1")
    .unwrap()
}

fn assurance(level: AssuranceLevel, time: &str) -> Assurance {
    Assurance::new(level, at(time), "urn:oasis:names:tc:SAML:2.0:ac:classes:X509").unwrap()
}

fn citizen() -> Party {
    Party::new(Niss::new("85.07.30-033.28").unwrap())
}

fn office() -> Party {
    Party::legal_person(EnterpriseNumber::new("0566988259").unwrap(), "Example Sending Office").unwrap()
}

fn letter() -> PartDescription {
    PartDescription::new("letter.pdf", "application/pdf").unwrap()
}

/// The sending of the examples.
fn sending() -> Sending {
    let digests = PayloadDigests::from_digests([
        digest(DigestAlgorithm::Sha256, "f02dd0e7d2ce2cd0cc7769730895ea8e805c170a629b7385689d4431fbd1e98b"),
        DigestAlgorithm::Sha512.digest(b""),
    ])
    .unwrap();
    // The example shows the SHA-512 of no octets, in all but its last characters.
    let mail = RegisteredMail::new(Ticket::new("1ZG0000036L3Z").unwrap(), "Decision", "EDER501", Language::French)
        .unwrap()
        .with_token("case-2026-118/3")
        .unwrap()
        .with_application_id("employment:job-attest:werkkaart")
        .unwrap();
    let sender = office().with_assurance(assurance(AssuranceLevel::High, "2026-11-22T09:14:58Z"));
    let id = MessageId::new("1ZG0000036L3Z").unwrap();
    Sending::new(id, sender, citizen(), letter(), digests, at("2026-11-22T09:15:04Z"))
        .unwrap()
        .with_evidence_identifier("urn:uuid:0197f2d4-7c1e-7f3a-9b61-3f7d2a5e8c10".parse().unwrap())
        .with_registered_mail(mail)
}

fn proof_id() -> Digest {
    digest(DigestAlgorithm::Sha256, "639fc6e896eb3c5dec5da7ddf2a4bfb39d5be6f7435478266555f61fee6ab6df")
}

fn opening_of(sending: &Sending, opened_by: OpenedBy) -> Result<Opening, EvidenceError> {
    let assurance =
        Assurance::new(AssuranceLevel::Substantial, at("2026-11-24T18:39:57Z"), "urn:be:fedict:iam:fas:citizen:otp")?;
    let preceding = PrecedingEvidence::new(proof_id(), sending.evidence_identifier());
    let opening = Opening::following(sending, &preceding, opened_by, assurance, at("2026-11-24T18:40:31Z"))?;
    Ok(opening.with_evidence_identifier("urn:uuid:0197f2d9-11aa-7c52-8e07-6c1b0f9d4e21".parse()?))
}

fn opening() -> Opening {
    opening_of(&sending(), OpenedBy::Recipient(1)).unwrap()
}

/// A sending with everything that a sending can hold.
fn full_sending() -> Sending {
    let delegate =
        Party::natural_person(Identifier::new("x-1", "urn:example:staff").unwrap(), "Peeters", "An \"\\\" Zoë");
    let mail = sending().registered_mail().unwrap().clone();
    let mail = mail
        .with_download_file_name("décision.pdf")
        .unwrap()
        .with_metadata(Metadata::new("year", ["2026", "2027"]).unwrap())
        .unwrap()
        .with_metadata(Metadata::new("quarter", ["4"]).unwrap())
        .unwrap();
    sending()
        .with_registered_mail(mail)
        .with_submission_time(at("2026-11-22T09:15:03.250Z"))
        .unwrap()
        .with_recipient(office().with_assurance(assurance(AssuranceLevel::Low, "2026-11-22T09:00:00.001Z")))
        .unwrap()
        .with_sender_delegate(delegate.unwrap())
        .unwrap()
        .with_recipients_delegate(Party::new(Niss::new("17473003373").unwrap()), &[2, 1])
        .unwrap()
        .with_part(PartDescription::new("annex", "text/plain").unwrap(), PayloadDigests::of_bytes(b"annex"))
        .unwrap()
        .with_part(
            PartDescription::new("signature", "application/pkcs7-signature").unwrap(),
            PayloadDigests::from_digests([DigestAlgorithm::Sha384.digest(b"s")]).unwrap(),
        )
        .unwrap()
        .with_extension(UnknownExtension::new("Carbon", r#"{"grams":3,"note":"\u00e9"}"#).unwrap())
        .unwrap()
}

fn encoded<S: Statement>(statement: &S) -> Vec<u8> {
    statement.encode(&issuer()).unwrap()
}

fn text<S: Statement>(statement: &S) -> String {
    String::from_utf8(encoded(statement)).unwrap()
}

fn refused<S: Statement>(json: &str) -> (String, Kind) {
    let error = S::decode(json.as_bytes()).unwrap_err();
    (error.path().to_owned(), error.kind().clone())
}

/// The sending of the examples with one text replaced; it must be there.
fn replaced(from: &str, to: &str) -> String {
    let text = text(&sending());
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

// ---- what is written ----

/// JSON without white space between its tokens.
fn minified(json: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut escaped) = (false, false);
    for c in json.chars() {
        if inside || !c.is_ascii_whitespace() {
            out.push(c);
        }
        inside ^= c == '"' && !escaped;
        escaped = inside && c == '\\' && !escaped;
    }
    out
}

#[test]
fn the_examples_are_reproduced_octet_for_octet() {
    let corpus = std::env::var_os("RECOMMANDE_CORPUS").map(PathBuf::from);
    let corpus = corpus.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"));
    let examples = corpus.join("../examples");
    let read = |name: &str| std::fs::read_to_string(examples.join(name)).ok();
    let (Some(sending_json), Some(opening_json)) = (read("sending.json"), read("opening.json")) else {
        println!("SKIPPED: no examples beside the corpus");
        return;
    };
    assert_eq!(text(&sending()), minified(&sending_json));
    assert_eq!(text(&opening()), minified(&opening_json));
    assert_eq!(Sending::decode(minified(&sending_json).as_bytes()).unwrap(), (sending(), issuer()));
    assert_eq!(Opening::decode(minified(&opening_json).as_bytes()).unwrap(), (opening(), issuer()));
}

fn assert_round_trip<S: Statement>(statement: &S, issuer: &Issuer) {
    let bytes = statement.encode(issuer).unwrap();
    let (read, by) = S::decode(&bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)));
    assert!(read == *statement && by == *issuer);
    assert_eq!(read.encode(&by).unwrap(), bytes);
    assert_eq!(peek_event(&bytes), Ok(statement.event()));
}

#[test]
fn what_is_written_reads_back() {
    for environment in Environment::ALL {
        let plain = Issuer::new("Service", "BE/BE/0406798006", environment).unwrap();
        let more =
            IdentityAttribute::new("http://eidas.europa.eu/attributes/legalperson/VATRegistrationNumber", ["1", "2"]);
        let full = plain.clone().with_attribute(more.unwrap()).unwrap().with_policy("urn:oid:1.2.3").unwrap();
        for issuer in [plain, full] {
            assert_round_trip(&sending(), &issuer);
            assert_round_trip(&full_sending(), &issuer);
            assert_round_trip(&opening(), &issuer);
            assert_round_trip(&opening().with_event(OpeningEvent::ContentHandover), &issuer);
            for opened_by in [
                OpenedBy::Recipient(2),
                OpenedBy::Delegate { party: Party::new(Niss::new("17473003373").unwrap()), acting_for: vec![2, 1] },
                OpenedBy::Delegate { party: office(), acting_for: vec![1] },
            ] {
                let opening = opening_of(&full_sending(), opened_by.clone()).unwrap();
                assert_round_trip(&opening, &issuer);
                assert_eq!(opening.check_follows(&full_sending()), Ok(()));
                assert_eq!(opening.assurance().unwrap().level(), AssuranceLevel::Substantial);
                match (opening.opened_by(), opened_by) {
                    (
                        OpenedBy::Delegate { party, acting_for },
                        OpenedBy::Delegate { party: given, acting_for: for_given },
                    ) => {
                        assert!(party.is_same_as(&given) && acting_for == for_given);
                        assert_eq!(opening.recipient_index(), for_given[0]);
                    }
                    (stated, given) => assert_eq!(stated, given),
                }
            }
        }
    }
}

#[test]
fn texts_of_every_kind_read_back() {
    for title in ["\"", "\\", "\\\"", "a\\n\"b\\", "é日本𝄞", "</script>", "\u{2028}", "{}[],:", &"𝄞".repeat(400)]
    {
        let mail = RegisteredMail::new(Ticket::new("1ZG0000036L3Z").unwrap(), title, "T", Language::German).unwrap();
        assert_round_trip(&sending().with_registered_mail(mail), &issuer());
    }
}

#[test]
fn all_that_the_limits_allow_can_be_encoded_or_is_refused_by_size() {
    let metadata = Metadata::new(&"𝄞".repeat(25), vec!["𝄞".repeat(25); 10]).unwrap();
    let mail = sending().registered_mail().unwrap().clone();
    let mail = (0..100).try_fold(mail, |mail, _| mail.with_metadata(metadata.clone())).unwrap();
    assert_round_trip(&sending().with_registered_mail(mail), &issuer());
    let name = "é".repeat(400);
    let attributed = |n: usize| {
        let party = Party::new(Identifier::new(&n.to_string(), "urn:x:y").unwrap());
        let attribute = |a: usize| IdentityAttribute::new(&format!("urn:a:{a}"), [&name]).unwrap();
        (0..32).try_fold(party, |party, a| party.with_attribute(attribute(a))).unwrap()
    };
    let large = (0..60).try_fold(sending(), |sending, n| sending.with_recipient(attributed(n))).unwrap();
    assert_eq!(large.encode(&issuer()), Err(EvidenceError::TooLarge { limit: limits::MAX_STATEMENT }));
}

#[test]
fn times_are_cut_to_the_millisecond() {
    let digests = PayloadDigests::of_bytes(b"x");
    let id = MessageId::new("m").unwrap();
    let sending =
        Sending::new(id, office(), citizen(), letter(), digests, at("2026-11-22T09:15:04.123456789Z")).unwrap();
    assert_eq!(sending.event_time(), at("2026-11-22T09:15:04.123Z"));
    assert_round_trip(&sending, &issuer());
}

// ---- the rules between members ----

#[test]
fn times_and_indices_must_fit() {
    use EvidenceError as E;
    assert_eq!(sending().with_submission_time(at("2026-11-22T09:15:04.001Z")), Err(E::EventBeforeSubmission));
    let late = || assurance(AssuranceLevel::High, "2026-11-22T09:15:05Z");
    assert_eq!(
        sending().with_sender_delegate(office().with_assurance(late())),
        Err(E::AuthenticationAfterEvent("the sender's delegate"))
    );
    assert_eq!(
        sending().with_recipient(office().with_assurance(late())),
        Err(E::AuthenticationAfterEvent("a recipient"))
    );
    assert_eq!(sending().with_recipient(citizen()), Err(E::Twice("recipient")));
    assert_eq!(
        sending().with_part(letter(), PayloadDigests::of_bytes(b"")),
        Err(E::Twice("content part's identifier"))
    );
    assert_eq!(sending().with_recipients_delegate(office(), &[]), Err(E::DelegateForNobody));
    assert_eq!(sending().with_recipients_delegate(office(), &[1, 1]), Err(E::Twice("recipient of a delegate")));
    for index in [0, 2, usize::MAX] {
        assert_eq!(sending().with_recipients_delegate(office(), &[index]), Err(E::NoSuchRecipient(index)));
        assert_eq!(opening_of(&sending(), OpenedBy::Recipient(index)), Err(E::NoSuchRecipient(index)));
    }
    let by_nobody = OpenedBy::Delegate { party: office(), acting_for: vec![] };
    assert_eq!(opening_of(&sending(), by_nobody), Err(E::DelegateForNobody));

    let preceding = PrecedingEvidence::new(proof_id(), sending().evidence_identifier());
    let opened = |authenticated: &str, opened: &str| {
        let assurance = assurance(AssuranceLevel::High, authenticated);
        Opening::following(&sending(), &preceding, OpenedBy::Recipient(1), assurance, at(opened))
    };
    assert!(opened("2026-11-22T09:15:04Z", "2026-11-22T09:15:04Z").is_ok());
    assert_eq!(opened("2026-11-22T09:15:03Z", "2026-11-22T09:15:03.999Z"), Err(E::EventBeforeSubmission));
    assert_eq!(opened("2026-11-22T09:15:06Z", "2026-11-22T09:15:05Z"), Err(E::AuthenticationAfterEvent("a recipient")));
}

#[test]
fn persons_and_schemes_must_fit() {
    let niss = || Niss::new("85073003328").unwrap();
    assert_eq!(Party::legal_person(niss(), "x"), Err(EvidenceError::PersonKind));
    assert_eq!(
        Party::natural_person(EnterpriseNumber::new("0566988259").unwrap(), "x", "y"),
        Err(EvidenceError::PersonKind)
    );
    assert_eq!(Identifier::new("85.07.30-033.28", Niss::SCHEME).unwrap(), niss().into());
    assert_eq!(Identifier::new("85073003329", Niss::SCHEME), Err(EvidenceError::Niss(NissError::CheckDigits)));
    assert_eq!((citizen().kind(), office().kind()), (PersonKind::Natural, PersonKind::Legal));
    assert_eq!(office().attribute(attribute::LEGAL_NAME), Some("Example Sending Office"));
}

#[test]
fn an_opening_is_held_against_its_sending() {
    use NotOfThisSending as Not;
    let opening = opening_of(&full_sending(), OpenedBy::Recipient(1)).unwrap();
    let other = |from: &str, to: &str| {
        let json = text(&full_sending());
        assert!(json.contains(from), "{from}");
        Sending::decode(json.replace(from, to).as_bytes()).unwrap().0
    };
    for (sending, not) in [
        (other("3f7d2a5e8c10", "3f7d2a5e8c11"), Not::EvidenceIdentifier),
        (other("\"MessageIdentifier\":\"1Z", "\"MessageIdentifier\":\"2Z"), Not::MessageId),
        (other("Peeters", "Peters"), Not::Sender),
        (other("85073003328", "42012205181"), Not::Recipients),
        (other("17473003373", "85473003317"), Not::RecipientsDelegates),
        (other("\"annex\"", "\"annexe\""), Not::Parts),
        (other("09:15:03.250Z", "09:15:03.251Z"), Not::SubmissionTime),
        (other("Decision", "Bill"), Not::RegisteredMail),
        (other("\"EventTime\":\"2026-11-22", "\"EventTime\":\"2026-11-25"), Not::EventTime),
    ] {
        assert_eq!(opening.check_follows(&sending), Err(not));
    }
}

// ---- what is refused in reading ----

#[test]
fn another_event_is_named() {
    assert_eq!(refused::<Sending>(&text(&opening())).1, Kind::AnotherEvent(Event::ContentAccessTracking));
    assert_eq!(
        refused::<Opening>(&text(&sending())),
        ("ERDSEventId".into(), Kind::AnotherEvent(Event::SubmissionAcceptance))
    );
    for &event in Event::ALL {
        let json = replaced("Event/SubmissionAcceptance", &format!("Event/{event}"));
        assert_eq!(peek_event(json.as_bytes()), Ok(event));
        assert_eq!(Event::from_uri(event.uri()), Some(event));
        if event != Event::SubmissionAcceptance {
            assert_eq!(refused::<Sending>(&json).1, Kind::AnotherEvent(event));
        }
    }
    assert_eq!(refused::<Sending>(&replaced("Event/Sub", "Event/sub")).1, Kind::UnknownEvent);
    assert_eq!(peek_event(b"{\"ERDSEventId\":\"x\"}").unwrap_err().kind(), &Kind::UnknownEvent);
    assert_eq!(peek_event(b"{}").unwrap_err().kind(), &Kind::MissingMember);
    assert_eq!(peek_event(br#"{"ERDSEventId":"x","ERDSEventId":"x"}"#).unwrap_err().kind(), &Kind::UnknownEvent);
}

#[test]
fn each_refusal_has_its_kind_and_its_place() {
    let part = "UserContentInfo.PartsInfo.PartInfo[0]";
    for (from, to, path, kind) in [
        ("EN319522v1.2.1", "EN319522v1.1.1", "version", Kind::Version),
        ("urn:uuid:0197", "urn:uuid:019G", "EvidenceIdentifier", EvidenceError::EvidenceIdentifier.into()),
        ("09:15:04Z\",\"Ev", "09:15:04+00:00\",\"Ev", "EventTime", Kind::Time),
        ("LegalName\",\"Att", "LegalNom\",\"Att", "EvidenceIssuerDetails", Kind::IssuerAttribute),
        ("https://example", "https//example", "EvidenceIssuerPolicyID", EvidenceError::Uri("policy").into()),
        (
            "0566988259",
            "0566988258",
            "SenderDetails.Identifier.value",
            EvidenceError::from(EnterpriseNumberError::CheckDigits).into(),
        ),
        ("0566988259", "0566.988.259", "SenderDetails.Identifier.value", Kind::NotNormalised),
        (
            "85073003328",
            "85073003329",
            "RecipientDetails[0].Identifier.value",
            EvidenceError::from(NissError::CheckDigits).into(),
        ),
        (
            "LoA/high",
            "LoA/highest",
            "SenderDetails.AssuranceLevelsDetails.GlobalAssuranceLevel.AssuranceLevel",
            Kind::AssuranceLevel,
        ),
        (
            "2026-11-22T09:14:58Z",
            "2026-11-22T09:16:58Z",
            "",
            EvidenceError::AuthenticationAfterEvent("the sender").into(),
        ),
        ("\"SubmissionTime\":\"2026", "\"SubmissionTime\":\"2027", "", EvidenceError::EventBeforeSubmission.into()),
        ("\"1ZG0000036L3Z\"", "\"\"", "MessageIdentifier", EvidenceError::Empty("message id").into()),
        ("application/pdf", "application", &format!("{part}.ContentType"), EvidenceError::MediaType.into()),
        ("xmlenc#sha256", "xmlenc#sha257", &format!("{part}.DigestMethod.Algorithm"), Kind::DigestMethod),
        (
            "2001/04/xmlenc#sha256",
            "2000/09/xmldsig#sha1",
            &format!("{part}.DigestMethod.Algorithm"),
            EvidenceError::WeakDigest.into(),
        ),
        ("xmlenc#sha256", "xmlenc#sha512", &format!("{part}.DigestValue"), Kind::DigestLength),
        ("R6Ys=", "R6Ys", &format!("{part}.DigestValue"), Kind::Base64),
        ("R6Ys=", "R6Yt=", &format!("{part}.DigestValue"), Kind::Base64),
        ("R6Ys=", "R6Y==", &format!("{part}.DigestValue"), Kind::Base64),
        ("R6Ys=", "R6_s=", &format!("{part}.DigestValue"), Kind::Base64),
        ("Decision", "De\\ncision", "Extensions[2].RegisteredMail.Title", Kind::NeedlessEscape),
        ("Decision", "De\\u0063ision", "Extensions[2].RegisteredMail.Title", Kind::NeedlessEscape),
        ("Decision", "\\ud800", "Extensions[2].RegisteredMail.Title", Kind::LoneSurrogate),
        ("Decision", "\u{7f}", "Extensions[2].RegisteredMail", EvidenceError::ControlCharacter("title").into()),
        ("\"fr\"", "\"it\"", "Extensions[2].RegisteredMail.Language", EvidenceError::Language.into()),
        ("{\"Ticket\":\"1Z", "{\"Ticket\":\"1I", "Extensions[2].RegisteredMail.Ticket", EvidenceError::Ticket.into()),
        ("\"isCritical\":true", "\"isCritical\":false", "Extensions[0]", Kind::WrongCriticality),
        ("{\"Name\":\"Test\"}", "{\"Name\":\"Production\"}", "Extensions[0]", Kind::WrongCriticality),
        ("\"isCritical\":false", "\"isCritical\":true", "Extensions[1]", Kind::WrongCriticality),
        ("\"Test\"", "\"test\"", "Extensions[0].Environment.Name", EvidenceError::Environment.into()),
        (
            "\"isCritical\":true,\"Environment\"",
            "\"isCritical\":true,\"Umgebung\"",
            "Extensions[0]",
            Kind::UnknownCriticalExtension,
        ),
        (
            "{\"isCritical\":true,\"Environment\":{\"Name\":\"Test\"}},",
            "",
            "Extensions",
            Kind::MissingExtension("Environment"),
        ),
        ("{\"Part\":[{\"Identifier\":\"letter", "{\"Part\":[{\"Identifier\":\"lettre", "Extensions", Kind::UnknownPart),
        ("{\"Name\":\"Test\"}}", "{\"Name\":\"Test\"},\"Other\":{}}", "Extensions[0]", Kind::UnknownMember),
        ("{\"Name\":\"Test\"}}", "{\"Name\":\"Test\"},\"RegisteredMail\":{}}", "Extensions[0]", Kind::MemberOutOfOrder),
        (
            "[{\"isCritical\":true,\"Environment\":{\"Name\":\"Test\"}}",
            "[{\"isCritical\":true}",
            "Extensions[0]",
            Kind::MissingMember,
        ),
        ("{\"version\"", "{\"Id\":\"x\",\"version\"", "", Kind::UnknownMember),
        ("{\"version\"", "{ \"version\"", "", Kind::WhiteSpace),
        ("\"EventTime\":", "\"ERDSEventId\":\"x\",\"EventTime\":", "", Kind::DuplicateMember),
        ("\"MessageIdentifier\"", "\"EvidenceRefersToRecipient\":1,\"MessageIdentifier\"", "", Kind::UnknownMember),
    ] {
        assert_eq!(refused::<Sending>(&replaced(from, to)), (path.to_owned(), kind), "{from} -> {to}");
    }
    let json = text(&sending());
    assert_eq!(refused::<Sending>(&format!("{json}\n")).1, Kind::TrailingOctets);
    assert_eq!(refused::<Sending>(&format!("{json}{json}")).1, Kind::TrailingOctets);
    assert_eq!(refused::<Sending>(&format!("\u{feff}{json}")).1, Kind::Syntax);
}

#[test]
fn extensions_are_in_order_and_each_once() {
    let environment = r#"{"isCritical":true,"Environment":{"Name":"Test"}}"#;
    let unknown = r#"{"isCritical":false,"Foo":{"a":1.5}}"#;
    let with = |extensions: &str| {
        let text = text(&sending());
        let (head, _) = text.split_once("\"Extensions\":").unwrap();
        format!("{head}\"Extensions\":[{extensions}]}}")
    };
    let kind = |extensions: &str| refused::<Sending>(&with(extensions)).1;
    assert_eq!(kind(""), Kind::EmptyArray);
    assert_eq!(kind(&format!("{environment},{environment}")), Kind::DuplicateExtension);
    assert_eq!(kind(&format!("{environment},{unknown}")), Kind::Number);
    let unknown = unknown.replace("1.5", "15");
    assert_eq!(kind(&format!("{environment},{unknown},{unknown}")), Kind::DuplicateExtension);
    assert_eq!(kind(&format!("{unknown},{environment}")), Kind::ExtensionOutOfOrder);
    assert_eq!(kind(&unknown), Kind::MissingExtension("Environment"));
    assert_eq!(
        kind(&format!("{environment},{}", unknown.replace("Foo", "F o"))),
        Kind::Refused(EvidenceError::ExtensionName)
    );
    assert_eq!(
        kind(&format!("{environment},{}", unknown.replace("{\"a\":15}", "[]"))),
        Kind::WrongType { expected: "an object" }
    );
    assert_eq!(kind(&format!("{environment},{}", unknown.replace("15", "15,\"a\":1"))), Kind::DuplicateMember);
    let deep = unknown.replace("15", &format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)));
    assert_eq!(kind(&format!("{environment},{deep}")), Kind::TooDeep { limit: limits::MAX_DEPTH });
    let preceding = text(&opening());
    let preceding = preceding.split("{\"isCritical\":false,\"PrecedingEvidence\"").nth(1).unwrap();
    let preceding = preceding.split(",{\"isCritical\"").next().unwrap();
    let preceding = format!("{{\"isCritical\":false,\"PrecedingEvidence\"{preceding}");
    assert_eq!(kind(&format!("{environment},{preceding}")), Kind::UnexpectedExtension);
    let without = text(&opening()).replacen(&format!("{preceding},"), "", 1);
    assert_eq!(refused::<Opening>(&without), ("Extensions".into(), Kind::MissingExtension("PrecedingEvidence")));

    let kept = Sending::decode(with(&format!("{environment},{unknown}")).as_bytes()).unwrap().0;
    let [extension] = kept.unknown_extensions() else { panic!("one extension") };
    assert_eq!((extension.name(), extension.json()), ("Foo", r#"{"a":15}"#));
    for name in ["", "isCritical", "Environment", "a b", "é"] {
        assert!(UnknownExtension::new(name, "{}").is_err(), "{name}");
    }
    assert!(UnknownExtension::new("x", "{} ").is_err());
}

#[test]
fn an_opening_names_exactly_who_opened() {
    let opening = text(&opening());
    let refused = |from: &str, to: &str| {
        assert!(opening.contains(from), "{from}");
        refused::<Opening>(&opening.replacen(from, to, 1))
    };
    let assured =
        opening.split("\"urn:be:fgov:person:ssin\"}").nth(1).unwrap().split("}],\"SubmissionTime\"").next().unwrap();
    assert_eq!(refused(assured, "").1, Kind::Refused(EvidenceError::Opener));
    assert_eq!(refused("Recipient\":1", "Recipient\":2").1, Kind::Refused(EvidenceError::NoSuchRecipient(2)));
    for index in ["0", "-1", "1.0", "1e0", "01", "18446744073709551616"] {
        let (path, kind) = refused("Recipient\":1", &format!("Recipient\":{index}"));
        assert_eq!((path.as_str(), kind), ("EvidenceRefersToRecipient", Kind::Number), "{index}");
    }
    let two = format!(
        "}}],\"RecipientsDelegateDetails\":[{{\"Identifier\":{{\"value\":\"17473003373\",\"IdentifierSchemeName\":\"{}\"}}{assured},\"DelegatingRecipients\":[1]}}],\"SubmissionTime\"",
        Niss::SCHEME
    );
    assert_eq!(refused("}],\"SubmissionTime\"", &two).1, Kind::Refused(EvidenceError::Opener));
}

#[test]
fn deep_nesting_is_refused_wherever_it_stands() {
    for open in ["[", "{\"a\":"] {
        let deep = open.repeat(10_000);
        assert!(Sending::decode(deep.as_bytes()).is_err());
        assert!(matches!(peek_event(format!("{{\"a\":{deep}").as_bytes()).unwrap_err().kind(), Kind::TooDeep { .. }));
        assert!(Sending::decode(replaced("\"letter.pdf\"", &deep).as_bytes()).is_err());
    }
}

#[test]
fn every_truncation_is_refused() {
    for bytes in [encoded(&full_sending()), encoded(&opening())] {
        for length in 0..bytes.len() {
            assert!(Sending::decode(&bytes[..length]).is_err(), "{length}");
            assert!(Opening::decode(&bytes[..length]).is_err(), "{length}");
            assert!(peek_event(&bytes[..length]).is_err(), "{length}");
        }
    }
}

/// One statement, one encoding: a changed octet is an error, or another statement that encodes to exactly these octets.
#[test]
fn a_changed_octet_is_refused_or_another_statement() {
    let original = full_sending();
    let bytes = encoded(&original);
    for position in 0..bytes.len() {
        for change in [0x01, 0x02, 0x08, 0x10, 0x20, 0x40, 0x80] {
            let mut changed = bytes.clone();
            changed[position] ^= change;
            if let Ok((statement, issuer)) = Sending::decode(&changed) {
                assert_eq!(statement.encode(&issuer).unwrap(), changed);
                assert!(statement != original || issuer != self::issuer(), "{position}");
            }
        }
    }
}

// ---- each member missing, doubled, of another type, out of order ----

#[derive(Clone)]
enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Scalar(String),
}

fn parse(json: &mut &str) -> Node {
    let scalar_end = |json: &str| {
        if !json.starts_with('"') {
            return json.find([',', '}', ']']).unwrap();
        }
        let mut escaped = false;
        1 + json[1..]
            .find(|c| {
                if escaped || c == '\\' {
                    escaped = !escaped;
                    false
                } else {
                    c == '"'
                }
            })
            .unwrap()
            + 1
    };
    let close = match json.as_bytes()[0] {
        b'{' => '}',
        b'[' => ']',
        _ => {
            let (scalar, rest) = json.split_at(scalar_end(json));
            *json = rest;
            return Node::Scalar(scalar.to_owned());
        }
    };
    let (mut members, mut elements) = (Vec::new(), Vec::new());
    *json = &json[1..];
    while !json.starts_with(close) {
        *json = json.strip_prefix(',').unwrap_or(json);
        if close == '}' {
            let (name, rest) = json.split_at(scalar_end(json));
            *json = &rest[1..];
            members.push((name.to_owned(), parse(json)));
        } else {
            elements.push(parse(json));
        }
    }
    *json = &json[1..];
    if close == '}' { Node::Object(members) } else { Node::Array(elements) }
}

fn write(node: &Node) -> String {
    match node {
        Node::Scalar(scalar) => scalar.clone(),
        Node::Array(elements) => format!("[{}]", elements.iter().map(write).collect::<Vec<_>>().join(",")),
        Node::Object(members) => {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}:{}", write(value))).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

/// Every tree that differs from `node` in one member: what the change is, and the tree.
fn variants(node: &Node) -> Vec<(String, Node)> {
    let mut out = Vec::new();
    match node {
        Node::Scalar(_) => {}
        Node::Array(elements) => {
            for (position, element) in elements.iter().enumerate() {
                for (what, variant) in variants(element) {
                    let mut elements = elements.clone();
                    elements[position] = variant;
                    out.push((format!("[{position}]{what}"), Node::Array(elements)));
                }
            }
            out.push((" emptied".into(), Node::Array(vec![])));
        }
        Node::Object(members) => {
            for (position, (name, value)) in members.iter().enumerate() {
                let mut change = |what: &str, edit: &dyn Fn(&mut Vec<(String, Node)>)| {
                    let mut members = members.clone();
                    edit(&mut members);
                    out.push((format!(".{name}{what}"), Node::Object(members)));
                };
                change(" missing", &|m| drop(m.remove(position)));
                change(" twice", &|m| m.insert(position, m[position].clone()));
                change(" twice, at the end", &|m| m.push(m[position].clone()));
                change(" renamed", &|m| m[position].0.insert(1, 'x'));
                if position > 0 {
                    change(" swapped", &|m| m.swap(position, position - 1));
                }
                for other in ["null", "true", "1", "\"\"", "{}", "[]", "[1]", "{\"a\":1}", "1.5", "1e1", "00"] {
                    if write(value) != other {
                        change(&format!(" = {other}"), &|m| m[position].1 = Node::Scalar(other.into()));
                    }
                }
                for (what, variant) in variants(value) {
                    change(&what, &|m| m[position].1 = variant.clone());
                }
            }
        }
    }
    out
}

fn accepted_variants<S: Statement>(statement: &S) -> Vec<String> {
    let json = text(statement);
    let tree = parse(&mut json.as_str());
    assert_eq!(write(&tree), json);
    let mut accepted = Vec::new();
    for (what, variant) in variants(&tree) {
        let json = write(&variant);
        if let Ok((read, issuer)) = S::decode(json.as_bytes()) {
            assert_eq!(read.encode(&issuer).unwrap(), json.as_str().as_bytes(), "{what}");
            accepted.push(what.replace('"', ""));
        }
    }
    accepted
}

/// What may be left out, as the profile says; each else is refused. An extension that the profile does not know may hold anything.
#[test]
fn each_member_missing_doubled_renamed_swapped_or_of_another_type() {
    let optional = [
        ".EvidenceIssuerPolicyID missing",
        ".SenderDetails.Identity missing",
        ".SenderDetails.AssuranceLevelsDetails missing",
        ".SenderDelegateDetails missing",
        ".SenderDelegateDetails.Identity missing",
        ".RecipientDetails[1].Identity missing",
        ".RecipientDetails[1].AssuranceLevelsDetails missing",
        ".RecipientsDelegateDetails missing",
        ".Extensions[2].RegisteredMail.Token missing",
        ".Extensions[2].RegisteredMail.ApplicationId missing",
        ".Extensions[2].RegisteredMail.DownloadFileName missing",
        ".Extensions[2].RegisteredMail.Metadata missing",
    ];
    let accepted = accepted_variants(&full_sending());
    let of_the_profile: Vec<_> = accepted
        .iter()
        .filter(|what| !what.starts_with(".Extensions[3].Carbon") && !what.contains(" renamed"))
        .collect();
    assert_eq!(of_the_profile, optional);
    // A renamed extension is one that the profile does not know; out of order, unless it is the last that it knows.
    let renamed: Vec<_> = accepted.iter().filter(|what| what.ends_with(" renamed")).collect();
    assert_eq!(
        renamed,
        [
            ".Extensions[2].RegisteredMail renamed",
            ".Extensions[3].Carbon renamed",
            ".Extensions[3].Carbon.grams renamed",
            ".Extensions[3].Carbon.note renamed"
        ]
    );

    let accepted = accepted_variants(&opening());
    let optional = [
        ".EvidenceIssuerPolicyID missing",
        ".SenderDetails.Identity missing",
        ".SenderDetails.AssuranceLevelsDetails missing",
        ".Extensions[3].RegisteredMail renamed",
        ".Extensions[3].RegisteredMail.Token missing",
        ".Extensions[3].RegisteredMail.ApplicationId missing",
    ];
    assert_eq!(accepted, optional);
}

// ---- no person in Debug or in an error ----

#[test]
fn neither_debug_nor_errors_show_a_person() {
    let personal = [
        "85073003328",
        "17473003373",
        "0566988259",
        "Sending Office",
        "Peeters",
        "Zoë",
        "letter.pdf",
        "annex",
        "Decision",
        "décision",
        "2027",
        "quarter",
        "case-2026",
        "EDER501",
    ];
    let shown = format!("{:?} {:?}", full_sending(), opening_of(&full_sending(), OpenedBy::Recipient(2)).unwrap());
    for text in personal {
        assert!(!shown.contains(text), "{text} in {shown}");
    }
    for from in personal {
        let json = text(&full_sending());
        for json in [
            json.replace(from, &format!("{from}\u{7f}")),
            json.replace(from, &format!("{from}\\q")),
            json.replace(from, "85.07.30-033.29"),
        ] {
            let Err(error) = Sending::decode(json.as_bytes()) else { continue };
            let shown = format!("{error} {error:?}");
            assert!(personal.iter().chain(&["85.07.30"]).all(|text| !shown.contains(text)), "{shown}");
        }
    }
}
