//! Letters with what their parties signed themselves: the sender's submission, and the recipient's own signature.

use recommande::evidence::Submission;
use recommande::seal::SignedSubmission;
use recommande::testing::{CertificateSpec, CertifiedKey};
use recommande::{Credentials, Environment, Sending, Verifier};

use crate::case::{Case, FORGED};
use crate::letters::plain::letter;
use crate::manifest::{LetterVector, SignedFile};
use crate::steps::letter_by;
use crate::world::{LETTER, Result, SUBMITTED, World, at, derived, pem, sending, valid_from, valid_until};

const SENDERS: &str = "anchors/senders.pem";
const SUBMISSION: &str = "case/submission";

/// The proofs that are made here, what the parties signed, and the letters.
pub struct Parties {
    pub proofs: Vec<Case>,
    pub files: Vec<(String, Vec<u8>)>,
    pub vectors: Vec<LetterVector>,
}

pub fn all(world: &World) -> Result<Parties> {
    let (mut proofs, mut files) = (Vec::new(), Vec::new());
    let sender = sender("Example Sending Office")?;
    files.push((SENDERS.to_owned(), pem(&[&sender.certificate])));
    let draft = sending(80, LETTER)?;
    let signed = signed(&sender, &draft)?;
    files.push((format!("{SUBMISSION}.json"), signed.submission().json().to_vec()));
    files.push((format!("{SUBMISSION}.p7s"), signed.signature().to_vec()));
    let senders =
        Verifier::new([sender.certificate.clone()].into_iter().collect(), world.pki.tsa_anchors(), Environment::Test);
    let submitted = draft.submitted_by(&senders.verify_submission(&signed, at(SUBMITTED))?)?;
    let why = "The sender signed what the service was to carry.";
    let sent = "case/sending-with-submission";
    let letter = letter_by(world, sent, why, &submitted, &mut proofs)?;
    let why = "The service names the submission of its sender, and states another subject.";
    let otherwise = "case/sending-other-than-submitted";
    let edits = [("Building permit", "Building refusal")];
    let forged = letter.forged(&submitted, &edits)?;
    proofs.push(Case::new(otherwise, FORGED, why, forged).event("SubmissionAcceptance"));
    Ok(Parties { proofs, files, vectors: vectors(sent, otherwise) })
}

/// A sender with a key of its own, whose certificate has its number.
fn sender(name: &str) -> Result<CertifiedKey> {
    let spec = CertificateSpec::seal(name, valid_from(), valid_until()).with_organization(name, "NTRBE-0566988259");
    Ok(spec.self_signed(derived("sender")?)?)
}

fn signed(sender: &CertifiedKey, draft: &Sending) -> Result<SignedSubmission> {
    let credentials = Credentials::new(sender.signer.clone(), vec![sender.certificate.clone()])?;
    Ok(SignedSubmission::sign(Submission::of(draft, Environment::Test)?, &credentials, at(SUBMITTED))?)
}

fn vectors(sent: &'static str, otherwise: &'static str) -> Vec<LetterVector> {
    let recipient = ["event/sending-with-signature", "event/request-for-signature", "event/recipient-signature"];
    vec![
        submitted(letter("submitted-by-its-sender", "The sending is what its sender signed.", &[sent]))
            .proven("submitted"),
        letter("submission-not-given", "The submission that the sending names is not at hand.", &[sent])
            .proven("submitted")
            .gap("submission-not-given"),
        by_strangers(letter(
            "submission-not-verified",
            "The certificate of the submission's signature leads to no anchor of senders.",
            &[sent],
        ))
        .case("incomplete", Some("submitted"), "submitted")
        .gap("submission-not-verified"),
        submitted(letter("submission-differs", "The sending is not what its sender signed.", &[otherwise]))
            .contradicted("submitted")
            .by("submission-differs", "failed", &[otherwise]),
        of_recipients(letter(
            "recipient-signature-invalid",
            "The acceptance has octets in the place of the recipient's signature, which is judged.",
            &recipient,
        ))
        .proven("awaiting-answer")
        .by("recipient-signature-invalid", "statement-failed", &recipient[2..]),
    ]
}

/// The letter with the submission, and the anchors of senders.
fn submitted(mut letter: LetterVector) -> LetterVector {
    letter.input.sender_anchors = Some(SENDERS.into());
    letter.input.submissions =
        vec![SignedFile { file: format!("{SUBMISSION}.json"), signature: format!("{SUBMISSION}.p7s") }];
    letter
}

/// The same, with anchors under which no sender is.
fn by_strangers(letter: LetterVector) -> LetterVector {
    let mut letter = submitted(letter);
    letter.input.sender_anchors = Some("anchors/seal.pem".into());
    letter
}

fn of_recipients(mut letter: LetterVector) -> LetterVector {
    letter.input.recipient_anchors = Some("anchors/seal.pem".into());
    letter
}
