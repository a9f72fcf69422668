//! Tokens: the structure around a `TSTInfo`.

use std::borrow::Cow;

use const_oid::ObjectIdentifier;
use signed_data::{ContentInfo, Error, ErrorKind, SignedData, normalize};

use crate::tst_info::{TstInfo, TstInfoError};

/// id-ct-TSTInfo, RFC 3161 §2.4.2.
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// A time-stamp token as received: a `SignedData` with one signer over a `TSTInfo`
/// ([RFC 3161 §2.4.2](https://www.rfc-editor.org/rfc/rfc3161#section-2.4.2)). Its signature has not been verified.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeStampToken {
    received: Vec<u8>,
    /// The token with definite lengths, where that differs.
    definite: Option<Vec<u8>>,
    tst_info: TstInfo,
    signer_certificate: Option<Vec<u8>>,
}

/// A time-stamp token over borrowed octets: its structure and its TSTInfo, both read once. Its signature has not been
/// verified.
#[derive(Clone, Debug)]
pub struct ParsedToken<'a> {
    /// The structure around the TSTInfo: a SignedData with exactly one SignerInfo.
    pub signed_data: SignedData<'a>,
    /// The time, the imprint and everything else that the TSA signs.
    pub tst_info: TstInfo,
}

/// The reason why octets are not a time-stamp token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The coding is wrong.
    #[error(transparent)]
    Coding(#[from] Error),
    /// The `ContentInfo` holds something else than a `SignedData`.
    #[error("content type {stated}, not signedData")]
    NotSignedData {
        /// The content type.
        stated: String,
    },
    /// The signed content is not a `TSTInfo`.
    #[error("eContentType {stated}, not id-ct-TSTInfo")]
    NotTstInfo {
        /// The type of the signed content.
        stated: String,
    },
    /// There is not exactly one signer.
    #[error("{stated} signers instead of one")]
    SignerCount {
        /// The number of signers.
        stated: usize,
    },
    /// The `TSTInfo` is not attached.
    #[error("no TSTInfo inside")]
    ContentMissing,
    /// The content is not an OCTET STRING.
    #[error("the TSTInfo is not inside an OCTET STRING")]
    ContentNotOctetString,
    /// The `TSTInfo` cannot be read.
    #[error(transparent)]
    TstInfo(#[from] TstInfoError),
}

impl TimeStampToken {
    /// Reads a token in DER or BER: a `SignedData` with exactly one `SignerInfo` over an attached `TSTInfo` of version 1.
    ///
    /// # Errors
    /// `Coding` for a wrong coding; `NotSignedData`, `NotTstInfo`, `SignerCount`, `ContentMissing` and
    /// `ContentNotOctetString` for another structure; `TstInfo` when the signed content cannot be read.
    pub fn from_bytes(token: &[u8]) -> Result<Self, TokenError> {
        let definite = normalize(token)?;
        let parsed = ParsedToken::parse(&definite)?;
        let signer_certificate = parsed.signer_certificate().map(<[u8]>::to_vec);
        let tst_info = parsed.tst_info;
        let definite = match definite {
            Cow::Borrowed(_) => None,
            Cow::Owned(definite) => Some(definite),
        };
        Ok(Self { received: token.to_vec(), definite, tst_info, signer_certificate })
    }

    /// Returns the token as received.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.received
    }

    /// Returns the token with definite lengths, so that it can be put into DER. What is signed or hashed in it is
    /// unchanged. [`ParsedToken::parse`] reads it without a copy.
    #[must_use]
    pub fn to_definite(&self) -> &[u8] {
        self.definite.as_deref().unwrap_or(&self.received)
    }

    /// Returns the content that the TSA signed.
    #[must_use]
    pub fn tst_info(&self) -> &TstInfo {
        &self.tst_info
    }

    /// Returns the certificate inside that the signer names, wherever it is in the SET, or `None` if it is not there.
    #[must_use]
    pub fn signer_certificate(&self) -> Option<&[u8]> {
        self.signer_certificate.as_deref()
    }
}

impl<'a> ParsedToken<'a> {
    /// Reads a token with definite lengths: [`normalize`] first.
    ///
    /// # Errors
    /// The same as [`TimeStampToken::from_bytes`].
    pub fn parse(definite: &'a [u8]) -> Result<Self, TokenError> {
        let signed_data = SignedData::parse(definite).map_err(|error| match ContentInfo::parse(definite) {
            Ok(content_info) if error.kind == ErrorKind::UnexpectedType("SignedData") => {
                TokenError::NotSignedData { stated: content_info.content_type.to_string() }
            }
            _ => TokenError::Coding(error),
        })?;
        let encapsulated = &signed_data.encap_content_info;
        if encapsulated.content_type != TST_INFO {
            return Err(TokenError::NotTstInfo { stated: encapsulated.content_type.to_string() });
        }
        if signed_data.signer_infos.len() != 1 {
            return Err(TokenError::SignerCount { stated: signed_data.signer_infos.len() });
        }
        let content = encapsulated.content.ok_or(TokenError::ContentMissing)?;
        if !encapsulated.is_octet_string() {
            return Err(TokenError::ContentNotOctetString);
        }
        let tst_info = TstInfo::from_der(content)?;
        Ok(Self { signed_data, tst_info })
    }

    /// Returns the certificate inside that the signer names, wherever it is in the SET, or `None` if it is not there.
    #[must_use]
    pub fn signer_certificate(&self) -> Option<&'a [u8]> {
        self.signed_data.signer_certificate(self.signed_data.signer_infos.first()?)
    }
}

impl core::fmt::Debug for TimeStampToken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TimeStampToken").field("tst_info", &self.tst_info).finish_non_exhaustive()
    }
}
