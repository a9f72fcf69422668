//! Responses, and the check that one answers a request.

use core::fmt;

use signed_data::tlv::{Reader, Tag};
use signed_data::{Error, ErrorKind, OidBuf, children, normalize};

use crate::hex::hex;
use crate::nonce::Nonce;
use crate::request::TimeStampReq;
use crate::token::{TimeStampToken, TokenError};

/// The texts of a status that are kept, and the characters of each: enough for a message, too little to flood a log.
const MAX_TEXTS: usize = 16;
const MAX_TEXT: usize = 512;

/// The `PKIStatus` of an answer ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PkiStatus {
    /// The token is as requested.
    Granted,
    /// The token is granted with changes to what was requested.
    GrantedWithMods,
    /// There is no token.
    Rejection,
    /// There is no token yet.
    Waiting,
    /// There is no token; a revocation is imminent.
    RevocationWarning,
    /// There is no token; a revocation has occurred.
    RevocationNotification,
    /// The status is none that the RFC defines; its value in hexadecimal.
    Other(String),
}

impl PkiStatus {
    /// Tells whether a token must come with this status. With any other status none may come.
    #[must_use]
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted | Self::GrantedWithMods)
    }
}

impl fmt::Display for PkiStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Granted => "granted",
            Self::GrantedWithMods => "grantedWithMods",
            Self::Rejection => "rejection",
            Self::Waiting => "waiting",
            Self::RevocationWarning => "revocationWarning",
            Self::RevocationNotification => "revocationNotification",
            Self::Other(status) => return write!(f, "status 0x{status}"),
        })
    }
}

/// A bit of `PKIFailureInfo` ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FailureReason {
    /// Bit 0: unrecognised or unsupported algorithm.
    BadAlg,
    /// Bit 2: transaction not permitted or supported.
    BadRequest,
    /// Bit 5: the data submitted has the wrong format.
    BadDataFormat,
    /// Bit 14: the TSA's time source is not available.
    TimeNotAvailable,
    /// Bit 15: the requested policy is not supported.
    UnacceptedPolicy,
    /// Bit 16: a requested extension is not supported.
    UnacceptedExtension,
    /// Bit 17: additional information could not be understood or is not available.
    AddInfoNotAvailable,
    /// Bit 25: the request cannot be handled due to a system failure.
    SystemFailure,
    /// Any further bit, of which RFC 4210 defines some.
    Other(u32),
}

impl FailureReason {
    /// Tells whether the reason may pass: the clock, a part of the system or some information is not available now.
    fn is_transient(self) -> bool {
        match self {
            Self::TimeNotAvailable | Self::AddInfoNotAvailable | Self::SystemFailure => true,
            Self::BadAlg
            | Self::BadRequest
            | Self::BadDataFormat
            | Self::UnacceptedPolicy
            | Self::UnacceptedExtension
            | Self::Other(_) => false,
        }
    }

    fn from_bit(bit: u32) -> Self {
        match bit {
            0 => Self::BadAlg,
            2 => Self::BadRequest,
            5 => Self::BadDataFormat,
            14 => Self::TimeNotAvailable,
            15 => Self::UnacceptedPolicy,
            16 => Self::UnacceptedExtension,
            17 => Self::AddInfoNotAvailable,
            25 => Self::SystemFailure,
            bit => Self::Other(bit),
        }
    }
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BadAlg => "badAlg",
            Self::BadRequest => "badRequest",
            Self::BadDataFormat => "badDataFormat",
            Self::TimeNotAvailable => "timeNotAvailable",
            Self::UnacceptedPolicy => "unacceptedPolicy",
            Self::UnacceptedExtension => "unacceptedExtension",
            Self::AddInfoNotAvailable => "addInfoNotAvailable",
            Self::SystemFailure => "systemFailure",
            Self::Other(bit) => return write!(f, "bit {bit}"),
        })
    }
}

/// A `PKIStatusInfo`, the TSA's answer to the request as such
/// ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)).
///
/// ```text
/// PKIStatusInfo ::= SEQUENCE {
///   status       PKIStatus,
///   statusString PKIFreeText OPTIONAL,
///   failInfo     PKIFailureInfo OPTIONAL }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PkiStatusInfo {
    /// The status.
    pub status: PkiStatus,
    /// The reasons of a failure, by ascending bit.
    pub failure_info: Vec<FailureReason>,
    /// The texts of the TSA, without control characters. Long texts are cut.
    pub texts: Vec<String>,
}

impl PkiStatusInfo {
    /// Tells whether the same request may get a token a moment later.
    ///
    /// That is so for the status waiting, and for a rejection whose every reason may pass: timeNotAvailable,
    /// addInfoNotAvailable, systemFailure. A rejection that gives no reason is final.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let passes = self.failure_info.iter().all(|reason| reason.is_transient());
        match &self.status {
            PkiStatus::Rejection => passes && !self.failure_info.is_empty(),
            PkiStatus::Waiting => passes,
            PkiStatus::Granted
            | PkiStatus::GrantedWithMods
            | PkiStatus::RevocationWarning
            | PkiStatus::RevocationNotification
            | PkiStatus::Other(_) => false,
        }
    }

    fn from_bytes(status_info: &[u8]) -> Result<Self, Error> {
        let definite = normalize(status_info)?;
        let mut outer = Reader::new(&definite, "PKIStatusInfo");
        let mut fields = outer.expect(Tag::SEQUENCE)?.reader("PKIStatusInfo.status");
        outer.finish()?;
        let status = fields.integer()?;
        let status = match status.to_u64() {
            Some(0) => PkiStatus::Granted,
            Some(1) => PkiStatus::GrantedWithMods,
            Some(2) => PkiStatus::Rejection,
            Some(3) => PkiStatus::Waiting,
            Some(4) => PkiStatus::RevocationWarning,
            Some(5) => PkiStatus::RevocationNotification,
            _ => PkiStatus::Other(status.to_string().chars().take(16).collect()),
        };
        let mut texts = Vec::new();
        if let Some(list) = fields.at("PKIStatusInfo.statusString").optional(Tag::SEQUENCE)? {
            let mut reader = list.reader("PKIStatusInfo.statusString");
            while !reader.is_empty() && texts.len() < MAX_TEXTS {
                // UTF8String by the standard; some TSAs write another string type.
                let text = String::from_utf8_lossy(reader.any()?.value).into_owned();
                let printable = |c: char| if c.is_control() { ' ' } else { c };
                texts.push(text.chars().take(MAX_TEXT).map(printable).collect());
            }
        }
        fields.at("PKIStatusInfo.failInfo");
        let failure_info =
            if fields.peek() == Some(Tag::BIT_STRING) { bits(fields.bit_string()?.octets) } else { Vec::new() };
        fields.finish()?;
        Ok(Self { status, failure_info, texts })
    }
}

impl fmt::Display for PkiStatusInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        self.failure_info.iter().try_for_each(|reason| write!(f, ", {reason}"))?;
        self.texts.iter().try_for_each(|text| write!(f, ", {text:?}"))
    }
}

fn bits(octets: &[u8]) -> Vec<FailureReason> {
    // PKIFailureInfo has 27 bits.
    let set = |(bit, octet): &(u32, u8)| octet & (0x80 >> (bit % 8)) != 0;
    let octets = octets.iter().take(4).flat_map(|octet| [*octet; 8]);
    (0..).zip(octets).filter(set).map(|(bit, _)| FailureReason::from_bit(bit)).collect()
}

/// The answer of a TSA ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)).
///
/// ```text
/// TimeStampResp ::= SEQUENCE {
///   status         PKIStatusInfo,
///   timeStampToken TimeStampToken OPTIONAL }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TimeStampResp {
    /// The TSA says here whether it grants the request, and if not, why.
    pub status: PkiStatusInfo,
    /// The token, which is there if and only if the status is granted or grantedWithMods.
    pub token: Option<TimeStampToken>,
}

/// Why a response does not answer a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// The response cannot be read.
    #[error("the response cannot be read: {0}")]
    Coding(Error),
    /// The TSA gave no token.
    #[error("the TSA answered: {0}")]
    Rejected(PkiStatusInfo),
    /// The status promises a token that is not there.
    #[error("status {0}, but no token")]
    TokenMissing(PkiStatus),
    /// The status is that of a failure, but a token came.
    #[error("a token with status {0}")]
    TokenUnexpected(PkiStatusInfo),
    /// The token cannot be read.
    #[error("the token: {0}")]
    Token(TokenError),
    /// The token was made under another policy than requested.
    #[error("policy: requested {requested}, stated {stated}")]
    Policy {
        /// The policy that was asked for.
        requested: OidBuf,
        /// The value in the token.
        stated: OidBuf,
    },
    /// The token's imprint has another algorithm.
    #[error("imprint algorithm: requested {requested}, stated {stated}")]
    ImprintAlgorithm {
        /// The value in the request.
        requested: OidBuf,
        /// The value in the token.
        stated: OidBuf,
    },
    /// The token is about another digest.
    #[error("imprint: requested {requested}, stated {stated}")]
    Imprint {
        /// The digest in the request, hexadecimal.
        requested: String,
        /// The digest in the token, hexadecimal.
        stated: String,
    },
    /// The request had a nonce, the token has none: it may answer another request.
    #[error("nonce: requested {requested}, none stated")]
    NonceMissing {
        /// The nonce of the request.
        requested: Nonce,
    },
    /// The token answers another request.
    #[error("nonce: requested {requested}, stated {stated}")]
    Nonce {
        /// The nonce of the request.
        requested: Nonce,
        /// The value in the token.
        stated: Nonce,
    },
    /// The request had no nonce, the token has one: it answers another request.
    #[error("nonce: none requested, stated {stated}")]
    NonceUnrequested {
        /// The nonce of the token.
        stated: Nonce,
    },
    /// The signer's certificate was asked for and is not in the token.
    #[error("the signer's certificate was requested and is not in the token")]
    SignerCertificateMissing,
}

impl ResponseError {
    /// Tells whether the same request to the same TSA may be answered a moment later, as
    /// [`PkiStatusInfo::is_transient`] says of a rejection.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Rejected(status) if status.is_transient())
    }
}

// The message holds that of the cause, so that a cause beside it would be told twice.
impl From<Error> for ResponseError {
    fn from(error: Error) -> Self {
        Self::Coding(error)
    }
}

impl From<TokenError> for ResponseError {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl TimeStampResp {
    /// Reads a response in DER or BER.
    ///
    /// # Errors
    /// `Coding` for a wrong coding; `Token` when the token cannot be read; `TokenMissing` or `TokenUnexpected` when
    /// status and token contradict each other. A rejection is not an error here.
    pub fn from_bytes(response: &[u8]) -> Result<Self, ResponseError> {
        // The token is kept as received, so that only the parts are normalised.
        let coding = |kind| ResponseError::Coding(Error { what: "TimeStampResp", offset: 0, kind });
        if response.first().is_some_and(|first| *first != Tag::SEQUENCE.0) {
            let tag = response.first().copied().unwrap_or_default();
            return Err(coding(ErrorKind::UnexpectedTag { expected: Tag::SEQUENCE.0, found: tag }));
        }
        let parts = children(response)?;
        let (status, token) = match parts.as_slice() {
            [] => return Err(coding(ErrorKind::Missing { expected: Tag::SEQUENCE.0 })),
            [status] => (PkiStatusInfo::from_bytes(status)?, None),
            [status, token] => (PkiStatusInfo::from_bytes(status)?, Some(token)),
            _ => return Err(coding(ErrorKind::TrailingData)),
        };
        match (status.status.is_granted(), token) {
            (true, None) => Err(ResponseError::TokenMissing(status.status)),
            (false, Some(_)) => Err(ResponseError::TokenUnexpected(status)),
            (false, None) => Ok(Self { status, token: None }),
            (true, Some(token)) => Ok(Self { status, token: Some(TimeStampToken::from_bytes(token)?) }),
        }
    }
}

impl TimeStampReq {
    /// Returns the token of a response, if it answers this request.
    ///
    /// The status must grant a token, which must have one signer and an attached `TSTInfo` of version 1. Imprint, nonce
    /// and policy (if one was asked for) must be those of the request, and the signer's certificate must be there if it
    /// was asked for. The signature and the certificate are **not** checked.
    ///
    /// # Errors
    /// The same as for [`TimeStampResp::from_bytes`] and [`check_token`](Self::check_token); `Rejected` when there is no
    /// token.
    pub fn check(&self, response: &[u8]) -> Result<TimeStampToken, ResponseError> {
        let response = TimeStampResp::from_bytes(response)?;
        let token = response.token.ok_or(ResponseError::Rejected(response.status))?;
        self.check_token(&token)?;
        Ok(token)
    }

    /// Checks that a token answers this request, without the response around it.
    ///
    /// # Errors
    /// The first of these checks that fails: `Policy`, `ImprintAlgorithm`, `Imprint`, `NonceMissing`,
    /// `NonceUnrequested` or `Nonce`, `SignerCertificateMissing`.
    pub fn check_token(&self, token: &TimeStampToken) -> Result<(), ResponseError> {
        let tst_info = token.tst_info();
        if let Some(requested) = self.policy().filter(|requested| **requested != tst_info.policy) {
            return Err(ResponseError::Policy { requested: requested.clone(), stated: tst_info.policy.clone() });
        }
        let (requested, stated) = (self.imprint(), &tst_info.message_imprint);
        if requested.algorithm != stated.algorithm {
            let (requested, stated) = (requested.algorithm.clone(), stated.algorithm.clone());
            return Err(ResponseError::ImprintAlgorithm { requested, stated });
        }
        if requested.digest != stated.digest {
            let (requested, stated) = (hex(&requested.digest), hex(&stated.digest));
            return Err(ResponseError::Imprint { requested, stated });
        }
        match (self.nonce().cloned(), tst_info.nonce.clone()) {
            (Some(requested), None) => return Err(ResponseError::NonceMissing { requested }),
            (None, Some(stated)) => return Err(ResponseError::NonceUnrequested { stated }),
            (Some(requested), Some(stated)) if requested != stated => {
                return Err(ResponseError::Nonce { requested, stated });
            }
            _ => {}
        }
        if self.cert_req() && token.signer_certificate().is_none() {
            return Err(ResponseError::SignerCertificateMissing);
        }
        Ok(())
    }
}
