//! Tests the refusals of the reader.

use super::*;

#[test]
fn another_event_is_named() {
    assert_eq!(refused::<Sending>(&text(&opening())).1, Kind::AnotherEvent(Event::ContentAccessTracking));
    assert_eq!(
        refused::<Opening>(&text(&sending())),
        ("ERDSEventId".into(), Kind::AnotherEvent(Event::SubmissionAcceptance))
    );
    for &event in Event::ALL {
        let json = replaced("Event/SubmissionAcceptance", &format!("Event/{event}"));
        assert_eq!(Codec::Json.peek_event(json.as_bytes()), Ok(event));
        assert_eq!(Event::from_uri(event.uri()), Some(event));
        if !Sending::EVENTS.contains(&event) {
            assert_eq!(refused::<Sending>(&json).1, Kind::AnotherEvent(event));
        }
    }
    let of_another_edition = Kind::EventNotKnown("submissionAcceptance".to_owned());
    assert_eq!(refused::<Sending>(&replaced("Event/Sub", "Event/sub")).1, of_another_edition);
    assert_eq!(refused::<Sending>(&replaced("Event/Sub", "Events/Sub")).1, Kind::UnknownEvent);
    assert_eq!(Codec::Json.peek_event(b"{\"ERDSEventId\":\"x\"}").unwrap_err().kind(), &Kind::UnknownEvent);
    assert_eq!(Codec::Json.peek_event(b"{}").unwrap_err().kind(), &Kind::MissingMember);
    assert_eq!(
        Codec::Json.peek_event(br#"{"ERDSEventId":"x","ERDSEventId":"x"}"#).unwrap_err().kind(),
        &Kind::UnknownEvent
    );
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
            EvidenceError::from(IdentifierError::CheckDigits("enterprise number")).into(),
        ),
        ("0566988259", "0566.988.259", "SenderDetails.Identifier.value", Kind::NotNormalised),
        (
            "85073003328",
            "85073003329",
            "RecipientDetails[0].Identifier.value",
            EvidenceError::from(IdentifierError::CheckDigits("NISS")).into(),
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
        ("Decision", "De\\ncision", "Extensions[2].RegisteredMail.Title", Kind::Json(JsonFault::NeedlessEscape)),
        ("Decision", "De\\u0063ision", "Extensions[2].RegisteredMail.Title", Kind::Json(JsonFault::NeedlessEscape)),
        ("Decision", "\\ud800", "Extensions[2].RegisteredMail.Title", Kind::Json(JsonFault::LoneSurrogate)),
        ("Decision", "\u{7f}", "Extensions[2].RegisteredMail", EvidenceError::ControlCharacter("title").into()),
        (
            "Decision",
            "De\u{202e}cision",
            "Extensions[2].RegisteredMail",
            EvidenceError::HiddenCharacter("title").into(),
        ),
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
        ("{\"version\"", "{ \"version\"", "", Kind::Json(JsonFault::WhiteSpace)),
        ("\"EventTime\":", "\"ERDSEventId\":\"x\",\"EventTime\":", "", Kind::Json(JsonFault::DuplicateMember)),
        ("\"MessageIdentifier\"", "\"EvidenceRefersToRecipient\":1,\"MessageIdentifier\"", "", Kind::UnknownMember),
    ] {
        assert_eq!(refused::<Sending>(&replaced(from, to)), (path.to_owned(), kind), "{from} -> {to}");
    }
    let json = text(&sending());
    assert_eq!(refused::<Sending>(&format!("{json}\n")).1, Kind::Json(JsonFault::TrailingOctets));
    assert_eq!(refused::<Sending>(&format!("{json}{json}")).1, Kind::Json(JsonFault::TrailingOctets));
    assert_eq!(refused::<Sending>(&format!("\u{feff}{json}")).1, Kind::Json(JsonFault::Syntax));
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
    assert_eq!(kind(&format!("{environment},{unknown}")), Kind::Json(JsonFault::Number));
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
    assert_eq!(
        kind(&format!("{environment},{}", unknown.replace("15", "15,\"a\":1"))),
        Kind::Json(JsonFault::DuplicateMember)
    );
    let deep = unknown.replace("15", &format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)));
    assert_eq!(kind(&format!("{environment},{deep}")), Kind::Json(JsonFault::TooDeep { limit: limits::MAX_DEPTH }));
    let preceding = text(&opening());
    let preceding = preceding.split("{\"isCritical\":false,\"PrecedingEvidence\"").nth(1).unwrap();
    let preceding = preceding.split(",{\"isCritical\"").next().unwrap();
    let preceding = format!("{{\"isCritical\":false,\"PrecedingEvidence\"{preceding}");
    assert_eq!(kind(&format!("{environment},{preceding}")), Kind::UnexpectedExtension);
    let without = text(&opening()).replacen(&format!("{preceding},"), "", 1);
    assert_eq!(refused::<Opening>(&without), ("Extensions".into(), Kind::MissingExtension("PrecedingEvidence")));

    let kept = Codec::Json.decode::<Sending>(with(&format!("{environment},{unknown}")).as_bytes()).unwrap().0;
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
        assert_eq!((path.as_str(), kind), ("EvidenceRefersToRecipient", Kind::Json(JsonFault::Number)), "{index}");
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
        assert!(Codec::Json.decode::<Sending>(deep.as_bytes()).is_err());
        assert!(matches!(
            Codec::Json.peek_event(format!("{{\"a\":{deep}").as_bytes()).unwrap_err().kind(),
            Kind::Json(JsonFault::TooDeep { .. })
        ));
        assert!(Codec::Json.decode::<Sending>(replaced("\"letter.pdf\"", &deep).as_bytes()).is_err());
    }
}

#[test]
fn every_truncation_is_refused() {
    for bytes in [encoded(&full_sending()), encoded(&opening())] {
        for length in 0..bytes.len() {
            assert!(Codec::Json.decode::<Sending>(&bytes[..length]).is_err(), "{length}");
            assert!(Codec::Json.decode::<Opening>(&bytes[..length]).is_err(), "{length}");
            assert!(Codec::Json.peek_event(&bytes[..length]).is_err(), "{length}");
        }
    }
}

fn assert_changes_show<S: Statement>(original: &S) {
    let bytes = encoded(original);
    for position in 0..bytes.len() {
        for change in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80] {
            let mut changed = bytes.clone();
            changed[position] ^= change;
            if let Ok((statement, issuer)) = Codec::Json.decode::<S>(&changed) {
                assert_eq!(Codec::Json.encode(&statement, &issuer).unwrap(), changed);
                assert!(statement != *original || issuer != self::issuer(), "{position}");
            }
        }
    }
}

/// One statement has one encoding: a changed octet is an error, or another statement that encodes to exactly these
/// octets.
#[test]
fn a_changed_octet_is_refused_or_another_statement() {
    assert_changes_show(&full_sending());
    assert_changes_show(&opening());
}
