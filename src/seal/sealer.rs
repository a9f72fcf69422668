//! Makes seals, and prepares those that are signed elsewhere.

use chrono::{DateTime, Utc};

use super::delays::{MAXIMUM_SEALING_DELAY, check_event};
use super::error::SealError;
use super::payload_signature::PayloadSignature;
use super::prepared::Prepared;
use super::proof::Proof;
use super::unstamped::Unstamped;
use super::{Artifact, Credentials, Envelope};
use crate::asn1::oid;
use crate::cms::{EncapsulatedContent, SignedAttributes};
use crate::evidence::profile::CommitmentType;
use crate::evidence::{
    AnnouncedSeal, BatchStatement, Codec, Event, Issuer, PayloadDigests, Statement, announcing, check_draft,
};
use crate::pki::revocation::RevocationData;

/// The commitment-type-indication of a seal (ETSI EN 319 122-1 V1.3.1, clause 5.2.3). The event is that of the
/// statement; it is never derived from the commitment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commitment {
    /// The commitment is that of the event in the table of events: proof of sender for a sending, proof of delivery
    /// for an opening.
    #[default]
    ByEvent,
    /// The seal has no commitment-type-indication.
    Absent,
}

/// A sealer seals statements of one issuer with one set of credentials.
#[derive(Clone, Debug)]
pub struct Sealer {
    credentials: Credentials,
    issuer: Issuer,
    commitment: Commitment,
    /// How many seconds after its event a seal is made at the latest.
    maximum_sealing_delay: u32,
    /// The second seal that statements announce.
    pub(super) second: Option<SecondCredentials>,
}

/// Credentials of second seals, with what statements say of them.
#[derive(Clone, Debug)]
pub(super) struct SecondCredentials {
    pub(super) credentials: Credentials,
    pub(super) announced: AnnouncedSeal,
}

impl SecondCredentials {
    /// Puts the revocation data of the first credentials into every second seal.
    pub(super) fn with_revocation_of(self, first: &Credentials) -> Self {
        Self { credentials: self.credentials.with_revocation_of(first), ..self }
    }
}

impl Sealer {
    /// Makes a sealer for statements of `issuer`.
    pub fn new(credentials: Credentials, issuer: Issuer) -> Self {
        Self {
            credentials,
            issuer,
            commitment: Commitment::default(),
            maximum_sealing_delay: MAXIMUM_SEALING_DELAY,
            second: None,
        }
    }

    /// Sets another choice of commitment-type-indication.
    #[must_use]
    pub fn with_commitment(mut self, commitment: Commitment) -> Self {
        self.commitment = commitment;
        self
    }

    /// Sets how many seconds after its event a seal is made at the latest; a day unless set, as in the default policy of a
    /// verifier. The proofs of later seals pass only where the policy has the same number
    /// ([`Policy::maximum_sealing_delay`](crate::Policy)).
    #[must_use]
    pub fn with_maximum_sealing_delay(mut self, seconds: u32) -> Self {
        self.maximum_sealing_delay = seconds;
        self
    }

    /// Puts CRLs and OCSP responses about the seal's chain into every seal, so that a proof can be verified when they
    /// are no longer published (B-LT). Second seals get them too, whether their credentials were given before or after:
    /// give those about both chains. Renew the sealer when they grow old, because they must be fresh at the time of the
    /// timestamp.
    #[must_use]
    pub fn with_revocation(mut self, data: &RevocationData) -> Self {
        self.credentials = self.credentials.with_revocation(data);
        self.second = self.second.map(|second| second.with_revocation_of(&self.credentials));
        self
    }

    /// Returns the issuer of the statements.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Returns how many seconds after its event a seal is made at the latest.
    pub(super) fn maximum_sealing_delay(&self) -> u32 {
        self.maximum_sealing_delay
    }

    /// Returns the credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Returns the credentials of second seals, if the sealer makes some.
    pub(crate) fn second_seal_credentials(&self) -> Option<&Credentials> {
        self.second.as_ref().map(|second| &second.credentials)
    }

    /// Seals a statement as CAdES B-B with attached content and signing-time `now` (whole seconds).
    ///
    /// # Errors
    /// `NoSigner`, `EventAfterSigning`, `SealedTooLate`, `Statement`, `SigningTime`, `CertificateExpired`,
    /// `CertificateNotYetValid`, `Sign`.
    pub fn seal<S: Statement>(&self, statement: &S, now: DateTime<Utc>) -> Result<Unstamped<Proof<S>>, SealError> {
        self.seal_owned(statement.clone(), now)
    }

    pub(super) fn seal_owned<S: Statement>(
        &self,
        statement: S,
        now: DateTime<Utc>,
    ) -> Result<Unstamped<Proof<S>>, SealError> {
        let signer = self.credentials.signer().ok_or(SealError::NoSigner)?;
        let statement = self.announcing(statement);
        let draft = self.draft(&statement, now)?;
        let signature = signer.sign(&draft.signed_attributes)?;
        Ok(Unstamped::new(self.proof(statement, draft, &signature), self.credentials.signing(now)))
    }

    /// Prepares a seal for a key that is elsewhere, the first of three steps. The result holds the octets that
    /// [`seal`](Self::seal) would have signed, and is completed with a signature.
    ///
    /// # Errors
    /// `EventAfterSigning`, `SealedTooLate`, `Statement`, `SigningTime`, `CertificateExpired`,
    /// `CertificateNotYetValid`.
    pub fn prepare<S: Statement>(&self, statement: &S, now: DateTime<Utc>) -> Result<Prepared<Proof<S>>, SealError> {
        self.prepare_owned(statement.clone(), now)
    }

    pub(super) fn prepare_owned<S: Statement>(
        &self,
        statement: S,
        now: DateTime<Utc>,
    ) -> Result<Prepared<Proof<S>>, SealError> {
        let statement = self.announcing(statement);
        let draft = self.draft(&statement, now)?;
        let message = draft.signed_attributes.clone();
        Ok(Prepared::new(self.proof(statement, draft, &[]), message, &self.credentials))
    }

    /// Signs the payload itself, from its digest, as a detached CAdES B-B with signing-time `now`.
    ///
    /// # Errors
    /// `DigestMissing` when `digests` lacks the algorithm of the signature ([`Credentials::algorithm`]); `MediaType`;
    /// `MediaTypeReserved`; `NoSigner`; `SigningTime`; `CertificateExpired`; `CertificateNotYetValid`; `Sign`.
    pub fn sign_payload(
        &self,
        digests: &PayloadDigests,
        media_type: &str,
        now: DateTime<Utc>,
    ) -> Result<Unstamped<PayloadSignature>, SealError> {
        let signer = self.credentials.signer().ok_or(SealError::NoSigner)?;
        let draft = self.draft_of_payload(digests, media_type, now)?;
        let signature = signer.sign(&draft.signed_attributes)?;
        let artifact = PayloadSignature::sealed(self.envelope(&draft, &signature));
        Ok(Unstamped::new(artifact, self.credentials.signing(now)))
    }

    /// Prepares a signature over the payload itself, as [`prepare`](Self::prepare) does for a statement.
    ///
    /// # Errors
    /// `DigestMissing`, `MediaType`, `MediaTypeReserved`, `SigningTime`, `CertificateExpired`, `CertificateNotYetValid`.
    pub fn prepare_payload(
        &self,
        digests: &PayloadDigests,
        media_type: &str,
        now: DateTime<Utc>,
    ) -> Result<Prepared<PayloadSignature>, SealError> {
        let draft = self.draft_of_payload(digests, media_type, now)?;
        let signature = PayloadSignature::sealed(self.envelope(&draft, &[]));
        Ok(Prepared::new(signature, draft.signed_attributes, &self.credentials))
    }

    /// Returns the statement with the announcement of the second seal that this sealer makes, or of none.
    pub(super) fn announcing<S: Statement>(&self, statement: S) -> S {
        announcing(statement, self.second.as_ref().map(|second| &second.announced))
    }

    fn draft<S: Statement>(&self, statement: &S, now: DateTime<Utc>) -> Result<Draft, SealError> {
        let content = self.encoded(statement)?;
        let draft =
            self.draft_of_content(content, Codec::default().media_type(), self.commitment_of(statement.event()), now)?;
        check_event(statement.event_time(), now, self.maximum_sealing_delay)?;
        Ok(draft)
    }

    /// Encodes a statement that may be sealed.
    ///
    /// # Errors
    /// `Statement`.
    pub(super) fn encoded<S: Statement>(&self, statement: &S) -> Result<Vec<u8>, SealError> {
        self.check_statement(statement)?;
        Ok(Codec::default().encode(statement, &self.issuer)?)
    }

    fn draft_of_content(
        &self,
        content: Vec<u8>,
        media_type: &str,
        commitment: Option<const_oid::ObjectIdentifier>,
        now: DateTime<Utc>,
    ) -> Result<Draft, SealError> {
        let signed_attributes = self.credentials.signed_attributes(&SignedAttributes {
            message_digest: &self.credentials.template.digest_algorithm().digest(&content),
            signing_time: now,
            mime_type: Some(media_type),
            commitment,
        })?;
        Ok(Draft { content: Some(content), signed_attributes })
    }

    /// Seals content that makes no commitment: a batch statement, whose statements may be of several events, or a checkpoint.
    pub(super) fn seal_content<A: Artifact>(
        &self,
        (content, media_type): (Vec<u8>, &str),
        now: DateTime<Utc>,
        artifact: impl FnOnce(Envelope) -> A,
    ) -> Result<Unstamped<A>, SealError> {
        let signer = self.credentials.signer().ok_or(SealError::NoSigner)?;
        let draft = self.draft_of_content(content, media_type, None, now)?;
        let signature = signer.sign(&draft.signed_attributes)?;
        Ok(Unstamped::new(artifact(self.envelope(&draft, &signature)), self.credentials.signing(now)))
    }

    /// Prepares the seal over such content.
    pub(super) fn prepare_content<A: Artifact>(
        &self,
        (content, media_type): (Vec<u8>, &str),
        now: DateTime<Utc>,
        artifact: impl FnOnce(Envelope) -> A,
    ) -> Result<Prepared<A>, SealError> {
        let draft = self.draft_of_content(content, media_type, None, now)?;
        let seal = artifact(self.envelope(&draft, &[]));
        Ok(Prepared::new(seal, draft.signed_attributes, &self.credentials))
    }

    /// What could never pass is not sealed.
    ///
    /// # Errors
    /// `Statement`.
    pub(super) fn check_statement<S: Statement>(&self, statement: &S) -> Result<(), SealError> {
        Ok(check_draft(statement, self.issuer.environment())?)
    }

    fn draft_of_payload(
        &self,
        digests: &PayloadDigests,
        media_type: &str,
        now: DateTime<Utc>,
    ) -> Result<Draft, SealError> {
        let media_type = crate::evidence::media_type(media_type).map_err(|_| SealError::MediaType)?;
        let (essence, _) = media_type.split_once(';').unwrap_or((&media_type, ""));
        if essence.trim().eq_ignore_ascii_case(BatchStatement::MEDIA_TYPE) {
            return Err(SealError::MediaTypeReserved);
        }
        let algorithm = self.credentials.template.digest_algorithm();
        let signed_attributes = self.credentials.signed_attributes(&SignedAttributes {
            message_digest: digests.get(algorithm).ok_or(SealError::DigestMissing(algorithm.name()))?,
            signing_time: now,
            mime_type: Some(&media_type),
            commitment: None,
        })?;
        Ok(Draft { content: None, signed_attributes })
    }

    fn envelope(&self, draft: &Draft, signature: &[u8]) -> Envelope {
        let content = draft.content.as_deref().map_or(EncapsulatedContent::Detached, EncapsulatedContent::Attached);
        Envelope::sealed(self.credentials.template.assemble(content, &draft.signed_attributes, signature))
    }

    fn proof<S: Statement>(&self, statement: S, draft: Draft, signature: &[u8]) -> Proof<S> {
        let envelope = self.envelope(&draft, signature);
        Proof::sealed(envelope, statement, self.issuer.clone(), draft.signed_attributes)
    }

    fn commitment_of(&self, event: Event) -> Option<const_oid::ObjectIdentifier> {
        let by_event = match self.commitment {
            Commitment::Absent => None,
            Commitment::ByEvent => event.profile().commitment,
        };
        by_event.map(|commitment| match commitment {
            CommitmentType::ProofOfSender => oid::PROOF_OF_SENDER,
            CommitmentType::ProofOfDelivery => oid::PROOF_OF_DELIVERY,
        })
    }
}

/// The parts of a seal except its signature.
struct Draft {
    /// The attached content.
    content: Option<Vec<u8>>,
    /// The signed attributes as SET OF, which are signed.
    signed_attributes: Vec<u8>,
}
