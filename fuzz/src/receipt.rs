//! The receipts of RegisteredMail, in XML.

use chrono::Duration;
use recommande::PayloadDigests;
use recommande::evidence::{EvidenceIdentifier, Language, RegisteredMail, Step, StepEvent, Ticket};
use recommande::seal::{Credentials, Sealer};
use recommande::verify::Payload;
use recommande_registered_mail::{CONTENT_MEDIA_TYPE, ReadError, Receipt, ReceiptContent, StatusResponse};

use crate::world::{issuer, stamped, statement, tsa, world};

/// What was read is written in one form, which reads as the same. An input is one kind of document at most.
pub fn receipt_xml(input: &[u8]) {
    let kinds = [
        again(input, ReceiptContent::from_xml, ReceiptContent::to_xml),
        again(input, Receipt::from_xml, Receipt::to_xml),
        again(input, StatusResponse::from_xml, StatusResponse::to_xml),
    ];
    assert!(kinds.into_iter().filter(|is_kind| *is_kind).count() <= 1, "two documents in one");
}

fn again<T>(input: &[u8], read: fn(&[u8]) -> Result<T, ReadError>, write: fn(&T) -> Vec<u8>) -> bool {
    match read(input) {
        Ok(document) => {
            let written = write(&document);
            let reread = read(&written).expect("what was written can be read");
            assert!(write(&reread) == written, "another form");
            true
        }
        Err(error) => {
            let _ = (error.to_string(), format!("{error:?}"));
            false
        }
    }
}

/// A receipt and a proof of dispatch, and the answers in which the service gives them.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let world = world();
    let credentials = Credentials::new(world.pki.seal.signer.clone(), world.pki.seal_chain()).expect("credentials");
    let sealer = Sealer::new(credentials, issuer());
    let ticket = Ticket::new("1ZG0000036L3Z").expect("a ticket");
    let item = RegisteredMail::new(ticket, "A letter", "EDER501", Language::French).expect("an item");
    let item = item.with_token("file 2026/7").and_then(|item| item.with_application_id("letters")).expect("an item");
    let sending = statement(&world.payload, world.sent_at).with_national_extension(item);
    let proof = stamped(&sealer.seal(&sending, world.sent_at).expect("a seal"), &tsa(&world.pki, world.sent_at));
    let sent = world.verifier.verify(&proof, Payload::NotAvailable, world.now).expect("a proof that verifies");
    let time = world.sent_at + Duration::minutes(1);
    let consigned = Step::of(&sent, 1, StepEvent::ContentConsignment, time).expect("a step");
    let consigned = consigned.with_evidence_identifier(EvidenceIdentifier::from_bytes([0x5f; 16]));
    let consigned = stamped(&sealer.seal(&consigned, time).expect("a seal"), &tsa(&world.pki, time));
    let consigned = world.verifier.verify(&consigned, &sent, world.now).expect("a proof that verifies");
    let signed = |content: &ReceiptContent| {
        let digests = PayloadDigests::of_bytes(&content.to_xml());
        stamped(&sealer.sign_payload(&digests, CONTENT_MEDIA_TYPE, time).expect("a signature"), &tsa(&world.pki, time))
    };
    let receipt = ReceiptContent::of_sending(&sent, 1, None).expect("a receipt");
    let dispatch = ReceiptContent::of_consignment(&sent, &consigned, None).expect("a proof of dispatch");
    let answer = Receipt::of(&receipt, &signed(&receipt), "cid:receipt@example.org").expect("an answer");
    let status = StatusResponse::sent(&dispatch, &signed(&dispatch), "cid:dispatch@example.org").expect("an answer");
    vec![receipt.to_xml(), dispatch.to_xml(), answer.to_xml(), status.to_xml()]
}
