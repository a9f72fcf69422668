//! Submissions that their senders signed, and the recipient's own signature of an acceptance: signatures by parties.

use std::fmt;

use chrono::{DateTime, Utc};
use const_oid::ObjectIdentifier;

use super::error::SealError;
use super::{Credentials, ProofId};
use crate::asn1::oid;
use crate::cms::{EncapsulatedContent, SignedAttributes};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::evidence::limits::MAX_SUBMISSION_SIGNATURE;
use crate::evidence::{DecodeStatementError, RecipientSignature, Submission};

/// A submission with the signature of its sender, two files that are kept beside the proof: the submission as JSON, and a
/// detached CAdES signature over its octets (`.p7s`).
///
/// Anybody may have made the signature, by whatever program. Nothing of it is verified here:
/// [`Verifier::verify_submission`](crate::Verifier::verify_submission) does that.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedSubmission {
    submission: Submission,
    signature: Vec<u8>,
}

/// The reason why two files are no signed submission.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubmissionError {
    /// The octets are no submission in its form.
    #[error("the octets are no submission")]
    Submission(#[source] DecodeStatementError),
    /// The signature has no octets, or more than 64 KiB.
    #[error("the signature of the submission is empty or longer than 64 KiB")]
    Signature,
}

impl SignedSubmission {
    /// Signs a submission as its sender, as CAdES B-B with the commitment proof of origin (ETSI EN 319 122-1 V1.3.1, clause
    /// 5.2.3).
    ///
    /// # Errors
    /// `NoSigner`, `SigningTime`, `CertificateExpired`, `CertificateNotYetValid`, `Sign`.
    pub fn sign(submission: Submission, sender: &Credentials, now: DateTime<Utc>) -> Result<Self, SealError> {
        let signature = sender.sign_detached(submission.json(), Some(JSON), oid::PROOF_OF_ORIGIN, now)?;
        Ok(Self { submission, signature })
    }

    /// Takes both files as they were received, the signature in DER or BER and of at most 64 KiB.
    ///
    /// # Errors
    /// [`SubmissionError`].
    pub fn from_parts(submission: &[u8], signature: &[u8]) -> Result<Self, SubmissionError> {
        let submission = Submission::from_json(submission).map_err(SubmissionError::Submission)?;
        let fits = (1..=MAX_SUBMISSION_SIGNATURE).contains(&signature.len());
        if fits { Ok(Self { submission, signature: signature.to_vec() }) } else { Err(SubmissionError::Signature) }
    }

    /// Returns the submission as it was signed.
    pub fn submission(&self) -> &Submission {
        &self.submission
    }

    /// Returns the octets of the signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Returns the digest that a proof states, SHA-512 over the octets of the signature.
    ///
    /// The signature binds the submission. A digest of the submission itself would let anybody try identifiers of persons until
    /// one fits, also after its disclosure was erased; nobody can guess a signature.
    pub fn digest(&self) -> Digest {
        DigestAlgorithm::Sha512.digest(&self.signature)
    }
}

impl fmt::Debug for SignedSubmission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedSubmission({:?}, {} octets)", self.submission, self.signature.len())
    }
}

/// The media type of a submission.
const JSON: &str = "application/json";

impl Credentials {
    /// Signs, as a recipient, the acceptance of a letter: a detached CAdES B-B over the 32 octets of the ProofId of its sending,
    /// with the commitment proof of receipt (ETSI EN 319 122-1 V1.3.1, clause 5.2.3).
    ///
    /// # Errors
    /// `NoSigner`, `SigningTime`, `CertificateExpired`, `CertificateNotYetValid`, `Sign`; `Statement` for a signature of more
    /// than 64 KiB.
    pub fn sign_receipt(&self, sending: ProofId, now: DateTime<Utc>) -> Result<RecipientSignature, SealError> {
        let signature = self.sign_detached(sending.digest().as_bytes(), None, oid::PROOF_OF_RECEIPT, now)?;
        Ok(RecipientSignature::new(&signature)?)
    }

    /// Signs content that stays elsewhere.
    fn sign_detached(
        &self,
        content: &[u8],
        mime_type: Option<&str>,
        commitment: ObjectIdentifier,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, SealError> {
        let signer = self.signer().ok_or(SealError::NoSigner)?;
        let signed_attributes = self.signed_attributes(&SignedAttributes {
            message_digest: &self.template.digest_algorithm().digest(content),
            signing_time: now,
            mime_type,
            commitment: Some(commitment),
        })?;
        let signature = signer.sign(&signed_attributes)?;
        Ok(self.template.assemble(EncapsulatedContent::Detached, &signed_attributes, &signature))
    }
}
