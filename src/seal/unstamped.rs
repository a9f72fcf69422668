//! Holds seals that have no timestamp yet.

use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use rfc3161_client::{Nonce, ParsedToken, ResponseError, TimeStampReq, TimeStampToken, TsaPool};

use super::Envelope;
use super::error::{DecodeError, TimestampError};
use super::signing::{Signing, TokenTime};
use crate::asn1::oid;
use crate::cms::{
    Appendable, ContentDigest, Unappendable, embedded_certificates, with_material, with_unsigned_attribute,
};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Ledger, Levels, Notes, Subject};
use crate::pki::revocation::RevocationData;
use crate::pki::{KnownCertificates, ValidationBudget};
use crate::time::request::request;
use crate::time::token::{ReadToken, Stamped, TokenCheck, check_token};

/// A sealed file: a proof, or a signature over a payload.
pub trait Artifact: Sized + sealed::Sealed {
    /// Reads the artifact from its DER.
    ///
    /// # Errors
    /// [`DecodeError`].
    fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        Self::from_envelope(Envelope::from_der(der.to_vec())?, INTERNAL)
    }

    /// Returns the file.
    fn der(&self) -> &[u8] {
        self.envelope(INTERNAL).der()
    }

    /// Adds CRLs and OCSP responses beside the signature: those about the TSA's chain, or newer ones (ETSI EN 319 122-1
    /// V1.3.1, clause 5.4.2.2). Nothing that is signed or stamped changes, and the ProofId of a proof stays.
    ///
    /// # Errors
    /// `Coding` when the artifact cannot be read. `EvidenceRecord` when it holds one, as the proofs of a batch do:
    /// their data goes into the token ([`StampedBatch::with_revocation`](super::StampedBatch::with_revocation)).
    fn with_revocation(self, data: &RevocationData) -> Result<Self, DecodeError> {
        self.check_extensible(INTERNAL)?;
        let open = self.envelope(INTERNAL).open()?;
        let extended = with_material(&open.signed_data, &[], data);
        Ok(self.with_envelope(Envelope::sealed(extended), INTERNAL))
    }

    /// Checks that something can be added.
    #[doc(hidden)]
    fn check_extensible(&self, _: Internal) -> Result<(), DecodeError> {
        self.envelope(INTERNAL).open()?.check_extensible()
    }

    #[doc(hidden)]
    fn from_envelope(envelope: Envelope, _: Internal) -> Result<Self, DecodeError>;

    #[doc(hidden)]
    fn envelope(&self, _: Internal) -> &Envelope;

    #[doc(hidden)]
    fn with_envelope(self, envelope: Envelope, _: Internal) -> Self;
}

/// A token that only this crate has, so that no other code can exchange the envelope of an artifact.
///
/// ```compile_fail
/// # use recommande::ProofOfSending;
/// # use recommande::seal::Artifact;
/// fn swap(stated: ProofOfSending, sealed: &ProofOfSending) -> ProofOfSending {
///     stated.with_envelope(sealed.envelope().clone())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Internal(());

pub(crate) const INTERNAL: Internal = Internal(());

pub(super) mod sealed {
    pub trait Sealed {}
}

/// A seal without a timestamp, at level CAdES B-B. It can be stored (its [`der`](Self::der)) and taken up again in
/// another process.
#[derive(Clone, Debug)]
pub struct Unstamped<A> {
    artifact: A,
    origin: Origin,
    /// The times between which the timestamp must lie. Those of a stored seal are read once they are asked for.
    signing: OnceLock<Box<Signing>>,
    /// The digest of the file by SHA-256, once it was asked for. A batch asks twice: before the timestamp for its tree,
    /// and after it for the path through the tree.
    sha_256: OnceLock<Digest>,
}

/// Where a seal comes from.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// It was made here, in DER and without unsigned attributes.
    Made,
    /// It was read, or completed.
    Stored,
}

impl<A: PartialEq> PartialEq for Unstamped<A> {
    fn eq(&self, other: &Self) -> bool {
        self.artifact == other.artifact
    }
}

impl<A: Artifact> Unstamped<A> {
    /// Takes a seal that was made here.
    pub(super) fn new(artifact: A, signing: Signing) -> Self {
        Self { artifact, origin: Origin::Made, signing: OnceLock::from(Box::new(signing)), sha_256: OnceLock::new() }
    }

    /// Takes a seal that was read or completed.
    pub(super) fn stored(artifact: A) -> Self {
        Self { artifact, origin: Origin::Stored, signing: OnceLock::new(), sha_256: OnceLock::new() }
    }

    /// Reads a stored seal. A seal that has a timestamp already can get another one.
    ///
    /// # Errors
    /// [`DecodeError`]. It is `EvidenceRecord` when the file holds one, since nothing can be added to it any more.
    pub fn from_der(der: &[u8]) -> Result<Self, DecodeError> {
        let artifact = A::from_der(der)?;
        artifact.check_extensible(INTERNAL)?;
        Ok(Self::stored(artifact))
    }

    /// Tells if a timestamp of this time or later comes too late for the seal.
    pub(crate) fn is_past(&self, now: DateTime<Utc>) -> bool {
        self.signing().check_end(now).is_err()
    }

    /// Returns the last time that the first timestamp may have: a day after the making of the seal, or what
    /// [`with_maximum_timestamp_delay`](Self::with_maximum_timestamp_delay) set, and no later than the end of its certificate. It is
    /// `None` for a seal that has a timestamp already, or whose times cannot be read.
    pub fn stamp_by(&self) -> Option<DateTime<Utc>> {
        self.signing().end()
    }

    /// Returns the times between which the timestamp must lie.
    pub(super) fn signing(&self) -> Signing {
        let read = || self.artifact.envelope(INTERNAL).open().map(|open| Signing::of(&open)).unwrap_or_default();
        **self.signing.get_or_init(|| Box::new(read()))
    }

    /// Sets how many seconds after the making of the seal its first timestamp may be; a day unless set, as in the default
    /// policy of a verifier. A proof with a later timestamp passes only where the policy has the same number
    /// ([`Policy::maximum_timestamp_delay`](crate::Policy)). The number is not stored with the seal.
    #[must_use]
    pub fn with_maximum_timestamp_delay(self, seconds: u32) -> Self {
        let signing = self.signing().with_maximum_timestamp_delay(seconds);
        Self { signing: OnceLock::from(Box::new(signing)), ..self }
    }

    /// Checks that a batch takes the seal. One that was made here is not looked at again.
    ///
    /// # Errors
    /// [`Unappendable`].
    pub(super) fn check_appendable(&self) -> Result<(), Unappendable> {
        match self.origin {
            Origin::Made => Ok(()),
            Origin::Stored => Appendable::of(self.der()).map(|_| ()),
        }
    }

    pub(super) fn into_artifact(self) -> A {
        self.artifact
    }

    /// Returns the digest of the file.
    pub(super) fn digest(&self, algorithm: DigestAlgorithm) -> Digest {
        let digest = || algorithm.digest(self.der());
        if algorithm == DigestAlgorithm::Sha256 { *self.sha_256.get_or_init(digest) } else { digest() }
    }

    /// Returns the file to store (`.p7m`, or `.p7s` of a payload signature).
    pub fn der(&self) -> &[u8] {
        self.artifact.der()
    }

    /// Returns the seal as an artifact, which verifies as INDETERMINATE with `timestamp-missing`.
    pub fn as_artifact(&self) -> &A {
        &self.artifact
    }

    /// Makes the request for a timestamp over this seal, which asks for certificates. Store its DER (`.tsq`) beside the
    /// seal while it is pending.
    ///
    /// # Errors
    /// `Seal` when the stored seal cannot be read.
    pub fn timestamp_request(&self, nonce: Nonce) -> Result<TimeStampReq, TimestampError> {
        Ok(request(&self.imprint()?, nonce))
    }

    /// Returns the digest of the signature octets, without tag and length (ETSI EN 319 122-1 V1.3.1, clause 5.3), by
    /// the digest algorithm of the seal.
    fn imprint(&self) -> Result<Digest, DecodeError> {
        let open = self.artifact.envelope(INTERNAL).open()?;
        let signer_info = open.signer_info()?;
        let of_seal = DigestAlgorithm::from_oid(signer_info.digest_algorithm.oid);
        // A stored seal is read before anybody has verified it. A weak algorithm that it names must not weaken the
        // request.
        let algorithm = of_seal.filter(|stated| stated.output_len() >= 32).unwrap_or(DigestAlgorithm::Sha256);
        Ok(algorithm.digest(signer_info.signature))
    }

    /// Attaches the token of a response, after checking that it answers `request` and is sound: it is about this seal,
    /// genuine, by a certificate for time-stamping, and of a time between the making of the seal and the end of its
    /// certificate, within a day of the making. The verifier, who has the anchors, decides if its TSA is trusted.
    ///
    /// # Errors
    /// `Response`, `OtherRequest`, `Token`, `BeforeSigning`, `TooLate`, `AfterExpiry`. The seal is unchanged.
    pub fn attach(&self, request: &TimeStampReq, response: &[u8]) -> Result<A, TimestampError>
    where
        A: Clone,
    {
        let token = request.check(response)?;
        self.attach_token(request, &token)
    }

    /// Requests a timestamp from a pool of TSAs, with a random nonce, and attaches the first token that is sound, as
    /// [`attach`](Self::attach) does. A pool with a clock is not asked when it is too late for the seal already.
    ///
    /// # Errors
    /// `Tsa` with every TSA's answer, `TooLate`, `AfterExpiry`, `Nonce`. The seal is unchanged.
    pub fn stamp_with(&self, tsas: &TsaPool) -> Result<A, TimestampError>
    where
        A: Clone,
    {
        if let Some(gen_time) = tsas.earliest_gen_time() {
            self.signing().check_end(gen_time)?;
        }
        let request = self.timestamp_request(Nonce::random().map_err(|_| TimestampError::Nonce)?)?;
        let attached = tsas.timestamp_with(&request, |token| Ok(self.attach_token(&request, &token)?));
        attached.map_err(TimestampError::Tsa)
    }

    fn attach_token(&self, request: &TimeStampReq, token: &TimeStampToken) -> Result<A, TimestampError>
    where
        A: Clone,
    {
        let open = self.artifact.envelope(INTERNAL).open()?;
        let signer_info = open.signer_info().map_err(DecodeError::from)?;
        let imprint = |algorithm: DigestAlgorithm| Some(algorithm.digest(signer_info.signature));
        self.signing().check(check_attachable(request, token, &imprint)?)?;
        let stamped =
            with_unsigned_attribute(&open.signed_data, signer_info, oid::SIGNATURE_TIME_STAMP, token.to_definite());
        Ok(self.artifact.clone().with_envelope(Envelope::sealed(stamped), INTERNAL))
    }
}

/// Checks that a token that answers `request` is about this data and sound, and returns its time.
///
/// # Errors
/// `OtherRequest`, `Token`.
pub(super) fn check_attachable(
    request: &TimeStampReq,
    token: &TimeStampToken,
    data: ContentDigest<'_>,
) -> Result<TokenTime, TimestampError> {
    let requested = request.imprint();
    let algorithm = DigestAlgorithm::ALL.into_iter().find(|algorithm| requested.algorithm == algorithm.oid());
    // A stored request can belong to another seal, whose token proves nothing about this one.
    if algorithm.and_then(data).is_none_or(|digest| digest.as_bytes() != requested.digest) {
        return Err(TimestampError::OtherRequest);
    }
    let levels = Levels::default();
    let mut ledger = Ledger::decisive(&levels);
    let parsed = ParsedToken::parse(token.to_definite()).map_err(ResponseError::Token)?;
    let certificates = embedded_certificates(&parsed.signed_data, &KnownCertificates::default());
    let token = ReadToken { parsed: &parsed, certificates: &certificates };
    let budget = ValidationBudget::default();
    let check = TokenCheck { imprint: Stamped::Data(data), extra: &[], shared: None, budget: &budget };
    if let Some(genuine) = check_token(token, &check, &mut Notes::new(&mut ledger, Subject::Timestamp(1))) {
        return Ok(TokenTime::from(&genuine));
    }
    let finding = ledger.into_findings().into_iter().find(|finding| !finding.outcome.is_acceptable());
    Err(finding.map_or(TimestampError::OtherRequest, |finding| TimestampError::Token(Box::new(finding))))
}
