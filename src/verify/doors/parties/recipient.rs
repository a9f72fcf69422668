//! The recipient's own signature of an acceptance.

use super::party_signature::{Commitment, PartySignature, Times, Verdict, examine_party_signature, reason};
use crate::asn1::oid;
use crate::evidence::{CertificateNames, Statement};
use crate::finding::{Code, Details, Finding, Ledger, Subject};
use crate::pki::Certificate;
use crate::verify::settings::Settings;

/// Judges the recipient's own signature over the ProofId of the sending, if a verifier of recipients was given.
pub(in crate::verify::doors) fn check_recipient_signature<S: Statement>(
    statement: &S,
    recipients: Option<&Settings>,
    times: Times,
    ledger: &mut Ledger<'_>,
) {
    let (Some(signature), Some(sending)) = (statement.recipient_signature(), statement.preceding_evidence()) else {
        return;
    };
    let Some(settings) = recipients else {
        ledger.note(Subject::Statement, Code::RecipientSignatureNotEvaluated);
        return;
    };
    let mut of_signature = Ledger::decisive(&settings.policy.levels);
    let content = sending.proof_id().as_bytes();
    let signature = examine_party_signature(signature.octets(), content, settings, times, &mut of_signature);
    match signature.verdict(&of_signature) {
        Verdict::Valid(certificate) => {
            ledger.note(Subject::Statement, Code::RecipientSignatureValid);
            check_commitment(&signature, ledger);
            check_signer(statement, &certificate, ledger);
        }
        Verdict::Failed(finding) => {
            ledger.note_with(Subject::Statement, code_of_failure(&finding), || reason(&finding));
        }
        Verdict::Open(finding) => {
            ledger.note_with(Subject::Statement, Code::RecipientSignatureNotVerified, || reason(&finding));
        }
    }
}

/// A signature that verifies over other octets is one of another letter; what cannot be read is no signature.
fn code_of_failure(finding: &Finding) -> Code {
    if finding.code == Code::MessageDigestDiffers {
        Code::RecipientSignatureOfAnotherSending
    } else if finding.code == Code::Malformed {
        Code::RecipientSignatureUnreadable
    } else {
        Code::RecipientSignatureInvalid
    }
}

/// The recipient commits to a receipt (ETSI EN 319 122-1 V1.3.1, clause 5.2.3). A signature that was made for another purpose
/// accepts no letter.
fn check_commitment(signature: &PartySignature, ledger: &mut Ledger<'_>) {
    if signature.commitment != Commitment::To(oid::PROOF_OF_RECEIPT) {
        let stated = signature.commitment;
        ledger.note_with(Subject::Statement, Code::RecipientSignatureWithoutReceipt, || Details::stated(stated));
    }
}

/// The certificate is that of the recipient or delegate who answered. Any holder of a certificate under a trusted anchor could
/// accept for another one otherwise.
fn check_signer<S: Statement>(statement: &S, certificate: &Certificate, ledger: &mut Ledger<'_>) {
    // Of a party whose identifier changed the certificate may have either.
    let code = match CertificateNames::any_of(statement.core().answering_parties(), certificate) {
        CertificateNames::Party => Code::RecipientInCertificate,
        CertificateNames::Another => Code::RecipientNotInCertificate,
        CertificateNames::Nobody => Code::RecipientNotIdentified,
    };
    ledger.note(Subject::Statement, code);
}
