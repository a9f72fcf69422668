//! Sealed, not yet timestamped.

use rfc3161_client::{MessageImprint, Nonce, TimeStampReq, TimeStampToken, TsaPool};

use super::Envelope;
use super::error::{DecodeError, TimestampError};
use crate::asn1::oid;
use crate::cades::with_unsigned_attribute;
use crate::finding::{Ledger, Levels, Notes, Subject};
use crate::timestamp::{TokenCheck, check_token};

/// A sealed file: a proof, or a signature over a payload.
pub trait Artifact: Sized + sealed::Sealed {
    /// Reads it from its DER.
    ///
    /// # Errors
    /// [`DecodeError`].
    fn from_der(der: &[u8]) -> Result<Self, DecodeError>;

    /// The file.
    fn der(&self) -> &[u8];

    #[doc(hidden)]
    fn envelope(&self) -> &Envelope;

    #[doc(hidden)]
    fn with_envelope(self, envelope: Envelope) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl<S> Sealed for super::super::Proof<S> {}
    impl Sealed for super::super::PayloadSignature {}
}

/// A seal without a timestamp: CAdES B-B. It is a value to be stored (its [`der`](Self::der)) and taken up again in another process.
#[derive(Clone, Debug, PartialEq)]
pub struct Unstamped<A>(A);

impl<A: Artifact> Unstamped<A> {
    pub(super) fn new(artifact: A) -> Self {
        Self(artifact)
    }

    /// Takes up a stored seal.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        A::from_der(der).map(Self)
    }

    /// The file to store (`.p7m`, or `.p7s` of a payload signature).
    pub fn der(&self) -> &[u8] {
        self.0.der()
    }

    /// The seal as it is: an artifact that verifies as INDETERMINATE, `timestamp-missing`.
    pub fn as_artifact(&self) -> &A {
        &self.0
    }

    /// The request for a timestamp over this seal (the digest of its signature octets, ETSI EN 319 122-1 clause 5.3), certificates wanted. Store its DER (`.tsq`) beside
    /// the seal while it is pending.
    ///
    /// # Errors
    /// `Seal` when the stored seal cannot be read.
    pub fn timestamp_request(&self, nonce: Nonce) -> Result<TimeStampReq, TimestampError> {
        let open = self.0.envelope().open()?;
        let signer_info = open.signer_info().map_err(DecodeError::from)?;
        // The digest of the signature's own strength, where this build has it; RFC 3161 leaves the choice free.
        let algorithm = crate::crypto::DigestAlgorithm::from_oid(signer_info.digest_algorithm.oid)
            .filter(|algorithm| algorithm.output_len() >= 32)
            .unwrap_or(crate::crypto::DigestAlgorithm::Sha256);
        let digest = algorithm.digest(signer_info.signature);
        let imprint = MessageImprint::new(algorithm.oid(), digest.as_bytes());
        Ok(TimeStampReq::new(imprint).with_nonce(nonce))
    }

    /// Attaches the token of a response, after checking that it answers `request` and is sound: about this seal, genuine, by a certificate for
    /// time-stamping. Whether its TSA is trusted is for the verifier, who has the anchors.
    ///
    /// # Errors
    /// `Response`, `OtherRequest`, `Token`. The seal is untouched.
    pub fn attach(&self, request: &TimeStampReq, response: &[u8]) -> Result<A, TimestampError>
    where
        A: Clone,
    {
        let token = request.check(response)?;
        self.attach_token(request, &token)
    }

    /// Requests a timestamp from a pool of TSAs, with a random nonce, and attaches it.
    ///
    /// # Errors
    /// `Tsa` with every TSA's answer, `Nonce`, `Token`. The seal is untouched.
    pub fn stamp_with(&self, tsas: &TsaPool) -> Result<A, TimestampError>
    where
        A: Clone,
    {
        let request = self.timestamp_request(Nonce::random().map_err(|_| TimestampError::Nonce)?)?;
        let token = tsas.timestamp(&request)?;
        self.attach_token(&request, &token)
    }

    fn attach_token(&self, request: &TimeStampReq, token: &TimeStampToken) -> Result<A, TimestampError>
    where
        A: Clone,
    {
        let own = self.timestamp_request(request.nonce().cloned().unwrap_or_else(|| Nonce::from_bytes(&[1])))?;
        if !own.imprint().matches(request.imprint()) {
            return Err(TimestampError::OtherRequest);
        }
        let open = self.0.envelope().open()?;
        let signature = open.signer_info().map_err(DecodeError::from)?.signature;
        let levels = Levels::default();
        let mut ledger = Ledger::decisive(&levels);
        let check = TokenCheck { imprint: &|algorithm| Some(algorithm.digest(signature)), extra: &[] };
        let genuine = check_token(token, &check, &mut Notes::new(&mut ledger, Subject::Timestamp(1)));
        if genuine.is_none() {
            let finding = ledger.into_findings().into_iter().find(|finding| !finding.outcome.is_acceptable());
            return Err(
                finding.map_or(TimestampError::OtherRequest, |finding| TimestampError::Token(Box::new(finding)))
            );
        }
        let stamped = with_unsigned_attribute(&open.signed_data, oid::SIGNATURE_TIME_STAMP, token.to_definite())
            .ok_or(DecodeError::from(super::ProfileViolation::Signers(0)))?;
        Ok(self.0.clone().with_envelope(Envelope::sealed(stamped)))
    }
}
