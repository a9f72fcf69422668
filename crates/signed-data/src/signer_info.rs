//! A signer of a `SignedData`.

use crate::algorithm::AlgorithmIdentifier;
use crate::attributes::Attributes;
use crate::error::Error;
use crate::limits::Budget;
use crate::signer_identifier::SignerIdentifier;
use crate::tlv::{Integer, Reader, Tag, Tlv};

/// A `SignerInfo` ([RFC 5652 §5.3](https://www.rfc-editor.org/rfc/rfc5652#section-5.3)).
///
/// ```text
/// SignerInfo ::= SEQUENCE {
///   version            CMSVersion,
///   sid                SignerIdentifier,
///   digestAlgorithm    DigestAlgorithmIdentifier,
///   signedAttrs        [0] IMPLICIT SignedAttributes OPTIONAL,
///   signatureAlgorithm SignatureAlgorithmIdentifier,
///   signature          SignatureValue,
///   unsignedAttrs      [1] IMPLICIT UnsignedAttributes OPTIONAL }
/// ```
#[derive(Clone)]
pub struct SignerInfo<'a> {
    /// The whole element.
    pub raw: &'a [u8],
    /// The version, which is 1 or 3 by the standard; others are kept.
    pub version: Integer<'a>,
    /// The version element.
    pub version_raw: &'a [u8],
    /// The identifier of the signer's certificate.
    pub sid: SignerIdentifier<'a>,
    /// The sid element.
    pub sid_raw: &'a [u8],
    /// The algorithm by which content and signed attributes are hashed.
    pub digest_algorithm: AlgorithmIdentifier<'a>,
    /// The signed attributes, if there are any.
    pub signed_attributes: Option<Attributes<'a>>,
    /// The algorithm of the signature.
    pub signature_algorithm: AlgorithmIdentifier<'a>,
    /// The octets of the signature without tag and length, over which a signature-time-stamp is computed.
    pub signature: &'a [u8],
    /// The whole element of the signature.
    pub signature_raw: &'a [u8],
    /// The unsigned attributes, if there are any.
    pub unsigned_attributes: Option<Attributes<'a>>,
}

impl core::fmt::Debug for SignerInfo<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SignerInfo")
            .field("version", &self.version)
            .field("sid", &self.sid)
            .field("digest_algorithm", &self.digest_algorithm)
            .field("signed_attributes", &self.signed_attributes)
            .field("signature_algorithm", &self.signature_algorithm)
            .field("unsigned_attributes", &self.unsigned_attributes)
            .finish_non_exhaustive()
    }
}

impl<'a> SignerInfo<'a> {
    /// Reads a `SignerInfo` that stands by itself, as a countersignature does
    /// ([RFC 5652 §11.4](https://www.rfc-editor.org/rfc/rfc5652#section-11.4)).
    ///
    /// # Errors
    /// Every [`ErrorKind`](crate::ErrorKind) of a wrong coding, and `Limit`.
    pub fn parse(der: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(der, "SignerInfo");
        let signer_info = Self::read(&mut reader, &mut Budget::of(der.len()))?;
        reader.finish()?;
        Ok(signer_info)
    }

    pub(crate) fn read(reader: &mut Reader<'a>, budget: &mut Budget) -> Result<Self, Error> {
        let tlv = reader.expect(Tag::SEQUENCE)?;
        let mut fields = tlv.reader("SignerInfo.version");
        let version_raw = fields.clone().any()?.raw;
        let version = fields.integer()?;
        let sid_raw = fields.at("SignerInfo.sid").clone().any()?.raw;
        let sid = SignerIdentifier::read(&mut fields)?;
        let digest_algorithm = AlgorithmIdentifier::read(fields.at("SignerInfo.digestAlgorithm"))?;
        let signed_attributes = fields
            .at("SignerInfo.signedAttrs")
            .optional(Tag::context(0))?
            .map(|tlv| Attributes::read(tlv, "SignerInfo.signedAttrs", budget))
            .transpose()?;
        let signature_algorithm = AlgorithmIdentifier::read(fields.at("SignerInfo.signatureAlgorithm"))?;
        let signature: Tlv<'a> = fields.at("SignerInfo.signature").expect(Tag::OCTET_STRING)?;
        let unsigned_attributes = fields
            .at("SignerInfo.unsignedAttrs")
            .optional(Tag::context(1))?
            .map(|tlv| Attributes::read(tlv, "SignerInfo.unsignedAttrs", budget))
            .transpose()?;
        fields.finish()?;
        Ok(Self {
            raw: tlv.raw,
            version,
            version_raw,
            sid,
            sid_raw,
            digest_algorithm,
            signed_attributes,
            signature_algorithm,
            signature: signature.value,
            signature_raw: signature.raw,
            unsigned_attributes,
        })
    }
}
