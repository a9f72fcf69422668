//! Receipts that are made from verified proofs.

use chrono::Duration;
use recommande::MessageId;
use recommande::crypto::{Digest, DigestAlgorithm};
use recommande::evidence::{
    Committed, Field, KnownReason, Language, PartDescription, Party, PayloadDigests, RegisteredMail, Salts, Sending,
    Statement, Step, StepEvent, Ticket,
};
use recommande::life::{Case, CaseVerdict, ForeignEffect, State, judge};
use recommande::seal::{PayloadSignature, Proof};
use recommande::verify::{SendingContext, Verified};
use recommande_registered_mail::{
    CONTENT_MEDIA_TYPE, FileLanguage, Receipt, ReceiptContent, Recipient, StatusResponse, WriteError,
};

use crate::common::{LETTER, Service, TICKET, TOKEN, afterwards, enterprise, hours, niss, now, plain_sending, sending};

const REFERENCE: &str = "cid:receipt@example.org";

fn verified(service: &Service, sending: &Sending) -> Verified<Sending> {
    service.verified(&service.proof_of(sending))
}

fn step(service: &Service, sent: &Verified<Sending>, event: StepEvent) -> Verified<Step> {
    let step = Step::of(sent, 1, event, hours(1)).unwrap();
    let sealed = service.sealer.seal(&step, hours(1)).unwrap();
    let proof: Proof<Step> = sealed.stamp_with(&service.pool(hours(1) + Duration::seconds(2))).unwrap();
    service.verifier().verify(&proof, sent, afterwards()).unwrap()
}

fn signed(service: &Service, content: &ReceiptContent) -> PayloadSignature {
    let digests = PayloadDigests::of_bytes(&content.to_xml());
    let signature = service.sealer.sign_payload(&digests, CONTENT_MEDIA_TYPE, hours(2)).unwrap();
    signature.stamp_with(&service.pool(hours(2))).unwrap()
}

/// The content of a receipt for a sending.
fn of(sending: &Sending) -> Result<ReceiptContent, WriteError> {
    ReceiptContent::of_sending(&verified(&Service::new(), sending), 1, None)
}

fn mail() -> RegisteredMail {
    let mail = RegisteredMail::new(Ticket::new(TICKET).unwrap(), "A letter", "EDER501", Language::Dutch).unwrap();
    mail.with_application_id("letters").unwrap()
}

#[test]
fn what_is_written_is_read_and_counts() {
    let service = Service::new();
    let proof = service.proof_of(&sending());
    let sent = service.verified(&proof);
    let content = ReceiptContent::of_sending(&sent, 1, None).unwrap();
    assert_eq!(ReceiptContent::from_xml(&content.to_xml()), Ok(content.clone()));
    assert_eq!((content.ticket().as_str(), content.token()), (TICKET, TOKEN));
    assert_eq!(*content.document().digest(), DigestAlgorithm::Sha256.digest(LETTER));
    assert_eq!(content.document().download_file_name(), "letter.pdf");
    assert!(matches!(content.recipient(), Recipient::Citizen { quality_code, .. } if quality_code == "CITIZEN"));
    // The same octets each time.
    assert_eq!(ReceiptContent::of_sending(&sent, 1, None).unwrap().to_xml(), content.to_xml());

    let receipt = Receipt::of(&content, &signed(&service, &content), REFERENCE).unwrap();
    assert_eq!(Receipt::from_xml(&receipt.to_xml()), Ok(receipt.clone()));
    let submitted = receipt.judge(&service.verifier(), &content.to_xml(), afterwards()).unwrap();
    assert_eq!(submitted.proven_at(), Some(hours(2)));

    let dispatched = step(&service, &sent, StepEvent::ContentConsignment);
    let content = ReceiptContent::of_consignment(&sent, &dispatched, None).unwrap();
    assert_eq!(ReceiptContent::from_xml(&content.to_xml()), Ok(content.clone()));
    let response = StatusResponse::sent(&content, &signed(&service, &content), REFERENCE).unwrap();
    assert_eq!(StatusResponse::from_xml(&response.to_xml()), Ok(response.clone()));
    let dispatched = response.judge(&service.verifier(), &content.to_xml(), afterwards()).unwrap();

    let judged = judge(&service.verifier(), &[proof.der()], afterwards());
    let letters = Case::with_foreign(&judged, &[dispatched.clone(), submitted.clone()]);
    let case = letters[0].cases[0].as_ref().unwrap();
    assert_eq!(case.verdict, CaseVerdict::Proven(State::Available), "{case}");
    assert!(case.foreign.iter().all(|fact| fact.effect != ForeignEffect::Objected), "{case}");
    // Without the sealed proofs too.
    let letters = Case::with_foreign(&[], &[dispatched, submitted]);
    assert_eq!(letters[0].cases[0].as_ref().unwrap().verdict, CaseVerdict::Proven(State::Available));
}

#[test]
fn texts_come_back_as_they_were() {
    let title = "Éé & <b>\"]]>'  中\u{1f4e8} ";
    let with_title = RegisteredMail::new(Ticket::new(TICKET).unwrap(), title, "a&b", Language::German).unwrap();
    let with_title = with_title.with_application_id("<>").unwrap();
    let content = of(&plain_sending().with_national_extension(with_title)).unwrap();
    let read = ReceiptContent::from_xml(&content.to_xml()).unwrap();
    assert_eq!((read.document().title(), read.document().document_type()), (title, "a&b"));
    assert_eq!((read.sender().application_id(), read.token()), ("<>", ""));
    assert_eq!(read.document().language(), Some(FileLanguage::German));
    // The name of the part, where the item has no name for downloads.
    assert_eq!(read.document().download_file_name(), "letter.pdf");
    // Line ends of a file that was read.
    let with_ends = String::from_utf8(content.to_xml()).unwrap().replace("a&amp;b", "a&#13;&#10;\t&amp;b");
    let with_ends = ReceiptContent::from_xml(with_ends.as_bytes()).unwrap();
    assert_eq!(with_ends.document().document_type(), "a\r\n\t&b");
    assert_eq!(ReceiptContent::from_xml(&with_ends.to_xml()), Ok(with_ends));
}

#[test]
fn annexes_and_enterprises() {
    let part = |index: usize| PartDescription::new(&format!("annex {index}.csv"), "text/csv").unwrap();
    let with_annexes = |count: usize| {
        let digests = |index: usize| PayloadDigests::of_bytes(&index.to_be_bytes());
        (1..=count).fold(sending(), |sending, index| sending.with_part(part(index), digests(index)).unwrap())
    };
    let content = of(&with_annexes(5)).unwrap();
    assert_eq!(content.annexes().len(), 5);
    assert_eq!(content.annexes()[4].title(), "annex 5.csv");
    assert_eq!(ReceiptContent::from_xml(&content.to_xml()), Ok(content));
    assert_eq!(of(&with_annexes(6)), Err(WriteError::TooManyAnnexes { limit: 5 }));

    let service = Service::new();
    let to_enterprise = sending().with_recipient(Party::new(enterprise("0200065765"))).unwrap();
    let sent = verified(&service, &to_enterprise);
    let content = ReceiptContent::of_sending(&sent, 2, Some("QUAL_EMP_NOSS")).unwrap();
    assert!(matches!(content.recipient(), Recipient::Enterprise { .. }));
    assert_eq!(ReceiptContent::from_xml(&content.to_xml()), Ok(content));
    let of_recipient = |recipient, quality_code| ReceiptContent::of_sending(&sent, recipient, quality_code);
    assert_eq!(of_recipient(2, None), Err(WriteError::Missing { element: "QualityCode" }));
    for recipient in [0, 3, usize::MAX] {
        assert_eq!(of_recipient(recipient, None), Err(WriteError::NoRecipient(recipient)));
    }
    let rule = "of 1 to 125 characters of XML";
    for quality_code in ["", &"x".repeat(126), "\u{ffff}"] {
        let value = Err(WriteError::Value { element: "QualityCode", rule });
        assert_eq!(of_recipient(1, Some(quality_code)), value);
    }
}

#[test]
fn what_the_schema_needs_and_a_proof_lacks_is_named() {
    assert_eq!(of(&plain_sending()), Err(WriteError::NoTicket));
    let without_application =
        RegisteredMail::new(Ticket::new(TICKET).unwrap(), "A letter", "EDER501", Language::Dutch).unwrap();
    let missing = |element| Err(WriteError::Missing { element });
    assert_eq!(of(&plain_sending().with_national_extension(without_application)), missing("ApplicationID"));
    let value = |element, rule| Err(WriteError::Value { element, rule });
    let long = mail().with_application_id(&"x".repeat(151)).unwrap();
    assert_eq!(
        of(&plain_sending().with_national_extension(long)),
        value("ApplicationID", "of at most 150 characters of XML")
    );
    let with = |sender: Party, name: &str, digests: PayloadDigests| {
        let part = PartDescription::new(name, "application/x-other").unwrap();
        let sending = Sending::new(MessageId::new("m").unwrap(), sender, Party::new(niss()), part, digests, now());
        of(&sending.unwrap().with_national_extension(mail()))
    };
    let digests = PayloadDigests::of_bytes(LETTER);
    let office = || Party::legal_person(enterprise("0566988259"), "Example Office").unwrap();
    // A media type that the schema does not list is left out.
    assert_eq!(with(office(), "a", digests.clone()).unwrap().document().media_type(), None);
    let long_name = with(office(), &"x".repeat(81), digests.clone());
    assert_eq!(long_name, value("DownloadFileName", "of 1 to 80 characters of XML"));
    assert_eq!(with(Party::new(niss()), "a", digests), value("CompanyID", "an enterprise number"));
    let digest_by = |algorithm: DigestAlgorithm| {
        let digest: Digest = algorithm.digest(LETTER);
        with(office(), "a", PayloadDigests::from_digests([digest]).unwrap())
    };
    assert_eq!(digest_by(DigestAlgorithm::Sha384), missing("Digest"));
    assert_eq!(digest_by(DigestAlgorithm::Sha512).unwrap().document().digest().algorithm(), DigestAlgorithm::Sha512);
}

#[test]
fn what_is_not_disclosed_is_not_written_and_what_is_disclosed_is() {
    let service = Service::new();
    let personal = Field::personal(&sending());
    let committed = Committed::of(&sending(), &personal, Salts::Random).unwrap();
    let proof = service.proof_of(committed.statement());
    let sent = service.verified(&proof);
    let hidden = ReceiptContent::of_sending(&sent, 1, None);
    assert!(matches!(hidden, Err(WriteError::NotDisclosed { .. })), "{hidden:?}");
    let digests = PayloadDigests::of_bytes(LETTER);
    let context = SendingContext::new(&digests).with_disclosure(committed.disclosure());
    let disclosed = service.verifier().verify(&proof, context, afterwards()).unwrap();
    let content = ReceiptContent::of_sending(&disclosed, 1, None).unwrap();
    assert_eq!(content, of(&sending()).unwrap());
    for (field, element) in
        [(Field::TOKEN, "Token"), (Field::TITLE, "Title"), (Field::DOWNLOAD_FILE_NAME, "DownloadFileName")]
    {
        let committed = Committed::of(&sending(), &[field], Salts::Random).unwrap();
        assert_eq!(of(committed.statement()), Err(WriteError::NotDisclosed { element }));
    }
}

#[test]
fn a_proof_of_dispatch_needs_the_consignment_of_this_sending() {
    let service = Service::new();
    let sent = verified(&service, &sending());
    let consigned = step(&service, &sent, StepEvent::ContentConsignment);
    let failed = StepEvent::ContentConsignmentFailure { reason: KnownReason::RecipientNotActive.into() };
    let failed = step(&service, &sent, failed);
    assert_eq!(ReceiptContent::of_consignment(&sent, &failed, None), Err(WriteError::NoConsignment));
    let another = verified(&service, &sending());
    assert_ne!(another.statement().evidence_identifier(), sent.statement().evidence_identifier());
    assert_eq!(ReceiptContent::of_consignment(&another, &consigned, None), Err(WriteError::NoConsignment));

    // Each content has its message.
    let dispatch = ReceiptContent::of_consignment(&sent, &consigned, None).unwrap();
    let receipt = ReceiptContent::of_sending(&sent, 1, None).unwrap();
    let event = |expected| Some(WriteError::Event { expected });
    let signature = signed(&service, &dispatch);
    assert_eq!(Receipt::of(&dispatch, &signature, REFERENCE).err(), event("ReceiptContent"));
    assert_eq!(StatusResponse::sent(&receipt, &signature, REFERENCE).err(), event("ProofOfDispatchContent"));
    let rule = "a reference of 1 to 1024 characters without white space";
    for reference in ["", "a b", "\n", &"x".repeat(1025)] {
        let refused = Receipt::of(&receipt, &signature, reference);
        assert_eq!(refused, Err(WriteError::Value { element: "Content", rule }));
    }
}
