//! The receipt that the national service prints in its specification (skipped where the collected data is not there).

use std::path::{Path, PathBuf};

use recommande::crypto::DigestAlgorithm;
use recommande::evidence::Ticket;
use recommande::life::{Case, CaseVerdict, ForeignEffect, ForeignEvent, ForeignEvidence, ForeignStatement};
use recommande::verify::Code;
use recommande::{Environment, TrustAnchors, Verifier};
use recommande_registered_mail::Receipt;

use crate::common::{TICKET, afterwards, enterprise, niss, receipt, send_document_response};

fn signature() -> Option<Vec<u8>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let corpus = std::env::var_os("RECOMMANDE_CORPUS").map_or_else(beside, PathBuf::from);
    let path = corpus.join("belgium/bcss-receipt-2014.p7s");
    let signature = std::fs::read(&path);
    if signature.is_err() {
        println!("SKIPPED: {} is not there", path.display());
    }
    signature.ok()
}

#[test]
fn a_receipt_of_2014_stays_a_claim() {
    let Some(signature) = signature() else { return };
    // Its content is not published, so that another one stands in its place here: the claim fails by that alone.
    let message = send_document_response(&receipt(), &signature);
    let read = Receipt::from_xml(message.as_bytes()).unwrap();
    assert_eq!(read.document().signature(), signature);
    let verifier = Verifier::new(TrustAnchors::new(), TrustAnchors::new(), Environment::Production);
    let evidence = read.judge(&verifier, receipt().as_bytes(), afterwards()).unwrap();
    assert_eq!(evidence.proven_at(), None);
    assert!(evidence.service().is_some_and(|service| service.contains("KSZ - BCSS")), "{:?}", evidence.service());
    let letters = Case::with_foreign(&[], &[evidence]);
    let case = letters[0].cases[0].as_ref().unwrap();
    assert_eq!((letters[0].message.as_str(), case.verdict), (TICKET, CaseVerdict::Nothing));
    assert_eq!(case.foreign[0].effect, ForeignEffect::Claimed);
    assert_eq!(case.foreign[0].finding.as_ref().unwrap().code, Code::MessageDigestDiffers);
}

#[test]
fn what_nobody_signed_at_all_is_a_claim() {
    let verifier = Verifier::new(TrustAnchors::new(), TrustAnchors::new(), Environment::Production);
    let digest = DigestAlgorithm::Sha256.digest(b"");
    let (ticket, sender) = (Ticket::new(TICKET).unwrap(), enterprise("0566988259").into());
    let stated = ForeignStatement::new(ForeignEvent::ContentConsignment, ticket, sender, niss().into(), digest);
    let evidence = ForeignEvidence::judge(&verifier, b"content", b"no signature", stated, afterwards());
    assert_eq!((evidence.proven_at(), evidence.service()), (None, None));
}
