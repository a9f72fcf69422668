//! A form letter to many: each letter is, octet for octet, the statement of a sending with the same members.

use crate::aggregated::second_credentials;
use crate::common::{
    Service, assurance, at, digests, enterprise, forged_reply, later, niss, now, pool, sending, sending_of,
};
use chrono::{DateTime, Duration, Utc};
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{
    Committed, Currency, EvidenceError, EvidenceIdentifier, Field, Identifier, Language, LinkRole, Mandate,
    MandateAction, MandateFault, MandateLink, MandateRole, MandateScope, Metadata, Particulars, PartyField, Payment,
    RegisterReference, RegisterStatement, RegisteredMail, Role, Salt, Salts, SendingEvent, Statement, Submission,
    Terms, Ticket, UnknownExtension,
};
use recommande::seal::{AggregateItem, AggregateLeaves, FormLetter, SealError, SignedSubmission};
use recommande::testing::TestPki;
use recommande::{Credentials, Environment, MessageId, PartDescription, Party, Payload, PayloadDigests, Sending};

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    /// A text with what JSON escapes, and letters of other lengths than one octet.
    fn text(&mut self, longest: usize) -> String {
        let letters = ['a', 'Z', '9', ' ', '"', '\\', 'é', '日', '/', '{', ']', ','];
        (0..=self.below(longest)).map(|_| letters[self.below(letters.len())]).collect()
    }

    fn party(&mut self) -> Party {
        let scheme = "urn:example:persons";
        let party = match self.below(3) {
            0 => Party::new(niss()),
            1 => Party::legal_person(enterprise("0566988259"), &self.text(40)).unwrap(),
            _ => {
                let identifier = Identifier::new(&self.text(60), scheme).unwrap();
                Party::natural_person(identifier, &self.text(20), &self.text(20)).unwrap()
            }
        };
        if self.one_in(4) { party.with_assurance(assurance(now() - Duration::days(2))) } else { party }
    }

    fn ticket(&mut self) -> Ticket {
        Ticket::new(&format!("{:013}", self.below(1 << 30))).unwrap()
    }

    fn time(&mut self) -> DateTime<Utc> {
        now() - Duration::milliseconds(i64::try_from(self.below(80_000_000)).unwrap())
    }
}

/// The members in which one letter differs from another, to be filled in or built.
struct Letter {
    message_id: MessageId,
    recipients: Vec<Party>,
    event_time: DateTime<Utc>,
    submission_time: Option<DateTime<Utc>>,
    identifier: EvidenceIdentifier,
    digests: Option<PayloadDigests>,
    ticket: Option<Ticket>,
    token: Option<String>,
}

impl Letter {
    fn random(numbers: &mut Numbers, has_mail: bool) -> Self {
        let mut recipients = vec![numbers.party()];
        while numbers.one_in(3) {
            let further = numbers.party();
            if recipients.iter().all(|recipient| recipient.identifier() != further.identifier()) {
                recipients.push(further);
            }
        }
        let event_time = numbers.time();
        let algorithms = [DigestAlgorithm::Sha384, DigestAlgorithm::Sha256, DigestAlgorithm::Sha3_512];
        let of_text = |text: &str, count: usize| {
            PayloadDigests::from_digests(algorithms.iter().take(count).map(|by| by.digest(text.as_bytes()))).unwrap()
        };
        Self {
            message_id: MessageId::new(&numbers.text(50)).unwrap(),
            recipients,
            event_time,
            submission_time: numbers.one_in(3).then(|| event_time - Duration::milliseconds(1 + 7)),
            identifier: EvidenceIdentifier::generate(event_time).unwrap(),
            digests: numbers.one_in(2).then(|| of_text(&numbers.text(9), 1 + numbers.below(3))),
            ticket: has_mail.then(|| numbers.ticket()),
            token: (has_mail && numbers.one_in(2)).then(|| numbers.text(30)),
        }
    }

    fn particulars(&self) -> Particulars {
        let Self { message_id, recipients, event_time, .. } = self;
        let mut particulars = Particulars::new(message_id.clone(), recipients[0].clone(), *event_time)
            .unwrap()
            .with_evidence_identifier(self.identifier);
        for recipient in &recipients[1..] {
            particulars = particulars.with_recipient(recipient.clone());
        }
        if let Some(time) = self.submission_time {
            particulars = particulars.with_submission_time(time).unwrap();
        }
        if let Some(digests) = &self.digests {
            particulars = particulars.with_digests(digests.clone());
        }
        if let Some(ticket) = &self.ticket {
            particulars = particulars.with_ticket(ticket.clone());
        }
        match &self.token {
            Some(token) => particulars.with_token(token).unwrap(),
            None => particulars,
        }
    }
}

/// What all letters of one mailing have alike.
struct Common {
    sender: Party,
    delegate: Option<Party>,
    parts: Vec<(PartDescription, PayloadDigests)>,
    title: String,
    token: Option<String>,
    has_mail: bool,
    event: SendingEvent,
    terms: Option<Terms>,
    extension: Option<UnknownExtension>,
}

impl Common {
    fn random(numbers: &mut Numbers) -> Self {
        let part =
            |number: usize, name: &str| PartDescription::new(&format!("{number}{name}"), "application/pdf").unwrap();
        let sha_256 = |text: &str| DigestAlgorithm::Sha256.digest(text.as_bytes());
        let parts = (0..=numbers.below(3)).map(|number| {
            let digests = match numbers.below(2) {
                0 => PayloadDigests::from_digests([sha_256(&numbers.text(9))]).unwrap(),
                _ => PayloadDigests::of_bytes(numbers.text(9).as_bytes()),
            };
            (part(number, &numbers.text(9)), digests)
        });
        Self {
            parts: parts.collect(),
            sender: numbers.party(),
            delegate: numbers.one_in(2).then(|| numbers.party()),
            title: numbers.text(100),
            token: numbers.one_in(2).then(|| numbers.text(30)),
            has_mail: !numbers.one_in(3),
            event: if numbers.one_in(3) { SendingEvent::ReceivedFromNonERDS } else { SendingEvent::default() },
            terms: numbers.one_in(3).then(|| Terms::new().with_regime("FR-LRE").unwrap()),
            extension: numbers.one_in(3).then(|| UnknownExtension::new("Example", r#"{"a":[1,"\\"]}"#).unwrap()),
        }
    }

    /// Builds the sending of one letter.
    fn sending(&self, letter: &Letter) -> Sending {
        let (first, first_digests) = &self.parts[0];
        let digests = letter.digests.as_ref().unwrap_or(first_digests).clone();
        let (message_id, recipient) = (letter.message_id.clone(), letter.recipients[0].clone());
        let sender = self.sender.clone();
        let mut sending = Sending::new(message_id, sender, recipient, first.clone(), digests, letter.event_time)
            .unwrap()
            .with_evidence_identifier(letter.identifier)
            .with_event(self.event);
        for recipient in &letter.recipients[1..] {
            sending = sending.with_recipient(recipient.clone()).unwrap();
        }
        for (part, digests) in &self.parts[1..] {
            sending = sending.with_part(part.clone(), digests.clone()).unwrap();
        }
        if let Some(delegate) = &self.delegate {
            sending = sending.with_sender_delegate(delegate.clone()).unwrap();
        }
        if let Some(time) = letter.submission_time {
            sending = sending.with_submission_time(time).unwrap();
        }
        if let Some(ticket) = &letter.ticket {
            let metadata = Metadata::new("kind", ["\"quoted\""]).unwrap();
            let mail = RegisteredMail::new(ticket.clone(), &self.title, "letter", Language::Dutch).unwrap();
            let mail = mail.with_metadata(metadata).unwrap();
            sending = sending.with_national_extension(match letter.token.as_ref().or(self.token.as_ref()) {
                Some(token) => mail.with_token(token).unwrap(),
                None => mail,
            });
        }
        if let Some(terms) = &self.terms {
            sending = sending.with_terms(terms.clone()).unwrap();
        }
        match &self.extension {
            Some(extension) => sending.with_extension(extension.clone()).unwrap(),
            None => sending,
        }
    }
}

#[test]
fn a_letter_of_a_form_is_the_statement_of_a_sending_octet_for_octet() {
    let service = Service::numbered();
    let second = second_credentials(&service);
    let sealers = [service.sealer.clone(), service.sealer.clone().with_second_seal(second).unwrap()];
    let mut numbers = Numbers(13);
    for round in 0..60 {
        let sealer = &sealers[round % 2];
        let common = Common::random(&mut numbers);
        // What a letter does not state is that of the form.
        let example = Letter { digests: None, token: None, ..Letter::random(&mut numbers, common.has_mail) };
        let example = common.sending(&example);
        let mut form = sealer.form_letter(&example).unwrap();
        for _ in 0..20 {
            let letter = Letter::random(&mut numbers, common.has_mail);
            let sending = common.sending(&letter);
            let built = sealer.aggregate_item(sending.clone(), now()).unwrap();
            let filled_in = form.fill_in(letter.particulars(), now()).unwrap();
            assert_eq!(String::from_utf8_lossy(filled_in.json()), String::from_utf8_lossy(built.json()));
            assert_eq!(filled_in.id(), built.id());
            let read = AggregateItem::<Sending>::from_json(filled_in.json()).unwrap();
            assert!(read == built);
            assert_eq!(read.stated().parts(), sending.parts());
        }
    }
}

fn particulars(message: &str) -> Particulars {
    Particulars::new(MessageId::new(message).unwrap(), Party::new(niss()), now()).unwrap()
}

#[test]
fn a_mailing_is_sealed_from_a_form_and_each_letter_verifies() {
    let service = Service::numbered();
    let mut form = service.sealer.form_letter(&sending()).unwrap();
    for algorithm in [DigestAlgorithm::Sha256, DigestAlgorithm::Sha512] {
        let mut leaves = AggregateLeaves::with_algorithm(service.sealer.issuer(), algorithm).unwrap();
        let mut stored = Vec::new();
        for number in 0..10 {
            let letter = form.fill_in(particulars(&format!("LETTER{number}")), now()).unwrap();
            leaves.add(&letter).unwrap();
            stored.push(letter.json().to_vec());
        }
        // A letter that was built joins the same batch.
        let built = service.sealer.aggregate_item(sending_of("BUILT"), now()).unwrap();
        leaves.add(&built).unwrap();
        stored.push(built.json().to_vec());
        let batch = leaves.close(1).unwrap();
        let last = form.fill_in(particulars("ANOTHER"), now()).unwrap();
        assert!(!batch.contains(&last) && batch.contains(&built));
        let sealed = service.sealer.seal_aggregate(&batch, now()).unwrap();
        let stamped = sealed.stamp_with(&pool(service.tsa(now() + Duration::seconds(2)))).unwrap();
        assert!(stamped.record(&last).is_err());
        for json in stored {
            let item = AggregateItem::<Sending>::from_json(&json).unwrap();
            assert!(stamped.record(&item).is_ok());
            let proof = stamped.proof(item).unwrap();
            service.verifier().verify(&proof, Payload::Digests(&digests()), later()).unwrap();
        }
    }
}

/// Each letter has an identifier of its own, in whatever thread it was made.
#[test]
fn letters_of_a_form_and_of_its_copies_have_different_identifiers() {
    let service = Service::numbered();
    let mut form = service.sealer.form_letter(&sending()).unwrap();
    let identifier = |form: &mut FormLetter| {
        let json = form.fill_in(particulars("LETTER"), now()).unwrap().json().to_vec();
        AggregateItem::<Sending>::from_json(&json).unwrap().stated().evidence_identifier()
    };
    let mut seen = vec![identifier(&mut form)];
    let mut copy = form.clone();
    for _ in 0..200 {
        seen.extend([identifier(&mut form), identifier(&mut copy)]);
    }
    let made = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), made);
}

fn refused(form: &mut FormLetter, particulars: Particulars) -> EvidenceError {
    match form.fill_in(particulars, now()).unwrap_err() {
        SealError::Statement(error) => error,
        error => panic!("{error:?}"),
    }
}

#[test]
fn a_letter_of_a_form_is_refused_as_its_sending_would_be_and_costs_no_other() {
    let service = Service::numbered();
    let mut form = service.sealer.form_letter(&sending()).unwrap();
    let before =
        form.fill_in(particulars("LETTER").with_evidence_identifier(identifier()), now()).unwrap().json().to_vec();
    let acting = Party::new(niss()).with_assurance(assurance(now() + Duration::seconds(1)));
    let late = Particulars::new(MessageId::new("LATE").unwrap(), acting, now()).unwrap();
    let cases = [
        (late, EvidenceError::AuthenticationAfterEvent("a recipient")),
        (particulars("TWICE").with_recipient(Party::new(niss())), EvidenceError::Twice("recipient")),
        (
            particulars("EARLY").with_submission_time(now() + Duration::seconds(1)).unwrap(),
            EvidenceError::EventBeforeSubmission,
        ),
        (
            Particulars::new(MessageId::new("X").unwrap(), Party::new(Identifier::as_submitted("?").unwrap()), now())
                .unwrap(),
            EvidenceError::AsSubmitted,
        ),
        (
            (0..256).fold(particulars("MANY"), |letter, number| {
                letter.with_recipient(Party::new(Identifier::new(&number.to_string(), "urn:example:persons").unwrap()))
            }),
            EvidenceError::TooMany { what: "recipients", limit: 256 },
        ),
        (particulars("TICKET").with_ticket(Ticket::new("1ZG0000036L3Z").unwrap()), EvidenceError::NoSuchField),
        (particulars("TOKEN").with_token("token").unwrap(), EvidenceError::NoSuchField),
    ];
    for (particulars, expected) in cases {
        assert_eq!(refused(&mut form, particulars), expected);
        let after = form.fill_in(particulars_again(), now()).unwrap();
        assert_eq!(after.json(), before);
    }
    for (event_time, is_late) in [(now() - Duration::days(2), true), (now() + Duration::hours(1), false)] {
        let letter = Particulars::new(MessageId::new("X").unwrap(), Party::new(niss()), event_time).unwrap();
        match form.fill_in(letter, now()).unwrap_err() {
            SealError::SealedTooLate { .. } => assert!(is_late),
            SealError::EventAfterSigning { .. } => assert!(!is_late),
            error => panic!("{error:?}"),
        }
    }
    assert!(Particulars::new(MessageId::new("X").unwrap(), Party::new(niss()), DateTime::<Utc>::MAX_UTC).is_err());
    assert_eq!(particulars("X").with_token(&"x".repeat(51)), Err(EvidenceError::TooLong { what: "token", limit: 50 }));
    // Debug shows nobody.
    let shown = format!("{:?} {form:?}", particulars("X").with_token("secret").unwrap());
    assert!(!shown.contains("secret") && !shown.contains("850730"), "{shown}");
}

fn identifier() -> EvidenceIdentifier {
    EvidenceIdentifier::version_7(now(), [7; 10])
}

fn particulars_again() -> Particulars {
    particulars("LETTER").with_evidence_identifier(identifier())
}

/// What depends on more than one member is asked again of each letter.
#[test]
fn a_letter_of_a_form_keeps_to_commitments_to_the_mandate_and_to_the_longest_statement() {
    let service = Service::numbered();
    let committed = [Field::Party(Role::Recipient(1), PartyField::Identifier)];
    let committed = Committed::of(&sending(), &committed, Salts::Random).unwrap();
    let hidden = committed.statement().recipients()[0].clone();
    let mut form = service.sealer.form_letter(&sending()).unwrap();
    let letter = Particulars::new(MessageId::new("HIDDEN").unwrap(), hidden, now()).unwrap();
    assert_eq!(refused(&mut form, letter), EvidenceError::CommitmentNotListed);

    let length = form.fill_in(particulars("X"), now()).unwrap().json().len();
    let filled = |filler: usize| {
        let json = format!("{{\"a\":\"{}\"}}", "x".repeat(filler));
        sending().with_extension(UnknownExtension::new("Example", &json).unwrap()).unwrap()
    };
    let mut form = service.sealer.form_letter(&filled((1 << 20) - length - 200)).unwrap();
    assert!(form.fill_in(particulars("X"), now()).is_ok());
    assert_eq!(refused(&mut form, particulars(&"X".repeat(255))), EvidenceError::TooLarge { limit: 1 << 20 });

    let delegate = Party::new(niss()).with_assurance(assurance(now() - Duration::days(2)));
    let link = MandateLink::new(Party::new(niss()), LinkRole::User);
    let scope = MandateScope::new("registered-mail", [MandateAction::Send]).unwrap();
    let reference = RegisterReference::new(
        "urn:example:register",
        RegisterStatement::Extract(DigestAlgorithm::Sha256.digest(b"x")),
    )
    .unwrap();
    let office = Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    let from = now() - Duration::days(9);
    let mandate = Mandate::new(MandateRole::User, office, vec![link], scope, from, reference).unwrap();
    let mandate = mandate.with_valid_until(now() + Duration::seconds(10)).unwrap();
    let sending = sending().with_sender_delegate(delegate).unwrap().with_mandate(mandate).unwrap();
    let mut form = service.sealer.form_letter(&sending).unwrap();
    assert!(form.fill_in(particulars("IN TIME"), now()).is_ok());
    let late = Particulars::new(MessageId::new("LATE").unwrap(), Party::new(niss()), now() + Duration::seconds(20));
    assert_eq!(refused(&mut form, late.unwrap()), EvidenceError::Mandate(MandateFault::NotInForce));
}

#[test]
fn a_registered_mail_has_a_ticket_of_its_own_in_each_letter() {
    let service = Service::numbered();
    let mail = RegisteredMail::new(Ticket::new("1ZG0000036L3Z").unwrap(), "title", "letter", Language::French).unwrap();
    let mut form = service.sealer.form_letter(&sending().with_national_extension(mail)).unwrap();
    assert_eq!(refused(&mut form, particulars("X")), EvidenceError::TicketMissing);
    assert!(form.fill_in(particulars("X").with_ticket(Ticket::new("1ZG0000036L3Y").unwrap()), now()).is_ok());
}

#[test]
fn a_form_has_nothing_that_is_bound_to_one_letter() {
    let service = Service::numbered();
    let refused = |sending: &Sending| match service.sealer.form_letter(sending).unwrap_err() {
        SealError::Statement(EvidenceError::BoundToOneLetter(what)) => what,
        error => panic!("{error:?}"),
    };
    let salt = Salt::from_bytes(&[7; 32]).unwrap();
    let committed =
        Committed::of(&sending(), &[Field::Party(Role::Recipient(1), PartyField::Identifier)], Salts::Random).unwrap();
    assert_eq!(refused(committed.statement()), "commitment");
    let payment =
        Payment::new("PAY1", 1250, 0, "EUR".parse::<Currency>().unwrap(), at("2027-01-01T00:00:00Z").date_naive())
            .unwrap();
    assert_eq!(refused(&sending().with_payment(&payment, &salt)), "commitment");
    assert!(service.sealer.form_letter(&sending().with_payment_in_clear(payment)).is_ok());
    // A letter of somebody who has the proof of another one, which is replied to.
    let first = service.verified(&service.proof());
    let back = |part| {
        let (from, to) = (first.statement().recipients()[0].clone(), first.statement().sender().clone());
        Sending::new(MessageId::new("REPLY").unwrap(), from, to, part, digests(), later()).unwrap()
    };
    let reply = forged_reply(&back(PartDescription::new("reply.pdf", "application/pdf").unwrap()), &first);
    assert_eq!(refused(&reply), "letter that is replied to");
    let submission = Submission::of(&sending(), Environment::Test).unwrap();
    let pki = TestPki::new(now()).unwrap().with_organization("Example Office", "NTRBE-0566988259").unwrap();
    let senders = Service::with_pki(pki);
    let (key, chain) = (senders.pki.seal.signer.clone(), senders.pki.seal_chain());
    let signed = SignedSubmission::sign(submission, &Credentials::new(key, chain).unwrap(), now()).unwrap();
    let verified = senders.verifier().verify_submission(&signed, now()).unwrap();
    assert_eq!(refused(&sending().submitted_by(&verified).unwrap()), "submission that its sender signed");
    let delegate = Party::legal_person(enterprise("0566988259"), "Delegate").unwrap();
    assert_eq!(refused(&sending().with_recipients_delegate(delegate, &[1]).unwrap()), "delegate of a recipient");
}
