//! Making seals.

use chrono::{DateTime, Datelike, Utc};

use super::error::SealError;
use super::payload_signature::PayloadSignature;
use super::proof::Proof;
use super::unstamped::Unstamped;
use super::{Credentials, Envelope};
use crate::asn1::oid;
use crate::cades::{Content, SignedAttributes};
use crate::evidence::{Event, Issuer, PayloadDigests, Statement};
use crate::pki::revocation::RevocationData;

/// The media type of a statement, in the mime-type attribute.
const STATEMENT_MEDIA_TYPE: &str = "application/json";

/// What the seal commits its signer to (ETSI EN 319 122-1 V1.3.1, clause 5.2.3). The event is what the statement says;
/// it is never derived from this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commitment {
    /// proof of sender for a sending, proof of delivery for an opening.
    #[default]
    ByEvent,
    /// No commitment-type-indication.
    Absent,
}

/// Seals statements of one issuer with one set of credentials.
#[derive(Clone, Debug)]
pub struct Sealer {
    credentials: Credentials,
    issuer: Issuer,
    commitment: Commitment,
}

impl Sealer {
    /// A sealer for statements that `issuer` makes.
    pub fn new(credentials: Credentials, issuer: Issuer) -> Self {
        Self { credentials, issuer, commitment: Commitment::default() }
    }

    /// With another choice of commitment-type-indication.
    #[must_use]
    pub fn with_commitment(mut self, commitment: Commitment) -> Self {
        self.commitment = commitment;
        self
    }

    /// With CRLs and OCSP responses about the seal's chain in every seal, so that a proof can be verified when nobody
    /// publishes them any more (B-LT). Renew the sealer when they grow old: what counts is that they are fresh at the
    /// time of the timestamp.
    #[must_use]
    pub fn with_revocation(mut self, data: &RevocationData) -> Self {
        self.credentials = self.credentials.with_revocation(data);
        self
    }

    /// Who seals.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Seals a statement: CAdES B-B with attached content, signing-time `now` (whole seconds).
    ///
    /// # Errors
    /// `Statement`, `SigningTime`, `Sign`.
    pub fn seal<S: Statement>(&self, statement: &S, now: DateTime<Utc>) -> Result<Unstamped<Proof<S>>, SealError> {
        self.seal_owned(statement.clone(), now)
    }

    pub(super) fn seal_owned<S: Statement>(
        &self,
        statement: S,
        now: DateTime<Utc>,
    ) -> Result<Unstamped<Proof<S>>, SealError> {
        let template = &self.credentials.template;
        let content = statement.encode(&self.issuer)?;
        let (attributes, signature) = self.sign(&SignedAttributes {
            message_digest: &template.digest_algorithm().digest(&content),
            signing_time: now,
            mime_type: Some(STATEMENT_MEDIA_TYPE),
            commitment: self.commitment_of(statement.event()),
        })?;
        let envelope = Envelope::sealed(template.assemble(Content::Attached(&content), &attributes, &signature));
        Ok(Unstamped::new(Proof::sealed(envelope, statement, self.issuer.clone(), &attributes)))
    }

    /// Signs the payload itself, from its digest: a detached CAdES B-B, signing-time `now`.
    ///
    /// # Errors
    /// `DigestMissing` when `digests` lacks the algorithm of the signature ([`Credentials::algorithm`]); `MediaType`;
    /// `SigningTime`; `Sign`.
    pub fn sign_payload(
        &self,
        digests: &PayloadDigests,
        media_type: &str,
        now: DateTime<Utc>,
    ) -> Result<Unstamped<PayloadSignature>, SealError> {
        let media_type = crate::evidence::media_type(media_type).map_err(|_| SealError::MediaType)?;
        let template = &self.credentials.template;
        let algorithm = template.digest_algorithm();
        let digest = digests.get(algorithm).ok_or(SealError::DigestMissing(algorithm.name()))?;
        let (attributes, signature) = self.sign(&SignedAttributes {
            message_digest: digest,
            signing_time: now,
            mime_type: Some(&media_type),
            commitment: None,
        })?;
        let envelope = Envelope::sealed(template.assemble(Content::Detached, &attributes, &signature));
        Ok(Unstamped::new(PayloadSignature::sealed(envelope)))
    }

    /// The signed attributes and their signature.
    fn sign(&self, varying: &SignedAttributes<'_>) -> Result<(Vec<u8>, Vec<u8>), SealError> {
        if !(1950..=9999).contains(&varying.signing_time.year()) {
            return Err(SealError::SigningTime);
        }
        let attributes = self.credentials.template.signed_attributes(varying);
        let signature = self.credentials.signer().sign(&attributes)?;
        Ok((attributes, signature))
    }

    fn commitment_of(&self, event: Event) -> Option<const_oid::ObjectIdentifier> {
        match (self.commitment, event) {
            (Commitment::Absent, _) => None,
            (Commitment::ByEvent, Event::SubmissionAcceptance) => Some(oid::PROOF_OF_SENDER),
            (Commitment::ByEvent, _) => Some(oid::PROOF_OF_DELIVERY),
        }
    }
}
