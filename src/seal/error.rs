//! Defines the errors of credentials, of sealing, of timestamping and of reading proofs.

use chrono::{DateTime, Utc};
use rfc3161_client::{AttemptError, PoolError, ResponseError};

use crate::crypto::{KeyKind, SignError, SignatureAlgorithm, SignatureError};
use crate::evidence::{DecodeStatementError, Event, EvidenceError};
use crate::finding::{Code, Finding};
use crate::text::time;

/// The reason why signer and chain cannot seal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The chain has no certificate.
    #[error("the chain is empty")]
    EmptyChain,
    /// The key of the signer is not that of the first certificate.
    #[error("the key does not belong to the first certificate of the chain; the seal's own certificate comes first")]
    KeyDoesNotMatch,
    /// The key usage of the first certificate has neither digitalSignature nor nonRepudiation, or cannot be read.
    #[error("the key usage of the certificate has neither digitalSignature nor nonRepudiation, so it may not seal")]
    KeyUsage,
    /// The certificate is for time-stamping or for signing OCSP responses alone.
    #[error("the certificate is for time-stamping or OCSP responses alone")]
    OtherPurpose,
    /// A critical extended key usage of the certificate names other purposes alone, such as serverAuth or codeSigning,
    /// and forbids any other use (RFC 5280 §4.2.1.12). Ask the issuer for a certificate for seals.
    #[error(
        "the certificate is critically for other purposes than signing documents; ask its issuer for one for seals"
    )]
    CriticalPurpose,
    /// The keyUsage of a post-quantum signature key has these bits, which are about encryption or key agreement. No
    /// verifier that holds to RFC 9881 or RFC 9909 accepts the certificate.
    #[error("keyUsage of the post-quantum signature key has {0}, which RFC 9881 and RFC 9909 forbid")]
    KeyUsageForbidden(String),
    /// The first certificate is that of a certification authority.
    #[error("the certificate is a certification authority's; the seal's own certificate comes first")]
    CertificateAuthority,
    /// A certificate was not issued by the next one of the chain.
    #[error(
        "certificate {position} of the chain (from 1) is not issued by the next one; issuers come after what they issued"
    )]
    ChainOrder {
        /// The position of the certificate, from 1.
        position: usize,
    },
    /// A certificate is in the chain twice.
    #[error("certificate {position} of the chain (from 1) stands there twice")]
    Duplicate {
        /// The position of its second occurrence, from 1.
        position: usize,
    },
    /// A key of this kind or size does not seal.
    #[error("a key of kind {0} does not seal")]
    Key(KeyKind),
    /// The algorithm does not fit the key, its digest is not one for seals, or this build cannot verify it.
    #[error("{0} does not seal")]
    Algorithm(SignatureAlgorithm),
    /// A second seal is by ML-DSA-65 or ML-DSA-87 (RFC 9882), and this algorithm is another one.
    #[error("{0} makes no second seal: ML-DSA-65 and ML-DSA-87 do")]
    SecondSeal(SignatureAlgorithm),
    /// The key of the second seal is that of the first one. The second seal would outlive nothing.
    #[error("the key of the second seal is that of the first one")]
    SecondSealOfFirst,
    /// The signer failed when it was tried.
    #[error("the signer failed when it was tried")]
    Sign(#[from] SignError),
}

/// The reason why nothing was sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The statement cannot be encoded, or members of it that were stated after each other do not fit, or its sender signed it for another
    /// environment than the issuer's.
    #[error("the statement cannot be sealed")]
    Statement(#[from] EvidenceError),
    /// The signer failed.
    #[error("the signer failed")]
    Sign(#[from] SignError),
    /// The credentials have no signer because their key is elsewhere. Prepare the seal, and complete it with the
    /// signature.
    #[error("the credentials have no signer: prepare the seal, and complete it with the signature")]
    NoSigner,
    /// The payload's digest by the algorithm that the seal needs was not given.
    #[error("the payload's {0} digest is needed for this signature and was not given")]
    DigestMissing(&'static str),
    /// A signing-time attribute cannot hold the time, which lies outside the years 1950 to 9999.
    #[error("the signing time lies outside the years 1950 to 9999")]
    SigningTime,
    /// A certificate of the chain is no longer valid at the signing time. Nobody could verify the proof, so nothing is
    /// signed. [`Credentials::valid_until`](super::Credentials::valid_until) tells it beforehand.
    #[error("certificate {position} of the chain (from 1) has expired on {}: renew it before anything is sealed", time(*not_after))]
    CertificateExpired {
        /// The position of the certificate, from 1, which is the seal's own.
        position: usize,
        /// The last second of its validity.
        not_after: DateTime<Utc>,
    },
    /// A certificate of the chain is not yet valid at the signing time. Nothing is signed.
    #[error("certificate {position} of the chain (from 1) is valid from {} on: wait, or look at the clock", time(*not_before))]
    CertificateNotYetValid {
        /// The position of the certificate, from 1, which is the seal's own.
        position: usize,
        /// The first second of its validity.
        not_before: DateTime<Utc>,
    },
    /// The event is after its seal, by more than clocks may differ. Nothing is signed.
    #[error("the event is of {}, after the signing time {}: one of the two is wrong", time(*event_time), time(*signing_time))]
    EventAfterSigning {
        /// The time of the event.
        event_time: DateTime<Utc>,
        /// The signing time.
        signing_time: DateTime<Utc>,
    },
    /// The event is longer ago than the default policy of a verifier allows (`maximum_sealing_delay`, a day), and the
    /// proof would be INDETERMINATE, `sealed-too-late`. Nothing is signed.
    /// [`Sealer::with_maximum_sealing_delay`](super::Sealer::with_maximum_sealing_delay) is for seals whose verifiers
    /// allow more.
    #[error("the event is of {}, and a seal of {} is more than {maximum_sealing_delay} s later: verifiers that allow more have to be told so (maximum_sealing_delay)", time(*event_time), time(*signing_time))]
    SealedTooLate {
        /// The time of the event.
        event_time: DateTime<Utc>,
        /// The signing time.
        signing_time: DateTime<Utc>,
        /// The longest delay, in seconds.
        maximum_sealing_delay: u32,
    },
    /// A mime-type attribute cannot hold the text, which is no media type.
    #[error("not a media type")]
    MediaType,
    /// The media type is that of batch statements, and a payload that is signed under it would pass for one.
    #[error("no payload is signed under the media type of batch statements")]
    MediaTypeReserved,
    /// The batch is of another issuer, or for another environment, than the statements of this sealer.
    #[error("the batch is of another issuer, or for another environment, than the statements of this sealer")]
    OtherIssuer,
    /// The certificate does not hold the number of the issuer, and one seal is to be over many statements. Verifiers refuse such
    /// a batch, because a stranger could seal its statements again. Order a certificate whose organizationIdentifier is that
    /// number, or seal each statement singly.
    #[error("the certificate does not hold the issuer's number, without which no aggregated proof passes")]
    IssuerNotInCertificate,
    /// The sealer has no credentials for second seals.
    #[error("the sealer has no credentials for second seals")]
    NoSecondSeal,
    /// The proof does not announce the second seal that this sealer makes: another sealer made it, or it announces none.
    #[error("the proof does not announce the second seal of this sealer")]
    SecondSealNotAnnounced,
    /// The checkpoint has extension lines, which no cosignature by ML-DSA-44 covers. Nothing is signed.
    #[error("the checkpoint has extension lines")]
    CheckpointExtensions,
    /// The proof that gets a second seal cannot be read.
    #[error("the proof cannot be read")]
    Proof(#[from] DecodeError),
}

/// The reason why octets are not a prepared seal. To complete them would be to seal what no sealer prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreparedError {
    /// The octets are not of the profile of a seal that waits for its signature.
    #[error("not of the profile of a prepared seal")]
    Decode(#[from] DecodeError),
    /// The signed attributes do not fit the content, the certificate or the algorithms.
    #[error("the signed attributes do not hold: {}", .0.sentence())]
    SignedAttributes(Code),
    /// There are signed attributes that no seal of this library has, or unsigned ones.
    #[error("there are attributes that no sealer prepares")]
    OtherAttributes,
    /// The certificate may not seal, or may not seal with this algorithm.
    #[error("the certificate may not seal")]
    Certificate(#[from] CredentialsError),
}

/// The reason why a prepared seal was not completed. The prepared seal is unchanged, and another signature can be
/// tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompleteError {
    /// The signature has no octets.
    #[error("the signature is empty")]
    Empty,
    /// An RSA or Ed25519 signature has another length.
    #[error("a signature of {found} octets where this key gives {expected}")]
    Length {
        /// The length of a signature by this key, in octets.
        expected: usize,
        /// The length of the given signature, in octets.
        found: usize,
    },
    /// An ECDSA signature is no ECDSA-Sig-Value in DER. [`ecdsa_sig_value`](crate::crypto::ecdsa_sig_value) makes one
    /// from two numbers of fixed length.
    #[error("the signature is not the DER of an ECDSA-Sig-Value")]
    NotEcdsaSigValue,
    /// The key of the signing certificate did not make this signature over this message.
    #[error("the signature does not fit the certificate and what was to be signed")]
    Signature(#[source] SignatureError),
    /// The stored seal cannot be read.
    #[error("the prepared seal cannot be read")]
    Prepared(#[from] DecodeError),
}

/// The reason why a seal was not timestamped. The seal is unchanged, and another attempt can be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// No TSA gave a token. The error holds the answer of each TSA.
    #[error(transparent)]
    Tsa(#[from] PoolError),
    /// The response does not answer the request. A rejection is told with its status, its reasons and its texts.
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// The request is about another seal or another batch.
    #[error("the request is not about this")]
    OtherRequest,
    /// The token answers the request but is not sound.
    #[error("the token is not sound: {0}")]
    Token(Box<Finding>),
    /// The token states a time before the seal was made, by more than clocks may differ. No verifier would accept the
    /// proof. Either the TSA's clock or the one by which the seal was made is wrong: set that one, or ask another TSA. A
    /// seal whose own time is wrong is made again.
    #[error("the token is of {}, but the seal was made at {}: one of the two clocks is wrong", time(*gen_time), time(*signing_time))]
    BeforeSigning {
        /// The time in the token.
        gen_time: DateTime<Utc>,
        /// The signing time of the seal, or of the last seal of a batch.
        signing_time: DateTime<Utc>,
    },
    /// The timestamp would be longer after the making of the seal than the default policy of a verifier allows
    /// (`maximum_timestamp_delay`, a day), and the proof would be INDETERMINATE, `timestamp-too-late`. Seal the statement
    /// again, with its own event time. [`Unstamped::with_maximum_timestamp_delay`](super::Unstamped::with_maximum_timestamp_delay)
    /// is for seals whose verifiers allow more.
    #[error("a timestamp of {} is too late for the seal, which takes one until {}: seal again, the event keeps its time", time(*gen_time), time(*latest))]
    TooLate {
        /// The time in the token. It is the earliest that a token can have by the pool's clock
        /// ([`TsaPool::with_clock`](rfc3161_client::TsaPool::with_clock)) where none was asked for.
        gen_time: DateTime<Utc>,
        /// The last time that the timestamp may have; of a batch, the one that its last seal may have.
        latest: DateTime<Utc>,
    },
    /// The timestamp would be after the end of the seal's certificate, or of its chain, so that no verifier would
    /// accept the proof. Make the seal again with a certificate that is valid.
    #[error("a timestamp of {} is too late for the seal, whose certificates hold until {}: seal again with a new one", time(*gen_time), time(*not_after))]
    AfterExpiry {
        /// The time in the token, or the earliest that it can have by the pool's clock where none was asked for.
        gen_time: DateTime<Utc>,
        /// The end of the validity.
        not_after: DateTime<Utc>,
    },
    /// No random nonce could be made.
    #[error("no random nonce")]
    Nonce,
    /// The seal cannot hold another attribute.
    #[error("the stored seal cannot be read")]
    Seal(#[from] DecodeError),
}

impl TimestampError {
    /// Returns the code of the finding that speaks against the token, or against the last token when several TSAs gave
    /// one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Token(finding) => Some(finding.code),
            Self::Tsa(error) => error.attempts.iter().rev().find_map(|attempt| {
                let AttemptError::Refused(refused) = &attempt.error else { return None };
                refused.downcast_ref::<Self>()?.code()
            }),
            Self::BeforeSigning { .. } => Some(Code::SigningTimeAfterTimestamp),
            Self::TooLate { .. } => Some(Code::TimestampTooLate),
            Self::AfterExpiry { .. } => Some(Code::CertificateExpired),
            Self::Response(_) | Self::OtherRequest | Self::Nonce | Self::Seal(_) => None,
        }
    }
}

/// The reason why octets are not a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The octets are no CMS SignedData.
    #[error("not a CMS SignedData")]
    Coding(#[source] signed_data::Error),
    /// The octets are a SignedData that no proof can be.
    #[error("not of the profile of a proof")]
    Profile(#[source] ProfileViolation),
    /// The sealed content is not evidence of the profile.
    #[error("the sealed content is not evidence of the profile")]
    Statement(#[source] DecodeStatementError),
    /// The octets are no aggregated proof, whose parts are a version, a statement, a record and a seal.
    #[error("not an aggregated proof")]
    Aggregated(#[source] signed_data::Error),
    /// The content of the seal of an aggregated proof is no batch statement.
    #[error("the sealed content is no batch statement")]
    BatchStatement(#[source] DecodeStatementError),
    /// The evidence is about another event.
    #[error("the evidence is about another event: {0}")]
    AnotherEvent(Event),
    /// The evidence is about an event that ETSI EN 319 522 may have, and that this build does not know.
    #[error("the evidence is about the event {0}, which this build does not know")]
    EventNotKnown(String),
    /// An evidence record in the file covers every octet of it. The file can be read, but nothing can be added, or the
    /// record would no longer hold.
    #[error("an evidence record covers the whole file: nothing can be added to it")]
    EvidenceRecord,
}

/// A departure of a SignedData from the profile of a proof, which has one signer, id-data and signed attributes in DER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileViolation {
    /// A length is indefinite or longer than necessary.
    #[error("{0} is not coded as DER asks for")]
    NotDer(&'static str),
    /// The version of SignedData or SignerInfo is not 1, or 3 where a subject key identifier or other certificates ask
    /// for it.
    #[error("version {0} where the profile has another")]
    Version(&'static str),
    /// There is not exactly one signer.
    #[error("{0} signers where there has to be one")]
    Signers(usize),
    /// The content is not id-data.
    #[error("the content type is not id-data")]
    ContentType,
    /// The content is detached, but a proof holds its statement.
    #[error("the content is detached")]
    ContentMissing,
    /// The content is no checkpoint of three lines, and the seal of a checkpoint holds one.
    #[error("the content is no checkpoint of three lines")]
    NoCheckpoint,
    /// The content is attached, but a payload signature is detached.
    #[error("the content is attached")]
    ContentAttached,
    /// There are no signed attributes.
    #[error("there are no signed attributes")]
    SignedAttributesMissing,
    /// The signed attributes do not have the order or the coding of a SET OF in DER.
    #[error("the signed attributes are not coded as DER asks for")]
    SignedAttributesNotDer,
    /// The signature is empty, as in a prepared seal that waits for one.
    #[error("the signature is empty; the seal was prepared and not completed")]
    SignatureMissing,
    /// There is a signature, but that of a prepared seal is empty.
    #[error("there is a signature; the seal is complete")]
    SignaturePresent,
}

impl From<signed_data::Error> for DecodeError {
    fn from(error: signed_data::Error) -> Self {
        Self::Coding(error)
    }
}

impl From<ProfileViolation> for DecodeError {
    fn from(violation: ProfileViolation) -> Self {
        Self::Profile(violation)
    }
}
