//! Tests statements with commitments, and their disclosures.

use super::*;

const RECIPIENT: Field = Field::Party(Role::Recipient(1), PartyField::Identifier);
const SSIN: &str = "urn:be:fgov:person:ssin";
const NISS: &str = "85073003328";
const PATH: &str = "/RecipientDetails/0/Identifier/value";
const TITLE: &str = "/Extensions/2/RegisteredMail/Title";

fn seed() -> SaltSeed {
    SaltSeed::from_bytes(&[7; 32]).unwrap()
}

fn committed_by<S: Statement>(statement: &S, fields: &[Field]) -> Committed<S> {
    Committed::of(statement, fields, Salts::Seed(&seed())).unwrap()
}

/// The sending of the examples, with its recipient and its title committed to.
fn committed() -> Committed<Sending> {
    committed_by(&sending(), &[Field::TITLE, RECIPIENT])
}

/// The same with one text replaced; it must be there.
fn tampered(from: &str, to: &str) -> (String, Kind) {
    let json = text(committed().statement());
    assert!(json.contains(from), "{from} in {json}");
    refused::<Sending>(&json.replacen(from, to, 1))
}

#[test]
fn commitments_stand_in_the_place_of_values() {
    let (statement, disclosure) = committed().into_parts();
    let json = text(&statement);
    assert!(!json.contains(NISS) && !json.contains("Decision"), "{json}");
    let stated = format!(
        r#""RecipientDetails":[{{"Identifier":{{"value":"{}","IdentifierSchemeName":"urn:recommande:committed:1:{SSIN}"}}}}]"#,
        statement.recipients()[0].identifier().value()
    );
    assert!(json.contains(&stated), "{stated} in {json}");
    let extension = format!(
        r#",{{"isCritical":false,"Commitments":{{"Method":"urn:recommande:committed:1","Path":["{PATH}","{TITLE}"]}}}}]}}"#
    );
    assert!(json.ends_with(&extension), "{extension} in {json}");
    assert_eq!(statement.committed_fields(), [RECIPIENT, Field::TITLE]);
    assert!(statement.recipients()[0].identifier().is_committed() && !statement.sender().identifier().is_committed());
    assert_eq!(statement.recipients()[0].kind(), PersonKind::Natural);
    assert_eq!(statement.recipients()[0].identifier().scheme_of_value(), SSIN);
    assert_eq!(Codec::Json.decode::<Sending>(json.as_bytes()), Ok((statement.clone(), issuer())));
    assert_eq!(disclosure.reveal(&statement), Ok(sending()));

    // Each is the commitment that its definition gives.
    let entry = &disclosure.fields()[0];
    assert_eq!((entry.path(), entry.scheme(), entry.value()), (PATH, SSIN, NISS));
    assert_eq!(entry.salt().as_bytes(), seed().salt(PATH).as_bytes());
    let commitment = Commitment::new(entry.salt(), statement.evidence_identifier(), PATH, SSIN, NISS);
    assert_eq!(commitment.to_string(), statement.recipients()[0].identifier().value());
}

#[test]
fn everything_personal_can_be_a_commitment() {
    let full = full_sending();
    let fields = Field::personal(&full);
    let (statement, disclosure) = committed_by(&full, &fields).into_parts();
    let json = text(&statement);
    for personal in [
        "85073003328",
        "17473003373",
        "Peeters",
        "Zo\u{eb}",
        "letter.pdf",
        "annex\"",
        "Decision",
        "cision.pdf",
        "case-2026",
        "x-1",
    ] {
        assert!(!json.contains(personal), "{personal} in {json}");
    }
    // What legal persons are, and what is too short for a commitment, stays.
    assert!(json.contains("0566988259") && json.contains("quarter"), "{json}");
    assert!(json.find("\"Commitments\"") < json.find("\"Carbon\""), "{json}");
    assert_eq!(Codec::Json.decode::<Sending>(json.as_bytes()), Ok((statement.clone(), issuer())));
    assert_eq!(disclosure.reveal(&statement), Ok(full));
    assert_eq!(Field::personal(&statement), []);

    let opening = opening_of(&full_sending(), ActedBy::Recipient(1)).unwrap();
    let (committed, disclosure) = committed_by(&opening, &Field::personal(&opening)).into_parts();
    assert!(disclosure.fields().iter().any(|entry| entry.path() == "/Extensions/3/RegisteredMail/Title"));
    assert_eq!(Codec::Json.decode::<Opening>(&encoded(&committed)), Ok((committed.clone(), issuer())));
    let any = AnyStatement::from(committed);
    assert_eq!(disclosure.reveal(&any), Ok(AnyStatement::from(opening)));
}

#[test]
fn fields_are_committed_to_one_after_the_other() {
    let of_another = SaltSeed::from_bytes(&[8; 32]).unwrap();
    let identifier = sending().evidence_identifier();
    let (statement, disclosure) = Committed::of(&sending(), &[Field::TITLE], Salts::Random)
        .unwrap()
        .and(&[RECIPIENT], Salts::Shared(&of_another))
        .unwrap()
        .into_parts();
    assert_eq!(disclosure.reveal(&statement), Ok(sending()));
    let salt = of_another.for_proof(identifier).salt(PATH);
    assert_eq!(disclosure.fields()[0].salt().as_bytes(), salt.as_bytes());
    let again = Committed::of(&sending(), &[Field::TITLE], Salts::Random).unwrap();
    assert_ne!(mail_of(again.statement()).title(), mail_of(&statement).title(), "random salts are not used twice");
    // The value from a register and the derived salt make the disclosure again.
    let rebuilt = DisclosedField::new(PATH, SSIN, NISS, salt).unwrap();
    let rebuilt = Disclosure::new(identifier, [rebuilt]).unwrap().reveal(&statement).unwrap();
    assert_eq!(rebuilt.recipients(), sending().recipients());
    assert_eq!(rebuilt.committed_fields(), [Field::TITLE]);
}

#[test]
fn what_cannot_be_committed_to_is_refused() {
    let of = |fields: &[Field]| Committed::of(&sending(), fields, Salts::Random).map(|_| ()).unwrap_err();
    assert_eq!(of(&[]), EvidenceError::Empty("list of fields"));
    assert_eq!(of(&[RECIPIENT, Field::TITLE, RECIPIENT]), EvidenceError::Twice("committed field"));
    assert_eq!(of(&[Field::TITLE; 1025]), EvidenceError::TooMany { what: "commitments", limit: 1024 });
    for field in [
        Field::DOWNLOAD_FILE_NAME,
        Field::PartName(2),
        Field::PartName(0),
        Field::Party(Role::SenderDelegate, PartyField::Identifier),
        Field::Party(Role::Recipient(2), PartyField::Identifier),
        Field::Party(Role::Recipient(0), PartyField::Identifier),
        Field::Party(Role::Recipient(1), PartyField::Attribute(1)),
        Field::Party(Role::RecipientsDelegate(1), PartyField::Identifier),
    ] {
        assert_eq!(of(&[field]), EvidenceError::NoSuchField, "{field:?}");
    }
    let again = committed().and(&[RECIPIENT], Salts::Random).map(|_| ()).unwrap_err();
    assert_eq!(again, EvidenceError::Twice("committed field"));
    let opened = opening_of(committed().statement(), ActedBy::Recipient(1));
    assert_eq!(opened, Err(EvidenceError::OpenerNotDisclosed));
}

#[test]
fn a_statement_that_changes_after_its_commitments_is_not_encoded() {
    let encode = |statement: &Sending| Codec::Json.encode(statement, &issuer()).unwrap_err();
    let (statement, _) = committed().into_parts();
    let renamed = statement.clone().with_evidence_identifier(EvidenceIdentifier::from_bytes([1; 16]));
    assert_eq!(encode(&renamed), EvidenceError::ChangedAfterCommitting);
    let titled = statement.with_national_extension(mail_of(&sending()));
    assert_eq!(encode(&titled), EvidenceError::NotACommitment);
    // Additional digests move the extension in which the title is.
    let part = || PartDescription::new("letter.pdf", "application/pdf").unwrap();
    let sparse = PayloadDigests::from_digests([DigestAlgorithm::Sha256.digest(b"")]).unwrap();
    let moved =
        Sending::new(MessageId::new("m").unwrap(), office(), citizen(), part(), sparse, at("2026-11-22T09:15:04Z"))
            .unwrap()
            .with_national_extension(mail_of(&sending()));
    let (moved, _) = committed_by(&moved, &[Field::TITLE]).into_parts();
    let annex = PartDescription::new("annex", "text/plain").unwrap();
    assert_eq!(
        encode(&moved.with_part(annex, PayloadDigests::of_bytes(b"annex")).unwrap()),
        EvidenceError::ChangedAfterCommitting
    );
    let by_hand = Identifier::new("a-value", "urn:recommande:committed:1:urn:example:persons").unwrap();
    assert_eq!(
        encode(&sending().with_sender_delegate(Party::new(by_hand)).unwrap()),
        EvidenceError::CommitmentNotListed
    );
}

#[test]
fn commitments_are_read_in_one_form() {
    let at_path = |index: usize| format!("Extensions[3].Commitments.Path[{index}]");
    let list = format!(r#"["{PATH}","{TITLE}"]"#);
    let extensions = || "Extensions".to_owned();
    let value = committed().statement().recipients()[0].identifier().value().to_owned();
    for (from, to, path, kind) in [
        (
            "Method\":\"urn:recommande:committed:1\"",
            "Method\":\"urn:recommande:committed:2\"",
            "Extensions[3].Commitments.Method".into(),
            Kind::CommitmentMethod,
        ),
        (&*list, &*format!(r#"["{TITLE}","{PATH}"]"#), at_path(1), Kind::CommitmentPath),
        (&list, &format!(r#"["{PATH}","{PATH}","{TITLE}"]"#), at_path(1), Kind::CommitmentPath),
        (PATH, "/RecipientDetails/00/Identifier/value", at_path(0), Kind::CommitmentPath),
        (PATH, "/MessageIdentifier", at_path(0), Kind::CommitmentPath),
        (TITLE, "/Extensions/1/RegisteredMail/Title", at_path(1), Kind::CommitmentPath),
        (&list, "[]", "Extensions[3].Commitments.Path".into(), Kind::EmptyArray),
        (&list, &format!(r#"["{TITLE}"]"#), extensions(), EvidenceError::CommitmentNotListed.into()),
        (
            &list,
            &format!(r#"["/SenderDetails/Identifier/value","{PATH}","{TITLE}"]"#),
            extensions(),
            EvidenceError::NotACommitment.into(),
        ),
        (
            &list,
            &format!(r#"["{PATH}","/RecipientDetails/1/Identifier/value","{TITLE}"]"#),
            extensions(),
            EvidenceError::NotACommitment.into(),
        ),
        (
            &list,
            &format!(r#"["{PATH}","/Extensions/2/RegisteredMail/Token","{TITLE}"]"#),
            extensions(),
            EvidenceError::NotACommitment.into(),
        ),
        (&value, &value[1..], extensions(), EvidenceError::NotACommitment.into()),
        (&value, &Commitment::not_disclosed(1).to_string(), extensions(), EvidenceError::NothingToDisclose.into()),
        (&value, &format!("{value}A"), extensions(), EvidenceError::NotACommitment.into()),
        (
            "committed:1:urn:be:fgov:person:ssin",
            "committed:1:person",
            extensions(),
            EvidenceError::Uri("scheme of a commitment").into(),
        ),
        ("committed:1:urn:be", "uncommitted:1:urn:be", extensions(), EvidenceError::NotACommitment.into()),
        (
            "committed:1:urn:be",
            "committed:1:urn:recommande:committed:1:urn:be",
            extensions(),
            EvidenceError::NotACommitment.into(),
        ),
        ("false,\"Commitments\"", "true,\"Commitments\"", "Extensions[3]".into(), Kind::WrongCriticality),
    ] {
        assert_eq!(tampered(from, to), (path, kind), "{from} -> {to}");
    }
    let json = text(committed().statement());
    let (before, commitments) = json.split_at(json.find(",{\"isCritical\":false,\"Commitments\"").unwrap());
    let commitments = &commitments[..commitments.len() - 2];
    let twice = format!("{before}{commitments}{commitments}]}}");
    assert_eq!(refused::<Sending>(&twice).1, Kind::DuplicateExtension);
    let mail = before.find(",{\"isCritical\":false,\"RegisteredMail\"").unwrap();
    let early = format!("{}{commitments}{}]}}", &before[..mail], &before[mail..]);
    assert_eq!(refused::<Sending>(&early).1, Kind::ExtensionOutOfOrder);
    let missing = format!("{before}]}}");
    assert_eq!(refused::<Sending>(&missing), (extensions(), EvidenceError::CommitmentNotListed.into()));
    assert_eq!(UnknownExtension::new("Commitments", "{}"), Err(EvidenceError::ExtensionName));
}

#[test]
fn a_disclosure_is_read_in_one_form() {
    let (statement, disclosure) = committed().into_parts();
    let json = disclosure.to_json();
    let salt = seed().salt(PATH).to_base64();
    let expected = format!(
        r#"{{"type":"recommande-disclosure/1","EvidenceIdentifier":"{}","Disclosure":[{{"path":"{PATH}","scheme":"{SSIN}","value":"{NISS}","salt":"{}"}},"#,
        statement.evidence_identifier(),
        *salt,
    );
    assert!(json.starts_with(&expected), "{json}");
    let read = |json: &str| Disclosure::from_json(json.as_bytes());
    assert_eq!(read(&json).unwrap().reveal(&statement), Ok(sending()));
    assert_eq!(read(&format!("{json}\n")).unwrap().to_json(), json);
    let refused = |from: &str, to: &str| read(&json.replacen(from, to, 1)).unwrap_err();
    assert_eq!(refused("disclosure/1", "disclosure/2"), DisclosureError::Type);
    assert_eq!(refused(PATH, "/RecipientDetails"), DisclosureError::Path);
    assert_eq!(refused(TITLE, PATH), DisclosureError::Twice);
    assert_eq!(refused(&salt, "AAECAwQFBgcICQoLDA0ODw"), DisclosureError::Salt(SaltError::Length(16)));
    assert_eq!(
        refused(&salt, &salt.replace('A', "+").replacen(|c: char| c.is_ascii_alphabetic(), "+", 1)),
        DisclosureError::Salt(SaltError::Base64)
    );
    assert_eq!(refused("Decision", "De\u{301}cision"), DisclosureError::NotNfc);
    assert_eq!(refused("Decision", "De\u{7f}cision"), DisclosureError::ControlCharacter);
    for end in 0..json.len() {
        let error = read(&json[..end]).unwrap_err();
        assert!(matches!(error, DisclosureError::Json { .. }), "{end}: {error:?}");
        assert!(!format!("{error} {error:?}").contains(&NISS[..6]));
    }
    let error = read(&json.replace("[{", "[ {")).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the disclosure cannot be read: {} (octet {})",
            Kind::Json(JsonFault::WhiteSpace),
            json.find("[{").unwrap() + 1
        )
    );
    let entry = |path: String| DisclosedField::new(&path, "", "x", seed().salt("")).unwrap();
    let identifier = statement.evidence_identifier();
    let many = (0..1025).map(|index| entry(format!("/UserContentInfo/PartsInfo/PartInfo/{index}/Identifier")));
    assert_eq!(Disclosure::new(identifier, many).unwrap_err(), DisclosureError::TooMany { limit: 1024 });
    assert_eq!(Disclosure::new(identifier, []).unwrap_err(), DisclosureError::Empty);
    let shown = format!("{disclosure:?}");
    assert!(![NISS, "Decision", &salt].iter().any(|secret| shown.contains(*secret)) && shown.contains(PATH), "{shown}");
}

#[test]
fn a_disclosure_fits_its_statement_alone() {
    let (statement, disclosure) = committed().into_parts();
    let identifier = statement.evidence_identifier();
    let (recipient, title) = (&disclosure.fields()[0], &disclosure.fields()[1]);
    let reveal = |path: &str, scheme: &str, value: &str, salt: &Salt| {
        let field = DisclosedField::new(path, scheme, value, salt.clone()).unwrap();
        Disclosure::new(identifier, [field]).unwrap().reveal(&statement).map(|_| ())
    };
    let differs = |path: &str| Err(RevealError::Differs(path.to_owned()));
    assert_eq!(reveal(PATH, SSIN, NISS, recipient.salt()), Ok(()));
    // Another value, another salt, another scheme, and the values of two fields exchanged.
    assert_eq!(reveal(PATH, SSIN, "79021806501", recipient.salt()), differs(PATH));
    assert_eq!(reveal(PATH, SSIN, NISS, title.salt()), differs(PATH));
    assert_eq!(reveal(PATH, "urn:example:persons", NISS, recipient.salt()), differs(PATH));
    assert_eq!(reveal(PATH, SSIN, "Decision", title.salt()), differs(PATH));
    assert_eq!(reveal(TITLE, "", NISS, recipient.salt()), differs(TITLE));
    // A value of another normalization that looks the same, and one in another form of the same number.
    assert_eq!(reveal(PATH, SSIN, "85.07.30-033.28", recipient.salt()), differs(PATH));
    // Fields that are not committed to, and the right field in another place.
    for path in [
        "/SenderDetails/Identifier/value",
        "/RecipientDetails/1/Identifier/value",
        "/Extensions/1/RegisteredMail/Title",
    ] {
        assert_eq!(reveal(path, SSIN, NISS, recipient.salt()), Err(RevealError::NotCommitted(path.to_owned())));
    }
    // The same letter in another statement.
    let another = sending().with_evidence_identifier(EvidenceIdentifier::from_bytes([1; 16]));
    let fields = [RECIPIENT, Field::TITLE];
    let (another, _) = Committed::of(&another, &fields, Salts::Random).unwrap().into_parts();
    assert_eq!(disclosure.reveal(&another), Err(RevealError::AnotherStatement));
    let moved = Disclosure::new(another.evidence_identifier(), disclosure.fields().to_vec()).unwrap();
    assert_eq!(moved.reveal(&another), Err(RevealError::Differs(PATH.to_owned())));
    assert_eq!(disclosure.reveal(&sending()), Err(RevealError::NotCommitted(PATH.to_owned())));
    // One field after the other is erased.
    let rest = disclosure.without(PATH).unwrap().unwrap();
    let revealed = rest.reveal(&statement).unwrap();
    assert_eq!((mail_of(&revealed).title(), revealed.committed_fields()), ("Decision", &[RECIPIENT][..]));
    for wrong in [PATH, "/RecipientDetails", "/RecipientDetails/1/Identifier/value", ""] {
        assert_eq!(rest.clone().without(wrong).map(|_| ()), Err(DisclosureError::NoSuchField));
    }
    assert!(rest.without(TITLE).unwrap().is_none());
}

#[test]
fn a_commitment_to_what_is_no_value_is_told() {
    let (statement, _) = committed().into_parts();
    let stated = statement.recipients()[0].identifier().value();
    for value in ["85073003329", "85.07.30-033.28", ""] {
        let salt = seed().salt(PATH);
        let commitment = Commitment::new(&salt, statement.evidence_identifier(), PATH, SSIN, value).to_string();
        let json = text(&statement).replace(stated, &commitment);
        let (statement, _) = Codec::Json.decode::<Sending>(json.as_bytes()).unwrap();
        let field = DisclosedField::new(PATH, SSIN, value, salt).unwrap();
        let disclosure = Disclosure::new(statement.evidence_identifier(), [field]).unwrap();
        assert_eq!(disclosure.reveal(&statement), Err(RevealError::NotAValue(PATH.to_owned())), "{value}");
    }
}

#[test]
fn values_are_committed_to_in_normalization_form_c() {
    let named = |name: &str| {
        let party = Party::natural_person(Niss::new(NISS).unwrap(), name, "A \"\\ B").unwrap();
        sending().with_sender_delegate(party).unwrap()
    };
    let field = Field::Party(Role::SenderDelegate, PartyField::Attribute(1));
    let (decomposed, disclosure) = committed_by(&named("Zoe\u{308}"), &[field]).into_parts();
    let (composed, _) = committed_by(&named("Zo\u{eb}"), &[field]).into_parts();
    assert_eq!(decomposed, composed);
    assert_eq!(disclosure.fields()[0].value(), "[\"Zo\u{eb}\"]");
    assert_eq!(disclosure.reveal(&decomposed), Ok(named("Zo\u{eb}")));
    let second = Field::Party(Role::SenderDelegate, PartyField::Attribute(2));
    let (statement, disclosure) = committed_by(&named("Zoe"), &[second]).into_parts();
    assert_eq!(disclosure.fields()[0].value(), r#"["A \"\\ B"]"#);
    assert_eq!(Disclosure::from_json(disclosure.to_json().as_bytes()).unwrap().reveal(&statement), Ok(named("Zoe")));
}
