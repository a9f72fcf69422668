//! Tests the written form, and the rules between members.

use std::io::Write as _;
use std::path::PathBuf;

use super::*;

/// Returns JSON without white space between its tokens.
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
        // Written past the capture of the test harness, to be seen when the test passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: statements against the examples: none beside the corpus");
        return;
    };
    assert_eq!(text(&sending()), minified(&sending_json));
    assert_eq!(text(&opening()), minified(&opening_json));
    assert_eq!(Codec::Json.decode::<Sending>(minified(&sending_json).as_bytes()).unwrap(), (sending(), issuer()));
    assert_eq!(Codec::Json.decode::<Opening>(minified(&opening_json).as_bytes()).unwrap(), (opening(), issuer()));
}

fn assert_round_trip<S: Statement>(statement: &S, issuer: &Issuer) {
    let bytes = Codec::Json.encode(statement, issuer).unwrap();
    let (read, by) =
        Codec::Json.decode::<S>(&bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes)));
    assert!(read == *statement && by == *issuer);
    assert_eq!(Codec::Json.encode(&read, &by).unwrap(), bytes);
    assert_eq!(Codec::Json.peek_event(&bytes), Ok(statement.event()));
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
            assert_round_trip(&opening().with_event(OpeningEvent::ContentHandover).unwrap(), &issuer);
            for opened_by in [
                ActedBy::Recipient(2),
                ActedBy::Delegate { party: Party::new(Niss::new("17473003373").unwrap()), acting_for: vec![2, 1] },
                ActedBy::Delegate { party: office(), acting_for: vec![1] },
            ] {
                let opening = opening_of(&full_sending(), opened_by.clone()).unwrap();
                assert_round_trip(&opening, &issuer);
                assert_eq!(opening.check_follows(&full_sending(), None), Ok(()));
                assert_eq!(opening.assurance().unwrap().level(), AssuranceLevel::Substantial);
                match (opening.opened_by(), opened_by) {
                    (
                        ActedBy::Delegate { party, acting_for },
                        ActedBy::Delegate { party: given, acting_for: for_given },
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
    for title in ["\"", "\\", "\\\"", "a\\n\"b\\", "é日本𝄞", "</script>", "علی\u{200c}رضا", "{}[],:", &"𝄞".repeat(400)]
    {
        let mail = RegisteredMail::new(Ticket::new("1ZG0000036L3Z").unwrap(), title, "T", Language::German).unwrap();
        assert_round_trip(&sending().with_national_extension(mail), &issuer());
    }
}

/// Numbers that are the same in every run (Marsaglia's xorshift64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    fn text(&mut self, most: usize) -> String {
        let alphabet =
            ['a', 'Z', '9', ' ', '"', '\\', '/', '{', '}', '[', ']', ':', ',', 'é', '日', '𝄞', '\u{fffd}', '\u{3000}'];
        (0..=self.below(most)).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    fn time(&mut self, latest: i64) -> DateTime<Utc> {
        let millis = latest - i64::try_from(self.below(100_000_000_000)).unwrap();
        DateTime::from_timestamp_millis(if self.below(2) == 0 { millis } else { millis - millis % 1000 }).unwrap()
    }

    fn party(&mut self, latest: i64) -> Party {
        let identifier = Identifier::new(&self.text(255), &format!("urn:example:{}", self.below(9))).unwrap();
        let mut party = Party::new(identifier);
        for n in 0..self.below(4) {
            let values: Vec<_> = (0..=self.below(3)).map(|_| self.text(400)).collect();
            party = party.with_attribute(IdentityAttribute::new(&format!("urn:n:{n}"), values).unwrap()).unwrap();
        }
        match self.below(2) {
            0 => party,
            _ => party.with_assurance(Assurance::new(AssuranceLevel::Low, self.time(latest), "urn:x:y").unwrap()),
        }
    }
}

#[test]
fn statements_of_every_shape_read_back() {
    let mut n = Numbers(0x9e37_79b9_7f4a_7c15);
    for _ in 0..300 {
        let event = 1_900_000_000_000;
        let description = |n: &mut Numbers| PartDescription::new(&n.text(255), "a/b").unwrap();
        let (sender, recipient, part) = (n.party(event), n.party(event), description(&mut n));
        let mut digests = vec![DigestAlgorithm::Sha3_256.digest(b"")];
        digests.extend(DigestAlgorithm::ALL.iter().skip(2).take(n.below(4)).map(|a| a.digest(b"x")));
        let digests = PayloadDigests::from_digests(digests).unwrap();
        let (id, time) = (MessageId::new(&n.text(255)).unwrap(), DateTime::from_timestamp_millis(event).unwrap());
        let mut sending = Sending::new(id, sender, recipient, part, digests, time).unwrap();
        for _ in 0..n.below(4) {
            // What chance gives twice is refused and not added.
            sending = sending.clone().with_recipient(n.party(event)).unwrap_or(sending);
            let part = (description(&mut n), PayloadDigests::of_bytes(n.text(20).as_bytes()));
            sending = sending.clone().with_part(part.0, part.1).unwrap_or(sending);
        }
        if n.below(2) == 0 {
            sending = sending.with_sender_delegate(n.party(event)).unwrap();
        }
        for _ in 0..n.below(3) {
            let acting_for = [1 + n.below(sending.recipients().len())];
            sending = sending.with_recipients_delegate(n.party(event), &acting_for).unwrap();
        }
        sending = sending.with_submission_time(n.time(event)).unwrap();
        if n.below(2) == 0 {
            let ticket = Ticket::new("0123456789ABC").unwrap();
            let mut mail = RegisteredMail::new(ticket, &n.text(400), &n.text(80), Language::English).unwrap();
            mail = if n.below(2) == 0 { mail.with_token(&n.text(50)).unwrap() } else { mail };
            for _ in 0..n.below(5) {
                mail = mail.with_metadata(Metadata::new(&n.text(25), [n.text(25)]).unwrap()).unwrap();
            }
            sending = sending.with_national_extension(mail);
        }
        assert_round_trip(&sending, &issuer());

        let preceding = PrecedingEvidence::new(proof_id(), sending.evidence_identifier());
        let index = 1 + n.below(sending.recipients().len());
        let opened_by = match n.below(2) {
            0 => ActedBy::Recipient(index),
            _ => ActedBy::Delegate { party: n.party(event), acting_for: vec![index] },
        };
        let assurance = Assurance::new(AssuranceLevel::High, n.time(event), "urn:x:z").unwrap();
        let opening = Opening::following(&sending, &preceding, opened_by, assurance, time).unwrap();
        assert_round_trip(&opening, &issuer());
        assert_eq!(opening.check_follows(&sending, None), Ok(()));
        assert_eq!(opening.recipient_index(), index);
    }
}

#[test]
fn all_that_the_limits_allow_can_be_encoded_or_is_refused_by_size() {
    let metadata = Metadata::new(&"𝄞".repeat(25), vec!["𝄞".repeat(25); 10]).unwrap();
    let mail = mail_of(&sending());
    let mail = (0..100).try_fold(mail, |mail, _| mail.with_metadata(metadata.clone())).unwrap();
    assert_round_trip(&sending().with_national_extension(mail), &issuer());
    let name = "é".repeat(400);
    let attributed = |n: usize| {
        let party = Party::new(Identifier::new(&n.to_string(), "urn:x:y").unwrap());
        let attribute = |a: usize| IdentityAttribute::new(&format!("urn:a:{a}"), [&name]).unwrap();
        (0..32).try_fold(party, |party, a| party.with_attribute(attribute(a))).unwrap()
    };
    let large = (0..60).try_fold(sending(), |sending, n| sending.with_recipient(attributed(n))).unwrap();
    assert_eq!(Codec::Json.encode(&large, &issuer()), Err(EvidenceError::TooLarge { limit: limits::MAX_STATEMENT }));
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
        assert_eq!(opening_of(&sending(), ActedBy::Recipient(index)), Err(E::NoSuchRecipient(index)));
    }
    let by_nobody = ActedBy::Delegate { party: office(), acting_for: vec![] };
    assert_eq!(opening_of(&sending(), by_nobody), Err(E::DelegateForNobody));

    let preceding = PrecedingEvidence::new(proof_id(), sending().evidence_identifier());
    let of_another_sending = PrecedingEvidence::new(proof_id(), EvidenceIdentifier::from_bytes([0; 16]));
    let by_one = |preceding| {
        let assurance = assurance(AssuranceLevel::High, "2026-11-22T09:15:04Z");
        Opening::following(&sending(), preceding, ActedBy::Recipient(1), assurance, at("2026-11-22T09:15:04Z"))
    };
    assert!(by_one(&preceding).is_ok());
    assert_eq!(by_one(&of_another_sending), Err(E::PrecedingEvidence));
    let opened = |authenticated: &str, opened: &str| {
        let assurance = assurance(AssuranceLevel::High, authenticated);
        Opening::following(&sending(), &preceding, ActedBy::Recipient(1), assurance, at(opened))
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
    assert_eq!(
        Identifier::new("85073003329", Niss::SCHEME),
        Err(EvidenceError::Identifier(IdentifierError::CheckDigits("NISS")))
    );
    assert_eq!((citizen().kind(), office().kind()), (PersonKind::Natural, PersonKind::Legal));
    assert_eq!(office().attribute(attribute::LEGAL_NAME), Some("Example Sending Office"));
}

#[test]
fn an_opening_is_held_against_its_sending() {
    use NotOfThisSending as Not;
    let opening = opening_of(&full_sending(), ActedBy::Recipient(1)).unwrap();
    let altered = |from: &str, to: &str| {
        let json = text(&full_sending());
        assert!(json.contains(from), "{from}");
        Codec::Json.decode::<Sending>(json.replace(from, to).as_bytes()).unwrap().0
    };
    for (sending, not) in [
        (altered("3f7d2a5e8c10", "3f7d2a5e8c11"), Not::EvidenceIdentifier),
        (altered("\"MessageIdentifier\":\"1Z", "\"MessageIdentifier\":\"2Z"), Not::MessageId),
        (altered("Peeters", "Peters"), Not::Sender),
        (altered("85073003328", "42012205181"), Not::Recipients),
        (altered("17473003373", "85473003317"), Not::RecipientsDelegates),
        (altered("\"annex\"", "\"annexe\""), Not::Parts),
        (altered("09:15:03.250Z", "09:15:03.251Z"), Not::SubmissionTime),
        (altered("Decision", "Bill"), Not::NationalExtension),
        (altered("\"EventTime\":\"2026-11-22", "\"EventTime\":\"2026-11-25"), Not::EventTime),
    ] {
        assert_eq!(opening.check_follows(&sending, None), Err(not));
    }
}
