//! What can go wrong while sealing, timestamping and reading proofs.

use rfc3161_client::{AttemptError, PoolError, ResponseError};

use super::CredentialsError;
use crate::crypto::{SignError, SignatureError};
use crate::evidence::{DecodeStatementError, Event, EvidenceError};
use crate::finding::{Code, Finding};

/// Why nothing was sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The statement cannot be encoded.
    #[error("the statement cannot be encoded")]
    Statement(#[from] EvidenceError),
    /// The signer failed.
    #[error("the signer failed")]
    Sign(#[from] SignError),
    /// The credentials have no signer, as their key is elsewhere: prepare, and complete with the signature.
    #[error("the credentials have no signer: prepare the seal, and complete it with the signature")]
    NoSigner,
    /// The payload's digest by the algorithm that the seal needs was not given.
    #[error("the payload's {0} digest is needed for this signature and was not given")]
    DigestMissing(&'static str),
    /// The time cannot stand in a signing-time attribute: it lies outside the years 1950 to 9999.
    #[error("the signing time lies outside the years 1950 to 9999")]
    SigningTime,
    /// The media type cannot stand in a mime-type attribute.
    #[error("not a media type")]
    MediaType,
}

/// Why octets are not a prepared seal: whoever completed it would seal what no sealer prepared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreparedError {
    /// They are not of the profile of a seal that waits for its signature.
    #[error("not of the profile of a prepared seal")]
    Decode(#[from] DecodeError),
    /// What the signed attributes say about content, certificate or algorithms does not hold.
    #[error("the signed attributes do not hold: {0}")]
    SignedAttributes(Code),
    /// There are signed attributes that no seal of this library has, or unsigned ones.
    #[error("there are attributes that no sealer prepares")]
    OtherAttributes,
    /// The certificate may not seal, or not with this algorithm.
    #[error("the certificate may not seal")]
    Certificate(#[from] CredentialsError),
}

/// Why a prepared seal was not completed. It is as it was; another signature can be tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompleteError {
    /// There are no octets.
    #[error("the signature is empty")]
    Empty,
    /// An RSA or Ed25519 signature has another length.
    #[error("a signature of {found} octets where this key gives {expected}")]
    Length {
        /// Octets of a signature by this key.
        expected: usize,
        /// Octets that were given.
        found: usize,
    },
    /// An ECDSA signature that is no ECDSA-Sig-Value in DER; two numbers of fixed length become one by
    /// [`ecdsa_sig_value`](crate::crypto::ecdsa_sig_value).
    #[error("the signature is not the DER of an ECDSA-Sig-Value")]
    NotEcdsaSigValue,
    /// The signature is not the signing certificate's over this message.
    #[error("the signature does not fit the certificate and what was to be signed")]
    Signature(#[source] SignatureError),
    /// The stored seal cannot be read.
    #[error("the prepared seal cannot be read")]
    Prepared(#[from] DecodeError),
}

/// Why a seal was not timestamped. The seal is as it was; another attempt can be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// No TSA gave a token; the error tells what each one answered.
    #[error(transparent)]
    Tsa(#[from] PoolError),
    /// The response does not answer the request.
    #[error("the response does not answer the request")]
    Response(#[from] ResponseError),
    /// The request is not about this seal, or not about this batch.
    #[error("the request is not about this")]
    OtherRequest,
    /// The token answers the request but is not sound.
    #[error("the token is not sound: {}", .0.code)]
    Token(Box<Finding>),
    /// No random nonce could be made.
    #[error("no random nonce")]
    Nonce,
    /// The seal cannot hold another attribute.
    #[error("the stored seal cannot be read")]
    Seal(#[from] DecodeError),
}

impl TimestampError {
    /// The code of the finding that speaks against the token; of several TSAs' tokens, against the last one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Token(finding) => Some(finding.code),
            Self::Tsa(error) => error.attempts.iter().rev().find_map(|attempt| match &attempt.error {
                AttemptError::Refused(refused) => refused.downcast_ref::<Self>()?.code(),
                _ => None,
            }),
            _ => None,
        }
    }
}

/// Why octets are not a proof.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// They are no CMS SignedData.
    #[error("not a CMS SignedData")]
    Coding(#[source] signed_data::Error),
    /// They are a SignedData that a proof cannot be.
    #[error("not of the profile of a proof")]
    Profile(#[source] ProfileViolation),
    /// The sealed content is no evidence as this library reads it.
    #[error("the sealed content is not evidence of the profile")]
    Statement(#[source] DecodeStatementError),
    /// The evidence is about another event.
    #[error("the evidence is about another event: {0}")]
    AnotherEvent(Event),
    /// An evidence record in the file covers every octet of it. It can be read, but nothing can be added: the record
    /// would not hold any more.
    #[error("an evidence record covers the whole file: nothing can be added to it")]
    EvidenceRecord,
}

/// Where a SignedData departs from the profile of a proof (one signer, id-data, signed attributes in DER).
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
    /// Not exactly one signer.
    #[error("{0} signers where there has to be one")]
    Signers(usize),
    /// The content is not id-data.
    #[error("the content type is not id-data")]
    ContentType,
    /// A proof holds its statement; there is none.
    #[error("the content is detached")]
    ContentMissing,
    /// A payload signature is detached; there is content.
    #[error("the content is attached")]
    ContentAttached,
    /// There are no signed attributes.
    #[error("there are no signed attributes")]
    SignedAttributesMissing,
    /// The signed attributes are not in the order, or not in the coding, that DER has for a SET OF.
    #[error("the signed attributes are not coded as DER asks for")]
    SignedAttributesNotDer,
    /// The signature is empty: this is a prepared seal that waits for one.
    #[error("the signature is empty; the seal was prepared and not completed")]
    SignatureMissing,
    /// A prepared seal has an empty signature; there is one.
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
