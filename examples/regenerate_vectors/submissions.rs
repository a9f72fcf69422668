//! Sendings whose sender signed what is carried, with the submission beside them.

use base64ct::{Base64, Encoding};
use const_oid::ObjectIdentifier;
use recommande::crypto::DigestAlgorithm;
use recommande::evidence::{Committed, Field, SaltSeed, Salts, Statement, Submission};
use recommande::seal::SignedSubmission;
use recommande::testing::{CertificateSpec, CertifiedKey, Forge, tlv};
use recommande::{
    Credentials, Environment, MessageId, PartDescription, PayloadDigests, Sending, TrustAnchors, Verifier,
};
use signed_data::tlv::Tag;

use crate::case::{Case, SENDERS};
use crate::oid;
use crate::steps::Letter;
use crate::world::{
    LETTER, OTHER_LETTER, Result, SUBMITTED, World, at, derived, pem, sending, valid_from, valid_until,
};

/// The sender signs a minute before the service accepts, or claims to do so afterwards.
const SIGNED: &str = "2026-03-02T09:14:04Z";
const SIGNED_LATER: &str = "2026-03-02T10:00:00Z";

const SENDER: &str = "NTRBE-0566988259";

/// What is made here, and the submissions beside it.
pub struct Submissions {
    pub cases: Vec<Case>,
    pub files: Vec<(String, Vec<u8>)>,
}

pub fn all(world: &World) -> Result<Submissions> {
    let letter = Letter { world, file: "good/sending", sent: world.verified.clone() };
    let (key, another) = (key_of("Test Sender", SENDER)?, key_of("Test Other Sender", "NTRBE-0406798006")?);
    let files = vec![(SENDERS.to_owned(), pem(&[&key.certificate, &another.certificate]))];
    let mut made = Made { letter, key, another, out: Submissions { cases: Vec::new(), files } };
    let (sending, signed) = made.good()?;
    made.of_others(&sending, &signed)?;
    made.commitments()?;
    made.signatures(&sending, &signed)?;
    Ok(made.out)
}

/// A certificate that signs itself.
fn key_of(name: &str, number: &str) -> Result<CertifiedKey> {
    let spec = CertificateSpec::seal(name, valid_from(), valid_until());
    let spec = spec.with_organization("Example Sending Office", number);
    Ok(spec.self_signed(derived(&format!("{name} of submissions"))?)?)
}

fn credentials(key: &CertifiedKey) -> Result<Credentials> {
    Ok(Credentials::new(key.signer.clone(), vec![key.certificate.clone()])?)
}

/// What is expected of a case.
type Expected<'a> = &'a dyn Fn(Case) -> Case;

struct Made<'w> {
    letter: Letter<'w>,
    key: CertifiedKey,
    /// That of another enterprise, which is trusted too.
    another: CertifiedKey,
    out: Submissions,
}

impl Made<'_> {
    fn signed_at(&self, draft: &Sending, time: &str) -> Result<SignedSubmission> {
        let submission = Submission::of(draft, Environment::Test)?;
        Ok(SignedSubmission::sign(submission, &credentials(&self.key)?, at(time))?)
    }

    /// The draft as the service takes it.
    fn carried(&self, draft: Sending, signed: &SignedSubmission) -> Result<Sending> {
        let pki = &self.letter.world.pki;
        let anchors = TrustAnchors::from_iter([self.key.certificate.clone()]);
        let senders = Verifier::new(anchors, pki.tsa_anchors(), Environment::Test);
        Ok(draft.submitted_by(&senders.verify_submission(signed, at(SIGNED_LATER))?)?)
    }

    /// The seal over a sending that states this submission in the place of another one.
    fn stating(&self, sending: &Sending, stated: &SignedSubmission, instead: &SignedSubmission) -> Result<Vec<u8>> {
        let value = |signed: &SignedSubmission| Base64::encode_string(signed.digest().as_bytes());
        self.letter.forged(sending, &[(&value(stated), &value(instead))])
    }

    /// Stores a submission under this name.
    fn store(&mut self, name: &str, signed: &SignedSubmission) {
        let (json, signature) = (signed.submission().json().to_vec(), signed.signature().to_vec());
        self.out.files.push((format!("submission/{name}.submission.json"), json));
        self.out.files.push((format!("submission/{name}.submission.p7s"), signature));
    }

    fn sealed(&self, id: &str, why: &str, sending: &Sending) -> Result<Case> {
        Ok(self.letter.case(id, why, &self.letter.world.sealer, sending, &[])?.sending(None))
    }

    fn forged(&self, id: &str, why: &str, sending: &Sending, der: Vec<u8>) -> Case {
        self.letter.case_of(id, why, sending, der, &[]).sending(None)
    }

    /// What the sender signed is what was sealed.
    fn good(&mut self) -> Result<(Sending, SignedSubmission)> {
        let draft = sending(81, LETTER)?;
        let signed = self.signed_at(&draft, SIGNED)?;
        self.store("letter", &signed);
        let sending = self.carried(draft, &signed)?;
        let why = "The sender signed what is carried, and the submission is at hand.";
        let given = self.sealed("submission/sending", why, &sending)?.submission("letter");
        self.out.cases.push(given.also("submission", "submission-matches", "passed").also(
            "submission",
            "sender-in-certificate",
            "passed",
        ));
        let why = "The sender signed what is carried, and the submission is not at hand.";
        let alone = self.sealed("submission/not-given", why, &sending)?;
        self.out.cases.push(alone.also("submission", "submission-not-given", "information"));
        let why = "A submission lies beside a proof that names none.";
        let unnamed = self.sealed("submission/not-named", why, &self.letter.world.sending)?.submission("letter");
        self.out.cases.push(unnamed.warning("submission", "submission-not-named"));
        Ok((sending, signed))
    }

    /// The submission is that of another sending, or is not the one that the proof names.
    fn of_others(&mut self, sending: &Sending, signed: &SignedSubmission) -> Result<()> {
        let twin = self.signed_at(sending, SUBMITTED)?;
        self.store("twin", &twin);
        let why = "The sender signed the same twice, and the proof names the other signature.";
        let differs = self.sealed("submission/differs", why, sending)?.submission("twin");
        self.out.cases.push(differs.failed("HASH_FAILURE", "submission", "submission-differs"));

        let another = self.signed_at(&another_message()?, SIGNED)?;
        self.store("another-message", &another);
        let why = "The proof names the submission of another message by the same sender.";
        let der = self.stating(sending, signed, &another)?;
        let case = self.forged("submission/of-another-sending", why, sending, der).submission("another-message");
        self.out.cases.push(case.failed("FORMAT_FAILURE", "submission", "submission-says-otherwise"));

        let why = "The service carries another letter than the sender signed.";
        let base64 = |letter: &[u8]| Base64::encode_string(DigestAlgorithm::Sha256.digest(letter).as_bytes());
        let der = self.letter.forged(sending, &[(&base64(LETTER), &base64(OTHER_LETTER))])?;
        let case = self.forged("submission/another-content", why, sending, der).submission("letter");
        self.out.cases.push(case.failed("FORMAT_FAILURE", "submission", "submission-says-otherwise"));
        Ok(())
    }

    /// What the sending commits to, and nobody disclosed, is not compared.
    fn commitments(&mut self) -> Result<()> {
        let draft = sending(82, LETTER)?;
        let signed = self.signed_at(&draft, SIGNED)?;
        self.store("committed", &signed);
        let sending = self.carried(draft, &signed)?;
        let seed = SaltSeed::from_bytes(&[0x82; 32])?;
        let committed = Committed::of(&sending, &Field::personal(&sending), Salts::Seed(&seed))?;
        let why = "The sending commits to its recipient, whose identifier the submission has.";
        let case = self.sealed("submission/committed", why, committed.statement())?.submission("committed");
        self.out.cases.push(case.also("submission", "submission-not-compared-in-full", "information"));
        Ok(())
    }

    /// The sender's signature is not what it should be, and the proof names it all the same.
    fn signatures(&mut self, sending: &Sending, signed: &SignedSubmission) -> Result<()> {
        let json = signed.submission().json();
        let read = |signature: &[u8]| SignedSubmission::from_parts(json, signature);
        let by = |key: &CertifiedKey| -> Result<SignedSubmission> {
            Ok(SignedSubmission::sign(signed.submission().clone(), &credentials(key)?, at(SIGNED))?)
        };
        let mut flipped = signed.signature().to_vec();
        *flipped.last_mut().ok_or("a signature without octets")? ^= 1;
        let for_receipt = oid::PROOF_OF_RECEIPT;
        let matches = |case: Case| case.also("submission", "submission-matches", "passed");
        let not_verified =
            |case: Case| case.indeterminate("SIG_CONSTRAINTS_FAILURE", "submission", "submission-not-verified");
        let cases: [(&str, &str, SignedSubmission, Expected<'_>); 6] = [
            ("signature-invalid", "The signature of the submission does not verify.", read(&flipped)?, &|case| {
                case.failed("SIG_CRYPTO_FAILURE", "submission", "submission-signature-invalid")
            }),
            (
                "not-trusted",
                "The signature of the submission is by a key that no anchor vouches for.",
                by(&key_of("Test Stranger", SENDER)?)?,
                &|case| case.indeterminate("NO_CERTIFICATE_CHAIN_FOUND", "submission", "submission-not-verified"),
            ),
            (
                "another-sender",
                "The signature of the submission is by another enterprise than the sender.",
                by(&self.another)?,
                &not_verified,
            ),
            (
                "for-another-purpose",
                "The sender's signature commits to a receipt.",
                read(&signature(json, &self.key, Some(for_receipt))?)?,
                &not_verified,
            ),
            (
                "without-origin",
                "The sender's signature makes no commitment.",
                read(&signature(json, &self.key, None)?)?,
                &|case| matches(case).warning("submission", "submission-without-origin"),
            ),
            (
                "signed-after-event",
                "The sender claims to have signed after the service accepted.",
                self.signed_at(sending, SIGNED_LATER)?,
                &|case| matches(case).warning("submission", "submission-signed-after-event"),
            ),
        ];
        for (name, why, instead, expected) in cases {
            self.store(name, &instead);
            let der = self.stating(sending, signed, &instead)?;
            let case = self.forged(&format!("submission/{name}"), why, sending, der).submission(name);
            self.out.cases.push(expected(case));
        }
        Ok(())
    }
}

/// A message of the same sender.
fn another_message() -> Result<Sending> {
    let sending = sending(83, LETTER)?;
    let part = PartDescription::new("letter.txt", "text/plain")?;
    let recipient = sending.recipients().first().ok_or("no recipient")?.clone();
    let message = MessageId::new("1ZG0000036L40")?;
    Ok(Sending::new(
        message,
        sending.sender().clone(),
        recipient,
        part,
        PayloadDigests::of_bytes(LETTER),
        at(SUBMITTED),
    )?)
}

/// The signature of a submission, with this commitment or none.
fn signature(json: &[u8], key: &CertifiedKey, commitment: Option<ObjectIdentifier>) -> Result<Vec<u8>> {
    let mut forge = Forge::seal(json, key, std::slice::from_ref(&key.certificate), at(SIGNED));
    if let Some(commitment) = commitment {
        let value = tlv(Tag::SEQUENCE, &[&tlv(Tag::OBJECT_IDENTIFIER, &[commitment.as_bytes()])]);
        forge.first().set(oid::COMMITMENT_TYPE, &[&value]);
    }
    forge.sign(&*key.signer)?;
    forge.content = None;
    Ok(forge.to_der())
}
